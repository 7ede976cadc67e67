"""What the rules of time mean, second part: parts and edges of periods, what is counted from a day, ranges, open ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from groundswell.resolve import time_calendar as cal
from groundswell.resolve import time_meanings as m
from groundswell.resolve.time_meanings import PUBLISHED, STATED, TEXT, Parts, Setting, Unsettled, When

# -- parts of days and of periods -------------------------------------------------------------------------------------


def day_of(setting: Setting, parts: Parts) -> When:
    """A part of a day keeps the day; of anything longer it names no date."""
    found = parts.time(setting)
    if found.precision != "day":
        raise Unsettled("a part of day of what is no day")
    return found


def published_day(setting: Setting, parts: Parts) -> When:
    return When(setting.day(), setting.day(), "day", PUBLISHED)


def last_night(setting: Setting, parts: Parts) -> When:
    day = cal.plus_days(setting.day(), -1)
    return When(day, day, "day", PUBLISHED)


def anchor_day(setting: Setting, parts: Parts) -> When:
    return When(setting.text_day(), setting.text_day(), "day", TEXT)


def anchor_shift(setting: Setting, parts: Parts) -> When:
    day = cal.plus_days(setting.text_day(), -1 if "previous" in parts or "preceding" in parts else 1)
    return When(day, day, "day", TEXT)


def overnight(setting: Setting, parts: Parts) -> When:
    """The night before publication: from the day before to the day of publication."""
    return When(cal.plus_days(setting.day(), -1), setting.day(), "range", PUBLISHED)


def overnight_into(setting: Setting, parts: Parts) -> When:
    """ "overnight Thursday", "overnight into Friday": the two days that share the night; "on Thursday" begins it."""
    times = parts.times()
    if len(times) == 2:
        second = parts.time(setting, times[1])
        first = parts.time(replace(setting, near=second.first, tense="past"), times[0])
        return When(first.first, second.last, "range", second.basis)
    found = day_of(setting, parts)
    if "WD" in parts or "into" in parts:
        return When(cal.plus_days(found.first, -1), found.last, "range", found.basis)
    return When(found.first, cal.plus_days(found.last, 1), "range", found.basis)


def edge(setting: Setting, parts: Parts) -> When:
    """The start, middle or end of a period as time_calendar.part_of cuts it; a day stays the day."""
    if "YEAR" in parts:
        number = parts.value(setting, "YEAR")
        found = When(date(number, 1, 1), date(number, 12, 31), "year")
    else:
        found = (
            parts.time(setting) if parts.times() else m.unit_this(setting, parts) if "UNIT" in parts else _year(setting)
        )
    which = (parts.all(setting, "EDGE", "EDGEN") or ["end"])[0]
    first, last = cal.part_of(found.first, found.last, which)
    return When(first, last, found.precision if first == last else "range", found.basis)


def _year(setting: Setting) -> When:
    return When(*cal.period_around(setting.day(), "year"), "year", PUBLISHED)


def more(setting: Setting, parts: Parts) -> When:
    """ "earlier this month": from the 1st to publication; "later this month": from publication to its end."""
    found = parts.time(setting) if parts.times() else m.unit_this(setting, parts)
    day, earlier = setting.day(), parts.value(setting, "MORE") == "start"
    if found.first == found.last:
        return found
    if not found.first <= day <= found.last:
        first, last = cal.part_of(found.first, found.last, "start" if earlier else "end")
        return When(first, last, "range", found.basis)
    return When(found.first, day, "range", PUBLISHED) if earlier else When(day, found.last, "range", PUBLISHED)


def half(setting: Setting, parts: Parts) -> When:
    number = 2 if "last" in parts else parts.value(setting, "HALF" if "HALF" in parts else "ORD")
    if number not in (1, 2):
        raise Unsettled("there are two halves")
    if "YEAR" in parts:
        year = parts.value(setting, "YEAR")
        found = When(date(year, 1, 1), date(year, 12, 31), "year")
    else:
        found = parts.time(setting)
    months = round(((found.last - found.first).days + 1) / 30.44)
    if months >= 2:
        middle = cal.plus_months(found.first, months // 2)
    else:
        middle = cal.plus_days(found.first, ((found.last - found.first).days + 1) // 2)
    first, last = (found.first, cal.plus_days(middle, -1)) if number == 1 else (middle, found.last)
    return When(first, last, "range", found.basis)


# -- counted from a day -----------------------------------------------------------------------------------------------


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
    """ "the last three days": from three days before publication up to publication (codebook 6)."""
    count, unit = parts.value(setting, "N") if "N" in parts else 1, parts.value(setting, "UNIT")
    if unit == "quarter":
        first, last = cal.period_around(setting.day(), unit, -count), cal.period_around(setting.day(), unit, -1)
        return When(first[0], last[1], "range" if count > 1 else "quarter", PUBLISHED)
    first = cal.moved_by(setting.day(), unit, -count)
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
    return When(cal.plus_days(setting.day(), -(-minutes // 1440)), setting.day(), "range", PUBLISHED)


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
    found = parts.time(setting) if parts.times() else m.day_nth(setting, parts)
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


# -- ranges and open ends ---------------------------------------------------------------------------------------------


def day_range(setting: Setting, parts: Parts, year: int | None = None, basis: str = PUBLISHED) -> When:
    """ "6 to 9 March": of the nearest year, or of the one that is named."""
    month = parts.all(setting, "M", "MW")[0]
    days = parts.value(setting, "DD") if "DD" in parts else parts.all(setting, "D")

    def make(y: int) -> cal.Period:
        if days[0] < days[-1]:
            return date(y, month, days[0]), date(y, month, days[-1])
        end = cal.plus_months(date(y, month, 1), 1)
        return date(y, month, days[0]), end.replace(day=days[-1])

    first = parts.node.parts[0 if "from" not in parts else 1]
    if days[0] >= days[-1] and not (isinstance(first, m.Leaf) and first.symbol in ("M", "MW") and "and" not in parts):
        raise Unsettled("the days run backwards")
    return m.near_year(setting, make, "range") if year is None else When(*make(year), "range", basis)


def day_range_year(setting: Setting, parts: Parts) -> When:
    inner = parts.by_name["DR"][0]
    if not isinstance(inner, m.Node):
        raise Unsettled("not a range of days")
    below = Parts(inner, parts.tokens, parts.meanings)
    if "YEAR" in parts:
        return day_range(setting, below, parts.value(setting, "YEAR"), STATED)
    year = parts.value(setting, "RU")
    if year.precision != "year":
        raise Unsettled("a range of what is no year")
    return day_range(setting, below, year.first.year, year.basis)


def weekday_range(setting: Setting, parts: Parts) -> When:
    """Neighbouring weekdays are one stretch; others ("Monday and Thursday") are no interval."""
    days = parts.all(setting, "WD")
    if "-" not in parts and any((b - a) % 7 != 1 for a, b in pairwise(days)):
        raise Unsettled("days apart")
    if setting.tense == "future":
        first = cal.nearest_weekday(setting.pivot(), days[0], "future")
        return When(first, cal.plus_days(first, (days[-1] - days[0]) % 7), "range", PUBLISHED)
    last = cal.nearest_weekday(setting.pivot(), days[-1], "past")
    return When(cal.plus_days(last, -((days[-1] - days[0]) % 7)), last, "range", PUBLISHED)


def range_(setting: Setting, parts: Parts) -> When:
    """From one time to another; a side without year (or week) takes it from the other side."""
    times = parts.times()
    now = "now" in parts or "date" in parts
    if now or len(times) == 1:
        found = parts.time(setting if not now else replace(setting, tense=_side(parts)))
        if "D" in parts:
            found = replace(found, earliest=found.first.replace(day=parts.value(setting, "D")))
        elif _side(parts) == "past":
            found = replace(found, latest=setting.day())
        else:
            found = replace(found, earliest=setting.day())
        basis = found.basis
        left = right = found
    else:
        left, right = _sides(setting, parts, times)
        basis = left.basis if left.basis != STATED else right.basis
    if left.earliest is None or right.latest is None or left.first > right.last:
        raise Unsettled("the range runs backwards")
    return When(left.first, right.last, "range", basis)


def _side(parts: Parts) -> Any:
    """Whether the one date lies before now ("from March to date") or after it ("between now and June")."""
    first = parts.node.parts[1] if len(parts.node.parts) > 1 else None
    return "future" if isinstance(first, m.Leaf) and first.symbol == "now" else "past"


def _sides(setting: Setting, parts: Parts, times: list[m.Node]) -> tuple[When, When]:
    absolute = replace(setting, published=None, anchor=None, near=None)
    stated: list[When | None] = []
    for node in times:
        try:
            stated.append(parts.time(absolute, node))
        except (ValueError, OverflowError):
            stated.append(None)
    if stated[0] is None and stated[1] is not None:
        back = replace(setting, near=stated[1].first, tense="past")
        return _anchored(parts, setting, back, times[0]), stated[1]
    if stated[0] is not None and stated[1] is None:
        ahead = replace(setting, near=stated[0].last, tense="future")
        return stated[0], _anchored(parts, setting, ahead, times[1])
    if setting.tense == "future":
        left = parts.time(setting, times[0])
        return left, parts.time(replace(setting, near=left.first), times[1])
    right = parts.time(setting, times[1])
    return parts.time(replace(setting, near=right.first, tense="past"), times[0]), right


def _anchored(parts: Parts, setting: Setting, near: Setting, node: m.Node) -> When:
    """A side without year beside a full date needs no publication; words like "today" do."""
    if setting.published is None and near.near is not None:
        found = parts.time(near, node)
        return replace(found, basis=STATED)
    return parts.time(near, node)


def since(setting: Setting, parts: Parts) -> When:
    """Start given, end open (codebook 6)."""
    looking = setting if "since" not in parts and "SINCE" not in parts else replace(setting, tense="past")
    found = parts.time(looking)
    return When(found.first, None, "open", found.basis)


def until(setting: Setting, parts: Parts) -> When:
    """Open at the start; "before the end of June" is as good as by its end."""
    if not parts.times():
        last = setting.day() if "date" in parts else cal.period_around(setting.day(), parts.value(setting, "UNIT"))[1]
        return When(None, last, "open", PUBLISHED)
    found = parts.time(setting)
    if "EDGEN" in parts:
        last = cal.part_of(found.first, found.last, parts.value(setting, "EDGEN"))[1]
        return When(None, last, "open", found.basis)
    return When(None, found.last, "open", found.basis)


def before(setting: Setting, parts: Parts) -> When:
    found = parts.time(setting)
    return When(None, cal.plus_days(found.first, -1), "open", found.basis)


def after(setting: Setting, parts: Parts) -> When:
    found = parts.time(setting)
    return When(cal.plus_days(found.last, 1), None, "open", found.basis)


_HERE = (
    day_of, published_day, last_night, anchor_day, anchor_shift, overnight, overnight_into, edge, more, half, ago,
    ago_clock, ago_on, offset, offset_now, offset_text, offset_weekday, offset_more, rest, rolling_past, rolling_clock, rolling_next, week_of, length_from, week_number, to_date, units_within,
    nth_week, day_range_year, weekday_range, since, until, before, after,
)  # fmt: skip
_THERE = (
    m.same, m.nothing, m.sum_number, m.spoken_year, m.month_day, m.date_year, m.month_day_near, m.date_shift, m.iso,
    m.numeric, m.day_month, m.weekday_date, m.day_of_unit, m.day_nth, m.day_word, m.weekday, m.weekday_shift, m.weekday_of_week,
    m.weekday_nth, m.nth_weekday, m.unit_bare, m.unit_this, m.unit_last, m.unit_next, m.unit_that, m.unit_after_next, m.weekend,
    m.month_year, m.month, m.month_shift, m.year, m.years, m.decade, m.century, m.season_year, m.season_shift, m.season,
    m.quarter_year, m.quarter, m.quarter_year_ago, m.quarter_latest, m.iso_month, m.month_figures, m.feast_weekend, m.feast, m.easter, m.weekday_feast, m.feast_year, m.feast_near,
)  # fmt: skip
MEANINGS: dict[str, Callable[[Setting, Parts], Any]] = {
    **{function.__name__: function for function in (*_THERE, *_HERE)},
    "day_range": day_range,
    "range": range_,
}
