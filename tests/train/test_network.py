"""The network in PyTorch and its small parts in numpy say the same."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra: pip install 'groundswell[train]'")

from groundswell.analyse.reader_pairs import OWN  # noqa: E402
from groundswell.train.encoder import Encoder, Shape  # noqa: E402
from groundswell.train.fit import pair_weights  # noqa: E402
from groundswell.train.network import PAIR, Network  # noqa: E402


def small():
    torch.manual_seed(0)
    network = Network(Encoder(Shape(hidden=24, layers=1, heads=2, inner=32, vocabulary=50))).eval()
    for net in (network.event_pairs, network.statement_pairs):
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
    return network


def answers(net, words, real, own):
    at = torch.tensor([2, 7])
    size = words.shape[0]
    states = words.expand(2, -1, -1)
    sentence = torch.zeros(2, size, dtype=torch.long)
    anchors = torch.stack([words[2] * 0.5, words[7] - 1.0])
    with torch.no_grad():
        return anchors, at, net(anchors, states, at, sentence, real.expand(2, -1), own.expand(2, -1, -1)).numpy()


@pytest.mark.parametrize("name", ["event_pairs", "statement_pairs"])
def test_numpy_reads_what_torch_trained(name):
    network = small()
    words, own = torch.randn(9, PAIR), torch.rand(9, OWN)
    anchors, at, wanted = answers(getattr(network, name), words, torch.ones(9, dtype=torch.bool), own)
    weights = pair_weights(network)[name == "statement_pairs"]
    found = weights.scores(anchors.numpy(), words.numpy(), at.numpy(), np.zeros(9, np.int64), own.numpy())
    assert found == pytest.approx(wanted, abs=1e-4)


def test_padding_changes_nothing():
    network = small()
    words, own = torch.randn(13, PAIR), torch.rand(13, OWN)
    own[9:] = 0.0
    real = torch.arange(13) < 9
    _, _, padded = answers(network.event_pairs, words, real, own)
    _, _, alone = answers(network.event_pairs, words[:9], real[:9], own[:9])
    assert padded[:, :9] == pytest.approx(alone, abs=1e-4)
