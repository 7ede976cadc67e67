"""Training texts varied: another word for a deed, other names for its people and places. Spans stay exact; labels stay.

Nine thousand events hold too few of the words a deed can be told with. Nothing here reads a model or touches dev and test.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Change = tuple[int, int, str]  # start, end, what stands there instead

_AFTER_AUXILIARY = frozenset(
    ["was", "were", "been", "being", "be", "is", "are", "get", "got", "gets", "getting", "has", "have", "had", "having"]
)
_BEFORE_VERB = frozenset(
    [
        "to",
        "will",
        "would",
        "should",
        "must",
        "could",
        "may",
        "might",
        "can",
        "not",
        "they",
        "we",
        "who",
        "which",
        "shall",
        "also",
        "did",
    ]
)
# "on strike", "under siege", "in protest": set phrases that take no other noun.
_SET_PHRASE = frozenset(["on", "under", "in", "into", "at", "by"])
_PAST, _PARTICIPLE = 2, 3
_LAST_WORD = re.compile(r"([^\W_]+)\W*$")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one word: the rows that can stand for it, its own row, and which form it is."""

    rows: tuple[tuple[str, ...], ...]
    row: int
    form: int
    verb: bool


def wordings(path: Path | None = None) -> dict[tuple[str, str | None, str], list[Form]]:
    """Forms by type, mode and word, from wordings.toml."""
    raw = tomllib.loads((path or Path(__file__).with_name("wordings.toml")).read_text(encoding="utf-8"))
    out: dict[tuple[str, str | None, str], list[Form]] = defaultdict(list)
    for group in raw["group"]:
        rows = tuple(tuple(row) for row in group.get("verb") or group["noun"])
        for number, row in enumerate(rows):
            for form, word in enumerate(row):
                if word not in row[:form]:
                    out[group["type"], group.get("mode"), word].append(Form(rows, number, form, "verb" in group))
    return dict(out)


@dataclass(frozen=True, slots=True)
class Variety:
    """What texts are varied with, and how often.

    Attributes:
        words: forms of triggers (see ``wordings``).
        names: names of each kind that stand in the training rows, in order.
        triggers, entities: the share of triggers and of names that are replaced.
    """

    words: Mapping[tuple[str, str | None, str], Sequence[Form]]
    names: Mapping[str, Sequence[str]]
    triggers: float
    entities: float


def variety(rows: Iterable[Row], triggers: float, entities: float) -> Variety:
    """A Variety whose names are those of ``rows``."""
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for entity in row.get("entities", ()):
            names[_kind(entity["kind"], entity["text"])].add(entity["text"])
    return Variety(wordings(), {kind: sorted(found) for kind, found in names.items()}, triggers, entities)


def varied(row: Row, by: Variety, chance: random.Random) -> Row:
    """The row with some triggers and names replaced; the row itself where nothing was."""
    changes = [*_trigger_changes(row, by, chance), *_name_changes(row, by, chance)]
    kept: list[Change] = []
    for change in sorted(changes):
        if not kept or change[0] >= kept[-1][1]:
            kept.append(change)
    if not kept or not all(_whole(row, kept)):
        return row
    out: Row = _moved(row, kept, _rewritten(row["text"], kept))
    for name in ("sentences", "paragraphs"):
        if name in row:
            out[name] = [[_place(start, kept), _place(end, kept)] for start, end in row[name]]
    if row.get("title") and row["text"].startswith(row["title"]):
        out["title"] = out["text"][: _place(len(row["title"]), kept)]  # or the heading is one no more
    return out


def _trigger_changes(row: Row, by: Variety, chance: random.Random) -> Iterable[Change]:
    text = row["text"]
    for event in row.get("events", ()):
        for phrase in (event["trigger"], *event.get("also", ())):
            if chance.random() >= by.triggers:
                continue
            forms = by.words.get((event["type"], event.get("mode"), phrase["text"].lower()), ())
            start, end = phrase["start"], phrase["end"]
            if text[start - 1 : start] == "-" or text[end : end + 1] == "-":
                continue
            before = _LAST_WORD.search(text[max(0, start - 30) : start])
            other = _other(forms, before.group(1).lower() if before else "", chance)
            if other:
                yield start, end, _like(text[start:end], other)
                article = re.search(r"\b([Aa])(n?) $", text[max(0, start - 3) : start])
                if article and _an(other) != bool(article.group(2)):
                    at = start - len(article.group(0))
                    yield at, start - 1, article.group(1) + "n" * _an(other)


