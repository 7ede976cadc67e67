"""The log: exports, full words read by people with accounts, logins, settings; for admins, without texts, for twelve months."""

from conftest import ORIGIN

from groundswell.serve.audit import Audit


def test_what_is_restricted_leaves_a_line_without_words(bench):
    bench.desk.accounts.put("bea", "coder", "correct horse battery")
    stranger = bench.client(None)
    assert stranger.post("/login", content="name=bea&password=correct+horse+battery", headers=ORIGIN).status_code == 303
    coder, viewer = bench.client("coder", name="bea"), bench.client("viewer", name="vi")
    event = next(bench.desk.ledger.events())
    document = event["documents"][0]["id"]
    for client in (coder, viewer):
        assert client.get(f"/document/{document}").status_code == 200
    coder.get(f"/part/item/{event['id']}")
    coder.get("/coding")
    viewer.get("/download/csv?type=PROTEST")
    bench.post(bench.client(), "/api/project", {"k": 9})
    rows = [(row["who"], row["act"], row["what"]) for row in bench.desk.audit.rows()]
    assert rows[:3] == [
        ("bea", "log in", "coder"),
        ("bea", "read full words", document),
        ("bea", "read full words", document),
    ]
    assert rows[3][:2] == ("bea", "read full words")
    assert rows[4:] == [("vi", "export", "csv type=PROTEST"), ("ana", "change settings", "k")]
    written = bench.desk.audit.path.read_text(encoding="utf-8")
    assert "Amina" not in written
    assert "marched" not in written
    assert bench.desk.audit.path.stat().st_mode & 0o077 == 0
    assert "csv type=PROTEST" in bench.client().get("/log").text
    assert coder.get("/log").status_code == 403


def test_one_person_alone_is_not_logged_while_reading(bench):
    event = next(bench.desk.ledger.events())
    bench.client().get(f"/document/{event['documents'][0]['id']}")
    assert list(bench.desk.audit.rows()) == []


def test_a_torn_line_is_said_and_closes_nothing(tmp_path):
    log = Audit(tmp_path / "x.audit", since="2024-01-01")
    log.add("2024-01-02T10:00", "ana", "export", "csv")
    with log.path.open("a", encoding="utf-8") as out:
        out.write('{"at": "2024-')
    again = Audit(log.path, since="2024-01-01")
    assert [row["act"] for row in again.rows()] == ["export", "a line that cannot be read"]


def test_old_lines_go(tmp_path):
    log = Audit(tmp_path / "x.audit", since="2024-01-01")
    for day in ("2023-12-31T10:00", "2024-01-02T10:00"):
        log.add(day, "ana", "export", "csv")
    assert [row["at"] for row in Audit(tmp_path / "x.audit", since="2024-01-01").rows()] == ["2024-01-02T10:00"]
