"""Linking over a ledger: find copies, load the reports at stake, block, compare, cluster, and write down links and events.

One call is one transaction: killed half-way, the ledger is as before. Only reports that are new or changed since the last call,
and those they share a block or an event with, are touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.link import blocking, copies, model
from groundswell.link.cluster import Pair, clusters
from groundswell.link.columns import Columns, Telling, columns
from groundswell.link.compare import excluded, features, reason
from groundswell.store import Ledger, events
from groundswell.store.decisions import leaving, payload_value
from groundswell.store.linkbook import Link, begin, finish, record

Progress = Callable[[str, int, int], None]
_SLICE = 500_000  # pairs compared at once: 26 features of 4 bytes each


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What a call of ``link`` did. ``compared`` pairs of reports were scored, ``links`` of them written down (kept or new)."""

    reports: int
    compared: int
    links: int
    merged_events: int
    copies: int


def link(ledger: Ledger, *, only: Iterable[str] | None = None, progress: Progress | None = None) -> LinkResult:
    """Bring reports of one happening together. Raises LedgerError where the ledger cannot be written.

    ``only``: document or report ids to link now; by default everything added or read anew since the last call.
    ``progress``: called with a step's name, done and total.
    """
    tell = progress or (lambda step, done, total: None)
    with ledger.changing() as connection:
        changed = copies.update(connection)
        fresh = _fresh(connection, only)
        if not fresh and not changed:
            return LinkResult(0, 0, 0, 0, 0)
        before = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        tell("load", 0, len(fresh))
        work = _Work.load(connection, fresh)
        tell("compare", 0, len(work.pairs))
        scored = _compare(work, tell)
        _write_links(connection, work, scored)
        touched = _cluster(connection, work, scored, tell)
        events.refresh(connection, touched | _events_of(connection, changed))
        connection.executemany("DELETE FROM unlinked WHERE report = ?", [(n,) for n in fresh])
        after = connection.execute("SELECT count(*) FROM event").fetchone()[0]
    return LinkResult(len(fresh), len(work.pairs), len(scored), before - after, len(changed))


@dataclass
class _Work:
    """Reports at stake: ``numbers[row]`` is the ledger's number of a row of ``columns``; ``pairs`` are rows to compare."""

    numbers: NDArray[np.int64]
    columns: Columns
    pairs: NDArray[np.int64]
    fresh: NDArray[np.bool_]
    members: list[int]

    @classmethod
    def load(cls, connection: sqlite3.Connection, fresh: list[int]) -> _Work:
        """Block the fresh reports, then load them, whatever they meet in a block, and all that hangs together with those."""
        numbers, tellings = _tellings(connection, fresh)
        table = columns(tellings)
        _write_blocks(connection, numbers, table)
        near, block, report = _met(connection, fresh)
        stake = _component(connection, set(fresh) | near)
        if len(stake) > len(numbers):
            numbers, tellings = _tellings(connection, sorted(stake))
            table = columns(tellings)
        rows = {n: row for row, n in enumerate(numbers)}
        known = np.isin(report, np.array(numbers, dtype=np.int64))
        lookup = np.zeros(max(numbers, default=0) + 1, dtype=np.int64)
        lookup[np.array(numbers, dtype=np.int64)] = np.arange(len(numbers))
        is_fresh = np.zeros(len(numbers), dtype=np.bool_)
        is_fresh[[rows[n] for n in fresh if n in rows]] = True
        pairs = blocking.pairs(block[known], lookup[report[known]], table.first.astype(np.int64))
        if len(pairs):
            pairs = pairs[is_fresh[pairs[:, 0]] | is_fresh[pairs[:, 1]]]
            pairs = pairs[~excluded(table, pairs[:, 0], pairs[:, 1])]
        return cls(np.array(numbers, dtype=np.int64), table, pairs, is_fresh, list(range(len(numbers))))


