"""Middles of outlines: exact on small shapes, holes, parts and across the 180th meridian; which units they are used for."""

from __future__ import annotations

import json

import pytest

from groundswell.errors import SourceError
from groundswell.train.division_points import degrees_of, middle, points
from groundswell.train.gazetteer import _among


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@pytest.mark.parametrize(
    ("polygons", "where"),
    [
        ([[box(10, -1, 12, 1)]], (0.0, 11.0)),
        ([[box(179, -1, -179, 1)]], (0.0, 180.0)),
        ([[box(0, 0, 1, 1)], [box(3, 0, 4, 1)]], (0.5, 2.0)),
        ([[box(0, 0, 4, 1), box(2, 0, 4, 1)]], (0.5, 1.0)),
        ([[list(reversed(box(10, -1, 12, 1)))]], (0.0, 11.0)),
    ],
)
def test_middle_of_a_shape(polygons, where):
    latitude, longitude = degrees_of(middle(polygons))
    assert latitude == pytest.approx(where[0], abs=0.01)
    assert abs((longitude - where[1] + 180) % 360 - 180) < 0.01


def test_length_is_area():
    vector = middle([[box(0, 0, 1, 1)]])
    area = sum(part * part for part in vector) ** 0.5 * 6371**2
    assert area == pytest.approx(12_364, rel=0.01)


def test_points_by_geonames_id_and_the_union_of_what_is_cut_finer(tmp_path):
    def feature(shape, **facts):
        return {"properties": facts, "geometry": {"type": "Polygon", "coordinates": [shape]}}

    features = [
        feature(box(0, 0, 1, 1), gn_id=7),
        feature(box(-3, 50, -2, 51), gn_id=-99, admin="United Kingdom", geonunit="England"),
        feature(box(-2, 50, -1, 51), gn_id=-99, admin="United Kingdom", geonunit="England"),
    ]
    path = tmp_path / "admin1.json"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    found = {number: (round(north, 1), round(east, 1)) for number, north, east in points(path)}
    assert found == {7: (0.5, 0.5), 6269131: (50.5, -2.0)}


def test_what_is_no_such_file_is_said(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SourceError, match="Natural Earth"):
        list(points(path))


def test_an_outline_the_towns_no_longer_fit_is_left():
    towns = [(0.0, 0.0), (1.0, 1.0), (0.5, 0.2), (0.3, 0.9), (0.8, 0.1)]
    assert _among((0.5, 0.5), towns)
    assert not _among((0.5, 2.0), towns)
    assert _among((0.5, 2.0), towns[:3])
