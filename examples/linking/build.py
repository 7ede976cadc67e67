"""Turns happenings.txt into reports.jsonl: one public-JSON document a line with the gold happening it tells.

Run from the repository: ``python examples/linking/build.py``. Places come from the package's own gazetteer.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path

from groundswell.models.loader import located
from groundswell.resolve.gazetteer import Gazetteer

HERE = Path(__file__).parent
MARK = re.compile(r"\[(!|[acgptfi]:|by:)([^\]=]*)(?:=([^\]]*))?\]")
COUNTRIES = {
    "Kenya": "KEN", "Democratic Republic of the Congo": "COD", "Senegal": "SEN", "France": "FRA", "Spain": "ESP", "Greece": "GRC",
    "Ukraine": "UKR", "Turkey": "TUR", "Indonesia": "IDN", "Afghanistan": "AFG", "Brazil": "BRA", "Argentina": "ARG", "Haiti": "HTI",
    "Mexico": "MEX", "Canada": "CAN", "Fiji": "FJI", "Papua New Guinea": "PNG", "Iran": "IRN",
}  # fmt: skip
TOWNS = {
    "Nairobi": "KEN", "Lagos": "NGA", "Goma": "COD", "Cairo": "EGY", "Durban": "ZAF", "Cape Town": "ZAF", "Dakar": "SEN", "London": "GBR",
    "Paris": "FRA", "Lyon": "FRA", "Berlin": "DEU", "Madrid": "ESP", "Athens": "GRC", "Kharkiv": "UKR", "Istanbul": "TUR", "Ankara": "TUR",
    "New Delhi": "IND", "Mumbai": "IND", "Dhaka": "BGD", "Gazipur": "BGD", "Manila": "PHL", "Jakarta": "IDN", "Surabaya": "IDN",
    "Seoul": "KOR", "Kabul": "AFG", "Lima": "PER", "Juliaca": "PER", "Bogotá": "COL", "Brasília": "BRA", "Brasilia": "BRA",
    "Buenos Aires": "ARG", "Port-au-Prince": "HTI", "Mexico City": "MEX", "Chicago": "USA", "Ottawa": "CAN", "Newcastle": "AUS",
    "Sydney": "AUS", "Suva": "FJI", "Port Moresby": "PNG", "Tehran": "IRN", "Tel Aviv": "ISR", "Haifa": "ISR",
}  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ROLES = {"a:": "actors", "c:": "called_by", "g:": "targets"}


def place(name: str, gazetteer: Gazetteer) -> dict[str, object]:
    if name in COUNTRIES:
        return {"name": name, "country": COUNTRIES[name], "precision": "country"}
    found = [entry for entry in gazetteer.named(name) if entry.iso3 == TOWNS[name] and entry.latitude is not None]
    best = max(found, key=lambda entry: entry.population)
    return {
        "name": best.name, "geonameid": best.geonameid, "latitude": round(best.latitude, 4), "longitude": round(best.longitude, 4),
        "country": best.iso3, "precision": "city",
    }  # fmt: skip


def interval(words: str, value: str) -> dict[str, object]:
    first, _, last = value.partition("..")
    for day in DAYS:
        if words.removesuffix("'s").endswith(day) and not last:
            assert DAYS[date.fromisoformat(first).weekday()] == day, f"{words} is not {value}"
    return {"earliest": first, "latest": last or first, "basis": "relative to published"}


def number(text: str) -> int | None:
    return int(text) if text else None


def record(line: str, kind: str, mode: str | None, n: int, gazetteer: Gazetteer) -> dict[str, object]:
    published, publisher, status, marked = line.split(" | ", 3)
    text, marks, last = "", [], 0
    for found in MARK.finditer(marked):
        text += marked[last : found.start()]
        marks.append((found[1], found[2], found[3], len(text), len(text) + len(found[2])))
        text += found[2]
        last = found.end()
    text += marked[last:]
    assert not set("[]") & set(text), text
    identity = hashlib.sha256(f"{published}\n{publisher}\n{text}".encode()).hexdigest()
    event: dict[str, object] = {
        "type": kind, "mode": mode, "status": status, "also": [], "evidence": {"text": text, "start": 0, "end": len(text)},
        "actors": [], "called_by": [], "targets": [], "places": [], "time": None, "figures": [], "issue": None,
        "attribution": None, "confidence": 0.9, "by": "written",
    }  # fmt: skip
    source = next(({"text": w, "start": s, "end": e} for m, w, _, s, e in marks if m == "by:"), None)
    for mark, words, value, start, end in marks:
        quote = {"text": words, "start": start, "end": end}
        if mark == "!":
            event["trigger"] = quote
            event["id"] = f"{identity}:{start}-{end}"
        elif mark in ROLES:
            event[ROLES[mark]].append({**quote, "name": words, "kind": "group", "sector": None, "country": None})
        elif mark == "p:":
            event["places"].append({**quote, **place(words, gazetteer)})
        elif mark == "t:":
            event["time"] = {**quote, **interval(words, value)}
        elif mark == "i:":
            event["issue"] = quote
        elif mark == "f:":
            of, low, best, high = value.split(",")
            event["figures"].append(
                {
                    **quote,
                    "of": of,
                    "low": number(low),
                    "best": number(best),
                    "high": number(high),
                    "mapping": None,
                    "attribution": source,
                }
            )
    assert "id" in event, text
    document = {
        "id": identity, "source_id": f"linking/{n:03}", "title": None, "text": text, "body_start": 0, "language": "en",
        "publisher": publisher, "author": None, "url": None, "published": published, "published_basis": "given", "format": "text",
        "outcome": "read", "problems": [],
    }  # fmt: skip
    return {"document": document, "events": [event], "figures": [], "statements": [], "places": event["places"]}


def main() -> None:
    gazetteer = Gazetteer(located("gazetteer"))
    rows, key, kind, mode = [], "", "", None
    for line in (HERE / "happenings.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line[:2] != "20":
            key, _, label = line.partition(" ")
            kind, _, found = label.partition("/")
            mode = found or None
            continue
        rows.append({"gold": key, "split": "", "record": record(line, kind, mode, len(rows), gazetteer)})
    # Near misses share a country, if not a town; a country is never cut in two. Every other country is for fitting.
    home = {}
    for row in rows:
        for found in row["record"]["places"]:
            home.setdefault(row["gold"], found["country"])
    countries = list(dict.fromkeys(home.values()))
    for row in rows:
        row["split"] = "fit" if countries.index(home[row["gold"]]) % 2 == 0 else "test"
    with (HERE / "reports.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(
        f"{len(rows)} reports of {len({row['gold'] for row in rows})} happenings, {sum(row['split'] == 'test' for row in rows)} for testing"
    )


if __name__ == "__main__":
    main()
