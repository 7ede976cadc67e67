"""Sampling and codings."""

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


def test_the_machine_codes_what_it_read_not_what_people_corrected(book):
    report = book.report(coding.sample(book, size=1, seed=2)[0])
    read = coding.machine_coding(report)
    assert (read["event"], read["type"], read["status"]) == (True, report["type"], report["status"])
    assert read["participants"] == report["figures"][0]["low"]
    assert read["deaths"] is None
    shown = {**report, "type": "AID", "places": [], "as_read": {"type": report["type"], "places": report["places"]}}
    assert coding.machine_coding(shown) == read


@pytest.mark.parametrize("value", [None, {"event": True}, {"event": "yes"}, {"event": 1}, {}, {"event": True, "type": "PROTEST", "status": "occurred", "mode": "arrest"},
                                   {"event": True, "type": "PROTEST", "status": "occurred", "deaths": -1},
                                   {"event": True, "type": "PROTEST", "status": "occurred", "deaths": True}])  # fmt: skip
def test_codings_outside_the_codebook_are_refused(value):
    with pytest.raises(UsageError):
        coding.checked(value)
