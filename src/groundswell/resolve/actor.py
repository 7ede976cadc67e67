"""Who a phrase names: canonical name within the document, kind, sector, country.

Private persons are never looked up anywhere: a surname becomes the full name the same document gives, nothing more.
What the document does not settle stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from groundswell.pipeline import stage
from groundswell.records import Finding, Record, Span
from groundswell.resolve.actor_cast import Cast, without_article
from groundswell.resolve.actor_tables import CountryWord, Entry, country_words, known, shared_names, words
from groundswell.resolve.quantity import find_quantities
from groundswell.values import Actor, ActorKind, Mention, Role, Sentence, Statement

_CUT = re.compile(
    r"\s+(?:of|from|in|at|on|for|who|which|that|with|near|outside|across|against|to|by|under|affiliated|belonging|including|opposed|owned|based|led|"
    r"protesting|demanding|holding|loyal|over|after|between|around|inside|working|wearing|carrying|armed)\b|[,;(]|\s[-–—]\s"
)
_COLLECTIVE = re.compile(
    r"^(?:(?:large|small|huge|angry|armed|whole)\s+)?(?:groups?|numbers?|teams?|sections?|handful|bunch|lot|majority|dozens|scores|hundreds|"
    r"thousands|tens|lakhs|millions|couple|pair|series|some|many|most|all|both|several|rest|wave|column|convoy|contingent|bands?)\s+of\s+(?:the\s+|its\s+|their\s+)?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[A-ZÀ-ÞĀ-Ž][\w’'.-]*|al-[A-Z]\w+|bin|ibn|van|von|der|den|de|da|dos|du|la|el|al|di|ter|e|y|\(?[A-Z]\.?\)?)"
)
# Capitals inside a word mark brands and movements ("IndiGo", "FeesMustFall"), but not McDonald or O'Neil.
_ODD_CASE = re.compile(r"\b(?!Ma?c[A-Z]|De[A-Z]|Le[A-Z][a-z]{2}|La[A-Z][a-z]|O[’'][A-Z]|D[’'][A-Z])\w*[a-z][A-Z]")
# The same phrases come again in one article and in all: what depends on their words alone is worked out once.
_remembered = lru_cache(maxsize=1 << 14)
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,7}s?")
_BRACKETED = re.compile(r"\s*\([A-Z][\w.&/() -]*\)\s*$")
_STATE_OF = re.compile(r"(?:government|state|republic|kingdom)\s+of\s+(?:the\s+)?(.+)", re.IGNORECASE)


@stage(needs=[Role, Mention], gives=[Actor])
def actors(record: Record) -> Iterator[Finding[Actor]]:
    """One Actor for each span that plays actor, called_by or target, and for each speaker of a statement."""
    text = record.document.text
    places = sorted({*_role_spans(record), *_speaker_spans(record)})
    cast = Cast.of(_named(record, places), text)
    found: list[tuple[Span, Actor]] = []
    sentences = sorted(finding.span for finding in record.of(Sentence))
    for span in places:
        phrase = text[span.start : span.end]
        actor, rule = _resolve(phrase, cast, span.start)
        if rule == "pronoun":
            actor, rule = _antecedent(span, actor, found, sentences)
        found.append((span, actor))
        yield Finding(actor, (span,), by=f"resolve.actor/{rule}")


def resolve_actor(phrase: str, *, others: Sequence[str] = ()) -> Actor:
    """Who a phrase names, given the other phrases of its document in reading order."""
    return _resolve(phrase, Cast.of(list(enumerate(others))), len(others))[0]


def _role_spans(record: Record) -> Iterator[Span]:
    for finding in record.of(Role):
        if finding.value.kind in ("actor", "called_by", "target") and finding.spans:
            yield finding.span


def _speaker_spans(record: Record) -> Iterator[Span]:
    for finding in record.of(Statement):
        if finding.value.speaker is not None:
            yield Span(*finding.value.speaker)


def _named(record: Record, places: list[Span]) -> list[tuple[int, str]]:
    """Phrases that may give a name: mentions of any actor kind and places (for their countries), roles, speakers."""
    spans = {
        finding.span for finding in record.of(Mention) if finding.value.kind not in ("time", "number") and finding.spans
    }
    return [(span.start, record.document.quote(span)) for span in spans.union(places)]


def _resolve(phrase: str, cast: Cast, at: int) -> tuple[Actor, str]:
    """The actor and the rule that settled the name."""
    words_of_name = _clean(phrase)
    shouted = words_of_name.isupper() and len(words_of_name) > 1
    if not shouted and (kind := words().pronouns.get(words_of_name.lower())) is not None:
        return Actor(words_of_name, kind), "pronoun"
    short = _BRACKETED.sub("", words_of_name)
    expansion = cast.expansion(short)
    for name, rule in ((expansion, "acronym"), (short, "table"), (words_of_name, "table")):
        if name and (entry := _entry(name, cast)) is not None:
            return Actor(entry.name, entry.kind, entry.sector, entry.country), rule
    if expansion:
        return _described(expansion, expansion), "acronym"
    if (named := cast.named(short.lower(), at)) is not None:
        return _resolve_name(named, cast), "named-before"
    if short[:1].islower() and (person := cast.titled(short, at)) is not None:
        return _described(_person_name(person), person), "title"
    if (entry := _place_entry(short)) is not None:
        return Actor(entry.name, entry.kind, entry.sector, entry.country), "state"
    return _named_or_described(short, cast, at)


def _resolve_name(name: str, cast: Cast) -> Actor:
    entry = _entry(name, cast)
    return Actor(entry.name, entry.kind, entry.sector, entry.country) if entry else _described(name, name)


def _named_or_described(short: str, cast: Cast, at: int) -> tuple[Actor, str]:
    """A person's name, fuller where the document has it; else the phrase as it stands."""
    name = _person_name(short)
    if _is_person_name(name):
        full = cast.full_name(name, at)
        if full is not None and _described(full, full).kind == "person":
            return _described(_person_name(full), f"{full} {short}" if short != name else full), "surname"
    return _described(name if _is_person(short, name) else short, short), "phrase"


