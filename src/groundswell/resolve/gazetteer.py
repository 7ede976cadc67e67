"""The gazetteer: place names to candidate places, read-only, out of one SQLite file.

Opens files by name and checksum; never writes, never guesses: which candidate is meant is place.py's decision.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from groundswell.errors import ModelError
from groundswell.resolve.gazetteer_names import FOLD_VERSION, fold

Kind = Literal["country", "admin1", "admin2", "city", "area", "place"]
KINDS: tuple[Kind, ...] = ("country", "admin1", "admin2", "city", "area", "place")
MAX_CANDIDATES = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the gazetteer.

    Attributes:
        id: row in its file; ids of the user's own file are offset by ``USER_OFFSET``.
        kind: ``area`` is a continent, sea, range or region that is no administrative unit.
        quality: 0 the name asked for is its main name, 1 an official or common short name, 2 any other alternate name.
        latitude, longitude: degrees; of a country or an administrative unit a point inside it, None when unknown.
        population: inhabitants; of an administrative unit the sum over its towns; 0 when unknown.
        country, admin1, admin2: ids of the entries that contain it.
    """

    id: int
    name: str
    kind: Kind
    quality: int
    geonameid: int | None
    latitude: float | None
    longitude: float | None
    population: int
    country: int | None
    admin1: int | None
    admin2: int | None
    iso3: str | None


USER_OFFSET = 1 << 28
_ROW = "SELECT id, name, kind, geonameid, lat, lon, population, country, admin1, admin2 FROM place WHERE id = ?"


class Gazetteer:
    """Lookup in one gazetteer file. Safe to read from several threads: each thread has its own connection."""

    def __init__(self, path: Path, *, offset: int = 0) -> None:
        if not path.is_file():
            raise ModelError(f"No gazetteer at {path}. Build it with `python -m groundswell.train.gazetteer`.")
        self.path = path
        self.offset = offset
        self._local = threading.local()
        meta = dict(self._rows("SELECT key, value FROM meta"))
        if meta.get("fold") != str(FOLD_VERSION):
            raise ModelError(
                f"{path} was built with name folding {meta.get('fold')}, this version reads {FOLD_VERSION}. "
                "Build it anew with `python -m groundswell.train.gazetteer`."
            )
        self.version = meta.get("version", "unknown")
        self.iso3: dict[int, str] = dict(self._rows("SELECT id, iso3 FROM country"))
        self.by_iso3: dict[str, int] = {code: identifier for identifier, code in self.iso3.items()}
        self.by_iso2: dict[str, int] = {code: i for i, code in self._rows("SELECT id, iso2 FROM country")}
        self._postings = lru_cache(maxsize=20_000)(self._read_postings)
        self._entry = lru_cache(maxsize=50_000)(self._read_entry)
        self._named = lru_cache(maxsize=4_000)(self._read_named)

    def _rows(self, query: str, values: tuple[str | int, ...] = ()) -> list[tuple[Any, ...]]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            try:
                connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
                connection.execute("PRAGMA mmap_size = 67108864")
            except sqlite3.Error as error:
                raise ModelError(f"{self.path} cannot be opened ({error}). Build or install it anew.") from error
            self._local.connection = connection
        try:
            rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise ModelError(f"{self.path} is not a gazetteer ({error}). Build or install it anew.") from error
        return rows

    def _read_postings(self, key: str) -> tuple[tuple[int, int], ...]:
        rows = self._rows("SELECT ids FROM name WHERE key = ?", (key,))
        if not rows:
            return ()
        packed = array("I")
        packed.frombytes(rows[0][0])
        return tuple((value >> 2, value & 3) for value in packed)

    def _read_entry(self, identifier: int) -> tuple[Any, ...]:
        rows = self._rows(_ROW, (identifier,))
        if not rows:
            raise ModelError(f"{self.path} names place {identifier} but does not hold it. Install it anew.")
        return rows[0]

    def knows(self, name: str) -> bool:
        """Whether any place bears this name."""
        return bool(self._postings(fold(name)))

    def named(self, name: str) -> list[Entry]:
        """All places of this name, most populous first, at most ``MAX_CANDIDATES``."""
        return list(self._named(name))

    def _read_named(self, name: str) -> tuple[Entry, ...]:
        found = self._postings(fold(name))[:MAX_CANDIDATES]
        return tuple(self._make(self._entry(identifier), quality) for identifier, quality in found)

    def named_town(self, name: str) -> list[Entry]:
        """Towns of 5,000 inhabitants and more, and divisions, of this name; for names out of context."""
        found = [entry for entry in self.named(name) if entry.kind != "country" and entry.quality < 2]
        return found if found and found[0].population >= 5000 else []

    def entry(self, identifier: int) -> Entry:
        """The place with this id."""
        return self._make(self._entry(identifier - self.offset), 0)

    def _make(self, row: tuple[Any, ...], quality: int) -> Entry:
        identifier, name, kind, geonameid, lat, lon, population, country, admin1, admin2 = row
        shift = self.offset
        return Entry(
            id=identifier + shift,
            name=name,
            kind=KINDS[kind],
            quality=quality,
            geonameid=geonameid,
            latitude=None if lat is None else lat / 1e5,
            longitude=None if lon is None else lon / 1e5,
            population=population,
            country=None if country is None else country + shift,
            admin1=None if admin1 is None else admin1 + shift,
            admin2=None if admin2 is None else admin2 + shift,
            iso3=self.iso3.get(country),
        )


def pack(postings: Iterable[tuple[int, int]]) -> bytes:
    """(id, quality) pairs as the bytes of a ``name`` row: 32-bit little-endian, quality in the two lowest bits."""
    return array("I", [identifier << 2 | quality for identifier, quality in postings]).tobytes()
