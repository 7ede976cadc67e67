"""What the public gets of events whose place can endanger people: no view, count, filter, tile, feed or export tells more."""

import io
import json
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import Bench
from synthetic import record

from groundswell.serve import sensitivity
from groundswell.serve.asking import asked
from groundswell.serve.columns import NO_DAY
from groundswell.serve.project import Project
from groundswell.store import Decision, Ledger, Stored, linkbook

SECRET = "Harbourfield"
COUNT = 60


def telling(n):
    """Every fourth document tells an assault on a women's shelter in a town named nowhere else; two of those lie in Lagos' country."""
    if n % 4:
        return record(n)
    found = record(n, words={"place": SECRET, "topic": "the women's shelter", "url": f"https://example.org/{SECRET.lower()}/{n}",
                             "title": f"Attack in {SECRET}, report {n}"})  # fmt: skip
    event = found["events"][0]
    event.update(type="ASSAULT", mode="beat")
    for place in (*event["places"], *found["places"]):
        place.update(
            name=SECRET,
            country="NGA" if n in (0, 4) else "KEN",
            admin1="Coast",
            latitude=-3.2175,
            longitude=40.1191,
            precision="city",
        )
    return found


@pytest.fixture
def bench(tmp_path):
    path = tmp_path / "s.db"
    with Ledger.open(path) as book:
        run = book.start_run("synthetic-1", {})
        book.add([Stored(r["document"]["source_id"], "read", r) for r in map(telling, range(COUNT))], run)
    made = Bench(path)
    yield made
    made.desk.close()


def settings(bench, **changes):
    body = {"title": "t", "purpose": "monitoring", "controller": "c", "legal_basis": "research", **changes}
    answer = bench.post(bench.client(), "/api/project", body)
    assert answer.status_code == 201, answer.text


def bodies(answer):
    assert answer.status_code == 200, answer.text
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return answer.text


TELLS = (SECRET.lower(), "-3.2175", "40.1191", "-3.217", "40.119")


def test_no_export_and_no_feed_tells_the_place(bench):
    settings(bench)
    for format in (
        "csv",
        "jsonl",
        "events-jsonl",
        "geojson",
        "ical",
        "atom",
        "acled",
        "ccc",
        "plover",
        "annotations",
        "ftm",
        "release",
    ):
        for role in ("viewer", "admin"):
            text = bodies(bench.client(role).get(f"/download/{format}"))
            assert len(text) > 100 or format == "ical"
            assert not [tell for tell in TELLS if tell in text.lower()], format
    assert SECRET not in bench.client(None).get(f"/feed/{bench.desk.feed_key}/calendar.ics").text


def test_parquet_tells_no_place_either(bench, tmp_path):
    import pyarrow.parquet

    with zipfile.ZipFile(io.BytesIO(bench.client().get("/download/parquet").content)) as archive:
        archive.extractall(tmp_path)
    tables = {path.stem: pyarrow.parquet.read_table(path).to_pylist() for path in tmp_path.glob("*.parquet")}
    assert len(tables["events"]) == COUNT
    assert not [tell for tell in TELLS if tell in json.dumps(tables, default=str).lower()]


def test_no_page_of_a_viewer_tells_the_place_and_a_coders_does(bench):
    hidden = next(e for e in bench.desk.ledger.events() if e["place"]["name"] == SECRET)
    viewer, coder = bench.client("viewer"), bench.client("coder")
    pages = ["/", f"/event/{hidden['id']}", f"/document/{hidden['documents'][0]['id']}", "/overview", "/calendar", "/part/map?zoom=12",
             "/part/listing?country=KEN", "/api/events?limit=500", "/api/reports?limit=500", "/api/documents?limit=500", "/api/counts",
             f"/api/events/{hidden['id']}", f"/api/reports/{hidden['reports'][0]}", f"/api/documents/{hidden['documents'][0]['id']}"]  # fmt: skip
    for address in pages:
        found = viewer.get(address)
        assert found.status_code == 200, address
        assert not [tell for tell in TELLS if tell in found.text.lower()], address
    assert SECRET in coder.get(f"/event/{hidden['id']}").text
    assert "Kenya" in viewer.get(f"/event/{hidden['id']}").text


