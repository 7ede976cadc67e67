"""Every command on a small ledger, as a user types it; exit codes as documented."""

import json

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import GroundswellError

ARTICLES = {
    "strike.txt": "Dockers strike in Mombasa\n\n10 September 2024\n\nDockers walked out at the port of Mombasa on Monday. The union said 1,200 workers "
    "joined the strike; the port authority put the number at about 700. Police arrested six pickets.",
    "blast.txt": "Blast in Peshawar market kills six\n\n3 October 2024\n\nA bomb exploded at a market in Peshawar on Wednesday, killing at least six people.",
}


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "my.db"
    done = run("add", str(folder / "*.txt"), "--ledger", str(path), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1])["read"] == 2
    return path


def rows(ledger, *more):
    done = run("events", "--ledger", str(ledger), "--json", *more)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_adding_again_is_a_no_op_and_the_outcomes_add_up(ledger):
    before = rows(ledger)
    done = run("add", str(ledger.parent / "*.txt"), "--ledger", str(ledger), "--json")
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes["duplicate"] == 2
    assert outcomes["inputs"] == sum(v for k, v in outcomes.items() if k != "inputs")
    assert rows(ledger) == before


def test_events_are_filtered(ledger):
    assert {e["type"] for e in rows(ledger, "--type", "protest")} == {"PROTEST"}
    assert all(e["place"]["country"] == "PAK" for e in rows(ledger, "--country", "PAK"))
    assert rows(ledger, "--since", "2030-01-01") == []


def test_show_and_why_take_the_first_characters_of_an_id(ledger):
    event = rows(ledger, "--type", "PROTEST")[0]
    shown = run("show", event["id"][:10], "--ledger", str(ledger))
    assert "PROTEST" in shown.output
    reasons = run("why", event["id"][:10], "--ledger", str(ledger))
    assert reasons.exit_code == 0
    assert "read by english-4" in " ".join(reasons.output.split())


def test_link_verify_backup_restore(ledger, tmp_path):
    linked = run("link", "--ledger", str(ledger))
    assert linked.exit_code == 0
    assert "pairs compared" in linked.output
    assert run("verify", "--ledger", str(ledger)).exit_code == 0
    assert run("backup", str(tmp_path / "b.db"), "--ledger", str(ledger)).exit_code == 0
    assert run("restore", str(tmp_path / "b.db"), str(tmp_path / "r.db")).exit_code == 0
    assert len(rows(tmp_path / "r.db")) == len(rows(ledger))


def test_export_to_standard_output(ledger):
    done = run("export", "csv", "--ledger", str(ledger))
    assert done.stdout.startswith("event_id,type,mode,status")


def test_doctor_finds_everything_in_place():
    done = run("doctor")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["events", "--ledger", "nowhere.db"], 6, "There is no ledger at nowhere.db"),
        (["events", "--type", "DANCE"], 2, "Types: PROTEST"),
        (["read", "x", "--preset", "klingon"], 2, "Available: english, english-stream, baseline"),
        (["read", "x", "--published", "yesterday"], 2, "YYYY-MM-DD"),
        (["add", "x", "--map", "text"], 2, "names no column"),
    ],
)
def test_errors_say_what_to_do_next(arguments, code, words):
    done = run(*arguments)
    assert isinstance(done.exception, GroundswellError)
    assert done.exception.exit_code == code
    assert words in str(done.exception)


def test_nothing_readable_has_an_exit_code_of_its_own(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    done = run("read", str(tmp_path / "empty.txt"))
    assert done.exit_code == 8
    assert "rejected" in done.output


@pytest.mark.parametrize("call", [("read",), ("read", "--json"), ("add", "--ledger", "x.db")])
def test_an_empty_folder_is_named_and_is_no_missing_source(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / ".hidden").write_text("left out")
    done = run(*call, "none")
    assert done.exit_code == 8
    assert "rejected" in done.output
    assert call[0] == "add" or "holds no files" in " ".join(done.output.split())


@pytest.mark.parametrize("call", [("read",), ("read", "--json"), ("add", "--ledger", "x.db")])
def test_a_source_that_is_not_there_ends_with_its_exit_code(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    done = run(*call, "missing.txt")
    assert done.exit_code == 3
