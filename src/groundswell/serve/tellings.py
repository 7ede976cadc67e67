"""Which report stands in which document and event, in memory: textual filters then read small tables only.

The ledger's own SQL is the yardstick: where a document was read more than once, or anything is unclear, it is asked instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from groundswell.serve.asking import Asked
from groundswell.serve.columns import Mask, Numbers
from groundswell.store import fulltext, queries


@dataclass(frozen=True)
class Tellings:
    """Event and document by the number of the report; 0 where there is no such report."""

    event: Numbers
    document: Numbers

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> Tellings | None:
        """None where some report is no longer live, which these arrays do not tell."""
        again = connection.execute(
            "SELECT (SELECT count(*) FROM reading) > (SELECT count(*) FROM document)"
        ).fetchone()[0]
        if again:
            return None
        top = int(connection.execute("SELECT coalesce(max(n), 0) FROM report").fetchone()[0]) + 1
        # Both are answered from an index alone; the table itself holds every report's JSON.
        event = _filled(connection, "SELECT n, event FROM report INDEXED BY report_event", top)
        document = _filled(connection, "SELECT n, document FROM report INDEXED BY report_document", top)
        return cls(event, document)

    def moved(self, connection: sqlite3.Connection, events: Iterable[int]) -> Tellings:
        """After reports changed their events: those of ``events`` read again."""
        event = self.event.copy()
        for number in events:
            for (report,) in connection.execute("SELECT n FROM report WHERE event = ?", (number,)):
                event[report] = number
        return Tellings(event, self.document)

    def told(self, connection: sqlite3.Connection, ask: Asked) -> Numbers:
        """Numbers of the events of which one report passes everything that is asked of reports."""
        passing: Mask = self.event > 0
        for sql, parameters in _report_queries(ask):
            passing = passing & self._marked(connection, sql, parameters, len(self.event))
        for sql, parameters in _document_queries(ask):
            top = int(self.document.max()) + 1 if len(self.document) else 1
            passing = passing & self._marked(connection, sql, parameters, top)[self.document]
        told = np.zeros(int(self.event.max(initial=0)) + 1, dtype=bool)  # ten times as fast as np.unique at a million
        told[self.event[passing]] = True
        found: Numbers = np.flatnonzero(told)
        return found

    def _marked(self, connection: sqlite3.Connection, sql: str, parameters: list[object], top: int) -> Mask:
        marked = np.zeros(top, dtype=bool)
        # All numbers as one text: 10 ms for 100,000, where a row each takes 37.
        (text,) = connection.execute(
            f"WITH found(n) AS ({sql}) SELECT group_concat(n) FROM found", parameters
        ).fetchone()
        if text:
            numbers = np.fromstring(text, dtype=np.int64, sep=",")
            marked[numbers[numbers < top]] = True
        return marked


def _filled(connection: sqlite3.Connection, sql: str, top: int) -> Numbers:
    found = np.zeros(top, dtype=np.int64)
    cursor = connection.execute(sql)
    while rows := cursor.fetchmany(100_000):
        pairs = np.array(rows, dtype=np.int64)
        found[pairs[:, 0]] = pairs[:, 1]
    return found


def _report_queries(ask: Asked) -> list[tuple[str, list[object]]]:
    """The conditions of ``queries.report_where`` that small tables answer."""
    found: list[tuple[str, list[object]]] = []
    if ask.country:
        marks = ",".join("?" * len(ask.country))
        found.append((f"SELECT report FROM report_place WHERE country IN ({marks})", list(ask.country)))
    for value, sql in ((ask.actor, queries.ACTORS), (ask.place, queries.PLACES)):
        if value:
            found.append((sql, [part(value)]))
    if ask.issue:
        found.append((fulltext.ISSUES, [queries.fts_query(ask.issue)]))
    if ask.bbox is not None:
        west, south, east, north = ask.bbox
        across = "longitude BETWEEN ? AND ?" if west <= east else "(longitude >= ? OR longitude <= ?)"
        found.append(
            (f"SELECT report FROM report_place WHERE latitude BETWEEN ? AND ? AND {across}", [south, north, west, east])
        )
    return found


def _document_queries(ask: Asked) -> list[tuple[str, list[object]]]:
    found: list[tuple[str, list[object]]] = []
    if ask.source:
        parts = " OR ".join(["publisher = ? OR source_id LIKE ? ESCAPE '\\'"] * len(ask.source))
        pairs: list[object] = [value for source in ask.source for value in (source, part(source, fold=False))]
        found.append((f"SELECT n FROM document WHERE {parts}", pairs))
    if ask.text:
        found.append((fulltext.DOCUMENTS, [queries.fts_query(ask.text)]))
    return found


def part(words: str, *, fold: bool = True) -> str:
    """A LIKE pattern for words anywhere in a name, as the ledger's filters take it."""
    escaped = "".join("\\" + letter if letter in "\\%_" else letter for letter in words)
    return f"%{escaped.casefold() if fold else escaped}%"
