"""How far coders agree with each other, and the machine with coders: Krippendorff's alpha per field, with intervals.

Alpha is the ``krippendorff`` package's. Its 95 % interval comes from resampled reports; those are reckoned here from the same
coincidences, because the package takes 0.3 s for one alpha of 200 counts. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from groundswell.review.coding import FIELDS, Level, coded_value

FIRM, TENTATIVE = 0.80, 0.667  # Krippendorff's own bounds
RESAMPLES = 1000
MACHINE = "machine"
Coding = Mapping[str, Any]
Codings = Mapping[str, Mapping[str, Coding]]
Unit = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far codings of one field agree.

    units: what was coded more than once; between machine and coders, each pair of the two. reports: how many reports those are.
    alpha: None where it is not defined (nothing coded twice, or all gave the same value). low, high: its 95% interval.
    same: share of pairs of codings that are equal. common: share of the commonest value, which alpha depends on.
    """

    field: str
    level: Level
    units: int
    reports: int
    alpha: float | None
    low: float | None
    high: float | None
    same: float | None
    common: float | None

    @property
    def verdict(self) -> str:
        if self.alpha is None:
            return "nothing coded twice" if not self.units else "all codings give the same value"
        if self.alpha >= FIRM:
            return "firm"
        return "tentative" if self.alpha >= TENTATIVE else "not usable without aggregation"


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``of``, with Wilson's 95% interval; low and high are None for nothing out of nothing."""

    right: int
    of: int
    low: float | None
    high: float | None


def agreement(found: Codings, *, seed: int = 0) -> list[Agreement]:
    """Coders among each other on every field, over the reports that two or more coded."""
    return [_between(found, field, level, seed) for field, level in FIELDS.items()]


def _between(found: Codings, field: str, level: Level, seed: int) -> Agreement:
    coders = sorted({coder for by in found.values() for coder in by})
    units: list[Unit] = []
    for report in sorted(found):
        row = tuple(coded_value(found[report].get(coder), field, level) for coder in coders)
        if sum(value is not None for value in row) > 1:
            units.append((report, row))
    return measured(field, level, units, seed=seed)


def with_machine(found: Codings, machine: Mapping[str, Coding], *, seed: int = 0) -> list[Agreement]:
    """The machine with each coder, over the reports that two or more coded; over all coded ones where none was coded twice.

    The machine proposed every report of the sample, so it says "event" each time: only ``same`` tells anything of that field.
    """
    twice = {report: by for report, by in found.items() if len(by) > 1} or found
    rows = []
    for field, level in FIELDS.items():
        units: list[Unit] = []
        for report in sorted(set(twice) & set(machine)):
            own = coded_value(machine[report], field, level)
            for coding in (twice[report][coder] for coder in sorted(twice[report])):
                other = coded_value(coding, field, level)
                if own is not None and other is not None:
                    units.append((report, (own, other)))
        rows.append(measured(field, level, units, seed=seed, alpha=field != "event"))
    return rows


def against(settled: Mapping[str, Coding], codings: Mapping[str, Coding]) -> dict[str, Share]:
    """On how many settled reports a coding says the same, field by field; where both give no number, that counts as the same."""
    found: dict[str, Share] = {}
    for field, level in FIELDS.items():
        right = of = 0
        for report in set(settled) & set(codings):
            gold, own = settled[report], codings[report]
            if field != "event" and not (gold.get("event") and own.get("event")):
                continue
            of += 1
            right += coded_value(gold, field, level) == coded_value(own, field, level)
        found[field] = share(right, of)
    return found


def share(right: int, of: int) -> Share:
    """With Wilson's interval (1927), which stays inside 0..1 for few cases."""
    if not of:
        return Share(right, of, None, None)
    z, part = 1.96, right / of
    middle, half = part + z * z / (2 * of), z * sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return Share(right, of, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def measured(field: str, level: Level, units: Sequence[Unit], *, seed: int = 0, alpha: bool = True) -> Agreement:
    """Alpha with its interval over units of (report, values); None stands for a value that was not given."""
    reports = len({report for report, _ in units})
    if not units:
        return Agreement(field, level, 0, 0, None, None, None, None, None)
    names = sorted({value for _, row in units for value in row if value is not None}, key=str)
    numbers = {value: float(value) if level == "ratio" else float(at) for at, value in enumerate(names)}
    counts = _counts(units, names)
    common = float(counts.sum(axis=0).max() / counts.sum())
    found = low = high = None
    if alpha and len(names) > 1:
        found = _alpha(units, numbers, level)
        low, high = _interval(units, counts, [numbers[name] for name in names], level, seed)
    return Agreement(field, level, len(units), reports, found, low, high, _same(units), common)


def _counts(units: Sequence[Unit], names: Sequence[Any]) -> Any:
    """How often each value was given, unit by unit."""
    import numpy as np

    at = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(units), len(names)))
    for number, (_, row) in enumerate(units):
        for value in row:
            if value is not None:
                table[number, at[value]] += 1
    return table


def _alpha(units: Sequence[Unit], numbers: Mapping[Any, float], level: Level) -> float | None:
    import krippendorff
    import numpy as np

    table = np.array([[np.nan if value is None else numbers[value] for value in row] for _, row in units]).T
    found = float(krippendorff.alpha(reliability_data=table, level_of_measurement=level))
    return None if np.isnan(found) else found


def _interval(
    units: Sequence[Unit], counts: Any, values: Sequence[float], level: Level, seed: int
) -> tuple[float | None, float | None]:
    """Percentiles of alpha over resampled reports (all units of a report together)."""
    import numpy as np

    reports = {name: number for number, name in enumerate(dict.fromkeys(report for report, _ in units))}
    owner = np.array([reports[report] for report, _ in units])
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(reports), np.full(len(reports), 1 / len(reports)), size=RESAMPLES)
    spread = resampled(counts, values, level, drawn[:, owner])
    spread = spread[~np.isnan(spread)]
    if not len(spread):
        return None, None
    low, high = np.percentile(spread, [2.5, 97.5])
    return float(low), float(high)


def resampled(counts: Any, values: Sequence[float], level: Level, weights: Any) -> Any:
    """Alpha for each row of ``weights`` (how often each unit is drawn), from the values' counts by unit; nan where not defined."""
    import numpy as np

    points = np.asarray(values, dtype=float)
    if level == "nominal":
        distance = 1.0 - np.eye(len(points))
    else:
        total = points[:, None] + points[None, :]
        distance = np.divide(points[:, None] - points[None, :], total, out=np.zeros_like(total), where=total != 0) ** 2
    size = counts.sum(axis=1)
    observed = ((counts @ distance) * counts).sum(axis=1) / (size - 1)
    every = weights @ counts
    pairs = every.sum(axis=1)
    expected = ((every @ distance) * every).sum(axis=1) / (pairs - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (weights @ observed) / expected, np.nan)


def _same(units: Sequence[Unit]) -> float:
    pairs = equal = 0
    for _, row in units:
        given = [value for value in row if value is not None]
        for at, first in enumerate(given):
            for second in given[at + 1 :]:
                pairs += 1
                equal += first == second
    return equal / pairs
