"""Gradient-boosted trees for a yes-or-no question: fitted by scikit-learn, taken out as trees.py asks them. Fits only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.errors import GroundswellError, SourceError
from groundswell.trees import Node, Trees

CLOSE = 0.05
"""Log odds by which a forest may differ from the model it was taken out of; rounded leaves alone give up to .0075."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How much a forest may learn."""

    trees: int = 150
    leaves: int = 12
    rate: float = 0.07
    ridge: float = 3.0
    least_rows: int = 15
    bins: int = 64


LEAST_SEEN = 15
"""How often a feature must occur to be asked for."""


def matrix_of(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> NDArray[np.float64]:
    """The rows as a matrix; what a row does not name is 0."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


def fit_trees(rows: Sequence[Mapping[str, float]], wanted: Sequence[bool], names: Sequence[str], shape: Shape) -> Trees:
    """Trees whose summed leaves are the log odds of ``wanted``.

    Raises:
        SourceError: all answers are the same, so that there is nothing to learn.
        GroundswellError: scikit-learn is not there, or keeps its trees otherwise than this was written for.
    """
    share = sum(wanted) / max(1, len(wanted))
    if not 0 < share < 1:
        raise SourceError(
            f"All {len(wanted)} answers are the same: there is nothing to learn. Give rows of both kinds."
        )
    matrix = matrix_of(rows, names)
    model = _fitted(matrix, wanted, shape)
    base = float(np.log(share / (1 - share)))
    found = Trees(names, base, [_nodes(stage[0].nodes) for stage in model._predictors])  # no public way to the trees
    some = slice(0, 1000)
    off = np.abs(model.decision_function(matrix[some]) - [found.log_odds(row) for row in rows[some]]).max()
    if off > CLOSE:
        raise GroundswellError(
            f"The trees taken out of scikit-learn's model differ from it by {off:.3f}. Install a release that pyproject.toml allows."
        )
    return found


def fit_on_seen(rows: Sequence[Mapping[str, float]], wanted: Sequence[bool]) -> Trees:
    """``fit_trees`` on the features that are not 0 often enough."""
    seen = Counter(name for row in rows for name, value in row.items() if value)
    return fit_trees(rows, wanted, sorted(name for name, times in seen.items() if times >= LEAST_SEEN), Shape())


def _fitted(matrix: NDArray[np.float64], wanted: Sequence[bool], shape: Shape) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise GroundswellError(f"{error.name} is not installed. Install groundswell[train] and try again.") from None
    model = HistGradientBoostingClassifier(
        max_iter=shape.trees, max_leaf_nodes=shape.leaves, learning_rate=shape.rate, l2_regularization=shape.ridge,
        min_samples_leaf=shape.least_rows, max_bins=shape.bins, early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(limits=1):  # sums of several threads differ in their last bits from run to run
        return model.fit(matrix, np.array(wanted))


def _nodes(nodes: Any) -> list[Node]:
    # A threshold may be the very value of a row: rounded, it would send that row the other way.
    return [
        (-1, round(float(node["value"]), 4), 0, 0)
        if node["is_leaf"]
        else (int(node["feature_idx"]), float(node["num_threshold"]), int(node["left"]), int(node["right"]))
        for node in nodes
    ]
