"""Words, features and units: what one pass of the encoder reads."""

from groundswell.analyse.reader_words import LONGEST, shape, units
from groundswell.records import Span


def unit_words(text, unit):
    return [text[a:b] for a, b in unit.words]


def test_words_fall_on_borders_and_keep_the_text():
    text = 'A "sit-in" of 1,200.5 people’s'
    (unit,) = units(text, [(Span(0, len(text)), 0, False)])
    assert unit_words(text, unit) == ["A", '"', "sit", "-", "in", '"', "of", "1,200.5", "people", "’", "s"]


def test_shapes():
    assert [shape(w) for w in ("strike", "Lagos", "NUM", "McD", "12", "-", "A")] == [1, 2, 3, 4, 5, 6, 7]


def test_features_tell_first_word_quotation_and_heading():
    text = 'He said "we march" now.'
    (unit,) = units(text, [(Span(0, len(text)), 0, True)])
    initial = [bool(f & 8) for f in unit.features]
    inside = [bool(f & 16) for f in unit.features]
    assert initial == [True] + [False] * 7
    assert inside == [False, False, True, True, True, True, False, False]
    assert all(f & 32 for f in unit.features)


def test_sentences_of_one_paragraph_are_packed_up_to_the_limit():
    text = "One two three. Four five six. Seven eight nine.\n\nTen."
    spans = [(Span(0, 14), 0, False), (Span(15, 29), 0, False), (Span(30, 47), 0, False), (Span(49, 53), 1, False)]
    found = units(text, spans, pack=8)
    assert [(u.start, u.end) for u in found] == [(0, 29), (30, 47), (49, 53)]
    assert found[0].of_sentence == (0, 0, 0, 0, 1, 1, 1, 1)


def test_a_quotation_left_open_goes_on_in_the_next_unit_of_its_paragraph_only():
    text = "“We go on. We win,” he said.\n\nNo."
    spans = [(Span(0, 10), 0, False), (Span(11, 28), 0, False), (Span(30, 33), 1, False)]
    first, second, third = units(text, spans, pack=3)
    assert all(f & 16 for f in first.features)
    assert [bool(f & 16) for f in second.features] == [True, True, True, True, False, False, False]
    assert not any(f & 16 for f in third.features)


def test_an_endless_sentence_is_cut():
    text = "word " * 300
    found = units(text, [(Span(0, len(text)), 0, False)])
    assert [len(u.words) for u in found] == [LONGEST, LONGEST, 300 - 2 * LONGEST]
    assert sum(len(u.words) for u in found) == 300
