"""What must not reach the workbench: other hosts, other sites, strangers, roles without the permission."""

import re
from pathlib import Path

import pytest
from conftest import ORIGIN, copied

from groundswell.errors import UsageError
from groundswell.serve import desk
from groundswell.serve.app import routes
from groundswell.serve.desk import ROLES, Person
from groundswell.serve.server import is_loopback

STATIC = Path(__file__).parents[2] / "src" / "groundswell" / "serve"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8321.evil.example", "localhost:8322", "[::1]", ""]
)
def test_other_hosts_are_refused(bench, host):
    assert bench.client().get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost:8321", "[::1]:8321"])
def test_loopback_names_are_answered(bench, host):
    assert bench.client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "http://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "none"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_changes_from_elsewhere_are_refused(bench, headers):
    client = bench.client()
    answer = client.post("/api/name", json={"name": "eve"}, headers=headers)
    assert answer.status_code == 403
    assert {person.name for person in bench.desk.sessions.values()} == {"ana"}


def test_other_sites_may_link_here_but_load_nothing(bench):
    client = bench.client()
    assert client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200
    for mode in ("no-cors", "cors", "same-origin"):
        answer = client.get("/static/countries.json", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": mode})
        assert answer.status_code == 403


def test_the_launch_address_lets_one_browser_in_once(bench):
    address = bench.desk.launch_url().removeprefix("http://127.0.0.1:8321")
    assert bench.client(None).head(address).status_code == 204
    assert bench.client(None).get(address, headers={"sec-purpose": "prefetch;prerender"}).status_code == 204
    first = bench.client(None).get(address)
    assert first.status_code == 303
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert bench.client(None).get(address).status_code == 403
    assert bench.client(None).get("/launch/" + "x" * 32).status_code == 403


def test_strangers_see_nothing_anywhere(bench):
    stranger = bench.client(None)
    for page in routes():
        if page.permission == "open":
            continue
        address = re.sub(r"{n:int}", "1", re.sub(r"{(?:id|key|format)}", "x", page.path))
        for method in page.methods:
            answer = stranger.request(
                method, address, headers=ORIGIN if method == "POST" else {}, content=b"{}" if method == "POST" else None
            )
            assert answer.status_code == 401, address


def test_each_role_reaches_what_its_permissions_allow_and_no_more(bench):
    """Role by route: every route states a permission, and the answer is 403 exactly where the role lacks it."""
    for role, permissions in ROLES.items():
        client = bench.client(role, name=role)
        for page in routes():
            if page.permission == "open" or page.path == "/logout":
                continue
            address = re.sub(r"{n:int}", "1", re.sub(r"{(?:id|key|format)}", "x", page.path))
            for method in page.methods:
                answer = bench.post(client, address, {}) if method == "POST" else client.get(address)
                assert (answer.status_code == 403) == (page.permission not in permissions), (
                    role,
                    address,
                    answer.text[:200],
                )


def test_every_answer_carries_the_policy(bench):
    client = bench.client()
    for address in ("/", "/static/js/map.js", "/nowhere", "/api/events", "/download/csv", "/feed/wrong/calendar.ics"):
        answer = client.get(address)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_bodies_are_bounded(bench):
    client = bench.client()
    assert client.post("/api/name", content=b"x" * 300_000, headers=ORIGIN).status_code == 413
    assert client.post("/api/name", content=b"[1]", headers=ORIGIN).status_code == 400
    assert client.post("/api/name", content=b"{" * 5000, headers=ORIGIN).status_code == 400


def test_the_api_token_reads_and_never_writes(bench):
    stranger = bench.client(None)
    token = {"authorization": f"Bearer {bench.desk.api_token}"}
    assert stranger.get("/api/events", headers=token).status_code == 200
    assert stranger.get("/review", headers=token).status_code == 403
    assert stranger.post("/api/decisions", json={}, headers=token).status_code == 401
    assert stranger.get("/api/events", headers={"authorization": "Bearer "}).status_code == 401


def test_the_token_goes_with_an_account_and_subscriptions_can_be_renewed(bench):
    from groundswell.serve.accounts import Accounts

    bench.desk.accounts.put("bea", "viewer", "correct horse battery")
    bench.desk.accounts.put("admin", "admin", "correct horse battery")
    bench.desk.reload_accounts()
    stranger, token, key = bench.client(None), bench.desk.api_token, bench.desk.feed_key
    assert stranger.get("/api/counts", headers={"authorization": f"Bearer {token}"}).status_code == 200
    Accounts.load(bench.desk.accounts.path).remove("bea")
    assert stranger.get("/api/counts", headers={"authorization": f"Bearer {token}"}).status_code in (303, 401)
    assert bench.post(bench.client("admin", name="admin"), "/api/feed", {}).status_code == 201
    assert stranger.get(f"/feed/{key}/calendar.ics").status_code == 404
    assert stranger.get(f"/feed/{bench.desk.feed_key}/calendar.ics").status_code == 200


def test_browsers_leave_the_usual_port_out(small_ledger, tmp_path):
    path = copied(small_ledger, tmp_path)
    for host, port, secure, given, answered in (
        ("192.168.1.5", 443, True, "192.168.1.5", True), ("0.0.0.0", 80, False, "10.0.0.7", True), ("0.0.0.0", 80, False, "evil.example", False),
        ("0.0.0.0", 443, False, "10.0.0.7", False), ("::", 443, True, "[fe80::1]", True),
    ):  # fmt: skip
        made = desk.Desk.open(path, host=host, port=port, secure=secure)
        assert made.answers_to(given) == answered, (host, port, given)
        made.close()


def test_names_made_up_at_will_are_slowed_down_by_address(bench):
    bench.desk.accounts.put("bea", "coder", "correct horse battery")
    assert [bench.desk.may_try(f"n{n}", "10.0.0.7") for n in range(25)] == [True] * 20 + [False] * 5
    assert bench.desk.may_try("bea", "10.0.0.8")
    long = bench.client(None).post("/login", content="name=" + "x" * 50 + "&password=y", headers=ORIGIN)
    assert long.status_code == 403


def test_the_calendar_address_needs_its_secret_and_gives_nothing_else(bench):
    stranger = bench.client(None)
    assert stranger.get(f"/feed/{bench.desk.feed_key}/calendar.ics").status_code == 200
    assert stranger.get("/feed/guess/calendar.ics").status_code == 404
    assert stranger.get(f"/feed/{bench.desk.feed_key}/events.csv").status_code in (401, 404)


def test_the_feed_of_events_is_the_same_twice_and_masked_and_follows_filters(bench):
    from xml.etree import ElementTree

    stranger, key = bench.client(None), bench.desk.feed_key
    first, second = (stranger.get(f"/feed/{key}/events.atom?type=PROTEST").text for _ in range(2))
    entries = [ElementTree.fromstring(text).findall("{http://www.w3.org/2005/Atom}entry") for text in (first, second)]
    assert [ElementTree.tostring(each) for each in entries[0]] == [ElementTree.tostring(each) for each in entries[1]]
    assert len(entries[0]) == bench.client().get("/api/counts?type=PROTEST").json()["total"]
    assert "Bello" not in first
    assert stranger.get("/feed/guess/events.atom").status_code == 404
    page = bench.client().get("/share?type=PROTEST").text
    assert f"http://127.0.0.1:8321/feed/{key}/events.atom?type=PROTEST" in page


def test_templates_and_scripts_hold_nothing_inline_and_no_foreign_address():
    for path in [*STATIC.glob("templates/*.html"), *STATIC.glob("static/js/*.js"), *STATIC.glob("static/*.css")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
            assert not re.search(r"""\s(?:style|on[a-z]+)\s*=\s*["']""", text), path
            assert "|safe" not in text.replace(" ", ""), path
        assert not re.search(r"""(?:https?:)?//[a-z0-9-]+\.[a-z]""", text), path
        assert path.name in ("fragments.js",) or "innerHTML" not in text, path


def test_open_hosts_need_accounts(small_ledger, tmp_path, bench):
    from groundswell.serve import run

    assert [
        is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.168.1.5", "example.org")
    ] == [True] * 3 + [False] * 3
    with pytest.raises(UsageError, match="groundswell accounts NAME admin --ledger"):
        run(bench.desk.ledger.path, port=0, host="0.0.0.0", announce=lambda url: None)
    bench.desk.accounts.put("bea", "admin", "correct horse battery")
    path = bench.desk.ledger.path
    with pytest.raises(UsageError, match="no certificate with its key"):
        run(path, port=0, host="0.0.0.0", announce=lambda url: None, tls=(path, path))


def test_on_every_address_numbers_and_the_given_names_are_answered_and_no_other_names(small_ledger, tmp_path):
    from groundswell.serve.desk import Desk

    desk = Desk.open(copied(small_ledger, tmp_path), host="0.0.0.0", port=8321, names=("bench.example.org",))
    answered = ["0.0.0.0:8321", "192.168.1.5:8321", "[fe80::1]:8321", "bench.example.org", "bench.example.org:8321"]
    refused = [
        "evil.example:8321",
        "192.168.1.5:80",
        "192.168.1.5",
        "bench.example.org.evil.example",
        "",
        "192.168.1.5.evil.example:8321",
    ]
    assert [desk.answers_to(host) for host in answered + refused] == [True] * 5 + [False] * 6
    desk.accounts.put("bea", "viewer", "correct horse battery")
    assert desk.launch_url() == "http://bench.example.org:8321/login"
    desk.close()


def test_an_account_that_changes_or_goes_ends_its_sessions_and_unused_ones_end(bench, monkeypatch):
    import os

    from groundswell.serve.accounts import Accounts

    path = bench.desk.accounts.path
    bench.desk.accounts.put("bea", "coder", "correct horse battery")
    client = bench.client("coder", name="bea")
    assert client.get("/review").status_code == 200
    other = Accounts.load(path)
    other.remove("bea")
    os.utime(path, ns=(1, 1))
    assert client.get("/review").status_code == 401
    assert Accounts.load(path).people == {}
    bench.desk.accounts.put("cy", "viewer", "correct horse battery")
    late = bench.client("viewer", name="cy")
    assert late.get("/").status_code == 200
    now = desk.time.monotonic()
    monkeypatch.setattr(desk.time, "monotonic", lambda: now + desk.IDLE + 1)
    assert late.get("/").headers["location"] == "/login"


def test_passwords_are_hashed_checked_and_give_their_role(bench):
    accounts = bench.desk.accounts
    accounts.put("bea", "coder", "correct horse battery")
    assert "correct horse" not in accounts.path.read_text(encoding="utf-8")
    assert accounts.path.stat().st_mode & 0o077 == 0
    stranger = bench.client(None)
    assert stranger.get("/").headers["location"] == "/login"
    assert stranger.post("/login", content="name=bea&password=wrong", headers=ORIGIN).status_code == 403
    assert stranger.post("/login", content="name=nobody&password=wrong", headers=ORIGIN).status_code == 403
    answer = stranger.post("/login", content="name=bea&password=correct+horse+battery", headers=ORIGIN)
    assert answer.status_code == 303
    assert bench.desk.sessions[answer.cookies[bench.desk.cookie]] == Person("bea", "coder")
    tried = [stranger.post("/login", content="name=bea&password=wrong", headers=ORIGIN).status_code for _ in range(5)]
    assert tried == [403] * 4 + [429]
    with pytest.raises(UsageError, match="ten characters"):
        accounts.put("cy", "viewer", "short")
