"""Blind double coding: a random sample of reports, and each coder's coding as a decision that changes no view."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping
from typing import Any, Literal

from groundswell.errors import UsageError
from groundswell.store import Ledger, reading
from groundswell.values import EVENT_TYPES, MODES, STATUSES

Level = Literal["nominal", "ratio"]
FIELDS: dict[str, Level] = {
    "event": "nominal", "type": "nominal", "mode": "nominal", "status": "nominal", "country": "nominal", "earliest": "nominal",
    "participants": "ratio", "deaths": "ratio",
}  # fmt: skip
"""What is coded, and the level of measurement its disagreement is weighed on."""


def sample(book: Ledger, *, size: int, seed: int) -> list[str]:
    """Ids of ``size`` reports drawn at random; the same seed draws the same ones as long as no report is added."""
    rows = book.connection.execute("SELECT id FROM report WHERE live = 1")
    drawn = heapq.nsmallest(
        size, ((hashlib.sha256(f"{seed}\n{row[0]}".encode()).digest(), str(row[0])) for row in rows)
    )
    return [identity for _, identity in drawn]


def codings(book: Ledger) -> dict[str, dict[str, Mapping[str, Any]]]:
    """What each coder coded, by report and coder; a coder's later coding replaces the earlier."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    with book.database.errors():
        rows = reading.decisions_where(book.connection, "kind = 'code' AND superseded_at IS NULL")
    for decision in rows:
        if isinstance(decision["value"], Mapping):
            found.setdefault(decision["left"], {})[str(decision["by"])] = decision["value"]
    return found


def checked(value: object) -> dict[str, Any]:
    """One coding as it is stored. Raises UsageError naming the field that cannot be."""
    if not isinstance(value, Mapping):
        raise UsageError("A coding is an object with the fields " + ", ".join(FIELDS) + ".")
    if not isinstance(value.get("event"), bool):
        raise UsageError("event must be true or false.")
    if not value["event"]:
        return {"event": False}
    kind, mode, status = value.get("type"), value.get("mode") or None, value.get("status")
    if kind not in EVENT_TYPES or status not in STATUSES:
        raise UsageError("A coding of an event needs a type and a status of the codebook.")
    if mode is not None and mode not in MODES[kind]:
        raise UsageError(f"{mode!r} is no mode of {kind}. Use one of: {', '.join(MODES[kind]) or 'none'}.")
    found: dict[str, Any] = {"event": True, "type": kind, "mode": mode, "status": status}
    for name in ("country", "earliest"):
        found[name] = str(value[name])[:10] if value.get(name) else None
    for name in ("participants", "deaths"):
        number = value.get(name)
        if number not in (None, "") and not (isinstance(number, int) and not isinstance(number, bool) and number >= 0):
            raise UsageError(f"{name} must be a whole number, or empty where the text gives none.")
        found[name] = None if number == "" else number
    return found


def coded_value(coding: Mapping[str, Any] | None, field: str, level: Level) -> Any:
    """What a coder gave; None where the coder did not code the report, or gave no number where one is measured.

    For named values "not given" is a value of its own: two coders who both find no country agree.
    """
    if coding is None:
        return None
    if field == "event":
        return str(bool(coding.get("event")))
    if not coding.get("event"):
        return None
    value = coding.get(field)
    if level == "ratio":
        return value
    return "not given" if value is None else str(value)


def machine_coding(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as the machine read it, in the fields of a coding; corrections that people made are left out."""
    read = {**report, **(report.get("as_read") or {})}
    places, time = read.get("places") or (), read.get("time") or {}
    found: dict[str, Any] = {"event": True, "type": read["type"], "mode": read.get("mode"), "status": read["status"]}
    found["country"] = places[0].get("country") if places else None
    found["earliest"] = time.get("earliest")
    for name in ("participants", "deaths"):
        ends = [
            figure.get(end) for figure in read.get("figures") or () if figure["of"] == name for end in ("low", "best")
        ]
        found[name] = min((end for end in ends if end is not None), default=None)
    return found
