"""What a person can decide, checked before it is recorded: confirm, reject, correct, contest, merge, split, take back.

The caller gives the reviewer's name and the time; nothing here reads a clock or prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from groundswell.errors import UsageError
from groundswell.store import Decision, Ledger
from groundswell.values import EVENT_TYPES, FIGURE_KINDS, MODES, STATUSES

FIELDS = ("type", "mode", "status", "place", "places", "time", "figures", "actors", "called_by", "targets", "issue")
_OF_EVENTS = frozenset({"place"})
_OF_REPORTS = frozenset({"places", "issue"})


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Takes decisions in one person's name on one ledger.

    ``name`` is stored as ``review:NAME``; use a pseudonym where the ledger will be shared. Every method returns the
    decision's id and takes ``at`` (ISO 8601), ``reason`` (one sentence), ``expect`` (the event's ``version`` that the person
    looked at; ConflictError where it moved on) and ``key`` (idempotency key: a repeated request is one decision).
    """

    ledger: Ledger
    name: str

    def confirm(
        self, identity: str, *, at: str, reason: str | None = None, expect: str | None = None, key: str | None = None
    ) -> str:
        """The report or event is right as it stands."""
        return self._take("confirm", identity, at=at, reason=reason, expect=expect, key=key, judgement="right")

    def reject(
        self, identity: str, *, at: str, reason: str | None = None, expect: str | None = None, key: str | None = None
    ) -> str:
        """The report or event is none of the codebook's events; views leave it out, the ledger keeps it."""
        return self._take("reject", identity, at=at, reason=reason, expect=expect, key=key, judgement="wrong")

    def contest(self, identity: str, *, at: str, reason: str, expect: str | None = None, key: str | None = None) -> str:
        """Someone concerned disputes it; it stays in view, marked."""
        return self._take("contest", identity, at=at, reason=reason, expect=expect, key=key)

    def correct(
        self,
        identity: str,
        field: str,
        value: Any,
        *,
        at: str,
        reason: str | None = None,
        expect: str | None = None,
        key: str | None = None,
    ) -> str:
        """``field`` of a report or event is ``value`` (the shape of the public JSON). Raises UsageError for values it cannot have."""
        kind = "event" if self.ledger.event(identity) is not None else "report"
        checked = checked_value(field, value, of=kind, type=self._type(identity))
        return self._take("correct", identity, at=at, reason=reason, expect=expect, key=key, field=field, value=checked)

    def merge(
        self,
        first: str,
        second: str,
        *,
        at: str,
        reason: str | None = None,
        expect: str | None = None,
        key: str | None = None,
    ) -> str:
        """Two events tell one happening. Raises UsageError for one event given twice."""
        events = [self._event(first), self._event(second)]
        if events[0]["id"] == events[1]["id"]:
            raise UsageError(f"{first} and {second} are one event already ({events[0]['id']}).")
        return self._take("merge", first, right=second, at=at, reason=reason, expect=expect, key=key, judgement="same")

    def split(
        self,
        event: str,
        reports: Sequence[str],
        *,
        at: str,
        reason: str | None = None,
        expect: str | None = None,
        key: str | None = None,
    ) -> str:
        """The given reports tell another happening than the rest of the event; they become an event of their own."""
        members = {*self._event(event)["reports"], *self._event(event)["rejected_reports"]}
        foreign = [report for report in reports if report not in members]
        if foreign or not reports or set(reports) == members:
            told = f"{foreign[0]} is not in it" if foreign else "name some of its reports, not none and not all"
            raise UsageError(f"Cannot split {event}: {told}. Its reports: {', '.join(sorted(members))}.")
        value = {"leaves": sorted(reports)}
        return self._take(
            "split", event, at=at, reason=reason, expect=expect, key=key, judgement="different", value=value
        )

    def withdraw(
        self, decision: str, *, at: str, reason: str | None = None, expect: str | None = None, key: str | None = None
    ) -> str:
        """Take back an earlier decision, one's own or another's; both stay on record."""
        return self._take("withdraw", decision, at=at, reason=reason, expect=expect, key=key)

    def _take(
        self, kind: str, left: str, *, at: str, reason: str | None, expect: str | None, key: str | None, **more: Any
    ) -> str:
        decision = Decision(kind, left, f"review:{_name(self.name)}", at, reason=reason, **more)
        return self.ledger.decide(decision, expect=expect, idempotency_key=key)

    def _event(self, identity: str) -> dict[str, Any]:
        found = self.ledger.event(identity)
        if found is None:
            raise UsageError(f"No event {identity!r} in this ledger. List them with `groundswell events`.")
        return found

    def _type(self, identity: str) -> str | None:
        found = self.ledger.event(identity) or self.ledger.report(identity)
        return str(found["type"]) if found else None


