"""How things are said on the pages: names of types, days, ranges, the event in one sentence; control characters made visible."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]

TYPES = {
    "PROTEST": "Protest", "ASSAULT": "Assault", "COERCE": "Coercion", "MOBILIZE": "Mobilisation", "SANCTION": "Sanction",
    "THREATEN": "Threat", "REQUEST": "Demand", "ACCUSE": "Accusation", "REJECT": "Refusal", "RETREAT": "Giving way",
    "CONCEDE": "Concession", "AID": "Aid", "COOPERATE": "Cooperation", "SUPPORT": "Support", "AGREE": "Agreement",
    "CONSULT": "Talks",
}  # fmt: skip
# Five families carry the colours of map and charts; sixteen hues could not be told apart.
FAMILIES = {
    "PROTEST": "contention", "ASSAULT": "force", "COERCE": "coercion", "MOBILIZE": "coercion", "SANCTION": "coercion",
    "THREATEN": "coercion", "REQUEST": "words", "ACCUSE": "words", "REJECT": "words", "RETREAT": "easing",
    "CONCEDE": "easing", "AID": "easing", "COOPERATE": "easing", "SUPPORT": "easing", "AGREE": "easing", "CONSULT": "easing",
}  # fmt: skip
_MODES = {
    ("PROTEST", "demo"): "Demonstration", ("PROTEST", "riot"): "Riot", ("PROTEST", "strike"): "Strike",
    ("PROTEST", "hunger"): "Hunger strike", ("PROTEST", "boycott"): "Boycott", ("PROTEST", "obstruct"): "Blockade or sit-in",
    ("PROTEST", "vandalize"): "Vandalism in protest", ("ASSAULT", "abduct"): "Abduction", ("ASSAULT", "beat"): "Beating",
    ("ASSAULT", "torture"): "Torture", ("ASSAULT", "sexual"): "Sexual violence", ("ASSAULT", "targeted"): "Targeted killing",
    ("ASSAULT", "destroy"): "Destruction", ("ASSAULT", "firearms"): "Shooting", ("ASSAULT", "explosives"): "Bombing",
    ("ASSAULT", "suicide-attack"): "Suicide attack", ("ASSAULT", "aerial"): "Air strike",
    ("ASSAULT", "heavy-weapons"): "Shelling", ("ASSAULT", "crowd-control"): "Force against a crowd",
    ("COERCE", "seize"): "Seizure", ("COERCE", "restrict"): "Restriction", ("COERCE", "ban"): "Ban",
    ("COERCE", "censor"): "Censorship", ("COERCE", "curfew"): "Curfew", ("COERCE", "martial-law"): "Martial law",
    ("COERCE", "arrest"): "Arrest", ("COERCE", "deport"): "Deportation", ("COERCE", "withhold"): "Withholding",
    ("COERCE", "cyber"): "Cyber attack", ("MOBILIZE", "troops"): "Troop movement", ("MOBILIZE", "weapons"): "Arms movement",
    ("MOBILIZE", "police"): "Police deployment", ("MOBILIZE", "militia"): "Militia movement",
    ("SANCTION", "convict"): "Conviction", ("SANCTION", "expel"): "Expulsion or dismissal",
    ("RETREAT", "ceasefire"): "Ceasefire", ("RETREAT", "release"): "Release", ("RETREAT", "resign"): "Resignation",
    ("RETREAT", "withdraw"): "Withdrawal", ("RETREAT", "disarm"): "Disarming", ("RETREAT", "access"): "Access granted",
    ("ACCUSE", "investigate"): "Charges or investigation", ("ACCUSE", "disapprove"): "Condemnation",
    ("CONSULT", "visit"): "Visit", ("CONSULT", "phone"): "Telephone talks", ("CONSULT", "multilateral"): "Multilateral talks",
    ("CONSULT", "third-party"): "Mediation",
}  # fmt: skip
STATUSES = {
    "occurred": "took place", "ongoing": "is under way", "announced": "was announced", "called_for": "was called for",
    "threatened": "was threatened", "hypothetical": "might happen", "denied": "is denied", "cancelled": "was called off",
}  # fmt: skip
STATES = {
    "unreviewed": "not reviewed", "confirmed": "confirmed", "corrected": "corrected", "contested": "contested",
    "rejected": "rejected", "any": "any",
}  # fmt: skip
FIGURES = {
    "participants": "participants", "deaths": "reported deaths", "injured": "injured", "arrested": "arrested",
    "displaced": "displaced", "abducted": "abducted", "affected": "affected", "destroyed": "destroyed", "weapons": "weapons",
    "other": "other counts",
}  # fmt: skip
PRECISION = {
    "place": "exact place", "city": "town", "admin2": "district only", "admin1": "region only", "country": "country only",
    "none": "no place", "": "no place",
}  # fmt: skip
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# What can reorder, hide or split text: bidirectional controls, zero-width characters, C0 and C1 controls, tags, soft hyphens.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def shown(text: str) -> str:
    """The text with each character that hides or reorders others written out, so that nothing looks other than it is."""
    return _HIDDEN.sub(lambda match: f"⟦U+{ord(match.group()):04X}⟧", text)


def hidden(letter: str) -> bool:
    return bool(_HIDDEN.match(letter))


def kind(type: str, mode: str | None) -> str:
    """A noun for what happened."""
    return _MODES.get((type, mode or ""), TYPES.get(type, type))


def a_day(value: str | date | None) -> str:
    """12 Jun 2024; the words as they stand where they are no day."""
    if not value:
        return ""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        return str(value)
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def month(value: str) -> str:
    """June 2024 for 2024-06."""
    return f"{date.fromisoformat(value + '-01'):%B %Y}" if value else ""


def when(time: Json | None) -> str:
    """An interval in words; "" where nothing is known."""
    if not time:
        return ""
    first, last = time.get("earliest"), time.get("latest")
    if not first and not last:
        return f"“{time['text']}”" if time.get("text") else ""
    if not last:
        return f"since {a_day(first)}"
    if not first:
        return f"until {a_day(last)}"
    if first == last:
        return a_day(first)
    a, b = a_day(first).split(), a_day(last).split()
    if len(a) == len(b) == 3 and a[1:] == b[1:]:
        return f"{a[0]}–{' '.join(b)}"
    return f"{' '.join(a[:2])} – {' '.join(b)}" if a[2:] == b[2:] else f"{' '.join(a)} – {' '.join(b)}"


def where(place: Json | None) -> str:
    """A place with what it lies in; "" where nothing is known."""
    if not place:
        return ""
    name = place.get("name") or place.get("text") or ""
    holder = country(place.get("country"))
    parts = [name]
    if place.get("precision") in ("city", "place", "admin2") and place.get("admin1") and place["admin1"] != name:
        parts.append(place["admin1"])
    if holder and holder not in parts:
        parts.append(holder)
    return ", ".join(part for part in parts if part)


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Names by ISO 3166 alpha-3 code."""
    found = json.loads((Path(__file__).parent / "static" / "countries.json").read_text(encoding="utf-8"))
    return {code: row[1] for code, row in found.items()}


