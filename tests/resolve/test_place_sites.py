"""A site's name that begins with a town's does not put it into another country; its town, where one is named, stays."""

import pytest

from groundswell.records import Span
from groundswell.resolve.place import shipped
from groundswell.resolve.place_phrase import Query
from groundswell.resolve.place_sites import Named, astray


def resolved(text: str, *words: str) -> list[str | None]:
    spans = [Span(text.index(each), text.index(each) + len(each)) for each in words]
    return [place.country for place in shipped().resolve(text, spans)]


@pytest.mark.parametrize(
    ("text", "site", "town", "country"),
    [
        ("Nurses met in Lusaka. They went on to the Radisson Hotel.", "Radisson Hotel", "Lusaka", "ZMB"),
        ("In Harare clerks sat in front of City Hall.", "City Hall", "Harare", "ZWE"),
        ("Bandits came to Kaduna and Sokoto. The North-West is in fear.", "North-West", "Kaduna", None),
        ("In Sofia clerks sat in front of the Palace of Justice.", "Palace of Justice", "Sofia", "BGR"),
        ("In Harare nurses met those of the Frankfurt airport.", "Frankfurt airport", "Harare", "DEU"),
    ],
)
def test_a_town_in_the_name_of_a_site(text: str, site: str, town: str, country: str | None) -> None:
    assert resolved(text, site, town)[0] == country


def test_only_a_site_whose_country_nothing_else_names_is_astray() -> None:
    square = Named(Query("George Square", ("George",), landmark=True), "george/", "ZAF", 188_580)
    glasgow = Named(Query("Glasgow"), "glasgow/", "GBR", 600_000)
    durban = Named(Query("Durban"), "durban/", "ZAF", 600_000)
    george = Named(Query("George"), "george/", "ZAF", 188_580)
    assert astray([square, glasgow]) == [0]
    assert astray([square, glasgow, durban]) == astray([square, glasgow, george]) == astray([square]) == []
    behind = Named(Query("arena in Lima", ("Lima",), landmark=True), "lima/", "PER", 9_000_000)
    assert astray([behind, glasgow]) == []
