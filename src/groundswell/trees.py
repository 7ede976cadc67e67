"""Boosted regression trees as the fitted models of small questions ship them: read from JSON, asked in plain Python.

Fitting is done elsewhere (evaluate/boosted_trees.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

Node = tuple[int, float, int, int]
"""Number of a feature, threshold, numbers of the nodes for "at most that" and "more". A leaf: -1, its value, 0, 0."""


class Trees:
    """Log odds from named features; what is not named is 0."""

    def __init__(self, names: Sequence[str], base: float, trees: Sequence[Sequence[Node]]) -> None:
        self.names, self.base, self.trees = names, base, trees

    def log_odds(self, found: Mapping[str, float]) -> float:
        row = [found.get(name, 0.0) for name in self.names]
        total = self.base
        for tree in self.trees:
            feature, value, low, high = tree[0]
            while feature >= 0:
                feature, value, low, high = tree[low if row[feature] <= value else high]
            total += value
        return total


def load(package: str, name: str) -> Trees:
    """The trees in a JSON file of a package of ours."""
    table = json.loads((files(package) / name).read_text(encoding="utf-8"))
    return Trees(table["names"], table["base"], [[(n[0], n[1], n[2], n[3]) for n in tree] for tree in table["trees"]])


def save(trees: Trees, path: Path, by: str) -> None:
    """Writes them, one tree a line, with the command that fitted them."""
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees.trees)
    head = f'"by":{json.dumps(by)},"names":{json.dumps(list(trees.names))},"base":{trees.base:.4f}'
    path.write_text("{" + f'{head},\n"trees":[\n{lines}\n]' + "}\n", encoding="utf-8")
