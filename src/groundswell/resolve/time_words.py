"""Cuts a text into runs of the words of time, each with what it may stand for (symbols of the rules, and a value).

Knows nothing of grammar. Linear: one pass of one regular expression without nested quantifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from groundswell import lexicon

# In this order: ISO dates, numeric dates, clock times, numbers that are no dates, file numbers with a year, day and year ranges, other numbers
# (ordinals, decades), abbreviations with inner points, words, possessives, marks.
_TOKEN = re.compile(
    r"(?P<iso>\d{4}([-/])\d{1,2}\2\d{1,2}(?![\w])|(?:19|20)\d{6}(?!\w))"
    r"|(?P<numeric>\d{1,2}([/.-])\d{1,2}\4\d{4}(?!\w)|\d{1,2}/\d{1,2}/\d\d(?![\w/]))"
    r"|(?P<daymonth>\d{1,2}/\d{1,2}(?![\w/]))"
    r"|(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?|\d{1,2}(?:\.\d\d)?\s?[ap](?:\.m\b\.?|m\b))"
    r"|(?P<big>\d{1,3}(?:,\d{3})+(?![\d])|\d+\.\d+)"
    r"|(?P<reference>(?!(?:1[5-9]|20)\d\d[-–/])\d{3,}[-–/](?:19|20)\d\d(?!\w)|(?:1[3-9]|[2-9]\d)/(?:19|20)\d\d(?!\w))"
    r"|(?P<years>[12]\d{3}[-–~](?:[12]\d{3}|\d\d)(?![\w-]))|(?P<days>\d{1,2}[-–]\d{1,2}(?![\w/-]))"
    r"|(?P<number>(?:['’](?=\d\ds?(?!\w)))?\d+(?:st|nd|rd|th|s)?(?![^\W\d_]))|(?P<other>\d\w+)"
    r"|(?P<word>[qQhH][1-4](?!\w)|[^\W\d_]\.[^\W\d_]\.|[^\W\d_]+\.?)|(?P<mark>['’]s?|[,()/~&–—-])"
)
# Symbols that can be the heart of a time phrase; a run without one is not read.
_CORE = frozenset(
    ("WD", "WS", "M", "MW", "DW", "UNIT", "CU", "YEAR", "YW", "YY", "ISO", "ISOM", "ND", "DM", "DEC", "DECS", "DECW", "SEA", "PART", "Q", "HALF",
     "TENS", "ORDD", "HEART")
)  # fmt: skip
_TABLES = {
    "weekday": "WD", "weekday_short": "WS", "day_word": "DW", "part": "PART", "edge": "EDGE", "edge_noun": "EDGEN",
    "more": "MORE", "unit": "UNIT", "clock_unit": "CU", "season": "SEA", "number": "N", "tens": "TENS",
    "decade_word": "DECW", "ordinal": "ORD",
}  # fmt: skip
_LISTS = {
    "last": "LAST", "next": "NEXT", "this": "THIS", "that": "THAT", "vague": "VAGUE", "approx": "APX", "zone": "TZ",
    "in": "IN", "within": "WITHIN", "to": "TO", "after": "AFTER", "before": "BEFORE", "since": "SINCE", "until": "UNTIL", "heart": "HEART",
}  # fmt: skip
# Characters to each side of a heart that a phrase can reach (14 tokens at most, see time_chart.WIDEST).
_REACH = 90
_DOTTED = frozenset(("st", "jr"))


class Word(NamedTuple):
    """What one token may stand for: rule symbols, their values, whether it can be the heart of a time phrase."""

    symbols: tuple[str, ...]
    values: dict[str, Any]
    core: bool
    ends_run: bool


class Token(NamedTuple):
    """One token of a run and where it stands in the text."""

    word: Word
    start: int
    end: int


class Vocabulary:
    """All words the rules and tables of a language know. ``literals``: words that rules name themselves."""

    def __init__(self, language: str, literals: frozenset[str]) -> None:
        tables = lexicon.table(language, "time")
        self.known: dict[str, Word | None] = {}
        self.cold: set[str] = set()
        self.words: dict[str, dict[str, Any]] = {word: {word: None} for word in literals}
        for name, symbol in _TABLES.items():
            for value, words in tables[name].items():
                for word in words.split():
                    self._add(word, symbol, int(value) if value.lstrip("-").isdigit() else value)
        for name, symbol in _LISTS.items():
            for word in tables[name]["words"].split():
                self._add(word, symbol, word)
        alone = frozenset(tables["month_alone"]["words"].split())
        capital = frozenset(tables["month_capital"]["words"].split())
        self.months = {w: int(n) for n, words in tables["month"].items() for w in words.split()}
        for word, number in self.months.items():
            self._add(word, "MW" if word in capital else "M", number)
            if word in alone:
                self._add(word, "MS", number)
        self.capital = capital
        for number in range(1, 5):
            self._add(f"q{number}", "Q", number)
            self._add(f"h{number}", "HALF", number)
        for word in list(self.words):
            if self.words[word].get("ORD"):
                self._add(word, "D", self.words[word]["ORD"])
        shorts = {word for words in tables["weekday_short"].values() for word in words.split()}
        self.dotted = frozenset(w for w in self.months if len(w) <= 4) | shorts | _DOTTED
        self.month_names = frozenset(words.split()[0] for words in tables["month"].values())

    def _add(self, word: str, symbol: str, value: Any) -> None:
        self.words.setdefault(word, {word: None})[symbol] = value

    def read(self, text: str) -> Word | None:
        """The meanings of a word as written; None for a word that no time phrase holds."""
        lower = text.lower().replace("’", "'")
        ends = False
        if lower[-1] == "." and lower not in self.words:
            lower = lower[:-1]
            ends = lower not in self.dotted
        values = self.words.get(lower)
        if values is None:
            return None
        if lower in self.capital and not text[0].islower():
            values = {**values, "M": self.months[lower]}
        return _word(values, ends)


def _word(values: dict[str, Any], ends: bool = False) -> Word:
    return Word(tuple(values), values, not _CORE.isdisjoint(values), ends)


@lru_cache(maxsize=4096)
def _digits(kind: str, text: str) -> Word | None:
    """The meanings of a token that begins with a digit; None for what is neither a date nor a count."""
    if kind in ("iso", "numeric"):
        whole = len(text) == 8 and text.isdigit()
        parts = tuple(int(p) for p in ((text[:4], text[4:6], text[6:]) if whole else re.split("[-/.]", text)))
        return _word({"ISO" if kind == "iso" else "ND": parts})
    if kind == "daymonth":
        return _word({"DM": tuple(int(p) for p in text.split("/"))})
    if kind == "clock":
        return _word({"CLOCK": text})
    if kind in ("years", "days"):
        first, last = re.split("[-–~]", text)
        if kind == "years" and len(last) == 2 and int(last) <= min(12, int(first[2:])):
            return _word({"ISOM": (int(first), int(last))}) if last != "00" else None
        if kind == "years":
            return _word({"YY": (int(first), int(last) if len(last) == 4 else int(first[:2] + last))})
        days = (int(first), int(last))
        return _word({"DD": days}) if 1 <= days[0] < days[1] <= 31 else None
    return _number(text) if kind == "number" else None


def _number(text: str) -> Word | None:
    bare = text.lstrip("'’")
    digits = bare.rstrip("stndrh")
    number, tail = int(digits[:9]), bare[len(digits) :]
    if tail == "s":
        if number % 10 or not (len(digits) == 4 or (len(digits) == 2 and number)):
            return None
        if len(digits) == 4:
            return _word({"DEC": number})
        # "in his 40s" is an age: without an apostrophe two digits need "the" before them
        return _word({"DECS" if bare == text else "DEC": number + (1900 if number >= 20 else 2000)})
    if bare != text:
        return _word({"YW": number + (1900 if number >= 30 else 2000)}) if len(digits) == 2 and not tail else None
    if tail:
        ordinal: dict[str, Any] = {"ORD": number, "ORDD": number}
        return _word({**ordinal, "D": number} if 1 <= number <= 31 else ordinal)
    values: dict[str, Any] = {"N": number} if len(digits) <= 4 else {}
    if len(digits) <= 2 and 1 <= number <= 31:
        values["D"] = number
    if len(digits) <= 2:
        values["NN"] = number
    if len(digits) == 4 and 1000 <= number <= 2999:
        values["YEAR" if 1900 <= number <= 2059 else "YW"] = number
    return _word(values) if values else None


def regions(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Stretches of the text around words that can be the heart of a time phrase; the rest need not be cut into tokens."""
    cold, at, begin, end = vocabulary.cold, 0, -1, -1
    for chunk in text.split(" "):
        if chunk not in cold:
            if _hot(chunk, vocabulary):
                if begin >= 0 and at - _REACH > end:
                    yield begin, end
                    begin = -1
                if begin < 0:
                    begin = max(end, text.rfind(" ", 0, max(0, at - _REACH)) + 1, 0)
                stop = text.find(" ", at + len(chunk) + _REACH)
                end = stop if stop >= 0 else len(text)
            elif len(cold) < 200_000 and len(chunk) < 40:
                cold.add(chunk)
        at += len(chunk) + 1
    if begin >= 0:
        yield begin, end


