"""Place names in running text by gazetteer and context alone, without a model."""

from __future__ import annotations

import re
from collections.abc import Callable

from groundswell.records import Span
from groundswell.resolve.gazetteer import Entry

_WORDS = re.compile(r"[^\W\d_][\w'’\-.]*")


def spot(text: str, named: Callable[[str], list[Entry]], *, language: str = "en") -> list[Span]:
    """Spans of place names, in order, not overlapping."""
    tokens = list(_WORDS.finditer(text))
    found: list[Span] = []
    index = 0
    while index < len(tokens):
        taken = 0
        if tokens[index][0][0].isupper():
            for size in range(min(5, len(tokens) - index), 0, -1):
                start, end = tokens[index].start(), tokens[index + size - 1].end()
                if tokens[index + size - 1][0][0].isupper() and any(
                    e.population > 1000 for e in named(text[start:end])[:1]
                ):
                    found.append(Span(start, end))
                    taken = size
                    break
        index += taken or 1
    return found
