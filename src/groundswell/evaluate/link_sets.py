"""Measures the linking on sets with gold happenings: the set written for this project, and ECB+ at document-event level.

The whole path is measured: reports go into a ledger, ``link`` runs, and the events of the ledger are compared with the gold.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from groundswell.link import blocking, link
from groundswell.link.columns import Columns, Telling, columns
from groundswell.link.compare import excluded, features
from groundswell.link.model import PairModel, fit
from groundswell.store import Ledger, Stored

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document as public JSON with the gold happening of each of its reports, by report id."""

    record: Json
    gold: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LinkScores:
    """How well a grouping of reports agrees with the gold.

    Attributes:
        precision, recall, f1: over pairs of reports put into one event.
        b3_precision, b3_recall, b3: Bagga and Baldwin's B-cubed, each report counted once.
        false_merges: share of predicted events with more than one report that hold reports of different happenings.
        crossed: pairs of a PROTEST and an ASSAULT in one event; must be 0.
    """

    reports: int
    happenings: int
    precision: float
    recall: float
    f1: float
    b3_precision: float
    b3_recall: float
    b3: float
    false_merges: float
    crossed: int


def written(path: Path, split: str | None = None) -> list[Labelled]:
    """The written set (examples/linking/reports.jsonl); ``split`` is fit or test. Scenes with near misses are never cut in two."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if split is None or row["split"] == split:
            found.append(Labelled(row["record"], {event["id"]: row["gold"] for event in row["record"]["events"]}))
    return found


def score(truth: Mapping[str, Hashable], found: Mapping[str, Hashable], types: Mapping[str, str]) -> LinkScores:
    """Compare a predicted grouping with the gold one, both from report id to the group's name."""
    ids = sorted(truth)
    both = _pairs(Counter((truth[each], found[each]) for each in ids).values())
    predicted = _pairs(Counter(found[each] for each in ids).values())
    wanted = _pairs(Counter(truth[each] for each in ids).values())
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for each in ids:
        groups[found[each]].append(each)
    merged = [group for group in groups.values() if len(group) > 1]
    impure = sum(len({truth[each] for each in group}) > 1 for group in merged)
    crossed = 0
    for group in merged:
        kinds = Counter(types[each] for each in group)
        crossed += kinds["PROTEST"] * kinds["ASSAULT"]
    precision, recall = _share(both, predicted), _share(both, wanted)
    b3_precision, b3_recall = _b3(truth, found, ids), _b3(found, truth, ids)
    return LinkScores(
        len(ids), len(set(truth.values())), precision, recall, _f(precision, recall), b3_precision, b3_recall,
        _f(b3_precision, b3_recall), impure / len(merged) if merged else 0.0, crossed,
    )  # fmt: skip


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _b3(truth: Mapping[str, Hashable], found: Mapping[str, Hashable], ids: Sequence[str]) -> float:
    """Mean over reports of the share of the report's predicted group that is of its own happening."""
    inside = Counter((truth[each], found[each]) for each in ids)
    sizes = Counter(found[each] for each in ids)
    return sum(inside[truth[each], found[each]] / sizes[found[each]] for each in ids) / len(ids)


def grouped(labelled: Sequence[Labelled]) -> dict[str, str]:
    """Event id by report id, after adding all documents to a new ledger and linking them."""
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.db") as ledger:
        run = ledger.start_run("gold", {})
        ledger.add([Stored(each.record["document"]["source_id"], "read", each.record) for each in labelled], run)
        link(ledger)
        return {report["id"]: report["event_id"] for report in ledger.reports()}


def measure(labelled: Sequence[Labelled]) -> LinkScores:
    """Add, link, compare."""
    return agreement(labelled, grouped(labelled))


def agreement(labelled: Sequence[Labelled], found: Mapping[str, str]) -> LinkScores:
    """How well a grouping (event by report id) agrees with the gold happenings."""
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    types = {event["id"]: event["type"] for each in labelled for event in each.record["events"]}
    return score(truth, found, types)


# -- fitting ----------------------------------------------------------------------------------------------------------


