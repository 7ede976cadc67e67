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


def run(
    path: str | Path,
    *,
    port: int = 8321,
    announce: Callable[[str], None],
    host: str = "127.0.0.1",
    names: tuple[str, ...] = (),
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve a ledger until Ctrl-C.

    Args:
        port: 0 takes a free one.
        announce: called once with the address to open, which lets one browser in.
        host: address to listen on. Other than loopback it needs accounts with passwords (``serve.accounts``).
        names: further host names that browsers will use for this machine.
        tls: certificate and private key (PEM files), to serve https.

    Raises:
        UsageError: the port is taken, the host is open to others and there are no accounts, or a TLS file cannot be read.
    """
    import uvicorn

    from groundswell.serve.accounts import Accounts, beside
    from groundswell.serve.desk import Desk

    accounts = beside(Path(path))
    if not is_loopback(host) and not Accounts.load(accounts).people:
        raise UsageError(
            f"Others could reach {host}, and {accounts} holds no account. Add one first: "
            f"groundswell accounts NAME admin --ledger {path}"
        )
    _check_tls(tls)
    listener = _listen(host, port)
    desk = Desk.open(path, host=host, port=int(listener.getsockname()[1]), names=names, secure=tls is not None)
    settings = uvicorn.Config(
        build(desk), log_level="warning", access_log=False, server_header=False, date_header=True, lifespan="off",
        timeout_graceful_shutdown=2, ssl_certfile=tls[0] if tls else None, ssl_keyfile=tls[1] if tls else None,
    )  # fmt: skip
    announce(desk.launch_url())
    try:
        uvicorn.Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises it again once it has shut down
        return
    finally:
        desk.close()


def _check_tls(tls: tuple[Path, Path] | None) -> None:
    import ssl

    if tls is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*tls)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(
            f"{tls[0]} and {tls[1]} are no certificate with its key ({error.strerror or error})."
        ) from None


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
