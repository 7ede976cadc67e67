"""Who gives a number: "police said", "according to organisers". The source alone, without its verb or article."""

from __future__ import annotations

import re
from functools import lru_cache

from groundswell import lexicon
from groundswell.records import Span
from groundswell.resolve.figure_kinds import clause

_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_NOT_A_SOURCE = re.compile(r"(?:it|which|that|who|he|she|they|we|i|there|this|and|but|what)$", re.IGNORECASE)
_TRAILING = re.compile(
    r"\s+(?:on|late|early|in)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|a\b|an\b|the\b|his\b|her\b|\w+day).*$|\s+(?:has|have|had|also|later|have\s+also)$"
)


@lru_cache(maxsize=4)
def _patterns(language: str = "en") -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = lexicon.table(language, "figure_kinds")["source"]
    verbs = table["verbs"]
    tail = re.compile(
        rf"[,”\"’]\s+(?P<name>(?:[\w.’'()&/-]+\s+){{0,9}}?[\w.’'()&/-]+(?:,\s+[^,.;]{{3,60}},)?)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)?(?:{verbs})\b"
    )
    lead = re.compile(
        rf"(?:^|[.;:,\"“”–—-]\s+|\b(?:and|but|while|as|where|though|although|whereas|when)\s+)"
        rf"(?P<name>(?:[\w.’'()&/-]+\s+){{0,9}}?[\w.’'()&/-]+)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)?(?:{verbs})\b"
    )
    return re.compile(table["according"]), re.compile(table["before_by"]), tail, lead


def source_of(text: str, sentence: Span, number: Span) -> tuple[Span, str] | None:
    """Who gives this number, in its own clause first, then in the sentence; None is the document's own voice."""
    near = clause(text, sentence, number)
    for within in (near, sentence) if near != sentence else (sentence,):
        if (found := _within(text, within, number)) is not None:
            return found
    return None


def _within(text: str, within: Span, number: Span) -> tuple[Span, str] | None:
    according, by, tail, lead = _patterns()
    for pattern, rule in ((according, "according-to"), (by, "put-by")):
        for match in pattern.finditer(text, within.start, within.end):
            if (span := _clean(text, match)) is not None:
                return span, rule
    for match in tail.finditer(text, number.end, within.end):
        if (span := _clean(text, match)) is not None:
            return span, "said-after"
    best = None
    for match in lead.finditer(text, within.start, number.start):
        best = _clean(text, match) or best
    return (best, "said-before") if best is not None else None


def _clean(text: str, match: re.Match[str]) -> Span | None:
    """Without leading article and trailing adverbial; None where it is no source ("it said")."""
    start, end = match.span("name")
    if (article := _ARTICLE.match(text, start, end)) is not None:
        start = article.end()
    if (trailing := _TRAILING.search(text[start:end])) is not None:
        end = start + trailing.start()
    while end > start and text[end - 1] in " ,":
        end -= 1
    if end <= start or _NOT_A_SOURCE.fullmatch(text[start:end]):
        return None
    return Span(start, end)
