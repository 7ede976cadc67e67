"""Finds the other parts of an article that advertisements cut into several boxes: extractors often keep only the first.

A box counts as another part when it has the same tag and class as one whose text was extracted, stands in the same
<article> or <main>, and nothing of it was extracted. Runs in the child only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_LONG = 60
_FEW = 3
_SENTENCE_END = re.compile(r"[.!?…。؟][\"'”’»)\]]*$")


def with_lost_parts(markup: str, body: str) -> str:
    """``body`` (a paragraph a line) with the paragraphs of lost parts where they belong; itself when none is lost."""
    from lxml import etree, html

    try:
        tree = html.document_fromstring(markup.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return body
    found = _squeeze(body)
    boxes = [box for box in _boxes(tree) if len(box[1]) >= _FEW]
    kept = {key for key, paragraphs in boxes if sum(each in found for each in paragraphs) >= _FEW}
    lost = [
        paragraphs
        for key, paragraphs in boxes
        if key in kept and key[2] and not any(each[:_LONG] in found for each in paragraphs)
    ]
    if not lost:
        return body
    return _merged(body.split("\n"), boxes, kept)


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _boxes(tree: Any) -> Iterator[tuple[tuple[str, int, str], list[str]]]:
    """(tag, identity of the article around it, class) and the long paragraphs that stand directly in a box."""
    articles = {node: number for number, node in enumerate(tree.iter("article", "main"))}
    for box in tree.iter("div", "section"):
        paragraphs = [_squeeze(str(each.text_content())) for each in box if each.tag == "p"]
        paragraphs = [each for each in paragraphs if len(each) >= _LONG and _SENTENCE_END.search(each)]
        around = next((articles[node] for node in box.iterancestors("article", "main")), None)
        if paragraphs and around is not None:
            yield (str(box.tag), around, box.get("class") or ""), paragraphs


def _merged(
    lines: list[str], boxes: list[tuple[tuple[str, int, str], list[str]]], kept: set[tuple[str, int, str]]
) -> str:
    """Lost parts go after the last extracted paragraph that stands before them on the page."""
    places = {_squeeze(line)[:_LONG]: number for number, line in enumerate(lines)}
    after: dict[int, list[str]] = {}
    last = -1
    for key, paragraphs in boxes:
        if key not in kept:
            continue
        known = [places[each[:_LONG]] for each in paragraphs if each[:_LONG] in places]
        if known:
            last = max(last, *known)
        else:
            after.setdefault(last, []).extend(paragraphs)
    merged = list(after.get(-1, []))
    for number, line in enumerate(lines):
        merged.append(line)
        merged.extend(after.get(number, []))
    return "\n".join(merged)
