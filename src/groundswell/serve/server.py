"""Binds a socket, makes the application and runs it until it is stopped. Prints nothing: ``announce`` gets the address."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from groundswell.errors import UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from groundswell.serve.desk import Desk


def run(path: str | Path, *, port: int = 8321, announce: Callable[[str], None], host: str = "127.0.0.1") -> None:
    """Serve a ledger until Ctrl-C.

    Args:
        port: 0 takes a free one.
        announce: called once with the address to open, which lets one browser in.
        host: address to listen on. Other than loopback it needs accounts with passwords (``serve.accounts``).

    Raises:
        UsageError: the port is taken, or the host is open to others and there are no accounts.
    """
    import uvicorn

    from groundswell.serve.desk import Desk

    listener = _listen(host, port)
    bound = int(listener.getsockname()[1])
    desk = Desk.open(path, host=host, port=bound)
    if not is_loopback(host) and not desk.accounts.people:
        listener.close()
        desk.close()
        raise UsageError(
            f"{host} can be reached by others and {desk.accounts.path} holds no account. Add one first: "
            f"python -m groundswell.serve.accounts {path} NAME ROLE"
        )
    settings = uvicorn.Config(
        build(desk), log_level="warning", access_log=False, server_header=False, date_header=True, lifespan="off",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    announce(desk.launch_url())
    try:
        uvicorn.Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises it again once it has shut down
        return
    finally:
        desk.close()


def build(desk: Desk) -> Starlette:
    """The application over an open desk."""
    from groundswell.serve.app import application

    return application(desk)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port with --port, or 0 for any."
        ) from None
    listener.listen(128)
    return listener
