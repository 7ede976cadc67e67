"""Settling what blind codings differ in: who said what, side by side; the settled value with its reason as a decision.

Each field is one decision, which a later one replaces. No view of an event changes. The clock is the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundswell.errors import ConflictError, UsageError
from groundswell.review.coding import FIELDS, checked, coded_value, codings
from groundswell.store import Decision, Ledger, reading

Coding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dispute:
    """One report with its blind codings, in an order that does not tell whose they are.

    fields: those in which two codings differ. settled: what was settled already, by field. version: of all this, for ``settle``.
    """

    report: str
    coders: tuple[str, ...]
    codings: tuple[Coding, ...]
    fields: tuple[str, ...]
    settled: Mapping[str, Any]
    reason: str
    by: str
    version: str

    @property
    def open(self) -> bool:
        """Whether a field that differs is not settled; all fields where coders differed on "event" and it was settled as one."""
        wanted = (*self.fields, *(FIELDS if "event" in self.fields and self.settled.get("event") else ()))
        return any(field not in self.settled for field in wanted)


def disputes(book: Ledger) -> list[Dispute]:
    """Every report whose codings differ, the open ones first, then by report."""
    done = adjudications(book)
    found = [_dispute(report, by, done.get(report, [])) for report, by in codings(book).items() if len(by) > 1]
    return sorted((each for each in found if each.fields), key=lambda each: (not each.open, each.report))


def adjudications(book: Ledger) -> dict[str, list[dict[str, Any]]]:
    """Standing adjudications by report."""
    found: dict[str, list[dict[str, Any]]] = {}
    with book.database.errors():
        rows = reading.decisions_where(book.connection, "kind = 'adjudicate' AND superseded_at IS NULL")
    for row in rows:
        if row["field"] in FIELDS:
            found.setdefault(row["left"], []).append(row)
    return found


def _dispute(report: str, by: Mapping[str, Coding], done: list[dict[str, Any]]) -> Dispute:
    # Coders are shuffled by report: whoever settles cannot learn to side with one of them.
    order = tuple(sorted(by, key=lambda coder: hashlib.sha256(f"{report}\n{coder}".encode()).digest()))
    given = tuple(by[coder] for coder in order)
    told = hashlib.sha256(
        repr(
            [sorted((coder, sorted(by[coder].items(), key=str)) for coder in by), [row["id"] for row in done]]
        ).encode()
    )
    return Dispute(
        report, order, given, differing(given), {row["field"]: row["value"] for row in done},
        (done[-1]["reason"] or "") if done else "", done[-1]["by"] if done else "", told.hexdigest()[:16],
    )  # fmt: skip


def differing(given: tuple[Coding, ...]) -> tuple[str, ...]:
    """Fields in which codings differ; where they differ on whether it is an event at all, that alone."""
    if len({bool(coding.get("event")) for coding in given}) > 1:
        return ("event",)
    return tuple(
        field for field in FIELDS
        if len({coded_value(coding, field, "nominal") for coding in given if field == "event" or coding.get("event")}) > 1
    )  # fmt: skip


def settle(
    book: Ledger, report: str, given: Mapping[str, Any], *, by: str, at: str, reason: str, version: str
) -> dict[str, Any]:
    """Store what an adjudicator settled: a value for every field that differs, or for all fields where coders differ on "event".

    Returns the settled coding. Raises UsageError for values outside the codebook, a missing field or reason, and ConflictError
    where codings or adjudications of this report came in since ``version``.
    """
    found = next((each for each in disputes(book) if each.report == report), None)
    if found is None:
        raise UsageError("The codings of this report do not differ; there is nothing to settle.")
    if version != found.version:
        raise ConflictError(
            "Someone coded or settled this report in the meantime. Look at it again.",
            {"version": found.version, "settled": dict(found.settled)},
        )
    if not reason.strip():
        raise UsageError("Say in a few words why, so that others can follow the decision.")
    expect = _version_of_event(book, report)
    common = {field: value for field, value in found.codings[0].items() if field not in found.fields}
    wanted = (
        set(found.fields) if "event" not in found.fields else {"event"} | (set(FIELDS) if given.get("event") else set())
    )
    missing = sorted(wanted - set(given))
    if missing:
        raise UsageError(f"Settle these fields as well: {', '.join(missing)}.")
    coding = checked({**(common if "event" not in found.fields else {}), **{field: given[field] for field in wanted}})
    for field in (field for field in FIELDS if field in wanted):
        decision = Decision("adjudicate", report, by, at, field=field, value=coding.get(field), reason=reason.strip())
        expect = book.decide(decision, expect=expect)  # each is the newest decision that the next one expects
    return coding


def _version_of_event(book: Ledger, report: str) -> str | None:
    """What the ledger compares with, so that of two adjudicators in the same instant one is told of the other."""
    found = book.report(report)
    event = book.event(found["event_id"]) if found else None
    return str(event["version"]) if event else None


def settled_codings(book: Ledger) -> dict[str, dict[str, Any]]:
    """The one coding of each report that two or more coded: what they agree on, else what was settled. Open disputes are left out."""
    done, found = adjudications(book), {}
    for report, by in codings(book).items():
        if len(by) < 2:
            continue
        each = _dispute(report, by, done.get(report, []))
        coding = {**each.codings[0], **each.settled}
        if not each.open:
            found[report] = coding if coding.get("event") else {"event": False}
    return found


def coding_rows(book: Ledger) -> Iterator[dict[str, Any]]:
    """Every standing coding, one row each, coders by number; then the settled coding of each report as ``settled``."""
    every, gold, done = codings(book), settled_codings(book), adjudications(book)
    names = sorted(
        {coder for by in every.values() for coder in by}, key=lambda name: hashlib.sha256(name.encode()).digest()
    )
    number = {name: f"coder_{at:02}" for at, name in enumerate(names, 1)}
    for identity in sorted(every):
        report = book.report(identity)
        document = report["document"] if report else {}
        head = {"report": identity, "document": document.get("id"), "trigger": report["trigger"] if report else None}
        for coder, coding in sorted(every[identity].items(), key=lambda pair: number[pair[0]]):
            yield {**head, "coder": number[coder], **{field: coding.get(field) for field in FIELDS}, "reasons": None}
        if identity in gold:
            reasons = {row["field"]: row["reason"] for row in done.get(identity, ())}
            yield {
                **head,
                "coder": "settled",
                **{field: gold[identity].get(field) for field in FIELDS},
                "reasons": reasons or None,
            }
