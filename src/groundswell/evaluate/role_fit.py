"""Fits resolve/time_role.py on the corpus and says what it, and the status cues, are worth.

Run: python -m groundswell.evaluate.role_fit [CORPUS]  (after every new reader: its opinion is weighed here).

Two steps. What the clause says is fitted on the coded triggers and time phrases of the train split, without the reader, which
knows that split by heart. How far reader and clause are trusted (four weights) is fitted on what the reader makes of the dev
split. The test split is only looked at.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from math import exp, log1p
from pathlib import Path
from typing import Any

from groundswell.analyse.sentences import sentences
from groundswell.errors import SourceError
from groundswell.evaluate.boosted_trees import LEAST_SEEN, fit_on_seen, matrix_of
from groundswell.evaluate.sources import _row_document
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.status import cues, spoken
from groundswell.resolve.time import times
from groundswell.resolve.time_clause import Clause, Happening, features
from groundswell.resolve.time_role import opinions
from groundswell.trees import Trees, save, weighed
from groundswell.values import Interval, Mention, Ref, Role, Sentence, Trigger

SOME_DAY = date(2024, 5, 15)
"""Day of publication for rows that carry none: only which phrase is taken counts here, and phrases need an anchor."""
SPLITS = ("train", "dev", "test")
RIDGE = 0.5
LEAST_ROWS = 200
Rows = list[tuple[dict[str, float], bool]]
"""Features of a pair, and whether the coder joins the two."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A corpus row with its document."""

    row: Mapping[str, Any]
    document: Document

    def events(self) -> list[Mapping[str, Any]]:
        return list(self.row.get("events") or [])


