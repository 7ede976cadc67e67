"""Fetches a page the user named, and nothing else: the name is resolved once, every address is checked against an explicit
list, the connection goes to the checked address, and each redirect is checked again. No proxies, no cookies."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from groundswell.ingest.reading import Limits

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]
_PORTS = {"http": 80, "https": 443}
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_SAFE = "/%:=&?~+!$,;'@()*[]"
# ipaddress.is_global is not enough: Python 3.11 calls NAT64, 6to4 and multicast addresses global.
_DENIED_V4 = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_ALLOWED_V6 = ipaddress.IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    ipaddress.IPv6Network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)  # fmt: skip


class FetchFailure(Exception):
    """The page was not fetched; ``code`` and the message go to the user."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """What came back. ``url`` is where it came from after redirects."""

    url: str
    data: bytes
    media_type: str | None
    charset: str | None


def is_public(address: str) -> bool:
    """May this address be connected to? False for all that is not plain unicast on the public internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _DENIED_V4)
    return parsed in _ALLOWED_V6 and not any(parsed in network for network in _DENIED_V6)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A plain connection to a numeric address. Raises OSError."""
    return socket.create_connection((address, port), timeout=seconds)


def fetch(url: str, limits: Limits, *, resolve: Resolve = resolve, connect: Connect = connect) -> Page:
    """Get one page. Raises FetchFailure, and nothing else, for everything that can go wrong out there."""
    ends = time.monotonic() + limits.download_seconds
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _get(url, ends, limits, resolve, connect)
        if isinstance(answer, Page):
            return answer
        url = urljoin(url, answer)
    raise FetchFailure(
        "too_many_redirects",
        f"{url} was redirected more than {_MOST_REDIRECTS} times. Open it in a browser and save it.",
    )


def _get(url: str, ends: float, limits: Limits, resolve: Resolve, connect: Connect) -> Page | str:
    """The page, or the address it redirects to."""
    scheme, host, port, target = _parts(url)
    address = _checked_address(url, host, port, resolve)
    try:
        raw = connect(address, port, max(0.1, ends - time.monotonic()))
    except OSError as error:
        raise FetchFailure(
            "no_connection", f"{url}: no connection ({error}). Try again later, or save the page."
        ) from error
    with raw, _deadline(raw, ends) as expired:
        try:
            secured = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if scheme == "https" else raw
            connection = http.client.HTTPConnection(host, port)
            connection.sock = secured
            shown_host = f"[{host}]" if ":" in host else host
            connection.request("GET", target, headers=_headers(shown_host))
            response = connection.getresponse()
            if response.status in _REDIRECTS and response.headers.get("Location"):
                return str(response.headers["Location"])
            if response.status != http.client.OK:
                raise FetchFailure(
                    "http_error", f"{url} answered {response.status} {response.reason}. Check the address in a browser."
                )
            data = _body(url, response, ends, limits)
            if expired.is_set():  # a cut connection looks like the end of a body of unknown length
                raise _too_slow(url, limits)
            if response.length:
                raise http.client.IncompleteRead(data, response.length)
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            if expired.is_set():
                raise _too_slow(url, limits) from error
            raise FetchFailure(
                "broken_answer", f"{url}: {type(error).__name__}: {error}. Try again later, or save the page."
            ) from error
    return Page(url, data, response.headers.get_content_type(), response.headers.get_content_charset())


def _headers(host: str) -> dict[str, str]:
    return {
        "Host": host,
        "User-Agent": "groundswell (reads pages a user names)",
        "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain,application/xml;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        split = urlsplit(url)
        port = split.port
        host = (split.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise FetchFailure(
            "bad_url", f"{url!r} is not a web address ({error}). Copy it from the browser again."
        ) from error
    scheme = split.scheme.lower()
    if scheme not in _PORTS or not host:
        raise FetchFailure("bad_url", f"{url!r}: only http and https addresses are fetched.")
    if split.username is not None or split.password is not None:
        raise FetchFailure(
            "bad_url", "Addresses with a user name or password in them are not fetched. Save the page and read that."
        )
    if port not in (None, *_PORTS.values()):
        raise FetchFailure(
            "forbidden_port", f"{url}: only ports 80 and 443 are fetched from. Save the page and read that."
        )
    target = quote(split.path or "/", safe=_SAFE) + (f"?{quote(split.query, safe=_SAFE)}" if split.query else "")
    return scheme, host, port or _PORTS[scheme], target


def _checked_address(url: str, host: str, port: int, resolve: Resolve) -> str:
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise FetchFailure(
            "unknown_host", f"{url}: the name {host} was not found ({error}). Check it, and that you are online."
        ) from error
    if not addresses or not all(is_public(each) for each in addresses):
        message = f"{url} leads to this machine or a private network, which is never fetched from. Save the page and read that."
        raise FetchFailure("forbidden_address", message)
    return addresses[0]


def _body(url: str, response: http.client.HTTPResponse, ends: float, limits: Limits) -> bytes:
    unpack = zlib.decompressobj(31) if response.headers.get("Content-Encoding", "").lower() == "gzip" else None
    parts: list[bytes] = []
    size = 0
    while part := response.read1(1 << 16):
        part = unpack.decompress(part, limits.download_bytes + 1 - size) if unpack else part
        size += len(part)
        parts.append(part)
        if size > limits.download_bytes or (unpack and unpack.unconsumed_tail):
            raise FetchFailure(
                "too_large", f"{url} is larger than {limits.download_bytes >> 20} MB. Save the article and read that."
            )
        if time.monotonic() > ends:
            raise _too_slow(url, limits)
    return b"".join(parts)


def _too_slow(url: str, limits: Limits) -> FetchFailure:
    return FetchFailure(
        "too_slow", f"{url} took longer than {limits.download_seconds:.0f} s. Try again later, or save the page."
    )


@contextmanager
def _deadline(raw: Any, ends: float) -> Iterator[threading.Event]:
    """Cut the connection when time is up, even in the middle of a header sent byte by byte."""
    expired = threading.Event()
    duplicate = raw.dup()  # wrap_socket detaches the original

    def cut() -> None:
        expired.set()
        with suppress(OSError):
            duplicate.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, ends - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        duplicate.close()
