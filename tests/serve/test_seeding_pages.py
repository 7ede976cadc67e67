"""Planted errors in the queue: shown, told right after the decision, never in the ledger, reported to adjudicators."""

import pytest
from conftest import copied

from groundswell.review import seeding


def planted(desk, by="review:ana"):
    """The planted items of this reviewer, by event."""
    found = {}
    for event in desk.ledger.events():
        report = desk.ledger.report(event["reports"][0])
        wrong = seeding.planted(event, report, by=by, secret=desk.feed_key, percent=desk.project.seeded)
        if wrong:
            found[event["id"]] = wrong
    return found


@pytest.fixture
def seeded(bench):
    assert bench.post(bench.client(), "/api/project", {"seeded": 20}).status_code == 201
    assert bench.post(bench.client(), "/api/project", {"seeded": 50}).status_code == 400
    return bench


def test_nothing_planted_reaches_the_ledger_and_the_reviewer_is_told(seeded):
    client, desk = seeded.client(), seeded.desk
    found = planted(desk)
    assert 8 <= len(found) <= 45
    for n, (event, wrong) in enumerate(found.items()):
        page = client.get(f"/part/item/{event}").text
        assert f'data-version="{wrong.token}"' in page
        if n % 2:
            answer = seeded.post(client, "/api/decisions", {"kind": "confirm", "left": event, "expect": wrong.token})
        else:
            value = {"remove": 0} if wrong.field == "figures" else {"typed": wrong.true}
            body = {"report": wrong.report, "field": wrong.field, "expect": wrong.token, **value}
            answer = seeded.post(client, "/api/corrections", body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["seeded"]["caught"] == (n % 2 == 0)
        assert f'data-version="{wrong.token}"' not in client.get(f"/part/item/{event}").text
    assert desk.ledger.decisions() == []
    event = next(iter(found))
    assert seeded.post(client, "/api/decisions", {"kind": "confirm", "left": event, "expect": ""}).status_code == 201
    page = client.get("/agreement").text
    assert "Planted errors" in page
    assert f"of {len(found)}" in page


def test_once_turned_off_a_planted_page_that_is_still_open_is_refused(seeded):
    client = seeded.client()
    event, wrong = next(iter(planted(seeded.desk).items()))
    assert seeded.post(client, "/api/project", {"seeded": 0}).status_code == 201
    answer = seeded.post(client, "/api/decisions", {"kind": "confirm", "left": event, "expect": wrong.token})
    assert answer.status_code == 409
    assert seeded.desk.ledger.decisions() == []


def test_the_reviewer_sees_it_and_decides_again(small_ledger, tmp_path, serve, look):
    server = serve(copied(small_ledger, tmp_path))
    server.desk.save_project(__import__("dataclasses").replace(server.desk.project, seeded=20))
    event = next(iter(planted(server.desk)))
    seen = look(server)
    page = seen.enter()
    seen.go(f"/review?event={event}", ready=True)
    page.keyboard.press("a")
    page.wait_for_selector("#panel[open]")
    assert "a planted error went through" in page.inner_text("#panel").lower()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel:not([open])", state="attached")
    page.wait_for_function("() => document.querySelector('.item')?.dataset.version === ''")
    page.keyboard.press("a")
    page.wait_for_function("() => document.getElementById('said').textContent === 'Accepted.'")
    assert [d["kind"] for d in server.desk.ledger.decisions()] == ["confirm"]
    assert seen.wrong == []
