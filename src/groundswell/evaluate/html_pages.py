"""How well article text is found in web pages: 4-word shingles against ground truth, as the article extraction benchmark
of Scrapinghub (2020) counts them. Measures only; the pages belong to their publishers and are not in the repository."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_WORD = re.compile(r"\w+")
_SHINGLE = 4


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: shares of shingles (0..1), what became of it, and the problem codes that came with it."""

    page: str
    url: str
    precision: float
    recall: float
    f1: float
    characters: int
    outcome: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PagesScore:
    """Means over pages, as in the benchmark: F1 is made of mean precision and mean recall. ``empty`` counts pages with no text
    and no problem saying so; ``alarms`` counts low-yield warnings."""

    precision: float
    recall: float
    f1: float
    empty: int
    alarms: int
    pages: tuple[PageScore, ...]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words; a text of fewer words is one shingle."""
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)) if words)


def overlap(true: str, found: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the found text's shingles. Two empty texts agree."""
    wanted, got = shingles(true), shingles(found)
    both = sum((wanted & got).values())
    if not wanted and not got:
        return 1.0, 1.0, 1.0
    precision = both / sum(got.values()) if got else 0.0
    recall = both / sum(wanted.values()) if wanted else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def score_pages(folder: str | Path) -> PagesScore:
    """``folder`` holds ground-truth.json ({key: {articleBody, url}}) and pages/KEY.html.gz.

    Raises FileNotFoundError when either is missing.
    """
    from groundswell.ingest import read_bytes

    folder = Path(folder)
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = []
    for key, wanted in sorted(truth.items()):
        data = gzip.decompress((folder / "pages" / f"{key}.html.gz").read_bytes())
        reading = read_bytes(data, name=f"{key}.html")[0]
        found = reading.document.text[reading.document.body_start :] if reading.document else ""
        precision, recall, f1 = overlap(wanted["articleBody"], found)
        codes = tuple(problem.code for problem in reading.problems)
        pages.append(PageScore(key, wanted["url"], precision, recall, f1, len(found), reading.outcome, codes))
    return _summary(pages)


def _summary(pages: list[PageScore]) -> PagesScore:
    with_text = [page for page in pages if page.characters]
    precision = sum(page.precision for page in with_text) / max(1, len(with_text))
    recall = sum(page.recall for page in pages) / max(1, len(pages))
    return PagesScore(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        empty=sum(1 for page in pages if not page.characters and not page.problems),
        alarms=sum(1 for page in pages if "low_yield" in page.problems),
        pages=tuple(pages),
    )
