"""Whether a hyphen at the end of a line belongs to the word or was put there by the typesetter.

Evidence in the document comes first, then an English word list (SCOWL, see words_en.LICENSE.txt). Measured figures stand in
docs/decisions (text repair).
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files

HYPHENS = "-\u2010\u00ad\u2011"
_LAST = re.compile(r"([^\W_]+(?:['’][^\W_]+)?)[-\u2010\u2011\u00ad]$")
_FIRST = re.compile(r"^([^\W_]+)")
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]+(?:[-\u2010\u2011][^\W_]+)+")
_WORD = re.compile(r"[^\W_]+")
# First parts that are written with a hyphen before almost any word the list does not know as one.
_OPEN_PREFIXES_TEXT = """
all anti co cross ex extra no far half high inter left long low mid multi neo non off on once part post pre pro
quasi right self semi short so sub then trans two three four five six seven eight nine ten twenty thirty forty
fifty sixty seventy eighty ninety ultra under vice well
"""
_OPEN_PREFIXES = frozenset(_OPEN_PREFIXES_TEXT.split())
# Second parts that follow a name or a noun with a hyphen: "Israel-backed", "Ohio-class", "Saudi-led".
_OPEN_SUFFIXES_TEXT = """
affected aligned armed away back backed based born bound brokered built by caliber calibre century class controlled
dominated down driven educated era financed flagged fold free friendly funded general goer goers governed government
held hit in initiated inspired installed led level like linked made majority mediated minded occupied off old on only
organised organized origin out over owned prone proof ranked registered related ridden ruled run shaped size sized
sponsored stricken style supplied supported term time torn trained up wide wing winning year
"""
_OPEN_SUFFIXES = frozenset(_OPEN_SUFFIXES_TEXT.split())


@cache
def english_words() -> frozenset[str]:
    """Lower-case English words and names, 85,000 of them; about 15 ms to load."""
    packed = files("groundswell.ingest").joinpath("words_en.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split())


class Hyphens:
    """Decides for one document; holds what that document itself says about its words."""

    def __init__(self, text: str) -> None:
        self._compounds = {found.group().lower().replace("\u2010", "-") for found in _COMPOUND.finditer(text)}
        broken = re.compile(r"(?<![^\W_])[^\W_]+[-\u2010\u2011\u00ad][ \t]*\n\s*[^\W_]+")
        self._words = {found.group().lower() for found in _WORD.finditer(broken.sub(" ", text))}

    def join(self, left: str, right: str) -> str:
        """The two lines as one: ``left`` ends in a hyphen, ``right`` is what follows without leading blanks."""
        last, first = _LAST.search(left, max(0, len(left) - 60)), _FIRST.match(right)
        if last is None or first is None:
            return f"{left} {right}" if left.endswith(("--", " -", "–")) or first is None else left + right
        chained = left[last.start() - 1 : last.start()] in tuple(HYPHENS) if last.start() else False
        chained = chained or right[first.end() : first.end() + 1] in tuple(HYPHENS)
        if not left.endswith("\u00ad") and self._keeps(last.group(1), first.group(1), chained=chained):
            return left[:-1] + "-" + right
        return left[:-1] + right

    def _keeps(self, last: str, first: str, *, chained: bool) -> bool:
        """``chained``: another hyphen stands beside one of the two parts, as in "out-of-touch"."""
        left, right = last.lower(), first.lower()
        if f"{left}-{right}" in self._compounds:
            return True
        if left + right in self._words:
            return False
        words = english_words()
        capitals = last.isupper() and first.isupper() and len(left) > 1
        if capitals and left + right in words:
            return False  # a word in capitals, broken: "JAN-UARY"; but "US-NATO"
        if not first[0].islower() or last[-1].isdigit() or (last.isupper() and len(last) > 1):
            return True
        if (left == "re" and right[0] == "e") or (left == "co" and right[0] == "o"):
            return True  # "re-election", "co-operative"
        if left + right in words:
            return False
        if chained or len(left) == 1 or right in _OPEN_SUFFIXES or left in _OPEN_PREFIXES:
            return True
        if last[0].isupper() and not (right.endswith(("ed", "ing", "ish", "an")) and right in words):
            return False  # a name broken in two: "Black-burn", "Khar-toum"
        return left in words and right in words and len(left) > 2 and len(right) > 2
