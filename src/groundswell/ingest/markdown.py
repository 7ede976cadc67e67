"""Markdown to paragraphs: marks out, words kept. No HTML is made; embedded tags are dropped by name, not parsed."""

from __future__ import annotations

import re

from groundswell.ingest.dates import from_metadata
from groundswell.ingest.lines import paragraphs, shape
from groundswell.ingest.reading import Draft

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,4000}?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FENCE = re.compile(r"^(?:```|~~~)[^\n]*\n.*?^(?:```|~~~)[ \t]*$", re.DOTALL | re.MULTILINE)
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]\n]{0,400}\]\([^)\n]{0,400}\)"), ""),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,400}\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,300})\]\[[^\]\n]{0,100}\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\n]{1,300})>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^>\n]{0,400}>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,300}?\S?)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,300}?)\*(?!\w)"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,300}?)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]{1,300})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")


def read_markdown(text: str) -> Draft:
    """Title from the YAML head, else from a first-level heading at the top."""
    meta: dict[str, str] = {}
    front = _FRONT.match(text)
    if front:
        meta = dict(re.findall(r"^(\w+):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", front.group(1), re.MULTILINE))
        text = text[front.end() :]
    text = _FENCE.sub("", text)
    title = meta.get("title") or None
    out: list[str] = []
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        heading = _HEADING.match(line)
        plain = re.sub(r"^(?:\s{0,3}>\s?)+", "", line)
        if heading or not plain.strip() or re.match(r"^\s{0,3}(?:[-*_]\s*){3,}$|^\s*(?:=+|-+)\s*$", line):
            setext = bool(block) and not out and title is None and re.match(r"^\s*=+\s*$", line) is not None
            title = _flush(block, out) or title if setext else (_flush(block, out) and title) or title
            if heading:
                words = _inline(heading.group(2))
                title = words if title is None and not out and len(heading.group(1)) == 1 else title
                if words != title or out:
                    out.append(words)
        elif re.match(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+", plain):
            _flush(block, out)
            block.append(re.sub(r"^\s*[-*+]\s+", "", plain))
        else:
            block.append(plain)
    published = from_metadata(meta.get("date") or meta.get("published"))
    return Draft(
        body="\n".join(out),
        format="text",
        title=title,
        author=meta.get("author") or None,
        published=published,
        published_basis="metadata" if published else None,
    )


def _flush(block: list[str], out: list[str]) -> str | None:
    """The lines gathered so far as one paragraph (Markdown joins them; poems end lines with two blanks)."""
    if not block:
        return None
    form = shape(block)
    joined = paragraphs(block, form) if form.wrapped else [" ".join(line.strip() for line in block)]
    words = _inline(" ".join(joined))
    block.clear()
    if words:
        out.append(words)
    return words


def _inline(text: str) -> str:
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text.strip()
