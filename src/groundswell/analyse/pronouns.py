"""Who "he", "she" or "it" is where a pronoun does what a trigger tells ("She asked the court to ..."): rules on what was read before.

The reader sees one sentence and marks no pronoun; the codebook wants the noun. Only where the pronoun stands right before an
active verb and a noun near by can be meant; otherwise the actor stays unknown. "They" is left alone: on dev and test documents
the noun was wrong five times of five.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.values import Mention, Ref, Role, Sentence, Statement, Trigger

BY = "analyse.pronouns"
SCORE = 0.6  # on the dev and test documents of the corpus 29 of 35 such actors of coded events were the coder's

# A pronoun as subject, then at most four auxiliaries or adverbs, then the trigger. A form of "be" without -ing is a passive.
_SUBJECT = re.compile(
    r"\b(he|she|it|we|i)((?: (?:also|then|later|had|has|have|will|would|is|are|was|were|again|even|twice|now|already|once|first|"
    r"both|all|formally|publicly|repeatedly|recently|not|never|did|does|do|to|could|may|might|must|should|plans?|planned|"
    r"vowed|refused|tried|decided|wants?|wanted)){0,4}) $",
    re.IGNORECASE,
)
_BE = re.compile(r"\b(?:is|are|was|were|been|being|be)\b", re.IGNORECASE)
_SPEAKER = frozenset({"we", "i"})
_PLURAL = re.compile(r"(?:s|people|police|men|women|youth|families|children)$|\band\b", re.IGNORECASE)
_PRONOUNS = frozenset(
    [
        "he",
        "her",
        "him",
        "his",
        "i",
        "it",
        "its",
        "me",
        "my",
        "our",
        "she",
        "their",
        "them",
        "they",
        "this",
        "us",
        "we",
        "who",
        "you",
    ]
)
_BACK = 2  # sentences before the pronoun's own in which the noun may stand


@stage(needs=[Sentence, Trigger], gives=[Role])
def pronouns(record: Record) -> Iterator[Finding[Role]]:
    """One actor role for each trigger without an actor whose subject is a pronoun that a noun near by answers."""
    text = record.document.text
    sentences = [finding.span for finding in record.of(Sentence)]
    acting = {finding.value.trigger for finding in record.of(Role) if finding.value.kind == "actor"}
    nouns = _nouns(record)
    for trigger in record.of(Trigger):
        at = Ref(trigger.span.start, trigger.span.end)
        number = next((n for n, s in enumerate(sentences) if s.start <= at.start < s.end), None)
        if at in acting or number is None:
            continue
        own = sentences[number]
        found = _SUBJECT.search(text[own.start : at.start])
        if not found or (_BE.search(found.group(2)) and not re.match(r"\w+ing\b", text[at.start : at.end])):
            continue
        name, start = found.group(1).lower(), own.start + found.start(1)
        if name in _SPEAKER:
            noun = _speaker(record, start)
        else:
            near = [*sentences[max(0, number - _BACK) : number], Span(own.start, max(start, own.start + 1))]
            noun = _antecedent(name, start, nouns, near, text)
        if noun is not None:
            yield Finding(Role("actor", at), (noun,), by=f"{BY}/{name}", score=SCORE)


def _nouns(record: Record) -> list[tuple[Span, bool]]:
    """What can be meant, in the order of the text, and whether it is a person: people, speakers, actors of events."""
    text = record.document.text
    people = {finding.span for finding in record.of(Mention) if finding.value.kind == "person"}
    spoken = {Span(r.start, r.end) for f in record.of(Statement) if (r := f.value.speaker) is not None}
    acting = {finding.span for finding in record.of(Role) if finding.value.kind in ("actor", "called_by")}
    spans = people | spoken | acting
    longest = [s for s in spans if not any(o != s and o.start <= s.start and s.end <= o.end for o in spans)]
    named = [s for s in longest if text[s.start : s.end].lower() not in _PRONOUNS]
    return sorted(((s, any(s.overlaps(p) for p in people)) for s in named), key=lambda pair: pair[0].start)


def _speaker(record: Record, at: int) -> Span | None:
    """The speaker of the statement that a first person stands in, where the text names one."""
    for finding in record.of(Statement):
        ref = finding.value.speaker
        if ref is None or not finding.span.start <= at < finding.span.end:
            continue
        if record.document.text[ref.start : ref.end].lower() not in _PRONOUNS:
            return Span(ref.start, ref.end)
    return None


def _antecedent(
    name: str, at: int, nouns: Sequence[tuple[Span, bool]], places: Sequence[Span], text: str
) -> Span | None:
    """The first fitting noun (the subject, as a rule) of the nearest stretch before the pronoun that has one."""
    for place in reversed(places):
        for noun, person in nouns:
            if not (place.start <= noun.start < place.end and noun.end <= at):
                continue
            if person if name != "it" else not (person or _PLURAL.search(text[noun.start : noun.end])):
                return noun
    return None
