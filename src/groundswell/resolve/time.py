"""Finds time phrases and turns each into an interval of calendar days, anchored at publication or at dates of the text.

Reads no clock, no locale, no time zone. A phrase that nothing anchors resolves to None, never to a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from groundswell import lexicon
from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.status import corrected
from groundswell.resolve.time_chart import Grammar, Leaf, Node
from groundswell.resolve.time_meanings import MEANINGS
from groundswell.resolve.time_tense import ends_ahead, sentence_tense
from groundswell.resolve.time_values import Parts, Setting, Tense, When
from groundswell.resolve.time_words import Token, tokens
from groundswell.values import Interval, Mention, Ref, Role, Sentence, Status, Trigger

__all__ = ["Tense", "find_times", "resolve_time", "sentence_tense", "times"]

_MARKS = " \t\n,.;:()\"'“”‘’"
_MONEY = frozenset("$£€¥₹#")


@lru_cache(maxsize=4)
def _grammar(language: str = "en") -> Grammar:
    return Grammar(language)


@lru_cache(maxsize=8)
def _list(name: str, language: str = "en") -> frozenset[str]:
    """A list of words from the lexicon's table of what surrounds a time."""
    return frozenset(lexicon.table(language, "time")["around"][name].split())


@dataclass(frozen=True, slots=True)
class _Found:
    span: Span
    node: Node
    run: list[Token]


def find_times(text: str) -> list[Span]:
    """Spans of all time phrases of a text, in order, none overlapping; the longest sensible phrase each. Linear time."""
    return [found.span for found in _find(text)]


def _find(text: str) -> Iterator[_Found]:
    grammar, left_out = _grammar(), _list("left_out")
    for run in tokens(text, grammar.vocabulary):
        for node in grammar.phrases(tuple(token.word.symbols for token in run)):
            start, end = node.start, node.end
            while start < end - 1 and text[run[start].start : run[start].end].lower() in left_out:
                start += 1
            stop = run[end - 1].end
            if text[stop - 1] == "." and text[run[end - 1].start : stop - 1].lower() in grammar.vocabulary.month_names:
                stop -= 1  # "on 3 May." ends its sentence; "3 Dec." may be shortened
            span = Span(run[start].start, stop)
            if (not _bare_number(text, span) or _is_year(text, span)) and _stands_alone(text, span):
                yield _Found(span, node, run)


def _bare_number(text: str, span: Span) -> bool:
    """Four digits, or "nearly 2000"."""
    words = text[span.start : span.end].split()
    approximate = lexicon.table("en", "time")["approx"]["words"].split()
    return len(words[-1]) == 4 and words[-1].isdigit() and all(word.lower() in approximate for word in words[:-1])


def _is_year(text: str, span: Span) -> bool:
    """Four digits are a year unless money, a decimal or a count stands there."""
    before, after = text[max(0, span.start - 2) : span.start], text[span.end : span.end + 16]
    if before[-1:] in _MONEY or (before[-1:] in (".", ",") and before[:1].isdigit()):
        return False
    if after[:1] in ("%", "°", "/") or (after[:1] in (".", ",") and after[1:2].isdigit()):
        return False
    small = _SMALL.match(text, span.end)
    if span.end - span.start > 4 and small and small.group(1) not in _list("after_nth"):
        return False  # "nearly 2000 inmates"
    word = after[1:].split(" ", 1)[0].strip(".,;:").lower() if after[:1] == " " else ""
    return word not in _list("counted")


def _stands_alone(text: str, span: Span) -> bool:
    """ "the 9th" is a day only where no noun follows that it counts."""
    words = _NTH.search(text, span.start, span.end)
    following = _SMALL.match(text, span.end)
    return not (words and following and following.group(1) not in _list("after_nth"))


_NTH = re.compile(r"\bthe \d{1,2}(?:st|nd|rd|th)\Z")
_SMALL = re.compile(r"[ -]([a-z]+)")


def resolve_time(
    phrase: str, *, published: date | None, tense: Tense | None = None, anchor: date | None = None
) -> Interval | None:
    """The calendar days that a time phrase names, inclusive; None where it names none or nothing anchors it.

    Args:
        phrase: a time phrase; words around the time itself ("on", "around", "about") do no harm.
        published: day of publication, from which relative phrases count.
        tense: of the verb it goes with; decides between the last and the next Tuesday. None and "present" read
            weekdays as past, dates without year as nearest.
        anchor: a date that the text itself gives, for "the next day", "two days later", "that month".
    """
    resolved = _resolve(phrase, Setting(published, tense, anchor))
    return resolved[0] if resolved else None


def _resolve(phrase: str, setting: Setting) -> tuple[Interval, str] | None:
    bare = phrase.strip(_MARKS)
    phrase = phrase.strip(_MARKS.replace("(", "").replace(")", "")) if "(" in bare else bare
    found = _whole(phrase)
    if found:
        return _meaning(*found, setting)
    found, back = _only(phrase), phrase.lower().startswith("since ")
    resolved = _meaning(*found, replace(setting, tense="past", strict=True) if back else setting) if found else None
    if resolved and back:
        # "since the war began in 2011": the start is given, the end open (codebook 6)
        return replace(resolved[0], latest=None, precision="open"), resolved[1]
    return resolved