def _fresh(connection: sqlite3.Connection, only: Iterable[str] | None) -> list[int]:
    if only is None:
        return [row[0] for row in connection.execute("SELECT report FROM unlinked ORDER BY report")]
    found: set[int] = set()
    for identity in only:
        rows = connection.execute(
            "SELECT r.n FROM report r JOIN document d ON d.n = r.document WHERE r.id = ? OR d.id = ?",
            (identity, identity),
        )
        found.update(row[0] for row in rows)
    return sorted(found)


def _tellings(connection: sqlite3.Connection, numbers: Sequence[int]) -> tuple[list[int], list[Telling]]:
    """Live reports by number with what people corrected, in the order of their ids."""
    from msgspec.json import decode  # three times as fast as json.loads, which is the half of loading

    corrected = _corrections(connection)
    found: list[tuple[str, int, Telling]] = []
    for rows in _rows(connection, numbers):
        for n, identity, text, published, document, source in rows:
            event: dict[str, Any] = {**decode(text), **corrected.get(identity, {})}
            found.append((identity, n, Telling(identity, document, event, published, source)))
    found.sort(key=lambda entry: entry[0])
    return [n for _, n, _ in found], [told for _, _, told in found]


def _rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[list[tuple[Any, ...]]]:
    sql = (
        "SELECT r.n, r.id, r.json, r.published, d.id, d.source FROM report r JOIN document d ON d.n = r.document "
        "WHERE r.live = 1 AND r.n"
    )
    if len(numbers) > 20_000:
        wanted = set(numbers)
        yield [row for row in connection.execute(f"{sql} > 0") if row[0] in wanted]
        return
    for start in range(0, len(numbers), 400):
        part = numbers[start : start + 400]
        yield connection.execute(f"{sql} IN ({','.join('?' * len(part))})", part).fetchall()


