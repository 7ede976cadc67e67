"""Web archives (WARC): each stored page becomes an input of its own. Runs in the child only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from groundswell.ingest.frames import Member
from groundswell.ingest.reading import Limits
from groundswell.ingest.worker import Refused

_OK = 200
_MOST_BREAKS = 200


def warm() -> None:
    """Import what parsing needs, before there is anything to parse."""
    import fastwarc.warc  # noqa: F401


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Member]:
    """Response, resource and conversion records in order; after a broken record the next whole one is looked for.

    ``options``: path (of the archive; else ``data``).
    """
    source: BinaryIO = open(options["path"], "rb") if options.get("path") else io.BytesIO(data)  # noqa: SIM115
    with source:
        start = 0
        for _ in range(_MOST_BREAKS):
            last = start
            try:
                for offset, member in _records(source, start, limits):
                    last = offset
                    yield member
                return
            except (ValueError, EOFError, OSError) as error:
                broken = str(error)
            following = _next_record(source, last + 1)
            name = f"record after byte {last}"
            yield Member(
                name,
                b"",
                problem=("damaged", f"a record is damaged ({broken}) and was passed over. Fetch the archive again."),
            )
            if following is None:
                return
            start = following
    raise Refused(
        "damaged", f"The archive breaks in more than {_MOST_BREAKS} places; the rest was not read. Fetch it again."
    )


def _records(source: BinaryIO, start: int, limits: Limits) -> Iterator[tuple[int, Member]]:
    """Records from a byte offset on, each with its own offset."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    source.seek(start)
    records = ArchiveIterator(source, record_types=wanted, parse_http=True, auto_decode="all")
    for number, record in enumerate(records, start=1):
        yield start + record.stream_pos, _member(record, number, limits)


def _next_record(source: BinaryIO, start: int) -> int | None:
    """Offset of the next thing that looks like a record: a version line, or the start of a gzip member."""
    source.seek(0)
    packed = source.read(2) == b"\x1f\x8b"
    mark, skip = (b"\x1f\x8b\x08", 0) if packed else (b"\nWARC/1.", 1)
    offset = start
    kept = b""
    source.seek(start)
    while part := source.read(1 << 20):
        window = kept + part
        found = window.find(mark)
        if found >= 0:
            return offset - len(kept) + found + skip
        kept = window[-len(mark) :]
        offset += len(part)
    return None


def _member(record: Any, number: int, limits: Limits) -> Member:
    url = record.headers.get("WARC-Target-URI") or None
    name = url or record.headers.get("WARC-Record-ID") or f"record {number}"
    body = record.reader.read(limits.pdf_bytes + 1)
    if len(body) > limits.pdf_bytes:
        return Member(
            name, b"", problem=("too_large", f"the record is larger than {limits.pdf_bytes >> 20} MB and was not read.")
        )
    media_type = str(record.http_content_type or record.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    status = record.http_headers.status_code if record.http_headers is not None else _OK
    if status != _OK:
        return Member(name, b"", problem=("http_error", f"the archived answer is {status}, not a page."))
    return Member(name, body, url=url, media_type=media_type or None)
