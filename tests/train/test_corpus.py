from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundswell.train import corpus, corpus_documents

TEXT = "Farmers marched in Lusaka on Friday. Police arrested 12 of the farmers."


def raw(identifier: str = "own-1", text: str = TEXT) -> dict:
    return {
        "id": identifier,
        "source": "written for this corpus",
        "text": text,
        "events": [
            {
                "type": "PROTEST",
                "mode": "demo",
                "status": "occurred",
                "trigger": "marched",
                "actors": ["Farmers"],
                "places": ["Lusaka"],
                "time": "Friday",
            },
            {
                "type": "COERCE",
                "mode": "arrest",
                "status": "occurred",
                "trigger": "arrested",
                "actors": ["Police"],
                "targets": ["farmers"],
                "figures": [{"text": "12", "of": "arrested"}],
            },
        ],
        "entities": [{"text": "Lusaka", "kind": "place"}],
    }


def test_second_occurrence_and_whole_words_first():
    text = "The walkout at Walk Ltd: a walk, then a walk."
    assert corpus.find_span(text, "walk")["start"] == text.index("a walk") + 2
    assert corpus.find_span(text, "walk#2")["start"] == text.rindex("walk")
    assert corpus.find_span(text, "walk#3") is None


def test_every_span_of_a_raw_row_is_its_text():
    row = corpus.to_offsets(raw())
    spans = [row["events"][0]["time"], row["events"][1]["figures"][0], row["entities"][0], row["events"][1]["trigger"]]
    assert [TEXT[s["start"] : s["end"]] for s in spans] == ["Friday", "12", "Lusaka", "arrested"]


def test_a_phrase_not_in_the_text_is_an_error_that_names_it():
    bad = raw()
    bad["events"][0]["time"] = "Saturday"
    with pytest.raises(corpus.CorpusError, match="Saturday"):
        corpus.to_offsets(bad)


def test_split_depends_on_the_document_only():
    rows, _ = corpus.finish([raw("gum-x-1"), raw("gum-x-2", TEXT + " They left.")])
    assert rows[0]["doc"] == rows[1]["doc"] == "gum-x"
    assert rows[0]["split"] == rows[1]["split"] == corpus_documents.split_of("gum-x")


def test_splits_are_about_eighty_ten_ten():
    found = [corpus_documents.split_of(f"doc-{n}") for n in range(2000)]
    assert 0.76 < found.count("train") / 2000 < 0.84
    assert 0.07 < found.count("dev") / 2000 < 0.13


def test_neighbours_in_a_batch_are_one_document_until_a_dateline():
    rows = [
        {"id": "cnc-train_04_7_10", "text": "Dockers walked out in Durban."},
        {"id": "cnc-train_04_8_3", "text": "The dockers want more pay."},
        {"id": "cnc-train_04_9_4", "text": "March 03, 2016 00:00 IST The dockers of another port sat down."},
        {"id": "cnc-train_05_8_5", "text": "The dockers of a third port."},
    ]
    documents = corpus_documents.cnc_documents(rows)
    assert list(documents.values()) == ["cnc-04-7", "cnc-04-7", "cnc-04-9", "cnc-05-8"]


def test_same_text_and_held_back_documents_are_left_out():
    held = corpus_documents.grams("one two three four five six seven eight nine")
    other = raw("gum-y-2", TEXT + " One two three four five six seven eight nine.")
    rows, dropped = corpus.finish([raw("a"), raw("b"), raw("gum-y-1", TEXT + " More."), other], held)
    assert [r["id"] for r in rows] == ["a"]
    assert len(dropped) == 3


def test_sentence_rows_shift_spans_and_keep_the_split():
    row = corpus.to_offsets(raw())
    row |= {"doc": "d", "split": "dev", "form": "document", "sentences": [[0, 36], [37, 71]]}
    row["events"][0]["also"] = [corpus.find_span(TEXT, "farmers")]
    first, second = corpus.sentence_rows(row)
    assert first["text"].endswith("Friday.")
    assert second["split"] == "dev"
    arrest = next(e for e in second["events"] if e["type"] == "COERCE")
    again = next(e for e in second["events"] if e["type"] == "PROTEST")
    assert second["text"][arrest["figures"][0]["start"] :].startswith("12 ")
    assert again["again"] is True
    assert "actors" not in again


def test_build_writes_a_file_for_each_raw_file(tmp_path: Path):
    source = tmp_path / "raw"
    source.mkdir()
    (source / "x.jsonl").write_text(json.dumps(raw()) + "\n")
    assert corpus.build([source], tmp_path / "out") == []
    (row,) = corpus.load_corpus(tmp_path / "out")
    assert (row["licence"], row["codebook"], row["form"]) == ("CC-BY-4.0", "1.1", "sentence")


def test_no_corpus_says_where_it_looked(tmp_path: Path):
    with pytest.raises(corpus.CorpusError, match=r"\*.jsonl"):
        next(corpus.load_corpus(tmp_path))
