"""Private persons' names left out of what is shown and exported; public office-holders and organisations stay.

Letters are replaced one by one, so that every offset still points at the same words. Never changes the ledger.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from groundswell.store import Ledger, payload

Json = dict[str, Any]
MASK = "█"
# PLOVER sectors whose people act for the public: government, forces, police, courts, parliaments, parties, intelligence.
PUBLIC = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "PTY", "OPP", "SPY", "IGO"})
_HOLDERS = (dict, list)
_PLAIN = frozenset(
    {
        "id",
        "event_id",
        "type",
        "mode",
        "status",
        "reports",
        "rejected_reports",
        "version",
        "by",
        "report",
        "document_id",
    }
)


def private_names(value: Any) -> set[str]:
    """Names of persons without a public office, wherever an actor or a speaker stands in a JSON value."""
    found: set[str] = set()
    waiting = [value]
    while (
        waiting
    ):  # JSON holds dicts and lists only: asking for exactly those is four times as fast as asking for Mapping
        each = waiting.pop()
        if type(each) is dict:
            if each.get("kind") == "person" and each.get("sector") not in PUBLIC and each.get("name"):
                found.add(str(each["name"]))
            waiting.extend(part for part in each.values() if type(part) in _HOLDERS)
        elif type(each) is list:
            waiting.extend(part for part in each if type(part) in _HOLDERS)
    return found


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for whole names in any case and any spacing, and for a surname alone as it is written."""
    return _pattern(frozenset(names))


@lru_cache(maxsize=4096)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    whole, single = set(), set()
    for name in names:
        words = [word for word in re.findall(r"\w+", name) if not word.isdigit()]
        if not words or not words[-1][:1].isupper():
            continue  # "a teacher", "his brother": no name
        if len(words) > 1:
            whole.add(r"[\W_]{1,3}".join(map(re.escape, words)))
        if len(words[-1]) > 2:
            single.add(re.escape(words[-1]))
    parts = [f"(?i:{each})" for each in sorted(whole, key=len, reverse=True)] + sorted(single, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])") if parts else None


def masked(value: Any, names: re.Pattern[str] | None) -> Any:
    """A JSON value with every such name masked, letter for letter; ids and codes are left alone."""
    if names is None:
        return value
    kind = type(value)
    if kind is str:
        return names.sub(_blot, value) if names.search(value) else value
    if kind is dict:
        return {
            key: each if key in _PLAIN and type(each) is not dict else masked(each, names)
            for key, each in value.items()
        }
    return [masked(each, names) for each in value] if kind in (list, tuple) else value


def _blot(match: re.Match[str]) -> str:
    return re.sub(r"\w", MASK, match.group())


@dataclass(frozen=True, slots=True)
class Search:
    """What words are searched for, folded as the index folds them. ``words``: whole, or beginnings where the flag is set."""

    words: tuple[tuple[str, bool], ...]
    parts: tuple[str, ...]

    @classmethod
    def of(cls, *texts: str, parts: Iterable[str]) -> Search:
        """``texts``: asked of the index of words; ``parts``: asked as part of a name."""
        words: list[tuple[str, bool]] = []
        for term in (term for text in texts for term in text.split()):
            found = re.findall(r"\w+", folded(term))
            words += [(word, term.endswith("*") and at == len(found) - 1) for at, word in enumerate(found)]
        return cls(tuple(words), tuple(folded(each) for each in parts if each.strip()))

    def __bool__(self) -> bool:
        return bool(self.words or self.parts)

    def finds(self, name: str) -> bool:
        """Whether one of the words is, or begins, a word of the name, or one of the parts stands in it."""
        if not name.split() or not name.split()[-1][:1].isupper():
            return False  # "a teacher" is no name
        whole = folded(name)
        named = re.findall(r"\w{2,}", whole)
        by_word = any(
            each.startswith(word) if beginning else each == word for word, beginning in self.words for each in named
        )
        return by_word or any(part in whole for part in self.parts)


def folded(text: str) -> str:
    """Small letters without accents, as the index of words has them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


class Masker:
    """Knows the private names of each document, as it was last read."""

    def __init__(self, ledger: Ledger, remembered: int = 4000) -> None:
        self._ledger, self._remembered = ledger, remembered
        self._known: OrderedDict[tuple[str, int], frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of_documents(self, identities: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for identity in identities:
            row = self._ledger.connection.execute("SELECT reading FROM document WHERE id = ?", (identity,)).fetchone()
            if row is None:
                continue
            key = (identity, int(row[0]))
            with self._lock:
                known = self._known.get(key)
            if known is None:
                known = frozenset(private_names(self._findings(key[1])))
                with self._lock:
                    self._known[key] = known
                    while len(self._known) > self._remembered:
                        self._known.popitem(last=False)
            found |= known
        return found

    def _findings(self, reading: int) -> list[Any]:
        """Events and statements of a reading, without its text, which takes longer to unpack than all the rest."""
        connection = self._ledger.connection
        row = connection.execute("SELECT body_hash FROM reading WHERE n = ?", (reading,)).fetchone()
        record = msgspec.json.decode(payload.get(connection, row[0])) if row else {}
        return [record.get("events", []), record.get("statements", [])]

    def event(self, found: Json) -> Json:
        names = self.of_documents(document["id"] for document in found["documents"])
        clean: Json = masked(found, pattern(names | private_names(found)))
        return clean

    def report(self, found: Json) -> Json:
        clean: Json = masked(found, pattern(self.of_documents([found["document"]["id"]]) | private_names(found)))
        return clean

    def record(self, found: Json) -> Json:
        clean: Json = masked(found, pattern(private_names([found.get("events", []), found.get("statements", [])])))
        clean["document"]["id"] = found["document"]["id"]
        return clean
