"""Reads sources into Documents, one outcome each: dispatches every input to its parser, keeps duplicates apart, and
turns each failure into a Reading with a message. Streams; holds one document and the ids seen so far."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from groundswell.ingest.child import ChildFailure, borrowed
from groundswell.ingest.decode import decode
from groundswell.ingest.documents import make_document
from groundswell.ingest.frames import Member
from groundswell.ingest.kinds import Kind, ending
from groundswell.ingest.markdown import read_markdown
from groundswell.ingest.reading import Draft, Limits, Reading, cut_short, rejected
from groundswell.ingest.sources import Item, expand
from groundswell.ingest.tables import BadRow, read_table
from groundswell.records import Document
from groundswell.values import Problem

_DEEPEST_ARCHIVE = 2
_REMEMBERED = 20_000  # ids held where the caller has a ledger to ask for older ones: 6 MB, however long the run
_TABLES = ("json", "jsonl", "csv", "parquet")
_CONTAINERS = ("zip", "tar", "gzip", "warc")
_MANY = (*_TABLES, *_CONTAINERS, "feed")  # one source, many documents: sharded row by row
_BINARY = "Its bytes are neither text nor a format that is read (HTML, PDF, text, Markdown, EML, RSS/Atom, JSON, CSV, Parquet, WARC, zip)."


def read_sources(
    sources: Iterable[str | Path],
    *,
    published: date | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = Limits(),  # noqa: B008  frozen
    known: Callable[[str], bool] | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> Iterator[Reading]:
    """Read files, folders, globs, "-" (standard input), http(s) URLs and archives; one Reading for each document.

    Args:
        published: the date of publication the user gives; wins over what documents say.
        mapping: for tables, our field name -> the table's column name.
        known: asked with a document id; True means the caller has it and it need not be read again.
        wanted: asked with a source_id; False means that another shard reads it: it is passed over without an outcome.
    """
    reader = _Reader(published, mapping, limits, known, wanted)
    for item in expand(sources):
        yield from reader.read(item)


def read_bytes(data: bytes, *, name: str, published: date | None = None) -> list[Reading]:
    """Read one file held in memory, for instance an upload. ``name`` settles its format where the bytes leave it open."""
    return list(_Reader(published, None, Limits(), None, None).read(Item(name, data=data)))


def text_document(
    text: str,
    *,
    title: str | None = None,
    published: date | None = None,
    source_id: str = "",
    author: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    language: str | None = None,
) -> Document:
    """A Document from a Python string, repaired and read for title and date like a text file. Its id is the hash of the text
    as UTF-8."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    draft = Draft(
        body=text,
        format="text",
        layout="lines",
        title=title,
        author=author,
        publisher=publisher,
        url=url,
        language=language,
    )
    return make_document(draft, document_id=digest, source_id=source_id, published=published)


