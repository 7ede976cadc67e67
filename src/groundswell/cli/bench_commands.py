"""The command that measures speed: bench."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    app.command("bench", short_help="Measure how fast this machine reads.")(bench)


def bench(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Your own files or folders; without any a generated corpus is read.")
    ] = None,
    documents: Annotated[int, typer.Option("--documents", "-n", help="Articles of the generated corpus.")] = 600,
    relevant: Annotated[float, typer.Option("--relevant", help="Share of them that report happenings, 0 to 1.")] = 1.0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the generated corpus.")] = 7,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Reading processes; left out: one a core.")] = None,
    preset: Annotated[str, typer.Option("--preset", help="english (trained reader) or baseline.")] = "english",
    out: Annotated[Path | None, typer.Option("--out", help="Also write the figures to this JSON file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """[bold]groundswell bench[/bold]

    Reads a generated corpus (articles of 500 words; its statistics are printed) or your own sources, and prints documents a
    second, the share of each stage, memory, and ratios to the encoder alone, spaCy and a word lexicon from the same run.
    """
    import msgspec

    from groundswell.engines import bench as measuring
    from groundswell.engines.bench_corpus import Plan, write

    def tell(line: str) -> None:
        if not json:
            typer.secho(line + " ...", err=True, dim=True)

    with tempfile.TemporaryDirectory(prefix="groundswell-bench-") as folder:
        made: dict[str, Any] | None = None
        if not sources:
            tell(f"writing {documents} articles")
            made = write(Plan(documents=documents, relevant=relevant, seed=seed), Path(folder))
        found = measuring.bench(sources or [folder], jobs=jobs, preset=preset, tell=tell)
    found["corpus"] = made or {"sources": list(sources or [])}
    encoded = msgspec.json.format(msgspec.json.encode(found), indent=1)
    if out is not None:
        out.write_bytes(encoded + b"\n")
    if json:
        typer.echo(encoded.decode())
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.table import Table

    from groundswell.cli.render import console

    for name, rows in found.items():
        if isinstance(rows, dict):
            table = Table("what", "measured", title=name.replace("_", " "), title_justify="left", box=None)
            for what, value in rows.items():
                table.add_row(what.replace("_", " "), "not installed" if value is None else str(value))
            console().print(table)
            console().print()
        else:
            console().print(f"{name.replace('_', ' ')}: {rows}")
