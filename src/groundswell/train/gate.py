"""Fits the gate: hashed logistic regressions of sentences, one for events and statements together, one for events alone.

`python -m groundswell.train.gate corpus/ FOLDER` fits the gate of a reader that is there already anew; it takes a minute.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.analyse import gate
from groundswell.train.reader_data import Example

_FOLDS = 5
RECALL = 0.992  # of sentences with an event or a statement; what must hold on dev is .99
_FLOOR = 0.99  # of event sentences may stand for their document

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence as annotated. ``wanted``: it holds a trigger, a statement or a figure; ``event``: a trigger."""

    text: str
    wanted: bool
    event: bool
    document: str


def sentences(examples: Sequence[Example]) -> list[Judged]:
    """Every sentence of the units, and what it holds."""
    out: list[Judged] = []
    for example in examples:
        row = example.row
        triggers = [t for e in row.get("events", ()) for t in (e["trigger"], *e.get("also", ()))]
        others = [f for e in row.get("events", ()) for f in e.get("figures", ())]
        others += [*row.get("figures", ()), *(s["content"] for s in row.get("statements", ()))]
        for span in example.unit.sentences:
            event, other = (
                any(p["start"] < span.end and span.start < p["end"] for p in held) for held in (triggers, others)
            )
            document = str(row.get("doc") or row.get("id") or row["text"][:40])
            out.append(Judged(row["text"][span.start : span.end], event or other, event, document))
    return out


class _Table:
    """Sentences as features and answers, ready to learn from."""

    def __init__(self, judged: Sequence[Judged]) -> None:
        found, of = gate.features([each.text for each in judged])
        order = np.argsort(of, kind="stable")
        borders = np.searchsorted(of[order], np.arange(1, len(judged)))
        self.features = np.split(found[order], borders)
        self.answers = np.array([(each.wanted, each.event) for each in judged], np.float32).reshape(-1, 2)
        self.fold = np.array([zlib.crc32(each.document.encode()) % _FOLDS for each in judged])

    def learn(self, numbers: NDArray[np.intp], seed: int, epochs: int = 8) -> NDArray[np.float32]:
        """AdaGrad on the logistic loss; missing a sentence that is wanted costs more than reading one that is not."""
        weights = np.zeros((gate.SIZE, 2), np.float32)
        seen = np.full((gate.SIZE, 2), 1e-2, np.float32)
        order = numbers.tolist()
        chance = random.Random(seed)
        share = self.answers[numbers].mean(axis=0)
        light = share / np.maximum(1 - share, 0.05)
        for _ in range(epochs):
            chance.shuffle(order)
            for n in order:
                found, wanted = self.features[n], self.answers[n]
                scale = 1 / np.sqrt(len(found))
                p = 1 / (1 + np.exp(-weights[found].sum(axis=0) * scale))
                slope = (p - wanted) * scale * np.where(wanted > 0, 1.0, light)
                seen[found] += slope * slope
                weights[found] -= 0.3 * slope / np.sqrt(seen[found])
        return weights

    def held_out(self, seed: int) -> Floats:
        """Scores of every sentence by weights that never saw its document."""
        out = np.zeros(self.answers.shape)
        for fold in range(_FOLDS):
            weights = self.learn(np.flatnonzero(self.fold != fold), seed)
            for n in np.flatnonzero(self.fold == fold):
                out[n] = weights[self.features[n]].sum(axis=0) / np.sqrt(len(self.features[n]))
        return out


def fit(
    train: Sequence[Example], dev: Sequence[Example], *, recall: float = RECALL, seed: int = 1
) -> tuple[gate.Gate, dict[str, Any]]:
    """The gate and what it does on dev: recall of wanted sentences, the share of others it spares, and how many documents
    with events have one of their event sentences among those that stand for them.

    The threshold is the lower of what held-out folds of the training sentences ask for and what dev asks for.
    """
    table, judged = _Table(sentences(train)), sentences(dev)
    held, wanted = table.held_out(seed), table.answers > 0
    weights = table.learn(np.arange(len(table.features)), seed)
    weights = weights.astype(np.float16).astype(np.float32)  # as it is kept
    floor = float(np.quantile(held[wanted[:, 1], 1], 1 - _FLOOR)) if wanted[:, 1].any() else -1e9
    made = gate.Gate(weights, -1e9, floor)
    scores = made.scores([each.text for each in judged])
    asked = [held[wanted[:, 0], 0], scores[[each.wanted for each in judged], 0]]
    made.threshold = min((float(np.quantile(each, 1 - recall)) for each in asked if len(each)), default=-1e9)
    return made, _figures(made, judged, scores)


def _figures(made: gate.Gate, judged: Sequence[Judged], scores: Floats) -> dict[str, Any]:
    opened = made.open(scores)
    wanted = np.array([each.wanted for each in judged])
    stood = documents = 0
    by_document: dict[str, list[int]] = {}
    for n, each in enumerate(judged):
        by_document.setdefault(each.document, []).append(n)
    for numbers in by_document.values():
        if any(judged[n].event for n in numbers):
            documents += 1
            likeliest = made.likeliest(scores[numbers])
            stood += any(judged[numbers[n]].event for n in likeliest)
    return {
        "recall": round(float(opened[wanted].mean()), 4) if wanted.any() else 1.0,
        "spared": round(float((~opened[~wanted]).mean()), 4) if not wanted.all() else 0.0,
        "sentences": len(judged),
        "documents_stood_for": round(stood / max(documents, 1), 4),
    }


def arrays(made: gate.Gate) -> dict[str, Any]:
    """What weights.npz keeps of a gate."""
    return {
        "gate_weights": made.weights.astype(np.float16),
        "gate_limits": np.array([made.threshold, made.floor], np.float32),
    }


def refit(corpus: Path, folder: Path, *, seed: int = 1) -> dict[str, Any]:
    """Fit the gate of the reader in ``folder`` anew and put it into its weights.npz; returns its figures on dev.

    The manifest above the folder, where it names this reader, gets the new checksum and figures.
    """
    from groundswell.train import reader_data

    rows = list(reader_data.rows(corpus))
    parts = [
        reader_data.examples([row for row in rows if row.get("split") == name], pack=1) for name in ("train", "dev")
    ]
    made, figures = fit(*parts, seed=seed)
    path = folder / "weights.npz"
    with np.load(path) as held:
        kept = {name: held[name] for name in held.files if not name.startswith("gate")}
    np.savez_compressed(path, **kept, **arrays(made))
    for manifest in (folder / "manifest.toml", folder.parent / "manifest.toml"):
        if manifest.is_file():
            _enter(manifest, folder.name, path, figures)
    return figures


def _enter(manifest: Path, name: str, path: Path, figures: dict[str, Any]) -> None:
    """Put the checksum of new weights and the gate's figures into a reader's sections of a manifest."""
    import hashlib

    section, out, told = "", [], False
    for line in manifest.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        if section == f"reader.{name}.scores" and line.startswith("gate_"):
            continue
        if section == f"reader.{name}.files" and line.strip('"').startswith("weights.npz"):
            line = f'"weights.npz" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"'
        out.append(line)
        if line == f"[reader.{name}.scores]" and not told:
            out += [f"gate_{key} = {value:.4f}" for key, value in figures.items()]
            told = True
    manifest.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{refit(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
