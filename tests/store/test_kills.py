"""kill -9 at random moments while adding, linking and deciding; disk full; and bytes changed behind the ledger's back."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import ledger_worker
import pytest
from ledger_records import stored

from groundswell.errors import LedgerError
from groundswell.link import link
from groundswell.store import Decision, Ledger

WORKER = Path(__file__).with_name("ledger_worker.py")
COUNT = 24
AT = "2024-04-01T10:00:00+00:00"


def killed_runs(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Start the worker again and again, killing it; returns how often it was killed and how often it had finished."""
    chance = random.Random(seed)
    plain = folder / "plain"
    plain.mkdir()
    ledger_worker.work(plain / "l.db", plain / "ack", COUNT)
    with Ledger.open(plain / "l.db") as ledger:
        wanted = content(ledger)
    done = finished = round_number = 0
    while done < kills:
        round_number += 1
        place = folder / f"round{round_number}"
        place.mkdir()
        while done < kills:
            child = subprocess.Popen([sys.executable, str(WORKER), str(place / "l.db"), str(place / "ack"), str(COUNT)])
            # Starting takes most of a second on a busy machine: wait for the first sign of work, then strike at random.
            target = place / "l.db"
            while child.poll() is None and not target.exists():
                time.sleep(0.002)
            time.sleep(chance.random() ** 2 * 0.7)
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                done += 1
            child.wait()
            check(place, wanted)
            if child.returncode == 0:
                break
        finished += int((place / "ack").exists() and "done" in (place / "ack").read_text(encoding="utf-8").split())
        ledger_worker.work(place / "l.db", place / "ack", COUNT)
        check(place, wanted, complete=True)
    return done, finished


def content(ledger: Ledger) -> list[str]:
    return list(ledger.canonical_dump())


def check(place: Path, wanted: list[str], *, complete: bool = False) -> None:
    """Nothing acknowledged is lost, nothing is half there, and a finished ledger equals one that was never interrupted."""
    if not (place / "l.db").exists():
        return
    with Ledger.open(place / "l.db") as ledger:
        assert ledger.verify() == []
        lines = (place / "ack").read_text(encoding="utf-8").splitlines() if (place / "ack").exists() else []
        for line in lines:
            kind, _, identity = line.partition(" ")
            if kind == "document":
                assert ledger.document(identity.split()[1]) is not None
        taken = {each["id"] for each in ledger.decisions()}
        assert {line.split()[1] for line in lines if line.startswith("decision")} <= taken
        assert len(taken) <= COUNT
        if complete:
            assert content(ledger) == wanted


def test_twenty_kills_lose_nothing(tmp_path):
    done, _ = killed_runs(tmp_path, 20, seed=11)
    assert done == 20


@pytest.mark.slow
def test_five_hundred_kills_lose_nothing(tmp_path):
    done, finished = killed_runs(tmp_path, 500, seed=12)
    assert done == 500
    print(f"500 kills, {finished} rounds finished by themselves, nothing lost")


def small_ledger(path: Path) -> Ledger:
    ledger = Ledger.open(path)
    ledger.add([stored(n, city=n % 2) for n in range(12)], ledger.start_run("rules-1", {"at": AT}))
    link(ledger)
    for n, event in enumerate(list(ledger.events())):
        ledger.decide(
            Decision("correct", event["id"], "review:ana", AT, field="type", value="COERCE", reason=f"Reason {n}.")
        )
    return ledger


def test_a_full_disk_is_told_and_harms_nothing(tmp_path):
    ledger = small_ledger(tmp_path / "l.db")
    before = content(ledger)
    run = ledger.start_run("rules-1", {"at": "later"})
    batch = [stored(n, title=os.urandom(4000).hex()) for n in range(100, 150)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "l.db").stat().st_size + 60_000, hard))
    told = ""
    try:
        for start in range(0, 50, 10):
            ledger.add(batch[start : start + 10], run)
            before = content(ledger)
    except LedgerError as error:
        told = str(error)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert re.search(r"No room to write .*l\.db.* \d+ bytes are free .* run the same command again", told)
    assert content(ledger) == before
    assert ledger.verify() == []
    ledger.add(batch, run)
    assert ledger.verify() == []


COLUMNS = {
    "decision": ["id", "kind", "left", "field", "value", "by", "at", "reason", "slot"],
    "run": ["id", "by", "settings"],
    "payload": ["body", "hash"],
    "outcome": ["source_id", "outcome", "document", "problems"],
    "chain": ["digest", "prev", "hash", "salt", "ref", "kind"],
    "link": ["reason", "judgement", "digest"],
    "report": ["json", "type", "earliest", "event"],
}


