"""Finds phrases in runs of tokens by the rules of lexicon/<lang>/time_rules.toml: a chart over a trie of patterns.

A pattern is a row of items: a lower-case word, a symbol of ``time_words``, or the name of what another rule gives;
``a|b`` is either, ``a?`` may be absent. Linear in the length of a run: patterns have at most ``WIDEST`` tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from groundswell import lexicon
from groundswell.errors import LexiconError
from groundswell.resolve.time_words import Vocabulary

WIDEST = 14


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it gives, which meaning function it calls, with which fixed arguments."""

    id: str
    order: int
    gives: str
    does: str
    fixed: dict[str, Any]


class Leaf(NamedTuple):
    """A token of the run, read as ``symbol``."""

    at: int
    symbol: str


class Node(NamedTuple):
    """A rule applied to the tokens from ``start`` up to ``end``; ``parts`` are the symbols and names of its pattern."""

    rule: Rule
    start: int
    end: int
    parts: tuple[Leaf | Node, ...]


Trie = dict[str, Any]
_ENDS = "$"
Item = tuple[str, int]
Derivation = tuple[int, Rule, tuple[tuple[int, str, int], ...]]


def expand(pattern: str) -> Iterator[tuple[str, ...]]:
    """All rows of items that a pattern stands for."""
    rows: list[tuple[str, ...]] = [()]
    for item in pattern.split():
        optional = item.endswith("?") and len(item) > 1
        choices = (item[:-1] if optional else item).split("|")
        longer = [(*row, choice) for row in rows for choice in choices]
        rows = longer + rows if optional else longer
    return iter(rows)


class Grammar:
    """The rules of one language, ready to read runs of tokens."""

    def __init__(self, language: str) -> None:
        self.trie: Trie = {}
        self.rules: dict[str, Rule] = {}
        literals: set[str] = set()
        table = lexicon.table(language, "time_rules")
        for order, (name, entry) in enumerate(table.items()):
            fixed = {k: v for k, v in entry.items() if k not in ("gives", "of", "does", "match", "reject")}
            rule = Rule(name, order, entry["gives"], entry.get("does", name), fixed)
            self._add(rule, (row for pattern in entry["of"] for row in expand(pattern)), literals)
        self._add_feasts(language, len(table), literals)
        self.vocabulary = Vocabulary(language, frozenset(literals))
        self._seen: dict[tuple[tuple[str, ...], ...], list[Node]] = {}

    def _add(self, rule: Rule, rows: Iterator[tuple[str, ...]], literals: set[str]) -> None:
        self.rules[rule.id] = rule
        for row in rows:
            if not row:
                raise LexiconError(f"time_rules.toml: rule {rule.id} has a pattern that may be empty. Mend it.")
            node = self.trie
            for symbol in row:
                node = node.setdefault(symbol, {})
                if not symbol[0].isupper():
                    literals.add(symbol)
            node.setdefault(_ENDS, []).append(rule)

    def _add_feasts(self, language: str, order: int, literals: set[str]) -> None:
        tables = lexicon.table(language, "time")
        for kind in ("feast", "easter", "weekday_feast"):
            for when, names in tables[kind].items():
                rule = Rule(f"{kind} {when}", order, "FEAST", kind, {"when": when})
                rows = (
                    tuple(n.replace("'s", " 's").replace("s' ", "s ' ").replace(".", "").split())
                    for n in names.split(",")
                )
                self._add(rule, rows, literals)

    def chart(self, symbols: Sequence[tuple[str, ...]]) -> list[dict[Item, Derivation]]:
        """For every position of a run: what begins there, as (name, end) with its best derivation."""
        items: list[dict[Item, Derivation]] = [{} for _ in symbols]
        for start in range(len(symbols) - 1, -1, -1):
            here = items[start]
            agenda: list[Item] = []

            def walk(node: Trie, at: int, parts: tuple[tuple[int, str, int], ...], start: int = start) -> None:
                for rule in node.get(_ENDS, ()):
                    key = (rule.gives, at)
                    old = items[start].get(key)
                    if old is None:
                        agenda.append(key)  # noqa: B023  (called only within this turn of the loop)
                    if old is None or rule.order < old[0]:
                        items[start][key] = (rule.order, rule, parts)
                if at >= len(symbols) or at - start >= WIDEST:
                    return
                for symbol in symbols[at]:
                    if symbol in node:
                        walk(node[symbol], at + 1, (*parts, (at, symbol, at + 1)))
                if at > start:
                    for symbol, end in list(items[at]):
                        if symbol in node and end - start <= WIDEST:
                            walk(node[symbol], end, (*parts, (at, symbol, end)))

            walk(self.trie, start, ())
            while agenda:
                symbol, end = agenda.pop()
                if symbol in self.trie and (symbol, end) in here:
                    walk(self.trie[symbol], end, ((start, symbol, end),))
        return items

    def phrases(self, symbols: tuple[tuple[str, ...], ...]) -> list[Node]:
        """The longest phrases of a run from left to right, none overlapping; remembered by the run's symbols."""
        known = self._seen.get(symbols)
        if known is not None:
            return known
        items = self.chart(symbols)
        found: list[Node] = []
        at = 0
        while at < len(symbols):
            end = max((e for name, e in items[at] if name == "T"), default=0)
            if end:
                found.append(tree(items, at, "T", end))
            at = end or at + 1
        if len(self._seen) > 20_000:
            self._seen.clear()
        self._seen[symbols] = found
        return found

    def whole(self, symbols: tuple[tuple[str, ...], ...], names: Sequence[str]) -> Node | None:
        """The run read as one of these names from end to end; None where no rule does."""
        if not symbols:
            return None
        items = self.chart(symbols)
        for name in names:
            if (name, len(symbols)) in items[0]:
                return tree(items, 0, name, len(symbols))
        return None


def tree(items: list[dict[Item, Derivation]], start: int, name: str, end: int) -> Node:
    """The derivation of one item, down to the tokens."""
    _, rule, parts = items[start][(name, end)]
    below: list[Leaf | Node] = []
    for at, symbol, until in parts:
        if until == at + 1 and (symbol, until) not in items[at]:
            below.append(Leaf(at, symbol))
        elif (symbol, until) in items[at]:
            below.append(tree(items, at, symbol, until))
    return Node(rule, start, end, tuple(below))
