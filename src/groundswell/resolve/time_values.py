"""What the meanings of time phrases are made of: a resolved time, what it is read against, and the parts of a phrase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time_chart import Leaf, Node
from groundswell.resolve.time_words import Token

Tense = Literal["past", "present", "future"]
STATED, PUBLISHED, TEXT = "stated", "relative to published", "relative to text"


class Unsettled(ValueError):
    """The phrase gives no date, or the date it hangs on is not known."""


@dataclass(frozen=True, slots=True)
class When:
    """A resolved time; ``basis`` as in values.Interval."""

    earliest: date | None
    latest: date | None
    precision: str
    basis: str = STATED

    @property
    def first(self) -> date:
        if self.earliest is None:
            raise Unsettled("no first day")
        return self.earliest

    @property
    def last(self) -> date:
        if self.latest is None:
            raise Unsettled("no last day")
        return self.latest


@dataclass(frozen=True, slots=True)
class Setting:
    """What a phrase is read against.

    ``near``: the day to which a date without year is nearest, when not publication. ``sure``: the tense comes from an
    event's status and not from a look at the verbs around. ``strict``: the words themselves look back ("since 9 November"),
    or a past clause can only mean the last one (feasts).
    """

    published: date | None
    tense: Tense | None
    anchor: date | None
    near: date | None = None
    sure: bool = True
    strict: bool = False

    def day(self) -> date:
        """Publication; raises Unsettled where it is unknown."""
        if self.published is None:
            raise Unsettled("publication date unknown")
        return self.published

    def pivot(self) -> date:
        return self.near or self.day()

    def direction(self) -> str | None:
        return self.tense if self.tense in ("past", "future") else None

    def text_day(self) -> date:
        if self.anchor is None:
            raise Unsettled("no date in the text to hang on")
        return self.anchor


class Parts:
    """The parts of one phrase by their symbols; phrases within are resolved when asked for."""

    def __init__(self, node: Node, tokens: list[Token], meanings: dict[str, Callable[[Setting, Parts], Any]]) -> None:
        self.node, self.tokens, self.meanings = node, tokens, meanings
        self.fixed = node.rule.fixed
        self.by_name: dict[str, list[Leaf | Node]] = {}
        for part in node.parts:
            name = part.symbol if isinstance(part, Leaf) else part.rule.gives
            self.by_name.setdefault(name, []).append(part)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def value(self, setting: Setting, name: str, index: int = 0) -> Any:
        """The value of the nth part of this name (a number, a word, or a When)."""
        return self._value(setting, self.by_name[name][index])

    def all(self, setting: Setting, *names: str) -> list[Any]:
        """Values of all parts with these names, name by name."""
        return [self._value(setting, p) for n in names for p in self.by_name.get(n, ())]

    def in_order(self, setting: Setting, *names: str) -> list[Any]:
        """Values of all parts with these names, in reading order."""
        named = [(p.symbol if isinstance(p, Leaf) else p.rule.gives, p) for p in self.node.parts]
        return [self._value(setting, p) for name, p in named if name in names]

    def times(self) -> list[Node]:
        """The phrases within, in reading order."""
        return [p for p in self.node.parts if isinstance(p, Node) and p.rule.gives in TIMES]

    def time(self, setting: Setting, node: Node | None = None) -> When:
        """The one phrase within (or the given one), resolved."""
        found: When = self._value(setting, node or self.times()[0])
        return found

    def words(self) -> str:
        return " ".join(p.symbol for p in self.node.parts if isinstance(p, Leaf))

    def _value(self, setting: Setting, part: Leaf | Node) -> Any:
        if isinstance(part, Leaf):
            return self.tokens[part.at].word.values[part.symbol]
        return self.meanings[part.rule.does](setting, Parts(part, self.tokens, self.meanings))


TIMES = frozenset({"X", "W", "U", "R", "DR", "RU", "DATE", "MY", "T"})


def one_day(day: date, basis: str = STATED) -> When:
    return When(day, day, "day", basis)


def strictly_year(setting: Setting, make: Callable[[int], cal.Period], precision: str, ahead: bool) -> When:
    """The last such period that is over, or the next to begin."""
    day = setting.day()
    for year in range(day.year, day.year + 9) if ahead else range(day.year, max(0, day.year - 9), -1):
        try:
            first, last = make(year)
        except (ValueError, OverflowError):
            continue
        if first > day if ahead else last < day:
            return When(first, last, precision, PUBLISHED)
    raise Unsettled("no year fits")


def near_year(setting: Setting, make: Callable[[int], cal.Period], precision: str) -> When:
    """The period of that kind, among years, that the tense asks for."""
    pivot, periods = setting.pivot(), []
    for year in range(max(1, pivot.year - 5), min(9999, pivot.year + 6)):
        try:
            periods.append(make(year))
        except (ValueError, OverflowError):
            continue
    if not periods:
        raise Unsettled("no such day in the calendar")
    soon = precision in ("day", "range") and not setting.strict
    found = cal.nearest_year(pivot, periods, setting.direction(), sure=setting.sure, soon=soon)
    if found is None:
        raise Unsettled("no year fits")
    return When(*found, precision, PUBLISHED)