def coded_rows(corpus: Path, splits: Sequence[str]) -> Iterator[Coded]:
    """Rows of these splits that hold an event."""
    for path in sorted(corpus.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["split"] in splits and not row.get("derived") and row.get("events"):
                document = _row_document(row)
                yield Coded(row, document if document.published else replace(document, published=SOME_DAY))


def _span(words: Mapping[str, Any]) -> Span:
    return Span(words["start"], words["end"])


def _as_coded(coded: Coded) -> Record:
    """The coder's triggers and times as a reader would give them, and intervals for all times."""
    found: list[Finding[Any]] = []
    for event in coded.events():
        for words in (event["trigger"], *(event.get("also") or [])):
            value = Trigger(event["type"], event.get("mode"), event["status"])
            found.append(Finding(value, (_span(words),), "coder"))
        if event.get("time"):
            trigger = _span(event["trigger"])
            found.append(Finding(Mention("time"), (_span(event["time"]),), "coder"))
            found.append(Finding(Role("time", Ref(trigger.start, trigger.end)), (_span(event["time"]),), "coder"))
    record = Record(coded.document)
    record = record.add(tuple(sentences.function(record))).add(tuple(found))
    return record.add(tuple(times.function(record)))


def pairs(record: Record) -> Iterator[tuple[Clause, Happening, Span]]:
    """Every happening of a record with every dated phrase of its sentence."""
    intervals = {f.span: f.value for f in record.of(Interval)}
    phrases = {p: v for p, v in intervals.items() if not any(q != p and q.contains(p) for q in intervals)}
    happenings = [Happening(f.span, f.value.type, f.value.status) for f in record.of(Trigger)]
    for sentence in record.of(Sentence):
        clause = Clause(record.document.text, sentence.span, happenings, phrases)
        for happening in clause.happenings:
            for phrase in clause.phrases:
                yield clause, happening, phrase


def clause_rows(coded: Sequence[Coded]) -> Rows:
    """What the clause model learns from."""
    rows: Rows = []
    for each in coded:
        gold = {_span(e["trigger"]): _span(e["time"]) if e.get("time") else None for e in each.events()}
        for clause, happening, phrase in pairs(_as_coded(each)):
            if happening.span in gold:
                time = gold[happening.span]
                rows.append((features(clause, happening, phrase), bool(time and time.overlaps(phrase))))
    return rows


def reader_rows(coded: Sequence[Coded], records: Sequence[Record], clause: Trees) -> Rows:
    """What the weighing of reader and clause learns from: triggers the reader found and a coder has too."""
    rows: Rows = []
    for each, record in zip(coded, records, strict=True):
        read = [f for f in record.of(Role) if f.value.kind == "time"]
        for where, happening, phrase in pairs(record):
            event = next((e for e in each.events() if _span(e["trigger"]).overlaps(happening.span)), None)
            if event is None:
                continue
            time = _span(event["time"]) if event.get("time") else None
            at = Ref(happening.span.start, happening.span.end)
            score = max((f.score for f in read if f.value.trigger == at and f.span.overlaps(phrase)), default=None)
            said = opinions(clause.log_odds(features(where, happening, phrase)), score)
            rows.append((said, bool(time and time.overlaps(phrase))))
    return rows


def fit(rows: Rows, ridge: float) -> dict[str, float]:
    """Logistic regression by Newton's steps; every row is one pair, ``bias`` is not held back."""
    import numpy as np

    seen = Counter(name for row, _ in rows for name in row)
    names = [*sorted(name for name, times in seen.items() if times >= LEAST_SEEN), "bias"]
    matrix = matrix_of([row for row, _ in rows], names)
    matrix[:, -1] = 1.0
    wanted = np.array([float(right) for _, right in rows])
    held = np.full(len(names), ridge)
    held[-1] = 1e-3
    found = np.zeros(len(names))
    for _ in range(40):
        p = 1 / (1 + np.exp(-matrix @ found))
        slope = matrix.T @ (p - wanted) + held * found
        step = np.linalg.solve((matrix * (p * (1 - p))[:, None]).T @ matrix + np.diag(held), slope)
        found -= step
        if np.abs(step).max() < 1e-7:
            break
    return dict(zip(names, found.tolist(), strict=True))


def fit_clause(rows: Rows) -> Trees:
    """What the clause says, as trees over the features that are seen often enough."""
    return fit_on_seen([row for row, _ in rows], [right for _, right in rows])


def tell(chances: Sequence[tuple[float, bool]]) -> str:
    """Precision and recall of pairs, by their log odds, at several thresholds; log loss."""
    wanted, parts = sum(right for _, right in chances), []
    for least in (0.4, 0.5, 0.6):
        taken = [right for odds, right in chances if 1 / (1 + exp(-odds)) >= least]
        parts.append(f"at {least} P {sum(taken) / max(1, len(taken)):.3f} R {sum(taken) / max(1, wanted):.3f}")
    loss = sum(log1p(exp(-odds if right else odds)) for odds, right in chances) / max(1, len(chances))
    return f"{len(chances)} pairs, {wanted} joined; log loss {loss:.3f}; " + ", ".join(parts)


def write_weights(reader: Mapping[str, float]) -> None:
    """Writes resolve/time_role_weights.toml."""
    lines = [
        "# What clause and reader are worth beside each other, fitted by `python -m groundswell.evaluate.role_fit` on the dev split.",
        "# Do not edit by hand.",
        "[reader]",
        *(f'"{n}" = {w:.3f}' for n, w in reader.items()),
    ]
    path = Path(str(files("groundswell.resolve") / "time_role_weights.toml"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cue_lines(coded: Sequence[Coded]) -> Iterator[str]:
    """For each rule of lexicon/en/status_cues.toml: how often it speaks, and how often the coders agree."""
    spoke: dict[str, list[bool]] = {cue.id: [] for cue in cues()}
    for each in coded:
        text = each.document.text
        bounds = [f.span for f in sentences.function(Record(each.document))]
        for event in each.events():
            trigger = _span(event["trigger"])
            for sentence in (b for b in bounds if b.contains(trigger)):
                for cue in spoken(text, sentence, trigger):
                    spoke[cue.id].append(event["status"] == cue.status)
    for name, right in spoke.items():
        yield f"{name}: {sum(right)} of {len(right)}"


def main(corpus: Path) -> None:
    """Fit, say what it is worth, write the weights."""
    from groundswell.analyse.reader import Reader

    print("status cues on all splits, right of all:", "; ".join(cue_lines(list(coded_rows(corpus, SPLITS)))))
    clause = fit_clause(clause_rows(list(coded_rows(corpus, ["train"]))))
    rows: dict[str, Rows] = {}
    for split in ("dev", "test"):
        coded = list(coded_rows(corpus, [split]))
        alone = [(clause.log_odds(row), right) for row, right in clause_rows(coded)]
        print(f"clause alone, the coders' triggers of {split}:", tell(alone))
        records = Pipeline([sentences, Reader(), times], by="fit").run([Record(each.document) for each in coded])
        rows[split] = reader_rows(coded, list(records), clause)
    if len(rows["dev"]) < LEAST_ROWS:
        raise SourceError(f"{corpus}: only {len(rows['dev'])} pairs of happening and time in dev; nothing was written.")
    both = fit(rows["dev"], RIDGE)
    unread = [({k: v for k, v in x.items() if k != "clause"}, right) for x, right in rows["dev"]]
    reader = fit(unread, RIDGE)
    for split, given in rows.items():
        for name, found in (("reader alone", reader), ("reader and clause", both)):
            print(f"{name}, {split}:", tell([(weighed(found, x), right) for x, right in given]))
    save(
        clause,
        Path(str(files("groundswell.resolve") / "time_role_trees.json")),
        "python -m groundswell.evaluate.role_fit",
    )
    write_weights(both)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "corpus"))
