"""Settling what two coders differ in: blind order, a reason, one decision a field, compare-and-set, and what is gold after it."""

import sys
from pathlib import Path

import pytest

from groundswell.errors import ConflictError, UsageError
from groundswell.review import adjudicating, coding
from groundswell.store import Decision, Ledger

sys.path.insert(0, str(Path(__file__).parents[1] / "serve"))
from synthetic import CODING, fill

AT = "2024-07-01T00:00:00Z"


@pytest.fixture
def book(tmp_path):
    with Ledger.open(fill(tmp_path / "a.db", 20)) as opened:
        yield opened


def code(book, report, coder, **changes):
    value = coding.checked({**CODING, **changes})
    book.decide(Decision("code", report, f"review:{coder}", AT, value=value))


def settle(book, dispute, given, reason="the text says so", version=None):
    return adjudicating.settle(
        book, dispute.report, given, by="review:cy", at=AT, reason=reason, version=version or dispute.version
    )


def test_what_differs_is_settled_field_by_field_with_a_reason(book):
    one, two, three = coding.sample(book, size=3, seed=1)
    for report, changes in ((one, {}), (two, {"status": "called_for", "participants": 500}), (three, {"event": False})):
        code(book, report, "ana")
        code(book, report, "bea", **changes)
    before = [book.report(each) for each in (one, two, three)]
    found = {each.report: each for each in adjudicating.disputes(book)}
    assert {each: found[each].fields for each in found} == {two: ("status", "participants"), three: ("event",)}
    assert set(adjudicating.settled_codings(book)) == {one}
    settle(book, found[two], {"status": "occurred", "participants": 300})
    with pytest.raises(UsageError, match="Settle these fields as well: country"):
        settle(
            book,
            found[three],
            {
                "event": True,
                "type": "AID",
                "mode": None,
                "status": "occurred",
                "earliest": None,
                "participants": None,
                "deaths": None,
            },
        )
    assert settle(book, found[three], {"event": False}, "a football match") == {"event": False}
    gold = adjudicating.settled_codings(book)
    assert (gold[two]["status"], gold[two]["participants"], gold[two]["country"]) == ("occurred", 300, "KEN")
    assert gold[three] == {"event": False}
    stored = [row for row in book.history(two) if row["kind"] == "adjudicate"]
    assert {(row["field"], row["value"], row["by"], row["reason"]) for row in stored} == {
        ("status", "occurred", "review:cy", "the text says so"), ("participants", 300, "review:cy", "the text says so"),
    }  # fmt: skip
    assert [book.report(each) for each in (one, two, three)] == before
    assert [each.open for each in adjudicating.disputes(book)] == [False, False]


def test_a_stale_page_a_missing_reason_and_foreign_values_are_refused(book):
    (report,) = coding.sample(book, size=1, seed=1)
    code(book, report, "ana")
    code(book, report, "bea", type="ASSAULT", mode="beat")
    (dispute,) = adjudicating.disputes(book)
    for given, reason in (
        ({"type": "PROTEST", "mode": "beat"}, "x"),
        ({"type": "PARTY", "mode": None}, "x"),
        ({"type": "AID"}, "x"),
        ({"type": "AID", "mode": None}, " "),
    ):
        with pytest.raises(UsageError):
            settle(book, dispute, given, reason)
    assert adjudicating.adjudications(book) == {}
    settle(book, dispute, {"type": "AID", "mode": None})
    with pytest.raises(ConflictError) as told:
        settle(book, dispute, {"type": "PROTEST", "mode": "demo"})
    assert told.value.current["settled"] == {"type": "AID", "mode": None}
    (again,) = adjudicating.disputes(book)
    settle(book, again, {"type": "PROTEST", "mode": "demo"}, "looked again")
    assert adjudicating.settled_codings(book)[report]["type"] == "PROTEST"
    assert len(book.history(report)) == 6


def test_a_dispute_opens_again_where_a_third_coder_differs_and_a_settling_that_broke_off_is_open(book):
    (report,) = coding.sample(book, size=1, seed=1)
    code(book, report, "ana")
    code(book, report, "bea", status="denied")
    settle(book, adjudicating.disputes(book)[0], {"status": "denied"})
    assert report in adjudicating.settled_codings(book)
    code(book, report, "dan", status="denied", mode="strike")
    (again,) = adjudicating.disputes(book)
    assert (again.fields, again.open) == (("mode", "status"), True)
    assert report not in adjudicating.settled_codings(book)
    (other,) = [each for each in coding.sample(book, size=2, seed=1) if each != report]
    code(book, other, "ana")
    code(book, other, "bea", event=False)
    book.decide(Decision("adjudicate", other, "review:cy", AT, field="event", value=True, reason="x"))
    (broken,) = [each for each in adjudicating.disputes(book) if each.report == other]
    assert broken.open
    assert other not in adjudicating.settled_codings(book)


def test_coders_change_places_and_exports_number_them(book):
    reports = coding.sample(book, size=12, seed=1)
    for report in reports:
        code(book, report, "ana")
        code(book, report, "bea", status="denied")
    first = {dispute.coders[0] for dispute in adjudicating.disputes(book)}
    assert first == {"review:ana", "review:bea"}
    settle(book, adjudicating.disputes(book)[0], {"status": "denied"})
    rows = list(adjudicating.coding_rows(book))
    assert [row["coder"] for row in rows if row["report"] == rows[0]["report"]][:2] == ["coder_01", "coder_02"]
    assert {row["coder"] for row in rows} == {"coder_01", "coder_02", "settled"}
    assert not any(name in str(rows) for name in ("ana", "bea"))
