"""The Python door: ``import groundswell as gs``. Same records as the command line, nothing printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundswell.errors import SourceError, UsageError
from groundswell.public_json import (
    DocumentJson,
    EventJson,
    FigureJson,
    PlaceJson,
    RecordJson,
    StatementJson,
    record_json,
)
from groundswell.records import Document, Record

if TYPE_CHECKING:
    from groundswell.ingest import Reading
    from groundswell.pipeline import Pipeline
    from groundswell.store import Ledger


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What one source came to: its named outcome and, unless it was rejected or a duplicate, its record.

    ``outcome`` is read | partial | irrelevant | duplicate | rejected; ``problems`` say what went wrong and what to do.
    """

    source_id: str
    outcome: str
    problems: tuple[Mapping[str, str], ...]
    json: RecordJson | None
    duplicate_of: str | None = None

    def _record(self) -> RecordJson:
        if self.json is None:
            said = " ".join(problem["message"] for problem in self.problems)
            raise SourceError(f"{self.source_id} gave no record: {self.outcome}. {said}")
        return self.json

    @property
    def document(self) -> DocumentJson:
        return self._record()["document"]

    @property
    def events(self) -> list[EventJson]:
        return self._record()["events"]

    @property
    def figures(self) -> list[FigureJson]:
        return self._record()["figures"]

    @property
    def statements(self) -> list[StatementJson]:
        return self._record()["statements"]

    @property
    def places(self) -> list[PlaceJson]:
        return self._record()["places"]

    def to_pandas(self) -> Any:
        """One row an event, values flattened. Needs pandas."""
        from groundswell.export.tables import reports_frame

        return reports_frame([self._record()])


def read(source: str | Path, *, published: date | str | None = None, preset: str = "english") -> ReadDocument:
    """Read one source (path or URL) that holds one document.

    Args:
        published: date of publication (ISO string or date) where the source does not give it.
        preset: name of a standard pipeline, see ``groundswell.presets``.

    Raises:
        SourceError: the source does not exist.
        UsageError: it holds several documents; use ``read_all``.
    """
    found = list(read_all([source], published=published, preset=preset, limit=2))
    if len(found) > 1:
        raise UsageError(f"{source} holds more than one document. Use gs.read_all([...]) and loop over what it yields.")
    if not found:
        raise SourceError(f"{source} holds no document.")
    return found[0]


def read_text(
    text: str, *, title: str | None = None, published: date | str | None = None, preset: str = "english"
) -> ReadDocument:
    """Read a text you already have in hand."""
    from groundswell.ingest import text_document

    document = text_document(text, title=title, published=as_date(published))
    return _read_document(document, _pipeline(preset))


def read_all(
    sources: Iterable[str | Path],
    *,
    published: date | str | None = None,
    preset: str = "english",
    mapping: Mapping[str, str] | None = None,
    threads: int = 1,
    limit: int | None = None,
) -> Iterator[ReadDocument]:
    """Read sources (files, folders, globs, URLs, archives, corpora) one after another, in constant memory.

    Every input comes out exactly once, with its outcome.
    """
    from groundswell.ingest import read_sources

    readings = read_sources(sources, published=as_date(published), mapping=mapping)
    for count, found in enumerate(run_readings(readings, _pipeline(preset, threads)), 1):
        yield found
        if limit is not None and count >= limit:
            return


def run_readings(readings: Iterable[Reading], pipeline: Pipeline, *, batch_size: int = 16) -> Iterator[ReadDocument]:
    """Put ingested readings through a pipeline in batches, keeping their order and those that gave no document."""
    held: list[Reading] = []
    documents = 0
    for reading in readings:
        held.append(reading)
        documents += reading.document is not None
        if documents >= batch_size:
            yield from _run_batch(held, pipeline)
            held, documents = [], 0
    yield from _run_batch(held, pipeline)


def _run_batch(held: list[Reading], pipeline: Pipeline) -> Iterator[ReadDocument]:
    found = read_documents([r.document for r in held if r.document is not None], pipeline)
    for reading in held:
        yield unread(reading) if reading.document is None else next(found)


def read_documents(documents: Sequence[Document], pipeline: Pipeline) -> Iterator[ReadDocument]:
    """Put documents through a pipeline as one batch, keeping their order."""
    for record in pipeline.run([Record(document) for document in documents], batch_size=max(1, len(documents))):
        yield _finished(record)


def unread(reading: Reading) -> ReadDocument:
    """What a reading that gave no document comes to."""
    problems = tuple({"code": p.code, "message": p.message} for p in reading.problems)
    return ReadDocument(reading.source_id, reading.outcome, problems, None, reading.duplicate_of)


def _finished(record: Record, *, partial: bool = False) -> ReadDocument:
    found = record_json(record, partial=partial)
    document = found["document"]
    problems = tuple({"code": p["code"], "message": p["message"]} for p in document["problems"])
    return ReadDocument(document["source_id"], document["outcome"], problems, found)


def _read_document(document: Document, pipeline: Pipeline) -> ReadDocument:
    return _finished(pipeline.read(Record(document)))


def _pipeline(name: str, threads: int = 1) -> Pipeline:
    from groundswell.presets import preset

    return preset(name, threads=threads)


def as_date(given: date | str | None) -> date | None:
    """A date from what a caller wrote. Raises UsageError where that is none."""
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"{given!r} is not a date. Write it as YYYY-MM-DD, for example 2023-11-08.") from None


class EventTable:
    """Events of a ledger that pass some filters; nothing is fetched before you loop over it or make a table of it."""

    def __init__(self, ledger: Ledger, filters: Mapping[str, Any]) -> None:
        self._ledger = ledger
        self._filters = dict(filters)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        from groundswell.store import Filters

        return iter(self._ledger.events(Filters(**self._filters)))

    def to_pandas(self) -> Any:
        """One row an event. Needs pandas."""
        from groundswell.export.tables import events_frame

        return events_frame(self)


class OpenLedger:
    """A ledger file opened for analysis. ``events`` and ``reports`` take the filters of ``groundswell events``."""

    def __init__(self, path: str | Path) -> None:
        from groundswell.store import Ledger

        self.ledger = Ledger.open(path, create=False)

    def events(self, **filters: Any) -> EventTable:
        return EventTable(self.ledger, filters)

    def event(self, event_id: str) -> dict[str, Any] | None:
        return self.ledger.event(event_id)

    def document(self, document_id: str) -> dict[str, Any] | None:
        return self.ledger.document(document_id)


def open_ledger(path: str | Path) -> OpenLedger:
    """Open an existing ledger. Raises LedgerError when there is none at this path or it is damaged."""
    return OpenLedger(path)
