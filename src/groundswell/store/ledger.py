"""The ledger as the rest of the system uses it: add outcomes, list reports and events, decide, verify, back up.

Documents come as the public JSON; the store knows nothing of how they were read. It reads no clock and no network.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from groundswell.errors import LedgerError, UsageError
from groundswell.store import (
    blocklist,
    chain,
    decisions,
    erasure,
    payload,
    postgres,
    queries,
    reading,
    transfer,
    upgrading,
    verifying,
    writing,
)
from groundswell.store.database import Database, damaged
from groundswell.store.dump import canonical_dump
from groundswell.store.shapes import CountBy, Decision, Filters, Stored, Upgrade
from groundswell.values import Problem

Json = dict[str, Any]
_PAGE = 500


class Ledger:
    """Documents, reports, events and decisions in one SQLite file. Use ``Ledger.open``; safe to share between threads.

    What a call acknowledged by returning is on disk. Event ids, once issued, lead to the event for ever.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True, readonly: bool = False) -> Ledger:
        """Open or make a ledger: a file, or a PostgreSQL database by URL (``postgresql://...``; extra ``postgres``).

        Raises LedgerError for damaged, foreign, newer, older or cut-off ones, with what to do. None is changed by being opened.
        """
        kind = postgres.PostgresDatabase if postgres.is_url(path) else Database
        ledger = cls(kind(path, create=create, readonly=readonly))
        wrong = chain.check_head(ledger.path, ledger.connection)
        if wrong is not None and not readonly:
            empty = not chain.last(ledger.connection)[0]
            ledger.close()
            if empty:
                head = chain.head_path(ledger.path)
                raise LedgerError(
                    f"{head} vouches for a ledger that is no longer at {ledger.path}. Restore it from a backup; if you removed it on "
                    f"purpose, remove {head} as well and begin anew."
                )
            raise LedgerError(damaged(ledger.path, wrong))
        if not readonly and chain.read_head(ledger.path) != chain.last(ledger.connection):
            chain.write_head(ledger.path, ledger.connection)  # killed between a commit and its head
        return ledger

    @property
    def path(self) -> Path:
        return self.database.path

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for linking and exports; change nothing through it outside a transaction."""
        return self.database.connection

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction over the tables, for linking: all or nothing, and the head file after it."""
        with self.database.transaction() as connection:
            yield connection
        chain.write_head(self.path, self.connection)

    # -- adding -------------------------------------------------------------------------------------------------------

    def has(self, document_id: str, *, whole: bool = False) -> bool:
        """Whether a document (SHA-256 of its raw bytes) was read into the ledger; ``whole``: and not dismissed before its end."""
        sql = "SELECT d.outcome, r.body_hash FROM document d JOIN reading r ON r.n = d.reading WHERE d.id = ?"
        with self.database.errors():
            row = self.connection.execute(sql, (document_id,)).fetchone()
            if row is None or not whole or row[0] != "irrelevant":
                return row is not None
            return not writing.dismissed(json.loads(payload.get(self.connection, row[1])))

    def start_run(self, by: str, settings: Mapping[str, object]) -> str:
        """Begin a run of the reader ``by`` (preset and version); returns its id, which ``add`` and ``outcomes`` take.

        Put the time and the sources into ``settings`` where they should be on record; every call is a new run.
        """
        with self.database.transaction() as connection:
            n = connection.execute("SELECT count(*) + 1 FROM run").fetchone()[0]
            written = payload.canonical(
                blocklist.load(connection, self.path).mask(json.loads(json.dumps(settings, default=str)))
            )
            identity = "R" + payload.address(payload.canonical([by, written, n]))[:16]
            connection.execute("INSERT INTO run(id, by, settings) VALUES(?,?,?)", (identity, by, written))
            chain.append(connection, "run", identity, [identity, by, written])
        chain.write_head(self.path, self.connection)
        return identity

    def add(self, reading_outcomes: Sequence[Stored], run: str) -> None:
        """Store a batch, all or nothing. Adding what is there changes nothing; another reading supersedes the older one.

        Raises LedgerError where the disk is full or the run unknown; the ledger then stands as before the call.
        """
        with self.database.transaction() as connection:
            writing.add(connection, reading_outcomes, run, blocklist.load(connection, self.path))
        chain.write_head(self.path, self.connection)

    def outcomes(self, run: str | None = None) -> dict[str, int]:
        """How many inputs ended how, in one run or in all."""
        where, parameters = ("WHERE run = ?", (run,)) if run else ("", ())
        with self.database.errors():
            rows = self.connection.execute(
                f"SELECT outcome, count(*) FROM outcome {where} GROUP BY 1", parameters
            ).fetchall()
        counts = dict.fromkeys(writing.OUTCOMES, 0)
        counts.update(dict(rows))
        return counts

    def outcome_rows(self, run: str | None = None) -> Iterator[Json]:
        """Every input and how it ended: run, source_id, outcome, document, duplicate_of, problems."""
        where, parameters = ("WHERE run = ?", (run,)) if run else ("", ())
        names = ("run", "source_id", "outcome", "document", "duplicate_of", "problems")
        for row in self.connection.execute(f"SELECT {', '.join(names)} FROM outcome {where} ORDER BY n", parameters):
            found = dict(zip(names, row, strict=True))
            yield {**found, "document": found["document"] or None, "problems": json.loads(found["problems"])}

    def runs(self) -> list[Json]:
        rows = self.connection.execute("SELECT id, by, settings FROM run ORDER BY n").fetchall()
        return [{"id": identity, "by": by, "settings": json.loads(settings)} for identity, by, settings in rows]

    # -- looking up ---------------------------------------------------------------------------------------------------

    def documents(
        self, filters: Filters | None = None, *, limit: int | None = None, after: str | None = None
    ) -> Iterator[Json]:
        """Metadata of documents (no text) in the order of their ids; with filters, those with a report that matches."""
        names = ", ".join(f"d.{name}" for name in reading.DOCUMENT_COLUMNS)
        where = queries.Where()
        if filters is not None:
            inner = queries.report_where(filters)
            where.add(f"d.n IN (SELECT r.document FROM report r WHERE {inner.sql})", *inner.parameters)
        if after is not None:
            where.add("d.id > ?", after)
        sql = (
            f"SELECT {names}, substr(s.id, 1, 16), (SELECT count(*) FROM report r WHERE r.document = d.n AND r.live = 1) "
            f"FROM document d JOIN document s ON s.n = d.source WHERE {where.sql} ORDER BY d.id LIMIT ?"
        )
        with self.database.errors():
            for row in self.connection.execute(sql, (*where.parameters, 2**62 if limit is None else limit)):
                yield dict(zip((*reading.DOCUMENT_COLUMNS, "source", "report_count"), row, strict=True))

    def document(self, document_id: str) -> Json | None:
        """The public JSON of one document as last read; None where the ledger does not hold it."""
        with self.database.errors():
            return reading.document_json(self.connection, document_id)

    def reports(
        self, filters: Filters | None = None, *, limit: int | None = None, after: str | None = None
    ) -> Iterator[Json]:
        """Reports in the order of their ids, corrections applied. ``after``: id of the last report seen.

        Each is an event object of the public JSON plus ``document`` (metadata), ``event_id``, ``review_state`` and, where
        corrected, ``corrections`` and ``as_read``.
        """
        filters, left = filters or Filters(), limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            with self.database.errors():
                numbers = queries.report_page(self.connection, filters, limit=size, after=after)
                views = reading.report_views(self.connection, numbers)
            yield from views
            if len(numbers) < size:
                return
            after, left = views[-1]["id"], None if left is None else left - size

    def events(
        self, filters: Filters | None = None, *, limit: int | None = None, after: str | None = None
    ) -> Iterator[Json]:
        """Events, newest first, undated ones last. ``after``: id of the last event seen.

        An event matches where its own type, status, dates, confidence and review state do and one of its reports matches the rest.
        """
        filters, left = filters or Filters(), limit
        last = reading.resolve_event(self.connection, after) if after else None
        if after and last is None:
            raise UsageError(f"No event {after!r} to go on after. Start again from the first page.")
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            with self.database.errors():
                numbers = queries.event_page(self.connection, filters, limit=size, after=last)
                views = reading.event_views(self.connection, numbers)
            yield from views
            if len(numbers) < size:
                return
            last, left = numbers[-1], None if left is None else left - size

    def event(self, event_id: str) -> Json | None:
        """One event by any id it ever had, with the ``links`` between its reports and all ``decisions`` about it."""
        with self.database.errors():
            n = reading.resolve_event(self.connection, event_id)
            views = reading.event_views(self.connection, [n]) if n is not None else []
            if not views:
                return None
            return {**views[0], "links": self.links(views[0]["id"]), "decisions": self.history(views[0]["id"])}

    def report(self, report_id: str) -> Json | None:
        """One report by its id; None where no document's newest reading has it."""
        with self.database.errors():
            found = reading.resolve_report(self.connection, report_id)
            views = reading.report_views(self.connection, [found[0]]) if found else []
        return views[0] if views else None

    def ids_beginning(self, start: str, *, limit: int = 2) -> list[str]:
        """Ids of events, reports and documents that begin with ``start`` (at least four characters), events first."""
        if len(start) < 4:
            return []
        edge = (start, start + "\U0010ffff", limit)
        tables = (("event", "id"), ("report", "id"), ("document", "id"))
        with self.database.errors():
            return [
                str(row[0])
                for table, column in tables
                for row in self.connection.execute(
                    f"SELECT {column} FROM {table} WHERE {column} >= ? AND {column} < ? ORDER BY {column} LIMIT ?", edge
                )
            ]

    def counts(self, filters: Filters | None, by: CountBy) -> dict[str, int]:
        """Number of events by type, status, country, ISO week of the earliest day, or publisher; ``unknown`` where not known."""
        with self.database.errors():
            return queries.event_counts(self.connection, filters or Filters(), by)

    def total(self, filters: Filters | None = None) -> int:
        """How many events match."""
        where = queries.event_where(filters or Filters())
        with self.database.errors():
            return int(
                self.connection.execute(f"SELECT count(*) FROM event e WHERE {where.sql}", where.parameters).fetchone()[
                    0
                ]
            )

    def links(self, event_id: str) -> list[Json]:
        """Why reports of an event were put together: left, right, score, judgement, and the reason in one sentence."""
        rows = self.connection.execute(
            'SELECT a.id, b.id, l.score, l.judgement, l.reason, k.model FROM link l JOIN report a ON a.n = l."left" '
            'JOIN report b ON b.n = l."right" JOIN linkrun k ON k.n = l.linkrun '
            "WHERE l.superseded IS NULL AND a.event = (SELECT event FROM report WHERE key = ?) ORDER BY l.score DESC, a.id, b.id",
            (event_id,),
        )
        return [dict(zip(("left", "right", "score", "judgement", "reason", "by"), row, strict=True)) for row in rows]

    def near_misses(self, *, limit: int = 100) -> list[Json]:
        """Pairs of reports that nearly made one event, closest first: left, right, their events, score, reason. For review."""
        rows = self.connection.execute(
            'SELECT a.id, b.id, x.key, y.key, l.score, l.reason FROM link l JOIN report a ON a.n = l."left" '
            'JOIN report b ON b.n = l."right" JOIN report x ON x.n = a.event JOIN report y ON y.n = b.event '
            "WHERE l.superseded IS NULL AND a.event <> b.event AND a.live = 1 AND b.live = 1 ORDER BY l.score DESC, 1, 2 LIMIT ?",
            (limit,),
        )
        names = ("left", "right", "left_event", "right_event", "score", "reason")
        return [dict(zip(names, row, strict=True)) for row in rows]

    # -- deciding -----------------------------------------------------------------------------------------------------

    def decide(self, decision: Decision, *, expect: str | None = None, idempotency_key: str | None = None) -> str:
        """Take a decision; returns its id. The same one, or the same ``idempotency_key``, twice is one decision.

        ``expect``: the ``version`` of the event that the decision was taken on ("" where nobody had decided); raises
        ConflictError (``current``: what stands now) where someone decided in the meantime.
        """
        with self.database.transaction() as connection:
            identity = decisions.decide(
                connection, self._masked(connection, decision), expect=expect, idempotency_key=idempotency_key
            )
        chain.write_head(self.path, self.connection)
        return identity

    def history(self, identity: str) -> list[Json]:
        """All decisions about an event (any id) with its reports, or about one report, oldest first, superseded ones included."""
        with self.database.errors():
            names = {identity}
            event = reading.resolve_event(self.connection, identity)
            if event is not None:
                rows = self.connection.execute("SELECT id, key FROM report WHERE event = ?", (event,))
                names.update(name for row in rows for name in row)
            found: dict[str, Json] = {}
            for part in reading.chunks(sorted(names)):
                marks = ",".join("?" * len(part))
                condition = f'"left" IN ({marks}) OR "right" IN ({marks}) OR id IN ({marks})'
                found.update(
                    (each["id"], each) for each in reading.decisions_where(self.connection, condition, part * 3)
                )
            order = dict(self.connection.execute("SELECT id, n FROM decision")) if found else {}
        return sorted(found.values(), key=lambda each: order[each["id"]])

    def decisions(self, *, standing: bool = False) -> list[Json]:
        """Every decision in the order taken; ``standing`` leaves out superseded ones."""
        with self.database.errors():
            return reading.decisions_where(self.connection, "superseded_at IS NULL" if standing else "1 = 1")

    def orphans(self) -> list[Json]:
        """Standing decisions whose report the newest reading no longer finds; nothing is dropped."""
        with self.database.errors():
            return decisions.orphans(self.connection)

    def _masked(self, connection: sqlite3.Connection, decision: Decision) -> Decision:
        blocked = blocklist.load(connection, self.path)
        if not blocked.digests:
            return decision
        return erasure.masked_decision(decision, blocked)

    # -- keeping ------------------------------------------------------------------------------------------------------

    def verify(self) -> list[Problem]:
        """Every altered, missing or cut-off part of the ledger by name; empty where all is as it was written."""
        return verifying.verify(self.database)

    def backup(self, path: str | Path) -> None:
        """Copy the ledger while it is in use; head and key files go along. Raises LedgerError where ``path`` exists."""
        transfer.backup(self.database, Path(path))

    @staticmethod
    def migrate(path: str | Path, *, backup: str | Path | None = None, without_backup: bool = False) -> Upgrade:
        """Bring a ledger of an older Groundswell up to date, after copying it to ``backup`` (by default ``PATH.schema-N`` beside it).

        A ledger of today is left alone. Killed half-way, it can be called again. Raises LedgerError for damaged and newer ledgers,
        where there is no room, and for PostgreSQL unless ``without_backup`` (back up with pg_dump).
        """
        return upgrading.upgrade(path, backup=backup, without_backup=without_backup)

    @staticmethod
    def restore(src: str | Path, dst: str | Path) -> None:
        """Put a verified backup in the place of a ledger. Raises LedgerError where the backup is damaged; dst is then untouched."""
        for place in (src, dst):
            postgres.refuse(
                place, "restore", "Use pg_restore, or merge the backup into the database: `groundswell merge-ledger`."
            )
        transfer.restore(Path(src), Path(dst))

    def merge(self, other_path: str | Path) -> dict[str, int]:
        """Take in another ledger's documents, readings and decisions; returns how many of each were new."""
        with Ledger.open(other_path, create=False, readonly=True) as other, self.database.transaction() as connection:
            counts = transfer.merge(connection, other.connection, blocklist.load(connection, self.path))
        chain.write_head(self.path, self.connection)
        return counts

    def erase(self, phrase: str, *, by: str, at: str, reason: str) -> Json:
        """Remove a name or phrase for good and keep it from coming back; returns what was touched (see ``withdrawals``)."""
        found = erasure.erase(self.database, phrase, by=by, at=at, reason=reason)
        chain.write_head(self.path, self.connection)
        return found

    def withdrawals(self) -> list[Json]:
        """What earlier releases hold and must take back: one entry an erasure, without the words erased."""
        return [json.loads(row[0]) for row in self.connection.execute("SELECT body FROM erasure ORDER BY n")]

    def canonical_dump(self) -> Iterator[str]:
        """The content as sorted JSON lines: equal for the same documents and decisions, whatever the order or interruptions."""
        with self.database.errors():
            yield from canonical_dump(self.connection)
