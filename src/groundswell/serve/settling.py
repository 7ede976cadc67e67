"""Adjudication and agreement in the browser: blind codings side by side, what was settled and why, and how far all agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from groundswell.errors import UsageError
from groundswell.review import adjudicating, coding, seeding
from groundswell.review import agreement as agreeing
from groundswell.serve import spans, wording
from groundswell.serve.app import Call, Page
from groundswell.values import MODES

LABELS = {
    "event": "Is it an event?", "type": "Type", "mode": "Mode", "status": "Status", "country": "Country", "earliest": "First day",
    "participants": "Participants, at least", "deaths": "Reported deaths, at least",
}  # fmt: skip


def adjudicate(call: Call) -> Response:
    """One report with its codings side by side; the next open one unless the address names another."""
    found = adjudicating.disputes(call.desk.ledger)
    wanted = call.request.query_params.get("report", "")
    shown = next((each for each in found if each.report == wanted), None) or next(
        (each for each in found if each.open), None
    )
    report = call.desk.ledger.report(shown.report) if shown else None
    record = call.desk.ledger.document(report["document"]["id"]) if report else None
    if record:
        call.reads(record["document"]["id"])
    return call.page(
        "adjudicate.html", disputes=found, shown=shown if record else None, report=report, parts=_parts(report, record),
        rows=_rows(shown, report) if shown and record else [], settled=sum(not each.open for each in found), modes=MODES,
        countries=sorted(wording.countries().items(), key=lambda pair: pair[1]), labels=LABELS,
    )  # fmt: skip


def _parts(report: Mapping[str, Any] | None, record: Mapping[str, Any] | None) -> list[spans.Paragraph]:
    """The text with the one word marked that all codings are about."""
    if report is None or record is None:
        return []
    bare = {name: report[name] for name in ("id", "type", "trigger")} | {"mode": None}
    return spans.paragraphs({"document": record["document"], "events": [bare]})


def _rows(shown: adjudicating.Dispute, report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Each field with every coding's value in words, and what is chosen when the page opens."""
    whole = "event" in shown.fields
    machine = coding.machine_coding(report) if report and not shown.open else None
    rows = []
    for field in coding.FIELDS:
        given = [each.get(field) if field == "event" or each.get("event") else None for each in shown.codings]
        coded = [field == "event" or bool(each.get("event")) for each in shown.codings]
        rows.append({
            "field": field, "label": LABELS[field], "open": field in shown.fields or whole, "coded": coded, "values": given,
            "said": [said(field, value, each.get("type")) for value, each in zip(given, shown.codings, strict=True)],
            "chosen": _chosen(field, given, coded, shown), "settled": shown.settled.get(field),
            "machine": said(field, machine.get(field), machine.get("type")) if machine else None,
        })  # fmt: skip
    return rows


def _chosen(field: str, given: list[Any], coded: list[bool], shown: adjudicating.Dispute) -> str:
    """Which choice is set: what was settled before, or the only coding that gives the field."""
    if field in shown.settled:
        return next((str(at) for at, value in enumerate(given) if coded[at] and value == shown.settled[field]), "other")
    alone = [at for at, known in enumerate(coded) if known]
    return str(alone[0]) if field != "event" and ("event" in shown.fields) and alone else ""


def said(field: str, value: Any, type: str | None = None) -> str:
    """A coded value in words."""
    if field == "event":
        return "yes" if value else "no"
    if value is None:
        return "not given"
    if field in ("participants", "deaths"):
        return wording.number(value)
    if field == "mode":
        return f"{wording.kind(type or '', value)} ({value})" if type else str(value)
    names = {"type": wording.TYPES, "status": wording.STATUSES, "country": wording.countries()}
    return wording.a_day(value) if field == "earliest" else str(names[field].get(value, value))


def settle(call: Call) -> Response:
    """POST what is settled: report, settled (values by field), reason, and version as the page had it; 409 where it moved on."""
    given = call.json()
    values, reason = given.get("settled"), given.get("reason")
    if not isinstance(values, dict) or not isinstance(reason, str) or len(reason) > 2000:
        raise UsageError("Give settled (values by field) and reason (text of at most 2,000 characters).")
    stored = adjudicating.settle(
        call.desk.ledger, str(given.get("report")), values, by=call.person.decides_as if call.person else "", at=call.desk.now(),
        reason=reason, version=str(given.get("version", "")),
    )  # fmt: skip
    return JSONResponse({"settled": stored}, 201)


def agreement(call: Call) -> Response:
    """Coders among each other beside the machine with coders, and everyone against what was settled."""
    book = call.desk.ledger
    found, gold = coding.codings(book), adjudicating.settled_codings(book)
    reports = {each: report for each in found if (report := book.report(each))}
    machine = {each: coding.machine_coding(report) for each, report in reports.items()}
    by_coder: dict[str, dict[str, Any]] = {}
    for each, by in found.items():
        for coder, coded in by.items():
            by_coder.setdefault(coder.removeprefix("review:"), {})[each] = coded
    pairs = zip(agreeing.agreement(found), agreeing.with_machine(found, machine), strict=True)
    disputes = adjudicating.disputes(book)
    accepted = [bool(coded.get("event")) for each in found if each in reports for coded in found[each].values()]
    return call.page(
        "agreement.html", rows=list(pairs), labels=LABELS, coders=sorted(by_coder), gold=len(gold), open=sum(each.open for each in disputes),
        judged=[("machine", agreeing.against(gold, machine)), *((name, agreeing.against(gold, by_coder[name])) for name in sorted(by_coder))],
        seeded=seeding.readings(call.desk.seeded.rows()),
        accepted=agreeing.share(sum(accepted), len(accepted)), coded=len(found), twice=sum(len(by) > 1 for by in found.values()),
    )  # fmt: skip


ROUTES = [
    Page("/adjudicate", adjudicate, "adjudicate"),
    Page("/agreement", agreement, "adjudicate"),
    Page("/api/adjudications", settle, "adjudicate", ("POST",)),
]
