"""The local engine: every document once, whatever dies, hangs or fails; the number of processes changes nothing."""

import json
from pathlib import Path

import pytest

from groundswell.engines.local import Speed, chosen_jobs, read_local
from groundswell.engines.pool import Patience, Pool
from groundswell.errors import ModelError, PipelineError
from groundswell.ingest import Reading, read_sources
from groundswell.records import Document
from groundswell.values import Problem


@pytest.fixture(autouse=True)
def _tests_are_found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def readings(*texts):
    return [Reading(f"s{n}", "read", Document(f"{n:064d}", text, f"s{n}")) for n, text in enumerate(texts)]


def outcomes(found):
    return {item.source_id: item.outcome for item in found}


def test_a_document_that_kills_its_process_costs_only_itself():
    texts = ["fine"] * 5 + ["KILL-ME"] + ["fine"] * 4
    found = list(read_local(readings(*texts), jobs=2, batch=4, make="fake_reader:harmful"))
    assert sorted(item.source_id for item in found) == sorted(f"s{n}" for n in range(10))
    [lost] = [item for item in found if item.outcome == "rejected"]
    assert lost.source_id == "s5"
    assert lost.problems[0]["code"] == "reader_died"
    assert "exit code 9" in lost.problems[0]["message"]


def test_a_document_that_hangs_is_stopped_and_the_others_go_on():
    texts = ["fine", "HANG", "fine", "fine", "fine"]
    patience = Patience(base=1.0, per_million=0.0)
    found = outcomes(read_local(readings(*texts), jobs=2, batch=2, make="fake_reader:harmful", patience=patience))
    assert found == {"s0": "irrelevant", "s1": "rejected", "s2": "irrelevant", "s3": "irrelevant", "s4": "irrelevant"}


def test_a_stage_that_fails_leaves_a_partial_record():
    found = {item.source_id: item for item in read_local(readings("fine", "FAIL"), jobs=1, make="fake_reader:harmful")}
    assert found["s1"].outcome == "partial"
    assert found["s0"].outcome == "irrelevant"


def test_readings_without_a_document_come_out_too():
    held = [*readings("fine"), Reading("bad", "rejected", None, (Problem("empty", "bad is empty"),))]
    assert outcomes(read_local(held, jobs=1, make="fake_reader:harmful")) == {"s0": "irrelevant", "bad": "rejected"}


def test_a_reader_that_cannot_load_says_so():
    with pytest.raises(ModelError, match="no such model"):
        list(read_local(readings("fine"), jobs=1, make="fake_reader:missing"))
    with pytest.raises(PipelineError, match="exit code 7"):
        list(read_local(readings("fine"), jobs=1, make="fake_reader:stillborn"))


def test_progress_is_told_after_each_document():
    told = []
    list(
        read_local(
            readings(*["fine"] * 3), make="fake_reader:harmful", total=3, progress=lambda s: told.append(s.count)
        )
    )
    assert told == [1, 2, 3]


def test_leaving_early_ends_the_processes():
    with Pool(2, "x", make="fake_reader:harmful") as pool:
        children = [each.child for each in pool._processes]
        list(pool.submit([readings("fine")[0].document]))
    assert all(child.poll() is not None for child in children)


def test_few_documents_are_read_in_this_process(tmp_path):
    assert chosen_jobs(3) == 0
    large = tmp_path / "crawl.warc.gz"
    large.write_bytes(bytes(5 << 20))
    assert chosen_jobs(1, [large]) == chosen_jobs(10**6)
    assert chosen_jobs(None) == chosen_jobs(10**6)


def test_speed_says_nothing_before_there_is_anything_to_say():
    speed = Speed(total=10)
    assert speed.per_second is None
    assert speed.seconds_left is None
    speed._begin -= 5.0
    speed.done(5)
    assert speed.per_second == pytest.approx(1.0, rel=0.05)
    assert speed.seconds_left == pytest.approx(5.0, rel=0.05)


def test_the_number_of_processes_and_the_batch_change_nothing(tmp_path):
    rows = tmp_path / "rows.jsonl"
    texts = [
        "Nurses marched in Leeds on Monday. Police arrested 12 of them, a union said.",
        "The museum opens at nine. Entry is free.",
        "Rebels shelled the market in Taiz, killing at least 14 people, medics said on Friday.",
        '"We will strike on March 14," said Ana Ruiz of the dockers\' union in Gdynia.',
    ]
    with rows.open("w") as out:
        for n in range(12):
            out.write(json.dumps({"id": f"r{n}", "text": f"{texts[n % 4]} Row {n}.", "published": "2024-03-05"}) + "\n")
    found = []
    for jobs, batch in ((0, 5), (0, 1), (1, 3)):
        done = read_local(read_sources([rows]), jobs=jobs, batch=batch)
        found.append(sorted(json.dumps(item.json, sort_keys=True) for item in done))
    assert found[0] == found[1] == found[2]
    assert any('"PROTEST"' in line for line in found[0])