def country(code: str | None) -> str:
    return countries().get(code or "", code or "")


def number(value: int | float | None) -> str:
    return "?" if value is None else f"{value:,}"


def figure(low: int | None, high: int | None, *, open_end: bool = False, best: int | None = None) -> str:
    """A count as a range, never as one best number where several were given."""
    if low is None and high is None:
        return f"about {number(best)}" if best is not None else "no number"
    if low is None:
        return f"about {number(best)}, at most {number(high)}" if best is not None else f"up to {number(high)}"
    if high is None or (open_end and low == high):
        return f"at least {number(low)}"
    text = number(low) if low == high else f"{number(low)}–{number(high)}"
    return f"{text} or more" if open_end else text


def claim(found: Json) -> str:
    """One source's figure as a range."""
    low, best, high = found.get("low"), found.get("best"), found.get("high")
    if best is not None and low is None and high is None:
        return f"about {number(best)}"
    return figure(low, high, best=best)


def names(actors: Iterable[Json], limit: int = 2) -> str:
    every = [str(actor.get("name") or actor.get("text")) for actor in actors]
    more = f" and {len(every) - limit} more" if len(every) > limit else ""
    return " and ".join(every[:limit]) + more if len(every) <= 2 else ", ".join(every[:limit]) + more


def story(event: Json) -> str:
    """The event in one sentence, from its values alone."""
    parts = [kind(event["type"], event.get("mode"))]
    if event.get("actors"):
        parts.append(f"by {names(event['actors'])}")
    if event.get("targets"):
        parts.append(
            f"{'against' if FAMILIES.get(event['type']) in ('contention', 'force', 'coercion') else 'to'} {names(event['targets'])}"
        )
    if place := where(event.get("place")):
        parts.append(f"in {place}")
    head = " ".join(parts)
    date_words = when(event.get("time"))
    status = STATUSES.get(event["status"], event["status"])
    joint = (
        "" if not date_words else f" {date_words}" if date_words.startswith(("since", "until")) else f", {date_words}"
    )
    caller = (
        f" by {names(event['called_by'])}"
        if event.get("called_by") and event["status"] in ("called_for", "announced")
        else ""
    )
    sentence = f"{head}{joint}" + ("" if event["status"] == "occurred" else f": {status}{caller}")
    ranges = event.get("figure_ranges") or {}
    order = (
        ("participants", "deaths", "arrested")
        if event["type"] == "PROTEST"
        else ("deaths", "injured", "arrested", "abducted")
    )
    counts = [f"{figure(ranges[of]['low'], ranges[of]['high'], open_end=ranges[of]['open'])} {FIGURES[of]}"
              for of in dict.fromkeys((*order, *FIGURES)) if of in ranges and of != "other"][:2]  # fmt: skip
    if counts:
        sentence += "; " + ", ".join(counts)
    return sentence + f", according to {sources(event)}."


def sources(event: Json) -> str:
    """How many articles and how many of them independent: copies of one wire text count once."""
    articles, independent = event.get("document_count", 1), event.get("source_count", 1)
    if articles == independent:
        return "1 source" if articles == 1 else f"{articles} sources"
    return f"{articles} articles from {independent} independent source{'s' if independent != 1 else ''}"
