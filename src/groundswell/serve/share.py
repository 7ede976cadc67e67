"""Sharing: what passes the filters as files of every export format, as a release folder, and as snippets of code."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from groundswell.errors import UsageError
from groundswell.export import columns, stream, write_tables
from groundswell.review.adjudicating import coding_rows
from groundswell.review.sentences import corrected_rows
from groundswell.serve import asking, followthemoney, release
from groundswell.serve.app import Call, Page
from groundswell.serve.asking import Asked
from groundswell.serve.public import PublicBook
from groundswell.serve.streaming import Write, pump, zipped

# name: title, file, media type, one line about it
FORMATS: dict[str, tuple[str, str, str, str]] = {
    "csv": ("CSV tables", "groundswell-csv.zip", "application/zip", "events, reports, figures, statements, places, links: one tidy table each, cells guarded against formulas"),
    "parquet": ("Parquet tables", "groundswell-parquet.zip", "application/zip", "the same six tables, typed"),
    "jsonl": ("JSON lines", "groundswell.jsonl", "application/x-ndjson", "one document a line: the public record with all offsets"),
    "events-jsonl": ("Events as JSON lines", "groundswell-events.jsonl", "application/x-ndjson", "one event a line, all sources side by side"),
    "geojson": ("GeoJSON", "groundswell.geojson", "application/geo+json", "points only for towns and places"),
    "ical": ("iCalendar", "groundswell.ics", "text/calendar", "announced and called-for actions"),
    "atom": ("Atom feed", "groundswell.atom", "application/atom+xml", "one entry an event"),
    "acled": ("ACLED columns", "groundswell-acled.csv", "text/csv", "happenings that took place, in ACLED's columns"),
    "ccc": ("CCC columns", "groundswell-ccc.csv", "text/csv", "protests in the columns of the Crowd Counting Consortium"),
    "plover": ("PLOVER JSON", "groundswell-plover.jsonl", "application/x-ndjson", "one report a line in PLOVER's fields"),
    "annotations": ("W3C Web Annotations", "groundswell-annotations.jsonl", "application/x-ndjson", "every finding as an annotation of its words"),
    "ftm": ("FollowTheMoney", "groundswell.ftm.json", "application/x-ndjson", "events and public actors as entities; that model has no field for figures"),
    "release": ("Release folder", "groundswell-release.zip", "application/zip", "Frictionless data package: tables, codebook, sources, checksums, withdrawals, citation"),
    "codings": ("Blind codings", "groundswell-codings.jsonl", "application/x-ndjson", "every coding of the double-coded samples, coders by number, and what was settled; all samples, whatever the filters"),
    "corrections": ("Corrections as corpus sentences", "groundswell-corrections.jsonl", "application/x-ndjson", "reviewed sentences to train the reader from; full words, not for publication"),
}  # fmt: skip

NEEDED = {"corrections": "words", "codings": "adjudicate"}


def share(call: Call) -> Response:
    ask = asking.asked(call.query)
    found, tiers = call.desk.choose(ask, public=not call.desk.project.exact_places), call.desk.tiers()
    sensitive = int((found.columns.flags(list(tiers)) & found.rows).sum()) if tiers else 0
    return call.page(
        "share.html", ask=ask, total=found.total, sensitive=sensitive, missing=call.desk.project.missing(), formats={name: row for name, row in FORMATS.items() if _may(call, NEEDED.get(name, "view"))},
        token=call.desk.api_token, python=_python(call, ask), r=_r(),
        base=call.base, feed=f"{call.base}/feed/{call.desk.feed_key}",
    )  # fmt: skip


def _may(call: Call, permission: str) -> bool:
    return call.person is not None and call.person.may(permission)


def book_of(call: Call) -> tuple[Asked, PublicBook]:
    """What the filters ask, and the chosen events as exports see them."""
    ask, desk = asking.asked(call.query), call.desk
    found = desk.choose(ask, public=not desk.project.exact_places)
    return ask, PublicBook(desk.shown(public=True), found, everything=not ask.pairs(), before=desk.held_after())


def download(call: Call) -> Response:
    """A file in one of the formats, written while it is sent."""
    name = str(call.path["format"])
    if name not in FORMATS:
        raise UsageError(f"There is no export format {name!r}. Available: {', '.join(FORMATS)}.")
    if not _may(call, NEEDED.get(name, "view")):
        raise UsageError(f"{FORMATS[name][0]} hold words or codings that your role may not export.")
    if name == "release" and (missing := call.desk.project.missing()):
        raise UsageError(f"A release needs these settings first: {', '.join(missing)}. Fill them in under Settings.")
    _, file, media, _ = FORMATS[name]
    produce, noted = _producer(call, name), f"{name} {asking.asked(call.query).named}".strip()
    if not call.desk.downloads.acquire(blocking=False):
        raise HTTPException(429, "Several downloads are running already. Wait for one of them to end.")

    def ended() -> None:
        call.desk.ledger.database.release()
        call.desk.downloads.release()

    body = pump(produce, failed=lambda said: _last_words(media, said), ended=ended)
    call.note("export", noted)  # from here on what fails lets go of the pieces, and so of the place among the downloads
    return StreamingResponse(body, media_type=media, headers={"content-disposition": f'attachment; filename="{file}"'})


def _producer(call: Call, name: str) -> Callable[[Write], None]:
    """What writes the format."""
    at, ledger = call.desk.now(), call.desk.ledger
    if name == "codings":
        return lambda write: _text(_lines(coding_rows(ledger)), write)
    if name == "corrections":
        return lambda write: _text(_lines(corrected_rows(ledger)), write)
    ask, book = book_of(call)
    if name == "ftm":
        return lambda write: _text(_lines(followthemoney.entities(book.events())), write)
    if name in ("csv", "parquet", "release"):
        return lambda write: _archive(call, name, ask, book, at, write)
    return lambda write: _text(stream(book, name, at=at), write)  # type: ignore[arg-type]  # the same calls as Ledger


def _text(pieces: Iterable[str], write: Write) -> None:
    written = False
    for piece in pieces:
        write(piece.encode("utf-8", "surrogatepass"))
        written = True
    if not written:
        write(b"")


def _archive(call: Call, name: str, ask: Asked, book: PublicBook, at: str, write: Write) -> None:
    with tempfile.TemporaryDirectory(prefix="groundswell-") as holder:
        folder = Path(holder)
        if name == "release":
            release.write(book, folder, at=at, project=call.desk.project, query=ask.query)
            files: Iterable[tuple[str, Path]] = (
                (str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*")) if path.is_file()
            )
        else:
            files = _tables(book, name, folder)
        zipped(files, write)


def _tables(book: PublicBook, suffix: str, folder: Path) -> Iterator[tuple[str, Path]]:
    for _, path, _ in write_tables(book, folder, suffix=suffix):  # type: ignore[arg-type]  # the same calls as Ledger
        yield path.name, path
    sheet = folder / "columns.csv"
    sheet.write_text(columns.as_csv(), encoding="utf-8")
    yield sheet.name, sheet


def _lines(rows: Iterable[Any]) -> Iterator[str]:
    return (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)


def _last_words(media: str, said: str) -> bytes:
    """A last line that no reader takes for data; formats that must be closed are left open, which every parser refuses."""
    if media == "application/x-ndjson":
        return (json.dumps({"error": f"This export is unfinished: {said}"}, ensure_ascii=False) + "\n").encode()
    if media == "text/csv":
        return f"\n# This export is unfinished: {said}\n".encode()
    return b""


def sheet(call: Call) -> Response:
    return call.page("columns.html", sheet=columns.sheet())


def _python(call: Call, ask: Asked) -> str:
    given = {key: value for key, value in ask.pairs() if key != "bbox" and (key, value) != ("precision", "none")}
    several = {key: [v for k, v in ask.pairs() if k == key] for key in given}
    words = ", ".join(
        f"{key}={values if len(values) > 1 else values[0]!r}"
        for key, values in several.items()
        if key not in ("linked", "min_confidence")
    )
    return (
        "import groundswell as gs\n\n"
        f'events = gs.open_ledger("{call.desk.ledger.path.name}").events({words}).to_pandas()\n'
        'events.groupby("type")["event_id"].count().sort_values(ascending=False)'
    )


def _r() -> str:
    return (
        '# unzip groundswell-csv.zip first\nevents <- read.csv("events.csv", na.strings = "", stringsAsFactors = FALSE)\n'
        "events$earliest <- as.Date(events$earliest)\nsort(table(events$type), decreasing = TRUE)"
    )


ROUTES = [Page("/share", share, "view"), Page("/columns", sheet, "view"), Page("/download/{format}", download, "view")]
