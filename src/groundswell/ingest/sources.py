"""Turns what the user named (files, folders, globs, "-", URLs) into single inputs, in a stable order, without opening them.

An input that cannot be used is handed on with its problem, so that every name ends in an outcome.
"""

from __future__ import annotations

import glob
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from groundswell.ingest.kinds import HEAD, Kind, kind_of
from groundswell.ingest.reading import MEBIBYTE
from groundswell.values import Problem

_COUNTED_BYTES = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Item:
    """One input: a file by path, bytes in hand, or an open stream (standard input). Exactly one of them, or a problem."""

    name: str
    path: Path | None = None
    data: bytes | None = None
    stream: io.BufferedReader | None = None
    problem: Problem | None = None
    url: str | None = None
    charset: str | None = None
    media_type: str | None = None
    depth: int = 0

    def kind(self) -> Kind:
        """Told from the first bytes. Raises OSError when a file cannot be read."""
        if self.data is not None:
            head = self.data[:HEAD]
        elif self.stream is not None:
            head = self.stream.peek(HEAD)[:HEAD]
        else:
            with self.open() as opened:
                head = opened.read(HEAD)
        found = kind_of(head, self.name)
        if found == "text" and self.media_type in ("text/html", "application/xhtml+xml"):
            return "html"
        return found

    def open(self) -> BinaryIO:
        """A binary stream from the start. Raises OSError when a file cannot be read."""
        if self.path is not None:
            return open(self.path, "rb")
        if self.stream is not None:
            return self.stream
        return io.BytesIO(self.data or b"")

    def read(self, most: int) -> bytes | None:
        """All bytes, or None when there are more than ``most``. Raises OSError."""
        if self.data is not None:
            return self.data if len(self.data) <= most else None
        if self.path is not None and self.path.stat().st_size > most:
            return None
        opened = self.open()
        try:
            data = opened.read(most + 1)
        finally:
            if self.stream is None:
                opened.close()
        return data if len(data) <= most else None


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def expand(sources: Iterable[str | Path]) -> Iterator[Item]:
    """One Item for each input; folders and globs in sorted order; URLs are left for the fetcher (``url`` set, nothing read)."""
    for source in sources:
        name = str(source)
        if name == "-":
            yield Item("stdin", stream=_standard_input())
        elif isinstance(source, str) and is_url(source):
            yield Item(name, url=name)
        else:
            yield from _from_path(Path(name), name)


def _standard_input() -> io.BufferedReader:
    stream = sys.stdin.buffer
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(io.BytesIO(stream.read()))


def _from_path(path: Path, name: str) -> Iterator[Item]:
    if path.is_dir():
        item = None
        for item in _folder(path, path.resolve()):
            yield item
        if item is None:
            yield _unusable(
                name,
                "empty",
                f"The folder {name} holds no files (hidden ones are left out). Check that it is the folder you mean.",
            )
    elif os.path.lexists(path):
        yield _file(path, None)
    elif glob.has_magic(name):
        found = sorted(glob.iglob(name, recursive=True))
        if not found:
            yield _unusable(name, "not_found", f"No file matches {name}. Check the pattern and the folder you are in.")
        for each in found:
            if os.path.isfile(each) or os.path.islink(each):
                yield _file(Path(each), None)
            elif "**" not in name:
                yield from _from_path(Path(each), each)
    else:
        yield _unusable(
            name, "not_found", f"There is no file or folder {name}. Check the name and the folder you are in."
        )


def _folder(folder: Path, root: Path) -> Iterator[Item]:
    """Files below a folder, hidden ones (names with a leading dot) left out, links out of it refused."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unusable(
            str(folder),
            "unreadable",
            f"The folder {folder} cannot be listed ({error.strerror}). Check its permissions.",
        )
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(path, root)
        else:
            yield _file(path, root)


def _file(path: Path, root: Path | None) -> Item:
    name = str(path)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return _unusable(
            name, "unreadable", f"{name} cannot be read ({error.strerror}). Check where it points and its permissions."
        )
    if root is not None and path.is_symlink() and not path.resolve().is_relative_to(root):
        return _unusable(
            name, "link_outside", f"{name} links out of the folder being read. Name the file itself to read it."
        )
    if stat.S_ISDIR(mode):
        return _unusable(name, "link_to_folder", f"{name} links to a folder. Name that folder itself to read it.")
    if not stat.S_ISREG(mode):
        return _unusable(
            name, "not_a_file", f"{name} is a device, pipe or socket. Copy its content to a file and read that."
        )
    return Item(name, path=path)


def _unusable(name: str, code: str, message: str) -> Item:
    return Item(name, problem=Problem(code, message))


def count_sources(sources: Iterable[str | Path]) -> int | None:
    """About how many documents the sources hold, for progress bars; None when that cannot be told cheaply (standard input).

    Lines are counted in JSONL and CSV up to 64 MB and reckoned from the size beyond; archives count as one.
    """
    total = 0
    for item in expand(each for each in sources if str(each) != "-"):
        ending = Path(item.name).suffix.lower()
        if item.path is not None and ending in (".jsonl", ".ndjson", ".csv", ".tsv"):
            total += _lines(item.path, header=ending in (".csv", ".tsv"))
        else:
            total += 1
    return None if any(str(each) == "-" for each in sources) else total


def _lines(path: Path, *, header: bool) -> int:
    size = path.stat().st_size
    counted = lines = 0
    with open(path, "rb") as opened:
        while counted < _COUNTED_BYTES and (part := opened.read(MEBIBYTE)):
            counted += len(part)
            lines += part.count(b"\n")
    lines = lines or 1
    if counted and size > counted:
        lines = int(lines * size / counted)
    return max(1, lines - 1) if header else lines
