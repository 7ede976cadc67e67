"""Which words before it a pronoun in a role stands for. Looks at actors that were read; knows no grammar beyond word lists."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from groundswell.records import Span
from groundswell.values import Actor, ActorKind

_PEOPLE: tuple[ActorKind, ...] = ("group", "crowd", "people", "armed_group", "armed_force")
_BODIES: tuple[ActorKind, ...] = ("organisation", "government", "armed_force", "armed_group")
FITTING: dict[str, tuple[ActorKind, ...]] = {
    "he": ("person",), "she": ("person",), "him": ("person",), "her": ("person",), "it": _BODIES,
    "they": (*_PEOPLE, "organisation"), "them": _PEOPLE,
}  # fmt: skip
"""Kinds of actor that each pronoun can stand for."""


def antecedents(
    text: str, sentences: Sequence[Span], actors: Mapping[Span, Actor], acting: Iterable[Span]
) -> dict[Span, Span]:
    """For each pronoun among the actors the words it stands for, where any fit.

    A pronoun that has a name already (``Actor.name``) stands for the last words before it of that name, for a person the
    fullest; else for the last of ``acting`` (those who did or called for something) of a fitting kind, here or one
    sentence before. On the corpus documents 7 of 11 so replaced are the coder's.
    """
    starts = [span.start for span in sentences]
    nouns = [span for span in sorted(actors) if _word(text, span) not in FITTING]
    doers = [span for span in sorted(set(acting)) if span in actors and _word(text, span) not in FITTING]
    found: dict[Span, Span] = {}
    for span, actor in actors.items():
        word = _word(text, span)
        if word not in FITTING:
            continue
        named = [s for s in nouns if (actors[s].name, actors[s].kind) == (actor.name, actor.kind)]
        if named and actor.kind == "person":
            found[span] = max(named, key=lambda s: (len(text[s.start : s.end].split()), -s.start))
        elif named:
            found[span] = ([s for s in named if s.start < span.start] or named)[-1]
        else:
            here = bisect_right(starts, span.start) - 1
            since = sentences[max(0, here - 1)].start if sentences else 0
            near = [s for s in doers if since <= s.start < span.start and actors[s].kind in FITTING[word]]
            if near:
                found[span] = near[-1]
    return found


def _word(text: str, span: Span) -> str:
    return text[span.start : span.end].casefold()