def _hot(chunk: str, vocabulary: Vocabulary) -> bool:
    for match in _TOKEN.finditer(chunk):
        word = _read(match, vocabulary)
        if word is not None and word.core:
            return True
    return False


def _read(match: re.Match[str], vocabulary: Vocabulary) -> Word | None:
    raw = match.group()
    known = vocabulary.known
    if raw in known:
        return known[raw]
    kind = match.lastgroup or ""
    word = vocabulary.read(raw) if kind in ("word", "mark") else _digits(kind, raw)
    if len(known) < 50_000:
        known[raw] = word
    return word


def tokens(text: str, vocabulary: Vocabulary) -> Iterator[list[Token]]:
    """Runs of neighbouring tokens that the vocabulary knows and that hold the heart of a time phrase."""
    for begin, stop in regions(text, vocabulary):
        run: list[Token] = []
        core = False
        at = -1
        for match in _TOKEN.finditer(text, begin, stop):
            word = _read(match, vocabulary)
            start = match.start()
            if run and (word is None or (start != at and not _joins(text, at, start))):
                if core:
                    yield run
                run, core = [], False
            if word is None:
                continue
            end = match.end() - (1 if word.ends_run and text[match.end() - 1] == "." else 0)
            run.append(Token(word, start, end))
            core = core or word.core
            at = end
            if word.ends_run:
                if core:
                    yield run
                run, core = [], False
        if core:
            yield run


def _joins(text: str, end: int, start: int) -> bool:
    """Only blanks, and no paragraph break, between two tokens."""
    gap = text[end:start]
    return gap == " " or (gap.isspace() and gap.count("\n") < 2)
