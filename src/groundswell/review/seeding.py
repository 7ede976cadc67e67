"""Planted errors: a share of the items of a review queue shows one wrong value, so that a project learns whether its reviewers read.

Nothing planted reaches the ledger. Whether an item is planted follows from a secret, the reviewer and the event alone, so that a
restart changes nothing; what came of it is kept in a file of its own. The clock is the caller's.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from groundswell.review.agreement import Share, share
from groundswell.values import EVENT_TYPES

Json = dict[str, Any]
MOST = 20  # per cent; more would wear people out
_STATUS = {"occurred": "called_for", "ongoing": "cancelled", "announced": "occurred", "called_for": "occurred", "threatened": "occurred",
           "hypothetical": "occurred", "denied": "occurred", "cancelled": "occurred"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """One item with a wrong value. ``token`` stands where the event's version would, so that no decision on it can be stored."""

    event: str
    report: str
    field: str
    shown: Any
    true: Any
    token: str


def planted(
    event: Mapping[str, Any], report: Mapping[str, Any], *, by: str, secret: str, percent: int
) -> Planted | None:
    """The error in this item for this reviewer, if it is one of the share. Only events of one report that nobody decided about."""
    if percent <= 0 or event["review_state"] != "unreviewed" or event["report_count"] != 1:
        return None
    drawn = hmac.new(secret.encode(), f"{by}\n{event['id']}".encode(), hashlib.sha256).digest()
    if int.from_bytes(drawn[:4], "big") >= percent / 100 * 2**32:
        return None
    figures = [at for at, each in enumerate(report.get("figures") or ()) if each["of"] in ("participants", "deaths")]
    true: Any
    shown: Any
    field = ("type", "status", "figures")[drawn[4] % (3 if figures else 2)]
    if field == "type":
        others = [name for name in EVENT_TYPES if name != report["type"]]
        true, shown = report["type"], others[drawn[5] % len(others)]
    elif field == "status":
        true, shown = report["status"], _STATUS[report["status"]]
    else:
        true = report["figures"][figures[0]]
        shown = {**true, **{end: true[end] * 10 for end in ("low", "best", "high") if true.get(end) is not None}}
        if shown == true:
            return None
    return Planted(event["id"], report["id"], field, shown, true, "D" + drawn[8:16].hex())


def disguised(event: Json, report: Json, found: Planted) -> tuple[Json, Json]:
    """Event and report as the reviewer sees them."""
    if found.field == "figures":
        figures = [found.shown if each == found.true else each for each in report["figures"]]
        ranges = {**event["figure_ranges"]}
        ends = [found.shown.get(end) for end in ("low", "best", "high") if found.shown.get(end) is not None]
        ranges[found.shown["of"]] = {**ranges[found.shown["of"]], "low": min(ends), "high": max(ends)}
        return {**event, "figure_ranges": ranges, "version": found.token}, {**report, "figures": figures}
    changes = {found.field: found.shown} | ({"mode": None} if found.field == "type" else {})
    return {**event, **changes, "version": found.token}, {**report, **changes}


class Log:
    """What came of planted errors: one JSON line each, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, Lock()

    def rows(self) -> list[Json]:
        """Every outcome: by, at, event, field, caught, how (confirm, reject, correct ...), seconds it took."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):  # a line torn off by a power cut counts for nobody
                found.append(json.loads(line))
        return found

    def known(self, by: str, event: str) -> bool:
        """Whether this reviewer was told about this item already."""
        return any(row["by"] == by and row["event"] == event for row in self.rows())

    def add(self, found: Planted, *, by: str, at: str, how: str, field: str | None, seconds: float | None) -> Json:
        """Record what a reviewer did; a correction of another field leaves the planted one standing, so it does not count as caught."""
        caught = how in ("reject", "contest") or (how == "correct" and field == found.field)
        row = {"by": by, "at": at, "event": found.event, "field": found.field, "caught": caught, "how": how,
               "seconds": None if seconds is None else round(seconds, 1)}  # fmt: skip
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                out.flush()
                os.fsync(out.fileno())
        return row


@dataclass(frozen=True, slots=True)
class Reading:
    """How one reviewer met planted errors. ``seconds``: median time to decide; None where it is not known."""

    by: str
    caught: Share
    seconds: float | None


def readings(rows: list[Json]) -> list[Reading]:
    """By reviewer, and ``all`` last."""
    found = []
    for by in [*sorted({row["by"] for row in rows}), None]:
        mine = [row for row in rows if by in (None, row["by"])]
        spent = [row["seconds"] for row in mine if row["seconds"] is not None]
        caught = share(sum(row["caught"] for row in mine), len(mine))
        found.append(
            Reading(
                "all" if by is None else by.removeprefix("review:"), caught, statistics.median(spent) if spent else None
            )
        )
    return found if rows else []
