"""Units as padded arrays for the encoder: token ids, features, and each word's outer tokens. Shared by training and reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundswell.analyse.reader_words import Unit


@dataclass(frozen=True, slots=True)
class Encoded:
    """One unit in tokens. ``first``/``last``: the outer tokens of each word."""

    ids: list[int]
    features: list[int]
    first: list[int]
    last: list[int]


def encode(tokenizer: Any, texts: Sequence[str], units: Sequence[Unit]) -> list[Encoded]:
    """Tokenise units; texts[n] is the whole text unit n points into."""
    # One by one: encode_batch spreads sentences over all cores, which costs twice the processor time for texts this short.
    return [_encoded(tokenizer.encode(t[u.start : u.end]), u) for t, u in zip(texts, units, strict=True)]


def _encoded(piece: Any, unit: Unit) -> Encoded:
    ids = piece.ids
    starts, ends = zip(*piece.offsets, strict=True)
    features = [0] * len(ids)
    first: list[int] = []
    last: list[int] = []
    token = 1  # 0 is the opening mark of the encoder
    final = len(ids) - 1
    base = unit.start
    for (start, end), feature in zip(unit.words, unit.features, strict=True):
        start -= base
        end -= base
        while token < final and ends[token] <= start:
            token += 1
        begin = token
        while token < final and starts[token] < end:
            features[token] = feature
            token += 1
        if token > begin:
            first.append(begin)
            last.append(token - 1)
        else:  # a word the tokenizer made nothing of stands where the next one begins
            first.append(min(begin, final))
            last.append(min(begin, final))
    return Encoded(ids, features, first, last)


def pad(batch: Sequence[Encoded], features: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    """int64 arrays by input name, padded with zeros."""
    tokens = max(len(e.ids) for e in batch)
    words = max(len(e.first) for e in batch)
    shape_t, shape_w = (len(batch), tokens), (len(batch), words)
    out = {n: np.zeros(shape_t, np.int64) for n in ("ids", "mask", "token_features")}
    out |= {n: np.zeros(shape_w, np.int64) for n in ("first", "last", "word_features")}
    for row, (each, own) in enumerate(zip(batch, features, strict=True)):
        n, w = len(each.ids), len(each.first)
        out["ids"][row, :n] = each.ids
        out["mask"][row, :n] = 1
        out["token_features"][row, :n] = each.features
        out["first"][row, :w] = each.first
        out["last"][row, :w] = each.last
        out["word_features"][row, :w] = own
    return out
