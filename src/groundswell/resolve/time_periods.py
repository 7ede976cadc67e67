"""What the rules of periods mean: weeks, months, quarters, seasons, years, decades, centuries, feasts.

Each function is named by ``does`` in lexicon/en/time_rules.toml and raises Unsettled (a ValueError) where there is no date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time_chart import Node
from groundswell.resolve.time_values import PUBLISHED, TEXT, Parts, Setting, Unsettled, When, near_year, strictly_year


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
    if "past" in parts or "LAST" in parts or "last" in parts:
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
    return When(*cal.decade_of(parts.all(setting, "DEC", "DECS", "DECW", "YEAR")[0]), "decade")


def decades(setting: Setting, parts: Parts) -> When:
    """ "the 70s and 80s": from the first to the last year of both."""
    first, last = (cal.decade_of(n) for n in parts.in_order(setting, "DEC", "DECS"))
    if first[0] >= last[0]:
        raise Unsettled("the decades run backwards")
    return When(first[0], last[1], "range")


def century(setting: Setting, parts: Parts) -> When:
    return When(*cal.century_of(parts.value(setting, "ORD")), "century")


def season_year(setting: Setting, parts: Parts) -> When:
    season = parts.value(setting, "SEA")
    if "YY" in parts:
        return When(*cal.season_of(parts.value(setting, "YY")[0], season), "season")
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


# A feast's first and last day in a year.
MakeFeast = Callable[[int], tuple[date, date]]


def feast_year(setting: Setting, parts: Parts) -> When:
    make: MakeFeast = parts.value(setting, "FEAST")
    if "YEAR" in parts:
        return When(*make(parts.value(setting, "YEAR")), "day")
    year = parts.time(setting)
    if year.precision != "year":
        raise Unsettled("a feast of what is no year")
    return When(*make(year.first.year), "day", year.basis)


def feast_near(setting: Setting, parts: Parts) -> When:
    make: MakeFeast = parts.value(setting, "FEAST")
    if "RU" in parts:
        return feast_year(setting, parts)
    if "THIS" in parts or "this" in parts:
        return When(*make(setting.day().year), "day", PUBLISHED)
    if "LAST" in parts or "NEXT" in parts:
        return strictly_year(setting, make, "day", "NEXT" in parts)
    return _nearest(setting, make)


def _nearest(setting: Setting, make: MakeFeast) -> When:
    """Clashes told of a week before Christmas were last Christmas: a feast just ahead is not what a past clause means."""
    return near_year(replace(setting, strict=True), make, "day")


def feast_weekend(setting: Setting, parts: Parts) -> When:
    """Saturday and Sunday with the feast where it touches them; Easter's runs from Friday to Monday."""
    make: MakeFeast = parts.value(setting, "FEAST")
    found = When(*make(parts.value(setting, "YEAR")), "day") if "YEAR" in parts else _nearest(setting, make)
    first, last = cal.period_around(found.first, "weekend", -1 if found.first.weekday() == 0 else 0)
    feasts = [part.rule for part in parts.node.parts if isinstance(part, Node) and part.rule.gives == "FEAST"]
    if feasts[0].does == "easter" and feasts[0].fixed["when"] == "0":
        first, last = cal.plus_days(found.first, -2), cal.plus_days(found.first, 1)
    elif found.first.weekday() in (3, 4):
        first = found.first
    return When(first, max(last, found.first), "weekend", found.basis)
