"""The training loop: batches, losses, optimiser, averaging of weights. Seeded; PyTorch on one process."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_decode import NONFACTUAL, Settings, decode
from groundswell.analyse.reader_found import Reading
from groundswell.analyse.reader_pairs import LAYER, Layer, PairWeights
from groundswell.analyse.reader_tokens import Encoded, encode, pad
from groundswell.train.network import Network, PairNet
from groundswell.train.reader_data import IGNORE, Example

_MASK = 103  # [MASK] in the vocabularies of both encoders
_WORD = labels.slices(labels.WORD_HEADS)
_EVENT = labels.slices(labels.EVENT_PAIRS)
_STATEMENT = labels.slices(labels.STATEMENT_PAIRS)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run does. Rates and weights were chosen on the dev split (docs/decisions/0012)."""

    epochs: int = 6
    tokens: int = 720  # of one batch, padding counted
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    warmup: float = 0.08
    average: float = 0.995
    unreal: float = 2.0  # weight of a missed trigger whose status is not factual
    rare: float = 0.5  # power of the inverse frequency that weighs rare types and statuses
    joined: float = 0.0  # share of single sentences read in pairs; pays only where units hold several sentences
    empty: float = 0.5  # share of the units without event, statement or figure that an epoch reads
    swap_triggers: float = 0.2  # share of triggers told in other words in an epoch (train/vary.py)
    swap_names: float = 0.3  # share of names that others stand for in an epoch
    blank: float = 0.03  # share of tokens that the encoder has to do without
    seed: int = 1


@dataclass(slots=True)
class Item:
    example: Example
    encoded: Encoded


def items(tokenizer: Any, examples: Sequence[Example]) -> list[Item]:
    encoded = encode(tokenizer, [e.row["text"] for e in examples], [e.unit for e in examples])
    return [Item(e, x) for e, x in zip(examples, encoded, strict=True)]


def batches(data: Sequence[Item], tokens: int, chance: random.Random | None) -> list[list[Item]]:
    """Batches of like length holding at most ``tokens`` tokens; shuffled when a generator is given."""
    order = sorted(data, key=lambda i: len(i.encoded.ids) + (chance.random() * 6 if chance else 0.0))
    out: list[list[Item]] = [[]]
    for item in order:
        if out[-1] and (len(out[-1]) + 1) * len(item.encoded.ids) > tokens:
            out.append([])
        out[-1].append(item)
    if chance:
        chance.shuffle(out)
    return out


def _epoch(data: Sequence[Item], empty: float, chance: random.Random) -> list[Item]:
    """What one epoch reads: everything that holds something, and a share of the rest."""
    return [i for i in data if _holds(i.example) or chance.random() < empty]


def _holds(example: Example) -> bool:
    return any(any(example.heads[name]) for name in ("trigger", "content", "figure"))


def tensors(batch: Sequence[Item], blank: float = 0.0) -> dict[str, Tensor]:
    """The padded inputs of a batch; a share ``blank`` of its tokens reads [MASK]."""
    arrays = pad([i.encoded for i in batch], [i.example.unit.features for i in batch])
    out = {name: torch.from_numpy(array) for name, array in arrays.items()}
    if blank:
        words = out["ids"] > _MASK  # what stands below are [CLS], [SEP], [PAD] and unused entries
        out["ids"] = out["ids"].masked_fill(words & (torch.rand(words.shape) < blank), _MASK)
    return out


def _gold(batch: Sequence[Item], head: str, size: int) -> Tensor:
    lines = [i.example.heads[head] for i in batch]
    return torch.tensor([line + [IGNORE] * (size - len(line)) for line in lines])


