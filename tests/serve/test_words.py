"""What is written on the pages: pieces of text keep every offset, sentences and ranges say no more than is known."""

import random

import pytest
from synthetic import record

from groundswell.serve import plots, spans, wording


@pytest.mark.parametrize("seed", range(20))
def test_pieces_put_together_are_the_text_whatever_overlaps(seed):
    chance = random.Random(seed)
    text = "".join(chance.choice("ab é東\u202e\u200b\n🏳") for _ in range(80))
    marked = [
        spans.Marked(f"k{n}", "actor", start := chance.randrange(70), start + chance.randrange(1, 9), "", "", "")
        for n in range(8)
    ]
    shifted = [spans.Marked(m.key, m.kind, m.start + 1000, m.end + 1000, "", "", "") for m in marked]
    found = list(spans.pieces(text, 1000, shifted))
    at = 1000
    for piece in found:
        assert piece.start == at
        words = chr(int(piece.hidden[2:], 16)) if piece.hidden else piece.text
        assert text[at - 1000 : at - 1000 + len(words)] == words
        covering = {m.key for m in shifted if m.start <= at < m.end}
        assert set(piece.keys.split()) == covering
        at += len(words)
    assert at == 1000 + len(text)


def test_every_finding_of_a_document_is_marked_with_its_own_words():
    found = record(3)
    text = found["document"]["text"]
    for each in spans.findings(found):
        assert text[each.start : each.end] == each.text


@pytest.mark.parametrize(
    ("low", "best", "high", "said"),
    [(20, None, None, "at least 20"), (None, None, 40, "up to 40"), (6, 6, 6, "6"), (100, None, 999, "100–999"), (None, 50, None, "about 50"),
     (None, 90, 100, "about 90, at most 100"), (None, None, None, "no number"), (0, 0, 0, "0")],
)  # fmt: skip
def test_a_claim_is_said_as_it_was_made(low, best, high, said):
    assert wording.claim({"low": low, "best": best, "high": high}) == said


@pytest.mark.parametrize(
    ("earliest", "latest", "said"),
    [("2024-06-12", "2024-06-12", "12 Jun 2024"), ("2024-06-12", "2024-06-14", "12–14 Jun 2024"), ("2024-05-30", "2024-06-02", "30 May – 2 Jun 2024"),
     ("2023-12-31", "2024-01-01", "31 Dec 2023 – 1 Jan 2024"), ("2024-06-12", None, "since 12 Jun 2024"), (None, "2024-06-12", "until 12 Jun 2024"),
     (None, None, "“a while ago”")],
)  # fmt: skip
def test_days_are_said_as_far_as_they_are_known(earliest, latest, said):
    assert wording.when({"earliest": earliest, "latest": latest, "text": "a while ago"}) == said
    assert wording.when(None) == ""


def figure(low, best, high):
    return {
        "of": "deaths",
        "low": low,
        "best": best,
        "high": high,
        "attribution": None,
        "text": "x",
        "report": "r",
        "document": "d",
    }


def test_plots_keep_open_ends_open_and_zero_on_the_scale():
    (plot,) = plots.ranges([figure(6, None, None), figure(9, 9, 9), figure(0, 0, 0)])
    assert plot.summary == "0–9 or more"
    assert not plot.logarithmic
    open_claim, exact, none = plot.claims
    assert open_claim.open_right
    assert open_claim.right == plots.WIDTH
    assert exact.left == exact.right == exact.point
    assert none.left == 0.0
    (wide,) = plots.ranges([figure(10, 10, 10), figure(10_000, 10_000, 10_000)])
    assert wide.logarithmic
    assert 0 < wide.claims[0].left < wide.claims[1].left < plots.WIDTH
    assert plots.ranges([]) == []


def test_double_coding_is_blind_and_its_agreement_is_shown(bench):
    coders = {name: bench.client("coder", name=name) for name in ("ana", "bea")}
    from groundswell.review import coding

    drawn = coding.sample(bench.desk.ledger, size=6, seed=3)
    for name, client in coders.items():
        for n, report in enumerate(drawn):
            page = client.get("/coding?size=6&seed=3").text
            assert f'data-report="{report}"' in page
            told = bench.desk.ledger.report(report)
            assert "m-actor" not in page
            assert "m-place" not in page
            assert f'value="{told["type"]}" selected' not in page
            value = {
                "event": n != 5,
                "type": "PROTEST",
                "status": "occurred" if n % 2 or name == "ana" else "denied",
                "participants": 20 + n,
            }
            assert bench.post(client, "/api/codings", {"report": report, "value": value}).status_code == 201
        assert "whole sample is coded" in client.get("/coding?size=6&seed=3").text
    assert coders["ana"].get("/agreement").status_code == 403
    page = bench.client("adjudicator").get("/agreement").text
    assert "ana, bea" in page
    assert "3 to adjudicate" in page
    assert "denied" in bench.client("adjudicator").get("/adjudicate").text
    assert bench.desk.ledger.total() == 120
    assert {event["review_state"] for event in bench.desk.ledger.events()} == {"unreviewed"}


def test_a_reviewer_names_herself_and_decides_under_that_name(bench):
    client = bench.client()
    assert bench.post(client, "/api/name", {"name": "Bea <script>"}).status_code == 201
    event = next(bench.desk.ledger.events())
    bench.post(client, "/api/decisions", {"kind": "confirm", "left": event["id"]})
    assert bench.desk.ledger.decisions()[0]["by"] == "review:Bea script"
    assert bench.post(client, "/api/name", {"name": "<>"}).status_code == 400
