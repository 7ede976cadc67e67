"""Stages that leave alone what the reader did not read: a document in another language, or one in which no event is expected."""

from __future__ import annotations

from collections.abc import Sequence

from groundswell.analyse.reader import GATE, LANGUAGE
from groundswell.pipeline import Found, Stage
from groundswell.records import Record
from groundswell.values import Irrelevant


class WhereRead:
    """The same stage for every record but those that ``Reader`` left unread, in which it finds nothing."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.name, self.needs, self.gives = stage.name, stage.needs, stage.gives

    def batch(self, records: Sequence[Record]) -> Sequence[Found]:
        read = [not unread(record) for record in records]
        found = iter(self._stage.batch([record for record, wanted in zip(records, read, strict=True) if wanted]))
        return [next(found) if wanted else () for wanted in read]


def unread(record: Record) -> bool:
    return any(finding.by in (GATE, LANGUAGE) for finding in record.of(Irrelevant))
