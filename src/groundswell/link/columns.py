"""Reports as columns of numbers, ready to be compared by the million. Reads report JSON; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.link import meanings, words
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES

UNKNOWN_DAY = -1
FINE, ADMIN, COUNTRY, NOWHERE = 0, 1, 2, 3
TEXT, NAMES = 256, 64
_PRECISION = {"place": FINE, "city": FINE, "admin2": ADMIN, "admin1": ADMIN, "country": COUNTRY}
_MODE_CODES = {mode: code for code, mode in enumerate(sorted({mode for modes in MODES.values() for mode in modes}))}
_TYPE_CODES = {kind: code for code, kind in enumerate(EVENT_TYPES)}
_CALLS = ("announced", "called_for", "threatened", "hypothetical")

_PARTS_OF_DAY = {
    "morning": 1, "dawn": 1, "early": 1, "sunrise": 1, "noon": 2, "midday": 2, "lunchtime": 2, "afternoon": 2, "evening": 4, "dusk": 4,
    "sunset": 4, "night": 4, "overnight": 4, "midnight": 4, "late": 4,
}  # fmt: skip

_BACKING = frozenset(
    map(words.stem, ("support", "supporters", "supporting", "backing", "behind", "favour", "favor", "pro", "loyal"))
)
_OPPOSING = frozenset(
    map(words.stem, ("against", "oppose", "opposing", "opponents", "critics", "anti", "reject", "rejecting"))
)

_SIDES = re.compile("support|back|behind|favou?r|pro|loyal|against|oppos|oppon|critic|anti|reject", re.IGNORECASE)

# Types that readers confuse about one and the same happening; across groups nothing is ever linked. PROTEST stands alone.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("PROTEST",), ("ASSAULT", "COERCE", "MOBILIZE"), ("CONSULT", "AGREE", "COOPERATE"), ("ACCUSE", "SANCTION", "REJECT"),
    ("REQUEST", "THREATEN"), ("RETREAT", "CONCEDE"), ("AID", "SUPPORT"),
)  # fmt: skip
_GROUP_OF = {kind: number for number, group in enumerate(GROUPS) for kind in group}


@dataclass(frozen=True)
class Telling:
    """One report as linking needs it: an event object of the public JSON, its document and when that was published.

    ``country``: the one country that all settings named in the document are in; None where there are several or none. It keeps
    reports without a place of their own from being compared across the world, and is never shown as theirs.
    """

    id: str
    document: str
    json: Mapping[str, Any]
    published: str | None
    source: int = 0
    country: str | None = None


@dataclass
class Columns:
    """One row a report, in the order of their ids. Days are proleptic ordinals, UNKNOWN_DAY where not known."""

    ids: list[str]
    type: NDArray[np.int16]
    group: NDArray[np.int16]
    mode: NDArray[np.int16]
    call: NDArray[np.bool_]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    published: NDArray[np.int32]
    level: NDArray[np.int8]
    place: NDArray[np.int64]
    country: NDArray[np.int64]
    admin: NDArray[np.int64]
    latitude: NDArray[np.float32]
    longitude: NDArray[np.float32]
    figures: NDArray[np.float32]
    trigger: NDArray[np.int64]
    meaning: NDArray[np.int8]
    hours: NDArray[np.int8]
    side: NDArray[np.int8]
    document: NDArray[np.int64]
    source: NDArray[np.int64]
    text: NDArray[np.int8]
    actors: NDArray[np.int8]
    targets: NDArray[np.int8]
    tokens: list[list[str]]
    spots: list[str]

    def __len__(self) -> int:
        return len(self.ids)


def columns(tellings: Sequence[Telling]) -> Columns:
    """Columns of reports; give them sorted by id, so that results do not depend on the order of reading."""
    count = len(tellings)
    places = [_setting(told.json) for told in tellings]
    days = np.array([_days(told.json) for told in tellings], dtype=np.int32).reshape(count, 2)
    bags = [_content(told.json) for told in tellings]
    return Columns(
        ids=[told.id for told in tellings],
        type=np.array([_TYPE_CODES.get(told.json["type"], -1) for told in tellings], dtype=np.int16),
        group=np.array([_GROUP_OF.get(told.json["type"], -1) for told in tellings], dtype=np.int16),
        mode=np.array([_MODE_CODES.get(told.json.get("mode") or "", -1) for told in tellings], dtype=np.int16),
        call=np.array([told.json["status"] in _CALLS for told in tellings], dtype=np.bool_),
        first=days[:, 0],
        last=days[:, 1],
        published=np.array([_ordinal(told.published) for told in tellings], dtype=np.int32),
        level=np.array([_level(place) for place in places], dtype=np.int8),
        place=np.array([_identity(place) for place in places], dtype=np.int64),
        country=np.array(
            [_code(place.get("country") or told.country) for place, told in zip(places, tellings, strict=True)],
            dtype=np.int64,
        ),
        admin=np.array([_code(place.get("admin1")) for place in places], dtype=np.int64),
        latitude=np.array([_degrees(place, "latitude") for place in places], dtype=np.float32),
        longitude=np.array([_degrees(place, "longitude") for place in places], dtype=np.float32),
        figures=np.array([_figures(told.json) for told in tellings], dtype=np.float32).reshape(
            count, len(FIGURE_KINDS)
        ),
        trigger=np.array([words.hashed(words.stem(told.json["trigger"]["text"])) for told in tellings], dtype=np.int64),
        meaning=meanings.vectors([told.json["trigger"]["text"] for told in tellings]),
        hours=np.array([_hours(told.json["evidence"]["text"]) for told in tellings], dtype=np.int8),
        side=np.array([_side(told.json["evidence"]["text"]) for told in tellings], dtype=np.int8),
        document=np.array([_code(told.document) for told in tellings], dtype=np.int64),
        source=np.array([told.source for told in tellings], dtype=np.int64),
        text=words.sketch_all(bags, TEXT),
        actors=words.sketch_all([_names(told.json, ("actors", "called_by")) for told in tellings], NAMES),
        targets=words.sketch_all([_names(told.json, ("targets",)) for told in tellings], NAMES),
        tokens=[_rarest(told.json, bag) for told, bag in zip(tellings, bags, strict=True)],
        spots=[str(place.get("name") or place.get("text") or "") for place in places],
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """Slices of reports, one after the other, as one."""
    values: dict[str, Any] = {}
    for field in fields(Columns):
        slices = [getattr(part, field.name) for part in parts]
        values[field.name] = (
            list(chain.from_iterable(slices)) if isinstance(slices[0], list) else np.concatenate(slices)
        )
    return Columns(**values)


def _setting(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The finest place named as the setting; an empty one where none is named."""
    places = event.get("places") or ()
    return min(places, key=_level, default={})


