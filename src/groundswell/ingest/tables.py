"""Corpora as tables: JSONL, JSON, CSV, Parquet. One row, one document; columns found by well-known names or by a mapping.

Streams: never holds more than one row (Parquet: one batch). A bad row is rejected with its line number and the next is read.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from groundswell.errors import UsageError
from groundswell.ingest.dates import from_metadata
from groundswell.ingest.decode import decode
from groundswell.ingest.reading import MEBIBYTE, Draft, Limits
from groundswell.values import Problem

FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "articlebody", "article_text", "fulltext", "full_text", "maintext", "story", "story_text"),
    "title": ("title", "headline", "head", "heading"),
    "published": (
        "published", "date", "publication_date", "published_at", "publishedat", "date_published", "datepublished", "pub_date",
        "pubdate", "date_publish", "timestamp", "publish_date",
    ),
    "id": ("doc", "id", "doc_id", "docid", "source_id", "document_id", "article_id", "uid", "uuid", "guid", "filename"),
    "url": ("url", "link", "source_url", "article_url", "uri"),
    "publisher": ("publisher", "outlet", "newspaper", "site", "source_name", "source", "source_domain"),
    "author": ("author", "authors", "byline", "creator"),
    "language": ("language", "lang"),
}  # fmt: skip
_LISTS = ("articles", "documents", "items", "rows", "data", "results")
_SKIPPED_MOST = 200 * MEBIBYTE
_LANGUAGE_CODE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row no document could be made of. ``name`` says where it is."""

    name: str
    problem: Problem


class _Unusable(ValueError):
    """JSON that is well formed for Python but not for us."""


def read_table(
    kind: str, stream: BinaryIO, *, stem: str, mapping: Mapping[str, str] | None, limits: Limits
) -> Iterator[Draft | BadRow]:
    """``mapping``: our field name -> the table's column name. Raises UsageError for a field that does not exist."""
    columns = _columns(mapping)
    if kind == "jsonl":
        yield from _jsonl(stream, columns, limits, stem)
    elif kind == "json":
        yield from _json(stream.read(limits.json_bytes + 1), columns, limits, stem)
    elif kind == "csv":
        yield from _csv(stream, columns, limits)
    else:
        yield from _parquet(stream, columns)


def _columns(mapping: Mapping[str, str] | None) -> dict[str, tuple[str, ...]]:
    columns = dict(FIELDS)
    for ours, theirs in (mapping or {}).items():
        if ours not in FIELDS:
            raise UsageError(f"There is no field {ours!r} to map a column to. Fields: {', '.join(FIELDS)}.")
        columns[ours] = (theirs.lower(),)
    return columns


def row_to_draft(row: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], name: str) -> Draft | BadRow:
    """One row as a Draft; BadRow where it has no text column or nothing in it."""
    lowered = {str(key).strip().lower(): value for key, value in row.items() if key is not None}

    def get(field: str) -> str | None:
        for column in columns[field]:
            value = lowered.get(column)
            if isinstance(value, list):
                value = ", ".join(str(each) for each in value if isinstance(each, str | int))
            if value is not None and not isinstance(value, dict) and str(value).strip():
                return str(value)
        return None

    text = get("text")
    if text is None:
        wanted = ", ".join(columns["text"][:4])
        message = f"{name}: no text (columns: {', '.join(list(lowered)[:12])}; looked for {wanted}). Name its column with --map text=COLUMN."
        return BadRow(name, Problem("no_text", message))
    when = get("published")
    published = from_metadata(when)
    problems: tuple[Problem, ...] = ()
    if when and published is None:
        problems = (
            Problem(
                "unread_date",
                f"{name}: the date {when[:40]!r} was not understood or can be read two ways. Write it as YYYY-MM-DD.",
            ),
        )
    publisher, url = _publisher(get("publisher"))
    language = get("language")
    return Draft(
        body=text,
        format="table",
        layout="lines",
        title=get("title"),
        author=get("author"),
        publisher=publisher,
        url=get("url") or url,
        language=language.lower() if language and len(language) == _LANGUAGE_CODE_LENGTH else None,
        published=published,
        published_basis="metadata" if published else None,
        name=get("id") or name,
        key=json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str),
        problems=problems,
    )


def _publisher(source: str | None) -> tuple[str | None, str | None]:
    """Name and address out of a column that may hold either, or a file name, which is neither."""
    if source is None:
        return None, None
    found = re.search(r"https?://\S+", source)
    name = re.sub(r"\s*https?://\S+\s*", " ", source).strip()
    named = name and len(name) <= 80 and not re.search(r"[=\\]|\.\w{3,5}\b(?<!\.com)(?<!\.org)|[0-9a-f]{16}", name)
    return name if named else None, found.group() if found else None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise _Unusable("a key comes twice")
    return row


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Unusable(f"{text} is no finite number")
    return value


def _constant(text: str) -> float:
    raise _Unusable(f"{text} is not JSON")


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_pairs, parse_float=_number, parse_constant=_constant)


def _bad_json(name: str, error: Exception) -> BadRow:
    reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:160]
    return BadRow(
        name, Problem("bad_row", f"{name}: not usable as JSON ({reason}). Correct this row; the others were read.")
    )


