"""Downloads: the same memory however long, and a failure on the way is told by status or by the file, never by silence."""

import io
import json
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from conftest import Bench, Server, copied
from synthetic import fill

from groundswell.errors import LedgerError
from groundswell.serve import streaming
from groundswell.serve.share import FORMATS
from groundswell.store import reading

TEXT = [name for name in FORMATS if name not in ("csv", "parquet", "release", "corrections", "codings")]


def broken(monkeypatch, after):
    """Reading events fails after so many pages, as a disk error or an altered report would make it."""
    calls = {"n": 0}
    for name in ("event_views", "report_views"):
        real = getattr(reading, name)

        def failing(*given, real=real):
            calls["n"] += 1
            if calls["n"] > after:
                raise LedgerError("Report X was altered on disk.")
            return real(*given)

        monkeypatch.setattr(reading, name, failing)


@pytest.mark.parametrize("format", ["events-jsonl", "csv", "geojson"])
def test_a_failure_before_the_first_piece_is_told_by_the_status(bench, monkeypatch, format):
    broken(monkeypatch, 0)
    answer = bench.client().get(f"/download/{format}")
    assert answer.status_code == 503
    assert "altered on disk" in answer.text


@pytest.fixture(scope="module")
def longer(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("longer") / "l.db", 1300)


@pytest.mark.parametrize("format", ["events-jsonl", "acled", "geojson", "atom", "csv"])
def test_a_failure_on_the_way_breaks_the_connection_and_marks_the_file(longer, tmp_path, monkeypatch, format):
    import http.client

    from groundswell.serve.desk import Person

    server = Server(copied(longer, tmp_path))
    try:
        # A viewer's page of the queue comes from the same functions, so they fail only once the download runs.
        session = server.desk.begin(Person("ana", "admin"))
        server.desk.tiers()
        monkeypatch.setattr("groundswell.export._PIECE", 2_000)
        broken(monkeypatch, 2)
        connection = http.client.HTTPConnection("127.0.0.1", server.desk.port)
        connection.request("GET", f"/download/{format}", headers={"cookie": f"{server.desk.cookie}={session}"})
        answer = connection.getresponse()
        if format == "csv":  # the first table fails before anything of the archive is sent
            assert answer.status == 503
            return
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        got = cut.value.partial
    finally:
        server.stop()
    if format == "events-jsonl":
        assert "unfinished" in json.loads(got.decode().splitlines()[-1])["error"]
    elif format == "acled":
        assert got.decode().splitlines()[-1].startswith("# This export is unfinished")
    else:
        assert not got.rstrip().endswith((b"]}", b"</feed>"))


def test_what_nobody_takes_is_not_written_on(monkeypatch):
    written = []

    def produce(write):
        for number in range(10_000):
            write(b"x")
            written.append(number)

    pieces = streaming.pump(produce)
    next(pieces)
    pieces.close()
    assert len(written) < 50


def test_what_nobody_ever_began_to_take_stops_too():
    import gc
    import threading

    ended = threading.Event()
    pieces = streaming.pump(lambda write: [write(b"x") for _ in range(10_000)], ended=ended.set)
    del pieces
    gc.collect()
    assert ended.wait(5)


def test_downloads_leave_no_connection_behind_and_only_four_run_at_once(bench):
    client, database = bench.client(), bench.desk.ledger.database
    client.get("/download/acled")
    before = len(database._all)
    for _ in range(5):
        assert client.get("/download/events-jsonl?type=AID").status_code == 200
    assert len(database._all) <= before + 1  # the request threads' own
    for _ in range(4):
        assert bench.desk.downloads.acquire(blocking=False)
    assert client.get("/download/acled").status_code == 429
    bench.desk.downloads.release()
    assert client.get("/download/acled").status_code == 200
    rows = [row["what"] for row in bench.desk.audit.rows()]
    assert rows[0] == "acled"
    client.get("/download/acled?text=Bello&type=AID")
    assert list(bench.desk.audit.rows())[-1]["what"] == "acled type=AID&text=…"


def test_a_download_that_cannot_begin_gives_its_place_back(bench, monkeypatch):
    client, limit = bench.client(), bench.desk.downloads._initial_value
    for _ in range(limit + 1):
        assert client.get("/download/codings?type=NONE").status_code == 400

    def full(*given):
        raise OSError("disk full")

    with monkeypatch.context() as broken_log:
        broken_log.setattr(bench.desk.audit, "add", full)
        for _ in range(limit + 1):
            assert client.get("/download/csv").status_code == 500
    deadline = time.monotonic() + 10
    while (status := client.get("/download/csv").status_code) == 429 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert status == 200


def test_an_archive_that_breaks_off_has_no_end(tmp_path):
    written = []

    def files():
        (tmp_path / "a").write_bytes(b"a" * 200_000)
        yield "a", tmp_path / "a"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        streaming.zipped(files(), written.append)
    import gc

    gc.collect()
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(written)))


def test_archives_open_and_are_the_same_for_the_same_content(bench):
    first, second = (bench.client().get("/download/csv").content for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {"events.csv", "columns.csv"} <= set(archive.namelist())


@pytest.mark.slow
@pytest.mark.parametrize("format", [*TEXT, "csv", "parquet", "release"])
def test_memory_stays_the_same_at_a_hundred_thousand(tmp_path_factory, format, hundred_thousand):
    """Python's own allocations while a download runs; the columns in memory and the masks remembered count before it."""
    bench = Bench(hundred_thousand)
    project = {"purpose": "research", "controller": "c", "legal_basis": "l"}
    assert bench.post(bench.client(), "/api/project", project).status_code == 201
    book_events = bench.client().get("/api/events?limit=500")
    assert book_events.status_code == 200
    tracemalloc.start()
    size = rows = 0
    with bench.client().stream("GET", f"/download/{format}?since=2023-06-01") as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            size += len(piece)
            rows += piece.count(b"\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    bench.desk.close()
    print(f"measured: {format}: {size / 1e6:.1f} MB sent, peak {peak / 1e6:.0f} MB")
    assert peak < 60e6


@pytest.fixture(scope="module")
def hundred_thousand(tmp_path_factory):
    folder, given = tmp_path_factory.mktemp("many"), os.environ.get("GROUNDSWELL_LEDGER_FOR_SPEED")
    return copied(Path(given), folder) if given else fill(folder / "many.db", 100_000)
