"""What a number counts, read from the nouns and verbs around it with lexicon/<lang>/figure_kinds.toml.

Looks at one clause only; which happening the number belongs to is decided in ``figure``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from groundswell import lexicon
from groundswell.records import Span
from groundswell.values import FigureKind

Head = Literal["people", "things", "groups", "weapons", "none", "unknown"]

_CLAUSE = re.compile(
    r"[;:](?=\s)|\s[–—-]\s(?!\s*(?:strong|odd|plus)\b)|—|,?\s+(?:but|while|whereas|although|though)\s|[.!?][\"”’]?\s+(?=[A-Z\"“‘])|\n"
    r"|\d\s?(?:AM|PM|am|pm|IST|hrs|GMT)\b[:,]?\s+(?=[A-Z\d])"
)
_STOP = re.compile(
    r"[,.;:()\[\]\"“”?!–—]|\s-\s|\b(?:was|were|is|are|be|been|being|has|have|had|who|whom|which|that|in|on|at|by|from|to|for|with|after|when|while|as|"
    r"during|near|outside|inside|and|or|but|against|over|under|including|into|across|around|will|would|could|may|might|did|do|took|also|allegedly|"
    r"dead|hurt|held|fled|sat|went|came|set|shot|threw|broke|began|blew|stood|lost|fell|gave|made|met|won|beat|fought|"
    r"storm|stage|block|march|strike|walk|go|take|hold|protest|since|than|missing|not|off|out)\b"
    r"|\b(?!(?:armed|masked|alleged|suspected|retired|hundred|red|unidentified|uniformed|hooded|elected|unarmed|unemployed|naked|wounded|injured|"
    r"displaced|abducted|jailed|captured|dismissed|sacked|detained|arrested|organi[sz]ed|nationali[sz]ed)\b)[a-z]+ed\b(?!\s+[a-z]+s\b)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:\s+(?:more|others?))?\s+of\s+(?:the\s+|his\s+|her\s+|their\s+|its\s+|our\s+|them\b|whom\b|those\b|these\s+)?",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\s-]*(?:[A-Z][\w’'-]*\s+){0,2}")
_WORD = re.compile(r"[\w’'-]+")
_IS_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|be|been|being|get|gets|got|getting|lay|left|found|lies|reported|feared)\s+(?:[a-z]+ly\s+|also\s+|later\s+|then\s+)*$",
    re.I,
)
# What may follow a participle said of the number itself; anything else is an object and the verb is active: "gunmen killed three".
_NO_OBJECT = re.compile(
    r"\s*(?:$|[.,;:)!?\"”’—–|-])|\s+(?:in|on|at|by|from|to|for|with|after|when|while|as|during|near|outside|inside|and|or|but|against|over|under|"
    r"including|into|across|around|since|so|this|last|late|early|earlier|yesterday|today|overnight|here|there|following|amid|before|between|"
    r"because|if|who|which|that|along|without|under|through|via|per|each|again|too|within|until|is|are|was|were|have|has|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"\d{1,2}(?:st|nd|rd|th)|[a-z]+ly)\b"
)
_ADJECTIVE = re.compile(r"dead|hurt|missing|homeless|strong|in\s.*|under\s.*", re.IGNORECASE)
_CUTS_OBJECT = re.compile(r"\bby\s*$|\b(?:who|which|that|when|as|after|where|because|so|said|says|told)\b|[()]")
_ALONG = re.compile(r"^\s*,?\s*(?:along|together)\s+with\b")
_NOUNS_END = re.compile(r"[,.;:()]|\b(?:was|were|in|on|at|by|and|who|after|as|when|from|for|to|with|have|had|has)\b")
_FARTHEST_BEFORE = 9.0
_AFTER_REACH = 150
_BEFORE_REACH = 110
_NOUN_REACH = 60


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that says what a number counts. ``cost`` grows with its distance from the number."""

    of: FigureKind
    span: Span
    cost: float
    rule: str


