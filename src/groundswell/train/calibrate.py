"""Fits what the decoder needs on the dev split: thresholds for F1, and scores that mean what they say.

Works on cached network outputs, so that a search costs seconds. Never sees the test split or the sealed documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_decode import Settings, decode
from groundswell.analyse.reader_found import FoundTrigger, Reading
from groundswell.analyse.reader_pairs import PairWeights
from groundswell.analyse.reader_phrases import tidy
from groundswell.train.measure import gold_events, matched, measure, soft, words_text
from groundswell.train.reader_data import Example

Raw = tuple[Any, Any, Any]
Nets = tuple[PairWeights, PairWeights]
_ROLE_GOALS = {
    "actor": "actors", "called_by": "called_by", "target": "targets", "place": "places", "time": "time",
    "figure": "figures of matched", "issue": "issue", "attribution": "attribution",
}  # fmt: skip
_GRID = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_FEW = 25.0  # a type with n dev examples keeps n / (n + _FEW) of its own best threshold


def logistic(features: NDArray[np.float64], right: NDArray[np.float64], ridge: float = 1.0) -> tuple[float, ...]:
    """Weights (constant first) of a ridge logistic regression, by Newton's method."""
    x = np.hstack([np.ones((len(features), 1)), features])
    weights = np.zeros(x.shape[1])
    penalty = np.diag([0.0, *[ridge] * (x.shape[1] - 1)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - right) + penalty @ weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + penalty + 1e-6 * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, gradient)
    return tuple(round(float(w), 5) for w in weights)


def logit(p: float) -> float:
    p = min(max(p, 1e-5), 1 - 1e-5)
    return float(np.log(p / (1 - p)))


