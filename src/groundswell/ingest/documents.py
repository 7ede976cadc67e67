"""Makes a Document of a Draft: repairs the text, settles title and date, and puts them in the one order records.py promises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from groundswell.ingest.dates import dateline
from groundswell.ingest.decode import clean
from groundswell.ingest.front_matter import FrontMatter, read_front_matter
from groundswell.ingest.language import language_of
from groundswell.ingest.lines import paragraphs, shape, single_spaced
from groundswell.ingest.reading import Draft
from groundswell.ingest.running_heads import Pages, drop_repeated_lines, drop_running_heads
from groundswell.records import Basis, Document
from groundswell.values import Problem

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)
_INVISIBLE_BREAKS = re.compile("[\u00ad\u2060](?!\\n)")


@dataclass(frozen=True, slots=True)
class _Repaired:
    paragraphs: list[str]
    front: FrontMatter


def make_document(draft: Draft, *, document_id: str, source_id: str, published: date | None = None) -> Document:
    """``published`` is what the user gave; it wins over what the document says."""
    repaired = _repair(draft)
    front = repaired.front
    title = _one_line(draft.title) or front.title
    body = _without_title(repaired.paragraphs, title)
    text, body_start = _assemble(title, body)
    when, basis, problems = _published(draft, front, body, published)
    return Document(
        id=document_id,
        text=text,
        source_id=source_id,
        title=title,
        body_start=body_start,
        language=draft.language or language_of(text),
        publisher=_one_line(draft.publisher) or front.publisher,
        author=_one_line(draft.author) or front.author,
        url=draft.url,
        published=when,
        published_basis=basis,
        format=draft.format,
        decode_confidence=round(draft.decode_confidence, 3),
        problems=draft.problems + problems,
    )


def _one_line(words: str | None) -> str | None:
    return re.sub(r"\s+", " ", clean(words)).strip() or None if words else None


def _repair(draft: Draft) -> _Repaired:
    text = _INVISIBLE_BREAKS.sub("", clean(draft.body).translate(_LIGATURES))
    if draft.layout == "paragraphs":
        lines = [line.strip() for line in text.replace("\f", "\n").split("\n")]
        return _Repaired([re.sub(r"\s+", " ", line) for line in lines if line], FrontMatter(rest=[]))
    pages = [_unquoted(page.split("\n")) for page in text.split("\f")]
    stripped = drop_running_heads(pages) if len(pages) > 1 else drop_repeated_lines(pages[0])
    lines = single_spaced(_flow(stripped))
    front = (
        FrontMatter(rest=lines)
        if draft.title is not None
        else read_front_matter(lines, heads=stripped.heads, shown_title=draft.shown_title)
    )
    form = shape(front.rest if sum(1 for line in front.rest if line.strip()) >= 3 else lines)
    return _Repaired(paragraphs(front.rest, form), front)


def _unquoted(lines: list[str]) -> list[str]:
    """A mail that was forwarded whole has a mark before every line."""
    filled = [line for line in lines if line.strip()]
    if not filled or sum(line.lstrip().startswith(">") for line in filled) < len(filled) * 0.9:
        return lines
    return [re.sub(r"^\s*(?:>\s?)+", "", line) for line in lines]


def _flow(pages: Pages) -> list[str]:
    flow: list[str] = []
    for page in pages.pages:
        flow.extend(page)
        flow.append("")
    return flow


def _published(
    draft: Draft, front: FrontMatter, body: list[str], given: date | None
) -> tuple[date | None, Basis | None, tuple[Problem, ...]]:
    if given is not None:
        return given, "given", ()
    if draft.published is not None:
        return draft.published, draft.published_basis or "metadata", ()
    if front.published is not None:
        return front.published, "text", ()
    written = dateline(body[0]) if body else None
    if written is not None and written.value is not None:
        return written.value, "text", ()
    return None, None, tuple(front.problems)


def _letters(words: str) -> str:
    return "".join(each for each in words.casefold() if each.isalnum())


def _without_title(body: list[str], title: str | None) -> list[str]:
    """The body's paragraphs; where they begin by repeating the title, without that."""
    if not title or not body:
        return body
    wanted, first = _letters(title), _letters(body[0])
    if first == wanted and wanted:
        return body[1:]
    return body


def _assemble(title: str | None, body: list[str]) -> tuple[str, int]:
    if not title:
        return "\n\n".join(body), 0
    if body and body[0].startswith(title):
        rest = body[0][len(title) :]
        mark = re.match(r"[.:!?]?\s+(?:[-–—|]+\s+)?(?=[^\W_a-z])", rest)
        if mark:  # "Title. MAKHACHKALA -- Three days ...": the title with its own full stop, then the body
            head = title + rest[: 1 if rest[0] in ".:!?" else 0]
            return "\n\n".join([head, rest[mark.end() :], *body[1:]]), len(head) + 2
    text = "\n\n".join([title, *body])
    return text, min(len(title) + 2, len(text))
