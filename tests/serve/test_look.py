"""Filters, counts, clusters and pages agree with what the ledger itself says."""

from datetime import date

import pytest
from conftest import Bench, copied
from synthetic import record

from groundswell.errors import UsageError
from groundswell.serve.asking import Asked, asked
from groundswell.store import Filters, Stored


@pytest.fixture(scope="module")
def bench(small_ledger, tmp_path_factory):
    """Shared by the tests of this module, which only read."""
    made = Bench(copied(small_ledger, tmp_path_factory.mktemp("look")))
    yield made
    made.desk.close()


QUERIES = [
    "", "type=PROTEST", "type=PROTEST&type=ASSAULT&status=occurred", "country=KEN", "country=KEN&country=PRT&type=PROTEST", "since=2019-01-01&until=2021-06-30",
    "text=teachers", "text=teachers&country=KEN&actor=teach", "source=Paper+3", "place=lag", "min_confidence=0.8", "linked=false", "linked=true",
    "review_state=any", "review_state=confirmed", "bbox=-20,-40,60,40", "bbox=100,-50,-60,60", "actor=police&source=Paper+5",
    "issue=wages", "issue=%22unpaid+wages%22&type=PROTEST", "issue=unpa*&country=KEN&text=teachers", "issue=nothing", "precision=city", "precision=country&precision=admin1",
]  # fmt: skip


def ask_of(query):
    from urllib.parse import parse_qsl

    return asked(parse_qsl(query))


@pytest.mark.parametrize("query", QUERIES)
def test_counts_in_memory_are_the_ledgers_counts(bench, query):
    desk, ask = bench.desk, ask_of(query)
    found = desk.choose(ask)
    assert found.total == desk.ledger.total(ask.filters)
    numbers = dict(desk.ledger.connection.execute("SELECT id, n FROM event"))
    expected = [numbers[event["id"]] for event in desk.ledger.events(ask.filters)]
    assert sorted(found.page(1000, 0)) == sorted(expected)
    dated = [event["time"]["earliest"] for event in desk.ledger.events(ask.filters) if event["time"]]
    assert [str(d) for d in dated] == sorted((str(d) for d in dated), reverse=True)


def test_a_document_read_twice_is_counted_by_its_newest_reading(small_ledger, tmp_path):
    bench = Bench(copied(small_ledger, tmp_path))
    again = [record(n) for n in range(0, 40, 4)]
    for found in again:
        found["events"] = found["events"] if found["document"]["id"] < "8" else []
        found["document"]["title"] = "Read again"
    run = bench.desk.ledger.start_run("synthetic-2", {})
    bench.desk.ledger.add([Stored(f["document"]["source_id"], "read", f) for f in again], run)
    assert bench.desk.ledger.total() < 120
    for query in QUERIES:
        ask = ask_of(query)
        assert bench.desk.choose(ask).total == bench.desk.ledger.total(ask.filters), query
    bench.desk.close()


def test_a_facet_counts_as_if_its_own_filter_were_not_set(bench):
    desk = bench.desk
    ask = ask_of("type=PROTEST&status=occurred&country=KEN")
    found = desk.choose(ask)
    assert dict(found.facet("type")) == desk.ledger.counts(Filters(status="occurred", country="KEN"), "type")
    assert dict(found.facet("status")) == desk.ledger.counts(Filters(type="PROTEST", country="KEN"), "status")
    assert dict(found.facet("country")) == desk.ledger.counts(Filters(type="PROTEST", status="occurred"), "country")


def test_filters_survive_the_address(bench):
    for query in QUERIES:
        ask = ask_of(query)
        assert ask_of(ask.query) == ask


