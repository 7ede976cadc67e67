"""Checks the annotated corpus: spans, vocabulary, licences, splits, repeated and held-back texts.

Reports everything it finds, by row; changes nothing. ``main_check`` is what ``groundswell corpus check`` prints.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from groundswell.train.corpus import (
    CODEBOOK,
    ENTITY_KINDS,
    FORMS,
    LIST_ROLES,
    SINGLE_ROLES,
    Row,
    Span,
    load_corpus,
    sentence_rows,
)
from groundswell.train.corpus_documents import LICENCES, SPLITS, grams, held_back, shared_runs, split_of
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES, STATUSES, Problem

_ROW_KEYS = frozenset(
    (
        *("id", "doc", "split", "form", "source", "licence", "codebook", "coder", "published", "title"),
        *("text", "sentences", "paragraphs", "events", "figures", "statements", "entities"),
    )
)
_EVENT_KEYS = frozenset(("type", "mode", "status", "trigger", "also", "figures", *LIST_ROLES, *SINGLE_ROLES))
Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What ``corpus check`` found: problems, and counts by what they count (rows, events by type and so on)."""

    problems: tuple[Problem, ...]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        lines = [f"{problem.code}: {problem.message}" for problem in self.problems]
        for name, values in self.counts.items():
            lines.append(f"{name}: " + ", ".join(f"{key} {number:,}" for key, number in values.items()))
        lines.append(f"{len(self.problems)} problems" if self.problems else "no problems")
        return "\n".join(lines)


def _spans(row: Row) -> Iterator[tuple[str, Span]]:
    """Every span of the row with the name of where it stands."""
    for event in row.get("events", ()):
        name = f"event {event.get('trigger', {}).get('text')!r}"
        for role in ("trigger", *SINGLE_ROLES):
            if event.get(role):
                yield f"{name} {role}", event[role]
        for role in ("also", *LIST_ROLES, "figures"):
            for value in event.get(role, ()):
                yield f"{name} {role}", value
                if value.get("attribution"):
                    yield f"{name} figure attribution", value["attribution"]
    for figure in row.get("figures", ()):
        yield "figure", figure
    for said in row.get("statements", ()):
        for key in ("speaker", "cue", "content"):
            if said.get(key):
                yield f"statement {key}", said[key]
    for entity in row.get("entities", ()):
        yield "entity", entity


def _check_spans(row: Row, say: Say) -> None:
    text = row["text"]
    for where, span in _spans(row):
        start, end = span.get("start"), span.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
            say("span", f"{where}: offsets {start}-{end} do not lie in the text")
        elif text[start:end] != span.get("text"):
            say("span", f"{where}: {span.get('text')!r} is not what stands at {start}-{end}: {text[start:end]!r}")
    last = 0
    for start, end in row.get("sentences", ()):
        if not last <= start < end <= len(text):
            say("sentences", f"sentence {start}-{end} overlaps the one before or leaves the text")
        last = end


def _check_events(row: Row, say: Say) -> None:
    for event in row.get("events", ()):
        name = repr(event.get("trigger", {}).get("text"))
        kind, mode = event.get("type"), event.get("mode")
        if kind not in EVENT_TYPES:
            say("type", f"{name}: no type {kind!r} in the codebook")
        elif mode is not None and mode not in MODES[kind]:
            say("mode", f"{name}: {mode!r} is no mode of {kind}")
        if event.get("status") not in STATUSES:
            say("status", f"{name}: no status {event.get('status')!r} in the codebook")
        unknown = set(event) - _EVENT_KEYS
        if unknown:
            say("key", f"{name}: unknown keys {sorted(unknown)}")
    spots = Counter((e["trigger"]["start"], e.get("type")) for e in row.get("events", ()) if e.get("trigger"))
    for (start, kind), times in spots.items():
        # An exchange of prisoners is one release for each side that frees (codebook 6).
        if times > 1 and kind != "RETREAT":
            say("twice", f"{kind} at {start} is coded {times} times: keep one event for one happening")


def _check_values(row: Row, say: Say) -> None:
    figures = [*row.get("figures", ()), *(f for e in row.get("events", ()) for f in e.get("figures", ()))]
    for figure in figures:
        if figure.get("of") not in FIGURE_KINDS:
            say("figure", f"{figure.get('text')!r}: no kind {figure.get('of')!r} in the codebook")
    for said in row.get("statements", ()):
        if "content" not in said or not isinstance(said.get("direct"), bool):
            say("statement", f"{said}: needs content, and direct as true or false")
    for entity in row.get("entities", ()):
        if entity.get("kind") not in ENTITY_KINDS:
            say("entity", f"{entity.get('text')!r}: kind {entity.get('kind')!r} is none of {ENTITY_KINDS}")


