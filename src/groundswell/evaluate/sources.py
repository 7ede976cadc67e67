"""What can be scored: a folder of codings beside its documents, or a split of the corpus. Yields gold, text, document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from groundswell.errors import SourceError
from groundswell.records import Document


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document to read and the coding it is scored against."""

    document: Document
    coding: dict[str, Any]


def gold_documents(folder: Path, *, split: str = "test") -> Iterator[GoldDocument]:
    """Codings in ``folder/coded`` with documents in ``folder/docs``, else the corpus split in ``folder``.

    Raises:
        SourceError: the folder holds neither.
    """
    if (folder / "coded").is_dir() and (folder / "docs").is_dir():
        yield from _coded(folder)
    elif any(folder.glob("*.jsonl")):
        yield from _corpus(folder, split)
    else:
        raise SourceError(f"{folder} holds neither coded/ and docs/ nor a corpus (*.jsonl). Give one of the two.")


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of everything that is scored, so that floors say what they were measured on."""
    digest = hashlib.sha256()
    files = [*folder.glob("coded/*.json"), *folder.glob("docs/*.json"), *folder.glob("*.jsonl")]
    for path in sorted(files):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _coded(folder: Path) -> Iterator[GoldDocument]:
    from groundswell.ingest import text_document

    for path in sorted((folder / "coded").glob("*.json")):
        source = json.loads((folder / "docs" / path.name).read_text(encoding="utf-8"))
        published = date.fromisoformat(source["published"]) if source.get("published") else None
        document = text_document(
            source["text"], title=source.get("title") or None, published=published, source_id=path.stem
        )
        yield GoldDocument(document, json.loads(path.read_text(encoding="utf-8")))


def _corpus(folder: Path, split: str) -> Iterator[GoldDocument]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row.get("split") == split and not row.get("derived"):
                    yield GoldDocument(_row_document(row), _row_coding(row))


def _row_document(row: dict[str, Any]) -> Document:
    """A corpus row as it stands: its offsets must stay true, so nothing is repaired."""
    text = row["text"]
    published = date.fromisoformat(row["published"]) if row.get("published") else None
    key = hashlib.sha256(text.encode()).hexdigest()
    title = row.get("title")
    heading = len(title) if title and text.startswith(title) and text[len(title) : len(title) + 1] == "\n" else 0
    body_start = heading + len(text[heading:]) - len(text[heading:].lstrip()) if heading else 0
    return Document(
        id=key, text=text, source_id=row["id"], title=title, body_start=body_start, language="en", published=published
    )


def _row_coding(row: dict[str, Any]) -> dict[str, Any]:
    words = _words
    events = [
        {
            **{k: event.get(k) for k in ("type", "mode", "status")},
            "trigger": words(event["trigger"]),
            "quote": _sentence_around(row["text"], event["trigger"]["start"]),
            **{k: [words(x) for x in event.get(k) or []] for k in ("actors", "called_by", "targets", "places", "also")},
            "time_disputed": True,
            "figures": [_figure(x) for x in event.get("figures") or []],
            "attribution": words(event.get("attribution")),
        }
        for event in row.get("events") or []
    ]
    statements = [{k: words(s.get(k)) for k in ("speaker", "cue", "content")} for s in row.get("statements") or []]
    places = [{"text": e["text"]} for e in row.get("entities") or [] if e["kind"] == "place"]
    figures = [_figure(x) for x in row.get("figures") or []]
    return {"events": events, "figures": figures, "statements": statements, "places": places}


def _figure(figure: dict[str, Any]) -> dict[str, Any]:
    return {"text": figure["text"], "of": figure["of"]}


def _words(value: Any) -> Any:
    return value["text"] if isinstance(value, dict) else value


def _sentence_around(text: str, offset: int) -> str:
    from groundswell.analyse.sentences import split

    return next((text[s.start : s.end] for s in split(text) if s.start <= offset < s.end), text)