def _jsonl(
    stream: BinaryIO, columns: Mapping[str, tuple[str, ...]], limits: Limits, stem: str
) -> Iterator[Draft | BadRow]:
    number = 0
    while line := stream.readline(limits.row_bytes + 1):
        number += 1
        name = f"{stem}:{number}"
        if len(line) > limits.row_bytes:
            if not _skip_line(line, stream):
                yield BadRow(
                    name,
                    Problem(
                        "too_large", f"{name}: a row without end; the rest of the file was not read. Check the file."
                    ),
                )
                return
            yield BadRow(
                name, Problem("too_large", f"{name}: the row is larger than {limits.row_bytes >> 20} MB. Split it.")
            )
            continue
        if not line.strip():
            continue
        if number == 1 and line.strip() in (b"{", b"["):  # one pretty-printed object under another name
            yield from _json(line + stream.read(limits.json_bytes), columns, limits, stem)
            return
        yield _row_of_json(line, columns, name)


def _skip_line(start: bytes, stream: BinaryIO) -> bool:
    skipped = len(start)
    while not start.endswith(b"\n"):
        start = stream.readline(MEBIBYTE)
        skipped += len(start)
        if not start:
            return True
        if skipped > _SKIPPED_MOST:
            return False
    return True


def _row_of_json(line: bytes, columns: Mapping[str, tuple[str, ...]], name: str) -> Draft | BadRow:
    try:
        row = _loads(decode(line).text)
    except (ValueError, RecursionError) as error:
        return _bad_json(name, error)
    if not isinstance(row, dict):
        return BadRow(name, Problem("bad_row", f"{name}: not a JSON object. Write one object a line."))
    return row_to_draft(row, columns, name)


def _json(data: bytes, columns: Mapping[str, tuple[str, ...]], limits: Limits, stem: str) -> Iterator[Draft | BadRow]:
    if len(data) > limits.json_bytes:
        yield BadRow(
            stem,
            Problem(
                "too_large", f"{stem}: larger than {limits.json_bytes >> 20} MB. Write it as JSONL, one object a line."
            ),
        )
        return
    try:
        whole = _loads(decode(data).text)
    except (ValueError, RecursionError) as error:
        yield _bad_json(stem, error)
        return
    if isinstance(whole, dict):
        inner = next((whole[key] for key in _LISTS if isinstance(whole.get(key), list)), None)
        if inner is None or any(key in columns["text"] for key in whole if isinstance(whole[key], str)):
            yield row_to_draft(whole, columns, stem)
            return
        whole = inner
    if not isinstance(whole, list):
        yield BadRow(stem, Problem("bad_row", f"{stem}: neither an object nor a list of objects."))
        return
    for number, row in enumerate(whole, start=1):
        name = f"{stem}:{number}"
        if isinstance(row, dict):
            yield row_to_draft(row, columns, name)
        else:
            yield BadRow(name, Problem("bad_row", f"{name}: not a JSON object."))


def _csv(stream: BinaryIO, columns: Mapping[str, tuple[str, ...]], limits: Limits) -> Iterator[Draft | BadRow]:
    buffered = io.BufferedReader(stream, 1 << 18) if not isinstance(stream, io.BufferedReader) else stream  # type: ignore[type-var]
    head = buffered.peek(1 << 16)[: 1 << 16]
    text = io.TextIOWrapper(buffered, encoding=_csv_encoding(head), errors="replace", newline="")
    csv.field_size_limit(limits.row_bytes)
    reader = csv.reader(_without_nul(text), delimiter=_delimiter(head), strict=False)
    try:
        header = [each.strip() for each in next(reader, [])]
        yield from _csv_rows(reader, header, columns)
    finally:
        text.detach()


def _csv_rows(reader: Any, header: list[str], columns: Mapping[str, tuple[str, ...]]) -> Iterator[Draft | BadRow]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            name = f"line {reader.line_num}"
            yield BadRow(name, Problem("bad_row", f"{name}: {error}. Correct this row; the others were read."))
            continue
        name = f"line {reader.line_num}"
        if not any(cells):
            continue
        if len(cells) != len(header):
            message = f"{name}: {len(cells)} cells where the header has {len(header)}. Put text with commas or line breaks in quotes."
            yield BadRow(name, Problem("bad_row", message))
            continue
        yield row_to_draft(dict(zip(header, cells, strict=True)), columns, name)


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "")


def _csv_encoding(head: bytes) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        return decode(head).encoding
    return "utf-8-sig"


def _delimiter(head: bytes) -> str:
    first = head.split(b"\n", 1)[0].decode("latin-1")
    return max(",;\t|", key=first.count)


def _parquet(stream: BinaryIO, columns: Mapping[str, tuple[str, ...]]) -> Iterator[Draft | BadRow]:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(stream)
        number = 0
        for batch in table.iter_batches(batch_size=64):
            for row in batch.to_pylist():
                number += 1
                yield row_to_draft(row, columns, f"row {number}")
    except (pyarrow.ArrowException, OSError) as error:
        yield BadRow(
            "file", Problem("damaged", f"The Parquet file cannot be read ({str(error)[:120]}). Write it again.")
        )
