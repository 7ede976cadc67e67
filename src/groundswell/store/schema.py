"""The tables of the ledger and which versions of them can be used. SQL only: no queries, no policy."""

from __future__ import annotations

import sqlite3
from shlex import quote

from groundswell.errors import LedgerError

VERSION = 3  # 2 brought tables to search in, 3 renewed rows of events: see migrations.py
APPLICATION = 0x67735731  # PRAGMA application_id: "gsW1"; tells a ledger from any other SQLite file

# What is kept for good: payloads, runs, outcomes, readings, decisions, links, erasures and the chain over them.
# An event's number is that of the report it was founded on, and its id is that report's key: any id ever issued leads to
# the event that holds the report today, whatever was merged or split since.
# What is derived from those and checked against them by verify: document, report, report_actor, report_place, report_issue, event.
# actor_name and place_name hold every name once: a part of a name is looked for in them, not in a row for every report.
# unsigned and unlinked: documents and reports that the next linking has yet to look at.
TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chain(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, salt BLOB, digest BLOB NOT NULL,
  prev BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX chain_ref ON chain(kind, ref);
CREATE TABLE payload(hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE run(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, by TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE reading(n INTEGER PRIMARY KEY, document TEXT NOT NULL, by TEXT NOT NULL, run TEXT NOT NULL,
  text_hash TEXT NOT NULL REFERENCES payload(hash), body_hash TEXT NOT NULL REFERENCES payload(hash));
CREATE INDEX reading_document ON reading(document, n);
CREATE INDEX reading_text ON reading(text_hash);
CREATE INDEX reading_body ON reading(body_hash);
CREATE TABLE outcome(n INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), source_id TEXT NOT NULL,
  outcome TEXT NOT NULL, document TEXT NOT NULL DEFAULT '', duplicate_of TEXT, problems TEXT NOT NULL,
  reading INTEGER REFERENCES reading(n));
CREATE INDEX outcome_source ON outcome(run, source_id);
CREATE INDEX outcome_document ON outcome(document);
CREATE INDEX outcome_reading ON outcome(reading);
CREATE TABLE decision(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, "left" TEXT NOT NULL,
  "right" TEXT, field TEXT, value TEXT, judgement TEXT, by TEXT NOT NULL, at TEXT NOT NULL, score REAL, reason TEXT,
  slot TEXT NOT NULL, superseded_at TEXT, superseded_by TEXT, idempotency_key TEXT UNIQUE);
CREATE INDEX decision_left ON decision("left");
CREATE INDEX decision_right ON decision("right");
CREATE INDEX decision_slot ON decision(slot);
CREATE TABLE document(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reading INTEGER NOT NULL REFERENCES reading(n),
  source_id TEXT NOT NULL, title TEXT, language TEXT, publisher TEXT, author TEXT, url TEXT, published TEXT,
  published_basis TEXT, format TEXT, outcome TEXT NOT NULL, source INTEGER NOT NULL);
CREATE INDEX document_publisher ON document(publisher);
CREATE INDEX document_source ON document(source);
CREATE TABLE report(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
  document INTEGER NOT NULL REFERENCES document(n), event INTEGER NOT NULL, live INTEGER NOT NULL,
  type TEXT NOT NULL, mode TEXT, status TEXT NOT NULL, earliest TEXT, latest TEXT, country TEXT, place TEXT,
  latitude REAL, longitude REAL, precision TEXT, confidence REAL NOT NULL, published TEXT,
  json TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX report_document ON report(document);
CREATE INDEX report_event ON report(event);
CREATE TABLE report_actor(report INTEGER NOT NULL REFERENCES report(n), name TEXT NOT NULL, PRIMARY KEY(report, name))
  WITHOUT ROWID;
CREATE INDEX report_actor_name ON report_actor(name);
CREATE TABLE report_place(report INTEGER NOT NULL REFERENCES report(n), rank INTEGER NOT NULL, name TEXT NOT NULL,
  country TEXT, latitude REAL, longitude REAL, PRIMARY KEY(report, rank)) WITHOUT ROWID;
CREATE INDEX report_place_name ON report_place(name);
CREATE INDEX report_place_country ON report_place(country);
CREATE INDEX report_place_spot ON report_place(latitude, longitude);
CREATE TABLE actor_name(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE place_name(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE report_issue(report INTEGER PRIMARY KEY REFERENCES report(n), text TEXT NOT NULL);
CREATE TABLE event(n INTEGER PRIMARY KEY REFERENCES report(n), id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  mode TEXT, status TEXT NOT NULL, earliest TEXT, latest TEXT, country TEXT, place TEXT, latitude REAL, longitude REAL,
  precision TEXT, confidence REAL NOT NULL, reports INTEGER NOT NULL, documents INTEGER NOT NULL,
  sources INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX event_order ON event(earliest DESC, id);
CREATE INDEX event_type ON event(type, earliest);
CREATE INDEX event_country ON event(country, earliest);
CREATE TABLE linkrun(n INTEGER PRIMARY KEY, model TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE link(n INTEGER PRIMARY KEY, "left" INTEGER NOT NULL REFERENCES report(n),
  "right" INTEGER NOT NULL REFERENCES report(n), score REAL NOT NULL, judgement TEXT NOT NULL, reason TEXT NOT NULL,
  linkrun INTEGER NOT NULL REFERENCES linkrun(n), superseded INTEGER, digest BLOB NOT NULL);
CREATE INDEX link_left ON link("left");
CREATE INDEX link_right ON link("right");
CREATE INDEX link_superseded ON link(superseded) WHERE superseded IS NOT NULL;
CREATE INDEX link_linkrun ON link(linkrun);
CREATE TABLE move(entry INTEGER NOT NULL, report INTEGER NOT NULL REFERENCES report(n), event INTEGER NOT NULL,
  PRIMARY KEY(entry, report)) WITHOUT ROWID;
CREATE TABLE block(key INTEGER NOT NULL, report INTEGER NOT NULL, PRIMARY KEY(key, report)) WITHOUT ROWID;
CREATE TABLE signature(document INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE unsigned(document INTEGER PRIMARY KEY);
CREATE TABLE band(hash INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY(hash, document)) WITHOUT ROWID;
CREATE TABLE copy("left" INTEGER NOT NULL, "right" INTEGER NOT NULL, PRIMARY KEY("left", "right")) WITHOUT ROWID;
CREATE TABLE unlinked(report INTEGER PRIMARY KEY);
CREATE TABLE erasure(n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE blocked(digest BLOB PRIMARY KEY, tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE text_index USING fts5(title, text, content='', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE issue_index USING fts5(text, content='report_issue', content_rowid='report',
  tokenize='unicode61 remove_diacritics 2');
"""


def create(connection: sqlite3.Connection) -> None:
    """Make all tables in one transaction; a kill half-way leaves an empty file, which opens as a new ledger."""
    connection.execute("BEGIN IMMEDIATE")
    if version(connection) == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        for statement in statements(TABLES):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={VERSION}")
    connection.execute("COMMIT")


def refuse_older(found: int, name: str, place: str) -> None:
    """Raises LedgerError for a ledger that would have to be changed first. ``name`` is what it is called, ``place`` what a command
    takes for it."""
    if found < VERSION:
        raise LedgerError(
            f"{name} was written by an older Groundswell (schema {found}; this one reads {VERSION}). It was left as it is. Bring it up to "
            f"date, which makes a backup first: `groundswell migrate --ledger {quote(place)}`."
        )


def refuse_newer(found: int, name: str) -> None:
    if found > VERSION:
        raise LedgerError(
            f"{name} was written by a newer Groundswell (schema {found}; this one knows {VERSION}). Upgrade groundswell."
        )


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def statements(script: str) -> list[str]:
    return [statement for part in script.split(";\n") if (statement := part.strip().rstrip(";"))]
