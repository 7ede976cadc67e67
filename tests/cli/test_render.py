"""What articles say is printed as it stands: never markup, never an instruction to the terminal; numbers in plain words."""

import io

import pytest

from groundswell.cli.render import console, events_table, range_words


def test_brackets_and_codes_of_an_article_are_only_words(monkeypatch):
    row = {
        "id": "E1", "type": "PROTEST", "mode": None, "status": "occurred", "time": None,
        "actors": [{"name": "crowd [/x] [red]"}], "place": {"name": ":bomb: [bold"},
    }  # fmt: skip
    out = console()
    out.file = io.StringIO()
    out.width = 200
    out.print(events_table([row], title="events"))
    assert "crowd [/x] [red]" in out.file.getvalue()
    assert ":bomb: [bold" in out.file.getvalue()


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"low": 3, "high": 3, "open": False}, "3 deaths"),
        ({"low": 3, "high": 1200, "open": False}, "3–1,200 deaths"),
        ({"low": 20, "high": 20, "open": True}, "20+ deaths"),
        ({"low": None, "high": 40, "open": False}, "up to 40 deaths"),
        ({"low": None, "high": None, "open": True}, "? deaths"),
    ],
)
def test_a_table_gives_the_range_of_all_claims(claims: dict[str, int | None], words: str) -> None:
    row = {"id": "E1", "type": "ASSAULT", "mode": None, "status": "occurred", "figure_ranges": {"deaths": claims}}
    table = events_table([row], title="x")
    assert list(table.columns[5].cells)[-1] == words


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ({"low": 3, "best": 3, "high": 3}, "3"),
        ({"best": 3000}, "about 3,000"),
        ({"low": 24, "high": 99}, "24–99"),
        ({"low": 20}, "at least 20"),
        ({"best": 50, "high": 50}, "at most 50"),
        ({"low": 10, "best": 12}, "at least 10, about 12"),
        ({"low": 100, "best": 120, "high": 999}, "100–999, about 120"),
        ({}, "no number"),
    ],
)
def test_a_side_that_the_text_leaves_open_is_not_written(figure: dict[str, int], words: str) -> None:
    assert range_words(figure) == words
