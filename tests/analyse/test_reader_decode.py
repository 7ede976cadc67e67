"""From scores to spans, on scores made by hand."""

import numpy as np
import pytest

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_decode import Settings, calibrated, decode
from groundswell.analyse.reader_found import Words
from groundswell.analyse.reader_pairs import PairWeights

WORD = labels.slices(labels.WORD_HEADS)
EVENT = labels.slices(labels.EVENT_PAIRS)
SIZE = 96


def blank(words):
    width = sum(len(names) for _, names in labels.WORD_HEADS)
    scores = np.zeros((words, width), np.float32)
    for head in ("trigger", "entity", "figure", "content"):
        scores[:, WORD[head].start] = 8.0
    return scores


def put(scores, head, word, label):
    names = dict(labels.WORD_HEADS)[head]
    scores[word, WORD[head]] = 0.0
    scores[word, WORD[head].start + names.index(label)] = 8.0


def silent(heads):
    width = sum(len(names) for _, names in heads)
    bias = np.zeros(width, np.float32)
    for name, place in labels.slices(heads).items():
        if name != "of":
            bias[place.start] = 8.0
    return PairWeights(np.zeros((2 * labels.ELSEWHERE, SIZE), np.float32), np.zeros((SIZE, width), np.float32), bias)


def read(scores, event=None, settings=None):
    n = len(scores)
    return decode(
        scores, np.zeros((n, 4 * SIZE), np.float32), np.zeros(2, np.float32), [0] * n,
        event or silent(labels.EVENT_PAIRS), silent(labels.STATEMENT_PAIRS), settings or Settings(),
    )  # fmt: skip


def test_nothing_from_scores_that_say_nothing():
    reading = read(blank(6))
    assert reading == type(reading)((), (), (), ())


def test_trigger_of_two_words_with_mode_and_status():
    scores = blank(5)
    put(scores, "trigger", 1, "PROTEST")
    put(scores, "trigger", 2, "I")
    put(scores, "mode", 1, "PROTEST/strike")
    put(scores, "status", 1, "called_for")
    (trigger,) = read(scores).triggers
    assert (trigger.words, trigger.type, trigger.mode, trigger.status) == (
        Words(1, 3),
        "PROTEST",
        "strike",
        "called_for",
    )
    assert trigger.score > 0.9


def test_neighbouring_triggers_of_one_type_are_one():
    scores = blank(4)
    put(scores, "trigger", 1, "ASSAULT")
    put(scores, "trigger", 2, "ASSAULT")
    assert [t.words for t in read(scores).triggers] == [Words(1, 3)]


def test_a_mode_of_another_type_is_never_given():
    scores = blank(3)
    put(scores, "trigger", 0, "COERCE")
    put(scores, "mode", 0, "PROTEST/strike")
    (trigger,) = read(scores).triggers
    assert trigger.mode is None or trigger.mode in (
        "seize",
        "restrict",
        "ban",
        "censor",
        "curfew",
        "martial-law",
        "arrest",
        "deport",
        "withhold",
        "cyber",
    )


def test_thresholds_are_per_type():
    scores = blank(3)
    scores[1, WORD["trigger"]] = 0.0
    scores[1, WORD["trigger"].start + labels.TRIGGERS.index("AID")] = 3.3
    strict, mild = Settings(trigger={"AID": 0.99}), Settings(trigger={"AID": 0.2})
    assert len(read(scores, settings=strict).triggers) == 0
    assert len(read(scores, settings=mild).triggers) == 1


def test_roles_come_from_the_pair_network_by_distance():
    scores = blank(4)
    put(scores, "trigger", 2, "PROTEST")
    net = silent(labels.EVENT_PAIRS)
    net.distance[-2 + labels.DISTANCE, 0] = 1.0  # the word two before the anchor
    net.distance[-1 + labels.DISTANCE, 1] = 1.0
    net.out[0, EVENT["argument"].start + labels.ARGUMENT_LABELS.index("B-actor")] = 20.0
    net.out[1, EVENT["argument"].start + labels.ARGUMENT_LABELS.index("I-actor")] = 20.0
    (trigger,) = read(scores, event=net).triggers
    assert [(r.kind, r.words) for r in trigger.roles] == [("actor", Words(0, 2))]


def test_calibration_is_logistic_in_the_log_odds():
    settings = Settings(calibration={"actor": (0.0, 2.0)})
    assert calibrated(settings, "actor", 0.5) == pytest.approx(0.5)
    assert calibrated(settings, "actor", 0.8) == pytest.approx(16 / 17)
    assert calibrated(settings, "place", 0.8) == 0.8


def test_figures_and_names():
    scores = blank(5)
    put(scores, "figure", 0, "deaths")
    put(scores, "entity", 2, "B-person")
    put(scores, "entity", 3, "I-person")
    reading = read(scores)
    assert [(f.kind, f.words) for f in reading.figures] == [("deaths", Words(0, 1))]
    assert [(e.kind, e.words) for e in reading.entities] == [("person", Words(2, 4))]
