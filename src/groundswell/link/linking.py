"""Linking over a ledger: find copies, load the reports at stake, block, compare, cluster, and write down links and events.

One call is one transaction: killed half-way, the ledger is as before. Only reports that are new or changed since the last call,
and those they share a block or an event with, are touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product

import numpy as np
from numpy.typing import NDArray

from groundswell.link import copies, model
from groundswell.link.cluster import Pair, clusters
from groundswell.link.columns import Columns
from groundswell.link.compare import FEATURES, excluded, features, reason
from groundswell.link.stake import Stake, fresh_reports, load
from groundswell.store import Ledger, events
from groundswell.store.decisions import leaving, payload_value
from groundswell.store.linkbook import Link, begin, finish, record

Progress = Callable[[str, int, int], None]
Pairs = NDArray[np.int64]
Compared = tuple[Pairs, NDArray[np.float64], NDArray[np.float16]]  # pairs worth showing, their scores and features
Comparing = Callable[[Columns, Sequence[Pairs]], Iterable[Compared]]  # each part of the pairs, in the order given
_SLICE = 250_000  # pairs compared at once: 30 features of 4 bytes each, and the sketches of both sides
_MANY = 20_000  # from here on whole tables are read in order instead of row by row


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What a call of ``link`` did. ``compared`` pairs of reports were scored, ``links`` of them written down (kept or new)."""

    reports: int
    compared: int
    links: int
    merged_events: int
    copies: int


def link(
    ledger: Ledger,
    *,
    only: Iterable[str] | None = None,
    progress: Progress | None = None,
    comparing: Comparing | None = None,
) -> LinkResult:
    """Bring reports of one happening together. Raises LedgerError where the ledger cannot be written.

    ``only``: document or report ids to link now; by default everything added or read anew since the last call.
    ``progress``: called with a step's name, done and total.
    ``comparing``: runs ``compared`` over parts of the pairs, here or elsewhere; by default here, one after another.
    """
    tell = progress or (lambda step, done, total: None)
    with ledger.changing() as connection:
        changed = copies.update(connection)
        fresh = fresh_reports(connection, only)
        if not fresh and not changed:
            return LinkResult(0, 0, 0, 0, 0)
        before = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        tell("load", 0, len(fresh))
        work = load(connection, fresh)
        tell("compare", 0, len(work.pairs))
        scored = _compare(work, tell, comparing or _here)
        _write_links(connection, work, scored)
        touched = _cluster(connection, work, scored, tell)
        events.refresh(connection, touched | _events_of(connection, changed))
        connection.executemany("DELETE FROM unlinked WHERE report = ?", [(n,) for n in fresh])
        after = connection.execute("SELECT count(*) FROM event").fetchone()[0]
    return LinkResult(len(fresh), len(work.pairs), len(scored.scores), before - after, len(changed))


@dataclass
class _Scored:
    """The pairs worth showing: rows (smaller, larger), scores, and the features that the reasons are told from."""

    pairs: NDArray[np.int64]
    scores: NDArray[np.float64]
    features: NDArray[np.float16]


def compared(columns: Columns, part: Pairs) -> Compared:
    """Score some pairs of rows. Depends on nothing else, so that any process may do it."""
    pairs_model = model.load()
    table = features(columns, part[:, 0], part[:, 1])
    scores = pairs_model.scores(table)
    shown = scores >= pairs_model.show
    return part[shown], np.round(scores[shown], 6), table[shown].astype(np.float16)


def _here(columns: Columns, parts: Sequence[Pairs]) -> Iterator[Compared]:
    return (compared(columns, part) for part in parts)


def _compare(work: Stake, tell: Progress, comparing: Comparing) -> _Scored:
    kept: list[Compared] = [
        (np.zeros((0, 2), dtype=np.int64), np.zeros(0), np.zeros((0, len(FEATURES)), dtype=np.float16))
    ]
    parts = [work.pairs[start : start + _SLICE] for start in range(0, len(work.pairs), _SLICE)]
    for number, each in enumerate(comparing(work.columns, parts), 1):
        kept.append(each)
        tell("compare", min(number * _SLICE, len(work.pairs)), len(work.pairs))
    return _Scored(
        np.concatenate([each[0] for each in kept]),
        np.concatenate([each[1] for each in kept]),
        np.concatenate([each[2] for each in kept]),
    )


def _write_links(connection: sqlite3.Connection, work: Stake, scored: _Scored) -> None:
    """New and changed links; a link of a fresh report that no longer holds is superseded, not removed."""
    run = begin(connection, model.load().name, {"join": model.load().join, "data": model.load().data})
    record(connection, run, _links(work, scored), work.numbers[work.fresh].tolist())
    finish(connection, run)


def _links(work: Stake, scored: _Scored) -> Iterator[Link]:
    ids, numbers, join = work.columns.ids, work.numbers.tolist(), model.load().join
    for at, (score, (a, b)) in enumerate(zip(scored.scores.tolist(), scored.pairs.tolist(), strict=True)):
        words = reason(work.columns, a, b, scored.features[at].tolist())
        yield Link(numbers[a], numbers[b], ids[a], ids[b], score, "same" if score >= join else "possible", words)


