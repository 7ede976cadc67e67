"""Reads what stands above the body of a text: masthead, title, byline, date line. Takes lines, gives the rest back.

A title is taken from the layout only; a text that just begins gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from groundswell.ingest.dates import WrittenDate, date_line, without_date
from groundswell.ingest.hyphens import HYPHENS, Hyphens
from groundswell.ingest.lines import shape
from groundswell.values import Problem

_REACH = 16  # filled lines that may belong to the front matter
_DOMAIN = re.compile(
    r"\s*\(?\b(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,7})\b(?:/\S*)?\)?\s*$", re.IGNORECASE
)
_PAPER = re.compile(
    r"\b(?:news|times|post|journal|gazette|herald|tribune|daily|chronicle|observer|guardian|press|agency|web site|website|"
    r"bulletin|newsletter|review|express|mail|standard|star|dispatch|reporter|courier|telegraph|sentinel|monitor|examiner|echo|"
    r"independent|inquirer)\b",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"^(?:for immediate release|press release|media release|news release|press statement|statement|communiqu[eé]|opinion|"
    r"editorial|analysis|breaking(?: news)?|news|world|politics|exclusive|updated?|perspective|\d+ min(?:ute)?s? read)\W*$",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|written by|reported by|author:?)\s+(?=[^\W\d_])", re.IGNORECASE)
_STAFF_LINE = re.compile(
    r"^(?:from (?:our|a)\s.{0,40}\bcorrespondents?\b.{0,40}|(?:(?:our|by our)\s+)?(?:(?:staff|special|senior|chief|political|foreign|own)\s+)?"
    r"(?:reporters?|correspondents?|writers?|editors?|newsroom|agencies|redacción|redaktion|la rédaction|redação|redazione))$",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"\b(?:board|staff|desk|correspondents?|reporters?|writers?|editors?|bureau|newsroom|agencies|committee|secretariat|executive|"
    r"presidium|politburo|collective|team|reuters|afp)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|de|del|der|den|van|von|al|el|bin|ibn|la|le|da|dos|di|and|of|the|y|e|et|&)"
    r"(?:,?\s+(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|de|del|der|den|van|von|al|el|bin|ibn|la|le|da|dos|di|and|of|the|y|e|et|&)){1,6}$"
)
_ISSUE = re.compile(r"^(?:vol(?:ume|\.)?\s*[\divxlc]+\b.*|(?:issue|no\.?|nr\.?|n[º°])\s*\d+\b.{0,40})$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;:,][\"'”’»)\]]*$")


@dataclass(slots=True)
class FrontMatter:
    """What was read above the body. ``rest`` are the lines of the body; nothing read here stands in it again."""

    rest: list[str]
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    found: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Element:
    """One thing in the head: lines that belong together. ``last`` is the index of its last line in the text."""

    lines: list[str]
    last: int
    kind: str = "text"
    when: WrittenDate | None = None


def read_front_matter(lines: list[str], *, heads: tuple[str, ...] = (), shown_title: str | None = None) -> FrontMatter:
    """``heads`` are running heads already dropped: they may name the publisher. ``shown_title`` is what large type says."""
    result = FrontMatter(rest=lines, publisher=_publisher_of(heads))
    shown = _letters(shown_title or "")
    limit = max(filter(None, (_head_end(lines), _shown_end(lines, shown))), default=None)
    if limit is None:
        return result
    elements = _elements(lines[:limit], shown)
    _classify(elements, shown)
    title = _title_of(elements)
    if title is None and (below := _lone_title_end(lines[limit:])):  # date and kicker stand above the title
        elements = _elements(lines[: limit + below], shown)
        _classify(elements, shown)
        title = _title_of(elements)
    if title is None and not any(each.kind in ("date", "byline") for each in elements):
        return result
    result.found = True
    result.title = _title_text(title) if title else None
    _take_metadata(elements, result)
    taken = [each for each in elements if each is title or each.kind != "text"]
    kept = [line for each in elements if each not in taken for line in (*each.lines, "")]
    result.rest = kept + lines[max(each.last for each in elements) + 1 :]
    return result


def _title_of(elements: list[_Element]) -> _Element | None:
    shown = next((each for each in elements if each.kind == "title"), None)
    return shown or next((each for each in elements if each.kind == "text" and _can_be_title(each)), None)


def _letters(words: str) -> str:
    return "".join(each for each in words.casefold() if each.isalnum())


def _shown_end(lines: list[str], shown: str) -> int | None:
    """Index after the last line of the title that large type shows, where it stands near the top."""
    if not shown:
        return None
    filled = [i for i, line in enumerate(lines) if line.strip()][:_REACH]
    of_title = [i for i in filled if _letters(lines[i]) and _letters(lines[i]) in shown]
    return of_title[-1] + 1 if of_title and _letters("".join(lines[i] for i in of_title)) == shown else None


def _publisher_of(heads: tuple[str, ...]) -> str | None:
    """A running head names the paper, often with the date or a web address beside it."""
    for head in heads:
        for part in re.split(r"\s{3,}|\s[|·•–—]\s|\t", without_date(head)):
            name = re.sub(r"[\s|·•–—,-]+$|^[\s|·•–—,-]+|\bpage \d+$", "", _DOMAIN.sub("", part))
            named = _DOMAIN.search(part) or _PAPER.search(name)
            if name and named and 2 <= len(name.split()) <= 6:
                return name
    return None


def _head_end(lines: list[str]) -> int | None:
    """Index after the last line of the head. With a date or byline line: after it. Else: one short block above a body."""
    filled = [i for i, line in enumerate(lines) if line.strip()][:_REACH]
    end = None
    for position, i in enumerate(filled):
        text = lines[i].strip()
        if date_line(text) or (_BY.match(text) and _is_name(_BY.sub("", text))) or _is_staff(text) or _issue_date(text):
            end = i + 1
        elif _is_body(lines, filled, position):
            break
    if end is not None:
        return end
    return _lone_title_end(lines)


def _is_body(lines: list[str], filled: list[int], position: int) -> bool:
    """A sentence that ends, or a line that runs on for longer than headlines do."""
    text = lines[filled[position]].strip()
    if len(text) > 160:
        return True
    following = lines[filled[position + 1]].strip() if position + 1 < len(filled) else ""
    if _SENTENCE_END.search(text) and len(text.split()) > 5 and not date_line(text) and not date_line(following):
        return not _DOMAIN.search(text)
    return False


def _is_staff(text: str) -> bool:
    return bool(_STAFF_LINE.match(text)) or (
        bool(re.search(r"\b(?:staff|editorial board)\b", text, re.IGNORECASE)) and _is_name(text)
    )


def _issue_date(text: str) -> WrittenDate | None:
    """The date in a line of several columns: "Vol. 12, No. 44        Thursday, October 5, 2023"."""
    parts = re.split(r"\s{3,}|\t|\s[|·•]\s", text)
    return next((found for part in parts if (found := date_line(part))), None) if len(parts) > 1 else None


def _lone_title_end(lines: list[str]) -> int | None:
    """Index after a title that nothing but its place marks: a short block without a full stop above prose."""
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return None
    end = first
    while end < len(lines) and lines[end].strip():
        end += 1
    if end - first > 3 or sum(map(len, lines[first:end])) > 400:
        return _first_line_title_end(lines, first)
    block = [line.strip() for line in lines[first:end]]
    words = " ".join(block)
    body = [line.strip() for line in lines[end : end + 60] if line.strip()]
    if body and len(block) == 1 and _DOMAIN.search(words):  # a masthead: look below it
        below = _lone_title_end(lines[end:])
        return end + below if below else None
    if not body:
        return _first_line_title_end(lines, first)
    short = len(words) <= 180 and not words.endswith((".", ",", ";", ":")) and len(words.split()) >= 2
    prose = any(_SENTENCE_END.search(line) for line in body[:12]) and len(" ".join(body)) > 2 * len(words)
    listed = (
        len(block) == 1
        and len(body) > 3
        and len(body[0]) < 40
        and not _SENTENCE_END.search(body[0])
        and not _above_prose(body)
    )
    runs_on = body[0][:1].islower()
    if short and prose and not listed and not runs_on:
        return end
    return _first_line_title_end(lines, first)


def _above_prose(body: list[str]) -> bool:
    """A short first line may itself be a heading, a byline or a date above the body."""
    return len(body) > 1 and len(body[1]) > 40


def _first_line_title_end(lines: list[str], first: int) -> int | None:
    """A paragraph a line and no blank lines: the first is a title when it is short and ends without a stop."""
    block = [line.strip() for line in lines[first : first + 40] if line.strip()]
    if len(block) < 2 or shape(block).wrapped:
        return None
    words, below = block[0], block[1]
    short = 3 <= len(words.split()) <= 25 and len(words) <= 140 and not words.endswith((".", ",", ";", ":", "”", '"'))
    prose = len(below) >= 80 and len(below) > 1.2 * len(words) and bool(_SENTENCE_END.search(below))
    return first + 1 if short and prose else None


def _elements(lines: list[str], shown: str) -> list[_Element]:
    """Group the head's lines: blanks, dates and bylines part them, and so does a line broken before it was full."""
    elements: list[_Element] = []
    blank = True
    for i, line in enumerate(lines):
        text = line.strip()
        if not text:
            blank = True
            continue
        width = _block_width(lines, i)
        in_title = bool(shown) and _letters(text) in shown and bool(_letters(text))
        if not elements or (
            not (in_title and elements[-1].kind == "title")
            and (blank or in_title or _parts(elements[-1].lines[-1], text, width))
        ):
            elements.append(_Element([], i, "title" if in_title else "text"))
        elif elements[-1].kind == "title" and not in_title:
            elements.append(_Element([], i))
        elements[-1].lines.append(text)
        elements[-1].last = i
        blank = False
    return elements


