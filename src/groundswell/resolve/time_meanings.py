"""The table of meanings: which function each ``does`` of lexicon/en/time_rules.toml calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundswell.resolve import time_counts as counts
from groundswell.resolve import time_days as days
from groundswell.resolve import time_periods as periods
from groundswell.resolve import time_ranges as ranges
from groundswell.resolve.time_values import Parts, Setting

_ALL: tuple[Callable[[Setting, Parts], Any], ...] = (
    days.same, days.nothing, days.sum_number, days.spoken_year, days.month_day, days.date_year,
    days.month_day_near, days.date_shift, days.iso, days.numeric, days.day_month, days.weekday_date,
    days.iso_month, days.month_figures, days.day_of_unit, days.day_nth, days.day_word, days.weekday,
    days.weekday_shift, days.weekday_week, days.weekday_of_week, days.weekday_nth, days.nth_weekday,
    periods.unit_bare, periods.unit_this, periods.unit_last, periods.unit_next, periods.unit_that,
    periods.unit_after_next, periods.weekend, periods.month_year, periods.month, periods.month_shift, periods.year,
    periods.years, periods.decade, periods.decades, periods.century, periods.season_year, periods.season_shift, periods.season,
    periods.quarter_year, periods.quarter, periods.quarter_year_ago, periods.quarter_latest, periods.feast,
    periods.easter, periods.weekday_feast, periods.feast_year, periods.feast_near, periods.feast_weekend,
    counts.ago, counts.ago_clock, counts.ago_on, counts.offset, counts.offset_weekday, counts.offset_more,
    counts.rest, counts.offset_now, counts.offset_text, counts.rolling_past, counts.to_date, counts.units_within,
    counts.rolling_clock, counts.rolling_next, counts.week_of, counts.length_from, counts.week_number,
    counts.nth_week,
    ranges.day_of, ranges.published_day, ranges.last_night, ranges.anchor_day, ranges.anchor_shift,
    ranges.overnight, ranges.overnight_into, ranges.edge, ranges.more, ranges.half, ranges.day_range_year,
    ranges.weekday_range, ranges.since, ranges.until, ranges.before, ranges.after,
    ranges.day_range,
)  # fmt: skip
MEANINGS: dict[str, Callable[[Setting, Parts], Any]] = {function.__name__: function for function in _ALL}
MEANINGS["range"] = ranges.range_
