"""Commands of the workbench: serve, and accounts for those who may log in where others can reach it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundswell.cli.ledger_commands import HERE, LedgerPath, opened
from groundswell.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("serve", short_help="Open the workbench in the browser.")(serve)
    app.command("accounts", short_help="Who may log in to the workbench, and as what.")(accounts)


def serve(
    ledger: LedgerPath = HERE,
    port: Annotated[int, typer.Option(help="Port on this machine; 0 takes a free one.")] = 8321,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Any but this machine's own needs accounts: groundswell accounts.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(help="A host name that browsers will use for this machine, e.g. bench.example.org."),
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate (PEM), to serve https.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key of the certificate (PEM).")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """[bold]groundswell serve --ledger my.db[/bold]

    Opens the workbench in the browser. Only this machine can reach it, and it asks nothing of the network. With --host others
    reach it too: they log in with an account, and plain http is named as what it is.
    """
    if (certificate is None) != (key is None):
        raise UsageError("Give --certificate and --key together, or neither.")
    tls = (certificate, key) if certificate and key else None
    serve_ledger(ledger, port=port, browser=browser, host=host, names=tuple(name or ()), tls=tls)


def serve_ledger(
    path: Path,
    *,
    port: int = 8321,
    browser: bool = True,
    host: str = "127.0.0.1",
    names: tuple[str, ...] = (),
    tls: tuple[Path, Path] | None = None,
) -> None:
    from groundswell.serve import run
    from groundswell.serve.server import is_loopback
    from groundswell.store import postgres

    postgres.refuse(path, "serve", "Take it into a file to look at: `groundswell merge-ledger URL --ledger copy.db`.")
    local = is_loopback(host)

    def announce(url: str) -> None:
        typer.echo(f"Groundswell is at {url}\nStop it with Ctrl-C.")
        if not local and tls is None:
            typer.secho(
                "Others can reach this, and http shows passwords and texts to the network in between. Give --certificate and "
                "--key, or put a reverse proxy with TLS in front.", fg="yellow", err=True,
            )  # fmt: skip
        if browser and local:
            import webbrowser

            webbrowser.open(url)

    with opened(path):
        pass
    run(path, port=port, announce=announce, host=host, names=names, tls=tls)


def accounts(
    name: Annotated[str | None, typer.Argument(help="Who; without it the accounts are listed.")] = None,
    role: Annotated[str | None, typer.Argument(help="viewer, coder, adjudicator or admin.")] = None,
    ledger: LedgerPath = HERE,
    remove: Annotated[bool, typer.Option("--remove", help="Take the account away.")] = False,
) -> None:
    """[bold]groundswell accounts ana coder --ledger my.db[/bold]

    Adds an account or gives it another role and password (asked for, never on the command line). viewer looks; coder also
    reviews and codes; adjudicator also settles what coders differ in; admin also changes the project's settings.
    """
    from groundswell.serve.accounts import Accounts, beside
    from groundswell.store.postgres import refuse

    refuse(
        ledger, "accounts", "Take it into a file for the workbench: `groundswell merge-ledger URL --ledger copy.db`."
    )
    with opened(ledger):
        pass
    book = Accounts.load(beside(ledger))
    if name is None:
        for who, account in sorted(book.people.items()):
            typer.echo(f"{who}\t{account['role']}")
        if not book.people:
            typer.echo("No account yet. Add one: groundswell accounts NAME ROLE", err=True)
        return
    if remove:
        book.remove(name)
        typer.echo(f"{name} may no longer log in.")
        return
    if role is None:
        raise UsageError("Say as what: viewer, coder, adjudicator or admin.")
    book.check_role(role)
    password = typer.prompt(f"Password for {name} (at least 10 characters)", hide_input=True, confirmation_prompt=True)
    book.put(name, role, password)
    typer.echo(f"{name} may log in as {role}. A workbench that is running knows it at once.")
