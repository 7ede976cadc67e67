"""Stages and the pipeline that runs them.

A stage takes a Record and yields Findings; it cannot drop, edit or reorder anything. The pipeline checks, when it is
built, that every stage finds what it needs, and holds the only ``except Exception`` of the system: a stage that fails on a
document leaves a Problem finding there and the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from groundswell.errors import PipelineError
from groundswell.records import Finding, Record
from groundswell.values import Problem

Found = Iterable[Finding[Any]]


class Stage(Protocol):
    """``name`` is its dotted place in the package; ``batch`` reads several records at once, one list of findings each."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> tuple[type, ...]: ...

    @property
    def gives(self) -> tuple[type, ...]: ...

    def batch(self, records: Sequence[Record]) -> Sequence[Found]: ...


@dataclass(frozen=True, slots=True)
class FunctionStage:
    """A stage made from a plain function of one record."""

    name: str
    needs: tuple[type, ...]
    gives: tuple[type, ...]
    function: Callable[[Record], Found]

    def batch(self, records: Sequence[Record]) -> Sequence[Found]:
        return [self.function(record) for record in records]


def stage(*, needs: Sequence[type] = (), gives: Sequence[type]) -> Callable[[Callable[[Record], Found]], FunctionStage]:
    """Declare what a function of a record needs and gives, and make it a stage.

    Example:
        >>> @stage(gives=[Language])
        ... def language(record: Record) -> Iterator[Finding[Language]]: ...
    """

    def make(function: Callable[[Record], Found]) -> FunctionStage:
        name = f"{function.__module__.removeprefix('groundswell.')}.{function.__name__}"
        return FunctionStage(name, tuple(needs), tuple(gives), function)

    return make


class Pipeline:
    """Stages in order. Raises PipelineError when a stage needs what no earlier stage gives.

    ``by`` names the whole (preset and version) in records and runs.
    """

    def __init__(self, stages: Sequence[Stage], *, by: str) -> None:
        self.stages = tuple(stages)
        self.by = by
        _check(self.stages)

    def run(self, records: Iterable[Record], *, batch_size: int = 16) -> Iterator[Record]:
        """Read records in batches, in order; constant memory, each record comes out exactly once."""
        source = iter(records)
        while batch := list(islice(source, batch_size)):
            for each in self.stages:
                batch = _apply(each, batch)
            yield from batch

    def read(self, record: Record) -> Record:
        """Read one record."""
        return next(self.run([record]))


def _check(stages: Sequence[Stage]) -> None:
    given: set[type] = set()
    for each in stages:
        for kind in each.needs:
            if kind not in given:
                later = [s.name for s in stages if kind in s.gives]
                hint = f"Move {later[0]} before it." if later else f"Add a stage that gives {kind.__name__}."
                raise PipelineError(f"{each.name} needs {kind.__name__}, which no earlier stage gives. {hint}")
        given.update(each.gives)


def _apply(each: Stage, batch: list[Record]) -> list[Record]:
    """One stage over one batch. A batch that fails is read again one by one, so that one bad document costs only itself."""
    try:
        found = [tuple(findings) for findings in each.batch(batch)]
    except Exception as error:  # the stage boundary: the only broad except in the system
        if len(batch) > 1:
            return [_apply(each, [record])[0] for record in batch]
        return [batch[0].add((_failure(each, error),))]
    if len(found) != len(batch):
        raise PipelineError(f"{each.name} answered {len(found)} lists for {len(batch)} records; one each is due.")
    return [record.add(findings) for record, findings in zip(batch, found, strict=True)]


def _failure(each: Stage, error: Exception) -> Finding[Problem]:
    message = (
        f"{each.name} failed on this document ({type(error).__name__}: {error}). What other stages found stands. "
        "Please report it with the document if you may share it."
    )
    return Finding(Problem("stage_failed", message), (), by=f"pipeline/{each.name}")
