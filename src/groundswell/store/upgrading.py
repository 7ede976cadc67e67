"""An older ledger brought up to date on request: a backup first, then the steps of migrations.py. Nothing else ever does it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from groundswell.errors import LedgerError
from groundswell.store import chain, postgres, schema, transfer
from groundswell.store.database import Database, damaged
from groundswell.store.shapes import Upgrade


def upgrade(path: str | Path, *, backup: str | Path | None, without_backup: bool) -> Upgrade:
    """See ``Ledger.migrate``."""
    if postgres.is_url(path):
        return _upgrade_database(path, without_backup=without_backup)
    old = Database(path, create=False, readonly=True, older="keep")
    try:
        before = old.version
        wrong = chain.check_head(old.path, old.connection)
        if wrong is not None:
            raise LedgerError(damaged(old.path, wrong))
        if before == schema.VERSION:
            return Upgrade(before, before, None)
        kept = None if without_backup else _backed_up(old, before, backup)
    finally:
        old.close()
    Database(path, create=False, readonly=False, older="migrate").close()
    return Upgrade(before, schema.VERSION, kept)


def _backed_up(old: Database, version: int, wanted: str | Path | None) -> Path:
    """The ledger as it is, copied; a copy that an upgrade killed half-way made of the same state is kept."""
    target = Path(wanted) if wanted is not None else old.path.with_name(f"{old.path.name}.schema-{version}")
    if target.exists() and (target.samefile(old.path) or not _same_state(old, target, version)):
        raise LedgerError(
            f"{target} exists and is no backup of {old.path} as it is now. {old.path} was left as it is. Name another file for the "
            f"backup: `groundswell migrate --ledger {quote(str(old.path))} --backup FILE`."
        )
    if not target.exists():
        transfer.backup(old, target)
    return target


def _same_state(old: Database, target: Path, version: int) -> bool:
    try:
        copy = Database(target, create=False, readonly=True, older="keep")
    except LedgerError:
        return False
    try:
        whole = next(copy.damages(), None) is None
        return whole and copy.version == version and chain.last(copy.connection) == chain.last(old.connection)
    finally:
        copy.close()


def _upgrade_database(path: str | Path, *, without_backup: bool) -> Upgrade:
    old = postgres.PostgresDatabase(path, create=False, readonly=True, older="keep")
    before = old.version
    old.close()
    if before == schema.VERSION:
        return Upgrade(before, before, None)
    if not without_backup:
        raise LedgerError(
            f"{postgres.told(path)} was left as it is: a database is not backed up from here. Back it up with pg_dump, then run "
            "`groundswell migrate --ledger URL --no-backup`."
        )
    postgres.PostgresDatabase(path, create=False, readonly=False, older="migrate").close()
    return Upgrade(before, schema.VERSION, None)
