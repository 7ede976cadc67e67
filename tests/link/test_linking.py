from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundswell.evaluate import link_sets
from groundswell.link import blocking, link
from groundswell.link.columns import Telling, columns
from groundswell.store import Decision, Ledger, Stored

SET = Path(__file__).parents[2] / "examples" / "linking" / "reports.jsonl"
AT = "2024-04-01T10:00:00+00:00"


def inputs(count=None):
    rows = [json.loads(line)["record"] for line in SET.read_text(encoding="utf-8").splitlines()]
    return [Stored(row["document"]["source_id"], "read", row) for row in rows[:count]]


def linked(path, stored):
    ledger = Ledger.open(path)
    ledger.add(stored, ledger.start_run("written", {}))
    link(ledger)
    return ledger


def test_the_written_set_reaches_its_floor():
    scores = link_sets.measure(link_sets.written(SET, "test"))
    assert scores.happenings >= 30
    assert scores.f1 >= 0.90
    assert scores.b3 >= 0.93
    assert scores.false_merges <= 0.06
    assert scores.crossed == 0


def test_the_whole_set_never_crosses_protest_and_assault():
    scores = link_sets.measure(link_sets.written(SET))
    assert (scores.happenings, scores.crossed) == (77, 0)
    assert scores.f1 >= 0.92


def test_any_order_and_linking_twice_give_the_same(tmp_path):
    stored = inputs(80)
    first = linked(tmp_path / "a.db", stored)
    random.Random(3).shuffle(stored)
    second = linked(tmp_path / "b.db", stored)
    dump = list(first.canonical_dump())
    assert dump == list(second.canonical_dump())
    assert link(first).reports == 0
    link(first, only=[row.json["document"]["id"] for row in stored[:10] if row.json])
    assert list(first.canonical_dump()) == dump
    assert first.verify() == []


def test_whole_tables_link_as_rows_do(tmp_path, monkeypatch):
    dumps = []
    for many in (20_000, 0):
        for module in ("copies", "linking", "stake"):
            monkeypatch.setattr(f"groundswell.link.{module}._MANY", many)
        ledger = linked(tmp_path / f"{many}.db", inputs(150))
        story = " ".join(f"word{n}" for n in range(200))
        for start, end in ((150, 152), (152, 239)):
            stored = [each for each in inputs()[start:end] if each.json is not None]
            for n, each in enumerate(stored):
                if n % 9 == 0:
                    each.json["document"]["text"] += "\n\n" + story
            ledger.add(stored, ledger.start_run("written", {}))
            link(ledger)
        assert ledger.connection.execute("SELECT count(*) FROM copy").fetchone()[0] > 4
        assert ledger.verify() == []
        dumps.append(list(ledger.canonical_dump()))
    assert dumps[0] == dumps[1]


def test_links_say_why_and_events_show_every_source(tmp_path):
    ledger = linked(tmp_path / "l.db", inputs(12))
    event = next(event for event in ledger.events() if event["report_count"] == 4)
    shown = ledger.event(event["id"])
    assert shown["links"]
    assert all(row["score"] > 0 and row["reason"].endswith(".") and row["by"] == "link-2" for row in shown["links"])
    assert {status["status"] for status in shown["statuses"]} >= {"announced", "occurred"}
    assert shown["status"] in ("occurred", "ongoing")
    assert shown["place"]["name"] == "Nairobi"
    assert shown["source_count"] == 4


def test_adding_later_touches_only_what_it_meets(tmp_path):
    stored = inputs()
    ledger = linked(tmp_path / "l.db", stored[:-1])
    before = {event["id"]: event["report_count"] for event in ledger.events()}
    ledger.add(stored[-1:], ledger.start_run("written", {}))
    result = link(ledger)
    assert result.reports == 1
    assert result.compared < 30
    after = {event["id"]: event["report_count"] for event in ledger.events()}
    assert sum(before.get(each) != count for each, count in after.items()) == 1
    whole = linked(tmp_path / "whole.db", stored)
    groups = lambda found: {frozenset(event["reports"]) for event in found.events()}  # noqa: E731
    assert groups(ledger) == groups(whole)


