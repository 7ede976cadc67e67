"""Words to fixed-length number sketches, so that millions of pairs of sentences, names and titles can be compared at once.

Feature hashing with signs (Weinberger et al. 2009): the cosine of two sketches estimates the cosine of the word vectors.
Word weights come from a fixed table, never from the ledger: a score must not change because other documents were added.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e")
SCALE = 127.0


def fold(word: str) -> str:
    """Lower case without accents: Bogotá and bogota are one word here."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A crude common beginning: march, marched, marchers, marching become one. Needs no dictionary and never fails."""
    bare = fold(word).removesuffix("'s").removesuffix("’s")
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) - len(suffix) >= 4:
            return bare[: -len(suffix)]
    return bare


def stems(text: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _weights() -> tuple[dict[str, float], float]:
    table = json.loads(files("groundswell.link").joinpath("word_weights.json").read_text(encoding="utf-8"))
    return table["weights"], float(table["unseen"])


@lru_cache(maxsize=200_000)
def weight(word: str) -> float:
    """How telling a stem is: inverse document frequency in the project's own corpus, 0 for function words."""
    table, unseen = _weights()
    return table.get(word, unseen)


@lru_cache(maxsize=400_000)
def hashed(word: str) -> int:
    """A stable 32-bit hash (Python's own differs from run to run)."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=400_000)
def _coded(word: str) -> tuple[int, float]:
    """A word's hash and its weight with the sign that the hash gives it."""
    code, heavy = hashed(word), weight(word)
    return code, heavy if code & 0x40000000 else -heavy


def sketch_all(bags: Sequence[Iterable[str]], dimensions: int) -> NDArray[np.int8]:
    """One row a bag of stems: weighted, hashed with sign, normalised to length SCALE and rounded to a byte."""
    rows: list[int] = []
    places: list[int] = []
    values: list[float] = []
    for row, bag in enumerate(bags):
        for word in set(bag):
            code, heavy = _coded(word)
            if heavy:
                rows.append(row)
                places.append(code % dimensions)
                values.append(heavy)
    dense = np.zeros((len(bags), dimensions), dtype=np.float32)
    np.add.at(
        dense, (np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64)), np.array(values, dtype=np.float32)
    )
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    np.divide(dense, lengths, out=dense, where=lengths > 0)
    made: NDArray[np.int8] = np.rint(dense * SCALE).astype(np.int8)
    return made


def cosines(sketches: NDArray[np.int8], left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """Cosine of every pair of rows; 0 where a row is empty. Works in slices to keep memory flat."""
    found = np.empty(len(left), dtype=np.float32)
    for start in range(0, len(left), 65_536):
        part = slice(start, start + 65_536)
        a = sketches[left[part]].astype(np.float32)
        b = sketches[right[part]].astype(np.float32)
        found[part] = np.einsum("ij,ij->i", a, b)
    return found / np.float32(SCALE * SCALE)
