"""Puts findings together into event reports, figures and statements: the only place that decides what goes together."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from groundswell.happenings import Telling, group
from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.pronoun import FITTING, antecedents
from groundswell.resolve.status import corrected
from groundswell.resolve.time_clause import Happening
from groundswell.resolve.time_role import as_told, chances
from groundswell.resolve.time_tense import told_as_past
from groundswell.spans import Spans
from groundswell.values import (
    Actor,
    ActorMention,
    EventReport,
    Figure,
    FigureSource,
    Interval,
    Irrelevant,
    LooseFigure,
    Mention,
    Place,
    PlaceMention,
    Quantity,
    Ref,
    Role,
    Sentence,
    Statement,
    StatementReport,
    Status,
    TimeMention,
    Trigger,
)

BY = "assemble/1"
# What a careful coder would agree with less than three times in ten is not reported. With english-4 typed F1 on dev is .717 at .25
# and .3, .715 at a third, .710 at .4 (test .717, .715, .714, .711); of the 147 hard negatives 7 are wrong at .25, 6 at .3.
LEAST = 0.3
LEAST_LOOSE = 0.5  # Figures of documents on dev and test, F1 .661 (.660 with all of the model's, .659 with none).
# Pairs of happening and phrase. Dates of dev documents exact .81, none where none is stated .92; at .45 .83, .90, at .6 .79, .93.
LEAST_TIME = 0.55
SOON = 14  # days: how far ahead resolve/time.py reads a day without a year as that day, also in a past tense
SURE_TIME = 0.8  # of a date another telling gives: from .925 to .928 without one where none is stated, none lost
TOLLS = ("participants", "deaths", "injured", "arrested", "displaced", "abducted")
_FINEST_FIRST = {"place": 0, "city": 1, "admin2": 2, "admin1": 3, "country": 4, None: 5}
_PRONOUNS = frozenset(["he", "she", "they", "it", "who", "we", "i", "him", "her", "them", "his", "their"])


@stage(needs=[Sentence, Trigger, Mention], gives=[EventReport, Figure, StatementReport, Irrelevant])
def assemble(record: Record) -> Iterator[Finding[Any]]:
    """Reports of happenings, loose figures, statements with their speakers; Irrelevant where there is no happening."""
    view = View(record)
    statements = list(_statements(view))
    told = tellings(view)
    groups = group(record.document, told)
    for members in groups:
        yield _report(view, members, statements)
    yield from _loose_figures(view, {telling.ref for telling in told})
    yield from statements
    if not groups:
        yield Finding(Irrelevant("No happening after the codebook was found in this document."), (), by=BY)


def tellings(view: View) -> list[Telling]:
    """All tellings of a record with their arguments and dates, in reading order."""
    triggers = sorted((f for f in view.record.of(Trigger) if f.score >= LEAST), key=lambda f: f.span)
    told = [telling for finding in triggers if (telling := _telling(view, finding)) is not None]
    _date(view, told)
    return told


class View:
    """One record's findings by what assembly asks of them. Later findings of one span win over earlier ones."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.document = record.document
        self.sentences = sorted(record.of(Sentence), key=lambda f: f.span)
        self._starts = [f.span.start for f in self.sentences]
        self._ordered: dict[str, Spans] = {}
        self.roles: dict[Ref, list[Finding[Role]]] = {}
        for role in _one_kind_a_number(_without_counted_speakers(record)):
            self.roles.setdefault(role.value.trigger, []).append(role)
        self.actors = {f.span: f.value for f in record.of(Actor)}
        self.places = {f.span: f.value for f in record.of(Place)}
        self.times = {f.span: f.value for f in record.of(Interval)}
        self.quantities = {f.span: f.value for f in record.of(Quantity)}
        doing = (r.span for found in self.roles.values() for r in found if r.value.kind in ("actor", "called_by"))
        self.stands_for = antecedents(self.document.text, [f.span for f in self.sentences], self.actors, doing)
        self.sources = {f.value.number: f.span for f in record.of(FigureSource)}
        self.named = _nameable(self)

    def snapped(self, role: Finding[Role]) -> Finding[Role]:
        """The role on the resolved phrase it overlaps: a model may mark "Thursday" of "Thursday, November 9"."""
        tables: dict[str, Mapping[Span, object]] = {"time": self.times, "place": self.places, "figure": self.quantities}
        kind = role.value.kind
        if kind not in tables:
            return role
        if kind not in self._ordered:
            self._ordered[kind] = Spans(tables[kind])
        best = max(
            self._ordered[kind].over(role.span), key=lambda span: (span.end - span.start, span), default=role.span
        )
        return role if best == role.span else replace(role, spans=(best,))

    def sentence_at(self, offset: int) -> Finding[Sentence] | None:
        index = bisect_right(self._starts, offset) - 1
        return self.sentences[index] if index >= 0 else None

    def actor(self, span: Span) -> ActorMention:
        actor = self.actors.get(span) or Actor(self.document.quote(span), "group")
        return ActorMention(Ref(span.start, span.end), actor)


