"""Which happening of a sentence a time phrase belongs to, from what stands between the two and around them.

Gives a probability for each pair; resolves no phrase and decides nothing about a happening's date.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp, log
from typing import NamedTuple

from groundswell import lexicon
from groundswell.records import Span
from groundswell.values import Interval

Pair = tuple[Span, Span]
"""Span of a happening's trigger, span of a time phrase."""

_TOKEN = re.compile(r"[’']s\b|[^\W_]+(?:[-.][^\W_]+)*|[^\w\s]")
_STEPS = (0, 2, 5, 9, 15, 24)


class Lists(NamedTuple):
    """The lists of lexicon/<lang>/time_roles.toml."""

    relative: frozenset[str]
    subordinate: frozenset[str]
    joining: frozenset[str]
    on: frozenset[str]
    since: frozenset[str]
    until: frozenset[str]
    after: frozenset[str]
    during: frozenset[str]
    determiners: frozenset[str]
    reporting: frozenset[str]
    verbs: frozenset[str]


@lru_cache(maxsize=4)
def lists(language: str = "en") -> Lists:
    table = lexicon.table(language, "time_roles")
    return Lists(**{name: frozenset(table[name].split()) for name in Lists._fields})


@dataclass(frozen=True, slots=True)
class Happening:
    """What is known of a trigger before its date is."""

    span: Span
    type: str
    status: str


class Clause:
    """One sentence as words, with the happenings and dated phrases in it."""

    def __init__(
        self, text: str, sentence: Span, happenings: Sequence[Happening], phrases: Mapping[Span, Interval]
    ) -> None:
        found = [(m.start(), m.end()) for m in _TOKEN.finditer(text, sentence.start, sentence.end)]
        self.starts = [start for start, _ in found]
        self.raw = [text[start:end] for start, end in found]
        self.words = [word.lower().replace("’", "'") for word in self.raw]
        self.happenings = [h for h in happenings if sentence.contains(h.span)]
        self.phrases = {span: value for span, value in phrases.items() if sentence.contains(span)}
        self.stretches = list(_stretches(self.words))
        self.at = {h.span: self._range(h.span) for h in self.happenings} | {p: self._range(p) for p in self.phrases}

    def _range(self, span: Span) -> tuple[int, int]:
        """Word numbers of a span, half-open; at least one word."""
        first = bisect_left(self.starts, span.start)
        if first < len(self.starts) and self.starts[first] > span.start and first:
            first -= 1
        return first, max(first + 1, bisect_left(self.starts, span.end))

    def stretch(self, span: Span) -> int:
        """Number of the stretch between clause borders that a span begins in."""
        return self.stretches[min(self.at[span][0], len(self.stretches) - 1)] if self.stretches else 0

    def gap(self, a: Span, b: Span) -> tuple[int, int]:
        """Word numbers between two spans, half-open; empty where they touch or overlap."""
        (a0, a1), (b0, b1) = self.at[a], self.at[b]
        return (a1, b0) if a1 <= b0 else (b1, a0) if b1 <= a0 else (0, 0)


def _stretches(words: Sequence[str]) -> Iterator[int]:
    """For each word the number of its stretch: marks, relative words and the like begin a new one."""
    known = lists()
    number, fresh = 0, False
    for word in words:
        border = word in _BORDERS
        if border or (not fresh and (word in known.relative or word in known.subordinate)):
            number += 1
        fresh = border
        yield number


_BORDERS = frozenset(',;:()–—-"“”')


def features(clause: Clause, happening: Happening, phrase: Span) -> Iterator[tuple[str, float]]:
    """Named features of one pair; what is not named is 0. Nearly all are told apart by the side the phrase stands on."""
    words = lists()
    start, stop = clause.gap(happening.span, phrase)
    side = "before" if clause.at[phrase][0] < clause.at[happening.span][0] else "after"
    yield f"{side} {sum(stop - start > step for step in _STEPS)}", 1.0
    for name, count in _between(clause.words[start:stop], words):
        yield f"{name} {side}", min(count, 3.0)
    inside = sum(start <= clause.at[h.span][0] < stop for h in clause.happenings)
    yield f"happening {side}", min(inside, 2)
    stretches = abs(clause.stretch(happening.span) - clause.stretch(phrase))
    yield f"{min(stretches, 3)} stretches {side}", 1.0
    interval = clause.phrases[phrase]
    for name in (*_around_phrase(clause, phrase, words), *_around_trigger(clause, happening, words)):
        yield name, 1.0
        yield f"{name} {side}", 1.0
    yield f"precision {interval.precision}", 1.0
    yield f"precision {interval.precision} {side}", 1.0
    for name in _rivals(clause, happening, phrase):
        yield f"{name} {side}", 1.0
    yield f"type {happening.type}", 1.0
    yield f"status {happening.status}", 1.0
    if interval.latest is None:
        yield f"open, {'ongoing' if happening.status == 'ongoing' else 'not ongoing'}", 1.0


def _between(between: Sequence[str], words: Lists) -> Iterator[tuple[str, float]]:
    yield "comma", between.count(",")
    yield "stop", sum(w in ";:()–—-" for w in between)
    yield "quote", sum(w in '"“”' for w in between)
    yield "relative", sum(w in words.relative for w in between)
    yield "subordinate", sum(w in words.subordinate for w in between)
    yield "joining", sum(w in words.joining for w in between)
    yield "infinitive", between.count("to")
    yield "reporting", sum(w in words.reporting for w in between)
    yield "verb", sum(_is_verb(w, words) for w in between)