def test_people_outrank_the_machine_in_later_linkings(tmp_path):
    stored = inputs(12)
    ledger = linked(tmp_path / "l.db", stored)
    event = next(event for event in ledger.events() if event["report_count"] == 4)
    ledger.decide(
        Decision("split", event["id"], "review:ana", AT, value={"leaves": event["reports"][:1]}, reason="Another day.")
    )
    others = [each for each in ledger.events() if each["id"] != event["id"]]
    ledger.decide(Decision("merge", others[0]["id"], "review:ana", AT, right=others[1]["id"], reason="One walkout."))
    groups = {frozenset(each["reports"]) for each in ledger.events()}
    link(ledger, only=[row.json["document"]["id"] for row in stored if row.json])
    assert {frozenset(each["reports"]) for each in ledger.events()} == groups
    assert ledger.event(event["id"]) is not None
    assert ledger.verify() == []


def test_wire_copies_are_one_source(tmp_path):
    story = (
        "Hundreds of residents marched through Goma on Friday to demand protection after two bombings in the town this week. "
        "Carrying placards, the crowd walked from the market to the governor's office, where a delegation handed over a letter. "
        "The governor promised more patrols at night and said that the investigation had made progress."
    )
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    base = next(row["record"] for row in rows if row["gold"] == "goma-protest")
    stored = []
    for n, tail in enumerate(["", " (Inland Wire)", " Reporting by our staff.", ""]):
        record = json.loads(json.dumps(base))
        record["document"] |= {
            "id": f"{n}" * 64,
            "text": base["document"]["text"] + "\n\n" + story + tail if n < 3 else base["document"]["text"],
        }
        record["events"][0]["id"] = f"{n}" * 64 + ":0-1"
        stored.append(Stored(f"s{n}", "read", record))
    ledger = linked(tmp_path / "l.db", stored)
    events = list(ledger.events())
    assert len(events) == 1
    assert (events[0]["document_count"], events[0]["source_count"]) == (4, 2)
    assert ledger.verify() == []


@pytest.mark.parametrize("name", ["precision", "recall", "f1", "b3"])
def test_scores_know_a_perfect_and_a_worst_grouping(name):
    truth = {"a": 1, "b": 1, "c": 2, "d": 2}
    types = dict.fromkeys(truth, "PROTEST")
    assert getattr(link_sets.score(truth, truth, types), name) == 1.0
    one = link_sets.score(truth, dict.fromkeys(truth, "x"), types | {"c": "ASSAULT"})
    assert (one.precision, one.recall, one.crossed, one.false_merges) == (2 / 6, 1.0, 3, 1.0)
    assert replace(one, f1=0.0).b3_precision == 0.5


def test_the_model_can_be_fitted_again():
    found = link_sets.fit_written(SET, copies=1, stages=1)
    assert found.as_json()["weights"]["same_place"] > 0
    assert found.scores(np.zeros((1, len(found.weights)), dtype=np.float32))[0] < 0.5


def blocks(*changes):
    """Block keys of the first written report with some of its values changed, one set a change."""
    row = json.loads(SET.read_text(encoding="utf-8").splitlines()[0])["record"]
    found = []
    for change in changes:
        record = json.loads(json.dumps(row))
        record["events"][0] |= change.get("event", {})
        published = change.get("published", record["document"]["published"])
        table = columns([Telling("E1", record["document"]["id"], record["events"][0], published)])
        found.append(set(blocking.keys(table, 0)))
    return found


def test_reports_of_unknown_age_meet_whether_they_name_a_day_or_not():
    dated, undated, published = blocks({"published": None}, {"published": None, "event": {"time": None}}, {})
    assert dated & undated
    assert dated & published
    assert not undated & published  # nobody knows whether that is old news


def test_a_report_of_known_age_has_no_block_of_unknown_age():
    known, unknown = blocks({}, {"published": None})
    assert known < unknown
