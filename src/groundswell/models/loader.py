"""Opens models and gazetteers by name and checksum, as models/manifest.toml lists them. Never fetches anything."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from groundswell.errors import ModelError

FOLDER = Path(__file__).parent


def entry(section: str, name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The manifest's entry [section.name]: version, licence, data, scores, and ``files`` with their SHA-256.

    Raises:
        ModelError: no manifest, or no such entry; the message names what there is.
    """
    path = folder / "manifest.toml"
    if not path.is_file():
        raise ModelError(
            f"There is no {path}. Install the package again, or point at a folder made by groundswell train."
        )
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get(section, {})
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise ModelError(f"{path} lists no {section} called {name!r}. There is: {known}.")
    found: dict[str, Any] = entries[name]
    return found


@lru_cache(maxsize=16)
def files(section: str, name: str, folder: Path = FOLDER) -> dict[str, Path]:
    """The checked files of one entry, by the name the manifest gives them; each process checks once.

    Raises:
        ModelError: a file is missing or is not the one the manifest names.
    """
    out: dict[str, Path] = {}
    for file, checksum in entry(section, name, folder)["files"].items():
        path = folder / name / file
        if not path.is_file():
            path = folder / file
        if not path.is_file():
            raise ModelError(
                f"{name}: {folder / name / file} is missing. Install the package again or run groundswell train."
            )
        with path.open("rb") as raw:
            found = hashlib.file_digest(raw, "sha256").hexdigest()
        if found != checksum:
            raise ModelError(
                f"{name}: {path} has SHA-256 {found}, the manifest says {checksum}. "
                "The file is damaged or of another version: install the package again."
            )
        out[file] = path
    return out
