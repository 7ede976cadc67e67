"""What a user does with a ledger of an older Groundswell that may not be changed: as the message says."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import LedgerError
from groundswell.store import Ledger, schema


@pytest.mark.parametrize("command", ["events", "add", "link"])
def test_every_command_that_brings_a_ledger_up_to_date_says_so(tmp_path, command):
    path = tmp_path / "my.db"
    with Ledger.open(path) as book:
        book.connection.execute("PRAGMA user_version=2")
    more = [str(tmp_path / "none.txt")] if command == "add" else []
    told = CliRunner().invoke(app, [command, *more, "--ledger", str(path)]).stderr
    assert f"from schema 2 to {schema.VERSION}" in told


def test_the_advice_for_an_older_ledger_brings_it_up_to_date(tmp_path):
    path = tmp_path / "my.db"
    with Ledger.open(path) as book:
        book.connection.execute("PRAGMA user_version=2")
    with pytest.raises(LedgerError, match="older Groundswell") as told:
        Ledger.open(path, readonly=True)
    command = re.search("`groundswell (.+?)`", str(told.value))
    done = CliRunner().invoke(app, shlex.split(command.group(1)))
    assert done.exit_code == 0, done.output
    assert f"from schema 2 to {schema.VERSION}" in done.stderr
    assert "schema" not in CliRunner().invoke(app, shlex.split(command.group(1))).output
    Ledger.open(path, readonly=True).close()
