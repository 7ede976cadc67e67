"""Reading processes and what becomes of them: feeds batches, replaces a process that dies or hangs, and finds the document
that did it by giving its batch again one by one. Knows nothing of sources or the ledger."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType

from groundswell.api import ReadDocument
from groundswell.errors import GroundswellError, PipelineError
from groundswell.records import Document

MAKE = "groundswell.presets:preset"
_AHEAD = 2  # batches a process holds: the one it reads and the next, so that it never waits for the parent
_STARTS = 3  # a process that dies this often before it is ready will not come up


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a batch may take before its process is killed: ``base`` seconds and ``per_million`` for 10^6 characters.

    A core reads some 40,000 characters a second, so the default leaves a tenfold margin on a busy machine.
    """

    base: float = 60.0
    per_million: float = 600.0
    loading: float = 300.0

    def seconds(self, batch: Sequence[Document]) -> float:
        return self.base + self.per_million * sum(len(each.text) for each in batch) / 1e6


DEFAULT_PATIENCE = Patience()


@dataclass(slots=True)
class _Process:
    """One child and what it holds; ``since`` is when it began what stands first in ``held`` (time.monotonic)."""

    child: subprocess.Popen[bytes]
    orders: Connection
    answers: Connection
    ready: bool = False
    since: float = 0.0
    held: deque[Sequence[Document]] = field(default_factory=deque)


class Pool:
    """A fixed number of reading processes.

    Args:
        preset, threads: what each process reads with.
        make: ``package.module:function`` that makes the pipeline of a preset's name.

    Raises:
        PipelineError: the processes die before they are ready. What a process itself raises on loading is raised here.
    """

    def __init__(
        self,
        jobs: int,
        preset: str,
        *,
        threads: int = 1,
        make: str = MAKE,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._order = (make, preset, threads)
        self._patience = patience
        self._waiting: deque[Sequence[Document]] = deque()
        self._failed_starts = 0
        self._processes = [self._start() for _ in range(jobs)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for each in self._processes:
            _end(each)

    def submit(self, batch: Sequence[Document]) -> Iterator[ReadDocument]:
        """Hand over a batch; yields what was finished meanwhile. Comes back once a process has taken it."""
        self._waiting.append(batch)
        yield from self._collect(0.0)
        while self._waiting:
            self._give()
            if self._waiting:
                yield from self._collect(1.0)

    def drain(self) -> Iterator[ReadDocument]:
        """All that is still to come."""
        while self._waiting or any(each.held for each in self._processes):
            self._give()
            yield from self._collect(1.0)

    def ids(self) -> list[int]:
        """Process ids, for measuring."""
        return [each.child.pid for each in self._processes]

    def _start(self) -> _Process:
        environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "groundswell.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        orders = Connection(os.dup(child.stdin.fileno()), readable=False)
        answers = Connection(os.dup(child.stdout.fileno()), writable=False)
        child.stdin.close()
        child.stdout.close()
        orders.send(self._order)
        return _Process(child, orders, answers, since=time.monotonic())

    def _give(self) -> None:
        """Put waiting batches where there is room, the emptiest process first."""
        while self._waiting:
            process = min(self._processes, key=lambda each: len(each.held))
            if len(process.held) >= _AHEAD:
                return
            batch = self._waiting.popleft()
            if not process.held and process.ready:
                process.since = time.monotonic()
            process.held.append(batch)
            with suppress(BrokenPipeError):  # it died: the next look at it finds that out and gives the batch again
                process.orders.send(batch)

    def _collect(self, seconds: float) -> Iterator[ReadDocument]:
        """What comes in within some seconds; deaths and hangs are seen to."""
        by_answers = {each.answers: each for each in self._processes}
        for ready in wait(list(by_answers), timeout=seconds):
            process = by_answers[ready]  # type: ignore[index]
            try:
                answer = process.answers.recv()
            except (EOFError, OSError):
                yield from self._replace(process, "died")
                continue
            if isinstance(answer, GroundswellError):
                raise answer
            if answer == "ready":
                process.ready, self._failed_starts = True, 0
            else:
                process.held.popleft()
                yield from answer
            process.since = time.monotonic()
        for process in list(self._processes):
            if process.held and time.monotonic() - process.since > self._allowed(process):
                yield from self._replace(process, "too_slow")

    def _allowed(self, process: _Process) -> float:
        return self._patience.seconds(process.held[0]) if process.ready else self._patience.loading

    def _replace(self, process: _Process, why: str) -> Iterator[ReadDocument]:
        """A fresh process for one that is gone. Its batch is given again one by one; a document alone in its batch did it."""
        code = _end(process, 5.0 if why == "died" else 0.0)
        self._processes.remove(process)
        if not process.ready:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                raise PipelineError(
                    f"Reading processes end before they are ready (last exit code {code}). Run `groundswell doctor`; "
                    "where memory is short use fewer --jobs, or --jobs 0 to read in this process."
                )
            self._waiting.extendleft(reversed(process.held))
        elif process.held:
            first, *others = process.held
            self._waiting.extendleft(reversed(others))
            if len(first) > 1:
                self._waiting.extendleft([each] for each in reversed(first))
            else:
                yield _lost(first[0], why, code)
        self._processes.append(self._start())


def _end(process: _Process, seconds: float = 0.0) -> int | None:
    """Kill a process whatever it is doing; returns its exit code where it ended by itself within some seconds."""
    with suppress(subprocess.TimeoutExpired):
        process.child.wait(timeout=seconds)
    code = process.child.poll()
    process.child.kill()
    process.child.wait()
    for pipe in (process.orders, process.answers):
        pipe.close()
    return code


def _lost(document: Document, why: str, code: int | None) -> ReadDocument:
    if why == "too_slow":
        message = (
            "Reading it took too long and was stopped; the others were read. Split the document and add its parts."
        )
    else:
        message = (
            f"The process that read it ended (exit code {code}), twice; the others were read. It may need more memory than "
            "there is: try it alone with `groundswell read`, and report it with the document if you may share it."
        )
    problem = {"code": f"reader_{why}", "message": f"{document.source_id or document.id}: {message}"}
    return ReadDocument(document.source_id, "rejected", (problem,), None)
