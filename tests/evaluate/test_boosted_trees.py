"""Boosted trees: they learn what a sum cannot, are the same each time, and survive writing and reading."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("sklearn", reason="fitting needs the train extra: pip install 'groundswell[train]'")

from groundswell.errors import GroundswellError, SourceError
from groundswell.evaluate import boosted_trees
from groundswell.evaluate.boosted_trees import Shape, fit_trees
from groundswell.trees import Trees, load, save


def rows(seed=1, many=600):
    chance = random.Random(seed)
    given = [
        {"a": float(chance.randint(0, 3)), "b": float(chance.randint(0, 1)), "noise": chance.random()}
        for _ in range(many)
    ]
    return given, [bool(row["b"]) != (row["a"] > 1) for row in given]


def test_they_learn_either_or():
    given, right = rows()
    trees = fit_trees(given, right, ["a", "b", "noise"], Shape(trees=40))
    fresh, wanted = rows(seed=2)
    assert sum((trees.log_odds(row) > 0) == want for row, want in zip(fresh, wanted, strict=True)) > 0.98 * len(fresh)


def test_same_rows_same_trees_and_what_is_not_named_is_nought():
    given, right = rows()
    first, second = (fit_trees(given, right, ["a", "b"], Shape(trees=5)) for _ in range(2))
    assert first.trees == second.trees
    assert first.log_odds({}) == first.log_odds({"a": 0.0, "b": 0.0, "unknown": 7.0})


def test_nothing_to_tell_gives_the_share():
    trees = fit_trees([{"a": 1.0}] * 40, [True] * 30 + [False] * 10, ["a"], Shape(trees=3))
    assert abs(trees.log_odds({"a": 1.0}) - 1.0986) < 0.01


def test_written_and_read_they_say_the_same(tmp_path, monkeypatch):
    given, right = rows(many=200)
    trees = fit_trees(given, right, ["a", "b"], Shape(trees=3))
    save(trees, tmp_path / "t.json", "a test")
    monkeypatch.setattr("groundswell.trees.files", lambda package: tmp_path)
    back = load("any", "t.json")
    assert isinstance(back, Trees)
    assert all(abs(back.log_odds(row) - trees.log_odds(row)) < 1e-3 for row in given)


@pytest.mark.parametrize("right", [[], [True] * 40, [False] * 40])
def test_answers_that_are_all_the_same_teach_nothing(right):
    with pytest.raises(SourceError, match="nothing to learn"):
        fit_trees([{"a": 1.0}] * len(right), right, ["a"], Shape(trees=3))


def test_a_model_that_keeps_its_trees_otherwise_is_refused(monkeypatch):
    given, right = rows(many=200)
    monkeypatch.setattr(boosted_trees, "_nodes", lambda nodes: [(-1, 0.0, 0, 0)])
    with pytest.raises(GroundswellError, match="differ from it"):
        fit_trees(given, right, ["a", "b"], Shape(trees=20))
