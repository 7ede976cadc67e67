"""Who may speak to the workbench at all: Host, Origin and Sec-Fetch-Site checks, response headers, size of bodies.

Stands in front of every route, so that a route cannot forget it. Knows nothing of what the routes do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from groundswell.serve.desk import Desk

LONGEST_BODY = 256_000
# Leaflet and uPlot set styles through the CSSOM, which style-src does not restrict; no inline style or script anywhere.
# The policy "default" lets through only the constant markup of those two libraries (static/js/trust.js).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types groundswell default"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": browsers then send the login form with Origin "null". Nothing is told to other sites either way.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware: refuses what does not come from this workbench's own pages."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # neither websockets nor lifespan are served

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # Scripts and the base map are asked for again by their ETag; everything else may hold names and is never kept.
                static = scope["path"].startswith("/static/")
                headers.setdefault("cache-control", "no-cache" if static else "no-store")
            await send(message)

        refused = self.refusal(scope["method"], Headers(scope=scope))
        if refused is not None:
            status, said = refused
            await PlainTextResponse(said, status_code=status)(scope, receive, answer)
            return
        await self.app(scope, receive, answer)

    def refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        """Status and reason where a request must not reach a route; None where it may."""
        host = headers.get("host", "")
        if not self.desk.answers_to(host):
            return (
                400,
                f"This workbench answers to {', '.join(sorted(self.desk.hosts()))} only; see groundswell serve --name.",
            )
        site = headers.get("sec-fetch-site")
        if method in ("GET", "HEAD"):
            if site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
                return 403, "Other sites may not load anything from here."
            return None
        origin = headers.get("origin")
        if site not in (None, "same-origin") or (
            origin is not None and origin not in (f"http://{host}", f"https://{host}", *self._origins())
        ):
            return 403, "Changes are taken from this workbench's own pages only."
        if site is None and origin is None and "authorization" not in headers and "cookie" in headers:
            return 403, "A change with a cookie needs an Origin header."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY or "transfer-encoding" in headers:
            return 413, f"A body may hold {LONGEST_BODY} bytes at most, and must say its length."
        return None

    def _origins(self) -> set[str]:
        return {f"{scheme}://{host}" for host in self.desk.hosts() for scheme in ("http", "https")}
