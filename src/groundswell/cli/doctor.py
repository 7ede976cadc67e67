"""What is installed, what is missing, what is altered: rows for ``groundswell doctor``."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from importlib import metadata
from pathlib import Path

from groundswell import __version__
from groundswell.errors import ModelError

REQUIRED = ("trafilatura", "pypdfium2", "feedparser", "onnxruntime", "tokenizers", "starlette")
OPTIONAL = {
    "spacy": "baseline preset: pip install 'groundswell[baseline]'",
    "pandas": "to_pandas(): pip install 'groundswell[tables]'",
    "pyarrow": "Parquet in and out: pip install 'groundswell[tables]'",
    "torch": "training: pip install 'groundswell[train]'",
}


def diagnosis() -> list[tuple[str, str, str]]:
    """Rows (what, state, note); state is ok | missing | broken | info."""
    rows = [
        ("groundswell", "info", __version__),
        ("python", "info", f"{platform.python_version()} on {platform.platform()}"),
    ]
    rows += [_package(name, "needed; run: pip install groundswell", "broken") for name in REQUIRED]
    rows += [_package(name, hint, "missing") for name, hint in OPTIONAL.items()]
    rows += _models()
    options = {row[0] for row in sqlite3.connect(":memory:").execute("pragma compile_options")}
    rows.append(("sqlite", "ok" if "ENABLE_FTS5" in options else "broken", f"{sqlite3.sqlite_version}, FTS5 is needed"))
    here = Path.cwd()
    writable = os.access(here, os.W_OK)
    rows.append(
        (
            str(here),
            "ok" if writable else "broken",
            "writable" if writable else "not writable: give --ledger a path elsewhere",
        )
    )
    return rows


def _package(name: str, hint: str, otherwise: str) -> tuple[str, str, str]:
    try:
        return (name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return (name, otherwise, hint)


def _models() -> list[tuple[str, str, str]]:
    """Each thing the manifest lists, opened by name and checksum as a reading would."""
    from groundswell.models import loader

    listed = loader.manifest()
    checks: list[tuple[str, Callable[[], Iterable[Path]]]] = [
        (name.replace("_", " "), partial(_file, name)) for name in sorted({"gazetteer", *listed}) if name != "reader"
    ]
    for name in listed.get("reader", {}):
        checks.append((f"reader {name}", partial(_reader_files, name)))
    rows = []
    for name, check in checks:
        try:
            size = sum(path.stat().st_size for path in check()) / 1e6
            rows.append((name, "ok", f"{size:.1f} MB, checksums as in the manifest"))
        except ModelError as error:
            rows.append((name, "broken", str(error)))
    return rows


def _file(name: str) -> Iterable[Path]:
    from groundswell.models import loader

    return [loader.located(name)]


def _reader_files(name: str) -> Iterable[Path]:
    from groundswell.models import loader

    return loader.files("reader", name).values()
