"""The number grammar of a language, built once from lexicon/<lang>/quantities.toml. No text is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from groundswell import lexicon

Effect: TypeAlias = Literal["low", "high", "best", "nearly", "over"]

BINDING = "codebook-1"

# Digits with any grouping a newspaper uses: 12,000  12.000  12 000  12'000  1,50,000. A plain space groups only in threes.
DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}(?:\.\d{3})+(?![\d.])"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f ’']\d{3})+(?!\d)|\d+(?:\.\d+)?)"
)


@dataclass(frozen=True, slots=True)
class NotACount:
    """What stands before or after a number that counts nothing."""

    id: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    most: int | None
    only: str | None
    exact_only: bool
    both: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything needed to find and read number phrases; patterns are linear in the length of the text."""

    start: re.Pattern[str]
    core: re.Pattern[str]
    before: re.Pattern[str]
    after: tuple[tuple[Effect, re.Pattern[str]], ...]
    effects: dict[str, Effect]
    values: dict[str, int]
    scales: dict[str, int]
    attached: dict[str, int]
    fixed: dict[str, int]
    zero: frozenset[str]
    shares: dict[str, float]
    not_counts: tuple[NotACount, ...]
    mappings: dict[str, dict[str, Any]]


@lru_cache(maxsize=4)
def grammar(language: str = "en") -> Grammar:
    """The compiled grammar.

    Raises:
        LexiconError: the language has no quantities.toml, or it is not valid TOML.
    """
    rules = lexicon.table(language, "quantities")
    effects: dict[str, Effect] = {word: rule["effect"] for rule in rules["modifier"] for word in rule["words"]}
    return Grammar(
        start=_start(rules),
        core=re.compile(_core(rules), re.IGNORECASE),
        before=re.compile(rf"(?<![\w-])(?:{_any(effects)})(?:\s+(?:the\s+)?|(?=\d))$", re.IGNORECASE),
        after=tuple((rule["effect"], re.compile(rule["pattern"], re.IGNORECASE)) for rule in rules["suffix"]),
        effects=effects,
        values={**rules["units"], **rules["tens"]},
        scales=rules["scales"],
        attached=rules["attached_scales"],
        fixed=rules["fixed"],
        zero=frozenset(rules["zero"]["words"]) | {"no"},
        shares=rules["shares"],
        not_counts=tuple(_not_a_count(rule) for rule in rules["not_a_count"]),
        mappings=rules["mapping"],
    )


def _any(words: Any) -> str:
    """Alternation of phrases, longest first, white space free."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


def _start(rules: dict[str, Any]) -> re.Pattern[str]:
    """Where a number phrase can begin, in lower-case text: matching there only is ten times faster than everywhere."""
    phrases = [
        *rules["units"],
        *rules["tens"],
        *rules["scales"],
        *rules["fixed"],
        *rules["zero"]["words"],
        *rules["shares"],
    ]
    phrases += [word for word in rules["mapping"][BINDING] if word != "source"]
    firsts = {re.split(r"[\s-]", phrase)[0] for phrase in phrases} - {"a", "an"}
    after_a = {phrase.split()[1] for phrase in phrases if phrase.startswith("a ")} | set(rules["scales"]) | {"few"}
    words = firsts | {"no", "several", "many", "multiple"}
    return re.compile(rf"\d|\b(?:{_any(words)})\b|\ban?(?=\s+(?:{_any(after_a)}))|\bsome(?=\s+few)")


def _core(rules: dict[str, Any]) -> str:
    """One number phrase without what modifies it."""
    scale = rf"(?:{_any(rules['scales'])})s?"
    small = rf"(?:(?:{_any(rules['tens'])})(?:[\s-]+(?:{_any([w for w, n in rules['units'].items() if n < 10])}))?|{_any(rules['units'])})"
    number = (
        rf"(?:(?:{DIGITS}(?:(?:{_any(rules['attached_scales'])})\b)?|{small}|(?:an?\s+)?(?=(?:{_any(rules['scales'])})\b))"
        rf"(?:[\s-]+and[\s-]+a[\s-]+half)?(?:[\s-]*\b{scale}\b){{1,3}}(?:,?\s+(?:and\s+)?{small}(?:\s+{scale}\b){{0,2}}){{0,5}}"
        rf"|{DIGITS}(?:(?:{_any(rules['attached_scales'])})\b)?|{small}\b)"
    )
    vague = _any([word for word in rules["mapping"][BINDING] if word != "source"])
    unit = rf"(?:{_any(rules['scales'])})"
    several = rf"(?:several|a\s+few|many|some\s+few|multiple)\s+(?:{unit}(?:\s+{unit})?|{vague})"
    vaguer = rf"(?:{vague})(?:,?\s+(?:if\s+not|perhaps|maybe|or(?:\s+even)?|to|and|upon)\s+(?:{vague}))?"
    share = rf"(?:{_any(rules['shares'])})(?:{rules['share_of']['pattern']})"
    zero = rf"(?:{_any(rules['zero']['words'])})(?!-)|no(?=\s+{rules['zero']['after_no']})"
    joined = rf"(?P<low>{number})(?:(?P<join>\s*(?:-|–|—)\s*|\s+(?:to|or|and)\s+)(?P<high>{number}))?"
    return (
        rf"(?<![\w-])(?<![\d][.,/:])(?:(?P<share>{share})|(?P<fixed>{_any(rules['fixed'])})(?!\w)|(?P<several>{several})\b"
        rf"|(?P<vague>{vaguer})\b|(?P<zero>{zero})\b|{joined}(?!\w))"
    )


def _not_a_count(rule: dict[str, Any]) -> NotACount:
    flags = re.NOFLAG if rule.get("case") else re.IGNORECASE
    before, after = rule.get("before"), rule.get("after")
    return NotACount(
        id=rule["id"],
        before=re.compile(before, flags) if before else None,
        after=re.compile(after, flags) if after else None,
        most=rule.get("max"),
        only=rule.get("only"),
        exact_only=bool(rule.get("exact_only")),
        both=bool(rule.get("both")),
    )
