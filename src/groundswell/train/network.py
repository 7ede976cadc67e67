"""The reader's network: one encoder pass, heads on word states, and a small pair network between anchors and words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from groundswell.analyse import reader_labels as labels
from groundswell.analyse.reader_words import FEATURES
from groundswell.train.encoder import Encoder

PAIR = 96


def width(heads: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
    return sum(len(names) for _, names in heads)


@dataclass(slots=True)
class Batch:
    """Padded tensors of some units; ``first`` and ``last`` give each word's outer tokens."""

    ids: Tensor
    mask: Tensor
    token_features: Tensor
    first: Tensor
    last: Tensor
    word_features: Tensor


class PairNet(nn.Module):
    """Scores of every word as seen from an anchor: relu(anchor + word + distance) through one linear layer."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.distance = nn.Embedding(2 * labels.ELSEWHERE, PAIR)
        self.out = nn.Linear(PAIR, outputs)
        self.dropout = nn.Dropout(0.1)
        nn.init.normal_(self.distance.weight, std=0.05)

    def forward(self, anchor: Tensor, words: Tensor, at: Tensor, sentence: Tensor) -> Tensor:
        """anchor (n, PAIR), words (n, w, PAIR), at (n) the anchors' words, sentence (n, w) numbers -> (n, w, outputs)."""
        away = torch.arange(words.shape[1]).unsqueeze(0) - at.unsqueeze(1)
        place = away.clamp(-labels.DISTANCE, labels.DISTANCE) + labels.DISTANCE
        place = place + (sentence != sentence.gather(1, at.unsqueeze(1))) * labels.ELSEWHERE
        near = self.distance(place)
        scores: Tensor = self.out(self.dropout(torch.relu(anchor.unsqueeze(1) + words + near)))
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
        self.event_pairs = PairNet(width(labels.EVENT_PAIRS))
        self.statement_pairs = PairNet(width(labels.STATEMENT_PAIRS))
        self.unit = nn.Linear(hidden, len(labels.UNIT_LABELS))

    def forward(
        self, ids: Tensor, mask: Tensor, token_features: Tensor, first: Tensor, last: Tensor, word_features: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Word scores (b, w, heads), pair states (b, w, 4 * PAIR), unit scores (b, 2)."""
        states = self.encoder(ids, mask, self.token_features(token_features))
        size = states.shape[-1]

        def pick(index: Tensor) -> Tensor:
            return torch.gather(states, 1, index.unsqueeze(-1).expand(-1, -1, size))

        words = self.dropout(self.norm((pick(first) + pick(last)) * 0.5 + self.word_features(word_features)))
        return self.heads(words), self.pair_states(words), self.unit(states[:, 0])
