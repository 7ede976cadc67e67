"""Reviewed sentences go round: exported as corpus rows, taken by the corpus loader, its checks, and what the reader is trained on."""

import json
import sys
from pathlib import Path

import pytest

from groundswell.review import coding, correcting
from groundswell.review.decisions import Reviewer
from groundswell.review.sentences import corrected_rows, split_of
from groundswell.store import Decision, Ledger

sys.path.insert(0, str(Path(__file__).parents[1] / "serve"))
from synthetic import fill

AT = "2024-07-01T00:00:00Z"


@pytest.fixture
def book(tmp_path):
    with Ledger.open(fill(tmp_path / "s.db", 40)) as opened:
        yield opened


def reviewed(book):
    """Ten reports confirmed, ten corrected in type, actor and place, five rejected, five settled by two coders."""
    ana = Reviewer(book, "ana")
    reports = [report["id"] for report in book.reports()][:30]
    for report in reports[:10]:
        ana.confirm(report, at=AT)
    for report in reports[10:20]:
        found = book.report(report)
        text = book.document(found["document"]["id"])["document"]["text"]
        start = text.index("against", found["evidence"]["start"])
        ana.correct(report, "type", "AID", at=AT)
        ana.correct(report, "targets", correcting.from_span(found, text, "targets", start + 8, start + 20), at=AT)
        ana.correct(report, "places", correcting.from_words(found, "places", "Mombasa"), at=AT)
    for report in reports[20:25]:
        ana.reject(report, at=AT)
    for n, report in enumerate(reports[25:]):
        value = coding.checked({"event": n != 0, "type": "ACCUSE", "status": "denied"})
        for coder in ("bea", "cy"):
            book.decide(Decision("code", report, f"review:{coder}", AT, value=value))
    return reports


def test_the_corpus_loader_its_checks_and_the_training_data_take_them(book, tmp_path):
    from groundswell.train import corpus_check
    from groundswell.train.corpus import load_corpus, load_sentences
    from groundswell.train.corpus_documents import split_of as fixed

    reports = reviewed(book)
    file = tmp_path / "corrections.jsonl"
    file.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in corrected_rows(book)), encoding="utf-8"
    )
    rows = list(load_sentences(tmp_path))
    assert len(rows) == len(reports)
    assert rows == list(load_corpus(file))
    wrong = {problem.code: problem.message for problem in corpus_check.check_rows(rows)}
    assert set(wrong) <= {"licence"}, wrong  # whose words they are, only the project knows
    assert {row["split"] for row in rows} > {"train"}
    assert all(row["split"] == fixed(row["doc"]) == split_of(row["doc"]) for row in rows)
    kinds = [(row["events"][0]["type"], row["events"][0]["status"]) if row["events"] else None for row in rows]
    assert kinds.count(None) == 6
    assert sum(kind == ("ACCUSE", "denied") for kind in kinds) == 4
    assert sum(bool(kind) and kind[0] == "AID" for kind in kinds) >= 10
    assert all(
        any(entity["kind"] == "place" for entity in row["entities"])
        for row in rows
        if row["events"] and row["events"][0].get("places")
    )


def test_training_examples_are_made_of_them(book):
    data = pytest.importorskip("groundswell.train.reader_data", reason="the train extra is missing")
    reviewed(book)
    rows = list(corrected_rows(book))
    found = data.examples(rows, pack=1)
    assert len(found) == len(rows)
    events = sum(len(row["events"]) for row in rows)
    assert sum(len(each.anchors) for each in found) == events == 24


def test_a_sentence_with_an_undecided_report_stays_out(book):
    ana = Reviewer(book, "ana")
    (report, *_) = book.reports()
    assert list(corrected_rows(book)) == []
    ana.correct(report["id"], "status", "denied", at=AT)
    (row,) = corrected_rows(book)
    assert row["events"][0]["status"] == "denied"
    assert row["statements"][0]["speaker"]["text"] == "Amina Bello"
    for span in (row["events"][0]["trigger"], *row["entities"], row["statements"][0]["content"]):
        assert row["text"][span["start"] : span["end"]] == span["text"]
    ana.contest(report["id"], at=AT, reason="the union says otherwise")
    assert list(corrected_rows(book)) == []
