"""What a reviewer typed or selected, as a value of the public JSON; and the Decision that carries it.

Values are resolved by the same resolvers that the reader uses. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from groundswell.errors import UsageError
from groundswell.resolve.actor import resolve_actor
from groundswell.resolve.place import shipped
from groundswell.resolve.quantity import resolve_quantity
from groundswell.resolve.time import resolve_time
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES, STATUSES

Json = dict[str, Any]
FIELDS = (
    "type",
    "mode",
    "status",
    "trigger",
    "actors",
    "called_by",
    "targets",
    "places",
    "time",
    "figures",
    "issue",
    "attribution",
)
_PRECISION = {"country": "country", "admin1": "admin1", "admin2": "admin2", "city": "city", "place": "place"}


def quoted(text: str, start: int, end: int) -> Json:
    """Words of a document by their offsets, spaces at the edges left out. Raises UsageError outside the text."""
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        raise UsageError(f"{start}-{end} is no stretch of this text of {len(text)} characters.")
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end:
        raise UsageError("Only spaces were selected. Select the words themselves.")
    return {"text": text[start:end], "start": start, "end": end}


def word_value(report: Mapping[str, Any], field: str, value: object) -> Any:
    """A type, mode or status, checked against the codebook."""
    if field == "type":
        return _known(value, EVENT_TYPES, "type")
    if field == "status":
        return _known(value, STATUSES, "status")
    if field == "mode":
        return None if value in (None, "") else _known(value, MODES[str(report["type"])], f"mode of {report['type']}")
    raise UsageError(f"{field!r} is no word of the codebook.")


def _known(value: object, allowed: Sequence[str], what: str) -> str:
    if value not in allowed:
        raise UsageError(f"{value!r} is no {what}. Use one of: {', '.join(allowed)}.")
    return str(value)


def place_candidates(words: str, *, limit: int = 6) -> list[Json]:
    """Places that typed words may mean, likeliest first: what the resolver chooses, then the largest of that name."""
    from groundswell.records import Span

    words = words.strip()[:200]
    if not words:
        return []
    parser = shipped()
    best = parser.explain(words, [Span(0, len(words))])[0]
    found = [_place_json(best.place)] if best.place.geonameid is not None or best.place.country else []
    name = words.split(",")[0].strip()
    entries = sorted(parser.named(name), key=lambda entry: (entry.quality, -entry.population))
    for entry in entries[: 4 * limit]:
        admin1 = parser.entry(entry.admin1).name if entry.admin1 is not None else None
        candidate = {
            "name": entry.name, "geonameid": entry.geonameid, "latitude": entry.latitude, "longitude": entry.longitude,
            "country": entry.iso3, "admin1": admin1, "precision": _PRECISION.get(entry.kind),
        }  # fmt: skip
        if candidate["geonameid"] not in {each["geonameid"] for each in found}:
            found.append(candidate)
    return found[:limit]


def _place_json(place: Any) -> Json:
    return {
        "name": place.name, "geonameid": place.geonameid, "latitude": place.latitude, "longitude": place.longitude,
        "country": place.country, "admin1": place.admin1, "precision": place.precision,
    }  # fmt: skip


def interval(words: str, published: str | None) -> Json | None:
    """Calendar days for typed words: an ISO day, two of them with "/" or "to" between, or a phrase; None where they name none."""
    words = words.strip()[:200]
    parts = [part.strip() for part in words.replace(" to ", "/").split("/")]
    try:
        days = [date.fromisoformat(part) if part not in ("", "..") else None for part in parts]
    except ValueError:
        days = []
    if days and len(days) <= 2 and any(days):
        first, last = days[0], days[-1]
        if first and last and first > last:
            raise UsageError(f"{first} lies after {last}. Write the earlier day first.")
        precision = "open" if None in days else "day" if first == last else "range"
        return {
            "earliest": first and first.isoformat(),
            "latest": last and last.isoformat(),
            "precision": precision,
            "basis": "stated",
        }
    found = resolve_time(words, published=date.fromisoformat(published) if published else None)
    if found is None:
        return None
    return {
        "earliest": found.earliest and found.earliest.isoformat(), "latest": found.latest and found.latest.isoformat(),
        "precision": found.precision, "basis": found.basis,
    }  # fmt: skip


def from_span(report: Mapping[str, Any], text: str, field: str, start: int, end: int, *, of: str | None = None) -> Any:
    """The new value of a field when words were selected for it: lists get one more entry, single values are replaced."""
    words = quoted(text, start, end)
    published = (report.get("document") or {}).get("published")
    if field in ("trigger", "issue", "attribution"):
        return words
    if field == "time":
        return {
            **words,
            **(
                interval(words["text"], published)
                or {"earliest": None, "latest": None, "precision": None, "basis": None}
            ),
        }
    kept = [
        each
        for each in report.get(field) or ()
        if (each.get("start"), each.get("end")) != (words["start"], words["end"])
    ]
    if field in ("actors", "called_by", "targets"):
        actor = resolve_actor(words["text"])
        return [
            *kept,
            {**words, "name": actor.name, "kind": actor.kind, "sector": actor.sector, "country": actor.country},
        ]
    if field == "places":
        found = place_candidates(words["text"], limit=1)
        unknown = {
            "name": words["text"],
            "geonameid": None,
            "latitude": None,
            "longitude": None,
            "country": None,
            "admin1": None,
            "precision": None,
        }
        return [{**words, **(found[0] if found else unknown)}, *kept]
    if field == "figures":
        return [*kept, figure(words, of or "other")]
    raise UsageError(f"{field!r} cannot be set by selecting text. Use one of: {', '.join(FIELDS)}.")


def figure(words: Mapping[str, Any], of: str) -> Json:
    """A figure out of a number phrase. Raises UsageError where it holds no number."""
    _known(of, FIGURE_KINDS, "kind of figure")
    found = resolve_quantity(str(words["text"]))
    if found is None:
        raise UsageError(f"“{words['text']}” holds no number. Select the number phrase, for example “at least 20”.")
    return {
        **words,
        "of": of,
        "low": found.low,
        "best": found.best,
        "high": found.high,
        "mapping": found.mapping,
        "attribution": None,
    }


def from_words(report: Mapping[str, Any], field: str, typed: str, choice: int = 0) -> Any:
    """The new value of a field when words were typed for it; "" takes the value away.

    ``choice`` picks among ``place_candidates``. Words that no document holds keep the offsets of what they correct, or none.
    """
    typed = typed.strip()
    if field in ("type", "mode", "status"):
        return word_value(report, field, typed)
    if field == "time":
        return _typed_time(report, typed)
    if field == "places":
        return _typed_place(report, typed, choice)
    raise UsageError(f"{field!r} cannot be typed. Select the words in the text instead.")


def _typed_time(report: Mapping[str, Any], typed: str) -> Any:
    if not typed:
        return None
    found = interval(typed, (report.get("document") or {}).get("published"))
    if found is None:
        raise UsageError(f"“{typed}” names no day that can be reckoned. Write 2024-06-12, or 2024-06-12 to 2024-06-14.")
    before = report.get("time") or {}
    return {"text": before.get("text") or typed, "start": before.get("start"), "end": before.get("end"), **found}


def _typed_place(report: Mapping[str, Any], typed: str, choice: int) -> list[Json]:
    before = list(report.get("places") or ())
    if not typed:
        return before[1:]
    found = place_candidates(typed)
    if not found:
        raise UsageError(f"The gazetteer knows no place “{typed}”. Try another spelling, or the district it lies in.")
    words = before[0] if before else {}
    where = {"text": words.get("text") or typed, "start": words.get("start"), "end": words.get("end")}
    return [{**where, **found[min(choice, len(found) - 1)]}, *before[1:]]


def without(report: Mapping[str, Any], field: str, index: int) -> Any:
    """The value of a list field with one entry left out; of a single field, nothing."""
    value = report.get(field)
    if not isinstance(value, list):
        return None
    if not 0 <= index < len(value):
        raise UsageError(f"{field} has no entry {index}.")
    return [each for at, each in enumerate(value) if at != index]
