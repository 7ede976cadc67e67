"""Number phrases against tests/corpus/en/quantity.toml, the examples beside each rule, and properties that hold for any text."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell import lexicon
from groundswell.errors import UsageError
from groundswell.records import Span
from groundswell.resolve.quantity import MAPPINGS, find_quantities, mapping_source, remap, resolve_quantity
from groundswell.resolve.quantity_tables import grammar
from groundswell.values import Quantity

CORPUS = tomllib.loads((Path(__file__).parents[1] / "corpus/en/quantity.toml").read_text(encoding="utf-8"))
RULES = lexicon.table("en", "quantities")
CASES = [(group, text) for group in CORPUS["value"] for text in group["texts"]]


def unmarked(text: str) -> tuple[str, Span]:
    start, end = text.index("«"), text.index("»") - 1
    return text.replace("«", "").replace("»", ""), Span(start, end)


def expected(group: dict[str, Any]) -> Quantity:
    return Quantity(group.get("low"), group.get("best"), group.get("high"), group.get("mapping"))


@pytest.mark.parametrize(("group", "marked"), CASES, ids=[text for _, text in CASES])
def test_every_wording_gives_its_value_and_nothing_else(group: dict[str, Any], marked: str) -> None:
    text, span = unmarked(marked)
    assert find_quantities(text) == [(span, expected(group))]


@pytest.mark.parametrize(("group", "marked"), CASES, ids=[text for _, text in CASES])
def test_a_phrase_alone_reads_as_in_its_sentence(group: dict[str, Any], marked: str) -> None:
    text, span = unmarked(marked)
    phrase = text[span.start : span.end]
    if not phrase.lower().startswith("no") or phrase.lower().startswith(("no one", "nob", "none", "not", "no ")):
        assert resolve_quantity(phrase, before=text[: span.start], after=text[span.end :]) == expected(group)


@pytest.mark.parametrize("text", CORPUS["nothing"]["texts"])
def test_nothing_is_found(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize("rule", RULES["modifier"], ids=lambda rule: str(rule["effect"]))
def test_modifiers_keep_their_examples(rule: dict[str, Any]) -> None:
    for text in rule["match"]:
        (span, quantity) = find_quantities(f"{text} people")[0]
        assert (span.start, span.end) == (0, len(text))
        assert not quantity.low == quantity.best == quantity.high


@pytest.mark.parametrize("rule", RULES["suffix"], ids=lambda rule: str(rule["effect"]))
def test_suffixes_keep_their_examples(rule: dict[str, Any]) -> None:
    for text in rule["match"]:
        assert find_quantities(text)[0][0] == Span(0, len(text))
    for text in rule["reject"]:
        quantity = find_quantities(text)[0][1]
        assert quantity.low == quantity.best == quantity.high


@pytest.mark.parametrize("rule", RULES["not_a_count"], ids=lambda rule: str(rule["id"]))
def test_numbers_that_count_nothing_keep_their_examples(rule: dict[str, Any]) -> None:
    assert rule["match"], f"rule {rule['id']} has no example"
    for text in rule["match"]:
        assert find_quantities(text) == [], f"rule {rule['id']}: {text!r} should give nothing"
    for text in rule.get("reject", []):
        assert find_quantities(text), f"rule {rule['id']}: {text!r} should give a number"


def test_a_share_is_taken_of_the_number_before() -> None:
    text = "At least 31 people, nearly half of them children, were killed."
    assert find_quantities(text) == [
        (Span(0, 11), Quantity(31, None, None)),
        (Span(20, 39), Quantity(None, 16, None)),
    ]
    assert resolve_quantity("a third of them", whole=Quantity(90, 90, 90)) == Quantity(None, 30, None)
    assert resolve_quantity("two-thirds of them", whole=Quantity(None, None, 300)) == Quantity(None, 200, None)
    assert resolve_quantity("half of them") is None
    assert [span for span, _ in find_quantities("90 came. Half of them left.")] == [Span(0, 2)]


def test_two_numbers_joined_by_and_are_two() -> None:
    text = "killed two and 16 others"
    assert [quantity.best for _, quantity in find_quantities(text)] == [2, 16]
    assert [quantity.best for _, quantity in find_quantities("rose from 20 to 30 men")] == [20, 30]


@pytest.mark.parametrize(
    ("phrase", "name", "value"),
    [
        ("hundreds", "codebook-1", Quantity(100, None, 999, "codebook-1")),
        ("hundreds", "acled-2024", Quantity(100, 100, None, "acled-2024")),
        ("hundreds", "ccc-2021", Quantity(200, 200, 200, "ccc-2021")),
        ("dozens of", "acled-2024", Quantity(12, 12, None, "acled-2024")),
        ("tens", "acled-2024", Quantity(10, 10, None, "acled-2024")),
        ("tens of thousands", "ccc-2021", Quantity(20000, 20000, 20000, "ccc-2021")),
        ("several thousand", "ccc-2021", Quantity(2000, 2000, 2000, "ccc-2021")),
        ("dozens", "ccc-2021", None),
        ("at least 16", "acled-2024", Quantity(16, None, None)),
        ("several", "acled-2024", None),
    ],
)
def test_exports_apply_another_projects_table(phrase: str, name: str, value: Quantity | None) -> None:
    assert remap(phrase, name) == value


def test_every_mapping_states_its_source() -> None:
    assert set(MAPPINGS) == set(RULES["mapping"])
    assert all(len(mapping_source(name)) > 30 for name in MAPPINGS)
    with pytest.raises(UsageError, match="codebook-1"):
        remap("hundreds", "acled")
    with pytest.raises(UsageError, match="ccc-2021"):
        mapping_source("ccc")


_PIECES = [
    "at least", "between", "and", "to", "-", "or", "half", "of them", "dozens", "hundreds", "tens of thousands", "nearly", "up to",
    "two", "twenty", "hundred", "million", "lakh", "12", "1,50,000", "3.5", "0", "999999999999", "k", "%", "$", "no one", "a", "several", "more", ",", ".",
]  # fmt: skip


def check(text: str) -> None:
    last = 0
    for span, quantity in find_quantities(text):
        assert last <= span.start < span.end <= len(text)
        last = span.end
        sides = [side for side in (quantity.low, quantity.best, quantity.high) if side is not None]
        assert sides, f"{text!r}: an empty quantity"
        assert sides == sorted(sides), f"{text!r}: {quantity}"
        assert min(sides) >= 0


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_no_text_crashes_and_no_range_is_inverted(text: str) -> None:
    check(text)
    resolve_quantity(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9))
def test_no_run_of_number_words_crashes_or_inverts(pieces: list[str]) -> None:
    check(" ".join(pieces))
    check("".join(pieces))


@pytest.mark.parametrize(
    "unit", ["9", "9,", "two ", "hundred ", "tens of ", "a ", "1 000 ", "one-", "half ", "no ", "($", "and "]
)
def test_time_grows_with_length_only(unit: str) -> None:
    def spent(count: int) -> float:
        text, started = unit * count, time.process_time()
        find_quantities(text)
        return time.process_time() - started

    spent(100)
    assert spent(16000) < max(0.5, 40 * spent(1000))


def test_the_grammar_loads_quickly() -> None:
    grammar.cache_clear()
    lexicon.table.cache_clear()
    re.purge()
    started = time.process_time()
    grammar()
    assert time.process_time() - started < 0.25
