"""Public-JSON records made up for the tests of the ledger: fictional events in real places."""

from __future__ import annotations

import hashlib
from typing import Any

from groundswell.store import Stored

CITIES = [
    ("Bamako", "MLI", 2460596, 12.65, -8.0), ("Lima", "PER", 3936456, -12.04, -77.03), ("Dhaka", "BGD", 1185241, 23.71, 90.41),
    ("Leeds", "GBR", 2644688, 53.8, -1.55), ("Suva", "FJI", 2198148, -18.14, 178.44),
]  # fmt: skip


def record(n: int, *, day: str = "2024-03-05", city: int = 0, crowd: int = 200, kind: str = "PROTEST", by: str = "rules-1",
           title: str | None = None, person: str = "Awa Keita") -> dict[str, Any]:  # fmt: skip
    """One document with one event."""
    name, country, geonameid, latitude, longitude = CITIES[city]
    head = title or f"Traders march, report {n}"
    sentence = f"{crowd} traders marched in {name} on {day} against the market tax, said {person}."
    text = f"{head}\n\n{sentence}"
    base = len(head) + 2

    def quote(words: str) -> dict[str, Any]:
        start = base + sentence.index(words)
        return {"text": words, "start": start, "end": start + len(words)}

    identity = hashlib.sha256(f"raw {n}".encode()).hexdigest()
    trigger = quote("marched")
    event = {
        "id": f"{identity[:16]}:{trigger['start']}-{trigger['end']}", "type": kind, "mode": "demo" if kind == "PROTEST" else None,
        "status": "occurred", "trigger": trigger, "also": [], "evidence": quote(sentence),
        "actors": [{**quote("traders"), "name": "traders", "kind": "group", "sector": "LAB", "country": None}],
        "called_by": [], "targets": [],
        "places": [{**quote(name), "name": name, "geonameid": geonameid, "latitude": latitude, "longitude": longitude,
                    "country": country, "admin1": name, "precision": "city"}],
        "time": {**quote(day), "earliest": day, "latest": day, "precision": "day", "basis": "stated"},
        "figures": [{**quote(str(crowd)), "of": "participants", "low": crowd, "best": crowd, "high": crowd, "mapping": None,
                     "attribution": quote(person)}],
        "issue": quote("the market tax"), "attribution": None, "confidence": 0.8, "by": by,
    }  # fmt: skip
    document = {
        "id": identity, "source_id": f"in/{n:05}.txt", "title": head, "text": text, "body_start": base, "language": "en",
        "publisher": f"Paper {n % 3}", "author": None, "url": None, "published": "2024-03-06", "published_basis": "metadata",
        "format": "text", "outcome": "read", "problems": [],
    }  # fmt: skip
    statement = {"speaker": {**quote(person), "name": person, "kind": "person", "sector": None, "country": None},
                 "cue": quote("said"), "content": quote("against the market tax"), "direct": False, "time": None,
                 "confidence": 0.7, "by": by}  # fmt: skip
    return {
        "document": document,
        "events": [event],
        "figures": [],
        "statements": [statement],
        "places": event["places"],
    }


def stored(n: int, **options: Any) -> Stored:
    found = record(n, **options)
    return Stored(found["document"]["source_id"], "read", found)
