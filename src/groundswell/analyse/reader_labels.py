"""The label inventories of the reader's heads, in the order of the network's outputs. No numpy, no model here."""

from __future__ import annotations

from groundswell.values import EVENT_TYPES, MODES
from groundswell.values import FIGURE_KINDS as FIGURE_KINDS
from groundswell.values import STATUSES as STATUSES

# One label a word. O first; a B label for each kind; one I label shared by all triggers (or figures).
TRIGGERS: tuple[str, ...] = ("O", *EVENT_TYPES, "I")
TYPE_MODES: tuple[str, ...] = (
    "-",
    *(f"{kind}/{mode}" for kind, modes in MODES.items() for mode in modes),
)
ENTITIES: tuple[str, ...] = ("O", "B-person", "I-person", "B-organisation", "I-organisation", "B-place", "I-place")
FIGURES: tuple[str, ...] = ("O", *FIGURE_KINDS, "I")
CONTENTS: tuple[str, ...] = ("O", "B", "I")

# (name, labels) in the order they stand along the last axis of the output ``words``.
WORD_HEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("trigger", TRIGGERS),
    ("mode", TYPE_MODES),
    ("status", STATUSES),
    ("entity", ENTITIES),
    ("figure", FIGURES),
    ("content", CONTENTS),
)

ARGUMENTS: tuple[str, ...] = ("actor", "called_by", "target", "place", "time", "figure")
ARGUMENT_LABELS: tuple[str, ...] = ("O", *(f"{b}-{kind}" for kind in ARGUMENTS for b in "BI"))
BIO: tuple[str, ...] = ("O", "B", "I")

# Labels of a word seen from an anchor: the first word of a trigger, or of a statement's content.
EVENT_PAIRS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("argument", ARGUMENT_LABELS),
    ("issue", BIO),
    ("attribution", BIO),
    ("of", FIGURE_KINDS),
)
STATEMENT_PAIRS: tuple[tuple[str, tuple[str, ...]], ...] = (("speaker", BIO), ("cue", BIO))

DISTANCE = 40  # distances between anchor and word are told apart up to this many words
ELSEWHERE = 2 * DISTANCE + 1  # distances to words of another sentence are numbered from here
UNIT_LABELS: tuple[str, ...] = ("event", "statement")


def slices(heads: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, slice]:
    """Where each head's scores stand along the last axis."""
    out: dict[str, slice] = {}
    at = 0
    for name, labels in heads:
        out[name] = slice(at, at + len(labels))
        at += len(labels)
    return out
