"""What a user meets with a ledger of an older Groundswell: no command changes it but the one for it, which says what it did."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import LedgerError
from groundswell.store import Ledger, schema


def older(path):
    with Ledger.open(path) as book:
        book.connection.execute("PRAGMA user_version=2")
    return path


COMMANDS = ["events", "show", "why", "export", "verify", "backup", "add", "link"]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_other_command_changes_an_older_ledger(tmp_path, command):
    path = older(tmp_path / "my.db")
    (tmp_path / "one.txt").write_text("Hundreds marched in Nairobi on Monday.", encoding="utf-8")
    more = {"show": ["E1234"], "why": ["E1234"], "export": ["csv"], "backup": [str(tmp_path / "b.db")]}
    more["add"] = [str(tmp_path / "one.txt"), "--preset", "rules"]
    before = path.read_bytes()
    done = CliRunner().invoke(app, [command, *more.get(command, []), "--ledger", str(path)])
    assert isinstance(done.exception, LedgerError), done.output
    assert re.search(r"schema 2; .* left as it is\. .*`groundswell migrate --ledger", str(done.exception))
    assert path.read_bytes() == before


def test_the_advice_for_an_older_ledger_brings_it_up_to_date(tmp_path):
    path = older(tmp_path / "my own.db")
    with pytest.raises(LedgerError) as told:
        Ledger.open(path)
    command = shlex.split(re.search("`groundswell (.+?)`", str(told.value)).group(1))
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert f"from schema 2 to {schema.VERSION}" in done.stdout
    assert f"as it was to {path}.schema-2" in done.stdout
    again = CliRunner().invoke(app, command)
    assert (again.exit_code, "Nothing was changed" in again.stdout) == (0, True)
    Ledger.open(path, readonly=True).close()


def test_erasing_tells_of_the_copy_that_migrating_made(tmp_path):
    path = older(tmp_path / "my.db")
    Ledger.migrate(path)
    done = CliRunner().invoke(app, ["erase", "Jane Doe", "--reason", "art-17", "--yes", "--ledger", str(path)])
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.stderr.splitlines()] == [f"{path}.schema-2"]
