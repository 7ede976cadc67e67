"""Whether a hyphen at the end of a line belongs to the word or was put there by the typesetter.

Evidence in the document comes first, then an English word list (SCOWL, see words_en.LICENSE.txt). Measured by
tests/ingest/test_hyphens.py on words broken by a hyphenator of its own.
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
all anti co cross ex extra far half high inter left long low mid multi neo non off on once part post pre pro
quasi right self semi short so sub then trans two three four five six seven eight nine ten twenty thirty forty
fifty sixty seventy eighty ninety ultra under vice well
"""
_OPEN_PREFIXES = frozenset(_OPEN_PREFIXES_TEXT.split())
# Second parts that follow a name or a noun with a hyphen: "Israel-backed", "Ohio-class", "Saudi-led".
_OPEN_SUFFIXES_TEXT = """
aligned armed backed based born bound brokered built caliber calibre century class controlled dominated driven
educated era financed flagged fold free friendly funded general government governed held initiated inspired
installed level like linked made majority mediated minded occupied old only organised organized owned proof
registered related run sponsored style supplied supported term time trained wide wing winning year
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
        last, first = _LAST.search(left[-60:]), _FIRST.match(right)
        if last is None or first is None:
            return f"{left} {right}" if left.endswith(("--", " -", "–")) or first is None else left + right
        if self._keeps(last.group(1), first.group(1), soft=left.endswith("\u00ad")):
            return left[:-1] + "-" + right
        return left[:-1] + right

    def _keeps(self, last: str, first: str, *, soft: bool) -> bool:
        if soft:
            return False
        left, right = last.lower(), first.lower()
        if f"{left}-{right}" in self._compounds:
            return True
        if left + right in self._words:
            return False
        if not first[0].islower() or last[-1].isdigit() or (last.isupper() and len(last) > 1):
            return True
        words = english_words()
        if left + right in words:
            return False
        if right in _OPEN_SUFFIXES or left in _OPEN_PREFIXES:
            return True
        if last[0].isupper() and not (right.endswith(("ed", "ing", "ish", "an")) and right in words):
            return False  # a name broken in two: "Black-burn", "Khar-toum"
        return left in words and right in words and len(left) > 2 and len(right) > 2
