"""The pair networks in numpy: what readers of before still say, and what the layer between words adds."""

import numpy as np
import pytest

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_pairs import FAR, LAYER, OWN, Layer, PairWeights, load, own_odds, save

SIZE, WORDS, OUT = 16, 7, 5


def floats(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def network(*, deep):
    sizes = {"mix": (SIZE, 3 * SIZE), "join": (SIZE, SIZE), "up": (SIZE, 8), "down": (8, SIZE)}
    matrices = {name: (floats(n, *sizes[name]), floats(n + 10, sizes[name][1])) for n, name in enumerate(LAYER)}
    norms = tuple((floats(n + 20, SIZE), floats(n + 30, SIZE)) for n in range(3))
    return PairWeights(
        floats(1, 2 * labels.ELSEWHERE, SIZE),
        floats(2, SIZE, OUT),
        floats(3, OUT),
        floats(4, OWN + 2, SIZE) if deep else None,
        Layer(matrices, norms) if deep else None,
    )


def scores(net, at, own=None, words=WORDS):
    anchors, states = floats(5, WORDS, SIZE)[at], floats(6, words, SIZE)
    return net.scores(anchors, states, np.array(at), np.zeros(words, np.int64), own)


def test_without_a_layer_each_word_is_read_for_itself():
    net = network(deep=False)
    found = scores(net, [2])
    word, anchor = floats(6, WORDS, SIZE)[4], floats(5, WORDS, SIZE)[2]
    seen = np.maximum(anchor + word + net.distance[labels.DISTANCE + 2], 0.0)
    assert found[0, 4] == pytest.approx(seen @ net.out + net.bias, rel=1e-5)
    assert found == pytest.approx(scores(net, [2], np.ones((WORDS, OWN), np.float32)))


def test_with_a_layer_a_word_hears_the_others():
    net = network(deep=True)
    assert not np.allclose(scores(net, [2])[:, :6], scores(net, [2], words=6))
    assert np.allclose(scores(network(deep=False), [2])[:, :6], scores(network(deep=False), [2], words=6))


def test_anchors_do_not_hear_each_other():
    net, own = network(deep=True), np.abs(floats(8, WORDS, OWN))
    together = scores(net, [1, 4], own)
    assert np.allclose(together[0], scores(net, [1], own)[0], atol=1e-5)
    assert np.allclose(together[1], scores(net, [4], own)[0], atol=1e-5)


def test_triggers_between_anchor_and_word_are_counted_up_to_a_limit():
    net = network(deep=True)
    own = np.zeros((WORDS, OWN), np.float32)
    none = scores(net, [0], own)
    own[3, 0] = 1.0
    one = scores(net, [0], own)
    assert not np.allclose(none, one)
    own[3, 0], many = FAR + 2, own.copy()
    many[3, 0] = FAR + 5
    # Beyond the limit only the word that is the trigger itself still differs: what stands after it does not.
    only = PairWeights(net.distance, net.out, net.bias, np.vstack([np.zeros((OWN, SIZE), np.float32), net.own[OWN:]]))
    assert np.allclose(scores(only, [0], own), scores(only, [0], many))


def test_own_odds_put_trigger_names_and_figures_side_by_side():
    odds = {
        "trigger": np.full((2, len(labels.TRIGGERS)), 0.25, np.float32),
        "entity": np.full((2, len(labels.ENTITIES)), 0.5, np.float32),
        "figure": np.zeros((2, len(labels.FIGURES)), np.float32),
        "content": np.zeros((2, 3), np.float32),
    }
    found = own_odds(odds)
    assert found.shape == (2, OWN)
    assert found[0, 0] == pytest.approx(0.75)
    assert found[0, 1 : 1 + len(labels.ENTITIES)] == pytest.approx(0.5)


@pytest.mark.parametrize("deep", [True, False])
def test_a_saved_network_says_the_same(deep):
    net, own = network(deep=deep), np.abs(floats(8, WORDS, OWN))
    again = load(save(net, "event"), "event")
    assert (again.layer is None, again.own is None) == (not deep, not deep)
    assert np.array_equal(scores(net, [2, 5], own), scores(again, [2, 5], own))


@pytest.mark.parametrize("deep", [True, False])
def test_short_and_long_units_measure_distance_alike(deep):
    net = network(deep=deep)
    at = np.array([0, 6])
    one = net._near(floats(5, 2, SIZE), at, np.zeros(WORDS, np.int64))
    # Forty words more: the table is looked up word by word.
    many = net._near(floats(5, 2, SIZE), at, np.zeros(WORDS + labels.DISTANCE, np.int64))
    assert np.array_equal(one, many[:, :WORDS])
    assert np.array_equal(many[0, -1], net.distance[2 * labels.DISTANCE] + floats(5, 2, SIZE)[0])


def test_words_of_another_sentence_have_distances_of_their_own():
    net = network(deep=False)
    near = net._near(np.zeros((1, SIZE), np.float32), np.array([1]), np.array([0, 0, 1]))
    assert np.array_equal(near[0, 2], net.distance[labels.DISTANCE + 1 + labels.ELSEWHERE])
