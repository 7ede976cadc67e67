"""Number phrases and what they come to: low, best and high as the codebook says.

Finds counts only: money, percentages, ages, dates, times, votes, measures and labels are left alone. What a number counts
is decided in ``figure``, never here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groundswell import lexicon
from groundswell.errors import UsageError
from groundswell.records import Span
from groundswell.resolve.quantity_tables import BINDING, Effect, Grammar, grammar
from groundswell.values import Quantity

MAPPINGS: tuple[str, ...] = ("codebook-1", "acled-2024", "ccc-2021")

# How far a rule may look around a number, in characters; it keeps the finder linear.
_REACH = 48
_SENTENCE_END = re.compile(r"[.!?][\"”]?\s+(?:[A-Z\"“]|$)|\n")
_WORDS = re.compile(r"[^\W\d_]+|\d[\d.,\u00a0\u2009\u202f ’']*\d|\d")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|from|of|during|before|after|early|late|mid|through|and|or|for|the|this|circa|year|back in|summer|spring|autumn|"
    r"winter|fall|[’']s|[A-Z][a-z]+|,|\(|-|–)\s*,?\s*$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[A-Z][\w’'-]+\s*[,(]\s*$")
_DIGIT_BEFORE = re.compile(r"\d\s?$")
_DECIMAL = re.compile(r"\d+\.\d{1,2}|\d+\.\d{4,}")
_GOES_ON = re.compile(r"[/:]\d|[.]\d")
_TEN_LIMIT = 10**15


@dataclass(frozen=True, slots=True)
class _Read:
    """A number before its modifiers: bounds, and whether a table of vague words was used."""

    low: int | None
    best: int | None
    high: int | None
    mapping: str | None = None


def find_quantities(text: str) -> list[tuple[Span, Quantity]]:
    """Every maximal number phrase that counts something, modifiers included, in order; spans never overlap."""
    rules = grammar()
    found: list[tuple[Span, Quantity]] = []
    lower, at = _lower(text), 0
    while start := rules.start.search(lower, at):
        match = rules.core.match(text, start.start())
        at = match.end() if match else start.end()
        if match:
            found.extend(_phrases(text, match, rules, found))
    return found


def _lower(text: str) -> str:
    """Lower case of the same length (a capital dotted I would grow)."""
    lower = text.lower()
    return (
        lower if len(lower) == len(text) else "".join(low if len(low := char.lower()) == 1 else char for char in text)
    )


def resolve_quantity(
    phrase: str, *, before: str = "", after: str = "", mapping: str = BINDING, whole: Quantity | None = None
) -> Quantity | None:
    """What a number phrase comes to; None when it holds no number or only words without one ("several", "many").

    Args:
        phrase: the words, as in the text. The first number in them counts.
        before, after: text around the phrase, read for modifiers only ("at least", "or more").
        mapping: name of the table for vague words, one of ``MAPPINGS``.
        whole: the number a share is taken of ("nearly half of them").

    Raises:
        UsageError: no such mapping.
    """
    if mapping not in MAPPINGS:
        raise UsageError(f"No mapping of number words called {mapping!r}. Choose one of: {', '.join(MAPPINGS)}.")
    rules = grammar()
    text = before[-_REACH:] + phrase + after[:_REACH]
    start = len(before[-_REACH:])
    match = rules.core.search(text, start)
    if match is None or match.start() >= start + len(phrase):
        return None
    return _value(text, match, rules, mapping, whole)[1]


def remap(phrase: str, name: str) -> Quantity | None:
    """The same words read with another project's table; None where that project gives the words no number.

    Raises:
        UsageError: no such mapping.
    """
    return resolve_quantity(phrase, mapping=name)


def mapping_source(name: str) -> str:
    """Where a mapping comes from, for exports and manifests.

    Raises:
        UsageError: no such mapping.
    """
    if name not in MAPPINGS:
        raise UsageError(f"No mapping of number words called {name!r}. Choose one of: {', '.join(MAPPINGS)}.")
    return str(lexicon.table("en", "quantities")["mapping"][name]["source"])


def _phrases(
    text: str, match: re.Match[str], rules: Grammar, found: list[tuple[Span, Quantity]]
) -> Iterator[tuple[Span, Quantity]]:
    """The number phrase of a match, or two where the joining word is no range ("killed two and 16 others")."""
    if not match.group("high") or _is_range(text, match, rules):
        yield from _phrase(text, match, rules, found)
    elif not _is_score(match) and _counts(text, match, rules):
        for name in ("low", "high"):
            if part := rules.core.fullmatch(text, *match.span(name)):
                yield from _phrase(text, part, rules, found)


def _is_score(match: re.Match[str]) -> bool:
    """52-48, 2-1, 2019-20: two figures joined by a bare hyphen that are no range."""
    return match.group("join").strip() in "-–—"


def _phrase(
    text: str, match: re.Match[str], rules: Grammar, found: list[tuple[Span, Quantity]]
) -> Iterator[tuple[Span, Quantity]]:
    if not _counts(text, match, rules):
        return
    whole = None
    if match.group("share"):
        whole = _whole(text, match.start(), found)
        if whole is None:
            return
    span, quantity = _value(text, match, rules, BINDING, whole)
    if quantity is not None and not (found and found[-1][0].overlaps(span)):
        yield span, quantity


def _whole(text: str, at: int, found: list[tuple[Span, Quantity]]) -> Quantity | None:
    """The number stated last before a share, in the same sentence."""
    if found and not _SENTENCE_END.search(text, found[-1][0].end, at):
        return found[-1][1]
    return None


def _is_range(text: str, match: re.Match[str], rules: Grammar) -> bool:
    """Whether two joined numbers are the ends of one range."""
    low, high = _number(match.group("low"), rules), _number(match.group("high"), rules)
    if low is None or high is None:
        return False
    join = match.group("join").strip().lower()
    if join in "-–—" and _YEAR.fullmatch(match.group("low")):
        return False
    before = text[max(0, match.start() - _REACH) : match.start()]
    if re.search(r"\bfrom\s+$", before, re.IGNORECASE):
        return False
    if join == "and":
        return bool(re.search(r"\bbetween\s+(?:about\s+|some\s+)?$", before, re.IGNORECASE)) and low < high
    if high <= low:
        scaled = _scaled(low, match.group("high"), rules)
        return scaled is not None and scaled < high
    return join != "or" or high <= max(2 * low, low + 3) or _scaled(low, match.group("high"), rules) is not None


def _scaled(low: int, high_text: str, rules: Grammar) -> int | None:
    """ "four" in "four or five hundred": 400."""
    last = high_text.split()[-1].lower().rstrip("s")
    scale = rules.scales.get(last)
    return low * scale if scale and low < 1000 <= low * scale * 10 else None


def _counts(text: str, match: re.Match[str], rules: Grammar) -> bool:
    """Whether the number counts something: no money, date, age, label ..."""
    words = match.group().lower()
    before = text[max(0, match.start() - _REACH) : match.start()]
    after = text[match.end() : match.end() + 2 * _REACH]
    digits = words[:1].isdigit()
    if digits and not _plausible_digits(words, before, after):
        return False
    if not digits and _DIGIT_BEFORE.search(before):
        return False
    size = _number(match.group("low"), rules) if match.group("low") else None
    modified = rules.before.search(before)
    front = before[: modified.start()] if modified else before
    for rule in rules.not_counts:
        if rule.only and words != rule.only:
            continue
        if rule.most is not None and (size is None or size > rule.most):
            continue
        if rule.exact_only and (not digits or "," in words):
            continue
        behind = bool(rule.before and (rule.before.search(before) or rule.before.search(front)))
        ahead = bool(rule.after and rule.after.match(after))
        if (behind and ahead) if rule.both else (behind or ahead):
            return False
    return True


def is_label(text: str, at: int) -> bool:
    """Whether the digits at this offset are part of a name ("Section 144", "Ordinance 10-612"), whatever is read of them."""
    rule = next(rule for rule in grammar().not_counts if rule.id == "label")
    before = text[max(0, at - _REACH) : at]
    return text[at : at + 1].isdigit() and rule.before is not None and rule.before.search(before) is not None


def _plausible_digits(words: str, before: str, after: str) -> bool:
    """Digits that may be a count: no year, decimal, telephone number, clock time or age in commas."""
    if words.isdigit():
        if len(words) > 9 or (words[0] == "0" and words != "0"):
            return False
        if _YEAR.fullmatch(words) and (
            _YEAR_BEFORE.search(before) or not re.match(r"\s+(?:[a-z]|[A-Z]\w+\s+[a-z]+s\b)", after)
        ):
            return False
        if len(words) <= 2 and _NAME_BEFORE.search(before) and re.match(r"\s*[,)]", after):
            return False
    if _DECIMAL.fullmatch(words):
        return False
    return not _GOES_ON.match(after)


def _value(
    text: str, match: re.Match[str], rules: Grammar, mapping: str, whole: Quantity | None
) -> tuple[Span, Quantity | None]:
    """The span with its modifiers and the value; None for the value where a table gives the words no number."""
    start, end = match.span()
    effects: list[Effect] = []
    for _ in range(3):
        window = text[max(0, start - _REACH) : start]
        found = rules.before.search(window)
        if not found:
            break
        words = " ".join(found.group().lower().split()).removesuffix(" the")
        effects.append(rules.effects[words])
        start -= len(window) - found.start()
    if match.group("high") and match.group("join").strip() == "and":
        window = text[max(0, start - _REACH) : start]
        if found := re.search(r"between\s+$", window, re.IGNORECASE):
            start -= len(window) - found.start()
    for effect, pattern in rules.after:
        if tail := pattern.match(text, end):
            effects.append(effect)
            end = tail.end()
            break
    base = _base(match, rules, mapping, whole)
    span = Span(start, end)
    return span, None if base is None else _modify(base, effects, share=bool(match.group("share")))


def _base(match: re.Match[str], rules: Grammar, mapping: str, whole: Quantity | None) -> _Read | None:
    if share := match.group("share"):
        return _share(share, rules, whole)
    if match.group("zero"):
        return _Read(0, 0, 0)
    if fixed := match.group("fixed"):
        value = rules.fixed[" ".join(fixed.lower().split())]
        return _Read(value, value, value)
    if several := match.group("several"):
        return _vague(_plural(several, rules), rules, mapping)
    if vague := match.group("vague"):
        return _vague_pair(vague, rules, mapping)
    low = _number(match.group("low"), rules)
    if low is None or not match.group("high"):
        return None if low is None else _Read(low, low, low)
    high = _number(match.group("high"), rules)
    if high is None:
        return _Read(low, low, low)
    scaled = _scaled(low, match.group("high"), rules)
    if scaled is not None and scaled < high and match.group("low").lower().split()[-1].rstrip("s") not in rules.scales:
        low = scaled
    return _Read(low, None, high) if low < high else _Read(low, low, low)


def _share(phrase: str, rules: Grammar, whole: Quantity | None) -> _Read | None:
    if whole is None:
        return None
    total = next((side for side in (whole.best, whole.low, whole.high) if side is not None), None)
    words = " ".join(phrase.lower().split())
    name = max((key for key in rules.shares if words.startswith(key)), key=len)
    return None if total is None else _Read(None, round(total * rules.shares[name]), None, whole.mapping)


def _plural(phrase: str, rules: Grammar) -> str:
    """ "several hundred thousand" is "hundreds of thousands", "a few dozen" is "dozens"."""
    words = [word.rstrip("s") if word.rstrip("s") in rules.scales else word for word in phrase.lower().split()]
    scales = [word for word in words if word in rules.scales]
    if "tens" in words:
        return " ".join(phrase.lower().split()[words.index("tens") :])
    return " of ".join(f"{word}s" for word in scales)


def _vague_pair(phrase: str, rules: Grammar, mapping: str) -> _Read | None:
    words = " ".join(phrase.lower().split())
    if (single := _vague(words, rules, mapping)) is not None:
        return single
    parts = [part.strip() for part in re.split(r",?\s+(?:if not|perhaps|maybe|or even|or|to|and|upon)\s+", words)]
    first, last = _vague(parts[0], rules, mapping), _vague(parts[-1], rules, mapping)
    if first is None or last is None or len(parts) == 1:
        return None
    if parts[0] == parts[-1] or not _orders(first, last):
        return first
    return _Read(first.low, None, last.high, mapping)


def _orders(first: _Read, last: _Read) -> bool:
    return first.low is not None and last.high is not None and first.low <= last.high


def _vague(words: str, rules: Grammar, mapping: str) -> _Read | None:
    entry = rules.mappings[mapping].get(words)
    return None if entry is None else _Read(entry.get("low"), entry.get("best"), entry.get("high"), mapping)


def _number(phrase: str | None, rules: Grammar) -> int | None:
    """Digits and number words of one number; None for what is too large to be a count or has a fraction left over."""
    if not phrase:
        return None
    total, current, pending, pending_scale = 0.0, 0.0, False, False
    for token in _WORDS.findall(phrase.lower()):
        singular = token if token in rules.scales else token.rstrip("s")
        last_scale, pending_scale = pending_scale, False
        if token[0].isdigit():
            current, pending = current + _digits(token), True
        elif token in rules.values:
            current, pending = current + rules.values[token], True
        elif token == "half":
            current += 0.5
        elif singular in rules.scales or token in rules.attached:
            scale = rules.scales.get(singular) or rules.attached[token]
            if scale == 100 or scale == 12:
                current = (current if pending else 1) * scale
            elif last_scale and not current:
                total *= scale
            else:
                total, current = total + (current if pending else 1) * scale, 0.0
            pending_scale = scale not in (100, 12)
            pending = scale in (100, 12)
    value = total + current
    return round(value) if value < _TEN_LIMIT and abs(value - round(value)) < 1e-6 else None


def _digits(token: str) -> float:
    """12,000 12.000 12 000 1,50,000 are whole; 1.5 is not. Three digits after one dot group thousands."""
    if token.isdigit() and token.isascii():
        return float(token)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", token):
        return float(token.replace(".", ""))
    return float(re.sub(r"[,\u00a0\u2009\u202f ’']", "", token))


def _modify(base: _Read, effects: list[Effect], *, share: bool) -> Quantity:
    """The codebook's table of modifiers. Bounds win over "about"; a range keeps its ends."""
    quantity = Quantity(base.low, base.best, base.high, base.mapping)
    bottom = base.low if base.low is not None else base.best
    top = base.high if base.high is not None else base.best
    if share or not effects:
        return quantity
    if "low" in effects:
        return replace(quantity, low=bottom, best=None, high=None)
    if "high" in effects:
        return replace(quantity, low=None, best=None, high=top)
    if base.low is None or base.low != base.high:
        return quantity
    if "nearly" in effects:
        return replace(quantity, low=None, high=top)
    if "over" in effects:
        return replace(quantity, high=None)
    return replace(quantity, low=None, high=None)
