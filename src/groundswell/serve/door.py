"""Coming in and going out: the launch address, login with a password, the reviewer's name."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from groundswell.serve.app import Call, Page
from groundswell.serve.desk import Person


def launch(call: Call) -> Response:
    """Trade the one-time token for a session cookie."""
    if call.person is not None:
        return RedirectResponse("/", 303)
    headers = call.request.headers
    if call.request.method == "HEAD" or "prefetch" in headers.get("sec-purpose", headers.get("purpose", "")):
        return Response(status_code=204)  # a look ahead must not use the address up
    session = call.desk.redeem(str(call.path["token"]))
    if session is None:
        return call.page("stranger.html", 403)
    return _enter(call, session)


def login_form(call: Call) -> Response:
    return call.page("login.html", wrong=False)


def login(call: Call) -> Response:
    given = {key: values[-1] for key, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    name = given.get("name", "")
    password, client = given.get("password", ""), call.request.client
    if len(name) > 40 or len(password) > 1000:
        return call.page("login.html", 403, wrong=True)
    if not call.desk.may_try(name, client.host if client else ""):
        raise HTTPException(429, "Too many wrong passwords for this name or from this address. Wait a minute.")
    call.desk.reload_accounts()
    with call.desk.checking:
        role = call.desk.accounts.check(name, password)
    if role is None:
        return call.page("login.html", 403, wrong=True)
    call.desk.succeeded(name)
    call.desk.audit.add(call.desk.now(), name, "log in", role)
    return _enter(call, call.desk.begin(Person(name, role)))


def logout(call: Call) -> Response:
    call.desk.sessions.pop(call.session, None)
    answer = RedirectResponse("/login" if call.desk.accounts.people else "/", 303)
    answer.delete_cookie(call.desk.cookie)
    return answer


def _enter(call: Call, session: str) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        call.desk.cookie, session, httponly=True, samesite="strict", path="/", secure=call.request.url.scheme == "https"
    )
    return answer


ROUTES = [
    Page("/launch/{token}", launch, "open"),
    Page("/login", login_form, "open"),
    Page("/login", login, "open", ("POST",)),
    Page("/logout", logout, "view", ("POST",)),
]
