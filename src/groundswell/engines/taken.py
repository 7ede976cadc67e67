"""What a distributed engine writes and a ledger takes in: one row an input, in Parquet files. Knows nothing of Spark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundswell.errors import SourceError, UsageError

if TYPE_CHECKING:
    from groundswell.api import ReadDocument
    from groundswell.store import Stored

Row = dict[str, Any]
_BATCH = 64
_REPORT = (
    "id string, document_id string, type string, mode string, status string, earliest string, latest string, country string, "
    "place string, latitude double, longitude double, published string, confidence double, json string"
)


def plan(sources: Sequence[str]) -> tuple[list[tuple[int, str]], list[Row]]:
    """The single inputs of sources by position, and rows for those that cannot be used. Raises UsageError for ``-``."""
    from groundswell.api import unread
    from groundswell.ingest.reading import rejected
    from groundswell.ingest.sources import expand

    if "-" in sources:
        raise UsageError("Standard input cannot be read by other machines. Save it to a file they see.")
    listed: list[tuple[int, str]] = []
    hopeless: list[Row] = []
    for position, item in enumerate(expand(sources)):
        if item.problem is not None:
            found = unread(rejected(item.name, item.problem.code, item.problem.message))
            hopeless.append(row_of(found, position, 0))
        else:
            listed.append((position, item.name))
    return listed, hopeless


def row_of(found: ReadDocument, position: int, number: int) -> Row:
    """One input's outcome as it is written: ``position`` of its source, ``number`` within it."""
    import msgspec

    record = found.json
    return {
        "position": position,
        "number": number,
        "source_id": found.source_id,
        "outcome": found.outcome,
        "document_id": record["document"]["id"] if record else None,
        "duplicate_of": found.duplicate_of,
        "problems": json.dumps([dict(problem) for problem in found.problems], ensure_ascii=False),
        "record": msgspec.json.encode(record).decode() if record else None,
        "reports": json.dumps([_report(record, event) for event in record["events"]]) if record else None,
    }


def report_rows() -> str:
    """The schema of the reports in a row, in Spark's words."""
    return f"array<struct<{_REPORT.replace(' ', ':').replace(',:', ',')}>>"


def _report(record: Any, event: Any) -> Row:
    """One event report by its best known values, for queries over the Parquet files."""
    place = event["places"][0] if event["places"] else {}
    time = event["time"] or {}
    return {
        "id": event["id"],
        "document_id": record["document"]["id"],
        **{name: event[name] for name in ("type", "mode", "status")},
        **{name: time.get(name) for name in ("earliest", "latest")},
        **{name: place.get(name) for name in ("country", "latitude", "longitude")},
        "place": place.get("name") or place.get("text"),
        "published": record["document"]["published"],
        "confidence": event["confidence"],
        "json": json.dumps(event, ensure_ascii=False),
    }


def run_of(folder: Path) -> dict[str, Any]:
    """What read the folder: ``by`` and ``settings``. Raises SourceError where the run was not finished."""
    path = folder / "run.json"
    if not path.is_file() or not (folder / "records" / "_SUCCESS").exists():
        raise SourceError(
            f"{folder} holds no finished run of a distributed engine. Run `groundswell add SOURCES --engine spark --to "
            f"{folder}` to its end."
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def stored_rows(folder: Path) -> Iterator[list[Stored]]:
    """All inputs of a finished run in batches for ``Ledger.add``; one batch is held at a time."""
    import pyarrow.parquet as pq

    for path in sorted((folder / "records").glob("part=*/*.parquet")):
        with pq.ParquetFile(path) as opened:
            for batch in opened.iter_batches(batch_size=_BATCH):
                yield [_stored(row) for row in batch.to_pylist()]


def _stored(row: Row) -> Stored:
    from groundswell.store import Stored

    return Stored(
        source_id=row["source_id"],
        outcome=row["outcome"],
        json=json.loads(row["record"]) if row["record"] else None,
        problems=tuple(json.loads(row["problems"])),
        duplicate_of=row["duplicate_of"],
    )
