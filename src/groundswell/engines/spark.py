"""The distributed engine: Apache Spark reads sources on many machines and writes Parquet, which any ledger takes in.

Same ids and bytes as the local engine. What workers read they must see under the same path as the driver (a shared file
system, or URLs). Needs groundswell[spark] and Java 17; nothing here is imported before it is asked for.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundswell.engines.local import read_through
from groundswell.engines.pool import MAKE, Pool
from groundswell.engines.taken import Row, plan, report_rows, row_of
from groundswell.errors import GroundswellError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from groundswell.ingest import Reading

_ROW = "position long, number long, source_id string, outcome string, document_id string, duplicate_of string, problems string, record string, reports string"
_SEND = 32  # rows of an Arrow batch on their way back: a record is some 20 KB
_SOURCES_A_TASK = 400  # half a minute of reading: what is lost where a worker dies
_KINDS = ("local", "yarn", "k8s")


def master_of(engine: str) -> str | None:
    """The master of ``spark`` (None: what spark-submit or the configuration says, else all cores here) and ``spark://...``.

    ``spark://local[4]``, ``spark://yarn`` and ``spark://k8s://...`` name a master of that kind, ``spark://host:7077`` a
    standalone one. Raises UsageError for any other engine.
    """
    if engine == "spark":
        return None
    head, mark, rest = engine.partition("://")
    if head != "spark" or not mark or not rest:
        raise UsageError(
            f"--engine {engine!r} is unknown. Use local, spark, or spark://MASTER (e.g. spark://host:7077)."
        )
    return rest if rest.startswith(_KINDS) else engine


def session(master: str | None, settings: Mapping[str, str] | None = None) -> Any:
    """A Spark session whose Python workers run this interpreter. Raises GroundswellError where Spark or Java is missing."""
    try:
        from pyspark import SparkConf
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise GroundswellError(
            "Spark is not installed. Install groundswell[spark] (and Java 17) and try again."
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")  # no table of pandas is made
    builder = SparkSession.builder.appName("groundswell")
    if master is not None:
        builder = builder.master(master)
    elif not SparkConf().contains("spark.master"):
        builder = builder.master("local[*]")
    quiet = {"spark.ui.showConsoleProgress": "false", "spark.sql.execution.arrow.pyspark.enabled": "true"}
    for name, value in {**quiet, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise GroundswellError(f"Spark did not start ({error}). It needs Java 17: check `java -version`.") from error


def read_spark(
    spark: Any,
    sources: Sequence[str],
    to: Path,
    *,
    preset: str,
    published: date | None = None,
    mapping: Mapping[str, str] | None = None,
    make: str = MAKE,
    tasks: int | None = None,
) -> dict[str, int]:
    """Read sources on a Spark session's workers into the folder ``to``; returns how many inputs came to each outcome.

    A worker that dies is replaced by Spark and its task read again: what is written does not change. Where the same content
    comes twice, the first in the order of the sources is read and the others are duplicates of it, as in one run.

    Args:
        tasks: into how many the sources are cut (default: by their number and the workers').

    Raises:
        UsageError: ``to`` exists, or standard input is among the sources.
    """
    if to.exists():
        raise UsageError(f"{to} exists. Choose a folder that is not there yet, or remove it.")
    listed, hopeless = plan(sources)
    parallel = int(spark.sparkContext.defaultParallelism)
    tasks = tasks or max(1, min(len(listed), max(2 * parallel, len(listed) // _SOURCES_A_TASK)))
    reading = _Part(preset, make, published.isoformat() if published else None, dict(mapping or {}), os.getcwd())
    given = spark.sparkContext.parallelize(listed, tasks).toDF("position long, source string")
    found = given.mapInArrow(reading, _ROW)
    if hopeless:
        found = found.unionByName(spark.createDataFrame([tuple(row.values()) for row in hopeless], _ROW))
    found.write.parquet(str(to / "_read"))
    counts = _settle(spark, to)
    from groundswell.engines.worker import maker

    by = maker(make)(preset).by
    (to / "run.json").write_text(json.dumps({"by": by, "settings": {"sources": list(sources), "preset": preset}}))
    return counts


class _Part:
    """Reads one task's sources; travels to the workers, so it holds nothing but words."""

    def __init__(self, preset: str, make: str, published: str | None, mapping: dict[str, str], home: str) -> None:
        self.preset, self.make, self.published, self.mapping, self.home = preset, make, published, mapping, home

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from itertools import islice

        import pyarrow as pa

        os.chdir(self.home)  # names are those the driver was given; they may be relative to where it stands
        rows = self._rows(batches)
        while some := list(islice(rows, _SEND)):
            yield pa.RecordBatch.from_pylist(some, schema=_schema())

    def _rows(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
        places: dict[str, deque[tuple[int, int]]] = {}
        readings = self._placed(batches, places)
        pool = _pool(self.make, self.preset)
        whole = False
        try:
            for found in read_through(pool, readings):
                yield row_of(found, *places[found.source_id].popleft())
                if not places[found.source_id]:
                    del places[found.source_id]
            whole = True
        finally:
            if not whole:  # a pool that was left in the middle still has answers to come: never use it again
                pool.close()
                _pool.cache_clear()

    def _placed(
        self, batches: Iterable[pa.RecordBatch], places: dict[str, deque[tuple[int, int]]]
    ) -> Iterator[Reading]:
        """The task's readings; ``places`` notes of each source the position and the number within it."""
        from groundswell.ingest import read_sources

        now = 0

        def names() -> Iterator[str]:
            nonlocal now
            for batch in batches:
                for now, name in zip(*(batch.column(n).to_pylist() for n in (0, 1)), strict=True):  # noqa: B007
                    yield name

        published = date.fromisoformat(self.published) if self.published else None
        last, number = -1, 0
        for reading in read_sources(names(), published=published, mapping=self.mapping or None):
            number = number + 1 if now == last else 0
            last = now
            places.setdefault(reading.source_id, deque()).append((last, number))
            yield reading


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {"long": pa.int64(), "string": pa.string()}
    return pa.schema([(name, kinds[kind]) for name, kind in (each.split() for each in _ROW.split(", "))])


@lru_cache(maxsize=1)
def _pool(make: str, preset: str) -> Pool:
    """The reader, loaded once for each Python worker that Spark keeps, in a process of its own: what kills it costs one
    document and not the task. It ends when the worker does, as its input closes."""
    return Pool(1, preset, make=make)


def _settle(spark: Any, to: Path) -> dict[str, int]:
    """Duplicates over all tasks, then the tables that a ledger takes in; returns counts by outcome."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    rows = spark.read.parquet(str(to / "_read"))
    order = Window.partitionBy("document_id").orderBy("position", "number")
    read = rows.where("document_id is not null").withColumn("first", f.first("source_id").over(order))
    read = read.withColumn("again", f.row_number().over(order) > 1)
    others = rows.where("document_id is null").withColumn("first", f.lit(None)).withColumn("again", f.lit(False))
    # A duplicate within one task was told of that task's first, which may itself be a duplicate of an earlier task's.
    renamed = read.where("again").select(f.col("source_id").alias("duplicate_of"), f.col("first").alias("truly"))
    others = others.join(renamed.dropDuplicates(["duplicate_of"]), "duplicate_of", "left")
    others = others.withColumn(
        "first", f.coalesce("truly", f.when(f.col("outcome") == "duplicate", f.col("duplicate_of")))
    )
    both = read.unionByName(others.drop("truly"))
    same = f.col("again") | (f.col("outcome") == "duplicate")
    message = f.concat("source_id", f.lit(" has the same content as "), "first", f.lit("; nothing to do."))
    problem = f.to_json(f.array(f.struct(f.lit("duplicate").alias("code"), message.alias("message"))))
    settled = both.select(
        "position",
        "number",
        "source_id",
        f.when(same, "duplicate").otherwise(f.col("outcome")).alias("outcome"),
        f.when(~same, f.col("document_id")).alias("document_id"),
        f.when(same, f.col("first")).alias("duplicate_of"),
        f.when(same, problem).otherwise(f.col("problems")).alias("problems"),
        f.when(~same, f.col("record")).alias("record"),
        f.when(~same, f.col("reports")).alias("reports"),
    )
    part = f.substring(f.sha2(f.coalesce("document_id", "source_id"), 256), 1, 1)
    settled = settled.withColumn("part", part).repartition("part").sortWithinPartitions("part", "position", "number")
    settled.drop("reports").write.partitionBy("part").parquet(str(to / "records"))
    reports = settled.where("reports is not null").select(
        "part", f.explode(f.from_json("reports", report_rows())).alias("r")
    )
    reports.select("part", "r.*").write.partitionBy("part").parquet(str(to / "reports"))
    return {
        row["outcome"]: row["count"]
        for row in spark.read.parquet(str(to / "records")).groupBy("outcome").count().collect()
    }
