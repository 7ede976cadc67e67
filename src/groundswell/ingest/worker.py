"""The child process that parses untrusted HTML, PDF, feeds, mail and archives: `python -m groundswell.ingest.worker`.

It may be killed at any moment and must hold nothing that matters. It opens no socket and starts no process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import TracebackType
from typing import Any, BinaryIO

from groundswell.ingest.frames import Member, read_frame, write_frame
from groundswell.ingest.reading import Draft, Limits, cut_short, draft_to_json

Parse = Callable[[bytes, dict[str, Any], Limits], Iterator[Draft | Member]]
JOBS: dict[str, str] = {
    "html": "groundswell.ingest.html",
    "pdf": "groundswell.ingest.pdf",
    "feed": "groundswell.ingest.feed",
    "mail": "groundswell.ingest.mail",
    "warc": "groundswell.ingest.warc",
    "archive": "groundswell.ingest.archive",
}
_FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
)


class Refused(Exception):
    """A parser will not read this input; ``code`` and the message go to the user as they are."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def main() -> int:
    """Serve requests from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not break the frames
    sys.excepthook = _last_words(answers)
    _refuse_what_parsing_never_needs()
    while (request := read_frame(sys.stdin.buffer)) is not None:
        header, data = request
        limits = Limits(**header["limits"])
        _cap_memory(limits.child_memory)
        _allow_cpu(limits.child_cpu_seconds)
        _serve(answers, header, data, limits)
    return 0


def _serve(answers: BinaryIO, header: dict[str, Any], data: bytes, limits: Limits) -> None:
    # Imported under its real name: run with -m, this module is __main__ and its Refused another class.
    refused: type[Exception] = import_module("groundswell.ingest.worker").Refused
    if header["job"] == "warm":
        for name in header["options"]["jobs"]:
            import_module(JOBS[name]).warm()
        write_frame(answers, {"kind": "done"})
        return
    parse: Parse = import_module(JOBS[header["job"]]).parse
    try:
        for made in parse(data, header["options"], limits):
            _answer(answers, made, limits)
            _allow_cpu(limits.child_cpu_seconds)
        write_frame(answers, {"kind": "done"})
    except refused as reason:
        write_frame(answers, {"kind": "refused", "code": getattr(reason, "code", "refused"), "message": str(reason)})
    except MemoryError:
        write_frame(answers, {"kind": "died", "error": "MemoryError"})
    except RecursionError:
        write_frame(answers, {"kind": "died", "error": "RecursionError"})


def _answer(answers: BinaryIO, made: Draft | Member, limits: Limits) -> None:
    if isinstance(made, Draft):
        write_frame(answers, {"kind": "draft", "draft": draft_to_json(cut_short(made, limits.text_characters))})
        return
    header = {"kind": "member", "name": made.name, "url": made.url, "media_type": made.media_type}
    write_frame(answers, {**header, "problem": list(made.problem) if made.problem else None}, made.data)


def _last_words(answers: BinaryIO) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if kind is not BrokenPipeError:
            write_frame(answers, {"kind": "died", "error": f"{kind.__name__}: {str(error)[:200]}"})

    return tell


def _refuse_what_parsing_never_needs() -> None:
    sys.addaudithook(_refuse_effects)
    try:
        import resource
    except ImportError:  # not on Windows; there the wall clock and size limits must do
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _cap_memory(most: int) -> None:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _refuse_effects(event: str, args: tuple[object, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not allowed while parsing untrusted input")


def _allow_cpu(seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


if __name__ == "__main__":
    sys.exit(main())
