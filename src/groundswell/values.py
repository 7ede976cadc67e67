"""What a finding can say: the vocabulary of docs/codebook.md and docs/record.schema.json.

Standard library only. Values refer to words by ``start, end`` offsets through the Finding that carries them;
where one value must point at another piece of text it holds a ``Ref``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

EventType = Literal[
    "PROTEST", "ASSAULT", "COERCE", "MOBILIZE", "SANCTION", "THREATEN", "REQUEST", "ACCUSE",
    "REJECT", "RETREAT", "CONCEDE", "AID", "COOPERATE", "SUPPORT", "AGREE", "CONSULT",
]  # fmt: skip
Status = Literal["occurred", "ongoing", "announced", "called_for", "threatened", "hypothetical", "denied", "cancelled"]
FigureKind = Literal[
    "participants", "deaths", "injured", "arrested", "displaced", "abducted", "affected", "destroyed", "weapons", "other",
]  # fmt: skip
ActorKind = Literal[
    "person", "organisation", "government", "armed_force", "armed_group", "crowd", "people", "group",
]  # fmt: skip
PlacePrecision = Literal["country", "admin1", "admin2", "city", "place"]
MentionKind = Literal["actor", "place", "time", "number", "person", "organisation"]
RoleKind = Literal["actor", "called_by", "target", "place", "time", "figure", "issue", "attribution"]

MODES: dict[str, tuple[str, ...]] = {
    "PROTEST": ("demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize"),
    "ASSAULT": (
        "abduct", "beat", "torture", "sexual", "targeted", "destroy", "firearms", "explosives", "suicide-attack",
        "aerial", "heavy-weapons", "crowd-control", "unconventional",
    ),
    "COERCE": (
        "seize", "restrict", "ban", "censor", "curfew", "martial-law", "arrest", "deport", "withhold", "cyber",
    ),
    "MOBILIZE": ("troops", "weapons", "police", "militia"),
    "SANCTION": ("convict", "expel", "withdraw", "discontinue"),
    "THREATEN": ("restrict", "ban", "arrest", "relations", "expel", "violence"),
    "REQUEST": ("assist", "change", "yield", "meet"),
    "ACCUSE": ("disapprove", "investigate", "allege"),
    "REJECT": ("assist", "change", "yield", "meet"),
    "RETREAT": ("withdraw", "release", "disarm", "ceasefire", "access", "resign"),
    "CONCEDE": (),
    "AID": (),
    "COOPERATE": (),
    "SUPPORT": (),
    "AGREE": (),
    "CONSULT": ("visit", "third-party", "multilateral", "phone"),
}  # fmt: skip
EVENT_TYPES: tuple[str, ...] = tuple(MODES)
STATUSES: tuple[str, ...] = (
    "occurred", "ongoing", "announced", "called_for", "threatened", "hypothetical", "denied", "cancelled",
)  # fmt: skip
FIGURE_KINDS: tuple[str, ...] = (
    "participants", "deaths", "injured", "arrested", "displaced", "abducted", "affected", "destroyed", "weapons", "other",
)  # fmt: skip


class Ref(NamedTuple):
    """Half-open code-point offsets into the document's text (a Span without behaviour)."""

    start: int
    end: int


# -- about the document as a whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong and says so: ``code`` is stable, ``message`` says what, where, and what to do next."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Irrelevant:
    """The document was read and reports nothing that the codebook counts."""

    reason: str


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code of the text."""

    code: str


# -- what analyse reads -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, in reading order. ``paragraph`` counts from 0; ``heading`` is true for the title."""

    index: int
    paragraph: int
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word (or fixed phrase) that names a happening."""

    type: EventType
    mode: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that names an actor, a place, a time, a number, a person or an organisation."""

    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Role:
    """The phrase in the finding's span plays ``kind`` for the trigger at ``trigger``.

    ``of`` is the figure's kind where ``kind`` is ``figure``; None otherwise.
    """

    kind: RoleKind
    trigger: Ref
    of: FigureKind | None = None


@dataclass(frozen=True, slots=True)
class LooseFigure:
    """A number phrase of a figure kind that belongs to no one event."""

    of: FigureKind


@dataclass(frozen=True, slots=True)
class FigureSource:
    """The finding's span says who gives the number at ``number``."""

    number: Ref


@dataclass(frozen=True, slots=True)
class Statement:
    """Words or claims credited to a source; the finding's span is the content."""

    direct: bool
    speaker: Ref | None = None
    cue: Ref | None = None


# -- what resolve makes of phrases ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """Calendar days, inclusive. None on a side means unknown or open. ``basis`` says from what it was reckoned.

    precision: day | week | weekend | month | season | quarter | year | decade | range | open
    basis: "stated" | "relative to published" | "relative to text" (a date the text itself gives)
    """

    earliest: date | None
    latest: date | None
    precision: str
    basis: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth. Coordinates (degrees, WGS 84) are absent where the place could not be resolved.

    country: ISO 3166 alpha-3. admin1: name of the first-level division.
    """

    name: str
    precision: PlacePrecision | None = None
    geonameid: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    country: str | None = None
    admin1: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number phrase as a range: low <= best <= high where present. Unknown sides are None, never 0.

    mapping: name and version of the table that gave vague words their range, e.g. ``codebook-1``; None for exact ones.
    """

    low: int | None
    best: int | None
    high: int | None
    mapping: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a phrase names. ``name`` is canonical within the document; sector is a PLOVER code; country alpha-3."""

    name: str
    kind: ActorKind
    sector: str | None = None
    country: str | None = None


# -- what assemble puts together --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActorMention:
    ref: Ref
    actor: Actor


@dataclass(frozen=True, slots=True)
class PlaceMention:
    ref: Ref
    place: Place


@dataclass(frozen=True, slots=True)
class TimeMention:
    """``interval`` is None where the phrase could not be anchored."""

    ref: Ref
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it counts, and who gives it (None: the document's own voice)."""

    ref: Ref
    of: FigureKind
    quantity: Quantity
    attribution: Ref | None = None


@dataclass(frozen=True, slots=True)
class EventReport:
    """One happening as ONE document tells it. ``id`` is made from document id and trigger offsets only, so that a better
    resolver never orphans a decision."""

    id: str
    type: EventType
    mode: str | None
    status: Status
    trigger: Ref
    also: tuple[Ref, ...]
    evidence: Ref
    actors: tuple[ActorMention, ...] = ()
    called_by: tuple[ActorMention, ...] = ()
    targets: tuple[ActorMention, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    time: TimeMention | None = None
    figures: tuple[Figure, ...] = ()
    issue: Ref | None = None
    attribution: Ref | None = None


@dataclass(frozen=True, slots=True)
class StatementReport:
    """One stretch of words credited to a source; the finding's span is the content."""

    content: Ref
    direct: bool
    speaker: ActorMention | None = None
    cue: Ref | None = None
    time: Interval | None = None
