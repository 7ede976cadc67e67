"""Brings older codings in line with codebook 1.1 (section 7) by rule, and counts what each rule changed.

Works on rows with offsets, before they are written (``corpus_add``). Only safe rules stand here; what needed reading is listed by row
id in ``READ``. Never adds an event.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]
Span = dict[str, Any]

# Conditional acts without a verb of threatening are the act itself, ``threatened``: (trigger as coded, type, mode).
READ: dict[str, tuple[str, str, str | None]] = {
    "cnc-train_08_254_1499": ("intensify", "PROTEST", "demo"),
    "cnc-train_05_236_2465": ("enforce it again", "PROTEST", "strike"),
    "cnc-train_03_59_669": ("would continue", "PROTEST", "demo"),
    "cnc-train_07_250_2676": ("would face disciplinary action", "SANCTION", None),
    "cnc-train_03_80_2276": ("barred", "COERCE", "ban"),
    "cnc-train_02_253_999": ("necklace", "ASSAULT", None),
    "cnc-train_07_264_504": ("work to rule", "PROTEST", "strike"),
    "own-03-023": ("would boycott", "PROTEST", "boycott"),
    "own-03-026": ("would return", "PROTEST", "obstruct"),
    "own-06-007": ("will begin an indefinite strike", "PROTEST", "strike"),
    "own-07-030": ("arrested", "COERCE", "arrest"),
    "own-08-031": ("will occupy", "PROTEST", "obstruct"),
    "own-13-020": ("close", "COERCE", "restrict"),
    "own-18-028": ("shoot them down", "ASSAULT", None),
    "own-18-029": ("gone", "COERCE", "ban"),
    "own-18-058": ("will have their water cut", "COERCE", "withhold"),
    "own-18-059": ("will be in a cell", "COERCE", "arrest"),
    "own-18-096": ("will down hawsers", "PROTEST", "strike"),
    "own-18-118": ("share your cousin's grave", "ASSAULT", None),
    "own-18-142": ("close", "SANCTION", "withdraw"),
    "own-18-167": ("gets no more salt", "COERCE", "withhold"),
    "own-18-168": ("will be off the payroll", "SANCTION", "expel"),
    "own-18-192": ("stay full", "PROTEST", "strike"),
    "own-19-019": ("would shut", "COERCE", "restrict"),
    "own-19-025": ("would fall silent", "PROTEST", "strike"),
    "own-19-029": ("walk out", "PROTEST", "strike"),
    "own-19-053": ("sunk", "ASSAULT", None),
    "own-19-082": ("halt", "PROTEST", "obstruct"),
    "own-19-096": ("will be ash", "ASSAULT", "destroy"),
    "own-19-105": ("seal", "COERCE", "restrict"),
    "own-19-113": ("switch off", "PROTEST", "strike"),
    "own-19-123": ("mislaid", "COERCE", "ban"),
    "own-19-130": ("hangs your operating permit", "COERCE", "ban"),
    "own-19-156": ("shut", "PROTEST", "obstruct"),
    "own-19-174": ("welded", "PROTEST", "obstruct"),
    "own-20-010": ("intensified", "PROTEST", "demo"),
}
# Ended after it began: ``occurred``, not ``cancelled``.
BEGAN = {"cnc-train_07_160_1616", "cnc-train_03_9_335"}
# Communal violence, not a riot in a protest: ASSAULT.
COMMUNAL = {
    f"cnc-train_{tail}"
    for tail in (
        *("02_322_2111", "02_316_1418", "01_157_909", "09_B_117_3091", "09_B_39_306", "09_B_36_480", "06_314_1895"),
        *("09_B_34_2533", "06_315_875", "09_B_32_2785", "03_258_2535", "08_147_888", "03_251_1546", "01_126_845"),
        *("02_318_911", "09_B_73_1465", "02_317_238", "06_314_2241", "08_201_2028", "02_45_554", "09_A_90_2359"),
    )
}
# Journeys that are no meeting, campaign and awareness rallies: no events (row id, type).
NONE_READ = {
    (f"cnc-train_{tail}", kind)
    for tail, kind in (
        *(("07_152_2122", "CONSULT"), ("04_68_332", "CONSULT"), ("01_139_144", "CONSULT"), ("08_40_3110", "CONSULT")),
        *(
            ("03_56_943", "CONSULT"),
            ("09_A_154_2866", "CONSULT"),
            ("04_54_2647", "PROTEST"),
            ("02_201_2546", "PROTEST"),
        ),
        *(("04_118_2933", "PROTEST"), ("04_119_695", "PROTEST"), ("09_A_103_2832", "PROTEST")),
        *(("09_A_104_2646", "PROTEST"), ("08_66_1202", "PROTEST")),
    )
}
_RIOT = re.compile(r"(communal )?(riot\w*|violence)", re.I)
PRONOUNS = frozenset("he she it they we i you him her them us who which that this those these his their".split())  # noqa: SIM905
_PERSON_NOUN = re.compile(
    r"(protest[eo]r|demonstrator|agitator|marcher|striker|rioter|picketer|attacker|blockader)s?", re.I
)
_GENERIC = re.compile(r"(protest\w*|agitat\w+|demonstrat\w+|stir|unrest)( programmes?| movement)?", re.I)
_EVICTION = re.compile(r"evict\w*|lock(?:ed )?out|lockouts?", re.I)
_SIEGE = re.compile(r"(laid |lay |under )?(siege|besieg\w+)( to)?", re.I)
_STONES = re.compile(r"(pelt|threw|throw|hurl)\w*( with)? stones|stone[- ](pelting|throwing)", re.I)
_BLAME = re.compile(
    r"condemn|denounc|deplor|critici|slam|fla[yi]|blast|rebuk|lash|censur|decr[iy]|blam|outrage|summon|hit out|attack|protest|repudiat|fault",
    re.I,
)
_ALLEGE = re.compile(r"(alleg|claim)\w*", re.I)
_LEAD = re.compile(r"(on|in|at)\s+(?!least\b|most\b)", re.I)
_ARTICLE = re.compile(r"(the|a|an)\s+(?=[a-z0-9])", re.I)
_SOURCE_HEAD = re.compile(r"(according to( the)?|said|told|the)\s+", re.I)
_SOURCE_TAIL = re.compile(
    r",?\s+(had |has |have )?(said|says|say|claimed|claims|reported|told (reporters|this newspaper)|added)$", re.I
)
_VAGUE = re.compile(
    r"(several|many|some|few|a few|most|both|a number|a number of|numerous|various|no one|none|a|an|the)", re.I
)
_FREED = ("SANCTION", "AID", "RETREAT", "ACCUSE")
_DOUBLE = '"”“'
_QUOTES = "\"“”'‘’"
_ABBREVIATION = re.compile(r"(\b[A-Za-z]\.)+$|\b(Inc|Mr|Dr|St|Ltd|Co|No|Rs|Jr|Sr)\.$")
_ORG_PLACE = ("actors", "called_by", "attribution")


def _cut(text: str, span: Span, start: int, end: int) -> Span:
    return {**span, "text": text[start:end], "start": start, "end": end}


def _strip_lead(text: str, span: Span, pattern: re.Pattern[str]) -> Span:
    match = pattern.match(span["text"])
    if match and match.end() < len(span["text"]):
        return _cut(text, span, span["start"] + match.end(), span["end"])
    return span


def _strip_tail(text: str, span: Span, pattern: re.Pattern[str]) -> Span:
    match = pattern.search(span["text"])
    if match and match.start() > 0:
        return _cut(text, span, span["start"], span["start"] + match.start())
    return span


def _ends_spare(body: str) -> bool:
    """The last character is a comma, a final stop, or a quotation mark that closes nothing within."""
    odd = sum(body.count(mark) for mark in _DOUBLE) % 2
    if body[-1] in " ,;.":
        return not (body[-1] == "." and _ABBREVIATION.search(body))
    wrapped = body[0] in _QUOTES and body[-1] in _QUOTES and not any(mark in body[1:-1] for mark in _DOUBLE)
    return wrapped or bool(body[-1] in _DOUBLE and odd)


def _content(text: str, span: Span) -> Span:
    """The statement without its quotation marks and final stop."""
    start, end = span["start"], span["end"]
    while end - start > 1:
        body = text[start:end]
        if _ends_spare(body):
            end -= 1
        elif body[0] in _DOUBLE + " " and sum(body.count(mark) for mark in _DOUBLE) % 2:
            start += 1
        else:
            break
    return _cut(text, span, start, end) if (start, end) != (span["start"], span["end"]) else span


def _is_pronoun(span: Span) -> bool:
    return span["text"].lower() in PRONOUNS


def _mend_roles(text: str, event: Row, done: Counter[str]) -> None:
    if event.get("time"):
        bare = _strip_lead(text, event["time"], _LEAD)
        done["leading preposition left out of a time phrase"] += bare is not event["time"]
        event["time"] = bare
    for role in ("actors", "called_by", "targets"):
        spans = event.get(role) or []
        bare_spans = [_strip_lead(text, span, _ARTICLE) for span in spans]
        done["leading article left out of a role"] += sum(a is not b for a, b in zip(spans, bare_spans, strict=True))
        nouns = [span for span in bare_spans if not _is_pronoun(span)]
        if nouns and len(nouns) < len(bare_spans):
            done["pronoun beside its noun dropped from a role"] += len(bare_spans) - len(nouns)
            bare_spans = nouns
        if bare_spans:
            event[role] = bare_spans
    named = [span for span in event.get("places", ()) if re.search(r"[A-Z0-9]", span["text"])]
    if len(named) < len(event.get("places", ())):
        done["unnamed setting dropped from places"] += len(event["places"]) - len(named)
        event["places"] = named
        if not named:
            del event["places"]
    if event.get("attribution"):
        source = _strip_tail(text, _strip_lead(text, event["attribution"], _SOURCE_HEAD), _SOURCE_TAIL)
        done["reporting verb left out of an attribution"] += source is not event["attribution"]
        event["attribution"] = source


def _mend_figures(event: Row, done: Counter[str]) -> None:
    kept = []
    for figure in event.get("figures", ()):
        if _VAGUE.fullmatch(figure["text"]) and figure["text"].lower() not in ("no one", "none"):
            done["vague amount dropped from figures"] += 1
            continue
        if figure["of"] == "other" and event["type"] in _FREED:
            figure["of"] = "affected"
            done["people freed, convicted, charged, aided: figure affected"] += 1
        if figure["of"] == "other" and event["type"] == "MOBILIZE":
            figure["of"] = "participants"
            done["personnel deployed: figure participants"] += 1
        kept.append(figure)
    if kept:
        event["figures"] = kept
    else:
        event.pop("figures", None)


def _mend_kind(row: Row, event: Row, done: Counter[str]) -> None:
    word = event["trigger"]["text"]
    read = READ.get(row["id"])
    if event["type"] == "THREATEN" and read and read[0] == word:
        event["type"], event["status"] = read[1], "threatened"
        event.pop("mode", None)
        if read[2]:
            event["mode"] = read[2]
        done["conditional act without a threatening verb: the act, threatened (read)"] += 1
    if event["status"] == "cancelled" and row["id"] in BEGAN:
        event["status"] = "occurred"
        done["ended after it began: occurred (read)"] += 1
    if event["type"] == "PROTEST" and not event.get("mode") and _GENERIC.fullmatch(word):
        event["mode"] = "demo"
        done["protest, agitation, stir without further sign: mode demo"] += 1
    if event["type"] == "COERCE" and event.get("mode") != "restrict" and _SIEGE.fullmatch(word):
        event["mode"] = "restrict"
        done["siege: mode restrict"] += 1
    if event["type"] == "COERCE" and event.get("mode") in (None, "deport") and _EVICTION.fullmatch(word):
        event["mode"] = "restrict"
        done["eviction, lockout: mode restrict"] += 1
    if event["type"] == "ASSAULT" and not event.get("mode") and _STONES.fullmatch(word) and event["status"] != "denied":
        event["type"], event["mode"] = "PROTEST", "riot"
        done["stone-throwing: PROTEST/riot"] += 1
    if event["type"] == "PROTEST" and event.get("mode") == "riot" and row["id"] in COMMUNAL and _RIOT.fullmatch(word):
        event["type"] = "ASSAULT"
        del event["mode"]
        done["communal violence: ASSAULT (read)"] += 1


def _dropped(row: Row, event: Row) -> str | None:
    """Why the event is none after codebook 1.1, or None where it stays."""
    word = event["trigger"]["text"]
    if (row["id"], event["type"]) in NONE_READ and (event["type"] == "PROTEST" or event.get("mode") == "visit"):
        return "journey that is no meeting, or campaign rally: no event (read)"
    if event["type"] == "PROTEST" and _PERSON_NOUN.fullmatch(word):
        return "bare person noun is no event"
    if event["type"] == "ACCUSE" and event.get("mode") == "allege" and _ALLEGE.fullmatch(word):
        return "alleged that: the deed and a statement, no ACCUSE"
    if event["type"] == "ACCUSE" and event.get("mode") == "disapprove":
        if not event.get("actors"):
            return "condemnation without a condemner dropped"
        if not _BLAME.search(word):
            return "condemnation without an explicit verb dropped"
    return None


def _mend_statements(row: Row, done: Counter[str]) -> None:
    text = row["text"]
    for said in row.get("statements", ()):
        content = _content(text, said["content"])
        done["quotation marks and final stop left out of a statement"] += content is not said["content"]
        said["content"] = content
        if said.get("speaker"):
            source = _strip_tail(text, _strip_lead(text, said["speaker"], _ARTICLE), _SOURCE_TAIL)
            done["speaker without article or verb"] += source is not said["speaker"]
            said["speaker"] = source


def _mend_entities(row: Row, done: Counter[str]) -> None:
    entities = row.setdefault("entities", [])
    taken = [(e["start"], e["end"]) for e in entities]
    for entity in sorted(entities, key=lambda e: -len(e["text"])):
        for match in re.finditer(rf"(?<![\w-]){re.escape(entity['text'])}(?![\w-])", row["text"]):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                entities.append({**entity, "start": match.start(), "end": match.end()})
                taken.append((match.start(), match.end()))
                done["further mention of a name in the same text"] += 1
    entities.sort(key=lambda e: (e["start"], e["end"]))
    acting = {
        (s["start"], s["end"]) for e in row.get("events", ()) for r in ("actors", "called_by") for s in e.get(r, ())
    }
    acting |= {
        (e["attribution"]["start"], e["attribution"]["end"]) for e in row.get("events", ()) if e.get("attribution")
    }
    acting |= {(s["speaker"]["start"], s["speaker"]["end"]) for s in row.get("statements", ()) if s.get("speaker")}
    for entity in entities:
        if entity["kind"] == "place" and (entity["start"], entity["end"]) in acting:
            entity["kind"] = "organisation"
            done["country or capital acting: organisation"] += 1
    taken = [(e["start"], e["end"]) for e in entities]
    for event in row.get("events", ()):
        for place in event.get("places", ()):
            if place["text"][0].isupper() and not any(a < place["end"] and place["start"] < b for a, b in taken):
                entities.append({**place, "kind": "place"})
                taken.append((place["start"], place["end"]))
                done["named place of an event added to the entities"] += 1


def _complete_entities(rows: list[Row], done: Counter[str], known: Sequence[Row] = ()) -> None:
    """Mark further mentions of names that are always coded the same way (three times or more, most of the time)."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for row in (*known, *rows):
        for entity in row["entities"]:
            kinds[entity["text"]][entity["kind"]] += 1
    sure = {
        name: next(iter(c)) for name, c in kinds.items() if len(c) == 1 and sum(c.values()) >= 3 and name[0].isupper()
    }
    missing: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    for row in rows:
        taken = [(e["start"], e["end"]) for e in row["entities"]]
        for name in sure:
            if name not in row["text"]:
                continue
            for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", row["text"]):
                before, after = row["text"][: match.start()].rstrip(" "), row["text"][match.end() :]
                beside = re.match(r" [A-Z(]", after) or re.search(r"(?<![.:!?]) ?\b[A-Z]\w*$", before)
                if not beside and not any(a < match.end() and match.start() < b for a, b in taken):
                    missing[name].append((row, match.start()))
    for name, spots in missing.items():
        if len(spots) > sum(kinds[name].values()):
            continue
        for row, start in spots:
            row["entities"].append({"text": name, "start": start, "end": start + len(name), "kind": sure[name]})
            done["further mention of a name added to the entities"] += 1


def mend(rows: Iterable[Row], known: Sequence[Row] = ()) -> Counter[str]:
    """Mend the rows in place; what was done, by kind, with counts.

    ``known`` are rows of a corpus that stands: they say how a name is always coded and are not changed.
    """
    done: Counter[str] = Counter()
    kept_rows = list(rows)
    for row in kept_rows:
        kept = []
        for event in row.get("events", ()):
            why = _dropped(row, event)
            if why:
                done[why] += 1
                continue
            _mend_kind(row, event, done)
            _mend_roles(row["text"], event, done)
            _mend_figures(event, done)
            kept.append(event)
        row["events"] = kept
        _mend_statements(row, done)
        _mend_entities(row, done)
    _complete_entities(kept_rows, done, known)
    return +done
