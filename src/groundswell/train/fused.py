"""Rebuilds a reader's graph from fewer, larger operations: query, key and value in one product, attention in one kernel, tokens
quantised in one step. The weights stay as they are, logits move by rounding only.

`python -m groundswell.train.fused FOLDER` does it to a reader exported before this was part of every export.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

MARK = ("graph", "fused")  # in the graph's metadata
# The first version of ONNX with an Attention: 3.5 to 5 ms an article less than com.microsoft's MultiHeadAttention, same bits.
_OPSET, _FORMAT = 23, 10
_MICROSOFT = frozenset({"MatMulIntegerToFloat", "BiasGelu"})  # operations of onnxruntime's own domain, com.microsoft
_DIP = 0.17  # gelu never falls below -0.17: from there on the largest value is the largest absolute one


def rewrite(path: Path, heads: int) -> None:
    """Rewrite a graph that ``row_scales.rewrite`` made, in place. heads: attention heads of each layer.

    Raises ValueError where the graph is none of a reader or was rewritten before.
    """
    import onnx

    model = onnx.load(str(path))
    onnx.save(_Builder(model, heads).build(), str(path))


class _Builder:
    """Takes weights out of the old graph by the names that PyTorch's exporter gives and strings new operations together.

    Inside the layers tokens of all sentences stand in one long table; only attention sees sentences.
    """

    def __init__(self, old: Any, heads: int) -> None:
        from onnx import numpy_helper

        self.old, self.heads = old, heads
        self.weights = {each.name: numpy_helper.to_array(each) for each in old.graph.initializer}
        self.named = {node.name: node for node in old.graph.node}
        # Of equal weights the exporter keeps one and refers the others to it.
        self.same = {node.output[0]: node.input[0] for node in old.graph.node if node.op_type == "Identity"}
        if "/encoder/layers.0/query/MatMul_quant/product" not in self.named:
            raise ValueError("the graph is not that of a reader with a scale a token, or it is fused already")
        self.nodes: list[Any] = []
        self.kept: dict[str, Any] = {}

    def build(self) -> Any:
        from onnx import helper

        self._constants()
        states = self._embedded()
        layer = 0
        while f"/encoder/layers.{layer}/query/MatMul_quant/product" in self.named:
            states = self._layer(layer, states)
            layer += 1
        self._answers(states)
        old = self.old
        graph = helper.make_graph(
            self.nodes, "reader", list(old.graph.input), list(old.graph.output), [*self.kept.values()]
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        made = helper.make_model(graph, opset_imports=opsets, ir_version=max(old.ir_version, _FORMAT))
        for key, value in [*((each.key, each.value) for each in old.metadata_props), MARK]:
            entry = made.metadata_props.add()
            entry.key, entry.value = key, value
        return made

    # -- pieces

    def _op(self, kind: str, inputs: Sequence[str], output: str, **settings: Any) -> str:
        from onnx import helper

        domain = "com.microsoft" if kind in _MICROSOFT else ""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, domain=domain, **settings))
        return output

    def _constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        if name not in self.kept:
            self.kept[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def _old(self, name: str) -> str:
        return self._constant(name, self.weights[self.same.get(name, name)])

    def _constants(self) -> None:
        hidden = self.weights["encoder.norm.weight"].shape[0]
        whole: dict[str, Any] = {
            "0": 0,
            "1": 1,
            "[0]": [0],
            "[1]": [1],
            "[2]": [2],
            "[1, 2]": [1, 2],
            "line": [-1],
            "table": [-1, hidden],
            "hidden": [hidden],
        }
        for name, value in whole.items():
            self._constant(name, np.array(value, np.int64))
        for name, number in (("tiny", 1e-9), ("dip", _DIP), ("step", 1 / 127.0)):
            self._constant(name, np.array([[number]], np.float32))
        self._constant("one", np.array(1, np.float32))
        self._constant("half", np.array(0.5, np.float32))
        self._constant("nothing", np.array(0.0, np.float32))
        self._constant("never", np.array(-1e30, np.float32))
        self._constant("middle", np.array(128, np.uint8))

    def _norm(self, source: str, name: str, output: str) -> str:
        node = self.named[f"{name}/LayerNormalization"]
        epsilon = next(setting.f for setting in node.attribute if setting.name == "epsilon")
        inputs = [source, *(self._old(each) for each in node.input[1:])]
        return self._op("LayerNormalization", inputs, output, axis=-1, epsilon=epsilon)

    def _rows(self, name: str, picked: str, output: str) -> str:
        """Rows of an int8 table, as floats."""
        scale = [self._old(f"{name}_scale"), self._old(f"{name}_zero_point")]
        return self._op("DequantizeLinear", [picked, *scale], output)

    def _embedded(self) -> str:
        self._op("Shape", ["ids"], "shape")
        self._op("Slice", ["shape", "[1]", "[2]"], "tokens")
        table = self._old("encoder.words.weight_quantized")
        words = self._rows("encoder.words.weight", self._op("Gather", [table, "ids"], "words8"), "plain words")
        places = self._old("encoder.positions.weight_quantized")
        places = self._op("Slice", [places, "[0]", "tokens"], "positions8")
        placed = self._op("Add", [words, self._rows("encoder.positions.weight", places, "positions")], "placed")
        extra = self._op("Gather", [self._old("token_features.weight"), "token_features"], "extra")
        normed = self._norm(self._op("Add", [placed, extra], "embedded"), "/encoder/norm", "normed")
        self._op("Concat", ["shape", "hidden"], "cube", axis=0)
        self._op("Expand", ["middle", self._op("ReduceProd", ["shape"], "count", keepdims=1)], "middles")
        self._unheard()
        return self._op("Reshape", [normed, "table"], "states")

    def _unheard(self) -> None:
        """What attention adds to its scores, (sentences, 1, tokens, tokens): nothing for a token, "never" for padding."""
        added = self._op("Where", [self._op("Cast", ["mask"], "token", to=9), "nothing", "never"], "added")
        sentences = self._op("Slice", ["shape", "[0]", "[1]"], "rows")
        square = self._op("Concat", [sentences, "[1]", "tokens", "tokens"], "square", axis=0)
        self._op("Expand", [self._op("Unsqueeze", [added, "[1, 2]"], "added to all"), square], "unheard")

    def _quantised(self, source: str, name: str, zeros: str = "middles", *, gelu: bool = False) -> tuple[str, str]:
        """Each row in steps of its own scale, and the scales. zeros: the middle of the steps, as often as there are rows."""
        high = self._op("ReduceMax", [source, "line"], f"{name}/high", keepdims=1)
        if gelu:
            most = self._op("Max", [high, "dip"], f"{name}/most")
        else:
            low = self._op("ReduceMin", [source, "line"], f"{name}/low", keepdims=1)
            most = self._op("Max", [high, self._op("Neg", [low], f"{name}/depth"), "tiny"], f"{name}/most")
        scale = self._op("Mul", [most, "step"], f"{name}/scale")
        line = self._op("Reshape", [scale, "line"], f"{name}/scales")
        return self._op("QuantizeLinear", [source, line, zeros], f"{name}/steps", axis=0), scale

    def _product(self, given: tuple[str, str], names: Sequence[str], output: str) -> str:
        """Rows times one or several matrices side by side, as floats."""
        products = [self.named[f"{name}/MatMul_quant/product"] for name in names]
        matrix, columns = (np.concatenate([self.weights[p.input[n]] for p in products], axis=-1) for n in (1, 3))
        return self._times(given, matrix, columns, output)

    def _times(self, given: tuple[str, str], matrix: Any, columns: Any, output: str) -> str:
        """Quantised rows times an int8 matrix with a scale a column, as floats."""
        inputs = [
            given[0],
            self._constant(f"{output}/matrix", matrix),
            "one",
            self._constant(f"{output}/columns", columns),
            "middle",
        ]
        return self._op("Mul", [self._op("MatMulIntegerToFloat", inputs, f"{output}/product"), given[1]], output)

    def _layer(self, number: int, states: str) -> str:
        old, weights, name = f"/encoder/layers.{number}", f"encoder.layers.{number}", f"layer {number}"
        parts = ("query", "key", "value")
        self._product(self._quantised(states, f"{name}/in"), [f"{old}/{part}" for part in parts], f"{name}/three")
        bias = np.concatenate([self.weights[f"{weights}.{part}.bias"] for part in parts])
        self._op("Add", [f"{name}/three", self._constant(f"{name}/bias", bias)], f"{name}/biased")
        self.nodes.append(_split(f"{name}/biased", [f"{name}/{part}" for part in parts]))
        cubes = [self._op("Reshape", [f"{name}/{part}", "cube"], f"{name}/{part}s") for part in parts]
        heads = {"q_num_heads": self.heads, "kv_num_heads": self.heads}
        mixed = self._op("Attention", [*cubes, "unheard"], f"{name}/attended", **heads)
        mixed = self._op("Reshape", [mixed, "table"], f"{name}/mixed")
        out = self._product(self._quantised(mixed, f"{name}/mix"), [f"{old}/out"], f"{name}/out")
        states = self._joined(out, states, f"{weights}.out.bias", f"{old}/norm1", f"{name}/first")
        up = self._product(self._quantised(states, f"{name}/mid"), [f"{old}/up"], f"{name}/up")
        bent = self._op("BiasGelu", [up, self._old(f"{weights}.up.bias")], f"{name}/bent")
        down = self._product(self._quantised(bent, f"{name}/late", gelu=True), [f"{old}/down"], f"{name}/down")
        return self._joined(down, states, f"{weights}.down.bias", f"{old}/norm2", f"{name}/second")

    def _joined(self, new: str, states: str, bias: str, norm: str, output: str) -> str:
        new = self._op("Add", [new, self._old(bias)], f"{output}/biased")
        return self._norm(self._op("Add", [new, states], f"{output}/sum"), norm, output)

    def _answers(self, states: str) -> None:
        """Word scores, pair states and unit scores, as ``Network.forward`` gives them."""
        count = self._op("Gather", ["shape", "0"], "sentences")
        size = self._op("Gather", ["shape", "1"], "longest")
        starts = self._op("Mul", [self._op("Range", ["0", count, "1"], "numbers"), size], "starts")
        starts = self._op("Unsqueeze", [starts, "[1]"], "begins")
        ends = [
            self._op("Gather", [states, self._op("Add", [n, starts], f"{n}/at")], f"{n}/state")
            for n in ("first", "last")
        ]
        mean = self._op("Mul", [self._op("Add", ends, "both"), "half"], "mean")
        extra = self._op("Gather", [self._old("word_features.weight"), "word_features"], "word extra")
        normed = self._norm(self._op("Add", [mean, extra], "words with extra"), "/norm", "word states")
        heads = self._op("MatMul", [normed, self._old(self.named["/heads/MatMul"].input[1])], "words/product")
        self._op("Add", [heads, self._old("heads.bias")], "words")
        self._pair_states(normed)
        opening = self._op("Gather", [self._op("Reshape", [states, "cube"], "by sentence"), "0"], "opening", axis=1)
        unit = self.named["/unit/Gemm_MatMul_quant/float"].input[1]
        self._op(
            "Add", [self._op("MatMul", [opening, self._old(unit)], "unit/product"), self._old("unit.bias")], "unit"
        )

    def _pair_states(self, normed: str) -> None:
        """The pair states (sentences, words, width) by an int8 product: 1.0 ms an article, 2.2 in floats; not a thousandth of F1 is
        lost on 546 documents."""
        matrix = self.weights[self.named["/pair_states/MatMul"].input[1]]
        columns = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
        rows = self._op("Reshape", [normed, "table"], "words in a table")
        shape = self._op("Shape", ["first"], "word shape")
        zeros = self._op(
            "Expand", ["middle", self._op("ReduceProd", [shape], "word count", keepdims=1)], "word middles"
        )
        given = self._quantised(rows, "pairs", zeros)
        product = self._times(given, np.round(matrix / columns).astype(np.int8), columns, "pairs/rows")
        width = self._constant("width", np.array([matrix.shape[1]], np.int64))
        cube = self._op("Concat", [shape, width], "pairs/shape", axis=0)
        self._op("Add", [self._op("Reshape", [product, cube], "pairs/states"), self._old("pair_states.bias")], "pairs")


def _split(source: str, outputs: Sequence[str]) -> Any:
    from onnx import helper

    return helper.make_node("Split", [source], list(outputs), source + "/split", axis=-1, num_outputs=len(outputs))


def main() -> None:
    """Fuse the graph of a reader's folder, and put its new checksum into the manifest beside or above it."""
    import hashlib

    folder, heads = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12
    path = folder / "model.onnx"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    rewrite(path, heads)
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    for manifest in (folder / "manifest.toml", folder.parent / "manifest.toml"):
        if manifest.is_file():
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace(before, after), encoding="utf-8")
    sys.stdout.write(f"{path}: {before[:12]} -> {after[:12]}\n")


if __name__ == "__main__":
    main()
