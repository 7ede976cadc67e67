"""From the trained network to what ships: int8 ONNX graph, tokenizer, pair weights, settings, checksums, manifest."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from groundswell.analyse import reader_pairs
from groundswell.analyse.gate import Gate
from groundswell.analyse.reader_decode import Settings
from groundswell.analyse.reader_tokens import INPUTS
from groundswell.train import fused, row_scales
from groundswell.train import gate as gates
from groundswell.train.fit import pair_weights
from groundswell.train.network import Network

# Heads stay in float: they are small, and quantising them moves thresholds.
_FLOAT = ("/heads/MatMul", "/pair_states/MatMul", "/unit/Gemm", "/token_features/Gather", "/word_features/Gather")


def graph(network: Network, path: Path) -> None:
    """Write the network as an int8 ONNX file (dynamic quantisation of the encoder's matrices and embeddings, a scale a token)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full = path.with_suffix(".full.onnx")
    network.eval()
    tokens, words = torch.ones(2, 20, dtype=torch.long), torch.zeros(2, 12, dtype=torch.long)
    axes = {name: {0: "batch", 1: "tokens" if n < 3 else "words"} for n, name in enumerate(INPUTS)}
    axes |= {"words": {0: "batch", 1: "words"}, "pairs": {0: "batch", 1: "words"}, "unit": {0: "batch"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch announces a newer exporter, which needs one more dependency
        torch.onnx.export(
            network,
            (tokens, tokens, tokens, words, words, words),
            str(full),
            input_names=list(INPUTS),
            output_names=["words", "pairs", "unit"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    quantize_dynamic(
        str(full),
        str(path),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=list(_FLOAT),
    )
    row_scales.rewrite(path)
    fused.rewrite(path, network.encoder.shape.heads)
    full.unlink()


def weights(network: Network, gate: Gate | None, path: Path) -> None:
    """The pair networks and the gate as arrays in one npz file."""
    event, statement = pair_weights(network)
    arrays: dict[str, Any] = {}
    for name, net in (("event", event), ("statement", statement)):
        arrays |= reader_pairs.save(net, name)
    if gate is not None:
        arrays |= gates.arrays(gate)
    np.savez_compressed(path, **arrays)


def settings(found: Settings, pack: int, path: Path) -> None:
    """Write thresholds and calibration as JSON. pack: words of one unit."""
    raw = {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(found).items()}
    path.write_text(json.dumps({**raw, "pack": pack}, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def section(name: str, folder: Path, facts: Mapping[str, Any], scores: Mapping[str, float]) -> str:
    """The manifest's text for one reader: facts, scores and the SHA-256 of every file in its folder."""
    lines = [f"[reader.{_key(name)}]"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    lines += ["", f"[reader.{_key(name)}.scores]", *(f"{_key(k)} = {v:.4f}" for k, v in scores.items())]
    lines += ["", f"[reader.{_key(name)}.files]"]
    for path in sorted(folder.iterdir()):
        if path.name != "manifest.toml":
            lines.append(f"{_key(path.name)} = {json.dumps(hashlib.sha256(path.read_bytes()).hexdigest())}")
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    plain = name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return name if plain else json.dumps(name, ensure_ascii=False)


def write_section(manifest: Path, name: str, text: str) -> None:
    """Put a reader's section into a manifest, in place of an older one of the same name; other sections stay as they are."""
    old = manifest.read_text(encoding="utf-8").splitlines(keepends=True) if manifest.is_file() else []
    kept: list[str] = []
    mine = False
    for line in old:
        if line.startswith("["):
            head = line.strip().strip("[]")
            mine = head == f"reader.{_key(name)}" or head.startswith(f"reader.{_key(name)}.")
        if not mine:
            kept.append(line)
    body = "".join(kept).rstrip()
    manifest.write_text((body + "\n\n" if body else "") + text, encoding="utf-8")
