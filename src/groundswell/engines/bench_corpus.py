"""A generated corpus for benchmarks: seeded, of stated statistics, so that figures can be compared between machines.

Sentences of relevant articles are those written for corpus/ (CC-BY-4.0), with other names, places and numbers put in each time, so
that hardly any two are alike; the other articles are ordinary news of one topic each (bench_topics.toml). Good for speed and memory
only: the articles make no sense and measure no accuracy.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

RESOURCE = "bench_sentences.json"
TOPICS = "bench_topics.toml"
_WRITTEN = "written for this corpus"
_SLOTS = {"person": "{person}", "place": "{place}", "organisation": "{organisation}"}
_SLOT = re.compile(r"\{([a-z]+)\}")
_NUMBER = re.compile(r"\b(?!(?:19|20)\d\d\b)\d+\b")
_DAYS = ("2024-02-05", "2024-03-14", "2024-04-23", "2024-05-17", "2024-06-30")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is generated. The same plan gives the same bytes on any machine.

    Attributes:
        documents: how many.
        relevant: share of articles that report happenings; in those ``eventful`` of the sentences hold one
            (26% do in the whole documents of corpus/, 64% in the written ones alone).
        ordinary: the others are ordinary news: sport, business, weather ...; False: they are strung together from eventless
            sentences of texts that do report happenings, which is harder than any real stream.
        words: length of an article; it ends with the sentence that reaches it.
        html: share of articles saved as HTML pages with navigation around them; the others are rows of a JSONL file.
    """

    documents: int = 300
    relevant: float = 1.0
    ordinary: bool = True
    eventful: float = 0.4
    words: int = 500
    html: float = 0.5
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    paragraphs: tuple[str, ...]
    relevant: bool
    published: str


def articles(plan: Plan) -> Iterator[Article]:
    """The articles of a plan, in order; relevant ones spread evenly by chance."""
    material = _material()
    for number in range(plan.documents):
        chance = random.Random(f"{plan.seed}/{number}")
        yield _article(chance, plan, material)


def _article(chance: random.Random, plan: Plan, material: Mapping[str, Any]) -> Article:
    relevant = chance.random() < plan.relevant
    eventful, plain = material["eventful"], material["plain"]
    if plan.ordinary and not relevant:
        plain = material["topics"][chance.choice(sorted(material["topics"]))]
    title = _filled(chance, chance.choice(eventful if relevant else plain), material).rstrip(".")
    paragraphs: list[str] = []
    waiting: list[str] = []
    words = 0
    while words < plan.words:
        pool = eventful if relevant and chance.random() < plan.eventful else plain
        sentence = _filled(chance, chance.choice(pool), material)
        waiting.append(sentence)
        words += sentence.count(" ") + 1
        if len(waiting) >= chance.choice((1, 2, 2, 3)):
            paragraphs.append(" ".join(waiting))
            waiting = []
    if waiting:
        paragraphs.append(" ".join(waiting))
    return Article(title, tuple(paragraphs), relevant, chance.choice(_DAYS))


def _filled(chance: random.Random, sentence: str, material: Mapping[str, Any]) -> str:
    """The sentence with names drawn anew and its numbers rolled again (digits kept; years stay)."""
    named = _SLOT.sub(lambda match: str(chance.choice(material[match.group(1)])), sentence)
    return _NUMBER.sub(
        lambda m: (
            str(chance.randrange(10 ** (len(m.group()) - 1), 10 ** len(m.group()))) if len(m.group()) < 7 else "9"
        ),
        named,
    )


@lru_cache(maxsize=1)
def _material() -> dict[str, Any]:
    folder = files("groundswell.engines")
    found: dict[str, Any] = json.loads((folder / RESOURCE).read_text(encoding="utf-8"))
    ordinary = tomllib.loads((folder / TOPICS).read_text(encoding="utf-8"))
    return {**found, **ordinary["slots"], "topics": ordinary["topics"]}


