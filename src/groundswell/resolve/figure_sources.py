"""Who gives a number: "police said", "according to organisers". The source alone, without its verb or article."""

from __future__ import annotations

import re
from functools import lru_cache

from groundswell import lexicon
from groundswell.records import Span
from groundswell.resolve.figure_kinds import clause

_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_NOT_A_SOURCE = re.compile(
    r"(?:it|which|that|who|i|we|there|this|what|these|those|one|according\s+to|and|but)\b.*|(?:in|on|at|of|with|for|including|from|to|by|as|so|if|than)\s.*|\d.*|.*\b(?:were|was|is|are)|.+\b(?:it|he|she|they)",
    re.IGNORECASE,
)
# What joins the source's clause to the one before: "but the commission said", "in which monitors say".
_JOINING = re.compile(
    r"^(?:(?:in\s+)?(?:which|where)|but|and|because|while|whereas|although|as|that)\s+", re.IGNORECASE
)
_RELATIVE = re.compile(r"\b(?:that|which|where|who)\b")
_TRAILING = re.compile(
    r"\s+(?:on|late|early|in)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|a\b|an\b|the\b|his\b|her\b|\w+day).*$|\s+(?:has|have|had|also|later|have\s+also)$"
)


# What a verb of saying behind a comma tells next is another count: "..., police put it at 900" is no source of the one before.
_TELLS_ON = (
    r"(?!\s+(?:it|them|that|the\s+(?:figure|number|toll|crowd|turnout|total|count|estimate)|"
    r"(?:(?:only|just|some|about|around|at\s+least|more\s+than|fewer\s+than|up\s+to|nearly|over)\s+)?"
    r"(?:\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds|thousands))\b)"
)
# "..., said Amina Yusuf, a teacher"
_INVERTED = re.compile(
    r"[,”\"’]\s+(?:said|says|told)\s+(?P<name>[^,.;:\"“”]{2,60}?)(?=[,.;]|$|\s+(?:who|on|in|at|from|after|as)\b)"
)


@lru_cache(maxsize=4)
def _patterns(
    language: str = "en",
) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = lexicon.table(language, "figure_kinds")["source"]
    verbs = table["verbs"]
    tail = re.compile(
        rf"(?:[,”\"’]\s+|[”\"])(?P<name>(?:[\w.’'()&/-]+\s+){{0,9}}?[\w.’'()&/-]+(?:,\s+[^,.;]{{3,60}},)?)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)?(?:{verbs})\b{_TELLS_ON}"
    )
    lead = re.compile(
        rf"(?:^\s*|[.;:,\"“”–—-]\s+|\b(?:and|but|while|as|where|though|although|whereas|when)\s+)"
        rf"(?P<name>(?:[\w.’'()&/-]+\s+){{0,9}}?[\w.’'()&/-]+)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)?(?:{verbs})\b"
    )
    first = tuple(re.compile(table[name], re.IGNORECASE) for name in ("according", "before_by", "headline"))
    return first, tail, lead, re.compile(rf"(?:{verbs})\b(?!\s+(?:{verbs}))")


def source_of(text: str, sentence: Span, number: Span) -> tuple[Span, str] | None:
    """Who gives this number, in its own clause first, then in the sentence; None is the document's own voice."""
    near = clause(text, sentence, number)
    for within in (near, sentence) if near != sentence else (sentence,):
        if (found := _within(text, within, number)) is not None:
            return found
    return None


def _within(text: str, within: Span, number: Span) -> tuple[Span, str] | None:
    # Searched in a slice: "^" in a pattern means the beginning of this clause, not of the whole document.
    part, at = text[within.start : within.end], within.start
    first, tail, lead, verb = _patterns()
    for pattern, rule in zip(first, ("according-to", "put-by", "headline"), strict=True):
        for match in pattern.finditer(part):
            if (span := _clean(part, match, at)) is not None:
                return span, rule
    for match in tail.finditer(part, number.end - at):
        if not _RELATIVE.search(match["name"]) and (span := _clean(part, match, at)) is not None:
            return span, "said-after"
    for match in _INVERTED.finditer(part, number.end - at):
        if (span := _clean(part, match, at)) is not None:
            return span, "said-inverted"
    best = None
    for match in lead.finditer(part, 0, number.start - at):
        # "X, their spokesman, confirmed the raid but said eight died": what stands before "said" is X's verb, no name.
        if not verb.match(match["name"]):
            best = _clean(part, match, at) or best
    return (best, "said-before") if best is not None else None


def _clean(text: str, match: re.Match[str], at: int) -> Span | None:
    """Without leading article and trailing adverbial, ``at`` added; None where it is no source ("it said")."""
    start, end = match.span("name")
    if (joining := _JOINING.match(text[start:end])) is not None:
        start += joining.end()
    if (article := _ARTICLE.match(text, start, end)) is not None:
        start = article.end()
    if (trailing := _TRAILING.search(text[start:end])) is not None:
        end = start + trailing.start()
    while end > start and text[end - 1] in " ,":
        end -= 1
    if end <= start or _NOT_A_SOURCE.fullmatch(text[start:end]):
        return None
    return Span(at + start, at + end)
