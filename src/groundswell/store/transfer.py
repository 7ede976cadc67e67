"""Whole ledgers: online backup, restore, and taking another ledger in. Copies are checked before they replace anything."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from groundswell.errors import LedgerError
from groundswell.store import blocklist, chain, decisions, payload, reading, verifying, writing
from groundswell.store.database import Database
from groundswell.store.shapes import Stored


def backup(database: Database, target: Path) -> None:
    """Copy a ledger in use; head and key files go along."""
    if target.exists():
        raise LedgerError(f"{target} exists. Name a new file for the backup.")
    if not target.parent.is_dir():
        raise LedgerError(f"The folder {target.parent} does not exist. Make it first.")
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    copy = sqlite3.connect(temporary)
    try:
        database.copy_to(copy, pages=4096)
        copy.execute("PRAGMA journal_mode=DELETE")
        chain.write_head(target, copy)
    except BaseException:
        _remove(temporary)
        raise
    finally:
        copy.close()
    _sync(temporary)
    temporary.replace(target)
    key = blocklist.key_path(database.path)
    if key.exists():
        shutil.copy2(key, blocklist.key_path(target))


def restore(source: Path, target: Path) -> None:
    """Check a backup, then put it in the place of ``target`` with its head and key files. An older one is brought up to date."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        _copy_pages(source, temporary)
        told = _damages(temporary, source)
        if told:
            raise LedgerError(
                f"The backup {source} is damaged: {told} Use an older backup. {target} was left as it is."
            )
        _sync(temporary)
    except BaseException:
        _remove(temporary)
        raise
    _remove(target, but_itself=True)
    # The old head would vouch for entries that the backup never had: it goes before the file changes.
    chain.head_path(target).unlink(missing_ok=True)
    temporary.replace(target)
    for name in (chain.head_path, blocklist.key_path):
        if name(source).exists():
            shutil.copy2(name(source), name(target))


def _damages(copy: Path, source: Path) -> str:
    """What is wrong with a copy of a backup, which is brought up to date to be looked at."""
    try:
        database = Database(copy, create=False, readonly=False, older="migrate")
    except LedgerError as error:
        return str(error)
    try:
        return "; ".join(problem.message for problem in verifying.verify(database, source)[:3])
    finally:
        database.close()


def _copy_pages(source: Path, target: Path) -> None:
    """What is at ``source`` page by page, as it is. Raises LedgerError for what is no ledger."""
    database = Database(source, create=False, readonly=True, older="keep")
    copy = sqlite3.connect(target)
    try:
        database.copy_to(copy)
    finally:
        copy.close()
        database.close()


def _remove(path: Path, *, but_itself: bool = False) -> None:
    for suffix in ("-wal", "-shm", *([] if but_itself else [""])):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def merge(connection: sqlite3.Connection, other: sqlite3.Connection, blocked: blocklist.Blocklist) -> dict[str, int]:
    """Take in runs, outcomes with readings, and decisions. Where both ledgers read a document, this one's reading stands, but for
    a dismissal where the other ledger read the document whole."""
    before = _counts(connection)
    own = {
        identity: reading.document_json(connection, identity)
        for (identity,) in connection.execute("SELECT id FROM document").fetchall()
        if other.execute("SELECT 1 FROM document WHERE id = ?", (identity,)).fetchone()
    }
    for identity, by, settings in other.execute("SELECT id, by, settings FROM run ORDER BY n"):
        if connection.execute("SELECT 1 FROM run WHERE id = ?", (identity,)).fetchone() is None:
            connection.execute("INSERT INTO run(id, by, settings) VALUES(?,?,?)", (identity, by, settings))
            chain.append(connection, "run", identity, [identity, by, settings])
    for run, stored in _outcomes(other):
        writing.add(connection, [stored], run, blocked)
    _keep_own(connection, own, blocked)
    for identity, key in other.execute("SELECT id, idempotency_key FROM decision ORDER BY n").fetchall():
        decision = verifying.decision_of(other, identity)
        known = connection.execute("SELECT 1 FROM decision WHERE id = ?", (identity,)).fetchone()
        if decision is not None and known is None:
            decisions.decide(connection, decision, expect=None, idempotency_key=key, identity=identity)
    after = _counts(connection)
    return {name: after[name] - before[name] for name in after}


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = ("run", "outcome", "document", "reading", "decision")
    return {f"{name}s": int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names}


def _outcomes(other: sqlite3.Connection) -> Any:
    """The other ledger's outcomes in the order they came, with the public JSON where one was read."""
    rows = other.execute(
        "SELECT o.run, o.source_id, o.outcome, o.document, o.duplicate_of, o.problems, r.text_hash, r.body_hash "
        "FROM outcome o LEFT JOIN reading r ON r.n = o.reading ORDER BY o.n"
    )
    for run, source_id, outcome, document, duplicate_of, problems, text_hash, body_hash in rows:
        record = None
        if body_hash is not None:
            record = json.loads(payload.get(other, body_hash))
            record["document"] = {
                **record["document"], "id": document, "source_id": source_id, "text": payload.get(other, text_hash),
            }  # fmt: skip
        yield run, Stored(source_id, outcome, record, json.loads(problems), duplicate_of)


def _keep_own(connection: sqlite3.Connection, own: dict[str, Any], blocked: blocklist.Blocklist) -> None:
    """Let this ledger's reading stand again where the merge brought another one of the same document."""
    for identity, record in own.items():
        if record is None or (now := reading.document_json(connection, identity)) == record:
            continue
        if now is None or not writing.dismissed(record) or writing.dismissed(now):
            run = connection.execute(
                "SELECT run FROM reading WHERE document = ? ORDER BY n LIMIT 1", (identity,)
            ).fetchone()[0]
            writing.add(
                connection,
                [Stored(f"{record['document']['source_id']}", record["document"]["outcome"], record)],
                run,
                blocked,
            )
