"""What goes into the ledger and how it is asked: one document's outcome, a decision, filters. Plain data, no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from groundswell.errors import UsageError
from groundswell.store.payload import address, canonical

CountBy = Literal["type", "status", "country", "week", "source"]
OneOrMore = str | Sequence[str] | None

KINDS: tuple[str, ...] = ("merge", "split", "reject", "confirm", "correct", "contest", "withdraw", "code", "adjudicate")
"""merge: left and right (event ids) tell one happening. split: the reports in ``value`` leave the event ``left``.
reject: ``left`` (a report or an event) is no event of the codebook. confirm: it is right as it stands. correct: ``field`` of
``left`` is ``value``. contest: someone concerned disputes ``left``. withdraw: takes back the decision ``left``.
code: one coder's blind coding of ``left``, which changes no view. adjudicate: what ``field`` of the codings of ``left`` is settled as;
changes no view either."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How one input ended, and what was read from it.

    Attributes:
        source_id: the name the source gives it (path, URL, row).
        outcome: read | partial | irrelevant | duplicate | rejected.
        json: one object of the public JSON; None where nothing could be read.
        problems: ``{"code": ..., "message": ...}`` each.
        duplicate_of: id of the document that this one repeats, for ``duplicate``.
    """

    source_id: str
    outcome: str
    json: Mapping[str, Any] | None = None
    problems: Sequence[Mapping[str, str]] = ()
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What bringing a ledger up to date did: schema versions before and after, and the backup made first (None: there was
    nothing to do, or it was to be done without)."""

    before: int
    after: int
    backup: Path | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A judgement about a report, a value, or two events. Superseded by later ones, never edited, never deleted.

    Attributes:
        kind: one of KINDS.
        left, right: report or event ids (for ``withdraw``: a decision id).
        field: which value is meant, by its key in the public JSON (``correct``).
        value: anything JSON can say.
        judgement: same | different | right | wrong | ...; kept as given.
        by: ``review:NAME`` for a person; the model or rule with its version for a machine.
        at: ISO 8601 time, given by the caller (the library reads no clock).
        score: 0..1 where a machine decides.
        reason: one sentence.
    """

    kind: str
    left: str
    by: str
    at: str
    right: str | None = None
    field: str | None = None
    value: Any = None
    judgement: str | None = None
    score: float | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"Unknown kind of decision {self.kind!r}. Use one of: {', '.join(KINDS)}.")
        if not self.left or not self.by or not self.at:
            raise UsageError("A decision needs left (what it is about), by (who decides) and at (when, ISO 8601).")
        if self.kind == "correct" and not self.field:
            raise UsageError("A correction needs field: the key of the public JSON that it corrects, e.g. 'type'.")
        if self.kind == "merge" and not self.right:
            raise UsageError("A merge needs left and right: the two events that tell one happening.")

    @property
    def human(self) -> bool:
        return self.by.startswith("review:")

    @property
    def slot(self) -> str:
        """What it decides: a later decision in the same slot supersedes it."""
        if self.kind in ("reject", "confirm"):
            return canonical(["state", self.left])
        if self.kind == "merge":
            return canonical(["pair", *sorted([self.left, self.right or ""])])
        if self.kind == "split":
            return canonical(["split", self.left, address(canonical(self.value))[:16]])
        if self.kind == "code":
            return canonical(["code", self.left, self.by])
        return canonical([self.kind, self.left, self.field])

    def content(self) -> list[Any]:
        """What the chain commits to."""
        return [
            self.kind, self.left, self.right, self.field, self.value, self.judgement, self.by, self.at, self.score, self.reason,
        ]  # fmt: skip

    @property
    def id(self) -> str:
        """Made from the content: the same decision taken twice is one."""
        return "D" + address(canonical(self.content()))[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to list; every field is optional, several narrow each other down.

    Attributes:
        type, mode, status, country (alpha-3), source (publisher, or part of the source's name): one value or several.
        since, until: calendar days, inclusive; events that may have happened in between. Undated ones are left out.
        actor: part of an actor's, caller's or target's name. place: part of a place name.
        text: words that the documents hold (all of them; ``"in quotes"`` as a phrase; ``word*`` as a beginning).
        issue: words of what it was about (written as ``text`` is). precision: place | city | admin2 | admin1 | country, as known.
        min_confidence: 0..1.
        review_state: unreviewed | confirmed | corrected | contested | rejected | any. Without it all but rejected.
        bbox: west, south, east, north in degrees; may cross the 180th meridian (west > east).
        linked: only events told by more than one report (True) or by one alone (False).
        document, event: ids, to list the reports of one document or event.
    """

    type: OneOrMore = None
    mode: OneOrMore = None
    status: OneOrMore = None
    country: OneOrMore = None
    since: date | str | None = None
    until: date | str | None = None
    actor: str | None = None
    text: str | None = None
    source: OneOrMore = None
    place: str | None = None
    issue: str | None = None
    precision: OneOrMore = None
    min_confidence: float | None = None
    review_state: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    linked: bool | None = None
    document: str | None = None
    event: str | None = None


def listed(value: OneOrMore) -> list[str]:
    """One value or several as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
