"""From a saved file to the public record, through the door a user takes."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import groundswell as gs
from groundswell.public_json import json_schema

STATEMENT = Path(__file__).parent / "fixtures/statement.txt"
SAMPLE = Path(__file__).parents[2] / "shared/samples/statement-pdf-text.txt"
DEMO = Path(gs.__file__).parent / "demo_articles"


@pytest.fixture(scope="module")
def statement():
    return gs.read(STATEMENT)


@pytest.fixture(scope="module")
def demo():
    return list(gs.read_all([DEMO]))


def quotes(node):
    """Everything in a record that quotes the text."""
    if isinstance(node, dict):
        if {"text", "start", "end"} <= set(node):
            yield node
        for value in node.values():
            yield from quotes(value)
    elif isinstance(node, list):
        for value in node:
            yield from quotes(value)


def test_title_date_and_paragraphs_are_read_from_a_hard_wrapped_text(statement):
    document = statement.document
    assert document["title"] == (
        "For a day of action in all ports on March 14 against the employer-backed lock-out in Gdynia"
    )
    assert (document["published"], document["published_basis"]) == ("2023-03-06", "text")
    assert "company keep the union" in document["text"]
    assert "to handle cargo from Gdynia" in document["text"]
    assert "\n" not in document["text"].replace("\n\n", "")


def test_called_for_action_is_kept_apart_from_what_happened(statement):
    called = [e for e in statement.events if e["type"] == "PROTEST" and e["status"] in ("called_for", "announced")]
    assert any((e["time"] or {}).get("earliest") == "2023-03-14" == (e["time"] or {}).get("latest") for e in called)


def test_quoted_official_is_credited(statement):
    said = [s for s in statement.statements if s["speaker"] and "Zielski" in s["speaker"]["name"]]
    assert any("There will be no talks under threat" in s["content"]["text"] and s["direct"] for s in said)


def test_every_value_quotes_the_text_exactly(demo):
    checked = 0
    for item in demo:
        text = item.document["text"]
        for quote in quotes({k: v for k, v in item.json.items() if k != "document"}):
            assert text[quote["start"] : quote["end"]] == quote["text"]
            checked += 1
    assert checked > 300


def test_every_record_is_valid_against_the_published_schema(demo):
    published = json.loads((Path(__file__).parents[1] / "docs/record.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema()
    validator = jsonschema.Draft202012Validator(published)
    for item in demo:
        validator.validate(json.loads(json.dumps(item.json)))


def test_demo_articles_all_end_in_a_named_outcome(demo):
    assert len(demo) >= 24
    assert {item.outcome for item in demo} <= {"read", "irrelevant"}
    formats = {item.document["format"] for item in demo}
    assert {"html", "pdf", "text", "feed", "table"} <= formats


def test_conflicting_figures_stand_side_by_side_with_their_sources(demo):
    [march] = [d for d in demo if d.source_id.endswith("valparaiso-1.html")]
    sizes = {
        f["best"]: (f["attribution"] or {}).get("text")
        for e in march.events
        for f in e["figures"]
        if f["of"] == "participants"
    }
    assert 15000 in sizes
    assert 4000 in sizes
    assert "rganisers" in (sizes[15000] or "")
    assert "olice" in (sizes[4000] or "")


def test_reading_twice_gives_the_same_record(statement):
    assert gs.read(STATEMENT).json == statement.json


def test_no_date_is_made_up_without_an_anchor():
    found = gs.read_text("Hundreds of farmers marched in Nairobi on Thursday against a new tax.")
    assert found.document["published"] is None
    assert all(not (e["time"] or {}).get("earliest") for e in found.events)


def test_command_line_prints_one_object_a_line():
    done = subprocess.run(
        [sys.executable, "-m", "groundswell", "read", "--json", str(STATEMENT)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    [line] = done.stdout.splitlines()
    assert json.loads(line)["document"]["published"] == "2023-03-06"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared sample is not beside this checkout")
def test_the_shared_sample_statement():
    found = gs.read(SAMPLE)
    assert found.document["title"].startswith("For an all-out mobilization of the working class on November 9")
    assert found.document["published"] == "2023-11-08"
    called = [e for e in found.events if e["type"] == "PROTEST" and e["status"] == "called_for"]
    assert any((e["time"] or {}).get("earliest") == "2023-11-09" for e in called)
    figures = found.figures + [f for e in found.events for f in e["figures"]]
    assert any(f["of"] == "deaths" and f["low"] == 10000 and f["high"] is None for f in figures)
    speakers = {s["speaker"]["name"] for s in found.statements if s["speaker"]}
    assert any("Biden" in name for name in speakers)
    assert any("Biden" in name for name in speakers)
