"""The reader as a stage, with a session that answers from a list: offsets, roles, loose figures, batching over documents."""

import pytest

from groundswell.analyse.reader import Reader, findings
from groundswell.analyse.reader_found import FoundRole, FoundSpan, FoundTrigger, Reading, Words
from groundswell.analyse.reader_words import units
from groundswell.errors import ModelError
from groundswell.records import Document, Finding, Record, Span
from groundswell.values import LooseFigure, Mention, Ref, Role, Sentence, Trigger

TEXT = "Ünion: 300 miners struck in Lubin. Two died."


def reading_of_strike():
    trigger = FoundTrigger(
        Words(4, 5), "PROTEST", "strike", "occurred", 0.9,
        (FoundRole("figure", Words(2, 3), 0.8, "participants"), FoundRole("actor", Words(3, 4), 0.7), FoundRole("place", Words(6, 7), 0.6)),
    )  # fmt: skip
    figures = (FoundSpan("participants", Words(2, 3), 0.8), FoundSpan("deaths", Words(8, 9), 0.7))
    return Reading((trigger,), (), (FoundSpan("place", Words(6, 7), 0.95),), figures)


def test_findings_carry_document_offsets_and_only_loose_figures_stand_alone():
    unit = units(TEXT, [(Span(0, len(TEXT)), 0, False)])[0]
    found = list(findings(TEXT, [(unit, reading_of_strike())], "test-1"))
    quote = {type(f.value): [] for f in found}
    for f in found:
        quote[type(f.value)].append((f.value, TEXT[f.span.start : f.span.end]))
    assert quote[Trigger] == [(Trigger("PROTEST", "strike", "occurred"), "struck")]
    at = Ref(TEXT.index("struck"), TEXT.index("struck") + 6)
    assert quote[Role] == [
        (Role("figure", at, "participants"), "300"),
        (Role("actor", at), "miners"),
        (Role("place", at), "Lubin"),
    ]
    assert quote[LooseFigure] == [(LooseFigure("deaths"), "Two")]
    assert (Mention("place"), "Lubin") in quote[Mention]
    assert all(f.by == "test-1" and 0 <= f.score <= 1 for f in found)


class FakeSession:
    name, gate, pack = "fake-1", None, 64

    def __init__(self):
        self.seen = []

    def read(self, texts, units, owners):
        self.seen += [t[u.start : u.end] for t, u in zip(texts, units, strict=True)]
        return [Reading((), (), (FoundSpan("person", Words(0, 1), 0.9),), ()) for _ in units]


def record(text):
    return Record(Document("id", text), (Finding(Sentence(0, 0), (Span(0, len(text)),), "test"),))


def test_documents_share_a_batch_and_get_their_own_findings():
    reader = Reader()
    reader._session = FakeSession()
    out = reader.batch([record("Ana spoke."), Record(Document("id", "no sentences")), record("Boris left.")])
    assert reader._session.seen == ["Ana spoke.", "Boris left."]
    assert [[f.span for f in found] for found in out] == [[Span(0, 3)], [], [Span(0, 5)]]


def test_a_model_that_is_not_there_is_named_with_what_is():
    with pytest.raises(ModelError, match="no reader called 'klingon-1'"):
        Reader("klingon-1").batch([record("Ana spoke.")])
