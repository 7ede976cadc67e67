"""Figures: what each number phrase counts, which happening it belongs to, and who gives it.

Keeps what the model already said about a number; adds rules where it said nothing. Puts no figures together and drops none:
that is assemble's work.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.figure_kinds import Cue, clause, cues, head, rules
from groundswell.resolve.figure_sources import source_of
from groundswell.resolve.quantity import find_quantities, is_label, resolve_quantity
from groundswell.values import FigureKind, FigureSource, LooseFigure, Quantity, Ref, Role, Sentence, Trigger

VERSION = "1"
# A cue further from its number than this many words (with surcharges) is no cue.
_FARTHEST = 18.0


# Kinds that are figures of the document even where no happening is told: a toll, an accident, "no one was hurt".
_STRONG = ("deaths", "injured", "arrested", "abducted", "displaced")
_BE = re.compile(r"\b(?:was|were|is|are|been|being|be)\s+(?:[a-z]+\s+)?$")
_PREPOSITION = re.compile(
    r"\b(?:in|on|at|of|with|for|from|to|between|after|including|like|than|against|into|before|over|under|among|amid|near)\s+(?:the\s+|its\s+|their\s+)?$",
    re.I,
)
_CROWD_WORD = re.compile(r"\b(?:with|by|of|involving|comprising|saw|seen|see)\s+(?:the\s+)?$", re.IGNORECASE)
_SPEAKS = re.compile(r"[^,;]{0,60}\b(?:said|says|told|think|reported|claimed|alleged)\b")
_SPOKEN_BY = re.compile(r"\b(?:according\s+to|said|quoting|citing)\s+$", re.IGNORECASE)
# A second count of what the sentence counted before: "police put it at 900", "the toll as 27".
_RECOUNT = re.compile(
    r"\b(?:it|them|that|figure|number|estimate|toll|turnout|crowd|count|total|attendance|marchers)\s+(?:(?:was|is|were|at|as|to|of|had|stood|reached)\s+)+(?:only\s+|just\s+)?$|"
    r"\b(?:counted|estimated|said|gave|reported)\s+(?:only\s+|just\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What rules read of one number phrase; ``trigger`` is None for a loose figure."""

    number: Span
    quantity: Quantity
    of: FigureKind
    trigger: Span | None
    rule: str


# "The death toll in the Gaza Strip has now exceeded 10,000": farther from its number than other cues may be.
_DEATH_TOLL = re.compile(
    r"\b(?:death toll|toll of the dead|number of (?:dead|deaths|fatalities))\b[^.;:]{0,80}$", re.IGNORECASE
)


@stage(needs=[Sentence, Trigger], gives=[Quantity, Role, LooseFigure, FigureSource])
def figures(record: Record) -> Iterator[Finding[Any]]:
    """Quantities at their exact spans, with kind, happening and source."""
    text = record.document.text
    sentences = sorted(finding.span for finding in record.of(Sentence))
    triggers = [(finding.span, finding.value) for finding in record.of(Trigger)]
    given = [finding for finding in record.of(Role) if finding.value.kind == "figure" and finding.spans]
    found = find_in(text, sentences)
    taken = [finding.span for finding in given]
    for role in given:
        yield from _model_quantity(text, role, found)
    for loose in record.of(LooseFigure):  # assembly takes those that are sure enough
        yield from _model_quantity(text, loose, found)
    counted: list[Span] = []
    last: Reading | None = None
    for sentence, numbers in found:
        for reading in read_sentence(text, sentence, numbers, triggers, sentences, last):
            last = reading
            counted.append(reading.number)
            if not any(reading.number.overlaps(span) for span in taken):
                yield from _findings(reading)
    yield from _sources(text, found, [*taken, *counted])


def find_in(text: str, sentences: Sequence[Span]) -> list[tuple[Span, list[tuple[Span, Quantity]]]]:
    """Number phrases by sentence."""
    starts = [sentence.start for sentence in sentences]
    grouped: dict[int, list[tuple[Span, Quantity]]] = {}
    for span, quantity in find_quantities(text):
        at = bisect_right(starts, span.start) - 1
        if at >= 0 and span.end <= sentences[at].end:
            grouped.setdefault(at, []).append((span, quantity))
    return [(sentences[at], numbers) for at, numbers in grouped.items()]


