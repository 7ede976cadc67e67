"""Tidies the phrases of a reading: whole names, no dangling words, one role a phrase. Word numbers in, word numbers out.

What the network cuts a word short or long is put right where a name or a function word shows the border; nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from groundswell.analyse.reader_found import FoundRole, FoundTrigger, Reading, Words

if TYPE_CHECKING:
    from groundswell.analyse.reader_words import Unit

_NAMED = frozenset({"actor", "called_by", "target", "place", "attribution"})
_PEOPLE = frozenset({"actor", "called_by", "target"})
_ARTICLES = frozenset({"the", "a", "an"})
_BEFORE = _ARTICLES | frozenset(
    {"of", "by", "in", "at", "on", "to", "and", "that", "from", "with", "for", ",", ";", ":", ")", "-", "–"}
)
_AFTER = _BEFORE | frozenset({"who", "which", "as", "or", "(", "“", ".", "'", "’"})
_HYPHEN = "\u2010"  # stands for a hyphen within a word; "-" is a dash
_UNITS = frozenset(
    ["minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"]
)
_EMPTY_TIMES = frozenset(
    {"by", "of", "to", "a", "the", "in", "on", "at", "from", "during", "after", "before", "since", "until", "day"}
)


def tidy(text: str, unit: Unit, reading: Reading) -> Reading:
    """The reading with its phrases put right."""
    if not reading.triggers and not reading.statements:
        return reading
    words = [text[a:b].lower() for a, b in unit.words]
    for n in range(1, len(words) - 1):
        if words[n] == "-" and unit.words[n - 1][1] + 1 == unit.words[n][1] == unit.words[n + 1][0]:
            words[n] = _HYPHEN
    names = [e.words for e in reading.entities]
    numbers = [f.words for f in reading.figures]
    return replace(
        reading,
        triggers=tuple(_trigger(words, names, numbers, t) for t in reading.triggers),
        statements=tuple(
            replace(s, speaker=whole(words, names, s.speaker) or s.speaker) if s.speaker else s
            for s in reading.statements
        ),
    )


def whole(words: Sequence[str], names: Iterable[Words], phrase: Words) -> Words | None:
    """A phrase with names it cuts made whole and dangling words left out; None where nothing is left."""
    first, stop = phrase
    for name in names:
        if name.first < stop and first < name.stop:
            first, stop = min(first, name.first), max(stop, name.stop)
    while first < stop and words[first] in _BEFORE:
        first += 1
    while stop > first and words[stop - 1] in _AFTER and not _initial(words, first, stop):
        stop -= 1
    if stop > first and words[stop - 1] == _HYPHEN:
        stop -= 1
    while words[stop : stop + 1] == [_HYPHEN]:
        stop += 2  # "sub-inspector"
    if words[stop : stop + 1] == ["."] and words[stop - 2 : stop - 1] == ["."] and _initial(words, first, stop + 1):
        stop += 1
    if "(" in words[first:stop] and ")" not in words[first:stop] and words[stop : stop + 1] == [")"]:
        stop += 1
    return Words(first, stop) if stop > first else None


def _measured(words: Sequence[str], time: Words) -> Words:
    """A time cut at its number or bracket made whole: "12" of "12:10", "seven" of "seven-day", "5 a.m. (0300 GMT"."""
    stop = time.stop
    if "(" in words[time.first : stop] and ")" not in words[time.first : stop] and words[stop : stop + 1] == [")"]:
        return Words(time.first, stop + 1)
    if words[stop - 1].isdigit() and words[stop : stop + 1] == [":"] and "".join(words[stop + 1 : stop + 2]).isdigit():
        return Words(time.first, stop + 2)
    if stop - time.first == 1:
        unit = stop + (words[stop : stop + 1] == [_HYPHEN])
        if words[unit : unit + 1] and words[unit] in _UNITS:
            return Words(time.first, unit + 1)
    return time


def _initial(words: Sequence[str], first: int, stop: int) -> bool:
    """Does the phrase end with the point of a shortened name ("the U.S.", "Sami L.")?"""
    return stop - first > 1 and words[stop - 1] == "." and len(words[stop - 2]) == 1 and words[stop - 2].isalpha()


def _trigger(
    words: Sequence[str], names: Sequence[Words], numbers: Sequence[Words], trigger: FoundTrigger
) -> FoundTrigger:
    roles: list[FoundRole] = []
    for role in trigger.roles:
        span: Words | None = role.words
        if role.kind in _NAMED or role.kind == "issue":
            span = whole(words, names, role.words)
        elif role.kind == "time" and all(words[n] in _EMPTY_TIMES for n in range(*role.words)):
            span = None
        elif role.kind == "time":
            span = _measured(words, role.words)
        elif role.kind == "figure":
            span = next((n for n in numbers if n.first < role.words.stop and role.words.first < n.stop), role.words)
        if span is not None and not (role.kind in _PEOPLE and span == trigger.words):
            roles.append(role if span == role.words else replace(role, words=span))
    return replace(trigger, roles=tuple(_one_each(words, _merged(roles))))


def _merged(roles: list[FoundRole]) -> list[FoundRole]:
    """Phrases of one role that touch or overlap are one ("prime minister" + "Ana Ruiz"); figures and times stay apart."""
    out: list[FoundRole] = []
    for role in sorted(roles, key=lambda r: (r.kind, r.words)):
        last = out[-1] if out else None
        if last and role.kind in _NAMED and last.kind == role.kind and role.words.first <= last.words.stop:
            span = Words(last.words.first, max(last.words.stop, role.words.stop))
            out[-1] = replace(last, words=span, score=max(last.score, role.score), raw=max(last.raw, role.raw))
        else:
            out.append(role)
    return out


def _one_each(words: Sequence[str], roles: list[FoundRole]) -> list[FoundRole]:
    """The same words play one part only: as actor, caller or target the likelier one stands."""

    def said(role: FoundRole) -> tuple[str, ...]:
        return tuple(words[role.words.first : role.words.stop])

    best: dict[tuple[str, ...], FoundRole] = {}
    for role in roles:
        if role.kind in _PEOPLE and (said(role) not in best or role.score > best[said(role)].score):
            best[said(role)] = role
    return [role for role in roles if role.kind not in _PEOPLE or best[said(role)] is role]
