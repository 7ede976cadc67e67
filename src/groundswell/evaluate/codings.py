"""Scores codings against codings: the definitions of the project's scorer, kept per document so that intervals can be drawn.

A coding is what ``read --json`` prints or a coder's JSON after docs/codebook.md. An event matches when its type is the same and
its trigger lies in the other's trigger, quote or other mentions; one gold event matches one prediction at most. Gold events
marked ``optional`` (only one of two coders found them) count neither for nor against. Attributes are scored over matched events.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NON_FACTUAL = frozenset({"announced", "called_for", "threatened", "hypothetical", "denied", "cancelled"})
CORE = frozenset({"PROTEST", "ASSAULT", "COERCE", "MOBILIZE"})
_STOP = frozenset(["the", "a", "an", "of", "in", "on", "at", "by", "for", "to", "and", "his", "her", "its", "their"])
_WORD = re.compile(r"[\w']+")
Coding = Mapping[str, Any]


@dataclass(slots=True)
class DocumentScore:
    """Counts of one document: ``matched, found, gold`` for each measure; ``right, asked`` for each accuracy."""

    id: str
    counts: dict[str, list[int]] = field(default_factory=dict)
    right: dict[str, list[int]] = field(default_factory=dict)
    missed: list[dict[str, Any]] = field(default_factory=list)
    spurious: list[dict[str, Any]] = field(default_factory=list)

    def add(self, measure: str, matched: int, found: int, gold: int) -> None:
        counts = self.counts.setdefault(measure, [0, 0, 0])
        for index, number in enumerate((matched, found, gold)):
            counts[index] += number

    def ask(self, measure: str, right: bool) -> None:
        counts = self.right.setdefault(measure, [0, 0])
        counts[0] += right
        counts[1] += 1


def fold(words: str | None) -> str:
    return re.sub(r"\s+", " ", words or "").strip()


def flat(coding: Coding) -> dict[str, Any]:
    """A coding in the coders' form, whether it is a coder's or the public JSON of a reading."""
    if "document" not in coding:
        return {"events": [], "figures": [], "statements": [], "places": [], **coding}
    return {
        "events": [_flat_event(event) for event in coding.get("events", [])],
        "figures": [_flat_figure(figure) for figure in coding.get("figures", [])],
        "statements": [
            {k: _text(s.get(k)) for k in ("speaker", "content", "cue")} | {"direct": s.get("direct")}
            for s in coding.get("statements", [])
        ],
        "places": [{"text": p["text"], "country": p.get("country")} for p in coding.get("places", [])],
    }


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else value.get("text")


def _flat_figure(figure: Mapping[str, Any]) -> dict[str, Any]:
    found = {k: figure[k] for k in ("text", "of", "low", "best", "high") if k in figure}
    return found | {"attribution": _text(figure.get("attribution"))}


def _flat_event(event: Mapping[str, Any]) -> dict[str, Any]:
    time = event.get("time")
    names = {
        key: [_text(x) for x in event.get(key) or []] for key in ("actors", "called_by", "targets", "places", "also")
    }
    return names | {
        "type": event["type"],
        "mode": event.get("mode"),
        "status": event.get("status"),
        "trigger": _text(event["trigger"]),
        "quote": _text(event["evidence"]),
        "time": {"text": time.get("text"), "start": time.get("earliest"), "end": time.get("latest")} if time else None,
        "figures": [_flat_figure(figure) for figure in event.get("figures") or []],
        "issue": _text(event.get("issue")),
        "attribution": _text(event.get("attribution")),
    }


Range = tuple[int, int] | None


@dataclass(slots=True)
class _Located:
    """An event with where its words stand in the folded text."""

    event: dict[str, Any]
    types: frozenset[str]
    quote: Range
    trigger: Range
    also: list[tuple[int, int]]

    @property
    def optional(self) -> bool:
        return bool(self.event.get("optional"))

    @property
    def statuses(self) -> frozenset[str]:
        return frozenset((self.event.get("status") or "").split("|"))


def _locate(text: str, event: dict[str, Any]) -> _Located:
    quote = fold(event.get("quote"))
    start = text.find(quote)
    if start < 0:
        start = text.lower().find(quote.lower())
    trigger = fold(event.get("trigger"))
    inside = quote.lower().find(trigger.lower()) if trigger else -1
    return _Located(
        event,
        frozenset((event.get("type") or "").split("|")),
        (start, start + len(quote)) if start >= 0 else None,
        (start + inside, start + inside + len(trigger)) if start >= 0 and inside >= 0 else None,
        [span for words in event.get("also") or [] for span in _find_all(text, fold(words))],
    )


def _find_all(text: str, part: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(re.escape(part), text)] if part else []


def _over(a: Range, b: Range) -> bool:
    return a is not None and b is not None and a[0] < b[1] and b[0] < a[1]


def _affinity(gold: _Located, found: _Located, typed: bool) -> int:
    if typed and not gold.types & found.types:
        return 0
    if _over(gold.trigger, found.trigger):
        return 3
    if found.trigger and _over(gold.quote, found.trigger) and _over(found.quote, gold.trigger):
        return 2
    if any(_over(s, found.trigger) for s in gold.also) or any(_over(s, gold.trigger) for s in found.also):
        return 1
    return 0


def match(
    gold: Sequence[_Located], found: Sequence[_Located], *, typed: bool = True
) -> list[tuple[_Located, _Located]]:
    """One to one, the surest pairs first."""
    ranked = sorted(
        (
            (affinity, not g.optional, -i, -j)
            for i, g in enumerate(gold)
            for j, p in enumerate(found)
            if (affinity := _affinity(g, p, typed))
        ),
        reverse=True,
    )
    used_gold: set[int] = set()
    used_found: set[int] = set()
    pairs = []
    for _, _, i, j in ranked:
        if -i not in used_gold and -j not in used_found:
            used_gold.add(-i)
            used_found.add(-j)
            pairs.append((gold[-i], found[-j]))
    return pairs


def soft(a: str | None, b: str | None) -> float:
    """Dice overlap of content words, 0..1."""
    words_a, words_b = _words(a), _words(b)
    return 2 * len(words_a & words_b) / (len(words_a) + len(words_b)) if words_a and words_b else 0.0


def _words(words: str | None) -> set[str]:
    return {w for w in _WORD.findall((words or "").lower()) if w not in _STOP}


def pair_up(gold: Sequence[Any], found: Sequence[Any], likeness: Callable[[Any, Any], float], need: float = 0.5) -> int:
    """How many gold items find a partner of their own."""
    used: set[int] = set()
    for item in gold:
        if isinstance(item, dict) and item.get("optional"):
            continue
        best, partner = 0.0, -1
        for index, other in enumerate(found):
            if index not in used and (score := likeness(item, other)) > best:
                best, partner = score, index
        if best >= need:
            used.add(partner)
    return len(used)


def score_document(id: str, gold_coding: Coding, found_coding: Coding, text: str) -> DocumentScore:
    """All measures of one document. ``text`` is title and text as one string."""
    score = DocumentScore(id)
    text = fold(text)
    gold, found = flat(gold_coding), flat(found_coding)
    located_gold = [_locate(text, event) for event in gold["events"]]
    located_found = [_locate(text, event) for event in found["events"]]
    matched = _score_events(score, located_gold, located_found)
    for g, p in matched:
        _score_attributes(score, g.event, p.event)
    _score_lists(score, gold, found)
    return score


def _score_events(score: DocumentScore, gold: list[_Located], found: list[_Located]) -> list[tuple[_Located, _Located]]:
    every = match(gold, found)
    matched = _count(score, "events (type + place in text)", gold, found, every)
    _count(score, "events, any type", gold, found, match(gold, found, typed=False))
    for name, types in (("core events (protest, assault, coerce, mobilize)", CORE), ("protest events", {"PROTEST"})):
        some_gold, some_found = [e for e in gold if e.types & types], [e for e in found if e.types & types]
        _count(score, name, some_gold, some_found, match(some_gold, some_found))
    some_gold = [e for e in gold if e.statuses & NON_FACTUAL]
    some_found = [e for e in found if e.statuses & NON_FACTUAL]
    pairs = match(some_gold, some_found)
    right = sum(1 for g, p in pairs if not g.optional and p.statuses <= g.statuses)
    spare = sum(1 for g, _ in pairs if g.optional)
    score.add(
        "non-factual events with right status", right, len(some_found) - spare, sum(not g.optional for g in some_gold)
    )
    for kind in sorted({t for e in [*gold, *found] for t in e.types}):
        some_gold, some_found = [e for e in gold if kind in e.types], [e for e in found if kind in e.types]
        _count(score, f"type {kind}", some_gold, some_found, match(some_gold, some_found))
    taken_gold, taken_found = {id(g) for g, _ in every}, {id(p) for _, p in every}
    score.missed = [g.event for g in gold if id(g) not in taken_gold and not g.optional]
    score.spurious = [p.event for p in found if id(p) not in taken_found]
    return matched


def _count(
    score: DocumentScore,
    measure: str,
    gold: Sequence[_Located],
    found: Sequence[_Located],
    pairs: list[tuple[_Located, _Located]],
) -> list[tuple[_Located, _Located]]:
    must = [(g, p) for g, p in pairs if not g.optional]
    score.add(measure, len(must), len(found) - (len(pairs) - len(must)), sum(not g.optional for g in gold))
    return must


def _score_attributes(score: DocumentScore, gold: dict[str, Any], found: dict[str, Any]) -> None:
    if gold.get("status"):
        both_happened = {gold["status"], found.get("status")} <= {"occurred", "ongoing"}
        score.ask("status", found.get("status") in gold["status"].split("|") or both_happened)
        for status in gold["status"].split("|"):
            score.ask(f"status {status}", found.get("status") in gold["status"].split("|") or both_happened)
    if gold.get("mode"):
        score.ask("mode", found.get("mode") in gold["mode"].split("|"))
    time, claimed = gold.get("time") or {}, found.get("time") or {}
    if time.get("start"):
        score.ask(
            "date exact", time["start"] == claimed.get("start") and time.get("end", time["start"]) == claimed.get("end")
        )
    elif not gold.get("time") and not gold.get("time_disputed"):
        score.ask("no date claimed where none is stated", not claimed.get("start"))
    for key in ("actors", "targets", "called_by", "places"):
        some, others = gold.get(key) or [], found.get(key) or []
        if some or others:
            score.add(f"  {key} of matched events", pair_up(some, others, soft), len(others), len(some))
    some, others = gold.get("figures") or [], found.get("figures") or []
    if some or others:
        score.add("  figures of matched events", pair_up(some, others, _same_figure), len(others), len(some))
    if gold.get("attribution") or found.get("attribution"):
        agree = soft(gold.get("attribution"), found.get("attribution")) >= 0.5
        score.add(
            "  attribution of matched events", agree, bool(found.get("attribution")), bool(gold.get("attribution"))
        )


def _value(figure: Mapping[str, Any]) -> int | None:
    return next((figure[k] for k in ("best", "low", "high") if figure.get(k) is not None), None)


def _same_figure(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """Same kind and value; corpus sentences carry no values, there the words decide."""
    if a.get("of") != b.get("of"):
        return 0.0
    return float(_value(a) == _value(b)) if _value(a) is not None else float(soft(a.get("text"), b.get("text")) >= 0.5)


def all_figures(coding: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Figures of the document and of its events, equal ones once."""
    found: list[dict[str, Any]] = []
    for figure in [
        *(coding.get("figures") or []),
        *(f for e in coding.get("events", []) for f in e.get("figures") or []),
    ]:
        if figure not in found:
            found.append(figure)
    return found