def read_sentence(
    text: str,
    sentence: Span,
    numbers: Sequence[tuple[Span, Quantity]],
    triggers: Sequence[tuple[Span, Trigger]],
    sentences: Sequence[Span],
    earlier: Reading | None = None,
) -> list[Reading]:
    """Every number of a sentence that counts something of a figure kind; ``earlier`` is the last one read before it."""
    here = [(span, trigger) for span, trigger in triggers if sentence.contains(span)]
    before = _told_before(sentence, triggers, sentences)
    loose = rules().toll.search(text, sentence.start, sentence.end) is not None
    spans = [span for span, _ in numbers]
    readings: list[Reading] = []
    for span, quantity in numbers:
        last = readings[-1] if readings else None
        reading = _read(text, sentence, span, quantity, here, [other for other in spans if other != span])
        if last is not None and _is_share(text, span) and (reading is None or reading.of == "participants"):
            reading = Reading(span, quantity, last.of, last.trigger, "share")
        elif (known := last or earlier) is not None and reading is None and _RECOUNT.search(text[: span.start][-60:]):
            reading = Reading(span, quantity, known.of, known.trigger, "recount")
        if reading is not None and reading.trigger is None and not (loose and reading.of in _STRONG):
            reading = replace(reading, trigger=attach(span, None, reading.of, before, sentence))
        if reading is not None and (reading.trigger is not None or loose or reading.of in _STRONG):
            readings.append(reading)
    return readings


_AMONG = re.compile(r"\bof\s+(?:them|whom|those)\b", re.IGNORECASE)


def _is_share(text: str, span: Span) -> bool:
    """ "nearly half of them", "four of whom": counts among what the number before counts."""
    return bool(_AMONG.search(text, span.start, min(len(text), span.end + 9)))


def _told_before(
    sentence: Span, triggers: Sequence[tuple[Span, Trigger]], sentences: Sequence[Span]
) -> list[tuple[Span, Trigger]]:
    """The happenings of the two sentences before: "Police opened fire. Sixteen people were killed." """
    at = bisect_right(list(sentences), sentence) - 1
    since = sentences[max(0, at - 2)].start if sentences else sentence.start
    return [(span, trigger) for span, trigger in triggers if since <= span.start < sentence.start]


def _read(
    text: str,
    sentence: Span,
    span: Span,
    quantity: Quantity,
    triggers: Sequence[tuple[Span, Trigger]],
    others: list[Span],
) -> Reading | None:
    within = clause(text, sentence, span)
    sort = head(text, span, within.end)
    if sort == "groups":
        return None
    found = [cue for cue in cues(text, span, within, sort, others) if cue.cost <= _FARTHEST]
    if quantity.high == 0:
        found = [cue for cue in found if cue.of in _STRONG]
    if not found and _DEATH_TOLL.search(text[sentence.start : span.start]):
        return Reading(span, quantity, "deaths", attach(span, None, "deaths", triggers, within), "death-toll")
    if not found:
        return None if quantity.high == 0 else _by_trigger(text, span, quantity, sort, triggers, within)
    cue = found[0]
    trigger = attach(span, cue, cue.of, triggers, within)
    return Reading(span, quantity, _punished(cue, triggers), trigger, cue.rule)


def _punished(cue: Cue, triggers: Sequence[tuple[Span, Trigger]]) -> FigureKind:
    """ "Jailed" as a court's sentence is no arrest."""
    if cue.of == "arrested" and any(
        cue.span.overlaps(where) and trigger.type == "SANCTION" for where, trigger in triggers
    ):
        return "affected"
    return cue.of


def _by_trigger(
    text: str, span: Span, quantity: Quantity, sort: str, triggers: Sequence[tuple[Span, Trigger]], within: Span
) -> Reading | None:
    """No word says what the number counts: the happening it is subject or object of does."""
    if (
        sort in ("things", "groups")
        or _SPEAKS.match(text[span.end : within.end])
        or _SPOKEN_BY.search(text[: span.start][-40:])
    ):
        return None
    here = [(where, trigger) for where, trigger in triggers if within.contains(where)]
    for where, trigger in sorted(here, key=lambda item: _gap(span, item[0])):
        part = _part(text, span, where, within)
        if part is None or (
            sort in ("unknown", "none") and (part != "subject" or trigger.type not in ("PROTEST", "MOBILIZE"))
        ):
            continue
        kind = _kind_beside(trigger, subject=part == "subject", weapons=sort == "weapons")
        return Reading(span, quantity, kind, where, f"{part}-of-{trigger.type.lower()}")
    return _crowd(text, span, quantity, sort, triggers)


