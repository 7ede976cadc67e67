"""One reading process of the local engine: `python -m groundswell.engines.worker`. Loads the pipeline once, then answers
batches of documents on its standard output until its input closes. It may be killed at any moment and holds nothing."""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection

from groundswell.errors import GroundswellError
from groundswell.pipeline import Pipeline
from groundswell.records import Document

Make = Callable[..., Pipeline]


def maker(name: str) -> Make:
    """The function ``package.module:function`` that makes the pipeline."""
    module, _, function = name.partition(":")
    found: Make = getattr(import_module(module), function)
    return found


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it closes our input
    inbox: queue.SimpleQueue[Sequence[Document] | None] = queue.SimpleQueue()
    orders = Connection(os.dup(0), writable=False)
    answers = Connection(os.dup(1), readable=False)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not break the answers
    make, preset, threads = orders.recv()
    try:
        pipeline = maker(make)(preset, threads=threads)
        warm(pipeline)
        steady()
    except GroundswellError as error:
        answers.send(error)
        return
    answers.send("ready")
    # Orders are taken as they come, so that the parent never waits on a full pipe while we wait on it.
    threading.Thread(target=_take, args=(orders, inbox), daemon=True).start()
    while (documents := inbox.get()) is not None:
        try:
            answers.send(read_documents(documents, pipeline))
        except BrokenPipeError:
            return


def _take(orders: Connection, inbox: queue.SimpleQueue[Sequence[Document] | None]) -> None:
    try:
        while True:
            inbox.put(orders.recv())
    except (EOFError, OSError):
        inbox.put(None)


def warm(pipeline: Pipeline) -> None:
    """Read one small text, so that models and rules are loaded before the first document's time is taken."""
    list(read_documents([Document("0" * 64, "Nurses marched in Leeds on Monday.")], pipeline))


def steady() -> None:
    """For a process that only reads: what is loaded by now is never looked at again by the collector of reference cycles.

    Records hold no cycles; walking the rules and tables again and again cost 10% of the time around the network.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def read_documents(documents: Sequence[Document], pipeline: Pipeline) -> list[object]:
    """One ReadDocument for each document, in order; all of them share the network's batches."""
    from groundswell.api import read_documents as read

    return list(read(documents, pipeline))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the thread that takes orders may still wait for one