def write(plan: Plan, folder: Path) -> dict[str, float]:
    """Write the corpus below ``folder`` (made if need be; pages a thousand to a folder); returns its statistics."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {"documents": 0, "relevant": 0, "words": 0, "characters": 0, "bytes": 0, "html": 0}
    with (folder / "rows.jsonl").open("wb") as rows:
        for number, article in enumerate(articles(plan)):
            body = "\n\n".join(article.paragraphs)
            as_page = random.Random(f"page/{plan.seed}/{number}").random() < plan.html
            data = _page(article) if as_page else _row(number, article, body)
            if as_page:
                shelf = folder / f"pages-{number // 1000:04d}"
                shelf.mkdir(exist_ok=True)
                (shelf / f"{number:08d}.html").write_bytes(data)
            else:
                rows.write(data)
            counts["documents"] += 1
            counts["relevant"] += article.relevant
            counts["html"] += as_page
            counts["words"] += len(article.title.split()) + len(body.split())
            counts["characters"] += len(article.title) + 2 + len(body)
            counts["bytes"] += len(data)
    if counts["html"] == counts["documents"]:
        (folder / "rows.jsonl").unlink()
    return {**counts, **{f"plan_{name}": value for name, value in asdict(plan).items()}}


def _row(number: int, article: Article, body: str) -> bytes:
    row = {"id": f"bench-{number:08d}", "title": article.title, "text": body, "published": article.published}
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _page(article: Article) -> bytes:
    """A page as news sites serve them: metadata, a menu, the article, links to others, a footer."""
    menu = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("home", "world", "sport", "opinion"))
    body = "\n".join(f"<p>{escape(part)}</p>" for part in article.paragraphs)
    title = escape(article.title)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{article.published}"></head><body>'
        f"<header><nav><ul>{menu}</ul></nav></header><main><article><h1>{title}</h1>\n{body}\n</article>"
        "<aside><h2>More</h2><ul><li><a href='/1'>Weather</a></li><li><a href='/2'>Letters</a></li></ul></aside></main>"
        "<footer><p>All rights reserved. <a href='/terms'>Terms</a></p></footer></body></html>"
    ).encode()


def gather(corpus: Path) -> dict[str, Any]:
    """The material from an annotated corpus folder: written sentences of ten words and more, with slots for names."""
    found: dict[str, set[str]] = {name: set() for name in ("eventful", "plain", *_SLOTS)}
    for path in sorted(corpus.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("source") == _WRITTEN:
                _gather_row(row, found)
    return {name: sorted(words) for name, words in found.items()}


def _gather_row(row: Mapping[str, Any], found: Mapping[str, set[str]]) -> None:
    text = row["text"]
    for entity in row.get("entities", ()):
        found[entity["kind"]].add(entity["text"])
    for start, end in row.get("sentences") or [[0, len(text)]]:
        sentence = text[start:end]
        if len(sentence.split()) < 10 or "\n" in sentence or "{" in sentence or sentence[-1] not in '.!?"”':
            continue
        eventful = any(start <= event["trigger"]["start"] < end for event in row.get("events", ()))
        found["eventful" if eventful else "plain"].add(_slotted(sentence, start, row.get("entities", ())))


def _slotted(sentence: str, start: int, entities: Sequence[Mapping[str, Any]]) -> str:
    inside = sorted(
        (e for e in entities if start <= e["start"] and e["end"] <= start + len(sentence)), key=lambda e: -e["start"]
    )
    before = len(sentence) + 1
    for entity in inside:
        a, b = entity["start"] - start, entity["end"] - start
        if b <= before:
            sentence = sentence[:a] + _SLOTS[entity["kind"]] + sentence[b:]
            before = a
    return sentence


def main() -> None:
    """Make the resource anew: python -m groundswell.engines.bench_corpus (from a checkout with corpus/)."""
    root = Path(__file__).parents[3]
    target = Path(__file__).with_name(RESOURCE)
    target.write_text(json.dumps(gather(root / "corpus"), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
