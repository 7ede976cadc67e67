"""Places: phrases to entries of the gazetteer, for a whole document at once.

Says how exactly each is known. A phrase that means nothing to the gazetteer stays a name without coordinates; it never
costs the others anything.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from groundswell.lexicon import table
from groundswell.models.loader import located
from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.gazetteer import Entry, Gazetteer
from groundswell.resolve.gazetteer_names import fold
from groundswell.resolve.place_find import spot
from groundswell.resolve.place_phrase import Query, capital_in, is_capital, parse
from groundswell.resolve.place_score import SORTS, Toponym, Weights, fitted, settle
from groundswell.resolve.place_sites import Named, astray
from groundswell.resolve.place_spans import SURE, names, unnamed
from groundswell.resolve.place_text import (
    containers_after,
    demonym_countries,
    demonyms,
    sites,
    source_places,
    spelled_out,
    unabbreviated,
)
from groundswell.spans import Spans
from groundswell.values import Mention, Place, PlacePrecision, Role, Sentence, Statement

_PRECISION: dict[str, PlacePrecision | None] = {
    "country": "country", "admin1": "admin1", "admin2": "admin2", "city": "city", "area": "admin1", "place": "place",
}  # fmt: skip


Key = tuple[str, frozenset[int]]
"""Folded name with the sort asked for ("homs/city"), and ids of the entries that the text says hold it."""
# How often a name that only the search found is a place (266 corpus documents: about two in three).
_FOUND = 0.65
# A role of actor from this score on says that a name is no place. Corpus documents, places named: .851 without, .854 with.
_ACTING = 0.5
SEAT_SHARE = 0.15  # least share of a division's inhabitants in the town of its name that stands for it ("Kyiv")
LEADING_SHARE = 0.75  # least share of a document's resolved places in the country that it is about
_PARAGRAPH = 500  # characters: a paragraph at most, where a text has no line breaks
_THE = re.compile(r"(?i)\Athe\s+")


@dataclass(slots=True)
class Reading:
    """One mention while it is resolved.

    Attributes:
        start: its offset in the text.
        key: of the group of same names that it belongs to; None where the gazetteer has no such name.
        holders: countries and divisions that the text says it lies in, for a name without a key.
    """

    phrase: str
    query: Query
    start: int
    key: Key | None = None
    holders: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place and how probable it is that a careful coder would choose the same."""

    place: Place
    score: float
    entry: Entry | None = field(default=None, compare=False)


