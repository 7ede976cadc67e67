"""Commands on a ledger: events, show, why, link, export, verify, backup, restore, migrate, merge-ledger, erase, doctor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from groundswell.store import Ledger

LedgerPath = Annotated[Path, typer.Option("--ledger", "-l", help="The ledger file.", envvar="GROUNDSWELL_LEDGER")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
HERE = Path("groundswell.db")


def register(app: typer.Typer) -> None:
    for name, command, said in (
        ("events", events, "List and filter the events of a ledger."),
        ("show", show, "One event, report or document."),
        ("why", why, "Where every value of an event comes from."),
        ("link", link, "Find the reports that tell of the same happening."),
        ("export", export, "Write tables, maps, calendars, formats of the field."),
        ("verify", verify, "Check that nothing stored was altered or lost."),
        ("backup", backup, "Copy a ledger while it is in use."),
        ("restore", restore, "Make a ledger of a backup."),
        ("migrate", migrate, "Bring a ledger of an older Groundswell up to date."),
        ("merge-ledger", merge_ledger, "Take another ledger in."),
        ("erase", erase, "Remove a private person's name for good."),
        ("doctor", doctor, "Versions, models, checksums, writable paths."),
    ):
        app.command(name, short_help=said)(command)


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """The existing ledger at this path; a missing one is an error, not a new empty file."""
    from groundswell.store.postgres import is_url

    if not path.exists() and not is_url(path):
        raise LedgerError(f"There is no ledger at {path}. Make one with: groundswell add FOLDER --ledger {path}")
    book = book_at(path, create=False)
    try:
        yield book
    finally:
        book.close()


def book_at(path: Path, *, create: bool = True) -> Ledger:
    """``Ledger.open``, imported when needed."""
    from groundswell.store import Ledger

    return Ledger.open(path, create=create)


def events(
    ledger: LedgerPath = HERE,
    type: Annotated[str | None, typer.Option(help="PROTEST, ASSAULT, COERCE …")] = None,
    mode: Annotated[str | None, typer.Option(help="strike, arrest …")] = None,
    status: Annotated[str | None, typer.Option(help="occurred, announced, called_for …")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166 alpha-3, e.g. KEN")] = None,
    since: Annotated[str | None, typer.Option(help="Earliest day, YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option(help="Latest day, YYYY-MM-DD")] = None,
    actor: Annotated[str | None, typer.Option(help="Part of an actor's name")] = None,
    text: Annotated[str | None, typer.Option(help="Words in the document")] = None,
    limit: Annotated[int, typer.Option(help="Rows at most.")] = 50,
    json: Json = False,
) -> None:
    """[bold]groundswell events --type PROTEST --country KEN --since 2024-06-01[/bold]

    Lists the events of a ledger.
    """
    filters = _filters(
        type=type, mode=mode, status=status, country=country, since=since, until=until, actor=actor, text=text
    )
    with opened(ledger) as book:
        found = list(book.events(filters, limit=limit + 1))
    if json:
        for row in found[:limit]:
            _print_json(row)
        return
    from groundswell.cli.render import console, events_table

    more = f" (first {limit}; use --limit)" if len(found) > limit else ""
    console().print(events_table(found[:limit], title=f"{len(found[:limit])} events{more}"))


def _filters(**given: Any) -> Any:
    from datetime import date

    from groundswell.store import Filters
    from groundswell.values import EVENT_TYPES, STATUSES

    for key in ("since", "until"):
        if given.get(key):
            try:
                given[key] = date.fromisoformat(given[key])
            except ValueError:
                raise UsageError(f"--{key} {given[key]!r} is not a date. Write YYYY-MM-DD.") from None
    if given.get("type") and given["type"].upper() not in EVENT_TYPES:
        raise UsageError(f"--type {given['type']!r} is unknown. Types: {', '.join(EVENT_TYPES)}.")
    if given.get("status") and given["status"] not in STATUSES:
        raise UsageError(f"--status {given['status']!r} is unknown. Statuses: {', '.join(STATUSES)}.")
    if given.get("type"):
        given["type"] = given["type"].upper()
    return Filters(**{key: value for key, value in given.items() if value is not None})


def _print_json(row: Any) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(row).decode())


Id = Annotated[str, typer.Argument(help="Id of an event, a report or a document; its first characters are enough.")]


def find(book: Ledger, id: str) -> tuple[str, dict[str, Any]]:
    """What an id, or the beginning of one, names: ("event" | "report" | "document", its JSON)."""
    for whole in [id, *book.ids_beginning(id)]:
        for kind, look_up in (("event", book.event), ("report", book.report), ("document", book.document)):
            found = look_up(whole)
            if found is not None:
                return kind, found
    raise UsageError(f"Nothing in {book.path} has an id that begins with {id!r}. List events with: groundswell events")


def show(id: Id, ledger: LedgerPath = HERE, json: Json = False) -> None:
    """[bold]groundswell show 3f2a91c0[/bold]

    Prints one event with all its reports, one report, or one document.
    """
    with opened(ledger) as book:
        kind, found = find(book, id)
        if json:
            _print_json(found)
            return
        from groundswell.cli.render import console, document_panel, event_block

        out = console()
        if kind == "document":
            out.print(document_panel(found))
        elif kind == "report":
            out.print(event_block(found))
        else:
            for report in found["reports"]:
                stored = book.report(report["id"]) if isinstance(report, dict) else book.report(report)
                if stored:
                    out.print(event_block(stored), "")


def why(id: Id, ledger: LedgerPath = HERE) -> None:
    """[bold]groundswell why 3f2a91c0[/bold]

    Prints where every value comes from: event, decisions, links, reports, words, rule or model.
    """
    from groundswell.cli.explain import explanation
    from groundswell.cli.render import console

    with opened(ledger) as book:
        kind, found = find(book, id)
        console().print(explanation(book, kind, found))


def link_ledger(book: Ledger, comparing: Any = None) -> Any:
    """Link all reports of an open ledger, with a progress bar on standard error; ``comparing``: see groundswell.link.link."""
    from rich.progress import Progress

    from groundswell.cli.render import console
    from groundswell.link import link as link_reports

    with Progress(console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("linking", total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=f"linking: {step}", completed=done, total=total or None)

        return link_reports(book, progress=tell, comparing=comparing)


def link(
    ledger: LedgerPath = HERE,
    engine: Annotated[
        str, typer.Option("--engine", help="local, spark, or spark://MASTER: pairs are scored by a cluster.")
    ] = "local",
) -> None:
    """[bold]groundswell link --ledger my.db[/bold]

    Finds the reports that tell of the same happening; keeps every report, its score and the reason.
    """
    with opened(ledger) as book:
        if engine == "local":
            result = link_ledger(book)
        else:
            from groundswell.cli.spark_commands import link_on_spark

            result = link_on_spark(engine, book)
    typer.echo(
        f"{result.reports:,} reports, {result.compared:,} pairs compared, {result.links:,} links kept with score and reason; "
        f"{result.merged_events:,} events joined to others; {result.copies:,} copies of a text count as one source"
    )


def export(
    format: Annotated[
        str,
        typer.Argument(help="csv, parquet, jsonl, events-jsonl, geojson, ical, atom, acled, ccc, plover, annotations"),
    ],
    ledger: LedgerPath = HERE,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File or folder to write; standard output if left out.")
    ] = None,
    type: Annotated[str | None, typer.Option(help="Only this type.")] = None,
    status: Annotated[str | None, typer.Option(help="Only this status.")] = None,
    country: Annotated[str | None, typer.Option(help="Only this country (alpha-3).")] = None,
    since: Annotated[str | None, typer.Option(help="Earliest day.")] = None,
    until: Annotated[str | None, typer.Option(help="Latest day.")] = None,
) -> None:
    """[bold]groundswell export csv --ledger my.db --out tables/[/bold]

    Writes the ledger in a format of the field; evidence offsets and sources go with it.
    """
    from groundswell.export import export as write

    filters = _filters(type=type, status=status, country=country, since=since, until=until)
    with opened(ledger) as book:
        written = write(book, format, filters=filters, out=out, at=_now())
    if out is None:
        typer.echo(written, nl=False)
    else:
        typer.echo(f"Wrote {written}")


def _now() -> str:
    """The one place where the clock is read for decisions and exports."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def verify(ledger: LedgerPath = HERE) -> None:
    """[bold]groundswell verify --ledger my.db[/bold]

    Checks every text, reading, run and decision against its hash; names what was altered, lost or cut off. Exit code 6 if any.
    """
    with opened(ledger) as book:
        problems = book.verify()
    for problem in problems:
        typer.secho(f"{problem.code}: {problem.message}", fg="red")
    if problems:
        raise typer.Exit(LedgerError.exit_code)
    typer.secho("Every text, reading, run and decision is as it was written.", fg="green")


