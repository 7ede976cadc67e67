"""Settings: the reviewer's name, and what the project is for, which decides whether private persons' names are shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, Response

from groundswell.errors import UsageError
from groundswell.serve import sensitivity
from groundswell.serve.app import Call, Page
from groundswell.serve.project import PURPOSES, Project


def settings(call: Call) -> Response:
    return call.page(
        "settings.html",
        purposes=PURPOSES,
        kinds=list(sensitivity.kinds().values()),
        tiers=sensitivity.TIERS,
        accounts=bool(call.desk.accounts.people),
    )


def save_name(call: Call) -> Response:
    """The name that decisions carry; an account's name is fixed."""
    if call.desk.accounts.people:
        raise UsageError("Your decisions carry the name of your account.")
    call.desk.rename(call.session, str(call.json().get("name", "")))
    return JSONResponse({"saved": True}, 201)


def save_project(call: Call) -> Response:
    given = call.json()
    words: dict[str, Any] = {
        name: str(given.get(name, ""))[:500]
        for name in ("title", "purpose", "controller", "legal_basis", "why_names", "why_places")
    }
    now = call.desk.project
    keys = given.get("sensitive", now.sensitive)
    numbers = {name: given.get(name, getattr(now, name)) for name in ("k", "delay_days", "seeded")}
    if not isinstance(keys, list | tuple) or not all(type(number) is int for number in numbers.values()):
        raise UsageError("sensitive is a list of kinds; k, delay_days and seeded are whole numbers.")
    call.desk.save_project(
        Project(
            **words, **numbers, show_names=given.get("show_names") is True, exact_places=given.get("exact_places") is True,
            sensitive=tuple(str(key) for key in keys), tier=str(given.get("tier", now.tier)),
        )
    )  # fmt: skip
    changed = [name for name, value in asdict(call.desk.project).items() if value != asdict(now)[name]]
    call.note("change settings", ", ".join(changed))
    return JSONResponse({"saved": True}, 201)


def renew_feed(call: Call) -> Response:
    """POST: other addresses for the subscriptions; the old ones end."""
    call.desk.renew_feed()
    call.note("renew subscriptions")
    return JSONResponse({"saved": True}, 201)


def log(call: Call) -> Response:
    return call.page("audit.html", rows=call.desk.audit.newest(500))


ROUTES = [
    Page("/settings", settings, "view"),
    Page("/api/name", save_name, "view", ("POST",)),
    Page("/api/feed", renew_feed, "admin", ("POST",)),
    Page("/log", log, "admin"),
    Page("/api/project", save_project, "admin", ("POST",)),
]
