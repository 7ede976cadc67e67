"""Which happening of a sentence a time phrase belongs to: boosted trees over the clause, and the reader's own mark beside them.

Gives a probability for each pair, and the phrase as its happening must read it; decides nothing about a happening's date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from math import exp, log

from groundswell.records import Document, Span
from groundswell.resolve.time import resolve_time, tense_of
from groundswell.resolve.time_clause import Clause, Happening, features, lists
from groundswell.resolve.time_tense import ends_ahead
from groundswell.trees import Trees, load, weighed
from groundswell.values import Interval

Pair = tuple[Span, Span]
"""Span of a happening's trigger, span of a time phrase."""


@lru_cache(maxsize=1)
def clause_trees() -> Trees:
    """The trees fitted on the coders' triggers and phrases (evaluate/role_fit.py)."""
    return load("groundswell.resolve", "time_role_trees.json")


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """Fitted weights of the clause's log odds and of the reader's own opinion beside them."""
    path = files("groundswell.resolve") / "time_role_weights.toml"
    found: Mapping[str, float] = tomllib.loads(path.read_text(encoding="utf-8"))["reader"]
    return found


def opinions(clause: float, score: float | None) -> dict[str, float]:
    """What clause (log odds) and reader (its score; None where it did not mark the pair) say, as features."""
    if score is None:
        return {"clause": clause}
    sure = min(max(score, 1e-3), 1 - 1e-3)
    return {"clause": clause, "read": 1.0, "score": log(sure / (1 - sure))}


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
    if not phrases:  # every other sentence with a happening
        return
    clause = Clause(text, sentence, happenings, phrases)
    for happening in clause.happenings:
        for phrase in clause.phrases:
            pair = (happening.span, phrase)
            said = clause_trees().log_odds(features(clause, happening, phrase))
            yield pair, 1 / (1 + exp(-weighed(weights(), opinions(said, read.get(pair)))))


_SINCE = re.compile(r"(?i)\bsince\s+(?:[\w’'-]+\s+){1,9}?(?:on\s+|in\s+|early\s+|late\s+)?\Z")


def since_start(text: str, sentence: Span, trigger: Span, phrase: Span) -> int | None:
    """Where the words "since the siege began" begin, if the phrase ends them and the happening stands before them.

    Such a phrase gives the happening a beginning and no end.
    """
    found = _SINCE.search(text, max(sentence.start, phrase.start - 90), phrase.start)
    if found is None or found.start() < trigger.end or lists().relative.intersection(found.group().lower().split()):
        return None
    return found.start()


_OPEN = re.compile(r"(?i)(?:(?:ever )?since|until|till|up to|from|by|before)\s+(?=\S)")
_WHEN = re.compile(r"(?i)\s*,?\s*when\b")


def when_day(text: str, sentence: Span, trigger: Span, phrase: Span) -> Span | None:
    """The day alone in "frozen since May, when a policeman was killed", if the happening stands behind "when": it was that day,
    though what stands before it has lasted since. None elsewhere."""
    opening, follows = _OPEN.match(text, phrase.start, phrase.end), _WHEN.match(text, phrase.end, sentence.end)
    if opening is None or follows is None or trigger.start < follows.end():
        return None
    return Span(opening.end(), phrase.end)


def as_told(
    document: Document, sentence: Span, happening: Happening, phrase: Span, interval: Interval
) -> tuple[Span, Interval]:
    """A dated phrase of the sentence as this happening reads it: next Tuesday for what is planned, the last for what occurred.

    "Since the siege began in May" is taken whole where the happening stands before it, and open-ended.
    """
    tense, text = tense_of(happening.status), document.text
    day = when_day(text, sentence, happening.span, phrase)
    if day is not None:
        found = resolve_time(document.quote(day), published=document.published, tense=tense)
        if found is not None and None not in (found.earliest, found.latest):
            return day, found
    if interval.basis == "relative to published" and tense is not None and not ends_ahead(text, sentence, phrase):
        interval = resolve_time(document.quote(phrase), published=document.published, tense=tense) or interval
    start = since_start(text, sentence, happening.span, phrase)
    if start is None or interval.earliest is None:
        return phrase, interval
    return Span(start, phrase.end), replace(interval, latest=None, precision="open")
