"""Place names in running text by gazetteer and context alone, without a model.

Each capitalised run that the gazetteer knows is weighed by what stands around it. The weights are fitted with those of
place_score.py on the development sets. A demonym, or a name inside an organisation's or a person's, is no place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from groundswell.lexicon import table
from groundswell.records import Span
from groundswell.resolve.gazetteer import Entry
from groundswell.resolve.gazetteer_names import fold
from groundswell.resolve.place_text import containers_after, demonyms, unabbreviated

SPOT_FEATURES = (
    "bias", "in", "to_from", "of", "other_preposition", "after_comma", "starts_sentence", "capital_before", "capital_after",
    "title_before", "sort_after", "holder_after", "possessive", "speech_after", "plain_word_after", "two_words", "three_words",
    "log_population", "is_country", "is_admin1", "is_admin2", "is_area", "alternate", "abbreviation", "upper_case", "person_elsewhere",
    "inside_elsewhere", "in_elsewhere", "plain_elsewhere", "ambiguous_word", "given_name", "the_before", "times", "landmark", "dateline",
)  # fmt: skip
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_POSSESSIVES = ("'", "’")
_STOP = re.compile(r"[.!?:\n\"“”(]")
_JOINED = re.compile(r"^[ \-]$|^\. $")


@dataclass(frozen=True, slots=True)
class _Rules:
    inside: frozenset[str]
    movement: frozenset[str]
    other: frozenset[str]
    titles: frozenset[str]
    speech: frozenset[str]
    sorts: frozenset[str]
    landmarks: frozenset[str]
    ignored: frozenset[str]
    ambiguous: frozenset[str]
    given: frozenset[str]
    demonyms: frozenset[str]
    linking: frozenset[str]
    short: frozenset[str]
    bodies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens first..last (inclusive) of the text that the gazetteer knows by ``name``."""

    first: int
    last: int
    span: Span
    entries: Sequence[Entry]
    landmark: bool = False
    abbreviation: bool = False


class Token(NamedTuple):
    start: int
    end: int
    word: str
    capital: bool
    begins: bool
    glued: bool


_token = tuple.__new__  # a third of the price of Token(...), 500 times an article
Named = Callable[[str], list[Entry]]


@lru_cache(maxsize=8)
def _rules(language: str) -> _Rules:
    rules = table(language, "places")
    find = rules["find"]
    sorts = {word for words in rules["phrase"]["sorts"].values() for word in words}
    lists = {name: frozenset(find[name]) for name in (
        "inside", "movement", "other", "titles", "speech", "landmarks", "ignored", "ambiguous", "given", "linking", "bodies",
    )}  # fmt: skip
    return _Rules(
        **lists,
        sorts=frozenset(sorts | set(find["natural"])),
        demonyms=frozenset(demonyms(language)),
        short=frozenset(short for shorts in rules["abbreviations"].values() for short in shorts),
    )


def spot(text: str, named: Named, weights: Mapping[str, float], *, language: str = "en") -> list[Span]:
    """Spans of place names, in order, not overlapping."""
    vector = [weights[name] for name in SPOT_FEATURES]
    return [
        candidate.span
        for candidate, row in candidates(text, named, language=language)
        if sum(a * b for a, b in zip(vector, row, strict=True)) > 0
    ]


def candidates(text: str, named: Named, *, language: str = "en") -> list[tuple[Candidate, list[float]]]:
    """What may be a place name, with its features."""
    rules = _rules(language)
    tokens = _tokens(text)
    found: list[Candidate] = []
    index = 0
    while index < len(tokens):
        if tokens[index].capital:
            candidate = _longest(text, tokens, index, named, rules, language)
            if candidate is not None:
                found.append(candidate)
                index = candidate.last
        index += 1
    found = [candidate for candidate in found if not _inside_name(tokens, candidate, rules)]
    local = [_features(text, tokens, candidate, rules) for candidate in found]
    return list(zip(found, _together(text, tokens, found, local), strict=True))