class Geoparser:
    """Finds and resolves place names. Opens its gazetteer on first use; may be shared by threads."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        user: Path | None = None,
        weights: Weights | None = None,
        spotting: Weights | None = None,
    ) -> None:
        self._path, self._user, self._weights, self._spotting = path, user, weights, spotting
        self._lock = threading.Lock()
        self._opened: tuple[Gazetteer, ...] | None = None

    @property
    def gazetteers(self) -> tuple[Gazetteer, ...]:
        """The gazetteer that ships (or the one given), then the user's own where there is one."""
        if self._opened is None:
            with self._lock:
                if self._opened is None:
                    self._opened = _open(self._path, self._user)
        return self._opened

    @property
    def version(self) -> str:
        return "+".join(gazetteer.version for gazetteer in self.gazetteers)

    def knows(self, name: str) -> bool:
        return any(gazetteer.knows(name) for gazetteer in self.gazetteers)

    def named(self, name: str) -> list[Entry]:
        """Candidates from all gazetteers; the user's are put into the countries of the one that ships."""
        first, *others = self.gazetteers
        found = first.named(name)
        for gazetteer in others:
            for entry in gazetteer.named(name):
                found.append(replace(entry, country=first.by_iso3.get(entry.iso3 or "")))
        return found

    def entry(self, identifier: int) -> Entry:
        for gazetteer in reversed(self.gazetteers):
            if identifier > gazetteer.offset:
                return gazetteer.entry(identifier)
        raise KeyError(identifier)

    def find(self, text: str, *, language: str = "en") -> list[Span]:
        """Place names by gazetteer and context rules alone, in order, not overlapping."""
        return spot(text, self.named, self._spotting or fitted("find"), language=language)

    def resolve(
        self, text: str, mentions: Sequence[Span], *, publisher: str | None = None, language: str = "en"
    ) -> list[Place]:
        """One Place for each mention, in their order; unresolved ones keep their phrase and nothing else."""
        return [each.place for each in self.explain(text, mentions, publisher=publisher, language=language)]

    def explain(
        self, text: str, mentions: Sequence[Span], *, publisher: str | None = None, language: str = "en"
    ) -> list[Resolved]:
        """As ``resolve``, with probabilities."""
        readings, groups, sources, named = self.toponyms(text, mentions, publisher=publisher, language=language)
        settle([*groups.values(), *sources], self._weights, named)
        resolved = [self._answer(reading, groups) for reading in readings]
        for index in astray([_named(reading, each) for reading, each in zip(readings, resolved, strict=True)]):
            readings[index].key, resolved[index] = None, Resolved(Place(name=readings[index].phrase), 0.3)
        leading = _leading(resolved)
        return [self._unlisted(text, reading, resolved, readings, leading) if reading.key is None else each
                for reading, each in zip(readings, resolved, strict=True)]  # fmt: skip

    def toponyms(
        self, text: str, mentions: Sequence[Span], *, publisher: str | None = None, language: str = "en"
    ) -> tuple[list[Reading], dict[Key, Toponym], list[Toponym], list[int]]:
        """What is to be settled together: the mentions' queries, one toponym a name, the publisher's, demonyms' countries."""
        readings = [self._read(text, span, language) for span in mentions]
        groups: dict[Key, Toponym] = {}
        for reading, span in zip(readings, mentions, strict=True):
            self._join(groups, reading, text, span, language)
        _merge_bare(groups, readings)
        sources = [Toponym(found, source=True) for found in source_places(publisher, self.gazetteers[0], language)]
        return readings, groups, sources, demonym_countries(text, self.gazetteers[0], language)

    def _read(self, text: str, span: Span, language: str) -> Reading:
        phrase = text[span.start : span.end]
        code = demonyms(language).get(phrase.strip(" ,.;:"))
        country = self.gazetteers[0].by_iso3.get(code) if code else None
        if country is not None:
            return Reading(phrase, Query(self.entry(country).name, sort="country"), span.start)
        if (seat := self._capital(phrase, language)) is not None:
            return Reading(phrase, seat, span.start)
        full = spelled_out(phrase, self.knows, language)
        if (within := sites(language).get(fold(_THE.sub("", full)))) and not self.knows(full):
            others = {name for name in containers_after(text, span.end) if self.knows(name)}
            if not others or others & set(within):
                sort = "city" if len(within) > 1 else "country"
                return Reading(phrase, Query(full, within=within, sort=sort, landmark=True), span.start)
        return Reading(phrase, parse(full, self.knows, language=language), span.start)

    def _capital(self, phrase: str, language: str) -> Query | None:
        """ "The Kenyan capital" as Nairobi; only in its country where more than one town may be meant; nothing where it is unclear
        whose it is. A town that the phrase names is looked up in that country."""
        told = capital_in(phrase, self.knows, language=language)
        if told is None:
            return None
        rules = table(language, "capitals")
        code = self._state(told.owner, language) if told.owner and told.owner not in rules["unclear"] else None
        sure = code in rules["capital"] or code in rules["several"]
        within = (self.entry(self.gazetteers[0].by_iso3[code]).name,) if code and sure else ()
        if told.town:
            return Query(told.town, within=within, sort="city")
        return Query(rules["capital"].get(code, phrase), within=within, sort="city") if within else Query(phrase)

    def _state(self, owner: str, language: str) -> str | None:
        """Alpha-3 code of the one country of this name or demonym."""
        known = demonyms(language).get(owner)
        codes = {known} if known else {entry.iso3 for entry in self.named(owner) if entry.kind == "country"}
        (code,) = codes if len(codes) == 1 else (None,)
        return code if code in self.gazetteers[0].by_iso3 else None

    def _join(self, groups: dict[Key, Toponym], reading: Reading, text: str, span: Span, language: str) -> None:
        query = reading.query
        if query.landmark and not query.within and (town := self._town_after(text, span.end)):
            query = reading.query = replace(query, within=(town,))
        name = query.within[0] if query.landmark and query.within else query.name
        holders = query.within[1:] if query.landmark else query.within
        nameless = (query.landmark and not query.within) or is_capital(name, language)
        candidates = [] if nameless else self.named(name)
        if not candidates:
            names = query.within or containers_after(text, span.end)
            reading.holders = [entry for name in names[:1] for entry in self._holders(name, language)]
            return
        if query.sort:
            candidates = [entry for entry in candidates if entry.kind in SORTS[query.sort]] or candidates
        held = {entry.id for holder in holders for entry in self._holders(holder, language)}
        if not holders:
            held.update(
                entry.id for holder in containers_after(text, span.end) for entry in self._holders(holder, language)
            )
        inside = frozenset(
            i for i in held if any(i in (e.country, e.admin1, e.admin2) and i != e.id for e in candidates)
        )
        key = reading.key = f"{fold(name)}/{query.sort or ''}", inside
        if key in groups:
            groups[key].weight += 0.3
            return
        groups[key] = Toponym(candidates, part=query.part, held=inside)

    def _town_after(self, text: str, end: int) -> str | None:
        """The town that the words right behind a site's name put it in ("Liberty Stadium in Ibadan"); None where it is no town."""
        known = next((name for name in containers_after(text, end) if self.knows(name)), None)
        return known if known and self.named(known)[0].kind == "city" else None

    def _holders(self, name: str, language: str) -> list[Entry]:
        """Countries and divisions that a container's name may mean."""
        full = unabbreviated(name, language)
        found = [entry for each in full for entry in self.named(parse(each, self.knows, language=language).name)]
        return [entry for entry in found if entry.kind in ("country", "admin1", "admin2")]

    def _answer(self, reading: Reading, groups: dict[Key, Toponym]) -> Resolved:
        if reading.key is None:
            return Resolved(Place(name=reading.phrase), 0.3)
        group = groups[reading.key]
        best = max(range(len(group.shares)), key=group.shares.__getitem__)
        entry, score = group.candidates[best], group.shares[best]
        if not (reading.query.sort or reading.query.part):
            town, extra = _seat(entry, group)
            entry, score = town, min(score + extra, 1.0)
        return Resolved(self._place(reading, entry), score, entry)

    def _place(self, reading: Reading, entry: Entry) -> Place:
        precision = _PRECISION[entry.kind]
        if entry.kind == "area" and entry.iso3 is None:
            return Place(entry.name, None, entry.geonameid)
        if reading.query.near and precision in ("city", "place"):
            precision = "admin2"
        admin1 = self.entry(entry.admin1).name if entry.admin1 is not None else None
        name = reading.query.name if reading.query.landmark else entry.name
        return Place(name, precision, entry.geonameid, entry.latitude, entry.longitude, entry.iso3, admin1)

    def _unlisted(
        self, text: str, reading: Reading, resolved: list[Resolved], readings: list[Reading], leading: str | None
    ) -> Resolved:
        """What can be said of a name the gazetteer lacks, never a point of its own: what the phrase says it lies in; where the phrase
        names several places, the country all share; for a site a town named in its paragraph, else the one country in which all
        resolved places lie; for others ``leading``, the country that the document is about."""
        holders = [entry for entry in reading.holders if entry.iso3 == leading] or reading.holders
        if holders:
            best = max(holders, key=lambda entry: entry.population)
            place = self._place(reading, best)
            return Resolved(replace(place, name=reading.phrase, geonameid=None, latitude=None, longitude=None), 0.6)
        inside = range(reading.start + 1, reading.start + len(reading.phrase))
        ends = [each.place for at, each in zip(readings, resolved, strict=True) if each.entry and at.start in inside]
        if len(ends) > 1:
            return _among(reading.phrase, ends)
        if reading.query.landmark:
            towns = [
                (other.start, each) for other, each in zip(readings, resolved, strict=True)
                if each.entry is not None and each.entry.kind == "city" and not other.query.near
                and (leading is None or each.entry.iso3 == leading) and _together(text, reading.start, other.start)
            ]  # fmt: skip
            if towns:
                before = [town for town in towns if town[0] < reading.start]
                chosen = max(before, key=lambda t: t[0])[1] if before else min(towns, key=lambda t: t[0])[1]
                assert chosen.entry is not None
                return Resolved(self._place(reading, chosen.entry), 0.6 * chosen.score, chosen.entry)
            named = {each.place.country for each in resolved if each.place.country}
            leading = named.pop() if len(named) == 1 else None
        if leading is None:
            return Resolved(Place(name=reading.phrase), 0.3)
        return Resolved(Place(name=reading.phrase, precision="country", country=leading), 0.5)


