"""The append-only log: every run, outcome, decision, linking and erasure is one entry that commits to its content and to
the entry before. The newest hash is also kept beside the ledger (``NAME.head``), so that a cut-off tail shows.

An entry commits to salt and content; erasing drops the salt, after which the old content cannot be guessed from the digest.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import threading
from pathlib import Path

from groundswell.errors import LedgerError
from groundswell.store.payload import canonical

GENESIS = b"\x00" * 32


def append(connection: sqlite3.Connection, kind: str, ref: str, content: object) -> int:
    """Add one entry about ``content`` (anything JSON can say); returns its number. Call inside a transaction."""
    row = connection.execute("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev = (row[0] + 1, row[1]) if row else (1, GENESIS)
    salt = os.urandom(16)
    digest = content_digest(salt, content)
    connection.execute(
        "INSERT INTO chain(seq, kind, ref, salt, digest, prev, hash) VALUES(?,?,?,?,?,?,?)",
        (seq, kind, ref, salt, digest, prev, entry_hash(seq, kind, ref, digest, prev)),
    )
    return int(seq)


def content_digest(salt: bytes, content: object) -> bytes:
    return hashlib.sha256(salt + canonical(content).encode("utf-8", "surrogatepass")).digest()


def entry_hash(seq: int, kind: str, ref: str, digest: bytes, prev: bytes) -> bytes:
    # Lengths are fixed or stated, so that no two entries spell the same bytes.
    head = canonical([seq, kind, ref]).encode()
    return hashlib.sha256(len(head).to_bytes(4, "big") + head + digest + prev).digest()


def last(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash (hex) of the newest entry; (0, "") for an empty ledger."""
    row = connection.execute("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), bytes(row[1]).hex()) if row else (0, "")


def head_path(path: Path) -> Path:
    return path.with_name(path.name + ".head")


def read_head(path: Path) -> tuple[int, str] | None:
    """What the head file vouches for; None where there is none. Raises LedgerError where it is not readable as one."""
    file = head_path(path)
    if not file.exists():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return int(found["seq"]), str(found["hash"])
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"{file} is damaged ({error}). Compare it with a backup's head file; remove it only if you know why it changed."
        ) from error


def write_head(path: Path, connection: sqlite3.Connection) -> None:
    """Keep the newest hash beside the ledger. Written after the commit: the file may lag behind, never run ahead.

    A full disk leaves the old head in place without an error: what was committed is safe and has to be acknowledged; the next
    commit fails with a message, and the next one that succeeds brings the head up to date.
    """
    seq, found = last(connection)
    file = head_path(path)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as out:
            out.write(json.dumps({"seq": seq, "hash": found}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise LedgerError(f"{file} cannot be written ({error}). Make its folder writable.") from error


def check_head(path: Path, connection: sqlite3.Connection) -> str | None:
    """What is wrong between ledger and head file, as a sentence; None where the ledger holds all that the head vouches for."""
    head = read_head(path)
    if head is None:
        return None
    seq, wanted = head
    newest, _ = last(connection)
    if seq > newest:
        return f"entries {newest + 1} to {seq} are missing from the end of {path}, though {head_path(path).name} vouches for them"
    row = connection.execute("SELECT hash FROM chain WHERE seq=?", (seq,)).fetchone()
    if seq and (row is None or bytes(row[0]).hex() != wanted):
        return f"entry {seq} of {path} is not the one that {head_path(path).name} vouches for"
    return None