def _tokens(text: str) -> list[Token]:
    out: list[Token] = []
    end = -2
    for match in _WORD.finditer(text):
        start, stop = match.span()
        word = text[start:stop]
        if word[-1] in _POSSESSIVES or word[-2:-1] in _POSSESSIVES:
            word = _POSSESSIVE.sub("", word)
        if start - end == 1 and text[end] == " ":  # nine of ten; the patterns below say the same of it
            begins, glued = False, True
        else:
            gap = text[max(end, 0) : start]
            begins = not out or (bool(_STOP.search(gap)) and not (gap == ". " and len(out[-1].word) <= 3))
            glued = bool(_JOINED.match(gap)) and not begins
        out.append(_token(Token, (start, start + len(word), word, word[0].isupper(), begins, glued)))
        end = stop
    return out


def _longest(
    text: str, tokens: Sequence[Token], first: int, named: Named, rules: _Rules, language: str
) -> Candidate | None:
    """The longest known name that starts at a token with a capital."""
    token = tokens[first]
    if token.word.casefold() == "the":
        return None
    if (short := _short(text, tokens, first, rules, named, language)) is not None:
        return short
    last = first
    while last + 1 < len(tokens) and last - first < 5:
        following = tokens[last + 1]
        if not following.glued or not (following.capital or following.word in rules.linking):
            break
        last += 1
    for end in range(last, first - 1, -1):
        if not tokens[end].capital or (
            end == first and (token.word.casefold() in rules.ignored or len(token.word) < 3)
        ):
            continue
        span = Span(token.start, tokens[end].end)
        phrase = text[span.start : span.end]
        if phrase in rules.demonyms:
            return None
        if end > first and tokens[end].word.casefold() in rules.landmarks:
            return Candidate(first, end, span, named(tokens[first].word)[:1], landmark=True)
        if entries := named(phrase):
            return Candidate(first, end, span, entries)
    return None


def _inside_name(tokens: Sequence[Token], candidate: Candidate, rules: _Rules) -> bool:
    """Part of a body's or a person's name: "New York Times", "Bank of America", "Israel Epstein"."""
    if candidate.landmark or candidate.abbreviation:
        return False
    if _speaks(tokens, candidate):
        return True
    if candidate.first == candidate.last and tokens[candidate.first].word.casefold() in rules.bodies:
        return True
    following = tokens[candidate.last + 1] if candidate.last + 1 < len(tokens) else None
    if following is not None and following.glued and following.capital:
        if following.word.casefold() in rules.bodies:
            return True
        single = candidate.first == candidate.last
        if single and tokens[candidate.first].word in rules.given and following.word.casefold() not in rules.sorts:
            return True
    before, earlier = candidate.first - 1, candidate.first - 2
    if earlier < 0 or not tokens[candidate.first].glued or tokens[before].word not in ("of", "de"):
        return False
    return tokens[earlier].capital and tokens[earlier].word.casefold() in rules.bodies


_UTTERED = frozenset(
    ("said", "says", "insisted", "insists", "vowed", "urged", "condemned", "denied", "accused", "warned")
)


def _speaks(tokens: Sequence[Token], candidate: Candidate) -> bool:
    """A government named by its seat: "Moscow said", not behind a preposition ("a man from Moscow said")."""
    if candidate.last + 1 >= len(tokens) or tokens[candidate.last + 1].word not in _UTTERED:
        return False
    return tokens[candidate.first].begins or tokens[candidate.first - 1].word in ("but", "and", "while", "as", "that")


def _short(
    text: str, tokens: Sequence[Token], index: int, rules: _Rules, named: Named, language: str
) -> Candidate | None:
    """ "Calif." or "CA" behind a comma, "U.S." anywhere."""
    token = tokens[index]
    bare = token.word.replace(".", "")
    if bare not in rules.short or text[token.start - 2 : token.start] != ", ":
        return None
    end = token.end + (text[token.end : token.end + 1] == "." and not token.word.isupper())
    return Candidate(index, index, Span(token.start, end), named(unabbreviated(bare, language)[0]), abbreviation=True)


