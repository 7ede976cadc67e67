"""The English DateTime specs of Recognizers-Text (MIT) that speak of calendar dates, as a measure of the time resolver."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from groundswell.evaluate.timeml import day
from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time import find_times, resolve_time
from groundswell.values import Interval

_EDGE = re.compile(r"(?i)\b(early|late|mid|middle|end|beginning|start)\b")


@dataclass(slots=True)
class SpecCounts:
    """How many specs of calendar dates pass: outright, and with the differences of convention ``_by_convention`` names."""

    specs: int = 0
    left_out: int = 0
    same: int = 0
    convention: int = 0
    found: int = 0
    fails: list[tuple[str, str, str, str]] = field(default_factory=list)


# Working weeks, fiscal and school years are no calendar dates.
_OUTSIDE = re.compile(r"(?i)business|work|fiscal|school|\b[fsc]y")
# Day and month in figures that may be either: this package gives no date there on purpose.
_EITHER = re.compile(r"(?<![\d/.-])(?:0?\d|1[0-2])[/.-](?:0?\d|1[0-2])(?![\d])(?![/.-]\d{3}\D)")


def measure_specs(path: Path) -> SpecCounts:
    """The specs whose results are all of type date or daterange and have a calendar value."""
    counts = SpecCounts()
    for spec in json.loads(path.read_text(encoding="utf-8-sig")):
        results = spec["Results"]
        if not results or any(r.get("TypeName", "").split(".")[-1] not in ("date", "daterange") for r in results):
            continue
        if any(v.get("value") == "not resolved" for r in results for v in r["Resolution"]["values"]):
            continue
        if any(_OUTSIDE.search(r["Text"]) or _EITHER.search(r["Text"]) for r in results):
            counts.left_out += 1
            continue
        published = day(spec.get("Context", {}).get("ReferenceDateTime", ""))
        counts.specs += 1
        grades = [_grade(r, spec["Input"], published, counts) for r in results]
        counts.same += min(grades) == 2
        counts.convention += min(grades) == 1
        spans = [spec["Input"][s.start : s.end].lower() for s in find_times(spec["Input"])]
        counts.found += all(any(r["Text"].lower() in s or s in r["Text"].lower() for s in spans) for r in results)
    return counts


def _grade(result: dict[str, Any], words: str, published: date | None, counts: SpecCounts) -> int:
    """2: the same days; 1: the same but for a convention; 0: neither. Of two values (last, next) either is right."""
    values, text = result["Resolution"]["values"], words[result["Start"] : result["End"] + 1]
    ours = resolve_time(text, published=published, anchor=published)
    if ours is None or (ours.precision == "open" and ours.latest is not None):
        later = resolve_time(text, published=published, anchor=published, tense="future")
        grade = max(_compare(o, v, text) for o in (ours, later) for v in values)
    else:
        grade = max(_compare(ours, v, text) for v in values)
    if grade < 2:
        shown = f"{ours.earliest}..{ours.latest}" if ours else "nothing"
        gold = " | ".join(f"{v.get('value') or v.get('start', '')}..{v.get('end', '')}" for v in values)
        counts.fails.append((str(grade), text, f"{published} {gold}", shown))
    return grade


def _compare(ours: Interval | None, value: dict[str, str], text: str) -> int:
    if ours is None:
        return 0
    start, end = day(value.get("value") or value.get("start", "")), day(value.get("end", ""))
    if value.get("value"):
        end = start
        wanted = (start, start)
    else:
        wanted = (start, end - timedelta(days=1) if end else None)
    if (ours.earliest, ours.latest) == wanted:
        return 2
    if re.match(r"(?i)earlier|later", text) and (ours.earliest == wanted[0] or ours.latest == wanted[1]):
        return 1
    if _EDGE.search(text) and end and start and ours.earliest and ours.latest:
        inside = start <= ours.earliest and ours.latest <= end
        return int(inside or (ours.earliest <= start and end - timedelta(days=1) <= ours.latest))
    return 1 if _by_convention(ours, start, end, bool(value.get("value"))) else 0


def _by_convention(ours: Interval, start: date | None, end: date | None, one_day: bool) -> bool:
    """Differences that are choices: a range's last period counts as a whole here and from its first day there; "two
    months ago" is a month here and a day there; windows up to publication hold that day here; bounds of open
    intervals are inclusive here. (What part of a period "early" or "the end" is differs too: one holds the other.)"""
    if one_day:
        wide = ours.precision in ("week", "month", "quarter", "year", "decade", "century")
        return bool(wide and start and ours.earliest and ours.latest and ours.earliest <= start <= ours.latest)
    if ours.precision == "open":
        exclusive = timedelta(days=1)
        starts = ours.earliest is None or (start is not None and abs(ours.earliest - start) <= exclusive)
        return starts and (ours.latest is None or (end is not None and abs(ours.latest - end) <= exclusive))
    if start is None or end is None or ours.earliest is None or ours.latest is None:
        return False
    begins = abs((ours.earliest - start).days) <= 1
    return begins and (abs((ours.latest - end).days) <= 1 or _holds(ours.latest, end))


def _holds(latest: date, end: date) -> bool:
    """Whether ``end`` is the first day of the month or year that ``latest`` closes."""
    next_day = latest + timedelta(days=1)
    return (
        next_day in (cal.plus_months(end, 1), cal.plus_months(end, 3), cal.plus_months(end, 12)) and next_day.day == 1
    )
