"""Texts in many layouts, each with its complete reading: title, author, publisher, date, every paragraph."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from groundswell.ingest import text_document

LAYOUTS = Path(__file__).parent / "layouts"
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "statement-pdf-text.txt"


@pytest.mark.parametrize("name", sorted(path.stem for path in LAYOUTS.glob("*.toml")))
def test_layout_is_read_completely(name):
    expected = tomllib.loads((LAYOUTS / f"{name}.toml").read_text(encoding="utf-8"))
    with open(LAYOUTS / f"{name}.txt", encoding="utf-8", newline="") as opened:
        document = text_document(opened.read())
    assert document.title == expected.get("title")
    assert document.author == expected.get("author")
    assert document.publisher == expected.get("publisher")
    assert document.published == expected.get("published")
    assert document.published_basis == ("text" if "published" in expected else None)
    assert document.language == expected.get("language", "en")
    assert [problem.code for problem in document.problems] == expected.get("problems", [])
    assert document.text[document.body_start :].split("\n\n") == expected["paragraphs"]
    assert document.text.startswith(document.title or "")


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is outside the repository")
def test_the_issues_sample():
    document = text_document(SAMPLE.read_text(encoding="utf-8"))
    assert document.title == (
        "For an all-out mobilization of the working class on November 9 against the imperialist-backed genocide in Gaza"
    )
    assert str(document.published) == "2023-11-08"
    assert document.published_basis == "text"
    assert document.author == "WSWS Editorial Board"
    assert document.publisher == "World Socialist Web Site"
    paragraphs = document.text.split("\n\n")
    assert len(paragraphs) == 28
    assert all(paragraph[0].isupper() for paragraph in paragraphs)
    assert all(paragraph.endswith((".", ".”")) for paragraph in paragraphs[1:])
    assert "as it has from its founding" in document.text
    assert "US-NATO axis" in document.text
    assert "\n" not in document.text.replace("\n\n", "")
