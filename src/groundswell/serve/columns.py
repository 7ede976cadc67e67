"""All events of a ledger as columns in memory, so that counting, clustering and paging cost milliseconds at a million.

A copy of what table ``event`` says, never a source: values are shown from the ledger itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_DAY = -(2**31)
_EPOCH = date(1970, 1, 1)
_CODED = ("type", "mode", "status", "state", "country", "precision")
_SQL = (
    "SELECT n, type, mode, status, state, country, precision, earliest, latest, latitude, longitude, confidence, reports, sources "
    "FROM event"
)
Mask = NDArray[np.bool_]
Numbers = NDArray[Any]


class Watch:
    """Tells whether any process or thread committed to the ledger since last asked."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=30.0
        )

    def version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Columns:
    """Newest first, undated last. Codes index ``names`` of their column; code 0 is "not known"."""

    version: int
    n: Numbers
    codes: dict[str, Numbers]
    names: dict[str, list[str]]
    first: Numbers
    last: Numbers
    latitude: Numbers
    longitude: Numbers
    x: Numbers
    y: Numbers
    confidence: Numbers
    reports: Numbers
    sources: Numbers

    def __len__(self) -> int:
        return len(self.n)

    @classmethod
    def load(cls, connection: sqlite3.Connection, version: int) -> Columns:
        """Read every event; 0.3 s for 100,000."""
        names: dict[str, list[str]] = {name: [""] for name in _CODED}
        parts: list[dict[str, Numbers]] = []
        cursor = connection.execute(_SQL)
        days: dict[str | None, int] = {None: NO_DAY}
        while rows := cursor.fetchmany(50_000):
            parts.append(_arrays(rows, names, days))
        return _ordered(parts or [_arrays([], names, days)], names, version)

    def patched(self, connection: sqlite3.Connection, numbers: Iterable[int], version: int) -> Columns:
        """These columns with some events read again; those that are gone are left out."""
        wanted = sorted(numbers)
        marks = ",".join("?" * len(wanted))
        rows = connection.execute(f"{_SQL} WHERE n IN ({marks})", wanted).fetchall()
        names = {name: list(values) for name, values in self.names.items()}
        fresh = _arrays(rows, names, {None: NO_DAY})
        keep = ~np.isin(self.n, np.array(wanted, dtype=np.int64))
        return _ordered([{name: values[keep] for name, values in self._arrays().items()}, fresh], names, version)

    def changed(self, tiers: Mapping[int, str | None]) -> Columns:
        """These columns as the public may count them: the given events at the given precision (None: no place), and by the month."""
        whole = {name: values.copy() for name, values in self._arrays().items()}
        names = {name: list(values) for name, values in self.names.items()}
        rows = np.flatnonzero(self.flags(list(tiers)))
        for tier in {tier for tier in tiers.values() if tier} - set(names["precision"]):
            names["precision"].append(tier)
        wanted = [tiers[int(n)] for n in self.n[rows]]
        whole["code_precision"][rows] = [names["precision"].index(tier or "") for tier in wanted]
        whole["code_country"][rows] = np.where([tier is None for tier in wanted], 0, whole["code_country"][rows])
        whole["latitude"][rows] = whole["longitude"][rows] = np.nan
        for name, beyond in (("first", 0), ("last", 1)):
            days = whole[name][rows]
            months = days.astype("datetime64[D]").astype("datetime64[M]") + beyond
            ends = months.astype("datetime64[D]").astype(np.int64) - beyond
            whole[name][rows] = np.where(days == NO_DAY, NO_DAY, ends)
        return _ordered([whole], names, self.version)

    def code(self, column: str, name: str) -> int:
        """Code of a name; -1 where no event has it."""
        known = self.names[column]
        return known.index(name) if name in known else -1

    def marks(self, numbers: Sequence[int] | Numbers) -> Mask:
        """These events marked by their number, which means the same in whatever order the rows stand."""
        top = int(self.n.max()) + 1 if len(self.n) else 1
        marked = np.zeros(top, dtype=bool)
        chosen = np.array(numbers, dtype=np.int64)
        marked[chosen[chosen < top]] = True
        return marked

    def flags(self, numbers: Sequence[int] | Numbers) -> Mask:
        """Which rows are these events."""
        found: Mask = self.marks(numbers)[self.n]
        return found

    def _arrays(self) -> dict[str, Numbers]:
        plain = {name: getattr(self, name) for name in _PLAIN}
        return plain | {f"code_{name}": self.codes[name] for name in _CODED}


_PLAIN = ("n", "first", "last", "latitude", "longitude", "confidence", "reports", "sources")


def day(number: int) -> date | None:
    """The calendar day of a day number; None for "not known"."""
    return None if number == NO_DAY else _EPOCH + timedelta(days=int(number))


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def _arrays(
    rows: Sequence[Sequence[Any]], names: dict[str, list[str]], days: dict[str | None, int]
) -> dict[str, Numbers]:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[] for _ in range(14)]
    found: dict[str, Numbers] = {"n": np.array(columns[0], dtype=np.int64)}
    for name, values in zip(_CODED, columns[1:7], strict=True):
        index: dict[Any, int] = {known: code for code, known in enumerate(names[name])}
        index[None] = 0
        for value in set(values) - index.keys():
            index[value] = len(names[name])
            names[name].append(value)
        found[f"code_{name}"] = np.fromiter((index[value] for value in values), dtype=np.int16, count=len(values))
    for name, values in (("first", columns[7]), ("last", columns[8])):
        for value in set(values) - days.keys():
            days[value] = day_number(date.fromisoformat(value))
        found[name] = np.fromiter((days[value] for value in values), dtype=np.int32, count=len(values))
    for name, values in (("latitude", columns[9]), ("longitude", columns[10]), ("confidence", columns[11])):
        found[name] = np.array(values, dtype=np.float32)
    for name, values in (("reports", columns[12]), ("sources", columns[13])):
        found[name] = np.array(values, dtype=np.int32)
    return found


def _ordered(parts: list[dict[str, Numbers]], names: dict[str, list[str]], version: int) -> Columns:
    whole: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((whole["n"], -whole["first"].astype(np.int64)))
    whole = {name: values[order] for name, values in whole.items()}
    # Web Mercator in 0..1, what map tiles and screen pixels are reckoned in; the poles are cut as every web map does.
    latitude = np.radians(np.clip(whole["latitude"].astype(np.float64), -85.05112878, 85.05112878))
    y = 0.5 - np.log(np.tan(np.pi / 4 + latitude / 2)) / (2 * np.pi)
    x = (whole["longitude"].astype(np.float64) + 180.0) / 360.0
    return Columns(
        version, codes={name: whole[f"code_{name}"] for name in _CODED}, names=names,
        x=x.astype(np.float32), y=y.astype(np.float32), **{name: whole[name] for name in _PLAIN},
    )  # fmt: skip
