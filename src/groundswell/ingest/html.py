"""Saved web pages: article text and metadata, with a check that the text was really found. Runs in the child only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from groundswell.ingest.dates import from_metadata
from groundswell.ingest.decode import decode
from groundswell.ingest.reading import Draft, Limits
from groundswell.ingest.split_articles import with_lost_parts
from groundswell.ingest.visible import Visible, visible_text
from groundswell.ingest.worker import Refused
from groundswell.values import Problem

_DEEPEST_TREE = 2000  # lxml loses whole documents beyond its own limit without saying so
_LEAST_SHARE = 0.15  # of 60 news pages the leanest good extraction had 0.19 of the visible prose (long comments)
_LEAST_PROSE = 400


def warm() -> None:
    """Import what parsing needs, before there is anything to parse."""
    import htmldate  # noqa: F401
    import resiliparse.extract.html2text  # noqa: F401
    import trafilatura  # noqa: F401


def parse(data: bytes, options: dict[str, Any], limits: Limits) -> Iterator[Draft]:
    """``options``: url, charset (of the HTTP header), both optional."""
    if len(data) > limits.html_bytes:
        raise Refused(
            "too_large", f"The page is larger than {limits.html_bytes >> 20} MB. Save only the article and read that."
        )
    decoded = decode(data, declared=options.get("charset"))
    seen = visible_text(decoded.text)
    problems = list(decoded.problems)
    if seen.depth > _DEEPEST_TREE:
        message = (
            f"Tags are nested {seen.depth} deep; the text was read without its structure. Compare it with the page."
        )
        problems.append(Problem("depth", message))
        body, meta = _prose_of(seen), _Metadata()
    else:
        body, meta = _extract(decoded.text, options.get("url"))
    body, partial, doubts = _checked(body, seen, decoded.text)
    problems.extend(doubts)
    if not body.strip() and not meta.title:
        raise Refused(
            "no_text",
            "No text was found in this page. If it fills itself by script, save it from a browser and read that.",
        )
    yield Draft(
        body=body,
        format="html",
        title=meta.title,
        author=meta.author,
        publisher=meta.publisher,
        url=meta.url or options.get("url"),
        published=meta.published,
        published_basis="metadata" if meta.published else None,
        decode_confidence=decoded.confidence,
        partial=partial or decoded.partial or seen.depth > _DEEPEST_TREE,
        problems=tuple(problems),
    )


class _Metadata:
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: date | None = None


def _extract(markup: str, url: str | None) -> tuple[str, _Metadata]:
    from trafilatura import bare_extraction

    meta = _Metadata()
    found = bare_extraction(
        markup,
        url=url,
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"},
    )
    if found is None:
        return "", meta
    plain = found if isinstance(found, dict) else found.as_dict()
    meta.author = plain.get("author")
    meta.publisher = plain.get("sitename") or plain.get("hostname")
    meta.title = _without_site(plain.get("title"), meta.publisher)
    meta.url = plain.get("url")
    meta.published = from_metadata(plain.get("date"))
    return with_lost_parts(markup, str(plain.get("text") or "")), meta


def _without_site(title: str | None, site: str | None) -> str | None:
    """ "Dockers walk out | The Gazette" is called "Dockers walk out"."""
    if not title or not site:
        return title
    head, mark, tail = next(
        (p for p in (title.rpartition(m) for m in (" | ", " - ", " – ", " — ", " :: ")) if p[1]), ("", "", title)
    )
    letters = [re.sub(r"\W", "", each.casefold()) for each in (tail, site)]
    if mark and len(head.split()) >= 2 and letters[0] and (letters[0] in letters[1] or letters[1] in letters[0]):
        return head
    return title


def _checked(body: str, seen: Visible, markup: str) -> tuple[str, bool, list[Problem]]:
    """Compare what was extracted with what the page visibly holds; fall back, and say so when little was found."""
    if len(body) >= _LEAST_SHARE * seen.prose or seen.prose < _LEAST_PROSE:
        return body, False, []
    second = _second_opinion(markup) if seen.depth <= _DEEPEST_TREE else ""
    if len(second) > len(body):
        body = second
    if len(body) < _LEAST_SHARE * seen.prose:
        body = _prose_of(seen)
    message = (
        f"The article could not be told from the rest of the page ({seen.prose} characters of prose are visible); all of its prose "
        "was read. Compare the text with the page, or save only the article."
    )
    return body, True, [Problem("low_yield", message)]


def _second_opinion(markup: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text = extract_plain_text(
        markup, main_content=True, alt_texts=False, links=False, list_bullets=False, comments=False
    )
    return re.sub(r"\n{2,}", "\n", text)


def _prose_of(seen: Visible) -> str:
    return "\n".join(each for each in seen.blocks if len(each) >= 40)
