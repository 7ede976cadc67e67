"""Texts that look like events and are none: at least 95% of them must yield nothing (the issue's bar)."""

import tomllib
from pathlib import Path

from groundswell.presets import preset
from groundswell.records import Document, Record
from groundswell.values import EventReport

CORPUS = Path(__file__).parent / "corpus/en/nothing.toml"


def test_hard_negatives_yield_nothing():
    texts = [
        text for section in tomllib.loads(CORPUS.read_text(encoding="utf-8")).values() for text in section["nothing"]
    ]
    assert len(texts) >= 120
    records = preset("english").run(
        [Record(Document(id=str(i), text=text, language="en")) for i, text in enumerate(texts)]
    )
    wrong = [
        f"{record.document.text} -> {[finding.value.type for finding in found]}"
        for record in records
        if (found := list(record.of(EventReport)))
    ]
    assert len(wrong) <= 0.05 * len(texts), "\n".join(wrong)
