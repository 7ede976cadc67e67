"""Actors against tests/corpus/en/actor.toml, the open actor table, and the stage over a document."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell import lexicon
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.actor import actors, resolve_actor
from groundswell.resolve.actor_tables import TABLES, known, words
from groundswell.values import Actor, ActorKind, Mention, Ref, Role, Sentence, Statement

CORPUS = tomllib.loads((Path(__file__).parents[1] / "corpus/en/actor.toml").read_text(encoding="utf-8"))["actor"]
CASES = [(group, phrase) for group in CORPUS for phrase in group["phrases"]]
HEADS = lexicon.table("en", "actors")["head"]
SECTORS = {
    "COP",
    "GOV",
    "JUD",
    "LEG",
    "MIL",
    "PRM",
    "PTY",
    "REB",
    "SPY",
    "UAF",
    "UNK",
    "AGR",
    "BUS",
    "CRM",
    "CVL",
    "EDU",
    "ELI",
    "JRN",
    "LAB",
    "MED",
    "REF",
    "OPP",
    "PRE",
    "REL",
    "SOC",
}


@pytest.mark.parametrize(("group", "phrase"), CASES, ids=[f"{phrase} ({group['name']})" for group, phrase in CASES])
def test_every_phrase_names_its_actor(group: dict[str, Any], phrase: str) -> None:
    wanted = Actor(group["name"], group["kind"], group.get("sector"), group.get("country"))
    assert resolve_actor(phrase, others=group.get("others", [])) == wanted


@pytest.mark.parametrize("rule", HEADS, ids=lambda rule: str(rule["kind"]))
def test_heads_keep_their_examples(rule: dict[str, Any]) -> None:
    for phrase in rule["match"]:
        assert resolve_actor(phrase).kind == rule["kind"], phrase
    for phrase in rule["reject"]:
        assert resolve_actor(phrase).kind != rule["kind"], phrase


def test_the_table_is_complete_and_states_its_sources() -> None:
    kinds = set(get_args(ActorKind))
    rows = {topic: lexicon.table("actors", topic)["entries"] for topic in TABLES}
    assert sum(len(entries) for entries in rows.values()) >= 300
    for topic, entries in rows.items():
        for name, row in entries.items():
            assert row.get("source"), f"{topic}: {name} has no source"
    states = lexicon.table("actors", "states")["states"]
    assert len(states) >= 193
    for entry in known().values():
        assert entry.kind in kinds
        assert entry.sector is None or entry.sector in SECTORS
        assert entry.country is None or entry.country in states
    assert {code for code, _, _ in words().sectors} <= SECTORS


def phrase_span(text: str, phrase: str, after: int = 0) -> Span:
    start = text.index(phrase, after)
    return Span(start, start + len(phrase))


def test_one_actor_for_each_role_and_speaker() -> None:
    text = "Police arrested John Kirby on Monday. The union said he was a member. Kirby denied it."
    trigger = Ref(7, 15)
    he = phrase_span(text, "he", 49)
    roles = [
        ("actor", phrase_span(text, "Police")),
        ("target", phrase_span(text, "John Kirby")),
        ("target", phrase_span(text, "Kirby", 60)),
        ("actor", he),
    ]
    found: list[Finding[Any]] = [
        Finding(Sentence(n, 0), (span,), by="t")
        for n, span in enumerate([Span(0, 37), Span(38, 69), Span(70, len(text))])
    ]
    found += [Finding(Role(kind, trigger), (span,), by="t") for kind, span in roles]  # type: ignore[arg-type]
    found.append(Finding(Role("place", trigger), (Span(0, 6),), by="t"))
    found.append(Finding(Mention("person"), (phrase_span(text, "John Kirby"),), by="t"))
    found.append(Finding(Statement(False, speaker=Ref(*phrase_pair(text, "The union"))), (he,), by="t"))
    added = list(actors.function(Record(Document("d", text), tuple(found))))
    got = {text[finding.span.start : finding.span.end]: finding.value for finding in added}
    assert len(added) == 5
    assert got["Police"] == Actor("Police", "armed_force", "COP")
    assert got["John Kirby"] == got["Kirby"] == got["he"] == Actor("John Kirby", "person")
    assert got["The union"] == Actor("union", "organisation", "LAB")
    assert {finding.by for finding in added} >= {
        "resolve.actor/surname",
        "resolve.actor/antecedent",
        "resolve.actor/phrase",
    }


def phrase_pair(text: str, phrase: str) -> tuple[int, int]:
    span = phrase_span(text, phrase)
    return span.start, span.end


def test_a_pronoun_that_could_be_two_people_stays_a_pronoun() -> None:
    text = "John Kirby met Ivan Petrov. He was arrested."
    spans = [phrase_span(text, "John Kirby"), phrase_span(text, "Ivan Petrov"), phrase_span(text, "He ")]
    found: list[Finding[Any]] = [
        Finding(Sentence(0, 0), (Span(0, 27),), by="t"),
        Finding(Sentence(1, 0), (Span(28, 44),), by="t"),
    ]
    found += [Finding(Role("actor", Ref(11, 14)), (span,), by="t") for span in spans]
    added = list(actors.function(Record(Document("d", text), tuple(found))))
    assert [finding.value.name for finding in added] == ["John Kirby", "Ivan Petrov", "He"]


def test_a_short_form_defined_in_the_text_is_known_in_it() -> None:
    text = "The Free Dockers Alliance (FDA) struck on Monday. The FDA said it would go on."
    span = phrase_span(text, "FDA", 40)
    record = Record(Document("d", text), (Finding(Role("actor", Ref(32, 38)), (span,), by="t"),))
    assert [finding.value.name for finding in actors.function(record)] == ["Free Dockers Alliance"]


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=60), st.lists(st.text(max_size=30), max_size=4))
def test_no_phrase_crashes(phrase: str, others: list[str]) -> None:
    actor = resolve_actor(phrase, others=others)
    assert actor.kind in get_args(ActorKind)


@pytest.mark.parametrize("unit", ["A ", "of ", "the union ", "(AB) ", "police, ", "Mr "])
def test_time_grows_with_length_only(unit: str) -> None:
    def spent(count: int) -> float:
        started = time.process_time()
        resolve_actor(unit * count, others=["National Union of Teachers"])
        return time.process_time() - started

    spent(10)
    assert spent(2000) < max(1.0, 40 * spent(200))


@pytest.mark.parametrize(
    ("others", "country"),
    [
        (("Government of Honduras", "Centre for Prison Watch"), None),
        (("Centre for Prison Watch", "Indian farmers"), "IND"),
        (("Garo militants", "Bangladesh border"), "IND"),
    ],
)
def test_the_centre_is_indias_unless_another_centre_is_named(others: tuple[str, ...], country: str | None) -> None:
    assert resolve_actor("Centre", others=others).country == country
    assert resolve_actor("Gulf Centre for Liberties").country is None
