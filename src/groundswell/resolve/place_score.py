"""Which candidate a place name means: a log-linear score over few features, settled for the whole document at once.

Every name's candidates lend their weight to their country, division and neighbourhood; a few rounds settle it. The
weights are fitted by ``python -m groundswell.evaluate.place_sets --fit`` on development sets, never by hand.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from operator import mul

from groundswell.resolve.gazetteer import Entry

FEATURES = (
    "log_population", "no_population", "is_country", "is_admin1", "is_admin2", "is_area",
    "common_name", "alternate_name", "contained", "part_of_area",
    "country_weight", "country_share", "admin1_weight", "admin1_share", "near_weight", "around_weight",
    "country_named", "source_country", "source_admin1", "source_near",
)  # fmt: skip
ROUNDS = 3
SORTS = {"city": ("city", "place"), "admin1": ("admin1", "area"), "admin2": ("admin2",), "country": ("country",)}
"""Kinds of entries that a sort word ("province") lets stand."""


@dataclass(slots=True)
class Toponym:
    """One name as a document uses it. ``shares`` are the candidates' probabilities so far, in their order."""

    candidates: Sequence[Entry]
    part: bool = False
    held: frozenset[int] = frozenset()
    weight: float = 1.0
    source: bool = False
    shares: list[float] = field(default_factory=list)


Cell = tuple[int, int]


@dataclass(slots=True)
class Context:
    """How much of the document's place names points to each country, division and neighbourhood (one degree cells)."""

    countries: dict[int, float]
    admin1: dict[int, float]
    cells: dict[Cell, float]
    total: float


Weights = Mapping[str, float]


