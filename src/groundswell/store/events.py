"""Which reports make up which event: the derived table of events is kept in step here and nowhere else."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping

from groundswell.store import chain, reading
from groundswell.store.view import Json

COLUMNS = (
    "id", "type", "mode", "status", "earliest", "latest", "country", "place", "latitude", "longitude", "precision",
    "confidence", "reports", "documents", "sources", "state",
)  # fmt: skip
_UPSERT = (
    f"INSERT INTO event(n, {', '.join(COLUMNS)}) VALUES(?{', ?' * len(COLUMNS)}) "
    f"ON CONFLICT(n) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in COLUMNS)}"
)


def refresh(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Bring the rows of these events in line with their live reports and decisions; one without reports has no row."""
    for part in reading.chunks(sorted(set(numbers))):
        rows = reading.event_rows(connection, part)
        connection.executemany(_UPSERT, [(n, *(row[name] for name in COLUMNS)) for n, row in rows.items()])
        gone = [n for n in part if n not in rows]
        connection.executemany("DELETE FROM event WHERE n = ?", [(n,) for n in gone])


def put(connection: sqlite3.Connection, n: int, row: Json) -> None:
    connection.execute(_UPSERT, (n, *(row[name] for name in COLUMNS)))


def assign(connection: sqlite3.Connection, moves: Iterable[tuple[int, int]]) -> None:
    """Put reports into events, ``(report, event)`` each, and refresh every event touched."""
    wanted = dict(moves)
    touched: set[int] = set(wanted.values())
    for part in reading.chunks(list(wanted)):
        marks = ",".join("?" * len(part))
        for n, event in connection.execute(f"SELECT n, event FROM report WHERE n IN ({marks})", part).fetchall():
            touched.add(event)
            if wanted[n] == event:
                del wanted[n]
    move(connection, wanted)
    refresh(connection, touched)


def move(connection: sqlite3.Connection, moves: Mapping[int, int]) -> None:
    """Put reports into events, event by report, and enter it into the log; the caller refreshes the events touched."""
    if not moves:
        return
    entry = connection.execute("SELECT coalesce(max(entry), 0) + 1 FROM move").fetchone()[0]
    rows = sorted(moves.items())
    connection.executemany("UPDATE report SET event = ? WHERE n = ?", [(event, n) for n, event in rows])
    connection.executemany(
        "INSERT INTO move(entry, report, event) VALUES(?, ?, ?)", [(entry, n, event) for n, event in rows]
    )
    chain.append(connection, "moves", str(entry), moves_content(connection, entry))


def moves_content(connection: sqlite3.Connection, entry: int) -> str | None:
    """What the log commits to for one step of moving reports between events; None where there is no such step."""
    whole, count = hashlib.sha256(), 0
    rows = connection.execute("SELECT report, event FROM move WHERE entry = ? ORDER BY report", (entry,))
    for count, (n, event) in enumerate(rows, 1):  # noqa: B007
        whole.update(f"{n} {event},".encode())
    return whole.hexdigest() if count else None


def members(connection: sqlite3.Connection, event: int) -> list[tuple[int, str, str]]:
    """Number, report id and key of all reports in an event, no longer live ones included."""
    rows = connection.execute("SELECT n, id, key FROM report WHERE event = ? ORDER BY id", (event,))
    return [(int(n), identity, key) for n, identity, key in rows]


def join(connection: sqlite3.Connection, first: int, second: int) -> None:
    """Make two events one. The larger, then the one with the smaller id, keeps its id; the other's id leads to it."""
    if first == second:
        return
    groups = sorted(
        (
            (-len(group), min(row[2] for row in group), event, group)
            for event in (first, second)
            if (group := members(connection, event))
        ),
        key=lambda entry: entry[:2],
    )
    keeper = groups[0][2]
    assign(connection, [(row[0], keeper) for row in groups[1][3]])


def part(connection: sqlite3.Connection, event: int, leaving: set[str]) -> None:
    """Take reports (by id) out of an event; they make up one event of their own, and each part keeps or gets an id."""
    group = members(connection, event)
    out = [row for row in group if row[1] in leaving]
    rest = [row for row in group if row[1] not in leaving]
    if not out or not rest:
        return
    moves: list[tuple[int, int]] = []
    for each in (out, rest):
        numbers = {row[0] for row in each}
        home = event if event in numbers else min(each, key=lambda row: row[2])[0]
        moves.extend((n, home) for n in numbers)
    assign(connection, moves)
