"""Dates of publication: read when they can be read one way, left open otherwise."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from groundswell.ingest.dates import date_line, dateline, from_metadata


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("8 November 2023", date(2023, 11, 8)),
        ("Wednesday, 8 November 2023", date(2023, 11, 8)),
        ("November 8, 2023 10:45 GMT", date(2023, 11, 8)),
        ("Published: Nov. 8th, 2023", date(2023, 11, 8)),
        ("2023-11-08", date(2023, 11, 8)),
        ("25/12/2023", date(2023, 12, 25)),
        ("12/25/2023", date(2023, 12, 25)),
        ("05.05.2023", date(2023, 5, 5)),
        ("8 de noviembre de 2023", date(2023, 11, 8)),
        ("le 1er mai 2024", None),
        ("1er mai 2024", date(2024, 5, 1)),
        ("8. März 2024", date(2024, 3, 8)),
    ],
)
def test_lines_that_are_dates(line, value):
    found = date_line(line)
    assert (found.value if found else None) == value


@pytest.mark.parametrize("line", ["02/03/2024", "Updated 1/2/2024 10:00"])
def test_two_readings_stay_open(line):
    found = date_line(line)
    assert found is not None
    assert found.value is None


@pytest.mark.parametrize(
    "line",
    [
        "On 8 November 2023 thousands marched.",
        "30 February 2024",
        "The march of 2023",
        "8 November",
        "1999",
        "",
        "13/13/2024",
    ],
)
def test_lines_that_are_none(line):
    assert date_line(line) is None


def test_datelines():
    assert dateline("KHARTOUM, March 3, 2024 (Reuters) - Two people were killed.").value == date(2024, 3, 3)
    assert dateline("Beirut (3 March 2024) -- Two people").value == date(2024, 3, 3)
    assert dateline("KHARTOUM, March 3 (Reuters) - Two people were killed.") is None
    assert dateline("In Khartoum, on March 3, 2024, two people were killed.") is None


def test_metadata():
    assert from_metadata("2023-11-08T23:59:59+02:00") == date(2023, 11, 8)
    assert from_metadata("20231108") == date(2023, 11, 8)
    assert from_metadata(datetime(2023, 11, 8, 12)) == date(2023, 11, 8)
    assert from_metadata("03/04/2024") is None
    assert from_metadata("yesterday") is None
    assert from_metadata(None) is None
