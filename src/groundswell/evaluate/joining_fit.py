"""Fits how happenings.py joins tellings, on the corpus' documents, and says what it is worth.

Run: python -m groundswell.evaluate.joining_fit [CORPUS]  (after role_fit, which dates the tellings; both after every new reader).

Two steps, as in role_fit. What two sentences share is fitted on the coders' triggers and other mentions of the train split, without
the reader; how much that counts beside the reader's types, on what the reader makes of the dev split. The test split is only looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

from groundswell import assemble
from groundswell.analyse.sentences import sentences
from groundswell.errors import SourceError
from groundswell.evaluate.boosted_trees import fit_on_seen
from groundswell.evaluate.role_fit import LEAST_ROWS, Coded, coded_rows, fit, tell
from groundswell.happenings import Side, Telling, as_read, shared
from groundswell.pipeline import Pipeline, Stage, stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.actor import actors
from groundswell.resolve.figure import figures
from groundswell.resolve.place import places
from groundswell.resolve.time import times
from groundswell.trees import Trees, save, weighed
from groundswell.values import Mention, Ref, Role, RoleKind, Sentence, Trigger

RIDGE = 1.0
ROLES: tuple[tuple[RoleKind, str], ...] = (
    ("actor", "actors"), ("target", "targets"), ("place", "places"), ("called_by", "called_by"),
)  # fmt: skip
Pairs = list[tuple[Side, Side, bool]]
"""Two tellings of one type, the earlier first, and whether a coder has them as one happening."""


def documents(corpus: Path, split: str) -> list[Coded]:
    """Whole documents of a split."""
    return [each for each in coded_rows(corpus, [split]) if each.row.get("form") == "document"]


def coder(coded: Sequence[Coded]) -> Stage:
    """A stage that gives what a reader would: the coder's triggers and other mentions, each with those arguments of its
    happening that stand in its sentence."""
    by_document = {each.document.id: each for each in coded}

    @stage(needs=[Sentence], gives=[Trigger, Mention, Role])
    def coded_findings(record: Record) -> Iterator[Finding[Any]]:
        bounds = [finding.span for finding in record.of(Sentence)]
        seen: set[Span] = set()
        for event in by_document[record.document.id].events():
            for words in (event["trigger"], *(event.get("also") or [])):
                span = Span(words["start"], words["end"])
                home = next((bound for bound in bounds if bound.contains(span)), None)
                if home is not None and span not in seen:
                    seen.add(span)
                    yield Finding(Trigger(event["type"], event.get("mode"), event["status"]), (span,), "coder")
                    yield from _roles(event, Ref(span.start, span.end), home)

    return coded_findings


def _roles(event: Mapping[str, Any], trigger: Ref, home: Span) -> Iterator[Finding[Any]]:
    given: list[tuple[RoleKind, Any]] = [(kind, words) for kind, name in ROLES for words in event.get(name) or []]
    if event.get("time"):
        given.append(("time", event["time"]))
    given += [("figure", words) for words in event.get("figures") or []]
    for kind, words in given:
        span = Span(words["start"], words["end"])
        if home.contains(span):
            yield Finding(Role(kind, trigger, words["of"] if kind == "figure" else None), (span,), "coder")
            if kind in ("time", "place"):
                yield Finding(Mention("time" if kind == "time" else "place"), (span,), "coder")


def pairs(coded: Coded, record: Record) -> Iterator[tuple[Side, Side, bool]]:
    """All pairs of tellings of one type that a coder has, as assembly sees them."""
    sides = [Side(record.document, telling) for telling in assemble.tellings(assemble.View(record))]
    numbers = {id(side): _number(coded, side.telling) for side in sides}
    for a, b in combinations([side for side in sides if numbers[id(side)] is not None], 2):
        if a.telling.trigger.value.type == b.telling.trigger.value.type:
            yield a, b, numbers[id(a)] == numbers[id(b)]


def _number(coded: Coded, telling: Telling) -> int | None:
    for number, event in enumerate(coded.events()):
        for words in (event["trigger"], *(event.get("also") or [])):
            if Span(words["start"], words["end"]).overlaps(telling.span):
                return number
    return None


def fit_sentences(learned: Pairs) -> Trees:
    """Trees over what two tellings share."""
    return fit_on_seen([shared(a, b) for a, b, _ in learned], [same for *_, same in learned])


def opinion(trees: Trees, a: Side, b: Side) -> dict[str, float]:
    return {"trees": trees.log_odds(shared(a, b)), **as_read(a.telling, b.telling)}


def write(found: Mapping[str, float]) -> None:
    lines = [
        "# What the trees over two sentences and the reader's types are worth beside each other: fitted by",
        "# `python -m groundswell.evaluate.joining_fit` on the dev split. Do not edit by hand.",
        *(f'"{name}" = {weight:.3f}' for name, weight in found.items()),
    ]
    path = Path(str(files("groundswell") / "happenings_weights.toml"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read(coded: Sequence[Coded]) -> list[Record]:
    from groundswell.analyse.pronouns import pronouns
    from groundswell.analyse.reader import Reader

    stages: list[Stage] = [sentences, Reader(), pronouns, times, places, figures, actors]
    return list(Pipeline(stages, by="fit").run([Record(each.document) for each in coded]))


def main(corpus: Path) -> None:
    """Fit, say what it is worth, write."""
    train = documents(corpus, "train")
    coders = Pipeline([sentences, coder(train), times, places, figures, actors], by="fit")
    records = coders.run([Record(each.document) for each in train])
    trees = fit_sentences([pair for each, record in zip(train, records, strict=True) for pair in pairs(each, record)])
    rows = {}
    for split in ("dev", "test"):
        coded = documents(corpus, split)
        found = [pair for each, record in zip(coded, _read(coded), strict=True) for pair in pairs(each, record)]
        rows[split] = [(opinion(trees, a, b), same) for a, b, same in found]
    if len(rows["dev"]) < LEAST_ROWS:
        raise SourceError(f"{corpus}: only {len(rows['dev'])} pairs of tellings in dev; nothing was written.")
    weights = fit(rows["dev"], RIDGE)
    for split, given in rows.items():
        odds = [(weighed(weights, row), same) for row, same in given]
        print(f"pairs of tellings, {split}:", tell(odds))
    save(trees, Path(str(files("groundswell") / "happenings_trees.json")), "python -m groundswell.evaluate.joining_fit")
    write(weights)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "corpus"))
