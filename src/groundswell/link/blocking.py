"""Which reports are worth comparing: those that share a block key made of kind, time and place, or kind, time and a telling word.

A publication date stands in for a missing event date here, and only here: it brings reports together, it says nothing of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from groundswell.link import words
from groundswell.link.columns import COUNTRY, FINE, NOWHERE, UNKNOWN_DAY, Columns

BUCKET = 4  # days a bucket; a report is put into those that its dates and one day around them touch
MOST_BUCKETS = 10
CELL = 0.5  # degrees; places within MARGIN of an edge are put into the next cell, too
MARGIN = 0.12
LARGEST = 160  # reports a block; larger ones are compared in a window only
WINDOW = 40
FEW = 4  # telling words a report is brought together by; without any date all eight


def keys(columns: Columns, row: int) -> list[int]:
    """Block keys of one report, sorted; 62-bit numbers."""
    group = int(columns.group[row])
    found: set[int] = set()
    country = int(columns.country[row])
    dated = columns.first[row] != UNKNOWN_DAY or columns.published[row] != UNKNOWN_DAY
    for bucket in _buckets(columns, row):
        if columns.level[row] == FINE:
            for cell in _cells(float(columns.latitude[row]), float(columns.longitude[row])):
                found.add(_key("place", group, bucket, *cell))
        elif columns.level[row] == NOWHERE and columns.place[row]:
            found.add(_key("name", group, bucket, int(columns.place[row])))
        if country:
            found.add(_key("kind", int(columns.type[row]), bucket, country))
            # A report that knows no more than the country may tell of any place in it.
            found.update(_key("country", group, bucket, country, word) for word in columns.tokens[row][:FEW])
        if not dated:
            # Nothing but words to go by: the trigger with each telling word narrows what a word alone brings together.
            found.update(_key("deed", group, int(columns.trigger[row]), word) for word in columns.tokens[row])
        if not country or columns.level[row] >= COUNTRY:
            found.update(_key("word", group, bucket, word) for word in columns.tokens[row][: FEW if dated else None])
    return sorted(found)


def _key(*parts: object) -> int:
    text = "|".join(map(str, parts))
    return (words.hashed(text) << 30) ^ (words.hashed("\x00" + text) >> 2)


def _buckets(columns: Columns, row: int) -> list[int]:
    first, last = int(columns.first[row]), int(columns.last[row])
    if first == UNKNOWN_DAY:
        published = int(columns.published[row])
        if published == UNKNOWN_DAY:
            return [-1]
        first, last = published - 5, published + (5 if columns.call[row] else 0)
    buckets = list(range((first - 1) // BUCKET, (last + 1) // BUCKET + 1))
    if len(buckets) > MOST_BUCKETS:
        # Months and years: a few buckets at each end; a report that vague rarely decides anything.
        buckets = buckets[: MOST_BUCKETS // 2] + buckets[-(MOST_BUCKETS // 2) :]
    return buckets


def _cells(latitude: float, longitude: float) -> Iterator[tuple[int, int]]:
    if math.isnan(latitude) or math.isnan(longitude):
        return
    seen = set()
    for north in (-MARGIN, 0.0, MARGIN):
        for east in (-MARGIN, 0.0, MARGIN):
            wrapped = (longitude + east + 180.0) % 360.0 - 180.0
            seen.add((math.floor((latitude + north) / CELL), math.floor(wrapped / CELL)))
    yield from sorted(seen)


def pairs(block: NDArray[np.int64], report: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """All pairs (smaller, larger) of reports that share a block, each once; shape (n, 2).

    ``block`` and ``report`` are parallel; ``order`` says for each report number how to sort it within a block too large to
    be compared whole (by day), where each report meets only the next WINDOW ones.
    """
    ranks = np.lexsort((report, order[report], block))
    block, report = block[ranks], report[ranks]
    starts = np.flatnonzero(np.r_[True, block[1:] != block[:-1]]) if len(block) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(block)])
    reach = np.where(sizes <= LARGEST, sizes - 1, np.minimum(sizes - 1, WINDOW))
    position = np.arange(len(block)) - np.repeat(starts, sizes)
    room = np.minimum(np.repeat(sizes, sizes) - 1 - position, np.repeat(reach, sizes))
    found: list[NDArray[np.int64]] = []
    pending = 0
    most = int(room.max(initial=0))
    for step in range(1, most + 1):
        here = np.flatnonzero(room >= step)
        a, b = report[here], report[here + step]
        found.append(_packed(np.minimum(a, b), np.maximum(a, b)))
        pending += len(here)
        if pending > 20_000_000:
            found, pending = [np.unique(np.concatenate(found))], 0
    if not found:
        return np.zeros((0, 2), dtype=np.int64)
    packed = np.unique(np.concatenate(found))
    return np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)


def _packed(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    return (a << 32) | b
