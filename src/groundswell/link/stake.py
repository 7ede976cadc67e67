"""The reports at stake in one linking: the fresh ones, those they share a block with, and all that hangs together with those.

Loaded in slices, so that a million reports cost their columns and not their JSON.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.link import blocking
from groundswell.link.columns import Columns, Telling, columns, joined
from groundswell.link.compare import excluded
from groundswell.store.decisions import payload_value

Numbers = NDArray[np.int64]
_MANY = 20_000  # from here on whole tables are read in order instead of row by row
_SLICE = 20_000


@dataclass
class Stake:
    """``numbers[row]`` is the ledger's number of a row of ``columns``; rows are in the order of report ids.

    ``pairs`` are the rows to compare, at least one of each pair fresh.
    """

    numbers: Numbers
    columns: Columns
    pairs: Numbers
    fresh: NDArray[np.bool_]


def load(connection: sqlite3.Connection, fresh: Sequence[int]) -> Stake:
    """Write the block keys of the fresh reports, then load all that is at stake. Call inside a transaction."""
    numbers, table, keys, owners = _load(connection, fresh, with_keys=True)
    first_time = connection.execute("SELECT 1 FROM block LIMIT 1").fetchone() is None
    _write_blocks(connection, keys, owners)
    block, report = (keys, owners) if first_time else _met(connection, keys, owners, len(fresh))
    at_stake = blocking.distinct(report)
    if not first_time:
        at_stake = _component(connection, np.union1d(at_stake, np.array(fresh, dtype=np.int64)))
    if len(at_stake) > len(numbers):
        numbers, table, _, _ = _load(connection, at_stake.tolist(), with_keys=False)
    lookup = np.full(int(max(numbers.max(initial=0), report.max(initial=0))) + 1, -1, dtype=np.int64)
    lookup[numbers] = np.arange(len(numbers))
    is_fresh = np.isin(numbers, np.array(fresh, dtype=np.int64))

    def keep(left: Numbers, right: Numbers) -> NDArray[np.bool_]:
        return (is_fresh[left] | is_fresh[right]) & ~excluded(table, left, right)

    rows = lookup[report]
    pairs = blocking.pairs(block[rows >= 0], rows[rows >= 0], table.first.astype(np.int64), keep)
    return Stake(numbers, table, pairs, is_fresh)


def fresh_reports(connection: sqlite3.Connection, only: Iterable[str] | None) -> list[int]:
    """Numbers of the reports to link: those named by report or document id, else all not linked since they were read."""
    if only is None:
        rows = connection.execute(
            "SELECT u.report FROM unlinked u JOIN report r ON r.n = u.report WHERE r.live = 1 ORDER BY 1"
        )
        return [row[0] for row in rows]
    found: set[int] = set()
    for identity in only:
        for sql in (
            "SELECT n FROM report WHERE live = 1 AND id = ?",
            "SELECT r.n FROM document d JOIN report r ON r.document = d.n WHERE r.live = 1 AND d.id = ?",
        ):
            found.update(row[0] for row in connection.execute(sql, (identity,)))
    return sorted(found)


def _load(
    connection: sqlite3.Connection, numbers: Sequence[int], *, with_keys: bool
) -> tuple[Numbers, Columns, Numbers, Numbers]:
    """Columns of live reports in the order of their ids, and their block keys as parallel columns (key, number)."""
    found: list[int] = []
    parts: list[Columns] = []
    keys: list[Numbers] = []
    owners: list[Numbers] = []
    for rows in _slices(_tellings(connection, numbers)):
        part = columns([told for _, told in rows])
        if with_keys:
            own = [blocking.keys(part, row) for row in range(len(part))]
            keys.append(np.array([key for each in own for key in each], dtype=np.int64))
            owners.append(np.repeat(np.array([n for n, _ in rows], dtype=np.int64), [len(each) for each in own]))
        part.tokens = []
        parts.append(part)
        found.extend(n for n, _ in rows)
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.array(found, dtype=np.int64), joined(parts), np.concatenate([empty, *keys]), np.concatenate([empty, *owners]),
    )  # fmt: skip


def _slices(rows: Iterator[tuple[int, Telling]]) -> Iterator[list[tuple[int, Telling]]]:
    part: list[tuple[int, Telling]] = []
    for row in rows:
        part.append(row)
        if len(part) == _SLICE:
            yield part
            part = []
    yield part


def _tellings(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Telling]]:
    """Live reports with what people corrected, in the order of their ids."""
    from msgspec.json import decode  # three times as fast as json.loads, which is the half of loading

    corrected = _corrections(connection)
    for n, identity, text, published, document, source in _rows(connection, numbers):
        event: dict[str, Any] = {**decode(text), **corrected.get(identity, {})}
        placed = any(place.get("country") for place in event.get("places") or ())
        country = None if placed else _country(connection, n)
        yield n, Telling(identity, document, event, published, source, country)


def _country(connection: sqlite3.Connection, n: int) -> str | None:
    """The one country of all settings in a report's document."""
    rows = connection.execute(
        "SELECT DISTINCT p.country FROM report a JOIN report b ON b.document = a.document AND b.live = 1 "
        "JOIN report_place p ON p.report = b.n WHERE a.n = ? AND p.country IS NOT NULL LIMIT 2",
        (n,),
    ).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else None


