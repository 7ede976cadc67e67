"""Taking decisions: recorded, chained, superseding what they replace, and carried out on the view of events at once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from groundswell.errors import ConflictError, UsageError
from groundswell.store import chain, events, payload, reading
from groundswell.store.shapes import Decision


def decide(
    connection: sqlite3.Connection,
    decision: Decision,
    *,
    expect: str | None,
    idempotency_key: str | None,
    identity: str | None = None,
) -> str:
    """Record a decision; returns its id (``identity`` where it has one from another ledger). Call inside a transaction.

    Raises ConflictError where ``expect`` is not the newest decision about what it concerns, UsageError where that is unknown.
    """
    if decision.kind == "withdraw" and decision.right is None:
        decision = replace(decision, right=_about(connection, decision.left))
    identity = identity or decision.id
    known = connection.execute(
        "SELECT id FROM decision WHERE id = ? OR idempotency_key = ?", (identity, idempotency_key)
    ).fetchone()
    if known is not None:
        return str(known[0])
    touched = _targets(connection, decision)
    decision = _with_members(connection, decision)
    if expect is not None:
        _compare(connection, decision, touched, expect)
    record(connection, decision, identity, idempotency_key)
    carry_out(connection, decision)
    events.refresh(connection, _events_now(connection, decision) | touched)
    return identity


def record(connection: sqlite3.Connection, decision: Decision, identity: str, idempotency_key: str | None) -> None:
    """Write the decision down and mark what it supersedes. A machine never supersedes a person."""
    standing = connection.execute(
        "SELECT id, by FROM decision WHERE slot = ? AND superseded_at IS NULL", (decision.slot,)
    ).fetchall()
    outranked = not decision.human and any(by.startswith("review:") for _, by in standing)
    value = payload.canonical(decision.value) if decision.value is not None else None
    connection.execute(
        'INSERT INTO decision(id, kind, "left", "right", field, value, judgement, by, at, score, reason, slot, superseded_at, '
        "superseded_by, idempotency_key) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            identity, decision.kind, decision.left, decision.right, decision.field, value, decision.judgement, decision.by,
            decision.at, decision.score, decision.reason, decision.slot,
            decision.at if outranked else None, standing[0][0] if outranked else None, idempotency_key,
        ),
    )  # fmt: skip
    chain.append(connection, "decision", identity, decision.content())
    if not outranked:
        connection.executemany(
            "UPDATE decision SET superseded_at = ?, superseded_by = ? WHERE id = ?",
            [(decision.at, identity, other) for other, _ in standing],
        )
    if decision.kind == "withdraw":
        connection.execute(
            "UPDATE decision SET superseded_at = ?, superseded_by = ? WHERE id = ? AND superseded_at IS NULL",
            (decision.at, identity, decision.left),
        )


def carry_out(connection: sqlite3.Connection, decision: Decision) -> None:
    """Move reports between events where the decision says so; everything else is read off the decisions by the view."""
    if decision.kind == "merge":
        first, second = event_of(connection, decision.left), event_of(connection, decision.right or "")
        if first is not None and second is not None:
            events.join(connection, first, second)
    elif decision.kind == "split":
        event = event_of(connection, decision.left)
        if event is not None:
            events.part(connection, event, set(leaving(decision.value, decision.right)))
    elif decision.kind == "withdraw":
        _undo(connection, decision)


def leaving(value: Any, right: str | None) -> list[str]:
    """The report ids that a split takes out of an event."""
    if isinstance(value, dict):
        return [str(identity) for identity in value.get("leaves", ())]
    if isinstance(value, list):
        return [str(identity) for identity in value]
    return [right] if right else []


def event_of(connection: sqlite3.Connection, identity: str) -> int | None:
    """Number of the event that an event id or a report id leads to today."""
    found = reading.resolve_event(connection, identity)
    if found is not None:
        return found
    report = reading.resolve_report(connection, identity)
    return report[1] if report else None


def orphans(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Standing decisions about reports that the newest reading no longer finds; kept until that trigger is read again."""
    live = "SELECT id FROM report WHERE live = 1 UNION SELECT key FROM report WHERE event IN (SELECT n FROM event)"
    return reading.decisions_where(
        connection, f"superseded_at IS NULL AND kind <> 'withdraw' AND \"left\" NOT IN ({live})"
    )


def _targets(connection: sqlite3.Connection, decision: Decision) -> set[int]:
    """The events it concerns as they are now. Raises UsageError for ids the ledger does not know."""
    if decision.kind == "withdraw":
        event = event_of(connection, decision.right or "")
        return {event} if event is not None else set()
    if decision.kind == "code":
        wanted = []
    else:
        wanted = [decision.left, *([decision.right] if decision.kind == "merge" and decision.right else [])]
        wanted += leaving(decision.value, decision.right) if decision.kind == "split" else []
    found: set[int] = set()
    for identity in wanted:
        event = event_of(connection, identity)
        if event is None:
            raise UsageError(f"No report or event {identity!r} in this ledger. List them with `groundswell events`.")
        found.add(event)
    return found