def _crowd(
    text: str, span: Span, quantity: Quantity, sort: str, triggers: Sequence[tuple[Span, Trigger]]
) -> Reading | None:
    """People counted in a sentence that tells a protest or a deployment are its participants, unless they stand apart."""
    if sort != "people" or quantity.high == 1:
        return None
    led_by = _CROWD_WORD.search(text[: span.start][-20:])
    if not led_by and _PREPOSITION.search(text[: span.start][-20:]):
        return None
    for where, trigger in sorted(triggers, key=lambda item: _gap(span, item[0])):
        if trigger.type in ("PROTEST", "MOBILIZE") and (led_by or where.start > span.end):
            return Reading(span, quantity, "participants", where, f"crowd-of-{trigger.type.lower()}")
    return None


def _part(text: str, span: Span, trigger: Span, within: Span) -> str | None:
    """Whether the number is subject or object of the trigger, by position and voice; None where it is neither."""
    if trigger.start >= span.end:
        between = text[span.end : trigger.start]
        if len(between.split()) > 20:
            return None
        if _BE.search(between[-30:]):
            return "object"
        return None if _PREPOSITION.search(text[within.start : span.start]) else "subject"
    between = text[trigger.end : span.start]
    if re.search(r"\bby\s+(?:the\s+)?$", between):
        return "subject"
    if re.search(r"\w\s+of\s+(?:the\s+)?$", between):
        return None
    return (
        "object"
        if len(between.split()) <= 4 and not re.search(r"[,;]|\b(?:who|when|as|after|in|and)\b", between)
        else None
    )


def _kind_beside(trigger: Trigger, *, subject: bool, weapons: bool) -> FigureKind:
    if weapons:
        return "weapons"
    if trigger.type in ("PROTEST", "MOBILIZE"):
        return "participants"
    if trigger.type == "COERCE" and trigger.mode == "arrest":
        return "arrested"
    if trigger.type == "ASSAULT" and trigger.mode == "abduct" and not subject:
        return "abducted"
    if subject and trigger.type not in ("AID", "SANCTION", "COERCE"):
        return "participants"
    return "other" if trigger.type == "ACCUSE" else "affected"


def attach(
    span: Span, cue: Cue | None, of: FigureKind, triggers: Sequence[tuple[Span, Trigger]], within: Span
) -> Span | None:
    """The trigger a figure belongs to: the cue itself, else the one that fits its kind best, near ones first."""
    fits = rules().fits[of]
    best: tuple[float, Span] | None = None
    for where, trigger in triggers:
        fit = fits.get(f"{trigger.type}/{trigger.mode}", fits.get(trigger.type, 0.0))
        if cue is not None and cue.span.overlaps(where):
            fit += 6.0
        if fit == 0.0:
            continue
        score = fit + (1.0 if within.contains(where) else 0.0) - 0.01 * _gap(span, where)
        if best is None or score > best[0]:
            best = (score, where)
    return best[1] if best else None


def _gap(left: Span, right: Span) -> int:
    return max(right.start - left.end, left.start - right.end, 0)


def _findings(reading: Reading) -> Iterator[Finding[Any]]:
    by = f"resolve.figure/{reading.rule}"
    yield Finding(reading.quantity, (reading.number,), by=by)
    if reading.trigger is None:
        yield Finding(LooseFigure(reading.of), (reading.number,), by=by)
    else:
        trigger = Ref(reading.trigger.start, reading.trigger.end)
        yield Finding(Role("figure", trigger, reading.of), (reading.number,), by=by)


def _model_quantity(
    text: str, role: Finding[Role] | Finding[LooseFigure], found: list[tuple[Span, list[tuple[Span, Quantity]]]]
) -> Iterator[Finding[Quantity]]:
    """The value of a number phrase the model found: at the finder's span, else at the model's own."""
    for _, numbers in found:
        for span, quantity in numbers:
            if span.overlaps(role.span):
                yield Finding(quantity, (span,), by="resolve.figure/model-role")
                return
    where = role.span
    if is_label(text, where.start):
        return
    quantity_read = resolve_quantity(text[where.start : where.end], before=text[max(0, where.start - 40) : where.start])
    if quantity_read is not None:
        yield Finding(quantity_read, (where,), by="resolve.figure/model-span")


def _sources(
    text: str, found: list[tuple[Span, list[tuple[Span, Quantity]]]], counted: list[Span]
) -> Iterator[Finding[FigureSource]]:
    for sentence, numbers in found:
        for span, _ in numbers:
            if not any(span.overlaps(other) for other in counted):
                continue
            if (source := source_of(text, sentence, span)) is not None:
                where, rule = source
                yield Finding(FigureSource(Ref(span.start, span.end)), (where,), by=f"resolve.figure/{rule}")
