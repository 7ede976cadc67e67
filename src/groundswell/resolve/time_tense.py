"""The tense of the verb that governs a place in a sentence, from word lists and endings. Cheap; no parser, no model."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from groundswell import lexicon
from groundswell.records import Span

Tense = Literal["past", "present", "future"]

_WORD = re.compile(r"[^\W\d_]+(?:['’](?:ll|s|t|re|ve|d))?|[;:.!?,“”\"]")


class Words(NamedTuple):
    """The lists of lexicon/<lang>/time_tense.toml."""

    future: frozenset[str]
    ahead: frozenset[str]
    ahead_to: frozenset[str]
    urging: frozenset[str]
    put_off: frozenset[str]
    past: frozenset[str]
    present: frozenset[str]
    not_verbs: frozenset[str]
    speech: frozenset[str]


@lru_cache(maxsize=4)
def _words(language: str = "en") -> Words:
    return Words(**lexicon.word_lists(language, "time_tense"))


def sentence_tense(sentence: str, at: int | None = None) -> Tense | None:
    """Tense of the verb nearest to offset ``at`` in its clause: to its left first, then to its right.

    Without ``at`` the whole sentence counts: its last verb that is no verb of speaking. None where no verb is known.
    """
    words = _words()
    tokens = [(m.start(), m.group()) for m in _WORD.finditer(sentence)]
    if at is None:
        order = range(len(tokens) - 1, -1, -1)
        told = [i for i in order if tokens[i][1].lower() not in words.speech]
        return _first(tokens, told, words) or _first(tokens, list(order), words)
    here = sum(start < at for start, _ in tokens)
    clause = next((i + 1 for i in range(here - 1, -1, -1) if tokens[i][1] in _MARKS), 0)
    end = next((i for i in range(here, len(tokens)) if tokens[i][1] in ";:.!?"), len(tokens))
    return (
        _first(tokens, list(range(here - 1, clause - 1, -1)), words)
        or _first(tokens, list(range(here, end)), words, told=True)
        or _first(tokens, list(range(clause - 1, -1, -1)), words)
    )


_PASSIVE_NOW = frozenset({"is", "are", "am", "be", "being", "'s", "'re"})


def told_as_past(text: str, sentence: Span, trigger: Span) -> bool:
    """Is the trigger itself a verb in a past tense ("shot two", "were arrested")? Not a noun, nor what will be or is done."""
    words = _words()
    tokens = [(m.start(), m.group()) for m in _WORD.finditer(text, sentence.start, sentence.end)]
    index = next((i for i, (start, word) in enumerate(tokens) if start + len(word) > trigger.start), None)
    if index is None or tokens[index][0] >= trigger.end:
        return False
    before = {word.lower().replace("’", "'") for _, word in tokens[max(0, index - 2) : index]}
    return not before & _PASSIVE_NOW and _tense(tokens, index, words) == "past"


_UNTIL = re.compile(r"(?i)(?:until|till)\s")


def ends_ahead(text: str, sentence: Span, phrase: Span) -> bool:
    """Is this the end, still to come, of what lasts ("a curfew was imposed until Monday")? The verb says so, though it is past."""
    if _UNTIL.match(text, phrase.start, phrase.end) is None:
        return False
    return sentence_tense(text[sentence.start : sentence.end], max(0, phrase.start - sentence.start)) == "future"


_BE = frozenset({"is", "are", "was", "were"})
_MARKS = frozenset(';:.!?“”"')


def _first(tokens: list[tuple[int, str]], order: list[int], words: Words, told: bool = False) -> Tense | None:
    """The first word in that order that tells a tense.

    ``told``: the time stands before the verb, so that it is the day of the asking, not of what is asked ("On Monday they
    called for talks").
    """
    for index in order:
        word, following = tokens[index][1].lower(), tokens[index + 1][1].lower() if index + 1 < len(tokens) else ""
        if told and word in _BE and (following == "to" or following in words.ahead or following in words.ahead_to):
            return "future"
        if told and word in words.past | words.urging and word.endswith(("ed", "d")) and word not in words.ahead:
            return "past"
        found = _tense(tokens, index, words)
        if found:
            return found
    return None


def _tense(tokens: list[tuple[int, str]], index: int, words: Words) -> Tense | None:
    """What one word says of the tense, with the words around it."""
    raw = tokens[index][1]
    if raw[0].isupper() and index and not raw.isupper():
        return None  # a name: May, Will, Marches
    word = raw.lower().replace("’", "'")
    before = [t[1].lower().replace("’", "'") for t in tokens[max(0, index - 4) : index]]
    if word in words.future or word.endswith("'ll"):
        return "future"
    following = tokens[index + 1][1].lower() if index + 1 < len(tokens) else ""
    if word in words.ahead or (word in words.put_off and following in ("until", "till", "to", "by")):
        return "future"
    if word in words.ahead_to:
        if following in ("to", "for"):
            return "future"
    elif before[-1:] == ["to"] or before[-2:] == ["to", "be"]:
        return _infinitive(tokens, index, words)
    past = word in words.past or (word.endswith("ed") and len(word) > 4 and word not in words.not_verbs)
    if not past and word not in words.present:
        return None
    modals = [t[1] for t in tokens[max(0, index - 3) : index]]
    if any(modal in words.future or modal.endswith(("'ll", "’ll")) for modal in modals):
        return "future"
    return "past" if past else "present"


def _infinitive(tokens: list[tuple[int, str]], index: int, words: Words) -> Tense | None:
    """ "urged workers to march", "voted to strike" look ahead; "refused to meet" and "rose to twelve" do not."""
    for at in range(index - 1, max(-1, index - 9), -1):
        word = tokens[at][1].lower()
        if word in words.urging or word in words.ahead or word in words.ahead_to or word in words.future:
            return "future"
        if word in words.past and word not in ("been", "be"):
            return None
    return None
