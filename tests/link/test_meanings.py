"""Triggers that mean the same lie near each other, in whatever form they stand."""

from __future__ import annotations

import numpy as np
import pytest

from groundswell.link import meanings, words


def likeness(one: str, other: str) -> float:
    rows = meanings.vectors([one, other])
    return float(words.cosines(rows, np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("walkout", "walked out", "bombing"),
        ("killed", "shot dead", "rally"),
        ("arrested", "detained", "marched"),
        ("blast", "explosion", "talks"),
        ("talks", "negotiations", "arrest"),
        ("rally", "demonstration", "ceasefire"),
        ("Protest", "protesters rallied", "Airlift"),
    ],
)
def test_other_words_for_one_deed_lie_nearer_than_another_deed(one, near, far):
    assert likeness(one, near) > 0.3
    assert likeness(one, near) > likeness(one, far) + 0.1


def test_case_accents_and_marks_do_not_matter():
    assert likeness("Walk-Out!", "walk out") == pytest.approx(1.0, abs=0.02)
    assert likeness("MARCHED", "marched") == pytest.approx(1.0, abs=0.02)


def test_a_word_that_is_not_in_the_table_is_read_in_pieces():
    assert "deagrarianised" not in meanings._table()[0]
    assert meanings.vectors(["deagrarianised"]).any()


@pytest.mark.parametrize("phrase", ["", "—", "забастовка", "罢工", "12"])
def test_what_the_table_cannot_read_is_like_nothing(phrase):
    assert not meanings.vectors([phrase]).any()
    assert likeness(phrase, "strike") == 0.0
    assert likeness(phrase, phrase) == 0.0


def test_rows_stand_in_the_order_given():
    phrases = ["strike", "arrest", "strike", "talks"]
    rows = meanings.vectors(phrases)
    assert rows.shape == (4, meanings.DIMENSIONS)
    assert (rows[0] == rows[2]).all()
    assert all((rows[n] == meanings.vectors([phrase])[0]).all() for n, phrase in enumerate(phrases))
    assert meanings.vectors([]).shape == (0, meanings.DIMENSIONS)
