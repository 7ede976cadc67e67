"""Accounts from the command line, and what serve refuses before it listens."""

import pytest
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import UsageError
from groundswell.serve.accounts import Accounts, beside
from groundswell.store import Ledger


@pytest.fixture
def ledger(tmp_path):
    Ledger.open(tmp_path / "my.db").close()
    return tmp_path / "my.db"


def run(*arguments, said=""):
    return CliRunner().invoke(app, [str(each) for each in arguments], input=said)


def test_accounts_are_added_listed_and_removed_and_no_password_is_an_argument(ledger):
    password = "correct horse battery"
    added = run("accounts", "ana", "coder", "--ledger", ledger, said=f"{password}\n{password}\n")
    assert added.exit_code == 0, added.output
    assert password not in added.output
    assert Accounts.load(beside(ledger)).check("ana", password) == "coder"
    assert run("accounts", "--ledger", ledger).output.strip() == "ana\tcoder"
    assert run("accounts", "ana", "--remove", "--ledger", ledger).exit_code == 0
    assert Accounts.load(beside(ledger)).people == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ana",), "Say as what"),
        (("ana", "boss"), "Unknown role"),
        (("<b>", "admin"), "A name holds"),
        (("nobody", "--remove"), "no account"),
    ],
)
def test_accounts_that_cannot_be_are_refused(ledger, arguments, said):
    found = run("accounts", *arguments, "--ledger", ledger, said="correct horse battery\n" * 2)
    assert isinstance(found.exception, UsageError)
    assert said in str(found.exception)


def test_serve_refuses_open_addresses_without_accounts_and_halves_of_tls(ledger):
    found = run("serve", "--host", "0.0.0.0", "--port", "0", "--no-browser", "--ledger", ledger)
    assert isinstance(found.exception, UsageError)
    assert f"groundswell accounts NAME admin --ledger {ledger}" in str(found.exception)
    found = run("serve", "--key", ledger, "--ledger", ledger)
    assert "together" in str(found.exception)
