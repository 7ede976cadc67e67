"""Decides which triggers of one document name the same happening. Looks at findings and their words; resolves nothing itself.

Two tellings of one type are weighed by boosted trees over what their sentences share (fitted on the coders' tellings) and by
how the reader took both; happenings_weights.toml and happenings_trees.json come from `python -m groundswell.evaluate.joining_fit`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from groundswell import lexicon
from groundswell.records import Document, Finding, Span
from groundswell.trees import Trees, load, weighed
from groundswell.values import Actor, Interval, Place, Quantity, Ref, Role, Trigger

_SUFFIX = re.compile(r"(?:ations?|ions?|ings?|ers?|ed|es|e|s)$")
_MARKS = re.compile(r"[^\w\s-]")
_IRREGULAR = {
    "struck": "strik", "strike": "strik", "fought": "fight", "shot": "shoot", "met": "meet", "held": "hold", "took": "tak",
    "taken": "tak", "threw": "throw", "stolen": "steal", "slain": "slay", "beaten": "beat", "withdrew": "withdraw",
    "withdrawn": "withdraw", "freed": "free", "sought": "seek", "blew": "blow", "blown": "blow", "died": "di", "death": "di",
    "deaths": "di",
}  # fmt: skip


@dataclass(slots=True)
class Telling:
    """One trigger with all that was read around it."""

    trigger: Finding[Trigger]
    sentence: Span
    paragraph: int
    heading: bool
    index: int
    roles: dict[str, list[Finding[Role]]] = field(default_factory=dict)
    actors: dict[Span, Actor] = field(default_factory=dict)
    places: dict[Span, Place] = field(default_factory=dict)
    times: dict[Span, Interval] = field(default_factory=dict)
    quantities: dict[Span, Quantity] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return self.trigger.span

    @property
    def ref(self) -> Ref:
        return Ref(self.span.start, self.span.end)

    def of(self, kind: str) -> list[Finding[Role]]:
        return self.roles.get(kind, [])

    def weight(self) -> float:
        """How full a telling this is: arguments count, a headline counts less than its story."""
        kinds = sum(1 for kind in ("actor", "target", "place", "time", "figure") if self.roles.get(kind))
        extra = 0.2 * sum(len(found) for found in self.roles.values())
        return kinds + extra + self.trigger.score - (1.5 if self.heading else 0.0)


def stem(words: str) -> str:
    """A rough stem of a trigger's content word, enough to see that 'bombed' and 'bombing' are one word."""
    word = _MARKS.sub("", words.lower()).split()
    head = (
        word[-1]
        if word and word[-1] not in ("out", "down", "up", "off", "for", "to", "on", "with")
        else word[0]
        if word
        else ""
    )
    if head in _IRREGULAR:
        return _IRREGULAR[head]
    cut = _SUFFIX.sub("", head)
    cut = cut if len(cut) >= 3 else head
    return cut[:-1] if len(cut) > 4 and cut[-1] == cut[-2] else cut


