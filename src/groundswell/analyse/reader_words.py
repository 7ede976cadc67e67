"""Words, their features and the stretches of text ("units") that one encoder pass reads.

Training and reading share this module, so that both see the same words. Plain Python, no model here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from groundswell.records import Span

# Letters, numbers with inner marks, or one mark: 4 of 33,000 annotated spans fail to fall on these borders.
WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_")
FEATURES = 64  # shape (8) x sentence-initial (2) x inside quotation marks (2) x heading (2)
PACK_WORDS = 1  # one sentence a unit: packing paragraphs made roles leak between sentences (docs/decisions/0012)
LONGEST = 110  # a longer sentence is cut here

_MARK = 6  # the shape of what is neither letter nor number
_OPEN, _CLOSE = "“«„", "”»"


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of one paragraph read in one pass.

    Attributes:
        words: code-point offsets of each word in the whole text.
        features: one id below FEATURES for each word.
        sentences: the sentences in it.
    """

    start: int
    end: int
    words: tuple[tuple[int, int], ...]
    features: tuple[int, ...]
    sentences: tuple[Span, ...]

    @property
    def of_sentence(self) -> tuple[int, ...]:
        """The number of its sentence for each word."""
        if len(self.sentences) == 1:
            return (0,) * len(self.words)
        return tuple(n for n, s in enumerate(self.sentences) for start, _ in self.words if s.start <= start < s.end)


@lru_cache(maxsize=1 << 16)
def shape(word: str) -> int:
    """0 other, 1 lower, 2 Title, 3 UPPER, 4 mixed, 5 number, 6 mark, 7 one capital letter."""
    if word[0].isdigit():
        return 5
    if not word[0].isalpha():
        return _MARK
    if word.islower():
        return 1
    if len(word) == 1 and word.isupper():
        return 7
    if word.isupper():
        return 3
    if word.istitle():
        return 2
    return 4 if not word.isnumeric() else 0


def units(
    text: str,
    sentences: Sequence[tuple[Span, int, bool]],
    *,
    pack: int = PACK_WORDS,
) -> list[Unit]:
    """Neighbouring sentences (span, paragraph, heading) packed into units; a sentence over LONGEST words is cut."""
    out: list[Unit] = []
    waiting: list[tuple[Span, list[tuple[int, int]]]] = []
    words_waiting = 0
    last: tuple[int, bool] | None = None
    quoted = False

    def flush() -> None:
        nonlocal waiting, words_waiting, quoted
        if waiting:
            unit, quoted = _unit(text, waiting, bool(last and last[1]), quoted)
            out.append(unit)
        waiting, words_waiting = [], 0

    for span, paragraph, heading in sentences:
        found = [m.span() for m in WORD.finditer(text, span.start, span.end)]
        if last != (paragraph, heading):
            flush()
            quoted = False
        last = (paragraph, heading)
        for at in range(0, len(found), LONGEST):
            part = found[at : at + LONGEST]
            if words_waiting + len(part) > pack:
                flush()
            waiting.append((Span(part[0][0], part[-1][1]), part))
            words_waiting += len(part)
    flush()
    return out


def _unit(text: str, parts: list[tuple[Span, list[tuple[int, int]]]], heading: bool, quoted: bool) -> tuple[Unit, bool]:
    """One unit, and whether a quotation is still open after it."""
    words: list[tuple[int, int]] = []
    features: list[int] = []
    for _, found in parts:
        initial = True
        for start, end in found:
            word = text[start:end]
            kind = shape(word)
            inside = quoted
            if kind == _MARK:
                if word in _OPEN:
                    inside = quoted = True
                elif word == '"':
                    inside, quoted = True, not quoted
                if word in _CLOSE:
                    quoted = False
            features.append(kind + 8 * initial + 16 * inside + 32 * heading)
            if kind != _MARK:
                initial = False
        words += found
    spans = tuple(span for span, _ in parts)
    return Unit(spans[0].start, spans[-1].end, tuple(words), tuple(features), spans), quoted
