"""The public JSON of one document: what ``read --json`` prints and what exports, ledger and web pages are views of.

The shape is the contract of docs/record.md; docs/record.schema.json is generated from the TypedDicts below.
Absent means unknown: keys are left out or null, never 0.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.place_spans import SURE
from groundswell.values import (
    Actor,
    ActorMention,
    EventReport,
    Figure,
    Interval,
    Irrelevant,
    Mention,
    Place,
    PlaceMention,
    Problem,
    Ref,
    StatementReport,
    TimeMention,
)

DISMISSED = "no_event_expected"
"""Code of the problem of a document that a preset for streams did not read to its end."""
_UNREAD = {"analyse.gate": DISMISSED, "analyse.language": "language_unsupported"}


class QuoteJson(TypedDict):
    text: str
    start: int
    end: int


class ActorJson(QuoteJson):
    name: str
    kind: str
    sector: NotRequired[str | None]
    country: NotRequired[str | None]


class PlaceJson(QuoteJson):
    name: NotRequired[str | None]
    geonameid: NotRequired[int | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]
    country: NotRequired[str | None]
    admin1: NotRequired[str | None]
    precision: NotRequired[str | None]


class TimeJson(QuoteJson):
    earliest: NotRequired[str | None]
    latest: NotRequired[str | None]
    precision: NotRequired[str | None]
    basis: NotRequired[str | None]


class FigureJson(QuoteJson):
    of: str
    low: int | None
    best: int | None
    high: int | None
    mapping: NotRequired[str | None]
    attribution: QuoteJson | None


class EventJson(TypedDict):
    id: str
    type: str
    mode: str | None
    status: str
    trigger: QuoteJson
    also: list[QuoteJson]
    evidence: QuoteJson
    actors: list[ActorJson]
    called_by: list[ActorJson]
    targets: list[ActorJson]
    places: list[PlaceJson]
    time: TimeJson | None
    figures: list[FigureJson]
    issue: QuoteJson | None
    attribution: QuoteJson | None
    confidence: float
    by: str


class DatesJson(TypedDict):
    earliest: str | None
    latest: str | None


class StatementJson(TypedDict):
    speaker: ActorJson | None
    cue: QuoteJson | None
    content: QuoteJson
    direct: bool
    time: DatesJson | None
    confidence: float
    by: str


class ProblemJson(TypedDict):
    code: str
    message: str


class DocumentJson(TypedDict):
    id: str
    source_id: str
    title: str | None
    text: str
    body_start: int
    language: str | None
    publisher: str | None
    author: str | None
    url: str | None
    published: str | None
    published_basis: str | None
    format: str
    outcome: str
    problems: list[ProblemJson]


class RecordJson(TypedDict):
    document: DocumentJson
    events: list[EventJson]
    figures: list[FigureJson]
    statements: list[StatementJson]
    places: list[PlaceJson]


def record_json(record: Record, *, partial: bool = False) -> RecordJson:
    """The public JSON object of one record that has been through ``assemble``.

    ``partial``: some of the source's text is missing, as ingest found.
    """
    document = record.document
    return RecordJson(
        document=_document(record, partial),
        events=[_event(document, finding) for finding in record.of(EventReport)],
        figures=[_figure(document, finding.value) for finding in record.of(Figure)],
        statements=[_statement(document, finding) for finding in record.of(StatementReport)],
        places=_places(record),
    )


def outcome(record: Record, partial: bool) -> str:
    """read | partial | irrelevant: how reading this document ended. A stage that failed leaves it partial."""
    if partial or any(record.of(Problem)):
        return "partial"
    return "irrelevant" if any(record.of(Irrelevant)) else "read"


def quote(document: Document, ref: Ref | Span) -> QuoteJson:
    return QuoteJson(text=document.text[ref.start : ref.end], start=ref.start, end=ref.end)


def _document(record: Record, partial: bool) -> DocumentJson:
    document = record.document
    problems = [*document.problems, *(finding.value for finding in record.of(Problem)), *_not_read_on(record)]
    return DocumentJson(
        id=document.id,
        source_id=document.source_id,
        title=document.title,
        text=document.text,
        body_start=document.body_start,
        language=document.language,
        publisher=document.publisher,
        author=document.author,
        url=document.url,
        published=document.published.isoformat() if document.published else None,
        published_basis=document.published_basis,
        format=document.format,
        outcome=outcome(record, partial),
        problems=[ProblemJson(code=problem.code, message=problem.message) for problem in problems],
    )


def _not_read_on(record: Record) -> list[Problem]:
    """Why a document was not read, or not to its end; one that was read and reports nothing has no problem."""
    found = ((_UNREAD.get(f.by.partition("/")[0]), f.value.reason) for f in record.of(Irrelevant))
    return [Problem(code, reason) for code, reason in found if code]


def _event(document: Document, finding: Finding[EventReport]) -> EventJson:
    report = finding.value
    return EventJson(
        id=report.id,
        type=report.type,
        mode=report.mode,
        status=report.status,
        trigger=quote(document, report.trigger),
        also=[quote(document, ref) for ref in report.also],
        evidence=quote(document, report.evidence),
        actors=[actor_json(document, mention) for mention in report.actors],
        called_by=[actor_json(document, mention) for mention in report.called_by],
        targets=[actor_json(document, mention) for mention in report.targets],
        places=[place_json(document, mention) for mention in report.places],
        time=_time(document, report.time) if report.time else None,
        figures=[_figure(document, figure) for figure in report.figures],
        issue=quote(document, report.issue) if report.issue else None,
        attribution=quote(document, report.attribution) if report.attribution else None,
        confidence=round(finding.score, 4),
        by=finding.by,
    )


def actor_json(document: Document, mention: ActorMention) -> ActorJson:
    actor: Actor = mention.actor
    return ActorJson(
        **quote(document, mention.ref), name=actor.name, kind=actor.kind, sector=actor.sector, country=actor.country
    )


def place_json(document: Document, mention: PlaceMention) -> PlaceJson:
    place: Place = mention.place
    words = document.text[mention.ref.start : mention.ref.end]
    found = PlaceJson(text=words, start=mention.ref.start, end=mention.ref.end, name=place.name)
    if place.precision is not None:
        found["country"] = place.country
        found["admin1"] = place.admin1
        found["precision"] = place.precision
    if place.geonameid is not None:
        found["geonameid"] = place.geonameid
    if place.latitude is not None and place.longitude is not None:
        found["latitude"] = place.latitude
        found["longitude"] = place.longitude
    return found


def _time(document: Document, mention: TimeMention) -> TimeJson:
    words = document.text[mention.ref.start : mention.ref.end]
    found = TimeJson(text=words, start=mention.ref.start, end=mention.ref.end)
    interval = mention.interval
    if interval is not None:
        dates = _dates(interval)
        found["earliest"] = dates["earliest"]
        found["latest"] = dates["latest"]
        found["precision"] = interval.precision
        found["basis"] = interval.basis
    return found


def _dates(interval: Interval) -> DatesJson:
    return DatesJson(
        earliest=interval.earliest.isoformat() if interval.earliest else None,
        latest=interval.latest.isoformat() if interval.latest else None,
    )


def _figure(document: Document, figure: Figure) -> FigureJson:
    return FigureJson(
        **quote(document, figure.ref),
        of=figure.of,
        low=figure.quantity.low,
        best=figure.quantity.best,
        high=figure.quantity.high,
        mapping=figure.quantity.mapping,
        attribution=quote(document, figure.attribution) if figure.attribution else None,
    )


def _statement(document: Document, finding: Finding[StatementReport]) -> StatementJson:
    report = finding.value
    return StatementJson(
        speaker=actor_json(document, report.speaker) if report.speaker else None,
        cue=quote(document, report.cue) if report.cue else None,
        content=quote(document, report.content),
        direct=report.direct,
        time=_dates(report.time) if report.time else None,
        confidence=round(finding.score, 4),
        by=finding.by,
    )


def _places(record: Record) -> list[PlaceJson]:
    """Every place named, once for each distinct wording, in reading order; a doubtful one counts as a happening's setting only."""
    mentions = [finding for finding in record.of(Mention) if finding.value.kind == "place"]
    mended = {finding.span for finding in mentions if finding.by.startswith("resolve.place/")}
    named = mended | {finding.span for finding in mentions if finding.score >= SURE}
    resolved = {finding.span: finding.value for finding in record.of(Place) if finding.span in named}
    seen: set[str] = set()
    listed: list[PlaceJson] = []
    for span in sorted(resolved):
        inside = (other for other in resolved if other != span and span.contains(other))
        if any(other.end == span.end or other in mended for other in inside):
            continue  # "eastern Congo", "the Tigray region": the name inside it is listed
        words = record.document.quote(span)
        if words.casefold() in seen:
            continue
        seen.add(words.casefold())
        listed.append(place_json(record.document, PlaceMention(Ref(span.start, span.end), resolved[span])))
    return listed


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the record, made from the TypedDicts above."""
    import msgspec

    schema = msgspec.json.schema(RecordJson)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Groundswell record",
        "description": "One document and what it reports; one such object a line in JSONL.",
        **schema,
    }
