"""The reader's network: one encoder pass, heads on word states, and a small pair network between anchors and words."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_pairs import FAR, HEADS, OWN
from groundswell.analyse.reader_words import FEATURES
from groundswell.train.encoder import Encoder

PAIR = 128
INNER = 128  # width of the inner network of the layer between words


def half_precision() -> bool:
    """Whether this processor multiplies 16-bit floats itself: training then runs the encoder in them, 1.7 times as fast."""
    # A private name: where a version of PyTorch lacks it, training stays in 32 bits.
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", bool)())


def width(heads: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
    return sum(len(names) for _, names in heads)


class Between(nn.Module):
    """A small transformer layer among the words of a unit, each as seen from one anchor. It runs in numpy when reading
    (analyse.reader_pairs.Layer), for the anchors found only, so that it costs a fraction of a seventh layer of the encoder."""

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.mix, self.join = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up, self.down = nn.Linear(size, inner), nn.Linear(inner, size)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(3))
        self.dropout = nn.Dropout(0.1)

    def forward(self, seen: Tensor, real: Tensor) -> Tensor:
        """seen (n, w, size), real (n, w): which words are no padding."""
        seen = self.norms[0](seen)
        n, w, size = seen.shape
        each = size // HEADS
        q, k, v = self.mix(seen).view(n, w, 3, HEADS, each).permute(2, 0, 3, 1, 4)
        hidden = (~real).to(seen.dtype)[:, None, None, :] * -10000.0
        weights = torch.softmax(q @ k.transpose(-1, -2) / each**0.5 + hidden, dim=-1)
        joined = (weights @ v).transpose(1, 2).reshape(n, w, size)
        seen = self.norms[1](seen + self.dropout(self.join(joined)))
        done: Tensor = self.norms[2](seen + self.dropout(self.down(torch.relu(self.up(seen)))))
        return done


class PairNet(nn.Module):
    """Scores of every word as seen from an anchor: anchor + word + distance, through relu, through one linear layer.

    ``deep``: what the word heads say of the words, and the triggers between, are added to the sum, and a layer between the
    words stands in the place of relu.
    """

    def __init__(self, outputs: int, *, deep: bool) -> None:
        super().__init__()
        self.distance = nn.Embedding(2 * labels.ELSEWHERE, PAIR)
        self.own = nn.Linear(OWN + 2, PAIR, bias=False) if deep else None
        self.layer = Between(PAIR, INNER) if deep else None
        self.out = nn.Linear(PAIR, outputs)
        self.dropout = nn.Dropout(0.1)
        nn.init.normal_(self.distance.weight, std=0.05)

    def forward(
        self, anchor: Tensor, words: Tensor, at: Tensor, sentence: Tensor, real: Tensor, own: Tensor | None = None
    ) -> Tensor:
        """anchor (n, PAIR), words (n, w, PAIR), at (n) the anchors' words, sentence (n, w) numbers, real (n, w): which words
        are no padding, own (n, w, OWN) odds -> (n, w, outputs)."""
        away = torch.arange(words.shape[1]).unsqueeze(0) - at.unsqueeze(1)
        place = away.clamp(-labels.DISTANCE, labels.DISTANCE) + labels.DISTANCE
        place = place + (sentence != sentence.gather(1, at.unsqueeze(1))) * labels.ELSEWHERE
        seen = anchor.unsqueeze(1) + words + self.distance(place)
        if self.own is not None and own is not None:
            told = own[..., 0].cumsum(1)
            between = (told - told.gather(1, at.unsqueeze(1))).clamp(-FAR, FAR).unsqueeze(-1)
            seen = seen + self.own(torch.cat([own, between, between.abs()], dim=-1))
        seen = self.dropout(torch.relu(seen)) if self.layer is None else self.layer(seen, real)
        scores: Tensor = self.out(seen)
        return scores


class Network(nn.Module):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        hidden = encoder.shape.hidden
        self.encoder = encoder
        self.token_features = nn.Embedding(FEATURES, hidden)
        self.word_features = nn.Embedding(FEATURES, hidden)
        nn.init.zeros_(self.token_features.weight)
        nn.init.normal_(self.word_features.weight, std=0.02)
        self.norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(0.15)
        self.heads = nn.Linear(hidden, width(labels.WORD_HEADS))
        self.pair_states = nn.Linear(hidden, 4 * PAIR)
        self.event_pairs = PairNet(width(labels.EVENT_PAIRS), deep=True)
        self.statement_pairs = PairNet(width(labels.STATEMENT_PAIRS), deep=False)
        self.unit = nn.Linear(hidden, len(labels.UNIT_LABELS))

    def forward(
        self, ids: Tensor, mask: Tensor, token_features: Tensor, first: Tensor, last: Tensor, word_features: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Word scores (b, w, heads), pair states (b, w, 4 * PAIR), unit scores (b, 2)."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training and half_precision()):
            states = self.encoder(ids, mask, self.token_features(token_features)).float()
        size = states.shape[-1]

        def pick(index: Tensor) -> Tensor:
            return torch.gather(states, 1, index.unsqueeze(-1).expand(-1, -1, size))

        words = self.dropout(self.norm((pick(first) + pick(last)) * 0.5 + self.word_features(word_features)))
        return self.heads(words), self.pair_states(words), self.unit(states[:, 0])
