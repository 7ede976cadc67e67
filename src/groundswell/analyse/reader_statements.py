"""Statements of a document from the readings of its units: quotation marks give exact borders, parts of one quotation join.

The network says what is said by whom within a unit; these rules carry speakers across sentences. Pronouns stay pronouns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundswell.records import Finding, Span
from groundswell.values import FigureSource, Ref, Statement

if TYPE_CHECKING:
    from groundswell.analyse.reader_found import Reading, Words
    from groundswell.analyse.reader_words import Unit

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_MARK = re.compile(r"[“«„”»\"]")
_TRIM_LEFT = " \t\n,;:—–-"
_TRIM_RIGHT = " \t\n,;:—–-"
_OPENING = re.compile(r"(?<![.!?])[^\S\n]+[\"“]")
_CLOSING = re.compile(r"[.,!?]?[\"”]")
# Scare quotes and titles stand in quotation marks too: shorter ones never change what the network read.
_SHORT = 4


@dataclass(frozen=True, slots=True)
class _Said:
    content: Span
    score: float
    speaker: Ref | None
    cue: Ref | None
    speaker_score: float
    unit: int


def quotations(text: str) -> list[Span]:
    """What stands inside double quotation marks, without the marks; one left open ends with its paragraph."""
    out: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        opened: int | None = None
        for found in _MARK.finditer(text, paragraph.start(), paragraph.end()):
            at, mark = found.start(), found.group()
            if mark in "“«„" or (mark == '"' and opened is None):
                opened = at + 1
            elif mark in '”»"' and opened is not None:
                if at > opened:
                    out.append(Span(opened, at))
                opened = None
        if opened is not None and opened < paragraph.end():
            out.append(Span(opened, paragraph.end()))
    return out


def statements(text: str, read: Sequence[tuple[Unit, Reading]], by: str) -> Iterator[Finding[Any]]:
    """Statement findings in order of content, and FigureSource findings for numbers that stand inside them."""
    quoted = [q for q in quotations(text) if len(text[q.start : q.end].split()) >= _SHORT]
    said = [s for number, (unit, reading) in enumerate(read) for s in _of_unit(text, unit, reading, number)]
    said = _joined(said, quoted)
    said = _continued(text, _with_speakers(text, said, quoted))
    for each in said:
        value = Statement(_direct(text, each.content, quoted), each.speaker, each.cue)
        yield Finding(value, (each.content,), by, each.score)
        if each.speaker is None:
            continue
        for number in _numbers(read, each.content):
            yield Finding(FigureSource(number), (Span(*each.speaker),), by, each.score)


def _of_unit(text: str, unit: Unit, reading: Reading, number: int) -> Iterator[_Said]:
    for found in reading.statements:
        content = _trimmed(text, _span(unit, found.words))
        if content is None:
            continue
        speaker = _ref(unit, found.speaker)
        yield _Said(content, found.score, speaker, _ref(unit, found.cue), found.speaker_score, number)


def _span(unit: Unit, words: Words) -> Span:
    return Span(unit.words[words.first][0], unit.words[words.stop - 1][1])


def _ref(unit: Unit, words: Words | None) -> Ref | None:
    return Ref(unit.words[words.first][0], unit.words[words.stop - 1][1]) if words else None


def _trimmed(text: str, span: Span) -> Span | None:
    start, end = span.start, span.end
    while start < end and text[start] in _TRIM_LEFT:
        start += 1
    while end > start and text[end - 1] in _TRIM_RIGHT:
        end -= 1
    if text[start:end].count('"') % 2 == 1 or "“" in text[start:end]:
        if text[start] in '"“':
            start += 1
        elif text[end - 1] in '"”':
            end = start + len(text[start : end - 1].rstrip())
        elif start and text[start - 1] in '"“' and text[end : end + 1] not in ('"', "”"):
            start -= 1  # "our lions" did it
        elif (closing := _CLOSING.match(text, end)) is not None:
            end = closing.end()
    return Span(start, end) if end > start else None


def _continued(text: str, said: list[_Said]) -> list[_Said]:
    """Words reported and quoted in one breath (it "had no comment") are one statement, though the marks part them."""
    out: list[_Said] = []
    for each in said:
        last = out[-1] if out and out[-1].speaker == each.speaker is not None else None
        if last is not None and _OPENING.fullmatch(text, last.content.end, each.content.start):
            closing = _CLOSING.match(text, each.content.end)
            content = Span(last.content.start, closing.end() if closing else each.content.end)
            out[-1] = replace(last, content=content, score=max(last.score, each.score))
        else:
            out.append(each)
    return out


def _inside(content: Span, quotation: Span) -> float:
    """The share of the content that stands in the quotation."""
    shared = min(content.end, quotation.end) - max(content.start, quotation.start)
    return max(shared, 0) / (content.end - content.start)


def _joined(said: list[_Said], quoted: Sequence[Span]) -> list[_Said]:
    """Contents that stand in one quotation become one statement of exactly what the marks enclose."""
    left = list(said)
    out: list[_Said] = []
    for quotation in quoted:
        parts = [s for s in left if _inside(s.content, quotation) > 0.6]
        if not parts:
            continue
        left = [s for s in left if s not in parts]
        with_speaker = [p for p in parts if p.speaker is not None]
        best = max(with_speaker or parts, key=lambda p: p.speaker_score)
        covered = sum(p.content.end - p.content.start for p in parts) / (quotation.end - quotation.start)
        content = quotation if covered > 0.4 else best.content
        out.append(replace(best, content=content, score=max(p.score for p in parts)))
    return sorted(left + out, key=lambda s: (s.content.start, s.content.end))


def _with_speakers(text: str, said: list[_Said], quoted: Sequence[Span]) -> list[_Said]:
    """A direct quotation without a speaker takes its neighbour's: the one before it, else the next in its paragraph."""
    out = list(said)
    for n, each in enumerate(out):
        if each.speaker is not None or not _direct(text, each.content, quoted):
            continue
        before = out[n - 1] if n else None
        after = out[n + 1] if n + 1 < len(out) else None
        if before and before.speaker and text.count("\n\n", before.content.end, each.content.start) <= 1:
            out[n] = replace(each, speaker=before.speaker)
        elif after and after.speaker and "\n\n" not in text[each.content.end : after.content.start]:
            out[n] = replace(each, speaker=after.speaker)
    return out


def _direct(text: str, content: Span, quoted: Sequence[Span]) -> bool:
    """More than half of the content is in quotation marks (short quotations count here too)."""
    inside = sum(
        max(0, min(content.end, q.end) - max(content.start, q.start)) for q in quotations_in(text, content, quoted)
    )
    return inside * 2 > content.end - content.start


def quotations_in(text: str, content: Span, quoted: Sequence[Span]) -> list[Span]:
    """The long quotations, and what stands between marks inside the content itself."""
    own = [
        Span(content.start + m.start(1), content.start + m.end(1))
        for m in _MARKED.finditer(text[content.start : content.end])
    ]
    return [q for q in quoted if q.overlaps(content)] or own


_MARKED = re.compile(r"[\"“«„]([^\"”»]+)[\"”»]")


def _numbers(read: Sequence[tuple[Unit, Reading]], content: Span) -> Iterator[Ref]:
    for unit, reading in read:
        if unit.end <= content.start or unit.start >= content.end:
            continue
        for figure in reading.figures:
            ref = _ref(unit, figure.words)
            if ref and content.start <= ref.start and ref.end <= content.end:
                yield ref
