"""Statements credited without a reporting verb ("a phrase repeated by X"), by rules; only where no model read one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundswell import lexicon
from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.values import Ref, Sentence, Statement

BY = "analyse.credited"


@stage(needs=[Sentence, Statement], gives=[Statement])
def credited(record: Record) -> Iterator[Finding[Statement]]:
    """One Statement for each match that no statement of the record with a speaker overlaps.

    A fragment without a speaker that it covers is left out by the assembly.
    """
    text = record.document.text
    known = [finding.span for finding in record.of(Statement) if finding.value.speaker is not None]
    for sentence in record.of(Sentence):
        # Searched in a slice, so that a pattern never looks over the sentence's edge.
        words, at = text[sentence.span.start : sentence.span.end], sentence.span.start
        for identity, pattern in lexicon.patterns("en", "credited").items():
            for match in pattern.finditer(words):
                content = _span(words, match, "content", at)
                if any(content.overlaps(other) for other in known):
                    continue
                known.append(content)
                speaker, cue = _span(words, match, "speaker", at), _span(words, match, "cue", at)
                value = Statement(
                    direct=words[match.start("content") - 1] in '“"',
                    speaker=Ref(speaker.start, speaker.end),
                    cue=Ref(cue.start, cue.end),
                )
                yield Finding(value, (content,), by=f"{BY}/{identity}", score=0.7)


def _span(words: str, match: re.Match[str], group: str, at: int) -> Span:
    start, end = match.span(group)
    stripped = words[start:end].rstrip()
    return Span(at + start, at + start + len(stripped))
