"""From the network's scores to spans: triggers with type, mode, status, their arguments, statements, names, figures.

Works on one unit at a time, in word numbers; numpy only. What counts as enough is in Settings, fitted on the dev split.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_found import FoundRole, FoundSpan, FoundStatement, FoundTrigger, Reading, Words
from groundswell.analyse.reader_pairs import Floats, PairWeights, own_odds

_WORD = labels.slices(labels.WORD_HEADS)
_EVENT = labels.slices(labels.EVENT_PAIRS)
_STATEMENT = labels.slices(labels.STATEMENT_PAIRS)
_TYPES = labels.TRIGGERS[1:-1]
_SINGLE = frozenset({"time"})
_FIGURE = labels.ARGUMENTS.index("figure")
_ONCE = ("issue", "attribution")  # one phrase at most; their scores stand side by side
_SINGLES = slice(_EVENT["issue"].start, _EVENT["attribution"].stop)
_MAYBE = 0.05  # a word less likely than this to be any trigger is not looked at
NONFACTUAL = frozenset({"announced", "called_for", "threatened", "hypothetical", "denied", "cancelled"})
_NONFACTUAL = [n for n, name in enumerate(labels.STATUSES) if name in NONFACTUAL]


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds and calibration, fitted on dev. Missing names fall back to ``default``."""

    trigger: Mapping[str, float] = field(default_factory=dict)
    role: Mapping[str, float] = field(default_factory=dict)
    content: float = 0.5
    entity: float = 0.5
    figure: float = 0.5
    status: Mapping[str, float] = field(default_factory=dict)  # added to a status's log probability
    unreal: float = 1.0  # factor on the threshold of triggers with a non-factual status
    no_mode: float = 0.0  # added to the score of "no mode"
    default: float = 0.5
    calibration: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def softmax(scores: Any) -> Floats:
    done: Floats = np.exp(scores - np.maximum.reduce(scores, axis=-1, keepdims=True))
    done /= np.add.reduce(done, axis=-1, keepdims=True)
    return done


def _logit(p: float) -> float:
    p = min(max(p, 1e-5), 1 - 1e-5)
    return math.log(p / (1 - p))


def calibrated(settings: Settings, name: str, p: float, *more: float) -> float:
    """A raw probability on the scale fitted on dev: logistic in its log odds (and in those of ``more``)."""
    weights = settings.calibration.get(name)
    if not weights:
        return p
    z = weights[1] * _logit(p) if len(weights) > 1 else 0
    for w, q in zip(weights[2:], more, strict=False):
        z += w * _logit(q)
    z += weights[0]
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def decode(
    words: Floats,
    pairs: Floats,
    unit: Floats,
    sentence: Sequence[int],
    event_net: PairWeights,
    statement_net: PairWeights,
    settings: Settings,
    known: tuple[Mapping[str, Floats], Likely] | None = None,
) -> Reading:
    """Read one unit: words (w, heads), pairs (w, 4 * PAIR), unit (2), the number of each word's sentence (w).

    ``known``: its part of ``word_odds`` and of ``likely`` where the caller asked them for a whole batch at once.
    """
    if known is None:
        batch = word_odds(words[None])
        known = {name: part[0] for name, part in batch.items()}, likely(words[None], batch, settings)[0]
    odds, worth = known
    of = np.asarray(sentence)
    size = pairs.shape[1] // 4
    triggers = _triggers(words, odds["trigger"], unit, worth.triggers, settings) if worth.triggers else []
    if triggers:
        at = np.array([t.words.first for t in triggers])
        own = None if event_net.own is None else own_odds(odds)
        scores = event_net.scores(pairs[at, :size], pairs[:, size : 2 * size], at, of, own)
        triggers = _with_roles(triggers, scores, odds, settings)
    spans = _contents(odds["content"], of, settings.content) if worth.content >= settings.content else []
    statements: list[FoundStatement] = []
    if spans:
        at = np.array([s.first for s, _ in spans])
        scores = statement_net.scores(pairs[at, 2 * size : 3 * size], pairs[:, 3 * size :], at, of)
        statements = _statements(spans, scores, settings)
    return Reading(
        tuple(triggers),
        tuple(statements),
        tuple(_entities(odds["entity"], worth.entities, settings)),
        tuple(_figures(odds, settings)) if worth.figure >= settings.figure else (),
    )


def word_odds(words: Floats) -> dict[str, Floats]:
    """Probabilities of every word by head, (..., w, labels): trigger, content, entity, figure; (..., w) of "any figure", that it begins
    one of any kind. words: scores (..., w, heads)."""
    odds = {name: softmax(words[..., _WORD[name]]) for name in ("trigger", "content", "entity", "figure")}
    odds["any figure"] = odds["figure"][..., 1:-1].sum(axis=-1)
    return odds


class Candidate(NamedTuple):
    """A word that might be a trigger: the probabilities that it is one, of its type among all, of a status that is not factual."""

    at: int
    total: float
    share: float
    not_real: float
    type: int
    status: str


