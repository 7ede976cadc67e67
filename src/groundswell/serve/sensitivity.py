"""Events whose exact place can endanger people: which they are, and what the public gets of them instead.

Public is every export and everyone who may not read the full words. They get the region or country, the month, and the words
without place, day and address; coarser still where fewer than k such events share an area. Never changes the ledger.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from groundswell.serve import wording
from groundswell.serve.columns import Columns, Mask
from groundswell.serve.masking import masked
from groundswell.store import Ledger, reading

Json = dict[str, Any]
TIERS = ("admin1", "country")
_CORRECTED = ("as_read", "corrections")
# Fields of corrections, and kinds of decisions that have no field, whose value may be told once its words are masked.
_SAFE = frozenset(
    (
        "type",
        "mode",
        "status",
        "trigger",
        "actors",
        "called_by",
        "targets",
        "figures",
        "issue",
        "attribution",
        "merge",
        "split",
    )
)
_FINE = {"place": 0, "city": 1, "admin2": 2, "admin1": 3, "country": 4}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of sensitive event. ``modes``: (type, mode) pairs; ``phrases``: words of a document that make its events so."""

    key: str
    title: str
    modes: tuple[tuple[str, str], ...]
    phrases: tuple[str, ...]
    default: bool


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """All kinds by key."""
    found = tomllib.loads((Path(__file__).parent / "sensitivity.toml").read_text(encoding="utf-8"))
    return {
        row["key"]: Kind(
            row["key"], row["title"], tuple((type, mode) for type, _, mode in (each.partition("/") for each in row["modes"])),
            tuple(row["phrases"]), row["default"],
        )
        for row in found["kind"]
    }  # fmt: skip


def default_kinds() -> tuple[str, ...]:
    return tuple(key for key, kind in kinds().items() if kind.default)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project holds sensitive. ``tier``: the finest the public gets; ``k``: events that must share an area to name it."""

    keys: tuple[str, ...]
    tier: str = "country"
    k: int = 5


class Sensitive:
    """Knows the sensitive events of a ledger as it is now, and the tier each is given at."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._lock = ledger, Lock()
        self._known: tuple[tuple[int, Policy], dict[int, str], Columns] | None = None

    def tiers(self, columns: Columns, policy: Policy) -> dict[int, str]:
        """admin1, country or none by number of the event."""
        return self._at(columns, policy)[1]

    def public(self, columns: Columns, policy: Policy) -> Columns:
        """The columns as the public may count them."""
        return self._at(columns, policy)[2]

    def _at(self, columns: Columns, policy: Policy) -> tuple[tuple[int, Policy], dict[int, str], Columns]:
        with self._lock:
            known = self._known
        if known is not None and known[0] == (columns.version, policy) and len(known[2]) == len(columns):
            return known
        with self._ledger.database.errors():
            numbers = _numbers(self._ledger, columns, policy)
            tiers = _tiers(self._ledger, columns, numbers, policy)
        fresh = ((columns.version, policy), tiers, _coarsened(columns, tiers) if tiers else columns)
        with self._lock:
            self._known = fresh
        return fresh


def _numbers(ledger: Ledger, columns: Columns, policy: Policy) -> Mask:
    """Which rows are sensitive."""
    found = np.zeros(len(columns), dtype=bool)
    for key in policy.keys:
        kind = kinds()[key]
        for type, mode in kind.modes:
            found |= (columns.codes["type"] == columns.code("type", type)) & (
                columns.codes["mode"] == columns.code("mode", mode)
            )
            # Where several reports tell it, one of that kind is enough, whatever most of them say.
            several = ledger.connection.execute(
                "SELECT DISTINCT r.event FROM event e JOIN report r ON r.event = e.n "
                "WHERE e.reports > 1 AND r.live = 1 AND r.type = ? AND r.mode = ?", (type, mode),
            )  # fmt: skip
            found |= columns.flags([int(row[0]) for row in several])
        if kind.phrases:
            asked = " OR ".join('"' + phrase.replace('"', " ") + '"' for phrase in kind.phrases)
            sql = (
                "SELECT DISTINCT r.event FROM text_index t JOIN report r ON r.document = t.rowid "
                "WHERE text_index MATCH ? AND r.live = 1"
            )
            found |= columns.flags([int(row[0]) for row in ledger.connection.execute(sql, (asked,))])
    return found


def _tiers(ledger: Ledger, columns: Columns, rows: Mask, policy: Policy) -> dict[int, str]:
    """The finest tier at which at least k sensitive events share an area."""
    countries = np.bincount(columns.codes["country"][rows], minlength=len(columns.names["country"]))
    where = np.flatnonzero(rows)
    found: dict[int, str] = {}
    for row in where:
        code = int(columns.codes["country"][row])
        found[int(columns.n[row])] = "country" if code and countries[code] >= policy.k else "none"
    if policy.tier == "admin1":
        regions: dict[tuple[Any, Any], list[int]] = {}
        for part in reading.chunks(found):
            for view in reading.event_views(ledger.connection, part):  # without those that went in the meantime
                n, place = reading.resolve_event(ledger.connection, view["id"]), view["place"] or {}
                if (
                    n is not None
                    and place.get("admin1")
                    and _FINE.get(place.get("precision") or "", 9) <= _FINE["admin1"]
                ):
                    regions.setdefault((place.get("country"), place["admin1"]), []).append(n)
        for numbers in regions.values():
            if len(numbers) >= policy.k:
                found.update(dict.fromkeys(numbers, "admin1"))
    return found


