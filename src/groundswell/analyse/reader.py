"""The trained reader as a stage: one encoder pass a unit, its scores turned into findings with document offsets.

Finds triggers, their roles, statements, names and figures. Resolves nothing: phrases keep the text's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from groundswell.analyse.reader_statements import statements
from groundswell.analyse.reader_words import Unit, units
from groundswell.records import Finding, Record, Span
from groundswell.values import FigureSource, LooseFigure, Mention, Ref, Role, Sentence, Statement, Trigger

if TYPE_CHECKING:
    from groundswell.analyse.reader_decode import FoundTrigger, Reading, Words
    from groundswell.analyse.reader_session import ReaderSession

_ACTORS = frozenset({"actor", "called_by", "target"})


class Reader:
    """A stage that reads with a trained model.

    Args:
        model: name in models/manifest.toml, or a folder written by ``groundswell train``. Opened at the first batch.
        threads: cores for one run of the network.
    """

    name = "analyse.reader"
    needs = (Sentence,)
    gives = (Trigger, Mention, Role, Statement, LooseFigure, FigureSource)

    def __init__(self, model: str = "english-1", *, threads: int = 1) -> None:
        self.model = model
        self.threads = threads
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
        texts: list[str] = []
        found: list[Unit] = []
        owner: list[int] = []
        for number, record in enumerate(records):
            text = record.document.text
            sentences = [(f.span, f.value.paragraph, f.value.heading) for f in record.of(Sentence)]
            if session.gate is not None:
                keep = session.gate.open([text[s.start : s.end] for s, _, _ in sentences])
                sentences = [s for s, k in zip(sentences, keep, strict=True) if k or s[2]]
            for unit in units(text, sentences, pack=session.pack):
                texts.append(text)
                found.append(unit)
                owner.append(number)
        readings = session.read(texts, found, owner)
        mine: list[list[tuple[Unit, Reading]]] = [[] for _ in records]
        for number, unit, reading in zip(owner, found, readings, strict=True):
            mine[number].append((unit, tidy(records[number].document.text, unit, reading)))
        return [
            list(findings(record.document.text, read, session.name)) for record, read in zip(records, mine, strict=True)
        ]


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
