"""What leaves the workbench: private names masked, sensitive places coarse, exactly the events that were chosen.

Reads the ledger a few hundred events at a time, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from groundswell.serve import sensitivity
from groundswell.serve.choosing import Chosen
from groundswell.serve.masking import Masker, masked, pattern, private_names
from groundswell.store import Filters, Ledger, reading
from groundswell.store.decisions import event_of

Json = dict[str, Any]


class Shown:
    """How one reader sees the ledger. ``masker``: None shows private names. ``tiers``: sensitive events, empty shows them whole.

    ``newest``: events with a higher number came in after ``tiers`` was made and are given as the most sensitive; None where none did.
    """

    def __init__(
        self, ledger: Ledger, masker: Masker | None, tiers: Mapping[int, str], newest: int | None = None
    ) -> None:
        self.ledger, self.masker, self.tiers, self.newest = ledger, masker, tiers, newest
        self.coarse = bool(tiers) or newest is not None

    def event(self, found: Json) -> Json:
        tier = self._tier(found["id"])
        if "decisions" in found:
            found = {**found, "decisions": self.decisions(found["decisions"])}
        found = sensitivity.event(found, tier, self._as_read(found)) if tier else found
        return self.masker.event(found) if self.masker else found

    def report(self, found: Json) -> Json:
        tier = self._tier(found["event_id"])
        found = sensitivity.report(found, tier) if tier else found
        return self.masker.report(found) if self.masker else found

    def record(self, found: Json) -> Json:
        tier = self._tier_of(found["document"]["id"])
        found = sensitivity.record(found, tier) if tier else found
        return self.masker.record(found) if self.masker else found

    def document(self, found: Json) -> Json:
        """A document's metadata; where it tells a sensitive event, without address and with the places in its title masked."""
        tier = self._tier_of(found["id"])
        if tier:
            whole = self.ledger.document(found["id"]) or {"document": found}
            clean = sensitivity.record(whole, tier)["document"]
            found = {**found, "url": None, **{name: clean.get(name) for name in ("title", "source_id")}}
        names = self.masker.of_documents([found["id"]]) if self.masker else ()
        clean_row: Json = masked(found, pattern(names))
        return clean_row

    def decisions(self, rows: list[Json]) -> list[Json]:
        """Decisions: of those about sensitive events no place and no day, and no private name in values and reasons."""
        known: dict[int, list[Json]] = {}
        return [self._decision(row, known) for row in rows] if self.coarse or self.masker else rows

    def _decision(self, row: Json, known: dict[int, list[Json]]) -> Json:
        """``known``: the events that decisions were found to be about, read once each; none where only dead reports told one."""
        connection, views = self.ledger.connection, []
        told = (event_of(connection, each) for each in (row["left"], row["right"]) if each)
        numbers = {n for n in told if n is not None}
        for n in sorted(numbers):
            if n not in known:
                known[n] = reading.event_views(connection, [n])
            views += known[n]
        if self.coarse and (not views or any(map(self._at, numbers))):
            row = sensitivity.decision(row, [each for view in views for each in (view, *self._as_read(view))])
        if not self.masker:
            return row
        names = self.masker.of_documents(document["id"] for view in views for document in view["documents"])
        clean: Json = masked(row, pattern(names | private_names(row["value"])))
        return clean

    def links(self, event_id: str) -> list[Json]:
        """The links between an event's reports: no reason where it would tell a sensitive place, no private name in it."""
        found = self.ledger.links(event_id)
        if not found:
            return found
        if self._tier(event_id):
            return [{**link, "reason": None} for link in found]
        n = reading.resolve_event(self.ledger.connection, event_id)
        rows = self.ledger.connection.execute(
            "SELECT DISTINCT d.id FROM report r JOIN document d ON d.n = r.document WHERE r.event = ? AND r.live = 1",
            (n,),
        )
        names = self.masker.of_documents([row[0] for row in rows]) if self.masker else ()
        clean: list[Json] = masked(found, pattern(names))
        return clean

    def _as_read(self, event: Json) -> list[Json]:
        """What its corrected reports said before: the texts still say it."""
        views = (
            [self.ledger.report(each) for each in event["reports"] + event["rejected_reports"]]
            if self._corrected
            else []
        )
        return [view["as_read"] for view in views if view and "as_read" in view]

    @cached_property
    def _corrected(self) -> bool:
        sql = "SELECT 1 FROM decision WHERE kind = 'correct' AND field IN ('places', 'time') LIMIT 1"
        return self.ledger.connection.execute(sql).fetchone() is not None

    def _tier(self, event_id: str) -> str | None:
        if not self.coarse:
            return None
        n = reading.resolve_event(self.ledger.connection, event_id)
        return self._at(n) if n is not None else None

    def _at(self, n: int) -> str | None:
        return self.tiers.get(n, "none" if self.newest is not None and n > self.newest else None)

    def _tier_of(self, document_id: str) -> str | None:
        """The coarsest tier of the events that a document tells."""
        if not self.coarse:
            return None
        rows = self.ledger.connection.execute(
            "SELECT DISTINCT r.event FROM report r JOIN document d ON d.n = r.document WHERE d.id = ? AND r.live = 1",
            (document_id,),
        )
        found = {self._at(row[0]) for row in rows}
        return next((tier for tier in ("none", "country", "admin1") if tier in found), None)