def _block_width(lines: list[str], index: int) -> int:
    """The longest line of the block that a line stands in, dates and bylines left out."""
    first = last = index
    while first > 0 and lines[first - 1].strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    texts = [line.strip() for line in lines[first : last + 1]]
    return max((len(text) for text in texts if not date_line(text) and not _BY.match(text)), default=0)


def _parts(previous: str, text: str, width: int) -> bool:
    if (
        date_line(text)
        or date_line(previous)
        or _BY.match(text)
        or _STAFF_LINE.match(text)
        or _KICKER.match(previous)
        or _ISSUE.match(text)
        or _DOMAIN.search(previous)
    ):
        return True
    if previous[-1] in HYPHENS or text[0].islower():
        return False
    fits = len(previous) + 1 + len(text.split(None, 1)[0]) <= width * 0.8
    return fits or (_is_name(text) and bool(_STAFF.search(text)))


def _classify(elements: list[_Element], shown: str) -> None:
    for each in elements:
        if each.kind == "title":
            continue
        words = " ".join(each.lines)
        each.when = date_line(words) or _issue_date(words)
        if each.when:
            each.kind = "date"
        elif (_BY.match(words) and len(words) < 120) or _is_staff(words):
            each.kind = "byline"
        elif _DOMAIN.search(words) and len(words.split()) <= 9:
            each.kind = "masthead"
        elif _KICKER.match(words) or _ISSUE.match(words):
            each.kind = "kicker"
    shown_at = next((i for i, each in enumerate(elements) if each.kind == "title"), None)
    titles = [each for each in elements if each.kind == "text"]
    below = titles[1:] if shown_at is None else [each for each in elements[shown_at:] if each.kind == "text"]
    for each in below:
        words = " ".join(each.lines)
        if _is_name(words) and (_STAFF.search(words) or len(words.split()) <= 4) and not _looks_like_title(words):
            each.kind = "byline"
    for each in elements[: shown_at or 0]:
        words = " ".join(each.lines)
        if each.kind == "text" and _PAPER.search(words) and _is_name(words):
            each.kind = "masthead"
    if shown_at is None and len(titles) > 1 and titles[0].kind == "text" and _PAPER.search(" ".join(titles[0].lines)):
        first = " ".join(titles[0].lines)
        if _is_name(first) and len(first.split()) <= 5 and titles[1].kind == "text":
            titles[0].kind = "masthead"


