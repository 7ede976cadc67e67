"""Documents that a preset for streams dismissed: known to it, not to one that reads whole, and never in the place of a whole reading."""

from ledger_records import record, stored

from groundswell.store import Decision, Ledger, Stored

AT = "2024-04-01T10:00:00+00:00"
WHOLE, REPORT = record(0), record(0)["events"][0]["id"]
IDENTITY = WHOLE["document"]["id"]


def dismissed(n=0):
    """What is stored of a document that was not read to its end."""
    told = {
        "code": "no_event_expected",
        "message": "No event is expected here (gate score 0.02); 8 sentences were read.",
    }
    found = record(n)
    head = {**found["document"], "outcome": "irrelevant", "problems": [told]}
    empty = {"document": head, "events": [], "figures": [], "statements": [], "places": []}
    return Stored(head["source_id"], "irrelevant", empty, (told,))


def ledger_of(place, *batches):
    ledger = Ledger.open(place)
    for n, batch in enumerate(batches):
        ledger.add(batch, ledger.start_run(f"reader-{n}", {}))
    return ledger


def readings(ledger):
    return [row[0] for row in ledger.connection.execute("SELECT by FROM reading ORDER BY n")]


def test_a_dismissed_document_is_not_known_whole(at):
    dull = record(1)
    dull["document"]["outcome"] = "irrelevant"  # read to its end, and nothing found
    ledger = ledger_of(
        at("l.db"), [dismissed(), Stored("in/00001.txt", "irrelevant", {**dull, "events": []}), stored(2)]
    )
    known = [
        (ledger.has(record(n)["document"]["id"]), ledger.has(record(n)["document"]["id"], whole=True)) for n in range(4)
    ]
    assert known == [(True, False), (True, True), (True, True), (False, False)]


def test_the_whole_reading_supersedes_a_dismissal_and_never_the_other_way_round(at):
    ledger = ledger_of(at("l.db"), [dismissed(), stored(1)], [stored(0)])
    assert ledger.has(IDENTITY, whole=True)
    assert ledger.report(REPORT)["status"] == "occurred"
    assert ledger.document(IDENTITY)["statements"]
    ledger.decide(Decision("correct", REPORT, "review:ana", AT, field="type", value="COERCE"))
    content = list(ledger.canonical_dump())
    ledger.add([dismissed()], ledger.start_run("stream-2", {}))
    assert readings(ledger) == ["reader-0", "reader-0", "reader-1"]
    assert list(ledger.canonical_dump()) == content
    assert ledger.report(REPORT)["type"] == "COERCE"
    assert ledger.orphans() == []
    assert ledger.outcomes() == {"read": 2, "partial": 0, "irrelevant": 2, "duplicate": 0, "rejected": 0}
    assert ledger.verify() == []


def test_merging_keeps_the_whole_reading_whichever_ledger_has_it(tmp_path):
    ledger_of(tmp_path / "stream.db", [dismissed(), stored(1)]).close()
    with ledger_of(tmp_path / "whole.db", [stored(0), stored(2)]) as whole:
        whole.decide(Decision("confirm", REPORT, "review:ana", AT))
    dumps = []
    for first, second in (("stream", "whole"), ("whole", "stream")):
        with Ledger.open(tmp_path / f"{first}-{second}.db") as ledger:
            ledger.merge(tmp_path / f"{first}.db")
            ledger.merge(tmp_path / f"{second}.db")
            assert ledger.report(REPORT)["review_state"] == "confirmed"
            assert ledger.verify() == []
            dumps.append(list(ledger.canonical_dump()))
    assert dumps[0] == dumps[1]