def _an(word: str) -> bool:
    return word[0].lower() in "aeiou"


def _other(forms: Sequence[Form], before: str, chance: random.Random) -> str | None:
    """Another word in the same form; None where the surroundings leave the form open."""
    if not forms:
        return None
    verb = before in _BEFORE_VERB or (before in _AFTER_AUXILIARY and any(f.verb and f.form > 1 for f in forms))
    form = next((f for f in forms if f.verb == verb), forms[0])
    if not form.verb and before in _SET_PHRASE:
        return None
    choice = [row for row in form.rows if row is not form.rows[form.row]]
    number = form.form
    own = form.rows[form.row]
    if form.verb and number == 0 and own[0] == own[_PAST] and before not in _BEFORE_VERB:
        number = _PAST  # "beat", "put": the past unless "to" or "will" stands before it
    if form.verb and number in (_PAST, _PARTICIPLE):
        if before in _AFTER_AUXILIARY:
            number = _PARTICIPLE
        elif own[_PAST] == own[_PARTICIPLE]:
            choice = [row for row in choice if row[_PAST] == row[_PARTICIPLE]]
    return chance.choice(choice)[number] if choice else None


def _name_changes(row: Row, by: Variety, chance: random.Random) -> Iterable[Change]:
    chosen: dict[tuple[str, str], str] = {}
    entities = row.get("entities", ())
    for entity in sorted(entities, key=lambda e: -len(e["text"])):
        key = (entity["kind"], entity["text"])
        if key in chosen:
            continue
        pool = by.names.get(_kind(*key), ())
        chosen[key] = chance.choice(pool) if pool and chance.random() < by.entities else entity["text"]
        if entity["kind"] == "person":
            # "Ama Owusu ... Owusu": who is named in full has the same last name later.
            for other in entities:
                if other["kind"] == "person" and other["text"] == entity["text"].split()[-1]:
                    chosen.setdefault(("person", other["text"]), chosen[key].split()[-1])
    for entity in entities:
        new = _like(entity["text"], chosen[entity["kind"], entity["text"]])
        if new != entity["text"]:
            yield entity["start"], entity["end"], new


def _kind(kind: str, name: str) -> str:
    """Names stand for names of like make: so many words, letters of an abbreviation or not."""
    words = len(name.split())
    return f"{kind} {'short' if name.isupper() and words == 1 and len(name) < 7 else min(words, 4)}"


def _like(old: str, new: str) -> str:
    """``new`` in the letter case of ``old``."""
    if old.isupper() and len(old) > 6:
        return new.upper()
    return new[0].upper() + new[1:] if old[0].isupper() else new


def _spans(value: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "start" in value and "end" in value:
            yield value
        for each in value.values():
            yield from _spans(each)
    elif isinstance(value, list):
        for each in value:
            yield from _spans(each)


def _whole(row: Row, changes: Sequence[Change]) -> Iterable[bool]:
    """For each span: whether every change stands whole inside it or outside it, and not only at its very word."""
    for span in _spans(row):
        for start, end, _ in changes:
            yield (end <= span["start"] or start >= span["end"] or (span["start"] <= start and end <= span["end"]))


def _rewritten(text: str, changes: Sequence[Change]) -> str:
    parts, at = [], 0
    for start, end, new in changes:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def _place(at: int, changes: Sequence[Change]) -> int:
    """Where an offset that no change stands across has gone."""
    return at + sum(len(new) - (end - start) for start, end, new in changes if end <= at)


def _moved(value: Any, changes: Sequence[Change], text: str) -> Any:
    """A copy of an annotation whose offsets and texts are those of the new text."""
    if isinstance(value, list):
        return [_moved(each, changes, text) for each in value]
    if not isinstance(value, dict):
        return value
    out = {name: _moved(each, changes, text) for name, each in value.items()}
    if "start" in out and "end" in out:
        out["start"], out["end"] = _place(value["start"], changes), _place(value["end"], changes)
        if "text" in out:
            out["text"] = text[out["start"] : out["end"]]
    elif "events" in out or "entities" in out or "form" in out:
        out["text"] = text
    return out
