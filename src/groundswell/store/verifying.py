"""Checks that the ledger still says what was written: pages, chain, stored texts, and the tables derived from them. Repairs nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groundswell.errors import GroundswellError, LedgerError
from groundswell.store import chain, events, linkbook, payload, reading, writing
from groundswell.store.database import Database
from groundswell.store.decisions import payload_value
from groundswell.store.shapes import Decision
from groundswell.store.view import columns
from groundswell.values import Problem


def verify(database: Database, path: Path | None = None) -> list[Problem]:
    """All that is wrong, by name. ``path``: what the ledger is a copy of, whose head file then counts."""
    path, connection = path or database.path, database.connection
    problems: list[Problem] = []

    def _pages(_: sqlite3.Connection) -> Iterator[Problem]:
        yield from (Problem("page_damaged", told) for told in database.damages())

    checks = (_pages, _chain, _orphan_rows, _payloads, _superseding, _reports, _names, _events, _linkruns)
    for check in checks:
        try:
            problems.extend(check(connection))
        except (sqlite3.DatabaseError, GroundswellError, ValueError, KeyError, TypeError, OverflowError) as error:
            name = check.__name__.strip("_")
            problems.append(
                Problem(f"{name}_unreadable", f"The {name} of {path} cannot be read ({error}). Restore a backup.")
            )
    try:
        wrong = chain.check_head(path, connection)
    except (LedgerError, sqlite3.DatabaseError) as error:
        wrong = str(error)
    if wrong:
        problems.append(Problem("tail_missing", f"{wrong[:1].upper()}{wrong[1:]}. Restore a backup."))
    return problems


def _chain(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Numbers run without a gap, every entry follows from the one before, and every entry's content is what it commits to."""
    prev, expected = chain.GENESIS, 1
    erased = _erased(connection)
    for seq, kind, ref, salt, digest, before, found in connection.execute(
        "SELECT seq, kind, ref, salt, digest, prev, hash FROM chain ORDER BY seq"
    ):
        if seq != expected:
            yield Problem("entry_missing", f"Entries {expected} to {seq - 1} of the log are missing.")
        if before != prev or chain.entry_hash(seq, kind, ref, digest, before) != found:
            yield Problem("entry_altered", f"Entry {seq} of the log ({kind} {ref}) was altered.")
        yield from _content(connection, seq, kind, ref, salt, digest, erased)
        prev, expected = found, seq + 1


def _content(
    connection: sqlite3.Connection,
    seq: int,
    kind: str,
    ref: str,
    salt: bytes | None,
    digest: bytes,
    erased: dict[int, str],
) -> Iterator[Problem]:
    """Compare what an entry commits to with the rows it is about."""
    try:
        content = entry_content(connection, kind, ref)
    except (GroundswellError, ValueError, TypeError) as error:
        yield Problem(f"{kind}_altered", f"The {kind} {ref} (entry {seq}) was altered and makes no sense now: {error}")
        return
    if content is None:
        yield Problem(f"{kind}_missing", f"The {kind} {ref} (entry {seq}) is missing.")
    elif seq in erased:
        if salt is None or chain.content_digest(salt, content).hex() != erased[seq]:
            yield Problem(f"{kind}_altered", f"The {kind} {ref} (entry {seq}) was altered after its erasure.")
    elif salt is None or chain.content_digest(salt, content) != digest:
        yield Problem(f"{kind}_altered", f"The {kind} {ref} (entry {seq}) was altered.")


def entry_content(connection: sqlite3.Connection, kind: str, ref: str) -> Any:
    """What stands now for what an entry of the log is about; None where it is gone."""
    if kind == "run":
        row = connection.execute("SELECT id, by, settings FROM run WHERE id = ?", (ref,)).fetchone()
        return list(row) if row else None
    if kind == "decision":
        found = decision_of(connection, ref)
        return found.content() if found else None
    if kind == "outcome":
        row = connection.execute(
            "SELECT run, source_id, outcome, document, duplicate_of, problems, reading FROM outcome WHERE n = ?", (ref,)
        ).fetchone()
        if row is None:
            return None
        read = connection.execute(
            "SELECT document, by, run, text_hash, body_hash FROM reading WHERE n = ?", (row[6],)
        ).fetchone()
        return writing.outcome_content(row[:6], read)
    if kind == "erasure":
        row = connection.execute("SELECT body FROM erasure WHERE n = ?", (ref,)).fetchone()
        return row[0] if row else None
    if kind == "moves":
        return events.moves_content(connection, int(ref))
    if kind == "link":
        return linkbook.content(connection, int(ref))
    return None


