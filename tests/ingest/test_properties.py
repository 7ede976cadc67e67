"""Whatever the text, the Document keeps its contract and the time stays linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.ingest import text_document

PIECES = [
    "The march", "police said.", "\n", "\n\n", "   ", "-\n", "8 November 2023", "By Ana Ruiz", "“x”", " a ", "1.", "•", "\f", "\t", "US-\n",
    "…", "Page 3", "12", "---", ">", ".", "é", "e\u0301", "\u00ad", "\u202e", "\U0001f600", "A" * 50, "www.x.org", "FOR IMMEDIATE RELEASE",
    "\ud800", "\0", "\r\n", "02/03/2024", "KHARTOUM, March 3, 2024 (X) - ",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_every_text_becomes_a_proper_document(text):
    document = text_document(text)
    assert "\n" not in document.text.replace("\n\n", "")
    assert document.text == document.text.strip("\n")
    assert document.text.startswith(document.title or "")
    assert (
        document.body_start in (0, len(document.text))
        or document.text[document.body_start - 2 : document.body_start] == "\n\n"
    )
    assert (document.published is None) == (document.published_basis is None)
    document.text.encode("utf-8")
    assert document == text_document(text)


@pytest.mark.parametrize(
    "piece", ["a", "a ", ".\n", "a-\n", "- x\n", "A B\n\n", "www.", "May 1, ", '"', "A, ", "<p>", "`"]
)
def test_time_grows_no_faster_than_the_text(piece):
    def seconds(size: int) -> float:
        started = time.process_time()
        text_document(piece * (size // len(piece)))
        return time.process_time() - started

    assert seconds(400_000) < 6 * max(seconds(100_000), 0.05)