def test_filters_cannot_be_used_to_narrow_the_place_down(bench):
    """A box, a word, a day that only the sensitive events pass: nothing is found, in the page, the count, the API or an export."""
    viewer = bench.client("viewer")
    for query in (
        "bbox=40.1,-3.3,40.2,-3.1",
        f"place={SECRET}",
        f"text={SECRET}",
        f"text={SECRET}&type=ASSAULT",
        f"source={SECRET}",
    ):
        assert viewer.get(f"/api/counts?{query}").json()["total"] == 0, query
        assert viewer.get(f"/api/events?{query}").json()["items"] == []
        assert viewer.get(f"/api/reports?{query}").json()["items"] == []
        assert viewer.get(f"/api/documents?{query}").json()["items"] == []
        assert bodies(viewer.get(f"/download/events-jsonl?{query}")) == ""
        assert bench.client().get(f"/api/counts?{query}").json()["total"] in (
            COUNT // 4,
            0 if "source" in query else COUNT // 4,
        )
    assert viewer.get("/api/counts?precision=city&country=KEN&type=ASSAULT&text=shelter").json()["total"] == 0
    assert viewer.get("/api/counts?country=KEN&type=ASSAULT").json()["total"] >= COUNT // 4 - 2


def test_days_become_months_and_rare_areas_are_not_named(bench):
    rows = [json.loads(line) for line in bodies(bench.client().get("/download/events-jsonl?type=ASSAULT")).splitlines()]
    exact = {e["id"]: e for e in bench.desk.ledger.events()}
    coarse = [row for row in rows if exact[row["id"]]["place"]["name"] == SECRET]
    assert len(coarse) == COUNT // 4
    for row in coarse:
        own = exact[row["id"]]
        if own["place"]["country"] == "NGA":  # two events only: below k
            assert row["place"] is None
            assert "NGA" not in json.dumps(row["places"])
        else:
            assert (row["place"]["country"], row["place"]["precision"], row["place"]["latitude"]) == (
                "KEN",
                "country",
                None,
            )
        if own["time"]:
            assert (row["time"]["earliest"][:7], row["time"]["earliest"][8:]) == (own["time"]["earliest"][:7], "01")
            assert own["time"]["text"] not in row["evidence"][0]["text"]
        assert len(row["evidence"][0]["text"]) == len(own["evidence"][0]["text"])
        assert row["evidence"][0]["url"] is None
    columns = bench.desk.choose(asked([]), public=True).columns
    days = columns.first[columns.flags(list(bench.desk.tiers())) & (columns.first != NO_DAY)].astype("datetime64[D]")
    assert len(days) > 5
    assert all(str(day).endswith("-01") for day in days)


def test_regions_are_given_where_enough_share_them_and_exact_places_need_a_reason(bench):
    settings(bench, tier="admin1", k=5)
    rows = [json.loads(line) for line in bodies(bench.client().get("/download/events-jsonl?type=ASSAULT")).splitlines()]
    assert (
        sum((row["place"] or {}).get("precision") == "admin1" and row["place"]["name"] == "Coast" for row in rows)
        == COUNT // 4 - 2
    )
    assert bench.post(bench.client(), "/api/project", {"exact_places": True, "purpose": "casework"}).status_code == 400
    settings(bench, exact_places=True, why_places="families asked for the map")
    assert SECRET in bodies(bench.client().get("/download/csv"))
    settings(bench, sensitive=[])
    assert SECRET in bodies(bench.client().get("/download/csv"))
    for wrong in ({"sensitive": ["x"]}, {"k": 0}, {"k": "5"}, {"tier": "street"}, {"delay_days": -1}):
        assert bench.post(bench.client(), "/api/project", wrong).status_code == 400


