"""Times linking on made-up reports: ``python scale.py COUNT LEDGER`` adds COUNT reports, links them, then adds and links one more.

The reports are noise with the shape of news: towns by size, days over three years, happenings of 1 to 9 reports, one text in
ten carried by two papers. Prints seconds, pairs, memory, and scores against the made-up truth, and all of it as one line of JSON.
A ledger that holds some of the reports already is filled up; one that is linked already is only scored and met by one more.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from groundswell.evaluate.link_sets import score
from groundswell.link import link
from groundswell.models.loader import located
from groundswell.resolve.gazetteer import Gazetteer
from groundswell.store import Ledger, Stored

KINDS = [("PROTEST", "demo"), ("PROTEST", "strike"), ("PROTEST", "obstruct"), ("ASSAULT", "explosives"), ("ASSAULT", "firearms"),
         ("COERCE", "arrest"), ("CONSULT", "visit"), ("AGREE", None), ("ACCUSE", "disapprove"), ("REQUEST", "change")]  # fmt: skip
FIRST = date(2021, 1, 1)


def word(n: int) -> str:
    """A pronounceable word for a number, so that made-up vocabularies look like words to the tokenizer."""
    parts = ["ba", "ke", "di", "lo", "mu", "ra", "se", "ti", "no", "vu", "fa", "ge", "hi", "jo", "pu", "za"]
    found = ""
    for _ in range(4):
        found += parts[n % 16]
        n //= 16
    return found


def towns(count: int) -> list[dict[str, Any]]:
    gazetteer = Gazetteer(located("gazetteer"))
    rows = gazetteer._rows("SELECT id FROM place WHERE kind = 3 ORDER BY population DESC, id LIMIT ?", (count,))
    found = []
    for (identifier,) in rows:
        entry = gazetteer.entry(identifier)
        found.append({"name": entry.name, "geonameid": entry.geonameid, "latitude": entry.latitude, "longitude": entry.longitude,
                      "country": entry.iso3, "precision": "city"})  # fmt: skip
    return found


def reports(count: int, seed: int = 1):
    """(gold, Stored) pairs."""
    chance = random.Random(seed)
    places = towns(4000)
    weights = [1 / (rank + 10) ** 0.8 for rank in range(len(places))]
    n = happening = 0
    while n < count:
        happening += 1
        kind, mode = chance.choice(KINDS)
        place = chance.choices(places, weights)[0]
        day = FIRST + timedelta(days=chance.randrange(1095))
        topic = [word(chance.randrange(20_000)) for _ in range(9)]
        actor, target = word(chance.randrange(4000)), word(chance.randrange(4000))
        toll = chance.choice([None, chance.randrange(3, 400)])
        copied = None
        for _ in range(min(chance.choice([1, 1, 2, 2, 3, 3, 4, 5, 9]), count - n)):
            stored = copied if copied is not None and chance.random() < 0.1 else None
            words = chance.sample(topic, 6) + [word(chance.randrange(20_000)) for _ in range(5)]
            chance.shuffle(words)
            found = make(n, kind, mode, place, day, actor, target, toll, words, chance, stored)
            copied = found
            yield f"H{happening}", Stored(f"s/{n}", "read", found)
            n += 1


def make(n, kind, mode, place, day, actor, target, toll, words, chance, copied) -> dict[str, Any]:
    told = day if chance.random() > 0.05 else day + timedelta(days=1)
    vague, undated = chance.random() < 0.1, chance.random() < 0.1
    where = place["country"] if vague else place["name"]
    sentence = f"{actor} acted in {where} on {told} over {' '.join(words)} against {target}"
    filler = " ".join(word(chance.randrange(20_000)) for _ in range(40))
    text = f"{sentence}.\n\n{filler if copied is None else copied['document']['text'].split(chr(10))[-1]}"
    identity = f"{n:064x}"

    def quote(part: str) -> dict[str, Any]:
        start = text.index(part)
        return {"text": part, "start": start, "end": start + len(part)}

    setting = {"name": where, "country": where, "precision": "country"} if vague else place
    event = {
        "id": f"{identity}:{len(actor) + 1}-{len(actor) + 6}", "type": kind, "mode": mode, "status": "occurred", "trigger": quote("acted"),
        "also": [], "evidence": quote(sentence), "actors": [{**quote(actor), "name": actor, "kind": "group"}], "called_by": [],
        "targets": [{**quote(target), "name": target, "kind": "group"}], "places": [{**quote(where), **setting}] if where else [],
        "time": None if undated else {**quote(str(told)), "earliest": str(told), "latest": str(told)},
        "figures": [] if toll is None else [{"text": str(toll), "start": 0, "end": 1, "of": "deaths" if kind == "ASSAULT" else "participants", "low": toll, "best": toll, "high": toll, "attribution": None}],
        "issue": None, "attribution": None, "confidence": 0.8, "by": "made",
    }  # fmt: skip
    document = {"id": identity, "source_id": f"s/{n}", "title": None, "text": text, "body_start": 0, "language": "en",
                "publisher": f"P{n % 40}", "author": None, "url": None, "published": str(day + timedelta(days=chance.choice([0, 1, 1, 2]))),
                "published_basis": "given", "format": "text", "outcome": "read", "problems": []}  # fmt: skip
    return {"document": document, "events": [event], "figures": [], "statements": [], "places": []}


class Watch:
    """Wall and processor seconds since it was made: on a shared machine only the second says what the work costs."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def seconds(self) -> tuple[float, float]:
        return round(time.perf_counter() - self.wall, 2), round(time.process_time() - self.cpu, 2)

    def __str__(self) -> str:
        wall, cpu = self.seconds()
        return f"{wall:.2f} s ({cpu:.2f} s of processor)"


