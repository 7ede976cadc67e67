"""Lists of points ("- one", "2. two", "(c) three"): what begins a point, which line opens the list. Knows lines only, no words."""

from __future__ import annotations

import re

from groundswell.records import Span

POINT = re.compile(r"\s*(?:[-–—•*·]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
"""The beginning of a line that is a point."""


def opening(text: str, at: int) -> Span | None:
    """The last line before the one in which ``at`` (an offset into ``text``) stands that is neither empty nor a point."""
    start = text.rfind("\n", 0, at) + 1
    while start > 0:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        if text[start:end].strip() and not POINT.match(text, start):
            return Span(start, end)
    return None