def test_a_release_waits_for_purpose_and_legal_basis_and_a_delay_holds_back(bench):
    answer = bench.client().get("/download/release")
    assert answer.status_code == 400
    assert "legal basis" in answer.text
    settings(bench, delay_days=3650)
    rows = bodies(bench.client().get("/download/events-jsonl")).splitlines()
    published = {doc["published"] for row in rows for doc in json.loads(row)["documents"]}
    assert 0 < len(rows) < COUNT
    assert max(published) <= bench.desk.held_after()
    assert "documents published after" in bodies(bench.client().get("/download/release"))


def test_each_kinds_examples_match_and_its_counterexamples_do_not(tmp_path):
    source = Path(sensitivity.__file__).parent / "sensitivity.toml"
    for row in tomllib.loads(source.read_text(encoding="utf-8"))["kind"]:
        kind = sensitivity.kinds()[row["key"]]
        for verdict, sentences in ((True, row["match"]), (False, row["reject"])):
            for sentence in sentences:
                by_words = bool(
                    sensitivity.phrases(kind.phrases) and sensitivity.phrases(kind.phrases).search(sentence)
                )
                by_mode = any(f"({type}/{mode})" in sentence for type, mode in kind.modes)
                assert (by_words or by_mode) == verdict, sentence
    assert Project().sensitive == ("sexual", "shelters", "minorities")


def test_what_was_found_by_words_stays_right_when_the_policy_changes(tmp_path):
    """The public's rows stand in another order under another policy; an answer remembered by position would name other events."""
    path = tmp_path / "s.db"
    told = [telling(n) for n in range(COUNT)]
    for found in told[1::5]:
        found["document"]["text"] += " The hospital."
    with Ledger.open(path) as book:
        book.add([Stored(r["document"]["source_id"], "read", r) for r in told], book.start_run("synthetic-1", {}))
    bench = Bench(path)
    asks = [asked([("text", word)]) for word in ("farmers", "hospital", "teachers", "report")]

    def rows():
        found = [bench.desk.choose(ask, public=True) for ask in asks]
        return [sorted(each.columns.n[each.rows].tolist()) for each in found]

    settings(bench, sensitive=["shelters"], k=1)
    before = rows()
    settings(bench, sensitive=["shelters", "health"], k=1)
    after, order = rows(), bench.desk.choose(asks[0], public=True).columns.n.tolist()
    bench.desk.chooser = type(bench.desk.chooser)()
    assert after == rows() != before
    assert order != bench.desk.columns().n.tolist()
    bench.desk.close()


REAL = {"text": "", "start": None, "end": None, "name": "Millbrook", "geonameid": 1, "latitude": -3.3333, "longitude": 40.4444, "country": "KEN",
        "admin1": "Coast", "precision": "city"}  # fmt: skip
BEHIND = ("Millbrook", "3.3333", "40.4444", "Kilometre Nine", "2031-05-03", SECRET)


def decided(book):
    """Two sensitive events put together, with a link; one corrected report by report and as a whole. And another corrected one."""
    found = [e for e in book.events() if SECRET in json.dumps(e["places"]) and e["place"]["country"] == "KEN"]
    first, second, gone = found[:3]

    def decide(kind, left, **more):
        return book.decide(Decision(kind, left, "review:ana", "2024-01-01T00:00:00Z", **more))

    decide("correct", first["reports"][0], field="places", value=[REAL], reason="it was at Kilometre Nine")
    decide("correct", first["id"], field="place", value=REAL, reason="it was at Kilometre Nine")
    decide("correct", first["reports"][0], field="type", value="ASSAULT", reason=f"beaten in {SECRET} and Millbrook")
    decide("merge", first["id"], right=second["id"], reason=f"both in {SECRET}")
    decide("correct", gone["reports"][0], field="places", value=[REAL], reason="it was at Kilometre Nine")
    numbers = dict(book.connection.execute("SELECT id, n FROM report"))
    left, right = first["reports"][0], second["reports"][0]
    why = f"Both 2031-05-03, both in {SECRET}, same type, words alike 0.50."
    with book.database.transaction() as connection:
        run = linkbook.begin(connection, "model-1", {})
        link = linkbook.Link(numbers[left], numbers[right], left, right, 0.9, "same", why)
        linkbook.record(connection, run, [link], [numbers[left]])
        linkbook.finish(connection, run)
    return first, gone


