"""A user's own places: both file forms, refused rows, and their part in resolving."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.errors import SourceError
from groundswell.records import Span
from groundswell.resolve.gazetteer_user import import_places
from groundswell.resolve.place import Geoparser, shipped

TABLE = """name,latitude,longitude,country,alternate_names,kind
Musukuru,0.51,29.41,COD,Musuku|Mussuku,city
Nowhere,95,0,COD,,city
Elsewhere,x,0,COD,,city
Atlantis,0,0,XX,,city
Oddity,0,0,COD,,planet
"""


def test_table_with_heading(tmp_path: Path) -> None:
    source = tmp_path / "mine.csv"
    source.write_text(TABLE, encoding="utf-8")
    done = import_places(source, tmp_path / "mine.sqlite", shipped=shipped().gazetteers[0])
    assert done.taken == 1
    assert [number for number, _ in done.refused] == [3, 4, 5, 6]
    geoparser = Geoparser(user=done.path)
    text = "rebels attacked Musuku and Beni in Congo"
    place, beni, _ = geoparser.resolve(text, [Span(16, 22), Span(27, 31), Span(35, 40)])
    assert (place.name, place.country, place.precision) == ("Musukuru", "COD", "city")
    assert place.latitude == pytest.approx(0.51)
    assert beni.country == "COD"


def test_geonames_dump(tmp_path: Path) -> None:
    cells = [
        "999",
        "Kutumba",
        "Kutumba",
        "Kutumbah,كتمبا",
        "14.2",
        "24.6",
        "P",
        "PPL",
        "SD",
        "",
        "",
        "",
        "",
        "",
        "1200",
        "",
        "",
        "",
        "",
    ]
    source = tmp_path / "SD.txt"
    source.write_text("\t".join(cells) + "\n", encoding="utf-8")
    done = import_places(source, tmp_path / "sd.sqlite", shipped=shipped().gazetteers[0])
    assert (done.taken, done.refused) == (1, ())
    (place,) = Geoparser(user=done.path).resolve("in Kutumbah", [Span(3, 11)])
    assert (place.name, place.country, place.geonameid) == ("Kutumba", "SDN", 999)


def test_unusable_files_say_what_to_do(tmp_path: Path) -> None:
    gazetteer = shipped().gazetteers[0]
    with pytest.raises(SourceError, match="No file"):
        import_places(tmp_path / "none.tsv", tmp_path / "o.sqlite", shipped=gazetteer)
    wrong = tmp_path / "wrong.tsv"
    wrong.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column"):
        import_places(wrong, tmp_path / "o.sqlite", shipped=gazetteer)
    wrong.write_bytes(b"name\tlatitude\tlongitude\tcountry\n\xff\xfe\t1\t2\tFR\n")
    with pytest.raises(SourceError, match="UTF-8"):
        import_places(wrong, tmp_path / "o.sqlite", shipped=gazetteer)
