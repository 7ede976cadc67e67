"""What each column of the exported tables means: one sheet for the download, the data package, the page and the documentation."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

SHARED = "shared"


@lru_cache(maxsize=1)
def sheet() -> dict[str, dict[str, str]]:
    """Meanings by table and column; those that hold in every table stand under ``shared``."""
    found: dict[str, dict[str, str]] = tomllib.loads(
        (Path(__file__).parent / "columns.toml").read_text(encoding="utf-8")
    )
    return found


def meaning(table: str, column: str) -> str:
    """One sentence about a column. Raises KeyError for one that nobody wrote a line about."""
    known = sheet()
    return known.get(table, {}).get(column) or known[SHARED][column]


def as_csv() -> str:
    """The sheet as a table: table, column, meaning."""
    from groundswell.export import csv_pieces

    rows = (
        {"table": table, "column": name, "meaning": said}
        for table, lines in sheet().items()
        for name, said in lines.items()
    )
    return "".join(csv_pieces(rows))


def as_markdown() -> str:
    """The sheet for the documentation."""
    parts = [
        "# What each column means\n\nWritten from `src/groundswell/export/columns.toml`. An empty cell means *not known*, never zero. A column "
        "that a table does not explain itself means what it means under *shared*.\n"
    ]
    for table, lines in sheet().items():
        rows = "".join(f"| `{name}` | {said} |\n" for name, said in lines.items())
        parts.append(f"\n## {table}\n\n| column | means |\n|---|---|\n{rows}")
    return "".join(parts)
