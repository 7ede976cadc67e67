from __future__ import annotations

import random
import sqlite3
import threading

import pytest
from ledger_records import record, stored

from groundswell.errors import ConflictError, LedgerError, UsageError
from groundswell.store import Decision, Filters, Ledger, Stored, blocklist

AT = "2024-04-01T10:00:00+00:00"


def filled(path, count=6, **options):
    ledger = Ledger.open(path)
    run = ledger.start_run("rules-1", {"at": AT})
    ledger.add([stored(n, city=n % 5, **options) for n in range(count)], run)
    return ledger, run


def test_add_counts_every_input_once_and_again_is_a_no_op(at):
    ledger, run = filled(at("l.db"))
    inputs = [
        Stored("x.pdf", "rejected", None, ({"code": "encrypted", "message": "give the password"},)),
        Stored("y", "duplicate", duplicate_of=record(1)["document"]["id"]),
    ]
    ledger.add(inputs, run)
    before = list(ledger.canonical_dump())
    ledger.add([stored(n, city=n % 5) for n in range(6)] + inputs, run)
    assert ledger.outcomes(run) == {"read": 6, "partial": 0, "irrelevant": 0, "duplicate": 1, "rejected": 1}
    assert list(ledger.canonical_dump()) == before
    assert ledger.verify() == []
    assert [row["outcome"] for row in ledger.outcome_rows(run)][-2:] == ["rejected", "duplicate"]


def test_a_document_comes_back_as_it_was_given(at):
    ledger, _ = filled(at("l.db"))
    given = record(3, city=3)
    assert ledger.has(given["document"]["id"])
    assert ledger.document(given["document"]["id"]) == given
    assert ledger.document("nothing") is None


def test_any_order_gives_the_same_ledger(at):
    dumps = []
    for seed in range(3):
        inputs = [stored(n, city=n % 5) for n in range(20)]
        random.Random(seed).shuffle(inputs)
        ledger = Ledger.open(at(f"{seed}.db"))
        run = ledger.start_run("rules-1", {})
        for start in range(0, 20, 3 + seed):
            ledger.add(inputs[start : start + 3 + seed], run)
        dumps.append(list(ledger.canonical_dump()))
    assert dumps[0] == dumps[1] == dumps[2]


def test_events_filter_page_and_count(at):
    ledger, run = filled(at("l.db"), 10)
    ledger.add([stored(50, day="2024-06-01", kind="ASSAULT", city=1)], run)
    every = list(ledger.events())
    assert len(every) == 11
    assert every[0]["time"]["earliest"] == "2024-06-01"
    assert [event["id"] for event in ledger.events(limit=4, after=every[3]["id"])] == [e["id"] for e in every[4:8]]
    for filters, count in [
        (Filters(type="ASSAULT"), 1), (Filters(type=["ASSAULT", "PROTEST"]), 11), (Filters(country="MLI"), 2),
        (Filters(since="2024-05-01"), 1), (Filters(until="2024-05-01"), 10), (Filters(actor="TRAD"), 11),
        (Filters(place="lim"), 3), (Filters(text='"market tax" lima'), 3), (Filters(text="bama*"), 2), (Filters(min_confidence=0.9), 0),
        (Filters(bbox=(-10, 10, 0, 20)), 2), (Filters(bbox=(170, -30, -170, 0)), 2), (Filters(source="Paper 0"), 4),
        (Filters(source="00007.txt"), 1), (Filters(linked=True), 0), (Filters(status="cancelled"), 0), (Filters(actor="%"), 0),
        (Filters(issue="market"), 11), (Filters(issue='"market tax" type:x'), 0), (Filters(issue="mark* tax"), 11), (Filters(issue="lima"), 0),
        (Filters(precision="city"), 11), (Filters(precision=["country", "admin1"]), 0),
    ]:  # fmt: skip
        assert len(list(ledger.events(filters))) == count == ledger.total(filters), filters
        assert len(list(ledger.reports(filters))) == count or filters.linked is not None, filters
    assert ledger.counts(None, "type") == {"PROTEST": 10, "ASSAULT": 1}
    assert ledger.counts(Filters(type="PROTEST"), "week") == {"2024-W10": 10}
    assert sum(ledger.counts(None, "source").values()) == 11
    with pytest.raises(UsageError):
        list(ledger.events(Filters(since="yesterday")))


