"""PDF files: text in reading order, page by page, with a check for scanned pages. Runs in the child only: a 2 MB file was
seen to take 3.1 GB, another to end the process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from groundswell.ingest.dates import from_metadata
from groundswell.ingest.reading import Draft, Limits
from groundswell.ingest.worker import Refused
from groundswell.values import Problem

_FEW_CHARACTERS = 30  # a page with fewer is a picture, or blank


def warm() -> None:
    """Import what parsing needs, before there is anything to parse."""
    import pypdfium2  # noqa: F401


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Draft]:
    """One Draft; pages separated by form feeds."""
    import pypdfium2

    if len(data) > limits.pdf_bytes:
        raise Refused("too_large", f"The PDF is larger than {limits.pdf_bytes >> 20} MB. Split it and read the parts.")
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(data))
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(str(error)) from error
    if count == 0:
        raise Refused("no_pages", "The PDF has no pages. Export it again.")
    if count > limits.pdf_pages:
        raise Refused("too_large", f"The PDF has {count} pages; at most {limits.pdf_pages} are read. Split it.")
    pages, empty = _pages(document)
    if all(not page.strip() for page in pages):
        raise Refused(
            "needs_ocr",
            "The PDF holds pictures of pages, no text. Run it through OCR (for instance ocrmypdf) and read the result.",
        )
    problems = []
    if empty:
        message = f"{empty} of {count} pages hold no text (pictures?). Run the file through OCR to read them."
        problems.append(Problem("needs_ocr", message))
    created = from_metadata(None)
    yield Draft(
        body="\f".join(pages),
        format="pdf",
        layout="lines",
        published=created,
        partial=empty * 3 >= count,
        problems=tuple(problems),
    )


def _unreadable(reason: str) -> Refused:
    if "password" in reason.lower():
        return Refused(
            "encrypted", "The PDF is locked with a password. Save a copy without the password and read that."
        )
    return Refused("damaged", f"The PDF cannot be opened ({reason}). Open and save it again in a PDF reader.")


def _pages(document: Any) -> tuple[list[str], int]:
    pages, empty = [], 0
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        text = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "-").replace("\x02", "-")
        text_page.close()
        page.close()
        empty += len(text.strip()) < _FEW_CHARACTERS
        pages.append(text)
    return pages, empty