def checked_value(field: str, value: Any, *, of: str, type: str | None = None) -> Any:
    """The value if ``field`` of a report or event (``of``) can have it. Raises UsageError with what it can be."""
    if field not in FIELDS or (of == "report" and field in _OF_EVENTS) or (of == "event" and field in _OF_REPORTS):
        hidden = _OF_REPORTS if of == "event" else _OF_EVENTS
        raise UsageError(
            f"{field!r} of {of}s cannot be corrected. Use one of: {', '.join(f for f in FIELDS if f not in hidden)}."
        )
    choices = {"type": EVENT_TYPES, "status": STATUSES, "mode": MODES.get(type or "", ())}.get(field)
    if choices is not None and not (value in choices or (field == "mode" and value is None)):
        raise UsageError(
            f"{value!r} is no {field}{f' of {type}' if field == 'mode' else ''}. Use one of: {', '.join(choices) or 'none'}."
        )
    if field == "time":
        return _time(value)
    if field == "place":
        return _place(value)
    if field == "figures":
        return [_figure(each) for each in _list(field, value)]
    if field == "places":
        return [_place(each) for each in _list(field, value)]
    if field in ("actors", "called_by", "targets"):
        return [_named(field, each) for each in _list(field, value)]
    return value


def _name(name: str) -> str:
    if not name.strip():
        raise UsageError("A decision needs a reviewer's name.")
    return name.strip()


def _list(field: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise UsageError(f"{field} is a list, as in the public JSON.")
    return value


def _time(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise UsageError('time is {"earliest": "YYYY-MM-DD", "latest": "YYYY-MM-DD"} or null.')
    sides = {side: _day(value.get(side)) for side in ("earliest", "latest")}
    if sides["earliest"] and sides["latest"] and sides["earliest"] > sides["latest"]:
        raise UsageError(f"earliest ({sides['earliest']}) is after latest ({sides['latest']}).")
    return {"text": "", **value, **sides}


def _day(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise UsageError(f"{value!r} is no date. Write YYYY-MM-DD.") from None


def _place(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    found = _named("place", value)
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        degrees = found.get(name)
        if degrees is not None and not (isinstance(degrees, int | float) and -limit <= degrees <= limit):
            raise UsageError(f"{name} {degrees!r} is not between -{limit:.0f} and {limit:.0f} degrees.")
    return found


def _named(field: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not (value.get("name") or value.get("text")):
        raise UsageError(f'Each of {field} is an object with a name, e.g. {{"name": "Lima"}}.')
    return {"text": value.get("name"), **value}


def _figure(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("of") not in FIGURE_KINDS:
        raise UsageError(f"A figure needs of, one of: {', '.join(FIGURE_KINDS)}.")
    sides = [value.get(side) for side in ("low", "best", "high")]
    if any(side is not None and (not isinstance(side, int) or isinstance(side, bool) or side < 0) for side in sides):
        raise UsageError("low, best and high of a figure are whole numbers, or null where unknown.")
    known = [side for side in sides if side is not None]
    if known != sorted(known):
        raise UsageError(f"low, best, high of a figure must not fall: {sides}.")
    return {
        "text": "",
        "start": None,
        "end": None,
        "attribution": None,
        **value,
        **dict(zip(("low", "best", "high"), sides, strict=True)),
    }