def _cluster(connection: sqlite3.Connection, work: Stake, scored: _Scored, tell: Progress) -> set[int]:
    """Group the reports at stake anew and move them to their events; returns the events touched."""
    pairs, scores = _with_stored(connection, work, scored)
    must, cannot = _people(connection, {identity: row for row, identity in enumerate(work.columns.ids)})
    current = _current(connection, work)
    moves: dict[int, int] = {}
    numbers = work.numbers.tolist()
    for group in _groups(work.columns, pairs, scores, must, cannot, tell):
        inside = {numbers[row] for row in group}
        home = _home(group, numbers, current, inside)
        moves.update((n, home) for n in inside if current[n] != home)
    changed_events = set(moves.values()) | {current[n] for n in moves}
    events.move(connection, moves)
    return changed_events


def _groups(
    columns: Columns,
    pairs: NDArray[np.int64],
    scores: NDArray[np.float64],
    must: list[Pair],
    cannot: list[Pair],
    tell: Progress,
) -> Iterator[list[int]]:
    """Cluster each connected component of links by itself: they cannot touch one another."""
    pairs_model = model.load()
    strong = pairs[scores >= pairs_model.join].tolist()
    home = _roots(len(columns), [*strong, *must])
    inside = np.flatnonzero(home[pairs[:, 0]] == home[pairs[:, 1]])
    inside = inside[np.argsort(home[pairs[inside, 0]], kind="stable")]
    tops = home[pairs[inside, 0]]
    order = np.argsort(home, kind="stable")
    starts = np.flatnonzero(np.r_[True, home[order][1:] != home[order][:-1]])[: len(home)].tolist()
    for done, (start, end) in enumerate(pairwise([*starts, len(home)])):
        if done % 10_000 == 0:
            tell("cluster", done, len(starts))
        rows = order[start:end].tolist()
        if len(rows) == 1:
            yield rows
            continue
        own = inside[slice(*np.searchsorted(tops, [home[rows[0]], home[rows[0]] + 1]))]
        known = set(rows) if must or cannot else set()
        yield from clusters(
            rows,
            dict(zip(map(tuple, pairs[own].tolist()), scores[own].tolist(), strict=True)),
            columns,
            join=pairs_model.join,
            hold=pairs_model.hold,
            must=[pair for pair in must if pair[0] in known],
            cannot=[pair for pair in cannot if pair[0] in known and pair[1] in known],
        )


def _roots(count: int, pairs: Iterable[Sequence[int]]) -> NDArray[np.int64]:
    """By row, the smallest row of its connected component."""
    home = list(range(count))

    def root(row: int) -> int:
        while home[row] != row:
            home[row] = home[home[row]]
            row = home[row]
        return row

    for a, b in pairs:
        first, second = root(a), root(b)
        home[max(first, second)] = min(first, second)
    return np.array([root(row) for row in range(count)], dtype=np.int64)


def _with_stored(
    connection: sqlite3.Connection, work: Stake, scored: _Scored
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The pairs just scored, and standing links of earlier calls between the reports at stake that are still possible."""
    rows: NDArray[np.int64] = np.full(int(work.numbers.max(initial=0)) + 1, -1, dtype=np.int64)
    rows[work.numbers] = np.arange(len(work.numbers))
    found = [(np.zeros((0, 2), dtype=np.int64), np.zeros(0))]
    for part in _stored(connection, work.numbers.tolist()):
        numbers = np.array([row[:2] for row in part], dtype=np.int64).reshape(-1, 2)
        known = np.max(numbers, axis=1, initial=0) < len(rows)
        pairs = np.sort(rows[numbers * known[:, None]], axis=1)
        known &= pairs[:, 0] >= 0
        pairs, scores = pairs[known], np.array([row[2] for row in part])[known]
        # People may have corrected a day or a place since: what is ruled out now is no longer a link.
        fits = ~excluded(work.columns, pairs[:, 0], pairs[:, 1])
        found.append((pairs[fits], scores[fits]))
    every = np.concatenate([scored.pairs, *(pairs for pairs, _ in found)])
    scores = np.concatenate([scored.scores, *(scores for _, scores in found)])
    _, first = np.unique((every[:, 0] << 32) | every[:, 1], return_index=True)
    return every[first], scores[first]


def _stored(connection: sqlite3.Connection, numbers: list[int]) -> Iterator[list[tuple[int, int, float]]]:
    """Standing links of earlier linkings, in slices: those of these reports, or all where the reports are many."""
    sql = 'SELECT "left", "right", score FROM link WHERE superseded IS NULL'
    if len(numbers) > _MANY:
        cursor = connection.execute(f"{sql} AND linkrun < (SELECT max(n) FROM linkrun)")
        while rows := cursor.fetchmany(200_000):
            yield rows
        return
    every = (row for n in numbers for row in connection.execute(f'{sql} AND "left" = ?', (n,)))
    while part := list(islice(every, 200_000)):
        yield part


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


def _current(connection: sqlite3.Connection, work: Stake) -> dict[int, int]:
    numbers = work.numbers.tolist()
    if len(numbers) > _MANY:
        return dict(connection.execute("SELECT n, event FROM report"))  # from an index alone
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
