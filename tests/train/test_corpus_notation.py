from __future__ import annotations

from groundswell.train.corpus import to_offsets
from groundswell.train.corpus_notation import parse

DOCUMENT = """>Dockers walk out
>Dockers in Beira walked out on Monday, the union said. "We want our pay," said union head Ana Mabote. Police held 12 of them.
>The walkout ended on Tuesday.
+PRO/strike o walked out|a Dockers in Beira|p Beira|w on Monday|s union|l walk out; walkout
+COE/arrest o held|a Police|t them|f 12=a
"union head Ana Mabote|said#2|We want our pay|d
"union|said|Dockers in .. Monday|
@P Ana Mabote|L Beira
"""


def test_a_document_becomes_a_raw_coding_whose_phrases_resolve():
    (row,), problems = parse(DOCUMENT, "w9-a01")
    assert problems == []
    assert row["id"] == row["doc"] == "w9-a01-001"
    assert row["text"].startswith("Dockers walk out\n\nDockers in Beira")
    placed = to_offsets(row)
    strike, arrest = placed["events"]
    assert (strike["type"], strike["mode"], strike["status"]) == ("PROTEST", "strike", "occurred")
    assert strike["time"]["text"] == "Monday"
    assert [mention["text"] for mention in strike["also"]] == ["walk out", "walkout"]
    assert (arrest["figures"][0]["text"], arrest["figures"][0]["of"]) == ("12", "arrested")
    first, second = placed["statements"]
    assert (first["direct"], second["direct"]) == (True, False)
    assert first["cue"]["start"] == row["text"].rindex("said")
    assert second["content"]["text"] == "Dockers in Beira walked out on Monday"


def test_blank_lines_part_documents_and_number_them():
    rows, problems = parse(">One came.\n\n\n>Two came.\n", "w9-a02")
    assert [row["id"] for row in rows] == ["w9-a02-001", "w9-a02-002"]
    assert problems == []


def test_problems_name_file_line_and_what_to_do():
    text = ">They marched.\n+PRO/parade o marched\n+PRO z marched\n+PRO o sang\n+PRO o marched|f 12\n?\n@X They\n+PRO o marched|q They"
    (row,), problems = parse(text, "w9-a03")
    assert [problem.split(":")[1] for problem in problems] == ["2", "3", "4", "5", "6", "7", "8"]
    assert "'parade' is no mode of PROTEST; use one of demo" in problems[0]
    assert "write TYPE[/mode] STATUS TRIGGER" in problems[1]
    assert "'sang' is not in the text; quote it exactly" in problems[2]
    assert "write number=K" in problems[3]
    assert [event["trigger"] for event in row["events"]] == ["marched", "marched"]


def test_a_stretch_that_is_not_there_is_a_problem():
    _, problems = parse('>They marched home.\n"|said|marched .. gone|', "w9-a04")
    assert problems == [
        "w9-a04:2: no stretch from 'marched' to 'gone' in the text; quote its first and last words exactly"
    ]


def test_codings_without_a_text_are_a_problem():
    _, problems = parse("+PRO o marched", "w9-a05")
    assert problems[0] == "w9-a05:1: no text; begin each line of the document's text with >"