@_remembered
def _clean(phrase: str) -> str:
    """Without quotation marks, outer punctuation, article, and a leading number ("Up to 3,000 people")."""
    text = without_article(" ".join(phrase.split()).strip(' ,;:"“”‘'))
    text = text if re.search(r"\b[A-Z]\.[A-Z]\.$", text) else text.strip(".")
    text = re.sub(r"^\d{1,3}-year-old\s+", "", text)
    numbers = find_quantities(text)
    if numbers and numbers[0][0].start == 0 and numbers[0][0].end < len(text):
        rest = text[numbers[0][0].end :].strip()
        text = re.sub(r"^(?:of\s+)?(?:the\s+|other\s+|more\s+)?", "", rest) or text
    return text or phrase.strip() or phrase


def _entry(name: str, cast: Cast) -> Entry | None:
    """The table's entry for a whole name. A short form of another country's body is not taken where the document speaks
    of other countries only ("Congress" in a text about Washington)."""
    table = known()
    entry = table.get(name)
    if entry is None and name[:1].isupper() and " " not in name and len(name) > 3:
        entry = table.get(name.upper())
    elif entry is None and name[:1].islower() and " " in name:
        entry = table.get(name[:1].upper() + name[1:])
    if entry is None or entry.name == name or entry.country is None or " " in name:
        return entry
    stated = cast.countries()
    if entry.kind == "government" and not (
        name in shared_names() and any(name in phrase.split() and phrase != name for _, phrase in cast.phrases)
    ):
        return entry
    return entry if not stated or entry.country in stated else None


def _place_entry(name: str) -> Entry | None:
    """ "Sudan's government", "government of Kenya", "Nairobi authorities" are described; "Moscow" was in the table."""
    match = _STATE_OF.fullmatch(name)
    entry = known().get(match.group(1)) if match else None
    return entry if entry is not None and entry.kind == "government" else None


@_remembered
def _is_person_name(name: str) -> bool:
    tokens = name.split()
    return (
        bool(tokens)
        and len(tokens) <= 5
        and all(_NAME.fullmatch(token) for token in tokens)
        and tokens[0][:1].isupper()
    )


@_remembered
def _person_name(phrase: str) -> str:
    """The name behind titles and roles: "army spokesman Nabil Abdallah" -> "Nabil Abdallah"; the phrase where there is none."""
    best = phrase
    for title in words().titles.finditer(phrase):
        rest = phrase[title.end() :].strip(" ,")
        if rest and _is_person_name(rest) and _head(rest) is None:
            best = rest
    return best


def _is_person(phrase: str, name: str) -> bool:
    return phrase != name and _is_person_name(name) and _kind(phrase, name)[0] == "person"


@_remembered
def _described(name: str, phrase: str) -> Actor:
    """Kind, sector and country from the words of a phrase."""
    kind, inner = _kind(phrase, name)
    sector = _sector(phrase)
    country = _country(phrase, kind)
    if inner is not None:
        sector = (
            inner.sector
            if kind in ("group", "person", "armed_force", "armed_group") and inner.kind != "government"
            else sector
        )
        country = country or inner.country
        if inner.kind == "armed_group" and kind in ("group", "people"):
            kind = "armed_group"
    if sector is None and kind in ("crowd", "people"):
        sector = "CVL"
    return Actor(name, kind, sector, country)


