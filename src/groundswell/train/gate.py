"""Fits the gate: a hashed logistic regression that lets through every sentence which can hold an event or a statement."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.analyse import gate
from groundswell.train.reader_data import Example

_FOLDS = 5


def sentences(examples: Sequence[Example]) -> list[tuple[str, bool]]:
    """Every sentence of the units, and whether it holds a trigger, a statement or a figure."""
    out: list[tuple[str, bool]] = []
    for example in examples:
        row = example.row
        held = [t for e in row.get("events", ()) for t in (e["trigger"], *e.get("also", ()), *e.get("figures", ()))]
        held += [*row.get("figures", ()), *(s["content"] for s in row.get("statements", ()))]
        for span in example.unit.sentences:
            wanted = any(p["start"] < span.end and span.start < p["end"] for p in held)
            out.append((row["text"][span.start : span.end], wanted))
    return out


def _learn(data: Sequence[tuple[NDArray[np.int64], bool]], seed: int, epochs: int = 8) -> NDArray[np.float32]:
    """AdaGrad on the logistic loss; missing a sentence that is wanted costs more than reading one that is not."""
    weights = np.zeros(gate.SIZE, np.float32)
    seen = np.full(gate.SIZE, 1e-2, np.float32)
    order = list(range(len(data)))
    chance = random.Random(seed)
    share = max(sum(y for _, y in data), 1) / max(len(data), 1)
    for _ in range(epochs):
        chance.shuffle(order)
        for n in order:
            found, wanted = data[n]
            scale = 1 / np.sqrt(len(found))
            p = 1 / (1 + np.exp(-float(weights[found].sum()) * scale))
            slope = (p - wanted) * scale * (1.0 if wanted else share / max(1 - share, 0.05))
            seen[found] += slope * slope
            weights[found] -= 0.3 * slope / np.sqrt(seen[found])
    return weights


def fit(
    train: Sequence[Example], dev: Sequence[Example], *, recall: float = 0.998, seed: int = 1
) -> tuple[gate.Gate, dict[str, Any]]:
    """The gate and what it does on dev: recall of wanted sentences, and the share of others it spares.

    The threshold is set on held-out folds of the training sentences, so that it does not lean on what was memorised.
    """
    data = [(gate.features(text), wanted) for text, wanted in sentences(train)]
    held: list[float] = []
    for fold in range(_FOLDS):
        weights = _learn([d for n, d in enumerate(data) if n % _FOLDS != fold], seed)
        held += [_score(weights, f) for f, wanted in data[fold::_FOLDS] if wanted]
    threshold = float(np.quantile(held, 1 - recall)) if held else -1e9
    made = gate.Gate(_learn(data, seed), threshold)
    judged = [(made.score(text) >= threshold, wanted) for text, wanted in sentences(dev)]
    wanted = [opened for opened, want in judged if want]
    spared = [not opened for opened, want in judged if not want]
    figures = {
        "recall": round(sum(wanted) / max(len(wanted), 1), 4),
        "spared": round(sum(spared) / max(len(spared), 1), 4),
        "sentences": len(judged),
    }
    return made, figures


def _score(weights: NDArray[np.float32], found: NDArray[np.int64]) -> float:
    return float(weights[found].sum()) / float(np.sqrt(len(found)))
