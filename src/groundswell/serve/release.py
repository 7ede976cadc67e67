"""A release folder: a Frictionless data package of the tables with codebook, sources, withdrawals, citation and checksums."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundswell import __version__
from groundswell.export import columns, export, table
from groundswell.export.tables import kind_of
from groundswell.serve import sensitivity
from groundswell.serve.project import Project
from groundswell.serve.public import PublicBook
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES, STATUSES

TITLES = {
    "events": "One row an event, as all documents tell it", "reports": "One row an event as one document tells it",
    "figures": "One row a figure, with who gives it", "statements": "Words and claims credited to a source",
    "places": "Places named in the documents", "links": "Which reports tell which event, and why",
    "sources": "The documents read", "withdrawals": "What earlier releases hold and must be taken back",
}  # fmt: skip


def write(book: PublicBook, folder: Path, *, at: str, project: Project, query: str) -> None:
    """Write the release of what passes the filters. ``at``: ISO 8601 time of the release."""
    tables = folder / "data"
    export(book, "csv", out=tables, at=at)  # type: ignore[arg-type]  # the same calls as Ledger
    table(book.documents(), tables / "sources.csv")
    table((_flat(entry) for entry in book.ledger.withdrawals()), tables / "withdrawals.csv")
    (folder / "columns.csv").write_text(columns.as_csv(), encoding="utf-8")
    (folder / "codebook.json").write_text(_json(_codebook()), encoding="utf-8")
    title = project.title or "Groundswell event data"
    (folder / "CITATION.cff").write_text(_citation(title, project, at), encoding="utf-8")
    (folder / "README.md").write_text(_readme(title, project, at, query, book), encoding="utf-8")
    resources = [_resource(path, folder) for path in sorted(tables.glob("*.csv"))]
    package = {
        "profile": "tabular-data-package", "name": "groundswell-release", "title": title, "created": at, "version": at[:10],
        "sources": [{"title": f"Groundswell {__version__}"}], "resources": [each for each in resources if each],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(_json(package), encoding="utf-8")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sums = "".join(f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value
        for key, value in entry.items()
    }


def _resource(path: Path, folder: Path) -> dict[str, Any] | None:
    """One table with its columns; None for a table without rows, which has no header either."""
    if not path.stat().st_size:
        path.unlink()
        return None
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    return {
        "name": path.stem, "path": str(path.relative_to(folder)), "title": TITLES[path.stem], "profile": "tabular-data-resource",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": path.stat().st_size, "hash": f"sha256:{_sha256(path)}",
        "schema": {"fields": [{"name": name, "type": _type(name), "description": columns.meaning(path.stem, name)} for name in header], "missingValues": [""]},
    }  # fmt: skip


def _type(column: str) -> str:
    return "date" if column in ("earliest", "latest", "published") else kind_of(column)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _codebook() -> dict[str, Any]:
    return {
        "version": "1.1", "types": {name: list(MODES[name]) for name in EVENT_TYPES}, "statuses": list(STATUSES), "figures": list(FIGURE_KINDS),
        "confidence": "calibrated probability that a careful coder would agree given the document; never that it happened",
        "ranges": "policy min-max: from the lowest to the highest that any source gives; empty where unknown, never 0",
        "text_cells": "a leading apostrophe guards cells that a spreadsheet might run as formulas; take one away to read the text",
    }  # fmt: skip


def _citation(title: str, project: Project, at: str) -> str:
    author = project.controller or "The makers of this release"
    lines = ["cff-version: 1.2.0", "message: Cite this release as below.", "type: dataset", f"title: {json.dumps(title)}",
             "authors:", f"  - name: {json.dumps(author)}", f"date-released: {at[:10]}", f"version: {at[:10]}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _readme(title: str, project: Project, at: str, query: str, book: PublicBook) -> str:
    names = "shown, because: " + project.why_names if book.shown.masker is None else "masked (█), letter for letter"
    places = (
        f"exact, because: {project.why_places}" if project.exact_places else _coarse(project, len(book.shown.tiers))
    )
    held = f"documents published after {book.before} are left out" if book.before else "nothing is held back"
    return (
        f"# {title}\n\nReleased {at} by Groundswell {__version__}.\n\n- Purpose: {project.purpose or 'not stated'}\n"
        f"- Responsible: {project.controller or 'not stated'}\n- Filters: {query or 'none'}\n- Legal basis: {project.legal_basis}\n"
        f"- Private persons' names: {names}\n- Sensitive events: {places}\n- Delay: {held}\n\n"
        "Each row is what documents report, not what is known to have happened. `datapackage.json` describes the tables, "
        "`columns.csv` says what each column means, `codebook.json` the codes, `SHA256SUMS` lets you check the files, `data/withdrawals.csv` names what to take back from earlier releases.\n"
    )


def _coarse(project: Project, count: int) -> str:
    titles = ", ".join(sensitivity.kinds()[key].title.lower() for key in project.sensitive)
    if not titles:
        return "no kind of event is held sensitive"
    unit = "region" if project.tier == "admin1" else "country"
    return (
        f"{count} in the ledger ({titles}): given by {unit} and month, words of place and day masked, no address of the article; "
        f"without a place where fewer than {project.k} share it"
    )