def test_a_corrected_place_is_found_where_it_is_shown(at):
    ledger, _ = filled(at("l.db"), 1)
    event = next(ledger.events())["id"]
    place = {
        "text": "Kayes",
        "name": "Kayes",
        "country": "SEN",
        "latitude": 14.4,
        "longitude": -11.4,
        "precision": "city",
    }
    ledger.decide(Decision("correct", event, "review:ana", AT, field="place", value=place))
    for filters in (
        Filters(country="SEN"),
        Filters(place="kay"),
        Filters(bbox=(-12, 14, -11, 15)),
        Filters(country="MLI"),
    ):
        assert ledger.total(filters) == 1, filters
    assert ledger.counts(None, "country") == {"SEN": 1}
    assert ledger.total(Filters(country="SEN", place="bamako")) == 0


def test_another_reading_supersedes_and_orphans_are_listed(at):
    ledger, _ = filled(at("l.db"), 2)
    identity = record(0)["document"]["id"]
    report = record(0)["events"][0]["id"]
    ledger.decide(Decision("confirm", report, "review:ana", AT))
    again = ledger.start_run("english-1", {})
    other = record(0, by="english-1")
    other["events"][0]["type"] = "COERCE"
    ledger.add([Stored("in/00000.txt", "read", other)], again)
    assert ledger.report(report)["type"] == "COERCE"
    assert ledger.report(report)["review_state"] == "confirmed"
    assert ledger.orphans() == []
    empty = {**other, "events": []}
    ledger.add([Stored("in/00000.txt", "read", empty)], ledger.start_run("english-2", {}))
    assert ledger.report(report) is None
    assert [each["left"] for each in ledger.orphans()] == [report]
    assert ledger.total() == 1
    ledger.add([Stored("in/00000.txt", "read", other)], again)
    assert ledger.report(report)["review_state"] == "confirmed"
    assert ledger.document(identity)["events"][0]["type"] == "COERCE"
    assert ledger.verify() == []


def test_people_decide_and_conflicts_are_told(at):
    ledger, _ = filled(at("l.db"), 3)
    event = next(ledger.events())
    first = ledger.decide(
        Decision("correct", event["id"], "review:ana", AT, field="type", value="COERCE", reason="A lockout."), expect=""
    )
    with pytest.raises(ConflictError) as told:
        ledger.decide(Decision("reject", event["id"], "review:ben", AT), expect="")
    assert told.value.current["version"] == first
    shown = ledger.event(event["id"])
    assert (shown["type"], shown["as_read"]["type"], shown["review_state"]) == ("COERCE", "PROTEST", "corrected")
    assert ledger.counts(None, "type") == {"PROTEST": 2, "COERCE": 1}
    ledger.decide(Decision("correct", event["id"], "link-1", AT, field="type", value="ASSAULT"))
    assert ledger.event(event["id"])["type"] == "COERCE", "a machine never outranks a person"
    second = ledger.decide(Decision("correct", event["id"], "review:ben", AT, field="type", value="AID"))
    assert ledger.event(event["id"])["type"] == "AID"
    ledger.decide(Decision("withdraw", second, "review:ben", AT))
    assert ledger.event(event["id"])["type"] == "PROTEST"
    assert [each["kind"] for each in ledger.history(event["id"])] == ["correct", "correct", "correct", "withdraw"]
    assert ledger.verify() == []