def _without_counted_speakers(record: Record) -> Iterator[Finding[Role]]:
    """Roles without the numbers that only say who speaks: "said one woman" counts nobody (0 of 5 right on dev and test)."""
    speakers = Spans(Span(*f.value.speaker) for f in record.of(Statement) if f.value.speaker)
    for role in record.of(Role):
        if role.value.kind != "figure" or not any(s.contains(role.span) for s in speakers.over(role.span)):
            yield role


def _one_kind_a_number(roles: Iterable[Finding[Role]]) -> Iterator[Finding[Role]]:
    """A number counts one kind of thing, though it may be told of several happenings: the surest reading of it stands."""
    held = list(roles)
    best: dict[Span, Finding[Role]] = {}
    for role in held:
        if role.value.kind == "figure" and (role.span not in best or role.score > best[role.span].score):
            best[role.span] = role
    for role in held:
        if role.value.kind != "figure" or role.value.of == best[role.span].value.of:
            yield role


def report_id(document_id: str, trigger: Ref) -> str:
    """Stable id of a report: from the document and the trigger's offsets, never from resolved values."""
    return hashlib.sha256(f"{document_id}:{trigger.start}-{trigger.end}".encode()).hexdigest()[:20]


def _telling(view: View, trigger: Finding[Trigger]) -> Telling | None:
    sentence = view.sentence_at(trigger.span.start)
    if sentence is None:
        return None
    value = sentence.value
    status, rule = corrected(trigger.value.status, view.document.text, sentence.span, trigger.span)
    if rule is not None:
        by = f"{trigger.by}+status_cues/{rule}"
        trigger = replace(trigger, value=replace(trigger.value, status=status), by=by)
    telling = Telling(trigger, sentence.span, value.paragraph, value.heading, value.index)
    for role in view.roles.get(telling.ref, []):
        role = view.snapped(role)
        if role.span not in {known.span for known in telling.of(role.value.kind)}:
            telling.roles.setdefault(role.value.kind, []).append(role)
    spans = {role.span for found in telling.roles.values() for role in found}
    telling.actors = {s: view.actors[s] for s in spans if s in view.actors}
    telling.places = {r.span: view.places[r.span] for r in telling.of("place") if r.span in view.places}
    telling.quantities = {s: view.quantities[s] for s in spans if s in view.quantities}
    return telling


def _date(view: View, tellings: Sequence[Telling]) -> None:
    """Gives every telling the dated phrases of its sentence, the likeliest first; what nothing could date keeps its words."""
    phrases = Spans(view.times).outermost()
    by_sentence: dict[Span, list[Telling]] = {}
    for telling in tellings:
        by_sentence.setdefault(telling.sentence, []).append(telling)
    for sentence, told in by_sentence.items():
        here = {p: view.times[p] for p in phrases.over(sentence) if sentence.contains(p)}
        marked = {(t.span, r.span): r for t in told for r in t.of("time")}
        happenings = [Happening(t.span, t.trigger.value.type, t.trigger.value.status) for t in told]
        sure = chances(view.document.text, sentence, happenings, here, {pair: r.score for pair, r in marked.items()})
        found = sorted((-chance, pair) for pair, chance in sure if chance >= LEAST_TIME)
        for telling, happening in zip(told, happenings, strict=True):
            dated = [
                (as_told(view.document, sentence, happening, phrase, view.times[phrase]), -odds)
                for odds, (trigger, phrase) in found
                if trigger == telling.span
            ]
            undated = [r for r in telling.of("time") if r.span not in view.times]
            telling.roles["time"] = [
                Finding(Role("time", telling.ref), (span,), by=BY, score=chance) for (span, _), chance in dated
            ] or undated
            telling.times = {span: interval for (span, interval), _ in dated}


