"""What articles say is printed as it stands: never markup, never an instruction to the terminal."""

import io

from groundswell.cli.render import console, events_table


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
