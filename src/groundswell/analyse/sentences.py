"""Splits paragraphs into sentences with rules from lexicon/<lang>/sentences.toml. Spans never cross a paragraph break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from groundswell import lexicon
from groundswell.pipeline import stage
from groundswell.records import Document, Finding, Record, Span
from groundswell.values import Sentence

BY = "analyse.sentences/1"

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
# A possible end: terminal marks, closing quotes or brackets, then space and something that can open a sentence.
_END = re.compile(r"[.!?…।。]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[^\W_a-z]|\s*$)|[.!?]+[\"”’»]+(?=\s+[\"“‘«]*[^\W_])")
_WORD_BEFORE = re.compile(r"[\w.\-]+$")
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_NEXT_WORD = re.compile(r"\s+[\"'“‘«(\[]*([^\W_]+)")
_NUMBER_NEXT = re.compile(r"\s+\d")
# A document of one endless line must not make one sentence of a megabyte: the reader would choke on it.
_LONGEST = 1200


class _Words(NamedTuple):
    """The lists of lexicon/<lang>/sentences.toml."""

    titles: frozenset[str]
    endings: frozenset[str]
    starters: frozenset[str]
    numbered: frozenset[str]


@lru_cache(maxsize=8)
def _words(language: str) -> _Words:
    rules = lexicon.table(language, "sentences")
    return _Words(*(frozenset(rules[name]) for name in _Words._fields))


def split(text: str, language: str = "en") -> list[Span]:
    """Sentences of a text, in order; spans hold no outer white space."""
    if language not in lexicon.languages():
        language = "en"
    return [
        span for paragraph in _PARAGRAPH.finditer(text) for span in _split_paragraph(text, *paragraph.span(), language)
    ]


def _split_paragraph(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    at = start
    for match in _END.finditer(text, start, end):
        if _ends(text, match, end, language):
            yield from _trim(text, at, match.end())
            at = match.end()
    yield from _trim(text, at, end)


def _ends(text: str, match: re.Match[str], end: int, language: str) -> bool:
    """Whether this mark really ends a sentence."""
    if match.end() >= end or not match.group().startswith(".") or match.group().startswith(".."):
        return not _speech_goes_on(text, match)
    before = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
    word = before.group() if before else ""
    words = _words(language)
    if word in words.titles or (len(word) == 1 and word.isupper()):
        return False
    if word in words.numbered and _NUMBER_NEXT.match(text, match.end()):
        return False
    if word in words.endings or _INITIALS.fullmatch(word):
        following = _NEXT_WORD.match(text, match.end())
        return bool(following and following.group(1) in words.starters)
    return not _speech_goes_on(text, match)


def _speech_goes_on(text: str, match: re.Match[str]) -> bool:
    """'"Stop!" he shouted': a mark inside closing quotes before a lower-case word does not end the sentence."""
    following = _NEXT_WORD.match(text, match.end())
    return bool(following and following.group(1)[0].islower())


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        cut = text.rfind(" ", start, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield Span(start, cut)
        start = cut + 1 if text[cut].isspace() else cut
    if start < end:
        yield Span(start, end)


def _spans(document: Document) -> list[Span]:
    """Sentences of the title, then of the body: a title without a full stop must not run on into the first sentence."""
    language, start = document.language or "en", document.body_start
    if not start:
        return split(document.text, language)
    body = [Span(s.start + start, s.end + start) for s in split(document.text[start:], language)]
    return split(document.text[:start], language) + body


def _in_title(document: Document, span: Span) -> bool:
    return bool(document.body_start) and span.end <= document.body_start


@stage(gives=[Sentence])
def sentences(record: Record) -> Iterator[Finding[Sentence]]:
    """One finding a sentence, in reading order, with its paragraph's number."""
    document = record.document
    paragraph, last_end = 0, 0
    for index, span in enumerate(_spans(document)):
        between = document.text[last_end : span.start]
        if index and ("\n\n" in between or last_end <= document.body_start <= span.start):
            paragraph += 1
        last_end = span.end
        yield Finding(Sentence(index, paragraph, heading=_in_title(document, span)), (span,), by=BY)
