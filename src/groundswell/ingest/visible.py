"""A linear estimate of the prose a page shows, made without a tree: the second opinion that tells "nothing reported"
from "nothing read". Never fails, never takes more than linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_HIDDEN_TEXT = """
script style noscript template svg head nav footer aside form button select textarea iframe object
"""
_HIDDEN = frozenset(_HIDDEN_TEXT.split())
_INLINE_TEXT = """
a b i em strong span u s small big sub sup mark font cite q abbr time code tt wbr ins del label bdi bdo
"""
_INLINE = frozenset(_INLINE_TEXT.split())
_VOID_TEXT = """
br hr img input meta link area base col embed source track wbr param
"""
_VOID = frozenset(_VOID_TEXT.split())
_PROSE_LENGTH = 80
_SENTENCE = re.compile(r"[.!?。！？؟।]")


@dataclass(frozen=True, slots=True)
class Visible:
    """``blocks``: what stands between block tags, in order. ``prose``: characters in blocks that look like sentences.
    ``depth``: the deepest nesting of open tags."""

    blocks: tuple[str, ...]
    prose: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Tag:
    start: int
    end: int
    name: str
    closing: bool


def _tags(markup: str) -> Iterator[_Tag]:
    """Tags, comments (as tags without a name) and declarations. Every search goes forward from where the last one ended, and
    an end that is not found is not looked for again: linear, whatever the input."""
    position = 0
    ends = {">": True, "-->": True}
    while (start := markup.find("<", position)) >= 0:
        mark = "-->" if markup.startswith("<!--", start) else ">"
        found = _NAME.match(markup, start + 1)
        if found is None and markup[start + 1 : start + 2] not in ("!", "?"):
            position = start + 1
            continue
        end = markup.find(mark, start + 1) if ends[mark] else -1
        if end < 0:
            ends[mark] = False
            if not ends[">"]:
                return
            position = start + 1
            continue
        position = end + len(mark)
        yield _Tag(start, position, found.group(1).lower() if found else "", markup[start + 1] == "/")


def visible_text(markup: str) -> Visible:
    """Everything outside scripts, navigation and forms, block by block."""
    blocks: list[str] = []
    parts: list[str] = []
    depth = deepest = last = 0
    hidden: str | None = None
    for tag in _tags(markup):
        if hidden is None and tag.start > last:
            parts.append(markup[last : tag.start])
        last = tag.end
        if tag.name and tag.name not in _VOID:
            depth = max(0, depth - 1) if tag.closing else depth + 1
            deepest = max(deepest, depth)
        if hidden is not None:
            hidden = None if tag.closing and tag.name == hidden else hidden
            continue
        if tag.name in _HIDDEN and not tag.closing:
            hidden = tag.name
        if tag.name and tag.name not in _INLINE:
            _flush(parts, blocks)
    if hidden is None:
        parts.append(markup[last:])
    _flush(parts, blocks)
    prose = sum(len(each) for each in blocks if len(each) >= _PROSE_LENGTH and _SENTENCE.search(each))
    return Visible(tuple(blocks), prose, deepest)


def _flush(parts: list[str], blocks: list[str]) -> None:
    if parts:
        text = " ".join(html.unescape("".join(parts)).split())
        if text:
            blocks.append(text)
        parts.clear()
