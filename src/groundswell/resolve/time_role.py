"""Which happening of a sentence a time phrase belongs to: boosted trees over the clause, and the reader's own mark beside them.

Gives a probability for each pair; resolves no phrase and decides nothing about a happening's date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from math import exp, log

from groundswell.records import Span
from groundswell.resolve.time_clause import Clause, Happening, features, lists
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
