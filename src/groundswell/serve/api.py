"""The read-only JSON API with keyset paging, and the description of all of it (OpenAPI 3.1) made from the routes themselves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, get_type_hints

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from groundswell import __version__
from groundswell.errors import UsageError
from groundswell.serve import asking
from groundswell.serve.app import Call, Page, routes
from groundswell.serve.asking import Asked
from groundswell.serve.look import chosen, views
from groundswell.store import reading

MOST = 500


def events(call: Call) -> Response:
    """Events that pass the filters, newest first; ``next`` is what to give as ``after`` for the page that follows."""
    _, found = chosen(call)
    limit, after = _limit(call), call.request.query_params.get("after") or None
    last = reading.resolve_event(call.desk.ledger.connection, after) if after else None
    if after and last is None:
        raise UsageError(f"No event {after!r} to go on after. Start again from the first page.")
    return _page(views(call, found.after(last, limit + 1)), limit)


def reports(call: Call) -> Response:
    """Reports that pass the filters, by id."""
    ask = asking.asked(call.query)
    _only_ledger_filters(ask)
    limit, after, hidden = _limit(call), call.request.query_params.get("after") or None, _hidden(call, ask)
    rows = call.desk.ledger.reports(ask.filters, limit=None if hidden else limit + 1, after=after)
    kept = rows if hidden is None else (row for row in rows if not hidden(row["event_id"]))
    return _page([call.seen(row) for row in islice(kept, limit + 1)], limit)


def documents(call: Call) -> Response:
    """Documents with a report that passes the filters, without their text, by id."""
    ask = asking.asked(call.query)
    _only_ledger_filters(ask)
    limit, after, hidden = _limit(call), call.request.query_params.get("after") or None, _hidden(call, ask)
    filters, shown = ask.filters if ask.pairs() else None, call.shown
    rows = call.desk.ledger.documents(filters, limit=None if hidden else limit + 1, after=after)
    kept = rows if hidden is None else (row for row in rows if not all(map(hidden, _events_of(call, row["id"]))))
    return _page([shown.document(row) for row in islice(kept, limit + 1)], limit)


def _events_of(call: Call, document: str) -> list[str]:
    sql = "SELECT DISTINCT e.id FROM report r JOIN document d ON d.n = r.document JOIN event e ON e.n = r.event WHERE d.id = ? AND r.live = 1"
    return [str(row[0]) for row in call.desk.ledger.connection.execute(sql, (document,))]


def event(call: Call) -> Response:
    """One event by any id it ever had, with its links and decisions; ``version`` is what a decision gives as ``expect``."""
    found = call.desk.ledger.event(str(call.path["id"]))
    return JSONResponse(call.seen(_there(found)))


def report(call: Call) -> Response:
    """One report."""
    return JSONResponse(call.seen(_there(call.desk.ledger.report(str(call.path["id"])))))


def document(call: Call) -> Response:
    """One document as last read, with its text and all findings."""
    return JSONResponse(call.words(_there(call.desk.ledger.document(str(call.path["id"])))))


def history(call: Call) -> Response:
    """Every decision about an event or a report, oldest first; others' blind codings for adjudicators only."""
    return JSONResponse({"items": call.shown.decisions(call.decisions(call.desk.ledger.history(str(call.path["id"]))))})


def counts(call: Call) -> Response:
    """How many events pass, by type, status, country, precision and review state, and over time."""
    _, found = chosen(call)
    return JSONResponse({
        "total": found.total, "type": dict(found.facet("type")), "status": dict(found.facet("status")),
        "country": dict(found.facet("country")), "precision": dict(found.facet("precision")), "state": dict(found.facet("state")),
        "days": found.days(without_dates=False),
    })  # fmt: skip


def _there(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise HTTPException(404, "Nothing in this ledger has this id.")
    return found


def _only_ledger_filters(ask: Asked) -> None:
    if "none" in ask.precision:
        raise UsageError("precision=none cannot be asked here; ask /api/events or /api/counts, or download an export.")


def _limit(call: Call) -> int:
    given = call.request.query_params.get("limit", "50")
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= MOST):
        raise UsageError(f"limit={given!r} must be a whole number from 1 to {MOST}.")
    return int(given)


def _hidden(call: Call, ask: Asked) -> Callable[[str], bool] | None:
    """Which events these filters must not find for whoever asks, if any: words, days or places would tell of a person or a place."""
    if not call.public or not ask.pairs():
        return None
    found = call.desk.choose(ask, public=True)
    allowed = set(found.columns.n[found.rows].tolist())
    if ask.since or ask.until or ask.precision:
        # The ledger goes by the exact day and place of each report, the columns by the month and country that are public.
        allowed -= call.desk.tiers().keys()
    return lambda event_id: reading.resolve_event(call.desk.ledger.connection, event_id) not in allowed


def _page(found: list[dict[str, Any]], limit: int) -> Response:
    """``found``: one more than the page holds where there is another, hidden ones left out before: no key may tell of them."""
    return JSONResponse({"items": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None})


