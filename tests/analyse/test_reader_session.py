"""The opened model: what it does to the process it runs in."""

from threadpoolctl import threadpool_info

from groundswell.analyse.reader import Reader
from groundswell.analyse.reader_session import ReaderSession


def threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_products_of_numpy_keep_to_one_core_while_it_reads_and_are_free_again_after(monkeypatch):
    session, before, during = ReaderSession(Reader().model), threads(), []
    monkeypatch.setattr(session, "_read_each", lambda *given: during.append(threads()) or [])
    assert session.read([], []) == []
    assert during == [[1] * len(before)]
    assert threads() == before
