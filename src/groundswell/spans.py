"""Spans in reading order, so that long documents do not cost the square of their length. Knows offsets only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from groundswell.records import Span


class Spans:
    """Spans in order, to find those that overlap another without looking at all of them."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._sorted = sorted(spans)
        self._starts = [span.start for span in self._sorted]
        self._longest = max((span.end - span.start for span in self._sorted), default=0)

    def outermost(self) -> Spans:
        """Those that stand within no other."""
        return Spans(s for s in self._sorted if not any(o != s and o.contains(s) for o in self.over(s)))

    def over(self, span: Span) -> list[Span]:
        """Those that share a character with it."""
        first = bisect_left(self._starts, span.start - self._longest)
        return [other for other in self._sorted[first : bisect_left(self._starts, span.end)] if other.overlaps(span)]
