"""Content-addressed texts: stored once under the SHA-256 of what they say, compressed, checked whenever they are read."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from typing import Any

from groundswell.errors import LedgerError


def canonical(value: object) -> str:
    """The one JSON spelling of a value that digests are made of: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def address(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def put(connection: sqlite3.Connection, content: str) -> str:
    """Store a text unless it is there; returns its address."""
    data = content.encode("utf-8", "surrogatepass")
    key = hashlib.sha256(data).hexdigest()
    if connection.execute("SELECT 1 FROM payload WHERE hash=?", (key,)).fetchone() is None:
        # Level 6 keeps news text and its JSON at about a third of their size for 40 us a document.
        connection.execute("INSERT INTO payload(hash, body) VALUES(?, ?)", (key, zlib.compress(data, 6)))
    return key


def get(connection: sqlite3.Connection, key: str) -> str:
    """The text stored under an address. Raises LedgerError where it is missing or no longer says what it said."""
    row = connection.execute("SELECT body FROM payload WHERE hash=?", (key,)).fetchone()
    content = unpack(row[0]) if row else None
    if content is None or address(content) != key:
        raise LedgerError(
            f"The stored text {key[:12]} is {'altered' if row else 'missing'}. Run `groundswell verify`; restore a backup."
        )
    return content


def unpack(body: Any) -> str | None:
    """The text of a stored body, None where it does not decompress."""
    try:
        return zlib.decompress(bytes(body)).decode("utf-8", "surrogatepass")
    except (zlib.error, UnicodeDecodeError, TypeError, ValueError):
        return None
