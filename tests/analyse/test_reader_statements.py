"""Statements across units: quotation marks, parts that join, speakers that carry over."""

from groundswell.analyse.reader_found import FoundStatement, Reading, Words
from groundswell.analyse.reader_statements import quotations, statements
from groundswell.analyse.reader_words import units
from groundswell.records import Span
from groundswell.values import Statement


def unit_of(text, start, end):
    return units(text, [(Span(start, end), 0, False)])[0]


def words(unit, text, phrase):
    start = text.index(phrase, unit.start)
    inside = [n for n, (a, b) in enumerate(unit.words) if a < start + len(phrase) and start < b]
    return Words(inside[0], inside[-1] + 1)


def read(text, *parts):
    """parts: (start, end, [(content, speaker, cue)]) of each unit."""
    out = []
    for start, end, said in parts:
        unit = unit_of(text, start, end)
        found = tuple(
            FoundStatement(
                words(unit, text, content), 0.9,
                words(unit, text, speaker) if speaker else None, words(unit, text, cue) if cue else None, 0.8 if speaker else 0.0,
            )
            for content, speaker, cue in said
        )  # fmt: skip
        out.append((unit, Reading((), found, (), ())))
    found = [f for f in statements(text, out, "test") if type(f.value) is Statement]
    return [
        (
            text[f.span.start : f.span.end],
            text[slice(*f.value.speaker)] if f.value.speaker else None,
            text[slice(*f.value.cue)] if f.value.cue else None,
            f.value.direct,
        )
        for f in found
    ]


def test_quotations_close_with_their_paragraph():
    text = 'He said "go on and on.\n\nAn “open door” there.'
    assert [text[q.start : q.end] for q in quotations(text)] == ["go on and on.", "open door"]


def test_direct_content_is_what_the_marks_enclose():
    text = '"We will stay out until they pay," said Ana Ruiz.'
    assert read(text, (0, len(text), [("We will stay out until they", "Ana Ruiz", "said")])) == [
        ("We will stay out until they pay,", "Ana Ruiz", "said", True)
    ]


def test_what_is_reported_and_quoted_in_one_breath_is_one_statement():
    text = 'The mill said the charge "had no basis in any law". "We are calm," it added.'
    first = text.index("law")
    parts = [
        (0, first + 5, [("the charge", "The mill", "said"), ("had no basis in any law", "The mill", "said")]),
        (first + 6, len(text), [("We are calm,", "it", "added")]),
    ]
    assert [found[0] for found in read(text, *parts)] == ['the charge "had no basis in any law"', "We are calm"]


def test_a_mark_cut_off_at_the_edge_of_a_statement_comes_back():
    text = 'He said it was "a crude bomb". "Our lions" did it, he said. She spoke of "up to 40" dead.'
    cuts = [text.index('"Our'), text.index("She")]
    parts = [(0, cuts[0], [('it was "a crude bomb', "He", "said")])]
    assert read(text, *parts)[0][0] == 'it was "a crude bomb"'
    parts = [(cuts[1], len(text), [('up to 40" dead', "She", "spoke")])]
    assert read(text, *parts)[0][0] == '"up to 40" dead'


def test_parts_of_one_quotation_join_and_take_its_speaker():
    text = '"We will not go back. They had two whole years," said Ana Ruiz.'
    cut = text.index("They")
    parts = [
        (0, cut - 1, [("We will not go back", None, None)]),
        (cut, len(text), [("They had two whole years", "Ana Ruiz", "said")]),
    ]
    assert read(text, *parts) == [("We will not go back. They had two whole years,", "Ana Ruiz", "said", True)]


def test_a_quotation_split_by_its_cue_stays_two():
    text = '"We will never go back," Ruiz said, "until they pay us all."'
    found = read(
        text, (0, len(text), [("We will never go back", "Ruiz", "said"), ("until they pay us all", None, None)])
    )
    assert [(c, s) for c, s, _, _ in found] == [("We will never go back,", "Ruiz"), ("until they pay us all.", "Ruiz")]


def test_reported_speech_is_not_direct_and_keeps_no_marks():
    text = "The union said the talks had failed, and left."
    assert read(text, (0, len(text), [("the talks had failed,", "union", "said")])) == [
        ("the talks had failed", "union", "said", False)
    ]


def test_reported_speech_without_speaker_takes_none():
    text = "The union said the talks had failed. They would go on for months."
    parts = [
        (0, 36, [("the talks had failed", "union", "said")]),
        (37, len(text), [("They would go on for months", None, None)]),
    ]
    assert read(text, *parts)[1][1] is None
