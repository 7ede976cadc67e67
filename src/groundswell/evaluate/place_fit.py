"""Fit the weights of place_score.py on development sets, and say by cross-validation what they are worth.

Maximises the likelihood of the gold candidates; what the other names lend is recomputed between passes. Documents of
shared/gold-dev are left out by their text. Needs numpy (comes with the baseline extra).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundswell.resolve import place_score
from groundswell.resolve.place import Geoparser
from groundswell.resolve.place_find import SPOT_FEATURES, candidates
from groundswell.resolve.place_score import FEATURES, Toponym
from groundswell.resolve.place_text import demonyms

if TYPE_CHECKING:
    from groundswell.evaluate.place_sets import Article

HELD_OUT = Path("/work/shared/gold-dev/docs")
FOLDS = 5
PASSES = 5
RIDGE = 2.0
FIXED = {"part_of_area": 1.5, "contained": 5.0}
"""Not fitted: the sets mark names without "northern"; and "Paris, Texas" must hold where nothing else speaks for Texas."""
Example = tuple[list[Toponym], list[Toponym], list[int], list[tuple[int, frozenset[int], int]]]


def fit(sets: Mapping[str, Sequence[Article]]) -> list[str]:
    """Cross-validated accuracy of each set, a line each; writes the weights fitted on all of it."""
    from groundswell.evaluate.place_sets import end_to_end, resolved

    geoparser = Geoparser()
    articles = [article for each in sets.values() for article in each if not _held_out(article.text)]
    examples = {article.name: _example(geoparser, article) for article in articles}
    scores = {name: [0, 0, 0] for name in sets}
    ends: dict[str, list[tuple[float, float, float]]] = {name: [] for name in sets}
    for fold in range(FOLDS):
        train = [examples[a.name] for number, a in enumerate(articles) if number % FOLDS != fold]
        test = {a.name for number, a in enumerate(articles) if number % FOLDS == fold}
        weights, spotting = (
            _fit(train),
            fit_finding([a for n, a in enumerate(articles) if n % FOLDS != fold], geoparser),
        )
        for name, each in sets.items():
            parser = Geoparser(weights=weights, spotting=spotting)
            part = [a for a in each if a.name in test]
            score = resolved(part, parser)
            ends[name].append(end_to_end(part, parser, parser.find))
            scores[name] = [a + b for a, b in zip(scores[name], (score.near, score.same, score.counted), strict=True)]
    write(_fit(list(examples.values())), fit_finding(articles, geoparser))
    return [
        f"{name}: {FOLDS}-fold cross-validated: {near}/{counted} = {near / counted:.3f}; by title {same / counted:.3f}; "
        f"end to end, mean F1 {sum(f for _, _, f in ends[name]) / FOLDS:.3f}"
        for name, (near, same, counted) in scores.items()
    ]


def _held_out(text: str) -> bool:
    return " ".join(text.split())[:120] in _held_out_starts()


def _held_out_starts() -> set[str]:
    if not HELD_OUT.is_dir():
        return set()
    texts = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in sorted(HELD_OUT.glob("*.json"))]
    return {" ".join(text.split())[:120] for text in texts}


def _example(geoparser: Geoparser, article: Article) -> Example:
    """A document's toponyms, publisher's and demonyms, and for each name which candidates are right and how often."""
    from groundswell.evaluate.place_sets import right

    gold = [g for g in article.gold if g.counted]
    readings, groups, sources, named = geoparser.toponyms(
        article.text, [g.span for g in article.gold], publisher=article.publisher
    )
    keys = list(groups)
    targets: dict[int, list[Any]] = {}
    by_span = {g.span: g for g in gold}
    for reading, each in zip(readings, article.gold, strict=True):
        if reading.key is None or each.span not in by_span or reading.query.landmark:
            continue
        index = keys.index(reading.key)
        candidates = groups[reading.key].candidates
        good = frozenset(
            i for i, e in enumerate(candidates) if right(each, e.geonameid, e.latitude, e.longitude)
        )  # fmt: skip
        if good:
            targets.setdefault(index, [good, 0])[1] += 1
    return list(groups.values()), sources, named, [(i, good, n) for i, (good, n) in targets.items()]


def _rows(example: Example, weights: dict[str, float]) -> list[tuple[list[list[float]], frozenset[int], int]]:
    toponyms, sources, named, targets = example
    place_score.settle([*toponyms, *sources], weights, named)
    context, source = place_score.gather(toponyms), place_score.gather(sources)
    out = []
    for index, good, count in targets:
        toponym = toponyms[index]
        rows = [
            place_score.alone(toponym, entry) + place_score.beside(toponym, i, context, source, frozenset(named))
            for i, entry in enumerate(toponym.candidates)
        ]
        if len(rows) > 1:
            out.append((rows, good, count))
    return out


def _fit(examples: Sequence[Example]) -> dict[str, float]:
    import numpy as np

    weights = dict.fromkeys(FEATURES, 0.0) | {"log_population": 1.0, "contained": 4.0} | FIXED
    for _ in range(PASSES):
        groups = [row for example in examples for row in _rows(example, weights)]
        matrix = np.concatenate([np.array(rows) for rows, _, _ in groups])
        owner = np.repeat(np.arange(len(groups)), [len(rows) for rows, _, _ in groups])
        good = np.concatenate([[float(i in g) for i in range(len(rows))] for rows, g, _ in groups])
        count = np.array([float(n) ** 0.5 for _, _, n in groups])
        vector = np.array([weights[name] for name in FEATURES])
        moment, square = np.zeros_like(vector), np.zeros_like(vector)
        for step in range(1, 401):
            scores = matrix @ vector
            top = np.full(len(groups), -1e9)
            np.maximum.at(top, owner, scores)
            powers = np.exp(scores - top[owner])
            share = powers / np.bincount(owner, powers)[owner]
            kept = share * good
            wanted = kept / np.maximum(np.bincount(owner, kept), 1e-12)[owner]
            gradient = matrix.T @ ((share - wanted) * count[owner]) + RIDGE * vector
            moment = 0.9 * moment + 0.1 * gradient
            square = 0.99 * square + 0.01 * gradient**2
            vector -= 0.05 * (moment / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
        weights = {name: round(float(value), 3) for name, value in zip(FEATURES, vector, strict=True)} | FIXED
    return weights


def fit_finding(articles: Sequence[Article], geoparser: Geoparser) -> dict[str, float]:
    """Weights for spotting: logistic regression, a candidate is right where it overlaps an annotated toponym that is no
    demonym. Candidates over annotated demonyms and metonyms without coordinates are left out."""
    import numpy as np

    peoples = demonyms()
    rows, wanted = [], []
    for article in articles:
        for candidate, row in candidates(article.text, geoparser.named):
            touched = [gold for gold in article.gold if gold.span.overlaps(candidate.span)]
            good = any(article.text[g.span.start : g.span.end] not in peoples for g in touched)
            if touched and not good:
                continue
            rows.append(row)
            wanted.append(float(good))
    matrix, target = np.array(rows), np.array(wanted)
    vector = np.zeros(matrix.shape[1])
    moment, square = np.zeros_like(vector), np.zeros_like(vector)
    for step in range(1, 1001):
        share = 1 / (1 + np.exp(-(matrix @ vector)))
        gradient = matrix.T @ (share - target) + 0.5 * vector
        moment = 0.9 * moment + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        vector -= 0.03 * (moment / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    weights = {name: round(float(value), 3) for name, value in zip(SPOT_FEATURES, vector, strict=True)}
    return weights | {"landmark": FIND_LANDMARK}


FIND_LANDMARK = 0.0
"""Not fitted: the sets annotate no squares and streets."""


def write(weights: dict[str, float], spotting: dict[str, float]) -> None:
    """Write the weights that ship."""
    lines = [
        "# Weights of the features of place_score.py and place_find.py, fitted by",
        "# `python -m groundswell.evaluate.place_sets --fit` on LGL and GeoVirus. Do not edit by hand.",
        "[weights]",
        *(f"{name} = {value}" for name, value in weights.items()),
        "",
        "[find]",
        *(f"{name} = {value}" for name, value in spotting.items()),
    ]
    path = Path(str(files("groundswell.resolve"))) / "place_weights.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    place_score.fitted.cache_clear()
