"""Putting outcomes into the ledger: payloads, readings, and the tables derived from them. Called inside a transaction."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from groundswell.errors import LedgerError, UsageError
from groundswell.public_json import DISMISSED
from groundswell.store import blocklist, chain, events, fulltext, payload
from groundswell.store.shapes import Stored
from groundswell.store.view import Told, event_columns

OUTCOMES = ("read", "partial", "irrelevant", "duplicate", "rejected")
HEAD = ("title", "language", "publisher", "author", "url", "published", "published_basis", "format", "outcome")
_REPORT_COLUMNS = (
    "type", "mode", "status", "earliest", "latest", "country", "place", "latitude", "longitude", "precision", "confidence",
    "published", "json", "crc",
)  # fmt: skip

_NEW_REPORT = (
    f"INSERT INTO report(n, id, key, document, event, live, {', '.join(_REPORT_COLUMNS)}) "
    f"VALUES(?,?,?,?,?,1{',?' * len(_REPORT_COLUMNS)})"
)
_RENEW_REPORT = f"UPDATE report SET live = 1, {', '.join(f'{name} = ?' for name in _REPORT_COLUMNS)} WHERE n = ?"


def add(connection: sqlite3.Connection, outcomes: Sequence[Stored], run: str, blocked: blocklist.Blocklist) -> None:
    """Store a batch. What is there already stays as it is; a new reading of a known document supersedes the old one,
    but for a dismissal of what was read whole."""
    if connection.execute("SELECT 1 FROM run WHERE id = ?", (run,)).fetchone() is None:
        raise LedgerError(f"Unknown run {run!r}. Begin one with start_run and pass on what it returns.")
    for stored in outcomes:
        if stored.outcome not in OUTCOMES:
            raise UsageError(
                f"Unknown outcome {stored.outcome!r} for {stored.source_id}. Use one of: {', '.join(OUTCOMES)}."
            )
        clean = blocked.clean(stored)
        document, number = _reading(connection, clean, run) if clean.json is not None else ("", None)
        _outcome(connection, clean, run, document, number)


def dismissed(record: Mapping[str, Any]) -> bool:
    """Whether a document's public JSON (with or without its text) says that it was not read to its end."""
    return any(problem["code"] == DISMISSED for problem in record["document"].get("problems") or ())


def event_key(report_id: str) -> str:
    """Id of the event that is founded on a report."""
    return "E" + hashlib.sha256(f"event\n{report_id}".encode()).hexdigest()[:16]


def outcome_content(row: Sequence[Any], reading: Sequence[Any] | None) -> list[Any]:
    """What the chain commits to for one outcome: the outcome itself and the reading it stored."""
    return [list(row), list(reading) if reading is not None else None]


def _outcome(connection: sqlite3.Connection, stored: Stored, run: str, document: str, number: int | None) -> None:
    problems = payload.canonical([dict(problem) for problem in stored.problems])
    row = (run, stored.source_id, stored.outcome, document, stored.duplicate_of, problems)
    known = connection.execute(
        "SELECT n FROM outcome WHERE run = ? AND source_id = ? AND document = ? AND outcome = ? AND coalesce(reading, 0) = ?",
        (run, stored.source_id, document, stored.outcome, number or 0),
    ).fetchone()
    if known is not None:
        return
    n = connection.execute(
        "INSERT INTO outcome(run, source_id, outcome, document, duplicate_of, problems, reading) VALUES(?,?,?,?,?,?,?) RETURNING n",
        (*row, number),
    ).fetchone()[0]
    read = connection.execute(
        "SELECT document, by, run, text_hash, body_hash FROM reading WHERE n = ?", (number,)
    ).fetchone()
    chain.append(connection, "outcome", str(n), outcome_content(row, read))
    if document:
        connection.execute(
            "UPDATE document SET source_id = ? WHERE id = ? AND source_id > ?",
            (stored.source_id, document, stored.source_id),
        )


