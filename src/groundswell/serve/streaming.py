"""Downloads that are written while they are sent: one thread writes, a few pieces wait, memory stays the same however long they are.

A failure after the first piece cannot change the status any more. It is written into the file where its format can carry it, and
the connection is cut before the end, so that every client tells an unfinished download from a whole one.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import weakref
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from groundswell.errors import GroundswellError

Write = Callable[[bytes], None]
_WAITING = 8  # pieces
_STAMP = (1980, 1, 1, 0, 0, 0)  # a fixed time in archives: the same content gives the same bytes


class Unfinished(Exception):
    """The download was cut off on purpose: what was sent of it is not all there is."""


class Gone(Exception):
    """Nobody takes the pieces any more."""


def pump(
    produce: Callable[[Write], None],
    *,
    failed: Callable[[str], bytes] = lambda said: b"",
    ended: Callable[[], None] = lambda: None,
) -> Pieces:
    """The pieces that ``produce`` writes, from a thread of its own (a ledger's cursor must stay in one thread).

    ``failed`` makes the last piece out of what went wrong; then Unfinished is raised. What fails before the first piece is raised
    as it is, so that it can still be told by the status. ``ended`` runs in that thread when it ends, whatever happened.
    """
    waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(_WAITING)
    stopped = threading.Event()

    def put(piece: bytes | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put(piece, timeout=0.5)
                return
            except queue.Full:
                continue
        raise Gone

    def work() -> None:
        try:
            produce(put)
            put(None)
        except Gone:
            return
        except BaseException as error:
            put(error)
            raise
        finally:
            ended()

    thread = threading.Thread(target=_quietly, args=(work,), name="groundswell-download", daemon=True)
    thread.start()
    first = waiting.get()
    if isinstance(first, BaseException):
        raise first
    return Pieces(first, waiting, stopped, failed)


def _quietly(work: Callable[[], None]) -> None:
    """What failed is told by whoever takes the pieces; told twice it would stand in the log with a trace as well."""
    import contextlib

    with contextlib.suppress(GroundswellError, sqlite3.Error, OSError, Gone):
        work()


class Pieces:
    """What was written, piece by piece. Nobody taking them any more, even before the first, stops whoever writes."""

    def __init__(
        self,
        first: bytes | None,
        waiting: queue.Queue[bytes | BaseException | None],
        stopped: threading.Event,
        failed: Callable[[str], bytes],
    ) -> None:
        self._next: bytes | BaseException | None = first
        self._waiting, self._failed = waiting, failed
        self.close = weakref.finalize(self, stopped.set)  # a generator that was never begun would not run its "finally"

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._next
        if piece is None:
            self.close()
            raise StopIteration
        if isinstance(piece, BaseException):
            self.close()
            raise Unfinished(f"A download broke off: {piece}") from piece
        self._next = self._waiting.get()
        if isinstance(self._next, BaseException):
            return piece + self._failed(str(self._next) or type(self._next).__name__)
        return piece


class Sink:
    """A file that can only be written, for zipfile."""

    def __init__(self, write: Write) -> None:
        self._write, self._held, self._size = write, bytearray(), 0
        self._stopped = False

    def stop(self) -> None:
        """Drop what is written from now on."""
        self._stopped = True

    def write(self, data: Any) -> int:
        self._held += data
        self._size += len(data)
        if len(self._held) >= 64_000:
            self.flush()
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        if self._held and not self._stopped:
            self._write(bytes(self._held))
            self._held = bytearray()


def zipped(paths: Iterable[tuple[str, Path]], write: Write) -> None:
    """An archive of files, each made when its turn comes and copied piece by piece."""
    sink = Sink(write)
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]  # writes only
    try:
        for name, path in paths:
            member = zipfile.ZipInfo(name, _STAMP)
            member.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                while piece := source.read(1 << 18):
                    target.write(piece)
            path.unlink()
    except BaseException:
        sink.stop()  # closing would end an archive that is not whole as if it were
        raise
    archive.close()
    sink.flush()