def _features(text: str, tokens: Sequence[Token], candidate: Candidate, rules: _Rules) -> dict[str, float]:
    """What stands around one candidate."""
    first, last = tokens[candidate.first], tokens[candidate.last]
    before = tokens[candidate.first - 1] if candidate.first else None
    after = tokens[candidate.last + 1] if candidate.last + 1 < len(tokens) else None
    word = before.word.casefold() if before and not first.begins else ""
    gap = text[before.end : first.start] if before else ""
    near = bool(before) and first.glued
    joined = after is not None and after.glued and text[last.end : last.end + 1] == " "
    next_word = after.word if after and joined else ""
    top = candidate.entries[0] if candidate.entries else None
    size = candidate.last - candidate.first + 1
    name = text[first.start : last.end]
    return {
        "bias": 1.0,
        "in": float(word in rules.inside and gap == " "),
        "to_from": float(word in rules.movement and gap == " "),
        "of": float(word == "of" and gap == " "),
        "other_preposition": float(word in rules.other and gap == " "),
        "after_comma": float(gap.startswith(",")),
        "starts_sentence": float(first.begins),
        "capital_before": float(near and before is not None and before.capital and word not in rules.ignored and word not in rules.sorts and before.word not in rules.demonyms),
        "capital_after": float(bool(next_word) and next_word[0].isupper() and next_word.casefold() not in rules.sorts),
        "title_before": float(word in rules.titles),
        "sort_after": float(next_word.casefold() in rules.sorts),
        "holder_after": float(text[last.end : last.end + 2] == ", " and bool(containers_after(text, last.end))),
        "possessive": float(text[last.end : last.end + 2] in ("'s", "’s")),
        "speech_after": float(next_word in rules.speech),
        "plain_word_after": float(bool(next_word) and next_word.islower() and next_word not in rules.speech),
        "two_words": float(size == 2),
        "three_words": float(size > 2),
        "log_population": math.log10(top.population + 1) / 3 if top else 0.0,
        "is_country": float(top is not None and top.kind == "country"),
        "is_admin1": float(top is not None and top.kind == "admin1"),
        "is_admin2": float(top is not None and top.kind == "admin2"),
        "is_area": float(any(entry.kind == "area" for entry in candidate.entries)),
        "alternate": float(bool(candidate.entries) and min(entry.quality for entry in candidate.entries) > 1),
        "abbreviation": float(candidate.abbreviation),
        "upper_case": float(name.isupper() and len(name) > 3),
        "ambiguous_word": float(name.casefold() in rules.ambiguous),
        "given_name": float(size == 1 and name in rules.given),
        "the_before": float(word == "the"),
        "landmark": float(candidate.landmark),
        "dateline": float(first.begins and bool(re.match(r"(?:, [^.\n]{2,30})?(?: \([A-Z]\w+\))? ?[—–-]+ ", text[last.end : last.end + 50]))),
    }  # fmt: skip


def _together(
    text: str, tokens: Sequence[Token], found: Sequence[Candidate], local: list[dict[str, float]]
) -> list[list[float]]:
    """Adds what the document's other uses of the same words say."""
    plain = {token.word for token in tokens if token.word.islower()}
    wider, inside = set(), set()
    times: dict[str, int] = {}
    keys = [fold(text[c.span.start : c.span.end]) for c in found]
    for key, row in zip(keys, local, strict=True):
        times[key] = times.get(key, 0) + 1
        if row["in"] or row["holder_after"] or row["dateline"]:
            inside.add(key)
        if row["capital_after"]:
            wider.add(key)
    persons = {fold(b.word) for a, b in pairwise(tokens) if a.capital and b.capital and b.glued}
    out = []
    for key, candidate, row in zip(keys, found, local, strict=True):
        single = candidate.first == candidate.last
        row["person_elsewhere"] = float(single and key in persons and not row["capital_before"])
        row["inside_elsewhere"] = float(key in wider and not row["capital_after"])
        row["in_elsewhere"] = float(key in inside and not row["in"])
        row["plain_elsewhere"] = float(single and tokens[candidate.first].word.casefold() in plain)
        row["times"] = math.log(times[key])
        out.append([row[name] for name in SPOT_FEATURES])
    return out
