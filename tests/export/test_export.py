import csv
import io
import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.errors import UsageError
from groundswell.export import FORMATS, export
from groundswell.export.delimited import guard, read_csv, unguard, write_csv
from groundswell.export.tables import events_frame, rows

AT = "2026-11-21T12:00:00+00:00"


def text(book, format, **more):
    return export(book, format, at=AT, **more)


def test_csv_keeps_missing_apart_from_zero_and_offsets_true(book, everything):
    found = list(rows(book, everything, "reports"))
    assert {row["trigger_text"] for row in found} == {"walked out", "rally"}
    for row in found:
        assert row["trigger_end"] - row["trigger_start"] == len(row["trigger_text"])
    events = list(rows(book, everything, "events"))
    strike = next(e for e in events if e["mode"] == "strike")
    assert strike["deaths_low"] is None
    assert (strike["participants_low"], strike["participants_high"]) == (700, None) or strike["participants_low"] == 700


def test_figures_stand_side_by_side_with_who_says_so(book, everything):
    figures = {f["text"]: f["attribution"] for f in rows(book, everything, "figures")}
    assert figures == {"1,200": "The union", "about 700": "police"}


def test_spreadsheet_formulas_are_neutralised_and_come_back(book, tmp_path):
    export(book, "csv", out=tmp_path, at=AT)
    raw = (tmp_path / "reports.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(raw)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    back = list(read_csv(io.StringIO(raw)))
    assert {row["publisher"] for row in back} == {"=Coast Ledger"}
    assert {row["document_title"] for row in back} == {"+Strike"}


def test_coordinates_read_back_exactly(book, everything, tmp_path):
    export(book, "csv", out=tmp_path, at=AT)
    back = list(read_csv(io.StringIO((tmp_path / "places.csv").read_text(encoding="utf-8"))))
    city = next(row for row in back if row["precision"] == "city")
    assert (float(city["latitude"]), float(city["longitude"])) == (-4.05466, 39.66359)


@given(st.text(max_size=30), st.booleans())
def test_guard_is_reversible_for_any_text(cell, newline):
    out = io.StringIO(newline="")
    write_csv([{"a": cell, "b": "x"}], out)
    assert unguard(str(guard(cell))) == (cell or None)
    if "\0" not in cell and "\r" not in cell:
        [row] = read_csv(io.StringIO(out.getvalue(), newline=""))
        assert row["a"] == (cell or None)


def test_geojson_draws_towns_not_countries(book):
    found = json.loads(text(book, "geojson"))
    shapes = {f["properties"]["mode"]: f["geometry"] for f in found["features"]}
    assert shapes["strike"]["coordinates"] == [39.66359, -4.05466]
    assert shapes["demo"] is None


def test_calendar_holds_what_was_announced_and_nothing_else(book):
    from icalendar import Calendar

    entries = Calendar.from_ical(text(book, "ical")).walk("VEVENT")
    assert [str(e["DTSTART"].dt) for e in entries] == ["2024-09-20"]
    assert [str(e["DTEND"].dt) for e in entries] == ["2024-09-21"]
    assert [str(e["STATUS"]) for e in entries] == ["TENTATIVE"]


def test_atom_is_well_formed(book):
    feed = ElementTree.fromstring(text(book, "atom"))
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2


def test_acled_columns_only_what_took_place_and_no_invented_deaths(book):
    rows = list(csv.DictReader(io.StringIO(text(book, "acled"))))
    assert [(r["event_type"], r["fatalities"], r["geo_precision"]) for r in rows] == [("Protests", "", "1")]
    assert "crowd size=1,200" in rows[0]["tags"]


def test_ccc_sizes(book):
    [row] = list(csv.DictReader(io.StringIO(text(book, "ccc"))))
    assert (row["size_low"], row["size_high"], row["locality"]) == ("700", "1200", "Mombasa")


def test_plover_marks_the_future(book):
    rows = [json.loads(line) for line in text(book, "plover").splitlines()]
    assert {tuple(r["mode"]) for r in rows} == {("strike",), ("demo", "future")}


def test_web_annotations_quote_exactly(book):
    source = next(iter(book.documents()))
    words = book.document(source["id"])["document"]["text"]
    for line in text(book, "annotations").splitlines():
        position, exact = json.loads(line)["target"]["selector"]
        assert words[position["start"] : position["end"]] == exact["exact"]


def test_parquet_and_csv_tell_the_same_number_of_rows(book, tmp_path):
    import pyarrow.parquet

    export(book, "parquet", out=tmp_path, at=AT)
    for name in ("events", "reports", "figures"):
        export(book, "csv", out=tmp_path, at=AT)
        rows = list(csv.reader((tmp_path / f"{name}.csv").open()))
        assert pyarrow.parquet.read_table(tmp_path / f"{name}.parquet").num_rows == len(rows) - 1


def test_pandas_keeps_whole_numbers_whole(book):
    frame = events_frame(book.events())
    assert str(frame["participants_low"].dtype) == "Int64"
    assert len(frame) == 2


def test_unknown_format_says_what_there_is(book):
    with pytest.raises(UsageError, match="Available: csv"):
        export(book, "xlsx", at=AT)


@pytest.mark.parametrize("format", [f for f in FORMATS if f != "parquet"])
def test_every_format_writes_a_file(book, format, tmp_path):
    written = export(book, format, out=tmp_path / "out", at=AT)
    assert str(tmp_path) in written
