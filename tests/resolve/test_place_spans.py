"""What a model marks as a place, cut to the name: the lists prove themselves, any stretch is survived, the list of places follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.analyse.sentences import sentences
from groundswell.errors import LexiconError
from groundswell.lexicon import table
from groundswell.pipeline import Pipeline
from groundswell.public_json import record_json
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve import place_spans
from groundswell.resolve.place import places
from groundswell.resolve.place_spans import SURE, names, unnamed
from groundswell.values import Mention, Place, Ref, Role


def listed(text, *marked, score=0.95):
    """The words of the places a record lists."""
    document = Document(id="d", text=text)
    spans = [Span(text.index(words), text.index(words) + len(words)) for words in marked]
    given = tuple(Finding(Mention("place"), (span,), by="reader", score=score) for span in spans)
    (read,) = Pipeline([sentences, places], by="test").run([Record(document, given)])
    return [place["text"] for place in record_json(read)["places"]]


def test_the_lists_prove_themselves_and_a_wrong_example_is_named(monkeypatch):
    assert names("in the Tigray region", Span(7, 20), {"Tigray"}.__contains__) == [Span(7, 13)]
    wrong = {"span": {**table("en", "places")["span"], "examples": {"in the [Tigray region] since": ["Tigray region"]}}}
    monkeypatch.setattr(place_spans, "table", lambda language, name: wrong)
    place_spans._rules.cache_clear()
    with pytest.raises(LexiconError, match="Tigray region"):
        names("x", Span(0, 1), bool)
    monkeypatch.undo()
    place_spans._rules.cache_clear()


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 30))
def test_no_stretch_breaks_it(text, start, length):
    if start + length > len(text):
        return
    for name in names(text, Span(start, start + length), lambda words: len(words) % 2 == 0):
        assert 0 <= name.start < name.end <= len(text)


def test_the_name_is_listed_and_not_the_stretch_around_it():
    assert listed("Fighting in the Tigray region went on.", "Tigray region") == ["Tigray"]
    assert listed("Nine fell ill in eastern Congo.", "eastern Congo") == ["Congo"]


def test_an_adjective_of_nation_is_no_place():
    assert listed("Six were shot at a rally in a Mexican mountain town.", "Mexican") == []


def test_a_doubtful_mention_is_listed_only_where_the_search_knows_it_too():
    text = "They met near Kofoed and went on to Nairobi."
    assert listed(text, "Kofoed", "Nairobi", score=SURE - 0.05) == ["Nairobi"]
    assert listed(text, "Kofoed", "Nairobi", score=SURE) == ["Kofoed", "Nairobi"]


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("They met at the gates of the mill in Hull.", "gates", True),
        ("Section 144 was clamped in Gaya.", "Section 144", True),
        ("Shops in 17 of Kenya's towns shut.", "17", True),
        ("They met in the capital of Kenya.", "capital", False),
        ("They met in Hull.", "Hull", False),
        ("They met at junction 22 in Hull.", "junction 22", False),
        ("crowds out again in hull tonight, stay safe", "hull", False),
    ],
)
def test_a_thing_without_a_name_is_no_place(text, words, wanted):
    at = text.index(words)
    assert unnamed(text, Span(at, at + len(words))) == wanted


def test_a_setting_without_a_name_is_not_looked_up():
    text = "Dockers met at the gates of the mill in Hull."
    at = {word: Span(text.index(word), text.index(word) + len(word)) for word in ("gates", "Hull")}
    found = [Finding(Role("place", Ref(8, 11)), (span,), by="reader") for span in at.values()]
    record = Pipeline([sentences, places], by="test").read(Record(Document(id="d", text=text), tuple(found)))
    assert [finding.span for finding in record.of(Place)] == [at["Hull"]]
