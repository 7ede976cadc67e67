"""Events as FollowTheMoney entities (schema Event with its organisers and those involved). Figures have no place in that model.

Property names: followthemoney/schema/{Event,Interval,Thing,LegalEntity}.yaml. Private persons never become entities.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from groundswell.serve import wording
from groundswell.serve.masking import MASK, PUBLIC

Json = dict[str, Any]
_SCHEMA = {
    "person": "Person",
    "organisation": "Organization",
    "government": "PublicBody",
    "armed_force": "Organization",
    "armed_group": "Organization",
}


def entities(events: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
    """Actors once each, before the first event that names them; then the event."""
    seen: set[str] = set()
    for event in events:
        organizers = [found for actor in event["called_by"] if (found := _actor(actor))]
        involved = [found for role in ("actors", "targets") for actor in event[role] if (found := _actor(actor))]
        for entity in [*organizers, *involved]:
            if entity["id"] not in seen:
                seen.add(entity["id"])
                yield entity
        yield _event(event, organizers, involved)


def _event(event: Mapping[str, Any], organizers: list[Json], involved: list[Json]) -> Json:
    time, place = event["time"] or {}, event["place"] or {}
    code = alpha2(place.get("country"))
    properties = {
        "name": [wording.kind(event["type"], event["mode"])],
        "summary": [wording.story(event)],
        "startDate": [time["earliest"]] if time.get("earliest") else [],
        "endDate": [time["latest"]] if time.get("latest") else [],
        "location": [wording.where(place)] if place else [],
        "country": [code] if code else [],
        "organizer": _ids(organizers),
        "involved": _ids(involved),
        "description": [each["text"] for each in event["evidence"]],
        "publisher": sorted({each["publisher"] for each in event["evidence"] if each["publisher"]}),
        "sourceUrl": sorted({each["url"] for each in event["evidence"] if each["url"]}),
        "recordId": [event["id"]],
    }
    return {
        "id": event["id"],
        "schema": "Event",
        "properties": {name: values for name, values in properties.items() if values},
    }


def _ids(found: list[Json]) -> list[str]:
    return list(dict.fromkeys(entity["id"] for entity in found))


def _actor(actor: Mapping[str, Any]) -> Json | None:
    """An entity for an organisation, a state body or a public office-holder; None for crowds, groups and private persons."""
    schema = _SCHEMA.get(actor["kind"] or "")
    name = str(actor["name"])
    private = actor["kind"] == "person" and actor["sector"] not in PUBLIC
    if schema is None or private or MASK in name or not any(word[:1].isupper() for word in name.split()):
        return None
    code = alpha2(actor.get("country"))
    identity = "A" + hashlib.sha256(f"{schema}\n{name.casefold()}\n{code}".encode()).hexdigest()[:16]
    return {"id": identity, "schema": schema, "properties": {"name": [name], **({"country": [code]} if code else {})}}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    rows = json.loads((Path(__file__).parent / "static" / "countries.json").read_text(encoding="utf-8"))
    return {code: row[2].lower() for code, row in rows.items()}


def alpha2(code: str | None) -> str | None:
    """ISO 3166 alpha-2 in small letters, as FollowTheMoney writes countries."""
    return _codes().get(code or "")
