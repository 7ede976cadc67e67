"""Figures against tests/corpus/en/figure.toml: kind, happening and source, complete for each text."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.analyse.sentences import split
from groundswell.pipeline import Pipeline, stage
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.figure import figures
from groundswell.values import FigureSource, LooseFigure, Quantity, Ref, Role, Sentence, Trigger

CORPUS = tomllib.loads((Path(__file__).parents[1] / "corpus/en/figure.toml").read_text(encoding="utf-8"))
MARK = re.compile(
    r"\{(?P<main>!?)(?P<word>[^|{}]+)\|(?P<type>[A-Z]+)(?:/(?P<mode>[\w-]+))?\}|«(?P<number>[^|»]+)(?:\|(?P<of>\w+))?»"
)


def parse(marked: str) -> tuple[Record, dict[Span, str | None], Ref | None]:
    """The record with its triggers, the figures marked (kind None: the group's), and the trigger they belong to."""
    text, at = "", 0
    wanted: dict[Span, str | None] = {}
    found: list[Finding[Any]] = []
    main: Ref | None = None
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        at = match.end()
        word = match["word"] or match["number"]
        span = Span(len(text), len(text) + len(word))
        text += word
        if match["word"]:
            found.append(Finding(Trigger(match["type"], match["mode"], "occurred"), (span,), by="test"))  # type: ignore[arg-type]
            if match["main"]:
                main = Ref(span.start, span.end)
        else:
            wanted[span] = match["of"]
    text += marked[at:]
    sentences = [Finding(Sentence(n, 0), (span,), by="test") for n, span in enumerate(split(text))]
    return Record(Document("d", text), (*sentences, *found)), wanted, main


def read(record: Record) -> tuple[dict[Span, tuple[str | None, Ref | None]], Record]:
    after = record.add(tuple(figures.function(record)))
    got: dict[Span, tuple[str | None, Ref | None]] = {}
    for role in after.of(Role):
        got[role.span] = (role.value.of, role.value.trigger)
    for loose in after.of(LooseFigure):
        got[loose.span] = (loose.value.of, None)
    return got, after


CASES = [(group["of"], text) for group in CORPUS["figure"] for text in group["texts"]]
LOOSE = [(group["of"], text) for group in CORPUS["loose"] for text in group["texts"]]
SOURCES = [(group["name"], text) for group in CORPUS["source"] for text in group["texts"]]


@pytest.mark.parametrize(("of", "marked"), CASES, ids=[text for _, text in CASES])
def test_kind_and_happening(of: str, marked: str) -> None:
    record, wanted, main = parse(marked)
    assert main is not None, "mark the trigger the figures belong to with {!...}"
    assert read(record)[0] == {span: (kind or of, main) for span, kind in wanted.items()}


@pytest.mark.parametrize(("of", "marked"), LOOSE, ids=[text for _, text in LOOSE])
def test_a_toll_belongs_to_the_document(of: str, marked: str) -> None:
    record, wanted, _ = parse(marked)
    assert read(record)[0] == {span: (kind or of, None) for span, kind in wanted.items()}


@pytest.mark.parametrize("marked", CORPUS["nothing"]["texts"])
def test_what_is_no_figure(marked: str) -> None:
    got, after = read(parse(marked)[0])
    assert got == {}
    assert list(after.of(Quantity)) == []


@pytest.mark.parametrize(("name", "marked"), SOURCES, ids=[text for _, text in SOURCES])
def test_who_gives_the_number(name: str, marked: str) -> None:
    record, wanted, _ = parse(marked)
    after = read(record)[1]
    text = after.document.text
    said = {
        finding.value.number: text[finding.span.start : finding.span.end].lower() for finding in after.of(FigureSource)
    }
    assert said == ({Ref(span.start, span.end): name for span in wanted} if name else {})


def test_differing_counts_stand_side_by_side_each_with_its_source() -> None:
    marked = "Police said «3,000» people {!marched|PROTEST/demo}; organisers put the turnout at «10,000»."
    record, wanted, main = parse(marked)
    got, after = read(record)
    assert got == dict.fromkeys(wanted, ("participants", main))
    text = after.document.text
    said = {
        finding.value.number.start: text[finding.span.start : finding.span.end] for finding in after.of(FigureSource)
    }
    first, second = sorted(wanted)
    assert said == {first.start: "Police", second.start: "organisers"}
    assert [finding.value.best for finding in after.of(Quantity)] == [3000, 10000]


def test_what_the_model_said_is_kept_and_only_the_quantity_added() -> None:
    record, wanted, main = parse("«Two dozen» men were {!killed|ASSAULT} in the raid.")
    assert main is not None
    number = next(iter(wanted))
    given = Finding(Role("figure", main, "injured"), (Span(number.start + 4, number.end + 4),), by="model")
    after = read(record.add((given,)))[1]
    assert list(after.of(Role)) == [given]
    assert [(finding.span, finding.value) for finding in after.of(Quantity)] == [(number, Quantity(24, 24, 24))]


def test_every_finding_names_its_rule_and_its_words() -> None:
    record, _, _ = parse("«At least 16» people were {!killed|ASSAULT}, police said.")
    added = list(figures.function(record))
    assert {type(finding.value) for finding in added} == {Quantity, Role, FigureSource}
    assert all(finding.by.startswith("resolve.figure/") and finding.spans for finding in added)


def test_the_stage_runs_in_a_pipeline() -> None:
    record, wanted, _ = parse("«20» people were {!killed|ASSAULT}.")

    @stage(gives=[Sentence, Trigger])
    def given_before(record: Record) -> list[Finding[Any]]:
        return []

    read_record = Pipeline([given_before, figures], by="test").read(record)
    assert [finding.span for finding in read_record.of(Quantity)] == list(wanted)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "20",
                "police",
                "killed",
                "said",
                "two dozen",
                "of them",
                "were",
                "by",
                ",",
                ".",
                "crowd of",
                "homes",
                "arrested",
                "according to",
                "—",
                "who",
            ]
        ),
        max_size=14,
    )
)
def test_no_run_of_words_crashes(words: list[str]) -> None:
    text = " ".join(words) or "x"
    sentences = [Finding(Sentence(n, 0), (span,), by="test") for n, span in enumerate(split(text))]
    record = Record(
        Document("d", text), (*sentences, Finding(Trigger("ASSAULT", None, "occurred"), (Span(0, 1),), by="test"))
    )
    for finding in figures.function(record):
        assert all(span.end <= len(text) for span in finding.spans)


