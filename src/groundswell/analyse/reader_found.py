"""What the reader finds in one unit, in word numbers: triggers with roles, statements, names, numbers. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Words(NamedTuple):
    """Half-open word numbers."""

    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class FoundRole:
    """A phrase's role in a happening. ``score`` is calibrated, ``raw`` is not; ``of``: what a figure counts."""

    kind: str
    words: Words
    score: float
    of: str | None = None
    raw: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundTrigger:
    """The words that tell a happening, with all that was read of it."""

    words: Words
    type: str
    mode: str | None
    status: str
    score: float
    roles: tuple[FoundRole, ...]
    raw: tuple[float, ...] = ()  # what the score was calibrated from


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """What is said; ``score`` is calibrated, ``raw`` is not. ``speaker_score``: probability of the speaker's first word."""

    words: Words
    score: float
    speaker: Words | None
    cue: Words | None
    speaker_score: float = 0.0
    raw: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A name (``kind``: person, organisation, place) or a number (``kind``: what it counts)."""

    kind: str
    words: Words
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one unit."""

    triggers: tuple[FoundTrigger, ...]
    statements: tuple[FoundStatement, ...]
    entities: tuple[FoundSpan, ...]
    figures: tuple[FoundSpan, ...]
