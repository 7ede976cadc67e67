import pytest

from groundswell import lexicon
from groundswell.analyse.rules import prove, status_rules, trigger_rules
from groundswell.errors import LexiconError
from groundswell.values import EVENT_TYPES, STATUSES


def test_rules_load_and_so_pass_their_own_examples():
    assert {rule.type for rule in trigger_rules()} == set(EVENT_TYPES)
    covered = {rule.status for rule in status_rules()} | {"occurred"}
    assert set(STATUSES) - covered == {"threatened"}  # said by verbs of threatening, which are THREATEN events


def test_a_rule_that_fails_its_example_does_not_load():
    with pytest.raises(LexiconError, match="does not match 'strike'"):
        prove({"id": "x", "match": ["strike"]}, "somewhere.toml", lambda text: False)
    with pytest.raises(LexiconError, match="no match example"):
        prove({"id": "x", "match": []}, "somewhere.toml", lambda text: True)


def test_unknown_language_says_what_there_is():
    with pytest.raises(LexiconError, match="Available languages: en"):
        lexicon.table("qu", "time")


def test_a_credited_phrase_wins_over_a_fragment_without_speaker():
    from groundswell.analyse.credited import credited
    from groundswell.assemble import assemble
    from groundswell.records import Document, Finding, Record, Span
    from groundswell.values import Sentence, Statement, StatementReport

    text = (
        "It cited a statement by far-right Transport Minister Ivo Brankov that night trains are an option in the north."
    )
    fragment = Span(text.index("night trains"), text.index("night trains") + len("night trains"))
    record = Record(Document("d", text), (Finding(Sentence(0, 0), (Span(0, len(text)),), "t"),))
    record = record.add((Finding(Statement(direct=False), (fragment,), "t", 0.5),))
    record = record.add(tuple(credited.function(record)))
    said = [f.value for f in assemble.function(record) if type(f.value) is StatementReport]
    assert [text[slice(*s.content)] for s in said] == ["night trains are an option in the north"]
    assert said[0].speaker is not None
    assert "Brankov" in text[slice(*said[0].speaker.ref)]
