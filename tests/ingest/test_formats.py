"""One document through every format, and what each format says about it."""

from __future__ import annotations

import gzip
import json
from datetime import date
from email.message import EmailMessage

import hostile
import pytest

from groundswell.errors import UsageError
from groundswell.ingest import count_sources, read_bytes, read_sources, text_document

PARAGRAPHS = [f"{hostile.STORY} Paragraph {n}." for n in range(4)]
BODY = "\n\n".join(PARAGRAPHS)


def document(data: bytes | str, name: str, **options):
    (reading,) = read_bytes(data.encode() if isinstance(data, str) else data, name=name, **options)
    assert reading.outcome == "read", reading.problems
    return reading.document


def body(doc) -> str:
    return doc.text[doc.body_start :]


PAGE = f"""<!doctype html><html lang="en"><head><title>Dockers walk out | The Harbour Gazette</title>
<meta property="og:site_name" content="The Harbour Gazette"><meta name="author" content="Miriam Okafor">
<meta property="article:published_time" content="2024-05-06T18:00:00Z"><link rel="canonical" href="https://gazette.example/dockers"></head>
<body><nav><a href="/">Home</a><a href="/sport">Sport</a></nav><article><h1>Dockers walk out</h1>
{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</article>
<aside>Read also: Ten beaches to see this summer, with pictures by our readers.</aside><footer>All rights reserved.</footer></body></html>"""


def test_html():
    doc = document(PAGE, "a.html")
    assert (doc.title, doc.author, doc.publisher) == ("Dockers walk out", "Miriam Okafor", "The Harbour Gazette")
    assert (doc.published, doc.published_basis) == (date(2024, 5, 6), "metadata")
    assert (doc.url, doc.language, doc.format) == ("https://gazette.example/dockers", "en", "html")
    assert doc.text == f"Dockers walk out\n\n{BODY}"


def _parts(number: int) -> str:
    sentences = "".join(
        f"<p>Part {number}, paragraph {n}: the dockers of Rasmar stayed out for another day, said the union.</p>"
        for n in range(4)
    )
    return f'<div class="story-part">{sentences}</div><div class="ad"><p>Buy one of our splendid watches today, only today.</p></div>'


def test_articles_cut_up_by_advertisements():
    head = "<html><head><title>Dockers stay out</title></head><body>"
    page = f"{head}<article><h1>Dockers stay out</h1>{_parts(1)}{_parts(2)}{_parts(3)}</article></body></html>"
    from groundswell.ingest.split_articles import with_lost_parts

    first = "\n".join(
        f"Part 1, paragraph {n}: the dockers of Rasmar stayed out for another day, said the union." for n in range(4)
    )
    merged = with_lost_parts(page, first)
    assert [line[:19] for line in merged.split("\n")] == [
        f"Part {p}, paragraph {n}:"[:19] for p in (1, 2, 3) for n in range(4)
    ]
    text = document(page, "a.html").text
    assert all(text.count(f"Part {p}, paragraph {n}:") == 1 for p in (1, 2, 3) for n in range(4))
    other = f"{head}<article>{_parts(1)}</article><article>{_parts(2)}</article></body></html>"
    assert with_lost_parts(other, first) == first  # the next article of an endless page is another article


def test_repeated_paragraphs_are_kept():
    """The parser of pages was seen to drop exact repetitions; a chant may be repeated."""
    chant = "“No wages, no ships!” the workers chanted in front of the gates of the harbour again and again."
    page = PAGE.replace("</article>", f"<p>{chant}</p><p>{PARAGRAPHS[0]} Later.</p><p>{chant}</p></article>")
    assert body(document(page, "a.html")).count(chant) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
def test_encodings(encoding):
    text = (
        "Café owners protest\n\n"
        + "Über 200 “café” owners marched in Genève on Monday. They want lower rents, señor.\n" * 6
    )
    doc = document(text.encode(encoding), "a.txt")
    assert doc.title == "Café owners protest"
    assert "“café” owners marched in Genève" in doc.text
    assert (doc.decode_confidence >= 0.99) == (encoding in ("utf-8", "utf-16", "utf-8-sig"))


def test_double_encoding_is_undone():
    broken = "The president’s plan failed in Genève.".encode().decode("cp1252").encode()
    assert "president’s" in document(broken, "a.txt").text


def test_undecodable_text_is_partial():
    (reading,) = read_bytes(b"\xef\xbb\xbf" + b"words \xff\xfe\xff " * 50, name="a.txt")
    assert reading.outcome == "partial"
    assert [problem.code for problem in reading.problems] == ["bad_encoding"]


def test_normal_form_and_ligatures():
    doc = document("The o\ufb03ce was e\u0301vacue\u0301 by the \ufb01re brigade. Nobody was hurt there.", "a.txt")
    assert doc.text == "The office was évacué by the fire brigade. Nobody was hurt there."


def test_markdown():
    text = f"---\nauthor: Ana\ndate: 2024-05-06\n---\n# Dockers *walk* out\n\n{PARAGRAPHS[0]}\n\n- **First** demand\n- [Second](http://x.example) demand\n"
    doc = document(text, "a.md")
    assert (doc.title, doc.author, doc.published) == ("Dockers walk out", "Ana", date(2024, 5, 6))
    assert body(doc).split("\n\n") == [PARAGRAPHS[0], "First demand", "Second demand"]


