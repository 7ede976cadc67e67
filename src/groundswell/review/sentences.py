"""Reviewed reports as rows of the training corpus: the sentence, and everything in it as it was corrected, confirmed or settled.

Spans are re-based on the sentence. A value whose words lie outside the sentence is left out, never guessed. Statements, names and
loose figures are not reviewed; they stand as they were read, because a row without them would teach that there are none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundswell.review.adjudicating import settled_codings
from groundswell.store import Filters, Ledger

Json = dict[str, Any]
CODEBOOK = "1.1"
_LISTS = ("actors", "called_by", "targets", "places")
_SINGLE = ("time", "issue", "attribution")
_FIGURE = ("of", "low", "best", "high")


def corrected_rows(book: Ledger) -> Iterator[Json]:
    """One row a sentence that a person confirmed, corrected or rejected an event in, or whose blind codings are settled.

    A sentence is left out while it still holds a report that nobody decided about: what is not reviewed is not gold. A settled
    coding gives type, mode and status; the roles of that event stand as they were read.
    """
    settled = settled_codings(book)
    for record in _documents(book, settled):
        document = record["document"]
        reports = list(book.reports(Filters(document=document["id"], review_state="any")))
        sentences: dict[tuple[int, int], list[Json]] = {}
        for report in reports:
            sentences.setdefault((report["evidence"]["start"], report["evidence"]["end"]), []).append(report)
        for (start, end), told in sorted(sentences.items()):
            states = [_state(book, report, settled) for report in told]
            if "unreviewed" in states or "contested" in states:
                continue
            events = [
                _event(_settled(report, settled) if state == "settled" else report, start, end)
                for report, state in zip(told, states, strict=True)
                if state != "rejected"
            ]
            yield _row(record, start, end, [event for event in events if event], book, told)


def _settled(report: Json, settled: Mapping[str, Mapping[str, Any]]) -> Json:
    return {**report, **{name: settled[report["id"]][name] for name in ("type", "mode", "status")}}


def _documents(book: Ledger, settled: Iterable[str]) -> Iterator[Json]:
    """Documents with at least one standing decision by a person, or one settled coding."""
    touched = {report["document"]["id"] for each in settled if (report := book.report(each))}
    for decision in book.decisions(standing=True):
        if not str(decision["by"]).startswith("review:") or decision["kind"] not in ("confirm", "reject", "correct"):
            continue
        event = book.event(decision["left"])
        report = None if event else book.report(decision["left"])
        touched.update(
            document["id"] for document in (event["documents"] if event else [report["document"]] if report else [])
        )
    for identity in sorted(touched):
        record = book.document(identity)
        if record is not None:
            yield record


def _state(book: Ledger, report: Mapping[str, Any], settled: Mapping[str, Mapping[str, Any]]) -> str:
    """The report's own state; that of its event where the event was decided as a whole; else what its codings settled."""
    own = str(report["review_state"])
    if own != "unreviewed":
        return own
    coded = settled.get(report["id"])
    event = book.event(report["event_id"])
    whole = [
        d for d in (event or {}).get("decisions", ()) if d["superseded_at"] is None and d["left"] == report["event_id"]
    ]
    kinds = {decision["kind"] for decision in whole}
    if kinds & {"reject", "confirm", "correct"}:
        return "rejected" if "reject" in kinds else "confirmed"
    return "unreviewed" if coded is None else "settled" if coded.get("event") else "rejected"


def _row(record: Json, start: int, end: int, events: list[Json], book: Ledger, told: list[Json]) -> Json:
    document = record["document"]
    identities = {report["id"] for report in told} | {report["event_id"] for report in told}
    coders = sorted({str(d["by"]) for i in identities for d in book.history(i) if str(d["by"]).startswith("review:")})
    doc = document["id"][:16]
    inside = [moved for each in record.get("figures") or () if (moved := _figure(each, start, end))]
    return {
        "id": f"review-{document['id'][:12]}-{start}", "doc": doc, "split": split_of(doc), "form": "sentence",
        "source": document.get("publisher") or document["source_id"], "licence": "as the document", "codebook": CODEBOOK,
        "coder": ", ".join(coder.removeprefix("review:") for coder in coders), "text": document["text"][start:end], "events": events,
        **({"figures": inside} if inside else {}), "statements": _statements(record, start, end), "entities": _entities(record, start, end),
    }  # fmt: skip


def split_of(doc: str) -> str:
    """train, dev or test (80/10/10) by the hash of the document's name, as the corpus fixes it for its own documents."""
    tenth = int(hashlib.sha256(doc.encode()).hexdigest()[:8], 16) % 10
    return "dev" if tenth == 8 else "test" if tenth == 9 else "train"


def _statements(record: Json, start: int, end: int) -> list[Json]:
    found = []
    for said in record.get("statements") or ():
        content = _moved(said["content"], start, end)
        if content:
            spans = {
                key: moved for key in ("speaker", "cue") if said.get(key) and (moved := _moved(said[key], start, end))
            }
            found.append({**spans, "content": content, "direct": bool(said["direct"])})
    return found


def _entities(record: Json, start: int, end: int) -> list[Json]:
    """Names of persons, organisations and places as they were read, each span once."""
    named = [(place, "place") for place in record.get("places") or ()]
    people = [
        actor
        for event in record.get("events") or ()
        for role in ("actors", "called_by", "targets")
        for actor in event.get(role) or ()
    ]
    people += [said["speaker"] for said in record.get("statements") or () if said.get("speaker")]
    named += [(actor, str(actor["kind"])) for actor in people if actor.get("kind") in ("person", "organisation")]
    found: dict[tuple[int, int], Json] = {}
    for quote, kind in named:
        moved = _moved(quote, start, end)
        if moved and any(word[:1].isupper() for word in moved["text"].split()):
            found.setdefault((moved["start"], moved["end"]), {**moved, "kind": kind})
    return [found[span] for span in sorted(found)]


def _event(report: Mapping[str, Any], start: int, end: int) -> Json | None:
    trigger = _moved(report["trigger"], start, end)
    if trigger is None:
        return None
    event: Json = {"type": report["type"], "status": report["status"], "trigger": trigger}
    if report.get("mode"):
        event["mode"] = report["mode"]
    for role in _LISTS:
        found = [moved for each in report.get(role) or () if (moved := _moved(each, start, end))]
        if found:
            event[role] = found
    for role in _SINGLE:
        if report.get(role) and (moved := _moved(report[role], start, end)):
            event[role] = moved
    also = [moved for each in report.get("also") or () if (moved := _moved(each, start, end))]
    if also:
        event["also"] = also
    figures = [moved for each in report.get("figures") or () if (moved := _figure(each, start, end))]
    if figures:
        event["figures"] = figures
    return event


def _figure(figure: Mapping[str, Any], start: int, end: int) -> Json | None:
    moved = _moved(figure, start, end)
    if moved is None:
        return None
    source = _moved(figure["attribution"], start, end) if figure.get("attribution") else None
    return {**moved, **{name: figure.get(name) for name in _FIGURE}, **({"attribution": source} if source else {})}


def _moved(quoted: Mapping[str, Any], start: int, end: int) -> Json | None:
    """The words re-based on the sentence; None where they lie outside it or were never in the text."""
    first, last = quoted.get("start"), quoted.get("end")
    if first is None or last is None or not (start <= first < last <= end):
        return None
    return {"text": quoted["text"], "start": first - start, "end": last - start}