def test_decisions_and_links_tell_the_public_no_place_and_no_day(bench):
    settings(bench)
    first, gone = decided(bench.desk.ledger)
    viewer, admin = bench.client("viewer"), bench.client("admin")
    shown = viewer.get(f"/api/events/{first['id']}").json()
    assert (shown["report_count"], len(shown["links"]), shown["place"]["name"]) == (2, 1, "Kenya")
    assert (shown["links"][0]["reason"], shown["links"][0]["score"]) == (None, 0.9)
    assert "None" not in viewer.get(f"/event/{first['id']}").text
    report = first["reports"][0]
    addresses = [
        f"/api/events/{first['id']}",
        f"/event/{first['id']}",
        f"/api/reports/{report}",
        "/api/events?limit=500",
        "/api/reports?limit=500",
    ]
    addresses += [f"/api/events/{each}/history" for each in (first["id"], report)]
    for address in addresses:
        told = viewer.get(address).text
        assert not [each for each in BEHIND if each in told], address
    for format in ("csv", "events-jsonl", "jsonl", "plover", "annotations", "release"):
        told = bodies(viewer.get(f"/download/{format}"))
        assert not [each for each in BEHIND if each in told], format
    history = viewer.get(f"/api/events/{first['id']}/history").json()["items"]
    assert [(each["kind"], each["field"], each["value"]) for each in history][:3] == [
        ("correct", "places", None), ("correct", "place", None), ("correct", "type", "ASSAULT")]  # fmt: skip
    assert history[2]["reason"].startswith("beaten in \u2588")
    with bench.desk.ledger.database.transaction() as connection:  # as where a later reading no longer finds the event
        connection.execute("UPDATE report SET live = 0 WHERE id = ?", (gone["reports"][0],))
        connection.execute("DELETE FROM event WHERE n = (SELECT event FROM report WHERE id = ?)", (gone["reports"][0],))
    for each in (gone["id"], gone["reports"][0]):
        (row,) = viewer.get(f"/api/events/{each}/history").json()["items"]
        assert (row["value"], row["reason"]) == (None, None)
    assert "Kilometre Nine" in admin.get(f"/api/events/{first['id']}/history").text


def test_decisions_and_links_tell_the_public_no_private_name(bench):
    book = bench.desk.ledger
    event = next(e for e in book.events() if SECRET not in json.dumps(e["places"]))
    book.decide(
        Decision("reject", event["reports"][0], "review:ana", "2024-01-01T00:00:00Z", reason="Bello told of a plan")
    )
    (row,) = bench.client("viewer").get(f"/api/events/{event['id']}/history").json()["items"]
    assert row["reason"] == "\u2588" * 5 + " told of a plan"


def test_the_key_of_the_next_page_is_never_that_of_something_hidden(bench):
    viewer, coder = bench.client("viewer"), bench.client("coder")
    for kind in ("reports", "documents"):
        for limit in (1, 5):
            page = viewer.get(f"/api/{kind}?place={SECRET}&limit={limit}").json()
            assert page == {"items": [], "next": None}
        assert coder.get(f"/api/{kind}?place={SECRET}&limit=1").json()["next"]
        # A filter that finds both: pages of what may be found follow one another without a gap.
        ids, after = [], ""
        while after is not None:
            page = viewer.get(f"/api/{kind}?text=paragraph&limit=4" + (f"&after={after}" if after else "")).json()
            assert len(page["items"]) == 4 or page["next"] is None
            ids, after = ids + [each["id"] for each in page["items"]], page["next"]
        assert ids == sorted(ids)
        assert len(ids) == COUNT - COUNT // 4