def calibration_error(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: mean distance of score and share of right ones over equally filled bins."""
    if not scores:
        return 0.0
    order = np.argsort(scores)
    s, r = np.array(scores)[order], np.array(right, dtype=float)[order]
    parts = [part for part in np.array_split(np.arange(len(s)), bins) if len(part)]
    return float(sum(len(part) * abs(s[part].mean() - r[part].mean()) for part in parts) / len(s))


def _best_cut(judged: Sequence[tuple[float, bool]], wanted: int) -> float:
    """The score from which on F1 is best; F1 is smoothed over neighbouring cuts."""
    cuts = np.arange(0.15, 0.75, 0.025)
    f1 = []
    for cut in cuts:
        kept = [right for score, right in judged if score >= cut]
        f1.append(2 * sum(kept) / max(len(kept) + wanted, 1))
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return round(float(cuts[int(smooth.argmax())]), 3)


class Fitting:
    """A search over Settings on cached outputs of dev units."""

    def __init__(self, examples: Sequence[Example], raw: Sequence[Raw], nets: Nets) -> None:
        self.examples, self.raw, self.nets = examples, raw, nets

    def read(self, settings: Settings) -> list[Reading]:
        return [
            tidy(e.row["text"], e.unit, decode(w, p, u, e.unit.of_sentence, *self.nets, settings))
            for (w, p, u), e in zip(self.raw, self.examples, strict=True)
        ]

    def score(self, settings: Settings, names: Iterable[str]) -> float:
        found = measure(self.examples, self.read(settings)).scores()
        return sum(found[n][2] for n in names if n in found)

    def best(self, make: Callable[[float], Settings], names: Sequence[str], grid: Sequence[float] = _GRID) -> float:
        """The grid's value with the highest sum of F1; its neighbours count by a third, for a steadier choice."""
        raw = np.array([self.score(make(value), names) for value in grid])
        smooth = np.convolve(np.pad(raw, 1, mode="edge"), [0.3, 1.0, 0.3], mode="valid")
        return float(grid[int(smooth.argmax())])

    def fit(self) -> Settings:
        settings = replace(Settings(default=0.3), calibration=self._trigger_calibration())
        default, own = self._thresholds(settings)
        settings = replace(settings, default=default, trigger=own)
        settings = self._status(settings)
        modes = ["mode of matched", "mode, none counted too"]
        settings = replace(
            settings, no_mode=self.best(lambda v: replace(settings, no_mode=v), modes, (-2, -1.5, -1, -0.5, 0, 0.5))
        )
        roles: dict[str, float] = {}
        for role, goal in _ROLE_GOALS.items():
            roles[role] = self.best(lambda v, r=role: replace(settings, role={**roles, r: v}), [goal])  # type: ignore[misc]
        settings = replace(settings, role=roles)
        content = self.best(lambda v: replace(settings, content=v), ["statements (content + speaker)"])
        settings = replace(settings, content=content)
        for role in ("speaker",):
            roles[role] = self.best(
                lambda v, r=role: replace(settings, role={**roles, r: v}),  # type: ignore[misc]
                ["statements (content + speaker)"],
                (0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
            )
        settings = replace(settings, role=roles)
        entity = self.best(lambda v: replace(settings, entity=v), ["place", "person", "organisation"])
        figure = self.best(lambda v: replace(settings, figure=v), ["figures told"], (0.3, 0.4, 0.5, 0.6, 0.8, 0.95))
        settings = replace(settings, entity=entity, figure=figure)
        return replace(settings, calibration={**settings.calibration, **self._more_calibration(settings)})

    def _trigger_calibration(self) -> dict[str, tuple[float, ...]]:
        readings = self.read(Settings(default=0.03))
        x, y = [], []
        for trigger, right in triggers_right(self.examples, readings):
            x.append([logit(p) for p in trigger.raw])
            y.append(float(right))
        return {"trigger": logistic(np.array(x), np.array(y))}

    def _thresholds(self, settings: Settings) -> tuple[float, dict[str, float]]:
        """The one threshold for all types with the best F1, and each type's own, drawn towards it by _FEW."""
        readings = self.read(replace(settings, default=0.03, trigger={}))
        judged = [(t.type, t.score, right) for t, right in triggers_right(self.examples, readings)]
        wanted: dict[str, int] = {}
        for example in self.examples:
            for event in gold_events(example):
                wanted[event["type"]] = wanted.get(event["type"], 0) + 1
        common = _best_cut([(s, r) for _, s, r in judged], sum(wanted.values()))
        own: dict[str, float] = {}
        for kind in labels.TRIGGERS[1:-1]:
            n = wanted.get(kind, 0)
            best = _best_cut([(s, r) for k, s, r in judged if k == kind], n) if n >= 5 else common
            own[kind] = round((n * best + _FEW * common) / (n + _FEW), 3)
        return common, own

    def _status(self, settings: Settings) -> Settings:
        """How far the two common statuses are moved against the rare ones, and the threshold of non-factual triggers."""
        goals = ["non-factual with status", "status of matched", "status, ongoing told apart"]
        for name in ("occurred", "ongoing"):
            value = self.best(
                lambda v, k=name, s=settings: replace(s, status={**s.status, k: v}),  # type: ignore[misc]
                goals,
                (-1.5, -1, -0.5, 0, 0.5, 1, 2),
            )
            settings = replace(settings, status={**settings.status, name: value})
        goals_all = ["non-factual with status", "events"]
        factor = self.best(self._with_unreal(settings), goals_all, (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
        settings = replace(settings, unreal=factor)
        return settings

    @staticmethod
    def _with_unreal(settings: Settings) -> Callable[[float], Settings]:
        return lambda factor: replace(settings, unreal=factor)

    def _more_calibration(self, settings: Settings) -> dict[str, tuple[float, ...]]:
        out: dict[str, tuple[float, ...]] = {}
        samples = role_samples(self.examples, self.read(settings))
        for name, pairs in samples.items():
            if len(pairs) >= 40:
                out[name] = logistic(np.array([[logit(p)] for p, _ in pairs]), np.array([float(r) for _, r in pairs]))
        return out


def triggers_right(examples: Sequence[Example], readings: Sequence[Reading]) -> list[tuple[FoundTrigger, bool]]:
    """Every trigger found, and whether a gold event of its type stands there."""
    out: list[tuple[FoundTrigger, bool]] = []
    for example, reading in zip(examples, readings, strict=True):
        right = {j for _, j in matched(example, gold_events(example), reading.triggers, True)}
        out.extend((t, j in right) for j, t in enumerate(reading.triggers))
    return out


def role_samples(examples: Sequence[Example], readings: Sequence[Reading]) -> dict[str, list[tuple[float, bool]]]:
    """(raw probability, right) of every role of matched triggers, and of every statement's content."""
    keys = {"actor": "actors", "called_by": "called_by", "target": "targets", "place": "places", "figure": "figures"}
    out: dict[str, list[tuple[float, bool]]] = {}
    for example, reading in zip(examples, readings, strict=True):
        gold = gold_events(example)
        for i, j in matched(example, gold, reading.triggers, True):
            for role in reading.triggers[j].roles:
                listed = gold[i].get(keys[role.kind], ()) if role.kind in keys else [gold[i].get(role.kind)]
                said = words_text(example, role.words)
                right = any(x and soft(x["text"], said) >= 0.5 for x in listed)
                out.setdefault(role.kind, []).append((role.raw, right))
        contents = [s["content"]["text"] for s in example.row.get("statements", ())]
        for found in reading.statements:
            right = any(soft(c, words_text(example, found.words)) >= 0.5 for c in contents)
            out.setdefault("statement", []).append((found.raw, right))
    return out
