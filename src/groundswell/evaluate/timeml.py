"""Reads TimeML files (TimeBank, AQUAINT): the text, the day of the document, what is marked in it. Judges nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from groundswell.records import Span

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class TimeML:
    """One file.

    Attributes:
        root: the whole file, for its links and instances.
        text: the words of its TEXT.
        published: its document creation time, where that names a day.
        marked: elements of TEXT that hold words, with their place in ``text``; inner ones before those around them.
    """

    root: ElementTree.Element
    text: str
    published: date | None
    marked: tuple[tuple[ElementTree.Element, Span], ...]


def day(value: str) -> date | None:
    """The day that a TIMEX3 value begins with ("2023-11-08T09:00"); None for months, weeks and references. Raises ValueError
    for a day that no calendar has."""
    match = _DAY.match(value)
    return date(*(int(group) for group in match.groups())) if match else None


def read(path: Path) -> TimeML | None:
    """One file; None where it has no TEXT. Raises OSError, and ElementTree.ParseError where it is no XML."""
    root = ElementTree.parse(path).getroot()
    body, created = root.find("TEXT"), root.find(".//DCT/TIMEX3")
    if body is None:
        return None
    marked: list[tuple[ElementTree.Element, Span]] = []

    def walk(node: ElementTree.Element, text: str) -> str:
        start = len(text)
        text += node.text or ""
        for child in node:
            text = walk(child, text) + (child.tail or "")
        if node is not body and len(text) > start:
            marked.append((node, Span(start, len(text))))
        return text

    text = walk(body, "")
    published = day(created.get("value", "")) if created is not None else None
    return TimeML(root, text, published, tuple(marked))
