"""Pairs to happenings, without chaining: two groups join only where every pair across them is compatible and the pairs that
were compared agree on average. People's merges hold first, people's splits hold always."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from groundswell.link.columns import FINE, UNKNOWN_DAY, Columns
from groundswell.link.compare import excluded

Pair = tuple[int, int]


def clusters(
    members: Sequence[int],
    scores: Mapping[Pair, float],
    columns: Columns,
    *,
    join: float,
    hold: float,
    must: Collection[Pair] = (),
    cannot: Collection[Pair] = (),
) -> list[list[int]]:
    """Partition rows of ``columns``; ``scores`` by (smaller, larger) row. Each cluster sorted, clusters by first member.

    Groups meet over a pair scored ``join`` or more and become one where the pairs across them reach ``hold`` on average. A pair that was never compared counts as a score of 0 in the average: a vague report cannot pull two groups together on
    the strength of its own links alone.
    """
    home = {row: row for row in members}
    groups: dict[int, list[int]] = {row: [row] for row in members}
    forbidden = {_ordered(*pair) for pair in cannot}
    for a, b in must:
        if a in home and b in home and not _barred(groups[home[a]], groups[home[b]], forbidden):
            _unite(home, groups, home[a], home[b])
    strong = [(_differ(columns, *pair), -round(score, 6), pair) for pair, score in scores.items() if score >= join]
    # Rounded: the last digits of a float may differ between machines, the order of joining must not. Reports that agree on
    # day and town find each other before any that do not.
    for _, _, (a, b) in sorted(strong):
        first, second = home[a], home[b]
        if first != second and _fit(groups[first], groups[second], scores, columns, hold, forbidden):
            _unite(home, groups, first, second)
    return sorted(sorted(group) for group in groups.values())


def _differ(columns: Columns, a: int, b: int) -> bool:
    """Whether both name a day, or both a town, and not the same."""
    days, towns = (_day(columns, a), _day(columns, b)), (_town(columns, a), _town(columns, b))
    return any(one is not None and other is not None and one != other for one, other in (days, towns))


def _ordered(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def _unite(home: dict[int, int], groups: dict[int, list[int]], first: int, second: int) -> None:
    if first == second:
        return
    small, large = sorted((first, second), key=lambda name: (len(groups[name]), -name))
    for row in groups[small]:
        home[row] = large
    groups[large].extend(groups.pop(small))


def _barred(first: list[int], second: list[int], forbidden: set[Pair]) -> bool:
    return bool(forbidden) and any(_ordered(a, b) in forbidden for a in first for b in second)


def _fit(
    first: list[int],
    second: list[int],
    scores: Mapping[Pair, float],
    columns: Columns,
    hold: float,
    forbidden: set[Pair],
) -> bool:
    if len(first) == 1 and len(second) == 1:
        return _ordered(first[0], second[0]) not in forbidden
    pairs = [_ordered(a, b) for a in first for b in second]
    if _barred(first, second, forbidden):
        return False
    if sum(scores.get(pair, 0.0) for pair in pairs) < hold * len(pairs):
        return False
    if _apart(first, second, columns):
        return False
    # What has a score was compared, and nothing that is ruled out ever is.
    unscored = [pair for pair in pairs if pair not in scores]
    rows: NDArray[np.int64] = np.array(unscored, dtype=np.int64).reshape(-1, 2)
    return not bool(excluded(columns, rows[:, 0], rows[:, 1]).any())


def _apart(first: list[int], second: list[int], columns: Columns) -> bool:
    """Whether each group has two reports or more that agree among themselves on a day or town, but not with the other group's.

    One report a day off is a slip; two against two are two happenings.
    """
    if len(first) < 2 or len(second) < 2:
        return False
    days = [_agreed(group, [_day(columns, row) for row in group]) for group in (first, second)]
    towns = [_agreed(group, [_town(columns, row) for row in group]) for group in (first, second)]
    return any(a is not None and b is not None and a != b for a, b in (days, towns))


def _day(columns: Columns, row: int) -> int | None:
    day = int(columns.first[row])
    return day if day != UNKNOWN_DAY and day == int(columns.last[row]) else None


def _town(columns: Columns, row: int) -> int | None:
    return int(columns.place[row]) if int(columns.level[row]) == FINE else None


def _agreed(group: list[int], values: list[int | None]) -> int | None:
    """What most of a group say, where two or more say it and fewer say anything else."""
    known = [value for value in values if value is not None]
    best = max(sorted(set(known)), key=known.count, default=None)
    return best if best is not None and known.count(best) >= 2 and known.count(best) * 2 > len(known) else None