def _level(place: Mapping[str, Any]) -> int:
    level = _PRECISION.get(place.get("precision") or "", NOWHERE)
    return COUNTRY if level == FINE and place.get("latitude") is None and place.get("country") else level


def _identity(place: Mapping[str, Any]) -> int:
    if place.get("geonameid") is not None:
        return int(place["geonameid"])
    name = str(place.get("name") or place.get("text") or "")
    return -1 - words.hashed(words.fold(name)) if name else 0


def _code(name: str | None) -> int:
    return words.hashed(name) + 1 if name else 0


def _degrees(place: Mapping[str, Any], name: str) -> float:
    value = place.get(name)
    return float(value) if value is not None else float("nan")


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day[:10]).toordinal() if day else UNKNOWN_DAY


def _days(event: Mapping[str, Any]) -> tuple[int, int]:
    time = event.get("time") or {}
    first, last = _ordinal(time.get("earliest")), _ordinal(time.get("latest"))
    return (first if first >= 0 else last, last if last >= 0 else first)


def _figures(event: Mapping[str, Any]) -> list[float]:
    """The largest number given of each kind, NaN where none is."""
    found = [float("nan")] * len(FIGURE_KINDS)
    for figure in event.get("figures") or ():
        numbers = [figure[side] for side in ("best", "low", "high") if figure.get(side) is not None]
        if numbers and figure["of"] in FIGURE_KINDS:
            slot = FIGURE_KINDS.index(figure["of"])
            found[slot] = max(float(numbers[0]), found[slot]) if found[slot] == found[slot] else float(numbers[0])
    return found


def _content(event: Mapping[str, Any]) -> list[str]:
    """Stems of the evidence without the words of place and time: those are compared as values, not as words."""
    evidence = event["evidence"]
    text, base = evidence["text"], evidence.get("start") or 0
    letters = list(text)
    spans = [*(event.get("places") or ()), *([event["time"]] if event.get("time") else [])]
    for span in spans:
        start, end = (span.get("start") or 0) - base, (span.get("end") or 0) - base
        if 0 <= start < end <= len(letters):
            letters[start:end] = " " * (end - start)
    issue = (event.get("issue") or {}).get("text") or ""
    return words.stems("".join(letters)) + words.stems(issue)


def _hours(sentence: str) -> int:
    """Parts of the day a sentence names, a bit each; two blasts in one town on one day are often told apart by nothing else."""
    found = 0
    for word in sentence.casefold().replace(",", " ").replace(".", " ").split():
        found |= _PARTS_OF_DAY.get(word, 0)
    return found


def _side(sentence: str) -> int:
    """1 where a sentence speaks of backing only, -1 of opposing only, 0 otherwise: marches for and against a plan share every word."""
    if sentence.isascii() and not _SIDES.search(sentence):
        return 0  # four sentences in five, and stemming is what loading costs most
    stems = set(words.stems(sentence))
    backs, opposes = bool(stems & _BACKING), bool(stems & _OPPOSING)
    return int(backs) - int(opposes)


def _names(event: Mapping[str, Any], roles: Sequence[str]) -> list[str]:
    found: list[str] = []
    for role in roles:
        for actor in event.get(role) or ():
            found.extend(words.stems(actor.get("name") or actor["text"]))
    return found


def _rarest(event: Mapping[str, Any], bag: Sequence[str]) -> list[str]:
    """The most telling stems of names and words: what reports without a common place are brought together by."""
    names = {word for word in _names(event, ("actors", "called_by", "targets")) if words.weight(word) > 0}
    rest = {word for word in bag if words.weight(word) > 0 and len(word) > 3}
    order = [sorted(kind, key=lambda word: (-words.weight(word), word)) for kind in (names, rest - names)]
    return order[0][:2] + order[1][:2] + order[0][2:8] + order[1][2:8]
