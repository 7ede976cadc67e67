"""What the rules of counting mean: so many days ago, the last three weeks, two days after, the nth week of.

Each function is named by ``does`` in lexicon/en/time_rules.toml and raises Unsettled (a ValueError) where there is no date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time_days import day_nth
from groundswell.resolve.time_values import PUBLISHED, STATED, TEXT, Parts, Setting, Unsettled, When


def counted(day: date, unit: str, count: int, basis: str) -> When:
    """So many units from a day, as exact as the unit: "three weeks ago" is that week, "two years ago" that year."""
    moved = cal.moved_by(day, unit, count)
    if unit == "day":
        return When(moved, moved, "day", basis)
    period = cal.period_around(moved, unit)
    return When(*period, "week" if unit == "fortnight" else unit, basis)


def ago(setting: Setting, parts: Parts) -> When:
    return counted(setting.day(), parts.value(setting, "UNIT"), -parts.value(setting, "N"), PUBLISHED)


def ago_clock(setting: Setting, parts: Parts) -> When:
    """Hours and minutes ago: that day at the earliest, and publication at the latest, for no hour of day is known."""
    minutes = parts.value(setting, "CU") * (parts.value(setting, "N") if "N" in parts else 1)
    days = -(-minutes // 1440) if minutes >= 60 else 0
    return When(cal.plus_days(setting.day(), -days), setting.day(), "range" if days else "day", PUBLISHED)


def ago_on(setting: Setting, parts: Parts) -> When:
    unit, count = parts.value(setting, "UNIT"), parts.value(setting, "N")
    if "WD" in parts:
        if unit not in ("week", "fortnight"):
            raise Unsettled("a weekday of what is no week")
        day = cal.nearest_weekday(setting.day(), parts.value(setting, "WD"), setting.direction())
    elif "DW" in parts:
        day = cal.plus_days(setting.day(), parts.value(setting, "DW"))
    else:
        return counted(setting.day(), unit, -count, PUBLISHED)
    moved = cal.moved_by(day, unit, -count)
    return When(moved, moved, "day", PUBLISHED)


def offset(setting: Setting, parts: Parts) -> When:
    """ "two days after Christmas", "the week before Easter": counted from the date that is named."""
    ahead = "from" in parts and setting.tense is None
    found = parts.time(replace(setting, tense="future") if ahead else setting)
    sign = -1 if "before" in parts or "prior" in parts else 1
    count = sign * (parts.value(setting, "N") if "N" in parts else 1)
    unit = parts.value(setting, "UNIT")
    base = found.first if sign < 0 else found.last
    if unit == "day" or found.precision != "day":
        return counted(base, unit, count, found.basis)
    if "the" in parts:
        return When(*cal.period_around(base, unit, count), unit, found.basis)
    moved = cal.moved_by(base, unit, count)
    return When(moved, moved, "day", found.basis)


def offset_weekday(setting: Setting, parts: Parts) -> When:
    """ "Monday two weeks from now": that weekday of the week which is reached by counting."""
    base = parts.time(setting).first if parts.times() else setting.day()
    sign = -1 if "ago" in parts or "before" in parts else 1
    moved = cal.moved_by(base, parts.value(setting, "UNIT"), sign * parts.value(setting, "N"))
    day = cal.plus_days(cal.period_around(moved, "week")[0], parts.value(setting, "WD"))
    return When(day, day, "day", PUBLISHED)


def offset_more(setting: Setting, parts: Parts) -> When:
    """ "more than two weeks after Easter" is open; "less than two weeks after" is the time between."""
    found = parts.time(setting)
    sign = -1 if "before" in parts else 1
    base = found.first if sign < 0 else found.last
    moved = cal.moved_by(base, parts.value(setting, "UNIT"), sign * parts.value(setting, "N"))
    if "less" in parts:
        return When(min(base, moved), max(base, moved), "range", found.basis)
    return When(moved, None, "open", found.basis) if sign > 0 else When(None, moved, "open", found.basis)


def rest(setting: Setting, parts: Parts) -> When:
    found = parts.time(replace(setting, anchor=None))
    if not found.first <= setting.day() <= found.last:
        return found
    return When(setting.day(), found.last, "range", PUBLISHED)


def offset_now(setting: Setting, parts: Parts) -> When:
    """ "in two weeks" is a date only where the sentence looks ahead; in the past it is a length of time."""
    if setting.tense == "past" and "now" not in parts and "hence" not in parts:
        raise Unsettled("a length of time")
    return counted(setting.day(), parts.value(setting, "UNIT"), parts.value(setting, "N"), PUBLISHED)


def offset_text(setting: Setting, parts: Parts) -> When:
    """ "two days later", "a year earlier", "the day before": counted from the date the text gave last."""
    sign = -1 if "earlier" in parts or "before" in parts else 1
    count = parts.value(setting, "N") if "N" in parts else 1
    return counted(setting.text_day(), parts.value(setting, "UNIT"), sign * count, TEXT)


def rolling_past(setting: Setting, parts: Parts) -> When:
    """ "the last three days": three days up to publication, that day among them (codebook 6)."""
    count, unit = parts.value(setting, "N") if "N" in parts else 1, parts.value(setting, "UNIT")
    if unit == "quarter":
        earliest = cal.period_around(setting.day(), unit, -count)[0]
        latest = cal.period_around(setting.day(), unit, -1)[1]
        return When(earliest, latest, "range" if count > 1 else "quarter", PUBLISHED)
    first = cal.plus_days(cal.moved_by(setting.day(), unit, -count), 1)
    return When(first, setting.day(), "range", PUBLISHED)


def to_date(setting: Setting, parts: Parts) -> When:
    first = cal.period_around(setting.day(), parts.value(setting, "UNIT"))[0]
    return When(first, setting.day(), "range", PUBLISHED)


def units_within(setting: Setting, parts: Parts) -> When:
    """ "the first two weeks of May", "the last three months of 2004"."""
    if parts.times():
        within = parts.time(setting)
    else:
        number = parts.value(setting, "YEAR")
        within = When(date(number, 1, 1), date(number, 12, 31), "year")
    count, unit = parts.value(setting, "N"), parts.value(setting, "UNIT")
    if "last" in parts:
        end = cal.plus_days(within.last, 1)
        first, last = cal.moved_by(end, unit, -count), within.last
    else:
        first, last = within.first, cal.plus_days(cal.moved_by(within.first, unit, count), -1)
    if not within.first <= first <= last <= within.last:
        raise Unsettled("more than the period holds")
    return When(first, last, "range", within.basis)


def rolling_clock(setting: Setting, parts: Parts) -> When:
    minutes = parts.value(setting, "CU") * parts.value(setting, "N")
    return When(cal.plus_days(setting.day(), -minutes // 1440), setting.day(), "range", PUBLISHED)


def rolling_next(setting: Setting, parts: Parts) -> When:
    """ "the next three days": from publication to three days after it."""
    if setting.tense == "past" and "within" in parts:
        raise Unsettled("a length of time")
    count, unit = parts.value(setting, "N") if "N" in parts else 1, parts.value(setting, "UNIT")
    if unit == "quarter":
        first, final = cal.period_around(setting.day(), unit, 1), cal.period_around(setting.day(), unit, count)
        return When(first[0], final[1], "range" if count > 1 else "quarter", PUBLISHED)
    last = cal.moved_by(setting.day(), unit, count)
    return When(setting.day(), last, "range", PUBLISHED)


def week_of(setting: Setting, parts: Parts) -> When:
    """ "the week of May 6", "the week beginning Monday": the unit that holds the day, or the seven days from it."""
    found = parts.time(setting) if parts.times() else day_nth(setting, parts)
    unit = parts.value(setting, "UNIT") if "UNIT" in parts else "week"
    if found.precision != "day":
        raise Unsettled("a week of what is no day")
    if unit == "week" and any(word in parts for word in ("beginning", "starting", "commencing")):
        return When(found.first, cal.plus_days(found.first, 6), "week", found.basis)
    if unit == "week" and "ending" in parts:
        return When(cal.plus_days(found.first, -6), found.first, "week", found.basis)
    return When(*cal.period_around(found.first, unit), unit, found.basis)


def length_from(setting: Setting, parts: Parts) -> When:
    """ "for three days from Monday": that many units, the first day among them."""
    ahead = setting.tense is None and parts.times()[0].rule.id == "weekday"
    found = parts.time(replace(setting, tense="future") if ahead else setting)
    end = cal.moved_by(found.first, parts.value(setting, "UNIT"), parts.value(setting, "N"))
    return When(found.first, cal.plus_days(end, -1), "range", found.basis)


def week_number(setting: Setting, parts: Parts) -> When:
    """ISO weeks; of the year of publication where no year is named."""
    if "RU" in parts:
        return _iso_week(parts.value(setting, "RU").first.year, parts.value(setting, "N"), PUBLISHED)
    if "YEAR" in parts:
        return _iso_week(parts.value(setting, "YEAR"), parts.value(setting, "N"), STATED)
    return _iso_week(setting.day().year, parts.value(setting, "N"), PUBLISHED)


def _iso_week(year: int, number: int, basis: str) -> When:
    monday = date.fromisocalendar(year, number, 1)
    return When(monday, cal.plus_days(monday, 6), "week", basis)


def nth_week(setting: Setting, parts: Parts) -> When:
    """The nth week of a month or year: weeks belong to the period that holds their Thursday, as in ISO 8601."""
    if "YEAR" in parts and not parts.times():
        number = parts.value(setting, "YEAR")
        within = When(date(number, 1, 1), date(number, 12, 31), "year")
    else:
        within = parts.time(setting)
    unit = parts.value(setting, "UNIT") if "UNIT" in parts else "weekend" if "weekend" in parts else "week"
    nth = -1 if "last" in parts else parts.value(setting, "ORD")
    if unit in ("month", "quarter"):
        months = 1 if unit == "month" else 3
        first = cal.plus_months(within.first, (nth - 1) * months if nth > 0 else 12 - months)
        return When(*cal.period_around(first, unit), unit, within.basis)
    if unit not in ("week", "weekend", "day"):
        raise Unsettled("not a part of that period")
    if unit == "day":
        day = cal.plus_days(within.first, nth - 1) if nth > 0 else within.last
        return When(day, day, "day", within.basis)
    key = 3 if unit == "week" else 5
    first = cal.plus_days(within.first, (key - within.first.weekday()) % 7)
    last = cal.plus_days(within.last, -((within.last.weekday() - key) % 7))
    holds = last if nth < 0 else cal.plus_days(first, 7 * (nth - 1))
    if holds > within.last:
        raise Unsettled("no such week in that period")
    return When(*cal.period_around(holds, unit), unit, within.basis)
