"""What the text around place names says (states after commas, demonyms, the publisher's town), and sites known by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from groundswell.lexicon import table
from groundswell.resolve.gazetteer import Entry, Gazetteer
from groundswell.resolve.gazetteer_names import fold

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
    """ "Calif." and "CA" as ("California",), "TN" as two; other names as they are."""
    return _abbreviations(language).get(_POINTS.sub("", name), (name,))


@lru_cache(maxsize=8)
def _abbreviations(language: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for full, shorts in table(language, "places")["abbreviations"].items():
        for short in shorts:
            found[short] = (*found.get(short, ()), full)
    return found


def spelled_out(phrase: str, knows: Callable[[str], bool], language: str = "en") -> str:
    """A place phrase that is a short form as the name it stands for: "W.Va.", "Calif.".

    Short forms without points must be no names themselves ("UK", "LA").
    """
    bare = phrase.strip(" \t\n,;:\"”’'")
    full = _abbreviations(language).get(_POINTS.sub("", bare))
    if full and (bool(_POINTED.search(bare)) or not knows(bare)):
        return full[0]
    return phrase


_POINTED = re.compile(r"[a-z]\.$")
_POINTS = re.compile(r"[.\s]")
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


@lru_cache(maxsize=4)
def sites(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Folded names of sites and mountains known all over the world, with what they lie in: town and country, or country."""
    rules = table(language, "places_sites")
    found: dict[str, tuple[str, ...]]
    found = {fold(name): (country,) for country, names in rules["country"].items() for name in names}
    for country, towns in rules["town"].items():
        found.update({fold(name): (town, country) for town, names in towns.items() for name in names})
    return found


_DOMAIN = re.compile(r"^(?:https?://)?(?:www\d?\.)?([\w.\-]+\.[a-z]{2,})(?:/|$)")


def source_places(publisher: str | None, gazetteer: Gazetteer, language: str = "en") -> list[list[Entry]]:
    """Candidates for the places in the publisher's name or domain ("Lansing State Journal", "springfieldnewssun.com",
    "messenger.com.ge"): the town in its name, the country of its domain."""
    if not publisher:
        return []
    if domain := _DOMAIN.match(publisher):
        *labels, top = domain[1].split(".")
        found = [gazetteer.named_town(name) for name in _towns(labels, gazetteer, language)[:1]]
        if (country := gazetteer.by_iso2.get({"uk": "GB"}.get(top, top.upper()))) and top not in (
            "tv",
            "me",
            "co",
            "io",
        ):
            found.append([gazetteer.entry(country)])
        return found
    words = re.findall(r"[^\W\d_][\w'’.]*", publisher)
    for size in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            if (
                words[start][0].isupper()
                and fold(name) not in _newspaper(language)
                and (towns := gazetteer.named_town(name))
            ):
                return [towns]
    return []


def _towns(labels: list[str], gazetteer: Gazetteer, language: str) -> list[str]:
    """Beginnings of a domain's labels that are towns and are followed by a newspaper's word or nothing."""
    found = []
    for label in labels:
        for size in range(len(label), 3, -1):
            rest = label[size:].lstrip("-")
            if (not rest or any(rest.startswith(word) for word in _newspaper(language))) and gazetteer.named_town(
                label[:size]
            ):
                found.append(label[:size])
    return found


@lru_cache(maxsize=8)
def _newspaper(language: str) -> frozenset[str]:
    return frozenset(table(language, "places")["publisher"]["words"])
