"""What the rules of single days mean: numbers, dates with and without year, weekdays.

Each function is named by ``does`` in lexicon/en/time_rules.toml and raises Unsettled (a ValueError) where there is no date.
"""

from __future__ import annotations

from datetime import date

from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time_periods import unit_this
from groundswell.resolve.time_values import (
    PUBLISHED,
    STATED,
    TEXT,
    Parts,
    Setting,
    Unsettled,
    When,
    near_year,
    one_day,
    strictly_year,
)


def same(setting: Setting, parts: Parts) -> When:
    return parts.time(setting)


def nothing(setting: Setting, parts: Parts) -> When:
    raise Unsettled("a phrase that names no date")


def sum_number(setting: Setting, parts: Parts) -> int:
    return int(sum(parts.all(setting, "TENS", "N", "ORD")))


def spoken_year(setting: Setting, parts: Parts) -> int:
    numbers = parts.in_order(setting, "N", "TENS")
    if "thousand" in parts:
        return int(2000 + sum(numbers))
    if not 16 <= numbers[0] <= 20:
        raise Unsettled("not a year")
    return int(numbers[0] * 100 + sum(numbers[1:]))


# -- dates ------------------------------------------------------------------------------------------------------------


def month_day(setting: Setting, parts: Parts) -> tuple[int, int]:
    return parts.all(setting, "M", "MW")[0], parts.value(setting, "D")


def date_year(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD") if "MD" in parts else month_day(setting, parts)
    if "RU" in parts:
        year = parts.value(setting, "RU")
        if year.precision != "year":
            raise Unsettled("a day of what is no year")
        return one_day(date(year.first.year, month, day), year.basis)
    return one_day(date(parts.all(setting, "YEAR", "YW")[0], month, day))


def month_day_near(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD")
    return near_year(setting, lambda year: (date(year, month, day),) * 2, "day")


def date_shift(setting: Setting, parts: Parts) -> When:
    month, day = parts.value(setting, "MD")
    if "THIS" in parts:
        return one_day(date(setting.day().year, month, day), PUBLISHED)
    return strictly_year(setting, lambda year: (date(year, month, day),) * 2, "day", "NEXT" in parts)


def iso(setting: Setting, parts: Parts) -> When:
    return one_day(date(*parts.value(setting, "ISO")))


def numeric(setting: Setting, parts: Parts) -> When:
    """Day and month in either order where only one is possible; 02/03/2024 gives no date (either guess may be wrong)."""
    first, second, year = parts.value(setting, "ND")
    possible = {(day, month) for day, month in ((first, second), (second, first)) if month <= 12}
    if len(possible) != 1:
        raise Unsettled("day and month may be either")
    day, month = possible.pop()
    return one_day(date(year if year > 99 else year + (2000 if year < 30 else 1900), month, day))


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
            return one_day(other, found.basis)
    return found


def iso_month(setting: Setting, parts: Parts) -> When:
    return When(*cal.month_of(*parts.value(setting, "ISOM")), "month")


def month_figures(setting: Setting, parts: Parts) -> When:
    return When(*cal.month_of(parts.value(setting, "YEAR"), parts.value(setting, "D")), "month")


def day_of_unit(setting: Setting, parts: Parts) -> When:
    unit = parts.time(setting) if parts.times() else unit_this(setting, parts)
    if unit.precision != "month":
        raise Unsettled("a day of what is no month")
    return one_day(unit.first.replace(day=parts.all(setting, "D", "ORDD")[0]), unit.basis)


def day_nth(setting: Setting, parts: Parts) -> When:
    """ "on the 9th": that day of the nearest month that has one."""
    wanted, pivot = parts.value(setting, "ORDD"), setting.pivot()
    days = []
    for months in range(-3, 4):
        first = cal.plus_months(pivot.replace(day=1), months)
        if wanted <= cal.month_of(first.year, first.month)[1].day and wanted >= 1:
            days.append((first.replace(day=wanted),) * 2)
    found = cal.nearest_year(pivot, days, setting.direction() or "past", sure=setting.sure)
    if found is None:
        raise Unsettled("no such day in the calendar")
    when = one_day(found[0], PUBLISHED)
    if "since" in parts:
        return When(when.first, None, "open", PUBLISHED)
    return When(None, when.last, "open", PUBLISHED) if "by" in parts or "until" in parts else when


def day_word(setting: Setting, parts: Parts) -> When:
    return one_day(cal.plus_days(setting.day(), parts.value(setting, "DW")), PUBLISHED)


# -- weekdays ---------------------------------------------------------------------------------------------------------


def weekday(setting: Setting, parts: Parts) -> When:
    wanted = parts.all(setting, "WD", "WS")[0]
    return one_day(cal.nearest_weekday(setting.pivot(), wanted, setting.direction()), PUBLISHED)


def weekday_shift(setting: Setting, parts: Parts) -> When:
    """ "last Friday": the nearest before publication that is not yesterday; "next Friday": that of next week; "this Friday": this week's."""
    wanted = parts.value(setting, "WD")
    if "that" in parts or "same" in parts:
        return one_day(cal.nearest_weekday(setting.text_day(), wanted, None), TEXT)
    day = setting.day()
    word = (parts.all(setting, "LAST", "NEXT") or ["this"])[0]
    if "LAST" in parts:  # a writer on Saturday calls the day before "Friday" or "yesterday", never "last Friday"
        return one_day(cal.nearest_weekday(cal.plus_days(day, -2), wanted, None), PUBLISHED)
    if "NEXT" in parts:
        if word == "next" or (word == "following" and setting.anchor is None):
            monday = cal.period_around(day, "week", 1)[0]
            return one_day(cal.plus_days(monday, wanted), PUBLISHED)
        base = setting.anchor if word == "following" and setting.anchor else day
        return one_day(cal.nearest_weekday(base, wanted, "future"), PUBLISHED)
    return one_day(cal.plus_days(cal.period_around(day, "week")[0], wanted), PUBLISHED)


def weekday_week(setting: Setting, parts: Parts) -> When:
    """ "Saturday week": a week after the next Saturday; told in the past a week before the last."""
    past = setting.tense == "past"
    near = cal.nearest_weekday(setting.day(), parts.value(setting, "WD"), None if past else "future")
    return one_day(cal.plus_days(near, -7 if past else 7), PUBLISHED)


def weekday_of_week(setting: Setting, parts: Parts) -> When:
    week = parts.value(setting, "RU")
    if week.precision != "week":
        raise Unsettled("a weekday of what is no week")
    return one_day(cal.plus_days(week.first, parts.all(setting, "WD", "WS")[0]), week.basis)


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
    found = cal.nearest_year(pivot, days, setting.direction(), sure=setting.sure)
    if found is None:
        raise Unsettled("no month fits")
    return one_day(found[0], PUBLISHED)


def nth_weekday(setting: Setting, parts: Parts) -> When:
    month = parts.time(setting)
    if month.precision != "month":
        raise Unsettled("a weekday of what is no month")
    nth = -1 if "last" in parts else parts.value(setting, "ORD")
    found = cal.nth_weekday(month.first.year, month.first.month, parts.value(setting, "WD"), nth)
    return one_day(found, month.basis)
