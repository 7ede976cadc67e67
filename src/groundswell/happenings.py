"""Decides which triggers of one document name the same happening. Looks at findings only; resolves nothing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from groundswell.records import Document, Finding, Span
from groundswell.values import Actor, Interval, Place, Quantity, Ref, Role, Trigger

_SUFFIX = re.compile(r"(?:ations?|ions?|ings?|ers?|ed|es|e|s)$")
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
    word = re.sub(r"[^\w\s-]", "", words.lower()).split()
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
    """Triggers of the same happening together, in reading order of their first mention."""
    groups: list[list[Telling]] = []
    of_type: dict[str, list[list[Telling]]] = {}  # another type is another happening
    for telling in tellings:
        best, best_score = None, 0.0
        alike = of_type.setdefault(telling.trigger.value.type, [])
        for others in alike:
            score = _fit(document, telling, others)
            if score > best_score:
                best, best_score = others, score
        if best is None:
            best = []
            groups.append(best)
            alike.append(best)
        best.append(telling)
    return groups


def _fit(document: Document, telling: Telling, others: Sequence[Telling]) -> float:
    """How well a telling joins a group; 0 where any member speaks against it."""
    if any(_against(document, telling, other) for other in others):
        return 0.0
    return max(_likeness(document, telling, other) for other in others)


def _against(document: Document, a: Telling, b: Telling) -> bool:
    """Two tellings cannot be one happening: other type, other day, other place, other status."""
    ta, tb = a.trigger.value, b.trigger.value
    if ta.type != tb.type or _worlds_apart(ta.status, tb.status):
        return True
    if ta.mode and tb.mode and ta.mode != tb.mode and not (a.heading or b.heading):
        return True
    return _times_apart(a, b) or _places_apart(a, b) or _figures_apart(a, b)


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


def _likeness(document: Document, a: Telling, b: Telling) -> float:
    """Positive where two tellings are likely one happening; weights set by reading, see docs/decisions."""
    same_word = stem(document.quote(a.span)) == stem(document.quote(b.span))
    score = 1.0 if same_word else 0.0
    ta, tb = a.trigger.value, b.trigger.value
    score += 0.4 if ta.mode and ta.mode == tb.mode else 0.0
    score += 0.6 if a.heading != b.heading else 0.0
    score += 0.5 * _shared(_names(a, "actor"), _names(b, "actor"))
    score += 0.5 * _shared(_names(a, "target"), _names(b, "target"))
    score += 0.4 if set(a.times.values()) & set(b.times.values()) else 0.0
    score -= 0.7 if a.sentence == b.sentence else 0.0
    score -= 0.05 * min(abs(a.index - b.index), 8)
    bare = min(a.weight(), b.weight()) < 2.0
    score += 0.3 if bare else 0.0
    return score + 0.05


def _names(telling: Telling, kind: str) -> set[str]:
    return {telling.actors[f.span].name.casefold() for f in telling.of(kind) if f.span in telling.actors}


def _shared(a: set[str], b: set[str]) -> float:
    if not a or not b:
        return 0.0
    return 1.0 if a & b else -0.8
