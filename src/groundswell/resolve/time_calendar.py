"""Arithmetic on calendar days for the time resolver: periods, nearest weekdays, months, feasts. Reads no clock, no locale, no text.

Periods are ``(first day, last day)``, inclusive; weeks run from Monday to Sunday (codebook 1). Days outside the years
1 to 9999 raise ValueError or OverflowError, which the caller turns into "not resolved".
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Period = tuple[date, date]

# Meteorological seasons of the northern hemisphere: first month. Winter belongs to the year in which it begins.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
PAST, FUTURE = "past", "future"


def plus_days(day: date, days: int) -> date:
    """The day so many days later (earlier when negative)."""
    return day + timedelta(days=days)


def plus_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(year: int, month: int) -> Period:
    """A calendar month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def season_of(year: int, season: str) -> Period:
    """A season by the months it holds, e.g. summer 2004 = 1 June to 31 August 2004."""
    first = date(year, SEASONS[season], 1)
    return first, plus_days(plus_months(first, 3), -1)


def quarter_of(year: int, quarter: int) -> Period:
    """A calendar quarter, 1 to 4."""
    first = date(year, quarter * 3 - 2, 1)
    return first, plus_days(plus_months(first, 3), -1)


def decade_of(year: int) -> Period:
    """The ten years that share a year's tens: 1994 -> 1990 to 1999."""
    first = year - year % 10
    return date(first, 1, 1), date(first + 9, 12, 31)


def century_of(ordinal: int) -> Period:
    """The nth century as newspapers count it: the 20th is 1900 to 1999."""
    return date(max(1, (ordinal - 1) * 100), 1, 1), date(ordinal * 100 - 1, 12, 31)


def period_around(day: date, unit: str, shift: int = 0) -> Period:
    """The whole unit that holds a day, moved by ``shift`` units: ("week", -1) is the Monday to Sunday before.

    A weekend is Saturday and Sunday of the week that holds the day.
    """
    if unit == "day":
        moved = plus_days(day, shift)
        return moved, moved
    if unit in ("week", "weekend", "fortnight"):
        monday = plus_days(day, -day.weekday() + 7 * shift * (2 if unit == "fortnight" else 1))
        if unit == "weekend":
            return plus_days(monday, 5), plus_days(monday, 6)
        return monday, plus_days(monday, 13 if unit == "fortnight" else 6)
    if unit == "month":
        moved = plus_months(day.replace(day=1), shift)
        return month_of(moved.year, moved.month)
    if unit == "quarter":
        moved = plus_months(day.replace(day=1), 3 * shift)
        return quarter_of(moved.year, (moved.month + 2) // 3)
    if unit == "decade":
        return decade_of(day.year + 10 * shift)
    if unit == "century":
        return century_of(day.year // 100 + 1 + shift)
    return date(day.year + shift, 1, 1), date(day.year + shift, 12, 31)


def moved_by(day: date, unit: str, count: int) -> date:
    """A day so many units later (earlier when negative)."""
    days = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}.get(unit)
    if days:
        return plus_days(day, days * count)
    return plus_months(day, {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit] * count)


def nearest_weekday(pivot: date, weekday: int, direction: str | None) -> date:
    """The nearest such weekday before or on the pivot; after it for the future (codebook 1)."""
    if direction == FUTURE:
        return plus_days(pivot, (weekday - pivot.weekday() - 1) % 7 + 1)
    return plus_days(pivot, -((pivot.weekday() - weekday) % 7))


SOON_WEIGHT = 25
"""365 / (25 + 1): days up to two weeks ahead win against the same day of the year before."""


def nearest_year(
    pivot: date, periods: list[Period], direction: str | None, *, sure: bool = True, soon: bool = False
) -> Period | None:
    """The nearest of several periods (the same days of several years); of two equally near ones the past one.

    A tense makes periods on the side it denies count as five times as far: so "22 November" in a past clause of 26 October
    is still next month's (a payment is due). Where the past is sure (an event that occurred) they do not count at all, unless
    ``soon`` holds: then up to two weeks ahead is nearer than most of a year back, and it is the status that was misread.
    """
    sure_weight = SOON_WEIGHT if soon else 1_000_000
    weight = {PAST: (1, sure_weight if sure else 5), FUTURE: (5, 1)}.get(direction or "", (1, 1))

    def cost(period: Period) -> tuple[int, Period]:
        return _distance(pivot, period) * weight[period[0] > pivot], period

    return min(periods, key=cost, default=None)


def _distance(pivot: date, period: Period) -> int:
    if period[0] <= pivot <= period[1]:
        return 0
    return min(abs((period[0] - pivot).days), abs((period[1] - pivot).days))


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month; nth = -1 is the last. Raises ValueError where there is none."""
    first, last = month_of(year, month)
    if nth == -1:
        return plus_days(last, -((last.weekday() - weekday) % 7))
    found = plus_days(first, (weekday - first.weekday()) % 7 + 7 * (nth - 1))
    if found > last:
        raise ValueError(f"{year}-{month:02d} has no weekday {weekday} number {nth}")
    return found


def easter(year: int) -> date:
    """Western Easter Sunday (Gregorian)."""
    from dateutil.easter import easter as western

    found: date = western(year)
    return found


def part_of(first: date, last: date, edge: str) -> Period:
    """The start, middle or end of a period.

    Weeks and months are halved, a month's middle is the 10th to the 20th; decades go by years (0-3, 4-6, 7-9);
    anything else is cut in three (as the Recognizers-Text specs do for years: January-April, May-August, rest).
    """
    length = (last - first).days + 1
    if length == 1:
        return first, last
    if length > 3000:
        years = last.year - first.year + 1
        low, high = {"start": (0, 4), "mid": (4, 7), "end": (7, 10)}[edge]
        return date(first.year + years * low // 10, 1, 1), date(first.year + years * high // 10 - 1, 12, 31)
    if length <= 31:
        half = plus_days(first, 2 if length <= 7 else 14)
        if edge == "mid":
            return (
                (plus_days(first, 9), plus_days(first, 19))
                if length > 7
                else (plus_days(first, 2), plus_days(first, 4))
            )
        return (first, half) if edge == "start" else (plus_days(half, 1), last)
    if first.day == 1 and length > 80:
        third = round(length / 30.4) // 3
        cuts = [first, plus_months(first, third), plus_months(first, 2 * third), plus_days(last, 1)]
        index = ("start", "mid", "end").index(edge)
        return cuts[index], plus_days(cuts[index + 1], -1)
    index = ("start", "mid", "end").index(edge)
    return plus_days(first, length * index // 3), plus_days(first, length * (index + 1) // 3 - 1)