def test_mail():
    message = EmailMessage()
    message["From"], message["Subject"] = "Dockers' Union <press@union.example>", "Re: Walkout on Monday"
    message["Date"] = "Mon, 06 May 2024 23:30:00 +0300"
    message.set_content(f"{BODY}\n\n-- \nPress office, phone 123")
    doc = document(message.as_bytes(), "a.eml")
    assert (doc.title, doc.author, doc.published) == ("Walkout on Monday", "Dockers' Union", date(2024, 5, 6))
    assert body(doc) == BODY
    html = EmailMessage()
    html["From"], html["Subject"] = "a@b.example", "Walkout"
    html.set_content(PAGE, subtype="html")
    html.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="leaflet.pdf")
    (reading,) = read_bytes(html.as_bytes(), name="b.eml")
    assert PARAGRAPHS[2] in reading.document.text
    assert [problem.code for problem in reading.problems] == ["attachments_not_read"]


def test_feeds():
    items = "".join(
        f"<item><title>Story {n} &lt;b&gt;</title><link>https://g.example/{n}</link><pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate>"
        f"<content:encoded><![CDATA[{''.join(f'<p>{p} {n}</p>' for p in PARAGRAPHS)}<script>alert(1)</script>]]></content:encoded></item>"
        for n in range(3)
    )
    teaser = "<item><title>Short</title><link>https://g.example/s</link><description>Only the beginning ...</description></item>"
    feed = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Gazette</title>{items}{teaser}</channel></rss>"
    )
    readings = read_bytes(feed.encode(), name="feed.xml")
    assert [reading.outcome for reading in readings] == ["read", "read", "read", "partial"]
    assert [reading.source_id for reading in readings[:2]] == ["https://g.example/0", "https://g.example/1"]
    first = readings[0].document
    assert (first.publisher, first.published, first.format) == ("Gazette", date(2024, 5, 6), "feed")
    assert body(first) == "\n\n".join(f"{p} 0" for p in PARAGRAPHS)
    assert [problem.code for problem in readings[3].problems] == ["teaser_only"]
    assert len({reading.document.id for reading in readings}) == 4


def test_single_json_object_keeps_its_name(tmp_path):
    (tmp_path / "abc-1.json").write_text(json.dumps({"title": "", "text": BODY, "published": "2024-05-06"}))
    (tmp_path / "abc-2.json").write_text(
        json.dumps({"doc": "kept", "title": "Walkout", "text": BODY, "published": None})
    )
    first, second = (reading.document for reading in read_sources([tmp_path]))
    assert (first.source_id, first.title, first.text, first.published_basis) == ("abc-1", None, BODY, "metadata")
    assert (second.source_id, second.title, second.published) == ("kept", "Walkout", None)
    assert second.text == f"Walkout\n\n{BODY}"


def test_rows_that_are_bad_cost_only_themselves(tmp_path):
    rows = [
        '{"id": "a", "text": "Words in a row. Many of them."}',
        '{"id": "b", "text": NaN}',
        '{"id": "c", "text": "x", "text": "y"}',
        '{"id": "d", "n": 1e999, "text": "x"}',
        "[" * 100_000,
        '{"id": "e", "n": ' + "9" * 5000 + ', "text": "x"}',
        '{"id": "f", "text": "lone \\ud800 surrogate"}',
        "not json",
        "17",
        '{"id": "g", "body": "Another column name."}',
        '{"id": "h", "nothing": 1}',
        '{"id": "a", "text": "Words in a row. Many of them."}',
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("\ufeff" + "\r\n".join(rows) + "\n", encoding="utf-8")
    readings = list(read_sources([path]))
    assert [r.outcome for r in readings] == ["read"] + ["rejected"] * 5 + ["read"] + ["rejected"] * 2 + [
        "read",
        "rejected",
        "duplicate",
    ]
    assert readings[1].source_id.endswith("corpus.jsonl:2")
    assert readings[11].duplicate_of == "a"
    assert readings[6].document.text == "lone \ufffd surrogate"
    readings[6].document.text.encode("utf-8")


def test_csv_with_ragged_rows_and_mapping(tmp_path):
    path = tmp_path / "corpus.csv"
    path.write_text(
        'name;words;when\n1;"First ""text"", in\nquotes.";2024-05-06\n2;only two\n3;Third\0 text.;03/04/2024\n',
        encoding="cp1252",
    )
    mapping = {"id": "name", "text": "words", "published": "when"}
    readings = list(read_sources([path], mapping=mapping))
    assert [reading.outcome for reading in readings] == ["read", "rejected", "read"]
    assert readings[0].document.source_id == "1"
    assert readings[0].document.published == date(2024, 5, 6)
    assert "line 4" in readings[1].problems[0].message
    assert readings[2].document.text == "Third text."
    assert [problem.code for problem in readings[2].problems] == ["unread_date"]
    with pytest.raises(UsageError, match="no field 'who'"):
        list(read_sources([path], mapping={"who": "name"}))
    (unmapped, *_) = read_sources([path])
    assert "--map text=COLUMN" in unmapped.problems[0].message


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"headline": ["A", "B"], "content": [BODY, "Short text."], "date": [date(2024, 5, 6), None]})
    parquet.write_table(table, tmp_path / "c.parquet")
    first, second = read_sources([tmp_path])
    assert (first.document.title, first.document.published) == ("A", date(2024, 5, 6))
    assert second.source_id.endswith("c.parquet row 2")
    (broken,) = read_bytes((tmp_path / "c.parquet").read_bytes()[:300], name="c.parquet")
    assert broken.outcome == "rejected"


