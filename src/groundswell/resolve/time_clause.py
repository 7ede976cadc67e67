"""A sentence as words, with its happenings and dated phrases, and what stands between and around each two of them.

Only describes: gives named numbers that resolve/time_role.py weighs. Decides nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from groundswell import lexicon
from groundswell.records import Span
from groundswell.values import Interval, Status

_TOKEN = re.compile(r"[’']s\b|[^\W_]+(?:[-.][^\W_]+)*|[^\w\s]")
_BORDERS = frozenset(',;:()–—-"“”')
_FAR = 60.0
"""Stands for the distance of what is not there."""
# "PORT-AU-PRINCE, Haiti, ": names only. "The strike began in Lagos, 3 May – a public holiday" is no dateline.
_SMALL = "de|del|da|do|dos|du|des|la|las|le|les|los|el|al|of|the|and|i|sur|am"
_LEAD = re.compile(rf"(?:(?:[^\W\d_a-z][\w.'’\-]*|{_SMALL}|\([^)\n]{{2,40}}\))[\s,/]+)+(?<=,)\s*\Z")
_AGENCY = re.compile(r"\s*,?\s*(?:\d{4}\s*)?(?:\([^)\n]{2,60}\)|/[^/\n]{2,60}/)?\s*(?:--?|–|—)\s")


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
    perfect: frozenset[str]
    being: frozenset[str]
    modal: frozenset[str]
    prepositions: frozenset[str]
    between: frozenset[str]
    weekdays: frozenset[str]
    months: frozenset[str]
    relating: frozenset[str]
    near_days: frozenset[str]
    parts_of_day: frozenset[str]


@lru_cache(maxsize=4)
def lists(language: str = "en") -> Lists:
    return Lists(**lexicon.word_lists(language, "time_roles"))


@dataclass(frozen=True, slots=True)
class Happening:
    """What is known of a trigger before its date is."""

    span: Span
    type: str
    status: Status


def is_dateline(text: str, sentence: Span, phrase: Span) -> bool:
    """Is this the date of a dateline ("KHARTOUM, March 3 (Reuters) - ...")? It says when was written, not when it happened."""
    if phrase.start - sentence.start > 64 or not _AGENCY.match(text, phrase.end):
        return False
    return _LEAD.match(text[sentence.start : phrase.start]) is not None


class Clause:
    """One sentence as words, with the happenings and dated phrases in it; a dateline's date is none of them."""

    def __init__(
        self, text: str, sentence: Span, happenings: Sequence[Happening], phrases: Mapping[Span, Interval]
    ) -> None:
        found = [(m.start(), m.end()) for m in _TOKEN.finditer(text, sentence.start, sentence.end)]
        self.starts = [start for start, _ in found]
        self.raw = [text[start:end] for start, end in found]
        self.words = [word.lower().replace("’", "'") for word in self.raw]
        self.happenings = [h for h in happenings if sentence.contains(h.span)]
        self.phrases = {
            span: value
            for span, value in phrases.items()
            if sentence.contains(span) and not is_dateline(text, sentence, span)
        }
        known = lists()
        self.verbs = [_is_verb(word, known) for word in self.words]
        self.stretches = list(_stretches(self.words, known))
        self.at = {h.span: self._range(h.span) for h in self.happenings} | {p: self._range(p) for p in self.phrases}
        self.of_happening = {self.at[h.span][0] for h in self.happenings}
        self._alone: dict[tuple[Span, bool], dict[str, float]] = {}

    def _range(self, span: Span) -> tuple[int, int]:
        """Word numbers of a span, half-open; at least one word."""
        first = bisect_left(self.starts, span.start)
        if first < len(self.starts) and self.starts[first] > span.start and first:
            first -= 1
        return first, max(first + 1, bisect_left(self.starts, span.end))

    def gap(self, a: Span, b: Span) -> tuple[int, int]:
        """Word numbers between two spans, half-open; empty where they touch or overlap."""
        (a0, a1), (b0, b1) = self.at[a], self.at[b]
        return (a1, b0) if a1 <= b0 else (b1, a0) if b1 <= a0 else (0, 0)

    def word(self, index: int) -> str:
        """The word at that place; nothing outside the sentence."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def distance(self, a: Span, b: Span) -> float:
        """Words between, each clause border as much as four words."""
        start, stop = self.gap(a, b)
        return stop - start + 4.0 * sum(map(_is_border, self.words[start:stop]))

    def alone(self, span: Span, *, phrase: bool) -> Mapping[str, float]:
        """What is known of a phrase or a trigger without the other."""
        key = (span, phrase)
        if key not in self._alone:
            self._alone[key] = dict(_of_phrase(self, span) if phrase else _of_trigger(self, span))
        return self._alone[key]


def _is_border(word: str) -> bool:
    known = lists()
    return word in ",;:" or word in known.relative or word in known.subordinate or word in known.joining


def _is_verb(word: str, words: Lists) -> bool:
    return word in words.verbs or (word.endswith("ed") and len(word) > 4)


def _stretches(words: Sequence[str], known: Lists) -> Iterator[int]:
    """For each word the number of its stretch: marks, relative words and the like begin a new one."""
    number, fresh = 0, False
    for word in words:
        border = word in _BORDERS
        if border or (not fresh and (word in known.relative or word in known.subordinate)):
            number += 1
        fresh = border
        yield number


def features(clause: Clause, happening: Happening, phrase: Span) -> dict[str, float]:
    """Named features of one pair; what is not named is 0. Counts carry the sign of the side the phrase stands on."""
    found = {**clause.alone(happening.span, phrase=False), **clause.alone(phrase, phrase=True)}
    side = 1.0 if clause.at[phrase][0] >= clause.at[happening.span][0] else -1.0
    found.update(_between(clause, happening.span, phrase, side))
    found.update(_rivals(clause, happening.span, phrase))
    found.update(_governing(clause, happening.span, phrase))
    found[f"type {happening.type}"] = 1.0
    found[f"status {happening.status}"] = 1.0
    found["ongoing, open"] = float(happening.status == "ongoing" and clause.phrases[phrase].latest is None)
    found["quoted apart"] = found["phrase quoted"] - found["trigger quoted"]
    return found


def _between(clause: Clause, trigger: Span, phrase: Span, side: float) -> Iterator[tuple[str, float]]:
    words = lists()
    start, stop = clause.gap(trigger, phrase)
    between, verbs = clause.words[start:stop], clause.verbs[start:stop]
    yield "words", side * (stop - start + 1)
    yield "words away", stop - start
    counts = {
        "comma": between.count(","),
        "stop": sum(w in ";:()–—-" for w in between),
        "quote": sum(w in '"“”' for w in between),
        "relative": sum(w in words.relative for w in between),
        "subordinate": sum(w in words.subordinate for w in between),
        "joining": sum(w in words.joining for w in between),
        "infinitive": between.count("to"),
        "reporting": sum(w in words.reporting for w in between),
        "verb": sum(verbs),
        "happening": sum(start <= at < stop for at in clause.of_happening - {clause.at[trigger][0]}),
    }
    for name, count in counts.items():
        yield f"{name} between", side * count
        yield f"{name} away", count
    for word in set(between) & words.between:
        yield f"between: {word}", side * between.count(word)
    seen = [i for i, verb in enumerate(verbs if side > 0 else reversed(verbs)) if verb]
    yield "trigger to verb", seen[0] if seen else 30.0
    yield "verb to phrase", len(verbs) - 1 - seen[-1] if seen else 30.0
    yield (
        "stretches",
        clause.stretches[min(clause.at[phrase][0], len(clause.stretches) - 1)]
        - (clause.stretches[min(clause.at[trigger][0], len(clause.stretches) - 1)]),
    )


def _rivals(clause: Clause, trigger: Span, phrase: Span) -> Iterator[tuple[str, float]]:
    """Is another happening nearer to the phrase, another phrase nearer to the happening?"""
    mine, first = clause.distance(trigger, phrase), clause.at[phrase][0]
    others = [h.span for h in clause.happenings if h.span != trigger]
    far = {other: clause.distance(other, phrase) for other in others}
    left = [away for other, away in far.items() if clause.at[other][0] < first]
    right = [away for other, away in far.items() if clause.at[other][0] >= first]
    phrases = [clause.distance(trigger, p) for p in clause.phrases if p != phrase]
    nearest, phrase_nearest = min(far.values(), default=_FAR), min(phrases, default=_FAR)
    yield "distance", mine
    yield "rival", nearest
    yield "rival further", nearest - mine
    yield "rival left", min(left, default=_FAR)
    yield "rival right", min(right, default=_FAR)
    yield "rival phrase", phrase_nearest
    yield "rival phrase further", phrase_nearest - mine
    yield "nearer happenings", sum(away < mine for away in far.values())
    yield "nearer phrases", sum(away < mine for away in phrases)
    yield "happenings", len(clause.happenings)
    yield "phrases", len(clause.phrases)


def _of_trigger(clause: Clause, trigger: Span) -> Iterator[tuple[str, float]]:
    words = lists()
    first, stop = clause.at[trigger]
    before, word = clause.words[max(0, first - 4) : first], clause.word(first)
    others = [clause.at[h.span][0] for h in clause.happenings if h.span != trigger]
    yield "trigger first", float(all(first <= other for other in others))
    yield "trigger last", float(all(first >= other for other in others))
    for name in ("perfect", "being", "modal", "relative", "subordinate", "joining"):
        yield f"trigger after {name}", float(any(w in getattr(words, name) for w in before))
    yield "trigger after had", float("had" in before)
    yield "infinitive trigger", float(before[-1:] == ["to"])
    yield "determined trigger", float(any(w in words.determiners for w in before[-2:]))
    yield "trigger after preposition", float(clause.word(first - 1) in words.prepositions)
    yield "preposition after trigger", float(clause.word(stop) in words.prepositions)
    yield "of after trigger", float(clause.word(stop) == "of")
    for ending in ("ed", "ing", "s"):
        yield f"{ending} trigger", float(word.endswith(ending))
    yield "capital trigger", float(clause.raw[first][:1].isupper()) if clause.raw else 0.0
    yield "trigger stands", first / max(1, len(clause.words))
    yield "trigger quoted", _quoted(clause, first)


def _of_phrase(clause: Clause, phrase: Span) -> Iterator[tuple[str, float]]:
    words = lists()
    first, stop = clause.at[phrase]
    own, preceding, following = clause.words[first:stop], clause.word(first - 1), clause.word(stop)
    for name in ("on", "since", "until", "after", "during", "determiners"):
        yield f"{name} phrase", float(preceding in getattr(words, name) or clause.word(first) in getattr(words, name))
    for name in ("weekdays", "months", "relating", "near_days", "parts_of_day"):
        yield f"phrase of {name}", float(any(w in getattr(words, name) for w in own))
    yield "phrase of year", float(any(len(w) == 4 and w.isdigit() for w in own))
    yield "phrase length", len(own)
    yield "in phrase", float(preceding == "in")
    yield "of phrase", float(preceding == "of")
    yield "possessive phrase", float(following == "'s" or own[-1:] == ["'s"])
    yield "phrase after verb", float(any(clause.verbs[max(0, first - 2) : first]))
    yield "phrase after reporting", float(any(w in words.reporting for w in clause.words[max(0, first - 2) : first]))
    yield "phrase before reporting", float(any(w in words.reporting for w in clause.words[stop : stop + 2]))
    yield "reporting", float(any(w in words.reporting for w in clause.words))
    plain = following.isalpha() and not _is_border(following)
    yield "noun after phrase", float(plain and following not in words.prepositions and following not in words.verbs)
    yield "phrase closes", float(following in ("", ".", ";"))
    yield "comma after phrase", float(following == ",")
    yield "comma before phrase", float("," in (preceding, clause.word(first - 2)))
    yield "phrase opens", float(first <= 1)
    yield "phrase stands", first / max(1, len(clause.words))
    yield "sentence length", len(clause.words)
    yield "phrase quoted", _quoted(clause, first)
    interval = clause.phrases[phrase]
    yield f"precision {interval.precision}", 1.0
    yield f"basis {interval.basis}", 1.0
    yield "open end", float(interval.latest is None)
    yield "open start", float(interval.earliest is None)


def _quoted(clause: Clause, index: int) -> float:
    before = clause.words[:index]
    return float((before.count('"') + before.count("“") - before.count("”")) % 2)


def _governing(clause: Clause, trigger: Span, phrase: Span) -> Iterator[tuple[str, float]]:
    """What stands first on either side of the phrase, of verbs, happenings and (to the left) commas: the trigger, or another?"""
    first, stop = clause.at[phrase]
    mine = range(*clause.at[trigger])
    others = {i for h in clause.happenings if h.span != trigger for i in range(*clause.at[h.span])}
    left = next((i for i in range(first - 1, -1, -1) if _governs(clause, i, mine, others, ",;:")), -1)
    right = next(
        (i for i in range(stop, len(clause.words)) if _governs(clause, i, mine, others, "")), len(clause.words)
    )
    yield "trigger to the left", float(left in mine)
    yield "other happening to the left", float(left in others)
    yield "verb to the left", float(left >= 0 and clause.verbs[left] and left not in mine)
    yield "mark to the left", float(clause.word(left) in (",", ";", ":"))
    yield "reporting to the left", float(clause.word(left) in lists().reporting)
    yield "left away", first - left
    yield "trigger to the right", float(right in mine)
    yield "other happening to the right", float(right in others)
    yield "right away", right - stop


def _governs(clause: Clause, index: int, mine: range, others: set[int], marks: str) -> bool:
    return clause.verbs[index] or index in mine or index in others or (clause.words[index] in marks)
