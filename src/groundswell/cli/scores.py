"""``groundswell evaluate``: tables of scores, error lists, comparison of two presets, and the gate of CI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from groundswell.cli.render import console
from groundswell.errors import UsageError
from groundswell.evaluate.scoring import floors, held, measure
from groundswell.evaluate.summary import Figure
from groundswell.presets import preset as make

if TYPE_CHECKING:
    from groundswell.evaluate.link_sets import Labelled


def run_evaluate(
    gold: Path | None, *, preset: str, against: str | None, split: str, errors: int, gate: bool, as_json: bool
) -> bool:
    """Print what was asked for; True when a floor fell."""
    if gate:
        return _gate(preset)
    folder = gold or Path("corpus")
    scores, figures = measure(make(preset), folder, split=split)
    others = measure(make(against), folder, split=split)[1] if against else None
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode({"preset": preset, "documents": len(scores), "figures": figures}).decode())
    else:
        console().print(_table(figures, others, f"{preset} on {folder} ({len(scores)} documents)", preset, against))
    for score in scores:
        for kind, events in (("missed", score.missed), ("spurious", score.spurious)):
            for event in events[: max(errors, 0)]:
                errors -= 1
                typer.echo(
                    f"{kind} {score.id} {event['type']} {event.get('status')} [{event['trigger']}] {event.get('quote')}"
                )
    return False


def run_linking(gold: Path | None, *, split: str, errors: int, as_json: bool) -> None:
    """Print how well linking does on a set with gold happenings, and what it got wrong."""
    from dataclasses import asdict

    from groundswell.evaluate import link_errors, link_sets

    path = gold or Path("examples/linking/reports.jsonl")
    labelled = _labelled(path, split if gold is None else None)
    found = link_sets.grouped(labelled)
    scores = asdict(link_sets.agreement(labelled, found))
    listed = link_errors.spread(link_errors.link_errors(labelled, found), errors) if errors > 0 else []
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode({"set": str(path), **scores, "errors": listed}).decode())
        return
    table = Table(title=f"Linking on {path}", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    for name, value in scores.items():
        table.add_row(name.replace("_", " "), f"{value:.3f}" if isinstance(value, float) else str(value))
    console().print(table)
    for error in listed:
        for line in link_errors.lines(error):
            typer.echo(line)


def _labelled(path: Path, split: str | None) -> list[Labelled]:
    from groundswell.evaluate import link_ecb, link_sets

    name = "Name a reports.jsonl as in examples/linking, or the folder of ECB+."
    if not path.exists():
        raise UsageError(f"There is no {path}. {name}")
    try:
        labelled = link_ecb.read(path) if path.is_dir() else link_sets.written(path, split)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise UsageError(f"{path} is no set with gold happenings ({problem!r}). {name}") from problem
    if not labelled:
        said = f" of split {split!r}; there are fit and test" if split else ""
        raise UsageError(f"{path} has no reports{said}. {name}")
    return labelled


def _table(figures: list[Figure], others: list[Figure] | None, title: str, name: str, against: str | None) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("measure")
    for column in ("P", "R", "F1 / acc.", "95% interval", "gold"):
        table.add_column(column, justify="right")
    if others is not None:
        table.add_column(f"{against}", justify="right")
    theirs = {figure.measure: figure.value for figure in others or ()}
    for figure in figures:
        row: list[Any] = [
            figure.measure,
            f"{figure.precision:.3f}" if figure.precision is not None else "",
            f"{figure.recall:.3f}" if figure.recall is not None else "",
            f"{figure.value:.3f}",
            f"{figure.low:.3f}–{figure.high:.3f}",
            str(figure.n),
        ]
        if others is not None:
            row.append(f"{theirs.get(figure.measure, 0.0):.3f}")
        table.add_row(*row)
    return table


def _gate(preset: str) -> bool:
    """Measure every data set with pinned floors that is at hand; a data set that is not is named, never passed over in silence."""
    pinned = floors()
    if not pinned:
        raise UsageError("No floors are pinned in src/groundswell/evaluate/floors.json. Measure and pin them first.")
    fallen: list[str] = []
    for name, entry in pinned.items():
        folder = Path(entry["path"])
        if not folder.exists():
            typer.echo(f"{name}: not at hand at {folder}, not measured")
            continue
        _, figures = measure(make(entry.get("preset", preset)), folder, split=entry.get("split", "test"))
        below = held(name, folder, figures)
        fallen += below
        typer.echo(f"{name}: {len(entry['floors'])} floors, {len(below)} fell")
    for line in fallen:
        typer.secho(line, fg="red")
    return bool(fallen)
