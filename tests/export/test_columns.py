"""Every column that is written has a meaning, and every meaning a column."""

from pathlib import Path

from groundswell.export import columns, profiles
from groundswell.export.tables import TABLES, rows
from groundswell.store import reading

DOCS = Path(__file__).parents[2] / "docs" / "columns.md"


def written(book, everything):
    found = {name: list(next(rows(book, everything, name))) for name in TABLES}
    found["acled"] = list(next(profiles.acled_rows(book.events())))
    found["ccc"] = list(next(profiles.ccc_rows(book.events())))
    found["sources"] = [*reading.DOCUMENT_COLUMNS, "source", "report_count"]
    return found


def test_every_column_is_explained_and_nothing_else_is(book, everything):
    found = written(book, everything)
    for table, names in found.items():
        assert all(columns.meaning(table, name) for name in names)
    every = {name for names in found.values() for name in names}
    for table, lines in columns.sheet().items():
        known = every if table == columns.SHARED else set(found.get(table, lines))
        assert set(lines) <= known, table


def test_the_sheet_is_in_the_documentation_as_it_is():
    assert DOCS.read_text(encoding="utf-8") == columns.as_markdown()


def test_areas_have_no_coordinates_in_tables_of_events(book, everything):
    found = {row["place_precision"]: row for row in rows(book, everything, "events")}
    assert found["city"]["latitude"] is not None
    assert (found["country"]["latitude"], found["country"]["longitude"]) == (None, None)
