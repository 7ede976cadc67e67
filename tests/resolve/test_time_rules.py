"""Every rule of time_rules.toml matches its own examples, leaves its rejects alone, and has a meaning that takes its parts."""

from __future__ import annotations

from datetime import date

import pytest

from groundswell import lexicon
from groundswell.resolve import time as resolver
from groundswell.resolve.time_chart import Leaf, Node, expand
from groundswell.resolve.time_meanings import MEANINGS
from groundswell.resolve.time_values import Parts, Setting
from groundswell.resolve.time_words import tokens

RULES = lexicon.table("en", "time_rules")
# A word for each symbol that is no table's, to make a phrase of every row of every rule.
SAMPLES = {
    "N": "3", "D": "5", "ORD": "second", "ORDD": "9th", "YEAR": "2004", "YW": "1850", "YY": "2014-2018", "DEC": "1990s",
    "ISO": "2023-11-09", "ISOM": "2015-12", "ND": "25/11/2023", "DM": "25/11", "DD": "6-9", "CLOCK": "2:30", "M": "November",
    "MW": "may", "MS": "October", "Q": "Q3", "HALF": "H2", "NN": "7", "DECS": "80s",
}  # fmt: skip
BELOW = {
    "MD": "November 5", "DATE": "5 November 2023", "X": "Tuesday", "W": "May", "U": "the week", "RU": "last year", "MY": "May 2004",
    "DR": "6 to 9 March", "R": "from March to May", "FEAST": "Christmas", "T": "last week",
}  # fmt: skip


def used(node: Node) -> set[str]:
    """Ids of all rules in a tree."""
    below = [used(part) for part in node.parts if not isinstance(part, Leaf)]
    return {node.rule.id}.union(*below)


def read(phrase: str) -> set[str]:
    """Ids of all rules that read a phrase, within a sentence and alone."""
    found = [used(each.node) for each in resolver._find(f"They met {phrase} in town.")]
    alone = resolver._whole(phrase)
    return set().union(*found, used(alone[0]) if alone else set())


@pytest.mark.parametrize("name", RULES)
def test_rule_matches_its_own_examples(name: str) -> None:
    entry = RULES[name]
    assert entry["match"], f"rule {name} has no example"
    assert entry["reject"], f"rule {name} has no reject"
    for phrase in entry["match"]:
        assert name in read(phrase), phrase
        if entry.get("does") == "nothing":
            assert resolver.resolve_time(phrase, published=date(2023, 11, 9)) is None


@pytest.mark.parametrize("name", RULES)
def test_rule_leaves_its_rejects_alone(name: str) -> None:
    for phrase in RULES[name]["reject"]:
        found = [used(each.node) for each in resolver._find(f"They met {phrase} in town.")]
        resolved = resolver.resolve_time(phrase, published=date(2023, 11, 9))
        assert name not in set().union(*found) or resolved is None, phrase


def word_for(symbol: str) -> str:
    tables = lexicon.table("en", "time")
    if symbol in SAMPLES or symbol in BELOW:
        return SAMPLES.get(symbol) or BELOW[symbol]
    from groundswell.resolve.time_words import _LISTS, _TABLES

    for table, name in _TABLES.items():
        if name == symbol:
            return next(iter(tables[table].values())).split()[0]
    for table, name in _LISTS.items():
        if name == symbol:
            return tables[table]["words"].split()[0]
    return symbol


@pytest.mark.parametrize("name", RULES)
def test_every_row_of_a_rule_has_a_meaning(name: str) -> None:
    """No row may hold parts that its meaning does not know: that would be a KeyError in someone's run."""
    grammar = resolver._grammar()
    entry = RULES[name]
    settings = [Setting(date(2023, 11, 9), tense, date(2023, 11, 1)) for tense in ("past", "future", None)]
    read_rows = 0
    for pattern in entry["of"]:
        for row in expand(pattern):
            phrase = " ".join(word_for(symbol) for symbol in row)
            for run in tokens(phrase, grammar.vocabulary):
                symbols = tuple(token.word.symbols for token in run)
                node = grammar.whole(symbols, (entry["gives"],))
                if node is None:
                    continue
                read_rows += 1
                for setting in settings:
                    try:
                        MEANINGS[node.rule.does](setting, Parts(node, run, MEANINGS))
                    except (ValueError, OverflowError):
                        continue
    assert read_rows


def test_every_meaning_is_used() -> None:
    named = {entry.get("does", name) for name, entry in RULES.items()} | {"feast", "easter", "weekday_feast"}
    assert named == set(MEANINGS)