def split_json(record: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the rest of one public JSON object. The source's name is left out: one document may come from several."""
    head = {name: value for name, value in record["document"].items() if name not in ("id", "text", "source_id")}
    text, body = str(record["document"]["text"]), payload.canonical({**record, "document": head})
    try:
        (text + body).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"Document {record['document']['id']} holds half a surrogate pair ({error.reason} at {error.start}), which no file can "
            "store. Replace it by U+FFFD before reading the text."
        ) from error
    return text, body


def _reading(connection: sqlite3.Connection, stored: Stored, run: str) -> tuple[str, int]:
    record = stored.json
    if record is None:
        raise UsageError(f"{stored.source_id} has nothing to read.")
    identity = str(record["document"]["id"])
    text, body = split_json(record)
    last = connection.execute(
        "SELECT n, text_hash, body_hash FROM reading WHERE document = ? ORDER BY n DESC LIMIT 1", (identity,)
    ).fetchone()
    if last is not None and dismissed(record) and not dismissed(json.loads(payload.get(connection, last[2]))):
        return identity, int(last[0])  # what was read whole is not given up for less
    text_hash, body_hash = payload.put(connection, text), payload.put(connection, body)
    if last is not None and (last[1], last[2]) == (text_hash, body_hash):
        return identity, int(last[0])
    by = connection.execute("SELECT by FROM run WHERE id = ?", (run,)).fetchone()[0]
    number = connection.execute(
        "INSERT INTO reading(document, by, run, text_hash, body_hash) VALUES(?,?,?,?,?) RETURNING n",
        (identity, by, run, text_hash, body_hash),
    ).fetchone()[0]
    index(connection, record, stored.source_id, number, payload.get(connection, last[1]) if last else None)
    return identity, number


def index(
    connection: sqlite3.Connection, record: Mapping[str, Any], source_id: str, number: int, old_text: str | None
) -> None:
    """Bring the derived tables in line with one document's newest reading."""
    head = record["document"]
    known = connection.execute("SELECT n, title FROM document WHERE id = ?", (head["id"],)).fetchone()
    if known is not None:
        n, title = known
        fulltext.drop_document(connection, n, title or "", old_text or "")
        renew(connection, n, record, number)
    else:
        n = connection.execute(
            f"INSERT INTO document(id, reading, source_id, source, {', '.join(HEAD)}) VALUES(?,?,?,0{',?' * len(HEAD)}) RETURNING n",
            (head["id"], number, source_id, *(head.get(name) for name in HEAD)),
        ).fetchone()[0]
        # Until linking finds wire copies every document is a source of its own.
        connection.execute("UPDATE document SET source = n WHERE n = ?", (n,))
        _reports(connection, n, record, again=False)
    fulltext.put_document(connection, n, head.get("title") or "", head["text"])
    if old_text != head["text"]:
        connection.execute("INSERT INTO unsigned(document) VALUES(?) ON CONFLICT DO NOTHING", (n,))


def renew(connection: sqlite3.Connection, n: int, record: Mapping[str, Any], number: int) -> None:
    """Make a known document's row and reports say what another reading of it says; the text index is the caller's to renew."""
    head = record["document"]
    assignments = ", ".join(f"{name} = ?" for name in HEAD)
    connection.execute(
        f"UPDATE document SET reading = ?, {assignments} WHERE n = ?", (number, *(head.get(name) for name in HEAD), n)
    )
    _reports(connection, n, record, again=True)


