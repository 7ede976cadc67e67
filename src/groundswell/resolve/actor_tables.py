"""The actor table and the words that tell kind, sector and country, loaded once. No text is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from groundswell import lexicon
from groundswell.values import ActorKind

_TOKEN = re.compile(r"U\.S\.A?\.?|U\.K\.|[^\W_]+(?:['’](?!s\b)[^\W_]+)*(?:-[^\W_]+)*")
TABLES = ("international", "forces", "armed_groups", "parties", "movements")


@dataclass(frozen=True, slots=True)
class Entry:
    """One known actor. ``source`` says where the name is published."""

    name: str
    kind: ActorKind
    sector: str | None
    country: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns of one language."""

    heads: tuple[tuple[ActorKind, re.Pattern[str]], ...]
    sectors: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]
    titles: re.Pattern[str]
    pronouns: dict[str, ActorKind]
    generic: dict[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def known() -> dict[str, Entry]:
    """Every name and alias of the actor table, exactly as written; names win over aliases, earlier tables over later."""
    found: dict[str, Entry] = {}
    aliases: list[tuple[str, Entry]] = []
    for code, state in lexicon.table("actors", "states")["states"].items():
        entry = Entry(state["name"], "government", "GOV", code, "GeoNames")
        found[state["name"]] = entry
        aliases += [(name, entry) for name in (*state["also"], *state["capital"], *state.get("shared", ()))]
    for topic in TABLES:
        table = lexicon.table("actors", topic)
        for name, row in table["entries"].items():
            kind = cast(ActorKind, row.get("kind", table["kind"]))
            entry = Entry(name, kind, row.get("sector", table["sector"]), row.get("country"), row["source"])
            found.setdefault(name, entry)
            aliases += [(alias, entry) for alias in row.get("also", [])]
    for alias, entry in aliases:
        found.setdefault(alias, entry)
    return found


@lru_cache(maxsize=1)
def shared_names() -> frozenset[str]:
    """Names of one state's government that elsewhere name a body of any sort: "the Centre" of a human-rights bulletin."""
    states = lexicon.table("actors", "states")["states"].values()
    return frozenset(name for state in states for name in state.get("shared", ()))


@dataclass(frozen=True, slots=True)
class CountryWord:
    """A word of a phrase that tells a country: its place in the phrase, alpha-3 code, and whether it is an adjective."""

    start: int
    end: int
    code: str
    adjective: bool


@lru_cache(maxsize=1)
def _country_table() -> dict[str, tuple[str, bool]]:
    """Names, capitals and adjectives (with their plurals); the first state in the table wins ("Congolese": COD)."""
    table: dict[str, tuple[str, bool]] = {}
    for code, state in lexicon.table("actors", "states")["states"].items():
        for word in state["adjectives"]:
            table.setdefault(word, (code, True))
            if not word.endswith(("s", "h")) and not word.endswith("ese"):
                table.setdefault(f"{word}s", (code, True))
        for word in (state["name"], *state["also"], *state["capital"]):
            table.setdefault(word, (code, False))
    return table


def country_words(phrase: str) -> list[CountryWord]:
    """Every word or name in a phrase that tells a country, longest first at each place; looked up, never searched for."""
    table, found, skip = _country_table(), [], 0
    tokens = list(_TOKEN.finditer(phrase))
    for at, token in enumerate(tokens):
        if at < skip or not (token.group()[0].isupper() or token.group() == "the"):
            continue
        for size in range(min(5, len(tokens) - at), 0, -1):
            end = tokens[at + size - 1].end()
            told = table.get(phrase[token.start() : end])
            if told is not None:
                found.append(CountryWord(token.start(), end, *told))
                skip = at + size
                break
    return found


@lru_cache(maxsize=4)
def words(language: str = "en") -> Words:
    """The compiled patterns of a language; LexiconError where there are none."""
    table = lexicon.table(language, "actors")
    pronouns: dict[str, ActorKind] = {}
    for group, kind in (("person", "person"), ("group", "group"), ("thing", "organisation")):
        pronouns.update(dict.fromkeys(table["pronouns"][group], cast(ActorKind, kind)))
    titles = sorted(table["titles"]["words"], key=len, reverse=True)
    return Words(
        heads=tuple((rule["kind"], _whole(rule["nouns"])) for rule in table["head"]),
        sectors=tuple(_sector(rule) for rule in table["sector"]),
        titles=re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(title) for title in titles)})(?![\w-])"),
        pronouns=pronouns,
        generic={noun: _whole(pattern) for noun, pattern in table["generic"].items()},
    )


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


def _sector(rule: dict[str, Any]) -> tuple[str, re.Pattern[str], re.Pattern[str] | None]:
    return rule["code"], _whole(rule["words"]), _whole(rule["not"]) if "not" in rule else None
