"""What flows through a pipeline: documents, findings, records.

Standard library only. Everything here is frozen: a stage adds findings, nothing edits them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, Literal, TypeVar

from groundswell.values import Problem

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)

Format = Literal["html", "pdf", "text", "feed", "warc", "table"]
Basis = Literal["metadata", "text", "given"]
Outcome = Literal["read", "partial", "irrelevant", "duplicate", "rejected"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of Unicode code points in ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"Span({self.start}, {self.end}) is empty or negative")

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One article or statement. ``text`` never changes once the document is made.

    Where a title is known ``text`` begins with it, followed by a blank line, and ``body_start`` is the offset of the
    first character after that blank line (0 when the text carries no title). Paragraphs are separated by blank lines.

    Attributes:
        id: SHA-256 (hex) of the raw bytes the document was read from; of the canonical JSON of a corpus row.
        source_id: the name the source gives it (path, URL, member of an archive, id column of a corpus).
        published: date of publication, None when unknown. ``published_basis`` says where it was read.
        decode_confidence: 0..1, how sure the character decoding is.
    """

    id: str
    text: str
    source_id: str = ""
    title: str | None = None
    body_start: int = 0
    language: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: date | None = None
    published_basis: Basis | None = None
    format: Format = "text"
    decode_confidence: float = 1.0
    problems: tuple[Problem, ...] = ()

    def quote(self, span: Span) -> str:
        """The words a span stands for."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Finding(Generic[V_co]):
    """One thing read, the words it was read from, who read it, how sure.

    Attributes:
        value: one of the classes in ``values``.
        spans: where in the text; empty only for values about the whole document (``Language``, ``Problem``).
        by: the rule or model with its version, ``review:NAME`` for a person's correction.
        score: calibrated probability (0..1) that a careful coder would agree; never "it happened".
    """

    value: V_co
    spans: tuple[Span, ...]
    by: str
    score: float = 1.0

    def __post_init__(self) -> None:
        if not self.by:
            raise ValueError("a finding without a 'by' is not allowed: say which rule or model read it")

    @property
    def span(self) -> Span:
        """The first span; raises IndexError for a finding about the whole document."""
        return self.spans[0]


@dataclass(frozen=True, slots=True)
class Record:
    """A document and all that was found in it so far."""

    document: Document
    findings: tuple[Finding[object], ...] = ()
    _kinds: dict[type, tuple[Finding[object], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, kind: type[V]) -> Iterator[Finding[V]]:
        """All findings whose value is exactly of this class, in the order they were added."""
        # Sorted by class once and handed on by add: stages ask 45 times an article, and to look through all took 1.3 ms.
        if not self._kinds and self.findings:
            self._kinds.update(_by_kind(self.findings))
        return iter(self._kinds.get(kind, ()))  # type: ignore[arg-type]

    def add(self, found: tuple[Finding[object], ...]) -> Record:
        """This record with more findings; nothing already there is touched."""
        if not found:
            return self
        record = replace(self, findings=self.findings + found)
        if self._kinds:
            new = _by_kind(found)
            record._kinds.update(self._kinds)
            record._kinds.update({kind: self._kinds.get(kind, ()) + more for kind, more in new.items()})
        return record


def _by_kind(findings: tuple[Finding[object], ...]) -> dict[type, tuple[Finding[object], ...]]:
    sorted_out: dict[type, list[Finding[object]]] = {}
    for finding in findings:
        sorted_out.setdefault(type(finding.value), []).append(finding)
    return {kind: tuple(some) for kind, some in sorted_out.items()}
