"""Blind double coding: a random sample of reports, each coder's coding as a decision that changes nothing, and agreement per field.

Agreement is Krippendorff's alpha from the ``krippendorff`` package, with percentile intervals from resampled units.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from groundswell.errors import UsageError
from groundswell.store import Ledger
from groundswell.values import EVENT_TYPES, MODES, STATUSES

Level = Literal["nominal", "ratio"]
FIELDS: dict[str, Level] = {
    "event": "nominal", "type": "nominal", "mode": "nominal", "status": "nominal", "country": "nominal", "earliest": "nominal",
    "participants": "ratio", "deaths": "ratio",
}  # fmt: skip
"""What is coded, and the level of measurement its disagreement is weighed on."""
FIRM, TENTATIVE = 0.80, 0.667  # Krippendorff's own bounds
RESAMPLES = 1000


def sample(book: Ledger, *, size: int, seed: int) -> list[str]:
    """Ids of ``size`` reports drawn at random; the same seed draws the same ones as long as no report is added."""
    rows = book.connection.execute("SELECT id FROM report WHERE live = 1")
    drawn = heapq.nsmallest(
        size, ((hashlib.sha256(f"{seed}\n{row[0]}".encode()).digest(), str(row[0])) for row in rows)
    )
    return [identity for _, identity in drawn]


def codings(book: Ledger) -> dict[str, dict[str, Mapping[str, Any]]]:
    """What each coder coded, by report and coder; a coder's later coding replaces the earlier."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for decision in book.decisions(standing=True):
        if decision["kind"] == "code" and isinstance(decision["value"], Mapping):
            found.setdefault(decision["left"], {})[str(decision["by"])] = decision["value"]
    return found


def checked(value: object) -> dict[str, Any]:
    """One coding as it is stored. Raises UsageError naming the field that cannot be."""
    if not isinstance(value, Mapping):
        raise UsageError("A coding is an object with the fields " + ", ".join(FIELDS) + ".")
    if value.get("event") is not True:
        return {"event": False}
    kind, mode, status = value.get("type"), value.get("mode") or None, value.get("status")
    if kind not in EVENT_TYPES or status not in STATUSES:
        raise UsageError("A coding of an event needs a type and a status of the codebook.")
    if mode is not None and mode not in MODES[kind]:
        raise UsageError(f"{mode!r} is no mode of {kind}. Use one of: {', '.join(MODES[kind]) or 'none'}.")
    found: dict[str, Any] = {"event": True, "type": kind, "mode": mode, "status": status}
    for name in ("country", "earliest"):
        found[name] = str(value[name])[:10] if value.get(name) else None
    for name in ("participants", "deaths"):
        number = value.get(name)
        if number not in (None, "") and not (isinstance(number, int) and not isinstance(number, bool) and number >= 0):
            raise UsageError(f"{name} must be a whole number, or empty where the text gives none.")
        found[name] = None if number == "" else number
    return found


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far coders agree on one field.

    alpha: None where it is not defined (nobody coded twice, or all gave the same value). low, high: 95% interval.
    units: reports coded by two or more. same: share of pairs of codings that are equal.
    """

    field: str
    level: Level
    units: int
    coders: int
    alpha: float | None
    low: float | None
    high: float | None
    same: float | None

    @property
    def verdict(self) -> str:
        if self.alpha is None:
            return "nobody coded twice" if not self.units else "all codings give the same value"
        return (
            "firm"
            if self.alpha >= FIRM
            else "tentative"
            if self.alpha >= TENTATIVE
            else "not usable without aggregation"
        )


def agreement(found: Mapping[str, Mapping[str, Mapping[str, Any]]], *, seed: int = 0) -> list[Agreement]:
    """Agreement on every field, over the reports that two or more coded."""
    coders = sorted({coder for by in found.values() for coder in by})
    return [_agreement(found, coders, field, level, seed) for field, level in FIELDS.items()]


def _agreement(
    found: Mapping[str, Mapping[str, Mapping[str, Any]]], coders: Sequence[str], field: str, level: Level, seed: int
) -> Agreement:
    import numpy as np

    units = []
    for report in sorted(found):
        row = [_value(found[report].get(coder), field, level) for coder in coders]
        if sum(value is not None for value in row) > 1:
            units.append(row)
    if not units:
        return Agreement(field, level, 0, len(coders), None, None, None, None)
    names = sorted({value for row in units for value in row if value is not None}, key=str)
    code = (
        {value: float(at) for at, value in enumerate(names)}
        if level == "nominal"
        else {value: float(value) for value in names}
    )
    table = np.array([[np.nan if value is None else code[value] for value in row] for row in units]).T
    alpha = _alpha(table, level)
    chance = np.random.default_rng(seed)
    drawn = [
        _alpha(table[:, chance.integers(0, len(units), len(units))], level)
        for _ in range(RESAMPLES if alpha is not None else 0)
    ]
    spread = [value for value in drawn if value is not None]
    low, high = (float(each) for each in np.percentile(spread, [2.5, 97.5])) if spread else (None, None)
    return Agreement(field, level, len(units), len(coders), alpha, low, high, _same(units))


def _value(coding: Mapping[str, Any] | None, field: str, level: Level) -> Any:
    """What a coder gave; None where the coder did not code the report, or gave no number where one is measured.

    For named values "not given" is a value of its own: two coders who both find no country agree.
    """
    if coding is None:
        return None
    if field == "event":
        return str(bool(coding.get("event")))
    if not coding.get("event"):
        return None
    value = coding.get(field)
    if level == "ratio":
        return value
    return "not given" if value is None else str(value)


def _alpha(table: Any, level: Level) -> float | None:
    """None where fewer than two different values stand in it: alpha divides by the disagreement that is expected."""
    import krippendorff
    import numpy as np

    values = np.unique(table[~np.isnan(table)])
    if len(values) < 2:
        return None
    found = float(krippendorff.alpha(reliability_data=table, level_of_measurement=level))
    return None if np.isnan(found) else found


def _same(units: Sequence[Sequence[Any]]) -> float:
    pairs = equal = 0
    for row in units:
        given = [value for value in row if value is not None]
        for at, first in enumerate(given):
            for second in given[at + 1 :]:
                pairs += 1
                equal += first == second
    return equal / pairs


def disputed(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Reports on which two codings differ, with the fields and what each coder gave: what an adjudicator settles."""
    rows = []
    for report, by in sorted(found.items()):
        differ = {}
        for field, level in FIELDS.items():
            given = {coder: _value(coding, field, level) for coder, coding in by.items()}
            if len({value for value in given.values() if value is not None}) > 1:
                differ[field] = {coder.removeprefix("review:"): value for coder, value in sorted(given.items())}
        if differ:
            rows.append({"report": report, "fields": differ})
    return rows