def _looks_like_title(words: str) -> bool:
    return bool(
        re.search(r"\b(?:after|against|over|amid|says?|in|on|at|for|to|is|are|was|were)\b", words, re.IGNORECASE)
    )


def _is_name(words: str) -> bool:
    return len(words) < 90 and bool(_NAME.match(words))


def _can_be_title(element: _Element) -> bool:
    words = " ".join(element.lines)
    return len(words) <= 300 and any(each.isalpha() for each in words) and len(element.lines) <= 6


def _title_text(element: _Element) -> str:
    text = element.lines[0]
    hyphens = Hyphens("\n".join(element.lines))
    for line in element.lines[1:]:
        text = hyphens.join(text, line) if text[-1] in HYPHENS else f"{text} {line}"
    return re.sub(r"^(?:subject|title|headline):\s*", "", re.sub(r"\s+", " ", text).strip(), flags=re.IGNORECASE)


def _take_metadata(elements: list[_Element], result: FrontMatter) -> None:
    dates = [each.when for each in elements if each.when is not None]
    sure = [each for each in dates if each.value is not None]
    first = next((each for each in sure if not each.updated), sure[0] if sure else None)
    if first is not None:
        result.published = first.value
    elif dates:
        message = f"The date {dates[0].words!r} can be read two ways and was left open. Give it with --published."
        result.problems.append(Problem("ambiguous_date", message))
    for each in elements:
        words = " ".join(each.lines)
        if each.kind == "byline" and result.author is None:
            result.author = _BY.sub("", words).strip(" ,;|")
        elif each.kind == "masthead" and result.publisher is None:
            result.publisher = _DOMAIN.sub("", words).strip(" |·•–—-") or None