def group(document: Document, tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Triggers of the same happening together, in reading order of their first mention.

    A telling joins the group whose least likely member in reach is likeliest to be the same, if that is likely enough and no
    member at all forbids it.
    """
    groups: list[list[Telling]] = []
    of_type: dict[str, list[list[Telling]]] = {}  # another type is another happening
    sides = [Side(document, telling) for telling in tellings]
    of = {id(side.telling): side for side in sides}
    for side in sides:
        telling = side.telling
        alike = of_type.setdefault(telling.trigger.value.type, [])
        best, best_odds = None, LEAST
        for others in alike:
            near = [of[id(other)] for other in others if _in_reach(telling, other)]
            if near and not any(_never(telling, other) for other in others):
                odds = _least(side, near, best_odds)
                if odds > best_odds:
                    best, best_odds = others, odds
        if best is None:
            best = []
            groups.append(best)
            alike.append(best)
        best.append(telling)
    return groups


# Typed events F1 on the dev documents: .687 at -.4, .690 at -1, .690 at -1.3 (.684 with the hand-set sum before); the lower, the
# more that only lie close together is joined.
LEAST = -1.0
REACH = 40
"""Sentences between two tellings beyond which they are not compared (a headline reaches everywhere): long documents must not
cost the square of their length."""


def _in_reach(telling: Telling, other: Telling) -> bool:
    return telling.index - other.index <= REACH or other.heading


def _least(side: Side, others: Sequence[Side], above: float) -> float:
    """Log odds that the least likely of several tellings names the same happening; stops where it cannot exceed ``above``."""
    least = float("inf")
    for other in others:
        least = min(least, joined(other, side))
        if least <= above:
            break
    return least


@lru_cache(maxsize=1)
def sentence_trees() -> Trees:
    """Fitted on the coders' triggers and other mentions."""
    return load("groundswell", "happenings_trees.json")


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """What the trees and the reader's types of both tellings are worth beside each other."""
    found: Mapping[str, float] = tomllib.loads((files("groundswell") / "happenings_weights.toml").read_text("utf-8"))
    return found


def joined(a: Side, b: Side) -> float:
    """Log odds that two tellings, the earlier one first, are one happening."""
    return weighed(weights(), {"trees": sentence_trees().log_odds(shared(a, b)), **as_read(a.telling, b.telling)})


def as_read(a: Telling, b: Telling) -> dict[str, float]:
    """How the reader's opinions of two tellings go together."""
    ta, tb = a.trigger.value, b.trigger.value
    return {
        "same status": float(ta.status == tb.status),
        "statuses apart": float(_worlds_apart(ta.status, tb.status)),
        "same mode": float(ta.mode is not None and ta.mode == tb.mode),
        "modes apart": float(ta.mode is not None and tb.mode is not None and ta.mode != tb.mode),
    }


_WORD = re.compile(r"(?:[^\W\d_]|'){4,}")
_LETTERS = re.compile(r"\b[^\W\d_]{2,}\b")


class Side:
    """One telling with what is compared of it."""

    def __init__(self, document: Document, telling: Telling) -> None:
        words, sentence, span = _lists(), telling.sentence, telling.span
        text = document.text[sentence.start : sentence.end]
        self.telling = telling
        self.trigger = document.quote(span).lower()
        self.stem = stem(self.trigger)
        self.before = document.text[max(sentence.start, span.start - 25) : span.start].lower().split()
        self.words = {word.lower() for word in _WORD.findall(text)}
        self.capitals = {word for word in _LETTERS.findall(text, 1) if word.istitle()}
        self.names = {kind: _names(telling, kind) for kind in ("actor", "target")}
        self.places = {place.name for place in telling.places.values()}
        self.times = set(telling.times.values())
        self.alone = dict(self._alone(words))

    def _alone(self, words: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, float]]:
        near = self.before[-3:]
        yield "definite", float(not words["definite"].isdisjoint(near))
        yield "indefinite", float(not words["indefinite"].isdisjoint(near))
        yield "owned", float(any(w.endswith("'s") or w in words["determiners"] for w in self.before[-2:]))
        yield "beside another", float(not words["linking"].isdisjoint(self.before[-5:]))
        yield "ed", float(self.trigger.endswith("ed"))
        yield "ing", float(self.trigger.endswith("ing"))
        yield "words", float(len(self.trigger.split()))
        yield "fullness", self.telling.weight() - self.telling.trigger.score
        yield "heading", float(self.telling.heading)
        yield "sentence", float(self.telling.index)


@lru_cache(maxsize=4)
def _lists(language: str = "en") -> Mapping[str, frozenset[str]]:
    return lexicon.word_lists(language, "tellings")


