import pytest

from groundswell import lexicon
from groundswell.analyse.rules import status_rules, trigger_rules
from groundswell.errors import LexiconError
from groundswell.values import EVENT_TYPES, STATUSES


def test_rules_load_and_so_pass_their_own_examples():
    assert lexicon.patterns("en", "credited")
    assert lexicon.patterns("en", "issuers")
    assert set(lexicon.patterns("en", "pronouns")) == {"subject", "asks", "asks-in-list"}
    assert {rule.type for rule in trigger_rules()} == set(EVENT_TYPES)
    covered = {rule.status for rule in status_rules()} | {"occurred"}
    assert set(STATUSES) - covered == {"threatened"}  # said by verbs of threatening, which are THREATEN events


def test_a_rule_that_fails_its_example_does_not_load():
    with pytest.raises(LexiconError, match="does not match 'strike'"):
        lexicon.prove({"id": "x", "match": ["strike"]}, "somewhere.toml", lambda text: False)
    with pytest.raises(LexiconError, match="no match example"):
        lexicon.prove({"id": "x", "match": []}, "somewhere.toml", lambda text: True)


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("Joint statement by the Pilots' Union and two others", "Pilots' Union and two others"),
        ("ACTION ALERT from the Tenants' Forum", "Tenants' Forum"),
        ("The Dockers' League: why we stop work on Monday", "Dockers' League"),
        ("Statement on the arrest of Ama Sarpong", None),
        ("why we strike: a letter", None),
    ],
)
def test_the_issuer_begins_where_its_name_does(title, issuer):
    found = [
        match["issuer"] for pattern in lexicon.patterns("en", "issuers").values() if (match := pattern.search(title))
    ]
    assert [name.split(":")[0] for name in found[:1]] == ([issuer] if issuer else [])


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([{"id": "a", "pattern": "<verbs>", "match": ["x"]}], "asks for words 'verbs'"),
        ([{"id": "a", "pattern": "x", "match": ["x"]}] * 2, "has the id of another"),
    ],
)
def test_patterns_that_cannot_be_built_are_named(rules, told, monkeypatch):
    monkeypatch.setattr(lexicon, "table", lambda language, topic: {"rule": rules})
    with pytest.raises(LexiconError, match=f"lexicon/en/none.toml: rule 'a' {told}"):
        lexicon.patterns("en", "none")


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
