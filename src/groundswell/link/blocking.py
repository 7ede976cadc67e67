"""Which reports are worth comparing: those that share a block key made of kind, time and place, or kind, time and a telling word.

A publication date stands in for a missing event date here, and only here: it brings reports together, it says nothing of them.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from groundswell.link.columns import COUNTRY, FINE, NOWHERE, UNKNOWN_DAY, Columns

BUCKET = 4  # days a bucket; a report is put into those that its dates and one day around them touch
MOST_BUCKETS = 10
UNDATED = -1  # the bucket of reports without a publication date
CELL = 0.5  # degrees; places within MARGIN of an edge are put into the next cell, too
MARGIN = 0.12
LARGEST = 160  # reports a block; larger ones are compared in a window only
WINDOW = 40
AT_ONCE = 2_000_000  # pairs sifted at once
FEW = 4  # telling words a report is brought together by; without any date all sixteen


Numbers = NDArray[np.int64]


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
    data = "|".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return (zlib.crc32(data) << 30) ^ (zlib.crc32(b"\x00" + data) >> 2)


def _buckets(columns: Columns, row: int) -> list[int]:
    first, last = int(columns.first[row]), int(columns.last[row])
    published = int(columns.published[row])
    # Meets all others of which nobody knows when they were written.
    undated = [UNDATED] if published == UNKNOWN_DAY else []
    if first == UNKNOWN_DAY:
        if undated:
            return undated
        first, last = published - 5, published + (5 if columns.call[row] else 0)
    buckets = list(range((first - 1) // BUCKET, (last + 1) // BUCKET + 1))
    if len(buckets) > MOST_BUCKETS:
        # Months and years: a few buckets at each end; a report that vague rarely decides anything.
        buckets = buckets[: MOST_BUCKETS // 2] + buckets[-(MOST_BUCKETS // 2) :]
    return undated + buckets


def _cells(latitude: float, longitude: float) -> Iterator[tuple[int, int]]:
    if math.isnan(latitude) or math.isnan(longitude):
        return
    seen = set()
    for north in (-MARGIN, 0.0, MARGIN):
        for east in (-MARGIN, 0.0, MARGIN):
            wrapped = (longitude + east + 180.0) % 360.0 - 180.0
            seen.add((math.floor((latitude + north) / CELL), math.floor(wrapped / CELL)))
    yield from sorted(seen)


def pairs(
    block: Numbers, report: Numbers, order: Numbers, keep: Callable[[Numbers, Numbers], NDArray[np.bool_]]
) -> Numbers:
    """All pairs (smaller, larger) of reports that share a block and that ``keep`` lets pass, each once; shape (n, 2).

    ``block`` and ``report`` are parallel; ``order`` says for each report number how to sort it within a block too large to
    be compared whole (by day), where each report meets only the next WINDOW ones. Pairs are sifted AT_ONCE at a time: a
    million reports share blocks in some hundred million pairs, of which one in fifty passes.
    """
    ranks = np.lexsort((report, order[report], block))
    block, report = block[ranks], report[ranks]
    starts = np.flatnonzero(np.r_[True, block[1:] != block[:-1]]) if len(block) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(block)])
    reach = np.where(sizes <= LARGEST, sizes - 1, np.minimum(sizes - 1, WINDOW))
    position = np.arange(len(block)) - np.repeat(starts, sizes)
    room = np.minimum(np.repeat(sizes, sizes) - 1 - position, np.repeat(reach, sizes)).astype(np.int32)
    del ranks, block, position
    kept: list[Numbers] = [np.zeros(0, dtype=np.int64)]
    waiting: list[Numbers] = []
    here = np.flatnonzero(room >= 1)
    for step in range(1, int(room.max(initial=0)) + 1):
        here = here[room[here] >= step]
        for start in range(0, len(here), AT_ONCE):
            part = here[start : start + AT_ONCE]
            a, b = report[part], report[part + step]
            waiting.append((np.minimum(a, b) << 32) | np.maximum(a, b))
            if sum(map(len, waiting)) >= AT_ONCE:
                kept, waiting = [*kept, _sifted(waiting, keep)], []
    packed = distinct(np.concatenate([*kept, _sifted(waiting, keep)]))
    return np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)


def _sifted(waiting: Sequence[Numbers], keep: Callable[[Numbers, Numbers], NDArray[np.bool_]]) -> Numbers:
    packed = np.concatenate([np.zeros(0, dtype=np.int64), *waiting])
    # Ruling a pair out costs half of what sorting it does, and few pass.
    return distinct(packed[keep(packed >> 32, packed & 0xFFFFFFFF)])


def distinct(numbers: Numbers) -> Numbers:
    """Each number once, sorted. np.unique keeps a hash table, which costs 1.0 µs a number where sorting costs 0.06."""
    ordered = np.sort(numbers, axis=None)
    found: Numbers = ordered[np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]]
    return found
