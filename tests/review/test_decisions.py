from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundswell.errors import ConflictError, UsageError
from groundswell.link import link
from groundswell.review.decisions import Reviewer, checked_value
from groundswell.store import Filters, Ledger, Stored

SET = Path(__file__).parents[2] / "examples" / "linking" / "reports.jsonl"
AT = "2024-04-01T10:00:00+00:00"


@pytest.fixture
def ledger(tmp_path):
    rows = [json.loads(line)["record"] for line in SET.read_text(encoding="utf-8").splitlines()][:10]
    with Ledger.open(tmp_path / "l.db") as found:
        found.add([Stored(row["document"]["source_id"], "read", row) for row in rows], found.start_run("written", {}))
        link(found)
        yield found


def test_corrections_show_everywhere_and_keep_what_was_read(ledger):
    ana = Reviewer(ledger, "ana")
    event = next(ledger.events())
    ana.correct(event["id"], "place", {"name": "Nakuru", "country": "KEN", "latitude": -0.3, "longitude": 36.1}, at=AT)
    ana.correct(event["id"], "time", {"earliest": "2023-05-01", "latest": "2023-05-01"}, at=AT)
    ana.correct(event["id"], "figures", [{"of": "participants", "low": 10, "best": None, "high": 20}], at=AT)
    shown = ledger.event(event["id"])
    assert (shown["place"]["name"], shown["time"]["earliest"]) == ("Nakuru", "2023-05-01")
    assert shown["as_read"]["place"]["name"] == event["place"]["name"]
    assert shown["figure_ranges"]["participants"]["high"] == 20
    assert shown["corrections"]["place"]["by"] == "review:ana"
    assert [each["id"] for each in ledger.events(Filters(until="2023-05-01", review_state="corrected"))] == [
        event["id"]
    ]
    report = shown["reports"][0]
    ana.correct(report, "status", "cancelled", at=AT)
    assert ledger.report(report)["status"] == "cancelled"
    assert ledger.verify() == []


def test_merge_and_split_check_what_they_are_given(ledger):
    ana = Reviewer(ledger, "ana")
    first, second = list(ledger.events(limit=2))
    with pytest.raises(UsageError, match="one event already"):
        ana.merge(first["id"], first["id"], at=AT)
    with pytest.raises(UsageError, match="not none and not all"):
        ana.split(first["id"], first["reports"], at=AT)
    with pytest.raises(UsageError, match="is not in it"):
        ana.split(first["id"], second["reports"], at=AT)
    ana.merge(first["id"], second["id"], at=AT, expect="", key="m1")
    assert (
        ana.merge.__self__.ledger.event(first["id"])["report_count"] == first["report_count"] + second["report_count"]
    )
    with pytest.raises(ConflictError):
        ana.confirm(first["id"], at=AT, expect="")


@pytest.mark.parametrize(
    ("field", "value"),
    [("type", "PARTY"), ("mode", "explosives"), ("status", "maybe"), ("time", {"earliest": "3 May"}), ("id", "x"),
     ("time", {"earliest": "2024-02-02", "latest": "2024-01-01"}), ("figures", [{"of": "deaths", "low": 5, "best": 3, "high": None}]),
     ("figures", [{"of": "souls"}]), ("place", {"name": "X", "latitude": 91}), ("actors", "police"), ("places", [])],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_with_a_way_out(field, value):
    with pytest.raises(UsageError, match=r"Use one of|YYYY|after latest|must not fall|needs of|degrees|is a list"):
        checked_value(field, value, of="event", type="PROTEST")


def test_unknown_is_a_value(ledger):
    assert checked_value("mode", None, of="report", type="PROTEST") is None
    assert checked_value("time", None, of="report") is None
    event = next(ledger.events())
    Reviewer(ledger, "ana").correct(event["id"], "time", None, at=AT)
    assert ledger.event(event["id"])["time"] is None
    assert ledger.verify() == []


def test_a_corrected_type_leaves_no_mode_that_it_does_not_have(tmp_path):
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[1] / "serve"))
    from synthetic import fill

    from groundswell.store import Ledger

    with Ledger.open(fill(tmp_path / "m.db", 30)) as book:
        report = next(report for report in book.reports() if report["type"] == "PROTEST")
        ana = Reviewer(book, "ana")
        made = ana.correct(report["id"], "type", "AID", at="2024-07-01T00:00:00Z")
        assert (book.report(report["id"])["type"], book.report(report["id"])["mode"]) == ("AID", None)
        assert book.event(report["event_id"])["mode"] is None
        ana.withdraw(made, at="2024-07-02T00:00:00Z")
        assert book.report(report["id"])["mode"] == report["mode"] is not None
