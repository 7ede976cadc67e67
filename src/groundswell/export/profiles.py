"""Columns and shapes of other projects: ACLED columns, CCC columns, PLOVER JSON. Codes those projects give by hand stay empty.

Sources: ACLED codebook (column names since 2023-03), CCC data dictionary, PLOVER manual (JSON fields); see docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from groundswell.export.tables import point
from groundswell.resolve.quantity import remap

Row = dict[str, Any]

# PLOVER's modes and ACLED's sub-event types; where a mode does not settle the sub-type it is left empty.
ACLED_TYPES: dict[tuple[str, str | None], tuple[str, str | None]] = {
    ("PROTEST", "riot"): ("Riots", "Violent demonstration"),
    ("PROTEST", "vandalize"): ("Riots", "Violent demonstration"),
    ("PROTEST", None): ("Protests", None),
    ("ASSAULT", "abduct"): ("Violence against civilians", "Abduction/forced disappearance"),
    ("ASSAULT", "sexual"): ("Violence against civilians", "Sexual violence"),
    ("ASSAULT", "explosives"): ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
    ("ASSAULT", "suicide-attack"): ("Explosions/Remote violence", "Suicide bomb"),
    ("ASSAULT", "aerial"): ("Explosions/Remote violence", "Air/drone strike"),
    ("ASSAULT", "heavy-weapons"): ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    ("ASSAULT", "crowd-control"): ("Protests", "Protest with intervention"),
    ("COERCE", "arrest"): ("Strategic developments", "Arrests"),
    ("AGREE", None): ("Strategic developments", "Agreement"),
}
_INTER = {"COP": 1, "MIL": 1, "GOV": 1, "REB": 2, "CVL": 7, "IGO": 8}
_PRECISION = {"place": 1, "city": 1, "admin2": 2, "admin1": 3, "country": 3}


def acled_rows(events: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """ACLED's columns. Only happenings that took place; fatalities stay empty where no source gives any (never 0)."""
    for event in events:
        if event["status"] not in ("occurred", "ongoing"):
            continue
        time, place = event.get("time") or {}, event.get("place") or {}
        kind, sub = _acled_type(event)
        actors, targets = event.get("actors") or [], event.get("targets") or []
        deaths = (event.get("figure_ranges") or {}).get("deaths") or {}
        crowd = [f["text"] for f in event.get("figures") or () if f["of"] == "participants"]
        yield {
            "event_id_cnty": event["id"],
            "event_date": time.get("earliest"),
            "year": (time.get("earliest") or "")[:4] or None,
            "time_precision": _time_precision(time),
            "disorder_type": None,
            "event_type": kind,
            "sub_event_type": sub,
            "actor1": _name(actors, 0),
            "assoc_actor_1": "; ".join(a["name"] for a in actors[1:]) or None,
            "inter1": _inter(actors),
            "actor2": _name(targets, 0),
            "assoc_actor_2": "; ".join(a["name"] for a in targets[1:]) or None,
            "inter2": _inter(targets),
            "interaction": None,
            "civilian_targeting": None,
            "iso": None,
            "region": None,
            "country": place.get("country"),
            "admin1": place.get("admin1"),
            "admin2": None,
            "admin3": None,
            "location": place.get("name") if place.get("precision") in ("city", "place") else None,
            **point(place),
            "geo_precision": _PRECISION.get(place.get("precision") or ""),
            "source": "; ".join(_publishers(event)) or None,
            "source_scale": None,
            "notes": " ".join(e["text"] for e in event.get("evidence") or ()),
            "fatalities": deaths.get("low"),
            "tags": f"crowd size={'; '.join(crowd)}" if crowd else None,
            "timestamp": None,
        }


def _acled_type(event: Mapping[str, Any]) -> tuple[str | None, str | None]:
    key = (event["type"], event.get("mode"))
    return ACLED_TYPES.get(key) or ACLED_TYPES.get((event["type"], None)) or (None, None)


def _time_precision(time: Mapping[str, Any]) -> int | None:
    if not time.get("earliest"):
        return None
    return {"day": 1, "weekend": 2, "week": 2}.get(
        time.get("precision") or "", 1 if time["earliest"] == time.get("latest") else 3
    )


def _name(actors: list[Mapping[str, Any]], index: int) -> str | None:
    return actors[index]["name"] if len(actors) > index else None


def _inter(actors: list[Mapping[str, Any]]) -> int | None:
    return _INTER.get(actors[0].get("sector") or "") if actors else None


def _publishers(event: Mapping[str, Any]) -> list[str]:
    return sorted({e["publisher"] for e in event.get("evidence") or () if e.get("publisher")})


