from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundswell.train import corpus, corpus_agreement

TEXT = "Farmers marched in Lusaka on Friday, said the police."


def coded(status: str = "occurred", place: str = "Lusaka", kind: str = "PROTEST", said: bool = True) -> dict:
    event = {"type": kind, "status": status, "trigger": "marched", "actors": ["Farmers"], "places": [place]}
    raw = {"id": "x", "text": TEXT, "source": "written for this corpus", "events": [event]}
    if said:
        raw["statements"] = [{"speaker": "police", "cue": "said", "content": "Farmers marched in Lusaka on Friday"}]
    return corpus.to_offsets(raw)


def test_a_coding_agrees_with_itself():
    scores = corpus_agreement.agreement([coded()], [coded()])
    assert {name: s.f1 for name, s in scores.items() if s.f1 is not None} == dict.fromkeys(
        ["events with type", "events of any type", "statements with speaker", "sentences with an event", "status",
         "mode", "actors", "places"], 1.0
    )  # fmt: skip


def test_each_difference_is_counted_where_it_lies():
    scores = corpus_agreement.agreement([coded()], [coded(status="denied", place="Friday", said=False)])
    assert scores["events with type"].f1 == 1.0
    assert scores["status"].f1 == 0.0
    assert scores["places"].f1 == 0.0
    assert scores["statements with speaker"] == corpus_agreement.Score(0, 1, 0)


def test_another_type_matches_only_untyped():
    scores = corpus_agreement.agreement([coded()], [coded(kind="SUPPORT")])
    assert scores["events with type"].matched == 0
    assert scores["events of any type"].matched == 1


def test_command_prints_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(coded()) + "\n")
    assert corpus_agreement.main([str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]) == 0
    assert "1 texts coded twice" in capsys.readouterr().out
    assert corpus_agreement.main([]) == 2
