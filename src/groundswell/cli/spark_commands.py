"""Reading with a distributed engine: what `add --engine spark` does, and take, which brings its output into a ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.cli.ledger_commands import HERE, Json, LedgerPath, book_at, link_ledger
from groundswell.errors import UsageError

if TYPE_CHECKING:
    from groundswell.store import Ledger


def register(app: typer.Typer) -> None:
    app.command("take", short_help="Take what a distributed engine read into the ledger.")(take)


def add_on_spark(
    engine: str,
    to: Path | None,
    sources: list[str],
    *,
    published: str | None,
    preset: str,
    mapping: dict[str, str] | None,
    json: bool,
) -> tuple[Counter[str], list[str]]:
    """Read sources on Spark into the folder ``to`` and say how to take it in; also returns, where nothing was read, the sources that are not there.

    Raises UsageError without ``to``.
    """
    from groundswell.api import as_date
    from groundswell.engines.spark import master_of, read_spark, session
    from groundswell.engines.taken import plan

    master = master_of(engine)
    if to is None:
        raise UsageError("--engine spark needs --to PATH: a new folder that driver and workers see.")
    spark = session(master)
    try:
        found = read_spark(spark, sources, to, preset=preset, published=as_date(published), mapping=mapping)
    finally:
        spark.stop()
    if not json:
        typer.echo(f"Written to {to}. Take it into a ledger with: groundswell take {to} --ledger my.db", err=True)
    counts = Counter(found)
    if counts.total() > counts["rejected"]:
        return counts, []
    return counts, [row["source_id"] for row in plan(sources)[1] if '"not_found"' in row["problems"]]


def refuse_local_options(engine: str, given: Mapping[str, object]) -> None:
    """Raises UsageError for options, by name, that only the local engine knows."""
    named = [name for name, value in given.items() if value is not None]
    if named:
        raise UsageError(
            f"{', '.join(named)} means nothing with --engine {engine}: Spark settles what is read where. Leave it out, or set "
            "Spark's own settings (spark-submit, spark-defaults.conf)."
        )


def link_on_spark(engine: str, book: Ledger) -> Any:
    """Link an open ledger, the pairs scored by Spark's workers."""
    from groundswell.engines.spark import master_of, session
    from groundswell.engines.spark_link import comparing

    spark = session(master_of(engine))
    try:
        return link_ledger(book, comparing(spark))
    finally:
        spark.stop()


def take(
    folder: Annotated[Path, typer.Argument(help="Folder that `add --engine spark --to` wrote.")],
    ledger: LedgerPath = HERE,
    json: Json = False,
) -> None:
    """[bold]groundswell take read/ --ledger my.db[/bold]

    Takes in what `groundswell add --engine spark --to read/` wrote. The same reading twice changes nothing; another one supersedes
    the older, but for a dismissal of what was read whole.
    """
    from groundswell.engines.taken import run_of, stored_rows
    from groundswell.store.postgres import told

    made = run_of(folder)
    counts: Counter[str] = Counter()
    with book_at(ledger) as book:
        run = book.start_run(made["by"], made["settings"])
        for batch in stored_rows(folder):
            book.add(batch, run)
            counts.update(each.outcome for each in batch)
    if json:
        import msgspec

        typer.echo(msgspec.json.encode({**counts, "inputs": sum(counts.values())}).decode())
    else:
        from groundswell.cli.render import console, outcomes_table

        console().print(outcomes_table(counts, told(ledger)))