def ccc_rows(events: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The Crowd Counting Consortium's columns for PROTEST events; vague sizes by its own table (ccc-2021)."""
    for event in events:
        if event["type"] != "PROTEST" or event["status"] not in ("occurred", "ongoing"):
            continue
        time, place = event.get("time") or {}, event.get("place") or {}
        sizes = [_ccc_size(f) for f in event.get("figures") or () if f["of"] == "participants"]
        numbers = [n for size in sizes for n in size if n is not None]
        ranges = event.get("figure_ranges") or {}
        publishers = _publishers(event)
        yield {
            "date": time.get("earliest"),
            "locality": place.get("name") if place.get("precision") in ("city", "place") else None,
            "state": place.get("admin1"),
            "location_detail": place.get("text"),
            "type": event.get("mode"),
            "title": None,
            "macroevent": event["id"],
            "actors": "; ".join(a["name"] for a in event.get("actors") or ()) or None,
            "organizations": "; ".join(a["name"] for a in event.get("called_by") or ()) or None,
            "claims": "; ".join(event.get("issues") or ()) or None,
            "size_low": min(numbers, default=None),
            "size_high": max(numbers, default=None),
            "size_text": "; ".join(f["text"] for f in event.get("figures") or () if f["of"] == "participants") or None,
            "arrests": (ranges.get("arrested") or {}).get("low"),
            "injuries_crowd": (ranges.get("injured") or {}).get("low"),
            "participant_deaths": (ranges.get("deaths") or {}).get("low"),
            "lat": point(place)["latitude"],
            "lon": point(place)["longitude"],
            "resolved_locality": place.get("name"),
            "resolved_state": place.get("admin1"),
            **{f"source_{i}": publishers[i - 1] if len(publishers) >= i else None for i in (1, 2, 3)},
        }


def _ccc_size(figure: Mapping[str, Any]) -> tuple[int | None, int | None]:
    quantity = remap(figure["text"], "ccc-2021")
    if quantity is None:
        return figure.get("low"), figure.get("high")
    return quantity.low or quantity.best, quantity.high or quantity.best


def plover_rows(reports: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """PLOVER's JSON, one object a report; auxiliary modes carry what did not (yet) happen."""
    auxiliary = {
        "announced": "future",
        "called_for": "future",
        "threatened": "future",
        "hypothetical": "hypothetical",
        "denied": "negation",
        "cancelled": "negation",
    }
    for report in reports:
        time, document = report.get("time") or {}, report.get("document") or {}
        modes = [m for m in (report.get("mode"), auxiliary.get(report["status"])) if m]
        figures = {f["of"]: f.get("best") or f.get("low") for f in report.get("figures") or ()}
        place: Mapping[str, Any] = next(iter(report.get("places") or ()), {})
        yield {
            "id": report["id"],
            "has_event": True,
            "date": time.get("earliest"),
            "enddate": time.get("latest"),
            "actor": [_entity(a) for a in report.get("actors") or ()],
            "recipient": [_entity(a) for a in report.get("targets") or ()],
            "event": [report["type"]],
            "mode": modes,
            "event_text": [report["trigger"]["text"]],
            "event_loc": {
                "extracted_place": place.get("text"), "resolved_place": place.get("name"), "geonameid": place.get("geonameid"),
                "lat": place.get("latitude"), "lon": place.get("longitude"), "province": place.get("admin1"),
                "country_code": place.get("country"), "resolution": place.get("precision"),
            } if place else None,
            "size": {"dead": figures.get("deaths"), "injured": figures.get("injured"), "arrested": figures.get("arrested"), "size": figures.get("participants")},
            "text": report["evidence"]["text"],
            "text_info": {"start": report["evidence"]["start"], "end": report["evidence"]["end"]},
            "cite_info": {k: document.get(v) for k, v in (("citation", "id"), ("title", "title"), ("publication", "publisher"), ("url", "url"))},
            "coder": report["by"],
        }  # fmt: skip


def _entity(actor: Mapping[str, Any]) -> Row:
    return {
        "code": actor.get("country"),
        "sector": actor.get("sector"),
        "entity_text": actor["text"],
        "start": actor["start"],
        "end": actor["end"],
    }


def annotation_rows(reports: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """W3C Web Annotations: each value of each report with a position and a quote selector."""
    for report in reports:
        source = (report.get("document") or {}).get("url") or f"urn:sha256:{(report.get('document') or {}).get('id')}"
        for key, quote in _quotes(report):
            yield {
                "@context": "http://www.w3.org/ns/anno.jsonld",
                "id": f"urn:groundswell:{report['id']}:{key}:{quote['start']}",
                "type": "Annotation",
                "motivation": "classifying",
                "creator": report["by"],
                "body": {
                    "type": "TextualBody",
                    "purpose": "tagging",
                    "value": key if key != "trigger" else f"{report['type']} {report['status']}",
                },
                "target": {
                    "source": source,
                    "selector": [
                        {"type": "TextPositionSelector", "start": quote["start"], "end": quote["end"]},
                        {"type": "TextQuoteSelector", "exact": quote["text"]},
                    ],
                },
            }


def _quotes(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in ("trigger", "time", "issue", "attribution"):
        if report.get(key):
            yield key, report[key]
    for key in ("actors", "called_by", "targets", "places", "figures", "also"):
        for quote in report.get(key) or ():
            yield key.rstrip("s"), quote


PROFILE_TABLES: dict[str, Callable[[Iterable[Mapping[str, Any]]], Iterator[Row]]] = {
    "acled": acled_rows,
    "ccc": ccc_rows,
}
