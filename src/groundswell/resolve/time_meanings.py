"""What the rules of time mean: days, weeks, months, years, feasts and what is counted from them.

Every public function here is named by ``does`` in lexicon/en/time_rules.toml and turns the parts of one phrase into a
``When``. They raise Unsettled where the phrase gives no date; ValueError and OverflowError mean the same.
"""

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
    """What a phrase is read against. ``near``: the day to which a date without year is nearest, when not publication."""

    published: date | None
    tense: Tense | None
    anchor: date | None
    near: date | None = None

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


def same(setting: Setting, parts: Parts) -> When:
    return parts.time(setting)


def nothing(setting: Setting, parts: Parts) -> When:
    raise Unsettled("a phrase that names no date")


def sum_number(setting: Setting, parts: Parts) -> int:
    return int(sum(parts.all(setting, "TENS", "N", "ORD")))


def spoken_year(setting: Setting, parts: Parts) -> int:
    numbers = parts.in_order(setting, "N", "TENS")
    if "thousand" in parts:
        return 2000 + sum(numbers)
    if not 16 <= numbers[0] <= 20:
        raise Unsettled("not a year")
    return int(numbers[0] * 100 + sum(numbers[1:]))


# -- dates ------------------------------------------------------------------------------------------------------------


def month_day(setting: Setting, parts: Parts) -> tuple[int, int]:
    return parts.all(setting, "M", "MW")[0], parts.value(setting, "D")


def _day(day: date, basis: str = STATED) -> When:
    return When(day, day, "day", basis)


