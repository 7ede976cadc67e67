import pytest

from groundswell.errors import PipelineError
from groundswell.pipeline import Pipeline, stage
from groundswell.records import Document, Finding, Record, Span
from groundswell.values import Language, Problem, Sentence


@stage(gives=[Language])
def language(record):
    yield Finding(Language("en"), (), by="test")


@stage(needs=[Language], gives=[Sentence])
def sentences(record):
    if "boom" in record.document.text:
        raise ValueError("cannot read this")
    yield Finding(Sentence(0, 0), (Span(0, len(record.document.text)),), by="test")


def record(text):
    return Record(Document(id=text, text=text))


def test_order_is_checked_when_built():
    with pytest.raises(
        PipelineError, match=r"needs Language, which no earlier stage gives. Move test_pipeline.language before it"
    ):
        Pipeline([sentences, language], by="x")


def test_one_bad_document_costs_only_itself_and_says_so():
    found = list(Pipeline([language, sentences], by="x").run([record("a"), record("boom"), record("b")]))
    assert [r.document.text for r in found] == ["a", "boom", "b"]
    assert [len(list(r.of(Sentence))) for r in found] == [1, 0, 1]
    [problem] = found[1].of(Problem)
    assert problem.value.code == "stage_failed"
    assert "cannot read this" in problem.value.message
    assert list(found[1].of(Language))  # what other stages found stands


def test_findings_are_only_added_and_records_frozen():
    before = record("a")
    after = Pipeline([language], by="x").read(before)
    assert before.findings == ()
    assert len(after.findings) == 1
    with pytest.raises(AttributeError):
        after.document = before.document


def test_a_finding_needs_a_by_and_a_span_must_not_be_empty():
    with pytest.raises(ValueError, match="without a 'by'"):
        Finding(Language("en"), (), by="")
    with pytest.raises(ValueError, match="empty"):
        Span(3, 3)


def test_batches_keep_order_and_stream():
    seen = []

    def source():
        for i in range(100):
            seen.append(i)
            yield record(str(i))

    stream = Pipeline([language, sentences], by="x").run(source(), batch_size=8)
    assert next(stream).document.text == "0"
    assert len(seen) == 8  # no more than one batch is held
