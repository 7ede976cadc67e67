"""What a person meets in a browser: the linked page, reviewing by keyboard, selecting words, no serious fault of accessibility."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import copied

from groundswell.store import Ledger

sys.path.insert(0, str(Path(__file__).parent))
from test_settling import coded

AXE = Path(__file__).parent / "axe" / "axe.min.js"


@pytest.fixture
def server(small_ledger, tmp_path, serve):
    return serve(copied(small_ledger, tmp_path))


def test_map_timeline_and_table_follow_the_filters_and_the_address(server, look):
    seen = look(server)
    page = seen.enter()
    seen.go("/", ready=True)
    assert page.inner_text("#total") == "120"
    assert page.locator(".spot").count() > 3
    assert page.locator("path.shaded, path.w1, path.w2, path.w3, path.w4, path.w5").count() > 0
    page.check("#f-type-PROTEST")
    page.wait_for_function("() => document.getElementById('total').textContent !== '120'")
    few = int(page.inner_text("#total"))
    assert "type=PROTEST" in page.url
    assert page.evaluate("document.activeElement.id") == "f-type-PROTEST"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert int(page.inner_text("#total")) == few
    page.fill("input[name=text]", "teachers")
    page.wait_for_function(f"() => document.getElementById('total').textContent !== '{few}'")
    page.locator("#slide-from").evaluate("(e) => { e.value = 3; e.dispatchEvent(new Event('change')); }")
    page.wait_for_url("**since=*")
    assert (seen.wrong, seen.outside) == ([], [])


def test_a_single_spot_opens_its_event_and_a_row_shows_on_the_map(server, look):
    seen = look(server)
    page = seen.enter()
    seen.go("/?country=KEN", ready=True)
    page.locator("tr[data-lat] a").first.focus()
    page.wait_for_selector("path.halo")
    page.evaluate(
        "[...document.querySelectorAll('.leaflet-marker-icon')].sort((a, b) => a.textContent.length - b.textContent.length)[0].click()"
    )
    page.wait_for_timeout(400)
    assert page.locator("#maplist:not([hidden]), .spot").count() > 0
    assert seen.wrong == []


def test_a_document_marks_its_findings_both_ways(server, look):
    seen = look(server)
    page = seen.enter()
    event = next(server.desk.ledger.events())
    seen.go(f"/document/{event['documents'][0]['id']}#r-{event['reports'][0]}")
    assert page.locator("#text .m-trigger.lit").inner_text() == "marched"
    page.locator(".text .m-actor").first.click()
    assert page.locator(".key.lit").count() == 1
    page.locator(".key.m-place").first.click()
    assert page.locator(".text .m-place.lit").count() == 1
    assert seen.wrong == []


def test_selected_words_are_stored_with_their_offsets(server, look):
    seen = look(server)
    page = seen.enter()
    event = next(server.desk.ledger.events())
    seen.go(f"/review?event={event['id']}", ready=True)
    page.evaluate("""() => {
      const piece = [...document.querySelectorAll('.report .text span[data-start]')].find((each) => each.textContent.includes('Amina Bello'));
      const at = piece.firstChild.data.indexOf('Bello');
      const range = document.createRange();
      range.setStart(piece.firstChild, at); range.setEnd(piece.firstChild, at + 5);
      getSelection().removeAllRanges(); getSelection().addRange(range);
    }""")
    page.wait_for_selector("#spanbar:not([hidden])")
    page.keyboard.press("4")
    page.wait_for_function("() => document.getElementById('said').textContent.includes('target')")
    (target,) = server.desk.ledger.report(event["reports"][0])["targets"]
    text = server.desk.ledger.document(event["documents"][0]["id"])["document"]["text"]
    assert text[target["start"] : target["end"]] == target["text"] == "Bello"
    assert seen.wrong == []


def test_a_place_is_typed_resolved_and_stored_by_keyboard(server, look):
    seen = look(server)
    page = seen.enter()
    event = next(server.desk.ledger.events())
    seen.go(f"/review?event={event['id']}", ready=True)
    page.keyboard.press("e")
    page.locator("[data-field=places]").first.fill("Mombasa")
    page.wait_for_selector(".choice")
    page.wait_for_selector(".preview path.likely")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('said').textContent === 'Corrected.'")
    assert server.desk.ledger.event(event["id"])["place"]["name"] == "Mombasa"
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_function("() => document.getElementById('said').textContent === 'Taken back.'")
    assert server.desk.ledger.event(event["id"])["place"]["name"] == event["place"]["name"]
    page.keyboard.press("?")
    assert page.locator("#sheet").is_visible()
    assert seen.wrong == []


def test_two_reviewers_in_two_tabs_one_is_told_what_the_other_decided(server, look):
    one, two = look(server), look(server)
    event = next(server.desk.ledger.events())
    for seen in (one, two):
        seen.enter()
        seen.go(f"/review?event={event['id']}", ready=True)
    one.page.keyboard.press("a")
    one.page.wait_for_function("() => document.getElementById('said').textContent === 'Accepted.'")
    two.page.keyboard.press("r")
    two.page.wait_for_selector("#panel[open]")
    assert "confirm" in two.page.inner_text("#panel-body")
    assert "reject" in two.page.inner_text("#panel-body")
    assert [d["kind"] for d in server.desk.ledger.decisions()] == ["confirm"]


def test_twenty_items_by_keyboard_in_a_minute_all_in_the_ledger_after_a_kill(small_ledger, tmp_path, look):
    """The server runs in a process of its own and is killed the moment the last answer has come."""
    path = copied(small_ledger, tmp_path)
    code = f"from groundswell.serve import run; run({str(path)!r}, port=0, announce=lambda u: print(u, flush=True))"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        launch = process.stdout.readline().strip()
        base = launch.split("/launch/")[0]
        seen = look(type("Far", (), {"base": base, "desk": None})())
        seen.page.goto(launch)
        seen.go("/review", ready=True)
        start = time.monotonic()
        for at in range(20):
            before = seen.page.get_attribute("body", "data-ready")
            seen.page.keyboard.press("a" if at % 3 else "r")
            seen.page.wait_for_function("(before) => document.body.dataset.ready !== before", arg=before)
        spent = time.monotonic() - start
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with Ledger.open(path) as book:
        kinds = [decision["kind"] for decision in book.decisions()]
    assert (kinds.count("confirm"), kinds.count("reject")) == (13, 7)
    print(
        f"measured: 20 items decided by keyboard in {spent:.1f} s, {len(kinds)} decisions in the ledger after SIGKILL"
    )
    assert spent < 60
    assert seen.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(server, look, scheme):
    seen = look(server, color_scheme=scheme, bypass_csp=True)
    page = seen.enter()
    event = next(server.desk.ledger.events())
    coded(server.desk)
    wrong, visited = [], 0
    both = (
        "/",
        "/review",
        "/adjudicate",
        "/agreement",
        "/coding",
        "/login",
        f"/document/{event['documents'][0]['id']}",
        f"/event/{event['id']}",
    )
    for address, ready in [("/", True), (f"/event/{event['id']}", False), (f"/document/{event['documents'][0]['id']}", False), ("/review", True),
                           ("/calendar", False), ("/overview", False), ("/share", False), ("/settings", False), ("/api", False), ("/coding", False),
                           ("/adjudicate", False), ("/agreement", False), ("/login", False), ("/columns", False), ("/nowhere", False)]:  # fmt: skip
        if scheme == "dark" and address not in both:
            continue  # the other pages have no colours of their own
        seen.go(address, ready=ready)
        visited += 1
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        wrong += [
            f"{address} {v['id']} ({v['impact']}): {[n['html'][:160] for n in v['nodes'][:2]]}"
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
    print(f"measured: axe-core, {scheme}: {visited} pages, {len(wrong)} serious or critical findings")
    assert not wrong, "\n".join(wrong)


def test_login_and_blind_coding_need_no_mouse(server, look):
    """A wrong password is told and the field kept; then a report of the sample is coded from the keyboard."""
    server.desk.accounts.put("bea", "coder", "correct horse battery")
    seen = look(server)
    page = seen.page
    seen.go("/coding")
    assert page.url.endswith("/login")
    for password in ("wrong", "correct horse battery"):
        page.keyboard.type("bea")
        page.keyboard.press("Tab")
        page.keyboard.type(password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if password == "wrong":
            assert "Name or password is wrong" in page.inner_text("[role=alert]")
    seen.go("/coding?size=5&seed=2")
    for keys in (
        "yes",
        "Protest",
        "Strike",
        "took",
        "Kenya",
    ):  # the fields in their order; a select takes the first letters
        page.keyboard.type(keys)
        page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") == "earliest":  # a date has several stops
        page.keyboard.press("Tab")
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('main').innerText.includes('1 of 5 coded by bea')")
    (made,) = [d for d in server.desk.ledger.decisions() if d["kind"] == "code"]
    assert made["by"] == "review:bea"
    assert {key: made["value"][key] for key in ("event", "type", "mode", "status", "country", "earliest")} == {
        "event": True, "type": "PROTEST", "mode": "strike", "status": "occurred", "country": "KEN", "earliest": None,
    }  # fmt: skip
    assert made["value"]["participants"] == 250
    assert [text for text in seen.wrong if "403" not in text] == []


def test_the_whole_page_is_reached_by_tabbing(server, look):
    seen = look(server)
    page = seen.enter()
    seen.go("/?country=KEN", ready=True)
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => { const e = document.activeElement;
          return e.closest('#filters') ? 'filters' : e.closest('#map') ? 'map' : e.closest('.slider') ? 'slider' : e.closest('#results') ? 'table' : e.closest('nav') ? 'nav' : e.className; }""")
        )
    assert {"skip", "nav", "filters", "map", "slider", "table"} <= reached
