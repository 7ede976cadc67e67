"""RSS and Atom files that carry their articles: one Draft for each entry. Runs in the child only; fetches nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from groundswell.ingest.decode import decode
from groundswell.ingest.reading import Draft, Limits
from groundswell.ingest.visible import visible_text
from groundswell.ingest.worker import Refused
from groundswell.values import Problem

_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_TEASER_LENGTH = 500


def warm() -> None:
    """Import what parsing needs, before there is anything to parse."""
    import feedparser  # noqa: F401


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Draft]:
    """Entries in the order of the feed. An entry with nothing but a teaser is partial and says so."""
    import feedparser

    if len(data) > limits.text_bytes:
        raise Refused("too_large", f"The feed is larger than {limits.text_bytes >> 20} MB. Split it.")
    decoded = decode(data)
    if _ENTITY.search(decoded.text):  # in whatever encoding
        raise Refused(
            "entities",
            "The feed defines entities of its own, which is how XML bombs are made; it was not read. Save the articles.",
        )
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        raise Refused("no_entries", "No entry was found in this feed. Check that it was saved completely.")
    for number, entry in enumerate(feed.entries, start=1):
        yield _entry(entry, _text(feed.feed.get("title")), number, decoded.confidence)


def _text(value: object) -> str | None:
    """Titles may hold markup; only their words are kept."""
    words = " ".join(visible_text(str(value)).blocks) if value else ""
    return words or None


def _entry(entry: Any, publisher: str | None, number: int, confidence: float) -> Draft:
    contents = [str(each.get("value", "")) for each in entry.get("content", [])]
    summary = str(entry.get("summary", ""))
    markup = max([*contents, summary], key=len)
    body = "\n".join(visible_text(markup).blocks)
    teaser = not contents and (len(body) < _TEASER_LENGTH or body.rstrip().endswith(("…", "...", "[…]", "[...]")))
    problems: tuple[Problem, ...] = ()
    if teaser:
        problems = (
            Problem(
                "teaser_only", "The feed holds only the beginning of this article. Read the page itself for the rest."
            ),
        )
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    published = date(when.tm_year, when.tm_mon, when.tm_mday) if when else None
    link = str(entry.get("link", "")) or None
    title = _text(entry.get("title"))
    key = [title, body, link, published.isoformat() if published else None]
    return Draft(
        body=body,
        format="feed",
        title=title,
        author=_text(entry.get("author")),
        publisher=_text(entry.get("source", {}).get("title")) or publisher,
        url=link,
        published=published,
        published_basis="metadata" if published else None,
        decode_confidence=confidence,
        name=link or str(entry.get("id", "")) or f"entry {number}",
        key=json.dumps(key, ensure_ascii=True),
        partial=teaser,
        problems=problems,
    )
