"""The gate before the reader: a hashed linear model that says which sentences can hold an event or a statement.

Numpy only, fitted for recall on the dev split; a sentence it lets go is never read, so it must err on the side of reading.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SIZE = 1 << 16
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")


def features(sentence: str) -> NDArray[np.int64]:
    """Hashed words, word pairs and five-letter beginnings of one sentence."""
    return np.fromiter({zlib.crc32(f.encode()) & (SIZE - 1) for f in _names(sentence)}, dtype=np.int64)


def _names(sentence: str) -> Iterator[str]:
    yield "bias"
    before = "<"
    count = 0
    for match in _WORD.finditer(sentence):
        word = match.group()
        low = "#" if word[0].isdigit() else word.lower()
        yield low
        yield before + " " + low
        if len(low) > 5:
            yield low[:5] + "*"
        if word[0].isupper() and count:
            yield "<capital>"
        before = low
        count += 1
    yield f"<long>{min(count // 6, 8)}"


class Gate:
    """score = weights of the features present; open at or above ``threshold``."""

    def __init__(self, weights: NDArray[np.float32], threshold: float) -> None:
        self.weights = weights
        self.threshold = threshold

    def score(self, sentence: str) -> float:
        found = features(sentence)
        return float(self.weights[found].sum()) / float(np.sqrt(len(found)))

    def open(self, sentences: Sequence[str]) -> list[bool]:
        return [self.score(s) >= self.threshold for s in sentences]
