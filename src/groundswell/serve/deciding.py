"""Taking decisions over the web: who may take which, compare-and-set over one or two events, and what a conflict is told as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from groundswell.errors import ConflictError, UsageError
from groundswell.store import Decision, reading

if TYPE_CHECKING:
    from groundswell.serve.desk import Desk, Person

KINDS = ("confirm", "reject", "correct", "merge", "split", "contest", "withdraw", "code")
Json = dict[str, Any]


def take(desk: Desk, person: Person, wanted: Mapping[str, Any], key: str | None) -> Json:
    """Take a decision; returns its id, and the id and version of the event it is about as they are now.

    ``wanted``: kind, left, right, field, value, judgement, reason; ``expect``: the version of the event it was taken on, or
    versions by event id where it touches two. Raises ConflictError with ``current`` telling what stands now and what is newer.
    """
    desk.columns()  # takes in what other processes wrote before; afterwards only our own change is read again
    decision = _decision(desk, person, wanted)
    before = _events(desk, decision)
    reports = _members(desk, before)
    expect = _expected(desk, decision, wanted.get("expect"))
    try:
        identity = desk.ledger.decide(decision, expect=expect, idempotency_key=f"{person.name}/{key}" if key else None)
    except ConflictError as error:
        raise ConflictError(str(error), conflict(desk, decision, str(wanted.get("expect") or ""))) from None
    desk.touched(before | _homes(desk, reports))
    about = _about(decision)
    if decision.kind == "withdraw" and not decision.right:
        row = desk.ledger.connection.execute('SELECT "left" FROM decision WHERE id = ?', (decision.left,)).fetchone()
        about = row[0] if row else about
    event = event_of(desk, about)
    return {"id": identity, "event": event and event["id"], "version": event and event["version"]}


def event_of(desk: Desk, identity: str) -> Json | None:
    """The event that an event id or a report id leads to."""
    found = desk.ledger.event(identity)
    if found is None:
        report = desk.ledger.report(identity)
        found = desk.ledger.event(report["event_id"]) if report else None
    return found


def conflict(desk: Desk, decision: Decision, expected: str) -> Json:
    """What was decided in the meantime beside what was to be decided."""
    event = event_of(desk, _about(decision))
    history = event["decisions"] if event else []
    ids = [each["id"] for each in history]
    newer = history[ids.index(expected) + 1 :] if expected in ids else history
    newer = [each for each in newer if each["kind"] not in ("code", "adjudicate")]  # blind codings stay blind
    shown = ("id", "kind", "field", "value", "judgement", "by", "at", "reason")
    return {
        "version": event and event["version"],
        "event": event and event["id"],
        "yours": {name: getattr(decision, name) for name in shown if name != "id"},
        "newer": [{name: each[name] for name in shown} for each in newer],
    }


def _decision(desk: Desk, person: Person, wanted: Mapping[str, Any]) -> Decision:
    kind = wanted.get("kind")
    if kind not in KINDS:
        raise UsageError(f"Unknown kind of decision {kind!r}. Use one of: {', '.join(KINDS)}.")
    words: dict[str, str | None] = {}
    for name in ("left", "right", "field", "judgement", "reason"):
        value = wanted.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= 2000):
            raise UsageError(f"{name} must be text of at most 2,000 characters.")
        words[name] = value or None
    if kind == "withdraw":
        _may_withdraw(desk, person, words["left"] or "")
    return Decision(
        kind=kind, left=words["left"] or "", by=person.decides_as, at=desk.now(), right=words["right"], field=words["field"],
        value=wanted.get("value"), judgement=words["judgement"], reason=words["reason"],
    )  # fmt: skip


def _may_withdraw(desk: Desk, person: Person, identity: str) -> None:
    with desk.ledger.database.errors():
        row = desk.ledger.connection.execute("SELECT by FROM decision WHERE id = ?", (identity,)).fetchone()
    if row is not None and row[0] != person.decides_as and not person.may("adjudicate"):
        raise HTTPException(403, "Another person took this decision; only an adjudicator may take it back.")


def _expected(desk: Desk, decision: Decision, expect: Any) -> str | None:
    """The version to compare with. For two events each is compared here, and the newest again by the ledger as it decides."""
    if expect is None or isinstance(expect, str):
        return expect
    if not isinstance(expect, Mapping):
        raise UsageError("expect must be the version of the event, or versions by event id.")
    current = {event_id: event["version"] for event_id in expect if (event := desk.ledger.event(str(event_id)))}
    for event_id, version in expect.items():
        if current.get(event_id) != version:
            raise ConflictError(
                f"Someone decided about {event_id} in the meantime. Look at it again.",
                conflict(desk, decision, str(version)),
            )
    order = {each["id"]: at for at, each in enumerate(desk.ledger.decisions())} if any(current.values()) else {}
    return max(current.values(), key=lambda version: order.get(version, -1), default=None)


def _about(decision: Decision) -> str:
    if decision.kind == "withdraw" and decision.right:
        return decision.right
    return decision.left


def _events(desk: Desk, decision: Decision) -> set[int]:
    """Numbers of the events that a decision concerns as things stand."""
    names = {decision.left, decision.right or ""}
    value = decision.value
    if decision.kind == "split":
        names.update(value.get("leaves", ()) if isinstance(value, dict) else value if isinstance(value, list) else ())
    with desk.ledger.database.errors():
        if decision.kind == "withdraw":
            row = desk.ledger.connection.execute(
                'SELECT "left", "right", value FROM decision WHERE id = ?', (decision.left,)
            ).fetchone()
            names.update(_names_in(row) if row else ())
        found = set()
        for name in names - {""}:
            event = reading.resolve_event(desk.ledger.connection, name)
            report = reading.resolve_report(desk.ledger.connection, name) if event is None else None
            found.update({event} if event is not None else {report[1]} if report else set())
    return found


def _members(desk: Desk, events: set[int]) -> list[int]:
    """Numbers of all reports in these events."""
    marks = ",".join("?" * len(events))
    rows = desk.ledger.connection.execute(f"SELECT n FROM report WHERE event IN ({marks})", sorted(events))
    return [int(row[0]) for row in rows]


def _homes(desk: Desk, reports: list[int]) -> set[int]:
    """The events that these reports are in now."""
    found: set[int] = set()
    for part in reading.chunks(reports):
        marks = ",".join("?" * len(part))
        rows = desk.ledger.connection.execute(f"SELECT DISTINCT event FROM report WHERE n IN ({marks})", part)
        found.update(int(row[0]) for row in rows)
    return found


def _names_in(row: tuple[str, str | None, str | None]) -> set[str]:
    """Every report or event that an earlier decision names."""
    import json

    found = {row[0], row[1] or ""}
    value = json.loads(row[2]) if row[2] else None
    if isinstance(value, dict):
        found.update(str(each) for part in value.values() if isinstance(part, list) for each in part)
    return found
