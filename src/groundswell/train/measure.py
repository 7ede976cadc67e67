"""Scores readings of labelled units against their gold labels, in the terms of the sealed scoring (overlap, soft phrases)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from groundswell.analyse.reader_decode import NONFACTUAL
from groundswell.analyse.reader_found import FoundTrigger, Reading, Words
from groundswell.train.reader_data import Example

CORE = frozenset({"PROTEST", "ASSAULT", "COERCE", "MOBILIZE"})
_STOP = frozenset(["the", "a", "an", "of", "in", "on", "at", "by", "for", "to", "and", "his", "her", "its", "their"])
_LISTS = ("actors", "called_by", "targets", "places")
_ROLES = {"actors": "actor", "called_by": "called_by", "targets": "target", "places": "place"}


class Tally:
    """Counts of right, found and wanted under names; ``scores`` gives precision, recall, F1."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, name: str, right: int, found: int, wanted: int) -> None:
        for n, value in enumerate((right, found, wanted)):
            self.counts[name][n] += value

    def scores(self) -> dict[str, tuple[float, float, float, int]]:
        out = {}
        for name, (right, found, wanted) in self.counts.items():
            p, r = right / found if found else 0.0, right / wanted if wanted else 0.0
            out[name] = (p, r, 2 * p * r / (p + r) if p + r else 0.0, wanted)
        return out


def _tokens(text: str) -> set[str]:
    return {w for w in re.findall(r"[\w']+", text.lower()) if w not in _STOP}


def soft(a: str | None, b: str | None) -> float:
    x, y = _tokens(a or ""), _tokens(b or "")
    return 2 * len(x & y) / (len(x) + len(y)) if x and y else 0.0


def _words(example: Example, phrase: dict[str, Any] | None) -> bool:
    return bool(phrase) and example.unit.start <= phrase["start"] < example.unit.end  # type: ignore[index]


def words_text(example: Example, words: Words | None) -> str:
    if words is None:
        return ""
    spans = example.unit.words
    text: str = example.row["text"][spans[words.first][0] : spans[words.stop - 1][1]]
    return text


def gold_events(example: Example) -> list[dict[str, Any]]:
    """The events told in a unit: their trigger, or another mention, stands there."""
    return [
        e for e in example.row.get("events", ()) if any(_words(example, t) for t in (e["trigger"], *e.get("also", ())))
    ]


def matched(
    example: Example, gold: list[dict[str, Any]], found: Sequence[FoundTrigger], typed: bool
) -> list[tuple[int, int]]:
    spans = example.unit.words
    pairs, used = [], set()
    for i, event in enumerate(gold):
        for j, trigger in enumerate(found):
            start, end = spans[trigger.words.first][0], spans[trigger.words.stop - 1][1]
            if j not in used and (not typed or trigger.type == event["type"]):
                places = (event["trigger"], *event.get("also", ()))
                if any(p["start"] < end and start < p["end"] for p in places):
                    pairs.append((i, j))
                    used.add(j)
                    break
    return pairs


def _pair(gold: Sequence[str], found: Sequence[str], need: float = 0.5) -> int:
    left, right = list(found), 0
    for each in gold:
        best = max(left, key=lambda f: soft(each, f), default=None)
        if best is not None and soft(each, best) >= need:
            left.remove(best)
            right += 1
    return right


def measure(examples: Sequence[Example], readings: Sequence[Reading]) -> Tally:
    tally = Tally()
    for example, reading in zip(examples, readings, strict=True):
        _events(tally, example, reading)
        _statements(tally, example, reading)
        _names(tally, example, reading)
    return tally


