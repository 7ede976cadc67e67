"""Opens weights and gazetteers by name and checksum, as models/manifest.toml lists them. Never fetches anything."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from groundswell.errors import ModelError

FOLDER = Path(__file__).parent


def manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """The parsed manifest. Raises ModelError where the folder has none."""
    path = folder / "manifest.toml"
    if not path.is_file():
        raise ModelError(
            f"There is no {path}. Install the package again, or point at a folder made by groundswell train."
        )
    return tomllib.loads(path.read_text(encoding="utf-8"))


def entry(section: str, name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The manifest's entry [section.name]: version, licence, data, scores, and ``files`` with their SHA-256.

    Raises:
        ModelError: no manifest, or no such entry; the message names what there is.
    """
    entries = manifest(folder).get(section, {})
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise ModelError(f"{folder / 'manifest.toml'} lists no {section} called {name!r}. There is: {known}.")
    found: dict[str, Any] = entries[name]
    return found


@lru_cache(maxsize=16)
def files(section: str, name: str, folder: Path = FOLDER) -> dict[str, Path]:
    """The checked files of one entry, by the name the manifest gives them; each process checks once.

    Raises:
        ModelError: a file is missing or is not the one the manifest names.
    """
    listed = entry(section, name, folder)["files"]
    remedy = "install the package again, or run groundswell train"
    return {file: _checked(_found(folder, name, file), checksum, remedy) for file, checksum in listed.items()}


@lru_cache(maxsize=16)
def located(name: str, folder: Path = FOLDER) -> Path:
    """The checked file of a section that names just one, such as the gazetteer (34 MB take 0.05 s, once a process).

    Raises:
        ModelError: the section or file is missing, or the bytes are not those the manifest names.
    """
    section = manifest(folder).get(name)
    if section is None:
        raise ModelError(
            f"{folder / 'manifest.toml'} has no section [{name}]. Install the package again, or build the model."
        )
    remedy = f"install the package again, or run {section['build']}"
    return _checked(folder / str(section["file"]), section["sha256"], remedy)


def _found(folder: Path, name: str, file: str) -> Path:
    """A file of a model lies in the model's own folder, or beside the manifest that groundswell train wrote."""
    own = folder / name / file
    return own if own.is_file() else folder / file


def _checked(path: Path, checksum: str, remedy: str) -> Path:
    if not path.is_file():
        raise ModelError(f"{path} is missing: {remedy}.")
    with path.open("rb") as raw:
        found = hashlib.file_digest(raw, "sha256").hexdigest()
    if found != checksum:
        raise ModelError(f"{path} has SHA-256 {found[:12]}…, the manifest says {checksum[:12]}…: {remedy}.")
    return path
