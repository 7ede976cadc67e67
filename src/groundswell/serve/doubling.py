"""Double coding in the browser: one report of the sample at a time without what machine or others say."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from groundswell.review import coding
from groundswell.serve import spans, wording
from groundswell.serve.app import Call, Page
from groundswell.store import Decision
from groundswell.values import MODES


def code(call: Call) -> Response:
    """The next report of the sample that this coder has not coded: its text, with only the word that names the happening marked."""
    size, seed = _numbers(call)
    drawn = coding.sample(call.desk.ledger, size=size, seed=seed)
    mine = {report for report, by in coding.codings(call.desk.ledger).items() if _coder(call) in by}
    left = [report for report in drawn if report not in mine]
    shown = _shown(call, left[0]) if left else None
    return call.page(
        "coding.html", shown=shown, done=len(drawn) - len(left), size=len(drawn), asked=size, seed=seed, modes=MODES, countries=sorted(wording.countries().items(), key=lambda pair: pair[1])
    )  # fmt: skip


def _shown(call: Call, identity: str) -> dict[str, Any] | None:
    report = call.desk.ledger.report(identity)
    record = call.desk.ledger.document(report["document"]["id"]) if report else None
    if report is None or record is None:
        return None
    call.reads(record["document"]["id"])
    bare = {name: report[name] for name in ("id", "type", "trigger")} | {"mode": None}
    return {"report": report, "parts": spans.paragraphs({"document": record["document"], "events": [bare]})}


def store(call: Call) -> Response:
    """POST one coding: report, and value as docs/workbench.md describes it."""
    given = call.json()
    report = call.desk.ledger.report(str(given.get("report")))
    if report is None:
        raise HTTPException(404, "No report has this id.")
    decision = Decision("code", report["id"], _coder(call), call.desk.now(), value=coding.checked(given.get("value")))
    key = given.get("idempotency_key")
    return JSONResponse(
        {"id": call.desk.ledger.decide(decision, idempotency_key=f"{_coder(call)}/{key}" if key else None)}, 201
    )


def _coder(call: Call) -> str:
    return call.person.decides_as if call.person else ""


def _numbers(call: Call) -> tuple[int, int]:
    given = [call.request.query_params.get(name, "") for name in ("size", "seed")]
    size, seed = (int(each) if each.isascii() and each.isdigit() and len(each) < 7 else 0 for each in given)
    return min(size or 50, 2000), seed or 1


ROUTES = [
    Page("/coding", code, "code"),
    Page("/api/codings", store, "code", ("POST",)),
]
