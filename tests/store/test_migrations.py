"""Older ledgers come up to date when that is asked for, and a kill half-way leaves the old one or the new one, whole."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ledger_records import record, stored
from old_ledgers import rows_as_before_version_3, version_1

from groundswell.errors import LedgerError
from groundswell.link import link
from groundswell.store import Decision, Filters, Ledger, Upgrade, chain, schema
from groundswell.store.postgres import is_url

WORKER = Path(__file__).with_name("migration_worker.py")
AT = "2024-04-01T10:00:00+00:00"


def ledgers(folder: Path, count: int) -> tuple[Path, list[str]]:
    """A ledger of version 1, partly linked and decided about, and what it is to hold when it is brought up to date."""
    with Ledger.open(folder / "new.db") as ledger:
        run = ledger.start_run("rules-1", {"at": AT})
        ledger.add([stored(n, city=n % 5, crowd=100 + n % 7) for n in range(count - 2)], run)
        link(ledger)
        report = record(0)["events"][0]["id"]
        ledger.decide(Decision("correct", report, "review:ana", AT, field="type", value="COERCE"))
        event = next(ledger.events(limit=1))["id"]
        ledger.decide(Decision("correct", event, "review:ana", AT, field="type", value="ASSAULT"))
        ledger.add([stored(n, city=n % 5) for n in range(count - 2, count)], run)
        content = list(ledger.canonical_dump())
    version_1(folder / "new.db", folder / "old.db")
    connection = sqlite3.connect(folder / "old.db", isolation_level=None)
    assert rows_as_before_version_3(connection)
    connection.close()
    return folder / "old.db", content


def copied(old: Path, new: Path) -> Path:
    shutil.copy(old, new)
    shutil.copy(chain.head_path(old), chain.head_path(new))
    return new


def version(path: Path) -> int:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return found


def test_an_older_ledger_is_brought_up_to_date(tmp_path):
    old, content = ledgers(tmp_path, 40)
    assert version(old) == 1
    assert Ledger.migrate(old) == Upgrade(1, schema.VERSION, tmp_path / "old.db.schema-1")
    assert Ledger.migrate(old) == Upgrade(schema.VERSION, schema.VERSION, None)
    with Ledger.open(old) as ledger:
        assert version(old) == schema.VERSION
        assert list(ledger.canonical_dump()) == content
        assert ledger.verify() == []
        assert ledger.total(Filters(issue="market tax")) == ledger.total()
        assert ledger.total(Filters(issue="school")) == 0
        assert ledger.connection.execute("SELECT count(*) FROM unsigned").fetchone()[0] == 2
        assert link(ledger).reports == 2
    with Ledger.open(tmp_path / "new.db") as fresh:
        link(fresh)
        with Ledger.open(old) as ledger:
            assert list(ledger.canonical_dump()) == list(fresh.canonical_dump())
            for table in ("signature", "band", "actor_name", "place_name", "report_issue", "unsigned"):
                rows = (
                    f"SELECT * FROM {table} ORDER BY 1, 2" if table == "band" else f"SELECT * FROM {table} ORDER BY 1"
                )
                assert ledger.connection.execute(rows).fetchall() == fresh.connection.execute(rows).fetchall()


@pytest.mark.parametrize("readonly", [True, False])
def test_opening_never_changes_an_older_ledger(tmp_path, readonly):
    old, _ = ledgers(tmp_path, 4)
    before = old.read_bytes()
    with pytest.raises(LedgerError, match=r"schema 1; this one reads .* left as it is.*`groundswell migrate --ledger"):
        Ledger.open(old, readonly=readonly)
    assert old.read_bytes() == before


def test_the_backup_is_the_ledger_as_it_was_and_is_never_written_over(tmp_path):
    old, content = ledgers(tmp_path, 6)
    rows = dumped(old)
    (tmp_path / "mine.db").write_text("not to be lost", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"mine\.db exists .* was left as it is"):
        Ledger.migrate(old, backup=tmp_path / "mine.db")
    assert version(old) == 1
    kept = Ledger.migrate(old).backup
    assert kept is not None
    assert dumped(kept) == rows
    Ledger.restore(kept, tmp_path / "again.db")
    with Ledger.open(tmp_path / "again.db") as ledger:
        assert list(ledger.canonical_dump()) == content


def test_the_ledger_itself_is_no_backup(tmp_path):
    old, _ = ledgers(tmp_path, 4)
    (tmp_path / "link.db").symlink_to(old)
    for target in (old, tmp_path / "link.db"):
        with pytest.raises(LedgerError, match=r"no backup of .* left as it is"):
            Ledger.migrate(old, backup=target)
    assert version(old) == 1


def test_a_backup_of_another_state_is_not_taken_for_this_one(tmp_path):
    old, _ = ledgers(tmp_path, 6)
    Ledger.migrate(old)
    new = tmp_path / "new.db"
    with Ledger.open(new) as ledger:
        ledger.start_run("rules-1", {"at": "later"})
        ledger.connection.execute("PRAGMA user_version=2")
    (tmp_path / "old.db.schema-1").rename(tmp_path / "new.db.schema-2")
    with pytest.raises(LedgerError, match="no backup of"):
        Ledger.migrate(new)
    assert version(new) == 2


def test_a_damaged_older_ledger_is_not_migrated(tmp_path):
    old, _ = ledgers(tmp_path, 6)
    connection = sqlite3.connect(old)
    connection.execute("DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="missing from the end"):
        Ledger.migrate(old)
    assert version(old) == 1
    assert not list(tmp_path.glob("old.db.schema*"))


def test_without_a_backup_only_where_asked_for(tmp_path):
    old, _ = ledgers(tmp_path, 4)
    assert Ledger.migrate(old, without_backup=True) == Upgrade(1, schema.VERSION, None)
    assert not list(tmp_path.glob("old.db.schema*"))


def dumped(path: Path) -> list[str]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    rows = list(connection.iterdump())
    connection.close()
    return rows


def killed_migrations(folder: Path, kills: int, seed: int, count: int) -> tuple[int, int]:
    """Kill migrations at random moments; each ledger must then be of the old or the new version, and whole. Returns how many of each."""
    old, content = ledgers(folder, count)
    chance = random.Random(seed)
    took = _seconds(copied(old, folder / "timed.db"), folder / "timed")
    left_old = left_new = 0
    for n in range(kills):
        path = copied(old, folder / f"k{n}.db")
        child = subprocess.Popen([sys.executable, str(WORKER), str(path), str(folder / f"started{n}")])
        while child.poll() is None and not (folder / f"started{n}").exists():
            time.sleep(0.001)
        time.sleep(chance.random() * took * 0.9)
        child.send_signal(signal.SIGKILL)
        child.wait()
        found = version(path)
        assert found in range(1, schema.VERSION + 1)
        left_old, left_new = left_old + (found == 1), left_new + (found != 1)
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        assert ("unsigned" in tables) == ("issue_index" in tables) == (found != 1)
        connection.close()
        assert Ledger.migrate(path).after == schema.VERSION
        with Ledger.open(path) as ledger:
            assert version(path) == schema.VERSION
            assert list(ledger.canonical_dump()) == content
            assert ledger.verify() == []
    return left_old, left_new


def _seconds(path: Path, started: Path) -> float:
    """How long an uninterrupted migration takes from the sign that it began to its end."""
    child = subprocess.Popen([sys.executable, str(WORKER), str(path), str(started)])
    while child.poll() is None and not started.exists():
        time.sleep(0.001)
    begun = time.perf_counter()
    assert child.wait() == 0
    return time.perf_counter() - begun


def test_five_killed_migrations_leave_a_whole_ledger(tmp_path):
    assert sum(killed_migrations(tmp_path, 5, seed=21, count=60)) == 5


@pytest.mark.slow
def test_sixty_killed_migrations_leave_a_whole_ledger(tmp_path):
    left_old, left_new = killed_migrations(tmp_path, 60, seed=22, count=600)
    print(f"60 migrations killed: {left_old} ledgers were of the old version, {left_new} of the new, all whole")
    assert left_old > 0
    assert left_old + left_new == 60


def test_a_backup_of_an_older_version_can_be_restored(tmp_path):
    old, content = ledgers(tmp_path, 4)
    Ledger.restore(old, tmp_path / "again.db")
    assert version(old) == 1
    with Ledger.open(tmp_path / "again.db") as ledger:
        assert list(ledger.canonical_dump()) == content
    assert sorted(path.name for path in tmp_path.glob("again*")) == ["again.db", "again.db.head"]


def corrected(place) -> tuple[Ledger, list[str]]:
    """A ledger with types corrected, of a report that is linked to others and of an event, and what it holds."""
    ledger = Ledger.open(place)
    ledger.add([stored(n, city=n % 3) for n in range(9)], ledger.start_run("rules-1", {"at": AT}))
    link(ledger)
    ids = [event["id"] for event in ledger.events()]
    ledger.decide(Decision("correct", ids[0], "review:ana", AT, field="type", value="COERCE"))
    for report in ledger.event(ids[1])["reports"]:
        ledger.decide(Decision("correct", report, "review:ana", AT, field="type", value="ASSAULT"))
    return ledger, list(ledger.canonical_dump())


def set_back(connection, number: int) -> None:
    """Make a ledger's rows and version those of a Groundswell that left the mode of a corrected type as it was read."""
    assert rows_as_before_version_3(connection) == 2
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA user_version={number}")
    else:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(number),))


