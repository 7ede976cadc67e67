"""Decisions over the web: stored once, compared before they are set, told as a conflict, visible at once."""

import pytest

from groundswell.review import correcting


def first(bench, **wanted):
    return next(event for event in bench.desk.ledger.events() if all(event[k] == v for k, v in wanted.items()))


def test_a_decision_is_stored_with_reviewer_and_time_and_seen_at_once(bench):
    client, event = bench.client(), first(bench)
    answer = bench.post(client, "/api/decisions", {"kind": "confirm", "left": event["id"], "expect": event["version"]})
    assert answer.status_code == 201
    (stored,) = bench.desk.ledger.decisions()
    assert (stored["id"], stored["by"], stored["kind"]) == (answer.json()["id"], "review:ana", "confirm")
    assert stored["at"].startswith("20")
    assert client.get("/api/counts").json()["state"]["confirmed"] == 1
    assert event["id"] in client.get("/?review_state=confirmed").text


def test_the_same_key_twice_is_one_decision(bench):
    client, event = bench.client(), first(bench)
    body = {"kind": "reject", "left": event["id"], "expect": "", "idempotency_key": "k1"}
    one, two = (bench.post(client, "/api/decisions", body) for _ in range(2))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["id"] == two.json()["id"]
    assert len(bench.desk.ledger.decisions()) == 1
    # A key belongs to its reviewer: nobody can swallow another's decision by guessing it.
    other = bench.post(
        bench.client("coder", name="bea"),
        "/api/decisions",
        {**body, "kind": "confirm", "expect": one.json()["version"]},
    )
    assert other.status_code == 201
    assert len(bench.desk.ledger.decisions()) == 2


def test_the_second_of_two_reviewers_gets_409_and_a_diff_and_neither_is_lost(bench):
    ana, bea, event = bench.client(name="ana"), bench.client("coder", name="bea"), first(bench)
    report = event["reports"][0]
    done = bench.post(
        ana, "/api/corrections", {"report": report, "field": "status", "typed": "cancelled", "expect": ""}
    )
    assert done.status_code == 201
    late = bench.post(bea, "/api/corrections", {"report": report, "field": "status", "typed": "denied", "expect": ""})
    assert late.status_code == 409
    told = late.json()["current"]
    assert told["yours"]["value"] == "denied"
    assert [(each["by"], each["field"], each["value"]) for each in told["newer"]] == [
        ("review:ana", "status", "cancelled")
    ]
    again = bench.post(
        bea, "/api/corrections", {"report": report, "field": "status", "typed": "denied", "expect": told["version"]}
    )
    assert again.status_code == 201
    assert [d["value"] for d in bench.desk.ledger.history(event["id"])] == ["cancelled", "denied"]


def test_undo_takes_back_and_only_adjudicators_take_back_what_others_decided(bench):
    ana, bea, event = bench.client("coder", name="ana"), bench.client("coder", name="bea"), first(bench)
    made = bench.post(ana, "/api/decisions", {"kind": "reject", "left": event["id"]}).json()["id"]
    assert bench.desk.columns().names["state"]
    assert bench.post(bea, "/api/decisions", {"kind": "withdraw", "left": made}).status_code == 403
    assert bench.post(ana, "/api/decisions", {"kind": "withdraw", "left": made}).status_code == 201
    assert bench.desk.ledger.event(event["id"])["review_state"] == "unreviewed"
    assert bench.client().get("/api/counts").json()["state"] == {"unreviewed": 120}


def test_merge_and_split_change_the_events_on_every_page(bench):
    client = bench.client()
    one, two = list(bench.desk.ledger.events())[:2]
    body = {"kind": "merge", "left": one["id"], "right": two["id"], "expect": {one["id"]: "", two["id"]: ""}}
    merged = bench.post(client, "/api/decisions", body)
    assert merged.status_code == 201, merged.text
    assert client.get("/api/counts").json()["total"] == 119
    assert client.get("/api/events?linked=true").json()["items"][0]["report_count"] == 2
    stale = bench.post(client, "/api/decisions", {**body, "kind": "confirm", "right": None, "expect": {one["id"]: ""}})
    assert stale.status_code == 409
    event = bench.desk.ledger.event(one["id"])
    split = {
        "kind": "split",
        "left": event["id"],
        "value": {"leaves": [event["reports"][0]]},
        "expect": event["version"],
    }
    assert bench.post(client, "/api/decisions", split).status_code == 201
    assert client.get("/api/counts").json()["total"] == 120


