"""Shards: every source in exactly one; their ledgers merge in any order into the ledger that one run makes."""

import itertools
import json

import pytest

from groundswell.cli.reading_commands import add_sources
from groundswell.engines.shards import Shard, parse_shard
from groundswell.errors import UsageError
from groundswell.ingest import read_sources
from groundswell.store import Ledger

TEXTS = [
    "Nurses marched in Leeds on Monday. Police arrested 12 of them, a union said.",
    "The museum opens at nine. Entry is free.",
    "Rebels shelled the market in Taiz, killing at least 14 people, medics said on Friday.",
]


@pytest.fixture
def folder(tmp_path):
    """Rows of a table, a page, a text, a damaged and an empty file."""
    made = tmp_path / "in"
    made.mkdir()
    rows = [{"id": f"r{n}", "text": f"{TEXTS[n % 3]} Row {n}.", "published": "2024-03-05"} for n in range(9)]
    (made / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    (made / "page.html").write_text(f"<html><body><h1>News</h1><p>{TEXTS[0]} {TEXTS[2]}</p></body></html>")
    (made / "note.txt").write_text(TEXTS[2])
    (made / "empty.txt").write_text("")
    (made / "data.bin").write_bytes(bytes(range(256)) * 4)
    return made


def test_every_source_falls_to_exactly_one_shard(folder):
    whole = sorted(r.source_id for r in read_sources([folder]))
    parts = [[r.source_id for r in read_sources([folder], wanted=Shard(n, 4).holds)] for n in (1, 2, 3, 4)]
    assert sorted(itertools.chain(*parts)) == whole
    assert len(whole) == 14
    assert sum(bool(part) for part in parts) > 1


def test_shards_merge_in_any_order_to_the_ledger_of_one_run(folder, tmp_path):
    def dump(path):
        with Ledger.open(path) as book:
            return list(book.canonical_dump())

    with Ledger.open(tmp_path / "whole.db") as book:
        add_sources(book, [str(folder)], jobs=0, quiet=True)
    for n in (1, 2, 3):
        with Ledger.open(tmp_path / f"{n}.db") as book:
            add_sources(book, [str(folder)], jobs=0, shard=Shard(n, 3), quiet=True)
    wanted = dump(tmp_path / "whole.db")
    assert len(wanted) > 12
    for order in ((1, 2, 3), (3, 1, 2), (2, 3, 1)):
        path = tmp_path / f"merged{order}.db"
        with Ledger.open(path) as book:
            for n in order:
                book.merge(tmp_path / f"{n}.db")
            assert book.verify() == []
        assert dump(path) == wanted


def test_a_second_run_reads_nothing_again(folder, tmp_path):
    with Ledger.open(tmp_path / "l.db") as book:
        first = add_sources(book, [str(folder)], jobs=0, quiet=True)
        before = [line for line in book.canonical_dump() if line.startswith('["report"')]
        again = add_sources(book, [str(folder)], jobs=0, quiet=True)
        assert [line for line in book.canonical_dump() if line.startswith('["report"')] == before
    assert again["duplicate"] == first["read"] + first["irrelevant"] + first["partial"]


@pytest.mark.parametrize("words", ["0/4", "5/4", "3", "a/b", "1/0", "-1/4"])
def test_what_is_no_shard_is_refused(words):
    with pytest.raises(UsageError, match="NUMBER/COUNT"):
        parse_shard(words)


def test_a_shard_is_written_as_it_is_typed():
    assert str(parse_shard(" 3/128 ")) == "3/128"
