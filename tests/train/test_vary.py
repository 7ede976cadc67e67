"""Varied training texts keep exact spans and sound grammar."""

from __future__ import annotations

import random
from typing import Any

import pytest

from groundswell.train import vary


def phrase(text: str, words: str, number: int = 0) -> dict[str, Any]:
    at = -1
    for _ in range(number + 1):
        at = text.index(words, at + 1)
    return {"text": words, "start": at, "end": at + len(words)}


def row() -> dict[str, Any]:
    text = "Police in Kesra arrested an activist. Ama Sarpong was arrested at a protest, Sarpong's party said."
    return {
        "id": "r",
        "form": "paragraph",
        "text": text,
        "events": [
            {
                "type": "COERCE",
                "mode": "arrest",
                "status": "occurred",
                "trigger": phrase(text, "arrested"),
                "also": [phrase(text, "arrested", 1)],
                "targets": [phrase(text, "Ama Sarpong")],
            },
            {"type": "PROTEST", "mode": "demo", "status": "occurred", "trigger": phrase(text, "protest")},
        ],
        "statements": [{"content": phrase(text, "Ama Sarpong was arrested at a protest"), "direct": False}],
        "entities": [
            {**phrase(text, "Kesra"), "kind": "place"},
            {**phrase(text, "Ama Sarpong"), "kind": "person"},
            {**phrase(text, "Sarpong", 1), "kind": "person"},
        ],
    }


def others() -> list[dict[str, Any]]:
    text = "Lena Brandt left Tolmin."
    return [{"text": text, "entities": [{**phrase(text, "Lena Brandt"), "kind": "person"}, {**phrase(text, "Tolmin"), "kind": "place"}]}]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_every_span_still_holds_its_own_words(seed: int) -> None:
    made = vary.varied(row(), vary.variety([row(), *others()], 0.8, 0.8), random.Random(seed))
    for span in vary._spans(made):
        assert made["text"][span["start"] : span["end"]] == span["text"]


def test_triggers_and_names_are_replaced_and_labels_kept() -> None:
    made = vary.varied(row(), vary.variety(others(), 1.0, 1.0), random.Random(1))
    assert "Kesra" not in made["text"]
    assert "Sarpong" not in made["text"]
    assert "Police in Tolmin" in made["text"]
    assert "Brandt's party" in made["text"]
    assert "arrested" not in made["text"]
    assert [e["type"] for e in made["events"]] == ["COERCE", "PROTEST"]
    assert row()["text"].startswith("Police in Kesra")


def test_nothing_to_replace_gives_the_row_itself() -> None:
    mine = row()
    assert vary.varied(mine, vary.variety([], 0.0, 0.0), random.Random(1)) is mine


def test_the_form_follows_the_words_before() -> None:
    forms = vary.wordings()["COERCE", "arrest", "arrested"]
    assert {vary._other(forms, "was", random.Random(n)) for n in range(60)} >= {"taken into custody", "detained"}
    plain = {vary._other(forms, "police", random.Random(n)) for n in range(60)}
    assert "detained" in plain
    assert not plain & {"taken into custody", "took into custody"}


def test_articles_fit_and_set_phrases_stay() -> None:
    text = "After a raid, workers stayed on strike."
    mine = {
        "text": text,
        "events": [
            {"type": "ASSAULT", "mode": None, "trigger": phrase(text, "raid")},
            {"type": "PROTEST", "mode": "strike", "trigger": phrase(text, "strike")},
        ],
    }
    by = vary.variety([], 1.0, 0.0)
    texts = {vary.varied(mine, by, random.Random(n))["text"] for n in range(40)}
    assert all(t.endswith("on strike.") for t in texts)
    assert "After an attack, workers stayed on strike." in texts


def test_each_row_of_a_group_has_all_forms() -> None:
    for (_, _, word), forms in vary.wordings().items():
        for form in forms:
            assert {len(r) for r in form.rows} == ({5} if form.verb else {2}), word
            assert len(form.rows) > 1, word


def test_names_in_capitals_stay_in_capitals() -> None:
    assert vary._like("HYDERABAD", "Tolmin") == "TOLMIN"
    assert vary._like("protest", "rally") == "rally"
    assert vary._like("Protest", "rally") == "Rally"


def test_headings_and_sentences_keep_their_bounds() -> None:
    text = "Protest in Kesra\n\nPolice arrested a man in Kesra. He was freed."
    mine = {
        "text": text,
        "title": "Protest in Kesra",
        "sentences": [[0, 16], [18, 49], [50, 63]],
        "paragraphs": [[0, 16], [18, 63]],
        "events": [
            {"type": "COERCE", "mode": "arrest", "trigger": phrase(text, "arrested")},
            {"type": "PROTEST", "mode": "demo", "trigger": phrase(text, "Protest")},
        ],
        "entities": [{**phrase(text, "Kesra"), "kind": "place"}, {**phrase(text, "Kesra", 1), "kind": "place"}],
    }
    for seed in range(20):
        made = vary.varied(mine, vary.variety(others(), 1.0, 1.0), random.Random(seed))
        assert made["text"].split("\n\n")[0] == made["title"]
        assert made["title"].endswith(" in Tolmin")
        start, end = made["sentences"][2]
        assert made["text"][start:end] == "He was freed."
        assert made["paragraphs"][1] == [made["sentences"][1][0], end]
