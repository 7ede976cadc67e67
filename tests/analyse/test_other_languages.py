"""A text in another language is named and left alone: nothing of it is read as if it were English."""

from __future__ import annotations

import pytest

from groundswell.presets import preset
from groundswell.public_json import record_json
from groundswell.records import Document, Record

SPANISH = (
    "Los maestros bloquearon el martes la carretera a Lima para pedir mejores salarios. La policía detuvo a doce personas, dijo "
    "el sindicato, que convocó a una huelga nacional para el viernes."
)


@pytest.mark.parametrize("name", ["english", "english-stream"])
def test_another_language_is_named_and_not_read(name: str) -> None:
    english = "Police arrested twelve teachers in Lima on Tuesday."
    records = [Record(Document("s", SPANISH, language="es")), Record(Document("e", english, language="en"))]
    spanish, read = (record_json(record) for record in preset(name).run(records))
    assert (spanish["events"], spanish["places"], spanish["statements"]) == ([], [], [])
    assert spanish["document"]["outcome"] == "irrelevant"
    assert [problem["code"] for problem in spanish["document"]["problems"]] == ["language_unsupported"]
    assert "es" in spanish["document"]["problems"][0]["message"]
    assert [event["type"] for event in read["events"]] == ["COERCE"]


def test_a_short_text_is_read_whatever_its_language_looks_like() -> None:
    (record,) = preset().run([Record(Document("e", "Police arrested twelve teachers in Lima.", language="it"))])
    assert [event["type"] for event in record_json(record)["events"]] == ["COERCE"]
