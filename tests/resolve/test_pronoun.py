"""Pronouns in roles: the words they stand for, or nothing."""

import re

from groundswell.records import Span
from groundswell.resolve.pronoun import antecedents
from groundswell.values import Actor


def resolved(text, actors, acting=()):
    """The words each pronoun stands for; actors: words -> (name, kind), each at its last place in the text."""
    at = {words: [m.span() for m in re.finditer(rf"\b{re.escape(words)}\b", text)][-1] for words in actors}
    sentences = [Span(m.start(), m.end()) for m in re.finditer(r"[^.]+\.", text)]
    read = {Span(*at[words]): Actor(name, kind) for words, (name, kind) in actors.items()}
    found = antecedents(text, sentences, read, [Span(*at[words]) for words in acting])
    return {text[p.start : p.end]: text[n.start : n.end] for p, n in found.items()}


def test_a_person_is_told_by_the_fullest_name():
    actors = {
        "Minister Ivo Brankov": ("Ivo Brankov", "person"),
        "Brankov": ("Ivo Brankov", "person"),
        "He": ("Ivo Brankov", "person"),
    }
    text = "Minister Ivo Brankov spoke. Then Brankov left. He refused to meet them."
    assert resolved(text, actors)["He"] == "Minister Ivo Brankov"


def test_a_body_is_the_last_that_acted_within_one_sentence():
    actors = {"Rebels": ("Rebels", "armed_group"), "army": ("army", "armed_force"), "It": ("it", "organisation")}
    text = "The army shelled the hill. It took the road."
    assert resolved(text, {k: actors[k] for k in ("army", "It")}, ["army"]) == {"It": "army"}
    far = "The army shelled the hill. Rain fell. Cows slept. It took the road."
    assert resolved(far, {k: actors[k] for k in ("army", "It")}, ["army"]) == {}


def test_what_does_not_fit_is_left():
    actors = {"nurses": ("nurses", "group"), "He": ("he", "person")}
    assert resolved("The nurses marched. He watched.", actors, ["nurses"]) == {}
