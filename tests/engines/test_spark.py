"""The distributed engine: same bytes as one run on one machine, also when a worker dies in the middle."""

import json
import shutil
from pathlib import Path

import pytest

from groundswell.api import run_readings
from groundswell.cli.reading_commands import add_sources
from groundswell.engines.taken import plan, row_of, run_of, stored_rows
from groundswell.errors import SourceError, UsageError
from groundswell.ingest import read_sources
from groundswell.presets import preset
from groundswell.store import Ledger

HERE = Path(__file__).parent
TEXTS = [
    "Nurses marched in Leeds on Monday. Police arrested 12 of them, a union said.",
    "The museum opens at nine. Entry is free.",
    "Rebels shelled the market in Taiz, killing at least 14 people, medics said on Friday.",
]
try:
    from groundswell.engines.spark import master_of, read_spark, session
except ImportError:
    session = None


@pytest.fixture
def folder(tmp_path):
    """Texts, pages, a table, the same content under three names, a damaged and an empty file, a link that leads out."""
    made = tmp_path / "in"
    made.mkdir()
    for n in range(24):
        (made / f"text-{n:02d}.txt").write_text(f"{TEXTS[n % 3]} This is article {n}.")
    rows = [{"id": f"r{n}", "text": f"{TEXTS[n % 3]} Row {n}.", "published": "2024-03-05"} for n in range(9)]
    (made / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    for name in ("again-0.txt", "text-20-again.txt", "zz-again.txt"):
        (made / name).write_text(f"{TEXTS[1]} This is article 1.")
    (made / "page.html").write_text(f"<html><body><h1>News</h1><p>{TEXTS[0]} {TEXTS[2]}</p></body></html>")
    (made / "text-11-kill.txt").write_text(f"{TEXTS[0]} KILL-THE-EXECUTOR")
    (made / "empty.txt").write_text("")
    (made / "out.txt").symlink_to("/etc/hostname")
    return made


def plain(stored):
    """One input as a line, as a ledger takes it in."""
    parts = (stored.source_id, stored.outcome, stored.json, list(stored.problems), stored.duplicate_of)
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def alone(folder, name="english"):
    """What one run on this machine makes of a folder, as sorted lines."""
    from groundswell.engines.taken import _stored

    readings = read_sources([str(folder)])
    return sorted(plain(_stored(row_of(found, 0, 0))) for found in run_readings(readings, preset(name)))


def test_inputs_are_listed_in_order_and_hopeless_ones_told_at_once(folder):
    listed, hopeless = plan([str(folder), str(folder / "nowhere.txt")])
    assert [name for _, name in listed] == sorted(name for _, name in listed)
    assert [json.loads(row["problems"])[0]["code"] for row in hopeless] == ["link_outside", "not_found"]
    with pytest.raises(UsageError):
        plan(["-"])


def test_an_unfinished_run_is_not_taken_in(tmp_path):
    with pytest.raises(SourceError, match="no finished run"):
        run_of(tmp_path)


@pytest.mark.parametrize(
    ("engine", "master"),
    [
        ("spark", None),
        ("spark://host:7077", "spark://host:7077"),
        ("spark://local[2]", "local[2]"),
        ("spark://yarn", "yarn"),
    ],
)
def test_masters(engine, master):
    assert master_of(engine) == master


def test_an_unknown_engine_is_refused():
    with pytest.raises(UsageError, match="spark://MASTER"):
        master_of("dask")


@pytest.fixture
def no_spark():
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'groundswell[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: Spark needs Java 17")


@pytest.mark.slow
@pytest.mark.usefixtures("no_spark")
def test_linking_on_workers_makes_the_links_of_one_machine(tmp_path, monkeypatch):
    from groundswell.engines.spark_link import comparing
    from groundswell.link import link, linking

    monkeypatch.setattr(linking, "_SLICE", 7)  # several tasks from few pairs
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    demo = HERE.parents[1] / "src/groundswell/demo_articles"
    dumps, results = [], []
    spark = session("local[2]", {"spark.ui.enabled": "false"})
    try:
        for run in (None, comparing(spark)):
            path = tmp_path / f"{len(dumps)}.db"
            with Ledger.open(path) as book:
                add_sources(book, [str(demo)], preset="english", jobs=0, quiet=True)
                results.append(link(book, comparing=run))
                dumps.append([line for line in book.canonical_dump() if line.startswith(('["link"', '["report"'))])
    finally:
        spark.stop()
    assert results[0] == results[1]
    assert results[0].links > 0
    assert results[0].compared > 14
    assert dumps[0] == dumps[1]
    assert dumps[0]


@pytest.mark.slow
@pytest.mark.usefixtures("no_spark")
def test_a_cluster_with_a_killed_worker_writes_the_bytes_of_one_run(folder, tmp_path, monkeypatch):
    marker = tmp_path / "killed"
    import pyspark

    monkeypatch.setenv("SPARK_HOME", str(Path(pyspark.__file__).parent))
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.setenv("GROUNDSWELL_TEST_MARKER", str(marker))
    monkeypatch.syspath_prepend(str(HERE))
    settings = {
        "spark.executorEnv.PYTHONPATH": str(HERE),
        "spark.executorEnv.GROUNDSWELL_TEST_MARKER": str(marker),
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
    }
    spark = session("local-cluster[2,1,1024]", settings)
    try:
        counts = read_spark(
            spark, [str(folder)], tmp_path / "read", preset="english", make="fake_reader:lethal_english", tasks=6
        )
    finally:
        spark.stop()
    assert marker.exists(), "no executor was killed: the test shows nothing"
    lines = sorted(plain(each) for batch in stored_rows(tmp_path / "read") for each in batch)
    wanted = alone(folder)
    assert lines == wanted
    assert sum(counts.values()) == len(wanted)
    assert counts["duplicate"] == 3

    with Ledger.open(tmp_path / "one.db") as book:
        add_sources(book, [str(folder)], preset="english", jobs=0, quiet=True)
        dump = list(book.canonical_dump())
    with Ledger.open(tmp_path / "taken.db") as book:
        run = book.start_run(run_of(tmp_path / "read")["by"], run_of(tmp_path / "read")["settings"])
        for batch in stored_rows(tmp_path / "read"):
            book.add(batch, run)
        assert book.verify() == []
        taken = list(book.canonical_dump())
    reports = [line for line in dump if line.startswith('["report"')]
    assert [line for line in taken if line.startswith('["report"')] == reports
    assert reports
