"""Saved e-mails (EML): subject, sender, date and the text part. Runs in the child only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any

from groundswell.ingest import html
from groundswell.ingest.decode import decode
from groundswell.ingest.reading import Draft, Limits
from groundswell.ingest.worker import Refused
from groundswell.values import Problem

_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_REPLY = re.compile(r"^(?:-{3,} ?Original Message ?-{3,}|On .{6,120} wrote:)\s*$", re.MULTILINE)
_SHORT = 200


def warm() -> None:
    """The parsers of HTML parts."""
    html.warm()


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Draft]:
    """One Draft. The plain text part is read; the HTML part where there is no plain text worth the name."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    plain = _part(message, "plain")
    markup = _part(message, "html")
    text = decode(plain).text if plain else ""
    if markup and len(text.strip()) < _SHORT:
        draft = replace(next(html.parse(markup, {}, limits)), format="text")
    elif text.strip():
        draft = Draft(body=_own_words(text), format="text", layout="lines")
    else:
        raise Refused("no_text", "The message holds no text. Save its attachments and read those.")
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    problems = draft.problems
    if attached:
        note = f"Attachments were not read: {', '.join(str(each) for each in attached[:5])}. Save them and read them as files."
        problems = (*problems, Problem("attachments_not_read", note))
    published = _date(message)
    yield replace(
        draft,
        title=_header(message, "subject") or draft.title,
        author=_header(message, "from"),
        published=published,
        published_basis="metadata" if published else None,
        problems=problems,
    )


def _part(message: EmailMessage, kind: str) -> bytes | None:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset()
    if not isinstance(payload, bytes):
        return None
    return decode(payload, declared=charset).text.encode("utf-8")


def _header(message: EmailMessage, name: str) -> str | None:
    words = re.sub(r"\s+", " ", str(message.get(name) or "")).strip()
    words = re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", words, flags=re.IGNORECASE) if name == "subject" else words
    return re.sub(r"\s*<[^<>]*>$", "", words).strip('" ') or None if name == "from" else words or None


def _date(message: EmailMessage) -> Any:
    try:
        return parsedate_to_datetime(str(message.get("date"))).date()
    except (TypeError, ValueError):
        return None


def _own_words(text: str) -> str:
    """Without signature and without the mail it answers."""
    for mark in (_SIGNATURE, _REPLY):
        found = mark.search(text)
        if found and found.start() > _SHORT:
            text = text[: found.start()]
    return text
