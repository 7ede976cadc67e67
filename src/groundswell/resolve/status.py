"""Corrects the status of a happening that was taken for a fact, by the words right around its trigger. Finds no triggers.

Rules are data (lexicon/<lang>/status_cues.toml). A status other than occurred, ongoing or called for is the reader's own and stands:
weighing all statuses against cues, fitted or not, was measured and never beat the reader (docs/decisions/0002).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from groundswell import lexicon
from groundswell.errors import LexiconError
from groundswell.points import POINT, opening
from groundswell.records import Span
from groundswell.values import STATUSES, Status

_OPEN, _CLOSE = "⟦", "⟧"
_BLANK = re.compile(r"\s")
_FIRST: tuple[Status, ...] = (
    "denied", "cancelled", "hypothetical", "threatened", "called_for", "announced", "ongoing", "occurred",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """``pattern`` around a trigger speaks for ``status``. One of ``words`` (lower case) stands in whatever it matches: asked
    first, they spare nine of ten searches, which were the dearest part of all resolving."""

    id: str
    status: Status
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    words: tuple[str, ...]

    def speaks(self, marked: str, lower: str | None = None) -> bool:
        """``lower``: ``marked.lower()`` where the caller has it."""
        lower = marked.lower() if lower is None else lower
        for word in self.words:  # a third of the price of any(...), 2,000 times an article
            if word in lower:
                break
        else:
            return False
        return self.pattern.search(marked) is not None and (self.unless is None or not self.unless.search(marked))

    def speaks_in(self, example: str) -> bool:
        """As ``speaks``, of an example with its trigger in square brackets."""
        return self.speaks(example.replace("[", _OPEN).replace("]", _CLOSE))


@lru_cache(maxsize=4)
def cues(language: str = "en") -> tuple[Cue, ...]:
    """All cue rules of a language, each proved against its own examples.

    Raises:
        LexiconError: a rule fails one of its examples or names an unknown status.
    """
    found = []
    where = f"lexicon/{language}/status_cues.toml"
    for row in lexicon.table(language, "status_cues")["rule"]:
        if row["status"] not in STATUSES:
            raise LexiconError(
                f"{where}: rule {row['id']!r} has status {row['status']!r}; known: {', '.join(STATUSES)}."
            )
        unless = re.compile(row["unless"], re.IGNORECASE) if "unless" in row else None
        pattern = re.compile(_written_out(row["pattern"]), re.IGNORECASE)
        cue = Cue(row["id"], row["status"], pattern, unless, tuple(row.get("words", [""])))
        lexicon.prove(row, where, cue.speaks_in)
        found.append(cue)
    return tuple(found)


def _written_out(pattern: str) -> str:
    pattern = re.sub(r"<(\d)>", r"(?:[^\\s;:.⟦⟧]+ ){0,\1}", pattern)
    return pattern.replace("<T>", "⟦[^⟧]*⟧")


def marked(text: str, sentence: Span, trigger: Span) -> str:
    """The sentence with its trigger in brackets, line breaks as blanks."""
    before, after = text[sentence.start : trigger.start], text[trigger.end : sentence.end]
    whole = f"{before}{_OPEN}{text[trigger.start : trigger.end]}{_CLOSE}{after}"
    return _BLANK.sub(" ", whole)


def spoken(text: str, sentence: Span, trigger: Span) -> tuple[Cue, ...]:
    """The cues around one trigger, in the order of the rules."""
    return _spoken(marked(text, sentence, trigger))


@lru_cache(maxsize=2048)
def _spoken(words: str) -> tuple[Cue, ...]:
    """Kept for a while: the times of a document and its assembly ask the same."""
    lower = words.lower()
    return tuple(cue for cue in cues() if cue.speaks(words, lower))


# A point of a list up to a noun of doing ("2. The immediate ..."), and the line that opens a list of demands.
_NOUN_OF_POINT = re.compile(
    rf"{POINT.pattern}\s*(?:(?:the|an?)\s+)?(?:(?!(?:was|were|has|had|have|is|are)\b)[a-z]+\s+){{0,2}}\Z", re.I
)
_DEMANDS = re.compile(
    r"\b(?:demands?|demanding|calls?|calling|asks?|asking|wants?|insists?|requires?|urges?)\b[^.]*:\Z", re.I
)


def demanded(text: str, trigger: Span) -> bool:
    """Is the act what a point of a list of demands names ("We demand:", then "3. The withdrawal of the decree")?"""
    start = text.rfind("\n", 0, trigger.start) + 1
    if not _NOUN_OF_POINT.match(text[start : trigger.start]) or text[trigger.end : trigger.end + 4] not in (
        " of ",
        " for",
    ):
        return False
    lead = opening(text, trigger.start)
    return lead is not None and _DEMANDS.search(text[lead.start : lead.end].strip()) is not None


def corrected(read: Status, text: str, sentence: Span, trigger: Span) -> tuple[Status, str | None]:
    """The status that the words leave, and the rule that changed it (None: what was read stands)."""
    if read not in ("occurred", "ongoing", "called_for") or not sentence.contains(trigger):
        return read, None
    if read != "called_for" and demanded(text, trigger):
        return "called_for", "demand-in-list"
    found = [
        cue for cue in spoken(text, sentence, trigger)
        if cue.status != read and (cue.status == "occurred") == (read == "called_for")
    ]  # fmt: skip
    if not found:
        return read, None
    # What did not happen is told in words that lie further out than the rest: "did not have to [leave]".
    best = min(found, key=lambda cue: _FIRST.index(cue.status))
    return best.status, best.id
