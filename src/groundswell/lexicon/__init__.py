"""Rules as TOML, one folder a language; every rule carries its own match and reject examples.

Loading is lazy and cached: one parse a process for each file that is used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from groundswell.errors import LexiconError


@lru_cache(maxsize=64)
def table(language: str, topic: str) -> dict[str, Any]:
    """The parsed TOML of one topic, e.g. ``table("en", "sentences")``.

    Raises:
        LexiconError: no such file, or it is not valid TOML; the message names what there is.
    """
    folder = files("groundswell.lexicon") / language
    path = folder / f"{topic}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LexiconError(
            f"No rules for language {language!r} and topic {topic!r}. Available languages: {', '.join(languages())}. "
            f"Add src/groundswell/lexicon/{language}/{topic}.toml (see CONTRIBUTING, 'Add a rule')."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"lexicon/{language}/{topic}.toml is not valid TOML: {error}. Mend the file.") from None


def word_lists(language: str, topic: str) -> dict[str, frozenset[str]]:
    """The lists of a topic that holds nothing else: each one string, words between blanks. Raises LexiconError as ``table``."""
    return {name: frozenset(words.split()) for name, words in table(language, topic).items()}


@lru_cache(maxsize=8)
def patterns(language: str, topic: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Id and pattern of each rule of a topic whose rules are searched as they stand, in file order.

    Raises:
        LexiconError: a rule fails its examples; or as ``table``.
    """
    found = []
    for row in table(language, topic)["rule"]:
        pattern = re.compile(row["pattern"])
        prove(row, f"lexicon/{language}/{topic}.toml", pattern.search)
        found.append((str(row["id"]), pattern))
    return tuple(found)


def prove(row: Mapping[str, Any], where: str, matches: Callable[[str], object]) -> None:
    """Hold a rule to its own examples (``match``, ``reject``).

    Args:
        where: the rule's file, for the message.
        matches: says of a text, by something true, that the rule matches it.

    Raises:
        LexiconError: an example is not met, or there is none to match; the message names file, rule and example.
    """
    if not row.get("match"):
        raise LexiconError(f"{where}: rule {row['id']!r} has no match example. Add one: untested rules do not load.")
    for wanted, texts in ((True, row["match"]), (False, row.get("reject", []))):
        for text in texts:
            if bool(matches(text)) is not wanted:
                verb = "does not match" if wanted else "matches"
                raise LexiconError(f"{where}: rule {row['id']!r} {verb} {text!r}. Mend the rule, or the example.")


def languages() -> list[str]:
    """ISO 639-1 codes for which there are rules."""
    root = files("groundswell.lexicon")
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir() and len(entry.name) == 2)
