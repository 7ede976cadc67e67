"""The ledger's content as sorted JSON lines, without anything that depends on the order or the number of runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from groundswell.store import reading
from groundswell.store.payload import canonical


def canonical_dump(connection: sqlite3.Connection) -> Iterator[str]:
    """Documents, reports with their events, links and decisions, each a line, sorted."""
    yield from sorted(_documents(connection))
    yield from sorted(_reports(connection))
    yield from sorted(_links(connection))
    for decision in reading.decisions_where(connection, "1 = 1"):
        yield canonical(["decision", decision])


def _documents(connection: sqlite3.Connection) -> Iterator[str]:
    names: dict[str, set[str]] = {}
    rows = connection.execute(
        "SELECT coalesce(nullif(document, ''), duplicate_of, ''), outcome, source_id FROM outcome"
    )
    for document, outcome, source_id in rows:
        names.setdefault(document, set()).add(source_id if document else f"{outcome} {source_id}")
    sql = "SELECT d.id, d.source_id, r.text_hash, r.body_hash, d.source FROM document d JOIN reading r ON r.n = d.reading ORDER BY d.id"
    documents = connection.execute(sql).fetchall()
    alike: dict[int, list[str]] = {}
    for identity, *_, source in documents:
        alike.setdefault(source, []).append(identity)
    for identity, source_id, text, body, source in documents:
        copies = ",".join(alike[source])
        yield canonical(["document", identity, source_id, text, body, copies, sorted(names.get(identity, ()))])
    yield canonical(["unread", sorted(names.get("", ()))])


def _reports(connection: sqlite3.Connection) -> Iterator[str]:
    sql = (
        "SELECT r.id, e.key, r.json, v.type, v.mode, v.status, v.earliest, v.latest, v.country, v.place, v.confidence, v.reports, "
        "v.documents, v.sources, v.state FROM report r JOIN report e ON e.n = r.event JOIN event v ON v.n = r.event WHERE r.live = 1"
    )
    for identity, key, text, *columns in connection.execute(sql):
        yield canonical(["report", identity, key, json.loads(text), columns])


def _links(connection: sqlite3.Connection) -> Iterator[str]:
    sql = (
        'SELECT a.id, b.id, l.score, l.judgement, l.reason FROM link l JOIN report a ON a.n = l."left" '
        'JOIN report b ON b.n = l."right" WHERE l.superseded IS NULL'
    )
    for left, right, score, judgement, reason in connection.execute(sql):
        yield canonical(["link", *sorted([left, right]), round(score, 9), judgement, reason])
