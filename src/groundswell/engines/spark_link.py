"""Linking with Apache Spark: pairs of reports are scored on the workers, by the function that scores them on one machine.

Blocks are made, and reports clustered, by the driver, which holds the ledger; what it writes is the same to the byte.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from groundswell.link.columns import Columns
    from groundswell.link.linking import Compared, Pairs

_ROW = "number long, pairs binary, scores binary, features binary"


def comparing(spark: Any) -> Callable[[Columns, Sequence[Pairs]], Iterator[Compared]]:
    """What ``groundswell.link.link`` takes as ``comparing``: every part is a task of the session's workers."""

    def run(columns: Columns, parts: Sequence[Pairs]) -> Iterator[Compared]:
        if not parts:
            return
        context = spark.sparkContext
        held = context.broadcast(pickle.dumps(columns, protocol=5))
        given = [(number, bytearray(part.tobytes())) for number, part in enumerate(parts)]
        frame = context.parallelize(given, len(given)).toDF("number long, pairs binary")
        found = frame.mapInArrow(_Scorer(held), _ROW).collect()
        held.unpersist()
        for row in sorted(found, key=lambda row: row["number"]):
            pairs = np.frombuffer(row["pairs"], np.int64).reshape(-1, 2)
            scores = np.frombuffer(row["scores"], np.float64)
            yield pairs, scores, np.frombuffer(row["features"], np.float16).reshape(len(scores), -1)

    return run


class _Scorer:
    """Scores one task's pairs; the columns come by broadcast, once for each worker."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        from groundswell.link.linking import compared

        columns = pickle.loads(self.held.value)
        for batch in batches:
            for number, raw in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
                done = compared(columns, np.frombuffer(raw, np.int64).reshape(-1, 2))
                made = [pa.array([number], pa.int64())] + [pa.array([each.tobytes()], pa.binary()) for each in done]
                yield pa.RecordBatch.from_arrays(made, names=["number", "pairs", "scores", "features"])