def shared(a: Side, b: Side) -> dict[str, float]:
    """Named features of two tellings of one type, the earlier one first."""
    found = {f"{name} a": value for name, value in a.alone.items()}
    found.update((f"{name} b", value) for name, value in b.alone.items())
    x, y = a.telling, b.telling
    found["same stem"] = float(a.stem == b.stem)
    found["sentences between"] = float(abs(x.index - y.index))
    found["paragraphs between"] = float(abs(x.paragraph - y.paragraph))
    found["same sentence"] = float(x.sentence == y.sentence)
    for kind in ("actor", "target"):
        mine, theirs = a.names[kind], b.names[kind]
        found[f"{kind} shared"] = float(not mine.isdisjoint(theirs))
        found[f"{kind} apart"] = float(bool(mine and theirs) and mine.isdisjoint(theirs))
        found[f"{kind} missing"] = float((not mine) + (not theirs))
    everyone = (a.names["actor"] | a.names["target"]) & (b.names["actor"] | b.names["target"])
    found["names shared"] = float(len(everyone))
    found["words shared"] = len(a.words & b.words) / (1 + min(len(a.words), len(b.words)))
    found["capitals shared"] = float(len(a.capitals & b.capitals))
    found["place shared"] = float(not a.places.isdisjoint(b.places))
    found["place both"] = float(bool(a.places and b.places))
    found["time shared"] = float(not a.times.isdisjoint(b.times))
    found["time both"] = float(bool(a.times and b.times))
    found["times apart"] = float(_times_apart(x, y))
    found["places apart"] = float(_places_apart(x, y))
    found["figures apart"] = float(_figures_apart(x, y))
    found["figures"] = float(bool(x.of("figure")) + bool(y.of("figure")))
    found[f"type {x.trigger.value.type}"] = 1.0
    return found


def _never(a: Telling, b: Telling) -> bool:
    """Days that lie apart, or other modes outside headlines, forbid joining whatever the words say."""
    ta, tb = a.trigger.value, b.trigger.value
    modes = ta.mode and tb.mode and ta.mode != tb.mode and not (a.heading or b.heading)
    return bool(modes) or _times_apart(a, b)


_HAPPENED = {"occurred", "ongoing"}


def _worlds_apart(a: str, b: str) -> bool:
    return a != b and not {a, b} <= _HAPPENED and not {a, b} <= {"announced", "called_for"}


def _times_apart(a: Telling, b: Telling) -> bool:
    for x in a.times.values():
        for y in b.times.values():
            if x.earliest and y.latest and x.earliest > y.latest:
                return True
            if y.earliest and x.latest and y.earliest > x.latest:
                return True
    return False


def _places_apart(a: Telling, b: Telling) -> bool:
    """Both name towns, and no town of one is a town of the other."""
    towns_a = {p.name for p in a.places.values() if p.precision in ("city", "place")}
    towns_b = {p.name for p in b.places.values() if p.precision in ("city", "place")}
    if towns_a and towns_b:
        return not towns_a & towns_b
    countries_a = {p.country for p in a.places.values() if p.country}
    countries_b = {p.country for p in b.places.values() if p.country}
    return bool(countries_a and countries_b and not countries_a & countries_b)


def _figures_apart(a: Telling, b: Telling) -> bool:
    """Exact tolls that differ speak for two happenings only where both give a time or place of their own."""
    if not (a.times or a.places) or not (b.times or b.places):
        return False
    exact_a = {(f.value.of, q.best) for f in a.of("figure") if (q := a.quantities.get(f.span)) and q.best is not None}
    exact_b = {(f.value.of, q.best) for f in b.of("figure") if (q := b.quantities.get(f.span)) and q.best is not None}
    shared = {of for of, _ in exact_a} & {of for of, _ in exact_b}
    return any({n for of, n in exact_a if of == kind} != {n for of, n in exact_b if of == kind} for kind in shared)


def _names(telling: Telling, kind: str) -> set[str]:
    return {telling.actors[f.span].name.casefold() for f in telling.of(kind) if f.span in telling.actors}