def test_time_grows_with_length_only() -> None:
    def spent(count: int) -> float:
        text = "Police killed 20 men and arrested two of them, officials said. " * count
        sentences = [Finding(Sentence(n, 0), (span,), by="test") for n, span in enumerate(split(text))]
        record = Record(Document("d", text), tuple(sentences))
        started = time.process_time()
        list(figures.function(record))
        return time.process_time() - started

    spent(10)
    assert spent(800) < max(1.0, 40 * spent(100))


def test_a_number_that_is_a_name_stays_no_figure_where_a_model_takes_it_for_one() -> None:
    text = "Defendants in Case 610 were sentenced with 14 others."
    at = {word: Span(text.index(word), text.index(word) + len(word)) for word in ("610", "14", "sentenced")}
    trigger = Ref(at["sentenced"].start, at["sentenced"].end)
    record = Record(Document(id="d", text=text, source_id="s")).add(
        (
            Finding(Sentence(0, 0), (Span(0, len(text)),), "test"),
            Finding(Trigger("SANCTION", "convict", "occurred"), (at["sentenced"],), "test"),
            *(Finding(Role("figure", trigger, "affected"), (at[word],), "test", 0.9) for word in ("610", "14")),
        )
    )
    after = record.add(tuple(figures.function(record)))
    assert [finding.span for finding in after.of(Quantity)] == [at["14"]]
