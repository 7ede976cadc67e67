"""What `add` dismissed as a stream's preset does, `add --preset english` reads whole; once, and nothing else again."""

import json

from typer.testing import CliRunner

from groundswell.analyse import reader
from groundswell.cli import app
from groundswell.presets import preset
from groundswell.store import Decision, Ledger

AT = "2024-04-01T10:00:00+00:00"
MARCH = "Nurses march in Leeds\n\n4 March 2024\n\nHundreds of nurses marched in Leeds on Monday over pay."
SOUP = """Soup of the week

The soup needs an hour on a low flame before the leeks go in. A little salt brings out the sweetness of the carrots.
Cream may be stirred in at the end, though many prefer it without. The bowl should be warm and the bread thickly cut.
Leeks grow well in heavy soil and stand the frost. A sharp knife makes the work easier and safer.
Onions can take their place where the taste is to be milder. The colour turns to a pale green as the pot cools.
It keeps for three days on a cold shelf. Pepper is best ground fresh over each plate.
Potatoes thicken the broth without any flour. The smell fills the kitchen long before supper.
"We have cooked it in Harrogate since the war," said Mary Brown, who runs the inn. Children tend to like it with small pasta.
"""


def add(folder, *more):
    done = CliRunner().invoke(app, ["add", str(folder / "*.txt"), "--ledger", str(folder / "l.db"), "--json", *more])
    assert done.exit_code == 0, done.output
    outcomes = json.loads(done.stdout.splitlines()[-1])
    return {name: count for name, count in outcomes.items() if count and name != "inputs"}


def test_a_dismissed_document_can_be_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "SHORT", 2)  # a short text is dismissed as a long one would be
    (tmp_path / "march.txt").write_text(MARCH, encoding="utf-8")
    (tmp_path / "soup.txt").write_text(SOUP, encoding="utf-8")
    assert add(tmp_path) == {"read": 1, "irrelevant": 1}
    with Ledger.open(tmp_path / "l.db") as book:
        soup = next(each["id"] for each in book.documents() if each["outcome"] == "irrelevant")
        assert [problem["code"] for problem in book.document(soup)["document"]["problems"]] == ["no_event_expected"]
        assert book.document(soup)["statements"] == []
        report = next(book.reports())
        book.decide(Decision("correct", report["id"], "review:ana", AT, field="type", value="COERCE"))
    assert add(tmp_path) == {"duplicate": 2}
    whole = add(tmp_path, "--preset", "english")
    assert whole["duplicate"] == 1
    assert sum(whole.values()) == 2
    for more in (("--preset", "english"), ()):
        assert add(tmp_path, *more) == {"duplicate": 2}
    with Ledger.open(tmp_path / "l.db") as book:
        read = book.document(soup)
        assert read["document"]["problems"] == []
        assert [statement["speaker"]["name"] for statement in read["statements"]] == ["Mary Brown"]
        assert [place["name"] for place in read["places"]] == ["Harrogate"]
        assert book.report(report["id"])["type"] == "COERCE"
        assert book.orphans() == []
        assert book.verify() == []
        names = [preset(name).by for name in ("english-stream", "english")]
        assert names[0] != names[1]
        assert [run["by"] for run in book.runs()] == [names[0], names[0], names[1], names[1], names[0]]
