"""Sampling, codings and agreement, the last against Krippendorff's own worked example."""

import sys
from pathlib import Path

import pytest

from groundswell.errors import UsageError
from groundswell.review import coding
from groundswell.store import Decision, Ledger

sys.path.insert(0, str(Path(__file__).parents[1] / "serve"))
from synthetic import fill


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with Ledger.open(fill(tmp_path_factory.mktemp("coding") / "c.db", 60)) as opened:
        yield opened


def test_a_sample_is_random_and_the_same_for_the_same_seed(book):
    first, again, other = (coding.sample(book, size=20, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert len(set(first)) == 20
    assert set(first) != set(other)
    assert coding.sample(book, size=500, seed=1)[:20] == first


def test_alpha_is_that_of_krippendorffs_example():
    """Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units, nominal alpha 0.743."""
    data = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
    table = [row.split() for row in data]
    found = {
        f"r{unit:02}": {
            f"review:{coder}": {"event": True, "type": row[unit]} for coder, row in enumerate(table) if row[unit] != "."
        }
        for unit in range(12)
    }
    (kind,) = [row for row in coding.agreement(found) if row.field == "type"]
    assert kind.alpha == pytest.approx(0.743, abs=0.001)
    assert kind.units == 11
    assert kind.low < kind.alpha < kind.high
    assert kind.verdict == "tentative"


def test_agreement_that_is_not_defined_says_why():
    nobody = coding.agreement({})
    assert {(row.alpha, row.verdict) for row in nobody} == {(None, "nobody coded twice")}
    same = coding.agreement({"a": {"review:x": {"event": True}, "review:y": {"event": True}}})
    assert (same[0].alpha, same[0].same, same[0].verdict) == (None, 1.0, "all codings give the same value")


def test_codings_change_no_view_and_a_later_one_replaces_the_earlier(book):
    report = coding.sample(book, size=1, seed=1)[0]
    before = book.report(report)
    for at, status in enumerate(("occurred", "denied")):
        value = coding.checked({"event": True, "type": "PROTEST", "status": status, "participants": 20})
        book.decide(Decision("code", report, "review:ana", f"2024-01-0{at + 1}T00:00:00Z", value=value))
    book.decide(Decision("code", report, "review:bea", "2024-01-03T00:00:00Z", value=coding.checked({"event": False})))
    assert book.report(report) == before
    found = coding.codings(book)
    assert {by: value.get("status") for by, value in found[report].items()} == {
        "review:ana": "denied",
        "review:bea": None,
    }
    (row,) = coding.disputed(found)
    assert row["fields"] == {"event": {"ana": "True", "bea": "False"}}


@pytest.mark.parametrize("value", [None, {"event": True}, {"event": True, "type": "PROTEST", "status": "occurred", "mode": "arrest"},
                                   {"event": True, "type": "PROTEST", "status": "occurred", "deaths": -1},
                                   {"event": True, "type": "PROTEST", "status": "occurred", "deaths": True}])  # fmt: skip
def test_codings_outside_the_codebook_are_refused(value):
    with pytest.raises(UsageError):
        coding.checked(value)
