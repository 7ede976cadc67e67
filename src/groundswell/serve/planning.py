"""The calendar: actions that were announced, called for or threatened, on the days they are for, and what became of them."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from groundswell.serve import asking, wording
from groundswell.serve.app import Call, Page
from groundswell.serve.choosing import Chosen
from groundswell.serve.columns import NO_DAY
from groundswell.serve.look import chosen, views
from groundswell.serve.public import Shown
from groundswell.store import reading

BECAME = {
    "occurred": "took place", "ongoing": "is under way", "cancelled": "was called off", "denied": "is denied",
    "announced": "nothing further reported", "called_for": "nothing further reported", "threatened": "nothing further reported",
    "hypothetical": "nothing further reported",
}  # fmt: skip
MOST = 150
NEWEST = 200


def calendar(call: Call) -> Response:
    ask, found = chosen(call)
    counts, rows = _months(call, found)
    wanted = call.request.query_params.get("month", "")
    month = wanted if wanted in counts else max(counts, default="")
    events = views(call, rows(month)[:MOST]) if month else []
    events.sort(key=lambda event: ((event["time"] or {}).get("earliest") or "", event["id"]))
    order = sorted(counts)
    at = order.index(month) if month else 0
    return call.page(
        "calendar.html", ask=ask, events=events, month=month, title=wording.month(month), became=BECAME, counts=counts,
        before=order[at - 1] if at > 0 else None, after=order[at + 1] if at + 1 < len(order) else None,
        feed=f"{call.base}/feed/{call.desk.feed_key}/calendar.ics",
    )  # fmt: skip


def _months(call: Call, found: Chosen) -> tuple[dict[str, int], Callable[[str], list[int]]]:
    """How many planned events there are by month of the day they are for, and the numbers of those of one month."""
    columns = found.columns
    where = np.flatnonzero(found.rows & columns.flags(call.desk.planned()) & (columns.first != NO_DAY))
    months = columns.first[where].astype("datetime64[D]").astype("datetime64[M]")
    names, counts = np.unique(months, return_counts=True)

    def rows(month: str) -> list[int]:
        numbers: list[int] = columns.n[where[months == np.datetime64(month)]][::-1].tolist()
        return numbers

    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}, rows


def subscription(call: Call) -> Response:
    """The calendar for programs that subscribe: no session, but the secret address; names masked whatever the project says."""
    if not hmac.compare_digest(str(call.path["key"]).encode(), call.desk.feed_key.encode()):
        raise HTTPException(404, "No calendar at this address.")
    return ical(call, call.desk.outside(call.desk.masker))


def news(call: Call) -> Response:
    """The newest events as Atom for feed readers, at the same secret address; always as the public sees them."""
    from groundswell.export.feeds import atom

    if not hmac.compare_digest(str(call.path["key"]).encode(), call.desk.feed_key.encode()):
        raise HTTPException(404, "No feed at this address.")
    found = call.desk.choose(asking.asked(call.query), public=True)
    shown = call.desk.outside(call.desk.masker)
    with call.desk.ledger.database.errors():
        events = reading.event_views(call.desk.ledger.connection, found.page(NEWEST, 0))
    kept = _published(call, events)
    return Response(
        "".join(atom(map(shown.event, kept), at=call.desk.now())), media_type="application/atom+xml; charset=utf-8"
    )


def download(call: Call) -> Response:
    return RedirectResponse(
        f"/download/ical?{asking.asked(call.query).query}", 303
    )  # the whole calendar, written as it is sent


def _published(call: Call, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the events of documents that the project holds back."""
    held = call.desk.held_after()
    return [
        event
        for event in events
        if held is None or not any((each.get("published") or "") > held for each in event["documents"])
    ]


def ical(call: Call, shown: Shown) -> Response:
    from groundswell.export.feeds import calendar as written

    found = call.desk.choose(asking.asked(call.query), public=True)
    columns = found.columns
    numbers = columns.n[found.rows & columns.flags(call.desk.planned())][:5000].tolist()
    with call.desk.ledger.database.errors():
        events = reading.event_views(call.desk.ledger.connection, numbers)
    events = [shown.event(event) for event in _published(call, events)]
    return Response(
        "".join(written(events, at=call.desk.now())), media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": 'inline; filename="groundswell.ics"'},
    )  # fmt: skip


ROUTES = [
    Page("/calendar", calendar, "view"),
    Page("/calendar.ics", download, "view"),
    Page("/feed/{key}/calendar.ics", subscription, "open"),
    Page("/feed/{key}/events.atom", news, "open"),
]
