"""Units as padded arrays for the encoder: token ids, features, and each word's outer tokens. Shared by training and reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from groundswell.analyse.reader_words import WORD, Unit

_KEPT = 1 << 16  # pieces remembered, some 20 MB: the words of a hundred thousand articles
_ALONE = (0,)  # one token, one word: two pieces in three
_OF_TOKENS, _OF_WORDS = ("ids", "mask", "token_features"), ("first", "last", "word_features")
INPUTS = (*_OF_TOKENS, *_OF_WORDS)
"""The graph's inputs, in the order in which ``train.network.Network.forward`` takes them."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One unit in tokens. ``first``/``last``: the outer tokens of each word."""

    ids: list[int]
    features: list[int]
    first: list[int]
    last: list[int]


class _Piece(NamedTuple):
    """What stands between two blanks, in tokens. Numbers count from its own first token and first word.

    ``owners``: the word of each token, -1 where it belongs to none.
    """

    ids: tuple[int, ...]
    owners: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]


class Encoder:
    """Units in tokens, piece by piece between blanks. The tokenizer looks at one such piece at a time anyway, and most come again
    and again: kept, they cost a sixth of encoding every sentence whole (3.5 ms an article), to the same tokens."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, _Piece] = {}
        opening, *_, self._closing = tokenizer.encode("").ids
        self._opening = opening

    def encode(self, texts: Sequence[str], units: Sequence[Unit]) -> list[Encoded]:
        """Tokenise units; texts[n] is the whole text unit n points into."""
        return [self._unit(text[unit.start : unit.end], unit) for text, unit in zip(texts, units, strict=True)]

    def _unit(self, text: str, unit: Unit) -> Encoded:
        known, given = self._known, unit.features
        ids, features = [self._opening], [0]
        first: list[int] = []
        last: list[int] = []
        for chunk in text.split(" "):
            piece = known.get(chunk) or self._learn(chunk)
            base, word = len(ids), len(first)
            ids += piece.ids
            if piece.first == _ALONE == piece.owners:
                features.append(given[word])
                first.append(base)
                last.append(base)
                continue
            features += [given[word + owner] if owner >= 0 else 0 for owner in piece.owners]
            first += [base + token for token in piece.first]
            last += [base + token for token in piece.last]
        ids.append(self._closing)
        features.append(0)
        return Encoded(ids, features, first, last)

    def _learn(self, chunk: str) -> _Piece:
        found = self._tokenizer.encode(chunk, add_special_tokens=False)
        words = [match.span() for match in WORD.finditer(chunk)]
        piece = _piece(tuple(found.ids), found.offsets, words)
        if len(self._known) < _KEPT and len(chunk) < 40:
            self._known[chunk] = piece
        return piece


def _piece(ids: tuple[int, ...], offsets: Sequence[tuple[int, int]], words: Sequence[tuple[int, int]]) -> _Piece:
    owners = [-1] * len(ids)
    first: list[int] = []
    last: list[int] = []
    token = 0
    for number, (start, end) in enumerate(words):
        while token < len(ids) and offsets[token][1] <= start:
            token += 1
        begin = token
        while token < len(ids) and offsets[token][0] < end:
            owners[token] = number
            token += 1
        first.append(begin)  # a word the tokenizer made nothing of stands where the next one begins
        last.append(max(begin, token - 1))
    return _Piece(ids, tuple(owners), tuple(first), tuple(last))


def encode(tokenizer: Any, texts: Sequence[str], units: Sequence[Unit]) -> list[Encoded]:
    """Tokenise units once; who tokenises again and again keeps an Encoder."""
    return Encoder(tokenizer).encode(texts, units)


def pad(batch: Sequence[Encoded], features: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    """int64 arrays by the names of ``INPUTS``, (units, tokens) or (units, words), padded with zeros."""
    tokens = max(len(e.ids) for e in batch)
    words = max(len(e.first) for e in batch)
    shape_t, shape_w = (len(batch), tokens), (len(batch), words)
    out = {n: np.zeros(shape_t, np.int64) for n in _OF_TOKENS}
    out |= {n: np.zeros(shape_w, np.int64) for n in _OF_WORDS}
    for row, (each, own) in enumerate(zip(batch, features, strict=True)):
        n, w = len(each.ids), len(each.first)
        out["ids"][row, :n] = each.ids
        out["mask"][row, :n] = 1
        out["token_features"][row, :n] = each.features
        out["first"][row, :w] = each.first
        out["last"][row, :w] = each.last
        out["word_features"][row, :w] = own
    return out
