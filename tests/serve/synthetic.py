"""Ledgers of made-up documents for the tests of the workbench: a few hand-shaped ones, or very many."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from groundswell.store import Ledger, Stored
from groundswell.values import EVENT_TYPES, MODES

CODING = {
    "event": True,
    "type": "PROTEST",
    "mode": "demo",
    "status": "occurred",
    "country": "KEN",
    "earliest": "2024-06-12",
    "participants": 200,
}
TOWNS = [
    ("Nairobi", "KEN", -1.2921, 36.8219), ("Lagos", "NGA", 6.4541, 3.3947), ("Lisbon", "PRT", 38.7251, -9.1498), ("Dhaka", "BGD", 23.7104, 90.4074),
    ("Lima", "PER", -12.0432, -77.0282), ("Athens", "GRC", 37.9838, 23.7278), ("Jakarta", "IDN", -6.2146, 106.8451), ("Chicago", "USA", 41.85, -87.65),
]  # fmt: skip
COUNTRIES = [("Chile", "CHL", -30.0, -71.0), ("Kenya", "KEN", 1.0, 38.0), ("France", "FRA", 46.0, 2.0)]
WHO = ["teachers", "nurses", "dock workers", "students", "farmers", "police", "soldiers", "residents"]


def record(
    n: int, *, seed: int = 7, person: str = "Amina Bello", words: dict[str, str] | None = None
) -> dict[str, Any]:
    """Document ``n``: one event; every tenth known to its country only, every fifteenth without a date."""
    chance = random.Random(f"{seed}/{n}")
    said = words or {}
    kind = "PROTEST" if n % 3 == 0 else chance.choice(EVENT_TYPES)
    mode = chance.choice(MODES[kind]) if MODES[kind] else None
    coarse = n % 10 == 7
    name, country, latitude, longitude = chance.choice(COUNTRIES if coarse else TOWNS)
    if not coarse:
        latitude, longitude = latitude + chance.uniform(-3, 3), longitude + chance.uniform(-3, 3)
    day = date(2015, 1, 1) + timedelta(days=int(3650 * chance.random() ** 0.5))
    crowd = int(10 ** chance.uniform(1, 5))
    who, issue, publisher = (
        said.get("who", chance.choice(WHO)),
        said.get("issue", "unpaid wages"),
        said.get("publisher", f"Paper {n % 40}"),
    )
    place = said.get("place", name)
    title = said.get("title", f"March of {who} in {place}, report {n}")
    sentence = f"At least {crowd} {who} marched in {place} on {day} against {issue}, said {person}."
    text = f"{title}\n\n{sentence}\n\nA second paragraph about {said.get('topic', 'something else')}."
    base = len(title) + 2
    identity = hashlib.sha256(f"{seed} {n}".encode()).hexdigest()

    def quote(part: str) -> dict[str, Any]:
        start = text.index(part, base)
        return {"text": part, "start": start, "end": start + len(part)}

    trigger = quote("marched")
    found_place = {**quote(place), "name": place, "geonameid": 100 + n % 500, "latitude": round(latitude, 4), "longitude": round(longitude, 4),
                   "country": country, "admin1": None, "precision": "country" if coarse else "city"}  # fmt: skip
    event = {
        "id": identity[:20], "type": kind, "mode": mode,
        "status": chance.choice(["occurred"] * 7 + ["announced", "called_for", "cancelled"]), "trigger": trigger, "also": [],
        "evidence": quote(sentence), "actors": [{**quote(who), "name": who, "kind": "group", "sector": "LAB", "country": None}],
        "called_by": [], "targets": [], "places": [found_place],
        "time": None if n % 15 == 4 else {**quote(str(day)), "earliest": str(day), "latest": str(day), "precision": "day", "basis": "stated"},
        "figures": [{**quote(f"At least {crowd}"), "of": "participants", "low": crowd, "best": None, "high": None, "mapping": None, "attribution": quote(person)}],
        "issue": quote(issue), "attribution": quote(person), "confidence": round(chance.uniform(0.3, 0.99), 3), "by": "synthetic-1",
    }  # fmt: skip
    speaker = {**quote(person), "name": person, "kind": "person", "sector": None, "country": None}
    statement = {"speaker": speaker, "cue": quote("said"), "content": quote(f"against {issue}"), "direct": False, "time": None,
                 "confidence": 0.8, "by": "synthetic-1"}  # fmt: skip
    document = {
        "id": identity, "source_id": said.get("source_id", f"in/{n:07}.txt"), "title": title, "text": text, "body_start": base, "language": "en",
        "publisher": publisher, "author": said.get("author"), "url": said.get("url"), "published": str(day), "published_basis": "metadata",
        "format": "text", "outcome": "read", "problems": [],
    }  # fmt: skip
    return {"document": document, "events": [event], "figures": [], "statements": [statement], "places": [found_place]}


def stored(n: int, **options: Any) -> Stored:
    found = record(n, **options)
    return Stored(found["document"]["source_id"], "read", found)


def fill(path: Path, count: int, *, batch: int = 2000, **options: Any) -> Path:
    """A ledger of ``count`` documents at ``path``."""
    with Ledger.open(path) as book:
        run = book.start_run("synthetic-1", {"count": count})
        for start in range(0, count, batch):
            book.add([stored(n, **options) for n in range(start, min(start + batch, count))], run)
    return path
