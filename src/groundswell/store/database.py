"""One SQLite file: opening, refusing what is damaged, transactions, and errors that say what to do. No tables known here."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from groundswell.errors import LedgerError
from groundswell.store import migrations, schema

Older = Literal["refuse", "keep", "migrate"]  # what to do with a ledger of an older schema
_QUICK_CHECK_BYTES = 32 << 20  # quick_check reads every page: 0.1 s here; larger files are checked by verify


class Database:
    """Connections to one ledger file, one for each thread that asks.

    WAL with synchronous FULL: what a committed transaction wrote survives kill -9 and, where the disk honours fsync,
    loss of power. A ledger of an older schema is changed only where ``older`` says migrate, kept as it is (to be copied, not
    to be asked) where it says keep, and refused otherwise; one of a newer schema is always refused.
    """

    def __init__(self, path: str | Path, *, create: bool, readonly: bool, older: Older = "refuse") -> None:
        self._prepare(Path(path), readonly=readonly)
        _refuse_impossible(self.path, create=create and not readonly)
        with self.errors():
            if not readonly:
                schema.create(self.connection)
            self._check()
        self._settle(older, str(self.path), str(self.path))

    def _prepare(self, path: Path, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self._local = threading.local()
        self._all: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._lock = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._connect()
            self._local.connection = found
            with self._lock:
                gone = [each for thread, each in self._all if not thread.is_alive()]
                self._all = [pair for pair in self._all if pair[0].is_alive()]
                self._all.append((threading.current_thread(), found))
            for connection in gone:  # servers let their threads come and go
                connection.close()
        return found

    def release(self) -> None:
        """Close this thread's connection: for threads that do one thing and end."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            del self._local.connection
            with self._lock:
                self._all = [pair for pair in self._all if pair[1] is not found]
            found.close()

    def close(self) -> None:
        with self._lock:
            for _, connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk when the block ends. Waits up to 30 s for another writer."""
        if self.readonly:
            raise LedgerError(f"{self.path} is open for reading only. Open it without readonly=True to change it.")
        connection = self.connection
        with self.errors():
            self._begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def erasing(self) -> Iterator[sqlite3.Connection]:
        """A transaction after which no page of the old content is left anywhere."""
        self.connection.execute("PRAGMA secure_delete=ON")
        with self.transaction() as connection:
            yield connection
        with self.errors():
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise LedgerError(
                f"The words are masked, but {self.path}-wal may still hold them: another program has the ledger open. "
                "Close it and erase the same phrase again."
            )

    def copy_to(self, target: sqlite3.Connection, *, pages: int = -1) -> None:
        """Copy the file page by page while it is in use; ``pages`` at a time (-1: all at once)."""
        with self.errors():
            self.connection.backup(target, pages=pages, sleep=0.01)

    def damages(self) -> Iterator[str]:
        """What is wrong with pages and references, a sentence each."""
        for (told,) in self.connection.execute("PRAGMA integrity_check(100)").fetchall():
            if told != "ok":
                yield f"The database file is damaged: {told}. Restore a backup."
        for row in self.connection.execute("PRAGMA foreign_key_check").fetchmany(100):
            yield f"Row {row[1]} of {row[0]} points to a missing row of {row[2]}. Restore a backup."

    @property
    def version(self) -> int:
        """The schema version the ledger is of now."""
        return self._version()

    def _settle(self, older: Older, name: str, place: str) -> None:
        """Refuse a ledger of another version, or bring an older one up to date, as asked. ``place`` is what a command takes for it."""
        try:
            schema.refuse_newer(self._version(), name)
            if older == "refuse":
                schema.refuse_older(self._version(), name, place)
        except LedgerError:
            self.close()
            raise
        if older == "migrate":
            self._migrate()

    def _migrate(self) -> None:
        """Bring an older ledger to today's version, a step a transaction."""
        while (version := self._version()) < schema.VERSION:
            with self.transaction() as connection:
                if self._version() == version:  # and nobody else was faster
                    migrations.step(connection, version)
                    self._set_version(connection, version + 1)

    def _version(self) -> int:
        return schema.version(self.connection)

    def _set_version(self, connection: sqlite3.Connection, version: int) -> None:
        connection.execute(f"PRAGMA user_version={version}")

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into LedgerErrors that name the file and the next step."""
        try:
            yield
        except UnicodeDecodeError as error:
            raise LedgerError(damaged(self.path, f"a stored text is no UTF-8: {error}")) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
                raise
            raise LedgerError(self._explain(str(error))) from error

    def _explain(self, message: str) -> str:
        lower = message.lower()
        if "full" in lower or "disk i/o" in lower:
            return (
                f"No room to write {self.path} ({message}); {_free_bytes(self.path)} bytes are free on its disk. "
                "What was acknowledged before is safe. Free some space and run the same command again."
            )
        if "locked" in lower or "busy" in lower:
            return f"{self.path} is being written by another process ({message}). Wait for it to end and run again."
        if "malformed" in lower or "not a database" in lower or "corrupt" in lower:
            return damaged(self.path, message)
        return f"{self.path} cannot be used ({message}). Run `groundswell verify {self.path}`; restore a backup if it names damage."

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self.readonly else "rwc"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        with self.errors():
            connection = sqlite3.connect(uri, uri=True, timeout=30.0, isolation_level=None, check_same_thread=False)
            _refuse_foreign(connection, self.path)
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA cell_size_check=ON")
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("PRAGMA cache_size=-65536")
            if not self.readonly:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
        return connection

    def _check(self) -> None:
        """Refuse files that are no ledger or whose pages are torn. Raises LedgerError."""
        connection = self.connection
        if self.path.stat().st_size <= _QUICK_CHECK_BYTES:
            told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if told != "ok":
                raise LedgerError(damaged(self.path, told))


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Leave other programs' SQLite files alone."""
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if found != schema.APPLICATION and not (found == 0 and empty):
        raise LedgerError(f"{path} is an SQLite file but no Groundswell ledger. Name another file.")


def damaged(path: Path, what: str) -> str:
    """The message for a file that must not be trusted; nothing is ever repaired silently."""
    return (
        f"{path} is damaged ({what}). It was left as it is. Restore the last backup: "
        f"`groundswell restore BACKUP {path}`, then add the later sources again."
    )


def _free_bytes(path: Path) -> int:
    stats = os.statvfs(path.parent)
    return stats.f_bavail * stats.f_frsize


def _refuse_impossible(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise LedgerError(f"{path} is a folder. Name a file, for example {path / 'ledger.db'}.")
    if not path.exists():
        if not create:
            raise LedgerError(f"No ledger at {path}. Make one with `groundswell add SOURCE --ledger {path}`.")
        if not path.parent.is_dir():
            raise LedgerError(f"The folder {path.parent} does not exist. Make it, or name another ledger file.")
        return
    if path.stat().st_size == 0 and not create:
        raise LedgerError(damaged(path, "the file is empty"))
    with path.open("rb") as file:
        head = file.read(16)
    if head and head != b"SQLite format 3\x00":
        raise LedgerError(damaged(path, "it does not begin as an SQLite file does"))
