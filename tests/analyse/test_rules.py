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
