"""A project's own places: GeoNames or P-code tables made into a gazetteer file that is consulted beside the one that ships.

Conflict zones are thin in what ships (Sudan has 112 towns). Nothing is downloaded; the user brings the file.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundswell.errors import SourceError
from groundswell.resolve.gazetteer import KINDS, Gazetteer, pack
from groundswell.resolve.gazetteer_names import FOLD_VERSION, fold

SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE country(id INTEGER PRIMARY KEY, iso2 TEXT, iso3 TEXT, neighbours TEXT);
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT, kind INTEGER, geonameid INTEGER, lat INTEGER, lon INTEGER,
                   population INTEGER, country INTEGER, admin1 INTEGER, admin2 INTEGER);
CREATE TABLE name(key TEXT PRIMARY KEY, ids BLOB) WITHOUT ROWID;
"""
_CODES = {"ADM1": "admin1", "ADM2": "admin2", "ADM3": "place", "ADM4": "place"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: the file written, rows taken, rows refused with line number and reason."""

    path: Path
    taken: int
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    others: tuple[str, ...]
    kind: str
    geonameid: int | None
    latitude: float
    longitude: float
    population: int
    country: str


def import_places(path: Path, out: Path, *, shipped: Gazetteer) -> Imported:
    """Make a user gazetteer at ``out`` (replaced) from a TSV or CSV file.

    Two forms are read: a GeoNames dump (19 tab-separated columns, no heading), and a table with a heading that has at
    least ``name``, ``latitude``, ``longitude``, ``country`` (alpha-2 or alpha-3) and may have ``alternate_names``
    (separated by ``|``), ``kind``, ``population`` and ``geonameid``. Use it with ``Geoparser(user=out)``.

    Raises:
        SourceError: the file is missing, is not UTF-8, or has none of the two forms.
    """
    if not path.is_file():
        raise SourceError(
            f"No file {path}. Give a GeoNames dump (TSV) or a table with name, latitude, longitude, country."
        )
    codes = {code.upper(): iso3 for code, iso3 in _codes(shipped)}
    rows, refused = [], []
    try:
        for number, cells in _lines(path):
            found = _row(cells, codes)
            if isinstance(found, str):
                refused.append((number, found))
            else:
                rows.append(found)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read as a UTF-8 table ({error}). Save it as UTF-8 TSV or CSV.") from error
    _write(rows, out)
    return Imported(out, len(rows), tuple(refused))


def _codes(shipped: Gazetteer) -> Iterator[tuple[str, str]]:
    for code, identifier in shipped.by_iso2.items():
        yield code, shipped.iso3[identifier]
    for code in shipped.by_iso3:
        yield code, code


_DUMP = ("geonameid", "name", "ascii", "alternate_names", "latitude", "longitude", "class", "code", "country")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as dictionaries with their line numbers, whichever form the file has."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        if first.count("\t") == 18 and first.split("\t")[0].isdigit():
            for number, line in enumerate(file, start=1):
                cells = line.rstrip("\r\n").split("\t")
                row = dict(zip(_DUMP, cells, strict=False))
                row["alternate_names"] = row.get("alternate_names", "").replace(",", "|")
                row["population"] = cells[14] if len(cells) > 14 else ""
                row["kind"] = _CODES.get(row.get("code", ""), "city" if row.get("class") == "P" else "place")
                yield number, row
            return
        reader = csv.DictReader(file, delimiter="\t" if "\t" in first else ",")
        missing = {"name", "latitude", "longitude", "country"} - set(reader.fieldnames or ())
        if missing:
            raise SourceError(
                f"{path} has no column {', '.join(sorted(missing))}. See import_places for the two forms."
            )
        for each in reader:
            yield reader.line_num, {key: value or "" for key, value in each.items() if isinstance(key, str)}


def _row(cells: dict[str, str], codes: dict[str, str]) -> _Row | str:
    """A row, or why it is refused."""
    try:
        latitude, longitude = float(cells["latitude"]), float(cells["longitude"])
        population = int(cells.get("population") or 0)
        geonameid = int(cells["geonameid"]) if cells.get("geonameid") else None
    except (KeyError, ValueError) as error:
        return f"a number is missing or malformed ({error})"
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return f"coordinates {latitude}, {longitude} lie outside the earth"
    country = codes.get(cells.get("country", "").strip().upper())
    if country is None:
        return f"unknown country {cells.get('country')!r}"
    if not fold(cells.get("name", "")):
        return "no name"
    kind = cells.get("kind") or "place"
    if kind not in KINDS:
        return f"unknown kind {kind!r}; known: {', '.join(KINDS)}"
    others = tuple(name for name in cells.get("alternate_names", "").split("|") if fold(name))
    return _Row(cells["name"].strip(), others, kind, geonameid, latitude, longitude, max(population, 0), country)


def _write(rows: list[_Row], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    part.unlink(missing_ok=True)
    countries = {code: number for number, code in enumerate(sorted({row.country for row in rows}), start=1)}
    names: dict[str, dict[int, int]] = {}
    connection = sqlite3.connect(part)
    connection.executescript(SCHEMA)
    meta = [("version", f"user-{len(rows)}"), ("fold", str(FOLD_VERSION)), ("sources", "user")]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
    connection.executemany("INSERT INTO country VALUES (?, '', ?, '')", [(i, code) for code, i in countries.items()])
    for number, row in enumerate(rows, start=len(countries) + 1):
        point = round(row.latitude * 1e5), round(row.longitude * 1e5)
        cells = (number, row.name, KINDS.index(row.kind), row.geonameid, *point, row.population, countries[row.country])
        connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", cells)
        for quality, name in [(0, row.name), *((2, other) for other in row.others)]:
            known = names.setdefault(fold(name), {})
            known[number] = min(quality, known.get(number, 3))
    connection.executemany(
        "INSERT INTO name VALUES (?, ?)", [(key, pack(ids.items())) for key, ids in sorted(names.items())]
    )
    connection.commit()
    connection.close()
    part.replace(out)