@_remembered
def _kind(phrase: str, name: str) -> tuple[ActorKind, Entry | None]:
    """What sort of actor, and the known body its words name on the way."""
    inner = _inside(phrase)
    if name != phrase and _is_person_name(name):
        return "person", inner
    text = _COLLECTIVE.sub("", re.sub(r"\s*\([^()]*\)", "", phrase)) or phrase
    if re.match(r"(?:mobs?|crowds?)\b", phrase, re.IGNORECASE):
        return "crowd", inner
    cut = _CUT.search(text)
    head = _head(text[: cut.start()] if cut else text)
    if head is not None:
        return head, inner
    if cut and (later := _head(text)) is not None and not text[:1].isupper():
        return later, inner
    return _kind_of_name(text), inner


@_remembered
def _head(text: str) -> ActorKind | None:
    """The kind whose noun ends the phrase; a longer noun beats a shorter one, an earlier rule a later one."""
    best: tuple[int, ActorKind] | None = None
    for kind, pattern in words().heads:
        last = None
        for last in pattern.finditer(text):  # noqa: B007 - the last match is wanted
            pass
        if last is not None and last.end() >= len(text.rstrip(" '’s")) and (best is None or last.start() < best[0]):
            best = (last.start(), kind)
    return best[1] if best else None


def _kind_of_name(text: str) -> ActorKind:
    if _ACRONYM.fullmatch(text):
        return "organisation"
    told = country_words(text)
    if len(told) == 1 and told[0].adjective and (told[0].start, told[0].end) == (0, len(text)):
        return "people"
    if _ODD_CASE.search(text) or re.search(r"\d", text):
        return "organisation"
    if _is_person_name(text):
        return "person"
    return "organisation" if text[:1].isupper() and not text.endswith("s") else "group"


@_remembered
def _inside(phrase: str) -> Entry | None:
    """A known body named inside a longer phrase ("BJP workers"); the longest name wins, states do not count."""
    tokens = [
        token.strip("()") if token.count("(") != token.count(")") else token
        for token in re.sub(r"['’]s?\b", "", phrase).split()
    ]
    table = known()
    for size in range(min(6, len(tokens)), 0, -1):
        for start in range(len(tokens) - size + 1):
            entry = table.get(" ".join(tokens[start : start + size]).strip(",."))
            if entry is not None and entry.kind != "government" and size < len(tokens):
                return entry
    return None


def _sector(phrase: str) -> str | None:
    return next(
        (
            code
            for code, pattern, but in words().sectors
            if pattern.search(phrase) and not (but is not None and but.search(phrase))
        ),
        None,
    )


def _country(phrase: str, kind: ActorKind) -> str | None:
    """One country told by an adjective or a name; two different ones settle nothing. Beside a person a bare name may be a
    surname ("Michael Jordan"): only "of Kenya" and "Kenya's" tell."""
    told = country_words(phrase)
    codes = {word.code for word in told if word.adjective}
    if not codes:
        codes = {word.code for word in told if kind != "person" or _is_setting(phrase, word)}
    return codes.pop() if len(codes) == 1 else None


def _is_setting(phrase: str, word: CountryWord) -> bool:
    before = re.search(r"\b(?:of|in|from|for|to)\s+(?:the\s+)?$", phrase[: word.start])
    return bool(before) or phrase[word.end :][:2] in ("'s", "’s")


def _antecedent(span: Span, actor: Actor, found: list[tuple[Span, Actor]], sentences: list[Span]) -> tuple[Actor, str]:
    """The noun a pronoun stands for, only where the sentence and the one before name exactly one that can be meant."""
    word = actor.name.lower()
    wanted: tuple[ActorKind, ...]
    if word in ("i", "me", "we", "us", "our"):
        return actor, "pronoun"
    if actor.kind == "person":
        wanted = ("person",)
    elif actor.kind == "organisation":
        wanted = ("organisation", "government")
    else:
        wanted = ("group", "crowd", "people", "armed_group", "armed_force")
    before = [sentence.start for sentence in sentences if sentence.start <= span.start]
    since = before[-2] if len(before) > 1 else (before[0] if before else max(0, span.start - 300))
    candidates = {
        other.name: other
        for where, other in found
        if since <= where.start < span.start and other.kind in wanted and other.name.lower() not in words().pronouns
    }
    if len(candidates) == 1:
        return next(iter(candidates.values())), "antecedent"
    return actor, "pronoun"
