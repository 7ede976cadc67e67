"""CSV that no spreadsheet runs as formulas, and that reads back exactly.

A text cell that begins with a character a spreadsheet may take for a formula, or with an apostrophe, gets one apostrophe in
front; ``read_csv`` takes it away again. Numbers are written bare.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'")


def guard(cell: Any, *, raw: bool = False) -> Any:
    """The cell as it is written; None becomes the empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "'" + cell if isinstance(cell, str) and cell.startswith(_RISKY) and not raw else cell


def unguard(cell: str) -> str | None:
    """What ``guard`` was given."""
    if cell == "":
        return None
    return cell[1:] if cell.startswith("'") else cell


def write_csv(rows: Iterable[Mapping[str, Any]], out: TextIO, *, raw: bool = False) -> int:
    """Write rows with a header; returns their number. Floats are written so that they read back exactly."""
    return sum(1 for _ in written(rows, out, raw=raw))


def written(rows: Iterable[Mapping[str, Any]], out: TextIO, *, raw: bool = False) -> Iterator[None]:
    """As ``write_csv``, row by row: gives control back after each, so that a caller can empty ``out``."""
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row.keys())
        writer.writerow([guard(cell, raw=raw) for cell in row.values()])
        yield


def read_csv(lines: Iterable[str]) -> Iterator[dict[str, str | None]]:
    """Rows as text, apostrophes taken away, empty cells None."""
    for row in csv.DictReader(lines):
        yield {key: unguard(cell) for key, cell in row.items()}
