"""The small networks between an anchor (a trigger, a statement's first word) and the words of its unit, in numpy.

They run after the graph, for the few anchors found, so that the encoder need not run again. Weights come from weights.npz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.analyse import reader_labels as labels

Floats = NDArray[np.float32]
LAYER = ("mix", "join", "up", "down")
"""Matrices of a layer, each with a bias: queries, keys and values; the joining of its heads; the two of its inner network."""
HEADS = 4
"""Heads of the layer's attention."""
OWN = 1 + len(labels.ENTITIES) + len(labels.FIGURES)
"""What the words' own heads say of them: whether a trigger, which part of a name, which figure. See ``own_odds``."""
FAR = 3.0  # more triggers between an anchor and a word than this are not told apart


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer in which the words, each as seen from one anchor, attend to each other: see train.network.Between.

    ``matrices`` holds (weights, bias) by the names in LAYER; ``norms`` scale and shift of the three normalisations.
    """

    matrices: Mapping[str, tuple[Floats, Floats]]
    norms: tuple[tuple[Floats, Floats], ...]

    def __call__(self, seen: Floats) -> Floats:
        """(anchors, words, PAIR) -> the same."""
        n, w, size = seen.shape
        each = size // HEADS
        # Words in one flat row: numpy multiplies a stack of matrices one by one.
        flat = _normal(seen.reshape(-1, size), *self.norms[0])
        mixed = self._linear("mix", flat).reshape(n, w, 3, HEADS, each).transpose(2, 0, 3, 1, 4)
        weights = mixed[0] @ mixed[1].transpose(0, 1, 3, 2)
        weights *= each**-0.5
        weights -= np.maximum.reduce(weights, axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= np.add.reduce(weights, axis=-1, keepdims=True)
        joined = (weights @ mixed[2]).transpose(0, 2, 1, 3).reshape(-1, size)
        flat = _normal(flat + self._linear("join", joined), *self.norms[1])
        inner = self._linear("up", flat)
        np.maximum(inner, 0.0, out=inner)
        return _normal(flat + self._linear("down", inner), *self.norms[2]).reshape(n, w, size)

    def _linear(self, name: str, flat: Floats) -> Floats:
        weights, bias = self.matrices[name]
        done: Floats = flat @ weights
        done += bias
        return done


def _normal(flat: Floats, scale: Floats, shift: Floats) -> Floats:
    """Rows brought to mean 0 and variance 1. Means are products with a vector: half the price of numpy's sums of rows."""
    share = _share(flat.shape[1])
    mean: Any = (flat @ share)[:, None]
    done: Floats = flat - mean
    spread: Any = (done * done) @ share
    spread += np.float32(1e-5)
    done /= np.sqrt(spread)[:, None]
    done *= scale
    done += shift
    return done


@lru_cache(maxsize=4)
def _share(size: int) -> Floats:
    return np.full(size, 1 / size, np.float32)


@dataclass(frozen=True, slots=True)
class PairWeights:
    """One pair network: see train.network.PairNet. ``own`` and ``layer`` are None in readers made before them, and for statements."""

    distance: Floats
    out: Floats  # (PAIR, outputs)
    bias: Floats
    own: Floats | None = None  # (OWN + 2, PAIR)
    layer: Layer | None = None

    def scores(
        self,
        anchors: Floats,
        words: Floats,
        at: NDArray[np.int64],
        sentence: NDArray[np.int64],
        own: Floats | None = None,
    ) -> Floats:
        """anchors (n, PAIR), words (w, PAIR), at (n), each word's sentence (w), ``own_odds`` (w, OWN) -> (n, w, outputs)."""
        seen = self._near(anchors, at, sentence)
        seen += words
        if self.own is not None and own is not None:
            told = np.add.accumulate(own[:, 0])
            between = (told - told[at][:, None])[..., None]
            np.minimum(np.maximum(between, -FAR, out=between), FAR, out=between)
            more = between * self.own[OWN]
            more += own @ self.own[:OWN]
            more += np.abs(between) * self.own[OWN + 1]
            seen += more
        seen = np.maximum(seen, 0.0, out=seen) if self.layer is None else self.layer(seen)
        done: Floats = seen @ self.out
        done += self.bias
        return done

    def _near(self, anchors: Floats, at: NDArray[np.int64], sentence: NDArray[np.int64]) -> Floats:
        """(n, w, PAIR): each anchor, and what the distance of each word from it adds."""
        size, far = len(sentence), labels.DISTANCE
        if size <= far and sentence[0] == sentence[-1]:  # neighbouring rows of the table, as in most units
            near: Floats = np.empty((len(at), size, anchors.shape[1]), np.float32)
            for row, n in enumerate(at.tolist()):
                np.add(self.distance[far - n : far - n + size], anchors[row], out=near[row])
            return near
        place = np.clip(np.arange(size)[None, :] - at[:, None], -far, far) + far
        place += (sentence[None, :] != sentence[at][:, None]) * labels.ELSEWHERE
        near = self.distance[place]
        near += anchors[:, None, :]
        return near


def own_odds(odds: Mapping[str, Floats]) -> Floats:
    """(w, OWN) from the probabilities of the word heads (reader_decode.word_odds)."""
    done: Floats = np.concatenate([1.0 - odds["trigger"][:, :1], odds["entity"], odds["figure"]], axis=1)
    return done


def load(arrays: Mapping[str, Any], name: str) -> PairWeights:
    """The network called ``name`` in weights.npz, in single precision."""

    def of(part: str) -> Floats:
        return np.asarray(arrays[f"{name}_{part}"], dtype=np.float32)

    layer = None
    if f"{name}_mix" in arrays:
        norms = tuple((of(f"scale{n}"), of(f"shift{n}")) for n in range(3))
        layer = Layer({part: (of(part), of(f"{part}_bias")) for part in LAYER}, norms)
    own = of("own") if f"{name}_own" in arrays else None
    return PairWeights(of("distance"), of("out"), of("bias"), own, layer)


def save(net: PairWeights, name: str) -> dict[str, Any]:
    """What weights.npz keeps of a network."""
    out: dict[str, Any] = {f"{name}_distance": net.distance, f"{name}_out": net.out, f"{name}_bias": net.bias}
    if net.own is not None:
        out[f"{name}_own"] = net.own
    if net.layer is not None:
        for part, (weights, bias) in net.layer.matrices.items():
            out |= {f"{name}_{part}": weights, f"{name}_{part}_bias": bias}
        for n, (scale, shift) in enumerate(net.layer.norms):
            out |= {f"{name}_scale{n}": scale, f"{name}_shift{n}": shift}
    return out