def _among(phrase: str, ends: list[Place]) -> Resolved:
    """ "The road between Oaxaca and Mexico City": at most the country that both ends share; it lies in neither."""
    countries = {end.country for end in ends}
    country = countries.pop() if len(countries) == 1 else None
    return Resolved(Place(name=phrase, precision="country" if country else None, country=country), 0.5)


def _named(reading: Reading, each: Resolved) -> Named:
    size = each.entry.population if each.entry else 0
    return Named(reading.query, reading.key[0] if reading.key else None, each.place.country, size)


def _together(text: str, a: int, b: int) -> bool:
    """Do two names stand in one paragraph?"""
    first, last = min(a, b), max(a, b)
    return last - first <= _PARAGRAPH and "\n" not in text[first:last]


def _seat(entry: Entry, group: Toponym) -> tuple[Entry, float]:
    """The town for a division of the same name that is little more than the town ("Kyiv", "Hebron"), with its share."""
    if entry.kind not in ("admin1", "admin2") or entry.latitude is None or entry.longitude is None:
        return entry, 0.0
    for town, share in zip(group.candidates, group.shares, strict=True):
        if town.kind != "city" or town.country != entry.country or town.latitude is None or town.longitude is None:
            continue
        beside = abs(town.latitude - entry.latitude) < 1 and abs(town.longitude - entry.longitude) < 1.5
        if beside and town.population >= SEAT_SHARE * entry.population:
            return town, share
    return entry, 0.0


