"""A fused graph says what the graph it was made of says, and a sentence reads the same alone and in a batch."""

import numpy as np
import pytest

pytest.importorskip("onnx")
torch = pytest.importorskip("torch")

from groundswell.train import export, fused  # noqa: E402
from groundswell.train.encoder import Encoder, Shape  # noqa: E402
from groundswell.train.network import Network  # noqa: E402

SHAPE = Shape(hidden=48, layers=2, heads=4, inner=96, vocabulary=90, positions=40)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    """A small reader as it ships, and before its graph is fused."""
    folder = tmp_path_factory.mktemp("fused")
    torch.manual_seed(4)
    network = Network(Encoder(SHAPE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fused, "rewrite", lambda path, heads: None)
        export.graph(network, folder / "plain.onnx")
    export.graph(network, folder / "fused.onnx")
    return folder


def inputs(lengths):
    chance = np.random.default_rng(8)
    size = max(lengths)
    arrays = {name: np.zeros((len(lengths), size), np.int64) for name in ("ids", "mask", "token_features")}
    arrays |= {name: np.zeros((len(lengths), size - 2), np.int64) for name in ("first", "last", "word_features")}
    for row, length in enumerate(lengths):
        arrays["ids"][row, :length] = chance.integers(1, 90, length)
        arrays["mask"][row, :length] = 1
        arrays["token_features"][row, :length] = chance.integers(0, 64, length)
        arrays["first"][row, : length - 2] = arrays["last"][row, : length - 2] = np.arange(1, length - 1)
        arrays["word_features"][row, : length - 2] = chance.integers(0, 64, length - 2)
    return arrays


def run(path, arrays):
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, arrays)


def test_it_says_the_same_up_to_rounding(graphs):
    arrays = inputs([14, 14, 14])
    plain, made = run(graphs / "plain.onnx", arrays), run(graphs / "fused.onnx", arrays)
    for wanted, found, typical in zip(plain, made, (1e-4, 0.01, 1e-4), strict=True):  # pair states have eight bits
        assert wanted.shape == found.shape
        # A value between two steps of eight bits may fall to the other: such a step is all that may move.
        assert np.median(np.abs(wanted - found)) < typical * np.abs(wanted).max()
        assert np.abs(wanted - found).max() < 0.05 * np.abs(wanted).max()


def test_company_changes_nothing(graphs):
    together = inputs([9, 14, 12])
    for row, length in enumerate((9, 14, 12)):
        cut = {
            n: v[row : row + 1, : length if n in ("ids", "mask", "token_features") else length - 2]
            for n, v in together.items()
        }
        alone, among = run(graphs / "fused.onnx", cut), run(graphs / "fused.onnx", together)
        assert np.array_equal(alone[0][0], among[0][row, : length - 2])
        assert np.array_equal(alone[1][0], among[1][row, : length - 2])
        assert np.array_equal(alone[2][0], among[2][row])


def test_it_is_marked_and_not_done_twice(graphs):
    import onnx

    marks = {each.key: each.value for each in onnx.load(str(graphs / "fused.onnx")).metadata_props}
    assert (marks["scales"], marks["graph"]) == ("rows", "fused")
    with pytest.raises(ValueError, match="fused already"):
        fused.rewrite(graphs / "fused.onnx", 4)