def date_year(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD") if "MD" in parts else month_day(setting, parts)
    if "RU" in parts:
        year = parts.value(setting, "RU")
        if year.precision != "year":
            raise Unsettled("a day of what is no year")
        return _day(date(year.first.year, month, day), year.basis)
    return _day(date(parts.all(setting, "YEAR", "YW")[0], month, day))


def _strictly(setting: Setting, make: Callable[[int], cal.Period], precision: str, ahead: bool) -> When:
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
    found = cal.nearest_year(pivot, periods, setting.direction())
    if found is None:
        raise Unsettled("no year fits")
    return When(*found, precision, PUBLISHED)


def month_day_near(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD")
    return near_year(setting, lambda year: (date(year, month, day),) * 2, "day")


def date_shift(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD")
    if "THIS" in parts:
        return _day(date(setting.day().year, month, day), PUBLISHED)
    return _strictly(setting, lambda year: (date(year, month, day),) * 2, "day", "NEXT" in parts)


def iso(setting: Setting, parts: Parts) -> When:
    return _day(date(*parts.value(setting, "ISO")))


def numeric(setting: Setting, parts: Parts) -> When:
    """Day and month in either order where only one is possible; 02/03/2024 gives no date (either guess may be wrong)."""
    first, second, year = parts.value(setting, "ND")
    possible = {(day, month) for day, month in ((first, second), (second, first)) if month <= 12}
    if len(possible) != 1:
        raise Unsettled("day and month may be either")
    day, month = possible.pop()
    return _day(date(year if year > 99 else year + (2000 if year < 30 else 1900), month, day))


def day_month(setting: Setting, parts: Parts) -> When:
    """22/04 and 04/22 as in ``numeric``; 3/4 gives no date."""
    first, second = parts.value(setting, "DM")
    possible = {(day, month) for day, month in ((first, second), (second, first)) if month <= 12}
    if len(possible) != 1:
        raise Unsettled("day and month may be either")
    day, month = possible.pop()
    return near_year(setting, lambda year: (date(year, month, day),) * 2, "day")


def weekday_date(setting: Setting, parts: Parts) -> When:
    """The date; where its year was guessed, the nearest year in which that weekday is true, if it is within a year."""
    found = parts.time(setting) if parts.times() else day_month(setting, parts)
    weekday = parts.all(setting, "WD", "WS")[0]
    if found.basis == STATED or found.first.weekday() == weekday:
        return found
    for years in (-1, 1):
        other = cal.plus_months(found.first, 12 * years)
        if other.weekday() == weekday and abs((other - setting.pivot()).days) <= 366:
            return _day(other, found.basis)
    return found


def iso_month(setting: Setting, parts: Parts) -> When:
    return When(*cal.month_of(*parts.value(setting, "ISOM")), "month")


def month_figures(setting: Setting, parts: Parts) -> When:
    return When(*cal.month_of(parts.value(setting, "YEAR"), parts.value(setting, "D")), "month")


def day_of_unit(setting: Setting, parts: Parts) -> When:
    unit = parts.time(setting) if parts.times() else unit_this(setting, parts)
    if unit.precision != "month":
        raise Unsettled("a day of what is no month")
    return _day(unit.first.replace(day=parts.all(setting, "D", "ORDD")[0]), unit.basis)


def day_nth(setting: Setting, parts: Parts) -> When:
    """ "on the 9th": that day of the nearest month that has one."""
    wanted, pivot = parts.value(setting, "ORDD"), setting.pivot()
    days = []
    for months in range(-3, 4):
        first = cal.plus_months(pivot.replace(day=1), months)
        if wanted <= cal.month_of(first.year, first.month)[1].day and wanted >= 1:
            days.append((first.replace(day=wanted),) * 2)
    found = cal.nearest_year(pivot, days, setting.direction() or "past")
    if found is None:
        raise Unsettled("no such day in the calendar")
    when = _day(found[0], PUBLISHED)
    if "since" in parts:
        return When(when.first, None, "open", PUBLISHED)
    return When(None, when.last, "open", PUBLISHED) if "by" in parts or "until" in parts else when


def day_word(setting: Setting, parts: Parts) -> When:
    return _day(cal.plus_days(setting.day(), parts.value(setting, "DW")), PUBLISHED)


# -- weekdays ---------------------------------------------------------------------------------------------------------


def weekday(setting: Setting, parts: Parts) -> When:
    wanted = parts.all(setting, "WD", "WS")[0]
    return _day(cal.nearest_weekday(setting.pivot(), wanted, setting.direction()), PUBLISHED)


def weekday_shift(setting: Setting, parts: Parts) -> When:
    """ "last Friday": the nearest before publication; "next Friday": the one of the week after this; "this": this week's."""
    wanted = parts.value(setting, "WD")
    if "that" in parts or "same" in parts:
        return _day(cal.nearest_weekday(setting.text_day(), wanted, None), TEXT)
    day = setting.day()
    word = (parts.all(setting, "LAST", "NEXT") or ["this"])[0]
    if "LAST" in parts:
        return _day(cal.nearest_weekday(cal.plus_days(day, -1), wanted, None), PUBLISHED)
    if "NEXT" in parts:
        if word == "next" or (word == "following" and setting.anchor is None):
            monday = cal.period_around(day, "week", 1)[0]
            return _day(cal.plus_days(monday, wanted), PUBLISHED)
        base = setting.anchor if word == "following" and setting.anchor else day
        return _day(cal.nearest_weekday(base, wanted, "future"), PUBLISHED)
    return _day(cal.plus_days(cal.period_around(day, "week")[0], wanted), PUBLISHED)


def weekday_of_week(setting: Setting, parts: Parts) -> When:
    week = parts.value(setting, "RU")
    if week.precision != "week":
        raise Unsettled("a weekday of what is no week")
    return _day(cal.plus_days(week.first, parts.all(setting, "WD", "WS")[0]), week.basis)


def weekday_nth(setting: Setting, parts: Parts) -> When:
    """ "Tuesday the 11th": the nearest month in which that is true."""
    wanted, number = parts.all(setting, "WD", "WS")[0], parts.all(setting, "ORD", "ORDD", "D")[0]
    pivot, days = setting.pivot(), []
    for months in range(-14, 15):
        first = cal.plus_months(pivot.replace(day=1), months)
        if (
            1 <= number <= cal.month_of(first.year, first.month)[1].day
            and first.replace(day=number).weekday() == wanted
        ):
            days.append((first.replace(day=number),) * 2)
    found = cal.nearest_year(pivot, days, setting.direction())
    if found is None:
        raise Unsettled("no month fits")
    return _day(found[0], PUBLISHED)


def nth_weekday(setting: Setting, parts: Parts) -> When:
    month = parts.time(setting)
    if month.precision != "month":
        raise Unsettled("a weekday of what is no month")
    nth = -1 if "last" in parts else parts.value(setting, "ORD")
    found = cal.nth_weekday(month.first.year, month.first.month, parts.value(setting, "WD"), nth)
    return _day(found, month.basis)


# -- weeks, months, years ---------------------------------------------------------------------------------------------


def _unit(day: date, unit: str, shift: int, basis: str) -> When:
    return When(*cal.period_around(day, unit, shift), "week" if unit == "fortnight" else unit, basis)


def unit_bare(setting: Setting, parts: Parts) -> When:
    """ "the week", "the year": the one of the date the text gave last; without one that of publication, but for a day."""
    unit = parts.value(setting, "UNIT")
    if setting.anchor is not None or unit == "day":
        return _unit(setting.text_day(), unit, 0, TEXT)
    return _unit(setting.day(), unit, 0, PUBLISHED)


def unit_this(setting: Setting, parts: Parts) -> When:
    return _unit(setting.day(), parts.value(setting, "UNIT"), 0, PUBLISHED)


def unit_last(setting: Setting, parts: Parts) -> When:
    unit, word = parts.value(setting, "UNIT"), parts.value(setting, "LAST")
    if word in ("previous", "preceding") and ("the" in parts or unit == "day"):
        return _unit(setting.text_day(), unit, -1, TEXT)
    return _unit(setting.day(), unit, -1, PUBLISHED)


def unit_next(setting: Setting, parts: Parts) -> When:
    unit, word = parts.value(setting, "UNIT"), parts.value(setting, "NEXT")
    if "the" in parts and word in ("next", "following"):
        return _unit(setting.text_day(), unit, 1, TEXT)
    return _unit(setting.day(), unit, 1, PUBLISHED)


def unit_that(setting: Setting, parts: Parts) -> When:
    return _unit(setting.text_day(), parts.value(setting, "UNIT"), 0, TEXT)


def unit_after_next(setting: Setting, parts: Parts) -> When:
    return _unit(setting.day(), parts.value(setting, "UNIT"), 2 if "after" in parts else -2, PUBLISHED)


def weekend(setting: Setting, parts: Parts) -> When:
    """ "the weekend": the last one that has begun; the coming one for the future."""
    day = setting.day()
    shift = -1 if setting.tense != "future" and day.weekday() < 5 else 0
    return _unit(day, "weekend", shift, PUBLISHED)


def month_year(setting: Setting, parts: Parts) -> When:
    month = parts.all(setting, "M", "MW")[0]
    if "that" in parts:
        return When(*cal.month_of(setting.text_day().year, month), "month", TEXT)
    if "RU" in parts:
        year = parts.value(setting, "RU")
        if year.precision != "year":
            raise Unsettled("a month of what is no year")
        return When(*cal.month_of(year.first.year, month), "month", year.basis)
    return When(*cal.month_of(parts.all(setting, "YEAR", "YW")[0], month), "month")


def month(setting: Setting, parts: Parts) -> When:
    wanted = parts.all(setting, "M", "MS", "MW")[0]
    return near_year(setting, lambda year: cal.month_of(year, wanted), "month")


def month_shift(setting: Setting, parts: Parts) -> When:
    """ "last May": the last that is over; "next May": the next to begin; "this May": this year's."""
    wanted, day = parts.value(setting, "M"), setting.day()
    if "past" in parts or "LAST" in parts:
        year = day.year if wanted < day.month else day.year - 1
    elif "coming" in parts or "NEXT" in parts:
        year = day.year if wanted > day.month else day.year + 1
    else:
        year = day.year
    return When(*cal.month_of(year, wanted), "month", PUBLISHED)


def year(setting: Setting, parts: Parts) -> When:
    number = parts.all(setting, "YEAR", "YW")[0]
    return When(date(number, 1, 1), date(number, 12, 31), "year")


def years(setting: Setting, parts: Parts) -> When:
    first, last = parts.value(setting, "YY")
    if first >= last:
        raise Unsettled("the years run backwards")
    return When(date(first, 1, 1), date(last, 12, 31), "range")


def decade(setting: Setting, parts: Parts) -> When:
    if "YEAR" in parts and parts.value(setting, "YEAR") % 10:
        return year(setting, parts)
    return When(*cal.decade_of(parts.all(setting, "DEC", "DECW", "YEAR")[0]), "decade")


def century(setting: Setting, parts: Parts) -> When:
    return When(*cal.century_of(parts.value(setting, "ORD")), "century")


def season_year(setting: Setting, parts: Parts) -> When:
    season = parts.value(setting, "SEA")
    if "YEAR" in parts:
        return When(*cal.season_of(parts.value(setting, "YEAR"), season), "season")
    year = parts.time(setting)
    return When(*cal.season_of(year.first.year, season), "season", year.basis)


def season_shift(setting: Setting, parts: Parts) -> When:
    """ "last summer": the last that is over; "this summer": this year's."""
    wanted, day = parts.value(setting, "SEA"), setting.day()
    if "past" in parts or "LAST" in parts:
        year = day.year if cal.season_of(day.year, wanted)[1] < day else day.year - 1
    elif "coming" in parts or "NEXT" in parts:
        year = day.year if cal.season_of(day.year, wanted)[0] > day else day.year + 1
    else:
        year = day.year - (1 if wanted == "winter" and day.month < 3 else 0)
    return When(*cal.season_of(year, wanted), "season", PUBLISHED)


def season(setting: Setting, parts: Parts) -> When:
    wanted = parts.value(setting, "SEA")
    return near_year(setting, lambda year: cal.season_of(year, wanted), "season")


def quarter_year(setting: Setting, parts: Parts) -> When:
    number = 4 if "ORD" not in parts and "Q" not in parts else parts.value(setting, "Q" if "Q" in parts else "ORD")
    if not 1 <= number <= 4:
        raise Unsettled("a year has four quarters")
    if "YEAR" in parts:
        return When(*cal.quarter_of(parts.value(setting, "YEAR"), number), "quarter")
    within = parts.time(setting) if parts.times() else unit_this(setting, parts)
    if within.precision != "year":
        raise Unsettled("a quarter of what is no year")
    return When(*cal.quarter_of(within.first.year, number), "quarter", within.basis)


def quarter(setting: Setting, parts: Parts) -> When:
    number = parts.value(setting, "Q") if "Q" in parts else parts.value(setting, "ORD")
    if not 1 <= number <= 4:
        raise Unsettled("a year has four quarters")
    return near_year(setting, lambda year: cal.quarter_of(year, number), "quarter")


def quarter_year_ago(setting: Setting, parts: Parts) -> When:
    """The same quarter a year before the one that is named, or that the text gave last."""
    if "ORD" in parts:
        found = quarter(setting, parts)
    else:
        found = _unit(setting.text_day(), "quarter", 0, TEXT)
    first = cal.plus_months(found.first, -12)
    return When(*cal.period_around(first, "quarter"), "quarter", found.basis)


def quarter_latest(setting: Setting, parts: Parts) -> When:
    return _unit(setting.day(), "quarter", -1, PUBLISHED)


# -- feasts -----------------------------------------------------------------------------------------------------------


def feast(setting: Setting, parts: Parts) -> Callable[[int], cal.Period]:
    month, day = (int(n) for n in parts.fixed["when"].split("-"))
    return lambda year: (date(year, month, day),) * 2


def easter(setting: Setting, parts: Parts) -> Callable[[int], cal.Period]:
    days = int(parts.fixed["when"])
    return lambda year: (cal.plus_days(cal.easter(year), days),) * 2


def weekday_feast(setting: Setting, parts: Parts) -> Callable[[int], cal.Period]:
    month, weekday, nth = (int(n) for n in parts.fixed["when"].split())
    return lambda year: (cal.nth_weekday(year, month, weekday, nth),) * 2


def feast_year(setting: Setting, parts: Parts) -> When:
    make = parts.value(setting, "FEAST")
    if "YEAR" in parts:
        return When(*make(parts.value(setting, "YEAR")), "day")
    year = parts.time(setting)
    if year.precision != "year":
        raise Unsettled("a feast of what is no year")
    return When(*make(year.first.year), "day", year.basis)


def feast_near(setting: Setting, parts: Parts) -> When:
    make = parts.value(setting, "FEAST")
    if "RU" in parts:
        return feast_year(setting, parts)
    if "THIS" in parts or "this" in parts:
        return When(*make(setting.day().year), "day", PUBLISHED)
    if "LAST" in parts or "NEXT" in parts:
        return _strictly(setting, make, "day", "NEXT" in parts)
    return near_year(setting, make, "day")


def feast_weekend(setting: Setting, parts: Parts) -> When:
    """Saturday and Sunday with the feast where it touches them; Easter's runs from Friday to Monday."""
    make = parts.value(setting, "FEAST")
    found = When(*make(parts.value(setting, "YEAR")), "day") if "YEAR" in parts else near_year(setting, make, "day")
    first, last = cal.period_around(found.first, "weekend", -1 if found.first.weekday() == 0 else 0)
    feasts = [part.rule for part in parts.node.parts if isinstance(part, Node) and part.rule.gives == "FEAST"]
    if feasts[0].does == "easter" and feasts[0].fixed["when"] == "0":
        first, last = cal.plus_days(found.first, -2), cal.plus_days(found.first, 1)
    elif found.first.weekday() in (3, 4):
        first = found.first
    return When(first, max(last, found.first), "weekend", found.basis)
