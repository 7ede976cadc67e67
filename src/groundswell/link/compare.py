"""Two reports compared: features with names, what rules a pair out whatever its score, and the reason as one sentence.

All work is on columns, so that millions of pairs cost seconds. A feature that cannot be known is 0 and says so in its own feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from groundswell.link import words
from groundswell.link.columns import COUNTRY, FINE, NOWHERE, UNKNOWN_DAY, Columns
from groundswell.values import FIGURE_KINDS

Rows = NDArray[np.int64]
Numbers = NDArray[np.float32]

FEATURES: tuple[str, ...] = (
    "same_day", "days_overlap", "next_day", "days_apart", "day_unknown", "published_apart",
    "same_place", "near_place", "place_apart", "place_within", "place_unknown",
    "vague",
    "same_type", "same_mode", "other_mode", "call_and_deed",
    "actors_alike", "actors_unlike", "actors_unknown", "targets_alike", "targets_unlike",
    "figures_equal", "figures_apart", "figures_of_other_kinds", "other_hour", "other_side", "words_alike", "words_very_alike", "same_trigger", "triggers_alike", "copied",
)  # fmt: skip
NEAR_KM = 30.0
FAR_KM = 120.0
STALE = 14  # days between publications beyond which an undated report is not compared with another
LARGEST_GAP = 3  # days between two dated reports of one happening; newspapers confuse yesterday with the day before


def features(columns: Columns, left: Rows, right: Rows) -> Numbers:
    """One row a pair, one column a name in FEATURES."""
    found = np.zeros((len(left), len(FEATURES)), dtype=np.float32)

    def put(name: str, values: NDArray[np.generic]) -> None:
        found[:, FEATURES.index(name)] = values.astype(np.float32)

    for name, values in (
        *_time(columns, left, right).items(),
        *_place(columns, left, right).items(),
        *_kind(columns, left, right).items(),
        *_who(columns, left, right).items(),
        *_figures(columns, left, right).items(),
        *_words(columns, left, right).items(),
    ):
        put(name, values)
    # Neither day nor place to hold on to: words alone bring together what any two arrests share.
    put("vague", found[:, FEATURES.index("day_unknown")] * found[:, FEATURES.index("place_unknown")])
    return found


def gap_days(columns: Columns, left: Rows, right: Rows) -> NDArray[np.int32]:
    """Days between two intervals: 0 where they overlap, UNKNOWN_DAY where a report gives none."""
    gap = np.maximum(
        np.maximum(columns.first[left] - columns.last[right], columns.first[right] - columns.last[left]), 0
    )
    known = (columns.first[left] != UNKNOWN_DAY) & (columns.first[right] != UNKNOWN_DAY)
    return np.where(known, gap, UNKNOWN_DAY).astype(np.int32)


def kilometres(columns: Columns, left: Rows, right: Rows) -> Numbers:
    """Great-circle distance; NaN where a place has no coordinates."""
    phi1, phi2 = np.radians(columns.latitude[left]), np.radians(columns.latitude[right])
    across = np.radians(columns.longitude[right] - columns.longitude[left])
    half = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(across / 2) ** 2
    return np.asarray(12742.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), dtype=np.float32)


def excluded(columns: Columns, left: Rows, right: Rows) -> NDArray[np.bool_]:
    """Pairs that cannot tell one happening, whatever else agrees: other groups of types, one document, far in time or place."""
    gap = gap_days(columns, left, right)
    countries = (columns.country[left] > 0) & (columns.country[right] > 0)
    # Two triggers in one document are two happenings: bringing mentions together was the reader's work.
    one_document = columns.document[left] == columns.document[right]
    published = (columns.published[left] != UNKNOWN_DAY) & (columns.published[right] != UNKNOWN_DAY)
    stale = (gap < 0) & published & (np.abs(columns.published[left] - columns.published[right]) > STALE)
    out: NDArray[np.bool_] = np.asarray(
        (columns.group[left] != columns.group[right])
        | one_document
        | (gap > LARGEST_GAP)
        | stale
        | (countries & (columns.country[left] != columns.country[right]))
    )
    rest = np.flatnonzero(~out & (columns.level[left] == FINE) & (columns.level[right] == FINE))
    out[rest] = _far(columns, left[rest], right[rest])
    return out


def _far(columns: Columns, left: Rows, right: Rows) -> NDArray[np.bool_]:
    """Whether two places lie more than FAR_KM apart; the latitudes alone settle most pairs, at a tenth of the cost."""
    with np.errstate(invalid="ignore"):
        far: NDArray[np.bool_] = np.abs(columns.latitude[left] - columns.latitude[right]) > FAR_KM / 111.0
        rest = np.flatnonzero(~far)
        far[rest] = kilometres(columns, left[rest], right[rest]) > FAR_KM
    return far


def _time(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    gap = gap_days(columns, left, right)
    width = np.maximum(columns.last[left] - columns.first[left], columns.last[right] - columns.first[right])
    known = gap >= 0
    published = (columns.published[left] != UNKNOWN_DAY) & (columns.published[right] != UNKNOWN_DAY)
    apart = np.where(published, np.abs(columns.published[left] - columns.published[right]), 3)
    return {
        "same_day": known & (gap == 0) & (width == 0),
        "other_hour": (columns.hours[left] != 0)
        & (columns.hours[right] != 0)
        & ((columns.hours[left] & columns.hours[right]) == 0),
        "days_overlap": known & (gap == 0) & (width > 0),
        "next_day": gap == 1,
        "days_apart": np.log(np.maximum(gap, 1)),
        "day_unknown": ~known,
        "published_apart": np.log1p(apart),
    }


def _place(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    fine = (columns.level[left] == FINE) & (columns.level[right] == FINE)
    unknown = (columns.level[left] == NOWHERE) | (columns.level[right] == NOWHERE)
    same = (columns.place[left] == columns.place[right]) & (columns.place[left] != 0) & (columns.level[left] != COUNTRY)
    distance = kilometres(columns, left, right)
    with np.errstate(invalid="ignore"):
        near = fine & ~same & (distance <= NEAR_KM)
        apart = np.where(fine & ~same & (distance > NEAR_KM), np.log(np.maximum(distance, NEAR_KM) / NEAR_KM), 0.0)
    admins = (columns.admin[left] > 0) & (columns.admin[right] > 0)
    other_admin = admins & (columns.admin[left] != columns.admin[right]) & ~fine & ~same
    coarse = ~fine & ~same & ~unknown
    return {
        "same_place": same,
        "near_place": near,
        "place_apart": np.where(other_admin, 1.0, apart),
        "place_within": coarse & ~other_admin,
        "place_unknown": unknown & ~same,
    }


def _kind(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    modes = (columns.mode[left] >= 0) & (columns.mode[right] >= 0)
    return {
        "same_type": columns.type[left] == columns.type[right],
        "same_mode": modes & (columns.mode[left] == columns.mode[right]),
        "other_mode": modes & (columns.mode[left] != columns.mode[right]),
        "call_and_deed": columns.call[left] != columns.call[right],
    }


def _who(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    found: dict[str, NDArray[np.generic]] = {}
    for name, sketches in (("actors", columns.actors), ("targets", columns.targets)):
        filled: NDArray[np.bool_] = np.asarray(sketches.any(axis=1))
        both = filled[left] & filled[right]
        alike = np.clip(words.cosines(sketches, left, right), 0.0, 1.0)
        found[f"{name}_alike"] = np.where(both, alike, 0.0)
        found[f"{name}_unlike"] = both & (alike < 0.1)
        if name == "actors":
            found["actors_unknown"] = ~both
    return found


def _figures(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    a, b = columns.figures[left], columns.figures[right]
    both: NDArray[np.bool_] = np.asarray(~np.isnan(a) & ~np.isnan(b))
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(both, np.abs(np.log((a + 1.0) / (b + 1.0))), np.nan)
        equal = (both & (a == b) & (a > 2)).any(axis=1)
    # The kind that fits best speaks for the pair: tolls grow, crowds are counted by friends and foes.
    least = np.where(both.any(axis=1), np.nanmin(np.where(both, apart, np.inf), axis=1), 0.0)
    harmed = [FIGURE_KINDS.index(kind) for kind in ("deaths", "injured", "arrested", "displaced", "abducted")]
    other = ~np.isnan(a[:, harmed]).all(axis=1) & ~np.isnan(b[:, harmed]).all(axis=1) & ~both[:, harmed].any(axis=1)
    return {"figures_equal": equal, "figures_apart": np.minimum(least, 4.0), "figures_of_other_kinds": other}


def _words(columns: Columns, left: Rows, right: Rows) -> dict[str, NDArray[np.generic]]:
    alike = np.clip(words.cosines(columns.text, left, right), 0.0, 1.0)
    return {
        "words_alike": alike,
        "words_very_alike": np.maximum(alike - 0.5, 0.0) * 2.0,
        "triggers_alike": np.clip(words.cosines(columns.meaning, left, right), 0.0, 1.0),
        "same_trigger": columns.trigger[left] == columns.trigger[right],
        "other_side": (columns.side[left] * columns.side[right]) < 0,
        "copied": (columns.source[left] == columns.source[right]) & (columns.source[left] != 0) & (alike > 0.9),
    }


def reason(columns: Columns, left: int, right: int, row: Sequence[float]) -> str:
    """One sentence that says what agrees and what does not."""
    told = dict(zip(FEATURES, row, strict=True))
    parts = [_when(columns, left, right, told), _where(columns, left, right, told)]
    parts.append("same type" if told["same_type"] else "types that are often confused")
    if told["other_mode"]:
        parts.append("other mode")
    if told["call_and_deed"]:
        parts.append("a call and a deed")
    if told["actors_alike"] >= 0.3:
        parts.append(f"actors alike ({told['actors_alike']:.2f})")
    elif told["actors_unlike"]:
        parts.append("other actors named")
    if told["targets_alike"] >= 0.3:
        parts.append(f"targets alike ({told['targets_alike']:.2f})")
    if told["figures_equal"]:
        parts.append(_equal_figures(columns, left, right))
    elif told["figures_apart"] > 0.7:
        parts.append("figures that differ")
    if told["other_hour"]:
        parts.append("other times of day")
    if told["other_side"]:
        parts.append("one for, one against")
    if told["triggers_alike"] >= 0.5 and not told["same_trigger"]:
        parts.append(f"triggers alike ({told['triggers_alike']:.2f})")
    if told["copied"]:
        parts.append("one text carried by both")
    parts.append(f"words alike {told['words_alike']:.2f}")
    sentence = ", ".join(part for part in parts if part)
    return sentence[:1].upper() + sentence[1:] + "."


def _when(columns: Columns, left: int, right: int, told: dict[str, float]) -> str:
    if told["day_unknown"]:
        return "no date in one of them"
    day = date.fromordinal(max(int(columns.first[left]), int(columns.first[right]))).isoformat()
    if told["same_day"]:
        return f"both {day}"
    if told["days_overlap"]:
        return f"dates overlap on {day}"
    gap = int(gap_days(columns, np.array([left]), np.array([right]))[0])
    return f"{gap} {'day' if gap == 1 else 'days'} apart"


def _where(columns: Columns, left: int, right: int, told: dict[str, float]) -> str:
    if told["same_place"]:
        return f"both in {columns.spots[left]}"
    if told["place_unknown"]:
        return "no place in one of them"
    if told["place_within"]:
        return f"{columns.spots[left]} and {columns.spots[right]} fit"
    distance = float(kilometres(columns, np.array([left]), np.array([right]))[0])
    known = f" {distance:.0f} km apart" if distance == distance else ""
    return f"{columns.spots[left]} and {columns.spots[right]}{known}"


def _equal_figures(columns: Columns, left: int, right: int) -> str:
    for slot, kind in enumerate(FIGURE_KINDS):
        number = float(columns.figures[left, slot])
        if number > 2 and number == float(columns.figures[right, slot]):
            return f"the same number of {kind} ({number:.0f})"
    return ""
