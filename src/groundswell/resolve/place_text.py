"""What the text around place names says: states after commas, demonyms, the publisher's town."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from groundswell.lexicon import table
from groundswell.resolve.gazetteer import Entry, Gazetteer

_AFTER = re.compile(
    r"^(?:['’]s)?(?:,| in| \() ?(?:the |(?:north|south|east|west)[a-z\-]* |central )*"
    r"((?:[A-Z][\w'’.\-]*)(?: (?:and |of )?[A-Z][\w'’\-]*){0,3})"
)


def containers_after(text: str, end: int) -> list[str]:
    """Names right behind a mention that may hold it: "Beni in eastern DRC", "Paris, Texas", "Homs (Syria)"."""
    match = _AFTER.match(text[end : end + 80])
    if match is None:
        return []
    words = match[1].split(" ")
    return [" ".join(words[:size]).rstrip(",.") for size in range(len(words), 0, -1)]


def unabbreviated(name: str, language: str = "en") -> tuple[str, ...]:
    """"Calif." and "CA" as ("California",), "TN" as two; other names as they are."""
    return _abbreviations(language).get(name.strip().replace(".", ""), (name,))


@lru_cache(maxsize=8)
def _abbreviations(language: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for full, shorts in table(language, "places")["abbreviations"].items():
        for short in shorts:
            found[short] = (*found.get(short, ()), full)
    return found


_CAPITALISED = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?\b|U\.S\.")


def demonym_countries(text: str, gazetteer: Gazetteer, language: str = "en") -> list[int]:
    """Ids of the countries whose demonyms stand in the text."""
    known = demonyms(language)
    words = {word for match in _CAPITALISED.findall(text) for word in (match, *match.split(" "))}
    codes = {known[word] for word in words if word in known}
    return [gazetteer.by_iso3[code] for code in sorted(codes) if code in gazetteer.by_iso3]


@lru_cache(maxsize=8)
def demonyms(language: str = "en") -> dict[str, str]:
    """Alpha-3 code by demonym."""
    return {word: code for code, words in table(language, "places")["demonyms"].items() for word in words}


def source_places(publisher: str | None, named: Callable[[str], list[Entry]]) -> list[list[Entry]]:
    """Candidates for the place in the publisher's name ("Lansing State Journal"): the longest name inside it."""
    words = re.findall(r"[A-Z][\w'’]+", publisher or "")
    for size in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            found = named(" ".join(words[start : start + size]))
            if found and found[0].population >= 5000:
                return [found]
    return []