def _report(
    view: View, members: Sequence[Telling], statements: Sequence[Finding[StatementReport]]
) -> Finding[EventReport]:
    main = max(members, key=lambda t: (t.weight(), -t.index))
    value = main.trigger.value
    ordered = [main, *(m for m in members if m is not main)]
    called_by, time = _actors(view, ordered, "called_by"), _time(view, ordered)
    report = EventReport(
        id=report_id(view.document.id, main.ref),
        type=value.type,
        mode=value.mode or next((m.trigger.value.mode for m in ordered if m.trigger.value.mode), None),
        status=_status(view, main, time, called=bool(called_by)),
        trigger=main.ref,
        also=tuple(m.ref for m in ordered[1:]),
        evidence=Ref(main.sentence.start, main.sentence.end),
        actors=_actors(view, ordered, "actor"),
        called_by=called_by,
        targets=_actors(view, ordered, "target"),
        places=_places(view, ordered),
        time=time,
        figures=_figures(view, ordered),
        issue=_first(ordered, "issue"),
        attribution=_first([main], "attribution") or _told_by(main, statements),
    )
    # A happening told twice is less likely an error of the reader than either telling alone.
    doubt = 1.0
    for member in members:
        doubt *= 1.0 - member.trigger.score
    score = max(member.trigger.score for member in members)
    confidence = score if len(members) == 1 else max(score, min(1.0 - doubt, 0.99))
    return Finding(report, tuple(m.span for m in ordered), by=main.trigger.by, score=confidence)


def _status(view: View, main: Telling, time: TimeMention | None, *, called: bool) -> Status:
    """What is dated after the day of publication has not happened yet, whatever the words around it look like. But "shot two on
    17 May", published on 15 May, happened: where a past tense has a day as printed, the day of publication is likelier wrong."""
    read, published, interval = main.trigger.value.status, view.document.published, time.interval if time else None
    if read not in ("occurred", "ongoing") or published is None or interval is None or interval.earliest is None:
        return read
    if interval.earliest <= published:
        return read
    printed = interval.basis == "stated" or (interval.earliest - published).days <= SOON
    if read == "occurred" and printed and told_as_past(view.document.text, main.sentence, main.span):
        return read
    return "called_for" if called else "announced"


def _actors(view: View, members: Sequence[Telling], kind: str) -> tuple[ActorMention, ...]:
    """Who plays this role at the fullest telling that names anyone, the fullest wording of each name; of pronouns only "we", where
    nobody is named. Taking the names of all tellings together was measured on the corpus documents: same recall, less precision."""
    first: tuple[ActorMention, ...] = ()
    for member in members:
        found: dict[str, ActorMention] = {}
        for role in member.of(kind):
            mention = view.actor(view.stands_for.get(role.span, role.span))
            if (key := mention.actor.name.casefold()) in ("we", "us"):
                first = first or (mention,)
            elif key not in _PRONOUNS and _length(mention) > (_length(found[key]) if key in found else 0):
                found[key] = mention
        if found:
            return tuple(found.values())
    return first


def _length(mention: ActorMention) -> int:
    return mention.ref.end - mention.ref.start


def _places(view: View, members: Sequence[Telling]) -> tuple[PlaceMention, ...]:
    found: dict[str, PlaceMention] = {}
    for role in (role for member in members for role in member.of("place")):
        if (place := view.places.get(role.span)) is None:
            continue  # "the bridge", "17": no name of a place
        key = f"{place.geonameid} {place.name.casefold()}"  # a site has the entry of its town: both are named
        found.setdefault(key, PlaceMention(Ref(role.span.start, role.span.end), place))
    return tuple(sorted(found.values(), key=lambda m: (_FINEST_FIRST[m.place.precision], m.ref)))


def _time(view: View, members: Sequence[Telling]) -> TimeMention | None:
    """The likeliest dated phrase of the main telling, then a sure one of the others; an undated phrase keeps its words."""
    told = [(role, member) for member in members for role in member.of("time")]
    found = [(r.span, m.times.get(r.span)) for r, m in told if m is members[0] or r.score >= SURE_TIME]
    best = next((pair for pair in found if pair[1] is not None), found[0] if found else None)
    return TimeMention(Ref(best[0].start, best[0].end), best[1]) if best else None


def _figures(view: View, members: Sequence[Telling]) -> tuple[Figure, ...]:
    """Every number with its source; the same number from the same source, or once with and once without one, is one."""
    found: list[Figure] = []
    for role in (role for member in members for role in member.of("figure")):
        quantity = view.quantities.get(role.span)
        if quantity is not None and role.value.of is not None:
            figure = Figure(Ref(role.span.start, role.span.end), role.value.of, quantity, _source(view, role.span))
            found = _with(view, found, figure)
    return tuple(sorted(found, key=lambda f: f.ref))


def _with(view: View, found: list[Figure], new: Figure) -> list[Figure]:
    """The list with one more figure, unless it only repeats one that is there; a credited one replaces an uncredited."""
    for index, old in enumerate(found):
        if old.of != new.of or not _same_number(old.quantity, new.quantity):
            continue
        if new.attribution is None or _credited(view, new) == _credited(view, old):
            return found
        if old.attribution is None:
            return [*found[:index], new, *found[index + 1 :]]
    return [*found, new]


