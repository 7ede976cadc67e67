"""Private persons' names leave no view and no export; public office-holders, organisations and offsets stay."""

import io
import json
import zipfile

import pytest
from conftest import Bench
from synthetic import fill, stored

from groundswell.serve.masking import masked, pattern, private_names
from groundswell.serve.share import FORMATS


def bodies(content):
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return content.decode()


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("corrections", "codings", "parquet")])
def test_no_export_holds_a_private_name(bench, format):
    project = {"purpose": "research", "controller": "us", "legal_basis": "research"}
    assert bench.post(bench.client(), "/api/project", project).status_code == 201
    answer = bench.client("viewer").get(f"/download/{format}?type=PROTEST&country=KEN")
    assert answer.status_code == 200
    text = bodies(answer.content)
    assert len(text) > 200
    assert "Amina" not in text
    assert "Bello" not in text
    assert "marched" in text or format in ("acled", "ccc", "geojson", "ical")


def test_parquet_holds_no_private_name(bench, tmp_path):
    import pyarrow.parquet

    answer = bench.client("viewer").get("/download/parquet")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    tables = {path.stem: pyarrow.parquet.read_table(path).to_pylist() for path in tmp_path.glob("*.parquet")}
    assert len(tables["events"]) == 120
    assert "Bello" not in json.dumps(tables, default=str)


def test_no_view_of_a_viewer_holds_a_private_name(bench):
    client = bench.client("viewer")
    event = next(bench.desk.ledger.events())
    for address in ("/", f"/event/{event['id']}", f"/document/{event['documents'][0]['id']}", "/calendar", "/api/events", "/api/reports",
                    f"/api/documents/{event['documents'][0]['id']}", f"/feed/{bench.desk.feed_key}/calendar.ics"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Bello" not in answer.text, address
    assert client.get("/download/corrections").status_code == 400


def test_the_public_cannot_search_for_a_private_person(tmp_path):
    from groundswell.store import Ledger

    path = fill(tmp_path / "n.db", 40)
    with Ledger.open(path) as book:
        book.add([stored(n, person="Zainab Quist") for n in (900, 901)], book.start_run("synthetic-1", {}))
    bench = Bench(path)
    viewer, coder = bench.client("viewer"), bench.client("coder")
    for query in (
        "text=Quist",
        "text=zainab",
        "text=Zainab+Quist",
        "text=quist&type=PROTEST",
        "actor=Quist",
        "text=quist+marched",
        "text=Quis*",
        "text=%22zainab+quist%22",
        "text=Qu%C3%ADst",
        "actor=uis",
    ):
        assert viewer.get(f"/api/counts?{query}").json()["total"] == 0, query
        for address in ("/api/events", "/api/reports", "/api/documents"):
            assert viewer.get(f"{address}?{query}").json()["items"] == [], query
        assert viewer.get(f"/download/events-jsonl?{query}").text == ""
        assert bench.client().get(f"/download/events-jsonl?{query}").text == ""
    assert coder.get("/api/counts?text=Quist").json()["total"] == 2
    assert viewer.get("/api/counts?text=marched").json()["total"] == 42
    assert len(viewer.get("/api/documents?text=marched&limit=100").json()["items"]) == 42
    bench.desk.close()


@pytest.mark.parametrize(
    ("text", "part", "name", "found"),
    [("Bell*", "", "Amina Bello", True), ("Bell", "", "Amina Bello", False), ("ángel", "", "Angel Ruiz", True), ("", "ello", "Amina Bello", True),
     ('"amina bello"', "", "Amina Bello", True), ("teacher", "", "a teacher", False), ("", "", "Amina Bello", False)],
)  # fmt: skip
def test_words_are_compared_with_names_as_the_index_compares_them(text, part, name, found):
    from groundswell.serve.masking import Search

    assert Search.of(text, parts=(part,)).finds(name) == found


def test_coders_see_the_words_they_check(bench):
    event = next(bench.desk.ledger.events())
    assert "Amina Bello" in bench.client("coder").get(f"/document/{event['documents'][0]['id']}").text
    assert "Amina Bello" in bench.client("coder").get(f"/part/item/{event['id']}").text


def test_names_are_shown_with_a_purpose_and_a_reason_only(bench):
    client = bench.client()
    assert bench.post(client, "/api/project", {"show_names": True}).status_code == 400
    assert (
        bench.post(
            client, "/api/project", {"show_names": True, "purpose": "casework", "why_names": "victims' families asked"}
        ).status_code
        == 201
    )
    assert "Bello" in client.get("/api/events").text
    assert "Bello" not in client.get(f"/feed/{bench.desk.feed_key}/calendar.ics").text
    assert bench.post(bench.client("coder"), "/api/project", {"show_names": False}).status_code == 403


def test_offices_and_organisations_stay_and_offsets_do_not_move():
    record = {
        "actors": [
            {"name": "Jane Doe", "kind": "person", "sector": None}, {"name": "John Kirby", "kind": "person", "sector": "GOV"},
            {"name": "Doe Foundation", "kind": "organisation", "sector": "NGO"}, {"name": "a teacher", "kind": "person", "sector": "EDU"},
        ],
        "text": "Jane  Doe met John Kirby; DOE is no name, Doe is, jane-doe too. A doer stays.", "url": "https://example.org/jane-doe/1",
    }  # fmt: skip
    names = private_names(record)
    assert names == {"Jane Doe", "a teacher"}
    clean = masked(record, pattern(names))
    assert clean["text"] == "████  ███ met John Kirby; DOE is no name, ███ is, ████-███ too. A doer stays."
    assert len(clean["text"]) == len(record["text"])
    assert clean["url"] == "https://example.org/████-███/1"
