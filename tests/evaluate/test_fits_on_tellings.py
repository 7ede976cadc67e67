"""What the fits of dates and of joining learn from: the coders' tellings, each pair with the coder's answer."""

from __future__ import annotations

import json

import pytest

from groundswell.analyse.sentences import sentences
from groundswell.evaluate import joining_fit, role_fit
from groundswell.pipeline import Pipeline
from groundswell.records import Record
from groundswell.resolve.time import times

TEXT = "Dockers walked out on 3 May. The strike closed the port.\n\nMiners who struck in April returned. Police arrested nine."


def span(words, after=0):
    start = TEXT.index(words, after)
    return {"text": words, "start": start, "end": start + len(words)}


def event(kind, status, trigger, **more):
    return {"type": kind, "status": status, "trigger": span(trigger), **more}


def row(identity, split, form="document", **more):
    events = [
        event("PROTEST", "occurred", "walked out", also=[span("strike")], time=span("on 3 May"), actors=[span("Dockers")]),
        event("PROTEST", "occurred", "struck", time=span("in April"), actors=[span("Miners")]),
        event("COERCE", "occurred", "arrested", actors=[span("Police")]),
    ]  # fmt: skip
    return {"id": identity, "split": split, "form": form, "text": TEXT, "events": events, **more}


@pytest.fixture
def corpus(tmp_path):
    rows = [
        row("a", "train"),
        row("b", "dev"),
        row("c", "train", form="sentence"),
        row("d", "train", derived=True),
        row("e", "train") | {"events": []},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    return tmp_path


def test_rows_are_those_of_the_split_as_their_coder_left_them(corpus):
    assert [each.document.source_id for each in role_fit.coded_rows(corpus, ["train"])] == ["a", "c"]
    assert [each.document.source_id for each in joining_fit.documents(corpus, "train")] == ["a"]


def test_a_phrase_belongs_to_the_happening_whose_time_it_is(corpus):
    coded = [next(role_fit.coded_rows(corpus, ["dev"]))]
    rows = role_fit.clause_rows(coded)
    assert [(features["trigger first"], joined) for features, joined in rows] == [(1.0, True), (1.0, True)]
    # The strike of the second sentence and the arrest stand beside no phrase: nothing is learnt from them.
    assert len(rows) == 2


def test_pairs_are_of_one_type_and_carry_the_coders_answer(corpus):
    coded = joining_fit.documents(corpus, "train")
    (record,) = Pipeline([sentences, joining_fit.coder(coded), times], by="t").run([Record(coded[0].document)])
    quote = coded[0].document.quote
    found = [(quote(a.telling.span), quote(b.telling.span), same) for a, b, same in joining_fit.pairs(coded[0], record)]
    assert found == [
        ("walked out", "strike", True),
        ("walked out", "struck", False),
        ("strike", "struck", False),
    ]


def test_a_coder_gives_a_telling_only_what_stands_in_its_sentence(corpus):
    coded = joining_fit.documents(corpus, "train")
    (record,) = Pipeline([sentences, joining_fit.coder(coded)], by="t").run([Record(coded[0].document)])
    roles = {
        (f.value.kind, f.value.trigger.start, coded[0].document.quote(f.span)) for f in record.of(joining_fit.Role)
    }
    assert ("actor", span("walked out")["start"], "Dockers") in roles
    assert not any(start == span("strike")["start"] for _, start, _ in roles)