def backup(target: Annotated[Path, typer.Argument(help="File to write.")], ledger: LedgerPath = HERE) -> None:
    """[bold]groundswell backup monday.db --ledger my.db[/bold]

    Copies a ledger while it is in use.
    """
    with opened(ledger) as book:
        book.backup(target)
    typer.echo(f"Wrote {target}")


def restore(
    source: Annotated[Path, typer.Argument(help="A backup.")],
    target: Annotated[Path, typer.Argument(help="Ledger to write; must not exist.")],
) -> None:
    """[bold]groundswell restore monday.db restored.db[/bold]

    Checks a backup and makes a ledger of it.
    """
    from groundswell.store import Ledger

    Ledger.restore(source, target)
    typer.echo(f"Restored {source} to {target}")


def migrate(
    ledger: LedgerPath = HERE,
    backup: Annotated[
        Path | None, typer.Option(help="File to copy the ledger to first; LEDGER.schema-N by default.")
    ] = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Make no copy first.")] = False,
) -> None:
    """[bold]groundswell migrate --ledger my.db[/bold]

    Copies a ledger of an older Groundswell, then brings it up to date. No other command changes one. Afterwards older
    installations can open the copy only.
    """
    from groundswell.store import Ledger
    from groundswell.store.postgres import told

    if backup is not None and no_backup:
        raise UsageError("--backup and --no-backup were both given. Leave one out.")
    done = Ledger.migrate(ledger, backup=backup, without_backup=no_backup)
    if done.before == done.after:
        typer.echo(f"{told(ledger)} is up to date (schema {done.after}). Nothing was changed.")
        return
    if done.backup is not None:
        typer.echo(f"Copied {told(ledger)} as it was to {done.backup}")
    typer.echo(
        f"Brought {told(ledger)} from schema {done.before} to {done.after}. What was read and decided is as it was."
    )


