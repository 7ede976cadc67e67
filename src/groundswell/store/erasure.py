"""Removing a name or phrase for good: masked letter for letter wherever it is stored, so that no offset and no id moves.

The log keeps a tombstone that says what was touched, when, by whom and why, never the words. Old content cannot be guessed
from the log afterwards: the salts of the touched entries are replaced.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from groundswell.errors import UsageError
from groundswell.store import blocklist, chain, fulltext, linkbook, payload, reading, verifying, writing
from groundswell.store.blocklist import Blocklist
from groundswell.store.database import Database
from groundswell.store.shapes import Decision

Json = dict[str, Any]


def erase(database: Database, phrase: str, *, by: str, at: str, reason: str) -> Json:
    """Mask ``phrase`` everywhere, block it from coming back, write the tombstone, and rewrite the file without the old pages.

    Safe to repeat: a second call finishes what a kill or an open reader kept the first from finishing.
    """
    words = blocklist.phrase_words(phrase)
    if not words or len("".join(words)) < 3:
        raise UsageError("Give the name or phrase to erase: at least three letters.")
    with database.erasing() as connection:
        key = blocklist.make_key(database.path)
        digest = blocklist.keyed(key, words)
        connection.execute(
            "INSERT INTO blocked(digest, tokens) VALUES(?, ?) ON CONFLICT DO NOTHING", (digest, len(words))
        )
        return _erase(connection, Blocklist(key, {len(words): frozenset([digest])}), words, (by, at, reason))


def masked_decision(decision: Decision, blocked: Blocklist) -> Decision:
    """The decision without blocked phrases in what people wrote."""
    return replace(
        decision,
        value=blocked.mask(decision.value),
        reason=blocked.mask(decision.reason),
        by=blocked.mask_text(decision.by),
        judgement=blocked.mask(decision.judgement),
    )


def _erase(connection: sqlite3.Connection, blocked: Blocklist, words: list[str], who: tuple[str, str, str]) -> Json:
    touched: dict[int, None] = {}
    documents = _readings(connection, blocked, words, touched)
    documents |= _outcomes(connection, blocked, touched)
    decided = _decisions(connection, blocked, touched)
    _runs(connection, blocked, touched)
    _links(connection, blocked, touched)
    reports = _derived(connection, documents)
    by, at, reason = (blocked.mask_text(each) for each in who)
    body = {
        "at": at, "by": by, "reason": reason, "documents": sorted(documents), "reports": reports, "decisions": decided,
        "replaced": {str(seq): _resalt(connection, seq) for seq in sorted(touched)},
    }  # fmt: skip
    sql = "INSERT INTO erasure(body) VALUES(?) RETURNING n"
    n = connection.execute(sql, (payload.canonical(body),)).fetchone()[0]
    chain.append(connection, "erasure", str(n), payload.canonical(body))
    return body


def _resalt(connection: sqlite3.Connection, seq: int) -> str:
    """Commit to what stands now under a new salt; the old salt goes, and with it any way to test guesses of the old words."""
    kind, ref = connection.execute("SELECT kind, ref FROM chain WHERE seq = ?", (seq,)).fetchone()
    salt = os.urandom(16)
    connection.execute("UPDATE chain SET salt = ? WHERE seq = ?", (salt, seq))
    return chain.content_digest(salt, verifying.entry_content(connection, kind, ref)).hex()


def _touch(connection: sqlite3.Connection, touched: dict[int, None], kind: str, ref: object) -> None:
    for (seq,) in connection.execute("SELECT seq FROM chain WHERE kind = ? AND ref = ?", (kind, str(ref))):
        touched[int(seq)] = None


def _readings(
    connection: sqlite3.Connection, blocked: Blocklist, words: list[str], touched: dict[int, None]
) -> set[str]:
    """Mask texts and what was read from them; returns the ids of the documents."""
    keys = [row[0] for row in connection.execute("SELECT hash FROM payload")]
    holding = {key for key in keys if all(word in blocklist.fold(payload.get(connection, key)) for word in words)}
    documents: set[str] = set()
    rows = connection.execute("SELECT n, document, text_hash, body_hash FROM reading").fetchall()
    for n, document, text_hash, body_hash in rows:
        if text_hash not in holding and body_hash not in holding:
            continue
        old_text, old_body = payload.get(connection, text_hash), payload.get(connection, body_hash)
        record = json.loads(old_body)
        text, masked = blocked.mask_text(old_text), blocked.mask(record)
        if (text, masked) == (old_text, record):
            continue
        body = payload.canonical(blocklist.requoted(masked, text))
        hashes = payload.put(connection, text), payload.put(connection, body)
        connection.execute("UPDATE reading SET text_hash = ?, body_hash = ? WHERE n = ?", (*hashes, n))
        for (ref,) in connection.execute("SELECT n FROM outcome WHERE reading = ?", (n,)).fetchall():
            _touch(connection, touched, "outcome", ref)
        documents.add(document)
    connection.execute(
        "DELETE FROM payload WHERE hash NOT IN (SELECT text_hash FROM reading UNION SELECT body_hash FROM reading)"
    )
    return documents


def _outcomes(connection: sqlite3.Connection, blocked: Blocklist, touched: dict[int, None]) -> set[str]:
    documents: set[str] = set()
    rows = connection.execute("SELECT n, source_id, problems, document FROM outcome").fetchall()
    for n, source_id, problems, document in rows:
        masked = blocked.mask_text(source_id), payload.canonical(blocked.mask(json.loads(problems)))
        if masked != (source_id, problems):
            connection.execute("UPDATE outcome SET source_id = ?, problems = ? WHERE n = ?", (*masked, n))
            _touch(connection, touched, "outcome", n)
            documents.update([document] if document else [])
    return documents


def _decisions(connection: sqlite3.Connection, blocked: Blocklist, touched: dict[int, None]) -> list[str]:
    changed = []
    for (identity,) in connection.execute("SELECT id FROM decision ORDER BY n").fetchall():
        decision = verifying.decision_of(connection, identity)
        if decision is None:
            continue
        masked = masked_decision(decision, blocked)
        if masked != decision:
            value = payload.canonical(masked.value) if masked.value is not None else None
            connection.execute(
                "UPDATE decision SET value = ?, reason = ?, by = ?, judgement = ?, slot = ? WHERE id = ?",
                (value, masked.reason, masked.by, masked.judgement, masked.slot, identity),
            )
            _touch(connection, touched, "decision", identity)
            changed.append(identity)
    return changed


def _runs(connection: sqlite3.Connection, blocked: Blocklist, touched: dict[int, None]) -> None:
    for identity, settings in connection.execute("SELECT id, settings FROM run").fetchall():
        masked = payload.canonical(blocked.mask(json.loads(settings)))
        if masked != settings:
            connection.execute("UPDATE run SET settings = ? WHERE id = ?", (masked, identity))
            _touch(connection, touched, "run", identity)


def _links(connection: sqlite3.Connection, blocked: Blocklist, touched: dict[int, None]) -> None:
    sql = (
        'SELECT l.n, a.id, b.id, l.score, l.judgement, l.reason, l.linkrun FROM link l JOIN report a ON a.n = l."left" '
        'JOIN report b ON b.n = l."right"'
    )
    for n, left, right, score, judgement, reason, linkrun in connection.execute(sql).fetchall():
        masked = blocked.mask_text(reason)
        if masked != reason:
            digest = linkbook.link_digest(left, right, score, judgement, masked)
            connection.execute("UPDATE link SET reason = ?, digest = ? WHERE n = ?", (masked, digest, n))
            _touch(connection, touched, "link", linkrun)


def _derived(connection: sqlite3.Connection, documents: set[str]) -> list[str]:
    """Make the derived tables anew for the documents touched and the text index for all; returns the reports' ids."""
    reports: list[str] = []
    numbers: list[int] = []
    signed: list[int] = []
    for identity in sorted(documents):
        row = connection.execute("SELECT n, reading FROM document WHERE id = ?", (identity,)).fetchone()
        source = connection.execute("SELECT min(source_id) FROM outcome WHERE document = ?", (identity,)).fetchone()[0]
        connection.execute("UPDATE document SET source_id = ? WHERE id = ?", (source, identity))
        record = reading.document_json(connection, identity)
        if row is None or record is None:
            continue
        writing.renew(connection, row[0], record, row[1])
        signed.append(row[0])
        reports.extend(event["id"] for event in record["events"])
        numbers.extend(each[0] for each in connection.execute("SELECT n FROM report WHERE document = ?", (row[0],)))
        _dead_reports(connection, row[0])
    for part in reading.chunks(numbers):
        connection.execute(f"DELETE FROM block WHERE report IN ({','.join('?' * len(part))})", part)
    for part in reading.chunks(signed):
        # A signature of the old text would let anyone test guesses of it.
        for table in ("band", "signature"):
            connection.execute(f"DELETE FROM {table} WHERE document IN ({','.join('?' * len(part))})", part)
    connection.executemany(
        "INSERT INTO unsigned(document) VALUES(?) ON CONFLICT DO NOTHING", [(document,) for document in signed]
    )
    for name, told in (("actor_name", "report_actor"), ("place_name", "report_place")):
        connection.execute(f"DELETE FROM {name} WHERE name NOT IN (SELECT name FROM {told})")
    fulltext.renew_issues(connection)
    fulltext.renew_documents(connection, _texts(connection))
    return sorted(reports)


def _dead_reports(connection: sqlite3.Connection, document: int) -> None:
    """Reports that only older readings had keep their place in the history, not their words."""
    empty = payload.canonical({})
    crc = writing.checksum(empty)
    connection.execute(
        "UPDATE report SET json = ?, crc = ?, place = NULL WHERE document = ? AND live = 0", (empty, crc, document)
    )
    for table in ("report_actor", "report_place", "report_issue"):
        connection.execute(
            f"DELETE FROM {table} WHERE report IN (SELECT n FROM report WHERE document = ? AND live = 0)", (document,)
        )


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    rows = connection.execute(
        "SELECT d.n, d.title, r.text_hash FROM document d JOIN reading r ON r.n = d.reading"
    ).fetchall()
    for n, title, text_hash in rows:
        yield n, title or "", payload.get(connection, text_hash)
