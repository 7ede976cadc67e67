"""Who else a document names: the names that short forms, surnames, generic nouns and pronouns can stand for.

Knows positions and phrases only; kinds, sectors and countries are ``actor``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from groundswell.resolve.actor_tables import country_words, words

_SKIPPED_IN_INITIALS = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "in",
        "on",
        "to",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "del",
        "y",
        "da",
        "do",
        "dos",
        "al",
        "el",
        "a",
        "an",
        "at",
        "&",
    ]
)
_BRACKETED = re.compile(r"^(?P<name>.+?)\s*\(\s*(?P<short>[A-Z][\w.&/() -]{0,14}?)\s*\)$")
_DEFINED = re.compile(
    r"(?P<name>(?:[A-Z][\w’'&-]*\s+(?:(?:of|for|the|and|in|on|de|du|des|la|del|al)\s+){0,2}){1,9})\(\s*[\"“]?(?P<short>[A-Z][A-Za-z&.-]{1,9})[\"”]?\s*\)"
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z&.]*[A-Z][A-Za-z&.]*|[A-Z]{2,}")
_NAME_TOKEN = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w’'.-]*")
_SPACE = re.compile(r"\s")
_ARTICLE = re.compile(r"^(?:the|a|an|The|A|An)\s+")


@dataclass
class Cast:
    """Phrases with the offset where each stands, in reading order."""

    phrases: list[tuple[int, str]] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    _countries: set[str] | None = None
    _bare: list[tuple[int, str]] = field(default_factory=list)
    _low: list[str] = field(default_factory=list)
    _all_low: str = ""
    _fitting: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _by_last: dict[str, list[tuple[int, str, list[str]]]] = field(default_factory=dict)
    _spelled: dict[str, str | None] = field(default_factory=dict)
    _titled: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @staticmethod
    def of(phrases: Iterable[tuple[int, str]], text: str = "") -> Cast:
        """The cast of a document: phrases read as actors, people, organisations, and the short forms its text defines."""
        cast = Cast(sorted(phrases))
        for match in _DEFINED.finditer(text):
            cast._define(match.group("name"), match.group("short"))
        for _, phrase in cast.phrases:
            if bracketed := _BRACKETED.match(phrase):
                cast.definitions.setdefault(bracketed.group("short"), without_article(bracketed.group("name")))
        return cast

    def _define(self, name: str, short: str) -> None:
        """The shortest tail of the words before a bracket whose initials spell what stands in it."""
        tokens = name.split()
        for start in range(len(tokens) - 1, -1, -1):
            tail = " ".join(tokens[start:])
            if tokens[start].lower() not in _SKIPPED_IN_INITIALS and spells(tail, short):
                self.definitions.setdefault(short, tail)
                return

    def expansion(self, short: str) -> str | None:
        """The long form of an acronym: stated in brackets, or a name with these initials."""
        if short in self.definitions:
            return self.definitions[short]
        if not _ACRONYM.fullmatch(short):
            return None
        if short not in self._spelled:
            self._spelled[short] = next((bare for _, bare in self.bare if spells(bare, short)), None)
        return self._spelled[short]

    @property
    def bare(self) -> list[tuple[int, str]]:
        """The phrases without articles; made once, or long documents would take the square of their length."""
        if len(self._bare) != len(self.phrases):
            self._bare = [(start, without_article(phrase)) for start, phrase in self.phrases]
        return self._bare

    def full_name(self, name: str, at: int) -> str | None:
        """The fuller phrase that ends in this surname (or begins with this first name), the one before ``at`` first."""
        tokens = name.split()
        if not self._by_last:
            for (start, phrase), (_, bare) in zip(self.phrases, self.bare, strict=True):
                other = bare.split()
                if other:
                    self._by_last.setdefault(other[-1], []).append((start, phrase, other))
        best: tuple[bool, int, str] | None = None
        for start, phrase, other in self._by_last.get(tokens[-1], ()):
            if len(other) <= len(tokens) or not _is_name(other, tokens):
                continue
            key = (start < at, len(other), phrase)
            if best is None or key[:2] > best[:2]:
                best = key
        return best[2] if best else None

    def named(self, noun: str, at: int) -> str | None:
        """The name that a generic noun takes up ("the union"): the last one before ``at`` whose words fit it."""
        pattern = words().generic.get(noun)
        if pattern is None:
            return None
        if noun not in self._fitting:
            self._fitting[noun] = [
                (start, bare)
                for (start, phrase), (_, bare) in zip(self.phrases, self.bare, strict=True)
                if pattern.search(phrase)
                and _capitals(phrase) >= 2
                and not phrase.lower().endswith((" workers", " leaders", " members"))
            ]
        return next((bare for start, bare in reversed(self._fitting[noun]) if start < at), None)

    def titled(self, title: str, at: int) -> str | None:
        """The person named before with this title ("the minister"), where only one is."""
        if title not in self._titled:
            self._titled[title] = list(self._named_with(title))
        found = {bare for start, bare in self._titled[title] if start < at}
        return found.pop() if len(found) == 1 else None

    def _named_with(self, title: str) -> Iterator[tuple[int, str]]:
        # Nearly every title is followed by no name anywhere: one search of all phrases says so, in place of one of each.
        low = _SPACE.sub(" ", title.lower()) + " "
        if not self._low:
            self._low = [_SPACE.sub(" ", phrase.lower()) for _, phrase in self.phrases]
            self._all_low = "\n".join(self._low)
        if low not in self._all_low:
            return
        holding = [pair for pair, phrase in zip(self.phrases, self._low, strict=True) if low in phrase]
        # One separator between any two words: with an optional one a long phrase took minutes (nested repetition).
        pattern = _name_with(title)
        for start, phrase in holding:
            if pattern.search(phrase) and _NAME_TOKEN.fullmatch(phrase.split()[-1]):
                yield start, without_article(phrase)

    def countries(self) -> set[str]:
        """Alpha-3 codes of the states the phrases name or tell by an adjective."""
        if self._countries is None:
            self._countries = {told.code for _, phrase in self.phrases for told in country_words(phrase)}
        return self._countries


@lru_cache(maxsize=512)
def _name_with(title: str) -> re.Pattern[str]:
    """A title and the name behind it; compiling costs .3 ms, and the same titles come again."""
    name = r"[A-ZÀ-Þ][\w’'.-]*"
    return re.compile(rf"(?<![\w-])(?i:{re.escape(title)})\s+{name}(?:\s+{name})*\s*$")


_PARTS = re.compile(r"[\s-]+")


def without_article(phrase: str) -> str:
    """ "the union" -> "union"."""
    return _ARTICLE.sub("", phrase)


def spells(phrase: str, short: str) -> bool:
    """Whether the initials of a name spell an acronym: Israel Defense Forces, IDF."""
    tokens = [token for token in _PARTS.split(without_article(phrase)) if token]
    if len(tokens) < 2:
        return False
    letters = short.replace(".", "").replace("&", "").upper()
    capitals = "".join(token[0] for token in tokens if token[0].isupper())
    every = "".join(token[0] for token in tokens if token.lower() not in _SKIPPED_IN_INITIALS).upper()
    return len(letters) >= 2 and letters in (capitals.upper(), every, "".join(token[0] for token in tokens).upper())


def _is_name(longer: Sequence[str], tokens: Sequence[str]) -> bool:
    """Whether the tokens end the longer phrase as a name, and what stands before can be a first name or title."""
    return list(longer[-len(tokens) :]) == list(tokens) and bool(_NAME_TOKEN.fullmatch(longer[-len(tokens) - 1]))


def _capitals(phrase: str) -> int:
    return sum(1 for token in phrase.split() if token[:1].isupper())
