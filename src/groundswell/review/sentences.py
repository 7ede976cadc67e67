"""Reviewed reports as rows of the training corpus: the sentence, and everything in it as it was corrected or confirmed.

Spans are re-based on the sentence. A value whose words lie outside the sentence is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundswell.store import Filters, Ledger

Json = dict[str, Any]
CODEBOOK = "1.1"
_LISTS = ("actors", "called_by", "targets", "places")
_SINGLE = ("time", "issue", "attribution")
_FIGURE = ("of", "low", "best", "high")


def corrected_rows(book: Ledger) -> Iterator[Json]:
    """One row a sentence that a person confirmed, corrected or rejected an event in.

    A sentence is left out while it still holds a report that nobody decided about: what is not reviewed is not gold.
    """
    for record in _documents(book):
        document = record["document"]
        reports = list(book.reports(Filters(document=document["id"], review_state="any")))
        sentences: dict[tuple[int, int], list[Json]] = {}
        for report in reports:
            sentences.setdefault((report["evidence"]["start"], report["evidence"]["end"]), []).append(report)
        for (start, end), told in sorted(sentences.items()):
            states = [_state(book, report) for report in told]
            if "unreviewed" in states or "contested" in states:
                continue
            events = [
                _event(report, start, end) for report, state in zip(told, states, strict=True) if state != "rejected"
            ]
            yield _row(document, start, end, [event for event in events if event], book, told)


def _documents(book: Ledger) -> Iterator[Json]:
    """Documents with at least one standing decision by a person."""
    touched: set[str] = set()
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


def _state(book: Ledger, report: Mapping[str, Any]) -> str:
    """The report's own state; that of its event where the event was decided as a whole."""
    own = str(report["review_state"])
    if own != "unreviewed":
        return own
    event = book.event(report["event_id"])
    whole = [
        d for d in (event or {}).get("decisions", ()) if d["superseded_at"] is None and d["left"] == report["event_id"]
    ]
    kinds = {decision["kind"] for decision in whole}
    return "rejected" if "reject" in kinds else "confirmed" if kinds & {"confirm", "correct"} else "unreviewed"


def _row(document: Mapping[str, Any], start: int, end: int, events: list[Json], book: Ledger, told: list[Json]) -> Json:
    identities = {report["id"] for report in told} | {report["event_id"] for report in told}
    coders = sorted({str(d["by"]) for i in identities for d in book.history(i) if str(d["by"]).startswith("review:")})
    return {
        "id": f"review-{document['id'][:12]}-{start}", "doc": document["id"][:16], "split": "train", "form": "sentence",
        "source": document.get("publisher") or document["source_id"], "licence": "as the document", "codebook": CODEBOOK,
        "coder": ", ".join(coder.removeprefix("review:") for coder in coders), "text": document["text"][start:end], "events": events,
        "statements": [], "entities": [],
    }  # fmt: skip


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
    figures = [
        {**moved, **{name: each.get(name) for name in _FIGURE}}
        for each in report.get("figures") or ()
        if (moved := _moved(each, start, end))
    ]
    if figures:
        event["figures"] = figures
    return event


def _moved(quoted: Mapping[str, Any], start: int, end: int) -> Json | None:
    """The words re-based on the sentence; None where they lie outside it or were never in the text."""
    first, last = quoted.get("start"), quoted.get("end")
    if first is None or last is None or not (start <= first < last <= end):
        return None
    return {"text": quoted["text"], "start": first - start, "end": last - start}
