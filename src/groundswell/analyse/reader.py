"""The trained reader as a stage: one encoder pass a unit, its scores turned into findings with document offsets.

Finds triggers, their roles, statements, names and figures. Resolves nothing: phrases keep the text's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundswell.analyse.reader_statements import statements
from groundswell.analyse.reader_words import Unit, units
from groundswell.records import Finding, Record, Span
from groundswell.values import (
    FigureSource,
    Irrelevant,
    LooseFigure,
    Mention,
    Ref,
    Role,
    Sentence,
    Statement,
    Trigger,
)

if TYPE_CHECKING:
    from groundswell.analyse.reader_found import FoundTrigger, Reading, Words
    from groundswell.analyse.reader_session import ReaderSession

GATE = "analyse.gate/2"
LANGUAGE = "analyse.language/1"
ENOUGH = 20  # words: of shorter texts the language is too uncertain to leave them unread
SHORT = 12  # a document of so few units is read whole: there is little to spare
DOUBT = 0.25  # a trigger this sure keeps its document, though assembly reports from .3 on
_ACTORS = frozenset({"actor", "called_by", "target"})


class Reader:
    """A stage that reads with a trained model.

    Args:
        model: name in models/manifest.toml, or a folder written by ``groundswell train``. Opened at the first batch.
        threads: cores for one run of the network.
        skim: read of a long document first the sentences that look most like reports of events; where these hold none, the
            rest is not read, and the document gets an Irrelevant finding that says so and nothing else.

    A text in another language than English is not read either, and gets such a finding of its own.
    """

    name = "analyse.reader"
    needs = (Sentence,)
    gives = (Trigger, Mention, Role, Statement, LooseFigure, FigureSource)

    def __init__(self, model: str = "english-4", *, threads: int = 1, skim: bool = False) -> None:
        self.model = model
        self.threads = threads
        self.skim = skim
        self._session: ReaderSession | None = None

    def session(self) -> ReaderSession:
        """The opened model; raises ModelError when it is missing or damaged."""
        if self._session is None:
            from groundswell.analyse.reader_session import ReaderSession

            self._session = ReaderSession(self.model, threads=self.threads)
        return self._session

    def batch(self, records: Sequence[Record]) -> Sequence[list[Finding[Any]]]:
        """One list of findings for each record; what is found in one never depends on the others."""
        from groundswell.analyse.reader_phrases import tidy

        session = self.session()
        pages = [_page(record, session) for record in records]
        # Batches of a graph with one int8 scale for all would read a sentence otherwise in the company of fewer.
        if self.skim and session.row_scales:
            long = [page for page in pages if len(page.kept) > SHORT]
            for page in long:
                page.units = page.likeliest(session.pack)
            _read(long, session)
            for page in long:
                page.judge()
        rest = [page for page in pages if page.dismissed is None and page.foreign is None]
        for page in rest:
            page.units = units(page.text, page.kept, pack=session.pack)
        _read(rest, session)
        out: list[list[Finding[Any]]] = []
        for page in pages:
            if page.foreign is not None:
                out.append([Finding(Irrelevant(page.foreign), (), by=LANGUAGE)])
                continue
            if page.dismissed is not None:
                out.append([Finding(Irrelevant(page.dismissed), (), by=GATE)])
                continue
            read = [(unit, tidy(page.text, unit, page.readings[unit.start])) for unit in page.units]
            out.append(list(findings(page.text, read, session.name)))
        return out


_Sentences = list[tuple[Span, int, bool]]


@dataclass(slots=True)
class _Page:
    """One document on its way through the network.

    Attributes:
        kept: sentences that the gate lets through: span, paragraph, heading.
        starts: where the sentences that stand for the document begin.
        units: what is to be read of it next.
        readings: by the start of their unit.
        dismissed: why it was not read to its end.
        foreign: why it was not read at all.
    """

    text: str
    kept: _Sentences
    sentences: int
    starts: set[int]
    best: float
    units: list[Unit] = field(default_factory=list)
    readings: dict[int, Reading] = field(default_factory=dict)
    dismissed: str | None = None
    foreign: str | None = None

    def likeliest(self, pack: int) -> list[Unit]:
        """The units that stand for the document. Only their paragraphs are cut into words: quotation marks reach no further."""
        paragraphs = {paragraph for span, paragraph, _ in self.kept if span.start in self.starts}
        found = units(self.text, [each for each in self.kept if each[1] in paragraphs], pack=pack)
        return [unit for unit in found if any(unit.start <= start < unit.end for start in self.starts)]

    def judge(self) -> None:
        """Dismiss the document where what stands for it reports nothing."""
        if any(t.score >= DOUBT for reading in self.readings.values() for t in reading.triggers):
            return
        self.dismissed = (
            f"No event expected (gate score {self.best:.2f}): of {self.sentences} sentences the {len(self.readings)} most "
            "like reports of events were read and hold none; the rest was not read."
        )


def _page(record: Record, session: ReaderSession) -> _Page:
    text = record.document.text
    language = record.document.language
    if language and not language.lower().startswith("en") and len(text.split(maxsplit=ENOUGH)) >= ENOUGH:
        why = f"Written in {language}: the reader knows English only. Nothing was read; the text is kept."
        return _Page(text, [], 0, set(), 0.0, foreign=why)
    sentences = [(f.span, f.value.paragraph, f.value.heading) for f in record.of(Sentence)]
    count, best, starts = len(sentences), 0.0, set[int]()
    if session.gate is not None and sentences:
        scores = session.gate.scores([text[s.start : s.end] for s, _, _ in sentences])
        best = float(scores[:, 1].max())
        starts = {sentences[n][0].start for n in session.gate.likeliest(scores)}
        keep = session.gate.open(scores)
        sentences = [s for s, k in zip(sentences, keep, strict=True) if k or s[2]]
    return _Page(text, sentences, count, starts, best)


def _read(pages: Sequence[_Page], session: ReaderSession) -> None:
    """Read the units of all pages together, leaving out those that were read before."""
    left = [
        (number, unit) for number, page in enumerate(pages) for unit in page.units if unit.start not in page.readings
    ]
    texts = [pages[number].text for number, _ in left]
    read = session.read(texts, [unit for _, unit in left], [number for number, _ in left])
    for (number, unit), reading in zip(left, read, strict=True):
        pages[number].readings[unit.start] = reading


def findings(text: str, read: Sequence[tuple[Unit, Reading]], by: str) -> Iterator[Finding[Any]]:
    """All findings of one document from the readings of its units."""
    numbers: set[tuple[int, int]] = set()
    for unit, reading in read:
        for trigger in reading.triggers:
            for finding in _trigger(unit, trigger, by):
                if type(finding.value) is Role and finding.value.kind == "figure":
                    numbers.add((finding.span.start, finding.span.end))
                yield finding
        for entity in reading.entities:
            yield Finding(Mention(entity.kind), (_span(unit, entity.words),), by, entity.score)  # type: ignore[arg-type]
    for unit, reading in read:
        for figure in reading.figures:
            span = _span(unit, figure.words)
            if not any(a < span.end and span.start < b for a, b in numbers):
                yield Finding(Mention("number"), (span,), by, figure.score)
                yield Finding(LooseFigure(figure.kind), (span,), by, figure.score)  # type: ignore[arg-type]
    yield from statements(text, read, by)


def _span(unit: Unit, words: Words) -> Span:
    return Span(unit.words[words.first][0], unit.words[words.stop - 1][1])


def _trigger(unit: Unit, trigger: FoundTrigger, by: str) -> Iterator[Finding[Any]]:
    span = _span(unit, trigger.words)
    at = Ref(span.start, span.end)
    value = Trigger(trigger.type, trigger.mode, trigger.status)  # type: ignore[arg-type]
    yield Finding(value, (span,), by, trigger.score)
    for role in trigger.roles:
        phrase = _span(unit, role.words)
        yield Finding(Role(role.kind, at, role.of), (phrase,), by, role.score)  # type: ignore[arg-type]
        if role.kind in _ACTORS:
            yield Finding(Mention("actor"), (phrase,), by, role.score)
        elif role.kind == "figure":
            yield Finding(Mention("number"), (phrase,), by, role.score)
        elif role.kind in ("time", "place"):
            yield Finding(Mention(role.kind), (phrase,), by, role.score)  # type: ignore[arg-type]
