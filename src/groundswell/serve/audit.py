"""Who exported what, read whose full words, came in, changed settings: one line each beside the ledger, kept for twelve months.

Holds no article text and no name but that of who acted; only appended to, and shown to admins alone. Decisions are not here: the
ledger's own chain keeps those.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

KEPT_DAYS = 366
_TEMPORARY = ".tmp"


class Audit:
    """The log of one workbench. ``since``: day (ISO) before which lines are let go when it is opened."""

    def __init__(self, path: Path, *, since: str) -> None:
        self.path, self._lock = path, Lock()
        if path.exists() and any("" < row["at"] < since for row in self.rows()):
            kept = [row for row in self.rows() if row["at"] >= since or not row["at"]]
            temporary = path.with_name(path.name + _TEMPORARY)
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as out:
                out.writelines(_line(row) for row in kept)
            temporary.replace(path)

    def add(self, at: str, who: str, act: str, what: str = "") -> None:
        """One line: when, who, and what was done to what (a format and its filters, a document's id, the names of settings)."""
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(_line({"at": at, "who": who, "act": act, "what": what}))
                out.flush()
                os.fsync(out.fileno())

    def rows(self) -> Iterator[dict[str, str]]:
        """All lines, oldest first."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:  # torn off by a power cut; said in its place, so that nobody takes the log for whole
                    yield {"at": "", "who": "", "act": "a line that cannot be read", "what": ""}

    def newest(self, count: int) -> list[dict[str, str]]:
        """The last lines, newest first."""
        return list(self.rows())[-count:][::-1]


def _line(row: dict[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