def _rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    sql = (
        "SELECT r.n, r.id, r.json, r.published, d.id, d.source FROM report r JOIN document d ON d.n = r.document "
        "WHERE r.live = 1"
    )
    if len(numbers) > _MANY:
        wanted = set(numbers)
        yield from (row for row in connection.execute(f"{sql} ORDER BY r.id") if row[0] in wanted)
        return
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(numbers), 400):
        part = numbers[start : start + 400]
        found += connection.execute(f"{sql} AND r.n IN ({','.join('?' * len(part))})", part).fetchall()
    yield from sorted(found, key=lambda row: str(row[1]))


def _corrections(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = connection.execute(
        "SELECT \"left\", field, value FROM decision WHERE kind = 'correct' AND superseded_at IS NULL"
    )
    for left, field, value in rows:
        found.setdefault(left, {})[field] = payload_value(value)
    return found


def _write_blocks(connection: sqlite3.Connection, keys: Numbers, owners: Numbers) -> None:
    """Keys of an earlier reading stay: they bring reports together once too often, which costs a comparison and nothing else."""
    order = np.lexsort((owners, keys))
    for start in range(0, len(order), 100_000):
        part = order[start : start + 100_000]
        # In the order of the tree, which costs a fifth of a random one.
        rows = zip(keys[part].tolist(), owners[part].tolist(), strict=True)
        connection.executemany("INSERT INTO block(key, report) VALUES(?, ?) ON CONFLICT DO NOTHING", rows)


def _met(connection: sqlite3.Connection, keys: Numbers, owners: Numbers, fresh: int) -> tuple[Numbers, Numbers]:
    """The blocks that fresh reports are in, as parallel columns (key, report number)."""
    wanted = blocking.distinct(keys)
    parts: list[Numbers] = [np.zeros((0, 2), dtype=np.int64)]
    if fresh > _MANY:
        cursor = connection.execute("SELECT key, report FROM block")
        while rows := cursor.fetchmany(200_000):
            part = np.array(rows, dtype=np.int64)
            parts.append(part[np.isin(part[:, 0], wanted)])
    else:
        for key in wanted.tolist():
            rows = connection.execute("SELECT key, report FROM block WHERE key = ?", (key,)).fetchall()
            if len(rows) > blocking.LARGEST:
                rows = _nearest(connection, key, owners[keys == key].tolist())
            parts.append(np.array(rows, dtype=np.int64).reshape(-1, 2))
    every = np.concatenate(parts)
    return every[:, 0], every[:, 1]


def _nearest(connection: sqlite3.Connection, key: int, fresh: list[int]) -> list[tuple[int, int]]:
    """Of a block too large to be compared whole, the reports next to the fresh ones by day."""
    rows = connection.execute(
        "SELECT b.report FROM block b JOIN report r ON r.n = b.report WHERE b.key = ? ORDER BY coalesce(r.earliest, ''), r.id",
        (key,),
    )
    order = [row[0] for row in rows]
    places = {n: place for place, n in enumerate(order)}
    half = blocking.WINDOW
    near = {other for n in fresh if n in places for other in order[max(0, places[n] - half) : places[n] + half + 1]}
    return [(key, n) for n in sorted(near)]


def _component(connection: sqlite3.Connection, start: Numbers) -> Numbers:
    """Those reports and all that are in one event, or linked, with them: what may have to be grouped anew. Sorted."""
    if len(start) > _MANY:
        return _large_component(connection, start)
    found, waiting = set(start.tolist()), start.tolist()
    while waiting:
        n = waiting.pop()
        rows = connection.execute(
            'SELECT "right" FROM link WHERE "left" = ? AND superseded IS NULL AND judgement = \'same\' '
            'UNION SELECT "left" FROM link WHERE "right" = ? AND superseded IS NULL AND judgement = \'same\' '
            "UNION SELECT n FROM report WHERE event = (SELECT event FROM report WHERE n = ?)",
            (n, n, n),
        )
        near = {row[0] for row in rows} - found
        found |= near
        waiting.extend(near)
    return np.array(sorted(found), dtype=np.int64)


def _large_component(connection: sqlite3.Connection, start: Numbers) -> Numbers:
    """The same from whole tables, spread step by step along links and shared events until nothing is added."""
    parts: list[Numbers] = [np.zeros((0, 2), dtype=np.int64)]
    for sql in (
        "SELECT n, event FROM report",
        'SELECT "left", "right" FROM link WHERE superseded IS NULL AND judgement = \'same\'',
    ):
        cursor = connection.execute(sql)
        while rows := cursor.fetchmany(200_000):
            parts.append(np.array(rows, dtype=np.int64))
    edges = np.concatenate(parts)
    inside = np.zeros(int(max(edges.max(initial=0), start.max(initial=0))) + 1, dtype=bool)
    inside[start] = True
    while True:
        crossing = inside[edges[:, 0]] != inside[edges[:, 1]]
        if not crossing.any():
            return np.flatnonzero(inside)
        inside[edges[crossing].ravel()] = True
