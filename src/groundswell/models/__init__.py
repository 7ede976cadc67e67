"""The manifest of what ships (weights, gazetteer) and the loader that checks it."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from groundswell.errors import ModelError

ROOT = Path(str(files("groundswell.models")))


def manifest(root: Path = ROOT) -> dict[str, Any]:
    """The parsed manifest: one table for each thing that ships."""
    return tomllib.loads((root / "manifest.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def located(name: str, root: Path = ROOT) -> Path:
    """The file of a manifest section, after its checksum was compared (once a process; 34 MB take 0.05 s).

    Raises:
        ModelError: the section or file is missing, or the bytes are not those the manifest names.
    """
    section = manifest(root).get(name)
    if section is None:
        raise ModelError(f"models/manifest.toml has no section [{name}]. Install the package anew, or build the model.")
    path = root / str(section["file"])
    if not path.is_file():
        raise ModelError(f"{path} is missing. Install the package anew, or run `{section['build']}`.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != section["sha256"]:
        raise ModelError(
            f"{path} is not the file the manifest names (sha256 {found[:12]}..., not {section['sha256'][:12]}...). "
            f"Install the package anew, or run `{section['build']}`."
        )
    return path
