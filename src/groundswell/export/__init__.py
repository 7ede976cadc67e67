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

    out.mkdir(parents=True, exist_ok=True)
    told = []
    for name, rows in TABLES.items():
        path = out / f"{name}.{format}"
        told.append(f"{path} ({table(rows(book, filters), path, raw=raw)} rows)")
    return ", ".join(told)


def table(rows: Iterable[Mapping[str, Any]], path: Path, *, raw: bool = False) -> int:
    """One table as CSV or Parquet, by the file's suffix; it appears under its name when it is whole. Returns its rows."""
    from groundswell.export.delimited import write_csv

    unfinished = path.with_name(path.name + ".part")
    if path.suffix == ".parquet":
        count = _parquet(rows, unfinished)
    else:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            count = write_csv(rows, file, raw=raw)
    unfinished.replace(path)
    return count


def _parquet(rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow. Run: pip install 'groundswell[tables]'") from None
    from itertools import islice

    from groundswell.export.tables import kind_of

    arrow = {
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "string": pyarrow.string(),
    }
    running, count = iter(rows), 0
    batch = list(islice(running, 2000))
    names = list(batch[0]) if batch else []
    schema = pyarrow.schema([(name, arrow[kind_of(name)]) for name in names])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while batch:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            count += len(batch)
            batch = list(islice(running, 2000))
    return count
