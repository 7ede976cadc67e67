"""Names that were erased and must not come back: kept only as keyed hashes, checked against everything that is added.

The key lies beside the ledger (``NAME.key``), so that the ledger file alone does not let anyone test names against the list.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from groundswell.errors import LedgerError
from groundswell.store.shapes import Stored

MASK = "█"
_WORD = re.compile(r"[^\W_]+")


def fold(word: str) -> str:
    """One spelling for upper and lower case and for composed and decomposed letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def phrase_words(phrase: str) -> list[str]:
    return [fold(match.group()) for match in _WORD.finditer(unicodedata.normalize("NFC", phrase))]


def keyed(key: bytes, words: list[str]) -> bytes:
    return hmac.new(key, " ".join(words).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


@dataclass(frozen=True)
class Blocklist:
    """Keyed hashes by number of words."""

    key: bytes
    digests: Mapping[int, frozenset[bytes]]

    def clean(self, stored: Stored) -> Stored:
        """The same outcome with every blocked phrase masked, letter for letter, so that no offset moves."""
        if not self.digests:
            return stored
        json = self.mask(stored.json) if stored.json is not None else None
        if json is not None and stored.json is not None and json != stored.json:
            json["document"]["id"] = stored.json["document"]["id"]
            json = requoted(json, json["document"]["text"])
        problems = [self.mask(dict(problem)) for problem in stored.problems]
        return replace(stored, source_id=self.mask_text(stored.source_id), json=json, problems=problems)

    def mask(self, value: Any) -> Any:
        """Every string in a JSON value, masked; ids and hashes are left alone by having no blocked words."""
        if isinstance(value, str):
            return self.mask_text(value)
        if isinstance(value, Mapping):
            return {name: self.mask(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.mask(each) for each in value]
        return value

    def mask_text(self, text: str) -> str:
        spans = list(self.spans(text))
        if not spans:
            return text
        letters = list(text)
        for start, end in spans:
            letters[start:end] = [
                MASK if letter.isalnum() or letter == MASK else letter for letter in letters[start:end]
            ]
        return "".join(letters)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where blocked phrases stand, whatever stands between their words (spaces, line breaks, hyphens, full stops)."""
        words = [(match.start(), match.end(), fold(match.group())) for match in _WORD.finditer(text)]
        for length, digests in self.digests.items():
            for first in range(len(words) - length + 1):
                window = words[first : first + length]
                if keyed(self.key, [word for _, _, word in window]) in digests:
                    yield window[0][0], window[-1][1]


def requoted(value: Any, text: str) -> Any:
    """Every quotation in a JSON value as it stands in the masked text: a phrase may have run across its edge."""
    if isinstance(value, list):
        return [requoted(each, text) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: requoted(each, text) for name, each in value.items()}
    start, end = found.get("start"), found.get("end")
    if isinstance(found.get("text"), str) and isinstance(start, int) and isinstance(end, int) and end <= len(text):
        found["text"] = text[start:end]
    return found


def key_path(path: Path) -> Path:
    return path.with_name(path.name + ".key")


def load(connection: sqlite3.Connection, path: Path, extra: Mapping[int, frozenset[bytes]] | None = None) -> Blocklist:
    """The list of a ledger. Raises LedgerError where names are blocked but the key is gone."""
    digests: dict[int, set[bytes]] = {length: set(found) for length, found in (extra or {}).items()}
    for digest, tokens in connection.execute("SELECT digest, tokens FROM blocked"):
        digests.setdefault(tokens, set()).add(bytes(digest))
    if not digests:
        return Blocklist(b"", {})
    file = key_path(path)
    if not file.exists():
        raise LedgerError(
            f"{file} is missing: without it erased names would come back. Put it back from where the ledger was copied from."
        )
    return Blocklist(file.read_bytes(), {length: frozenset(found) for length, found in digests.items()})


def make_key(path: Path) -> bytes:
    """The ledger's key, made on first use; readable by its owner only."""
    file = key_path(path)
    if not file.exists():
        temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(os.urandom(32))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    return file.read_bytes()
