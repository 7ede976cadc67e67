"""What linking got wrong on a set with gold happenings, a pair each: the sentences, the features, and where it went wrong. For reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np

from groundswell.evaluate.link_sets import Labelled, grouped, pairs_of
from groundswell.link import model
from groundswell.link.columns import Columns
from groundswell.link.compare import FEATURES, excluded, features, reason

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkError:
    """One pair of reports that linking put together or left apart against the gold.

    Attributes:
        kind: "false merge" or "missed link".
        where: "ruled out", "no block in common", "scored too low", "kept apart by others of the group"; of false merges
            "scored as one" or "brought in by others".
        left, right: report ids.
        said: the two sentences, each with its trigger in double brackets.
        score: what the model gives the pair, None where it was never compared.
        features: the features that are not 0.
        reason: what ``why`` would say.
    """

    kind: str
    where: str
    left: str
    right: str
    said: tuple[str, str]
    score: float | None
    features: Mapping[str, float]
    reason: str


def link_errors(labelled: Sequence[Labelled], found: Mapping[str, str] | None = None) -> list[LinkError]:
    """One error for every two happenings in one event, and for every two events that hold one happening: its likeliest pair.

    ``found``: event by report id, by default what the ledger makes of the documents (``link_sets.grouped``).
    """
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    found = found if found is not None else grouped(labelled)
    sight = _Sight(labelled)
    errors: list[LinkError] = []
    for kind, outer, inner in (("false merge", found, truth), ("missed link", truth, found)):
        for parts in _parts(truth, outer, inner):
            for one, other in combinations(parts, 2):
                pair = max(product(one, other), key=lambda two: (sight.score(*two) or 0.0, two))
                errors.append(sight.error(kind, *sorted(pair)))
    return errors


def spread(errors: Sequence[LinkError], count: int) -> list[LinkError]:
    """``count`` of them taken at equal steps, so that no one topic fills the list."""
    return [errors[n * len(errors) // count] for n in range(count)] if count < len(errors) else list(errors)


def lines(error: LinkError) -> Iterator[str]:
    """An error as lines of text."""
    score = "never compared" if error.score is None else f"score {error.score:.2f}"
    yield f"{error.kind}: {error.where} ({score}). {error.reason}"
    yield from (f"    {sentence}" for sentence in error.said)
    yield "    " + " ".join(f"{name}={value:.2f}" for name, value in error.features.items())


def _parts(truth: Mapping[str, str], outer: Mapping[str, str], inner: Mapping[str, str]) -> Iterator[list[list[str]]]:
    """Groups of ``outer`` cut by ``inner``, where that cuts them."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for report in sorted(truth):
        groups[outer[report]][inner[report]].append(report)
    for name in sorted(groups):
        if len(groups[name]) > 1:
            yield list(groups[name].values())


class _Sight:
    """Everything that linking sees of the reports of a set."""

    def __init__(self, labelled: Sequence[Labelled]) -> None:
        self.table, pairs, _ = pairs_of(labelled)
        self.row = {identity: row for row, identity in enumerate(self.table.ids)}
        self.told = {event["id"]: event for each in labelled for event in each.record["events"]}
        scores = model.load().scores(features(self.table, pairs[:, 0], pairs[:, 1]))
        self.scores = dict(zip(map(tuple, pairs.tolist()), scores.tolist(), strict=True))

    def score(self, left: str, right: str) -> float | None:
        a, b = sorted((self.row[left], self.row[right]))
        return self.scores.get((a, b))

    def error(self, kind: str, left: str, right: str) -> LinkError:
        a, b = self.row[left], self.row[right]
        score = self.score(left, right)
        values = features(self.table, np.array([a]), np.array([b]))[0].tolist()
        return LinkError(
            kind, _where(kind, score, self.table, a, b), left, right, (_said(self.told[left]), _said(self.told[right])), score,
            {name: value for name, value in zip(FEATURES, values, strict=True) if value}, reason(self.table, a, b, values),
        )  # fmt: skip


def _where(kind: str, score: float | None, table: Columns, a: int, b: int) -> str:
    joined = score is not None and score >= model.load().join
    if kind == "false merge":
        return "scored as one" if joined else "brought in by others"
    if score is None:
        return "ruled out" if excluded(table, np.array([a]), np.array([b]))[0] else "no block in common"
    return "kept apart by others of the group" if joined else "scored too low"


def _said(event: Json) -> str:
    """The evidence with the trigger in double brackets."""
    evidence, trigger = event["evidence"], event["trigger"]
    text, at = evidence["text"], trigger["start"] - evidence["start"]
    if not 0 <= at < len(text):
        return f"{text} [[{trigger['text']}]]"
    end = at + len(trigger["text"])
    return f"{text[:at]}[[{text[at:end]}]]{text[end:]}"
