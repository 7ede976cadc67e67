"""A small ledger with two events, one of them planned, with figures that differ and text that bites."""

import pytest

from groundswell.store import Filters, Ledger, Stored

TEXT = "=Dockers walked out in Mombasa on Monday. The union said 1,200 joined; police said about 700. A rally is planned in Kenya for 20 September 2024."


def quote(words, **more):
    start = TEXT.index(words)
    return {"text": words, "start": start, "end": start + len(words), **more}


def record(document_id, publisher, published):
    place = quote(
        "Mombasa",
        name="Mombasa",
        geonameid=186301,
        latitude=-4.05466,
        longitude=39.66359,
        country="KEN",
        admin1="Mombasa",
        precision="city",
    )
    country = quote(
        "Kenya", name="Kenya", country="KEN", admin1=None, precision="country", latitude=1.0, longitude=38.0
    )
    union = quote("The union", name="union", kind="organisation", sector="LAB", country=None)
    first = TEXT.split(". ")[0] + "."
    return {
        "document": {
            "id": document_id, "source_id": f"{document_id}.txt", "title": "+Strike", "text": TEXT, "body_start": 0, "language": "en",
            "publisher": publisher, "author": None, "url": None, "published": published, "published_basis": "given", "format": "text",
            "outcome": "read", "problems": [],
        },
        "events": [
            {
                "id": f"{document_id}r1", "type": "PROTEST", "mode": "strike", "status": "occurred", "trigger": quote("walked out"), "also": [],
                "evidence": quote(first), "actors": [quote("Dockers", name="Dockers", kind="people", sector="LAB", country=None)],
                "called_by": [], "targets": [], "places": [place],
                "time": quote("Monday", earliest="2024-09-09", latest="2024-09-09", precision="day", basis="relative to published"),
                "figures": [
                    quote("1,200", of="participants", low=1200, best=1200, high=1200, mapping=None, attribution=quote("The union")),
                    quote("about 700", of="participants", low=None, best=700, high=None, mapping=None, attribution=quote("police")),
                ],
                "issue": None, "attribution": None, "confidence": 0.91, "by": "test-1",
            },
            {
                "id": f"{document_id}r2", "type": "PROTEST", "mode": "demo", "status": "announced", "trigger": quote("rally"), "also": [],
                "evidence": quote("A rally is planned in Kenya for 20 September 2024."), "actors": [], "called_by": [union], "targets": [],
                "places": [country],
                "time": quote("20 September 2024", earliest="2024-09-20", latest="2024-09-20", precision="day", basis="stated"),
                "figures": [], "issue": None, "attribution": None, "confidence": 0.8, "by": "test-1",
            },
        ],
        "figures": [],
        "statements": [
            {"speaker": union, "cue": quote("said"), "content": quote("1,200 joined"), "direct": False, "time": None, "confidence": 0.7, "by": "test-1"}
        ],
        "places": [place, country],
    }  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    ledger = Ledger.open(tmp_path_factory.mktemp("ledger") / "small.db")
    run = ledger.start_run("test-1", {})
    ledger.add([Stored("a.txt", "read", record("a" * 64, "=Coast Ledger", "2024-09-10"))], run)
    yield ledger
    ledger.close()


@pytest.fixture
def everything():
    return Filters()
