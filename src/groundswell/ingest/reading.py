"""What reading a source gives: a Reading with one outcome; the limits it is read under; the Draft a parser hands over.

Drafts cross the process border as JSON, so they hold nothing but text and dates. No parsing here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from groundswell.records import Basis, Document, Format, Outcome
from groundswell.values import Problem

Layout = Literal["lines", "paragraphs"]
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one input may cost. Sizes in bytes, times in seconds; see docs/decisions on reading untrusted files."""

    text_bytes: int = 8 * MEBIBYTE
    text_characters: int = 2_000_000
    json_bytes: int = 20 * MEBIBYTE
    html_bytes: int = 20 * MEBIBYTE
    pdf_bytes: int = 50 * MEBIBYTE
    pdf_pages: int = 2000
    row_bytes: int = 5 * MEBIBYTE
    inflated_bytes: int = 200 * MEBIBYTE
    inflation_ratio: int = 100
    archive_entries: int = 100_000
    download_bytes: int = 50 * MEBIBYTE
    download_seconds: float = 30.0
    child_memory: int = 1024 * MEBIBYTE
    child_cpu_seconds: int = 30
    child_wall_seconds: float = 45.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one input (a file, a row, an entry, an archive member).

    ``irrelevant`` is never set here: whether a document reports anything is decided after it was analysed.

    Attributes:
        source_id: the name the source gives it.
        outcome: read | partial (the document is there, and ``problems`` say what is missing) | duplicate | rejected.
        document: None for rejected inputs and for duplicates.
        duplicate_of: the source_id of the same content in this run, or its document id where the ledger knows it.
    """

    source_id: str
    outcome: Outcome
    document: Document | None
    problems: tuple[Problem, ...] = ()
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One document as a parser got it, before text repair.

    Attributes:
        layout: ``lines`` where line breaks may be mere wrapping, ``paragraphs`` where each line is a paragraph.
            A form feed in ``body`` separates pages.
        name: what this document is called inside its source ("" when the source holds just this one).
        shown_title: what the layout shows as title (largest type), lines as set; helps to find it in ``body``.
        key: the canonical text an id is made from where one source holds many documents; None: the source's bytes.
        partial: true where a problem means that some of the text is missing.
    """

    body: str
    format: Format
    layout: Layout = "paragraphs"
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    published: date | None = None
    published_basis: Basis | None = None
    decode_confidence: float = 1.0
    name: str = ""
    shown_title: str | None = None
    key: str | None = None
    partial: bool = False
    problems: tuple[Problem, ...] = ()


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """A plain dictionary that ``draft_from_json`` reads back."""
    plain = asdict(draft)
    plain["published"] = draft.published.isoformat() if draft.published else None
    return plain


def draft_from_json(plain: dict[str, Any]) -> Draft:
    """Raises KeyError, TypeError or ValueError for what no child of ours would send."""
    problems = tuple(Problem(str(each["code"]), str(each["message"])) for each in plain["problems"])
    published = date.fromisoformat(plain["published"]) if plain["published"] else None
    return Draft(**{**plain, "problems": problems, "published": published})


def cut_short(draft: Draft, most: int) -> Draft:
    """The draft with at most ``most`` characters of body, and a problem that says so: no article is longer than a book."""
    if len(draft.body) <= most:
        return draft
    end = max(draft.body.rfind("\n", most // 2, most), draft.body.rfind(" ", most // 2, most), most // 2)
    message = f"Only the first {end} of {len(draft.body)} characters were read. Split the source and read the parts."
    return replace(
        draft, body=draft.body[:end], partial=True, problems=(*draft.problems, Problem("cut_short", message))
    )


def rejected(source_id: str, code: str, message: str) -> Reading:
    """An input no document could be made of; the message says what to do."""
    return Reading(source_id, "rejected", None, (Problem(code, message),))
