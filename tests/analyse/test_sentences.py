import itertools

from hypothesis import given
from hypothesis import strategies as st

from groundswell import lexicon
from groundswell.analyse.sentences import sentences, split
from groundswell.records import Document, Record


def test_every_example_of_the_rules():
    for example in lexicon.table("en", "sentences")["example"]:
        text = example["text"]
        assert [text[s.start : s.end] for s in split(text)] == example["sentences"]


def test_paragraphs_and_heading_are_told_apart():
    text = "Dockers walk out\n\nThe port stood still. Nobody was hurt.\n\nTalks resume on Monday."
    record = Record(Document(id="x", text=text, title="Dockers walk out", body_start=18))
    found = list(sentences.function(record))
    assert [(f.value.paragraph, f.value.heading) for f in found] == [(0, True), (1, False), (1, False), (2, False)]


@given(st.text(max_size=400))
def test_spans_are_ordered_inside_the_text_and_lose_no_letter(text):
    spans = split(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    kept = "".join(text[s.start : s.end] for s in spans)
    assert "".join(kept.split()) == "".join(text.split())


def test_an_endless_line_is_cut():
    assert max(s.end - s.start for s in split("word " * 100_000)) <= 1200
