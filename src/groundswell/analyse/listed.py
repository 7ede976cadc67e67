"""Who calls for what a list calls for ("We demand:", then points): the line before the list says it, and no sentence of the list.

The reader sees one sentence. Rules on lines, names and roles that were read before; a lead that names nobody gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundswell import lexicon
from groundswell.analyse.pronouns import Nouns
from groundswell.pipeline import stage
from groundswell.points import POINT, opening
from groundswell.records import Finding, Record, Span
from groundswell.values import Mention, Ref, Role, Sentence, Trigger

BY = "analyse.listed"
SCORE = 0.7  # not measured: one such act in the 546 documents of dev and test of the corpus

_WE = re.compile(r"\b(?:we|our [a-z]+)\b", re.IGNORECASE)


@stage(needs=[Sentence, Trigger], gives=[Role])
def listed(record: Record) -> Iterator[Finding[Role]]:
    """A called_by role for each act called for in a point of a list whose lead names who asks, where the point names nobody."""
    text = record.document.text
    called = {finding.value.trigger for finding in record.of(Role) if finding.value.kind == "called_by"}
    nouns = Nouns(record)
    for trigger in record.of(Trigger):
        at = Ref(trigger.span.start, trigger.span.end)
        if trigger.value.status != "called_for" or at in called:
            continue
        lead = lead_of(text, trigger.span.start)
        asker = _asker(record, nouns, lead) if lead is not None else None
        if asker is not None:
            yield Finding(Role("called_by", at), (asker,), by=BY, score=SCORE)


def lead_of(text: str, at: int) -> Span | None:
    """The line that opens the list in which ``at`` (an offset into ``text``) stands in a point.

    None outside lists, and where neither a colon nor a verb of asking ends that line.
    """
    if not POINT.match(text, text.rfind("\n", 0, at) + 1) or (lead := opening(text, at)) is None:
        return None
    line = text[lead.start : lead.end].strip()
    return lead if line.endswith(":") or _asks_at_end(line) else None


def _asks_at_end(line: str) -> bool:
    return any(verb.end() == len(line) for verb in _verbs(line))


def _verbs(line: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Verbs of asking from an offset of a line on."""
    return lexicon.patterns("en", "pronouns")["asks-in-list"].finditer(line, start)


def _asker(record: Record, nouns: Nouns, lead: Span) -> Span | None:
    """The name or first person that stands last before the lead's verb of asking, or before its colon."""
    line = record.document.text[lead.start : lead.end]
    sentence = max(line.rfind(". "), 0)
    verb = next(_verbs(line, sentence), None)
    last = lead.start + (verb.start() if verb else len(line))
    found = [
        finding.span
        for finding in record.of(Mention)
        if finding.value.kind in ("organisation", "person") and lead.start + sentence <= finding.span.start < last
    ]
    first = [
        Span(lead.start + m.start(), lead.start + m.end()) for m in _WE.finditer(line, sentence, last - lead.start)
    ]
    asker = max((*found, *first), default=None)
    return (nouns.first(asker.start) or asker) if asker in first else asker
