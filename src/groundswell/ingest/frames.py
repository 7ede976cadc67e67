"""The wire between the reading process and the parsing child: length-prefixed JSON with bytes behind it. Never pickle:
what comes back was made by a process that handled hostile input."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import IO, Any

_PREFIX = struct.Struct(">II")
_LARGEST_HEADER = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file unpacked from a container, to be read as an input of its own.

    ``problem`` is (code, message) for a member that was refused; ``data`` is empty then.
    """

    name: str
    data: bytes
    url: str | None = None
    media_type: str | None = None
    problem: tuple[str, str] | None = None


def write_frame(stream: IO[bytes], header: dict[str, Any], data: bytes = b"") -> None:
    """Raises BrokenPipeError when the other side is gone."""
    packed = json.dumps(header, ensure_ascii=True).encode("ascii")
    stream.write(_PREFIX.pack(len(packed), len(data)))
    stream.write(packed)
    if data:
        stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """None at the end of the stream, also when it ends inside a frame. Raises ValueError for what is not a frame."""
    prefix = _read_exactly(stream, _PREFIX.size)
    if prefix is None:
        return None
    header_size, data_size = _PREFIX.unpack(prefix)
    if header_size > _LARGEST_HEADER or data_size > 2 * _LARGEST_HEADER:
        raise ValueError(f"frame of {header_size} and {data_size} bytes")
    packed = _read_exactly(stream, header_size)
    data = _read_exactly(stream, data_size)
    if packed is None or data is None:
        return None
    header = json.loads(packed)
    if not isinstance(header, dict):
        raise ValueError("frame without a header")
    return header, data


def _read_exactly(stream: IO[bytes], size: int) -> bytes | None:
    parts = []
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
