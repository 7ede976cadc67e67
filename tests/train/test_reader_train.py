"""The way from corpus to a reader that reads; the whole of it only when asked for (-m slow)."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from groundswell.errors import GroundswellError
from groundswell.train.calibrate import calibration_error, logistic
from groundswell.train.reader import install, train

pytest.importorskip("torch", reason="training needs the train extra: pip install 'groundswell[train]'")

from groundswell.train.export import write_section

CORPUS = Path(__file__).parents[2] / "corpus"


def test_a_manifest_section_is_replaced_and_others_stay(tmp_path):
    path = tmp_path / "manifest.toml"
    path.write_text(
        '[gazetteer]\nfile = "g.sqlite"\n\n[reader.a-1]\nold = 1\n\n[reader.a-1.files]\nx = "1"\n\n[reader.b]\nkept = 2\n'
    )
    write_section(path, "a-1", "[reader.a-1]\nnew = 3\n")
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    assert found == {"gazetteer": {"file": "g.sqlite"}, "reader": {"a-1": {"new": 3}, "b": {"kept": 2}}}


def test_logistic_finds_the_odds():
    x = np.array([[-1.0], [1.0]] * 200)
    y = np.array(([0.0] * 3 + [1.0]) * 0 + [0.0, 1.0] * 150 + [1.0, 0.0] * 50)
    constant, slope = logistic(x, y, ridge=0.0)
    assert constant == pytest.approx(0.0, abs=1e-3)
    assert slope == pytest.approx(np.log(3), abs=1e-2)


def test_calibration_error_of_honest_and_of_boastful_scores():
    assert calibration_error([0.75] * 100, [True] * 75 + [False] * 25, bins=1) == pytest.approx(0.0)
    assert calibration_error([0.95] * 100, [True] * 50 + [False] * 50, bins=1) == pytest.approx(0.45)


def test_a_corpus_without_a_split_is_refused(tmp_path):
    pytest.importorskip("torch")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Nothing.", "split": "train"}) + "\n")
    with pytest.raises(GroundswellError, match="no rows with split 'dev'"):
        train(tmp_path, tmp_path / "out")


@pytest.mark.slow
def test_training_is_repeatable_and_its_result_reads(tmp_path):
    pytest.importorskip("torch")
    from groundswell.analyse.reader import Reader
    from groundswell.records import Document, Finding, Record, Span
    from groundswell.values import Sentence

    made = [train(CORPUS, tmp_path / name / "tiny-1", epochs=1, limit=24, threads=1) for name in ("a", "b")]
    assert made[0]["scores"] == made[1]["scores"]
    for file in ("model.onnx", "weights.npz", "settings.json"):
        assert (tmp_path / "a/tiny-1" / file).read_bytes() == (tmp_path / "b/tiny-1" / file).read_bytes()
    text = "Miners struck in Lubin."
    record = Record(Document("x", text), (Finding(Sentence(0, 0), (Span(0, len(text)),), "test"),))
    out = Reader(str(tmp_path / "a/tiny-1")).batch([record])
    assert len(out) == 1
    install(tmp_path / "a/tiny-1", tmp_path / "models")
    assert "tiny-1" in tomllib.loads((tmp_path / "models/manifest.toml").read_text(encoding="utf-8"))["reader"]