def test_selected_words_become_values(bench):
    client, event = bench.client(), first(bench)
    report = bench.desk.ledger.report(event["reports"][0])
    text = bench.desk.ledger.document(report["document"]["id"])["document"]["text"]
    start = text.index("Amina Bello")
    body = {"report": report["id"], "field": "actors", "start": start - 1, "end": start + 11, "expect": ""}
    assert bench.post(client, "/api/corrections", body).status_code == 201
    found = bench.desk.ledger.report(report["id"])["actors"][-1]
    assert (found["text"], found["start"], found["end"], found["kind"]) == ("Amina Bello", start, start + 11, "person")
    removed = bench.post(client, "/api/corrections", {"report": report["id"], "field": "actors", "remove": 1})
    assert removed.status_code == 201
    assert len(bench.desk.ledger.report(report["id"])["actors"]) == 1
    for wrong in (
        {"start": -1, "end": 4},
        {"start": 0, "end": 10**9},
        {"start": 5, "end": 5},
        {"start": "0", "end": "4"},
        {"start": 0},
    ):
        assert (
            bench.post(client, "/api/corrections", {"report": report["id"], "field": "issue", **wrong}).status_code
            == 400
        )


def test_typed_places_and_days_are_resolved(bench):
    client, event = bench.client(), first(bench)
    report = event["reports"][0]
    offered = client.get("/part/resolve?kind=place&words=Springfield").json()["places"]
    assert len(offered) > 1
    assert {place["country"] for place in offered} >= {"USA"}
    chosen = bench.post(client, "/api/corrections", {"report": report, "field": "places", "typed": "Kisumu"})
    assert chosen.status_code == 201
    place = bench.desk.ledger.report(report)["places"][0]
    assert (place["country"], place["precision"]) == ("KEN", "city")
    assert bench.desk.columns().code("country", "KEN") > 0
    days = client.get("/part/resolve?kind=time&words=2024-06-12+to+2024-06-14").json()
    assert (days["time"]["earliest"], days["time"]["latest"], days["said"]) == (
        "2024-06-12",
        "2024-06-14",
        "12–14 Jun 2024",
    )
    assert client.get("/part/resolve?kind=time&words=blue").json()["time"] is None
    assert (
        bench.post(client, "/api/corrections", {"report": report, "field": "time", "typed": "blue"}).status_code == 400
    )
    assert (
        bench.post(
            client, "/api/corrections", {"report": report, "field": "time", "typed": "2024-06-14 to 2024-06-12"}
        ).status_code
        == 400
    )
    assert (
        bench.post(client, "/api/corrections", {"report": report, "field": "mode", "typed": "nonsense"}).status_code
        == 400
    )


@pytest.mark.parametrize("body", [{}, {"kind": "explode", "left": "E1"}, {"kind": "confirm", "left": "Enone"}, {"kind": "confirm", "left": ["x"]},
                                  {"kind": "merge", "left": "E1"}, {"kind": "correct", "left": "E1"}, {"kind": "withdraw", "left": "Dnone"}])  # fmt: skip
def test_decisions_that_make_no_sense_are_refused(bench, body):
    answer = bench.post(bench.client(), "/api/decisions", body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert bench.desk.ledger.decisions() == []


def test_the_queue_puts_disputed_and_unsure_events_first_and_says_why(bench):
    client = bench.client()
    items = client.get("/part/queue").json()["items"]
    assert [item["worth"] for item in items] == sorted((item["worth"] for item in items), reverse=True)
    assert any("sure" in reason for item in items for reason in item["reasons"])
    done = items[0]["id"]
    bench.post(client, "/api/decisions", {"kind": "confirm", "left": done})
    assert done not in {item["id"] for item in client.get("/part/queue").json()["items"]}
    only = client.get("/part/queue?country=KEN").json()["items"]
    assert {bench.desk.ledger.event(item["id"])["place"]["country"] for item in only} == {"KEN"}


def test_figures_typed_words_and_removal_follow_the_codebook():
    words = {"text": "at least twenty", "start": 3, "end": 18}
    assert correcting.figure(words, "injured") | {"text": ""} == {
        "text": "", "start": 3, "end": 18, "of": "injured", "low": 20, "best": None, "high": None, "mapping": None, "attribution": None,
    }  # fmt: skip
    with pytest.raises(correcting.UsageError, match="holds no number"):
        correcting.figure({"text": "several", "start": 0, "end": 7}, "injured")
    assert correcting.from_words({"type": "PROTEST"}, "mode", "strike") == "strike"
    assert correcting.interval("..", None) is None
    assert correcting.interval("2024-06-12/..", None)["latest"] is None
