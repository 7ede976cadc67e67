"""What a query string asks for: filters, and the query string for given filters. Unknown keys are left alone; wrong values say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from groundswell.errors import UsageError
from groundswell.store import Filters
from groundswell.values import EVENT_TYPES, MODES, STATUSES

STATES = ("unreviewed", "confirmed", "corrected", "contested", "rejected", "any")
PRECISIONS = ("place", "city", "admin2", "admin1", "country", "none")
_ALL_MODES = tuple(sorted({mode for modes in MODES.values() for mode in modes}))
MANY: dict[str, tuple[str, ...] | None] = {
    "type": EVENT_TYPES, "mode": _ALL_MODES, "status": STATUSES, "country": None, "source": None, "precision": PRECISIONS,
}  # fmt: skip
_WORDS = ("text", "actor", "place", "issue")
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Filters of a page: those of the ledger."""

    type: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    precision: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    text: str = ""
    actor: str = ""
    place: str = ""
    issue: str = ""
    min_confidence: float | None = None
    review_state: str = ""
    linked: bool | None = None
    bbox: tuple[float, float, float, float] | None = None

    @property
    def filters(self) -> Filters:
        """What the ledger itself can be asked; it knows no precision "none"."""
        return Filters(
            type=self.type or None, mode=self.mode or None, status=self.status or None, country=self.country or None,
            source=self.source or None, since=self.since, until=self.until, text=self.text or None, actor=self.actor or None,
            place=self.place or None, min_confidence=self.min_confidence, review_state=self.review_state or None,
            linked=self.linked, bbox=self.bbox, issue=self.issue or None, precision=self.precision or None,
        )  # fmt: skip

    def of_reports(self) -> Filters:
        """The part that only reports can answer."""
        return Filters(
            country=self.country or None, source=self.source or None, text=self.text or None, actor=self.actor or None,
            place=self.place or None, bbox=self.bbox, issue=self.issue or None, review_state="any",
        )  # fmt: skip

    def told(self) -> Asked:
        """The part that only reports can answer, alone."""
        names = ("country", "source", "text", "actor", "place", "issue", "bbox")
        return Asked(**{name: getattr(self, name) for name in names})

    def but(self, **changes: Any) -> Asked:
        return replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        """Key and value pairs in a fixed order, so that the same filters always make the same address."""
        found: list[tuple[str, str]] = []
        for each in fields(self):
            value = getattr(self, each.name)
            if value in ((), None, ""):
                continue
            values: Iterable[Any] = value if each.name in MANY else [value]
            found.extend((each.name, _spelled(one)) for one in values)
        return found

    @property
    def named(self) -> str:
        """As ``query``, without the words that were searched for: they may name a person."""
        hidden = (*_WORDS, "source")
        return "&".join(f"{key}={'…' if key in hidden else value}" for key, value in self.pairs())

    @property
    def query(self) -> str:
        """The query string, without a leading question mark; empty for no filter."""
        return urlencode(self.pairs())


def asked(query: Iterable[tuple[str, str]]) -> Asked:
    """Read key and value pairs. Raises UsageError naming the key, what it was given and what it takes."""
    given: dict[str, list[str]] = {}
    for key, value in query:
        if value.strip():
            given.setdefault(key, []).append(value.strip()[:_LONGEST])
    found: dict[str, Any] = {}
    for key, allowed in MANY.items():
        if key in given:
            found[key] = tuple(dict.fromkeys(_one_of(key, value, allowed) for value in given[key]))
    for key in _WORDS:
        if key in given:
            found[key] = given[key][-1]
    for key in ("since", "until"):
        if key in given:
            found[key] = _day(key, given[key][-1])
    found.update(_rest(given))
    for key in ("text", "issue"):
        if found.get(key) and not any(letter.isalnum() for letter in found[key]):
            raise UsageError(f"{key}={found[key]!r} holds no word to search for. Give at least one letter or digit.")
    return Asked(**found)


def _rest(given: Mapping[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "min_confidence" in given:
        found["min_confidence"] = _number("min_confidence", given["min_confidence"][-1], 0.0, 1.0)
    if "review_state" in given:
        found["review_state"] = _one_of("review_state", given["review_state"][-1], STATES)
    if "linked" in given:
        found["linked"] = _one_of("linked", given["linked"][-1], ("true", "false")) == "true"
    if "bbox" in given:
        parts = given["bbox"][-1].split(",")
        if len(parts) != 4:
            raise UsageError(f"bbox={given['bbox'][-1]!r} is no box. Write west,south,east,north in degrees.")
        west, south, east, north = (_number("bbox", part, -720.0, 720.0) for part in parts)
        found["bbox"] = (_around(west), max(south, -90.0), _around(east), min(north, 90.0))
        if east - west >= 360:
            found["bbox"] = (-180.0, found["bbox"][1], 180.0, found["bbox"][3])
    return found


def _one_of(key: str, value: str, allowed: tuple[str, ...] | None) -> str:
    if key == "country":
        if not (len(value) == 3 and value.isascii() and value.isalpha()):
            raise UsageError(f"country={value!r} is no ISO 3166 alpha-3 code. Write for example KEN.")
        return value.upper()
    spelled = value.upper() if key == "type" else value
    if allowed is not None and spelled not in allowed:
        raise UsageError(f"{key}={value!r} is not known. Use one of: {', '.join(allowed)}.")
    return spelled


def _day(key: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{key}={value!r} is no date. Write YYYY-MM-DD.") from None


def _number(key: str, value: str, low: float, high: float) -> float:
    try:
        number = float(value)
    except ValueError:
        raise UsageError(f"{key}={value!r} is no number.") from None
    if not low <= number <= high:  # refuses nan as well
        raise UsageError(f"{key}={value!r} lies outside {low} to {high}.")
    return number


def _around(longitude: float) -> float:
    """A longitude from a map that was scrolled round the world, back in -180..180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(f"{part:.5g}" for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
