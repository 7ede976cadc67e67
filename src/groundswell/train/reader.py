"""``groundswell train``: from the annotated corpus to a reader that ships, in one seeded run on a CPU."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from groundswell.analyse.reader_words import PACK_WORDS
from groundswell.errors import GroundswellError

Progress = Callable[[str], None]
LICENCE = "Apache-2.0"


def train(
    corpus: Path,
    out: Path,
    *,
    seed: int = 1,
    epochs: int | None = None,
    progress: Progress = lambda line: None,
    encoder: str = "minilm",
    threads: int = 2,
    limit: int | None = None,
) -> dict[str, Any]:
    """Train a reader from a corpus folder and write it to ``out`` (model.onnx, tokenizer.json, settings.json, weights.npz,
    manifest.toml). The folder's name is the model's name. Two runs with one seed, corpus, number of threads and kind of
    processor agree (one that multiplies 16-bit floats itself trains the encoder in them).

    Args:
        corpus: folder of JSONL files whose rows carry ``split`` train, dev or test.
        epochs: passes over the training rows (default: the recipe's).
        progress: is told a line now and then.
        encoder: ``minilm`` or ``distilbert``.
        threads: cores PyTorch may use.
        limit: read only so many rows of each split (for tests).

    Returns:
        what the manifest says: facts and scores on the dev and test splits, measured with the int8 graph.

    Raises:
        GroundswellError: the corpus has no rows of a split, or the ``train`` extra is not installed.
    """
    # Read when torch is loaded: two threads that spin while they wait take 2.8 s a batch beside another busy process, not 0.42.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import torch
        from tokenizers import Tokenizer

        from groundswell.train import encoder as encoders
        from groundswell.train import export, fit, network, reader_data, vary
    except ImportError as error:
        raise GroundswellError(f"{error.name} is not installed. Install groundswell[train] and try again.") from None

    began = time.perf_counter()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    rows = list(reader_data.rows(corpus))
    parts = {name: _part(rows, name, limit) for name in ("train", "dev", "test")}
    recipe = replace(fit.Recipe(), seed=seed, **({"epochs": epochs} if epochs else {}))
    parts["train"] = reader_data.joined(parts["train"], recipe.joined, seed)
    examples = {name: reader_data.examples(part, pack=PACK_WORDS) for name, part in parts.items()}
    body, tokenizer_file, _ = encoders.load(encoder)
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    made = network.Network(body)
    data = fit.items(tokenizer, examples["train"])
    progress(f"{len(parts['train'])} rows in {len(data)} units; {recipe.epochs} epochs")
    kinds = vary.variety(parts["train"], recipe.swap_triggers, recipe.swap_names)

    def told_anew(chance: random.Random) -> list[fit.Item]:
        rows = [vary.varied(row, kinds, chance) for row in parts["train"]]
        return fit.items(tokenizer, reader_data.examples(rows, pack=PACK_WORDS))

    made = fit.fit(made, data, recipe, progress, vary=told_anew)

    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    scores = _ship(made, examples, out, seed, progress)
    facts = {
        "version": date.today().isoformat(),
        "licence": LICENCE,
        "encoder": encoder,
        "data": f"corpus/ ({len(rows)} texts), SHA-256 {fingerprint(corpus)}",
        "seed": seed,
        "epochs": recipe.epochs,
        "minutes": round((time.perf_counter() - began) / 60, 1),
    }
    section = export.section(out.name, out, facts, scores)
    export.write_section(out / "manifest.toml", out.name, section)
    progress(f"done in {facts['minutes']} minutes: dev events {scores['dev_events']:.3f}")
    return {**facts, "scores": scores}


def _ship(
    made: Any, examples: Mapping[str, Sequence[Any]], out: Path, seed: int, progress: Progress
) -> dict[str, float]:
    """Write graph, gate, weights and settings fitted on dev; scores of what was written, on dev and test."""
    from groundswell.train import export, fit, gate
    from groundswell.train.calibrate import Fitting

    export.graph(made, out / "model.onnx")
    found_gate, gate_figures = gate.fit(examples["train"], examples["dev"], seed=seed)
    export.weights(made, found_gate, out / "weights.npz")
    progress(f"gate: {gate_figures}")
    raw = shipped_outputs(out, examples["dev"])
    settings = Fitting(examples["dev"], raw, fit.pair_weights(made)).fit()
    export.settings(settings, PACK_WORDS, out / "settings.json")
    scores = {f"gate_{name}": float(value) for name, value in gate_figures.items()}
    for name in ("dev", "test"):
        scores |= _scores(name, out, examples[name], settings, fit.pair_weights(made))
    return scores


def install(folder: Path, models: Path) -> None:
    """Copy a trained reader into a package's models folder and enter it in the manifest there."""
    from groundswell.train import export

    target = models / folder.name
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name != "manifest.toml":
            shutil.copyfile(path, target / path.name)
    export.write_section(models / "manifest.toml", folder.name, (folder / "manifest.toml").read_text(encoding="utf-8"))


def fingerprint(corpus: Path) -> str:
    """SHA-256 over the corpus files, in order of name."""
    total = hashlib.sha256()
    for path in sorted(corpus.glob("*.jsonl")) if corpus.is_dir() else [corpus]:
        total.update(path.read_bytes())
    return total.hexdigest()


def _part(rows: Sequence[dict[str, Any]], name: str, limit: int | None) -> list[dict[str, Any]]:
    part = [row for row in rows if row.get("split") == name]
    if not part:
        raise GroundswellError(f"The corpus has no rows with split {name!r}. Run groundswell corpus check on it.")
    return part[:limit] if limit else part


def shipped_outputs(folder: Path, examples: Sequence[Any]) -> list[tuple[Any, Any, Any]]:
    """What the int8 graph as it ships says of units: thresholds are fitted on this, not on the float network."""
    import onnxruntime
    from tokenizers import Tokenizer

    from groundswell.analyse.reader_tokens import encode, pad

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoded = encode(tokenizer, [e.row["text"] for e in examples], [e.unit for e in examples])
    out = []
    for example, each in zip(examples, encoded, strict=True):
        words, pairs, unit = session.run(None, pad([each], [example.unit.features]))
        out.append((words[0], pairs[0], unit[0]))
    return out


def _scores(name: str, folder: Path, examples: Sequence[Any], settings: Any, nets: Any) -> dict[str, float]:
    """F1 (or share, where only matched events count) of every measure, and the calibration error of triggers."""
    from groundswell.train.calibrate import Fitting, calibration_error, triggers_right
    from groundswell.train.measure import measure

    readings = Fitting(examples, shipped_outputs(folder, examples), nets).read(settings)
    found = measure(examples, readings).scores()
    judged = triggers_right(examples, readings)
    error = calibration_error([t.score for t, _ in judged], [right for _, right in judged])
    return {**{f"{name}_{key}": value[2] for key, value in found.items()}, f"{name}_calibration error": error}
