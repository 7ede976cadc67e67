"""A document's text cut into pieces at the edges of its findings, so that every finding can be marked where it stands.

Offsets are code points of the document's text; hidden characters are shown beside the text and never shift an offset.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundswell.serve import wording

Json = Mapping[str, Any]
ROLES = {"actors": "actor", "called_by": "called by", "targets": "target", "places": "place", "figures": "figure"}


@dataclass(frozen=True, slots=True)
class Marked:
    """One finding: what it is, where it stands, whose event it belongs to."""

    key: str
    kind: str
    start: int
    end: int
    text: str
    label: str
    group: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same findings. ``opens``: findings that begin here. ``hidden``: name of a hidden character."""

    text: str
    start: int
    kinds: str
    keys: str
    opens: list[Marked]
    hidden: str = ""


@dataclass(slots=True)
class Paragraph:
    start: int
    heading: bool
    pieces: list[Piece] = field(default_factory=list)


def findings(record: Json) -> list[Marked]:
    """Every finding of a document with a place in its text, in the order of their groups."""
    found: list[Marked] = []
    for number, event in enumerate(record.get("events") or ()):
        found.extend(_of_event(event, f"e{number}"))
    for number, statement in enumerate(record.get("statements") or ()):
        group = f"s{number}"
        content = statement["content"]
        found.append(
            _marked(
                f"{group}-c", "statement", content, "direct quotation" if statement.get("direct") else "claim", group
            )
        )
        if (statement.get("speaker") or {}).get("start") is not None:
            found.append(_marked(f"{group}-s", "speaker", statement["speaker"], "speaker", group))
    for number, figure in enumerate(record.get("figures") or ()):
        found.append(_marked(f"f{number}", "figure", figure, _figure(figure), f"f{number}"))
    return found


def _of_event(event: Json, group: str) -> Iterator[Marked]:
    yield _marked(f"{group}-t", "trigger", event["trigger"], wording.kind(event["type"], event.get("mode")), group)
    for index, also in enumerate(event.get("also") or ()):
        yield _marked(f"{group}-a{index}", "trigger", also, "also", group)
    for role, label in ROLES.items():
        for index, each in enumerate(event.get(role) or ()):
            if each.get("start") is not None:
                said = _figure(each) if role == "figures" else label
                yield _marked(
                    f"{group}-{role}{index}",
                    role.rstrip("s").replace("called_by", "actor").replace("target", "actor"),
                    each,
                    said,
                    group,
                )
    for role in ("time", "issue", "attribution"):
        each = event.get(role)
        if each and each.get("start") is not None:
            yield _marked(f"{group}-{role}", role, each, role, group)


def _marked(key: str, kind: str, quoted: Json, label: str, group: str) -> Marked:
    return Marked(key, kind, int(quoted["start"]), int(quoted["end"]), str(quoted["text"]), label, group)


def _figure(figure: Json) -> str:
    return f"{wording.FIGURES.get(figure['of'], figure['of'])}: {wording.claim(figure)}"


def paragraphs(record: Json) -> list[Paragraph]:
    """The text, paragraph by paragraph, in pieces."""
    text, body = str(record["document"]["text"]), int(record["document"].get("body_start") or 0)
    marked = findings(record)
    found: list[Paragraph] = []
    start = 0
    for part in text.split("\n\n"):
        if part.strip():
            inside = [each for each in marked if each.start < start + len(part) and each.end > start]
            found.append(Paragraph(start, start < body, list(pieces(part, start, inside))))
        start += len(part) + 2
    return found


def pieces(text: str, start: int, marked: list[Marked]) -> Iterator[Piece]:
    """A stretch of text beginning at offset ``start``, cut at the edges of findings and at hidden characters."""
    end = start + len(text)
    hidden = {start + at for at, letter in enumerate(text) if wording.hidden(letter)}
    edges = {start, end, *hidden, *(at + 1 for at in hidden)}
    edges.update(edge for each in marked for edge in (each.start, each.end) if start < edge < end)
    cuts = sorted(edges)
    for left, right in itertools.pairwise(cuts):
        over = [each for each in marked if each.start <= left and right <= each.end]
        letter = text[left - start : right - start]
        opens = [each for each in over if each.start == left or (left == start and each.start < start)]
        kinds = " ".join(dict.fromkeys(f"m-{each.kind}" for each in over))
        name = f"U+{ord(letter):04X}" if left in hidden else ""
        yield Piece("" if name else letter, left, kinds, " ".join(each.key for each in over), opens, name)


def sentence(report: Json) -> list[Piece]:
    """The evidence sentence of a report with its findings marked."""
    evidence = report["evidence"]
    marked = [each for each in _of_event(report, "r") if each.start < evidence["end"] and each.end > evidence["start"]]
    return list(pieces(str(evidence["text"]), int(evidence["start"]), marked))
