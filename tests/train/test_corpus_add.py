from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.train import corpus, corpus_add
from groundswell.train.corpus_check import check
from groundswell.train.corpus_documents import split_of

NOTE = """>Nurses in Kisumu marched to the county hall on Monday. They asked for overdue pay.
+PRO/demo o marched|a Nurses in Kisumu|p Kisumu|w on Monday
@L Kisumu
"""


def standing(
    tmp_path: Path, text: str = "Weavers of the valley mill town sat down before its northern gate at dawn."
) -> Path:
    folder = tmp_path / "corpus"
    raw = {"id": "w2-1", "source": "written for this corpus", "text": text, "events": []}
    source = tmp_path / "raw"
    source.mkdir()
    (source / "old.jsonl").write_text(json.dumps(raw) + "\n", encoding="utf-8")
    corpus.build([source], folder)
    return folder


def note(tmp_path: Path, text: str = NOTE, name: str = "w9-a01.txt") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_dry_run_changes_nothing_and_adding_twice_is_adding_once(tmp_path: Path):
    folder, file = standing(tmp_path), note(tmp_path)
    before = (folder / "old.jsonl").read_bytes()
    planned = corpus_add.plan([file], folder)
    assert [row["id"] for row in planned.new] == ["w9-a01-001"]
    assert not (folder / "w9-a01.jsonl").exists()
    corpus_add.add([file], folder, coder="7")
    again = corpus_add.add([file], folder)
    assert (again.new, again.there, again.refused) == ([], ("w9-a01-001",), ())
    (row,) = corpus.load_corpus(folder / "w9-a01.jsonl")
    assert (row["coder"], row["licence"], row["split"]) == ("7", "CC-BY-4.0", split_of("w9-a01-001"))
    assert row["events"][0]["time"]["text"] == "Monday"
    assert (folder / "old.jsonl").read_bytes() == before
    assert check(folder) == []


def test_a_row_that_does_not_resolve_is_refused_and_the_others_are_added(tmp_path: Path):
    folder = standing(tmp_path)
    good = {"id": "w9-b-1", "source": "written for this corpus", "text": "They met.", "events": []}
    bad = {
        **good,
        "id": "w9-b-2",
        "text": "They sat.",
        "events": [{"type": "PROTEST", "status": "occurred", "trigger": "ran"}],
    }
    odd = {
        **good,
        "id": "w9-b-3",
        "text": "They left.",
        "events": [{"type": "LEAVE", "status": "occurred", "trigger": "left"}],
    }
    file = note(tmp_path, "".join(json.dumps(r) + "\n" for r in (good, bad, odd)) + "{\n", "w9-b.jsonl")
    report = corpus_add.add([file], folder)
    assert [row["id"] for row in report.new] == ["w9-b-1"]
    refused = "\n".join(report.refused)
    assert "'ran' is not in the text" in refused
    assert "no type 'LEAVE'" in refused
    assert "w9-b.jsonl:4: no JSON" in refused


def test_an_id_with_another_text_is_refused(tmp_path: Path):
    folder = standing(tmp_path)
    row = {"id": "w2-1", "source": "written for this corpus", "text": "Something else."}
    report = corpus_add.plan([note(tmp_path, json.dumps(row), "w9-c.jsonl")], folder)
    assert report.refused == ("w2-1: this id carries another text; rename it",)


def test_a_row_that_shares_a_run_of_words_takes_the_split_of_the_standing_document(tmp_path: Path):
    folder = standing(tmp_path)
    text = "Again weavers of the valley mill town sat down before its gate."
    raws = [{"id": f"w9-d-{n}", "source": "written for this corpus", "text": f"{text} {n} came."} for n in range(1)]
    report = corpus_add.add([note(tmp_path, "\n".join(map(json.dumps, raws)), "w9-d.jsonl")], folder)
    assert {row["doc"] for row in report.new} == {"w2-1"}
    assert {row["split"] for row in report.new} == {split_of("w2-1")}
    assert [row["doc"] for row in corpus.load_corpus(folder / "old.jsonl")] == ["w2-1"]


def test_command_says_what_it_would_do_and_fails_on_refusals(tmp_path: Path):
    folder = standing(tmp_path)
    done = CliRunner().invoke(app, ["corpus", "add", str(note(tmp_path)), str(folder)])
    assert done.exit_code == 0
    assert "nothing written: say --write" in done.output
    bad = note(tmp_path, ">They met.\n+PRO o sang", "w9-e.txt")
    failed = CliRunner().invoke(app, ["corpus", "add", str(bad), str(folder), "--write"])
    assert failed.exit_code == 1
    assert "w9-e:2" in failed.output
    assert not (folder / "w9-e.jsonl").exists()