def names_of(connection: sqlite3.Connection, table: str, rowid: int) -> list[str]:
    """What a problem may call a row by."""
    if table in ("decision", "run", "report"):
        return [connection.execute(f"SELECT id FROM {table} WHERE rowid = ?", (rowid,)).fetchone()[0]]
    if table == "payload":
        key = connection.execute("SELECT hash FROM payload WHERE rowid = ?", (rowid,)).fetchone()[0]
        rows = connection.execute("SELECT document FROM reading WHERE text_hash = ?1 OR body_hash = ?1", (key,))
        return [key, *(row[0] for row in rows)]
    if table == "link":
        return [f"Link {rowid} ", *(f"link {row[0]} " for row in connection.execute("SELECT n FROM linkrun"))]
    return [f"entry {rowid})", f"Entry {rowid} "] if table == "chain" else [f"outcome {rowid} "]


def flips(path: Path, count: int, seed: int):
    """One changed byte each in what is stored; yields where, and the names that verify may call the row by."""
    chance = random.Random(seed)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=OFF")
    for _ in range(count):
        table = chance.choice(sorted(COLUMNS))
        column = chance.choice(COLUMNS[table])
        rowid, value = chance.choice(
            connection.execute(f'SELECT rowid, "{column}" FROM {table} WHERE length("{column}") > 0').fetchall()
        )
        names = names_of(connection, table, rowid)
        connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (changed(value, chance), rowid))
        yield f"{table}.{column} of row {rowid}", names
        connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value, rowid))
    connection.close()


def changed(value, chance: random.Random):
    if isinstance(value, int):
        return value ^ 1
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    plain = [at for at, byte in enumerate(data) if isinstance(value, bytes) or byte < 127]
    at = chance.choice(plain)
    data[at] ^= 1 << chance.randrange(8) if isinstance(value, bytes) else 1
    return bytes(data) if isinstance(value, bytes) else data.decode()


def see_all(path: Path, count: int, seed: int) -> int:
    seen = 0
    ledger = Ledger.open(path, readonly=True)
    for where, names in flips(path, count, seed):
        told = [problem.message for problem in ledger.verify()]
        assert any(name in message for name in names for message in told), f"{where} was changed; verify said {told}"
        seen += 1
    assert ledger.verify() == []
    return seen


def test_every_changed_byte_is_named(tmp_path):
    small_ledger(tmp_path / "l.db").close()
    assert see_all(tmp_path / "l.db", 80, 3) == 80


@pytest.mark.slow
def test_five_hundred_changed_bytes_are_named(tmp_path):
    small_ledger(tmp_path / "l.db").close()
    assert see_all(tmp_path / "l.db", 500, 4) == 500


def test_a_cut_off_tail_is_named_and_refused(tmp_path):
    small_ledger(tmp_path / "l.db").close()
    connection = sqlite3.connect(tmp_path / "l.db")
    last = connection.execute("SELECT seq, ref FROM chain ORDER BY seq DESC LIMIT 1").fetchone()
    connection.execute("DELETE FROM decision WHERE id = ?", (last[1],))
    connection.execute("DELETE FROM chain WHERE seq = ?", (last[0],))
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="missing from the end"):
        Ledger.open(tmp_path / "l.db")
    with Ledger.open(tmp_path / "l.db", readonly=True) as ledger:
        assert "tail_missing" in {problem.code for problem in ledger.verify()}


def test_torn_files_are_refused_or_told(tmp_path):
    ledger = small_ledger(tmp_path / "l.db")
    before = content(ledger)
    ledger.close()
    data = (tmp_path / "l.db").read_bytes()
    chance = random.Random(5)
    silent = unhelpful = 0
    for n in range(60):
        torn = tmp_path / f"torn{n}.db"
        cut = bytearray(data)
        if n % 3 == 0:
            del cut[chance.randrange(100, len(cut)) :]
        else:
            at = chance.randrange(len(cut))
            cut[at] ^= 0xFF
        torn.write_bytes(cut)
        try:
            with Ledger.open(torn, readonly=True) as broken:
                silent += content(broken) != before and not broken.verify()
        except LedgerError as error:
            unhelpful += not re.search("Restore|verify|no Groundswell ledger", str(error))
    assert (silent, unhelpful) == (0, 0)
