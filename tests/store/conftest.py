"""Where a test's ledgers are: files, or a PostgreSQL server that is started for the tests where its programs are installed."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_NUMBERS = itertools.count()


def _program(name: str) -> Path | None:
    on_path = shutil.which(name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = [path for path in debian if int(path.parts[4]) >= 15]
    return Path(on_path) if on_path else found[-1] if found else None


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of a running server's socket; the test is skipped where there is no server to start."""
    pytest.importorskip("psycopg", reason="no psycopg: pip install 'groundswell[postgres]'")
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("no PostgreSQL 15 or later to start: apt-get install postgresql")
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name  # the server refuses to run as root
    if user == "postgres" and not any(entry.pw_name == user for entry in pwd.getpwall()):
        pytest.skip("no user postgres to run the server as: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="gs-postgres-"))
    shutil.chown(folder, user)
    quiet = {"cwd": folder, "user": user, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([str(initdb), *options], check=True, **quiet)
    settings = ["listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=32MB", "autovacuum=off"]
    child = subprocess.Popen(
        [str(postgres), "-D", str(folder / "data"), "-k", str(folder), *(part for each in settings for part in ("-c", each))],
        **quiet,
    )  # fmt: skip
    try:
        _wait(folder)
        yield folder
    finally:
        child.terminate()
        child.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path) -> None:
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not start within a minute.")


@pytest.fixture
def database(server, monkeypatch, tmp_path) -> Callable[[str], str]:
    """Gives the URL of a schema of its own for every name."""
    import psycopg

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    places: dict[str, str] = {}

    def place(name: str) -> str:
        if name not in places:
            schema = f"test{next(_NUMBERS)}"
            with psycopg.connect(host=str(server), user="postgres", dbname="postgres", autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {schema}")
            places[name] = f"postgresql://postgres@/postgres?host={server}&options=-csearch_path%3D{schema}"
        return places[name]

    return place


@pytest.fixture(params=["file", "postgres"])
def at(request, tmp_path) -> Callable[[str], str | Path]:
    """Where a ledger of some name is, once as a file and once in PostgreSQL."""
    if request.param == "file":
        return lambda name: tmp_path / name
    found: Callable[[str], str | Path] = request.getfixturevalue("database")
    return found