def test_rows_of_corrected_types_are_renewed(at):
    ledger, content = corrected(at("l.db"))
    set_back(ledger.connection, schema.VERSION)
    assert [problem.code for problem in ledger.verify()] == ["event_altered"] * 2  # what the step is there for
    set_back(ledger.connection, 2)
    ledger.close()
    for readonly in (True, False):
        with pytest.raises(LedgerError, match="older Groundswell"):
            Ledger.open(at("l.db"), readonly=readonly)
    if is_url(at("l.db")):
        with pytest.raises(LedgerError, match=r"left as it is.*pg_dump"):
            Ledger.migrate(at("l.db"))
    for before in (2, schema.VERSION):
        assert Ledger.migrate(at("l.db"), without_backup=True) == Upgrade(before, schema.VERSION, None)
        with Ledger.open(at("l.db")) as ledger:
            assert ledger.verify() == []
            assert list(ledger.canonical_dump()) == content
    Ledger.open(at("l.db"), readonly=True).close()


def test_a_backup_with_corrected_types_can_be_restored(tmp_path):
    ledger, content = corrected(tmp_path / "l.db")
    set_back(ledger.connection, 2)
    ledger.close()
    Ledger.restore(tmp_path / "l.db", tmp_path / "again.db")
    assert version(tmp_path / "l.db") == 2
    with Ledger.open(tmp_path / "again.db") as again:
        assert list(again.canonical_dump()) == content


