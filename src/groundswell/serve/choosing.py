"""Which events pass the filters, how many by each value, where on the map and when: counted on the columns in memory.

A facet is counted as if its own filter were not set, so that it shows what choosing another value would give.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from groundswell.serve.asking import Asked
from groundswell.serve.columns import NO_DAY, Columns, Mask, Numbers, day, day_number
from groundswell.serve.tellings import Tellings
from groundswell.store import queries

POINTS = ("place", "city")
AREAS = ("admin2", "admin1", "country")
CELL = 72  # pixels a side of a cluster's cell


@dataclass(frozen=True)
class Chosen:
    """Rows of the columns that pass each filter of its own (``masks``) and all together (``rows``).

    ``any_country``: what takes the place of mask ``told`` when the country is not asked.
    """

    columns: Columns
    masks: dict[str, Mask]
    rows: Mask
    any_country: Mask | None = None

    @property
    def total(self) -> int:
        return int(np.count_nonzero(self.rows))

    def without(self, *dimensions: str) -> Mask:
        """What passes when some filters are not asked."""
        found = np.ones(len(self.columns), dtype=bool)
        for dimension, mask in self.masks.items():
            if dimension == "told" and "country" in dimensions and self.any_country is not None:
                found &= self.any_country
            elif dimension not in dimensions:
                found &= mask
        return found

    def facet(self, column: str, dimension: str | None = None) -> list[tuple[str, int]]:
        """Number of events by value, most first; "" stands for "not known"."""
        mask = self.without(dimension or column)
        counts = np.bincount(self.columns.codes[column][mask], minlength=len(self.columns.names[column]))
        found = [(name, int(count)) for name, count in zip(self.columns.names[column], counts, strict=True) if count]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def page(self, limit: int, offset: int) -> list[int]:
        """Numbers of events, newest first."""
        found: list[int] = self.columns.n[np.flatnonzero(self.rows)[offset : offset + limit]].tolist()
        return found

    def after(self, number: int | None, limit: int) -> list[int]:
        """Numbers of the events behind this one, newest first; from the first where None."""
        start = 0
        if number is not None:
            at = np.flatnonzero(self.columns.n == number)
            start = int(np.count_nonzero(self.rows[: int(at[0]) + 1])) if len(at) else 0
        return self.page(limit, start)

    def days(self, *, without_dates: bool = True) -> dict[str, Any]:
        """Events by day, week or month of their earliest day, whichever gives up to about 200 bars, and the undated."""
        mask = self.without("since", "until") if without_dates else self.rows
        first = self.columns.first[mask]
        dated = first[first != NO_DAY]
        if not len(dated):
            return {
                "unit": "day",
                "starts": [],
                "counts": [],
                "end": None,
                "undated": len(first),
                "earlier": 0,
                "later": 0,
            }
        low, high = _window(dated)
        unit, size = next(
            (pair for pair in (("day", 1), ("week", 7), ("month", 30.4375)) if (high - low) / pair[1] <= 200),
            ("year", 365.25),
        )
        start = low - (low + 3) % 7 if unit == "week" else low  # weeks begin on Monday; 1970-01-01 was a Thursday
        counts = np.bincount(((dated[(dated >= low) & (dated <= high)] - start) / size).astype(np.int64))
        edges = [str(day(round(start + size * number))) for number in range(len(counts) + 1)]
        return {
            "unit": unit, "starts": edges[:-1], "end": edges[-1], "counts": counts.tolist(),
            "undated": int(len(first) - len(dated)),
            "earlier": int(np.count_nonzero(dated < low)), "later": int(np.count_nonzero(dated > high)),
        }  # fmt: skip

    def clusters(self, box: tuple[float, float, float, float], zoom: int) -> list[dict[str, Any]]:
        """Points put together on a grid of CELL pixels at this zoom: where their middle is, how many, the only event's number."""
        columns = self.columns
        points = np.isin(columns.codes["precision"], [columns.code("precision", name) for name in POINTS])
        mask = self.rows & points & ~np.isnan(columns.latitude) & _inside(columns, box)
        if not mask.any():
            return []
        where = np.flatnonzero(mask)
        scale = 256 * 2**zoom / CELL
        cells = (columns.x[where] * scale).astype(np.int64) << 32 | (columns.y[where] * scale).astype(np.int64)
        _, first, inverse, counts = np.unique(cells, return_index=True, return_inverse=True, return_counts=True)
        latitude = np.bincount(inverse, weights=columns.latitude[where]) / counts
        longitude = np.bincount(inverse, weights=columns.longitude[where]) / counts
        kinds = columns.codes["type"][where]
        width = len(columns.names["type"])
        table = np.bincount(inverse * width + kinds, minlength=len(counts) * width).reshape(-1, width)
        most = table.argmax(axis=1)
        one = (
            np.bincount(inverse, weights=columns.latitude[where].astype(np.float64) ** 2) / counts - latitude**2 < 1e-9
        )
        return [
            {
                "lat": round(float(latitude[i]), 5), "lon": round(float(longitude[i]), 5), "count": int(counts[i]),
                "n": int(columns.n[where[first[i]]]) if counts[i] == 1 else None,
                "type": columns.names["type"][most[i]], "same_spot": bool(one[i]),
                "precision": columns.names["precision"][columns.codes["precision"][where[first[i]]]] if counts[i] == 1 else None,
            }
            for i in range(len(counts))
        ]  # fmt: skip

    def areas(self) -> dict[str, int]:
        """Events known only to their country, region or district, by country."""
        columns = self.columns
        coarse = np.isin(columns.codes["precision"], [columns.code("precision", name) for name in AREAS])
        counts = np.bincount(columns.codes["country"][self.rows & coarse], minlength=len(columns.names["country"]))
        return {
            name: int(count) for name, count in zip(columns.names["country"], counts, strict=True) if name and count
        }

    def placeless(self) -> int:
        """Events that no map can show: no place, or a place nobody could resolve."""
        columns = self.columns
        shown = np.isin(columns.codes["precision"], [columns.code("precision", name) for name in (*POINTS, *AREAS)])
        return int(np.count_nonzero(self.rows & ~(shown & (columns.codes["country"] != 0))))


