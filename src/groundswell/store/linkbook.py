"""Where linkings are written down: each link with its score and reason, each linking with an entry in the log over its links.

A link that no longer holds is superseded by a later linking, never removed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from groundswell.store import chain, payload


class Link(NamedTuple):
    """Two reports (by number and id), the score that they tell one happening, same | possible, and why."""

    left: int
    right: int
    left_id: str
    right_id: str
    score: float
    judgement: str
    reason: str


def begin(connection: sqlite3.Connection, model: str, settings: Mapping[str, object]) -> int:
    """Number of a new linking by a model with these settings."""
    row = connection.execute(
        "INSERT INTO linkrun(model, settings) VALUES(?, ?) RETURNING n", (model, payload.canonical(settings))
    ).fetchone()
    return int(row[0])


def record(connection: sqlite3.Connection, linkrun: int, links: Iterable[Link], fresh: Sequence[int]) -> None:
    """Write links; those already standing with the same score and reason stay, other links of ``fresh`` reports are superseded."""
    standing = _standing(connection, fresh)
    new = _new(links, standing, linkrun)
    while part := list(islice(new, 50_000)):
        connection.executemany(
            'INSERT INTO link("left", "right", score, judgement, reason, linkrun, digest) VALUES(?,?,?,?,?,?,?)', part
        )
    connection.executemany("UPDATE link SET superseded = ? WHERE n = ?", [(linkrun, n) for n, _ in standing.values()])


def _new(
    links: Iterable[Link], standing: dict[tuple[int, int], tuple[int, bytes]], linkrun: int
) -> Iterator[tuple[object, ...]]:
    """Rows for links that do not stand yet; what is left in ``standing`` at the end no longer holds."""
    for link in links:
        known = standing.pop((link.left, link.right), None) or standing.pop((link.right, link.left), None)
        digest = link_digest(link.left_id, link.right_id, link.score, link.judgement, link.reason)
        if known is not None and known[1] == digest:
            continue
        if known is not None:
            standing[link.left, link.right] = known
        yield (link.left, link.right, link.score, link.judgement, link.reason, linkrun, digest)


def _standing(connection: sqlite3.Connection, fresh: Sequence[int]) -> dict[tuple[int, int], tuple[int, bytes]]:
    if connection.execute("SELECT 1 FROM link LIMIT 1").fetchone() is None:
        return {}
    found: dict[tuple[int, int], tuple[int, bytes]] = {}
    for n in fresh:
        rows = connection.execute(
            'SELECT "left", "right", n, digest FROM link WHERE ("left" = ? OR "right" = ?) AND superseded IS NULL',
            (n, n),
        )
        found.update(((left, right), (number, bytes(digest))) for left, right, number, digest in rows)
    return found


def finish(connection: sqlite3.Connection, linkrun: int) -> None:
    """Enter the linking into the log; call when all its links are written."""
    chain.append(connection, "link", str(linkrun), content(connection, linkrun))


def content(connection: sqlite3.Connection, linkrun: int) -> list[object] | None:
    """What the log commits to for a linking: the model, its settings, the links it made and those it superseded."""
    row = connection.execute("SELECT model, settings FROM linkrun WHERE n = ?", (linkrun,)).fetchone()
    if row is None:
        return None
    whole = hashlib.sha256()
    for (digest,) in connection.execute("SELECT digest FROM link WHERE linkrun = ? ORDER BY n", (linkrun,)):
        whole.update(bytes(digest))
    gone = hashlib.sha256()
    for (n,) in connection.execute("SELECT n FROM link WHERE superseded = ? ORDER BY n", (linkrun,)):
        gone.update(f"{n} ".encode())
    return [*row, whole.hexdigest(), gone.hexdigest()]


def link_digest(left: str, right: str, score: float, judgement: str, reason: str) -> bytes:
    """What a linking commits to for one link (16 bytes: enough to show any change, half the room of the full digest)."""
    spelled = payload.canonical([left, right, score, judgement, reason]).encode("utf-8", "surrogatepass")
    return hashlib.sha256(spelled).digest()[:16]
