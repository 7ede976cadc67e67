"""The scoring of times: what a TIMEX3 value says, and when an interval agrees with it."""

from __future__ import annotations

from datetime import date

import pytest

from groundswell.evaluate.time_sets import Gold, agrees, value_period
from groundswell.records import Span
from groundswell.values import Interval


@pytest.mark.parametrize(
    ("value", "first", "last", "open_digits"),
    [
        ("1998-10-23", date(1998, 10, 23), date(1998, 10, 23), False),
        ("1998-10-23TNI", date(1998, 10, 23), date(1998, 10, 23), False),
        ("1998-10", date(1998, 10, 1), date(1998, 10, 31), False),
        ("1998-10-XX", date(1998, 10, 1), date(1998, 10, 31), True),
        ("1998-W02", date(1998, 1, 5), date(1998, 1, 11), False),
        ("1998-W02-WE", date(1998, 1, 10), date(1998, 1, 11), False),
        ("1989-Q3", date(1989, 7, 1), date(1989, 9, 30), False),
        ("1998-SU", date(1998, 6, 1), date(1998, 8, 31), False),
        ("1998", date(1998, 1, 1), date(1998, 12, 31), False),
        ("199X", date(1990, 1, 1), date(1999, 12, 31), False),
        ("19", date(1900, 1, 1), date(1999, 12, 31), False),
    ],
)
def test_value_period(value, first, last, open_digits):
    assert value_period(value) == ((first, last), open_digits)


@pytest.mark.parametrize("value", ["PRESENT_REF", "PAST_REF", "FUTURE_REF", "P3D", "", "1998-13-01"])
def test_what_is_no_date(value):
    assert value_period(value) is None


def gold(value, mod=False):
    return Gold(Span(0, 1), "DATE", value, mod)


def test_agreement():
    october = Interval(date(1998, 10, 1), date(1998, 10, 31), "month", "stated")
    early = Interval(date(1998, 10, 1), date(1998, 10, 15), "range", "stated")
    since = Interval(date(1998, 10, 1), None, "open", "stated")
    assert agrees(october, gold("1998-10"), "October")
    assert not agrees(october, gold("1998-11"), "October")
    assert not agrees(early, gold("1998-10"), "October")
    assert agrees(early, gold("1998-10", mod=True), "October")
    assert agrees(early, gold("1998-10"), "early October")
    assert agrees(since, gold("1998-10"), "since October")
    assert agrees(None, gold("PAST_REF"), "recently")
    assert not agrees(october, gold("PAST_REF"), "recently")
    assert not agrees(None, gold("1998-10"), "October")
