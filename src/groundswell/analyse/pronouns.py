"""Who a pronoun is that does what a trigger tells ("She asked the court to ...") or asks for it ("She called on the army to
leave"): rules on what was read before.

The reader sees one sentence; the codebook wants the noun. Only where the pronoun stands right before an active verb, or is the
last to ask before the act, and a noun near by can be meant; otherwise who does or asks stays unknown. "We" is who speaks, and
outside all quotations the body whose statement the document is, by its title. "They" is left alone: on dev and test documents
the noun was wrong five times of five.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from groundswell import lexicon
from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.spans import Spans
from groundswell.values import Mention, Ref, Role, RoleKind, Sentence, Statement, Trigger

BY = "analyse.pronouns"
SCORE = 0.6  # on the dev and test documents of the corpus 29 of 35 such actors of coded events were the coder's

# Between pronoun and trigger; a passive where the trigger has no -ing.
_BE = re.compile(r"\b(?:is|are|was|were|been|being|be)\b", re.IGNORECASE)
_FIRST = frozenset({"we", "us", "i"})
_PLURAL = re.compile(r"(?:s|people|police|men|women|youth|families|children)$|\band\b", re.IGNORECASE)
_LETTERHEAD = 200  # characters behind the title
_BACK = 2  # sentences before the pronoun's own in which the noun may stand


@lru_cache(maxsize=4)
def _no_nouns(language: str = "en") -> frozenset[str]:
    """Words that are read as actors or speakers and name nobody."""
    kinds = lexicon.table(language, "actors")["pronouns"]
    return frozenset(("my", "this", "who", "you", *(word for words in kinds.values() for word in words)))


@stage(needs=[Sentence, Trigger], gives=[Role])
def pronouns(record: Record) -> Iterator[Finding[Role]]:
    """Roles of nouns: for each first person that has a role, for each trigger without an actor whose subject is a pronoun, and
    for each act called for that a pronoun asks for and no role says who. There "we" stands as printed where nobody can be meant."""
    text = record.document.text
    sentences = [finding.span for finding in record.of(Sentence)]
    places = Spans(sentences)
    nouns = Nouns(record)
    played: set[tuple[RoleKind, Ref]] = set()
    for role in record.of(Role):
        if role.value.kind not in ("actor", "called_by"):
            continue
        first = text[role.span.start : role.span.end].lower()
        if first in _FIRST and (noun := nouns.first(role.span.start)) is not None:
            yield Finding(role.value, (noun,), by=f"{BY}/{first}", score=SCORE)
        played.add((role.value.kind, role.value.trigger))
    order = {span: n for n, span in enumerate(sentences)}
    for trigger in record.of(Trigger):
        own = next((s for s in places.over(trigger.span) if s.start <= trigger.span.start < s.end), None)
        if own is None:
            continue
        at = Ref(trigger.span.start, trigger.span.end)
        before = text[own.start : at.start]
        meant: list[tuple[RoleKind, re.Match[str] | None]] = [("actor", _subject(before, text[at.start : at.end]))]
        if trigger.value.status == "called_for":
            meant.append(("called_by", _asker(before)))
        for kind, pronoun in meant:
            if pronoun is None or (kind, at) in played:
                continue
            name, start = pronoun["pronoun"].lower(), own.start + pronoun.start("pronoun")
            near = [*sentences[max(0, order[own] - _BACK) : order[own]], Span(own.start, max(start, own.start + 1))]
            noun = nouns.first(start) if name in _FIRST else nouns.before(name, start, near)
            if noun is None and name == "we" and kind == "called_by":
                noun = Span(start, start + len(name))
            if noun is not None:
                yield Finding(Role(kind, at), (noun,), by=f"{BY}/{name}", score=SCORE)


def _subject(before: str, trigger: str) -> re.Match[str] | None:
    """The pronoun that does what the trigger tells: right before an active verb."""
    found = lexicon.patterns("en", "pronouns")["subject"].search(before)
    passive = found and _BE.search(found["between"]) and not re.match(r"\w+ing\b", trigger)
    return None if passive else found


def _asker(before: str) -> re.Match[str] | None:
    """The last pronoun that asks for something before the trigger."""
    asks = lexicon.patterns("en", "pronouns")["asks"]
    return max(asks.finditer(before), key=lambda match: match.start(), default=None)


class Nouns:
    """What a pronoun of one record can mean: people, speakers, actors of events. Looked up only where a pronoun asks."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.text = record.document.text

    @cached_property
    def spoken(self) -> dict[Span, Span]:
        """The speaker of each statement, first told first, where it is a noun."""
        found: dict[Span, Span] = {}
        for finding in self.record.of(Statement):
            ref = finding.value.speaker
            if ref is not None and self._names(Span(ref.start, ref.end)):
                found.setdefault(finding.span, Span(ref.start, ref.end))
        return found

    @cached_property
    def told(self) -> dict[Span, int]:
        """The statements of ``spoken`` in the order they were told."""
        return {span: number for number, span in enumerate(self.spoken)}

    @cached_property
    def statements(self) -> Spans:
        """The contents of the statements of ``spoken``."""
        return Spans(self.spoken)

    @cached_property
    def people(self) -> Spans:
        """Persons named."""
        return Spans(finding.span for finding in self.record.of(Mention) if finding.value.kind == "person")

    @cached_property
    def candidates(self) -> Spans:
        """Persons named, speakers, actors and callers; of such that overlap the outermost. Pronouns among them are not sorted out."""
        people = {finding.span for finding in self.record.of(Mention) if finding.value.kind == "person"}
        speaking = {Span(r.start, r.end) for f in self.record.of(Statement) if (r := f.value.speaker) is not None}
        acting = {f.span for f in self.record.of(Role) if f.value.kind in ("actor", "called_by")}
        return Spans(people | speaking | acting).outermost()

    def first(self, at: int) -> Span | None:
        """Whom a first person means: the speaker of the statement it stands in, where the text names one; in a document's own
        voice the body whose statement it is."""
        around = self.statements.over(Span(at, at + 1))
        if around:
            return self.spoken[min(around, key=self.told.__getitem__)]
        quoted = any(finding.span.start <= at < finding.span.end for finding in self.record.of(Statement))
        return None if quoted else self.issuer

    @cached_property
    def issuer(self) -> Span | None:
        """The organisation whose statement the document is by its title or, under a title that says no more, its letterhead."""
        title = self.record.document.body_start
        searched = (
            pattern.search(self.text[: title + _LETTERHEAD if name == "letterhead" else title])
            for name, pattern in lexicon.patterns("en", "issuers").items()
        )
        matches = (match for match in searched if match)
        start = next((match.start("issuer") for match in matches), None)
        bodies = (f.span for f in self.record.of(Mention) if f.value.kind == "organisation")
        return next((span for span in bodies if start is not None and span.start == start), None)

    def before(self, name: str, at: int, places: Sequence[Span]) -> Span | None:
        """The first fitting noun (the subject, as a rule) of the nearest stretch before ``at`` that has one."""
        for place in reversed(places):
            for noun in self.candidates.over(place):
                if noun.start < place.start or noun.end > at or not self._names(noun):
                    continue
                person = bool(self.people.over(noun))
                if person if name != "it" else not (person or _PLURAL.search(self.text[noun.start : noun.end])):
                    return noun
        return None

    def _names(self, span: Span) -> bool:
        return self.text[span.start : span.end].lower() not in _no_nouns()
