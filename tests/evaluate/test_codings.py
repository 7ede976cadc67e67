"""Our scorer must agree with the scorer the project is judged by, on perfect, damaged and empty codings."""

import contextlib
import copy
import importlib.util
import io
import json
from pathlib import Path

import pytest

from groundswell.evaluate.codings import score_document
from groundswell.evaluate.summary import summarise

SHARED = Path(__file__).parents[3] / "shared"
TEXT = "Dockers strike in Mombasa \n Dockers walked out in Mombasa on Monday. Police arrested 12 of them. They may march on Friday."
GOLD = {
    "events": [
        {"type": "PROTEST", "mode": "strike", "status": "occurred", "trigger": "walked out", "quote": "Dockers walked out in Mombasa",
         "also": ["strike"], "actors": ["Dockers"], "places": ["Mombasa"], "time": {"start": "2024-06-03", "end": "2024-06-03"}},
        {"type": "COERCE", "mode": "arrest", "status": "occurred", "trigger": "arrested", "quote": "Police arrested 12 of them",
         "actors": ["Police"], "figures": [{"text": "12", "of": "arrested", "low": 12, "best": 12, "high": 12}]},
        {"type": "PROTEST", "status": "hypothetical", "trigger": "march", "quote": "They may march on Friday", "optional": True},
    ],
    "places": [{"text": "Mombasa", "country": "KEN"}],
}  # fmt: skip


def test_a_coding_agrees_with_itself():
    figures = {f.measure: f for f in summarise([score_document("d", GOLD, GOLD, TEXT)])}
    assert figures["events (type + place in text)"].value == 1.0
    assert figures["figures (kind + value)"].value == 1.0
    assert figures["date exact"].value == 1.0


def test_an_empty_reading_scores_nothing_and_lists_what_it_missed():
    score = score_document("d", GOLD, {}, TEXT)
    assert score.counts["events (type + place in text)"] == [0, 0, 2]
    assert [event["trigger"] for event in score.missed] == ["walked out", "arrested"]


def test_an_optional_event_counts_neither_way():
    found = copy.deepcopy(GOLD)
    found["events"] = [event for event in found["events"] if not event.get("optional")]
    both = [score_document("d", GOLD, x, TEXT).counts["events (type + place in text)"] for x in (GOLD, found)]
    assert both == [[2, 2, 2], [2, 2, 2]]


@pytest.mark.skipif(
    not (SHARED / "tools/score.py").exists(), reason="the project's own scorer is not beside this checkout"
)
def test_same_figures_as_the_projects_scorer(tmp_path):
    spec = importlib.util.spec_from_file_location("score", SHARED / "tools/score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    gold = SHARED / "gold-dev"
    ours = []
    for path in sorted((gold / "coded").glob("*.json")):
        coding = json.loads(path.read_text(encoding="utf-8"))
        damaged = copy.deepcopy(coding)
        damaged["events"] = damaged["events"][::2]
        for number, event in enumerate(damaged["events"]):
            event["status"] = "announced" if number % 3 == 0 else event["status"].split("|")[0]
            event["type"] = event["type"].split("|")[0]
            event["actors"] = event.get("actors", [])[:1]
        damaged["statements"] = damaged.get("statements", [])[1:]
        (tmp_path / path.name).write_text(json.dumps(damaged))
        document = json.loads((gold / "docs" / path.name).read_text(encoding="utf-8"))
        ours.append(score_document(path.stem, coding, damaged, document["title"] + " \n " + document["text"]))
    with contextlib.redirect_stdout(io.StringIO()):
        counts, accuracies = scorer.main(str(gold / "coded"), str(tmp_path), str(gold / "docs"))
    for measure, expected in counts.items():
        assert [sum(s.counts.get(measure, [0, 0, 0])[i] for s in ours) for i in range(3)] == expected, measure
    for measure, expected in accuracies.items():
        assert [sum(s.right.get(measure, [0, 0])[i] for s in ours) for i in range(2)] == expected, measure