def merge_ledger(
    other: Annotated[Path, typer.Argument(help="The ledger to take in.")], ledger: LedgerPath = HERE
) -> None:
    """[bold]groundswell merge-ledger shard-2.db --ledger all.db[/bold]

    Takes documents, readings, runs and decisions of another ledger in; what is there already is left as it is.
    """
    with book_at(ledger) as book:
        typer.echo(str(book.merge(other)))


def erase(
    phrase: Annotated[str, typer.Argument(help="The name to remove for good.")],
    reason: Annotated[str, typer.Option(help="Legal ground or reason, kept without the name.")],
    ledger: LedgerPath = HERE,
    by: Annotated[str, typer.Option(help="Who decided this.")] = "review:local",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """[bold]groundswell erase "Jane Doe" --reason art-17 --ledger my.db[/bold]

    Removes a private person's name from texts, findings and index, and keeps it out when documents are read again.
    """
    from groundswell.store.postgres import told

    if not yes and not typer.confirm(f"Remove every mention of {phrase!r} from {told(ledger)} for good?"):
        raise typer.Exit(2)
    with opened(ledger) as book:
        typer.echo(str(book.erase(phrase, by=by, at=_now(), reason=reason)))
    for copy in sorted(ledger.parent.glob(f"{escape(ledger.name)}.schema-[0-9]*")):
        if copy.suffix not in (".head", ".key"):
            typer.secho(
                f"{copy} was made before and may still hold the name. Remove it once you need it no more.",
                fg="yellow",
                err=True,
            )


def doctor() -> None:
    """[bold]groundswell doctor[/bold]

    Versions, models with their checksums, optional parts, writable paths. Exit code 5 when a model is missing or altered.
    """
    from groundswell.cli.doctor import diagnosis
    from groundswell.cli.render import console, problems_table

    rows = diagnosis()
    console().print(problems_table(rows, title="Groundswell"))
    if any(state == "broken" for _, state, _ in rows):
        raise typer.Exit(5)
