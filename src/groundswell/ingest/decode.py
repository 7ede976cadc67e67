"""Bytes to characters, with how sure that is. Never guesses silently: a doubtful decoding carries a Problem."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from groundswell.values import Problem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# What UTF-8 read as cp1252 looks like: a capital or lower A with a sign, or the broken quotation marks.
_MOJIBAKE = re.compile("[ÃÂ][\u0080-¿]|â€[\u0090-\u009f™œ“”˜¦\u009d]|â\u0080[\u0090-\u009f]")
# Browsers read these labels as cp1252; so do the pages that carry them.
_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_SAMPLE = 200_000
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """``confidence`` is 0..1; ``partial`` is true when more than 1% of the characters could not be read."""

    text: str
    encoding: str
    confidence: float
    partial: bool = False
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Byte order mark, then strict UTF-8, then what the document declares, then statistics."""
    text, encoding, confidence = _choose(data, declared)
    problems: list[Problem] = []
    if _MOJIBAKE.search(text):
        text, repaired = _repair_mojibake(text)
        if repaired:
            confidence = min(confidence, 0.8)
    lost = text.count("\ufffd")
    partial = lost > len(text) / 100
    if partial:
        message = f"{lost} of {len(text)} characters could not be decoded as {encoding}. Save the source as UTF-8."
        problems.append(Problem("bad_encoding", message))
    elif confidence < 0.5:
        message = f"The character encoding was guessed ({encoding}). If names look wrong, save the source as UTF-8."
        problems.append(Problem("guessed_encoding", message))
    return Decoded(clean(text), encoding, confidence, partial, tuple(problems))


def clean(text: str) -> str:
    """Control characters out, lone surrogates to U+FFFD, line ends to newline, canonical composition (NFC)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = _CONTROLS.sub("", text)
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", text)


def _choose(data: bytes, declared: str | None) -> tuple[str, str, float]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding, 1.0
    wide = _utf16_without_mark(data)
    if wide:
        return data.decode(wide, "replace"), wide, 0.8
    try:
        return data.decode("utf-8"), "utf-8", 1.0
    except UnicodeDecodeError:
        pass
    named = declared or _declared(data)
    if named:
        named = _ALIASES.get(named.lower(), named)
        try:
            return data.decode(named), named, 0.9
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return _guess(data)


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    return found.group(1).decode("ascii") if found else None


def _utf16_without_mark(data: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in nearly every other byte."""
    head = data[:2000]
    if len(head) < 8:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return None


def _guess(data: bytes) -> tuple[str, str, float]:
    broken = data.decode("utf-8", "replace")
    if broken.count("\ufffd") <= len(broken) / 500:
        return broken, "utf-8", 0.7  # a few damaged bytes in otherwise good UTF-8
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return data.decode("cp1252", "replace"), "cp1252", 0.2
    encoding = "cp1252" if best.encoding in ("latin_1", "ascii") else best.encoding
    return data.decode(encoding, "replace"), encoding, max(0.3, min(0.8, 1.0 - best.chaos - 0.2))


def _repair_mojibake(text: str) -> tuple[str, bool]:
    from ftfy import fix_encoding

    fixed = fix_encoding(text)
    return fixed, fixed != text
