"""The exact words of a place name within what a model marked: cut names made whole, stops of a route told apart, words that
only say what sort of place it is left out. Asks the gazetteer only whether it has a name; resolves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from groundswell.errors import LexiconError
from groundswell.lexicon import table
from groundswell.records import Span
from groundswell.resolve.place_phrase import is_capital
from groundswell.resolve.place_text import demonyms

Knows = Callable[[str], bool]

SURE = 0.75
"""A model's place mention counts from this score on, or where the gazetteer's search knows the words too. Names of places in 546
corpus documents and 1,154 sentences, F1: .872 with all, .876 from .7, .879 from .75, .878 from .85 on."""

_REST = re.compile(r"-(?:[^\W\d_]+-)*[^\W\d_]+")
_ROUTE = re.compile(r"\s+[-–—]\s+")
_NEXT = re.compile(r" (?:[a-z]{2,3} )?[^\Wa-z][\w'’\-]*")
_BEFORE = re.compile(r"[^\Wa-z][\w'’\-]* \Z")


@dataclass(frozen=True, slots=True)
class _Rules:
    before: re.Pattern[str]
    left_out: re.Pattern[str]
    bodies: frozenset[str]
    with_article: frozenset[str]
    demonyms: frozenset[str]
    labels: re.Pattern[str]


@lru_cache(maxsize=4)
def _rules(language: str) -> _Rules:
    """The lists of [span] in lexicon/<lang>/places.toml, proved against their own examples.

    Raises:
        LexiconError: an example is not cut as it says.
    """
    lists = table(language, "places")["span"]
    rules = _Rules(
        before=re.compile(rf"(?:(?:{'|'.join(lists['before'])})[ -]+(?:of )?(?:the )?)+(?=[^\Wa-z])"),
        left_out=re.compile(rf"\s+(?:{'|'.join(lists['left_out'])})\Z"),
        bodies=frozenset(lists["bodies"]),
        with_article=frozenset(lists["with_article"]),
        demonyms=frozenset(demonyms(language)),
        labels=re.compile(rf"(?:{'|'.join(lists['labels'])})\s+[\dIVXLA-Z/]+(?:\([\w]+\))*"),
    )
    known = frozenset(lists["known"])
    for marked, wanted in lists["examples"].items():
        text = marked.replace("[", "").replace("]", "")
        span = Span(marked.index("["), marked.index("]") - 1)
        found = [text[s.start : s.end] for s in _names(text, span, known.__contains__, rules)]
        if found != wanted:
            raise LexiconError(f"lexicon/{language}/places.toml: [span] cuts {marked!r} to {found}, not {wanted}.")
    return rules


def names(text: str, span: Span, knows: Knows, *, language: str = "en") -> list[Span]:
    """The names in a stretch that a model marked as a place, in order: mostly one; none for an adjective of nation or a body."""
    return list(_names(text, span, knows, _rules(language)))


def _names(text: str, span: Span, knows: Knows, rules: _Rules) -> Iterator[Span]:
    start = span.start
    for between in _ROUTE.finditer(text, span.start, span.end):
        if between.start() > start:
            yield from _name(text, Span(start, between.start()), knows, rules)
        start = between.end()
    if start < span.end:
        yield from _name(text, Span(start, span.end), knows, rules)


_SAMPLE = 2000


def unnamed(text: str, span: Span, *, language: str = "en") -> bool:
    """Words that name no place: "the village", "17", "Section 144". A text written without capitals is taken as it is.

    Of 28 happenings' places without a capital in 546 corpus documents one is the coders', 26 stood for towns like Bridge or Gates.
    """
    words = text[span.start : span.end]
    if _rules(language).labels.fullmatch(words):
        return True
    numbered = words[:1].isalpha() and words[-1:].isdigit()  # "junction 22"
    if words != words.lower() or numbered or is_capital(words, language):
        return False
    beginning = text[:_SAMPLE]
    return 100 * sum(map(str.isupper, beginning)) > len(beginning)


def _name(text: str, span: Span, knows: Knows, rules: _Rules) -> Iterator[Span]:
    span = _extended(text, _without_direction(text, _whole(text, span), rules.before), knows)
    words = text[span.start : span.end]
    before, _, last = words.rpartition(" ")
    if words in rules.demonyms or (before and last.casefold() in rules.bodies):
        return
    if words[0].isupper() and (sort := rules.left_out.search(words)) is not None:
        span = Span(span.start, span.start + sort.start())
    article = text[max(0, span.start - 4) : span.start] in ("The ", "THE ") and words.casefold() in rules.with_article
    yield Span(span.start - 4, span.end) if article else span


def _whole(text: str, span: Span) -> Span:
    """A name cut at its hyphen made whole ("Guinea-Bissau", "Graaff-Reinet")."""
    end = span.end - 1 if text[span.end - 1] == "-" and span.end - span.start > 1 else span.end
    rest = _REST.match(text, end)
    return Span(span.start, rest.end()) if rest and text[end + 1].isupper() else Span(span.start, end)


def _without_direction(text: str, span: Span, before: re.Pattern[str]) -> Span:
    """ "eastern Congo", "north of the Congo": the name alone."""
    match = before.match(text, span.start, span.end)
    return Span(match.end(), span.end) if match else span


def _extended(text: str, span: Span, knows: Knows) -> Span:
    """ "Middle" of "Middle East", "Jammu" of "Jammu and Kashmir": a word more where the gazetteer has the whole, not the part."""
    if knows(text[span.start : span.end]):
        return span
    after = _NEXT.match(text, span.end)
    if after and knows(text[span.start : after.end()]):
        return Span(span.start, after.end())
    before = _BEFORE.search(text, max(0, span.start - 25), span.start)
    if before and knows(text[before.start() : span.end]):
        return Span(before.start(), span.end)
    return span
