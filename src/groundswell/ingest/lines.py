"""Puts hard-wrapped lines back together into paragraphs. Works on lines alone; knows nothing of titles or dates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from groundswell.ingest.hyphens import HYPHENS, Hyphens

_ITEM = re.compile(r"^(?:[•▪‣◦●○■–*]\s+|[-—]\s+(?=\S)|\(?\d{1,2}[.)]\s+(?=\S)|\(?[a-z]\)\s+)")
_TERMINAL = re.compile(r"[.!?…:;。！？؟][\"'”’»)\]\d*†]*$")
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"'”’»)\]\d*†]*$")
_LEADING_MARKS = "\"'“‘«([{¿¡"
_WIDEST_WRAP = 160  # no mail client, typewriter or column sets longer lines; longer ones are whole paragraphs
_FEW_BREAKS = 5
_SLACK = 0.86  # proportional type: a full line may be this much shorter than the widest
_LONE_FUNCTION_WORD = re.compile(
    r"\b(?:the|a|an|of|in|on|at|to|for|and|or|by|with|from|its|their|his|her|that|as|is|was)$"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How the lines of a text are set.

    Attributes:
        width: characters of a full line.
        full: a line that with the next word would have stayed below this was broken on purpose.
        margin: columns left of ordinary lines.
        indented: paragraphs begin with an indent.
    """

    wrapped: bool
    width: int
    full: float
    margin: int
    indented: bool


def indent(line: str) -> int:
    """Columns of blank before the first character; a tab counts four."""
    body = line.lstrip(" \t\u00a0\u3000")
    return sum(4 if each == "\t" else 1 for each in line[: len(line) - len(body)])


def shape(lines: list[str]) -> Shape:
    """Measure the text. It counts as wrapped when most line breaks stand where the next word would not have fitted."""
    filled = [line.rstrip() for line in lines if line.strip()]
    if not filled:
        return Shape(False, 0, 0.0, 0, False)
    lengths = sorted(len(line.strip()) for line in filled)
    width = lengths[min(len(lengths) - 1, int(len(lengths) * 0.92))]
    margins = Counter(indent(line) for line in filled)
    often = 0.4 * max(margins.values())  # where paragraphs have two lines, half of all lines are indented
    margin = min(each for each, count in margins.items() if count >= often)
    wrapped = len(filled) >= 3 and 20 <= width <= _WIDEST_WRAP and _breaks_mid_sentence(lines)
    return Shape(wrapped, width, _full(lines, width), margin, wrapped and _is_indented(lines, margin))


def _mid_sentence(left: str, right: str) -> bool:
    return not _TERMINAL.search(left.strip()) and right.strip().lstrip(_LEADING_MARKS)[:1].islower()


