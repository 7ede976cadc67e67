"""Lines of a PDF page with where they stand, and the plain text those places mean: indents, gaps, columns, large type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from groundswell.ingest.running_heads import is_page_number

_INDENT = 0.7  # of the type size: less is optical noise, a paragraph indent is one em or more
_DEEPEST_INDENT = 6.0
_GAP = 1.45  # of the usual line pitch
_LARGER = 1.15


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line as drawn; points from the lower left corner. ``size`` is that of its type."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


def body_size(pages: list[list[PageLine]]) -> float:
    """The type size most characters are set in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def without_page_number(lines: list[PageLine]) -> list[PageLine]:
    """Without the number that stands highest or lowest on the page, wherever it was drawn."""
    if len(lines) < 3:
        return lines
    edges = (max(lines, key=lambda line: line.top), min(lines, key=lambda line: line.bottom))
    return [line for line in lines if not (line in edges and is_page_number(line.text))]


def in_reading_order(lines: list[PageLine]) -> list[PageLine]:
    """The order of drawing is nearly always the order of reading. Where a page jumps between two columns line by line, read
    the left column down and then the right one, between lines that go across both."""
    middle = _gutter(lines)
    if middle is None:
        return lines
    sides = [_side(line, middle) for line in lines]
    switches = sum(1 for a, b in pairwise(sides) if {a, b} == {"left", "right"})
    if switches <= 4:
        return lines
    ordered = sorted(zip(lines, sides, strict=True), key=lambda pair: -pair[0].top)
    result: list[PageLine] = []
    columns: dict[str, list[PageLine]] = {"left": [], "right": []}
    for line, side in ordered:
        if side == "across":
            result.extend([*columns["left"], *columns["right"], line])
            columns = {"left": [], "right": []}
        else:
            columns[side].append(line)
    return [*result, *columns["left"], *columns["right"]]


def _side(line: PageLine, middle: float) -> str:
    if line.right <= middle:
        return "left"
    return "right" if line.left >= middle else "across"


def _gutter(lines: list[PageLine]) -> float | None:
    """Where the blank between two columns is; None for pages of one column (or of tables)."""
    if len(lines) < 12:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width = right - left
    best: tuple[int, float] | None = None
    for step in range(30, 71, 2):
        x = left + width * step / 100
        crossing = sum(1 for line in lines if line.left < x - 1 and line.right > x + 1)
        before = sum(1 for line in lines if line.right <= x and line.right - line.left > width * 0.2)
        after = sum(1 for line in lines if line.left >= x and line.right - line.left > width * 0.2)
        balanced = min(before, after) >= len(lines) * 0.2 and crossing <= len(lines) * 0.2
        if balanced and (best is None or crossing < best[0]):
            best = (crossing, x)
    return best[1] if best else None


def as_text(lines: list[PageLine]) -> list[str]:
    """Plain lines: three blanks before an indented one, an empty line where there is a gap, a new column or other type."""
    pitch = _pitch(lines)
    margins = _margins(lines)
    out: list[str] = []
    previous: PageLine | None = None
    for line, margin in zip(lines, margins, strict=True):
        if previous is not None and _parted(previous, line, pitch):
            out.append("")
        shift = (line.left - margin) / max(line.size, 1.0)
        out.append(("   " if _INDENT <= shift <= _DEEPEST_INDENT else "") + line.text.strip())
        previous = line
    return out


def _parted(previous: PageLine, line: PageLine, pitch: float) -> bool:
    if line.bottom > previous.bottom + previous.size * 0.5:  # upwards: a new column
        return True
    if max(line.size, previous.size) > min(line.size, previous.size) * _LARGER:
        return True
    return previous.bottom - line.bottom > max(pitch, line.size) * _GAP


def _pitch(lines: list[PageLine]) -> float:
    steps = Counter(
        round((a.bottom - b.bottom) * 2) / 2 for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < a.size * 2.5
    )
    return steps.most_common(1)[0][0] if steps else 0.0


def _margins(lines: list[PageLine]) -> list[float]:
    """For each line the left edge of its column: the commonest left edge a little to its left."""
    edges = Counter(round(line.left) for line in lines)
    margins = []
    for line in lines:
        near = [(edge, count) for edge, count in edges.items() if -1 <= line.left - edge <= line.size * _DEEPEST_INDENT]
        margins.append(float(max(near, key=lambda pair: (pair[1], -pair[0]))[0]) if near else line.left)
    return margins


def large_title(lines: list[PageLine], usual: float) -> str | None:
    """The words set in the largest type of the first page, where that is larger than the body's and reads like a title."""
    if not lines or not usual:
        return None
    groups: list[list[PageLine]] = []
    for line in lines:
        same = (
            groups
            and abs(groups[-1][-1].size - line.size) < 0.6
            and abs(groups[-1][-1].bottom - line.bottom) < line.size * 2.2
        )
        if same:
            groups[-1].append(line)
        else:
            groups.append([line])
    large = [group for group in groups if group[0].size >= usual * _LARGER and _reads_like_title(group)]
    best = max(large, key=lambda group: group[0].size, default=None)
    return "\n".join(line.text.strip() for line in best) if best else None


def _reads_like_title(group: list[PageLine]) -> bool:
    words = " ".join(line.text for line in group).split()
    return 3 <= len(words) <= 45