def _reports(connection: sqlite3.Connection, document: int, record: Mapping[str, Any], *, again: bool) -> None:
    touched: set[int] = set()
    if again:
        rows = connection.execute("SELECT event FROM report WHERE document = ?", (document,))
        touched.update(row[0] for row in rows)
        connection.execute("UPDATE report SET live = 0 WHERE document = ?", (document,))
    told: dict[int, tuple[Mapping[str, Any], bool]] = {}
    free: int | None = None
    for event in record["events"]:
        values = report_columns(event, record["document"].get("published"))
        known = connection.execute("SELECT n, event FROM report WHERE id = ?", (event["id"],)).fetchone()
        if known is not None:
            n, home = int(known[0]), int(known[1])
            connection.execute(_RENEW_REPORT, (*values, n))
        else:
            free = free or int(connection.execute("SELECT coalesce(max(n), 0) + 1 FROM report").fetchone()[0])
            n, home, free = free, free, free + 1
            connection.execute(_NEW_REPORT, (n, event["id"], event_key(event["id"]), document, n, *values))
        told[n] = event, known is None
        if again or known is not None:
            touched.add(home)
        else:
            _own_event(connection, n, event, record["document"])
    _names(connection, told)
    connection.executemany("INSERT INTO unlinked(report) VALUES(?) ON CONFLICT DO NOTHING", [(n,) for n in told])
    events.refresh(connection, touched)


def report_columns(event: Mapping[str, Any], published: str | None) -> tuple[Any, ...]:
    """What the table of reports keeps of one event of the public JSON, in the order of its columns."""
    place = event["places"][0] if event.get("places") else {}
    time = event.get("time") or {}
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return (
        event["type"], event.get("mode"), event["status"], time.get("earliest") or time.get("latest"),
        time.get("latest") or time.get("earliest"), place.get("country"), place.get("name") or place.get("text"),
        place.get("latitude"), place.get("longitude"), place.get("precision"), float(event.get("confidence", 1.0)),
        published, text, checksum(text),
    )  # fmt: skip


def checksum(text: str) -> int:
    """CRC-32 of a report's JSON, compared whenever it is read: torn bytes never pass for a report."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _names(connection: sqlite3.Connection, told: Mapping[int, tuple[Mapping[str, Any], bool]]) -> None:
    """What a document's reports are looked up by, all at once. ``told``: by number the event, and whether the report is new."""
    renewed = [(n,) for n, (_, new) in told.items() if not new]
    if renewed:
        connection.executemany("DELETE FROM report_actor WHERE report = ?", renewed)
        connection.executemany("DELETE FROM report_place WHERE report = ?", renewed)
    actors: list[tuple[int, str]] = []
    spots: list[tuple[Any, ...]] = []
    for n, (event, new) in told.items():
        names, places, issue = told_names(event)
        actors += [(n, name) for name in names]
        spots += [(n, *place) for place in places]
        if issue or not new:
            fulltext.put_issue(connection, n, issue)
    connection.executemany("INSERT INTO report_actor(report, name) VALUES(?, ?)", actors)
    connection.executemany(
        "INSERT INTO report_place(report, rank, name, country, latitude, longitude) VALUES(?,?,?,?,?,?)", spots
    )
    for table, known in (("actor_name", {name for _, name in actors}), ("place_name", {spot[2] for spot in spots})):
        connection.executemany(
            f"INSERT INTO {table}(name) VALUES(?) ON CONFLICT DO NOTHING", [(name,) for name in sorted(known)]
        )


def told_names(event: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]], str | None]:
    """What one event of the public JSON is looked up by: names of those involved, places (rank, name, country, latitude,
    longitude) and the words of the issue."""
    actors = [actor for role in ("actors", "called_by", "targets") for actor in event.get(role) or ()]
    names = {str(actor.get("name") or actor["text"]).casefold() for actor in actors}
    places = [
        (
            rank,
            str(place.get("name") or place["text"]).casefold(),
            place.get("country"),
            place.get("latitude"),
            place.get("longitude"),
        )
        for rank, place in enumerate(event.get("places") or ())
    ]
    return sorted(names), places, (event.get("issue") or {}).get("text") or None


def _own_event(connection: sqlite3.Connection, n: int, event: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """A report nobody linked yet is an event of its own."""
    told = Told(n, event["id"], n, dict(event), dict(document), "")
    events.put(connection, n, event_columns(event_key(event["id"]), [told], []))