@pytest.mark.parametrize(
    ("query", "said"),
    [("type=FOO", "Use one of: PROTEST"), ("since=1.2.2024", "YYYY-MM-DD"), ("country=Kenya", "alpha-3"), ("min_confidence=nan", "outside"),
     ("bbox=1,2,3", "west,south,east,north"), ("text=%21%21", "no word"), ("review_state=odd", "Use one of"), ("linked=maybe", "Use one of")],
)  # fmt: skip
def test_wrong_filters_say_what_is_wrong(bench, query, said):
    with pytest.raises(UsageError, match=said):
        ask_of(query)
    assert bench.client().get(f"/?{query}").status_code == 400


def test_only_events_with_a_town_become_points_and_countries_are_shaded(bench):
    found = bench.client().get("/part/map?zoom=3").json()
    with_points = {e["id"] for e in bench.desk.ledger.events() if e["place"]["precision"] == "city"}
    coarse = [e for e in bench.desk.ledger.events() if e["place"]["precision"] == "country"]
    assert sum(point["count"] for point in found["points"]) == len(with_points)
    assert sum(found["areas"].values()) == len(coarse) > 0
    deep = bench.client().get("/part/map?zoom=12").json()
    assert len(deep["points"]) > len(found["points"])
    assert sum(point["count"] for point in deep["points"]) == len(with_points)


def test_a_box_across_the_180th_meridian(bench):
    whole = bench.client().get("/part/map?zoom=2").json()["points"]
    east = bench.client().get("/part/map?zoom=2&view=100,-90,-60,90").json()["points"]
    expected = sum(p["count"] for p in whole if p["lon"] >= 100 or p["lon"] <= -60)
    assert sum(p["count"] for p in east) == expected > 0


def test_the_timeline_leaves_nothing_uncounted(bench):
    found = bench.client().get("/part/timeline").json()
    assert sum(found["counts"]) + found["undated"] + found["earlier"] + found["later"] == bench.desk.ledger.total()
    assert found["undated"] == sum(1 for e in bench.desk.ledger.events() if not e["time"])
    assert date.fromisoformat(found["starts"][0]) < date.fromisoformat(found["end"])


def test_pages_answer_and_show_the_words(bench):
    client = bench.client()
    event = next(bench.desk.ledger.events())
    shown = client.get(f"/event/{event['id']}").text
    assert event["evidence"][0]["trigger"]["text"] in shown
    assert client.get(f"/document/{event['documents'][0]['id']}").status_code == 200
    for address in (
        "/",
        "/calendar",
        "/overview",
        "/review",
        "/share",
        "/settings",
        "/api",
        "/part/listing?country=KEN",
    ):
        assert client.get(address).status_code == 200, address
    assert client.get("/event/E0000").status_code == 404
    assert client.get("/document/none").status_code == 404


def test_reading_on_from_the_api_page_by_page_gives_every_event_once(bench):
    client = bench.client()
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/api/events?limit=17&type=PROTEST{f'&after={after}' if after else ''}").json()
        seen += [event["id"] for event in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == bench.desk.ledger.total(Filters(type="PROTEST"))


def test_the_description_names_every_api_route_and_every_filter(bench):
    from dataclasses import fields

    from groundswell.serve.app import routes

    found = bench.client().get("/api/openapi.json").json()
    told = {(path, method) for path, methods in found["paths"].items() for method in methods}
    served = {
        (page.path, method.lower()) for page in routes() for method in page.methods if page.path.startswith("/api/")
    }
    assert told == served - {("/api/openapi.json", "get")}
    names = {each["name"] for each in found["paths"]["/api/events"]["get"]["parameters"]}
    assert names >= {field.name for field in fields(Asked)}


@pytest.mark.parametrize("query", ["", "country=KEN", "type=PROTEST&text=nurses"])
def test_publishers_are_counted_as_the_ledger_counts_them(bench, query):
    from groundswell.serve.overview import _publishers

    class Call:
        desk = bench.desk

    ask = ask_of(query)
    for tellings in (bench.desk.tellings, None):  # None is what a ledger has in which a document was read again
        bench.desk.tellings = tellings
        assert dict(_publishers(Call, bench.desk.choose(ask))) == bench.desk.ledger.counts(ask.filters, "source")