class Losses:
    """Cross entropies of all heads, with weights for rare types and statuses counted once on the training data."""

    def __init__(self, data: Sequence[Item], rare: float, unreal: float) -> None:
        self.trigger = torch.ones(len(labels.TRIGGERS))
        kinds = np.bincount(
            [k for i in data for k in i.example.heads["trigger"] if k >= 0], minlength=len(labels.TRIGGERS)
        )
        self.trigger[1:-1] = _rare(kinds[1:-1], rare)
        states = [s for i in data for s in i.example.heads["status"] if s >= 0]
        # One entry a status and a last one for words that are no trigger (index -1): what is planned, called for or denied
        # is missed twice as often as what happened, so it counts more.
        self.unreal = torch.tensor([unreal if name in NONFACTUAL else 1.0 for name in labels.STATUSES] + [1.0])
        self.status = _rare(np.bincount(states, minlength=len(labels.STATUSES)), rare)

    def __call__(self, network: Network, batch: Sequence[Item], blank: float = 0.0) -> Tensor:
        words, pairs, unit = network(**tensors(batch, blank))
        size = words.shape[1]
        total = self._words(words, batch, size)
        gold = torch.tensor([i.example.unit_labels for i in batch], dtype=torch.float32)
        total = total + 0.2 * nn.functional.binary_cross_entropy_with_logits(unit, gold)
        part = pairs.shape[-1] // 4
        sentence = torch.tensor(
            [[*i.example.unit.of_sentence, *[0] * (size - len(i.example.unit.words))] for i in batch]
        )
        lengths = torch.tensor([len(i.example.unit.words) for i in batch])
        real = torch.arange(size).unsqueeze(0) < lengths.unsqueeze(1)
        anchors = [(n, a) for n, i in enumerate(batch) for a in i.example.anchors]
        if anchors:
            rows, at = torch.tensor([n for n, _ in anchors]), torch.tensor([a.word for _, a in anchors])
            scores = network.event_pairs(
                pairs[rows, at, :part],
                pairs[rows, :, part : 2 * part],
                at,
                sentence[rows],
                real[rows],
                own_odds(words)[rows],
            )
            for name in _EVENT:
                total = total + _pair_loss(scores[..., _EVENT[name]], [getattr(a, name) for _, a in anchors], size)
        spoken = [(n, a) for n, i in enumerate(batch) for a in i.example.statements]
        if spoken:
            rows, at = torch.tensor([n for n, _ in spoken]), torch.tensor([a.word for _, a in spoken])
            scores = network.statement_pairs(
                pairs[rows, at, 2 * part : 3 * part], pairs[rows, :, 3 * part :], at, sentence[rows], real[rows]
            )
            for name in _STATEMENT:
                total = total + _pair_loss(scores[..., _STATEMENT[name]], [getattr(a, name) for _, a in spoken], size)
        return total

    def _words(self, words: Tensor, batch: Sequence[Item], size: int) -> Tensor:
        total = torch.zeros(())
        weights = {"trigger": self.trigger, "status": self.status}
        # Summed over words and divided by units, so that a long unit weighs as much as its words.
        scale = {"trigger": 1.0, "mode": 0.7, "status": 1.0, "entity": 0.6, "figure": 0.8, "content": 0.6}
        unreal = self.unreal[_gold(batch, "status", size).clamp(min=-1).flatten()]
        for name, place in _WORD.items():
            gold = _gold(batch, name, size).flatten()
            loss = nn.functional.cross_entropy(
                words[..., place].flatten(0, 1), gold, weights.get(name), ignore_index=IGNORE, reduction="none"
            )
            if name == "trigger":
                loss = loss * unreal
            total = total + scale[name] * loss.sum() / len(batch)
        return total


def own_odds(words: Tensor) -> Tensor:
    """What the word heads say of the words (reader_pairs.own_odds); roles learn to use it, the heads learn nothing from roles."""
    trigger, entity, figure = (words[..., _WORD[name]].detach().softmax(-1) for name in ("trigger", "entity", "figure"))
    return torch.cat([1 - trigger[..., :1], entity, figure], dim=-1)


def _rare(counts: Any, power: float) -> Tensor:
    mean = counts.sum() / max((counts > 0).sum(), 1)
    return torch.tensor(np.clip((mean / np.maximum(counts, 1)) ** power, 0.5, 3.0), dtype=torch.float32)


def _pair_loss(scores: Tensor, gold: list[list[int]], size: int) -> Tensor:
    wanted = torch.tensor([line + [IGNORE] * (size - len(line)) for line in gold])
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=IGNORE, reduction="sum")
    return 0.5 * loss / len(gold)


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    encoder = network.encoder
    encoder.words.weight.requires_grad_(False)  # 12 of 23 million weights: training them costs time and gained nothing
    depth = len(encoder.layers)
    out: list[dict[str, Any]] = []
    for number, layer in enumerate(encoder.layers):
        out.append({"params": list(layer.parameters()), "lr": recipe.rate * recipe.layer_decay ** (depth - 1 - number)})
    low = recipe.rate * recipe.layer_decay**depth
    out.append({"params": [encoder.positions.weight, *encoder.norm.parameters()], "lr": low})
    own = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    out.append({"params": own, "lr": recipe.head_rate})
    return out


