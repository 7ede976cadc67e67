"""Which source document a corpus row belongs to, which split that gives, and what licence its source carries.

Rows of one document, and documents that share a run of words, never stand in different splits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SPLITS = ("train", "dev", "test")
LICENCES = {
    "Causal News Corpus": "CC0-1.0",
    "GUM news": "CC-BY-2.5",
    "MEANTIME": "CC-BY-4.0",
    "UDS-IH2": "CC-BY-SA-4.0",
    "synthetic-stories": "MIT",
    "re3d Australian": "CC-BY-3.0-AU",
    "re3d CENTCOM": "LicenseRef-US-Public-Domain",
    "re3d US State": "LicenseRef-US-Public-Domain",
    "re3d UK Government": "OGL-UK-3.0",
    "written for this corpus": "CC-BY-4.0",
}
# A word this rare, shared by neighbouring sentences of a Causal News Corpus batch, says they stand in one article;
# a dateline opens a new one.
_RARE, _REACH, _LONG = 60, 4, 6
_DATELINE = re.compile(r"\d{4} \d\d:\d\d IST|\d\d?:\d\d [AP]M|Indian Express|, \d\d:\d\d hrs|Photo Credit")
_GRAM = 8
_WORD = re.compile(r"\w+")


def grams(text: str) -> set[tuple[str, ...]]:
    """Every run of eight words (lower case) in the text."""
    words = _WORD.findall(text.lower())
    return {tuple(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1)}


def split_of(doc: str) -> str:
    """train, dev or test (80/10/10), fixed by the hash of the source document's name."""
    tenth = int(hashlib.sha256(doc.encode()).hexdigest()[:8], 16) % 10
    return "dev" if tenth == 8 else "test" if tenth == 9 else "train"


def licence_of(source: str) -> str | None:
    """The SPDX expression for a source named in a coding, or None where the source is not known."""
    return next((licence for name, licence in LICENCES.items() if source.startswith(name)), None)


def _cnc_key(identifier: str) -> tuple[str, int, int]:
    parts = identifier.split("_")
    return "_".join(parts[1:-2]), int(parts[-2]), int(parts[-1])


def cnc_documents(rows: Iterable[Row]) -> dict[str, str]:
    """Row id to source document, for sentences of the Causal News Corpus.

    Its ids run ``train_BATCH_ORDER_NUMBER``: within a batch, sentences stand in article order, so an article is a
    run of neighbours. A dateline opens a new run; so does a sentence that shares no rarer word with those before
    it, once the run is long. Runs may hold more than one article (which leaks nothing between the splits); each is
    named by its first sentence.
    """
    keyed = sorted(((_cnc_key(row["id"]), row) for row in rows), key=lambda pair: pair[0])
    words = [{w for w in _WORD.findall(row["text"].lower()) if len(w) > 3} for _, row in keyed]
    seen = Counter(word for found in words for word in found)
    documents: dict[str, str] = {}
    first = 0
    for i, ((batch, order, _), row) in enumerate(keyed):
        before = words[max(first, i - _REACH) : i]
        linked = any(seen[word] <= _RARE for found in before for word in found & words[i])
        new_batch = keyed[first][0][0] != batch
        same_place = i > 0 and keyed[i - 1][0][:2] == (batch, order)
        if new_batch or (not same_place and (_DATELINE.search(row["text"]) or (i - first >= _LONG and not linked))):
            first = i
        documents[row["id"]] = f"cnc-{batch}-{keyed[first][0][1]}"
    return documents


def shared_runs(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs (earlier row, later row) of two documents that alone share a run of eight words.

    A run that stands in three documents or more is boilerplate (agency lines) and joins nothing.
    """
    holders: dict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        for gram in grams(row["text"]):
            holders[gram].setdefault(row["doc"], row)
    for found in holders.values():
        if len(found) == 2:
            first, second = found.values()
            yield first, second


def join(rows: list[Row]) -> None:
    """Give documents that share a run of eight words one name, that of the earliest, so that no split parts them."""
    order = {doc: n for n, doc in enumerate(dict.fromkeys(row["doc"] for row in rows))}
    while True:
        root = {doc: doc for doc in order}

        def top(doc: str, root: dict[str, str] = root) -> str:
            while root[doc] != doc:
                doc = root[doc]
            return doc

        for first, second in shared_runs(rows):
            low, high = sorted((top(first["doc"]), top(second["doc"])), key=order.__getitem__)
            root[high] = low
        changed = any(top(doc) != doc for doc in {row["doc"] for row in rows})
        for row in rows:
            row["doc"] = top(row["doc"])
        # A run that stood in three documents may stand in two once two of them are joined.
        if not changed:
            return


def held_back(folder: Path) -> set[tuple[str, ...]]:
    """Eight-word runs of the documents in ``folder/docs`` (title and text), or nothing where it is not there."""
    found: set[tuple[str, ...]] = set()
    for file in sorted((folder / "docs").glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        found |= grams(f"{document.get('title', '')} {document['text']}")
    return found
