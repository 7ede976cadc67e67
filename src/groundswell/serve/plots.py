"""Figures as range plots: where each claim's low and high stand on one scale. Numbers for templates, no markup."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.serve import wording

WIDTH = 100  # per cent of the plot's width


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's figure. ``left`` and ``right`` in units of WIDTH; ``point`` where it gives one best number."""

    text: str
    said: str
    quoted: str
    report: str
    document: str
    published: str | None
    publisher: str | None
    left: float
    right: float
    point: float | None
    open_left: bool
    open_right: bool


@dataclass(frozen=True, slots=True)
class Range:
    """All claims about one kind of count, and the scale's ticks."""

    of: str
    title: str
    summary: str
    claims: list[Claim]
    ticks: list[tuple[float, str]]
    logarithmic: bool


def ranges(figures: Sequence[Mapping[str, Any]]) -> list[Range]:
    """One plot a kind of count, in the codebook's order."""
    return [
        _range(of, claims) for of in wording.FIGURES if (claims := [figure for figure in figures if figure["of"] == of])
    ]


def _range(of: str, figures: Sequence[Mapping[str, Any]]) -> Range:
    ends = [value for figure in figures for name in ("low", "best", "high") if (value := figure.get(name)) is not None]
    top, bottom = max(ends, default=1) or 1, min((end for end in ends if end > 0), default=1)
    # Twenty-fold differences make the smaller claims unreadable on a straight scale.
    logarithmic = top / bottom > 20 and 0 not in ends

    def at(value: float) -> float:
        if logarithmic:
            low = math.log10(bottom) - 0.1
            return (math.log10(max(value, bottom)) - low) / (math.log10(top) + 0.1 - low) * WIDTH
        return value / (top * 1.08) * WIDTH

    claims = [_claim(figure, at) for figure in figures]
    lows = [value for f in figures if (value := f["low"] if f["low"] is not None else f["best"]) is not None]
    highs = [value for f in figures if (value := f["high"] if f["high"] is not None else f["best"]) is not None]
    open_end = any(figure["high"] is None and figure["best"] is None for figure in figures)
    highest = max([*highs, *lows], default=None)
    summary = wording.figure(min(lows, default=None), highest, open_end=open_end)
    return Range(
        of,
        wording.FIGURES[of],
        summary,
        claims,
        [(at(value), wording.number(value)) for value in _ticks(bottom, top, logarithmic)],
        logarithmic,
    )


def _claim(figure: Mapping[str, Any], at: Any) -> Claim:
    low, best, high = figure.get("low"), figure.get("best"), figure.get("high")
    left = at(low) if low is not None else at(best) if best is not None else 0.0
    right = at(high) if high is not None else at(best) if best is not None else float(WIDTH)
    return Claim(
        text=wording.claim(figure), said=figure.get("attribution") or "the article itself", quoted=figure["text"],
        report=figure["report"], document=figure["document"], published=figure.get("published"), publisher=figure.get("publisher"),
        left=round(min(left, right), 1), right=round(max(left, right), 1), point=round(at(best), 1) if best is not None else None,
        open_left=low is None and best is None, open_right=high is None and best is None,
    )  # fmt: skip


def _ticks(bottom: float, top: float, logarithmic: bool) -> list[int]:
    if logarithmic:
        return [10**power for power in range(math.ceil(math.log10(bottom)), math.floor(math.log10(top)) + 1)]
    step = 10 ** math.floor(math.log10(top))
    step = next(int(size) for size in (step / 5, step / 2, step, step * 2, step * 5) if size >= 1 and top / size <= 5)
    return list(range(0, int(top) + 1, max(step, 1)))
