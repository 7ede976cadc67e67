"""What a user does with a ledger of an older Groundswell that may not be changed: as the message says."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import LedgerError
from groundswell.store import Ledger


def test_the_advice_for_an_older_ledger_brings_it_up_to_date(tmp_path):
    path = tmp_path / "my.db"
    with Ledger.open(path) as book:
        book.connection.execute("PRAGMA user_version=2")
    with pytest.raises(LedgerError, match="older Groundswell") as told:
        Ledger.open(path, readonly=True)
    command = re.search("`groundswell (.+?)`", str(told.value))
    done = CliRunner().invoke(app, shlex.split(command.group(1)))
    assert done.exit_code == 0, done.output
    Ledger.open(path, readonly=True).close()
