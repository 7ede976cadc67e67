"""iCalendar of announced and called-for actions, and an Atom feed of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

_COMING = ("announced", "called_for", "cancelled", "threatened")
ATOM = "http://www.w3.org/2005/Atom"


def sentence(event: Mapping[str, Any]) -> str:
    """The event in one line, from its values alone."""
    mode = f" ({event['mode']})" if event.get("mode") else ""
    parts = [f"{event['type']}{mode}", event["status"].replace("_", " ")]
    actors = ", ".join(actor["name"] for actor in (event.get("actors") or event.get("called_by") or [])[:2])
    place = event.get("place") or {}
    time = event.get("time") or {}
    return " · ".join([*parts, *(p for p in (actors, place.get("name"), time.get("earliest")) if p)])


def calendar(events: Iterable[Mapping[str, Any]], *, at: str) -> Iterator[str]:
    """Whole-day entries of dated actions that were announced or called for; what became of them stands in STATUS."""
    from icalendar import Calendar, Event

    book = Calendar()
    book.add("prodid", "-//Groundswell//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", "Announced and called-for actions")
    head, end, _ = book.to_ical().decode().partition("END:VCALENDAR")
    yield head
    for event in events:
        called = {said["status"] for said in event.get("statuses") or ()} | {event["status"]}
        time = event.get("time") or {}
        if not called & set(_COMING) or not time.get("earliest"):
            continue
        entry = Event()
        entry.add("uid", f"{event['id']}@groundswell")
        entry.add("dtstamp", datetime.fromisoformat(at))
        entry.add("dtstart", date.fromisoformat(time["earliest"]))
        last = date.fromisoformat(time.get("latest") or time["earliest"])
        entry.add("dtend", last + timedelta(days=1))  # the end of a whole-day entry is exclusive
        entry.add("summary", sentence(event))
        place = event.get("place") or {}
        if place.get("name"):
            entry.add("location", ", ".join(p for p in (place["name"], place.get("admin1"), place.get("country")) if p))
        words = [
            f"{e.get('publisher') or e.get('title') or 'document'}: {e['text']}" for e in event.get("evidence") or ()
        ]
        entry.add("description", "\n".join(words))
        entry.add(
            "status",
            "CANCELLED"
            if event["status"] == "cancelled"
            else "CONFIRMED"
            if event["status"] in ("occurred", "ongoing")
            else "TENTATIVE",
        )
        yield entry.to_ical().decode()
    yield end + "\r\n"


def atom(events: Iterable[Mapping[str, Any]], *, at: str) -> Iterator[str]:
    """An Atom feed (RFC 4287), one entry an event."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _child(feed, "id", "urn:groundswell:events")
    _child(feed, "title", "Groundswell events")
    _child(feed, "updated", at)
    head, end, _ = ElementTree.tostring(feed, encoding="unicode").rpartition("</")
    yield "<?xml version='1.0' encoding='utf-8'?>\n" + head
    for event in events:
        yield ElementTree.tostring(_entry(event, at), encoding="unicode")
    yield end + "feed>\n"


def _entry(event: Mapping[str, Any], at: str) -> ElementTree.Element:
    evidence = event.get("evidence") or ()
    newest = max((e["published"] for e in evidence if e.get("published")), default=None)
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    _child(entry, "id", f"urn:groundswell:event:{event['id']}")
    _child(entry, "title", sentence(event))
    # The same each time the feed is fetched, or feed readers would show every entry as new again.
    _child(entry, "updated", f"{newest[:10]}T00:00:00Z" if newest else at)
    author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
    _child(author, "name", "; ".join(sorted({e["publisher"] for e in evidence if e.get("publisher")})) or "unknown")
    _child(entry, "summary", "\n".join(e["text"] for e in evidence))
    return entry


def _child(parent: ElementTree.Element, name: str, text: str) -> None:
    # Controls are not allowed in XML 1.0 at all, escaped or not.
    clean = "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 0x20 and c not in "\ufffe\uffff"))
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = clean
