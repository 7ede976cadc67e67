"""A release folder: a Frictionless data package of the tables with codebook, sources, withdrawals, citation and checksums."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundswell import __version__
from groundswell.export import export
from groundswell.export.delimited import write_csv
from groundswell.serve.desk import Project
from groundswell.serve.masking import PublicBook
from groundswell.store import Filters
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES, STATUSES

TITLES = {
    "events": "One row an event, as all documents tell it", "reports": "One row an event as one document tells it",
    "figures": "One row a figure, with who gives it", "statements": "Words and claims credited to a source",
    "places": "Places named in the documents", "links": "Which reports tell which event, and why",
    "sources": "The documents read", "withdrawals": "What earlier releases hold and must be taken back",
}  # fmt: skip
_INTEGERS = ("_low", "_high", "_start", "_end", "geonameid")
_NUMBERS = ("latitude", "longitude", "confidence", "best_score")


def write(book: PublicBook, folder: Path, *, filters: Filters, at: str, project: Project, query: str) -> None:
    """Write the release of what passes the filters. ``at``: ISO 8601 time of the release."""
    tables = folder / "data"
    export(book, "csv", filters=filters, out=tables, at=at)  # type: ignore[arg-type]  # the same calls as Ledger
    with (tables / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        write_csv(book.documents(filters if filters != Filters() else None), file)
    with (tables / "withdrawals.csv").open("w", encoding="utf-8", newline="") as file:
        write_csv((_flat(entry) for entry in book.ledger.withdrawals()), file)
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
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files)
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
    data = path.read_bytes()
    if not data:
        path.unlink()
        return None
    header = next(csv.reader(data.decode("utf-8").splitlines()[:1]))
    return {
        "name": path.stem, "path": str(path.relative_to(folder)), "title": TITLES[path.stem], "profile": "tabular-data-resource",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [{"name": name, "type": _type(name)} for name in header], "missingValues": [""]},
    }  # fmt: skip


def _type(column: str) -> str:
    if column in _NUMBERS:
        return "number"
    if column.endswith(_INTEGERS) or column in ("low", "best", "high", "start", "end"):
        return "integer"
    return "date" if column in ("earliest", "latest", "published") else "string"


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
    names = "shown, because: " + project.why_names if book.masker is None else "masked (█), letter for letter"
    return (
        f"# {title}\n\nReleased {at} by Groundswell {__version__}.\n\n- Purpose: {project.purpose or 'not stated'}\n"
        f"- Responsible: {project.controller or 'not stated'}\n- Filters: {query or 'none'}\n- Private persons' names: {names}\n\n"
        "Each row is what documents report, not what is known to have happened. `datapackage.json` describes the tables, "
        "`codebook.json` the codes, `SHA256SUMS` lets you check the files, `data/withdrawals.csv` names what to take back from earlier releases.\n"
    )
