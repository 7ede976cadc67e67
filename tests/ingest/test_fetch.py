"""URLs: what is never connected to, redirects checked again, sizes and times capped. No packet leaves the machine."""

from __future__ import annotations

import http.server
import socket
import threading
import time

import pytest

from groundswell.ingest import Limits, read_sources
from groundswell.ingest.fetch import FetchFailure, fetch, is_public

PUBLIC = "93.184.215.14"
FORBIDDEN = """
127.0.0.1 127.1.2.3 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 169.254.169.254 172.16.0.1
172.31.255.255 192.168.0.1 192.168.255.255 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7
203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:db8::1 2001:10::1 2001:20::1 3fff::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 100::1
5f00::1 4000::1 nonsense
""".split()  # noqa: SIM905
LOCAL_NAMES = """
http://127.0.0.1/ http://127.1/ http://2130706433/ http://0x7f000001/ http://0177.0.0.1/ http://0/ http://[::1]/
http://[::ffff:127.0.0.1]/ http://localhost/ http://localhost./ https://127.0.0.1/ http://[::]/ http://0.0.0.0/
http://127.0.0.1:80/ http://017700000001/ http://0x7f.1/
""".split()  # noqa: SIM905


class Canary(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.hits.append((self.path, self.headers["Host"]))
        answer = self.server.answers.get(self.path, (200, {"Content-Type": "text/html"}, b"<p>hello</p>"))
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for part in body if isinstance(body, list) else [body]:
            try:
                self.wfile.write(part)
                self.wfile.flush()
            except OSError:
                return
            if isinstance(body, list):
                time.sleep(0.1)

    def log_message(self, *args):
        pass


@pytest.fixture
def canary():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    server.hits, server.answers = [], {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def to_canary(canary, asked):
    """A connection that only ever goes to the canary, and notes which address was asked for."""

    def connect(address, port, seconds):
        asked.append((address, port))
        return socket.create_connection(canary.server_address, timeout=seconds)

    return connect


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_never_connected_to(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "192.0.1.1", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("url", LOCAL_NAMES)
def test_spellings_of_this_machine(url, canary):
    """Resolved by the system's own resolver; the connection would go to the canary."""
    asked = []
    with pytest.raises(FetchFailure) as failure:
        fetch(url, Limits(), connect=to_canary(canary, asked))
    assert failure.value.code in ("forbidden_address", "unknown_host")
    assert asked == []
    assert canary.hits == []


@pytest.mark.parametrize("addresses", [[PUBLIC, "127.0.0.1"], ["10.0.0.1"], [PUBLIC, "64:ff9b::7f00:1"], []])
def test_every_address_of_a_name_is_checked(addresses, canary):
    asked = []
    with pytest.raises(FetchFailure, match="never fetched from"):
        fetch("http://news.example/", Limits(), resolve=lambda host, port: addresses, connect=to_canary(canary, asked))
    assert asked == []


def test_a_page_with_the_right_host_and_the_checked_address(canary):
    asked, resolved = [], []

    def resolve(host, port):
        resolved.append(host)
        return [PUBLIC]

    page = fetch("http://news.example/a?b=c", Limits(), resolve=resolve, connect=to_canary(canary, asked))
    assert page.data == b"<p>hello</p>"
    assert page.media_type == "text/html"
    assert canary.hits == [("/a?b=c", "news.example")]
    assert asked == [(PUBLIC, 80)]
    assert resolved == ["news.example"]  # once: a second answer could be another one


def test_rebinding_between_redirects(canary):
    """The first answer is public, the next one is this machine: the redirect is refused."""
    canary.answers["/"] = (302, {"Location": "/next"}, b"")
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked = []
    with pytest.raises(FetchFailure, match="never fetched from"):
        fetch(
            "http://news.example/", Limits(), resolve=lambda host, port: next(answers), connect=to_canary(canary, asked)
        )
    assert [path for path, _ in canary.hits] == ["/"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.1/secret", "forbidden_address"),
        ("http://169.254.169.254/latest/meta-data/", "forbidden_address"),
        ("http://[::1]/", "forbidden_address"),
        ("file:///etc/passwd", "bad_url"),
        ("ftp://news.example/x", "bad_url"),
        ("http://news.example:22/", "forbidden_port"),
        ("http://user:word@news.example/", "bad_url"),
        ("/", "too_many_redirects"),
    ],
)
def test_redirects_are_checked_again(location, code, canary):
    canary.answers["/"] = (301, {"Location": location}, b"")

    def resolve(host, port):
        return [PUBLIC] if host == "news.example" else [host]

    with pytest.raises(FetchFailure) as failure:
        fetch("http://news.example/", Limits(), resolve=resolve, connect=to_canary(canary, []))
    assert failure.value.code == code
    assert {path for path, _ in canary.hits} == {"/"}


def test_sizes_and_times_are_capped(canary):
    def get(path, **limits):
        return fetch(
            f"http://news.example{path}",
            Limits(**limits),
            resolve=lambda host, port: [PUBLIC],
            connect=to_canary(canary, []),
        )

    canary.answers["/big"] = (200, {"Content-Type": "text/html"}, b"a" * 3_000_000)
    canary.answers["/slow"] = (200, {"Content-Type": "text/html"}, [b"a"] * 100)
    canary.answers["/gone"] = (404, {}, b"")
    with pytest.raises(FetchFailure, match="larger than 1 MB"):
        get("/big", download_bytes=1 << 20)
    started = time.monotonic()
    with pytest.raises(FetchFailure, match="took longer") as failure:
        get("/slow", download_seconds=0.6)
    assert failure.value.code == "too_slow"
    assert time.monotonic() - started < 3
    with pytest.raises(FetchFailure, match="answered 404"):
        get("/gone")


@pytest.mark.parametrize(
    "url", ["http://", "http:///x", "http://exa mple/", "http://a:99999/", "http://" + "a" * 70 + ".example/"]
)
def test_addresses_that_are_none(url):
    with pytest.raises(FetchFailure) as failure:
        fetch(url, Limits(), resolve=lambda host, port: [], connect=lambda *args: pytest.fail("connected"))
    assert failure.value.code in ("bad_url", "forbidden_address")


def test_a_url_as_source_ends_as_an_outcome():
    (reading,) = read_sources(["http://127.0.0.1/article.html"])
    assert reading.outcome == "rejected"
    assert [problem.code for problem in reading.problems] == ["forbidden_address"]
    assert "Save the page" in reading.problems[0].message
