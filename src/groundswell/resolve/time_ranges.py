"""What the rules of parts and ranges mean: nights, early and late, halves, from-to, since, until, before, after.

Each function is named by ``does`` in lexicon/en/time_rules.toml and raises Unsettled (a ValueError) where there is no date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time_chart import Leaf, Node
from groundswell.resolve.time_periods import unit_this
from groundswell.resolve.time_values import PUBLISHED, STATED, TEXT, Parts, Setting, Unsettled, When, near_year

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
        first = parts.time(replace(setting, near=second.first, tense="past", strict=True), times[0])
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
            parts.time(setting) if parts.times() else unit_this(setting, parts) if "UNIT" in parts else _year(setting)
        )
    which = (parts.all(setting, "EDGE", "EDGEN") or ["end"])[0]
    first, last = cal.part_of(found.first, found.last, which)
    return When(first, last, found.precision if first == last else "range", found.basis)


def _year(setting: Setting) -> When:
    return When(*cal.period_around(setting.day(), "year"), "year", PUBLISHED)


def more(setting: Setting, parts: Parts) -> When:
    """ "earlier this month": from the 1st to publication; "later this month": from publication to its end."""
    found = parts.time(setting) if parts.times() else unit_this(setting, parts)
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


# -- ranges and open ends ---------------------------------------------------------------------------------------------


def day_range(setting: Setting, parts: Parts, year: int | None = None, basis: str = PUBLISHED) -> When:
    """ "6 to 9 March": of the nearest year, or of the one that is named."""
    month = parts.all(setting, "M", "MW")[0]
    days = parts.value(setting, "DD") if "DD" in parts else parts.all(setting, "D")

    listed = "between" not in parts and any(word in parts for word in ("and", "or", "&"))
    if listed and any(b - a != 1 for a, b in pairwise(days)):
        raise Unsettled("days apart")

    def make(y: int) -> cal.Period:
        if days[0] < days[-1]:
            return date(y, month, days[0]), date(y, month, days[-1])
        end = cal.plus_months(date(y, month, 1), 1)
        return date(y, month, days[0]), end.replace(day=days[-1])

    first = parts.node.parts[0 if "from" not in parts else 1]
    if days[0] >= days[-1] and not (isinstance(first, Leaf) and first.symbol in ("M", "MW") and "and" not in parts):
        raise Unsettled("the days run backwards")
    return near_year(setting, make, "range") if year is None else When(*make(year), "range", basis)


def day_range_year(setting: Setting, parts: Parts) -> When:
    inner = parts.by_name["DR"][0]
    if not isinstance(inner, Node):
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
    return "future" if isinstance(first, Leaf) and first.symbol == "now" else "past"


def _sides(setting: Setting, parts: Parts, times: list[Node]) -> tuple[When, When]:
    absolute = replace(setting, published=None, anchor=None, near=None)
    stated: list[When | None] = []
    for node in times:
        try:
            stated.append(parts.time(absolute, node))
        except (ValueError, OverflowError):
            stated.append(None)
    if stated[0] is None and stated[1] is not None:
        back = replace(setting, near=stated[1].first, tense="past", strict=True)
        return _anchored(parts, setting, back, times[0]), stated[1]
    if stated[0] is not None and stated[1] is None:
        ahead = replace(setting, near=stated[0].last, tense="future")
        return stated[0], _anchored(parts, setting, ahead, times[1])
    if setting.tense == "future":
        left = parts.time(setting, times[0])
        return left, parts.time(replace(setting, near=left.first), times[1])
    right = parts.time(setting, times[1])
    return parts.time(replace(setting, near=right.first, tense="past", strict=True), times[0]), right


def _anchored(parts: Parts, setting: Setting, near: Setting, node: Node) -> When:
    """A side without year beside a full date needs no publication; words like "today" do."""
    if setting.published is None and near.near is not None:
        found = parts.time(near, node)
        return replace(found, basis=STATED)
    return parts.time(near, node)


def since(setting: Setting, parts: Parts) -> When:
    """Start given, end open (codebook 6)."""
    back = "since" in parts or "SINCE" in parts
    looking = replace(setting, tense="past", sure=True, strict=True) if back else setting
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