class Likely(NamedTuple):
    """What is worth looking at in one unit.

    Attributes:
        triggers: words that might be triggers, in order; words of padding may be among them.
        content: how likely the likeliest word, padding too, begins the content of a statement; figure: a figure.
        entities: the same for each label of names.
    """

    triggers: list[Candidate]
    content: float
    entities: list[float]
    figure: float


def likely(words: Floats, odds: Mapping[str, Floats], settings: Settings) -> list[Likely]:
    """Of each unit of a batch (units, w, heads), all at once: numpy's price is by the call, not by the word."""
    p = odds["trigger"]
    event = p[..., 1:-1].sum(axis=-1)
    rows, at = (event > _MAYBE).nonzero()
    among, sums = p[rows, at, 1:-1], event[rows, at]
    statuses, unreal = _statuses(words[rows, at, _WORD["status"]], settings)
    types, shares = among.argmax(axis=1).tolist(), (among.max(axis=1) / sums).tolist()
    triggers: list[list[Candidate]] = [[] for _ in words]
    for row, *candidate in zip(rows.tolist(), at.tolist(), sums.tolist(), shares, unreal, types, statuses, strict=True):
        triggers[row].append(Candidate(*candidate))
    highest = (odds["content"][..., 1], odds["entity"], odds["any figure"])
    content, entities, figure = (part.max(axis=1).tolist() for part in highest)
    return [Likely(*each) for each in zip(triggers, content, entities, figure, strict=True)]


def _triggers(
    words: Floats, p: Floats, unit: Floats, candidates: Sequence[Candidate], settings: Settings
) -> list[FoundTrigger]:
    out: list[FoundTrigger] = []
    eventful = float((1 / (1 + np.exp(-unit)))[0])
    stop = 0
    for n, total, share, not_real, number, status in candidates:
        if n < stop or n >= len(p):  # behind the unit's end stands padding
            continue
        kind = _TYPES[number]
        raw = (total, eventful, share, not_real)
        score = calibrated(settings, "trigger", *raw)
        enough = settings.trigger.get(kind, settings.default)
        if score < (enough * settings.unreal if status in NONFACTUAL else enough):
            continue
        stop = n + 1
        # A next word that names the same ("terror attack") belongs to it: annotators never split such pairs.
        while stop < len(p) and (p[stop, -1] > 0.5 or p[stop, 1 + number] > 0.5):
            stop += 1
        mode = _mode(words[n, _WORD["mode"]], kind, settings.no_mode)
        out.append(FoundTrigger(Words(n, stop), kind, mode, status, score, (), raw))
    return out


def _mode(scores: Floats, kind: str, no_mode: float) -> str | None:
    allowed = _modes_of(kind)
    among = scores[allowed].copy()
    among[0] += no_mode
    best = allowed[int(among.argmax())]
    return labels.TYPE_MODES[best].split("/")[1] if best else None


@lru_cache(maxsize=64)
def _modes_of(kind: str) -> list[int]:
    """Numbers of "no mode" and of a type's own modes."""
    return [n for n, name in enumerate(labels.TYPE_MODES) if n == 0 or name.startswith(kind + "/")]


def _statuses(scores: Floats, settings: Settings) -> tuple[list[str], list[float]]:
    """(n, statuses) -> of each the status, and the probability that it is one of those that did not happen."""
    bias = np.array([settings.status.get(name, 0.0) for name in labels.STATUSES])
    unreal: list[float] = np.add.reduce(softmax(scores)[:, _NONFACTUAL], axis=1).tolist()
    return [labels.STATUSES[n] for n in (scores + bias).argmax(axis=1).tolist()], unreal


def _with_roles(
    triggers: Sequence[FoundTrigger], scores: Floats, odds: Mapping[str, Floats], settings: Settings
) -> list[FoundTrigger]:
    """Triggers of a unit with their roles, scores (triggers, w, outputs); the words' own probabilities of being figures have a
    say here too."""
    arguments = softmax(scores[:, :, _EVENT["argument"]])
    likeliest = arguments.max(axis=1).tolist()  # most kinds have no word that is likely enough: they are passed over
    counting = np.sqrt(arguments[:, :, 1 + 2 * _FIGURE] * odds["any figure"])
    ones = _best(scores[:, :, _SINGLES], [settings.role.get(kind, settings.default) for kind in _ONCE])
    out: list[FoundTrigger] = []
    for row, trigger in enumerate(triggers):
        p = arguments[row]
        roles: list[FoundRole] = []
        for number, kind in enumerate(labels.ARGUMENTS):
            enough = settings.role.get(kind, settings.default)
            if kind != "figure" and likeliest[row][1 + 2 * number] < enough:
                continue
            begin = counting[row] if kind == "figure" else p[:, 1 + 2 * number]
            found = _spans(begin, p[:, 2 + 2 * number], p[:, 0], enough)
            if kind in _SINGLE and len(found) > 1:
                found = [max(found, key=lambda s: s[1])]
            for span, score in found:
                name = _counted(scores[row, span.first], odds["figure"][span.first]) if kind == "figure" else None
                roles.append(FoundRole(kind, span, calibrated(settings, kind, score), name, score))
        for kind, one in zip(_ONCE, ones[row], strict=True):
            if one:
                roles.append(FoundRole(kind, one[0], calibrated(settings, kind, one[1]), None, one[1]))
        out.append(replace(trigger, roles=tuple(roles)))
    return out


