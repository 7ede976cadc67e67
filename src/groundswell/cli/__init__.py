"""The command line: the only part that prints, prompts or exits. Each command lives in the module named for its purpose."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from groundswell import __version__
from groundswell.cli import (
    bench_commands,
    corpus_commands,
    ledger_commands,
    reading_commands,
    serve_commands,
    spark_commands,
)
from groundswell.errors import GroundswellError

NOTHING_READ = 8
EPILOG = (
    "Exit codes: 0 done · 1 failure · 2 wrong call · 3 source missing · 4 rules or pipeline · 5 model · 6 ledger · "
    "7 somebody decided in the meantime · 8 nothing could be read."
)

app = typer.Typer(
    name="groundswell",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""[bold]groundswell read article.html[/bold]     (try: groundswell demo)

    Reads news articles and statements into an auditable record of protests, strikes, attacks, arrests and talks:
    who, whom, where, when, how many, according to whom. Every value is tied to its words.""",
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"groundswell {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


reading_commands.register(app)
spark_commands.register(app)
ledger_commands.register(app)
serve_commands.register(app)
corpus_commands.register(app)
bench_commands.register(app)


def main() -> None:
    """Entry point of the ``groundswell`` command: runs it and turns errors into a message and an exit code."""
    # Output is UTF-8 whatever the locale says: article texts hold every script.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(standalone_mode=True)
    except GroundswellError as error:
        typer.secho(f"groundswell: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
