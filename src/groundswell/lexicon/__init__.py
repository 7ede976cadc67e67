"""Rules as TOML, one folder a language; every rule carries its own match and reject examples.

Loading is lazy and cached: one parse a process for each file that is used.
"""

from __future__ import annotations

import tomllib
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


def languages() -> list[str]:
    """ISO 639-1 codes for which there are rules."""
    root = files("groundswell.lexicon")
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir() and len(entry.name) == 2)
