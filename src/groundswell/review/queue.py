"""What to look at first: events ordered by what a decision about them is worth. Reads the ledger, decides nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from groundswell.store import Ledger, reading

Json = Mapping[str, Any]

# The cheap part of the worth, in SQL, to find candidates among millions; ``worth`` orders those.
_CANDIDATES = (
    "SELECT n FROM event WHERE state IN ('unreviewed', 'contested') ORDER BY CASE WHEN state = 'contested' THEN 2 ELSE 0 END "
    "+ (1 - abs(2 * confidence - 1)) + 0.25 * CASE WHEN reports < 5 THEN reports ELSE 5 END "
    "+ CASE WHEN type IN ('ASSAULT', 'PROTEST') THEN 0.4 ELSE 0 END "
    "+ CASE WHEN status NOT IN ('occurred', 'ongoing') THEN 0.2 ELSE 0 END DESC, n LIMIT ?"
)
_POSSIBLE = (
    'SELECT a.event, b.event, l.score, l.reason FROM link l JOIN report a ON a.n = l."left" JOIN report b ON b.n = l."right" '
    "WHERE l.superseded IS NULL AND a.event <> b.event AND a.live = 1 AND b.live = 1 AND (a.event = ? OR b.event = ?) "
    "ORDER BY l.score DESC, a.id, b.id"
)
_NEAR = (
    "SELECT n, earliest, reports FROM event WHERE country = ? AND type = ? AND n <> ? AND earliest <= ? AND latest >= ? "
    "AND state <> 'rejected'"
)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Item:
    """An event with what a decision about it is worth and why, in words."""

    event: dict[str, Any]
    worth: float
    reasons: tuple[str, ...]


def queue(book: Ledger, *, limit: int = 50, pool: int = 200) -> list[Item]:
    """The events of the whole ledger most worth a decision, best first. ``pool``: how many to look at closely."""
    with book.database.errors():
        numbers = [int(row[0]) for row in book.connection.execute(_CANDIDATES, (pool,))]
    return ranked(book, numbers, limit=limit)


def ranked(book: Ledger, numbers: Sequence[int], *, limit: int = 50) -> list[Item]:
    """These events by what a decision about them is worth; 200 take 30 ms."""
    with book.database.errors():
        events = reading.event_views(book.connection, numbers)
        doubted = _doubted(book, numbers)
        homes = {event["id"]: reading.resolve_event(book.connection, event["id"]) or 0 for event in events}
    items = [_item(event, doubted.get(homes[event["id"]], 0.0)) for event in events]
    return sorted(items, key=lambda item: (-item.worth, item.event["id"]))[:limit]


def _item(event: dict[str, Any], possible: float) -> Item:
    worth, reasons = measure(event, possible)
    return Item(event, round(worth, 3), tuple(reasons))


def measure(event: Json, possible: float = 0.0) -> tuple[float, list[str]]:
    """Uncertainty, dispute and reach, added up; ``possible`` is the score of the best link that was left open."""
    parts: list[tuple[float, str]] = []
    unsure = 1 - abs(2 * float(event["confidence"]) - 1)
    if unsure > 0.3:
        parts.append((unsure, f"the reader is {100 * float(event['confidence']):.0f} % sure"))
    if event.get("review_state") == "contested":
        parts.append((2.0, "someone concerned contests it"))
    spread = _spread(event.get("figures") or ())
    if spread:
        parts.append((min(spread[0], 1.5), f"sources differ on {spread[1]}"))
    if len({said["status"] for said in event.get("statuses") or ()}) > 1:
        parts.append((0.5, "reports differ on whether it took place"))
    if len({place.get("country") for place in event.get("places") or () if place.get("country")}) > 1:
        parts.append((0.6, "places in more than one country"))
    reach = _reach(event.get("figure_ranges") or {})
    if reach >= 1:
        parts.append((0.3 * reach, "large figures"))
    if possible:
        parts.append((0.5 * possible, "another event may be the same"))
    parts.append((0.15 * math.log2(1 + int(event.get("report_count") or 1)), ""))
    return sum(part for part, _ in parts), [reason for _, reason in parts if reason]


def _spread(figures: Iterable[Json]) -> tuple[float, str] | None:
    """How far sources' figures lie apart, in powers of two: the widest kind of count."""
    ends: dict[str, list[float]] = {}
    for figure in figures:
        value = (
            figure["best"]
            if figure["best"] is not None
            else figure["low"]
            if figure["low"] is not None
            else figure["high"]
        )
        if value is not None:
            ends.setdefault(figure["of"], []).append(float(value))
    widest = max(((math.log2((max(v) + 1) / (min(v) + 1)), of) for of, v in ends.items() if len(v) > 1), default=None)
    return (widest[0], widest[1]) if widest and widest[0] > 0.4 else None


def _reach(ranges: Mapping[str, Json]) -> float:
    """Powers of ten: of the crowd beyond 100, of the dead beyond 1."""
    crowd = (ranges.get("participants") or {}).get("high") or 0
    dead = (ranges.get("deaths") or {}).get("high") or 0
    return max(math.log10(max(crowd, 1)) - 2, math.log10(max(dead, 1)), 0.0)


def _doubted(book: Ledger, numbers: Sequence[int]) -> dict[int, float]:
    """The best score of a possible link out of each event."""
    found: dict[int, float] = {}
    for part in reading.chunks(numbers):
        marks = ",".join("?" * len(part))
        rows = book.connection.execute(
            'SELECT a.event, b.event, l.score FROM link l JOIN report a ON a.n = l."left" JOIN report b ON b.n = l."right" '
            f"WHERE l.superseded IS NULL AND l.judgement = 'possible' AND a.event <> b.event AND a.event IN ({marks})",
            part,
        )
        for first, second, score in rows:
            for n in (first, second):
                found[n] = max(found.get(n, 0.0), score)
    return found


def candidates(book: Ledger, event_id: str) -> list[dict[str, Any]]:
    """Other events that may tell the same happening: open links first, then the same kind in the same country within two days."""
    with book.database.errors():
        n = reading.resolve_event(book.connection, event_id)
        if n is None:
            return []
        reasons: dict[int, str] = {}
        for first, second, score, reason in book.connection.execute(_POSSIBLE, (n, n)).fetchall():
            reasons.setdefault(second if first == n else first, f"{reason} (score {score:.2f})")
        for other in _near(book, n):
            reasons.setdefault(other, "same kind, country and days")
        numbers = list(reasons)[:_MOST]
        views = {
            reading.resolve_event(book.connection, view["id"]): view
            for view in reading.event_views(book.connection, numbers)
        }
    return [{"event": views[other], "reason": reasons[other]} for other in numbers if other in views]


def _near(book: Ledger, n: int) -> list[int]:
    """Events of the same kind in the same country within two days, the closest in time first."""
    row = book.connection.execute("SELECT country, type, earliest, latest FROM event WHERE n = ?", (n,)).fetchone()
    if row is None or None in row:
        return []
    country, kind, first, last = row[0], row[1], date.fromisoformat(row[2]), date.fromisoformat(row[3])
    until, since = (last + timedelta(days=2)).isoformat(), (first - timedelta(days=2)).isoformat()
    rows = book.connection.execute(_NEAR, (country, kind, n, until, since)).fetchall()
    rows.sort(key=lambda row: (abs((date.fromisoformat(row[1]) - first).days), -row[2], row[0]))
    return [int(row[0]) for row in rows[:_MOST]]
