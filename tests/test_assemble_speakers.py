"""Whom a pronoun that speaks stands for: the last name before it of a kind it can stand for. Which places of one entry are named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundswell.analyse.sentences import sentences
from groundswell.assemble import assemble
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.actor import actors
from groundswell.values import (
    EventReport,
    FigureSource,
    Mention,
    Place,
    Quantity,
    Ref,
    Role,
    Statement,
    StatementReport,
    Trigger,
)

TEXT = "Rector Ana Tesfaye met the Tenants' Union in Debar. {} said guards had hurt nine students."


def read(pronoun: str) -> Record:
    """The text with this pronoun as speaker of its second sentence and source of its number."""
    text = TEXT.format(pronoun)
    start = text.index(f"{pronoun} said")
    at = {
        word: Span(text.index(word), text.index(word) + len(word))
        for word in ("Rector Ana Tesfaye", "Tenants' Union", "hurt", "nine")
    }
    said = Ref(start, start + len(pronoun))
    hurt = Ref(at["hurt"].start, at["hurt"].end)
    content = Span(text.index("guards"), len(text) - 1)
    met = Span(text.index("met"), text.index("met") + 3)
    found = (
        Finding(Trigger("CONSULT", None, "occurred"), (met,), "test"),
        Finding(Role("actor", Ref(met.start, met.end)), (at["Rector Ana Tesfaye"],), "test", 0.9),
        Finding(Trigger("ASSAULT", "beat", "occurred"), (at["hurt"],), "test"),
        Finding(Role("figure", hurt, "injured"), (at["nine"],), "test", 0.9),
        Finding(Quantity(9, 9, 9), (at["nine"],), "test"),
        Finding(FigureSource(Ref(at["nine"].start, at["nine"].end)), (Span(*said),), "test"),
        Finding(Statement(False, said, None), (content,), "test"),
        Finding(Statement(False, Ref(*_ref(at["Tenants' Union"])), None), (met,), "test"),
        Finding(Mention("person"), (at["Rector Ana Tesfaye"],), "test"),
        Finding(Mention("organisation"), (at["Tenants' Union"],), "test"),
    )
    (record,) = Pipeline([sentences], by="test").run([Record(Document(id="d", text=text, source_id="s"))])
    record = record.add(found)
    record = record.add(tuple(actors.function(record)))
    return record.add(tuple(assemble.function(record)))


def _ref(span: Span) -> tuple[int, int]:
    return span.start, span.end


@pytest.mark.parametrize(("pronoun", "name"), [("She", "Rector Ana Tesfaye"), ("It", "Tenants' Union")])
def test_she_is_a_person_and_it_a_body(pronoun: str, name: str) -> None:
    record = read(pronoun)
    last = max(record.of(StatementReport), key=lambda finding: finding.span)
    assert last.value.speaker is not None
    assert record.document.quote(Span(*last.value.speaker.ref)) == name
    (figure,) = [figure for report in record.of(EventReport) for figure in report.value.figures]
    assert figure.attribution is not None
    assert record.document.quote(Span(*figure.attribution)) == name


def test_a_site_and_its_town_are_both_named_though_they_have_one_entry() -> None:
    text = "Nurses marched on Cibao Square in Samana."
    at = {word: Span(text.index(word), text.index(word) + len(word)) for word in ("marched", "Cibao Square", "Samana")}
    march = Ref(at["marched"].start, at["marched"].end)
    town = Place("Samana", "city", 7, 19.2, -69.3, "DOM", "Samana")
    found = (
        Finding(Trigger("PROTEST", "demo", "occurred"), (at["marched"],), "test"),
        Finding(Mention("place"), (at["Samana"],), "test"),
        *(Finding(Role("place", march), (at[word],), "test", 0.9) for word in ("Cibao Square", "Samana")),
        Finding(town, (at["Samana"],), "test"),
        Finding(replace(town, name="Cibao Square"), (at["Cibao Square"],), "test"),
    )
    (record,) = Pipeline([sentences], by="test").run([Record(Document(id="d", text=text, source_id="s"))])
    record = record.add(found)
    (report,) = [finding.value for finding in assemble.function(record) if isinstance(finding.value, EventReport)]
    assert {place.place.name for place in report.places} == {"Cibao Square", "Samana"}