def _leading(resolved: list[Resolved]) -> str | None:
    """The country in which at least three quarters of the document's resolved places lie; None for fewer than two."""
    found = [each.place.country for each in resolved if each.place.country]
    if len(found) < 2:
        return None
    country = max(sorted(set(found)), key=found.count)
    return country if found.count(country) >= LEADING_SHARE * len(found) else None


def _open(path: Path | None, user: Path | None) -> tuple[Gazetteer, ...]:
    from groundswell.resolve.gazetteer import USER_OFFSET

    shipped = Gazetteer(path or located("gazetteer"))
    return (shipped, Gazetteer(user, offset=USER_OFFSET)) if user else (shipped,)


def _merge_bare(groups: dict[Key, Toponym], readings: list[Reading]) -> None:
    """One sense a document: "Springfield" alone is the Springfield that the text places somewhere."""
    for reading in readings:
        if reading.key is None or reading.key[1]:
            continue
        held = [key for key in groups if key[0] == reading.key[0] and key[1]]
        if held:
            groups.pop(reading.key, None)
            reading.key = held[0]
            groups[held[0]].weight += 0.3


@lru_cache(maxsize=1)
def shipped() -> Geoparser:
    """The geoparser with the gazetteer that ships, one a process."""
    return Geoparser()


def _acting(record: Record) -> set[Span]:
    """Who does something or speaks: "Kenya closed the border" names a government, no place (codebook 6)."""
    roles = [finding for finding in record.of(Role) if finding.spans]
    acting = {f.span for f in roles if f.value.kind in ("actor", "called_by") and f.score >= _ACTING}
    acting |= {Span(*f.value.speaker) for f in record.of(Statement) if f.value.speaker is not None}
    settings = [f.span for f in roles if f.value.kind == "place"]
    return {span for span in acting if not any(span.overlaps(setting) for setting in settings)}


@stage(needs=[Sentence], gives=[Mention, Place])
def places(record: Record) -> Iterator[Finding[object]]:
    """Resolve every place phrase of the record together: those a model marked and those the gazetteer's own search finds.

    The two complement each other. On 266 corpus documents, distinct places named, F1: a model's mentions alone .76, the search
    alone .74, both .78, both without doubtful mentions that the search does not know .82.
    """
    geoparser = shipped()
    document = record.document
    by = f"resolve.place/{geoparser.version}"
    found = geoparser.find(document.text)
    known = [finding for finding in record.of(Mention) if finding.value.kind in ("place", "person", "organisation")]
    acting = _acting(record)
    taken, searched = Spans([*acting, *(finding.span for finding in known)]), Spans(found)
    new = [span for span in found if not taken.over(span)]
    for span in new:
        yield Finding(Mention("place"), (span,), by=by, score=_FOUND)
    marked = [
        finding.span
        for finding in known
        if finding.value.kind == "place"
        and finding.span not in acting
        and (finding.score >= SURE or searched.over(finding.span))
        and not unnamed(document.text, finding.span)
    ]
    bare = [name for span in marked for name in names(document.text, span, geoparser.knows)]
    # "eastern Congo" names Congo; where a happening is set there, its role keeps the whole phrase.
    sure = {finding.span for finding in known if finding.score >= SURE}
    for span in sorted(set(bare) - sure):
        yield Finding(Mention("place"), (span,), by=by, score=SURE)
    settings = {finding.span for finding in record.of(Role) if finding.value.kind == "place"}
    spans = sorted({*new, *bare, *(span for span in settings if not unnamed(document.text, span))})
    for span, each in zip(spans, geoparser.explain(document.text, spans, publisher=document.publisher), strict=True):
        yield Finding(each.place, (span,), by=by, score=round(each.score, 3))