@dataclass(frozen=True, slots=True)
class _Kind:
    of: FigureKind
    noun: re.Pattern[str] | None
    after: re.Pattern[str] | None
    before: re.Pattern[str] | None
    then: re.Pattern[str] | None
    things: bool
    strict_before: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled table."""

    kinds: tuple[_Kind, ...]
    heads: re.Pattern[str]
    toll: re.Pattern[str]
    fits: dict[str, dict[str, float]]


@lru_cache(maxsize=4)
def rules(language: str = "en") -> Rules:
    """The compiled figure kinds of a language; LexiconError where there are none."""
    table = lexicon.table(language, "figure_kinds")
    weapons = next(kind["noun"] for kind in table["kind"] if kind["of"] == "weapons")
    heads = "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in (
            ("people", table["people"]["pattern"]),
            ("weapons", weapons),
            ("things", table["buildings"]["pattern"]),
            ("groups", table["groups"]["pattern"]),
        )
    )
    return Rules(
        kinds=tuple(_kind(entry) for entry in table["kind"]),
        heads=re.compile(rf"(?<![\w-])(?:{heads})(?![\w-])", re.IGNORECASE),
        toll=re.compile(table["toll"]["pattern"], re.IGNORECASE),
        fits=table["fits"],
    )


def _kind(entry: dict[str, Any]) -> _Kind:
    def compiled(name: str) -> re.Pattern[str] | None:
        return re.compile(rf"(?<![\w-])(?:{entry[name]})(?![\w-])", re.IGNORECASE) if name in entry else None

    return _Kind(
        entry["of"],
        compiled("noun"),
        compiled("after"),
        compiled("before"),
        re.compile(entry["then"], re.IGNORECASE) if "then" in entry else None,
        bool(entry.get("things")),
        bool(entry.get("strict_before")),
    )


def clause(text: str, within: Span, at: Span) -> Span:
    """The clause of a sentence that holds ``at``."""
    start, end = within.start, within.end
    for mark in _CLAUSE.finditer(text, within.start, within.end):
        if mark.end() <= at.start:
            start = mark.end()
        # A dash behind the number opens an aside; the verb may stand behind its end.
        elif mark.start() >= at.end and mark.group().strip() not in ("-", "–", "—"):
            end = mark.start()
            break
    return Span(start, end)


def head(text: str, number: Span, end: int) -> Head:
    """What sort of thing the noun behind a number is: the first known noun and what is joined to it ("bank employees")."""
    start = number.end
    lead = _LEAD.match(text, start, end)
    begin = lead.end() if lead else start
    stop = _STOP.search(text, begin, min(end, begin + 90))
    limit = stop.start() if stop else min(end, begin + 90)
    last: re.Match[str] | None = None
    for match in rules().heads.finditer(text, begin, limit):
        if last is not None and not _JOINED.fullmatch(text, last.end(), match.start()):
            break
        last = match
    if last is None or last.lastgroup is None:
        return "unknown" if _WORD.search(text, begin, limit) else "none"
    return last.lastgroup  # type: ignore[return-value]


def cues(text: str, number: Span, within: Span, sort: Head, numbers: list[Span]) -> list[Cue]:
    """Every cue in the clause for this number, cheapest first."""
    found: list[Cue] = []
    stop = _NOUNS_END.search(text, number.end, within.end)
    end = min(stop.start() if stop else within.end, number.end + _NOUN_REACH)
    for kind in rules().kinds:
        if not _can_be(kind, sort):
            continue
        found.extend(_after(text, number, within, kind, numbers))
        found.extend(_before(text, number, within, kind, numbers, sort))
        found.extend(_noun(text, number, end, kind))
    return sorted(found, key=lambda cue: cue.cost)


def _can_be(kind: _Kind, sort: Head) -> bool:
    """People are not destroyed; houses are not killed."""
    if sort == "weapons":
        return kind.things or kind.of == "weapons"
    if sort == "things":
        return kind.things
    if sort == "groups":
        return False
    if sort == "people":
        return not kind.things and kind.of != "weapons"
    return not kind.things or sort == "none"


def _distance(text: str, start: int, end: int, numbers: list[Span]) -> float:
    """Words between, with a surcharge for commas and other numbers passed (less where they are joined by "and")."""
    between = text[start:end]
    cost = float(len(_WORD.findall(between))) + 0.5 * between.count(",")
    for other in numbers:
        if start <= other.start and other.end <= end:
            cost += 0.5 if re.search(r"\band\s+$", text[start : other.start]) else 2.0
    return cost


def _after(text: str, number: Span, within: Span, kind: _Kind, numbers: list[Span]) -> list[Cue]:
    if kind.after is None:
        return []
    found = []
    for match in kind.after.finditer(text, number.end, min(within.end, number.end + _AFTER_REACH)):
        cost = _distance(text, number.end, match.start(), numbers)
        passive = _passive_before(text, match)
        if kind.of == "participants":
            if passive or re.search(r"\bby\b", text[number.end : match.start()]):
                cost += 4.0
            cost += 1.5
        elif passive:
            cost *= 0.5
        elif (
            cost > 0
            and not _NO_OBJECT.match(text[match.end() : within.end])
            and not _ADJECTIVE.fullmatch(match.group())
        ):
            continue
        found.append(Cue(kind.of, Span(*match.span()), cost, f"{kind.of}-after"))
    return found


def _passive_before(text: str, match: re.Match[str]) -> bool:
    return bool(_IS_PASSIVE.search(text[max(0, match.start() - 40) : match.start()]))


def _before(text: str, number: Span, within: Span, kind: _Kind, numbers: list[Span], sort: Head) -> list[Cue]:
    if kind.before is None:
        return []
    found = []
    start = max(within.start, number.start - _BEFORE_REACH)
    for match in kind.before.finditer(text, start, number.start):
        between = text[match.end() : number.start]
        if _CUTS_OBJECT.search(between) or (kind.strict_before and len(_WORD.findall(between)) > 3):
            continue
        if kind.then is not None and not kind.then.match(text, number.end, within.end):
            continue
        if kind.things and sort == "none" and _WORD.search(between):
            continue
        along = _ALONG.search(between)
        if kind.of != "participants" and not along and _passive_before(text, match):
            continue
        cost = 0.5 + _distance(text, match.end(), number.start, numbers)
        if re.search(r"\b(?:in|on|from|with|during|near|outside|against|over|at|of|to)\b", between) and not along:
            cost += 3.0
        if re.search(r",\s*$", between):
            cost += 3.0
        if cost <= _FARTHEST_BEFORE:
            found.append(Cue(kind.of, Span(*match.span()), cost, f"{kind.of}-before"))
    return found


def _noun(text: str, number: Span, end: int, kind: _Kind) -> list[Cue]:
    if kind.noun is None:
        return []
    matches = list(kind.noun.finditer(text, number.end, end))
    if not matches:
        return []
    match = matches[-1]
    weak = (
        7.0
        if kind.of == "participants"
        else 3.0
        if kind.of in ("displaced", "arrested")
        else 1.0
        if kind.of == "weapons"
        else 0.0
    )
    return [
        Cue(
            kind.of,
            Span(*match.span()),
            weak + 0.25 * _distance(text, number.end, match.start(), []),
            f"{kind.of}-noun",
        )
    ]