def test_a_damaged_report_does_not_keep_an_older_ledger_from_being_looked_at(tmp_path):
    ledger, _ = corrected(tmp_path / "l.db")
    set_back(ledger.connection, 2)
    ledger.connection.execute("UPDATE report SET json = replace(json, 'marched', 'charged')")
    ledger.close()
    Ledger.migrate(tmp_path / "l.db")
    with Ledger.open(tmp_path / "l.db") as ledger:
        assert "report_altered" in {problem.code for problem in ledger.verify()}


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    Ledger.open(tmp_path / "l.db").close()
    connection = sqlite3.connect(tmp_path / "l.db")
    connection.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    connection.close()
    for readonly in (True, False):
        with pytest.raises(LedgerError, match="newer Groundswell"):
            Ledger.open(tmp_path / "l.db", readonly=readonly)


def test_no_room_for_the_backup_leaves_the_older_ledger_as_it_was(tmp_path):
    old, content = ledgers(tmp_path, 30)
    before = old.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(LedgerError, match=r"No room to write .*old\.db.* bytes are free"):
            Ledger.migrate(old)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert old.read_bytes() == before
    assert [path.name for path in tmp_path.glob("old.db.schema-1*") if path.suffix != ".head"] == []
    assert Ledger.migrate(old).before == 1
    with Ledger.open(old) as ledger:
        assert list(ledger.canonical_dump()) == content
