"""The language of a text, ISO 639-1. Function words settle English at once; the model (0.8 s to load) is asked otherwise."""

from __future__ import annotations

import re

_ENGLISH_TEXT = """
the of and to in a that is was for on with as by at from has have had were been said an this which are it its
not be will who he his their they after but more also or
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_SAMPLE = 4000
_FEW_WORDS = 5


def language_of(text: str) -> str | None:
    """None for texts of fewer than five words: too little to tell."""
    words = re.findall(r"[^\W\d_]+", text[:_SAMPLE].lower())
    if len(words) < _FEW_WORDS:
        return None
    share = sum(word in _ENGLISH for word in words) / len(words)
    if share >= 0.2 and len(words) >= 12:
        return "en"
    import py3langid

    code, _ = py3langid.classify(text[:_SAMPLE])
    return str(code)
