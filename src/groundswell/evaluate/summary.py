"""Sums document scores up: precision, recall, F1, accuracy, each with a 95% interval from resampling documents."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from groundswell.evaluate.codings import DocumentScore

RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure. ``value`` is F1 (precision and recall given) or accuracy (both None); ``n`` is the gold count."""

    measure: str
    value: float
    low: float
    high: float
    n: int
    precision: float | None = None
    recall: float | None = None


def f1(matched: int, found: int, gold: int) -> tuple[float, float, float]:
    """Precision, recall, F1; 0 where undefined."""
    precision = matched / found if found else 0.0
    recall = matched / gold if gold else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def summarise(scores: Sequence[DocumentScore], *, seed: int = 1) -> list[Figure]:
    """Every measure over all documents, in the order first met, F1 measures first. Intervals: percentile bootstrap."""
    rng = random.Random(seed)
    draws = [rng.choices(range(len(scores)), k=len(scores)) for _ in range(RESAMPLES)]
    figures = []
    for measure in dict.fromkeys(m for score in scores for m in score.counts):
        rows = [score.counts.get(measure, [0, 0, 0]) for score in scores]
        precision, recall, value = f1(*_sums(rows, range(len(rows))))
        spread = sorted(f1(*_sums(rows, draw))[2] for draw in draws)
        gold = sum(row[2] for row in rows)
        figures.append(Figure(measure, value, *_interval(spread), gold, precision, recall))
    for measure in dict.fromkeys(m for score in scores for m in score.right):
        rows = [score.right.get(measure, [0, 0]) for score in scores]
        right, asked = sum(row[0] for row in rows), sum(row[1] for row in rows)
        shares = [(sum(rows[i][0] for i in draw), sum(rows[i][1] for i in draw)) for draw in draws]
        spread = sorted(r / n for r, n in shares if n)
        figures.append(Figure(measure, right / asked if asked else 0.0, *_interval(spread), asked))
    return figures


def _sums(rows: Sequence[Sequence[int]], chosen: Sequence[int] | range) -> tuple[int, int, int]:
    return (sum(rows[i][0] for i in chosen), sum(rows[i][1] for i in chosen), sum(rows[i][2] for i in chosen))


def _interval(spread: Sequence[float]) -> tuple[float, float]:
    if not spread:
        return 0.0, 0.0
    return spread[int(0.025 * len(spread))], spread[min(int(0.975 * len(spread)), len(spread) - 1)]
