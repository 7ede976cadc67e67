"""Rewrites a dynamically quantised graph so that every token has its own int8 scale instead of one for the whole batch.

With one scale a batch, what is read in a sentence depends on the sentences it shares a batch with (logits moved by up to 1.8
on the first readers), and thresholds fitted on sentences alone do not hold in batches. Weights stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

MARK = ("scales", "rows")  # in the graph's metadata: batches may mix documents
_NARROW = 16  # a matrix with fewer columns goes back to float: it costs nothing and quantising it moves thresholds


def rewrite(path: Path) -> None:
    """Rewrite the graph in place. Raises ValueError where it was not made by ``onnxruntime.quantization.quantize_dynamic``."""
    import onnx

    model = onnx.load(str(path))
    _Rewriter(model).run()
    onnx.save(model, str(path))


class _Rewriter:
    """One graph; node patterns are those of quantize_dynamic: DynamicQuantizeLinear, MatMulInteger, Cast, Mul."""

    def __init__(self, model: Any) -> None:
        self.model, self.graph = model, model.graph
        self.weights = {each.name: each for each in self.graph.initializer}
        self.maker = {name: node for node in self.graph.node for name in node.output}
        self.users: dict[str, list[Any]] = {}
        for node in self.graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        self.instead: dict[str, list[Any]] = {}
        self.gone: set[str] = set()

    def run(self) -> None:
        import onnx

        one = self._constant("rows/one", np.array(1.0, np.float32))
        self._constant("rows/tiny", np.array([1e-9], np.float32))
        self._constant("rows/levels", np.array([127.0], np.float32))
        self._constant("rows/step", np.array([1 / 127.0], np.float32))
        self._constant("rows/zero", np.array(128, np.uint8))
        shared = [node for node in self.graph.node if node.op_type == "DynamicQuantizeLinear"]
        if not shared:
            raise ValueError("the graph has no DynamicQuantizeLinear: it was not quantised dynamically")
        for node in shared:
            self._quantised(node, one)
        nodes = []
        for node in self.graph.node:
            if node.name in self.instead:
                nodes += self.instead[node.name]
            elif node.name not in self.gone:
                nodes.append(node)
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        used = {name for node in nodes for name in node.input}
        kept = [each for each in self.graph.initializer if each.name in used]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)
        if not any(each.domain == "com.microsoft" for each in self.model.opset_import):
            self.model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
        entry = self.model.metadata_props.add()
        entry.key, entry.value = MARK

    def _constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def _quantised(self, node: Any, one: str) -> None:
        """One activation and the products made of it."""
        source, quantised = node.input[0], node.output[0]
        products = [each for each in self.users[quantised] if each.op_type == "MatMulInteger"]
        wide = [self._product(each, node, source, one) for each in products]
        self.instead[node.name] = self._scaled(node.name, source, one) if any(wide) else []

    def _scaled(self, name: str, source: str, one: str) -> list[Any]:
        """x -> each token's own scale, and x in steps of it as uint8 around 128."""
        from onnx.helper import make_node

        return [
            make_node("Abs", [source], [f"{name}/abs"], f"{name}/abs"),
            make_node("ReduceMax", [f"{name}/abs"], [f"{name}/top"], f"{name}/top", axes=[-1], keepdims=1),
            make_node("Max", [f"{name}/top", "rows/tiny"], [f"{name}/most"], f"{name}/most"),
            make_node("Mul", [f"{name}/most", "rows/step"], [f"{name}/scale"], f"{name}/scale"),
            make_node("Div", ["rows/levels", f"{name}/most"], [f"{name}/inverse"], f"{name}/inverse"),
            make_node("Mul", [source, f"{name}/inverse"], [f"{name}/steps"], f"{name}/steps"),
            make_node(
                "QuantizeLinear", [f"{name}/steps", one, "rows/zero"], [f"{name}/quantised"], f"{name}/quantised"
            ),
        ]

    def _product(self, product: Any, quantiser: Any, source: str, one: str) -> bool:
        """Replace MatMulInteger, Cast and Mul; False where the matrix went back to float."""
        from onnx import numpy_helper
        from onnx.helper import make_node

        cast = self._only_user(product, "Cast")
        rescale = self._only_user(cast, "Mul")
        scales = self.maker[next(name for name in rescale.input if name != cast.output[0])]
        own = next(name for name in scales.input if name != quantiser.output[1])
        columns = numpy_helper.to_array(self.weights[own]).astype(np.float32).reshape(-1)
        matrix = numpy_helper.to_array(self.weights[product.input[1]])
        out, name = rescale.output[0], product.name
        self.gone.update(each.name for each in (cast, rescale, scales))
        if matrix.shape[1] < _NARROW:
            plain = self._constant(f"{name}/float", matrix.astype(np.float32) * columns)
            self.instead[name] = [make_node("MatMul", [source, plain], [out], f"{name}/float")]
            return False
        steps = self._constant(f"{name}/columns", np.broadcast_to(columns, (matrix.shape[1],)).copy())
        inputs = [f"{quantiser.name}/quantised", product.input[1], one, steps, "rows/zero"]
        self.instead[name] = [
            make_node("MatMulIntegerToFloat", inputs, [f"{out}/steps"], f"{name}/product", domain="com.microsoft"),
            make_node("Mul", [f"{out}/steps", f"{quantiser.name}/scale"], [out], f"{name}/rescaled"),
        ]
        return True

    def _only_user(self, node: Any, kind: str) -> Any:
        users: Sequence[Any] = self.users.get(node.output[0], [])
        if len(users) != 1 or users[0].op_type != kind:
            raise ValueError(f"{node.name} is not followed by one {kind}: the graph was not made by quantize_dynamic")
        return users[0]
