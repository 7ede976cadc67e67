"""An event as a view over the reports that tell it and the decisions taken about it. Pure functions: no SQL, no clock.

What a source claims stays a claim: alternatives and figures stand side by side, with who says so; no average is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from groundswell.values import MODES

Json = dict[str, Any]

_PRECISION = {"place": 0, "city": 1, "admin2": 2, "admin1": 3, "country": 4}
_TOLD = ("id", "type", "mode", "status", "place", "time", "places", "times")  # what a view begins with
_HAPPENED = ("occurred", "ongoing")


@dataclass
class Told:
    """One live report with its document and what people decided about it."""

    n: int
    id: str
    event: int
    json: Json
    document: Json
    source: str
    decisions: list[Json] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(decision["kind"] == "reject" for decision in self.decisions)

    @property
    def corrections(self) -> dict[str, Json]:
        return {decision["field"]: decision for decision in self.decisions if decision["kind"] == "correct"}


def report_view(told: Told, event_id: str) -> Json:
    """The report as read, corrected where people corrected it, with its document's metadata."""
    shown: Json = {**told.json, "document": told.document, "event_id": event_id, "review_state": _state(told.decisions)}
    if told.corrections:
        shown["as_read"] = {name: told.json.get(name) for name in told.corrections}
        shown["corrections"] = {name: _credit(decision) for name, decision in told.corrections.items()}
        shown.update({name: decision["value"] for name, decision in told.corrections.items()})
        _fit_mode(shown)
    return shown


def event_view(event_id: str, tellings: Sequence[Told], decisions: Sequence[Json], version: str) -> Json:
    """One happening as all its documents tell it.

    ``tellings`` are its live reports, ``decisions`` the standing decisions about the event itself. Rejected reports count
    only where all are rejected.
    """
    kept = _kept(tellings)
    reports = [report_view(told, event_id) for told in kept]
    sources = [told.source for told in kept]
    core = _core(event_id, reports, sources, tellings, decisions)
    counted = {name: core.pop(name) for name in list(core) if name not in _TOLD}
    shown: Json = {
        **core,
        "figures": _figures(reports, sources),
        "statuses": [_said(report, "status") for report in reports],
        "actors": _names(reports, sources, "actors"),
        "called_by": _names(reports, sources, "called_by"),
        "targets": _names(reports, sources, "targets"),
        "issues": sorted({report["issue"]["text"] for report in reports if report.get("issue")}),
        "evidence": [_evidence(report) for report in reports],
        "reports": [told.id for told in kept],
        "rejected_reports": [told.id for told in tellings if told not in kept],
        "documents": _documents(kept),
        **counted,
        "version": version,
    }
    shown = _corrected(shown, decisions)
    shown["figure_ranges"] = figure_ranges(shown["figures"])
    return shown


def event_columns(event_id: str, tellings: Sequence[Told], decisions: Sequence[Json]) -> Json:
    """``columns`` of the view, without making what they do not need: half the work of a linking's last step."""
    kept = _kept(tellings)
    reports = [report_view(told, event_id) for told in kept]
    core = _core(event_id, reports, [told.source for told in kept], tellings, decisions)
    return columns(_corrected(core, decisions))


def _kept(tellings: Sequence[Told]) -> list[Told]:
    kept = [told for told in tellings if not told.rejected] or list(tellings)
    return sorted(kept, key=lambda told: (told.document.get("published") or "9999", told.id))


def _core(
    event_id: str, reports: list[Json], sources: list[str], tellings: Sequence[Told], decisions: Sequence[Json]
) -> Json:
    """What an event is listed, filtered and counted by, as its reports have it."""
    places = _alternatives(reports, sources, lambda report: report["places"], _place_key)
    times = _alternatives(reports, sources, lambda report: [report["time"]] if report.get("time") else [], _time_key)
    kind = _most(reports, sources, "type")
    return {
        "id": event_id,
        "type": kind,
        "mode": _most([report for report in reports if report["type"] == kind], sources, "mode"),
        "status": _status(reports),
        "place": best_place(reports, places),
        "time": best_time(times),
        "places": places,
        "times": times,
        "report_count": len(reports),
        "document_count": len({report["document"]["id"] for report in reports}),
        "source_count": len(set(sources)),
        "confidence": max(report["confidence"] for report in reports),
        "review_state": _event_state(tellings, decisions),
    }