def fit(
    network: Network,
    data: Sequence[Item],
    recipe: Recipe,
    progress: Callable[[str], None],
    after_epoch: Callable[[int, Network], None] | None = None,
    vary: Callable[[random.Random], Sequence[Item]] | None = None,
) -> Network:
    """Train in place and return the network holding the running average of its weights.

    ``vary`` gives the data anew for an epoch, told in other words; without it every epoch reads ``data``.
    """
    chance = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    losses = Losses(data, recipe.rare, recipe.unreal)
    optimiser = torch.optim.AdamW(_groups(network, recipe), weight_decay=0.01, fused=True)
    rates = [g["lr"] for g in optimiser.param_groups]
    average: dict[str, Tensor] = {}
    step, began = 0, time.perf_counter()
    for epoch in range(recipe.epochs):
        network.train()
        seen: list[float] = []
        plan = batches(_epoch(vary(chance) if vary else data, recipe.empty, chance), recipe.tokens, chance)
        for number, batch in enumerate(plan):
            share = (epoch + number / len(plan)) / recipe.epochs
            factor = min(share / recipe.warmup, max(0.0, (1 - share) / (1 - recipe.warmup)))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            loss = losses(network, batch, recipe.blank)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            step += 1
            seen.append(float(loss.detach()))
            if share > 0.3:
                _average(average, network, min(recipe.average, 0.9 + 0.1 * share))
            if step % 50 == 0:
                gone = time.perf_counter() - began
                left = gone * (1 - share) / max(share, 0.01)
                recent = sum(seen[-50:]) / len(seen[-50:])
                progress(f"epoch {epoch + 1}, {share:.0%}, loss {recent:.2f}, {gone:.0f} s, {left:.0f} s to go")
        if after_epoch:
            after_epoch(epoch, network)
    network.load_state_dict(average, strict=False)
    return network.eval()


def _average(average: dict[str, Tensor], network: Network, keep: float) -> None:
    with torch.no_grad():
        for name, value in network.named_parameters():
            if not value.requires_grad:
                continue
            if name in average:
                average[name].mul_(keep).add_(value, alpha=1 - keep)
            else:
                average[name] = value.detach().clone()


def pair_weights(network: Network) -> tuple[PairWeights, PairWeights]:
    """The pair networks of events and of statements as numpy reads them."""
    return _weights(network.event_pairs), _weights(network.statement_pairs)


def _weights(net: PairNet) -> PairWeights:
    def of(part: Any) -> tuple[Any, Any]:
        return part.weight.detach().numpy(), part.bias.detach().numpy()

    def linear(part: Any) -> tuple[Any, Any]:
        weights, bias = of(part)
        return weights.T.copy(), bias

    own = None if net.own is None else net.own.weight.detach().numpy().T.copy()
    layer = None
    if net.layer is not None:
        matrices = {name: linear(getattr(net.layer, name)) for name in LAYER}
        layer = Layer(matrices, tuple(of(norm) for norm in net.layer.norms))
    return PairWeights(net.distance.weight.detach().numpy(), *linear(net.out), own, layer)


def raw(network: Network, data: Sequence[Item]) -> list[tuple[Any, Any, Any]]:
    """Word scores, pair states, unit scores for each item, in the order given."""
    network.eval()
    where = {id(item): n for n, item in enumerate(data)}
    out: list[Any] = [None] * len(data)
    with torch.no_grad():
        for batch in batches(data, 1024, None):
            words, pairs, unit = (x.numpy() for x in network(**tensors(batch)))
            for row, item in enumerate(batch):
                size = len(item.encoded.first)
                out[where[id(item)]] = (words[row, :size], pairs[row, :size], unit[row])
    return out


def read(network: Network, data: Sequence[Item], settings: Settings) -> list[Reading]:
    nets = pair_weights(network)
    return [
        decode(w, p, u, i.example.unit.of_sentence, *nets, settings)
        for (w, p, u), i in zip(raw(network, data), data, strict=True)
    ]