class Chooser:
    """Turns what is asked into rows; remembers the last answers of the slower, textual part."""

    def __init__(self, remembered: int = 64) -> None:
        self._lock, self._remembered = Lock(), remembered
        # By number of the event: what is sensitive, and so the order of the public's rows, changes within one version.
        self._answers: OrderedDict[tuple[int, Asked], Mask] = OrderedDict()

    def choose(
        self,
        columns: Columns,
        connection: sqlite3.Connection,
        ask: Asked,
        tellings: Tellings | None = None,
        hidden: Mask | None = None,
    ) -> Chosen:
        """``hidden``: events that words, places and boxes must not find; their country is what the columns say."""
        masks: dict[str, Mask] = {}
        for column in ("type", "mode", "status"):
            if wanted := getattr(ask, column):
                masks[column] = _any_of(columns, column, wanted)
        if ask.precision:
            masks["precision"] = _any_of(
                columns, "precision", ["" if each == "none" else each for each in ask.precision]
            )
        if ask.since is not None:
            masks["since"] = (columns.last >= day_number(ask.since)) & (columns.last != NO_DAY)
        if ask.until is not None:
            masks["until"] = (columns.first <= day_number(ask.until)) & (columns.first != NO_DAY)
        if ask.min_confidence is not None:
            masks["confidence"] = columns.confidence >= ask.min_confidence
        if ask.linked is not None:
            masks["linked"] = (columns.reports > 1) == ask.linked
        if ask.review_state != "any":
            state = columns.codes["state"]
            rejected = columns.code("state", "rejected")
            wanted = columns.code("state", ask.review_state)
            masks["state"] = state == wanted if ask.review_state else state != rejected
        told = ask.told()
        any_country = None
        if told != Asked():
            masks["told"] = self._told(columns, connection, told, tellings)
        if ask.country:
            any_country = self._told(columns, connection, told.but(country=()), tellings)
        if hidden is not None:
            any_country = _without(hidden, masks, any_country, columns, ask)
        rows = np.ones(len(columns), dtype=bool)
        for mask in masks.values():
            rows &= mask
        return Chosen(columns, masks, rows, any_country)

    def _told(self, columns: Columns, connection: sqlite3.Connection, ask: Asked, tellings: Tellings | None) -> Mask:
        """Events of which one report passes all that only reports can answer, as the ledger and the exports take it."""
        if ask == Asked():
            return np.ones(len(columns), dtype=bool)
        key = (columns.version, ask)
        with self._lock:
            known = self._answers.get(key)
            if known is not None and len(known) > columns.n.max(initial=0):
                self._answers.move_to_end(key)
                remembered: Mask = known[columns.n]
                return remembered
        if tellings is not None:
            numbers = tellings.told(connection, ask)
        else:
            numbers = np.array(_by_sql(connection, ask), dtype=np.int64)
        marked = columns.marks(numbers)
        with self._lock:
            self._answers[key] = marked
            while len(self._answers) > self._remembered:
                self._answers.popitem(last=False)
        found: Mask = marked[columns.n]
        return found


def _without(
    hidden: Mask, masks: dict[str, Mask], any_country: Mask | None, columns: Columns, ask: Asked
) -> Mask | None:
    """Takes hidden events out of what was found by words; where only the country is asked they pass by their column."""
    by_words = ask.but(country=()).told() != Asked()
    if "told" in masks:
        own = np.zeros(len(columns), dtype=bool) if by_words else _any_of(columns, "country", ask.country)
        masks["told"] = np.where(hidden, own, masks["told"])
    return any_country & ~hidden if any_country is not None and by_words else any_country


def _window(dated: Numbers) -> tuple[int, int]:
    """First and last day to draw: all of them, but for a few dates so far off that the rest would shrink to one bar."""
    low, high = (int(each) for each in np.percentile(dated, [10, 90], method="nearest"))
    room = max(high - low, 45)
    return max(int(dated.min()), low - room), min(int(dated.max()), high + room)


def _by_sql(connection: sqlite3.Connection, ask: Asked) -> list[int]:
    """The ledger's own way."""
    where = queries.report_where(ask.of_reports())
    sql, parameters = f"SELECT DISTINCT r.event FROM report r WHERE {where.sql}", where.parameters
    return [int(row[0]) for row in connection.execute(sql, parameters)]


def _any_of(columns: Columns, column: str, wanted: Any) -> Mask:
    found: Mask = np.isin(columns.codes[column], [code for name in wanted if (code := columns.code(column, name)) >= 0])
    return found


def _inside(columns: Columns, box: tuple[float, float, float, float]) -> Mask:
    west, south, east, north = box
    if west <= east:
        across: Numbers = (columns.longitude >= west) & (columns.longitude <= east)
    else:
        across = (columns.longitude >= west) | (columns.longitude <= east)
    found: Mask = across & (columns.latitude >= south) & (columns.latitude <= north)
    return found
