"""A workbench over a small synthetic ledger: as an ASGI client, and as a server for the browser tests."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic import fill

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ORIGIN = {"origin": "http://127.0.0.1:8321", "sec-fetch-site": "same-origin"}


class Bench:
    """A desk with clients: ``client(role)`` has a session of that role, ``stranger`` has none."""

    def __init__(self, path: Path) -> None:
        from groundswell.serve.app import application
        from groundswell.serve.desk import Desk

        self.desk = Desk.open(path, port=8321)
        self.app = application(self.desk)

    def client(self, role: str | None = "admin", name: str = "ana") -> Any:
        from starlette.testclient import TestClient

        from groundswell.serve.desk import Person

        made = TestClient(
            self.app, base_url="http://127.0.0.1:8321", follow_redirects=False, raise_server_exceptions=False
        )
        if role:
            made.cookies.set(self.desk.cookie, self.desk.begin(Person(name, role)))
        return made

    def post(self, client: Any, address: str, body: dict[str, Any], **headers: str) -> Any:
        return client.post(address, json=body, headers={**ORIGIN, **headers})


@pytest.fixture(scope="session")
def small_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("serve") / "small.db", 120)


def copied(source: Path, folder: Path) -> Path:
    for part in source.parent.glob(source.name + "*"):
        shutil.copy(part, folder / part.name)
    return folder / source.name


@pytest.fixture
def bench(small_ledger: Path, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(copied(small_ledger, tmp_path))
    yield made
    made.desk.close()


class Server:
    """A workbench that really listens, for a browser."""

    def __init__(self, path: Path) -> None:
        import uvicorn

        from groundswell.serve import build
        from groundswell.serve.desk import Desk

        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.desk = Desk.open(path, port=listener.getsockname()[1])
        self.base = f"http://{self.desk.authority}"
        self._server = uvicorn.Server(uvicorn.Config(build(self.desk), log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.desk.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no {CHROMIUM}: install Debian's chromium to run the browser tests")
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'groundswell[dev]'"
    )
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Seen:
    """One browser page with everything that went wrong on it."""

    def __init__(self, browser: Any, server: Server, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 850}, **options)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.outside: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on(
            "request",
            lambda asked: self.outside.append(asked.url) if not asked.url.startswith((server.base, "data:")) else None,
        )
        self.server = server

    def enter(self) -> Any:
        from groundswell.serve.desk import Person

        session = self.server.desk.begin(Person("ana", "admin"))
        self.context.add_cookies(
            [
                {
                    "name": self.server.desk.cookie,
                    "value": session,
                    "url": self.server.base,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )
        return self.page

    def go(self, address: str, *, ready: bool = False) -> Any:
        self.page.goto(self.server.base + address)
        if ready:
            self.page.wait_for_selector("body[data-ready]", timeout=20_000)
        return self.page


@pytest.fixture
def serve() -> Iterator[Any]:
    """Makes servers that are stopped when the test ends."""
    servers: list[Server] = []

    def make(path: Path) -> Server:
        servers.append(Server(path))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def look(chromium: Any) -> Iterator[Any]:
    made: list[Seen] = []

    def make(server: Server, **options: Any) -> Seen:
        made.append(Seen(chromium, server, **options))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
