"""The overview: what the ledger holds under the filters, as plots drawn on the server, and where it comes from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.responses import Response

from groundswell.serve import wording
from groundswell.serve.app import Call, Page
from groundswell.serve.choosing import Chosen
from groundswell.serve.columns import NO_DAY, day_number
from groundswell.serve.look import chosen, views

FAMILIES = ("contention", "force", "coercion", "words", "easing")
FIGURES_FROM = 250  # newest events that the table of figures is made of


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a stacked bar, in per cent of the plot."""

    x: float
    y: float
    width: float
    height: float
    family: str
    said: str


def overview(call: Call) -> Response:
    ask, found = chosen(call)
    columns = found.columns
    single = int(np.count_nonzero(found.rows & (columns.sources == 1)))
    days = found.days(without_dates=False)
    return call.page(
        "overview.html", ask=ask, total=found.total, days=days, bars=_stacked(found, days), families=FAMILIES,
        types=found.facet("type"), countries=[pair for pair in found.facet("country") if pair[0]][:20],
        statuses=found.facet("status"), states=found.facet("state"), precision=found.facet("precision"),
        publishers=_publishers(call, found)[:20], single=single, figures=_figures(call, found), figures_from=FIGURES_FROM,
        outcomes=call.desk.ledger.outcomes(),
    )  # fmt: skip


def _publishers(call: Call, found: Chosen) -> list[tuple[str, int]]:
    """Number of events by publisher of a document that tells them, most first."""
    tellings, connection = call.desk.tellings, call.desk.ledger.connection
    if tellings is None:  # by what was found, never by the filters: these find what the public must not find
        chosen_ones = set(found.columns.n[found.rows].tolist())
        sql = (
            "SELECT DISTINCT r.event, coalesce(d.publisher, 'unknown') FROM report r JOIN document d ON d.n = r.document "
            "WHERE r.live = 1"
        )
        with call.desk.ledger.database.errors():
            counted = Counter(publisher for event, publisher in connection.execute(sql) if event in chosen_ones)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    names: dict[str, int] = {}
    codes = np.zeros(int(tellings.document.max(initial=0)) + 1, dtype=np.int64)
    for n, publisher in connection.execute("SELECT n, coalesce(publisher, 'unknown') FROM document"):
        if n < len(codes):
            codes[n] = names.setdefault(publisher, len(names))
    passing = np.zeros(int(max(tellings.event.max(initial=0), found.columns.n.max(initial=0))) + 1, dtype=bool)
    passing[found.columns.n[found.rows]] = True
    reports = passing[tellings.event]
    pairs = np.sort(tellings.event[reports] * max(len(names), 1) + codes[tellings.document[reports]])
    pairs = (
        pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
    )  # np.unique hashes, which takes ten times as long
    counts = np.bincount(pairs % max(len(names), 1), minlength=len(names))
    ranked = [(name, int(counts[code])) for name, code in names.items() if counts[code]]
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def _stacked(found: Chosen, days: dict[str, Any]) -> list[Bar]:
    """Events by time and family of types."""
    from datetime import date

    starts = days["starts"]
    if not starts:
        return []
    columns = found.columns
    edges = np.array([day_number(date.fromisoformat(each)) for each in [*starts, days["end"]]])
    family_of = np.array([FAMILIES.index(wording.FAMILIES.get(name, "easing")) for name in columns.names["type"]])
    mask = found.rows & (columns.first != NO_DAY)
    slots = np.searchsorted(edges, columns.first[mask], side="right") - 1
    inside = (slots >= 0) & (slots < len(starts))
    kinds = family_of[columns.codes["type"][mask]]
    table = np.bincount(slots[inside] * 5 + kinds[inside], minlength=len(starts) * 5)[: len(starts) * 5].reshape(-1, 5)
    most = max(int(table.sum(axis=1).max()), 1)
    width = 100 / len(starts)
    bars = []
    for at, row in enumerate(table.tolist()):
        top = 100.0
        for family, count in zip(FAMILIES, row, strict=True):
            if count:
                height = 100 * count / most
                top -= height
                bars.append(
                    Bar(
                        round(at * width, 3),
                        round(top, 3),
                        round(width * 0.86, 3),
                        round(height, 3),
                        family,
                        f"{starts[at]}: {count}",
                    )
                )
    return bars


def _figures(call: Call, found: Chosen) -> list[dict[str, Any]]:
    """For each kind of count: how many events give it, and in how many of them the sources differ."""
    rows: dict[str, dict[str, Any]] = {}
    for event in views(call, found.page(FIGURES_FROM, 0)):
        for of, ends in event["figure_ranges"].items():
            row = rows.setdefault(of, {"of": of, "events": 0, "differ": 0, "most": 0})
            claims = {(f["low"], f["best"], f["high"]) for f in event["figures"] if f["of"] == of}
            row["events"] += 1
            row["differ"] += len(claims) > 1
            row["most"] = max(row["most"], ends["high"] or ends["low"] or 0)
    return [rows[of] for of in wording.FIGURES if of in rows]


ROUTES = [Page("/overview", overview, "view")]
