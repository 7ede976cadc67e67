"""Trees asked all at once say what following their nodes one by one says, to the last bit."""

import random

import pytest

from groundswell.happenings import sentence_trees
from groundswell.resolve.time_role import clause_trees
from groundswell.trees import Trees


def node_by_node(trees, found):
    total = trees.base
    for tree in trees.trees:
        feature, value, low, high = tree[0]
        while feature >= 0:
            feature, value, low, high = tree[low if found.get(trees.names[feature], 0.0) <= value else high]
        total += value
    return total


@pytest.mark.parametrize("given", [sentence_trees, clause_trees])
def test_the_shipped_trees_add_up_as_node_by_node(given):
    trees, chance = given(), random.Random(3)
    borders = {}
    for feature, value, *_ in (node for tree in trees.trees for node in tree if node[0] >= 0):
        borders.setdefault(trees.names[feature], []).append(value)
    for _ in range(300):
        some = [name for name in trees.names if chance.random() < 0.6]
        row = {name: chance.choice([0, 1.0, chance.uniform(-5, 30), *borders.get(name, [])]) for name in some}
        assert trees.log_odds(row) == node_by_node(trees, row)


def test_trees_of_other_sizes_and_single_leaves():
    trees = Trees(["a", "b"], 0.25, [[(-1, 1.5, 0, 0)], [(1, 2.0, 1, 2), (-1, -1.0, 0, 0), (0, 0.5, 3, 4), (-1, 3.0, 0, 0), (-1, 7.0, 0, 0)]])  # fmt: skip
    assert [trees.log_odds(row) for row in ({}, {"b": 2.5}, {"a": 1, "b": 2.5}, {"a": 9.0})] == [0.75, 4.75, 8.75, 0.75]


def test_too_many_leaves_are_refused():
    chain = [node for n in range(70) for node in ((0, float(n), 2 * n + 1, 2 * n + 2), (-1, float(n), 0, 0))]
    with pytest.raises(ValueError, match="62 leaves"):
        Trees(["a"], 0.0, [[*chain, (-1, 70.0, 0, 0)]]).log_odds({})
