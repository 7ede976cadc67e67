"""Near-duplicate documents: wire copies and reprints count as one source. MinHash signatures with stored bands, so that a new
document meets only those that share a band."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from groundswell.store import payload

PERMUTATIONS = 64  # the likeness is then known to within 0.06 (one standard deviation)
BANDS = 16  # of 4 rows: two texts with Jaccard 0.8 share a band with probability 0.9998, with 0.7 0.99, with 0.3 0.12
ALIKE = 0.7  # of word 4-shingles; a wire copy with a changed lead and a cut tail keeps about that much
SHORTEST = 25  # words; shorter texts are alike by chance
_SEED = 17
_MANY = 20_000
MOST = 200  # documents looked at in one band; more than that share boiler-plate, not a story

Signed = tuple[int, NDArray[np.uint32], list[int]]  # document, signature, bands


def shingles(text: str) -> list[str]:
    """Runs of four words, whatever their case."""
    bare = text.casefold().split()
    return [" ".join(bare[start : start + 4]) for start in range(len(bare) - 3)] if len(bare) >= SHORTEST else []


def signature(text: str) -> NDArray[np.uint32] | None:
    """MinHash of a text; None for one too short to tell."""
    from rensa import RMinHash  # type: ignore[import-untyped]

    parts = shingles(text)
    if not parts:
        return None
    made = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    made.update(parts)
    return np.array(made.digest(), dtype=np.uint32)


def bands(found: NDArray[np.uint32]) -> list[int]:
    """One 62-bit number a band: equal in two documents where all its rows are, else equal by a chance of 2**-62."""
    rows = found.reshape(BANDS, -1).astype(np.uint64)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for column in range(rows.shape[1]):
        mixed = (mixed ^ rows[:, column]) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return [int(number) for number in mixed >> np.uint64(2)]


def update(connection: sqlite3.Connection) -> set[int]:
    """Sign documents that are new or changed and regroup those alike; returns documents whose source changed.

    Call inside a transaction.
    """
    fresh, again = _sign(connection)
    pairs = list(_alike(connection, fresh))
    connection.executemany(
        'INSERT OR IGNORE INTO copy("left", "right") VALUES(?, ?)', [*pairs, *((b, a) for a, b in pairs)]
    )
    return _regroup(connection, {document for pair in pairs for document in pair} | again)


def _sign(connection: sqlite3.Connection) -> tuple[list[Signed], set[int]]:
    """Sign what is unsigned; returns the new signatures, and the documents whose text changed with those alike so far."""
    rows = connection.execute(
        "SELECT d.n, r.text_hash, s.document FROM document d JOIN reading r ON r.n = d.reading "
        "LEFT JOIN signature s ON s.document = d.n WHERE s.text_hash IS NULL OR s.text_hash <> r.text_hash ORDER BY d.n"
    ).fetchall()
    fresh: list[Signed] = []
    entries: list[tuple[int, int]] = []
    again: set[int] = set()
    for document, text_hash, known in rows:
        if known is not None:
            again.update([document], _near(connection, document))
            connection.execute("DELETE FROM band WHERE document = ?", (document,))
            connection.execute('DELETE FROM copy WHERE "left" = ? OR "right" = ?', (document, document))
        found = signature(payload.get(connection, text_hash))
        connection.execute(
            "INSERT INTO signature(document, text_hash, body) VALUES(?,?,?) ON CONFLICT(document) DO UPDATE SET "
            "text_hash = excluded.text_hash, body = excluded.body",
            (document, text_hash, found.tobytes() if found is not None else b""),
        )
        if found is not None:
            own = bands(found)
            fresh.append((document, found, own))
            entries.extend((band, document) for band in own)
    # Sorted: the index is a tree by band, and rows in its order cost a fifth of rows in random order.
    connection.executemany("INSERT OR IGNORE INTO band(hash, document) VALUES(?, ?)", sorted(entries))
    return fresh, again


def _alike(connection: sqlite3.Connection, fresh: Sequence[Signed]) -> Iterator[tuple[int, int]]:
    """Pairs of documents, at least one of them new, whose signatures agree in ALIKE of their places."""
    signatures = {document: found for document, found, _ in fresh}
    candidates = _all_sharing(connection) if len(fresh) > _MANY else _sharing(connection, fresh)
    for first, second in sorted(candidates):
        if (first in signatures or second in signatures) and _likeness(connection, signatures, first, second) >= ALIKE:
            yield first, second


def _sharing(connection: sqlite3.Connection, fresh: Sequence[Signed]) -> set[tuple[int, int]]:
    """Pairs that share a band, looked up for each new document."""
    marks = ",".join("?" * BANDS)
    sql = f"SELECT DISTINCT document FROM band WHERE hash IN ({marks}) AND document <> ? ORDER BY document LIMIT {MOST}"
    return {
        (min(document, other), max(document, other))
        for document, _, own in fresh
        for (other,) in connection.execute(sql, (*own, document))
    }


def _all_sharing(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """The same for very many new documents, in one walk through the bands in their order."""
    found: set[tuple[int, int]] = set()
    for _, rows in groupby(
        connection.execute("SELECT hash, document FROM band ORDER BY hash, document"), itemgetter(0)
    ):
        documents = [document for _, document in islice(rows, MOST)]
        if len(documents) > 1:
            found.update(combinations(documents, 2))
    return found


def _likeness(
    connection: sqlite3.Connection, signatures: dict[int, NDArray[np.uint32]], first: int, second: int
) -> float:
    for document in (first, second):
        if document not in signatures:
            body = connection.execute("SELECT body FROM signature WHERE document = ?", (document,)).fetchone()[0]
            signatures[document] = np.frombuffer(body, dtype=np.uint32)
    return float(np.mean(signatures[first] == signatures[second]))


def _near(connection: sqlite3.Connection, document: int) -> list[int]:
    return [row[0] for row in connection.execute('SELECT "right" FROM copy WHERE "left" = ?', (document,))]


def _regroup(connection: sqlite3.Connection, touched: set[int]) -> set[int]:
    """Documents joined by a chain of likeness are one source, which is named by the smallest document id among them."""
    changed: set[int] = set()
    seen: set[int] = set()
    for start in sorted(touched):
        if start in seen:
            continue
        group, waiting = {start}, [start]
        while waiting:
            near = set(_near(connection, waiting.pop())) - group
            group |= near
            waiting.extend(near)
        seen |= group
        rows = [
            connection.execute("SELECT id, n, source FROM document WHERE n = ?", (document,)).fetchone()
            for document in group
        ]
        first = min(rows)[1]
        moved = [n for _, n, source in rows if source != first]
        connection.executemany("UPDATE document SET source = ? WHERE n = ?", [(first, n) for n in moved])
        changed.update(moved)
    return changed