def _is_verb(word: str, words: Lists) -> bool:
    return word in words.verbs or (word.endswith("ed") and len(word) > 4)


def _around_phrase(clause: Clause, phrase: Span, words: Lists) -> Iterator[str]:
    first, stop = clause.at[phrase]
    preceding = clause.words[first - 1] if first else ""
    opening = clause.words[first]
    for name in ("on", "since", "until", "after", "during", "determiners"):
        if preceding in getattr(words, name) or opening in getattr(words, name):
            yield f"{name} phrase"
            break
    else:
        yield "bare phrase"
    following = clause.words[stop] if stop < len(clause.words) else "."
    if following == "'s" or clause.words[stop - 1] == "'s":
        yield "possessive phrase"
    if any(w in words.reporting for w in clause.words[max(0, first - 2) : first]):
        yield "phrase after reporting"
    if any(w in words.reporting for w in clause.words[stop : stop + 2]):
        yield "phrase before reporting"
    if first <= 1:
        yield "phrase opens"
    if following in ".;":
        yield "phrase closes"
    elif following == ",":
        yield "comma follows phrase"


def _around_trigger(clause: Clause, happening: Happening, words: Lists) -> Iterator[str]:
    first = clause.at[happening.span][0]
    word = clause.words[first]
    preceding = clause.words[first - 1] if first else ""
    if preceding == "to":
        yield "infinitive trigger"
    elif preceding in words.determiners:
        yield "determined trigger"
    ending = next((e for e in ("ed", "ing", "s") if word.endswith(e)), None)
    if ending:
        yield f"{ending} trigger"
    near = clause.words[max(0, first - 4) : first]
    for name in ("relative", "subordinate", "joining"):
        if any(w in getattr(words, name) for w in near):
            yield f"trigger after {name}"
    if "," in near:
        yield "trigger after comma"


def _rivals(clause: Clause, happening: Happening, phrase: Span) -> Iterator[str]:
    """Is another happening nearer to the phrase, another phrase nearer to the happening?"""
    mine = _distance(clause, happening.span, phrase)
    nearer = sum(_distance(clause, h.span, phrase) < mine for h in clause.happenings if h.span != happening.span)
    phrases = sum(_distance(clause, happening.span, p) < mine for p in clause.phrases if p != phrase)
    yield f"nearer happenings {min(nearer, 2)}"
    yield f"nearer phrases {min(phrases, 2)}"
    if not nearer and not phrases:
        yield "nearest of each"
    if len(clause.phrases) == 1:
        yield "only phrase"
    if len(clause.happenings) == 1:
        yield "only happening"


def _distance(clause: Clause, a: Span, b: Span) -> float:
    """Words between, each clause border as much as four words."""
    words = lists()
    start, stop = clause.gap(a, b)
    between = clause.words[start:stop]
    borders = sum(w in ",;:" or w in words.relative or w in words.subordinate or w in words.joining for w in between)
    return len(between) + 4.0 * borders


@lru_cache(maxsize=1)
def weights() -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Fitted weights: of the features, and of the reader's own opinion beside them."""
    path = files("groundswell.resolve") / "time_role_weights.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return table["clause"], table["reader"]


def log_odds(given: Mapping[str, float], found: Iterable[tuple[str, float]]) -> float:
    """Sum of the weights of what was found, and the bias."""
    return given["bias"] + sum(given.get(name, 0.0) * value for name, value in found)


def opinions(clause: float, score: float | None) -> Iterator[tuple[str, float]]:
    """What clause (log odds) and reader (its score; None where it did not mark the pair) say, as features."""
    yield "clause", clause
    if score is not None:
        yield "read", 1.0
        sure = min(max(score, 1e-3), 1 - 1e-3)
        yield "score", log(sure / (1 - sure))


def chances(
    text: str,
    sentence: Span,
    happenings: Sequence[Happening],
    phrases: Mapping[Span, Interval],
    read: Mapping[Pair, float],
) -> Iterator[tuple[Pair, float]]:
    """Probability, for each happening and each dated phrase of one sentence, that the phrase says when it happened.

    Args:
        read: the reader's score of the pairs it marked.
    """
    clause = Clause(text, sentence, happenings, phrases)
    alone, mixed = weights()
    for happening in clause.happenings:
        for phrase in clause.phrases:
            pair = (happening.span, phrase)
            odds = log_odds(mixed, opinions(log_odds(alone, features(clause, happening, phrase)), read.get(pair)))
            yield pair, 1 / (1 + exp(-odds))


_SINCE = re.compile(r"(?i)\bsince\s+(?:[\w’'-]+\s+){1,9}?(?:on\s+|in\s+|early\s+|late\s+)?\Z")


def since_start(text: str, sentence: Span, trigger: Span, phrase: Span) -> int | None:
    """Where the words "since the siege began" begin, if the phrase ends them and the happening stands before them.

    Such a phrase gives the happening a beginning and no end.
    """
    found = _SINCE.search(text, max(sentence.start, phrase.start - 90), phrase.start)
    if found is None or found.start() < trigger.end or lists().relative.intersection(found.group().lower().split()):
        return None
    return found.start()