def _corrected(shown: Json, decisions: Sequence[Json]) -> Json:
    corrections = {decision["field"]: decision for decision in decisions if decision["kind"] == "correct"}
    if corrections:
        shown["as_read"] = {name: shown.get(name) for name in corrections}
        shown["corrections"] = {name: _credit(decision) for name, decision in corrections.items()}
        shown.update({name: decision["value"] for name, decision in corrections.items()})
        _fit_mode(shown)
    return shown


def _fit_mode(shown: Json) -> None:
    """A corrected type leaves a mode behind that it does not have: how it happened is then not known."""
    if shown.get("mode") not in MODES.get(shown["type"], ()):
        shown["mode"] = None


def columns(event: Json) -> Json:
    """What the table of events keeps of a view, to filter and sort by."""
    place, time = event["place"] or {}, event["time"] or {}
    return {
        "id": event["id"], "type": event["type"], "mode": event["mode"], "status": event["status"],
        "earliest": time.get("earliest") or time.get("latest"), "latest": time.get("latest") or time.get("earliest"),
        "country": place.get("country"), "place": place.get("name") or place.get("text"),
        "latitude": place.get("latitude"), "longitude": place.get("longitude"), "precision": place.get("precision"),
        "confidence": event["confidence"], "reports": event["report_count"], "documents": event["document_count"],
        "sources": event["source_count"], "state": event["review_state"],
    }  # fmt: skip


def figure_ranges(figures: Iterable[Json]) -> dict[str, Json]:
    """From the lowest to the highest that any source gives, by what is counted. A range over claims, never an average."""
    ranges: dict[str, Json] = {}
    for figure in figures:
        low = figure["low"] if figure["low"] is not None else figure["best"]
        high = figure["high"] if figure["high"] is not None else figure["best"]
        found = ranges.setdefault(
            figure["of"], {"low": None, "high": None, "open": False, "sources": set(), "policy": "min-max"}
        )
        found["low"] = low if found["low"] is None else min(found["low"], low if low is not None else found["low"])
        top = high if high is not None else low
        found["high"] = top if found["high"] is None else max(found["high"], top if top is not None else found["high"])
        found["open"] = found["open"] or high is None
        found["sources"].add(figure.get("source") or "review")
    for found in ranges.values():
        found["sources"] = len(found["sources"])
    return ranges


def best_place(reports: Sequence[Json], places: Sequence[Json]) -> Json | None:
    """The finest place that is named as the setting by most sources; None where none is named."""
    if not places:
        return None
    first = {_place_key(report["places"][0]) for report in reports if report["places"]}

    def rank(place: Json) -> tuple[object, ...]:
        fine = min(_PRECISION.get(place.get("precision") or "", 5), 5)
        # A street and its town do not compete with their country: finest band first, then support.
        band = 0 if fine <= 1 else 1 if fine <= 3 else 2 if fine == 4 else 3
        return (band, -place["sources"], _place_key(place) not in first, fine, str(place.get("name") or place["text"]))

    return min(places, key=rank)


def best_time(times: Sequence[Json]) -> Json | None:
    """The interval that most sources' intervals agree with; the narrower, then the earlier one where several do."""
    dated = [time for time in times if time.get("earliest") or time.get("latest")]
    if not dated:
        return times[0] if times else None

    def ends(time: Json) -> tuple[str, str]:
        return time.get("earliest") or time["latest"], time.get("latest") or time["earliest"]

    def rank(time: Json) -> tuple[object, ...]:
        start, end = ends(time)
        support = sum(other["sources"] for other in dated if ends(other)[0] <= start and end <= ends(other)[1])
        width = (date.fromisoformat(end) - date.fromisoformat(start)).days
        return (-support, width, start)

    return min(dated, key=rank)


def _alternatives(
    reports: Sequence[Json],
    sources: Sequence[str],
    get: Callable[[Json], Sequence[Json]],
    key: Callable[[Json], object],
) -> list[Json]:
    """Every distinct value with the reports that give it and how many independent sources those are."""
    found: dict[object, Json] = {}
    origins: dict[object, set[str]] = {}
    for report, source in zip(reports, sources, strict=True):
        for value in get(report):
            entry = found.setdefault(key(value), {**value, "reports": []})
            if report["id"] not in entry["reports"]:
                entry["reports"].append(report["id"])
            origins.setdefault(key(value), set()).add(source)
    for each, entry in found.items():
        entry["sources"] = len(origins[each])
    return list(found.values())


def _place_key(place: Mapping[str, Any]) -> object:
    if place.get("geonameid") is not None:
        return place["geonameid"]
    return (str(place.get("name") or place["text"]).casefold(), place.get("country"))


