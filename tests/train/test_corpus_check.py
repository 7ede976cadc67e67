from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.train import corpus, corpus_check, corpus_documents

TEXT = "Farmers marched in Lusaka on Friday."


def row(**changes: object) -> dict:
    event = {"type": "PROTEST", "mode": "demo", "status": "occurred", "trigger": "marched", "actors": ["Farmers"]}
    made = {"id": "own-1", "source": "written for this corpus", "text": TEXT, "events": [event]}
    (done,), _ = corpus.finish([made])
    return {**done, **changes}


def codes(*rows: dict, held: set | None = None) -> list[str]:
    return [problem.code for problem in corpus_check.check_rows(list(rows), held)]


def test_a_good_row_has_no_problem():
    assert codes(row()) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("type",), "PARADE", "type"),
        (("mode",), "arrest", "mode"),
        (("status",), "maybe", "status"),
        (("trigger", "text"), "walked", "span"),
        (("trigger", "end"), 900, "span"),
        (("colour",), "red", "key"),
    ],
)
def test_a_wrong_event_is_named(path: tuple[str, ...], value: object, code: str):
    bad = row()
    place = bad["events"][0]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert codes(bad) == [code]


def test_licence_split_form_and_codebook_are_checked():
    assert codes(row(licence="CC-BY-NC-4.0")) == ["licence"]
    assert codes(row(form="poem")) == ["form"]
    assert codes(row(codebook="1.0")) == ["codebook"]
    wrong = "test" if corpus_documents.split_of("own-1") != "test" else "dev"
    assert codes(row(split=wrong)) == ["split"]


def test_repeated_ids_and_texts_are_found():
    assert sorted(codes(row(), row())) == ["id", "id", "twice"]


def test_a_text_of_the_held_back_documents_is_found():
    long = "One two three four five six seven eight nine farmers marched."
    held = corpus_documents.grams(long)
    assert codes(row(text=long, events=[]), held=held) == ["held-back"]


def test_eight_words_across_splits_are_a_leak():
    docs = {corpus_documents.split_of(f"d{n}"): f"d{n}" for n in range(50)}
    long = "One two three four five six seven eight nine farmers {}."
    rows = [
        row(id=doc, doc=doc, split=split, text=long.format(split), events=[])
        for split, doc in docs.items()
        if split != "test"
    ]
    assert codes(*rows) == ["leak"]


def test_report_counts_sentences_without_event(tmp_path: Path):
    source = tmp_path / "raw"
    source.mkdir()
    lines = [
        '{"id": "own-1", "source": "written for this corpus", "text": "It rained."}',
        '{"id": "own-2", "source": "written for this corpus", "text": "Troops left.", "events": '
        '[{"type": "RETREAT", "mode": "withdraw", "status": "occurred", "trigger": "left"}]}',
    ]
    (source / "a.jsonl").write_text("\n".join(lines))
    corpus.build([source], tmp_path / "out")
    report = corpus_check.main_check(tmp_path / "out", tmp_path / "absent")
    assert report.ok
    assert report.counts["sentence rows"]["without event"] == 1
    assert report.counts["events by type"] == {"RETREAT": 1}
    assert str(report).endswith("no problems")


def test_report_names_what_is_wrong():
    report = corpus_check.CorpusReport(tuple(corpus_check.check_rows([row(form="poem")])))
    assert not report.ok
    assert "form: own-1: form 'poem'" in str(report)
    assert str(report).endswith("1 problems")


def test_the_corpus_of_the_repository_is_clean_and_in_real_proportion():
    folder = Path(__file__).parents[2] / "corpus"
    if not folder.exists():
        pytest.skip("the corpus stands in the repository only")
    report = corpus_check.main_check(folder)
    assert report.problems == ()
    sentences = report.counts["sentence rows"]
    assert sentences["all"] >= 6000
    assert sentences["without event"] / sentences["all"] >= 0.4
    assert report.counts["rows"]["document"] >= 200
