"""The page score counts shingles as the benchmark does."""

from __future__ import annotations

import gzip
import json

import pytest

from groundswell.evaluate.html_pages import overlap, score_pages


def test_shingles():
    assert overlap("a b c d e", "a b c d e") == (1.0, 1.0, 1.0)
    assert overlap("a b c d e f", "a b c d e") == (1.0, pytest.approx(2 / 3), pytest.approx(0.8))
    assert overlap("a b c d", "x y z") == (0.0, 0.0, 0.0)
    assert overlap("", "") == (1.0, 1.0, 1.0)
    assert overlap("two words", "two words") == (1.0, 1.0, 1.0)


def test_pages_are_scored_and_empty_ones_counted(tmp_path):
    sentences = [f"The dockers of Rasmar stayed out for day number {n}, their union said on Monday." for n in range(8)]
    page = f"<html><head><title>Dockers</title></head><body><article>{''.join(f'<p>{s}</p>' for s in sentences)}</article></body></html>"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html.gz").write_bytes(gzip.compress(page.encode()))
    (tmp_path / "pages" / "two.html.gz").write_bytes(gzip.compress(b"<html><body><script>x()</script></body></html>"))
    truth = {"one": {"articleBody": " ".join(sentences), "url": "u"}, "two": {"articleBody": "", "url": "v"}}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    score = score_pages(tmp_path)
    assert [page.outcome for page in score.pages] == ["read", "rejected"]
    assert score.pages[0].f1 == pytest.approx(1.0)
    assert score.empty == 0  # the second page is empty, but says so
    assert score.alarms == 0
