"""The local engine: streams readings through the pipeline, in this process or in several, in constant memory.

What comes out does not depend on the number of processes or on the order; only the order it comes out in does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from groundswell.api import ReadDocument, run_readings, unread
from groundswell.engines.pool import DEFAULT_PATIENCE, MAKE, Patience, Pool

if TYPE_CHECKING:
    from groundswell.ingest import Reading
    from groundswell.records import Document

BATCH = (
    16  # documents read together: 12 cost 2% more, 24 nothing less, and with fewer the processes end closer together
)
_FEW = 60
_LARGE = 4 << 20  # bytes of one source that may well hold many documents
_BATCH_CHARACTERS = 400_000  # a batch of books is cut short, so that memory stays flat


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chosen_jobs(documents: int | None, sources: Sequence[str | Path] = ()) -> int:
    """Reading processes for so many documents (None: unknown). A process takes seconds to load: few are read in this one.

    ``sources`` are looked at because an archive counts as one document however many it holds.
    """
    large = any(os.path.isfile(each) and os.path.getsize(each) > _LARGE for each in sources)
    if documents is not None and documents < _FEW and not large:
        return 0
    return cores() if cores() > 1 else 0


def read_local(
    readings: Iterable[Reading],
    *,
    preset: str = "english",
    jobs: int = 0,
    threads: int = 1,
    batch: int = BATCH,
    make: str = MAKE,
    patience: Patience = DEFAULT_PATIENCE,
    progress: Callable[[Speed], None] | None = None,
    total: int | None = None,
) -> Iterator[ReadDocument]:
    """Every reading comes out exactly once with its outcome.

    Args:
        jobs: reading processes; 0 reads in this process. Each holds the reader once (some 160 MB).
        threads: threads of the network in each process. One is best wherever jobs >= cores.
        batch: documents read together.
        patience: how long a document may take where jobs > 0.
        progress: is told after each document how many are done, how fast, and, where ``total`` is given, the time left.

    Raises:
        ModelError, PipelineError: the reader cannot be loaded.
    """
    found = _read(readings, preset, jobs, threads, batch, make, patience)
    if progress is None:
        yield from found
        return
    speed = Speed(total)
    for item in found:
        speed.done()
        progress(speed)
        yield item


def _read(
    readings: Iterable[Reading], preset: str, jobs: int, threads: int, batch: int, make: str, patience: Patience
) -> Iterator[ReadDocument]:
    if jobs <= 0:
        from groundswell.engines.worker import maker

        yield from run_readings(readings, maker(make)(preset, threads=threads), batch_size=batch)
        return
    with Pool(jobs, preset, threads=threads, make=make, patience=patience) as pool:
        yield from read_through(pool, readings, batch)


def read_through(pool: Pool, readings: Iterable[Reading], batch: int = BATCH) -> Iterator[ReadDocument]:
    """Every reading comes out once, through a pool that may be used again when this has come to its end."""
    held: list[Document] = []
    characters = 0
    for reading in readings:
        if reading.document is None:
            yield unread(reading)
            continue
        held.append(reading.document)
        characters += len(reading.document.text)
        if len(held) >= batch or characters >= _BATCH_CHARACTERS:
            yield from pool.submit(held)
            held, characters = [], 0
    for part in _shares(held, len(pool.ids())):  # every process has some of the last ones
        yield from pool.submit(part)
    yield from pool.drain()


def _shares(held: Sequence[Document], count: int) -> Iterator[Sequence[Document]]:
    size = -(-len(held) // max(1, count))
    for at in range(0, len(held), max(1, size)):
        yield held[at : at + size]


class Speed:
    """Documents per second and the time left, over the whole run and the last minute. Call ``done`` for each document."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total
        self.count = 0
        self._begin = self._mark = monotonic()
        self._marked = 0
        self._recent: float | None = None

    def done(self, count: int = 1) -> None:
        self.count += count
        now = monotonic()
        if now - self._mark >= 20.0:
            self._recent = (self.count - self._marked) / (now - self._mark)
            self._mark, self._marked = now, self.count

    @property
    def per_second(self) -> float | None:
        """None until there is something to tell."""
        if self._recent is not None:
            return self._recent
        elapsed = monotonic() - self._begin
        return self.count / elapsed if self.count and elapsed > 1.0 else None

    @property
    def seconds_left(self) -> float | None:
        """None where the number of documents or the speed is unknown."""
        speed = self.per_second
        if self.total is None or not speed:
            return None
        return max(0.0, self.total - self.count) / speed
