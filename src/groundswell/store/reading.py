"""Reports and events out of the ledger, page by page: rows, documents and standing decisions put together. Reads only."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from groundswell.errors import LedgerError
from groundswell.store import payload
from groundswell.store.view import Json, Told, event_columns, event_view, report_view

_CHUNK = 400  # parameters a statement; SQLite's oldest supported limit is 999

DOCUMENT_COLUMNS = (
    "id", "source_id", "title", "language", "publisher", "author", "url", "published", "published_basis", "format", "outcome",
)  # fmt: skip
DECISION_COLUMNS = (
    "id", "kind", "left", "right", "field", "value", "judgement", "by", "at", "score", "reason", "superseded_at", "superseded_by",
)  # fmt: skip
_DECISION_SQL = ", ".join(f'"{name}"' for name in DECISION_COLUMNS)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement's parameters."""
    every = list(values)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]


def tellings(connection: sqlite3.Connection, column: str, values: Iterable[int]) -> list[Told]:
    """The live reports whose ``column`` (n, event or document) is one of ``values``, with what stands about each."""
    from msgspec.json import decode  # three times as fast as json.loads; a million reports are decoded to be linked

    found: list[Told] = []
    names = ", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS)
    for part in chunks(values):
        marks = ",".join("?" * len(part))
        rows = connection.execute(
            f"SELECT r.n, r.id, r.event, r.json, r.crc, substr(s.id, 1, 16), {names} FROM report r "
            "JOIN document d ON d.n = r.document JOIN document s ON s.n = d.source "
            f"WHERE r.live = 1 AND r.{column} IN ({marks})",
            part,
        )
        for n, identity, event, text, crc, source, *document in rows:
            if zlib.crc32(text.encode("utf-8", "surrogatepass")) != crc:
                raise LedgerError(f"Report {identity} was altered on disk. Run `groundswell verify`; restore a backup.")
            about = dict(zip(DOCUMENT_COLUMNS, document, strict=True))
            found.append(Told(n, identity, event, decode(text), about, source))
    standing = decisions_about(connection, (told.id for told in found))
    for told in found:
        told.decisions = standing.get(told.id, [])
    return found


def decisions_about(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, list[Json]]:
    """Standing (not superseded, not taken back) decisions by what they are about (``left``)."""
    if connection.execute("SELECT 1 FROM decision LIMIT 1").fetchone() is None:
        return {}
    found: dict[str, list[Json]] = {}
    for part in chunks(set(ids)):
        marks = ",".join("?" * len(part))
        rows = connection.execute(
            f'SELECT {_DECISION_SQL} FROM decision WHERE "left" IN ({marks}) AND superseded_at IS NULL ORDER BY n', part
        )
        for row in rows:
            decision = decision_json(row)
            found.setdefault(decision["left"], []).append(decision)
    return found


def decision_json(row: Sequence[Any]) -> Json:
    decision = dict(zip(DECISION_COLUMNS, row, strict=True))
    decision["value"] = json.loads(decision["value"]) if decision["value"] is not None else None
    return decision


def decisions_where(connection: sqlite3.Connection, condition: str, parameters: Sequence[Any] = ()) -> list[Json]:
    rows = connection.execute(f"SELECT {_DECISION_SQL} FROM decision WHERE {condition} ORDER BY n", parameters)
    return [decision_json(row) for row in rows]


def event_views(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Json]:
    """The views of events given by number, in that order; those without a live report are left out."""
    return [
        event_view(key, group, decisions, version(connection, group, named))
        for _, key, group, decisions, named in _events(connection, numbers)
    ]


def event_rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Json]:
    """What the table of events is to say of those given by number; those without a live report are left out."""
    return {n: event_columns(key, group, decisions) for n, key, group, decisions, _ in _events(connection, numbers)}


def _events(
    connection: sqlite3.Connection, numbers: Sequence[int]
) -> Iterator[tuple[int, str, list[Told], list[Json], set[str]]]:
    """Number, id, live reports, decisions about the event itself, and all names that it goes or went by."""
    groups: dict[int, list[Told]] = {n: [] for n in numbers}
    for told in tellings(connection, "event", numbers):
        groups[told.event].append(told)
    keys = _keys(connection, [told.n for group in groups.values() for told in group] + list(numbers))
    standing = decisions_about(connection, keys.values())
    for n, group in groups.items():
        if group:
            named = {keys[n], *(keys[told.n] for told in group)}
            yield n, keys[n], group, [each for key in sorted(named) for each in standing.get(key, [])], named


def report_views(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Json]:
    """The views of reports given by number, in that order."""
    found = {told.n: told for told in tellings(connection, "n", numbers)}
    keys = _keys(connection, [told.event for told in found.values()])
    return [report_view(found[n], keys[found[n].event]) for n in numbers if n in found]


def version(connection: sqlite3.Connection, group: Iterable[Told], names: Iterable[str]) -> str:
    """Id of the newest decision that touches the event or one of its reports, "" for none: what ``expect`` is compared with."""
    newest = (0, "")
    if connection.execute("SELECT 1 FROM decision LIMIT 1").fetchone() is None:
        return ""
    for part in chunks({*names, *(told.id for told in group)}):
        marks = ",".join("?" * len(part))
        for side in ("left", "right"):
            row = connection.execute(
                f'SELECT n, id FROM decision WHERE "{side}" IN ({marks}) ORDER BY n DESC LIMIT 1', part
            ).fetchone()
            newest = max(newest, (row[0], row[1]) if row else newest)
    return newest[1]


def _keys(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Event ids by the number of the report that would found the event."""
    found: dict[int, str] = {}
    for part in chunks(set(numbers)):
        marks = ",".join("?" * len(part))
        found.update(connection.execute(f"SELECT n, key FROM report WHERE n IN ({marks})", part))
    return found


def resolve_event(connection: sqlite3.Connection, identity: str) -> int | None:
    """Number of the event that an event id, ever issued, leads to today."""
    row = connection.execute("SELECT event FROM report WHERE key = ?", (identity,)).fetchone()
    return int(row[0]) if row else None


def resolve_report(connection: sqlite3.Connection, identity: str) -> tuple[int, int] | None:
    """Number of a report and of its event."""
    row = connection.execute("SELECT n, event FROM report WHERE id = ?", (identity,)).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def document_json(connection: sqlite3.Connection, identity: str) -> Json | None:
    """The public JSON of one document as last read; None where the ledger does not hold it."""
    row = connection.execute(
        "SELECT d.source_id, r.text_hash, r.body_hash FROM document d JOIN reading r ON r.n = d.reading WHERE d.id = ?",
        (identity,),
    ).fetchone()
    if row is None:
        return None
    source_id, text_hash, body_hash = row
    found: Json = json.loads(payload.get(connection, body_hash))
    head = found["document"]
    found["document"] = {"id": identity, "source_id": source_id, **head, "text": payload.get(connection, text_hash)}
    return found
