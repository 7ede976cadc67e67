"""The table of word vectors that linking compares triggers by, from the shipped reader's own word embeddings.

The embeddings stay frozen in training, so the table holds for every reader of the same encoder. Run it again only when the encoder
changes: ``python -m groundswell.train.trigger_vectors MODEL.onnx``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groundswell.link.meanings import DIMENSIONS
from groundswell.models.loader import FOLDER
from groundswell.train.gazetteer import enter_file

FACTS = {
    "version": "1",
    "build": "python -m groundswell.train.trigger_vectors MODEL.onnx",
    "sources": "word embeddings of all-MiniLM-L6-v2, as the shipped reader carries them",
    "licence": "Apache-2.0",
}
_COMMON = 2  # leading directions left out: they tell frequent words from rare ones, and nothing of what a word means


def embeddings(model: Path) -> NDArray[np.float32]:
    """The int8 word embeddings of an exported reader as numbers, one row a token id."""
    import onnx
    from onnx import numpy_helper

    found = {each.name: each for each in onnx.load(str(model)).graph.initializer}
    name = "encoder.words.weight_"
    quantized, scale, zero = (
        numpy_helper.to_array(found[name + part]).astype(np.float32) for part in ("quantized", "scale", "zero_point")
    )
    return np.asarray((quantized - zero) * scale, dtype=np.float32)


def table(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """Rows projected on their directions of most spread, a byte a number."""
    centred = rows - rows.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    chosen = directions[:, ::-1][:, _COMMON : _COMMON + DIMENSIONS]
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(DIMENSIONS)])  # an eigenvector's sign is arbitrary
    projected = centred @ (chosen * signs)
    return np.asarray(
        np.clip(np.rint(projected * (127.0 / np.quantile(np.abs(projected), 0.9999))), -127, 127), dtype=np.int8
    )


def main(model: Path, target: Path) -> None:
    """Write the table of all word pieces of plain letters, and enter it in the manifest beside it."""
    vocabulary = json.loads(model.with_name("tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    pieces = sorted(
        (word, n) for word, n in vocabulary.items() if (bare := word.removeprefix("##")).isascii() and bare.isalpha()
    )
    rows = table(embeddings(model)[[n for _, n in pieces]])
    np.savez_compressed(
        target, pieces=np.frombuffer("\n".join(word for word, _ in pieces).encode(), dtype=np.uint8), rows=rows
    )
    enter_file("trigger_vectors", target, FACTS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), FOLDER / "trigger_vectors.npz")
