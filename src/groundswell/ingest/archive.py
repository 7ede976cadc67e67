"""Zip, tar and gzip archives, unpacked in memory member by member. Runs in the child only; writes no file, follows no link."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from groundswell.ingest.frames import Member
from groundswell.ingest.reading import Limits
from groundswell.ingest.worker import Refused

_SMALL = 1 << 20  # below this a high ratio is ordinary (empty space in a small page)
_UNIX_LINK = 0o120000
_KIND_BITS = 0o170000


def warm() -> None:
    """Nothing to import."""


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Member]:
    """``options``: path (of the archive; else ``data``), kind (zip | tar | gzip), name."""
    source: BinaryIO = open(options["path"], "rb") if options.get("path") else io.BytesIO(data)  # noqa: SIM115
    with source:
        if options["kind"] == "zip":
            yield from _zip(source, limits)
        elif options["kind"] == "tar":
            yield from _tar(source, limits)
        else:
            yield from _gzip(source, str(options["name"]), limits)


def climbs(name: str) -> bool:
    """Does a member's name lead out of the archive?"""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":")


def _climbing(name: str) -> Member:
    return Member(
        name,
        b"",
        problem=("climbs_out", "its name leads out of the archive, so it was not read. Pack the archive again."),
    )


def _too_large(name: str, limits: Limits) -> Member:
    message = f"it unpacks to more than {limits.pdf_bytes >> 20} MB, or far more than its packed size (a zip bomb?), and was not read. Unpack it and split the file."
    return Member(name, b"", problem=("too_large", message))


def _zip(source: BinaryIO, limits: Limits) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused("damaged", f"The archive cannot be opened ({error}). Fetch or pack it again.") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > limits.archive_entries:
            raise Refused(
                "too_large",
                f"The archive has {len(infos)} entries; at most {limits.archive_entries} are read. Split it.",
            )
        total = 0
        seen: set[str] = set()
        for info in sorted(infos, key=lambda each: each.filename):
            if info.is_dir() or _is_clutter(info.filename):
                continue
            member = _zip_member(archive, info, seen, limits)
            seen.add(info.filename)
            total += len(member.data)
            if total > limits.inflated_bytes:
                raise Refused(
                    "too_large", f"The archive unpacks to more than {limits.inflated_bytes >> 20} MB. Split it."
                )
            yield member


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, seen: set[str], limits: Limits) -> Member:
    name = info.filename
    if climbs(name):
        return _climbing(name)
    if (info.external_attr >> 16) & _KIND_BITS == _UNIX_LINK:
        return Member(name, b"", problem=("link", "it is a link, which is never followed. Pack the file itself."))
    if name in seen:
        return Member(
            name,
            b"",
            problem=("name_twice", "its name stands twice in the archive; the first was read. Pack it again."),
        )
    if info.flag_bits & 1:
        return Member(name, b"", problem=("encrypted", "it is locked with a password. Pack it without one."))
    if info.file_size > limits.pdf_bytes or _bomb(info.compress_size, info.file_size, limits):
        return _too_large(name, limits)
    try:
        with archive.open(info) as opened:
            data = opened.read(limits.pdf_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        return Member(
            name, b"", problem=("damaged", f"it cannot be unpacked ({error}). Fetch or pack the archive again.")
        )
    if len(data) > limits.pdf_bytes or _bomb(info.compress_size, len(data), limits):
        return _too_large(name, limits)
    return Member(name, data)


def _bomb(packed: int, unpacked: int, limits: Limits) -> bool:
    return unpacked > _SMALL and unpacked > packed * limits.inflation_ratio


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _tar(source: BinaryIO, limits: Limits) -> Iterator[Member]:
    total = count = 0
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            for info in archive:
                count += 1
                if count > limits.archive_entries:
                    raise Refused("too_large", f"The archive has more than {limits.archive_entries} entries. Split it.")
                if info.isdir() or _is_clutter(info.name):
                    continue
                member = _tar_member(archive, info, limits)
                total += info.size
                if total > limits.inflated_bytes:
                    raise Refused(
                        "too_large", f"The archive unpacks to more than {limits.inflated_bytes >> 20} MB. Split it."
                    )
                yield member
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise Refused(
            "damaged", f"The archive is damaged ({error}); what stands before that was read. Fetch it again."
        ) from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, limits: Limits) -> Member:
    if climbs(info.name):
        return _climbing(info.name)
    if not info.isfile():
        return Member(
            info.name, b"", problem=("link", "it is a link or a device, which is never followed. Pack the file itself.")
        )
    if info.size > limits.pdf_bytes:
        return _too_large(info.name, limits)
    opened = archive.extractfile(info)
    return Member(info.name, opened.read(limits.pdf_bytes + 1) if opened else b"")


def _gzip(source: BinaryIO, name: str, limits: Limits) -> Iterator[Member]:
    inner = name[:-3] if name.lower().endswith(".gz") else name
    try:
        with gzip.open(source) as opened:
            data = opened.read(limits.pdf_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused("damaged", f"The file cannot be unpacked ({error}). Fetch it again.") from error
    yield _too_large(inner, limits) if len(data) > limits.pdf_bytes else Member(inner, data)
