"""Loads trigger and status rules and proves each against its own examples before it may be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from groundswell import lexicon
from groundswell.errors import LexiconError
from groundswell.values import MODES, STATUSES


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """``pattern`` names a happening of this type and mode, unless ``unless`` is found in the same sentence."""

    id: str
    type: str
    mode: str | None
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None

    def find(self, sentence: str) -> list[tuple[int, int]]:
        if self.unless is not None and self.unless.search(sentence):
            return []
        return [match.span() for match in self.pattern.finditer(sentence)]


@dataclass(frozen=True, slots=True)
class StatusRule:
    """``pattern`` is searched in the words of the sentence that stand before the trigger."""

    id: str
    status: str
    pattern: re.Pattern[str]

    def find(self, before: str) -> bool:
        return self.pattern.search(before) is not None


@lru_cache(maxsize=4)
def trigger_rules(language: str = "en") -> tuple[TriggerRule, ...]:
    """All trigger rules of a language, in file order. Raises LexiconError for a rule that fails its examples."""
    found = []
    for row in lexicon.table(language, "triggers")["rule"]:
        where = f"lexicon/{language}/triggers.toml"
        if row.get("mode") is not None and row["mode"] not in MODES[row["type"]]:
            raise LexiconError(f"{where}: rule {row['id']!r} has mode {row['mode']!r}, unknown for {row['type']}.")
        unless = re.compile(row["unless"], re.IGNORECASE) if "unless" in row else None
        rule = TriggerRule(row["id"], row["type"], row.get("mode"), re.compile(row["pattern"], re.IGNORECASE), unless)
        lexicon.prove(row, where, rule.find)
        found.append(rule)
    return tuple(found)


@lru_cache(maxsize=4)
def status_rules(language: str = "en") -> tuple[StatusRule, ...]:
    """Status rules in the order they are tried."""
    found = []
    for row in lexicon.table(language, "statuses")["rule"]:
        where = f"lexicon/{language}/statuses.toml"
        if row["status"] not in STATUSES:
            raise LexiconError(f"{where}: rule {row['id']!r} has unknown status {row['status']!r}.")
        rule = StatusRule(row["id"], row["status"], re.compile(row["pattern"], re.IGNORECASE))
        lexicon.prove(row, where, rule.find)
        found.append(rule)
    return tuple(found)
