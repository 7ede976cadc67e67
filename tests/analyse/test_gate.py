"""The gate: features are stable, limits open and shut, a fitted one knows events from the rest."""

import numpy as np
import pytest

from groundswell.analyse.gate import ALWAYS, LIKELIEST, SIZE, Gate, features
from groundswell.train.gate import fit
from groundswell.train.reader_data import examples


def test_features_are_stable_and_in_range():
    found, of = features(["Miners struck in Lubin on 3 May.", "", "The sea was calm."])
    assert found.min() >= 0
    assert found.max() < SIZE
    assert set(of.tolist()) == {0, 1, 2}
    assert found.tolist() == features(["Miners struck in Lubin on 3 May.", "", "The sea was calm."])[0].tolist()


def test_a_score_does_not_depend_on_the_other_sentences():
    weights = np.random.default_rng(1).normal(size=(SIZE, 2)).astype(np.float32)
    gate = Gate(weights, 0.0, 0.0)
    several = ["Miners struck in Lubin on 3 May.", "", "The sea was calm.", "“No,” he said."]
    together = gate.scores(several)
    for n, sentence in enumerate(several):
        assert gate.scores([sentence])[0].tolist() == together[n].tolist()


def test_threshold_decides():
    weights = np.ones((SIZE, 2), np.float32)
    scores = Gate(weights, 0.0, 0.0).scores(["Any words."])
    assert Gate(weights, 0.0, 0.0).open(scores).tolist() == [True]
    assert Gate(weights, 1e6, 0.0).open(scores).tolist() == [False]


def test_the_likeliest_stand_for_a_document_best_first():
    scores = np.array([[0.0, float(n % 13)] for n in range(26)])
    found = Gate(np.zeros((SIZE, 2), np.float32), 0.0, 7.0).likeliest(scores)
    assert found == [12, 25, 11, 24, 10, 23, 9, 22]
    assert len(found) == LIKELIEST
    assert Gate(np.zeros((SIZE, 2), np.float32), 0.0, 12.0).likeliest(scores) == [12, 25]


def test_of_a_document_without_likely_sentences_only_a_few_stand_for_it():
    gate = Gate(np.zeros((SIZE, 2), np.float32), 0.0, -9.0)
    assert gate.likeliest(np.array([[0.0, 0.45 - 0.1 * n] for n in range(12)])) == [0, 1, 2, 3, 4]
    assert len(gate.likeliest(np.array([[0.0, -1.0 - 0.1 * n] for n in range(12)]))) == ALWAYS


def row(text, trigger=None):
    start = text.index(trigger) if trigger else 0
    span = {"text": trigger, "start": start, "end": start + len(trigger or "")}
    events = [{"type": "PROTEST", "status": "occurred", "trigger": span}] if trigger else []
    return {"text": text, "events": events}


def test_a_fitted_gate_opens_for_events_and_shuts_for_the_rest():
    towns = ["Lubin", "Accra", "Quito", "Perth", "Cork", "Lagos", "Turin", "Hanoi", "Rabat", "Lima", "Osaka", "Dhaka"]
    wanted = [row(f"Workers in {t} marched for pay.", "marched") for t in towns]
    others = [row(f"The sea near {t} was calm and blue.") for t in towns]
    made, figures = fit(examples(wanted + others, pack=64), examples(wanted[:4] + others[:4], pack=64))
    assert figures["recall"] == 1.0
    assert figures["spared"] == 1.0
    assert figures["documents_stood_for"] == 1.0
    scores = made.scores(["Workers in Leeds marched for pay.", "The sea near Leeds was calm and blue."])
    assert made.open(scores).tolist() == [True, False]
    assert made.likeliest(scores) == [0]


def test_refitting_keeps_the_reader_and_tells_the_manifest(tmp_path):
    from groundswell.train.gate import refit

    corpus, folder = tmp_path / "corpus", tmp_path / "models" / "small-1"
    corpus.mkdir()
    folder.mkdir(parents=True)
    import json

    lines = []
    for n, town in enumerate(["Lubin", "Accra", "Quito", "Perth", "Cork", "Lagos", "Turin", "Hanoi"]):
        for each in (row(f"Workers in {town} marched.", "marched"), row(f"The sea near {town} was calm.")):
            lines.append(json.dumps({**each, "split": "dev" if n > 5 else "train"}))
    (corpus / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    np.savez_compressed(folder / "weights.npz", event_out=np.ones(3, np.float16), gate=np.ones(3, np.float16))
    manifest = folder.parent / "manifest.toml"
    manifest.write_text(
        '[reader.small-1.scores]\ngate_recall = 0.1\ndev_events = 0.5\n\n[reader.small-1.files]\n"weights.npz" = "old"\n',
        encoding="utf-8",
    )
    figures = refit(corpus, folder)
    with np.load(folder / "weights.npz") as held:
        assert set(held.files) == {"event_out", "gate_weights", "gate_limits"}
    said = manifest.read_text(encoding="utf-8")
    assert f"gate_recall = {figures['recall']:.4f}" in said
    assert "0.1\n" not in said
    assert "dev_events = 0.5" in said
    assert '"old"' not in said


@pytest.mark.parametrize("sentences", [[], [""], ["", " "]])
def test_nothing_to_read_scores_without_error(sentences):
    assert Gate(np.zeros((SIZE, 2), np.float32), 0.0, 0.0).scores(sentences).shape == (len(sentences), 2)