def _same_number(a: Quantity, b: Quantity) -> bool:
    return (a.low, a.best, a.high) == (b.low, b.best, b.high)


def _credited(view: View, figure: Figure) -> str | None:
    return view.document.quote(Span(*figure.attribution)).casefold() if figure.attribution else None


def _source(view: View, number: Span) -> Ref | None:
    span = view.sources.get(Ref(number.start, number.end))
    return _speaker(view, span).ref if span else None


def _first(members: Sequence[Telling], kind: str) -> Ref | None:
    span = next((role.span for member in members for role in member.of(kind)), None)
    return Ref(span.start, span.end) if span else None


def _told_by(telling: Telling, statements: Sequence[Finding[StatementReport]]) -> Ref | None:
    """Who says so, where the happening is told inside somebody's words."""
    for finding in statements:
        if finding.span.contains(telling.span) and finding.value.speaker is not None:
            return finding.value.speaker.ref
    return None


def _loose_figures(view: View, told_of: set[Ref]) -> Iterator[Finding[Figure]]:
    """Figures tied to no one event; a number already given to an event, or a headline's again, is not listed twice.

    A toll whose happening was too doubtful to report stays a figure of the document.
    """
    figures = [role for found in view.roles.values() for role in found if role.value.kind == "figure"]
    roles = [role for role in figures if role.value.trigger in told_of]
    orphans = [
        Finding(LooseFigure(role.value.of), role.spans, role.by, role.score)
        for role in figures
        if role.value.trigger not in told_of and role.value.of in TOLLS
    ]
    taken = [role.span for role in roles]
    told = [(role.value.of, q) for role in roles if (q := view.quantities.get(view.snapped(role).span)) is not None]
    sure = sorted(
        (f for f in [*view.record.of(LooseFigure), *orphans] if f.score >= LEAST_LOOSE), key=lambda f: -f.score
    )
    for finding in sure:
        span = max(
            (s for s in view.quantities if s.overlaps(finding.span)), key=lambda s: s.end - s.start, default=None
        )
        if span is None or any(span.overlaps(other) for other in taken):
            continue
        quantity, of = view.quantities[span], finding.value.of
        if any(of == kind and _same_number(quantity, other) for kind, other in told):
            continue
        taken.append(span)
        told.append((of, quantity))
        yield Finding(
            Figure(Ref(span.start, span.end), of, quantity, _source(view, span)), (span,), finding.by, finding.score
        )


def _statements(view: View) -> Iterator[Finding[StatementReport]]:
    """One a stretch of content; a pronoun speaker becomes the person or body it stands for."""
    credited = Spans(f.span for f in view.record.of(Statement) if f.value.speaker is not None)
    for finding in sorted(view.record.of(Statement), key=lambda f: f.span):
        value = finding.value
        if value.speaker is None and any(other.contains(finding.span) for other in credited.over(finding.span)):
            continue  # a fragment of what somebody is credited with
        speaker = _speaker(view, Span(*value.speaker)) if value.speaker else None
        report = StatementReport(Ref(finding.span.start, finding.span.end), value.direct, speaker, value.cue)
        yield Finding(report, finding.spans, by=finding.by, score=finding.score)


def _nameable(view: View) -> list[Span]:
    """Spans a pronoun may stand for, in reading order: earlier speakers first of all, then people named."""
    speakers = {Span(*f.value.speaker) for f in view.record.of(Statement) if f.value.speaker}
    people = {f.span for f in view.record.of(Mention) if f.value.kind == "person"}
    return sorted(s for s in speakers | people if view.document.quote(s).casefold() not in _PRONOUNS)


def _speaker(view: View, span: Span) -> ActorMention:
    words = view.document.quote(span).casefold()
    if words not in _PRONOUNS or words in ("we", "i"):
        return view.actor(span)
    earlier = _reachable(view, span, view.named)
    return view.actor(earlier) if earlier is not None else view.actor(span)


def _reachable(view: View, pronoun: Span, named: Iterable[Span]) -> Span | None:
    """The last name before a pronoun of a kind that it can stand for, not more than three sentences back."""
    here = view.sentence_at(pronoun.start)
    last, kinds = None, FITTING.get(view.document.quote(pronoun).casefold())
    for span in named:
        if span.end > pronoun.start:
            break
        last = span if kinds is None or span not in view.actors or view.actors[span].kind in kinds else last
    if last is None or here is None:
        return None
    there = view.sentence_at(last.start)
    return last if there is not None and here.value.index - there.value.index <= 3 else None