def _check_head(row: Row, say: Say) -> None:
    unknown = set(row) - _ROW_KEYS
    if unknown:
        say("key", f"unknown keys {sorted(unknown)}")
    if row.get("licence") not in LICENCES.values():
        say("licence", f"licence {row.get('licence')!r} of {row.get('source')!r} is not one the corpus may carry")
    if row.get("codebook") != CODEBOOK:
        say("codebook", f"coded after {row.get('codebook')!r}, not {CODEBOOK}")
    if row.get("form") not in FORMS:
        say("form", f"form {row.get('form')!r} is none of {FORMS}")
    if row.get("split") not in SPLITS or row["split"] != split_of(str(row.get("doc"))):
        say("split", f"split {row.get('split')!r} is not the one fixed by its document {row.get('doc')!r}")


def _check_texts(rows: list[Row], forbidden: set[tuple[str, ...]], found: list[Problem]) -> None:
    texts: dict[str, str] = {}
    ids = Counter(row["id"] for row in rows)
    for row in rows:
        name = str(row["id"])
        if ids[name] > 1:
            found.append(Problem("id", f"{name}: {ids[name]} rows carry this id"))
        key = " ".join(row["text"].split()).lower()
        if key in texts:
            found.append(Problem("twice", f"{name}: same text as {texts[key]}; keep one"))
        texts.setdefault(key, name)
        if grams(row["text"]) & forbidden:
            found.append(Problem("held-back", f"{name}: shares eight words in a row with a held-back document"))
    leaks = {(a["id"], b["id"]) for a, b in shared_runs(rows) if a["split"] != b["split"]}
    found += [Problem("leak", f"{a} and {b} share eight words in a row across splits") for a, b in sorted(leaks)]


def check_rows(rows: list[Row], forbidden: set[tuple[str, ...]] | None = None) -> list[Problem]:
    """Every problem of the rows; none means the corpus may be trained on."""
    found: list[Problem] = []
    for row in rows:

        def say(code: str, message: str, name: str = str(row.get("id"))) -> None:
            found.append(Problem(code, f"{name}: {message}"))

        if not row.get("text"):
            say("text", "no text")
            continue
        for part in (_check_head, _check_spans, _check_events, _check_values):
            part(row, say)
    _check_texts([row for row in rows if row.get("text")], forbidden or set(), found)
    return found


def check(path: Path | str, held: Path | None = None) -> list[Problem]:
    """As ``check_rows`` for the corpus at ``path``; ``held`` is a folder of held-back documents, where there is one."""
    return check_rows(list(load_corpus(path)), held_back(held) if held and held.exists() else None)


def count(rows: list[Row]) -> dict[str, dict[str, int]]:
    """Counts the datasheet quotes: rows, sentences, events by type, mode and status, statements, entities."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts["rows"][row["form"]] += 1
        counts["rows by source"][row["source"]] += 1
        counts["documents by split"][row["split"]] += 0
        for event in row.get("events", ()):
            counts["events by type"][event["type"]] += 1
            counts["events by status"][event["status"]] += 1
        for name in ("events", "statements", "entities"):
            counts["values"][name] += len(row.get(name, ()))
        for sentence in sentence_rows(row) if row.get("sentences") else (row,):
            counts["sentence rows"][sentence["split"]] += 1
            counts["sentence rows"]["all"] += 1
            if not sentence.get("events"):
                counts["sentence rows"]["without event"] += 1
    for split in SPLITS:
        counts["documents by split"][split] = len({row["doc"] for row in rows if row["split"] == split})
    return {name: dict(values.most_common()) for name, values in counts.items()}


def main_check(path: Path | str, held: Path | None = None) -> CorpusReport:
    """Problems and counts of the corpus at ``path``. Raises ``CorpusError`` where there is none.

    ``held`` is a folder of held-back documents; without one, ``shared/gold-dev`` beside the repository is used where
    it is there (it is not part of the package).
    """
    rows = list(load_corpus(path))
    folder = held or Path(path).resolve().parent.parent / "shared" / "gold-dev"
    forbidden = held_back(folder) if folder.exists() else None
    return CorpusReport(tuple(check_rows(rows, forbidden)), count(rows))
