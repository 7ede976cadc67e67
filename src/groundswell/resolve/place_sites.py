"""Sites that bear a town's name and do not lie in it: "Serena hotel" in Kabul is not in La Serena. Looks nothing up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundswell.resolve.gazetteer_names import fold
from groundswell.resolve.place_phrase import Query

_SMALL = 50_000
"""Inhabitants below which a town in "Palace of Justice" is likelier a word; "University of Nairobi" is in Nairobi wherever it is told of."""
_OWN = re.compile(r"\b(?:airport|university)\b")

_SIDE = re.compile(
    r"(?i)(?:the )?(?:north|south|east|west|centre|center|central)(?:ern)?(?:[ -]?(?:east|west|central))?(?:ern)?"
)


@dataclass(frozen=True, slots=True)
class Named:
    """One resolved name of a document: what was looked up, the group of same names, its country and inhabitants."""

    query: Query
    name: str | None
    country: str | None
    inhabitants: int


def astray(names: Sequence[Named]) -> list[int]:
    """Which names are sites that only their own first word puts into a country of which the document names nothing else, or sides
    of a country ("the North-West") that bear the name of another's province.

    Of 44 such sites in 546 corpus documents 40 lay elsewhere. Sites with their town behind them ("the arena in Lima") are none.
    """
    countries = {each.country for each in names if each.country and not each.query.landmark and not _is_side(each)}
    towns = {each.name for each in names if not each.query.landmark}
    return [
        index
        for index, each in enumerate(names)
        if countries
        and each.country
        and each.country not in countries
        and (_is_side(each) or (each.name not in towns and _bears(each)))
    ]


def _is_side(each: Named) -> bool:
    """ "The North-West" of a text on Nigeria is no province of South Africa."""
    return _SIDE.fullmatch(each.query.name) is not None


def _bears(each: Named) -> bool:
    """Is the town but a word of the site's own name?"""
    query = each.query
    if not query.landmark or len(query.within) != 1 or _OWN.search(query.name.casefold()):
        return False
    site, town = fold(query.name), fold(query.within[0])
    return site.startswith(f"{town} ") or (each.inhabitants < _SMALL and f" of {town}" in site.replace(" the ", " "))
