"""A graph with a scale for each token reads a sentence the same in any company; one with a scale a batch does not."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from groundswell.train import row_scales  # noqa: E402


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    """A small network of two layers, quantised dynamically, and the same rewritten."""
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    chance = np.random.default_rng(3)
    weights = {"a": chance.normal(size=(32, 64)), "b": chance.normal(size=(64, 32)), "c": chance.normal(size=(32, 2))}
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["h"], "one"),
        helper.make_node("Relu", ["h"], ["r"], "relu"),
        helper.make_node("MatMul", ["r", "b"], ["y"], "two"),
        helper.make_node("MatMul", ["y", "c"], ["z"], "three"),
    ]
    shape = ["batch", "tokens"]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [*shape, 32])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [*shape, s]) for n, s in (("y", 32), ("z", 2))],
        [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()],
    )
    folder = tmp_path_factory.mktemp("graphs")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), folder / "full.onnx")
    for name in ("batch", "rows"):
        quantize_dynamic(folder / "full.onnx", folder / f"{name}.onnx", weight_type=QuantType.QInt8, per_channel=True)
    row_scales.rewrite(folder / "rows.onnx")
    return folder


def run(path, x):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})


def test_company_changes_nothing_with_a_scale_a_token(graphs):
    chance = np.random.default_rng(5)
    small, large = chance.normal(size=(1, 7, 32)), 40 * chance.normal(size=(3, 7, 32))
    together = np.concatenate([small, large]).astype(np.float32)
    alone = run(graphs / "rows.onnx", together[:1])
    in_company = run(graphs / "rows.onnx", together)
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(alone, in_company, strict=True))
    former = [run(graphs / "batch.onnx", x)[0][0] for x in (together[:1], together)]
    assert not np.allclose(*former, atol=0.1)


def test_it_stays_close_to_the_full_network(graphs):
    x = np.random.default_rng(6).normal(size=(2, 5, 32)).astype(np.float32)
    for wanted, found in zip(run(graphs / "full.onnx", x), run(graphs / "rows.onnx", x), strict=True):
        assert np.abs(wanted - found).max() < 0.03 * np.abs(wanted).max()


def test_a_graph_that_was_not_quantised_is_refused(graphs):
    with pytest.raises(ValueError, match="not quantised"):
        row_scales.rewrite(graphs / "full.onnx")
