"""Adjudication and agreement over the web: blind until settled, reached by keyboard, told as a conflict, measured beside the machine."""

import json

import pytest
from conftest import copied
from synthetic import CODING

from groundswell.review import coding
from groundswell.store import Decision


def coded(desk, count=6):
    """Two codings of each of ``count`` reports: of every three the first agree, the second differ in two fields, the third on all."""
    drawn = coding.sample(desk.ledger, size=count, seed=1)
    for at, report in enumerate(drawn):
        other = [{}, {"status": "called_for", "participants": 900}, {"event": False}][at % 3]
        for coder, changes in (("ana", {}), ("bea", other)):
            value = coding.checked({**CODING, **changes})
            desk.ledger.decide(Decision("code", report, f"review:{coder}", "2024-07-01T00:00:00Z", value=value))
    return drawn


def test_codings_are_settled_over_the_web_and_a_stale_page_is_told(bench):
    drawn = coded(bench.desk)
    client = bench.client("adjudicator", name="cy")
    page = client.get(f"/adjudicate?report={drawn[1]}").text
    assert "0 of 4 settled" in page
    assert "ana" not in page.replace("analys", "")
    assert "bea" not in page
    version = page.split('data-version="')[1].split('"')[0]
    body = {
        "report": drawn[1],
        "version": version,
        "settled": {"status": "occurred", "participants": None},
        "reason": "no number is given",
    }
    assert bench.post(client, "/api/adjudications", body).status_code == 201
    assert bench.post(client, "/api/adjudications", body).status_code == 409
    assert "1 of 4 settled" in client.get("/adjudicate").text
    after = client.get(f"/adjudicate?report={drawn[1]}").text
    assert "the machine read:" in after
    assert "no number is given" in after
    assert "Settled by cy" in after


def test_others_codings_stay_hidden_from_coders(bench):
    drawn = coded(bench.desk)
    event = bench.desk.ledger.report(drawn[1])["event_id"]
    coder, adjudicator = bench.client("coder", name="ana"), bench.client("adjudicator", name="cy")
    for address in (f"/api/events/{event}", f"/api/events/{event}/history"):
        assert "review:bea" not in coder.get(address).text
        assert "review:ana" in coder.get(address).text
        assert "review:bea" in adjudicator.get(address).text
    assert "bea" not in coder.get(f"/event/{event}").text
    assert coder.get("/adjudicate").status_code == 403
    assert coder.get("/download/codings").status_code == 400
    rows = [json.loads(line) for line in adjudicator.get("/download/codings").text.splitlines()]
    assert len(rows) == 6 * 2 + 2


def test_the_agreement_page_shows_people_beside_the_machine(bench):
    assert "Nobody has coded yet" in bench.client().get("/agreement").text
    coded(bench.desk, 30)
    page = bench.client().get("/agreement").text
    assert "30 reports coded by ana, bea; 30 by more than one" in page
    assert "Machine with coders" in page
    assert page.count('class="interval"') >= 6


@pytest.fixture
def server(small_ledger, tmp_path, serve):
    made = serve(copied(small_ledger, tmp_path))
    coded(made.desk)
    return made


def test_a_dispute_is_settled_by_keyboard_alone(server, look):
    seen = look(server)
    page = seen.enter()
    seen.go("/adjudicate")
    left = page.locator(".disputes .tag", has_text="open").count()
    whole = page.get_attribute("#adjudicating", "data-whole") == "True"
    for _ in range(60):  # to the first choice, through everything before it
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    fields = page.locator("[role=radiogroup]:not([inert])").count()
    for _ in range(80):
        if page.evaluate("document.activeElement.name") == "reason":
            break
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio" and not page.evaluate(
            "!!document.querySelector(`input[name=${document.activeElement.name}]:checked`)"
        ):
            page.keyboard.press("Space")
    page.keyboard.type("as the second sentence says")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".disputes .tag", has_text="open").count() == left - 1
    stored = [d for d in server.desk.ledger.decisions() if d["kind"] == "adjudicate"]
    assert {d["reason"] for d in stored} == {"as the second sentence says"}
    assert len(stored) in (fields, 1 if whole else fields)
    assert seen.wrong == []


def test_a_third_value_and_a_whole_coding_are_taken(server, look):
    seen = look(server)
    page = seen.enter()
    report = next(
        d.report
        for d in __import__("groundswell.review.adjudicating", fromlist=["x"]).disputes(server.desk.ledger)
        if "status" in d.fields
    )
    seen.go(f"/adjudicate?report={report}")
    page.click("[data-take='0']")
    page.fill("[name=other-participants]", "640")
    page.select_option("[name=other-status]", "announced")
    page.fill("[name=reason]", "a third paper")
    with page.expect_navigation():
        page.click("text=Settle and go on")
    settled = {d["field"]: d["value"] for d in server.desk.ledger.history(report) if d["kind"] == "adjudicate"}
    assert settled == {"status": "announced", "participants": 640}
    assert seen.wrong == []
