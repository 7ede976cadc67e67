"""Which parser an input needs, told from its first bytes; the name's ending only settles what the bytes leave open."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal[
    "html", "pdf", "text", "markdown", "mail", "feed", "json", "jsonl", "csv", "parquet", "warc", "zip", "tar", "gzip",
    "binary", "empty",
]  # fmt: skip

HEAD = 4096
BY_ENDING: dict[str, Kind] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown", ".eml": "mail", ".rss": "feed", ".atom": "feed", ".xml": "feed",
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet",
    ".warc": "warc", ".zip": "zip", ".tar": "tar", ".tgz": "tar", ".gz": "gzip",
}  # fmt: skip
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"WARC/", "warc"),
    (b"\x1f\x8b", "gzip"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|title|meta)\b", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)
_MAIL = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t][^\n]*\n(?:[ \t][^\n]*\n)*){3,}")
_MAIL_FIELD = re.compile(rb"^(?:from|subject|message-id):", re.IGNORECASE | re.MULTILINE)


def ending(name: str) -> str:
    """The last ending of a name in lower case, with the dot; "" where there is none. Query strings do not count."""
    base = re.split(r"[/\\]", name.split("?", 1)[0].split("#", 1)[0])[-1].lower()
    return "." + base.rsplit(".", 1)[-1] if "." in base.strip(".") else ""


def kind_of(head: bytes, name: str) -> Kind:
    """``head`` is the first 4 KB. Bytes win over the name: a PDF called .txt is a PDF."""
    if not head.strip():
        return "empty"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return _gzip_kind(name) if kind == "gzip" else kind
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[257:262] == b"ustar":
        return "tar"
    if _looks_binary(head):
        return "binary"
    named = BY_ENDING.get(ending(name))
    if named in ("csv", "jsonl", "json", "markdown", "mail", "text"):
        return named
    return _by_content(start, named)


def _by_content(start: bytes, named: Kind | None) -> Kind:
    if _FEED.search(start[:1024]):
        return "feed"
    if _HTML.search(start) and start[:1] == b"<":
        return "html"
    if named == "html":
        return "html"
    if start[:1] == b"{":
        return "jsonl"
    mail = _MAIL.match(start)
    if mail and len(set(map(bytes.lower, _MAIL_FIELD.findall(mail.group())))) >= 2:
        return "mail"
    return "text"


def _gzip_kind(name: str) -> Kind:
    lowered = name.lower()
    if lowered.endswith((".tgz", ".tar.gz")):
        return "tar"
    return "warc" if lowered.endswith(".warc.gz") else "gzip"


def _looks_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    if zeros > max(2, len(head) // 100):  # a stray zero does not make a table binary
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return not (max(even, odd) > 0.7 * len(head) / 2 and min(even, odd) < 0.05 * len(head))
    controls = sum(head.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return controls > len(head) / 20