def memory() -> float:
    """Most memory this process has held so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def fill(ledger: Ledger, count: int) -> tuple[dict[str, str], dict[str, str]]:
    """Add what is missing of COUNT reports; returns happening and type by report id, which are kept beside the ledger."""
    truth: dict[str, str] = {}
    kinds: dict[str, str] = {}
    known = sum(ledger.outcomes().values())
    kept = ledger.path.with_suffix(".truth")
    if known >= count and kept.exists():
        rows = [line.split("\t") for line in kept.read_text(encoding="utf-8").splitlines()]
        return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
    run = ledger.start_run("made", {"count": count})
    batch = []
    for n, (gold, stored) in enumerate(reports(count)):
        event = stored.json["events"][0]
        truth[event["id"]], kinds[event["id"]] = gold, event["type"]
        if n >= known:
            batch.append(stored)
        if len(batch) == 2000:
            ledger.add(batch, run)
            batch = []
    ledger.add(batch, run)
    with kept.open("w", encoding="utf-8") as out:
        out.writelines(f"{name}\t{gold}\t{kinds[name]}\n" for name, gold in truth.items())
    return truth, kinds


def link_all(ledger: Ledger) -> dict[str, Any]:
    started, seen = Watch(), {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in seen:
            seen[step] = True
            print(f"  {step} at {started}, {memory():.2f} GB", flush=True)

    result = link(ledger, progress=tell)
    print(f"linked in {started}, {memory():.2f} GB: {result}", flush=True)
    wall, cpu = started.seconds()
    return {**asdict(result), "link_wall": wall, "link_cpu": cpu, "peak_gb": round(memory(), 2)}


def retold(ledger: Ledger, n: int) -> Stored:
    """What another paper makes of an event of the ledger that has several reports: the same sentence over other words."""
    (document,) = ledger.connection.execute(
        "SELECT d.id FROM report r JOIN document d ON d.n = r.document JOIN event e ON e.n = r.event WHERE e.reports > 2 AND r.n >= ? "
        "ORDER BY r.n LIMIT 1", (n,),
    ).fetchone()  # fmt: skip
    found = ledger.document(document)
    number = sum(ledger.outcomes().values())
    head, identity, chance = found["document"], f"{number:x}".rjust(64, "f"), random.Random(number)
    filler = " ".join(word(chance.randrange(20_000)) for _ in range(40))
    head |= {
        "id": identity,
        "source_id": f"again/{number}",
        "publisher": "P41",
        "text": head["text"].split("\n")[0] + f"\n\n{filler}",
    }
    found["events"][0]["id"] = f"{identity}:{found['events'][0]['id'].rpartition(':')[2]}"
    return Stored(head["source_id"], "read", found)


def one_more(ledger: Ledger, n: int) -> dict[str, Any]:
    """Add and link one document about a known event, as a user does who has just read it."""
    extra, run = retold(ledger, n), ledger.runs()[0]["id"]
    started = Watch()
    ledger.add([extra], run)
    result = link(ledger)
    print(f"one more: {result} in {started}", flush=True)
    wall, cpu = started.seconds()
    return {
        "one_more_wall": wall,
        "one_more_cpu": cpu,
        "one_more_compared": result.compared,
        "one_more_joined": result.merged_events,
    }


def main(count: int, path: Path) -> None:
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    figures: dict[str, Any] = {"reports": count}
    with Ledger.open(path) as ledger:
        started = Watch()
        truth, kinds = fill(ledger, count)
        print(f"filled up to {count} in {started}, {memory():.2f} GB, {path.stat().st_size / 1e6:.0f} MB", flush=True)
        if not ledger.connection.execute("SELECT 1 FROM linkrun").fetchone():
            figures |= link_all(ledger)
        found = dict(ledger.connection.execute("SELECT id, event FROM report WHERE live = 1"))
        scores = asdict(score(truth, {name: found[name] for name in truth}, kinds))
        print(json.dumps({name: round(value, 4) for name, value in scores.items()}))
        # The first one after the whole ledger was walked meets cold pages; the later ones are what a user sees.
        tries = [one_more(ledger, count // 4 * (k + 1) + k) for k in range(3)]
        figures |= {name: max(each[name] for each in tries) for name in tries[0]}
        started = Watch()
        page = list(ledger.events(limit=50))
        print(f"first page of {len(page)} events in {started}, {ledger.total()} events")
        figures |= {
            "f1": round(scores["f1"], 4),
            "crossed": scores["crossed"],
            "ledger_mb": round(path.stat().st_size / 1e6),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
