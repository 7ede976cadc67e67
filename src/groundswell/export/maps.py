"""GeoJSON of events. Only what was read as a town or place becomes a point; coarser places keep no geometry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundswell.export.tables import POINTS, event_row


def geometry(place: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A point (longitude first, RFC 7946), or None where a pin would claim more than was read."""
    if (
        not place
        or place.get("precision") not in POINTS
        or place.get("latitude") is None
        or place.get("longitude") is None
    ):
        return None
    return {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}


def features(events: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        properties = {key: value for key, value in event_row(event).items() if value is not None}
        yield {"type": "Feature", "id": event["id"], "geometry": geometry(event.get("place")), "properties": properties}


def collection(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A FeatureCollection as text, feature by feature."""
    import msgspec

    yield '{"type":"FeatureCollection","features":['
    for number, feature in enumerate(features(events)):
        yield (",\n" if number else "\n") + msgspec.json.encode(feature).decode()
    yield "\n]}\n"
