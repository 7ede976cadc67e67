"""Take a place phrase apart: the name to look up, what it lies in, what sort of place it is, how loosely it is meant.

Pure text work; asks the gazetteer only whether it knows a name. Never raises on any phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from groundswell.lexicon import table
from groundswell.resolve.gazetteer_names import fold


@dataclass(frozen=True, slots=True)
class Query:
    """What to look up for one phrase.

    Attributes:
        name: the words looked up, as written.
        within: names of places that hold it, as the phrase says ("Paris, Texas": ("Texas",)).
        sort: city | admin1 | admin2 | country where the phrase says so ("Anbar province"), else None.
        part: only a part of the named area is meant ("northern Nigeria").
        near: beside the named place, not in it ("south of Hebron").
        landmark: a site whose own position no gazetteer gives; ``name`` is then the whole site name.
    """

    name: str
    within: tuple[str, ...] = ()
    sort: str | None = None
    part: bool = False
    near: bool = False
    landmark: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    directions: re.Pattern[str]
    near: re.Pattern[str]
    sorts: dict[str, str]
    seat: re.Pattern[str]
    seats: frozenset[str]
    capital: re.Pattern[str]
    heads: frozenset[str]
    plain: frozenset[str]


_EDGE = " \t\r\n,;:.!?\"“”()[]{}«»'’‘"
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s|(?<=s)['’])$")
_ARTICLE = re.compile(r"^(?:the|a|an) +(?=\S)", re.IGNORECASE)
_INNER = re.compile(
    r"(?:the +)?(?:downtown|central|inner|outer|greater|metropolitan|suburban|mainland|occupied|besieged)\b", re.I
)
_INSIDE = re.compile(r"^(.{2,}?) +(?:in|of|inside|within|at) +(?:the +)?(.{2,})$", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=8)
def _words(language: str) -> _Words:
    rules = table(language, "places")
    phrase = rules["phrase"]
    return _Words(
        directions=_prefix(phrase["directions"]),
        near=_prefix(phrase["near"]),
        sorts={word: kind for kind, words in phrase["sorts"].items() for word in words},
        seat=_prefix(phrase["seat"]),
        seats=frozenset(fold(word) for word in phrase["seat"]),
        capital=_capital(phrase["seat"]),
        heads=frozenset(rules["landmark"]["heads"]),
        plain=frozenset([*rules["find"]["ignored"], *rules["landmark"]["words"]]),
    )


def _prefix(words: list[str]) -> re.Pattern[str]:
    forms = sorted((re.escape(word).replace(r"\ ", r"[ \-]+") for word in words), key=len, reverse=True)
    return re.compile(rf"^(?:the +)?(?:{'|'.join(forms)})[ \-]+(?:the +)?(?=\S)", re.IGNORECASE)


def parse(phrase: str, knows: Callable[[str], bool], *, language: str = "en") -> Query:
    """The query for a phrase. ``knows`` says whether the gazetteer has a name."""
    words = _words(language)
    text = _clean(phrase)
    if not text:
        return Query(phrase.strip() or phrase)
    head, *containers = [part for part in (_clean(piece) for piece in text.split(",")) if part]
    query = _parse_head(head, words, knows)
    return replace(query, within=query.within + tuple(containers))


@dataclass(frozen=True, slots=True)
class Capital:
    """Whose capital a phrase tells of ("the Kenyan capital": Kenyan), and the town it names ("the capital, Nairobi")."""

    owner: str | None
    town: str | None


def capital_in(phrase: str, knows: Callable[[str], bool], *, language: str = "en") -> Capital | None:
    """None where a phrase means no seat of government: "the commercial capital of Nigeria", "Australian Capital Territory"."""
    text = " ".join(phrase.split()).strip(_EDGE)
    match = _words(language).capital.fullmatch(_POSSESSIVE.sub("", text))
    if match is None or (match["before"] and match["after"]) or knows(text):
        return None
    owner, town = match["before"] or match["after"], match["town"]
    return Capital(owner, town) if (town is None and owner) or (town and knows(town)) else None


def is_capital(name: str, language: str = "en") -> bool:
    """Is this but the word ("the capital", "the capital region")? Whose is not said, and the gazetteer knows divisions of that name."""
    words = _words(language)
    head, _, sort = fold(name).partition(" ")
    return fold(name) in words.seats or (head in words.seats and sort in words.sorts and name.islower())


def _capital(words: list[str]) -> re.Pattern[str]:
    """ "(the) OWNER('s) capital (TOWN)", "(the) capital of OWNER (, TOWN)"; marks only before the town."""
    forms = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    owned, of = r"(?:(?P<before>[^,\s][^,]*?)(?:['’]s?)? )?", r"(?: of (?:the )?(?P<after>[^,]+))?"
    return re.compile(rf"(?:the )?{owned}(?:{forms}){of}(?:,? (?P<town>(?-i:[^\W\d_a-z])[^,]*))?", re.IGNORECASE)


def _clean(text: str) -> str:
    text = " ".join(text.split()).lstrip(_EDGE)
    stripped = text.rstrip(_EDGE)
    if text[len(stripped) :].startswith(".") and re.search(r"\b[A-Z]$", stripped):
        stripped += "."
    return _POSSESSIVE.sub("", stripped)


def _parse_head(text: str, words: _Words, knows: Callable[[str], bool]) -> Query:
    if knows(text):
        return Query(text)
    bare = _ARTICLE.sub("", text)
    if bare != text and bare:
        return _parse_head(bare, words, knows)
    if match := words.near.match(text):
        inner = _parse_head(text[match.end() :], words, knows)
        return replace(inner, near=True)
    if match := words.directions.match(text):
        rest = text[match.end() :]
        if fold(rest) in words.heads:
            return Query(text, landmark=True)  # "Central Station" is no part of a town called Station
        inner = _parse_head(rest, words, knows)
        return replace(inner, part=inner.part or not _INNER.match(text))
    if (match := words.seat.match(text)) and knows(text[match.end() :]):
        return Query(text[match.end() :], sort="city")
    return (
        _by_sort(text, words, knows)
        or _by_landmark(text, words, knows)
        or _by_container(text, words, knows)
        or Query(text)
    )


def _by_sort(text: str, words: _Words, knows: Callable[[str], bool]) -> Query | None:
    """ "the city of Homs", "Anbar province", "state Illinois" """
    if (match := _INSIDE.match(text)) and (sort := words.sorts.get(fold(match[1]))):
        return replace(_parse_head(match[2], words, knows), sort=sort)
    pieces = text.split(" ")
    if len(pieces) > 1:
        if (sort := words.sorts.get(fold(pieces[-1]))) and knows(" ".join(pieces[:-1])):
            return Query(" ".join(pieces[:-1]), sort=sort)
        # "City Hall" is no city called Hall.
        site = len(pieces) == 2 and fold(pieces[1]) in words.heads
        if not site and (sort := words.sorts.get(fold(pieces[0]))) and knows(" ".join(pieces[1:])):
            return Query(" ".join(pieces[1:]), sort=sort)
    return None


def _by_landmark(text: str, words: _Words, knows: Callable[[str], bool]) -> Query | None:
    """ "Tahrir Square in Cairo", "University of Nairobi", "Donetsk airport": the town named inside, where there is one."""
    match = _INSIDE.match(text)
    site, holder = (match[1], match[2]) if match else (text, "")
    pieces = site.split(" ")
    if fold(pieces[-1]) not in words.heads and fold(pieces[0]) not in words.heads:
        return None
    if holder:
        inner = _parse_head(holder, words, knows)
        return Query(text, within=(inner.name, *inner.within), landmark=True)
    for size in range(len(pieces) - 1, 0, -1):
        name = " ".join(pieces[:size])
        if fold(name) not in words.plain and knows(name):
            return Query(text, within=(name,), landmark=True)
    return Query(text, landmark=True)


def _by_container(text: str, words: _Words, knows: Callable[[str], bool]) -> Query | None:
    """ "Beni in eastern DRC" """
    match = _INSIDE.match(text)
    if match is None or not knows(match[1]):
        return None
    inner = _parse_head(match[2], words, knows)
    return Query(match[1], within=(inner.name, *inner.within))
