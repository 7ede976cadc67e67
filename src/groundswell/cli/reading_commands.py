"""Commands that read sources: read, add, demo."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.errors import UsageError

if TYPE_CHECKING:
    from groundswell.api import ReadDocument
    from groundswell.engines.shards import Shard
    from groundswell.store import Ledger

OUTCOMES = ("read", "partial", "irrelevant", "duplicate", "rejected")
ADD_BATCH = 32

Sources = Annotated[list[str], typer.Argument(help="Files, folders, globs, archives, URLs, or - for standard input.")]
Published = Annotated[
    str | None,
    typer.Option("--published", metavar="DATE", help="Date of publication where the source gives none (YYYY-MM-DD)."),
]
Preset = Annotated[str, typer.Option("--preset", help="english (trained reader) or baseline (rules and spaCy).")]
StreamPreset = Annotated[
    str,
    typer.Option(
        "--preset",
        help="english-stream (documents in which no event is expected are named and not read to their end), english (every "
        "document is read whole, dismissed ones anew) or baseline (rules and spaCy).",
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=COLUMN", help="Column of a corpus to use for a field: text, title, published, url, id."
    ),
]
LedgerPath = Annotated[Path, typer.Option("--ledger", "-l", help="The ledger file.", envvar="GROUNDSWELL_LEDGER")]
Threads = Annotated[int, typer.Option("--threads", help="Threads the reader may use.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", help="Reading processes; 0 reads in this one. Left out: one a core where there is much to read."
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="local, spark, or spark://MASTER: read on a cluster into --to PATH; then: groundswell take PATH.",
    ),
]
ShardOption = Annotated[
    str | None, typer.Option("--shard", metavar="N/COUNT", help="Read only the N-th of COUNT parts of the sources.")
]


def register(app: typer.Typer) -> None:
    app.command("read", short_help="Print what documents report; nothing is stored.")(read)
    app.command("add", short_help="Read sources into the ledger.")(add)
    app.command("demo", short_help="Read two dozen sample articles and open them in the browser.")(demo)


def read(
    sources: Sources,
    published: Published = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a document a line.")] = False,
    preset: Preset = "english",
    map: Map = None,
    threads: Threads = 1,
) -> None:
    """[bold]groundswell read article.html --published 2023-11-08[/bold]

    Prints what documents report, evidence marked in its sentence. Nothing is stored.
    """
    from groundswell.api import read_all

    missing: list[str] = []
    every = read_all(sources, published=published, preset=preset, mapping=_mapping(map), threads=threads)
    found = _noting_missing(every, missing)
    counts = _print_json(found) if json else _print_tables(found)
    if not counts["read"] + counts["partial"] + counts["irrelevant"]:
        raise typer.Exit(_nothing_read(counts, missing))


def _noting_missing(found: Iterator[ReadDocument], missing: list[str]) -> Iterator[ReadDocument]:
    for item in found:
        if any(problem["code"] == "not_found" for problem in item.problems):
            missing.append(item.source_id)
        yield item


def _nothing_read(counts: Counter[str], missing: list[str]) -> int:
    """The exit code when no input was read: 3 where none of them was there, 8 otherwise."""
    return 3 if missing and len(missing) == sum(counts.values()) else 8


def _print_json(found: Iterator[ReadDocument]) -> Counter[str]:
    import msgspec

    counts: Counter[str] = Counter()
    for item in found:
        counts[item.outcome] += 1
        if item.json is not None:
            sys.stdout.write(msgspec.json.encode(item.json).decode() + "\n")
            sys.stdout.flush()
        else:
            said = " ".join(problem["message"] for problem in item.problems)
            of = f" of {item.duplicate_of}" if item.duplicate_of else ""
            typer.echo(f"{item.source_id}: {item.outcome}{of}. {said}", err=True)
    return counts


def _print_tables(found: Iterator[ReadDocument]) -> Counter[str]:
    from groundswell.cli.render import console, document_panel, outcome_line

    counts: Counter[str] = Counter()
    for item in found:
        counts[item.outcome] += 1
        out = console()
        if item.json is not None:
            out.print(document_panel(item.json))
        else:
            out.print(outcome_line(item))
    return counts


def add(
    sources: Sources,
    ledger: LedgerPath = Path("groundswell.db"),
    published: Published = None,
    preset: StreamPreset = "english-stream",
    map: Map = None,
    threads: Threads = 1,
    jobs: Jobs = None,
    shard: ShardOption = None,
    engine: Engine = "local",
    to: Annotated[Path | None, typer.Option("--to", help="Folder that a distributed engine writes Parquet to.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcomes as one JSON object.")] = False,
) -> None:
    """[bold]groundswell add corpus/ --ledger my.db[/bold]

    Reads sources into the ledger, with a progress bar; stop it and start it again at will: what is there is not read twice.
    """
    if engine != "local":
        from groundswell.cli.spark_commands import add_on_spark, refuse_local_options

        refuse_local_options(engine, {"--jobs": jobs, "--shard": shard, "--threads": None if threads == 1 else threads})
        counts, missing = add_on_spark(
            engine, to, sources, published=published, preset=preset, mapping=_mapping(map), json=json
        )
        _tell(counts, str(to), json, missing)
        return
    from groundswell.cli.ledger_commands import book_at
    from groundswell.engines.shards import parse_shard
    from groundswell.store.postgres import told

    part = parse_shard(shard) if shard else None
    book = book_at(ledger)
    missing = []
    counts = add_sources(
        book,
        sources,
        published=published,
        preset=preset,
        mapping=_mapping(map),
        threads=threads,
        jobs=jobs,
        shard=part,
        quiet=json,
        missing=missing,
    )
    _tell(counts, told(ledger), json, missing)


def _tell(counts: Counter[str], where: str, json: bool, missing: list[str]) -> None:
    """Every outcome with its count; the command ends with an exit code where no input was read."""
    if json:
        import msgspec

        typer.echo(msgspec.json.encode({**{o: counts[o] for o in OUTCOMES}, "inputs": sum(counts.values())}).decode())
    else:
        from groundswell.cli.render import console, outcomes_table

        console().print(outcomes_table(counts, where))
    if sum(counts.values()) == counts["rejected"]:
        raise typer.Exit(_nothing_read(counts, missing))


def add_sources(
    book: Ledger,
    sources: list[str],
    *,
    published: str | None = None,
    preset: str = "english",
    mapping: dict[str, str] | None = None,
    threads: int = 1,
    jobs: int | None = None,
    shard: Shard | None = None,
    quiet: bool = False,
    missing: list[str] | None = None,
) -> Counter[str]:
    """Read sources into an open ledger; one transaction for each batch, so that stopping loses at most one batch.

    ``missing`` is filled with the sources that are not there.
    """
    from groundswell.api import as_date
    from groundswell.engines.local import chosen_jobs, read_local
    from groundswell.ingest import count_sources, read_sources
    from groundswell.presets import STREAM
    from groundswell.presets import preset as make

    total = count_sources(sources)
    if total is not None and shard is not None:
        total = total // shard.of + 1
    jobs = chosen_jobs(total, sources) if jobs is None else jobs
    settings = {"sources": sources, "preset": preset, "published": published}
    run = book.start_run(make(preset).by, settings | ({"shard": str(shard)} if shard else {}))
    wanted = shard.holds if shard else None
    known = partial(book.has, whole=preset != STREAM)  # what a stream's preset dismissed is read when all is to be read
    readings = read_sources(sources, published=as_date(published), mapping=mapping, known=known, wanted=wanted)
    counts: Counter[str] = Counter()
    batch: list[Any] = []
    with _progress(quiet) as advance:
        read = read_local(readings, preset=preset, jobs=jobs, threads=threads)
        for item in _noting_missing(read, missing if missing is not None else []):
            counts[item.outcome] += 1
            batch.append(_stored(item))
            if len(batch) >= ADD_BATCH:
                book.add(batch, run)
                batch = []
            advance(total, counts)
        if batch:
            book.add(batch, run)
    return counts


def _stored(item: ReadDocument) -> Any:
    from groundswell.store import Stored

    return Stored(
        source_id=item.source_id,
        outcome=item.outcome,
        json=item.json,
        problems=tuple(dict(problem) for problem in item.problems),
        duplicate_of=item.duplicate_of,
    )


class _progress:
    """A progress bar on standard error with documents a second and time left; silent when quiet."""

    def __init__(self, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from groundswell.cli.render import console

        self._bar = Progress(
            TextColumn("reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[said]}"),
            console=console(stderr=True),
            disable=quiet,
            transient=True,
        )
        self._task = self._bar.add_task("reading", total=None, said="", speed="")

    def __enter__(self) -> Any:
        self._bar.start()
        return self._advance

    def _advance(self, total: int | None, counts: Counter[str]) -> None:
        done = sum(counts.values())
        said = " · ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o])
        elapsed = self._bar.tasks[0].elapsed or 0.0
        speed = f"{done / elapsed:.1f}/s" if elapsed > 1 else ""
        self._bar.update(self._task, completed=done, total=max(total, done) if total else None, said=said, speed=speed)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def demo(
    ledger: Annotated[
        Path | None, typer.Option("--ledger", "-l", help="Where to keep the demo; a temporary file if left out.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it when read.")] = True,
    preset: Preset = "english",
) -> None:
    """[bold]groundswell demo[/bold]

    Reads two dozen short articles written for this program (fictional events in real places) and opens them in the browser.
    """
    import tempfile
    from importlib.resources import as_file, files

    from groundswell.cli.ledger_commands import link_ledger
    from groundswell.cli.render import console, outcomes_table
    from groundswell.cli.serve_commands import serve_ledger
    from groundswell.store import Ledger

    path = ledger or Path(tempfile.mkdtemp(prefix="groundswell-demo-")) / "demo.db"
    with as_file(files("groundswell") / "demo_articles") as folder:
        book = Ledger.open(path)
        counts = add_sources(book, [str(folder)], preset=preset)
    link_ledger(book)
    console().print(outcomes_table(counts, str(path)))
    console().print("The events are made up; the places are real.", style="dim")
    if serve:
        serve_ledger(path, browser=browser)


def _mapping(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = dict(part.partition("=")[::2] for part in given)
    bad = [key for key, value in pairs.items() if not value]
    if bad:
        raise UsageError(f"--map {bad[0]!r} names no column. Write --map text=body_column.")
    return pairs
