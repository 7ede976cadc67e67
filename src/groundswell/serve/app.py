"""The routes with the permission each needs, and how a request becomes a call: session, permission, thread, errors.

Every route stands in ``ROUTES``; one without a permission cannot be written.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from groundswell.errors import ConflictError, GroundswellError, UsageError
from groundswell.serve import safety
from groundswell.serve.desk import Desk, Person
from groundswell.serve.pages import Pages
from groundswell.serve.public import Shown

Endpoint = Callable[["Call"], Response]


@dataclass(frozen=True)
class Call:
    """One request as the endpoints see it."""

    desk: Desk
    pages: Pages
    request: Request
    person: Person | None
    session: str
    body: bytes

    @property
    def query(self) -> list[tuple[str, str]]:
        return list(self.request.query_params.multi_items())

    @property
    def path(self) -> dict[str, Any]:
        return dict(self.request.path_params)

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A page made of a template; ``person`` and the page's address are known to every template."""
        return self.pages.response(name, self, status, values)

    @property
    def base(self) -> str:
        """The address of this workbench as whoever asks reached it; the header was checked before."""
        return f"{self.request.url.scheme}://{self.request.headers['host']}"

    @property
    def public(self) -> bool:
        """Whether whoever asks may not read the full words."""
        return self.person is None or not self.person.may("words")

    @property
    def shown(self) -> Shown:
        return self.desk.shown(public=self.public)

    def seen(self, found: dict[str, Any]) -> dict[str, Any]:
        """An event or report with private persons' names masked; for the public, sensitive places coarse."""
        if "decisions" in found:
            found = {**found, "decisions": self.decisions(found["decisions"])}
        return self.shown.event(found) if "documents" in found else self.shown.report(found)

    def decisions(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Decisions without others' codings, which stay blind until someone adjudicates."""
        if self.person is not None and self.person.may("adjudicate"):
            return rows
        own = self.person.decides_as if self.person else ""
        return [row for row in rows if row["kind"] not in ("code", "adjudicate") or row["by"] == own]

    def words(self, record: dict[str, Any]) -> dict[str, Any]:
        """A document's record: the full words for those who check them, masked for everyone else."""
        if self.public:
            return self.shown.record(record)
        self.reads(record["document"]["id"])
        return record

    def reads(self, document: str) -> None:
        """Somebody with an account sees a document's full words, which is noted."""
        if self.desk.accounts.people:
            self.note("read full words", document)

    def note(self, act: str, what: str = "") -> None:
        """A line in the log of who did what."""
        self.desk.audit.add(self.desk.now(), self.person.name if self.person else "nobody", act, what)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises UsageError for anything else."""
        import json

        try:
            found = json.loads(self.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise UsageError(f"The body is no JSON ({error}).") from None
        if not isinstance(found, dict):
            raise UsageError("The body must be a JSON object.")
        return found


@dataclass(frozen=True)
class Page:
    """A route: ``permission`` is view, words, code, adjudicate, admin, or open for what needs no session at all."""

    path: str
    endpoint: Endpoint
    permission: str
    methods: tuple[str, ...] = ("GET",)


def routes() -> list[Page]:
    """All routes of the workbench."""
    from groundswell.serve import api, check, door, doubling, look, overview, planning, settings, settling, share

    parts = (door, look, check, doubling, settling, planning, overview, share, settings, api)
    return [page for part in parts for page in part.ROUTES]


def application(desk: Desk) -> Starlette:
    """The ASGI application."""
    from starlette.middleware import Middleware

    pages = Pages(desk)
    made = [Route(page.path, _handler(desk, pages, page), methods=list(page.methods)) for page in routes()]
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    handlers: dict[Any, Any] = {GroundswellError: _failed(desk, pages), HTTPException: _failed(desk, pages)}
    return Starlette(
        routes=[*made, static], middleware=[Middleware(safety.Guard, desk=desk)], exception_handlers=handlers
    )


def _handler(desk: Desk, pages: Pages, page: Page) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        person, session = _person(desk, request)
        if page.permission != "open":
            if person is None:
                return _stranger(desk, pages, request)
            if not person.may(page.permission):
                raise HTTPException(403, f"The role {person.role} does not allow this.")
        body = await request.body() if request.method == "POST" else b""
        return await run_in_threadpool(page.endpoint, Call(desk, pages, request, person, session, body))

    return handle


def _person(desk: Desk, request: Request) -> tuple[Person | None, str]:
    session = request.cookies.get(desk.cookie, "")
    if (person := desk.person(session)) is not None:
        return person, session
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    if bearer and secrets.compare_digest(bearer.encode(), desk.api_token.encode()) and request.method == "GET":
        return Person("api", "viewer"), ""
    return None, ""


def _stranger(desk: Desk, pages: Pages, request: Request) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": "No session. Open the address that `groundswell serve` printed."}, 401)
    if desk.accounts.people and request.method == "GET":
        return RedirectResponse("/login", 303)
    return pages.response("stranger.html", Call(desk, pages, request, None, "", b""), 401, {})


def _failed(desk: Desk, pages: Pages) -> Callable[[Request, Exception], Any]:
    async def handle(request: Request, error: Exception) -> Response:
        status, said, extra = _explained(error)
        if _wants_json(request):
            return JSONResponse({"error": said, **extra}, status)
        person, session = _person(desk, request)
        call = Call(desk, pages, request, person, session, b"")
        return await run_in_threadpool(pages.response, "error.html", call, status, {"said": said, "status": status})

    return handle


def _explained(error: Exception) -> tuple[int, str, dict[str, Any]]:
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail), {}
    if isinstance(error, ConflictError):
        return 409, str(error), {"current": error.current}
    return (400 if isinstance(error, UsageError) else 503), str(error), {}


def _wants_json(request: Request) -> bool:
    path = request.url.path
    return path.startswith(("/api/", "/part/")) or request.method == "POST"


def allowed(pages: Iterable[Page]) -> dict[str, str]:
    """Permission by "METHOD path", for the test that walks roles times routes."""
    return {f"{method} {page.path}": page.permission for page in pages for method in page.methods}