def _counted(scores: Floats, figure: Floats) -> str:
    """What the number at one word counts, by its trigger and by the word itself."""
    of = softmax(scores[_EVENT["of"]]) * (figure[1:-1] + 1e-3)
    return labels.FIGURE_KINDS[int(of.argmax())]


def _statements(spans: Sequence[tuple[Words, float]], scores: Floats, settings: Settings) -> list[FoundStatement]:
    """Statements of a unit with speakers and cues, from scores (statements, w, outputs)."""
    said = _best(scores, [settings.role.get(name, 0.3) for name in ("speaker", "cue")])
    return [
        FoundStatement(
            span,
            calibrated(settings, "statement", score),
            speaker[0] if speaker else None,
            cue[0] if cue else None,
            speaker[1] if speaker else 0.0,
            score,
        )
        for (span, score), (speaker, cue) in zip(spans, said, strict=True)
    ]


def _best(scores: Floats, enough: Sequence[float]) -> list[list[tuple[Words, float] | None]]:
    """For each anchor and each of some B/I/O lines, three scores a word, the most likely single span, if likely enough."""
    n, w, _ = scores.shape
    lines = softmax(scores.reshape(n, w, -1, 3))
    begins = lines[..., 1]
    first = begins.argmax(axis=1)
    top = begins.max(axis=1)
    sure = top >= np.array(enough, dtype=np.float32)
    out: list[list[tuple[Words, float] | None]] = [[None] * len(enough) for _ in range(n)]
    for row, line in zip(*(part.tolist() for part in sure.nonzero()), strict=True):
        p = lines[row, :, line]
        start = int(first[row, line])
        stop = start + 1
        while stop < w and p[stop, 2] > max(p[stop, 0], p[stop, 1]):
            stop += 1
        out[row][line] = (Words(start, stop), float(top[row, line]))
    return out


def _spans(begin: Floats, inside: Floats, outside: Floats, enough: float) -> list[tuple[Words, float]]:
    """All spans whose first word is likely enough; a span goes on while 'inside' beats 'outside' and 'begin'."""
    out: list[tuple[Words, float]] = []
    first = begin.tolist()
    if max(first) < enough:
        return out
    goes_on = (inside > np.maximum(outside, begin)).tolist()
    stop = 0
    for n, score in enumerate(first):
        if n < stop or score < enough:
            continue
        stop = n + 1
        while stop < len(first) and goes_on[stop]:
            stop += 1
        out.append((Words(n, stop), score))
    return out


def _contents(p: Floats, sentence: NDArray[np.int64], enough: float) -> list[tuple[Words, float]]:
    """Spans of statement content: long ones, so a word or two of doubt inside does not end them, and one word is none."""
    out: list[tuple[Words, float]] = []
    at = np.flatnonzero(p[:, 1] >= enough)
    if not len(at):
        return out
    covered = 1.0 - p[:, 0]
    size = len(p)
    stop = 0
    for n in at:
        if n < stop:
            continue
        stop = int(n) + 1
        while stop < size:
            fresh = p[stop, 1] > max(p[stop, 2], enough)
            if fresh and sentence[stop] == sentence[stop - 1] and stop - n < 3:
                fresh = False  # a second beginning right after the first is the same stretch
            ahead = covered[stop : stop + 3]
            if fresh or (covered[stop] < 0.5 and ahead.mean() < 0.6):
                break
            stop += 1
        if stop - n > 1:
            out.append((Words(int(n), stop), float(p[n, 1])))
    return out


def _entities(p: Floats, likeliest: Sequence[float], settings: Settings) -> list[FoundSpan]:
    out: list[FoundSpan] = []
    for number, kind in enumerate(("person", "organisation", "place")):
        if likeliest[1 + 2 * number] < settings.entity:
            continue
        for span, score in _spans(p[:, 1 + 2 * number], p[:, 2 + 2 * number], p[:, 0], settings.entity):
            out.append(FoundSpan(kind, span, calibrated(settings, "entity", score)))
    return out


def _figures(odds: Mapping[str, Floats], settings: Settings) -> list[FoundSpan]:
    p = odds["figure"]
    return [
        FoundSpan(labels.FIGURE_KINDS[int(p[span.first, 1:-1].argmax())], span, calibrated(settings, "figure", score))
        for span, score in _spans(odds["any figure"], p[:, -1], p[:, 0], settings.figure)
    ]
