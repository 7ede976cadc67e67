"""Gradient-boosted regression trees for a yes-or-no question, in numpy: small, exact to repeat, as trees.py asks them.

Fits only. Histogram splits, leaves grown best first, second-order leaf values (Friedman 2001; Chen and Guestrin 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.trees import Node, Trees

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """How much a forest may learn."""

    trees: int = 150
    leaves: int = 12
    rate: float = 0.07
    ridge: float = 3.0
    least_rows: int = 15
    bins: int = 64


@dataclass(slots=True, eq=False)
class _Leaf:
    rows: NDArray[np.int64]
    node: int
    gain: float
    feature: int
    cut: int


def matrix_of(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Numbers:
    """The rows as a matrix; what a row does not name is 0."""
    place = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for line, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                matrix[line, place[name]] = value
    return matrix


def fit_trees(rows: Sequence[Mapping[str, float]], wanted: Sequence[bool], names: Sequence[str], shape: Shape) -> Trees:
    """Trees whose summed leaves are the log odds of ``wanted``."""
    matrix, right = matrix_of(rows, names), np.array(wanted, dtype=float)
    edges = [_edges(column, shape.bins) for column in matrix.T]
    codes = np.stack([np.searchsorted(e, column, side="left") for e, column in zip(edges, matrix.T, strict=True)], 1)
    codes = codes + shape.bins * np.arange(len(names))
    share = right.mean()
    base = float(np.log(share / (1 - share)))
    odds, forest = np.full(len(right), base), []
    for _ in range(shape.trees):
        p = 1 / (1 + np.exp(-odds))
        tree, added = _tree(codes, edges, p - right, p * (1 - p), shape)
        odds += added
        forest.append(tree)
    return Trees(names, base, forest)


def _edges(column: Numbers, bins: int) -> Numbers:
    """Thresholds between neighbouring values, at most one fewer than bins; a value equal to one lies below it."""
    values = np.unique(column)
    middle = (values[1:] + values[:-1]) / 2
    if len(middle) >= bins:
        middle = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.round(middle, 4)


def _tree(codes: Any, edges: list[Numbers], slope: Numbers, bend: Numbers, shape: Shape) -> tuple[list[Node], Numbers]:
    """One tree, and what it adds to each row."""
    nodes: list[Node] = [(-1, 0.0, 0, 0)]
    leaves = [_best(codes, np.arange(len(slope)), 0, edges, slope, bend, shape)]
    while len(leaves) < shape.leaves:
        leaf = max(leaves, key=lambda each: each.gain)
        if leaf.gain <= 1e-6:
            break
        leaves.remove(leaf)
        below = codes[leaf.rows, leaf.feature] - shape.bins * leaf.feature <= leaf.cut
        low, high = len(nodes), len(nodes) + 1
        nodes[leaf.node] = (leaf.feature, float(edges[leaf.feature][leaf.cut]), low, high)
        nodes += [(-1, 0.0, 0, 0), (-1, 0.0, 0, 0)]
        for rows, node in ((leaf.rows[below], low), (leaf.rows[~below], high)):
            leaves.append(_best(codes, rows, node, edges, slope, bend, shape))
    added = np.zeros(len(slope))
    for leaf in leaves:
        value = -shape.rate * slope[leaf.rows].sum() / (bend[leaf.rows].sum() + shape.ridge)
        nodes[leaf.node] = (-1, round(float(value), 4), 0, 0)
        added[leaf.rows] = nodes[leaf.node][1]
    return nodes, added


def _best(codes: Any, rows: Any, node: int, edges: list[Numbers], slope: Numbers, bend: Numbers, shape: Shape) -> _Leaf:
    """A leaf with the split that would help it most."""
    features, bins = codes.shape[1], shape.bins
    flat = codes[rows].ravel()
    size = features * bins

    def summed(of: Numbers) -> Numbers:
        counted = np.bincount(flat, weights=np.repeat(of[rows], features), minlength=size)
        total: Numbers = counted.reshape(features, bins).cumsum(1)
        return total

    g, h, n = summed(slope), summed(bend), summed(np.ones(len(slope)))
    all_g, all_h, all_n = g[:, -1:], h[:, -1:], n[:, -1:]
    gain = g**2 / (h + shape.ridge) + (all_g - g) ** 2 / (all_h - h + shape.ridge) - all_g**2 / (all_h + shape.ridge)
    gain[(n < shape.least_rows) | (all_n - n < shape.least_rows)] = 0.0
    for feature, cuts in enumerate(edges):
        gain[feature, len(cuts) :] = 0.0
    best = int(gain.argmax())
    return _Leaf(rows, node, float(gain.flat[best]), best // bins, best % bins)