def test_an_idempotency_key_makes_one_decision(at):
    ledger, _ = filled(at("l.db"), 1)
    event = next(ledger.events())["id"]
    one = ledger.decide(Decision("reject", event, "review:ana", AT), idempotency_key="k1")
    assert ledger.decide(Decision("reject", event, "review:ana", AT + "later"), idempotency_key="k1") == one
    assert ledger.total() == 0
    assert ledger.total(Filters(review_state="rejected")) == 1


def test_merge_split_and_taking_back_keep_every_id(at):
    ledger, _ = filled(at("l.db"), 3)
    ids = sorted(event["id"] for event in ledger.events())
    merged = ledger.decide(Decision("merge", ids[2], "review:ana", AT, right=ids[1]))
    kept = ledger.event(ids[2])
    assert kept["id"] == ids[1] == ledger.event(ids[1])["id"]
    assert (kept["report_count"], len(kept["figures"]), ledger.total()) == (2, 2, 2)
    ledger.decide(Decision("split", kept["id"], "review:ben", AT, value={"leaves": kept["reports"][1:]}))
    assert ledger.event(ids[2])["id"] == ids[2]
    assert ledger.total() == 3
    ledger.decide(Decision("merge", ids[0], "review:ana", AT, right=ids[1]))
    ledger.decide(Decision("withdraw", ledger.decisions()[-1]["id"], "review:ana", AT))
    assert ledger.total() == 3
    assert merged in {each["id"] for each in ledger.history(ids[1])}
    assert ledger.verify() == []


def test_backup_restore_and_refusals(tmp_path):
    ledger, _ = filled(tmp_path / "l.db")
    ledger.backup(tmp_path / "b.db")
    dump = list(ledger.canonical_dump())
    ledger.decide(Decision("reject", next(ledger.events())["id"], "review:ana", AT))
    ledger.close()
    Ledger.restore(tmp_path / "b.db", tmp_path / "l.db")
    assert list(Ledger.open(tmp_path / "l.db").canonical_dump()) == dump
    (tmp_path / "text").write_text("no ledger at all, only words")
    with pytest.raises(LedgerError, match="Restore"):
        Ledger.open(tmp_path / "text")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t(a)")
    with pytest.raises(LedgerError, match="no Groundswell ledger"):
        Ledger.open(tmp_path / "other.db")
    with pytest.raises(LedgerError, match="No ledger"):
        Ledger.open(tmp_path / "none.db", create=False)


def test_shards_come_together_in_any_order(at):
    whole, _ = filled(at("whole.db"), 8)
    for name, part in (("a", range(0, 5)), ("b", range(3, 8))):
        shard = Ledger.open(at(f"{name}.db"))
        shard.add([stored(n, city=n % 5) for n in part], shard.start_run("rules-1", {"shard": name}))
        shard.close()
    for order in ("ab", "ba"):
        together = Ledger.open(at(f"{order}.db"))
        for name in order:
            together.merge(at(f"{name}.db"))
        assert list(together.canonical_dump()) == list(whole.canonical_dump())
        assert together.merge(at("a.db")) == {
            "runs": 0,
            "outcomes": 0,
            "documents": 0,
            "readings": 0,
            "decisions": 0,
        }
        assert together.verify() == []


def test_erasure_leaves_no_byte_and_the_chain_whole(tmp_path):
    canary = "Zebulonia Quaxley"
    ledger = Ledger.open(tmp_path / "l.db")
    run = ledger.start_run("rules-1", {"note": f"asked by {canary}"})
    ledger.add([stored(n, person=canary if n < 3 else "Awa Keita") for n in range(6)], run)
    event = next(ledger.events())["id"]
    ledger.decide(Decision("reject", event, "review:ana", AT, reason=f"{canary} objects"))
    found = ledger.erase(canary, by="review:steward", at=AT, reason="article 17(1)")
    assert len(found["documents"]) == 3
    ledger.add([stored(1, person=canary), stored(99, person=canary.upper())], run)
    assert ledger.verify() == []
    shown = ledger.document(record(1)["document"]["id"])
    assert shown["statements"][0]["speaker"]["name"] == "█████████ ███████"
    for quote in [shown["events"][0]["trigger"], shown["statements"][0]["speaker"]]:
        assert shown["document"]["text"][quote["start"] : quote["end"]] == quote["text"]
    assert list(ledger.events(Filters(text="Zebulonia", review_state="any"))) == []
    ledger.close()
    for file in tmp_path.iterdir():
        data = file.read_bytes().lower()
        for word in (b"zebulonia", b"quaxley", "zebulonia".encode("utf-16-le")):
            assert word not in data, file
    assert len(Ledger.open(tmp_path / "l.db").withdrawals()) == 1


