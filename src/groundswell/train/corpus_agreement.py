"""How far two codings of the same texts agree: ``python -m groundswell.train.corpus_agreement A B``.

A and B are corpus files (rows with offsets) that share row ids; rows held by one alone are left out. Symmetric: F1.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from groundswell.train.corpus import LIST_ROLES, SINGLE_ROLES, Row, Span, load_sentences

ROLES = (*LIST_ROLES, *SINGLE_ROLES, "figures")
_CONTENT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """``matched`` pairs of ``left`` values in A and ``right`` values in B."""

    matched: int
    left: int
    right: int

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both shares, or None where neither coding holds a value."""
        return 2 * self.matched / (self.left + self.right) if self.left + self.right else None


def _overlap(a: Span, b: Span) -> int:
    return max(0, int(min(a["end"], b["end"]) - max(a["start"], b["start"])))


def _events(a: Row, b: Row, typed: bool) -> list[tuple[Row, Row]]:
    """Pairs of events whose triggers overlap (and whose types are equal), each event used once."""
    free = list(b.get("events", ()))
    pairs = []
    for event in a.get("events", ()):
        same = [
            e for e in free if _overlap(event["trigger"], e["trigger"]) and (not typed or e["type"] == event["type"])
        ]
        if same:
            best = max(same, key=lambda e: (e["type"] == event["type"], _overlap(event["trigger"], e["trigger"])))
            free.remove(best)
            pairs.append((event, best))
    return pairs


def _statements(a: Row, b: Row) -> int:
    free = list(b.get("statements", ()))
    matched = 0
    for said in a.get("statements", ()):
        for other in free:
            longest = max(s["content"]["end"] - s["content"]["start"] for s in (said, other))
            one, two = said.get("speaker"), other.get("speaker")
            same = one is two is None or bool(one and two and _overlap(one, two))
            if same and _overlap(said["content"], other["content"]) >= _CONTENT_SHARE * longest:
                free.remove(other)
                matched += 1
                break
    return matched


def _values(event: Row, role: str) -> list[Span]:
    value = event.get(role)
    return list(value) if isinstance(value, list) else [value] if value else []


def agreement(left: list[Row], right: list[Row]) -> dict[str, Score]:
    """Scores by what is compared: events with type, events of any type, mode, status, each role, statements.

    Mode, status and roles are compared within events that match with type; spans match where they overlap.
    """
    others = {row["id"]: row for row in right}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(name: str, matched: int, in_left: int, in_right: int) -> None:
        for i, number in enumerate((matched, in_left, in_right)):
            sums[name][i] += number

    for a in left:
        b = others.get(a["id"])
        if b is None:
            continue
        pairs = _events(a, b, typed=True)
        counts = len(a.get("events", ())), len(b.get("events", ()))
        add("events with type", len(pairs), *counts)
        add("events of any type", len(_events(a, b, typed=False)), *counts)
        add("statements with speaker", _statements(a, b), len(a.get("statements", ())), len(b.get("statements", ())))
        add("sentences with an event", int(bool(counts[0] and counts[1])), int(counts[0] > 0), int(counts[1] > 0))
        for one, two in pairs:
            add("status", int(one["status"] == two["status"]), 1, 1)
            add("mode", int(one.get("mode") == two.get("mode")), 1, 1)
            for role in ROLES:
                ours, theirs = _values(one, role), _values(two, role)
                shared = sum(any(_overlap(x, y) for y in theirs) for x in ours)
                add(role, min(shared, len(theirs)), len(ours), len(theirs))
    return {name: Score(*values) for name, values in sums.items()}


def main(arguments: list[str]) -> int:
    """Print the scores of two corpus files."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m groundswell.train.corpus_agreement A.jsonl B.jsonl\n")
        return 2
    left, right = (list(load_sentences(Path(path))) for path in arguments)
    shared = {row["id"] for row in left} & {row["id"] for row in right}
    sys.stdout.write(f"{len(shared)} texts coded twice\n")
    for name, score in agreement(left, right).items():
        shown = "-" if score.f1 is None else f"{score.f1:.3f}"
        sys.stdout.write(f"{name:<26} {shown}  ({score.matched} of {score.left} and {score.right})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