def _with_members(connection: sqlite3.Connection, decision: Decision) -> Decision:
    """A merge or split with the reports that were on each side when it was taken: later linkings keep to what the person saw."""
    if decision.kind == "merge" and decision.value is None:
        sides = [_reports_of(connection, identity) for identity in (decision.left, decision.right or "")]
        return replace(decision, value={"left": sides[0], "right": sides[1]})
    if decision.kind == "split" and not (isinstance(decision.value, dict) and decision.value.get("stays")):
        leaves = sorted(leaving(decision.value, decision.right))
        stays = [identity for identity in _reports_of(connection, decision.left) if identity not in leaves]
        return replace(decision, value={"leaves": leaves, "stays": stays})
    return decision


def _reports_of(connection: sqlite3.Connection, identity: str) -> list[str]:
    event = event_of(connection, identity)
    return [row[1] for row in events.members(connection, event)] if event is not None else []


def _about(connection: sqlite3.Connection, identity: str) -> str:
    """What an earlier decision is about. Raises UsageError where there is none of that id."""
    row = connection.execute('SELECT "left" FROM decision WHERE id = ?', (identity,)).fetchone()
    if row is None:
        raise UsageError(f"No decision {identity!r} to take back. See `groundswell history ID`.")
    return str(row[0])


def _compare(connection: sqlite3.Connection, decision: Decision, touched: set[int], expect: str) -> None:
    views = reading.event_views(connection, sorted(touched))
    current = max((view["version"] for view in views), key=lambda version: _order(connection, version), default="")
    if current != expect:
        raise ConflictError(
            f"Someone decided about {decision.left} in the meantime (newest decision {current or 'none'}, expected "
            f"{expect or 'none'}). Look at it again, then decide.",
            current={"version": current, "events": views},
        )


def _order(connection: sqlite3.Connection, identity: str) -> int:
    row = connection.execute("SELECT n FROM decision WHERE id = ?", (identity,)).fetchone()
    return int(row[0]) if row else 0


def _events_now(connection: sqlite3.Connection, decision: Decision) -> set[int]:
    found = {event_of(connection, identity) for identity in (decision.left, decision.right) if identity}
    return {event for event in found if event is not None}


def _undo(connection: sqlite3.Connection, decision: Decision) -> None:
    """A merge taken back parts what it joined; a split taken back joins what it parted. The next linking sees the rest."""
    row = connection.execute(
        'SELECT kind, "left", "right", value FROM decision WHERE id = ?', (decision.left,)
    ).fetchone()
    if row is None or row[0] not in ("merge", "split"):
        return
    event = event_of(connection, row[1])
    if row[0] == "merge" and event is not None:
        _part_again(connection, event)
    elif row[0] == "split" and event is not None:
        for identity in leaving(payload_value(row[3]), row[2]):
            other = event_of(connection, identity)
            if other is not None:
                events.join(connection, event_of(connection, row[1]) or event, other)


def payload_value(text: str | None) -> Any:
    import json

    return json.loads(text) if text is not None else None


def _part_again(connection: sqlite3.Connection, event: int) -> None:
    """Regroup an event by what still holds it together: the machine's links and the standing merges."""
    group = events.members(connection, event)
    homes = {n: n for n, _, _ in group}

    def root(n: int) -> int:
        while homes[n] != n:
            n = homes[n]
        return n

    numbers = {name: n for n, identity, key in group for name in (identity, key)}
    pairs = connection.execute(
        'SELECT l."left", l."right" FROM link l JOIN report r ON r.n = l."left" '
        "WHERE l.superseded IS NULL AND l.judgement = 'same' AND r.event = ?",
        (event,),
    ).fetchall()
    merges = connection.execute('SELECT "left", "right" FROM decision WHERE kind = \'merge\' AND superseded_at IS NULL')
    pairs += [(numbers[left], numbers[right]) for left, right in merges if left in numbers and right in numbers]
    for left, right in pairs:
        if left in homes and right in homes:
            homes[max(root(left), root(right))] = min(root(left), root(right))
    parts: dict[int, list[tuple[int, str, str]]] = {}
    for row in group:
        parts.setdefault(root(row[0]), []).append(row)
    moves: list[tuple[int, int]] = []
    for rows in parts.values():
        inside = {row[0] for row in rows}
        home = event if event in inside else min(rows, key=lambda row: row[2])[0]
        moves.extend((n, home) for n in inside)
    events.assign(connection, moves)
