"""PDF files: text in reading order, page by page, with a check for scanned pages. Runs in the child only: a 2 MB file was
seen to take 3.1 GB, another to end the process."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from typing import Any

from groundswell.ingest.pdf_lines import (
    PageLine,
    as_text,
    body_size,
    in_reading_order,
    large_title,
    without_page_number,
)
from groundswell.ingest.reading import Draft, Limits
from groundswell.ingest.worker import Refused
from groundswell.values import Problem

_FEW_CHARACTERS = 30  # a page with fewer is a picture, or blank
_HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-"})  # how pdfium marks a hyphen at a line's end


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
    pages, pictures, hidden, broken = _pages(document)
    empty = sum(
        1
        for page, picture in zip(pages, pictures, strict=True)
        if not page or (picture and _characters(page) < _FEW_CHARACTERS)
    )
    if not any(page for page in pages):
        raise Refused(
            "needs_ocr",
            "The PDF holds no text, perhaps pictures of pages. Run it through OCR (for instance ocrmypdf) and read that.",
        )
    problems = []
    if empty:
        message = f"{empty} of {count} pages hold no text (pictures?). Run the file through OCR to read them."
        problems.append(Problem("needs_ocr", message))
    if hidden:
        message = f"{hidden} of {count} pages hold text that is not shown on paper; it was read too. Compare the text with the page."
        problems.append(Problem("hidden_text", message))
    if broken:
        problems.append(
            Problem("damaged", f"{broken} of {count} pages could not be opened. Open and save the file again.")
        )
    yield Draft(
        body="\f".join("\n".join(as_text(page)) for page in pages),
        format="pdf",
        layout="lines",
        shown_title=large_title(next(page for page in pages if page), body_size(pages)),
        partial=empty * 3 >= count or broken > 0,
        problems=tuple(problems),
    )


def _unreadable(reason: str) -> Refused:
    if "password" in reason.lower():
        return Refused(
            "encrypted", "The PDF is locked with a password. Save a copy without the password and read that."
        )
    return Refused("damaged", f"The PDF cannot be opened ({reason}). Open and save it again in a PDF reader.")


def _characters(page: list[PageLine]) -> int:
    return sum(len(line.text) for line in page)


def _pages(document: Any) -> tuple[list[list[PageLine]], list[bool], int, int]:
    """Lines of every page in reading order, whether it holds a picture, how many pages hide text without being a picture
    (scans with OCR do it rightly), and how many could not be opened."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    pages: list[list[PageLine]] = []
    pictures: list[bool] = []
    broken = hidden = 0
    for index in range(len(document)):
        try:
            page = document[index]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:
            broken += 1
            pages.append([])
            pictures.append(False)
            continue
        pages.append(in_reading_order(without_page_number(_lines(text_page))))
        pictures.append(any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)))
        hidden += not pictures[-1] and _hides_text(pdfium, page)
        text_page.close()
        page.close()
    return pages, pictures, hidden, broken


def _hides_text(pdfium: Any, page: Any) -> bool:
    """Text drawn in the mode that leaves no ink."""
    texts = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=3)
    return any(pdfium.FPDFTextObj_GetTextRenderMode(each) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE for each in texts)


def _lines(text_page: Any) -> list[PageLine]:
    """The page's lines with their places. pdfium counts characters as UTF-16 units do, its own line ends included, and joins
    a line that ends in a hyphen to the next one: it is parted again here, where the mark stands."""
    lines: list[PageLine] = []
    position = 0
    for raw in re.split(r"(?<=\n)|(?<=[\ufffe\x02])(?!\r?\n)", text_page.get_text_range()):
        words = raw.strip()
        if words:
            first = position + len(raw) - len(raw.lstrip())
            last = position + _units(raw.rstrip()) - 1
            lines.append(_placed(text_page, words.translate(_HYPHENS), first, last))
        position += _units(raw)
    return lines


def _units(text: str) -> int:
    return len(text) + sum(each > "\uffff" for each in text)


def _placed(text_page: Any, words: str, first: int, last: int) -> PageLine:
    import pypdfium2.raw as pdfium

    left, bottom, _, top = _box(pdfium, text_page, first)
    _, _, right, _ = _box(pdfium, text_page, last)
    size = pdfium.FPDFText_GetFontSize(text_page, first)
    matrix = pdfium.FS_MATRIX()
    if pdfium.FPDFText_GetMatrix(text_page, first, matrix):  # type set at 1 pt and scaled up is common
        size *= (matrix.c**2 + matrix.d**2) ** 0.5
    return PageLine(words, left, right, bottom, top, float(size) or max(top - bottom, 1.0))


def _box(pdfium: Any, text_page: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the character cell (all glyphs of a line share its height)."""
    box = pdfium.FS_RECTF()
    if pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box)):
        return box.left, box.bottom, box.right, box.top
    return 0.0, 0.0, 0.0, 0.0