def test_one_report_of_a_sensitive_kind_is_enough(tmp_path):
    path = tmp_path / "mixed.db"
    records = [record(n) for n in (3, 6, 9)]
    records[2]["events"][0].update(type="ASSAULT", mode="sexual")
    with Ledger.open(path) as book:
        book.add([Stored(r["document"]["source_id"], "read", r) for r in records], book.start_run("synthetic-1", {}))
    made = Bench(path)
    first, second, third = (
        event["id"] for event in sorted(made.desk.ledger.events(), key=lambda e: e["type"], reverse=True)
    )
    for other in (second, third):
        body = {"kind": "merge", "left": first, "right": other}
        assert made.post(made.client(), "/api/decisions", body).status_code == 201
    (event,) = made.desk.ledger.events()
    assert event["type"] == "PROTEST"
    assert event["place"]["latitude"] is not None
    (shown,) = made.client("viewer").get("/api/events").json()["items"]
    assert shown["place"] is None  # one such event only: below k
    made.desk.close()


def test_lists_of_reports_and_documents_do_not_tell_the_day_either(bench):
    """The public's columns know the month, the ledger the day: bisecting days must not find the report."""
    viewer, coder = bench.client("viewer"), bench.client("coder")
    hidden = next(e for e in bench.desk.ledger.events() if SECRET in json.dumps(e["places"]) and e["time"])
    day, month = hidden["time"]["earliest"], hidden["time"]["earliest"][:7]
    for query in (
        f"since={day}&until={day}",
        f"since={month}-01&until={month}-28",
        "precision=country",
        "precision=city",
    ):
        for kind, own in (("reports", hidden["reports"][0]), ("documents", hidden["documents"][0]["id"])):
            assert own not in viewer.get(f"/api/{kind}?limit=500&{query}").text
            assert (own in coder.get(f"/api/{kind}?limit=500&{query}").text) == (query != "precision=country")
    assert viewer.get(f"/api/counts?since={month}-01&until={month}-01").json()["total"] > 0


def test_publishers_are_counted_over_what_may_be_found_in_a_ledger_with_second_readings_too(bench):
    event = next(e for e in bench.desk.ledger.events() if SECRET in json.dumps(e["places"]))
    publisher = event["documents"][0]["publisher"]
    for tellings in (bench.desk.tellings, None):  # None is what a ledger has in which a document was read again
        bench.desk.tellings = tellings
        for role, told in (("viewer", False), ("coder", True)):
            assert (publisher in bench.client(role).get(f"/overview?place={SECRET}").text) == told
        assert publisher in bench.client("viewer").get("/overview?type=ASSAULT").text
        assert bench.desk.tellings is tellings


def test_what_comes_in_while_a_large_ledger_rests_is_not_given_exactly(bench):
    """Another process writes, and the columns of a large ledger are read again only after a while: nothing is judged by then."""
    bench.desk._rest_until = float("inf")
    fresh = [telling(n) for n in (COUNT, COUNT + 1)]
    with Ledger.open(bench.desk.ledger.path) as book:
        book.add([Stored(r["document"]["source_id"], "read", r) for r in fresh], book.start_run("synthetic-1", {}))
        late = [book.report(r["events"][0]["id"]) for r in fresh]
    viewer = bench.client("viewer")

    def told():
        addresses = [f"/api/reports/{each['id']}" for each in late] + [f"/event/{each['event_id']}" for each in late]
        addresses += [f"/document/{each['document']['id']}" for each in late] + [
            "/api/reports?limit=500",
            "/api/documents?limit=500",
        ]
        return [viewer.get(address).text for address in addresses]

    assert not [tell for text in told() for tell in TELLS if tell in text.lower()]
    place = late[1]["places"][0]["name"]
    assert place not in told()[1]
    bench.desk._rest_until = 0.0
    assert place in told()[1]
    assert not [tell for text in told() for tell in TELLS if tell in text.lower()]
