"""Tidy tables of a ledger: events, reports, figures, statements, places, links. Streams plain rows; writes nothing.

Missing stays missing (None), never 0. Every row names the document, and where words were read, their offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundswell.store import Filters, Ledger

Row = dict[str, Any]
POINTS = ("city", "place")


def event_rows(book: Ledger, filters: Filters) -> Iterator[Row]:
    for event in book.events(filters):
        yield event_row(event)


def event_row(event: Mapping[str, Any]) -> Row:
    """One event flat: best-supported place and time, names joined by '; ', the range of claims for each kind of figure."""
    place, time = event.get("place") or {}, event.get("time") or {}
    row: Row = {
        "event_id": event["id"],
        "type": event["type"],
        "mode": event.get("mode"),
        "status": event["status"],
        "earliest": time.get("earliest"),
        "latest": time.get("latest"),
        "time_text": time.get("text"),
        "place": place.get("name") or place.get("text"),
        "admin1": place.get("admin1"),
        "country": place.get("country"),
        **point(place),
        "place_precision": place.get("precision"),
        "geonameid": place.get("geonameid"),
    }
    for role in ("actors", "called_by", "targets"):
        row[role] = "; ".join(actor["name"] for actor in event.get(role) or ()) or None
    row["issues"] = "; ".join(event.get("issues") or ()) or None
    for kind in ("participants", "deaths", "injured", "arrested", "displaced", "abducted", "affected", "destroyed"):
        claims = (event.get("figure_ranges") or {}).get(kind) or {}
        row[f"{kind}_low"], row[f"{kind}_high"] = claims.get("low"), None if claims.get("open") else claims.get("high")
    return row | {
        "reports": event.get("report_count"),
        "documents": event.get("document_count"),
        "sources": event.get("source_count"),
        "confidence": event.get("confidence"),
        "review_state": event.get("review_state"),
    }


def point(place: Mapping[str, Any]) -> Row:
    """Coordinates of a town or place. The middle of a country, region or district is where nothing happened: it stays empty."""
    exact = place.get("precision") in POINTS
    return {name: place.get(name) if exact else None for name in ("latitude", "longitude")}


def report_row(report: Mapping[str, Any]) -> Row:
    """One report flat, with the offsets of its trigger and its sentence."""
    document, time = report.get("document") or {}, report.get("time") or {}
    place: Mapping[str, Any] = next(iter(report.get("places") or ()), {})
    row: Row = {
        "report_id": report["id"],
        "event_id": report.get("event_id"),
        **_document(document),
        "type": report["type"],
        "mode": report.get("mode"),
        "status": report["status"],
    }
    for key in ("trigger", "evidence", "issue", "attribution"):
        quote = report.get(key) or {}
        row[f"{key}_text"], row[f"{key}_start"], row[f"{key}_end"] = (
            quote.get("text"),
            quote.get("start"),
            quote.get("end"),
        )
    for role in ("actors", "called_by", "targets"):
        row[role] = "; ".join(actor["text"] for actor in report.get(role) or ()) or None
    return row | {
        "place": place.get("name") or place.get("text"),
        "country": place.get("country"),
        **point(place),
        "place_precision": place.get("precision"),
        "time_text": time.get("text"),
        "earliest": time.get("earliest"),
        "latest": time.get("latest"),
        "time_basis": time.get("basis"),
        "confidence": report["confidence"],
        "by": report["by"],
        "review_state": report.get("review_state"),
    }


def _document(document: Mapping[str, Any]) -> Row:
    names = ("id", "source_id", "title", "publisher", "published", "url")
    return {f"document_{name}" if name in ("id", "title") else name: document.get(name) for name in names}


def figures_of(report: Mapping[str, Any]) -> Iterator[Row]:
    document = _document(report.get("document") or {})
    for figure in report.get("figures") or ():
        yield {"event_id": report.get("event_id"), "report_id": report["id"], **document, **_figure(figure)}


def _figure(figure: Mapping[str, Any]) -> Row:
    source = figure.get("attribution") or {}
    keys = ("of", "low", "best", "high", "text", "start", "end", "mapping")
    return {key: figure.get(key) for key in keys} | {"attribution": source.get("text")}


def statements_of(record: Mapping[str, Any]) -> Iterator[Row]:
    for statement in record.get("statements") or ():
        speaker, cue, content = statement.get("speaker") or {}, statement.get("cue") or {}, statement["content"]
        yield {
            **_document(record["document"]),
            "speaker_text": speaker.get("text"),
            "speaker": speaker.get("name"),
            "speaker_kind": speaker.get("kind"),
            "cue": cue.get("text"),
            "content": content["text"],
            "start": content["start"],
            "end": content["end"],
            "direct": statement["direct"],
            "confidence": statement["confidence"],
            "by": statement["by"],
        }


def places_of(report: Mapping[str, Any]) -> Iterator[Row]:
    keys = ("text", "start", "end", "name", "geonameid", "latitude", "longitude", "country", "admin1", "precision")
    document = (report.get("document") or {}).get("id")
    for place in report.get("places") or ():
        found = {key: place.get(key) for key in keys}
        yield {"event_id": report.get("event_id"), "report_id": report["id"], "document_id": document, **found}


def links_of(book: Ledger, event: Mapping[str, Any]) -> Iterator[Row]:
    """Which report tells which event, and for each link between reports its score and reason."""
    links = book.links(event["id"])
    for report in event.get("reports") or ():
        mine = [link for link in links if report in (link.get("left"), link.get("right"))]
        best: Mapping[str, Any] = max(mine, key=lambda link: link.get("score") or 0.0, default={})
        yield {
            "event_id": event["id"], "report_id": report, "links": len(mine), "best_score": best.get("score"),
            "reason": best.get("reason"),
        }  # fmt: skip


def records(book: Ledger, filters: Filters) -> Iterator[Mapping[str, Any]]:
    """The public JSON of every document with a report that passes the filters; of every document where there are none."""
    wanted = None if filters == Filters() else filters
    for row in book.documents(wanted):
        record = book.document(row["id"])
        if record is not None:
            yield record


_INTEGERS = ("_low", "_high", "_start", "_end", "geonameid")
_WHOLE = frozenset(("low", "best", "high", "start", "end", "reports", "documents", "sources", "links"))


def kind_of(column: str) -> str:
    """integer, number, boolean or string: the type of a column of any of these tables."""
    if column in ("latitude", "longitude", "confidence", "best_score"):
        return "number"
    if column.endswith(_INTEGERS) or column in _WHOLE:
        return "integer"
    return "boolean" if column == "direct" else "string"


TABLES = ("events", "reports", "figures", "statements", "places", "links")


def passes(book: Ledger, filters: Filters) -> list[tuple[tuple[str, ...], Iterator[tuple[str, Row]]]]:
    """All tables in as few readings of the ledger as there are kinds of things: their names, and their rows as they come."""
    return [
        (("events", "links"), _of_events(book, filters)),
        (("reports", "figures", "places"), _of_reports(book, filters)),
        (("statements",), (("statements", row) for record in records(book, filters) for row in statements_of(record))),
    ]


def _of_events(book: Ledger, filters: Filters) -> Iterator[tuple[str, Row]]:
    for event in book.events(filters):
        yield "events", event_row(event)
        for row in links_of(book, event):
            yield "links", row


def _of_reports(book: Ledger, filters: Filters) -> Iterator[tuple[str, Row]]:
    for report in book.reports(filters):
        yield "reports", report_row(report)
        for row in figures_of(report):
            yield "figures", row
        for row in places_of(report):
            yield "places", row


def rows(book: Ledger, filters: Filters, table: str) -> Iterator[Row]:
    """The rows of one of TABLES."""
    running = next(items for names, items in passes(book, filters) if table in names)
    return (row for name, row in running if name == table)


def events_frame(events: Iterable[Mapping[str, Any]]) -> Any:
    """A pandas frame, one row an event; whole numbers stay whole beside missing ones (Int64)."""
    return _frame([event_row(event) for event in events])


def reports_frame(records: Iterable[Mapping[str, Any]]) -> Any:
    """A pandas frame, one row a report, from public JSON objects."""
    rows = [
        report_row({**event, "document": record["document"]})
        for record in records
        for event in record.get("events") or ()
    ]
    return _frame(rows)


def _frame(rows: list[Row]) -> Any:
    import pandas

    frame = pandas.DataFrame(rows)
    whole = [
        c
        for c in frame.columns
        if c.endswith(("_low", "_high", "_start", "_end", "geonameid")) or c in ("reports", "sources")
    ]
    return frame.astype(dict.fromkeys(whole, "Int64")) if len(frame) else frame