@lru_cache(maxsize=4)
def fitted(section: str) -> Weights:
    """The fitted weights that ship: ``weights`` for choosing among candidates, ``find`` for spotting names."""
    text = (files("groundswell.resolve") / "place_weights.toml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(text)[section].items()}


def settle(toponyms: Sequence[Toponym], given: Weights | None = None, named: Iterable[int] = ()) -> None:
    """Fill in ``shares`` of every toponym, looking at all of them together.

    Args:
        given: weights by feature name; the ones that ship when absent.
        named: ids of countries the text speaks of by demonym.
    """
    vector = [(given or fitted("weights"))[name] for name in FEATURES]
    demonyms = frozenset(named)
    own = [[alone(toponym, entry) for entry in toponym.candidates] for toponym in toponyms]
    first = [[dot(vector, row) for row in rows] for rows in own]
    later = vector[_FIRST:]
    cells = [[cell_of(entry) for entry in toponym.candidates] for toponym in toponyms]
    for toponym, firsts in zip(toponyms, first, strict=True):
        toponym.shares = softmax(firsts)
    for _ in range(ROUNDS):
        context, source = gather([t for t in toponyms if not t.source]), gather([t for t in toponyms if t.source])
        fresh = []
        for toponym, firsts, where in zip(toponyms, first, cells, strict=True):
            if len(firsts) == 1:  # nothing to choose from
                fresh.append(toponym.shares)
                continue
            lent = _lent(toponym)
            scores = [
                score + dot(later, beside(toponym, index, context, source, demonyms, lent, where))
                for index, score in enumerate(firsts)
            ]
            fresh.append(softmax(scores))
        for toponym, shares in zip(toponyms, fresh, strict=True):
            toponym.shares = shares


_FIRST = FEATURES.index("country_weight")


def alone(toponym: Toponym, entry: Entry) -> list[float]:
    """The features that need no other place name."""
    inside = not toponym.held.isdisjoint((entry.country, entry.admin1, entry.admin2)) and entry.id not in toponym.held
    return [
        math.log10(entry.population + 1),
        float(entry.population == 0),
        float(entry.kind == "country"),
        float(entry.kind == "admin1"),
        float(entry.kind == "admin2"),
        float(entry.kind == "area"),
        float(entry.quality == 1),
        float(entry.quality >= 2),
        float(inside),
        float(toponym.part and entry.kind != "city"),
    ]


def beside(
    toponym: Toponym,
    index: int,
    context: Context,
    source: Context,
    named: frozenset[int],
    lent: Lent | None = None,
    cells: Sequence[Cell | None] | None = None,
) -> list[float]:
    """The features that come from the other place names, the publisher's place and demonyms. ``lent``: of ``_lent``; ``cells``:
    of all candidates, where the caller has them."""
    entry = toponym.candidates[index]
    countries, divisions = lent or _lent(toponym)
    mine = 0.0 if toponym.source else toponym.weight
    country = admin1 = 0.0
    near = around = 0.0
    if entry.country is not None:
        country = max(context.countries.get(entry.country, 0.0) - mine * countries[entry.country], 0.0)
    if entry.admin1 is not None:
        admin1 = max(context.admin1.get(entry.admin1, 0.0) - mine * divisions[entry.admin1], 0.0)
    total = max(context.total - mine, 1e-6)
    cell = cells[index] if cells is not None else cell_of(entry)
    if cell is not None and entry.kind in ("city", "admin2", "place"):
        same = mine * toponym.shares[index] if toponym.shares else 0.0
        near = max(context.cells.get(cell, 0.0) - same, 0.0)
        around = max(_ring(context, cell) - same, 0.0)
    return [
        math.log1p(country), country / total if total > 1e-3 else 0.0,
        math.log1p(admin1), admin1 / total if total > 1e-3 else 0.0,
        math.log1p(near), math.log1p(around),
        float(entry.country in named),
        source.countries.get(entry.country or 0, 0.0),
        source.admin1.get(entry.admin1 or 0, 0.0),
        _ring(source, cell) if cell is not None else 0.0,
    ]  # fmt: skip


Lent = tuple[dict[int | None, float], dict[int | None, float]]


def _lent(toponym: Toponym) -> Lent:
    """How much of a toponym's own shares points to each country and to each division."""
    countries: dict[int | None, float] = defaultdict(float)
    divisions: dict[int | None, float] = defaultdict(float)
    for entry, share in zip(toponym.candidates, toponym.shares, strict=True):
        countries[entry.country] += share
        divisions[entry.admin1] += share
    return countries, divisions


def gather(toponyms: Iterable[Toponym]) -> Context:
    """The weight that toponyms lend to countries, divisions and neighbourhoods."""
    countries: dict[int, float] = defaultdict(float)
    admin1: dict[int, float] = defaultdict(float)
    cells: dict[Cell, float] = defaultdict(float)
    total = 0.0
    for toponym in toponyms:
        if toponym.candidates:
            total += toponym.weight
        for entry, share in zip(toponym.candidates, toponym.shares, strict=True):
            if (part := share * toponym.weight) < 0.005:
                continue
            if entry.country is not None:
                countries[entry.country] += part
            if entry.admin1 is not None:
                admin1[entry.admin1] += part
            if entry.kind in ("city", "admin2", "place") and (cell := cell_of(entry)) is not None:
                cells[cell] += part
    return Context(countries, admin1, cells, total)


def cell_of(entry: Entry) -> Cell | None:
    """The one-degree cell an entry lies in."""
    if entry.latitude is None or entry.longitude is None:
        return None
    return math.floor(entry.latitude), math.floor(entry.longitude)


def _ring(context: Context, cell: Cell) -> float:
    """The weight in a cell and the eight around it."""
    found = context.cells
    if not found:
        return 0.0
    row, column = cell
    weight = 0.0
    for near in (
        (row - 1, column - 1), (row - 1, column), (row - 1, column + 1), (row, column - 1), cell, (row, column + 1),
        (row + 1, column - 1), (row + 1, column), (row + 1, column + 1),
    ):  # fmt: skip
        if near in found:
            weight += found[near]
    return weight


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    """Sum of products over the shorter length."""
    return float(sum(map(mul, left, right)))


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities for scores; empty for none."""
    if not scores:
        return []
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