class PublicBook:
    """The chosen events as the exports see them: the calls of a ledger that they use, whatever filters these are given.

    ``everything``: nothing was filtered, so documents that tell no event count as well.
    """

    def __init__(self, shown: Shown, chosen: Chosen, *, everything: bool, before: str | None = None) -> None:
        self.shown, self.ledger, self.everything, self.before = shown, shown.ledger, everything, before
        self.numbers = chosen.columns.n[chosen.rows]

    def events(self, filters: Filters | None = None) -> Iterator[Json]:
        """Newest first, as on the page. Those with a document published after ``before`` are held back."""
        for part in reading.chunks(self.numbers.tolist()):
            with self.ledger.database.errors():
                views = reading.event_views(self.ledger.connection, part)
            for view in views:
                if self.before is None or not any(
                    (each.get("published") or "") > self.before for each in view["documents"]
                ):
                    yield self.shown.event(view)

    def reports(self, filters: Filters | None = None) -> Iterator[Json]:
        """Every live report that tells one of the events, event by event."""
        for part in reading.chunks(self.numbers.tolist()):
            with self.ledger.database.errors():
                views = reading.report_views(self.ledger.connection, self._reports(part, "n"))
            yield from (self.shown.report(view) for view in views if not self._held(view["document"]))

    def documents(self, filters: Filters | None = None) -> Iterator[Json]:
        """The documents of these reports, by id; all documents where nothing was filtered."""
        wanted = None
        if not self.everything or self.before is not None:
            top = int(self.ledger.connection.execute("SELECT coalesce(max(n), 0) FROM document").fetchone()[0])
            wanted = np.zeros(top + 1, dtype=bool)
            for part in reading.chunks(self.numbers.tolist()):
                wanted[self._reports(part, "document")] = True
        numbers = dict(self.ledger.connection.execute("SELECT id, n FROM document")) if wanted is not None else {}
        for row in self.ledger.documents():
            if (wanted is None or wanted[numbers[row["id"]]]) and not self._held(row):
                yield self.shown.document(row)

    def document(self, identity: str) -> Json | None:
        found = self.ledger.document(identity)
        return self.shown.record(found) if found else None

    def links(self, event_id: str) -> list[Json]:
        return self.shown.links(event_id)

    def _held(self, document: Json) -> bool:
        return self.before is not None and (document.get("published") or "") > self.before

    def _reports(self, events: list[int], column: str) -> list[int]:
        marks = ",".join("?" * len(events))
        sql = f"SELECT {column} FROM report WHERE live = 1 AND event IN ({marks}) ORDER BY event, n"
        return [int(row[0]) for row in self.ledger.connection.execute(sql, events)]
