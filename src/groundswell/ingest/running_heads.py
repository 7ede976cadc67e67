"""Drops what stands on every page but belongs to none: running heads, feet and page numbers. Pages come as lists of lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(
    r"^\W*(?:(?:page|seite|página|p\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|de|von|sur)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)
_PRINTED_URL = re.compile(r"^\W*(?:https?://|file:///)\S+(?:\s+\d{1,4}/\d{1,4})?\W*$", re.IGNORECASE)
_FURNITURE = re.compile(
    r"^\W*(?:\(?continued (?:on|from) page \w+\)?|advertisement|\(?more\)?|story continues below.{0,30})\W*$",
    re.IGNORECASE,
)
_REACH = 3  # how many lines from the top or bottom of a page may be a head or foot


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages without their heads and feet; ``heads`` are the dropped lines that carry words, most frequent first."""

    pages: list[list[str]]
    heads: tuple[str, ...]


def is_page_number(line: str) -> bool:
    """ "7", "- 7 -", "Page 3 of 12", "iv"."""
    return bool(_NUMBER.match(line))


def drop_running_heads(pages: list[list[str]]) -> Pages:
    """A line is a head or foot when it stands near the same edge of at least two pages and at least a third of them."""
    heads = _repeated(pages) if len(pages) > 1 else set()
    dropped: Counter[str] = Counter()
    kept = [_strip_page(page, heads, dropped, many=len(pages) > 1) for page in pages]
    return Pages(kept, tuple(line for line, _ in dropped.most_common()))


def drop_repeated_lines(lines: list[str]) -> Pages:
    """For text whose page breaks are lost: a short line between blank lines that comes three times or more, and lone
    page numbers between blank lines that count upwards."""
    lone = [i for i in range(len(lines)) if lines[i].strip() and _blank(lines, i - 1) and _blank(lines, i + 1)]
    forms = Counter(_form(lines[i]) for i in lone if len(lines[i].strip()) < 80)
    repeated = {i for i in lone if forms[_form(lines[i])] >= 3 and not lines[i].rstrip().endswith((".", "!", "?"))}
    numbers = [i for i in lone if 0 < i < len(lines) - 1 and is_page_number(lines[i])]
    if not _counts_upwards([lines[i] for i in numbers]):
        numbers = []
    out = repeated.union(
        numbers, _numbered_heads(lines), (i for i, line in enumerate(lines) if _FURNITURE.match(line.strip()))
    )
    heads = Counter(lines[i].strip() for i in sorted(repeated) if not is_page_number(lines[i]))
    return Pages(
        [[line for i, line in enumerate(lines) if i not in out]], tuple(each for each, _ in heads.most_common())
    )


def _numbered_heads(lines: list[str]) -> set[int]:
    """Lines alike but for a number that counts the pages: "2 | Monthly bulletin", wherever they stand."""
    alike: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        if 3 < len(line.strip()) < 90 and re.search(r"(?:^|\s)\d{1,4}(?:$|\s)", line.strip()):
            alike.setdefault(_form(line), []).append(i)
    return {
        i
        for places in alike.values()
        if len(places) >= 3 and _counts_upwards([lines[i] for i in places])
        for i in places
    }


def _blank(lines: list[str], index: int) -> bool:
    return not 0 <= index < len(lines) or not lines[index].strip()


def _form(line: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", line.strip().lower()))


def _counts_upwards(lines: list[str]) -> bool:
    numbers = [int(found.group()) for line in lines if (found := re.search(r"\d+", line))]
    return len(numbers) >= 2 and all(0 < b - a <= 2 for a, b in pairwise(numbers))


def _edges(page: list[str]) -> list[int]:
    filled = [i for i, line in enumerate(page) if line.strip()]
    return list(dict.fromkeys(filled[:_REACH] + filled[-_REACH:]))


def _repeated(pages: list[list[str]]) -> set[str]:
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({_form(page[i]) for i in _edges(page)})
    need = max(2, (len(pages) + 2) // 3)
    return {form for form, count in counts.items() if count >= need}


def _strip_page(page: list[str], heads: set[str], dropped: Counter[str], *, many: bool) -> list[str]:
    out = set()
    for i in _edges(page):
        line = page[i].strip()
        if _form(line) in heads:
            out.add(i)
            if not is_page_number(line):
                dropped[line] += 1
        elif (many and is_page_number(line)) or _PRINTED_URL.match(line):
            out.add(i)
    return [line for i, line in enumerate(page) if i not in out]
