"""Boosted regression trees as the fitted models of small questions ship them: read from JSON, all asked at once, weighed.

Fitting is done elsewhere (evaluate/boosted_trees.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Node = tuple[int, float, int, int]
"""Number of a feature, threshold, numbers of the nodes for "at most that" and "more". A leaf: -1, its value, 0, 0."""
_MOST_LEAVES = 62  # bits of a mask


class Trees:
    """Log odds from named features; what is not named is 0."""

    def __init__(self, names: Sequence[str], base: float, trees: Sequence[Sequence[Node]]) -> None:
        self.names, self.base, self.trees = names, base, trees

    def log_odds(self, found: Mapping[str, float]) -> float:
        """150 trees of 12 leaves take 15 us; followed node by node in Python they took 160."""
        import numpy as np

        table = self._table
        row = np.array(list(map(found.get, self.names, repeat(0.0))), dtype=np.float64)
        left = np.where(row.take(table.features) <= table.thresholds, -1, table.masks)
        leaves = np.bitwise_and.reduce(left, axis=0)
        # A leaf's number is that of the lowest bit left; frexp counts from 1.
        number = np.frexp((leaves & -leaves).astype(np.float64))[1]
        values = table.values.take(number + table.offsets)
        values[0] += self.base
        return float(np.add.accumulate(values)[-1])  # in the order of the trees, as adding one by one would

    @cached_property
    def _table(self) -> _Table:
        return _table(self.trees)


class _Table(NamedTuple):
    """All inner nodes side by side, after Lucchese and others, QuickScorer (SIGIR 2015).

    A node whose question is answered "more" rules out the leaves below its other branch; the first leaf of a tree, from the
    left, that no node rules out is the one that following its nodes would lead to.

    Attributes:
        features, thresholds: (nodes, trees), padded with questions whose answer rules out nothing.
        masks: (nodes, trees), the bits of the leaves that "more" leaves over.
        values: of all leaves, tree by tree; ``offsets`` is one less than where each tree's begin.
    """

    features: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    masks: NDArray[np.int64]
    values: NDArray[np.float64]
    offsets: NDArray[np.int64]


def _table(trees: Sequence[Sequence[Node]]) -> _Table:
    import numpy as np

    questions: list[list[tuple[int, float, int]]] = []
    values: list[float] = []
    offsets: list[int] = []
    for tree in trees:
        offsets.append(len(values) - 1)
        asked: list[tuple[int, float, int]] = []
        _descend(tree, 0, asked, values, len(values))
        questions.append(asked)
    deep = max(map(len, questions))
    padded: Any = [asked + [(0, float("inf"), -1)] * (deep - len(asked)) for asked in questions]

    def of(part: int, kind: type) -> Any:
        return np.ascontiguousarray(np.array([[q[part] for q in asked] for asked in padded], dtype=kind).T)

    return _Table(
        of(0, np.int64), of(1, np.float64), of(2, np.int64), np.array(values), np.array(offsets, dtype=np.int64)
    )


def _descend(
    tree: Sequence[Node], at: int, asked: list[tuple[int, float, int]], values: list[float], begin: int
) -> None:
    """Notes the leaves below a node from left to right, and each inner node with what its "more" leaves over."""
    feature, value, low, high = tree[at]
    if feature < 0:
        values.append(value)
        if len(values) - begin > _MOST_LEAVES:
            raise ValueError(f"a tree of more than {_MOST_LEAVES} leaves: fit smaller ones")
        return
    first = len(values) - begin
    _descend(tree, low, asked, values, begin)
    asked.append((feature, value, ~((1 << (len(values) - begin)) - (1 << first))))
    _descend(tree, high, asked, values, begin)


def weighed(weights: Mapping[str, float], said: Mapping[str, float]) -> float:
    """Sum of the weights of what is said, and their bias: how what trees say is put beside what the reader says."""
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in said.items())


def load(package: str, name: str) -> Trees:
    """The trees in a JSON file of a package of ours."""
    table = json.loads((files(package) / name).read_text(encoding="utf-8"))
    return Trees(table["names"], table["base"], [[(n[0], n[1], n[2], n[3]) for n in tree] for tree in table["trees"]])


def save(trees: Trees, path: Path, by: str) -> None:
    """Writes them, one tree a line, with the command that fitted them."""
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees.trees)
    head = f'"by":{json.dumps(by)},"names":{json.dumps(list(trees.names))},"base":{trees.base:.4f}'
    path.write_text("{" + f'{head},\n"trees":[\n{lines}\n]' + "}\n", encoding="utf-8")
