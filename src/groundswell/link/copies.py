"""Near-duplicate documents: wire copies and reprints count as one source. MinHash signatures with stored bands, so that a new
document meets only those that share a band."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundswell.link.blocking import distinct
from groundswell.store import payload, reading

PERMUTATIONS = 64  # the likeness is then known to within 0.06 (one standard deviation)
BANDS = 16  # of 4 rows: two texts with Jaccard 0.8 share a band with probability 0.9998, with 0.7 0.99, with 0.3 0.12
ALIKE = 0.7  # of word 4-shingles; a wire copy with a changed lead and a cut tail keeps about that much
SHORTEST = 25  # words; shorter texts are alike by chance
_SEED = 17
_MANY = 20_000
_SLICE = 4_000  # documents signed at once
_ROWS = 200_000  # rows handed to or taken from SQL at once
MOST = 200  # documents looked at in one band; more than that share boiler-plate, not a story

Numbers = NDArray[np.int64]
Signatures = NDArray[np.uint32]


@dataclass
class Signed:
    """Documents with their signatures (one row each), in the order of their numbers: 640 bytes a document."""

    documents: Numbers
    signatures: Signatures

    def bands(self) -> Numbers:
        return bands(self.signatures)


def shingles(text: str) -> list[str]:
    """Runs of four words, whatever their case."""
    bare = text.casefold().split()
    return [" ".join(bare[start : start + 4]) for start in range(len(bare) - 3)] if len(bare) >= SHORTEST else []


def signature(text: str) -> Signatures | None:
    """MinHash of a text; None for one too short to tell."""
    from rensa import RMinHash  # type: ignore[import-untyped]

    parts = shingles(text)
    if not parts:
        return None
    made = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    made.update(parts)
    return np.array(made.digest(), dtype=np.uint32)


def bands(found: Signatures) -> Numbers:
    """One 62-bit number a band of every row: equal in two documents where all its places are, else equal by a chance of 2**-62."""
    rows = found.reshape(len(found), BANDS, PERMUTATIONS // BANDS)
    mixed = np.tile(np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15), (len(found), 1))
    for column in range(rows.shape[2]):
        mixed = (mixed ^ rows[:, :, column].astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(2)).astype(np.int64)


def update(connection: sqlite3.Connection) -> set[int]:
    """Sign documents that are new or changed and regroup those alike; returns documents whose source changed.

    Call inside a transaction.
    """
    fresh, again = _sign(connection)
    pairs = _alike(connection, fresh)
    connection.executemany(
        'INSERT INTO copy("left", "right") VALUES(?, ?) ON CONFLICT DO NOTHING',
        [*pairs, *((b, a) for a, b in pairs)],
    )
    return _regroup(connection, {document for pair in pairs for document in pair} | again)


def _sign(connection: sqlite3.Connection) -> tuple[Signed, set[int]]:
    """Sign what is unsigned; returns the new signatures, and the documents whose text changed with those alike so far."""
    waiting = [row[0] for row in connection.execute("SELECT document FROM unsigned ORDER BY document")]
    documents: list[int] = []
    parts: list[Signatures] = [np.zeros((0, PERMUTATIONS), dtype=np.uint32)]
    again: set[int] = set()
    for start in range(0, len(waiting), _SLICE):
        part = waiting[start : start + _SLICE]
        again |= _forget(connection, part)
        rows: list[tuple[int, bytes]] = []
        signed: list[Signatures] = []
        for document, text_hash in _texts(connection, part):
            found = signature(payload.get(connection, text_hash))
            rows.append((document, found.tobytes() if found is not None else b""))
            if found is not None:
                documents.append(document)
                signed.append(found)
        connection.executemany("INSERT INTO signature(document, body) VALUES(?, ?)", rows)
        if signed:
            parts.append(np.stack(signed))
    fresh = Signed(np.array(documents, dtype=np.int64), np.concatenate(parts))
    _write_bands(connection, fresh)
    connection.execute("DELETE FROM unsigned")
    return fresh, again


def _texts(connection: sqlite3.Connection, documents: Sequence[int]) -> Iterator[tuple[int, str]]:
    for part in reading.chunks(documents):
        marks = ",".join("?" * len(part))
        sql = f"SELECT d.n, r.text_hash FROM document d JOIN reading r ON r.n = d.reading WHERE d.n IN ({marks}) ORDER BY d.n"
        yield from connection.execute(sql, part).fetchall()


def _forget(connection: sqlite3.Connection, documents: Sequence[int]) -> set[int]:
    """Drop what was signed of earlier texts of these documents; returns those that had one, and what was alike to them."""
    again: set[int] = set()
    for part in reading.chunks(documents):
        marks = ",".join("?" * len(part))
        known = f"SELECT document, body FROM signature WHERE document IN ({marks})"
        for document, body in connection.execute(known, part).fetchall():
            again.add(document)
            old = bands(_unpacked([bytes(body)])).ravel().tolist()
            connection.executemany(
                "DELETE FROM band WHERE hash = ? AND document = ?", [(band, document) for band in old]
            )
            connection.execute("DELETE FROM signature WHERE document = ?", (document,))
        # An erased document has no signature any more, but may still have copies.
        alike = f'SELECT "left", "right" FROM copy WHERE "left" IN ({marks})'
        for document, other in connection.execute(alike, part).fetchall():
            again.update([document, other])
            connection.executemany(
                'DELETE FROM copy WHERE "left" = ? AND "right" = ?', [(document, other), (other, document)]
            )
    return again


def _unpacked(bodies: Sequence[bytes]) -> Signatures:
    return np.frombuffer(b"".join(bodies), dtype=np.uint32).reshape(-1, PERMUTATIONS)


def _write_bands(connection: sqlite3.Connection, fresh: Signed) -> None:
    """Sorted: the index is a tree by band, and rows in its order cost a fifth of rows in random order."""
    hashes, owners = fresh.bands().ravel(), np.repeat(fresh.documents, BANDS)
    order = np.lexsort((owners, hashes))
    for start in range(0, len(order), _ROWS):
        part = order[start : start + _ROWS]
        rows = zip(hashes[part].tolist(), owners[part].tolist(), strict=True)
        connection.executemany("INSERT INTO band(hash, document) VALUES(?, ?) ON CONFLICT DO NOTHING", rows)


def _alike(connection: sqlite3.Connection, fresh: Signed) -> list[tuple[int, int]]:
    """Pairs of documents, at least one of them new, whose signatures agree in ALIKE of their places, sorted."""
    many = len(fresh.documents) > _MANY
    pairs = _all_sharing(connection, fresh) if many else _sharing(connection, fresh)
    pairs = pairs[np.isin(pairs, fresh.documents).any(axis=1)]
    every = _with_signatures(connection, fresh, distinct(pairs))
    found: list[tuple[int, int]] = []
    for start in range(0, len(pairs), _ROWS):
        part = pairs[start : start + _ROWS]
        left, right = (every.signatures[np.searchsorted(every.documents, part[:, side])] for side in (0, 1))
        found.extend(map(tuple, part[(left == right).mean(axis=1) >= ALIKE].tolist()))
    return found


def _with_signatures(connection: sqlite3.Connection, fresh: Signed, documents: Numbers) -> Signed:
    """The signatures of these documents, from memory where they were made just now."""
    known = np.isin(documents, fresh.documents)
    rows: list[tuple[int, bytes]] = []
    for part in reading.chunks(documents[~known].tolist()):
        marks = ",".join("?" * len(part))
        rows += connection.execute(f"SELECT document, body FROM signature WHERE document IN ({marks})", part).fetchall()
    own = np.searchsorted(fresh.documents, documents[known])
    numbers = np.concatenate([documents[known], np.array([row[0] for row in rows], dtype=np.int64)])
    signatures = np.concatenate([fresh.signatures[own], _unpacked([bytes(row[1]) for row in rows])])
    order = np.argsort(numbers)
    return Signed(numbers[order], signatures[order])


def _sharing(connection: sqlite3.Connection, fresh: Signed) -> Numbers:
    """Pairs that share a band, looked up for each new document; shape (n, 2), the smaller number first."""
    marks = ",".join("?" * BANDS)
    sql = f"SELECT DISTINCT document FROM band WHERE hash IN ({marks}) AND document <> ? ORDER BY document LIMIT {MOST}"
    found = {
        (min(document, other), max(document, other))
        for document, own in zip(fresh.documents.tolist(), fresh.bands().tolist(), strict=True)
        for (other,) in connection.execute(sql, (*own, document))
    }
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _all_sharing(connection: sqlite3.Connection, fresh: Signed) -> Numbers:
    """The same for very many new documents, over all bands at once; of a band with more than MOST documents, the first."""
    hashes, owners = _every_band(connection, fresh)
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    found: list[Numbers] = [np.zeros(0, dtype=np.int64)]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    place = np.arange(len(hashes)) - np.repeat(starts, np.diff(np.r_[starts, len(hashes)]))
    for step in range(1, min(int(place.max(initial=0)) + 1, MOST)):
        here = np.flatnonzero((place >= step) & (place < MOST))
        found.append((owners[here - step] << 32) | owners[here])
    packed = distinct(np.concatenate(found))
    return np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)


def _every_band(connection: sqlite3.Connection, fresh: Signed) -> tuple[Numbers, Numbers]:
    """All bands and their documents; read back only where there are documents signed before."""
    if connection.execute("SELECT count(*) FROM signature").fetchone()[0] <= len(fresh.documents):
        return fresh.bands().ravel(), np.repeat(fresh.documents, BANDS)
    parts: list[Numbers] = []
    cursor = connection.execute("SELECT hash, document FROM band")
    while rows := cursor.fetchmany(_ROWS):
        parts.append(np.array(rows, dtype=np.int64))
    every = np.concatenate(parts)
    return every[:, 0], every[:, 1]


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
