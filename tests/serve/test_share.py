"""Exports agree on what passes the filters, and a release can be checked by what it says of itself."""

import csv
import hashlib
import io
import json
import zipfile

import pytest

QUERY = "type=PROTEST&since=2018-01-01"


def expected(bench):
    from urllib.parse import parse_qsl

    from groundswell.serve.asking import asked

    return {event["id"] for event in bench.desk.ledger.events(asked(parse_qsl(QUERY)).filters)}


def get(bench, format, query=QUERY):
    answer = bench.client().get(f"/download/{format}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def test_the_formats_agree(bench):
    wanted = expected(bench)
    assert 0 < len(wanted) < 120
    lines = [json.loads(row) for row in get(bench, "events-jsonl").decode().splitlines()]
    assert {row["id"] for row in lines} == wanted
    assert {f["id"] for f in json.loads(get(bench, "geojson"))["features"]} == wanted
    with zipfile.ZipFile(io.BytesIO(get(bench, "csv"))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("events.csv").decode())))
    assert {row["event_id"] for row in rows} == wanted
    entities = [json.loads(row) for row in get(bench, "ftm").decode().splitlines()]
    assert {e["id"] for e in entities if e["schema"] == "Event"} == wanted


def test_filters_the_ledger_does_not_know_hold_in_exports(bench):
    counted = bench.client().get("/api/counts?precision=country").json()["total"]
    rows = get(bench, "events-jsonl", "precision=country").decode().splitlines()
    assert len(rows) == counted > 0
    assert {json.loads(row)["place"]["precision"] for row in rows} == {"country"}


def test_entities_refer_to_entities_and_use_the_models_names(bench):
    properties = {
        "name",
        "summary",
        "startDate",
        "endDate",
        "location",
        "country",
        "organizer",
        "involved",
        "description",
        "publisher",
        "sourceUrl",
        "recordId",
    }
    entities = [json.loads(row) for row in get(bench, "ftm", "").decode().splitlines()]
    known = set()
    for entity in entities:
        known.add(entity["id"])
        if entity["schema"] == "Event":
            assert set(entity["properties"]) <= properties
            assert set(entity["properties"].get("involved", [])) <= known
            assert all(len(code) == 2 for code in entity["properties"].get("country", []))
        assert all(isinstance(value, str) for values in entity["properties"].values() for value in values)


def test_a_release_names_its_files_and_their_sums(bench, tmp_path):
    tmp_path = tmp_path / "release"
    project = {"purpose": "research", "controller": "us", "legal_basis": "research"}
    assert bench.post(bench.client(), "/api/project", project).status_code == 201
    with zipfile.ZipFile(io.BytesIO(get(bench, "release"))) as archive:
        archive.extractall(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        data = (tmp_path / resource["path"]).read_bytes()
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == resource["hash"]
        header = next(csv.reader(io.StringIO(data.decode())))
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert {r["name"] for r in package["resources"]} >= {
        "events",
        "reports",
        "figures",
        "statements",
        "places",
        "sources",
    }
    sums = dict(
        reversed(line.split("  ")) for line in (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    for name, digest in sums.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files - {"SHA256SUMS"} == set(sums)
    assert "Filters: type=PROTEST" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_unknown_formats_are_named(bench):
    assert bench.client().get("/download/exe").status_code == 400


@pytest.mark.parametrize("decision", ["confirm", "reject"])
def test_reviewed_sentences_become_corpus_rows(bench, decision):
    client = bench.client()
    event = next(bench.desk.ledger.events())
    assert get(bench, "corrections", "") == b""
    bench.post(client, "/api/corrections", {"report": event["reports"][0], "field": "status", "typed": "denied"})
    bench.post(client, "/api/decisions", {"kind": decision, "left": event["reports"][0]})
    (row,) = [json.loads(line) for line in get(bench, "corrections", "").decode().splitlines()]
    assert row["coder"] == "ana"
    if decision == "reject":
        assert row["events"] == []
        return
    (coded,) = row["events"]
    assert (coded["type"], coded["status"]) == (event["type"], "denied")
    for quoted in [coded["trigger"], *coded["actors"], *coded["places"]]:
        assert row["text"][quoted["start"] : quoted["end"]] == quoted["text"]