def decision_of(connection: sqlite3.Connection, identity: str) -> Decision | None:
    row = connection.execute(
        'SELECT kind, "left", by, at, "right", field, value, judgement, score, reason FROM decision WHERE id = ?',
        (identity,),
    ).fetchone()
    if row is None:
        return None
    kind, left, by, at, right, field, value, judgement, score, reason = row
    return Decision(kind, left, by, at, right, field, payload_value(value), judgement, score, reason)


def _erased(connection: sqlite3.Connection) -> dict[int, str]:
    """By entry number, the digest of what an erasure left in its place."""
    found: dict[int, str] = {}
    for (body,) in connection.execute("SELECT body FROM erasure ORDER BY n"):
        found.update((int(seq), digest) for seq, digest in json.loads(body)["replaced"].items())
    return found


def _orphan_rows(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Rows that no entry of the log vouches for."""
    kept = (("run", "id", "run"), ("decision", "id", "decision"), ("outcome", "n", "outcome"), ("erasure", "n", "erasure"),
            ("linkrun", "n", "link"), ("move", "entry", "moves"))  # fmt: skip
    for table, column, kind in kept:
        known = {row[0] for row in connection.execute("SELECT ref FROM chain WHERE kind = ?", (kind,))}
        for (ref,) in connection.execute(f"SELECT DISTINCT {column} FROM {table}"):
            if str(ref) not in known:
                yield Problem(f"{kind}_unvouched", f"The {kind} {ref} is in the ledger but not in its log.")
    rows = connection.execute(
        "SELECT n FROM reading WHERE n NOT IN (SELECT reading FROM outcome WHERE reading IS NOT NULL)"
    )
    for (n,) in rows:
        yield Problem("reading_unvouched", f"Reading {n} belongs to no outcome in the log.")


def _payloads(connection: sqlite3.Connection) -> Iterator[Problem]:
    for key, body in connection.execute("SELECT hash, body FROM payload"):
        content = payload.unpack(body)
        if content is None or payload.address(content) != key:
            row = connection.execute(
                "SELECT document FROM reading WHERE text_hash = ? OR body_hash = ? LIMIT 1", (key, key)
            ).fetchone()
            yield Problem(
                "text_altered", f"The stored text {key} of document {row[0] if row else 'unknown'} was altered."
            )


def _superseding(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Which decisions stand follows from the decisions alone: replay them and compare."""
    stands: dict[str, tuple[str, str]] = {}
    expected: dict[str, tuple[str | None, str | None]] = {}
    rows = connection.execute("SELECT id, superseded_at, superseded_by, slot FROM decision ORDER BY n").fetchall()
    taken = {identity: _sound(connection, identity) for identity, *_ in rows}
    for identity, decision in taken.items():
        if decision is None:
            continue
        before = stands.get(decision.slot)
        if before is not None and before[1].startswith("review:") and not decision.human:
            expected[identity] = (decision.at, before[0])
            continue
        if before is not None and expected[before[0]] == (None, None):
            expected[before[0]] = (decision.at, identity)
        stands[decision.slot] = (identity, decision.by)
        expected[identity] = (None, None)
        if decision.kind == "withdraw" and expected.get(decision.left) == (None, None):
            expected[decision.left] = (decision.at, identity)
            stands = {slot: held for slot, held in stands.items() if held[0] != decision.left}
    for identity, at, by, slot in rows:
        decision = taken[identity]
        if decision is None or expected.get(identity) != (at, by) or decision.slot != slot:
            yield Problem(
                "decision_altered", f"The standing of decision {identity} does not follow from the decisions taken."
            )


def _sound(connection: sqlite3.Connection, identity: str) -> Decision | None:
    """A decision as stored; None where it can be no decision any more."""
    try:
        return decision_of(connection, identity)
    except (GroundswellError, ValueError, TypeError):
        return None


def _reports(connection: sqlite3.Connection) -> Iterator[Problem]:
    """The tables of documents and reports say what the newest readings say."""
    latest = dict(connection.execute("SELECT document, max(n) FROM reading GROUP BY document").fetchall())
    for n, identity, number in connection.execute("SELECT n, id, reading FROM document").fetchall():
        if latest.get(identity) != number:
            yield Problem("document_altered", f"Document {identity} does not show its newest reading.")
            continue
        try:
            record = reading.document_json(connection, identity)
        except (LedgerError, ValueError) as error:
            yield Problem("document_unreadable", f"Document {identity}: {error}")
            continue
        if record is not None:
            yield from _document(connection, n, record)


def _document(connection: sqlite3.Connection, n: int, record: dict[str, Any]) -> Iterator[Problem]:
    head = record["document"]
    row = connection.execute(f"SELECT {', '.join(writing.HEAD)} FROM document WHERE n = ?", (n,)).fetchone()
    source = connection.execute("SELECT min(source_id) FROM outcome WHERE document = ?", (head["id"],)).fetchone()[0]
    if row != tuple(head.get(name) for name in writing.HEAD) or source != head["source_id"]:
        yield Problem("document_altered", f"The row of document {head['id']} does not say what was read.")
    expected = {event["id"]: writing.report_columns(event, head.get("published")) for event in record["events"]}
    found = connection.execute(
        "SELECT id, key, type, mode, status, earliest, latest, country, place, latitude, longitude, precision, confidence, "
        "published, json, crc FROM report WHERE document = ? AND live = 1",
        (n,),
    ).fetchall()
    for identity, key, *values in found:
        if expected.pop(identity, None) != tuple(values) or key != writing.event_key(identity):
            yield Problem("report_altered", f"Report {identity} does not say what was read.")
    for identity in expected:
        yield Problem("report_missing", f"Report {identity} was read but is missing.")
    for event in record["events"]:
        names, places, issue = writing.told_names(event)
        if _looked_up_by(connection, event["id"]) != (names, places, issue):
            yield Problem(
                "report_altered", f"The names, places or issue of report {event['id']} do not say what was read."
            )


def _looked_up_by(connection: sqlite3.Connection, identity: str) -> tuple[list[str], list[tuple[Any, ...]], str | None]:
    """What stands in the small tables that a report is found by."""
    ours = "WHERE report = (SELECT n FROM report WHERE id = ?)"
    names = connection.execute(f"SELECT name FROM report_actor {ours} ORDER BY name", (identity,)).fetchall()
    places = connection.execute(
        f"SELECT rank, name, country, latitude, longitude FROM report_place {ours} ORDER BY rank", (identity,)
    ).fetchall()
    issue = connection.execute(f"SELECT text FROM report_issue {ours}", (identity,)).fetchone()
    return [row[0] for row in names], places, issue[0] if issue else None


def _names(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Every name that a report gives can be found by a part of it."""
    for table, told in (("actor_name", "report_actor"), ("place_name", "report_place")):
        for (name,) in connection.execute(f"SELECT name FROM {told} EXCEPT SELECT name FROM {table}").fetchmany(100):
            yield Problem("name_missing", f"The name {name!r} is missing from {table}, which searches go by.")


def _events(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Which report is in which event follows from the moves, and the table of events from reports and decisions."""
    rows = connection.execute("SELECT report, event FROM move ORDER BY entry")
    homes = dict(rows.fetchall())
    for n, identity, event in connection.execute("SELECT n, id, event FROM report"):
        if homes.get(n, n) != event:
            yield Problem("event_altered", f"Report {identity} is in an event that nothing in the log put it into.")
    wanted = {row[0] for row in connection.execute("SELECT DISTINCT event FROM report WHERE live = 1")}
    names = events.COLUMNS
    found = {row[0]: row[1:] for row in connection.execute(f"SELECT n, {', '.join(names)} FROM event")}
    for n in wanted ^ found.keys():
        yield Problem("event_altered", f"Event number {n} is {'missing' if n in wanted else 'without reports'}.")
    for part in reading.chunks(sorted(wanted & found.keys())):
        keys = {found[n][0]: n for n in part}
        try:
            views = reading.event_views(connection, part)
        except LedgerError as error:
            yield Problem("report_altered", str(error))
            continue
        for view in views:
            n = keys.pop(view["id"], None)
            row = columns(view)
            if n is None or found[n] != tuple(row[name] for name in names):
                yield Problem("event_altered", f"Event {view['id']} does not follow from its reports and decisions.")


def _linkruns(connection: sqlite3.Connection) -> Iterator[Problem]:
    sql = 'SELECT l.n, a.id, b.id, l.score, l.judgement, l.reason, l.digest FROM link l JOIN report a ON a.n = l."left" JOIN report b ON b.n = l."right"'
    for n, left, right, score, judgement, reason, digest in connection.execute(sql):
        if linkbook.link_digest(left, right, score, judgement, reason) != digest:
            yield Problem("link_altered", f"Link {n} between {left} and {right} was altered.")
