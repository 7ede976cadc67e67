"""The steps from one schema version of a ledger to the next, for the file and for PostgreSQL. What is kept for good is never
changed here: only tables derived from it are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from groundswell.errors import LedgerError
from groundswell.store import events, schema

_SEARCH_TABLES = """
CREATE TABLE unsigned(document INTEGER PRIMARY KEY);
INSERT INTO unsigned SELECT d.n FROM document d JOIN reading r ON r.n = d.reading LEFT JOIN signature s ON s.document = d.n
  WHERE s.text_hash IS NULL OR s.text_hash <> r.text_hash;
ALTER TABLE signature DROP COLUMN text_hash;
CREATE INDEX report_place_spot ON report_place(latitude, longitude);
CREATE TABLE actor_name(name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO actor_name SELECT DISTINCT name FROM report_actor;
CREATE TABLE place_name(name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO place_name SELECT DISTINCT name FROM report_place;
CREATE TABLE report_issue(report INTEGER PRIMARY KEY REFERENCES report(n), text TEXT NOT NULL);
INSERT INTO report_issue SELECT n, json_extract(json, '$.issue.text') FROM report WHERE json_extract(json, '$.issue.text') <> '';
CREATE VIRTUAL TABLE issue_index USING fts5(text, content='report_issue', content_rowid='report',
  tokenize='unicode61 remove_diacritics 2');
INSERT INTO issue_index(issue_index) VALUES('rebuild');
"""


def _renew_corrected(connection: sqlite3.Connection) -> None:
    """A corrected type takes the mode with it that it does not have; rows written before that still show the mode as read."""
    standing = "SELECT \"left\" FROM decision WHERE kind = 'correct' AND superseded_at IS NULL"
    rows = connection.execute(
        f"SELECT event FROM report WHERE id IN ({standing}) UNION SELECT event FROM report WHERE key IN ({standing})"
    ).fetchall()
    for (n,) in rows:
        try:
            events.refresh(connection, [n])
        except LedgerError:
            continue  # a report altered on disk: its row stays as it is, and verify names the report


# Step n takes a ledger of version n to n + 1; each runs in one transaction, so a kill leaves the old version whole. One in
# Python reads by today's queries: a later step that changes the tables those read has to run before it, and takes its number.
STEPS: dict[int, str | Callable[[sqlite3.Connection], None]] = {1: _SEARCH_TABLES, 2: _renew_corrected}


def step(connection: sqlite3.Connection, version: int) -> None:
    """Make a ledger of ``version`` one of the next, within the caller's transaction. Databases began with version 2."""
    change = STEPS[version]
    if isinstance(change, str):
        for statement in schema.statements(change):
            connection.execute(statement)
    else:
        change(connection)
