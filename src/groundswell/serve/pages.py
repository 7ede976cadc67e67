"""Templates to responses. Autoescaping is always on, and every value written shows its hidden characters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from groundswell.serve import wording

if TYPE_CHECKING:
    from groundswell.serve.app import Call
    from groundswell.serve.desk import Desk

_HERE = Path(__file__).parent


class Pages:
    """The templates of the workbench."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, finalize=_seen,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        for name in (
            "kind",
            "when",
            "where",
            "country",
            "number",
            "claim",
            "names",
            "story",
            "sources",
            "a_day",
            "figure",
            "month",
        ):
            self.environment.filters[name] = getattr(wording, name)
        self.environment.globals.update(
            TYPES=wording.TYPES, FAMILIES=wording.FAMILIES, STATUSES=wording.STATUSES, STATES=wording.STATES,
            FIGURES=wording.FIGURES, PRECISION=wording.PRECISION, percent=_percent,
        )  # fmt: skip

    def response(self, name: str, call: Call, status: int, values: dict[str, Any]) -> HTMLResponse:
        person = call.person
        known = {
            "person": person, "here": call.request.url.path, "project": self.desk.project, "ledger": self.desk.ledger.path.name,
            "may": person.may if person else (lambda _: False),
        }  # fmt: skip
        text = self.environment.get_template(name).render({**known, **values})
        return HTMLResponse(text.encode("utf-8", "replace"), status)


def _seen(value: Any) -> Any:
    """What Jinja writes for a value; text that is not yet markup has its hidden characters written out."""
    if value is None:
        return ""
    return wording.shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0"
