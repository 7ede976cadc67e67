"""Sharing: what passes the filters as files of every export format, as a release folder, and as snippets of code."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.responses import Response

from groundswell.errors import UsageError
from groundswell.export import export as write
from groundswell.review.adjudicating import coding_rows
from groundswell.review.sentences import corrected_rows
from groundswell.serve import followthemoney, release
from groundswell.serve.app import Call, Page
from groundswell.serve.asking import Asked
from groundswell.serve.choosing import Chosen
from groundswell.serve.look import chosen
from groundswell.serve.masking import PublicBook

# name: title, file, media type, one line about it
FORMATS: dict[str, tuple[str, str, str, str]] = {
    "csv": ("CSV tables", "groundswell-csv.zip", "application/zip", "events, reports, figures, statements, places, links: one tidy table each, cells guarded against formulas"),
    "parquet": ("Parquet tables", "groundswell-parquet.zip", "application/zip", "the same six tables, typed"),
    "jsonl": ("JSON lines", "groundswell.jsonl", "application/x-ndjson", "one document a line: the public record with all offsets"),
    "events-jsonl": ("Events as JSON lines", "groundswell-events.jsonl", "application/x-ndjson", "one event a line, all sources side by side"),
    "geojson": ("GeoJSON", "groundswell.geojson", "application/geo+json", "points only for towns, districts and places"),
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
    ask, found = chosen(call)
    return call.page(
        "share.html", ask=ask, total=found.total, formats={name: row for name, row in FORMATS.items() if _may(call, NEEDED.get(name, "view"))},
        token=call.desk.api_token, authority=call.desk.authority, python=_python(call, ask), r=_r(),
        feed=f"http://{call.desk.authority}/feed/{call.desk.feed_key}/calendar.ics",
    )  # fmt: skip


def _may(call: Call, permission: str) -> bool:
    return call.person is not None and call.person.may(permission)


def book_of(call: Call, ask: Asked, found: Chosen) -> PublicBook:
    """The ledger as exports see it for these filters."""
    only = None
    if ask.issue or ask.precision:  # the two filters that the ledger itself does not know
        numbers = found.columns.n[found.rows].tolist()
        only = frozenset(_ids(call, numbers))
    return PublicBook(call.desk.ledger, None if call.desk.project.show_names else call.desk.masker, only)


def _ids(call: Call, numbers: list[int]) -> Iterator[str]:
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        marks = ",".join("?" * len(part))
        yield from (
            row[0] for row in call.desk.ledger.connection.execute(f"SELECT id FROM event WHERE n IN ({marks})", part)
        )


def download(call: Call) -> Response:
    name = str(call.path["format"])
    if name not in FORMATS:
        raise UsageError(f"There is no export format {name!r}. Available: {', '.join(FORMATS)}.")
    ask, found = chosen(call)
    _, file, media, _ = FORMATS[name]
    body = _written(call, name, ask, book_of(call, ask, found))
    return Response(body, media_type=media, headers={"content-disposition": f'attachment; filename="{file}"'})


def _written(call: Call, name: str, ask: Asked, book: Any) -> bytes:
    at = call.desk.now()
    if not _may(call, NEEDED.get(name, "view")):
        raise UsageError(f"{FORMATS[name][0]} hold words or codings that your role may not export.")
    if name == "codings":
        return _lines(coding_rows(call.desk.ledger))
    if name == "corrections":
        return _lines(corrected_rows(call.desk.ledger))
    if name == "ftm":
        return _lines(followthemoney.entities(book.events(ask.filters)))
    if name in ("csv", "parquet", "release"):
        with tempfile.TemporaryDirectory(prefix="groundswell-") as folder:
            if name == "release":
                release.write(
                    book, Path(folder), filters=ask.filters, at=at, project=call.desk.project, query=ask.query
                )
            else:
                write(book, name, filters=ask.filters, out=Path(folder), at=at)
            return _zipped(Path(folder))
    return write(book, name, filters=ask.filters, at=at).encode("utf-8", "surrogatepass")


def _lines(rows: Any) -> bytes:
    import json

    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows).encode(
        "utf-8", "surrogatepass"
    )


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                # A fixed time in the archive: the same content gives the same bytes.
                member = zipfile.ZipInfo(str(path.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
                archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _python(call: Call, ask: Asked) -> str:
    given = {key: value for key, value in ask.pairs() if key not in ("issue", "precision", "bbox")}
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


ROUTES = [Page("/share", share, "view"), Page("/download/{format}", download, "view")]
