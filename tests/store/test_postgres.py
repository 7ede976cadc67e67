"""What is particular to a ledger in PostgreSQL: equal to the file in what it holds, and clear about what it cannot do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ledger_records import record, stored

from groundswell.cli.serve_commands import serve_ledger
from groundswell.errors import LedgerError
from groundswell.link import link
from groundswell.review.queue import candidates, queue
from groundswell.store import Decision, Filters, Ledger, postgres

AT = "2024-04-01T10:00:00+00:00"


def worked(place):
    """A ledger that was added to, linked, decided about, read anew and linked again."""
    ledger = Ledger.open(place)
    run = ledger.start_run("rules-1", {"at": AT})
    ledger.add([stored(n, city=n % 5, crowd=100 + n % 7) for n in range(30)], run)
    link(ledger)
    ids = [event["id"] for event in ledger.events(Filters(linked=True), limit=2)]
    ledger.decide(Decision("correct", ids[0], "review:ana", AT, field="type", value="COERCE", reason="A lockout."))
    leaves = {"leaves": ledger.event(ids[1])["reports"][:1]}
    ledger.decide(Decision("split", ids[1], "review:ana", AT, value=leaves))
    ledger.add(
        [stored(n, city=n % 5, crowd=150, by="english-1") for n in range(0, 40, 3)], ledger.start_run("english-1", {})
    )
    result = link(ledger)
    assert result.reports == 14
    return ledger


def test_a_database_holds_and_links_what_a_file_does(tmp_path, database):
    file, server = worked(tmp_path / "l.db"), worked(database("l.db"))
    assert list(server.canonical_dump()) == list(file.canonical_dump())
    assert server.verify() == []
    assert [event["id"] for event in server.events(limit=7)] == [event["id"] for event in file.events(limit=7)]
    together = Ledger.open(tmp_path / "together.db")
    together.merge(database("l.db"))
    assert together.total(Filters(review_state="any")) >= file.total()
    assert together.verify() == []


def test_what_to_review_first_is_the_same_in_a_database(tmp_path, database):
    found = []
    for place in (tmp_path / "l.db", database("l.db")):
        ledger = worked(place)
        items = queue(ledger, limit=20)
        found.append([(item.event["id"], item.worth, item.reasons) for item in items])
        found.append(
            [[(c["event"]["id"], c["reason"]) for c in candidates(ledger, item.event["id"])] for item in items]
        )
    assert found[:2] == found[2:]
    assert found[0]
    assert any(found[1])


def test_changes_behind_the_ledgers_back_are_named(database):
    ledger = worked(database("l.db"))
    for sql, code in (
        ("UPDATE decision SET reason = 'A strike.' WHERE reason = 'A lockout.'", "decision_altered"),
        ("UPDATE report SET country = 'FRA' WHERE n = 1", "report_altered"),
        ("UPDATE report_issue SET text = 'bread' WHERE report = 2", "report_altered"),
        ("DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)", "tail_missing"),
    ):
        ledger.connection.execute("BEGIN")
        ledger.connection.execute(sql)
        assert code in {problem.code for problem in ledger.verify()}, sql
        ledger.connection.execute("ROLLBACK")
    assert ledger.verify() == []


def test_what_only_a_file_can_do_is_refused_by_name(tmp_path, database):
    ledger = worked(database("l.db"))
    with pytest.raises(postgres.NotOnPostgres, match="pg_dump"):
        ledger.backup(tmp_path / "b.db")
    assert not list(tmp_path.glob("b.db*"))
    for places in ((database("l.db"), tmp_path / "b.db"), (tmp_path / "b.db", database("l.db"))):
        with pytest.raises(postgres.NotOnPostgres, match="pg_restore"):
            Ledger.restore(*places)
    with pytest.raises(postgres.NotOnPostgres, match="merge-ledger"):
        serve_ledger(Path(database("l.db")))


def test_refusals_name_the_database_and_never_its_password(database, server):
    Ledger.open(database("l.db")).close()
    with Ledger.open(database("l.db"), readonly=True) as ledger, pytest.raises(LedgerError, match="reading only"):
        ledger.start_run("rules-1", {})
    with pytest.raises(LedgerError, match="No ledger in PostgreSQL database postgres at"):
        Ledger.open(database("none"), create=False)
    url = f"postgresql://postgres:geheim@/nowhere?host={server}"
    with pytest.raises(LedgerError, match="nowhere") as told:
        Ledger.open(url)
    assert "geheim" not in str(told.value)


def test_the_command_line_takes_a_url(database):
    worked(database("l.db")).close()
    command = [sys.executable, "-m", "groundswell", "events", "--ledger", database("l.db"), "--type", "COERCE"]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "Traders" in told.stdout or "traders" in told.stdout or "1 event" in told.stdout


def test_a_long_document_is_found_by_words_far_apart(at):
    ledger = Ledger.open(at("l.db"))
    long = record(1)
    long["document"]["text"] += " " + " ".join(f"word{n}" for n in range(40_000)) + " Élysée gate"
    ledger.add([stored(0), stored(2)], ledger.start_run("rules-1", {}))
    ledger.add([type(stored(1))("in/00001.txt", "read", long)], ledger.runs()[0]["id"])
    for words, count in (
        ("traders elysee", 1),
        ('"elysee gate"', 1),
        ('"word15999 word16000"', 1),
        ("word3999*", 1),
        ("nothing", 0),
    ):
        assert ledger.total(Filters(text=words)) == count, words


def test_a_phrase_with_a_common_word_is_found_late_in_a_long_document(at):
    ledger = Ledger.open(at("l.db"))
    long = record(1)
    long["document"]["text"] += " " + " ".join(f"the word{n}" for n in range(3_000)) + " the gate was shut"
    ledger.add([stored(0), type(stored(1))("in/00001.txt", "read", long)], ledger.start_run("rules-1", {}))
    for words, count in (
        ('"the gate was shut"', 1),
        ('"the word254 the word255"', 1),
        ('"word2999 the gate"', 1),
        ('"gate the"', 0),
    ):
        assert ledger.total(Filters(text=words)) == count, words


def test_a_url_survives_a_path():
    url = "postgresql://ana@db.example.org:5433/ledger?sslmode=require"
    assert postgres.is_url(Path(url))
    assert not postgres.is_url("notes/postgresql.db")


@pytest.mark.parametrize("url", ["postgresql://u:secret@[::1x/name", "postgresql://u:sec%zzret@h/name"])
def test_a_url_that_makes_no_sense_is_not_repeated(url):
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError, match="makes no sense") as found:
        Ledger.open(url)
    assert "sec" not in str(found.value).replace("makes no sense", "")
    assert found.value.__cause__ is None
    assert postgres.told("postgresql://u:secret@h/name") == "PostgreSQL database name at h"
    assert postgres.told(Path("my.db")) == "my.db"


def test_who_may_not_rewrite_statistics_is_told_after_an_erasure(database, server):
    import psycopg

    url = database("l.db")
    schema = url.rpartition("%3D")[2]
    with psycopg.connect(host=str(server), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE ROLE ana LOGIN")
        connection.execute(f"ALTER SCHEMA {schema} OWNER TO ana")
    with Ledger.open(url.replace("postgres@", "ana@")) as ledger:
        ledger.add([stored(0)], ledger.start_run("rules-1", {}))
        with pytest.raises(LedgerError, match="Have it run: VACUUM FULL"):
            ledger.erase("Awa Keita", by="review:steward", at=AT, reason="article 17(1)")
        assert "Awa Keita" not in str(list(ledger.canonical_dump()))
    with Ledger.open(url) as ledger:
        assert ledger.verify() == []
