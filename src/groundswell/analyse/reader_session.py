"""The reader's network as shipped: tokenizer, int8 ONNX graph, pair networks, settings and gate of one model.

Needs onnxruntime, tokenizers and numpy; they are imported when a model is opened. Knows nothing of documents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from groundswell.analyse.gate import Gate
from groundswell.analyse.reader_decode import Settings, decode, likely, word_odds
from groundswell.analyse.reader_found import Reading
from groundswell.analyse.reader_pairs import load
from groundswell.analyse.reader_tokens import INPUTS, Encoded, Encoder, pad
from groundswell.analyse.reader_words import Unit
from groundswell.models import loader

# One core of 1 MB second-level cache: 66 ms an article at 256, 63 at 384 to 768, 68 at 128, 81 at 64.
BATCH_TOKENS = 384
_LIKE = 1.25  # the longest unit of a batch is at most this much longer than its shortest
_SLOWER = ["SkipLayerNormFusion"]  # onnxruntime's fused kernel costs 10% more of the whole than the parts it replaces


class ReaderSession:
    """One opened model. ``name`` and ``version`` go into every finding's ``by``.

    Args:
        model: a name in models/manifest.toml, or the path of a folder written by ``groundswell train``.
        threads: cores for one run of the network.
    """

    def __init__(self, model: str, *, threads: int = 1) -> None:
        import onnxruntime
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        folder = Path(model)
        if folder.is_dir():
            files = loader.files("reader", folder.name, folder.resolve())
            self.entry = loader.entry("reader", folder.name, folder.resolve())
        else:
            files = loader.files("reader", model)
            self.entry = loader.entry("reader", model)
        self.name = folder.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(files["model.onnx"]), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
        # numpy would cut the pair networks' small products among all cores and have their threads spin: five times the processor
        # time on a busy machine (254 and 55 us a product), and the other reading processes' cores taken away from them.
        self._products = ThreadpoolController().select(user_api="blas")
        self.row_scales = self._session.get_modelmeta().custom_metadata_map.get("scales") == "rows"
        tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._encoder = Encoder(tokenizer)
        self.settings, self.pack = read_settings(files["settings.json"])
        with np.load(files["weights.npz"]) as arrays:
            self._nets = (load(arrays, "event"), load(arrays, "statement"))
            # A gate of older features says nothing about these: such a reader reads every sentence.
            self.gate = _gate(arrays) if "gate_weights" in arrays else None

    def read(self, texts: Sequence[str], units: Sequence[Unit], owners: Sequence[int] | None = None) -> list[Reading]:
        """Read units (texts[n] is the whole text of units[n]) in batches of like length; answers in the order given.

        Units of the same words and features are read once. ``owners`` numbers the document of each unit: batches of a graph
        whose int8 scales are those of the whole batch then hold one document each, or the same document would read
        otherwise in other company (logits moved by up to 1.8).
        """
        alike: dict[tuple[object, ...], list[int]] = {}
        places: list[int] = []
        for n, (text, unit) in enumerate(zip(texts, units, strict=True)):
            place = owners[n] if owners is not None and not self.row_scales else 0
            bounds = tuple(each.end - unit.start for each in unit.sentences)
            key = (text[unit.start : unit.end], unit.features, bounds, place)
            if key not in alike:
                places.append(place)
            alike.setdefault(key, []).append(n)
        chosen = [numbers[0] for numbers in alike.values()]
        with self._products.limit(limits=1):
            read = self._read_each([texts[n] for n in chosen], [units[n] for n in chosen], places)
        out: list[Any] = [None] * len(units)
        for numbers, reading in zip(alike.values(), read, strict=True):
            for n in numbers:
                out[n] = reading
        return out

    def _read_each(self, texts: Sequence[str], units: Sequence[Unit], owners: Sequence[int]) -> list[Any]:
        encoded = self._encoder.encode(texts, units)
        order = sorted(range(len(units)), key=lambda n: (owners[n], len(encoded[n].ids)))
        out: list[Any] = [None] * len(units)
        batch: list[int] = []
        for n in order:
            size = len(encoded[n].ids)
            if batch and (
                owners[batch[0]] != owners[n]
                or (len(batch) + 1) * size > BATCH_TOKENS
                or size > len(encoded[batch[0]].ids) * _LIKE
            ):
                self._run(batch, encoded, units, out)
                batch = []
            batch.append(n)
        if batch:
            self._run(batch, encoded, units, out)
        return out

    def _run(self, batch: list[int], encoded: list[Encoded], units: Sequence[Unit], out: list[Any]) -> None:
        arrays = pad([encoded[n] for n in batch], [units[n].features for n in batch])
        words, pairs, unit = self._session.run(None, {name: arrays[name] for name in INPUTS})
        odds = word_odds(words)
        worth = likely(words, odds, self.settings)
        for row, n in enumerate(batch):
            size = len(units[n].words)
            mine = {name: part[row, :size] for name, part in odds.items()}
            sentence = units[n].of_sentence
            known = mine, worth[row]
            out[n] = decode(
                words[row, :size], pairs[row, :size], unit[row], sentence, *self._nets, self.settings, known
            )


def _gate(arrays: Any) -> Gate:
    threshold, floor = (float(limit) for limit in arrays["gate_limits"])
    return Gate(arrays["gate_weights"].astype(np.float32), threshold, floor)


def read_settings(path: Path) -> tuple[Settings, int]:
    """Settings and the number of words packed into one unit."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    pack = int(raw.pop("pack"))
    raw["calibration"] = {name: tuple(values) for name, values in raw.get("calibration", {}).items()}
    return Settings(**raw), pack
