"""The ledger outwards: tables, JSON, map and calendar formats."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError
from groundswell.store import Filters, Ledger

FORMATS = (
    "csv", "parquet", "jsonl", "events-jsonl", "geojson", "ical", "atom", "acled", "ccc", "plover", "annotations",
)  # fmt: skip
FOLDERS = ("csv", "parquet")


def export(
    book: Ledger, format: str, *, filters: Filters | None = None, out: Path | None = None, at: str, raw: bool = False
) -> str:
    """Write the ledger in one of ``FORMATS``.

    Args:
        out: file to write, or folder for csv and parquet; None gives the text back (csv: the events table).
        at: ISO 8601 time of the export, given by the caller.
        raw: leave cells unguarded that a spreadsheet might run as formulas.

    Returns:
        The text where ``out`` is None, else what was written.

    Raises:
        UsageError: unknown format, or one that needs ``out``.
    """
    chosen = filters or Filters()
    if format not in FORMATS:
        raise UsageError(f"There is no export format {format!r}. Available: {', '.join(FORMATS)}.")
    if format in FOLDERS and out is not None:
        return _folder(book, format, chosen, out, raw)
    if format == "parquet":
        raise UsageError("Parquet needs a folder to write to: groundswell export parquet --out tables/")
    text = _text(book, format, chosen, at, raw)
    if out is None:
        return text
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="")
    return str(out)


def _folder(book: Ledger, format: str, filters: Filters, out: Path, raw: bool) -> str:
    from groundswell.export.delimited import write_csv
    from groundswell.export.tables import TABLES

    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in TABLES.items():
        path = out / f"{name}.{format}"
        if format == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                count = write_csv(rows(book, filters), file, raw=raw)
        else:
            count = _parquet(rows(book, filters), path)
        written.append(f"{path} ({count} rows)")
    return ", ".join(written)


def _parquet(rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow. Run: pip install 'groundswell[tables]'") from None
    listed = list(rows)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(listed), path)
    return len(listed)


def _text(book: Ledger, format: str, filters: Filters, at: str, raw: bool) -> str:
    import msgspec

    from groundswell.export import feeds, maps, profiles, tables
    from groundswell.export.delimited import write_csv

    def lines(rows: Iterable[Any]) -> str:
        return "".join(msgspec.json.encode(row).decode() + "\n" for row in rows)

    if format == "jsonl":
        return lines(tables.records(book, filters))
    if format == "events-jsonl":
        return lines(book.events(filters))
    if format == "geojson":
        return msgspec.json.encode(maps.collection(book.events(filters))).decode()
    if format == "ical":
        return feeds.calendar(book.events(filters), at=at).decode()
    if format == "atom":
        return feeds.atom(book.events(filters), at=at).decode()
    if format == "plover":
        return lines(profiles.plover_rows(book.reports(filters)))
    if format == "annotations":
        return lines(profiles.annotation_rows(book.reports(filters)))
    rows = (
        tables.event_rows(book, filters) if format == "csv" else profiles.PROFILE_TABLES[format](book.events(filters))
    )
    buffer = io.StringIO(newline="")
    write_csv(rows, buffer, raw=raw)
    return buffer.getvalue()