@lru_cache(maxsize=4096)
def _whole(phrase: str) -> tuple[Node, list[Token]] | None:
    """The phrase read from end to end as one time."""
    grammar = _grammar()
    runs = list(tokens(phrase, grammar.vocabulary))
    if len(runs) != 1:
        return None
    run = runs[0]
    if run[0].start or len(phrase) > run[-1].end + 1:
        return None
    symbols = tuple(token.word.symbols for token in run)
    node = grammar.whole(symbols, ("T", "X", "R", "W", "V"))
    return (node, run) if node else None


def _only(phrase: str) -> tuple[Node, list[Token]] | None:
    """The one time within a longer phrase, unless the words around it could make it another time."""
    found = list(_find(phrase))
    if len(found) != 1:
        return None
    before, after = phrase[: found[0].span.start].lower(), phrase[found[0].span.end :].lower()
    words = re.findall(r"[a-z-]+", before)
    if any(c.isdigit() for c in before + after) or _list("turning").intersection(words[words[:1] == ["since"] :]):
        return None
    hearts = any(token.word.core for run in tokens(after, _grammar().vocabulary) for token in run)
    return None if hearts else (found[0].node, found[0].run)


def _meaning(node: Node, run: list[Token], setting: Setting) -> tuple[Interval, str] | None:
    try:
        when: When = MEANINGS[node.rule.does](setting, Parts(node, run, MEANINGS))
    except (ValueError, OverflowError):
        return None
    if when.earliest is None and when.latest is None:
        return None
    if when.earliest and when.latest and when.earliest > when.latest:
        return None
    return Interval(when.earliest, when.latest, when.precision, when.basis), _rule_id(node)


def _rule_id(node: Node) -> str:
    """The rule that says most: the first below the ones that only pass a time on."""
    while node.rule.does == "same":
        below = [part for part in node.parts if not isinstance(part, Leaf)]
        if not below:
            break
        node = below[0]
    return node.rule.id


class _Anchors:
    """The dates a text gave last: "the next day" hangs on a day, "that year" on any."""

    _OF_DAYS = re.compile(r"(?i)\b(day|days|morning|afternoon|evening|night|weekend|[a-z]+day)\b")

    def __init__(self) -> None:
        self.day: date | None = None
        self.any: date | None = None

    def of(self, words: str) -> date | None:
        return self.day if self._OF_DAYS.search(words) else self.any

    def see(self, interval: Interval) -> None:
        if interval.precision == "day":
            self.day = interval.earliest
        if interval.precision in ("day", "month", "quarter", "season", "year", "week", "weekend"):
            self.any = interval.earliest


_AHEAD = frozenset({"announced", "called_for", "threatened", "hypothetical"})


@stage(needs=[Sentence], gives=[Mention, Interval])
def times(record: Record) -> Iterator[Finding[Mention] | Finding[Interval]]:
    """Mentions of times that no earlier stage found, and an interval for every time mention that can be anchored."""
    text, published = record.document.text, record.document.published
    known = {finding.span for finding in record.of(Mention) if finding.value.kind == "time"}
    tenses = _event_tenses(record)
    spans = known | set(tenses)
    for found in find_times(text):
        if found not in known:
            yield Finding(Mention("time"), (found,), by="resolve.time/find")
        spans.add(found)
    sentences = sorted(finding.span for finding in record.of(Sentence))
    anchors = _Anchors()
    at = 0
    for span in sorted(spans):
        while at < len(sentences) - 1 and sentences[at].end <= span.start:
            at += 1
        tense = tenses.get(span)
        sure = tense is not None
        if sentences and (tense is None or ends_ahead(text, sentences[at], span)):
            sentence = sentences[at]
            tense = sentence_tense(text[sentence.start : sentence.end], max(0, span.start - sentence.start))
        words = record.document.quote(span)
        resolved = _resolve(words, Setting(published, tense, anchors.of(words), sure=sure))
        if resolved is None:
            continue
        interval, rule = resolved
        anchors.see(interval)
        yield Finding(interval, (span,), by=f"resolve.time/{rule}")


def tense_of(status: Status | None) -> Tense | None:
    """The tense that a happening's status gives its time; None where the verb must be asked."""
    return "future" if status in _AHEAD else "past" if status == "occurred" else None


def _event_tenses(record: Record) -> dict[Span, Tense | None]:
    """The spans that are an event's time, with the tense that the event's status gives (None: ask the sentence).

    Where several events share a time the one it most likely belongs to decides: "freed 12 on Monday and said it would ..."
    """
    status = _statuses(record)
    tenses: dict[Span, Tense | None] = {}
    for finding in sorted(record.of(Role), key=lambda f: f.score):
        if finding.value.kind == "time":
            tenses[finding.span] = tense_of(status.get(finding.value.trigger))
    return tenses


def _statuses(record: Record) -> dict[Ref, Status]:
    """What became of each happening, as far as its sentence says."""
    sentences = sorted(finding.span for finding in record.of(Sentence))
    starts = [span.start for span in sentences]
    found: dict[Ref, Status] = {}
    for finding in record.of(Trigger):
        at = bisect_right(starts, finding.span.start) - 1
        status = finding.value.status
        if at >= 0:
            status, _ = corrected(status, record.document.text, sentences[at], finding.span)
        found[Ref(finding.span.start, finding.span.end)] = status
    return found
