"""Payloads stored in every text field stay text on every page: nothing runs, no policy is broken, nothing is asked of outside."""

import json

import pytest
from conftest import Bench, copied
from payloads import PAYLOADS
from synthetic import record

from groundswell.review import coding
from groundswell.serve.project import Project
from groundswell.serve.wording import shown
from groundswell.store import Decision, Ledger, Stored

FIELDS = ("title", "publisher", "author", "url", "source_id", "who", "issue", "place", "topic")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """One document a payload, with the payload in every field that a document or a reader can fill; decisions that carry it too."""
    path = tmp_path_factory.mktemp("poison") / "poison.db"
    assert len(set(PAYLOADS)) >= 120
    with Ledger.open(path) as book:
        run = book.start_run("synthetic-1", {"note": PAYLOADS[0]})
        records = [
            record(n, words=dict.fromkeys(FIELDS, payload), person=payload) for n, payload in enumerate(PAYLOADS)
        ]
        for payload, found in zip(PAYLOADS, records, strict=True):
            found["document"]["problems"] = [{"code": "odd", "message": payload}]
            found["events"][0]["by"] = payload
            found["events"][0]["places"][0]["admin1"] = payload
            found["events"][0]["actors"][0]["sector"] = payload
        book.add([Stored(found["document"]["source_id"], "read", found) for found in records], run)
        for n, event in enumerate(list(book.events())):
            words = PAYLOADS[n]
            book.decide(
                Decision(
                    "contest", event["id"], f"review:{words}", "2024-01-01T00:00:00Z", judgement=words, reason=words
                )
            )
        dispute(book)
    return path


def dispute(book):
    """Two coders whose names are payloads differ on some reports; what is settled of them carries payloads as its reasons."""
    for n, report in enumerate(coding.sample(book, size=12, seed=1)):
        for at, status in enumerate(("occurred", "denied")):
            value = coding.checked({"event": True, "type": "PROTEST", "status": status})
            book.decide(Decision("code", report, f"review:{PAYLOADS[at]}", "2024-01-01T00:00:00Z", value=value))
        if n % 2:
            words = PAYLOADS[n]
            book.decide(
                Decision(
                    "adjudicate",
                    report,
                    f"review:{words}",
                    "2024-01-02T00:00:00Z",
                    field="status",
                    value="denied",
                    reason=words,
                )
            )


def settings(desk):
    """Every free field of the project is a payload; planted errors were met by a reviewer whose name is one."""
    words = ("title", "controller", "legal_basis", "why_names", "why_places")
    desk.save_project(Project(purpose="research", **dict(zip(words, PAYLOADS[2:7], strict=True))))
    desk.seeded.path.write_text(
        json.dumps({"by": f"review:{PAYLOADS[7]}", "event": "E", "caught": True, "seconds": 1.0}) + "\n",
        encoding="utf-8",
    )


def walk(server, seen, events):
    """Visit the pages of these events; what ran, what broke the policy, what markup came out of text."""
    page = seen.page
    page.add_init_script(
        "window.__broken = []; document.addEventListener('securitypolicyviolation', (e) => window.__broken.push(e.violatedDirective + ' ' + e.blockedURI));"
    )
    pages = [
        "/",
        "/?from=50",
        "/?from=100",
        "/overview",
        "/calendar",
        "/share",
        "/settings",
        "/coding",
        "/adjudicate",
        "/columns",
        "/login",
        "/api",
        "/agreement",
        "/nowhere",
    ]
    pages += [f"/event/{event['id']}" for event in events] + [
        f"/document/{event['documents'][0]['id']}" for event in events
    ]
    pages += [f"/review?event={event['id']}" for event in events]
    for address in pages:
        page.goto(server.base + address, wait_until="domcontentloaded")
        if address.startswith("/review"):
            page.wait_for_selector("body[data-ready]")
        found = page.evaluate("""() => [window.__hit, ...window.__broken].filter(Boolean)
          .concat([...document.querySelectorAll('main script, main img, main iframe, main object, main embed, main [onerror], main [onload], main [onfocus]')].map((e) => e.outerHTML))""")
        assert found == [], address
    assert [text for text in seen.wrong if "404" not in text] == []
    assert seen.outside == []
    print(
        f"measured: {len(PAYLOADS)} payloads in every text field, {len(pages)} pages opened, nothing ran, nothing asked of outside"
    )


def test_nothing_stored_runs(poisoned, serve, look):
    """All payloads in the tables, every 40th on pages of its own; the slow test takes every one."""
    server = serve(poisoned)
    seen = look(server)
    seen.enter()
    settings(server.desk)
    walk(server, seen, list(server.desk.ledger.events())[::40])


@pytest.mark.slow
def test_nothing_stored_runs_on_any_page(poisoned, serve, look):
    server = serve(poisoned)
    seen = look(server)
    seen.enter()
    settings(server.desk)
    walk(server, seen, list(server.desk.ledger.events()))


def test_map_lists_and_queries_carry_payloads_as_text(poisoned, serve, look):
    server = serve(poisoned)
    seen = look(server)
    page = seen.enter()
    page.goto(server.base + "/")
    page.wait_for_selector("body[data-ready]")
    for payload in PAYLOADS[::40]:
        page.fill("input[name=actor]", payload.replace("\x00", ""))
        page.wait_for_timeout(350)
        page.locator(".leaflet-marker-icon").first.dispatch_event("click") if page.locator(
            ".leaflet-marker-icon"
        ).count() else None
    assert page.evaluate("() => window.__hit") is None
    assert seen.wrong == []
    assert seen.outside == []


def test_payloads_in_addresses_come_back_as_text(poisoned, tmp_path):
    bench = Bench(copied(poisoned, tmp_path))
    client = bench.client()
    wrong_keys = ("type", "since", "country", "bbox", "review_state")
    for n, payload in enumerate(PAYLOADS):
        asked = [{"actor": payload, "place": payload, "source": payload, "from": payload}, {wrong_keys[n % 5]: payload}]
        for params in asked:
            answer = client.get("/part/results", params=params)
            assert answer.status_code in (200, 400)
            assert (
                not any(sign in answer.text for sign in ("<script>", "<img src=x", "<svg onload", "<ScRiPt>"))
                or answer.headers["content-type"] == "application/json"
            )
    bench.desk.close()


def test_hidden_characters_are_written_out():
    assert shown("a\u202eb\u2066c\u200bd\x00e\ufeff") == "a⟦U+202E⟧b⟦U+2066⟧c⟦U+200B⟧d⟦U+0000⟧e⟦U+FEFF⟧"
    assert shown("سلام שלום, naïve 東京 🏳️") == "سلام שלום, naïve 東京 🏳️"
