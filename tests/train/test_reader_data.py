"""Corpus rows as labelled units, on a paragraph written for this test."""

import pytest

from groundswell.analyse import reader_labels as labels
from groundswell.train.reader_data import IGNORE, examples, joined, sentences_of

TEXT = "Drivers blocked the ring road in Oruro. The blockade cost 2 lives, a nurse said."


def span(phrase, start=0):
    at = TEXT.index(phrase, start)
    return {"text": phrase, "start": at, "end": at + len(phrase)}


@pytest.fixture
def row():
    return {
        "text": TEXT,
        "events": [
            {
                "type": "PROTEST", "mode": "obstruct", "status": "occurred", "trigger": span("blocked"), "also": [span("blockade")],
                "actors": [span("Drivers")], "places": [span("Oruro")], "figures": [{**span("2"), "of": "deaths"}],
            }
        ],
        "statements": [{"speaker": span("nurse"), "cue": span("said"), "content": span("The blockade cost 2 lives"), "direct": False}],
        "entities": [{**span("Oruro"), "kind": "place"}],
    }  # fmt: skip


def named(example, line, names):
    words = [TEXT[a:b] for a, b in example.unit.words]
    return {words[n]: names[v] for n, v in enumerate(line) if v not in (0, IGNORE)}


def test_labels_of_words(row):
    (example,) = examples([row], pack=64)
    assert named(example, example.heads["trigger"], labels.TRIGGERS) == {"blocked": "PROTEST", "blockade": "PROTEST"}
    assert named(example, example.heads["entity"], labels.ENTITIES) == {"Oruro": "B-place"}
    assert named(example, example.heads["figure"], labels.FIGURES) == {"2": "deaths"}
    assert named(example, example.heads["content"], labels.CONTENTS)["The"] == "B"
    assert example.unit_labels == (1, 1)


def test_anchors_of_triggers_and_statements(row):
    (example,) = examples([row], pack=64)
    first, second = example.anchors
    assert named(example, first.argument, labels.ARGUMENT_LABELS) == {
        "Drivers": "B-actor", "Oruro": "B-place", "2": "B-figure",
    }  # fmt: skip
    assert second.word > first.word
    (statement,) = example.statements
    assert named(example, statement.speaker, labels.BIO) == {"nurse": "B"}
    assert named(example, statement.cue, labels.BIO) == {"said": "B"}


def test_what_stands_in_another_unit_is_not_asked_for(row):
    first, second = examples([row], pack=8)
    assert named(first, first.anchors[0].argument, labels.ARGUMENT_LABELS) == {"Drivers": "B-actor", "Oruro": "B-place"}
    assert first.statements == []
    assert len(second.statements) == 1


def test_joined_rows_move_their_offsets(row):
    other = {**row, "doc": "b"}
    (pair,) = joined([{**row, "doc": "a"}, other], 1.0, seed=1)
    for event in pair["events"]:
        for phrase in (event["trigger"], *event["actors"], *event["places"]):
            assert pair["text"][phrase["start"] : phrase["end"]] == phrase["text"]
    assert len(pair["events"]) == 2


def test_the_title_is_a_heading():
    found = sentences_of({"text": "Road shut\n\nDrivers left. They won.", "title": "Road shut"})
    assert [(p, h) for _, p, h in found] == [(0, True), (1, False), (1, False)]


def test_a_second_mention_in_one_sentence_is_neither_right_nor_wrong(row):
    event = row["events"][0]
    event["also"] = [span("cost"), span("blockade"), span("ring road")]
    (example,) = examples([row], pack=64)
    assert named(example, example.heads["trigger"], labels.TRIGGERS) == {"blocked": "PROTEST", "blockade": "PROTEST"}
    words = [TEXT[a:b] for a, b in example.unit.words]
    assert [words[n] for n, v in enumerate(example.heads["trigger"]) if v == IGNORE] == ["ring", "road", "cost"]
