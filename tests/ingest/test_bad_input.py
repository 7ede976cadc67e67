"""Every bad input of the issue ends in one named outcome with a message that says what to do, and the run goes on."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys

import hostile
import pytest

from groundswell.ingest import Limits, read_bytes, read_sources

OUTCOMES = {"read", "partial", "duplicate", "rejected"}


def one(data: bytes, name: str):
    readings = read_bytes(data, name=name)
    assert len(readings) == 1
    return readings[0]


def codes(reading) -> list[str]:
    return [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.html", "empty"),
        (b" \n\t", "a.txt", "empty"),
        (random.Random(1).randbytes(5000), "a.txt", "binary"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "picture.html", "binary"),
        (hostile.one_line_html(21 << 20), "a.html", "too_large"),
        (b"<html><script>" + b"var a='some text. ';" * 500 + b"</script><div id=app></div></html>", "a.html", "no_text"),
        (b'<html><body>' + b'<a href="' * 200_000, "a.html", "no_text"),
        (hostile.pdf_of(b"BT /F1 12 Tf 72 700 Td (One page only.) Tj ET")[:250], "a.pdf", "damaged"),
        (hostile.pdf_of(b""), "a.pdf", "needs_ocr"),
        (hostile.cyclic_pdf(), "a.pdf", "needs_ocr"),
        (hostile.billion_laughs(), "a.xml", "entities"),
        (hostile.external_entity("file:///etc/passwd"), "a.xml", "entities"),
        (b"PK\x03\x04 this is no archive", "a.zip", "damaged"),
        (gzip.compress(hostile.STORY.encode())[:60], "a.txt.gz", "damaged"),
        (gzip.compress(b"a" * (60 << 20)), "a.txt.gz", "too_large"),
    ],
)  # fmt: skip
def test_rejected_with_a_reason_and_advice(data, name, code):
    reading = one(data, name)
    assert reading.outcome == "rejected"
    assert reading.document is None
    assert codes(reading) == [code]
    message = reading.problems[0].message
    assert message.startswith(name.removesuffix(".gz"))
    assert len(message.split(". ")) >= 2  # what happened, and what to do


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (hostile.nested_html(200_000), "depth"),
        (hostile.nested_html(50_000, "b"), "depth"),
        (hostile.nested_html(1_900), "low_yield"),
        (hostile.one_line_html(5 << 20), "cut_short"),
        (b"<html><body>" + b"<!--" * 300_000 + hostile.page(), "low_yield"),
    ],
)
def test_hostile_markup_still_yields_its_text(data, code):
    reading = one(data, "a.html")
    assert reading.outcome == "partial"
    assert code in codes(reading)
    assert hostile.STORY in reading.document.text


def test_long_texts_are_cut_and_say_so():
    reading = one((hostile.STORY.encode() + b"\n\n") * 10_000, "a.txt")
    assert reading.outcome == "partial"
    assert codes(reading) == ["cut_short"]
    assert 1_900_000 < len(reading.document.text) <= 2_000_000


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux")
def test_pdf_bomb_costs_the_child_only():
    before = _resident()
    reading = one(hostile.flate_bomb(1 << 30), "bomb.pdf")
    assert reading.outcome == "rejected"
    assert codes(reading)[0] in ("parser_failed", "too_much_memory", "too_slow")
    assert _resident() - before < 100
    assert one(hostile.page(), "after.html").outcome == "read"  # a new child takes over


def test_slow_input_is_stopped(tmp_path):
    limits = Limits(child_wall_seconds=1.0)
    data = b"<html><body>" + b"<p>The same words again and again.</p>" * 140_000
    path = tmp_path / "slow.html"
    path.write_bytes(data)
    (reading,) = read_sources([path], limits=limits)
    assert codes(reading) == ["too_slow"]


def test_page_count_that_lies():
    reading = one(hostile.pdf_with_count(99_999_999), "a.pdf")
    assert reading.outcome == "read"
    assert reading.document.text == "One page only."


def test_archives_that_climb_or_link(tmp_path):
    archive = hostile.zip_of(
        {"../../evil.txt": b"x", "/abs.txt": b"y", "C:\\w.txt": b"z", "ok.txt": hostile.STORY.encode()}
    )
    outcomes = {r.source_id: (r.outcome, codes(r)) for r in read_bytes(archive, name="a.zip")}
    assert outcomes == {
        "a.zip!/../../evil.txt": ("rejected", ["climbs_out"]),
        "a.zip!//abs.txt": ("rejected", ["climbs_out"]),
        "a.zip!/C:\\w.txt": ("rejected", ["climbs_out"]),
        "a.zip!/ok.txt": ("read", []),
    }
    linked = read_bytes(hostile.zip_with_link("/etc/passwd"), name="a.zip")
    assert [(r.outcome, codes(r)) for r in linked] == [("rejected", ["link"]), ("read", [])]
    tar = read_bytes(hostile.tar_with_links(), name="a.tar")
    assert [codes(r) for r in tar] == [["link"], ["link"], ["link"], ["climbs_out"], ["climbs_out"], []]
    assert not any("root:" in r.document.text for r in (*linked, *tar) if r.document)


def test_zip_bomb_and_nesting():
    readings = read_bytes(hostile.zip_bomb(120 << 20), name="a.zip")
    assert [codes(r) for r in readings] == [["too_large"], []]
    inner = hostile.zip_of({"c.txt": hostile.STORY.encode()})
    twice = hostile.zip_of({"b.zip": inner})
    assert [r.outcome for r in read_bytes(twice, name="a.zip")] == ["read"]
    assert codes(one(hostile.zip_of({"a.zip": twice}), "x.zip")) == ["nested_archive"]


def test_links_in_folders(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    outside = tmp_path / "outside.txt"
    outside.write_text(hostile.STORY)
    (folder / "a.txt").write_text(hostile.STORY + " A.")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    (folder / "out.txt").symlink_to(outside)
    (folder / "dead.txt").symlink_to(tmp_path / "nothing")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    readings = {os.path.basename(r.source_id): (r.outcome, codes(r)) for r in read_sources([folder])}
    assert readings == {
        "a.txt": ("read", []),
        "dead.txt": ("rejected", ["unreadable"]),
        "inside.txt": ("duplicate", ["duplicate"]),
        "loop": ("rejected", ["link_to_folder"]),
        "out.txt": ("rejected", ["link_outside"]),
        "pipe": ("rejected", ["not_a_file"]),
    }


def test_random_damage_never_escapes(tmp_path):
    """Flip bytes in good files: always an outcome, never an exception."""
    chance = random.Random(7)
    seeds = [
        ("a.html", hostile.page(3)),
        ("a.pdf", hostile.pdf_of(b"BT /F1 12 Tf 72 700 Td (One page only, with words.) Tj ET")),
        ("a.zip", hostile.zip_of({"a.txt": hostile.STORY.encode(), "b.html": hostile.page(2)})),
        ("a.jsonl", b'{"id": "1", "text": "Some words in a row."}\n{"id": "2", "text": "Other words."}\n'),
        ("a.csv", b"id,text\n1,Some words\n2,Other words\n"),
        (
            "a.eml",
            b"From: A B <a@b.example>\nSubject: March\nDate: Fri, 3 May 2024 10:00:00 +0000\n\nWe march on Friday at noon.\n",
        ),
    ]
    for name, seed in seeds:
        for _ in range(25):
            data = bytearray(seed)
            for _ in range(chance.randint(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            readings = read_bytes(bytes(data[: chance.randint(1, len(data))]), name=name)
            assert readings
            assert all(r.outcome in OUTCOMES and (r.document or r.problems) for r in readings)


PEAK = """
from pathlib import Path
def peak():
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return int(fields["VmHWM"].split()[0]) >> 10
"""  # in MB; ru_maxrss would count what the process was forked from


def _resident() -> int:
    """Peak memory of this process in MB."""
    names: dict = {}
    exec(PEAK, names)
    return names["peak"]()


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux")
def test_parent_memory_stays_small(tmp_path):
    """The whole gauntlet in a fresh process: its memory grows by less than 300 MB."""
    (tmp_path / "a.html").write_bytes(hostile.one_line_html(19 << 20))
    (tmp_path / "b.html").write_bytes(hostile.one_line_html(100 << 20))
    (tmp_path / "c.txt").write_bytes((hostile.STORY.encode() + b" ") * (100 << 12))
    (tmp_path / "d.pdf").write_bytes(hostile.flate_bomb(1 << 30))
    (tmp_path / "e.zip").write_bytes(hostile.zip_bomb(300 << 20))
    (tmp_path / "f.jsonl").write_bytes(b'{"text": "' + b"a" * (150 << 20) + b'"}\n{"text": "Words."}\n')
    (tmp_path / "g.txt").write_bytes("é".encode() * (3 << 20))
    code = (
        PEAK + "import sys\nfrom groundswell.ingest import read_sources\nbefore = peak()\n"
        "outcomes = [r.outcome for r in read_sources([sys.argv[1]])]\nprint(peak() - before, *outcomes)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    grown, *outcomes = done.stdout.split()
    assert outcomes == [
        "partial",
        "rejected",
        "rejected",
        "rejected",
        "rejected",
        "read",
        "rejected",
        "read",
        "partial",
    ]
    assert int(grown) < 300


def test_limits_reach_the_child(tmp_path):
    (tmp_path / "a.html").write_bytes(hostile.page(40))
    (reading,) = read_sources([tmp_path], limits=Limits(html_bytes=1000))
    assert codes(reading) == ["too_large"]
    (reading,) = read_sources([tmp_path], limits=Limits(text_characters=1000))
    assert codes(reading) == ["cut_short"]
    assert len(reading.document.text) < 1100
    (reading,) = read_sources([tmp_path], limits=Limits(child_memory=30 << 20))
    assert codes(reading)[0] in ("too_much_memory", "parser_failed")


def test_the_child_reaches_nothing():
    """A parser that tried to connect or to start a program would end its process, not open a socket."""
    code = (
        "import socket, subprocess, sys\nfrom groundswell.ingest.worker import _refuse_what_parsing_never_needs\n"
        "_refuse_what_parsing_never_needs()\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: subprocess.run(['true'])):\n"
        "    try:\n        act()\n    except PermissionError:\n        print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "refused"]
