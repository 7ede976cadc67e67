"""Filters to SQL, and the pages of reports and events. Reads only."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from groundswell.errors import UsageError
from groundswell.store import fulltext
from groundswell.store.fulltext import fts_query
from groundswell.store.shapes import CountBy, Filters, listed

__all__ = ["ACTORS", "PLACES", "Where", "event_where", "fts_query", "report_where"]

ACTORS = "SELECT report FROM report_actor WHERE name IN (SELECT name FROM actor_name WHERE name LIKE ? ESCAPE '\\')"
"""Numbers of the reports that name somebody like a LIKE pattern."""
PLACES = "SELECT report FROM report_place WHERE name IN (SELECT name FROM place_name WHERE name LIKE ? ESCAPE '\\')"
"""Numbers of the reports that name a place like a LIKE pattern."""
STATES = ("unreviewed", "confirmed", "corrected", "contested", "rejected", "any")


@dataclass
class Where:
    """Conditions joined by AND, with their parameters in order."""

    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, condition: str, *parameters: object) -> None:
        self.conditions.append(condition)
        self.parameters.extend(parameters)

    def any_of(self, column: str, values: list[str]) -> None:
        if values:
            self.add(f"{column} IN ({','.join('?' * len(values))})", *values)

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) if self.conditions else "1 = 1"


def event_where(filters: Filters) -> Where:
    """Conditions on table ``event`` as ``e``."""
    where = Where()
    _shared(where, filters, "e")
    state = filters.review_state
    if state is not None and state not in STATES:
        raise UsageError(f"Unknown review_state {state!r}. Use one of: {', '.join(STATES)}.")
    if state is None:
        where.add("e.state <> 'rejected'")
    elif state != "any":
        where.add("e.state = ?", state)
    if filters.linked is not None:
        where.add("e.reports > 1" if filters.linked else "e.reports = 1")
    if filters.event is not None:
        where.add("e.n = (SELECT event FROM report WHERE key = ?)", filters.event)
    _where_it_was(where, filters)
    inner = Where()
    _of_report(inner, filters, places=False)
    if inner.conditions:
        where.add(f"e.n IN (SELECT r.event FROM report r WHERE r.live = 1 AND {inner.sql})", *inner.parameters)
    return where


def report_where(filters: Filters) -> Where:
    """Conditions on table ``report`` as ``r``."""
    where = Where()
    where.add("r.live = 1")
    _shared(where, filters, "r")
    _of_report(where, filters)
    if filters.event is not None:
        where.add("r.event = (SELECT event FROM report WHERE key = ?)", filters.event)
    state = filters.review_state
    if state is None:
        where.add("r.event NOT IN (SELECT n FROM event WHERE state = 'rejected')")
    elif state != "any":
        where.add("r.event IN (SELECT n FROM event WHERE state = ?)", state)
    return where


def _shared(where: Where, filters: Filters, table: str) -> None:
    where.any_of(f"{table}.type", listed(filters.type))
    where.any_of(f"{table}.mode", listed(filters.mode))
    where.any_of(f"{table}.status", listed(filters.status))
    where.any_of(f"{table}.precision", listed(filters.precision))
    if filters.since is not None:
        where.add(f"{table}.latest >= ?", _day(filters.since))
    if filters.until is not None:
        where.add(f"{table}.earliest <= ?", _day(filters.until))
    if filters.min_confidence is not None:
        where.add(f"{table}.confidence >= ?", filters.min_confidence)


def _where_it_was(where: Where, filters: Filters) -> None:
    """Country, place and box of an event: where it is shown (perhaps corrected), or any place that one of its reports names."""
    told = Where()
    _places(told, filters)
    shown = Where()
    shown.any_of("e.country", listed(filters.country))
    if filters.place:
        shown.add("e.place LIKE ? ESCAPE '\\'", _part(filters.place))
    if filters.bbox is not None:
        west, south, east, north = filters.bbox
        shown.add(f"e.latitude BETWEEN ? AND ? AND {_between(west, east, 'e.')}", south, north, west, east)
    if told.conditions:
        reports = f"e.n IN (SELECT r.event FROM report r WHERE r.live = 1 AND {told.sql})"
        where.add(f"(({shown.sql}) OR {reports})", *shown.parameters, *told.parameters)


def _places(where: Where, filters: Filters) -> None:
    countries = listed(filters.country)
    if countries:
        marks = ",".join("?" * len(countries))
        where.add(f"r.n IN (SELECT report FROM report_place WHERE country IN ({marks}))", *countries)
    if filters.place:
        where.add(f"r.n IN ({PLACES})", _part(filters.place))
    if filters.bbox is not None:
        west, south, east, north = filters.bbox
        inside = f"latitude BETWEEN ? AND ? AND {_between(west, east)}"
        where.add(f"r.n IN (SELECT report FROM report_place WHERE {inside})", south, north, west, east)


def _between(west: float, east: float, table: str = "") -> str:
    """Longitudes of a box; one that crosses the 180th meridian has its west east of its east."""
    if west <= east:
        return f"{table}longitude BETWEEN ? AND ?"
    return f"({table}longitude >= ? OR {table}longitude <= ?)"


def _of_report(where: Where, filters: Filters, *, places: bool = True) -> None:
    if places:
        _places(where, filters)
    if filters.actor:
        where.add(f"r.n IN ({ACTORS})", _part(filters.actor))
    sources = listed(filters.source)
    if sources:
        parts = " OR ".join(["publisher = ? OR source_id LIKE ? ESCAPE '\\'"] * len(sources))
        pairs = [value for source in sources for value in (source, _part(source, fold=False))]
        where.add(f"r.document IN (SELECT n FROM document WHERE {parts})", *pairs)
    if filters.text:
        query = fts_query(filters.text)
        where.add(f"r.document IN ({fulltext.DOCUMENTS})", query)
    if filters.issue:
        where.add(f"r.n IN ({fulltext.ISSUES})", fts_query(filters.issue))
    if filters.document is not None:
        where.add("r.document = (SELECT n FROM document WHERE id = ?)", filters.document)


def _day(value: date | str) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{value!r} is no date. Write YYYY-MM-DD.") from None


def _part(words: str, *, fold: bool = True) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", words)
    return f"%{escaped.casefold() if fold else escaped}%"


def event_page(connection: sqlite3.Connection, filters: Filters, *, limit: int, after: int | None) -> list[int]:
    """Numbers of the next events, newest first, undated last; ``after`` is the number of the last one seen."""
    where = event_where(filters)
    if after is not None:
        row = connection.execute("SELECT earliest, id FROM event WHERE n = ?", (after,)).fetchone()
        if row is None:
            raise UsageError("The event to go on after is gone. Start again from the first page.")
        if row[0] is None:
            where.add("e.earliest IS NULL AND e.id > ?", row[1])
        else:
            where.add("(e.earliest < ? OR e.earliest IS NULL OR (e.earliest = ? AND e.id > ?))", row[0], row[0], row[1])
    sql = f"SELECT e.n FROM event e WHERE {where.sql} ORDER BY e.earliest DESC NULLS LAST, e.id LIMIT ?"
    return [row[0] for row in connection.execute(sql, (*where.parameters, limit))]


def report_page(connection: sqlite3.Connection, filters: Filters, *, limit: int, after: str | None) -> list[int]:
    """Numbers of the next reports in the order of their ids."""
    where = report_where(filters)
    if after is not None:
        where.add("r.id > ?", after)
    sql = f"SELECT r.n FROM report r WHERE {where.sql} ORDER BY r.id LIMIT ?"
    return [row[0] for row in connection.execute(sql, (*where.parameters, limit))]


def event_counts(connection: sqlite3.Connection, filters: Filters, by: CountBy) -> dict[str, int]:
    """How many events there are by one of their columns; ``unknown`` where it is not known."""
    where = event_where(filters)
    if by == "source":
        sql = (
            "SELECT coalesce(d.publisher, 'unknown'), count(DISTINCT r.event) FROM report r JOIN document d ON d.n = r.document "
            f"JOIN event e ON e.n = r.event WHERE r.live = 1 AND {where.sql} GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return dict(connection.execute(sql, where.parameters).fetchall())
    if by == "week":
        rows = connection.execute(
            f"SELECT e.earliest, count(*) FROM event e WHERE {where.sql} GROUP BY 1 ORDER BY 1", where.parameters
        )
        weeks: dict[str, int] = {}
        for day, count in rows:
            weeks[_week(day)] = weeks.get(_week(day), 0) + count
        return weeks
    if by not in ("type", "status", "country"):
        raise UsageError(f"Cannot count by {by!r}. Use type, status, country, week or source.")
    sql = f"SELECT coalesce(e.{by}, 'unknown'), count(*) FROM event e WHERE {where.sql} GROUP BY 1 ORDER BY 2 DESC, 1"
    return dict(connection.execute(sql, where.parameters).fetchall())


def _week(day: str | None) -> str:
    if day is None:
        return "unknown"
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"