def _corrections(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = connection.execute(
        "SELECT \"left\", field, value FROM decision WHERE kind = 'correct' AND superseded_at IS NULL"
    )
    for left, field, value in rows:
        found.setdefault(left, {})[field] = payload_value(value)
    return found


def _write_blocks(connection: sqlite3.Connection, numbers: Sequence[int], table: Columns) -> None:
    entries: list[tuple[int, int]] = []
    for row, n in enumerate(numbers):
        entries.extend((key, n) for key in blocking.keys(table, row))
    connection.executemany("DELETE FROM block WHERE key IN (SELECT key FROM block_report WHERE report = ?) AND report = ?",
                           [(n, n) for n in _blocked(connection, numbers)])  # fmt: skip
    connection.executemany("DELETE FROM block_report WHERE report = ?", [(n,) for n in numbers])
    # Sorted, for the tree's sake: see copies.
    connection.executemany("INSERT OR IGNORE INTO block(key, report) VALUES(?, ?)", sorted(entries))
    connection.executemany(
        "INSERT OR IGNORE INTO block_report(report, key) VALUES(?, ?)", sorted((n, key) for key, n in entries)
    )


def _blocked(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[int]:
    if connection.execute("SELECT 1 FROM block_report LIMIT 1").fetchone() is None:
        return []
    return [n for n in numbers if connection.execute("SELECT 1 FROM block_report WHERE report = ?", (n,)).fetchone()]


def _met(connection: sqlite3.Connection, fresh: Sequence[int]) -> tuple[set[int], NDArray[np.int64], NDArray[np.int64]]:
    """The reports that share a block with a fresh one, and those blocks as parallel columns (key, report)."""
    if len(fresh) > 20_000:
        rows = connection.execute("SELECT key, report FROM block").fetchall()
    else:
        rows = []
        for n in fresh:
            rows += connection.execute(
                "SELECT b.key, b.report FROM block_report k JOIN block b ON b.key = k.key WHERE k.report = ?", (n,)
            ).fetchall()
        rows = list(dict.fromkeys(rows))
    pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return set(np.unique(pairs[:, 1]).tolist()), pairs[:, 0], pairs[:, 1]


def _component(connection: sqlite3.Connection, start: set[int]) -> set[int]:
    """Those reports and all that are in one event, or linked, with them: what may have to be grouped anew."""
    total = connection.execute("SELECT count(*) FROM report WHERE live = 1").fetchone()[0]
    if len(start) >= total:
        return start
    found, waiting = set(start), list(start)
    while waiting:
        n = waiting.pop()
        rows = connection.execute(
            'SELECT "right" FROM link WHERE "left" = ?1 AND superseded IS NULL AND judgement = \'same\' '
            'UNION SELECT "left" FROM link WHERE "right" = ?1 AND superseded IS NULL AND judgement = \'same\' '
            "UNION SELECT n FROM report WHERE event = (SELECT event FROM report WHERE n = ?1)",
            (n,),
        )
        near = {row[0] for row in rows} - found
        found |= near
        waiting.extend(near)
    return found


def _compare(work: _Work, tell: Progress) -> dict[Pair, tuple[float, str]]:
    """Scores and reasons of the pairs worth showing."""
    pairs_model = model.load()
    scored: dict[Pair, tuple[float, str]] = {}
    for start in range(0, len(work.pairs), _SLICE):
        part = work.pairs[start : start + _SLICE]
        table = features(work.columns, part[:, 0], part[:, 1])
        scores = pairs_model.scores(table)
        for at in np.flatnonzero(scores >= pairs_model.show).tolist():
            a, b = int(part[at, 0]), int(part[at, 1])
            scored[a, b] = (round(float(scores[at]), 6), reason(work.columns, a, b, table[at].tolist()))
        tell("compare", min(start + _SLICE, len(work.pairs)), len(work.pairs))
    return scored


def _write_links(connection: sqlite3.Connection, work: _Work, scored: dict[Pair, tuple[float, str]]) -> None:
    """New and changed links; a link of a fresh report that no longer holds is superseded, not removed."""
    pairs_model = model.load()
    run = begin(connection, pairs_model.name, {"join": pairs_model.join, "data": pairs_model.data})
    ids, numbers = work.columns.ids, work.numbers.tolist()
    links = (
        Link(numbers[a], numbers[b], ids[a], ids[b], score, "same" if score >= pairs_model.join else "possible", words)
        for (a, b), (score, words) in scored.items()
    )
    fresh = work.numbers[work.fresh].tolist()
    record(connection, run, links, fresh)
    finish(connection, run)


def _cluster(
    connection: sqlite3.Connection, work: _Work, scored: dict[Pair, tuple[float, str]], tell: Progress
) -> set[int]:
    """Group the reports at stake anew and move them to their events; returns the events touched."""
    rows = {n: row for row, n in enumerate(work.numbers.tolist())}
    scores = {pair: score for pair, (score, _) in scored.items()}
    for left, right, score in _stored_scores(connection, rows):
        scores.setdefault((min(left, right), max(left, right)), score)
    must, cannot = _people(connection, {identity: row for row, identity in enumerate(work.columns.ids)})
    groups = _by_component(work, scores, must, cannot, tell)
    current = _current(connection, work)
    moves: dict[int, int] = {}
    numbers = work.numbers.tolist()
    for group in groups:
        inside = {numbers[row] for row in group}
        home = _home(group, numbers, current, inside)
        moves.update((n, home) for n in inside if current[n] != home)
    changed_events = set(moves.values()) | {current[n] for n in moves}
    events.move(connection, moves)
    return changed_events


def _by_component(
    work: _Work, scores: dict[Pair, float], must: list[Pair], cannot: list[Pair], tell: Progress
) -> Iterator[list[int]]:
    """Cluster each connected component of links by itself: they cannot touch one another."""
    pairs_model = model.load()
    join = pairs_model.join
    home = list(range(len(work.members)))

    def root(row: int) -> int:
        while home[row] != row:
            home[row] = home[home[row]]
            row = home[row]
        return row

    strong = [(pair, score) for pair, score in scores.items() if score >= join]
    for a, b in (*(pair for pair, _ in strong), *must):
        home[max(root(a), root(b))] = min(root(a), root(b))
    members: dict[int, list[int]] = {}
    for row in work.members:
        members.setdefault(root(row), []).append(row)
    inside: dict[int, dict[Pair, float]] = {}
    for pair, score in scores.items():
        if root(pair[0]) == root(pair[1]):
            inside.setdefault(root(pair[0]), {})[pair] = score
    for done, (top, rows) in enumerate(members.items()):
        if done % 10_000 == 0:
            tell("cluster", done, len(members))
        if len(rows) == 1:
            yield rows
            continue
        own = set(rows) if must or cannot else set()
        yield from clusters(
            rows,
            inside.get(top, {}),
            work.columns,
            join=join,
            hold=pairs_model.hold,
            must=[pair for pair in must if pair[0] in own],
            cannot=[pair for pair in cannot if pair[0] in own and pair[1] in own],
        )


def _stored_scores(connection: sqlite3.Connection, rows: dict[int, int]) -> Iterator[tuple[int, int, float]]:
    """Standing links of earlier calls between the reports at stake."""
    if len(rows) > 20_000:
        found = connection.execute('SELECT "left", "right", score FROM link WHERE superseded IS NULL')
        yield from ((rows[a], rows[b], score) for a, b, score in found if a in rows and b in rows)
        return
    for n in rows:
        found = connection.execute(
            'SELECT "left", "right", score FROM link WHERE "left" = ? AND superseded IS NULL', (n,)
        )
        yield from ((rows[a], rows[b], score) for a, b, score in found if b in rows)


def _people(connection: sqlite3.Connection, rows: dict[str, int]) -> tuple[list[Pair], list[Pair]]:
    """What people decided about pairs: rows that must be one event, newest first, and rows that must not. The newer word counts."""
    found = connection.execute(
        "SELECT kind, value, \"right\" FROM decision WHERE kind IN ('merge', 'split') AND superseded_at IS NULL ORDER BY n DESC"
    )
    said: dict[Pair, bool] = {}
    for kind, text, right in found:
        value = payload_value(text) or {}
        if kind == "merge":
            sides = [list(value.get("left", ())), list(value.get("right", ()))]
            inner = [pair for side in sides for pair in pairwise(side)]
            pairs = [*product(*sides), *inner]
        else:
            pairs = list(product(leaving(value, right), value.get("stays", ())))
        for a, b in pairs:
            if a in rows and b in rows and a != b:
                said.setdefault((min(rows[a], rows[b]), max(rows[a], rows[b])), kind == "merge")
    return [pair for pair, same in said.items() if same], [pair for pair, same in said.items() if not same]


def _current(connection: sqlite3.Connection, work: _Work) -> dict[int, int]:
    numbers = work.numbers.tolist()
    if len(numbers) > 20_000:
        return dict(connection.execute("SELECT n, event FROM report"))
    return {n: connection.execute("SELECT event FROM report WHERE n = ?", (n,)).fetchone()[0] for n in numbers}


def _home(group: list[int], numbers: list[int], current: dict[int, int], inside: set[int]) -> int:
    """The event a cluster goes by: the one that most of it was in already, then that of its first report by id.

    Only an event founded on a report of the cluster can be its home: so no two clusters ever claim one id.
    """
    votes: dict[int, int] = {}
    for row in group:
        event = current[numbers[row]]
        if event in inside:
            votes[event] = votes.get(event, 0) + 1
    if not votes:
        return numbers[group[0]]
    most = max(votes.values())
    # Rows are in the order of report ids, so the first row of the group settles ties the same way whatever was added first.
    return next(numbers[row] for row in group if votes.get(numbers[row]) == most)


def _events_of(connection: sqlite3.Connection, documents: set[int]) -> set[int]:
    found: set[int] = set()
    for document in documents:
        found.update(row[0] for row in connection.execute("SELECT event FROM report WHERE document = ?", (document,)))
    return found