def _coarsened(columns: Columns, tiers: Mapping[int, str]) -> Columns:
    return columns.changed({n: tier if tier != "none" else None for n, tier in tiers.items()})


# -- what is shown of one event, report or document -------------------------------------------------------------------


def event(found: Json, tier: str, more: Iterable[Json] = ()) -> Json:
    """An event's view without what tells its exact place and day. ``more``: what else names its places, as read before corrections."""
    clean = {name: value for name, value in _hidden(found, [found, *more]).items() if name not in _CORRECTED}
    clean["place"], clean["time"] = _place(found["place"], tier), _time(found["time"])
    clean["places"] = _distinct([_place(each, tier) for each in found["places"]])
    clean["times"] = _distinct([_time(each) for each in found["times"]])
    for part in ("documents", "evidence"):
        for each in clean[part]:
            each["url"] = None
    for each in clean.get("links", ()):
        each["reason"] = None  # it says what both tell: the day and the place
    return clean


def decision(found: Json, about: Iterable[Json]) -> Json:
    """A decision about sensitive events without what it says of place and day. ``about``: the views of these events."""
    value = found["value"]
    told = {"places": [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]}
    clean = _hidden(found, [told, *about])
    if found["field"] is not None and found["field"] not in _SAFE:
        clean["reason"] = None
    if (found["field"] or found["kind"]) not in _SAFE:
        clean["value"] = None
    return clean


def report(found: Json, tier: str) -> Json:
    """A report's view without what tells its exact place and day."""
    clean = _report(_hidden(found, [found]), found, tier)
    clean["document"]["url"] = None
    return clean


def record(found: Json, tier: str) -> Json:
    """A whole document that tells a sensitive event: all its places coarsened, their names masked in the text."""
    events = found.get("events") or []
    clean = _hidden(found, [*events, {"places": found.get("places") or []}])
    clean["events"] = [_report(each, event, tier) for each, event in zip(clean["events"], events, strict=True)]
    clean["places"] = [_place(each, tier) for each in found.get("places") or () if _place(each, tier)]
    clean["document"]["id"], clean["document"]["url"] = found["document"]["id"], None
    return clean


def _report(clean: Json, found: Json, tier: str) -> Json:
    places = (_place(each, tier) for each in found["places"])
    kept = {name: value for name, value in clean.items() if name not in _CORRECTED}
    return {**kept, "places": [each for each in places if each], "time": _time(found["time"])}


def _hidden(found: Json, holders: Iterable[Mapping[str, Any]]) -> Json:
    """The value with the words of its places and times masked, letter for letter."""
    words: set[str] = set()
    for holder in (each for whole in holders for each in (whole, whole.get("as_read") or {})):
        places = [*(holder.get("places") or ()), *([holder["place"]] if holder.get("place") else [])]
        for place in places:
            if place.get("precision") != "country":
                words |= {str(place[name]) for name in ("text", "name") if place.get(name)}
        for time in [*(holder.get("times") or ()), *([holder["time"]] if holder.get("time") else [])]:
            words |= {str(time["text"])} if time.get("text") else set()
    clean: Json = masked(found, phrases(words))
    return clean


def phrases(words: Iterable[str]) -> re.Pattern[str] | None:
    """Whole phrases in any case and spacing."""
    parts = [
        r"\s+".join(map(re.escape, word.split()))
        for word in sorted(set(words), key=len, reverse=True)
        if len(word.strip()) > 1
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE) if parts else None


def _place(place: Mapping[str, Any] | None, tier: str) -> Any:
    """The area a place lies in; None where not even that is given."""
    if place is None or tier == "none":
        return None
    fine = _FINE.get(place.get("precision") or "", 9)
    keeps_region = tier == "admin1" and place.get("admin1") and fine <= _FINE["admin1"]
    name = place["admin1"] if keeps_region else wording.country(place.get("country"))
    if not name:
        return None
    return {
        **place, "text": "", "start": None, "end": None, "name": name, "geonameid": None, "latitude": None, "longitude": None,
        "admin1": place["admin1"] if keeps_region else None, "precision": "admin1" if keeps_region else "country",
    }  # fmt: skip


def _time(time: Mapping[str, Any] | None) -> Any:
    """The whole months that an interval touches."""
    if time is None:
        return None
    found = {**time, "text": "", "start": None, "end": None, "precision": "month"}
    if time.get("earliest"):
        found["earliest"] = time["earliest"][:7] + "-01"
    if time.get("latest"):
        month = np.datetime64(time["latest"][:7], "M")
        found["latest"] = str((month + 1).astype("datetime64[D]") - 1)
    return found


def _distinct(values: list[Any]) -> list[Any]:
    """Alternatives that became one when they were coarsened, once each."""
    found: dict[str, Any] = {}
    for value in values:
        if value is not None:
            found.setdefault(f"{value.get('name')}/{value.get('earliest')}/{value.get('latest')}", value)
    return list(found.values())