def _full(lines: list[str], width: int) -> float:
    """What the typesetter took for full, learned from breaks inside sentences: hardly any of them left room for the next
    word. Proportional type is uneven, so a twentieth of them may."""
    reach = sorted(
        len(left.strip()) + 1 + len(right.split(None, 1)[0])
        for left, right in pairwise(lines)
        if left.strip() and right.strip() and _mid_sentence(left, right)
    )
    if len(reach) < _FEW_BREAKS:
        return width * _SLACK
    return max(width * 0.7, min(float(reach[len(reach) // 20]), width * 0.98))


def _breaks_mid_sentence(lines: list[str]) -> bool:
    """Of the line breaks inside a block, how many fall inside a sentence? One in seven is far more than verse or lists show
    and far fewer than any wrapped prose."""
    inside = pairs = 0
    for left, right in pairwise(lines):
        if not left.strip() or not right.strip():
            continue
        pairs += 1
        inside += _mid_sentence(left, right)
    return inside * 7 >= pairs and (inside >= 2 or (inside == 1 and pairs <= 4))


def _is_indented(lines: list[str], margin: int) -> bool:
    """First-line indentation: some lines start further right and the line after each goes back to the margin."""
    starts = back = 0
    filled = [line for line in lines if line.strip()]
    for line, following in pairwise(filled):
        if indent(line) >= margin + 2:
            starts += 1
            back += indent(following) < indent(line)
    return starts >= 2 and back >= starts * 0.6 and starts < len(filled) * 0.67


def paragraphs(lines: list[str], form: Shape | None = None) -> list[str]:
    """The paragraphs of a text, in order, none of them with a newline. ``form`` is measured here when not given."""
    form = form or shape(lines)
    if not form.wrapped:
        return [_squeeze(line) for line in lines if line.strip()]
    blocks = _blocks(lines, form)
    hyphens = Hyphens("\n".join(lines))
    return [_joined(block, hyphens) for block in blocks]


def _squeeze(line: str) -> str:
    return re.sub(r"[ \t\u00a0\u3000]+", " ", line).strip()


def single_spaced(lines: list[str]) -> list[str]:
    """Double-spaced typescript has a blank after every line; those blanks mean nothing."""
    filled = sum(1 for line in lines if line.strip())
    alone = sum(
        1
        for left, mid, right in zip(lines, lines[1:], lines[2:], strict=False)
        if left.strip() and not mid.strip() and right.strip()
    )
    direct = sum(1 for left, right in pairwise(lines) if left.strip() and right.strip())
    if filled < 8 or direct > alone / 10:
        return lines
    broken = sum(
        1
        for left, mid, right in zip(lines, lines[1:], lines[2:], strict=False)
        if not mid.strip() and left.strip() and not _TERMINAL.search(left.strip()) and right.strip()[:1].islower()
    )
    if broken * 3 < filled:
        return lines
    out = []
    for i, line in enumerate(lines):
        single = 0 < i < len(lines) - 1 and not line.strip() and lines[i - 1].strip() and lines[i + 1].strip()
        if not single:
            out.append(line)
    return out


def _blocks(lines: list[str], form: Shape) -> list[list[str]]:
    blocks: list[list[str]] = []
    blank = True
    previous_indent = 0
    for line in lines:
        if not line.strip():
            blank = True
            continue
        if not blocks or _starts_paragraph(blocks[-1], line, form, blank=blank, previous_indent=previous_indent):
            blocks.append([])
        blocks[-1].append(line.strip())
        previous_indent = indent(line)
        blank = False
    return blocks


def _starts_paragraph(block: list[str], line: str, form: Shape, *, blank: bool, previous_indent: int) -> bool:
    previous, text = block[-1], line.strip()
    if _ITEM.match(text) and (
        blank or _TERMINAL.search(previous) or _ITEM.match(block[0]) or _is_short(previous, text, form)
    ):
        return True
    moved_right = indent(line) >= form.margin + 2
    continues = text.lstrip(_LEADING_MARKS)[:1].islower()
    if form.indented and moved_right and not (_ITEM.match(block[0]) and previous_indent >= form.margin + 2):
        return not (continues and not _TERMINAL.search(previous))
    if blank:
        return not _runs_on(previous, text, form, continues=continues)
    if continues and not _SENTENCE_END.search(previous):
        return False
    if form.indented and not _is_very_short(previous, form):
        return False
    return _is_short(previous, text, form) and (bool(_TERMINAL.search(previous)) or _is_very_short(previous, form))


def _runs_on(previous: str, text: str, form: Shape, *, continues: bool) -> bool:
    """Does a paragraph go on after a blank (a column or page ended there)?"""
    if previous[-1] in HYPHENS and text[:1].isalpha():
        return True
    if continues:
        return not _SENTENCE_END.search(previous) and not previous.endswith(":")
    if _LONE_FUNCTION_WORD.search(previous) or previous.endswith(","):
        return True
    full = not _is_short(previous, text, form) and len(text) >= form.width * _SLACK
    return form.indented and full


def _is_short(previous: str, text: str, form: Shape) -> bool:
    """The first word of ``text`` would have fitted on the line before: somebody broke that line on purpose."""
    first = text.split(None, 1)[0]
    return len(previous) + 1 + len(first) < form.full


def _is_very_short(previous: str, form: Shape) -> bool:
    return len(previous) <= form.width * 0.6


def _joined(block: list[str], hyphens: Hyphens) -> str:
    pieces = [block[0]]
    for line in block[1:]:
        last = pieces[-1]
        if last[-1] in HYPHENS:
            pieces[-1] = hyphens.join(last, line)
        elif last[-1] == "—" or line[0] == "—":
            pieces[-1] = last + line
        else:
            pieces.append(line)
    return _squeeze(" ".join(pieces).replace("\u00ad", ""))
