"""The ledger outwards: tables, JSON, map and calendar formats. Everything is written piece by piece, however much there is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError
from groundswell.store import Filters, Ledger

FORMATS = (
    "csv", "parquet", "jsonl", "events-jsonl", "geojson", "ical", "atom", "acled", "ccc", "plover", "annotations",
)  # fmt: skip
FOLDERS = ("csv", "parquet")
_PIECE = 64_000


def export(
    book: Ledger, format: str, *, filters: Filters | None = None, out: Path | None = None, at: str, raw: bool = False
) -> str:
    """Write the ledger in one of ``FORMATS``.

    Args:
        out: file to write, or folder for csv and parquet; None gives the text back (csv: the events table). A file appears under
            its name when it is whole.
        at: ISO 8601 time of the export, given by the caller.
        raw: leave cells unguarded that a spreadsheet might run as formulas.

    Returns:
        The text where ``out`` is None, else what was written.

    Raises:
        UsageError: unknown format, or one that needs ``out``.
    """
    chosen = filters or Filters()
    if format in FOLDERS and out is not None:
        return _folder(book, format, chosen, out, raw)
    pieces = stream(book, format, filters=chosen, at=at, raw=raw)
    if out is None:
        return "".join(pieces)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        for piece in pieces:
            file.write(piece)
    unfinished.replace(out)
    return str(out)


def stream(book: Ledger, format: str, *, filters: Filters | None = None, at: str, raw: bool = False) -> Iterator[str]:
    """A format as text, piece by piece (csv: the events table). Raises UsageError as ``export`` does, before the first piece."""
    if format not in FORMATS:
        raise UsageError(f"There is no export format {format!r}. Available: {', '.join(FORMATS)}.")
    if format == "parquet":
        raise UsageError("Parquet needs a folder to write to: groundswell export parquet --out tables/")
    return _gathered(_pieces(book, format, filters or Filters(), at, raw))


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    """Small pieces put together to some tens of thousands of letters."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


def _pieces(book: Ledger, format: str, filters: Filters, at: str, raw: bool) -> Iterator[str]:
    import msgspec

    from groundswell.export import feeds, maps, profiles, tables

    def lines(rows: Iterable[Any]) -> Iterator[str]:
        return (msgspec.json.encode(row).decode() + "\n" for row in rows)

    if format == "jsonl":
        return lines(tables.records(book, filters))
    if format == "events-jsonl":
        return lines(book.events(filters))
    if format == "geojson":
        return maps.collection(book.events(filters))
    if format == "ical":
        return feeds.calendar(book.events(filters), at=at)
    if format == "atom":
        return feeds.atom(book.events(filters), at=at)
    if format == "plover":
        return lines(profiles.plover_rows(book.reports(filters)))
    if format == "annotations":
        return lines(profiles.annotation_rows(book.reports(filters)))
    rows = (
        tables.event_rows(book, filters) if format == "csv" else profiles.PROFILE_TABLES[format](book.events(filters))
    )
    return csv_pieces(rows, raw=raw)


def csv_pieces(rows: Iterable[Mapping[str, Any]], *, raw: bool = False) -> Iterator[str]:
    """A table as CSV text, row by row."""
    from groundswell.export.delimited import written

    buffer = io.StringIO(newline="")
    for _ in written(rows, buffer, raw=raw):
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _folder(book: Ledger, format: str, filters: Filters, out: Path, raw: bool) -> str:
    from groundswell.export.tables import TABLES

    counts = {name: count for name, _, count in write_tables(book, out, filters=filters, suffix=format, raw=raw)}
    return ", ".join(f"{out / name}.{format} ({counts[name]} rows)" for name in TABLES)


def write_tables(
    book: Ledger, folder: Path, *, filters: Filters | None = None, suffix: str, raw: bool = False
) -> Iterator[tuple[str, Path, int]]:
    """Write all tables as csv or parquet; gives the name, file and number of rows of each as soon as it is whole."""
    from groundswell.export.files import TableFile
    from groundswell.export.tables import passes

    folder.mkdir(parents=True, exist_ok=True)
    for names, rows in passes(book, filters or Filters()):
        files = {name: TableFile(folder / f"{name}.{suffix}", raw=raw) for name in names}
        for name, row in rows:
            files[name].add(row)
        for name, file in files.items():
            yield name, file.path, file.close()


def table(rows: Iterable[Mapping[str, Any]], path: Path, *, raw: bool = False) -> int:
    """One table as CSV or Parquet, by the file's suffix; returns its rows."""
    from groundswell.export.files import TableFile

    file = TableFile(path, raw=raw)
    for row in rows:
        file.add(row)
    return file.close()