def _time_key(time: Mapping[str, Any]) -> object:
    if time.get("earliest") or time.get("latest"):
        return (time.get("earliest"), time.get("latest"))
    return str(time["text"]).casefold()


def _most(reports: Sequence[Json], sources: Sequence[str], name: str) -> Any:
    """The value that most reports give; surer ones first where that is even. None only where no report gives any."""
    support: dict[Any, list[float]] = {}
    for report in reports:
        if report.get(name) is not None:
            support.setdefault(report[name], []).append(report["confidence"])
    if not support:
        return None
    return min(support, key=lambda value: (-len(support[value]), -max(support[value]), str(value)))


def _status(reports: Sequence[Json]) -> str:
    """What the newest word is: once it took place, earlier calls and plans for it no longer count."""
    newest = list(reversed(reports))
    happened = [report["status"] for report in newest if report["status"] in _HAPPENED]
    if happened:
        return str(happened[0])
    cancelled = [report["status"] for report in newest if report["status"] in ("cancelled", "denied")]
    return str(cancelled[0] if cancelled else newest[0]["status"])


def _said(report: Json, name: str) -> Json:
    document = report["document"]
    return {
        name: report[name], "published": document.get("published"), "publisher": document.get("publisher"),
        "report": report["id"], "document": document["id"],
    }  # fmt: skip


def _figures(reports: Sequence[Json], sources: Sequence[str]) -> list[Json]:
    """Every figure with who says so, in which document, when; nothing is merged."""
    rows = []
    for report, source in zip(reports, sources, strict=True):
        document = report["document"]
        for figure in report.get("figures") or ():
            rows.append({
                "of": figure["of"], "low": figure.get("low"), "best": figure.get("best"), "high": figure.get("high"),
                "text": figure["text"], "start": figure.get("start"), "end": figure.get("end"),
                "attribution": (figure.get("attribution") or {}).get("text"), "document": document["id"],
                "publisher": document.get("publisher"), "published": document.get("published"), "report": report["id"],
                "source": source, "by": report["by"],
            })  # fmt: skip
    rows.sort(key=lambda row: (row["of"], row["published"] or "9999", row["report"], row["start"] or 0))
    return rows


def _names(reports: Sequence[Json], sources: Sequence[str], role: str) -> list[Json]:
    found: dict[str, Json] = {}
    origins: dict[str, set[str]] = {}
    for report, source in zip(reports, sources, strict=True):
        for actor in report.get(role) or ():
            name = actor.get("name") or actor["text"]
            key = name.casefold()
            entry = found.setdefault(
                key,
                {
                    "name": name,
                    "kind": actor.get("kind"),
                    "sector": actor.get("sector"),
                    "country": actor.get("country"),
                    "reports": [],
                },
            )
            if report["id"] not in entry["reports"]:
                entry["reports"].append(report["id"])
            origins.setdefault(key, set()).add(source)
    for key, entry in found.items():
        entry["sources"] = len(origins[key])
    return sorted(found.values(), key=lambda entry: (-entry["sources"], entry["name"]))


def _evidence(report: Json) -> Json:
    document = report["document"]
    return {
        "report": report["id"], "document": document["id"], "title": document.get("title"),
        "publisher": document.get("publisher"), "published": document.get("published"), "url": document.get("url"),
        **report["evidence"], "trigger": report["trigger"], "confidence": report["confidence"], "by": report["by"],
    }  # fmt: skip


def _documents(kept: Sequence[Told]) -> list[Json]:
    found = {told.document["id"]: {**told.document, "source": told.source} for told in kept}
    return list(found.values())


def _state(decisions: Sequence[Json]) -> str:
    kinds = {decision["kind"] for decision in decisions}
    for kind, state in (
        ("reject", "rejected"),
        ("contest", "contested"),
        ("correct", "corrected"),
        ("confirm", "confirmed"),
    ):
        if kind in kinds:
            return state
    return "unreviewed"


def _event_state(tellings: Sequence[Told], decisions: Sequence[Json]) -> str:
    """The event's own state first; else rejected where every report is, else the state of its reviewed reports."""
    own = _state(decisions)
    if own != "unreviewed":
        return own
    states = [_state(told.decisions) for told in tellings]
    if all(state == "rejected" for state in states):
        return "rejected"
    for state in ("contested", "corrected", "confirmed"):
        if state in states:
            return state
    return "unreviewed"


def _credit(decision: Json) -> Json:
    return {name: decision[name] for name in ("id", "by", "at", "reason")}
