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


_WORDS = re.compile(r"(?<!\?P)<(\w+)>")


@lru_cache(maxsize=8)
def patterns(language: str, topic: str) -> Mapping[str, re.Pattern[str]]:
    """Patterns of the rules of a topic by their ids, in file order; ``<name>`` in one stands for any of the ``words`` of that name.

    Raises:
        LexiconError: a rule fails its examples, has the id of another, or asks for words that are not there; or as ``table``.
    """
    rules = table(language, topic)
    words = {name: "|".join(listed.split()) for name, listed in rules.get("words", {}).items()}
    where = f"lexicon/{language}/{topic}.toml"
    found: dict[str, re.Pattern[str]] = {}
    for row in rules["rule"]:
        unknown = [name for name in _WORDS.findall(row["pattern"]) if name not in words]
        if unknown or row["id"] in found:
            fault = f"asks for words {unknown[0]!r} that [words] lacks" if unknown else "has the id of another"
            raise LexiconError(f"{where}: rule {row['id']!r} {fault}. Mend the rule.")
        pattern = re.compile(_WORDS.sub(lambda name: words[name[1]], row["pattern"]))
        prove(row, where, pattern.search)
        found[row["id"]] = pattern
    return found


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


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes for which there are rules."""
    root = files("groundswell.lexicon")
    return tuple(sorted(entry.name for entry in root.iterdir() if entry.is_dir() and len(entry.name) == 2))