def test_half_a_surrogate_pair_is_refused_and_nothing_stored(at):
    ledger, run = filled(at("l.db"), 1)
    with pytest.raises(UsageError, match="surrogate"):
        ledger.add([stored(7), stored(8, title="broken \ud83d")], run)
    assert not ledger.has(record(7)["document"]["id"])


def test_many_threads_share_one_ledger(at):
    ledger, run = filled(at("l.db"), 4)
    ids = [event["id"] for event in ledger.events()]
    failures = []

    def decide(worker):
        try:
            for n in range(10):
                ledger.decide(
                    Decision("correct", ids[n % 4], f"review:{worker}", AT, field="issue", value=f"{worker} {n}")
                )
                list(ledger.events())
        except (LedgerError, sqlite3.Error) as error:
            failures.append(error)

    threads = [threading.Thread(target=decide, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    ledger.add([stored(n) for n in range(20, 30)], run)
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(ledger.decisions()) == 40
    assert len(ledger.decisions(standing=True)) == 4
    assert ledger.verify() == []


def test_one_of_two_reviewers_wins_every_race(at):
    ledger, _ = filled(at("l.db"), 1)
    event = next(ledger.events())["id"]
    won, told = [], []

    def race(name):
        for n in range(25):
            seen = ledger.event(event)["version"]
            try:
                won.append(
                    ledger.decide(
                        Decision("correct", event, f"review:{name}", f"{AT}{n}", field="issue", value=n), expect=seen
                    )
                )
            except ConflictError as conflict:
                told.append(conflict.current["version"] != seen)

    threads = [threading.Thread(target=race, args=(name,)) for name in ("ana", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(set(won)) == len(ledger.decisions())
    assert all(told)
    assert len(won) + len(told) == 50
    assert ledger.verify() == []


def test_an_erased_name_stays_out_of_merged_ledgers_and_decisions(at):
    name = "Zebulonia Quaxley"
    other = Ledger.open(at("other.db"))
    other.add([stored(1, person=name)], other.start_run("rules-1", {}))
    other.close()
    ledger, _ = filled(at("l.db"), 1)
    ledger.erase("zebulonia  QUAXLEY", by="review:steward", at=AT, reason="article 17(1)")
    ledger.merge(at("other.db"))
    event = next(ledger.events())["id"]
    ledger.decide(Decision("contest", event, "review:ana", AT, reason=f"{name} wrote to us"))
    assert "Quaxley" not in "".join(ledger.canonical_dump())
    assert ledger.document(record(1)["document"]["id"])["document"]["text"].count("█") == len(name) - 1
    blocklist.key_path(ledger.path).unlink()
    with pytest.raises(LedgerError, match="erased names would come back"):
        ledger.add([stored(5)], ledger.runs()[0]["id"])


def test_a_removed_ledger_is_not_begun_anew_unseen(tmp_path):
    filled(tmp_path / "l.db", 1)[0].close()
    for file in tmp_path.glob("l.db*"):
        if not file.name.endswith(".head"):
            file.unlink()
    with pytest.raises(LedgerError, match=r"remove .*l\.db\.head as well"):
        Ledger.open(tmp_path / "l.db")
    (tmp_path / "l.db.head").unlink()
    assert Ledger.open(tmp_path / "l.db").total() == 0