def _events(tally: Tally, example: Example, reading: Reading) -> None:
    gold = gold_events(example)
    found = reading.triggers
    pairs = matched(example, gold, found, True)
    tally.add("events", len(pairs), len(found), len(gold))
    tally.add("any type", len(matched(example, gold, found, False)), len(found), len(gold))
    if not gold:
        tally.add("units without event: clean", int(not found), 1, 1)
    for name, kinds in (
        ("core", CORE),
        ("protest", {"PROTEST"}),
        *((t, {t}) for t in sorted({e["type"] for e in gold} | {t.type for t in found})),
    ):
        tally.add(
            name,
            sum(gold[i]["type"] in kinds for i, _ in pairs),
            sum(t.type in kinds for t in found),
            sum(e["type"] in kinds for e in gold),
        )
    right = [(gold[i], found[j]) for i, j in pairs]
    tally.add(
        "non-factual with status",
        sum(g["status"] == f.status and g["status"] in NONFACTUAL for g, f in right),
        sum(f.status in NONFACTUAL for f in found),
        sum(e["status"] in NONFACTUAL for e in gold),
    )
    for g, f in right:
        same = g["status"] == f.status or {g["status"], f.status} <= {"occurred", "ongoing"}
        tally.add("status of matched", int(same), 1, 1)
        tally.add("status, ongoing told apart", int(g["status"] == f.status), 1, 1)
        tally.add("mode, none counted too", int(g.get("mode") == f.mode), 1, 1)
        if g.get("mode"):
            tally.add("mode of matched", int(g["mode"] == f.mode), 1, 1)
        _attributes(tally, example, g, f)


def _attributes(tally: Tally, example: Example, gold: dict[str, Any], found: FoundTrigger) -> None:
    for key in _LISTS:
        a = [x["text"] for x in gold.get(key, ()) if _words(example, x)]
        b = [words_text(example, r.words) for r in found.roles if r.kind == _ROLES[key]]
        tally.add(key, _pair(a, b), len(b), len(a))
    for key in ("time", "issue", "attribution"):
        a = [gold[key]["text"]] if _words(example, gold.get(key)) else []
        b = [words_text(example, r.words) for r in found.roles if r.kind == key]
        tally.add(key, _pair(a, b), len(b), len(a))
    a = [f"{x['of']} {x['text']}" for x in gold.get("figures", ()) if _words(example, x)]
    b = [f"{r.of} {words_text(example, r.words)}" for r in found.roles if r.kind == "figure"]
    tally.add("figures of matched", _pair(a, b, 0.75), len(b), len(a))


def _statements(tally: Tally, example: Example, reading: Reading) -> None:
    gold = [s for s in example.row.get("statements", ()) if _words(example, s["content"])]
    left = list(reading.statements)
    content = speaker = 0
    for each in gold:
        best = max(left, key=lambda f: soft(each["content"]["text"], words_text(example, f.words)), default=None)
        if best is None or soft(each["content"]["text"], words_text(example, best.words)) < 0.5:
            continue
        left.remove(best)
        content += 1
        said = words_text(example, best.speaker)
        wanted = each.get("speaker")
        speaker += int(soft(wanted["text"], said) >= 0.4) if _words(example, wanted) else int(not said)
    tally.add("statements (content)", content, len(reading.statements), len(gold))
    tally.add("statements (content + speaker)", speaker, len(reading.statements), len(gold))


def _names(tally: Tally, example: Example, reading: Reading) -> None:
    for kind in ("person", "organisation", "place"):
        a = {x["start"] for x in example.row.get("entities", ()) if x["kind"] == kind and _words(example, x)}
        ends = {
            (x["start"], x["end"]) for x in example.row.get("entities", ()) if x["kind"] == kind and _words(example, x)
        }
        spans = example.unit.words
        b = {(spans[e.words.first][0], spans[e.words.stop - 1][1]) for e in reading.entities if e.kind == kind}
        tally.add(kind, len(ends & b), len(b), len(a))
    gold = list(example.row.get("figures", ())) + [
        f for e in example.row.get("events", ()) for f in e.get("figures", ())
    ]
    wanted = {(f["start"], f["of"]) for f in gold if _words(example, f)}
    got = {(example.unit.words[f.words.first][0], f.kind) for f in reading.figures}
    tally.add("figures (kind)", len(wanted & got), len(got), len(wanted))
    told = {
        (example.unit.words[r.words.first][0], r.of) for t in reading.triggers for r in t.roles if r.kind == "figure"
    }
    starts = {start for start, _ in told}
    told |= {(start, kind) for start, kind in got if start not in starts}
    tally.add("figures told", len(wanted & told), len(told), len(wanted))