def _said(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    return soft(a["content"], b["content"])


def _said_by(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    return _said(a, b) if soft(a.get("speaker"), b.get("speaker")) >= 0.4 else 0.0


def _score_lists(score: DocumentScore, gold: dict[str, Any], found: dict[str, Any]) -> None:
    _listed(score, "figures (kind + value)", all_figures(gold), all_figures(found), _same_figure)
    _listed(score, "statements (content)", gold["statements"], found["statements"], _said)
    _listed(score, "statements (content + speaker)", gold["statements"], found["statements"], _said_by)
    named = {fold(p["text"]).lower(): p.get("country") for p in gold["places"] if not p.get("optional")}
    optional = {fold(p["text"]).lower() for p in gold["places"] if p.get("optional")}
    claimed = {fold(p["text"]).lower(): p.get("country") for p in found["places"]}
    score.add("places named", len(set(named) & set(claimed)), len(set(claimed) - optional), len(named))
    for name in set(named) & set(claimed):
        if named[name]:
            score.ask("country of place", named[name] == claimed[name])


def _listed(
    score: DocumentScore, measure: str, gold: list[Any], found: list[Any], likeness: Callable[[Any, Any], float]
) -> None:
    matched = pair_up(gold, found, likeness)
    spare = pair_up([{**x, "optional": False} for x in gold if x.get("optional")], found, likeness)
    score.add(measure, matched, max(len(found) - spare, matched), sum(not x.get("optional") for x in gold))