def pairs_of(labelled: Sequence[Labelled]) -> tuple[Columns, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The pairs that blocking brings together and no rule excludes, and whether each is of one happening."""
    gold = {report: happening for each in labelled for report, happening in each.gold.items()}
    tellings = sorted(
        (
            Telling(event["id"], each.record["document"]["id"], event, each.record["document"].get("published"))
            for each in labelled
            for event in each.record["events"]
        ),
        key=lambda told: told.id,
    )
    table = columns(tellings)
    entries = [(key, row) for row in range(len(table)) for key in blocking.keys(table, row)]
    keys = np.array(entries, dtype=np.int64).reshape(-1, 2)
    pairs = blocking.pairs(keys[:, 0], keys[:, 1], table.first.astype(np.int64), lambda a, b: ~excluded(table, a, b))
    same = np.array([gold[table.ids[a]] == gold[table.ids[b]] for a, b in pairs.tolist()], dtype=np.bool_)
    return table, pairs, same


def fit_written(path: Path, *, seed: int = 5, copies: int = 16, stages: int = 20) -> PairModel:
    """Fit the pair model on the fitting half of the written set, enlarged in two ways.

    Values are left out and blurred at random, since a reader misses times, places and actors while the set has nearly all of
    them; and happenings are moved to the place and day of others, since great cities see many happenings a day.
    """
    print_of = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    data = (
        f"examples/linking/reports.jsonl sha256:{print_of}, fitting half, {copies} copies, {stages} stages, seed {seed}"
    )
    return fit_on(written(path, "fit"), seed=seed, copies=copies, stages=stages, data=data)


def fit_on(labelled: Sequence[Labelled], *, seed: int, copies: int, stages: int, data: str) -> PairModel:
    """The model fitted on some labelled documents and their altered copies."""
    chance = random.Random(seed)
    parts = []
    for copy in range(copies):
        sample = labelled if copy == 0 else [_thinned(each, chance) for each in _moved(labelled, chance, stages)]
        table, pairs, same = pairs_of(sample)
        parts.append((features(table, pairs[:, 0], pairs[:, 1]), same))
    return fit(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        name="link-2",
        data=data,
    )


def _moved(labelled: Sequence[Labelled], chance: random.Random, stages: int) -> list[Labelled]:
    """The set with every happening moved to the place and time of a random one of a few."""
    homes: dict[str, tuple[Json, date]] = {}
    for each in labelled:
        event = each.record["events"][0]
        fine = [place for place in event["places"] if place["precision"] == "city"]
        if fine and event["time"]:
            homes.setdefault(next(iter(each.gold.values())), (fine[0], date.fromisoformat(event["time"]["earliest"])))
    names = sorted(homes)
    chosen = [homes[name] for name in chance.sample(names, min(stages, len(names)))]
    goes = {name: (*chance.choice(chosen), chance.choice((0, 0, 0, 1, 2, 5))) for name in names}
    found = []
    for each in labelled:
        name = next(iter(each.gold.values()))
        if name not in goes:
            continue
        place, day, later = goes[name]
        shift = (day - homes[name][1]).days + later
        record: Json = json.loads(json.dumps(each.record))
        record["document"]["published"] = _shifted(record["document"]["published"], shift)
        for event in record["events"]:
            if event["time"]:
                event["time"] |= {side: _shifted(event["time"][side], shift) for side in ("earliest", "latest")}
            event["places"] = [
                {**old, **{key: place[key] for key in ("name", "geonameid", "latitude", "longitude", "country")}}
                if old["precision"] == "city"
                else {**old, "name": place["country"], "country": place["country"]}
                for old in event["places"]
            ]
        found.append(Labelled(record, each.gold))
    return found


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _thinned(each: Labelled, chance: random.Random) -> Labelled:
    record: Json = json.loads(json.dumps(each.record))
    for event in record["events"]:
        luck = chance.random()
        if luck < 0.15:
            event["time"] = None
        elif luck < 0.2 and event["time"]:
            event["time"] |= {side: _shifted(event["time"][side], 1) for side in ("earliest", "latest")}
        if chance.random() < (0.5 if luck < 0.15 else 0.08):
            event["places"] = []
        for role in ("actors", "targets", "figures"):
            if chance.random() < 0.25:
                event[role] = []
        if chance.random() < 0.2:
            event["mode"] = None
    return Labelled(record, each.gold)