def warc_record(url: str, payload: bytes, wrong: int = 0) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{url[-1]}>\r\nWARC-Target-URI: {url}\r\n"
    return (
        f"{head}Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http) + wrong}\r\n\r\n".encode()
        + http
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize("wrong", [0, 20, -20])
@pytest.mark.parametrize("packed", [False, True])
def test_warc_goes_on_after_a_broken_record(wrong, packed):
    records = [
        warc_record(f"http://g.example/{n}", PAGE.replace("walk out", f"walk out {n}").encode(), wrong if n == 1 else 0)
        for n in range(4)
    ]
    data = b"".join(gzip.compress(each) if packed else each for each in records)
    readings = read_bytes(data, name="a.warc.gz" if packed else "a.warc")
    good = [reading.source_id for reading in readings if reading.document]
    assert {"http://g.example/0", "http://g.example/2", "http://g.example/3"} <= set(good)
    assert next(reading.document.url for reading in readings if reading.document) == "https://gazette.example/dockers"
    if wrong and not packed:
        assert any(problem.code == "damaged" for reading in readings for problem in reading.problems)


def test_archives_hold_any_of_these():
    archive = hostile.zip_of(
        {
            "b/a.html": PAGE.encode(),
            "c.txt.gz": gzip.compress(BODY.encode()),
            "rows.jsonl": b'{"id": "r1", "text": "Words."}',
        }
    )
    readings = read_bytes(archive, name="x.zip")
    assert [(r.source_id, r.outcome) for r in readings] == [
        ("x.zip!/b/a.html", "read"),
        ("x.zip!/c.txt", "read"),
        ("r1", "read"),
    ]


def test_published_given_wins():
    assert document(PAGE, "a.html", published=date(2020, 1, 2)).published_basis == "given"
    assert text_document(BODY, published=date(2020, 1, 2)).published == date(2020, 1, 2)


def test_folders_globs_and_duplicates(tmp_path):
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text(BODY + ("" if name != "c.md" else " And more."))
    (tmp_path / ".hidden").write_text("x")
    readings = list(read_sources([tmp_path, str(tmp_path / "*.txt"), "no/such/file.txt", str(tmp_path / "*.nothing")]))
    assert [r.outcome for r in readings] == [
        "read",
        "duplicate",
        "read",
        "duplicate",
        "duplicate",
        "rejected",
        "rejected",
    ]
    assert readings[0].source_id == str(tmp_path / "a.txt")
    assert readings[1].duplicate_of == str(tmp_path / "a.txt")
    assert [r.problems[0].code for r in readings[5:]] == ["not_found", "not_found"]
    assert count_sources([tmp_path]) == 3
    assert count_sources(["-"]) is None


def test_the_ledger_knows_some_already(tmp_path):
    (tmp_path / "a.txt").write_text(BODY)
    (first,) = read_sources([tmp_path])
    (again,) = read_sources([tmp_path], known=lambda key: key == first.document.id)
    assert (again.outcome, again.duplicate_of, again.document) == ("duplicate", first.document.id, None)


def test_standard_input(monkeypatch):
    import io
    import sys

    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "1", "text": "Words."}\n{"id": "2", "text": "More."}\n'))
    )
    assert [reading.source_id for reading in read_sources(["-"])] == ["1", "2"]


def test_ten_thousand_files_stream(tmp_path):
    """The first document comes before the others are opened."""
    for number in range(300):
        (tmp_path / f"{number:05}.txt").write_text(f"Words of text {number}. And more of them.")
    readings = read_sources([tmp_path])
    assert next(readings).source_id.endswith("00000.txt")
    (tmp_path / "00299.txt").unlink()
    rest = list(readings)
    assert len(rest) == 299
    assert rest[-1].problems[0].code == "unreadable"


def test_text_contract():
    doc = text_document("Dockers walk out\n\n" + BODY)
    assert doc.title == "Dockers walk out"
    assert doc.text == f"Dockers walk out\n\n{BODY}"
    assert doc.text[doc.body_start :] == BODY
    given = text_document(BODY, title="Dockers walk out")
    assert given.text == doc.text
    repeated = text_document(
        "Dockers walk out. RASMAR -- Thousands stopped work. More to come.", title="Dockers walk out"
    )
    assert repeated.text == "Dockers walk out.\n\nRASMAR -- Thousands stopped work. More to come."
    assert repeated.text[repeated.body_start :].startswith("RASMAR")
    assert text_document("Only a sentence is here.").title is None
