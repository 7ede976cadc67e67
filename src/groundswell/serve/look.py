"""Looking: the page with map, timeline and table over the same filters, and the pages of one event and one document."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from groundswell.serve import asking, plots, spans
from groundswell.serve.app import Call, Page
from groundswell.serve.asking import Asked
from groundswell.serve.choosing import Chosen
from groundswell.store import reading

ROWS = 50
MOST_ROWS = 100_000


def chosen(call: Call) -> tuple[Asked, Chosen]:
    """The filters of this request and what passes them."""
    ask = asking.asked(call.query)
    return ask, call.desk.choose(ask, public=call.public)


def views(call: Call, numbers: list[int]) -> list[dict[str, Any]]:
    """Events as this person may see them, in the order of their numbers."""
    with call.desk.ledger.database.errors():
        found = reading.event_views(call.desk.ledger.connection, numbers)
    return [call.seen(event) for event in found]


def explore(call: Call) -> Response:
    return call.page("explore.html", **_results(call))


def results(call: Call) -> Response:
    """The parts of the page that change with the filters."""
    return call.page("results.html", **_results(call))


def _results(call: Call) -> dict[str, Any]:
    ask, found = chosen(call)
    start = _whole(call, "from", 0, MOST_ROWS)
    facets = {name: found.facet(column) for name, column in
              (("type", "type"), ("status", "status"), ("country", "country"), ("precision", "precision"))}  # fmt: skip
    return {
        "ask": ask, "total": found.total, "every": len(found.columns), "facets": facets, "states": found.facet("state"),
        "events": views(call, found.page(ROWS, start)), "start": start, "size": ROWS, "placeless": found.placeless(),
    }  # fmt: skip


def map_points(call: Call) -> Response:
    """Clusters in a box at a zoom level, and the areas that are shaded."""
    ask, found = chosen(call)
    zoom = _whole(call, "zoom", 2, 18)
    box = asking.asked([("bbox", call.request.query_params.get("view", "-180,-90,180,90"))]).bbox
    points = found.clusters(box or (-180.0, -90.0, 180.0, 90.0), zoom)
    return JSONResponse(
        {
            "points": points,
            "areas": found.areas(),
            "placeless": found.placeless(),
            "total": found.total,
            "query": ask.query,
        }
    )


def timeline(call: Call) -> Response:
    _, found = chosen(call)
    return JSONResponse(found.days())


def card(call: Call) -> Response:
    """One event, small, for the map."""
    found = views(call, [int(call.path["n"])])
    if not found:
        raise HTTPException(404, "This event is gone; load the page again.")
    return call.page("card.html", event=found[0])


def listing(call: Call) -> Response:
    """The first events of what is asked, small, for a spot or an area of the map."""
    ask, found = chosen(call)
    return call.page("listing.html", ask=ask, total=found.total, events=views(call, found.page(12, 0)))


def event(call: Call) -> Response:
    found = call.desk.ledger.event(str(call.path["id"]))
    if found is None:
        raise HTTPException(404, "No event has this id. It may stand in another ledger.")
    if found["id"] != call.path["id"]:
        return RedirectResponse(f"/event/{found['id']}", 303)
    found = call.seen(found)
    reports = {
        report["id"]: call.seen(report) for each in found["reports"] if (report := call.desk.ledger.report(each))
    }
    quoted = {each: spans.sentence(report) for each, report in reports.items()}
    return call.page("event.html", event=found, reports=reports, quoted=quoted, ranges=plots.ranges(found["figures"]))


def document(call: Call) -> Response:
    found = call.desk.ledger.document(str(call.path["id"]))
    if found is None:
        raise HTTPException(404, "No document has this id. It may stand in another ledger.")
    found = call.words(found)
    shown = call.desk.ledger.reports(asking_document(found["document"]["id"]))
    homes = {report["id"]: report for report in shown}
    return call.page("document.html", record=found, document=found["document"], paragraphs=spans.paragraphs(found),
                     findings=spans.findings(found), homes=homes)  # fmt: skip


def asking_document(identity: str) -> Any:
    from groundswell.store import Filters

    return Filters(document=identity, review_state="any")


def _whole(call: Call, key: str, default: int, most: int) -> int:
    given = call.request.query_params.get(key, "")
    return min(int(given), most) if given.isascii() and given.isdigit() and len(given) < 9 else default


ROUTES = [
    Page("/", explore, "view"),
    Page("/part/results", results, "view"),
    Page("/part/map", map_points, "view"),
    Page("/part/timeline", timeline, "view"),
    Page("/part/card/{n:int}", card, "view"),
    Page("/part/listing", listing, "view"),
    Page("/event/{id}", event, "view"),
    Page("/document/{id}", document, "view"),
]
