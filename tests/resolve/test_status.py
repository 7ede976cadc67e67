"""Status cues: a happening taken for a fact is put right where the words around it leave one reading; nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell import lexicon
from groundswell.errors import LexiconError
from groundswell.records import Span
from groundswell.resolve import status
from groundswell.values import STATUSES


def read_as(example, read="occurred"):
    start, end = example.index("["), example.index("]") - 1
    text = example.replace("[", "").replace("]", "")
    return status.corrected(read, text, Span(0, len(text)), Span(start, end))


@pytest.mark.parametrize(
    ("example", "wanted"),
    [
        ("Two ferry unions will [walk out] on Sunday.", "announced"),
        ("The ministers are to [meet] in Lomé tonight.", "announced"),
        ("Pupils demanded the immediate [release] of their teacher.", "called_for"),
        ("The bishop appealed to drivers on both sides of the river to [lift] their blockade.", "called_for"),
        ("The quarrel could lead to a new [strike].", "hypothetical"),
        ("The garrison did not [fire].", "denied"),
        ("No [arrests] were made at the stadium.", "denied"),
        ("The guild called off Thursday's [march] to the harbour.", "cancelled"),
        ("Three men tried to [storm] the radio tower.", "cancelled"),
        ("Weavers have been [camping] outside the mill since March.", "ongoing"),
        ("The [strike] has entered its fourth week.", "ongoing"),
        ("Weavers [marched] to the mill on Friday.", "occurred"),
        ("Police [arrested] nine men after the march.", "occurred"),
    ],
)
def test_what_the_words_leave(example, wanted):
    found, rule = read_as(example)
    assert found == wanted
    assert (rule is None) == (wanted == "occurred")


@pytest.mark.parametrize("read", [s for s in STATUSES if s not in ("occurred", "ongoing")])
def test_a_reader_that_saw_no_fact_is_left_alone(read):
    assert read_as("Two ferry unions will [walk out] on Sunday.", read) == (read, None)


def test_every_rule_has_examples_and_is_proved_by_them():
    rows = lexicon.table("en", "status_cues")["rule"]
    assert len(rows) == len(status.cues()) == len({row["id"] for row in rows})
    assert all(row["match"] and row["reject"] for row in rows)


def test_a_rule_that_fails_its_example_is_refused(monkeypatch):
    row = {"id": "bad", "status": "denied", "pattern": "never <T>", "match": ["They [met]."], "reject": []}
    monkeypatch.setattr(lexicon, "table", lambda language, topic: {"rule": [row]})
    with pytest.raises(LexiconError, match="'bad' does not match 'They \\[met\\]"):
        status.cues.__wrapped__("en")


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 40))
def test_no_sentence_breaks_it(text, start, length):
    if start + length <= len(text):
        assert status.corrected("occurred", text, Span(0, len(text)), Span(start, start + length))[0] in STATUSES


def test_a_long_sentence_costs_little():
    import time

    text = "They would not say to the men and the women that if " * 400 + "they marched."
    began = time.process_time()
    status.corrected("occurred", text, Span(0, len(text)), Span(len(text) - 8, len(text) - 1))
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("example", "wanted"),
    [
        ("We demand:\n\n1. More pay.\n2. The immediate [withdrawal] of the decree.\n", "called_for"),
        ("The miners' demands:\n- [release] of all those held\n", "called_for"),
        ("We saw:\n\n1. The [withdrawal] of the decree.\n", "occurred"),
        ("We demand:\n\n1. More pay, after the [withdrawal] of the bonus.\n", "occurred"),
        ("We demand pay.\n\nThe [withdrawal] of the decree came late.\n", "occurred"),
    ],
)
def test_an_act_that_a_point_of_a_list_of_demands_names_is_called_for(example, wanted):
    assert read_as(example)[0] == wanted
