"""The list of linking's errors says what was joined or missed, where, and in whose words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import UsageError
from groundswell.evaluate import link_errors, link_sets

SET = Path(__file__).parents[2] / "examples" / "linking" / "reports.jsonl"


@pytest.fixture(scope="module")
def labelled():
    return link_sets.written(SET, "test")[:40]


def test_a_perfect_grouping_has_no_errors(labelled):
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    assert link_errors.link_errors(labelled, truth) == []


def test_every_happening_alone_and_all_in_one_are_told_apart(labelled):
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    happenings = sorted(set(truth.values()))
    merged = link_errors.link_errors(labelled, dict.fromkeys(truth, "E"))
    assert {error.kind for error in merged} == {"false merge"}
    assert len(merged) == len(happenings) * (len(happenings) - 1) // 2
    assert all(truth[error.left] != truth[error.right] for error in merged)
    apart = link_errors.link_errors(labelled, {report: report for report in truth})
    assert {error.kind for error in apart} == {"missed link"}
    assert all(truth[error.left] == truth[error.right] for error in apart)
    sizes = [list(truth.values()).count(name) for name in happenings]
    assert len(apart) == sum(size * (size - 1) // 2 for size in sizes)


def test_an_error_says_where_it_went_wrong_and_in_whose_words(labelled):
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    for error in link_errors.link_errors(labelled, dict.fromkeys(truth, "E")):
        assert (error.score is None) <= (error.where == "brought in by others")
        assert (error.where == "scored as one") == (error.score is not None and error.score >= 0.5)
        assert all(sentence.count("[[") == 1 for sentence in error.said)
        assert error.reason.endswith(".")
        assert all(error.features.values())
    ruled = [error for error in link_errors.link_errors(labelled, {r: r for r in truth}) if error.where == "ruled out"]
    assert all(error.score is None for error in ruled)


def test_a_short_list_is_spread_over_all(labelled):
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    errors = link_errors.link_errors(labelled, dict.fromkeys(truth, "E"))
    short = link_errors.spread(errors, 5)
    assert len({(error.left, error.right) for error in short}) == 5
    assert errors.index(short[-1]) >= len(errors) * 4 // 5
    assert link_errors.spread(errors[:3], 5) == errors[:3]


def test_the_command_prints_scores_and_errors():
    done = CliRunner().invoke(app, ["evaluate", "--linking", "--errors", "3", str(SET)])
    assert done.exit_code == 0, done.output
    assert "false merges" in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith(("false merge:", "missed link:"))]) == 3
    assert '"crossed":0' in CliRunner().invoke(app, ["evaluate", "--linking", "--json", str(SET)]).stdout


def test_a_missing_set_is_named(tmp_path):
    done = CliRunner().invoke(app, ["evaluate", "--linking", str(tmp_path / "none.jsonl")])
    assert isinstance(done.exception, UsageError)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--gate"], "Leave out --gate"),
        (["--preset", "rules"], "Leave out --gate"),
        (["README.md"], "README.md is no set with gold happenings"),
        (["corpus"], "corpus is no set with gold happenings"),
        (["--split", "dev"], "no reports of split 'dev'; there are fit and test"),
    ],
)
def test_what_cannot_be_scored_is_said(monkeypatch, arguments, told):
    monkeypatch.chdir(SET.parents[2])
    done = CliRunner().invoke(app, ["evaluate", "--linking", *arguments])
    assert isinstance(done.exception, UsageError), done.output
    assert told in str(done.exception)


def test_json_holds_the_errors_too():
    done = CliRunner().invoke(app, ["evaluate", "--linking", "--json", "--errors", "2", str(SET)])
    found = json.loads(done.stdout)
    assert [len(each["said"]) for each in found["errors"]] == [2, 2]
