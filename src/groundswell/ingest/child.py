"""The parent's side of the parsing child: starts it, feeds it, kills it when it is too slow, keeps one idle for reuse."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from groundswell.ingest.frames import Member, read_frame, write_frame
from groundswell.ingest.reading import Draft, Limits, draft_from_json

_CPU_SIGNAL = 24  # SIGXCPU
_JOBS_BEFORE_REPLACED = 2000  # parsers leak a little; a fresh child now and then keeps them small


class ChildFailure(Exception):
    """The child refused, died or was killed. ``code`` and the message go into the Reading."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Child:
    """One parsing process. Not for use by two threads at once; ``borrowed`` sees to that."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.jobs = 0
        self.usable = True
        self.owner = os.getpid()
        self._timed_out = False
        self._busy = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "groundswell.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def run(self, job: str, data: bytes = b"", **options: Any) -> Iterator[Draft | Member]:
        """Ask for one job. Raises ChildFailure; what was yielded before it stands. A run left early costs the child."""
        self.jobs += 1
        self._busy = True
        try:
            self._send(job, data, options)
            yield from self._receive()
            self._busy = False
        finally:
            if self._busy:
                self.close()

    def close(self) -> None:
        """Kill the process, whatever it is doing."""
        self.usable = False
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # unsent bytes for a dead child
                    pipe.close()

    def _send(self, job: str, data: bytes, options: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            with self._deadline():
                write_frame(self._process.stdin, {"job": job, "options": options, "limits": asdict(self.limits)}, data)
        except BrokenPipeError as error:
            raise self._failure(None) from error

    def _receive(self) -> Iterator[Draft | Member]:
        assert self._process.stdout is not None
        while True:
            try:
                with self._deadline():
                    answer = read_frame(self._process.stdout)
            except ValueError as error:
                raise self._failure("unreadable answer") from error
            if answer is None:
                raise self._failure(None)
            header, data = answer
            match header["kind"]:
                case "done":
                    return
                case "refused":
                    self._busy = False
                    raise ChildFailure(str(header["code"]), str(header["message"]))
                case "draft":
                    yield draft_from_json(header["draft"])
                case "member":
                    problem = header["problem"]
                    known = (str(problem[0]), str(problem[1])) if problem else None
                    yield Member(str(header["name"]), data, header["url"], header["media_type"], known)
                case _:
                    raise self._failure(str(header.get("error")))

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        timer = threading.Timer(self.limits.child_wall_seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _failure(self, error: str | None) -> ChildFailure:
        """What the death of the child means for the user."""
        if error is None:
            self._process.wait(timeout=5)
        code = self._process.returncode
        self.close()
        if self._timed_out or (code is not None and -code == _CPU_SIGNAL):
            return ChildFailure(
                "too_slow",
                f"Reading took more than {self.limits.child_cpu_seconds} s of work or {self.limits.child_wall_seconds:.0f} s in all "
                "and was stopped. Split the file, or save its text as .txt and read that.",
            )
        if error == "MemoryError":
            return ChildFailure(
                "too_much_memory",
                f"Reading needed more than {self.limits.child_memory >> 20} MB and was stopped. Split the file, or save its text "
                "as .txt and read that.",
            )
        return ChildFailure(
            "parser_failed",
            f"The parser gave up on this file ({error or f'ended with {code}'}). It is damaged, or made to need more than the {self.limits.child_memory >> 20} MB allowed: open and save it again, or "
            "save its text as .txt and read that.",
        )


_idle: list[Child] = []
_lock = threading.Lock()


@contextmanager
def borrowed(limits: Limits) -> Iterator[Child]:
    """A child for one job, reused between jobs when it is still in good order."""
    with _lock:
        _idle[:] = [each for each in _idle if each.owner == os.getpid()]  # after a fork it is the other process's child
        child = _idle.pop() if _idle and _idle[-1].limits == limits else None
    child = child or Child(limits)
    try:
        yield child
    finally:
        with _lock:
            keep = child.usable and child.jobs < _JOBS_BEFORE_REPLACED and not _idle
            if keep:
                _idle.append(child)
        if not keep:
            child.close()


@atexit.register
def close_idle() -> None:
    """End the idle child; the next job starts a new one."""
    with _lock:
        children, _idle[:] = list(_idle), []
    for child in children:
        if child.owner == os.getpid():
            child.close()
