"""Settings: the reviewer's name, and what the project is for, which decides whether private persons' names are shown."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from groundswell.errors import UsageError
from groundswell.serve.app import Call, Page
from groundswell.serve.desk import PURPOSES, Project


def settings(call: Call) -> Response:
    return call.page("settings.html", purposes=PURPOSES, accounts=bool(call.desk.accounts.people))


def save_name(call: Call) -> Response:
    """The name that decisions carry; an account's name is fixed."""
    if call.desk.accounts.people:
        raise UsageError("Your decisions carry the name of your account.")
    call.desk.rename(call.session, str(call.json().get("name", "")))
    return JSONResponse({"saved": True}, 201)


def save_project(call: Call) -> Response:
    given = call.json()
    words = {name: str(given.get(name, ""))[:500] for name in ("title", "purpose", "controller", "why_names")}
    call.desk.save_project(Project(**words, show_names=given.get("show_names") is True))
    return JSONResponse({"saved": True}, 201)


ROUTES = [
    Page("/settings", settings, "view"),
    Page("/api/name", save_name, "view", ("POST",)),
    Page("/api/project", save_project, "admin", ("POST",)),
]
