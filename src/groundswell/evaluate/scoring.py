"""Runs a preset over gold documents and scores it; pins floors and holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError
from groundswell.evaluate.codings import DocumentScore, score_document
from groundswell.evaluate.sources import GoldDocument, fingerprint, gold_documents
from groundswell.evaluate.summary import Figure, summarise
from groundswell.pipeline import Pipeline
from groundswell.public_json import record_json
from groundswell.records import Record


def score_preset(
    pipeline: Pipeline, gold: Iterable[GoldDocument], *, progress: Callable[[int], None] | None = None
) -> list[DocumentScore]:
    """Read every gold document with the pipeline and score what it found."""
    scores = []
    for batch in _batches(gold, 16):
        records = pipeline.run([Record(item.document) for item in batch])
        for item, record in zip(batch, records, strict=True):
            found: Any = record_json(record)
            scores.append(score_document(item.document.source_id, item.coding, found, record.document.text))
        if progress is not None:
            progress(len(scores))
    return scores


def _batches(gold: Iterable[GoldDocument], size: int) -> Iterator[list[GoldDocument]]:
    source = iter(gold)
    while batch := list(islice(source, size)):
        yield batch


def floors() -> dict[str, Any]:
    """Pinned floors by data set: ``{"name": {"fingerprint": ..., "preset": ..., "floors": {measure: value}}}``."""
    found: dict[str, Any] = json.loads((files("groundswell.evaluate") / "floors.json").read_text(encoding="utf-8"))
    return found


def held(name: str, folder: Path, figures: Sequence[Figure]) -> list[str]:
    """What stands below its floor, one line each; empty when all hold.

    Raises:
        UsageError: the data is not what the floors were measured on.
    """
    pinned = floors()[name]
    if fingerprint(folder) != pinned["fingerprint"]:
        raise UsageError(
            f"{folder} is not the data the floors of {name!r} were pinned on (fingerprint {fingerprint(folder)}, pinned "
            f"{pinned['fingerprint']}). Measure anew and pin both in src/groundswell/evaluate/floors.json, with a reason."
        )
    by_name = {figure.measure: figure for figure in figures}
    fallen = []
    for measure, floor in pinned["floors"].items():
        value = by_name[measure].value if measure in by_name else 0.0
        if value < floor:
            fallen.append(f"{name}: {measure} is {value:.3f}, floor {floor:.3f}")
    return fallen


def measure(pipeline: Pipeline, folder: Path, *, split: str = "test") -> tuple[list[DocumentScore], list[Figure]]:
    """Scores and summary of one data set."""
    scores = score_preset(pipeline, gold_documents(folder, split=split))
    return scores, summarise(scores)
