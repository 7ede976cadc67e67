"""Corpus rows as labelled units: what each head of the reader should answer for each word. No PyTorch here."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_words import Unit, units
from groundswell.analyse.sentences import split
from groundswell.records import Span

IGNORE = -100
_RESULT = re.compile(r"(?:killed|killing|died|dead|deaths?|wounded|wounding|injured|hurt|dying)", re.I)
_PAIR_KEYS = (("actor", "actors"), ("called_by", "called_by"), ("target", "targets"), ("place", "places"))


@dataclass(slots=True)
class Anchor:
    """Gold answers as seen from one anchor word (a trigger, or a statement's content)."""

    word: int
    argument: list[int]
    issue: list[int]
    attribution: list[int]
    of: list[int]


@dataclass(slots=True)
class StatementAnchor:
    word: int
    speaker: list[int]
    cue: list[int]


@dataclass(slots=True)
class Example:
    """One unit with its gold labels; IGNORE where a head has nothing to learn."""

    row: dict[str, Any]
    unit: Unit
    heads: dict[str, list[int]]
    anchors: list[Anchor] = field(default_factory=list)
    statements: list[StatementAnchor] = field(default_factory=list)

    @property
    def unit_labels(self) -> tuple[int, int]:
        """Whether the unit holds an event, a statement."""
        return int(any(self.heads["trigger"])), int(bool(self.statements))


def rows(corpus: Path) -> Iterator[dict[str, Any]]:
    """Every row of a corpus folder (or of one JSONL file), files in order of name."""
    for path in sorted(corpus.glob("*.jsonl")) if corpus.is_dir() else [corpus]:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def sentences_of(row: dict[str, Any]) -> list[tuple[Span, int, bool]]:
    """Sentences with the number of their paragraph and whether they are the title, as the pipeline's splitter gives them."""
    text, title = row["text"], row.get("title") or ""
    heading = len(title) if title and text.startswith(title) else 0
    out: list[tuple[Span, int, bool]] = []
    paragraph, last = 0, 0
    for span in split(text):
        if "\n\n" in text[last : span.start] or last < heading <= span.start:
            paragraph += 1
        out.append((span, paragraph, span.end <= heading))
        last = span.end
    return out


def examples(corpus: Iterable[dict[str, Any]], *, pack: int) -> list[Example]:
    """The units of rows with their labels, in order."""
    return [_example(row, unit) for row in corpus for unit in units(row["text"], sentences_of(row), pack=pack)]


def joined(corpus: Sequence[dict[str, Any]], share: float, seed: int) -> list[dict[str, Any]]:
    """Rows, with a share of the single sentences set in pairs, so that units of several sentences are learned from.

    Sentences of one source document go together where there are any. What is annotated in one says nothing about the other.
    """
    chance = random.Random(seed)
    single = [row for row in corpus if row.get("form", "sentence") == "sentence" and len(row["text"]) < 260]
    chance.shuffle(single)
    chosen = sorted(single[: int(len(single) * share)], key=lambda row: str(row.get("doc", "")))
    pairs = list(zip(chosen[::2], chosen[1::2], strict=False))
    gone = {id(row) for pair in pairs for row in pair}
    return [row for row in corpus if id(row) not in gone] + [_pair(a, b) for a, b in pairs]


def _pair(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    by = len(a["text"]) + 1
    out = {**a, "text": a["text"] + " " + b["text"], "form": "pair"}
    for key in ("events", "statements", "entities", "figures"):
        out[key] = [*a.get(key, ()), *_moved(b.get(key, []), by)]
    return out


def _moved(value: Any, by: int) -> Any:
    """A copy of an annotation with every offset moved."""
    if isinstance(value, dict):
        return {k: v + by if k in ("start", "end") else _moved(v, by) for k, v in value.items()}
    return [_moved(v, by) for v in value] if isinstance(value, list) else value


def _example(row: dict[str, Any], unit: Unit) -> Example:
    size = len(unit.words)
    heads: dict[str, list[int]] = {
        "trigger": [0] * size,
        "mode": [IGNORE] * size,
        "status": [IGNORE] * size,
        "entity": [0] * size,
        "figure": [0] * size,
        "content": [0] * size,
    }
    example = Example(row, unit, heads)
    for entity in row.get("entities", ()):
        kind = labels.ENTITIES.index("B-" + entity["kind"])
        _mark(heads["entity"], unit, entity, kind, kind + 1)
    for figure in row.get("figures", ()):
        _mark(heads["figure"], unit, figure, labels.FIGURES.index(figure["of"]), len(labels.FIGURES) - 1)
    for event in row.get("events", ()):
        kept, spare = mentions(event, unit)
        for trigger in kept:
            _event(example, event, trigger, fullest=trigger is event["trigger"])
        for trigger in spare:
            for n in _inside(unit, trigger):
                heads["trigger"][n] = heads["trigger"][n] or IGNORE
    for statement in row.get("statements", ()):
        _statement(example, statement)
    return example


def mentions(event: dict[str, Any], unit: Unit) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The one mention of an event to learn in each sentence of a unit, and the others, which are neither right nor wrong.

    The trigger, or else the first word that names no mere result: "the blast that killed nine" is told once.
    """
    kept: list[dict[str, Any]] = []
    spare: list[dict[str, Any]] = []
    for sentence in unit.sentences:
        also = [m for m in event.get("also", ()) if sentence.start <= m["start"] < sentence.end]
        if sentence.start <= event["trigger"]["start"] < sentence.end:
            kept.append(event["trigger"])
        elif also:
            chosen = min(also, key=lambda m: (bool(_RESULT.fullmatch(m["text"])), m["start"]))
            kept.append(chosen)
            also = [m for m in also if m is not chosen]
        spare += also
    return kept, spare


def _inside(unit: Unit, phrase: dict[str, Any] | None) -> list[int]:
    """Numbers of the words a phrase covers."""
    if not phrase or phrase["end"] <= unit.start or phrase["start"] >= unit.end:
        return []
    return [n for n, (a, b) in enumerate(unit.words) if a < phrase["end"] and phrase["start"] < b]


def _mark(line: list[int], unit: Unit, phrase: dict[str, Any] | None, begin: int, inside: int) -> list[int]:
    words = _inside(unit, phrase)
    for n in words:
        line[n] = begin if n == words[0] else inside
    return words


def _event(example: Example, event: dict[str, Any], trigger: dict[str, Any], *, fullest: bool) -> None:
    unit, heads = example.unit, example.heads
    words = _inside(unit, trigger)
    if not words:
        return
    kind = event["type"]
    _mark(heads["trigger"], unit, trigger, labels.TRIGGERS.index(kind), len(labels.TRIGGERS) - 1)
    mode = event.get("mode")
    heads["mode"][words[0]] = labels.TYPE_MODES.index(f"{kind}/{mode}") if mode else 0
    heads["status"][words[0]] = labels.STATUSES.index(event["status"])
    size = len(unit.words)
    anchor = Anchor(words[0], [0] * size, [0] * size, [0] * size, [IGNORE] * size)
    begin = labels.ARGUMENT_LABELS.index
    for kind, key in _PAIR_KEYS:
        for phrase in event.get(key, ()):
            _mark(anchor.argument, unit, phrase, begin(f"B-{kind}"), begin(f"I-{kind}"))
    _mark(anchor.argument, unit, event.get("time"), begin("B-time"), begin("I-time"))
    for figure in event.get("figures", ()):
        _mark(heads["figure"], unit, figure, labels.FIGURES.index(figure["of"]), len(labels.FIGURES) - 1)
        found = _mark(anchor.argument, unit, figure, begin("B-figure"), begin("I-figure"))
        for n in found[:1]:
            anchor.of[n] = labels.FIGURE_KINDS.index(figure["of"])
    _mark(anchor.issue, unit, event.get("issue"), 1, 2)
    _mark(anchor.attribution, unit, event.get("attribution"), 1, 2)
    # Another mention has its arguments annotated at the fullest one only: where none stands here, nothing is learned.
    if fullest or any(anchor.argument):
        example.anchors.append(anchor)


def _statement(example: Example, statement: dict[str, Any]) -> None:
    unit = example.unit
    words = _mark(example.heads["content"], unit, statement["content"], 1, 2)
    if not words:
        return
    size = len(unit.words)
    anchor = StatementAnchor(words[0], [0] * size, [0] * size)
    _mark(anchor.speaker, unit, statement.get("speaker"), 1, 2)
    _mark(anchor.cue, unit, statement.get("cue"), 1, 2)
    example.statements.append(anchor)
