"""Checking: the review queue, one item of it, live resolution of what is typed, and the write API for decisions."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from groundswell.errors import UsageError
from groundswell.review import correcting, seeding
from groundswell.review import queue as queues
from groundswell.serve import deciding, settling, spans, wording
from groundswell.serve.app import Call, Page
from groundswell.serve.choosing import Chosen
from groundswell.serve.look import chosen
from groundswell.values import FIGURE_KINDS, MODES

BATCH = 40
POOL = 200
KEYS = (
    ("a", "accept: it is right as it stands"), ("r", "reject: no event of the codebook"), ("e", "edit the values"),
    ("s", "skip: put it at the end"), ("n", "next, without deciding"), ("p", "previous"), ("u", "undo the last decision"),
    ("m", "merge with another event"), ("x", "split: some reports tell another event"), ("?", "this sheet"),
)  # fmt: skip
SPAN_KEYS = (
    ("1", "trigger", "trigger"), ("2", "actors", "actor"), ("3", "called_by", "called by"), ("4", "targets", "target"),
    ("5", "places", "place"), ("6", "time", "time"), ("7", "figures", "figure"), ("8", "issue", "issue"),
)  # fmt: skip


def review(call: Call) -> Response:
    """The page; an event named in the address comes first."""
    first = call.request.query_params.get("event", "")
    return call.page("review.html", first=first, keys=KEYS, span_keys=SPAN_KEYS, kinds=FIGURE_KINDS)


def queue(call: Call) -> Response:
    """The next events to decide about, of those that pass the filters."""
    _, found = chosen(call)
    items = queues.ranked(call.desk.ledger, _candidates(found), limit=BATCH)
    return JSONResponse({"items": [{"id": i.event["id"], "worth": i.worth, "reasons": i.reasons} for i in items]})


def _candidates(found: Chosen) -> list[int]:
    """The events to look at closely, by the part of their worth that the columns tell (as ``review.queue`` reckons it in SQL)."""
    columns = found.columns
    state, kind, status = (columns.codes[name] for name in ("state", "type", "status"))
    contested = state == columns.code("state", "contested")
    rows = np.flatnonzero(found.rows & (contested | (state == columns.code("state", "unreviewed"))))
    grave = np.isin(kind, [columns.code("type", name) for name in ("ASSAULT", "PROTEST")])
    past = np.isin(status, [columns.code("status", name) for name in ("occurred", "ongoing")])
    worth = (
        2 * contested
        + (1 - np.abs(2 * columns.confidence - 1))
        + 0.25 * np.minimum(columns.reports, 5)
        + 0.4 * grave
        + 0.2 * ~past
    )
    best = rows[np.argsort(-worth[rows], kind="stable")[:POOL]]
    numbers: list[int] = columns.n[best].tolist()
    return numbers


def item(call: Call) -> Response:
    """One event to decide about: its reports with the words around, and every value as a field."""
    event = _event(call)
    wrong = _planted(call, event)
    call.desk.served[(_somebody(call).decides_as, event["id"])] = time.monotonic()
    reports = []
    for identity in event["reports"] + event["rejected_reports"]:
        report = call.desk.ledger.report(identity)
        if report and wrong and report["id"] == wrong.report:
            event, report = seeding.disguised(event, report, wrong)
        record = call.desk.ledger.document(report["document"]["id"]) if report else None
        if report and record:
            call.reads(record["document"]["id"])
            reports.append(
                {"json": report, "parts": _around(report, record), "rejected": identity in event["rejected_reports"]}
            )
    worth, reasons = queues.measure(event)
    return call.page(
        "item.html",
        event=event,
        reports=reports,
        reasons=reasons,
        worth=worth,
        modes=MODES,
        span_keys=SPAN_KEYS,
        kinds=FIGURE_KINDS,
    )


def _around(report: dict[str, Any], record: dict[str, Any]) -> list[spans.Paragraph]:
    """The paragraphs that hold the evidence or another finding of this report, and the one after the evidence."""
    parts = spans.paragraphs({"document": record["document"], "events": [report]})
    evidence = max((at for at, part in enumerate(parts) if part.start <= report["evidence"]["start"]), default=0)
    return [
        part
        for at, part in enumerate(parts)
        if at in (evidence, evidence + 1) or any(piece.keys for piece in part.pieces)
    ]


def _planted(call: Call, event: dict[str, Any]) -> seeding.Planted | None:
    """The planted error that this item shows to whoever reviews it, until they were told."""
    desk, by = call.desk, _somebody(call).decides_as
    if not desk.project.seeded or event["report_count"] != 1 or desk.seeded.known(by, event["id"]):
        return None
    report = desk.ledger.report(event["reports"][0])
    return seeding.planted(event, report, by=by, secret=desk.feed_key, percent=desk.project.seeded) if report else None


def _told(call: Call, identity: str, expect: Any, how: str, field: str | None) -> Response | None:
    """What a reviewer is told who decided on a planted item; None for every other decision, which is then taken."""
    event = deciding.event_of(call.desk, identity) if isinstance(expect, str) else None
    wrong = _planted(call, event) if event else None
    if (
        event is None
        or wrong is None
        or expect != wrong.token
        or how not in ("confirm", "reject", "contest", "correct")
    ):
        return None
    by = _somebody(call).decides_as
    since = call.desk.served.pop((by, event["id"]), None)
    spent = time.monotonic() - since if since is not None else None
    row = call.desk.seeded.add(wrong, by=by, at=call.desk.now(), how=how, field=field, seconds=spent)
    said = [
        settling.said(wrong.field, value) if wrong.field != "figures" else wording.claim(value)
        for value in (wrong.shown, wrong.true)
    ]
    told = {"event": event["id"], "field": wrong.field, "shown": said[0], "true": said[1], "caught": row["caught"]}
    return JSONResponse({"seeded": told}, 200)


def candidates(call: Call) -> Response:
    event = _event(call)
    return call.page("candidates.html", event=event, found=queues.candidates(call.desk.ledger, event["id"]))


def resolve(call: Call) -> Response:
    """What typed words would come to: places with coordinates, or days."""
    given = dict(call.query)
    words = given.get("words", "")[:200]
    if given.get("kind") == "place":
        found = correcting.place_candidates(words)
        return JSONResponse({"places": [{**each, "said": wording.where(each)} for each in found]})
    if given.get("kind") == "time":
        days = correcting.interval(words, given.get("published") or None) if words.strip() else None
        return JSONResponse({"time": days, "said": wording.when(days) if days else ""})
    raise UsageError("kind must be place or time.")


def decide(call: Call) -> Response:
    """POST a decision; 201 with its id, 409 with what was decided in the meantime."""
    given = call.json()
    told = _told(call, str(given.get("left")), given.get("expect"), str(given.get("kind")), given.get("field"))
    if told is not None:
        return told
    key = call.request.headers.get("idempotency-key") or given.get("idempotency_key")
    return JSONResponse(deciding.take(call.desk, _somebody(call), call.json(), key), 201)


def correct(call: Call) -> Response:
    """POST a correction as selected words (start, end), typed words, or an entry to remove; the value is made here."""
    given = call.json()
    report = call.desk.ledger.report(str(given.get("report")))
    if report is None:
        raise HTTPException(404, "No report has this id.")
    field = str(given.get("field"))
    if field not in correcting.FIELDS:
        raise UsageError(f"{field!r} cannot be corrected. Use one of: {', '.join(correcting.FIELDS)}.")
    if (told := _told(call, report["id"], given.get("expect"), "correct", field)) is not None:
        return told
    if "start" in given:
        record = call.desk.ledger.document(report["document"]["id"])
        text = record["document"]["text"] if record else ""
        value = correcting.from_span(report, text, field, given["start"], given.get("end", -1), of=given.get("of"))
    elif "remove" in given:
        value = correcting.without(report, field, int(given["remove"]))
    else:
        value = correcting.from_words(report, field, str(given.get("typed", "")), int(given.get("choice", 0)))
    wanted = {"kind": "correct", "left": report["id"], "field": field, "value": value,
              "reason": given.get("reason"), "expect": given.get("expect")}  # fmt: skip
    key = call.request.headers.get("idempotency-key") or given.get("idempotency_key")
    return JSONResponse({**deciding.take(call.desk, _somebody(call), wanted, key), "value": value}, 201)


def _event(call: Call) -> dict[str, Any]:
    found = call.desk.ledger.event(str(call.path["id"]))
    if found is None:
        raise HTTPException(404, "No event has this id.")
    return found


def _somebody(call: Call) -> Any:
    if call.person is None:
        raise HTTPException(401, "No session.")
    return call.person


ROUTES = [
    Page("/review", review, "code"),
    Page("/part/queue", queue, "code"),
    Page("/part/item/{id}", item, "code"),
    Page("/part/candidates/{id}", candidates, "code"),
    Page("/part/resolve", resolve, "code"),
    Page("/api/decisions", decide, "code", ("POST",)),
    Page("/api/corrections", correct, "code", ("POST",)),
]
