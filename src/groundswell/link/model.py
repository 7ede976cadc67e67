"""The score of a pair: logistic regression on the named features, its weights in weights.json with the fingerprint of the data
they were fitted on. Fitting is here too, so that the file can be made again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.errors import ModelError
from groundswell.link.compare import FEATURES


@dataclass(frozen=True)
class PairModel:
    """Weights by feature, the bias, and the thresholds the clustering uses."""

    weights: NDArray[np.float64]
    bias: float
    join: float
    hold: float
    show: float
    name: str
    data: str

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability (0..1) that both reports tell one happening, for every row of features."""
        total: NDArray[np.float64] = features @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(total, -30.0, 30.0))))

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "data": self.data, "join": self.join, "hold": self.hold, "show": self.show, "bias": round(self.bias, 4),
            "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, self.weights, strict=True)},
        }  # fmt: skip


@lru_cache(maxsize=1)
def load() -> PairModel:
    """The model that ships. Raises ModelError where its features are not those of this version."""
    return from_json(json.loads(files("groundswell.link").joinpath("weights.json").read_text(encoding="utf-8")))


def from_json(found: dict[str, Any]) -> PairModel:
    if set(found["weights"]) != set(FEATURES):
        raise ModelError(
            "link/weights.json does not fit the features of this version. Make it again: python examples/linking/measure.py fit"
        )
    weights = np.array([found["weights"][name] for name in FEATURES], dtype=np.float64)
    return PairModel(
        weights,
        float(found["bias"]),
        float(found["join"]),
        float(found["hold"]),
        float(found["show"]),
        found["name"],
        found["data"],
    )


# What each feature may mean (lowest, expected, highest weight). Features that the data never vary keep the expected weight, and
# no accident of a small set makes agreement count against a pair.
PRIORS: dict[str, tuple[float, float, float]] = {
    "same_day": (0.0, 1.5, 9.0), "days_overlap": (0.0, 1.0, 9.0), "next_day": (-3.0, -0.5, 1.0), "days_apart": (-9.0, -2.0, 0.0),
    "day_unknown": (-3.0, 0.0, 0.5), "published_apart": (-3.0, -0.5, 0.0), "same_place": (0.0, 1.0, 9.0),
    "near_place": (-2.0, 0.3, 9.0), "place_apart": (-9.0, -2.0, 0.0), "place_within": (-2.0, 0.0, 0.5),
    "place_unknown": (-3.0, -0.5, 0.0), "vague": (-9.0, -3.0, -1.5), "same_type": (0.0, 1.5, 9.0), "same_mode": (0.0, 1.0, 9.0), "other_mode": (-9.0, -1.5, 0.0),
    "call_and_deed": (-3.0, -0.3, 0.5), "actors_alike": (0.0, 1.5, 9.0), "actors_unlike": (-9.0, -1.0, 0.0),
    "actors_unknown": (-3.0, 0.0, 1.0), "targets_alike": (0.0, 1.5, 9.0), "targets_unlike": (-9.0, -1.0, 0.0),
    "figures_equal": (0.0, 1.5, 9.0), "figures_apart": (-3.0, -0.4, 0.0), "figures_of_other_kinds": (-3.0, -0.5, 0.0), "other_hour": (-9.0, -2.0, 0.0), "other_side": (-9.0, -2.0, 0.0), "words_alike": (0.0, 4.0, 15.0),
    "words_very_alike": (0.0, 2.0, 15.0), "same_trigger": (0.0, 0.7, 9.0), "triggers_alike": (0.0, 1.0, 9.0), "copied": (0.0, 4.0, 9.0),
}  # fmt: skip


def fit(
    features: NDArray[np.float32],
    same: NDArray[np.bool_],
    *,
    name: str,
    data: str,
    l2: float = 1.0,
    join: float = 0.5,
    hold: float = 0.5,
) -> PairModel:
    """Most likely weights near the expected ones and within their bounds, by projected Newton steps; no chance is involved."""
    x = np.column_stack([features.astype(np.float64), np.ones(len(features))])
    y = same.astype(np.float64)
    bounds = np.array([*(PRIORS[feature] for feature in FEATURES), (-30.0, -4.0, 30.0)])
    penalty = np.full(x.shape[1], l2)
    penalty[-1] = 1e-3
    beta = bounds[:, 1].copy()
    for _ in range(200):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30.0, 30.0)))
        gradient = x.T @ (p - y) + penalty * (beta - bounds[:, 1])
        held = ((beta <= bounds[:, 0]) & (gradient > 0)) | ((beta >= bounds[:, 2]) & (gradient < 0))
        free = np.flatnonzero(~held)
        hessian = (x[:, free] * (p * (1.0 - p))[:, None]).T @ x[:, free] + np.diag(penalty[free])
        moved = beta.copy()
        moved[free] -= np.linalg.solve(hessian, gradient[free])
        moved = np.clip(moved, bounds[:, 0], bounds[:, 2])
        step = float(np.abs(moved - beta).max())
        beta = moved
        if step < 1e-9:
            break
    return PairModel(beta[:-1], float(beta[-1]), join, hold, 0.2, name, data)
