"""What a trigger means, as numbers: "walkout" lies near "strike". From a table of the reader's word embeddings; no model is run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groundswell.link import words
from groundswell.models.loader import located

DIMENSIONS = 64
_LETTERS = re.compile("[a-z]+")
_LONGEST = 18  # letters of the longest piece


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    """Row by piece of a word (those that go on within a word begin with ##), and the rows."""
    with np.load(located("trigger_vectors")) as found:
        pieces = bytes(found["pieces"]).decode("ascii").split("\n")
        return {piece: n for n, piece in enumerate(pieces)}, found["rows"]


def vectors(phrases: Sequence[str]) -> NDArray[np.int8]:
    """One row a phrase: the mean of its words' vectors at length SCALE, a byte a number; zeros where it has no word of a-z."""
    if not phrases:
        return np.zeros((0, DIMENSIONS), dtype=np.int8)
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(words.fold(phrase), len(numbers)) for phrase in phrases]  # reports share few triggers
    return np.stack([_vector(phrase) for phrase in numbers])[places]


@lru_cache(maxsize=50_000)
def _vector(phrase: str) -> NDArray[np.int8]:
    known, rows = _table()
    total = rows[[known[piece] for word in _LETTERS.findall(phrase) for piece in _pieces(word, known)]].sum(
        axis=0, dtype=np.float32
    )
    length = float(np.linalg.norm(total))
    made: NDArray[np.int8] = np.rint(total * (words.SCALE / length if length else 0.0)).astype(np.int8)
    return made


def _pieces(word: str, known: dict[str, int]) -> list[str]:
    """A word in the longest known pieces, as the reader's tokenizer cuts it."""
    found: list[str] = []
    at = 0
    while at < len(word):
        mark = "##" if at else ""
        end = next((end for end in range(min(len(word), at + _LONGEST), at, -1) if mark + word[at:end] in known), at)
        if end == at:
            return []
        found.append(mark + word[at:end])
        at = end
    return found