def openapi(call: Call) -> Response:
    return JSONResponse(description(call.desk.authority))


def reference(call: Call) -> Response:
    return call.page("api.html", api=description(call.desk.authority))


def description(authority: str) -> dict[str, Any]:
    """OpenAPI 3.1 of every route under /api, with the filters as the fields of ``Asked`` have them."""
    paths: dict[str, dict[str, Any]] = {}
    for page in routes():
        if not page.path.startswith("/api/") or page.path.endswith(".json"):
            continue
        said = (page.endpoint.__doc__ or page.endpoint.__name__).strip()
        for method in page.methods:
            paths.setdefault(page.path, {})[method.lower()] = _operation(page, method, said)
    return {
        "openapi": "3.1.0", "info": {"title": "Groundswell workbench", "version": __version__,
                                     "description": "Events as documents report them; claims, not facts."},
        "servers": [{"url": f"http://{authority}"}], "paths": paths, "security": [{"bearer": []}, {"session": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"},
                                           "session": {"type": "apiKey", "in": "cookie", "name": "groundswell_PORT"}}},
    }  # fmt: skip


def _operation(page: Page, method: str, said: str) -> dict[str, Any]:
    inside = [part[1:-1] for part in page.path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in inside
    ]
    paged = page.endpoint in (events, reports, documents)
    if paged or page.endpoint is counts:
        parameters += filter_parameters()
    if paged:
        parameters += [
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50},
            },
            {"name": "after", "in": "query", "description": "next of the page before", "schema": {"type": "string"}},
        ]
    operation: dict[str, Any] = {
        "operationId": page.endpoint.__name__, "summary": said, "parameters": parameters, "x-permission": page.permission,
        "responses": {"200" if method == "GET" else "201": {"description": "OK"}, "400": {"description": "Says what was wrong"}},
    }  # fmt: skip
    if method == "POST":
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": BODIES.get(page.path, {"type": "object"})}},
        }
        operation["responses"]["409"] = {"description": "Someone decided in the meantime; current tells what"}
        operation["parameters"] = [
            *parameters,
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
        ]
    return operation


def filter_parameters() -> list[dict[str, Any]]:
    """The filters as OpenAPI parameters, from the types of ``Asked``."""
    found = []
    for name, hint in get_type_hints(Asked).items():
        allowed = asking.MANY.get(name)
        value: dict[str, Any] = {"type": "string", **({"enum": list(allowed)} if allowed else {})}
        if name in asking.MANY:
            schema: dict[str, Any] = {"type": "array", "items": value}
        elif name in ("since", "until"):
            schema = {"type": "string", "format": "date"}
        elif "float" in str(hint) and name != "bbox":
            schema = {"type": "number", "minimum": 0, "maximum": 1}
        elif "bool" in str(hint):
            schema = {"type": "boolean"}
        else:
            schema = {"type": "string", **({"enum": list(asking.STATES)} if name == "review_state" else {})}
        found.append({"name": name, "in": "query", "schema": schema})
    return found


_TEXT = {"type": "string"}
BODIES: dict[str, dict[str, Any]] = {
    "/api/decisions": {
        "type": "object", "required": ["kind", "left"],
        "properties": {
            "kind": {"enum": ["confirm", "reject", "correct", "merge", "split", "contest", "withdraw", "code"]},
            "left": {"type": "string", "description": "id of an event, a report, or (withdraw) a decision"}, "right": _TEXT,
            "field": _TEXT, "value": {}, "judgement": _TEXT, "reason": _TEXT,
            "expect": {"description": "version of the event that this was decided on; by event id where two are touched"},
            "idempotency_key": _TEXT,
        },
    },
    "/api/codings": {"type": "object", "required": ["report", "value"], "properties": {"report": {"type": "string"}, "value": {"type": "object"}}},
    "/api/adjudications": {
        "type": "object", "required": ["report", "settled", "reason", "version"],
        "properties": {"report": _TEXT, "settled": {"type": "object", "description": "value by field"}, "reason": _TEXT, "version": _TEXT},
    },
    "/api/corrections": {
        "type": "object", "required": ["report", "field"],
        "properties": {
            "report": _TEXT, "field": _TEXT, "start": {"type": "integer"}, "end": {"type": "integer"}, "of": _TEXT, "typed": _TEXT,
            "choice": {"type": "integer"}, "remove": {"type": "integer"}, "expect": _TEXT, "reason": _TEXT, "idempotency_key": _TEXT,
        },
    },
}  # fmt: skip

ROUTES = [
    Page("/api", reference, "view"),
    Page("/api/openapi.json", openapi, "view"),
    Page("/api/events", events, "view"),
    Page("/api/events/{id}", event, "view"),
    Page("/api/events/{id}/history", history, "view"),
    Page("/api/reports", reports, "view"),
    Page("/api/reports/{id}", report, "view"),
    Page("/api/documents", documents, "view"),
    Page("/api/documents/{id}", document, "view"),
    Page("/api/counts", counts, "view"),
]
