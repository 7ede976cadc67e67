"""Commands of those who develop readers: corpus check, train, evaluate, gazetteer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundswell.errors import UsageError

corpus_app = typer.Typer(no_args_is_help=True, help="[bold]groundswell corpus check[/bold]\n\nThe annotated sentences.")


def register(app: typer.Typer) -> None:
    app.add_typer(corpus_app, name="corpus", short_help="Check the annotated sentences.")
    app.command("train", short_help="From the corpus to the reader that ships.")(train)
    app.command("evaluate", short_help="Score a preset, compare two, hold the floors.")(evaluate)


@corpus_app.command("check")
def check(folder: Annotated[Path, typer.Argument(help="The corpus folder.")] = Path("corpus")) -> None:
    """[bold]groundswell corpus check corpus/[/bold]

    Checks every span, label, split and licence of the corpus; exit code 1 when something is wrong.
    """
    from groundswell.train.corpus_check import main_check

    report = main_check(folder)
    typer.echo(str(report))
    if report.problems:
        raise typer.Exit(1)


@corpus_app.command("add")
def add(
    files: Annotated[list[Path], typer.Argument(help="Hand notation (.txt) or raw codings (.jsonl).")],
    folder: Annotated[Path, typer.Argument(help="The corpus folder.")],
    write: Annotated[bool, typer.Option("--write", help="Write the rows; without it nothing is changed.")] = False,
    coder: Annotated[str | None, typer.Option(help="Coder of rows that name none.")] = None,
) -> None:
    """[bold]groundswell corpus add new.txt corpus/ --write[/bold]

    Adds codings with offsets, mends, licence and the fixed split. Rows that do not resolve are refused (exit code 1).
    """
    from groundswell.train import corpus_add

    report = (corpus_add.add if write else corpus_add.plan)(files, folder, coder=coder)
    typer.echo(str(report))
    if report.new and not write:
        typer.echo("nothing written: say --write to add the rows")
    if report.refused:
        raise typer.Exit(1)


def train(
    corpus: Annotated[Path, typer.Argument(help="The corpus folder.")] = Path("corpus"),
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("build/reader"),
    seed: Annotated[int, typer.Option(help="Same seed and data, same model.")] = 1,
    epochs: Annotated[int | None, typer.Option(help="Passes over the corpus; the recipe's own if left out.")] = None,
) -> None:
    """[bold]groundswell train corpus/ --out build/reader[/bold]

    From the corpus to the int8 reader, in one go. Needs: pip install 'groundswell\\[train]'.
    """
    from groundswell.train.reader import train as train_reader

    train_reader(corpus, out, seed=seed, epochs=epochs, progress=typer.echo)


def evaluate(
    gold: Annotated[Path | None, typer.Argument(help="Folder with coded/ and docs/, or a corpus folder.")] = None,
    preset: Annotated[str, typer.Option(help="Preset to score.")] = "english",
    against: Annotated[str | None, typer.Option(help="Second preset to compare with.")] = None,
    split: Annotated[
        str, typer.Option(help="Split of the corpus: dev or test; for linking's own set fit or test.")
    ] = "test",
    errors: Annotated[int, typer.Option(help="List so many errors with their sentences.")] = 0,
    linking: Annotated[
        bool,
        typer.Option(
            "--linking", help="Score linking: GOLD is a reports.jsonl with gold happenings, or ECB+'s folder."
        ),
    ] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Hold the pinned floors; exit code 1 when one falls.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Figures as JSON.")] = False,
) -> None:
    """[bold]groundswell evaluate corpus/ --split test[/bold]

    Scores a preset per type, status and attribute, with 95% intervals.
    """
    from groundswell.cli.scores import run_evaluate, run_linking

    if linking:
        if gate or against is not None or preset != "english":
            raise UsageError("--linking reads nothing and knows no floors. Leave out --gate, --against and --preset.")
        run_linking(gold, split=split, errors=errors, as_json=json)
        return
    if run_evaluate(gold, preset=preset, against=against, split=split, errors=errors, gate=gate, as_json=json):
        raise typer.Exit(1)