class _Reader:
    """One run: its settings and the ids it has seen."""

    def __init__(
        self,
        published: date | None,
        mapping: Mapping[str, str] | None,
        limits: Limits,
        known: Callable[[str], bool] | None,
        wanted: Callable[[str], bool] | None,
    ) -> None:
        self.published = published
        self.mapping = mapping
        self.limits = limits
        self.known = known
        self.wanted = wanted
        self.seen: dict[str, str] = {}

    def read(self, item: Item) -> Iterator[Reading]:
        """Every outcome of one input; at least one, unless another shard reads all of it."""
        if item.url is not None and item.data is None:
            if not self._mine(item.name):
                return
            whole = copy(self)
            whole.wanted = None  # a page is fetched by one shard, which reads all that is in it
            item = self._fetched(item)
            if item.problem is None:
                yield from whole.read(item)
                return
        if item.problem is not None:
            yield from self._if_mine(item.name, Reading(item.name, "rejected", None, (item.problem,)))
            return
        try:
            kind = item.kind()
            if kind in _MANY or self._mine(item.name):
                yield from self._dispatch(item, kind)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"{item.name} cannot be read ({reason}). Check the file and its permissions."
            yield from self._if_mine(item.name, rejected(item.name, "unreadable", message))

    def _mine(self, name: str) -> bool:
        return self.wanted is None or self.wanted(name)

    def _if_mine(self, name: str, reading: Reading) -> Iterator[Reading]:
        """Of what is wrong with a source as a whole only the shard that its name falls to tells."""
        if self._mine(name):
            yield reading

    def _fetched(self, item: Item) -> Item:
        from groundswell.ingest.fetch import FetchFailure, fetch

        assert item.url is not None
        try:
            page = fetch(item.url, self.limits)
        except FetchFailure as failure:
            return Item(item.name, problem=Problem(failure.code, str(failure)))
        return Item(item.name, data=page.data, url=page.url, charset=page.charset, media_type=page.media_type)

    def _dispatch(self, item: Item, kind: Kind) -> Iterator[Reading]:
        if kind == "empty":
            yield rejected(
                item.name, "empty", f"{item.name} is empty. Check that it was saved or downloaded completely."
            )
        elif kind == "binary":
            yield rejected(item.name, "binary", f"{item.name} cannot be read. {_BINARY} Convert it first.")
        elif kind in _TABLES:
            yield from self._table(item, kind, item.open())
        elif kind == "gzip" and ending(item.name[:-3]) in (".jsonl", ".ndjson", ".csv", ".tsv"):
            yield from self._packed_table(item)
        elif kind in _CONTAINERS:
            yield from self._container(item, kind)
        else:
            yield from self._single(item, kind)

    def _single(self, item: Item, kind: Kind) -> Iterator[Reading]:
        """A file that is one document (or a feed), small enough to be held."""
        most = {"pdf": self.limits.pdf_bytes, "html": self.limits.html_bytes}.get(kind, self.limits.text_bytes)
        data = item.read(most)
        if data is None:
            message = f"{item.name} is larger than {most >> 20} MB. Split it, or save only the article, and read that."
            yield rejected(item.name, "too_large", message)
            return
        digest = hashlib.sha256(data).hexdigest()
        if kind != "feed" and (again := self._duplicate(digest, item.name)):
            yield again
        elif kind in ("text", "markdown"):
            yield self._finished(_text_draft(data, kind), digest, item.name)
        else:
            yield from self._parsed(item, kind, data, digest)

    def _parsed(self, item: Item, kind: Kind, data: bytes, digest: str) -> Iterator[Reading]:
        try:
            with borrowed(self.limits) as child:
                for made in child.run(kind, data, url=item.url, charset=item.charset):
                    if isinstance(made, Draft):
                        yield from self._from_draft(made, digest, item.name)
        except ChildFailure as failure:
            self.seen.pop(digest, None)
            yield from self._if_mine(item.name, rejected(item.name, failure.code, f"{item.name}: {failure}"))

    def _container(self, item: Item, kind: Kind) -> Iterator[Reading]:
        if item.depth >= _DEEPEST_ARCHIVE:
            message = f"{item.name} is an archive in an archive in an archive. Unpack it first."
            yield from self._if_mine(item.name, rejected(item.name, "nested_archive", message))
            return
        if item.stream is not None:
            with tempfile.NamedTemporaryFile(suffix=".part") as spool:
                while part := item.stream.read(1 << 20):
                    spool.write(part)
                spool.flush()
                yield from self._members(Item(item.name, path=Path(spool.name)), kind)
        else:
            yield from self._members(item, kind)

    def _members(self, item: Item, kind: Kind) -> Iterator[Reading]:
        job = "warc" if kind == "warc" else "archive"
        path = str(item.path.resolve()) if item.path is not None else None
        count = 0
        try:
            with borrowed(self.limits) as child:
                for made in child.run(job, item.data or b"", path=path, kind=kind, name=item.name):
                    if isinstance(made, Member):
                        count += 1
                        yield from self._member(item, made, kind)
        except ChildFailure as failure:
            count += 1
            yield from self._if_mine(item.name, rejected(item.name, failure.code, f"{item.name}: {failure}"))
        if not count:
            message = f"{item.name} holds no document. Check that it was saved completely."
            yield from self._if_mine(item.name, rejected(item.name, "empty", message))

    def _member(self, item: Item, member: Member, kind: Kind) -> Iterator[Reading]:
        name = member.name if kind == "warc" else _inner_name(item.name, member.name, kind)
        if member.problem is not None:
            yield from self._if_mine(name, rejected(name, member.problem[0], f"{name}: {member.problem[1]}"))
            return
        yield from self.read(
            Item(
                name,
                data=member.data,
                url=member.url,
                media_type=member.media_type,
                depth=item.depth + (kind != "gzip"),
            )
        )

    def _packed_table(self, item: Item) -> Iterator[Reading]:
        kind: Kind = "csv" if ending(item.name[:-3]) in (".csv", ".tsv") else "jsonl"
        try:
            with gzip.open(item.open()) as unpacked:
                yield from self._table(item, kind, cast(BinaryIO, unpacked))
        except (EOFError, zlib.error) as error:
            message = f"{item.name} is damaged ({error}); rows before that were read. Fetch it again."
            yield from self._if_mine(item.name, rejected(item.name, "damaged", message))

    def _table(self, item: Item, kind: Kind, stream: BinaryIO) -> Iterator[Reading]:
        stem = Path(item.name).stem if kind == "json" else item.name
        count = 0
        try:
            for made in read_table(kind, stream, stem=stem, mapping=self.mapping, limits=self.limits):
                count += 1
                if isinstance(made, BadRow):
                    name = _row_name(item.name, made.name)
                    yield from self._if_mine(name, Reading(name, "rejected", None, (made.problem,)))
                else:
                    yield from self._from_draft(made, "", item.name)
        finally:
            if item.stream is None:
                stream.close()
        if not count:
            message = f"{item.name} has no rows. Check that it was saved completely."
            yield from self._if_mine(item.name, rejected(item.name, "empty", message))

    def _from_draft(self, draft: Draft, digest: str, name: str) -> Iterator[Reading]:
        source_id = name
        if draft.key is not None:
            digest = hashlib.sha256(draft.key.encode("utf-8", "surrogatepass")).hexdigest()
            source_id = _row_name(name, draft.name)
            if not self._mine(source_id):
                return
            if again := self._duplicate(digest, source_id):
                yield again
                return
        yield self._finished(draft, digest, source_id)

    def _duplicate(self, digest: str, name: str) -> Reading | None:
        first = self.seen.get(digest)
        if first is None and self.known is not None and self.known(digest):
            first = digest
        if first is None:
            if self.known is not None and len(self.seen) >= _REMEMBERED:
                for old in list(islice(self.seen, _REMEMBERED // 2)):  # the caller knows these by now
                    del self.seen[old]
            self.seen[digest] = name
            return None
        message = f"{name} has the same content as {first}; nothing to do."
        return Reading(name, "duplicate", None, (Problem("duplicate", message),), duplicate_of=first)

    def _finished(self, draft: Draft, digest: str, name: str) -> Reading:
        draft = cut_short(draft, self.limits.text_characters)
        document = make_document(draft, document_id=digest, source_id=name, published=self.published)
        if not document.text.strip():
            self.seen.pop(digest, None)
            return rejected(name, "no_text", f"{name} holds no text. Check that it was saved completely.")
        return Reading(name, "partial" if draft.partial else "read", document, document.problems)


def _text_draft(data: bytes, kind: Kind) -> Draft:
    from dataclasses import replace

    decoded = decode(data)
    if kind == "markdown":
        draft = read_markdown(decoded.text)
    else:
        draft = Draft(body=decoded.text, format="text", layout="lines")
    return replace(
        draft, decode_confidence=decoded.confidence, partial=decoded.partial, problems=draft.problems + decoded.problems
    )


def _row_name(source: str, name: str) -> str:
    """What a corpus calls its rows is kept; rows without a name are called by their place in the file."""
    return f"{source} {name}" if name.startswith(("line ", "row ")) or name == "file" else name


def _inner_name(source: str, name: str, kind: Kind) -> str:
    return name if kind == "gzip" else f"{source}!/{name}"
