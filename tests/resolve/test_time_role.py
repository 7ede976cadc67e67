"""Which happening a time phrase belongs to: the clause decides where the reader says nothing, and both together else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.assemble import LEAST_TIME
from groundswell.records import Document, Span
from groundswell.resolve.time import find_times, resolve_time
from groundswell.resolve.time_clause import Clause, Happening, features, is_dateline
from groundswell.resolve.time_role import as_told, chances, clause_trees, weights

PUBLISHED = date(2024, 5, 15)


def asked(sentence, trigger, read=None, *, type="ASSAULT", status="occurred", others=()):
    """Chance of each phrase of a sentence for one trigger."""
    spans = {words: Span(sentence.index(words), sentence.index(words) + len(words)) for words in (trigger, *others)}
    happenings = [Happening(span, type, status) for span in spans.values()]
    found = {span: resolve_time(sentence[span.start : span.end], published=PUBLISHED) for span in find_times(sentence)}
    phrases = {span: value for span, value in found.items() if value}
    marked = {(spans[trigger], p): read for p in phrases if read is not None}
    pairs = chances(sentence, Span(0, len(sentence)), happenings, phrases, marked)
    return {sentence[p.start : p.end]: chance for (t, p), chance in pairs if t == spans[trigger]}


@pytest.mark.parametrize(
    ("sentence", "trigger", "others", "phrase"),
    [
        ("Gunmen killed four soldiers on Tuesday near the border.", "killed", (), "Tuesday"),
        ("On Friday police arrested nine people.", "arrested", (), "Friday"),
        ("The men were abducted on 3 May and freed on 9 May.", "freed", ("abducted",), "9 May"),
        ("The men were abducted on 3 May and freed on 9 May.", "abducted", ("freed",), "3 May"),
        ("Monday's march drew 300 people.", "march", (), "Monday's"),
    ],
)
def test_the_phrase_of_its_own_clause_is_the_likeliest(sentence, trigger, others, phrase):
    found = asked(sentence, trigger, others=others)
    assert max(found, key=found.get).startswith(phrase.removesuffix("'s"))
    assert max(found.values()) > 0.4


@pytest.mark.parametrize(
    ("sentence", "trigger", "others"),
    [
        (
            "The group, which fought a war with its neighbour in 2006, has sent fighters to the coast.",
            "sent",
            ("fought",),
        ),
        ("Police fired on a crowd angered by a rise in bread prices, which began on 3 March.", "fired", ()),
        ("The rebels killed nine farmers, an official said Tuesday.", "killed", ()),
    ],
)
def test_a_phrase_of_another_clause_is_left(sentence, trigger, others):
    assert max(asked(sentence, trigger, others=others).values()) < LEAST_TIME


def test_the_readers_opinion_counts_and_more_so_the_surer_it_is():
    sentence = "The rebels killed nine farmers in a raid, an official said Tuesday."
    low, middle, high = (asked(sentence, "killed", read)["Tuesday"] for read in (None, 0.5, 0.95))
    assert low < middle < high


def test_trees_ask_for_features_that_exist():
    sentence = "On Friday, police who had arrested nine on 3 May, said on Monday they would charge them by June."
    words = ("arrested", "charge")
    happenings = [Happening(Span(sentence.index(w), sentence.index(w) + len(w)), "COERCE", "ongoing") for w in words]
    phrases = {p: resolve_time(sentence[p.start : p.end], published=PUBLISHED) for p in find_times(sentence)}
    clause = Clause(sentence, Span(0, len(sentence)), happenings, phrases)
    named = {name for h in happenings for p in phrases for name in features(clause, h, p)}
    known = set(clause_trees().names)
    by_value = ("type ", "status ", "between: ", "precision ", "basis ")
    assert {name for name in known - named if not name.startswith(by_value)} == set()
    asked_for = {clause_trees().names[node[0]] for tree in clause_trees().trees for node in tree if node[0] >= 0}
    assert len(asked_for) > 60
    assert set(weights()) == {"clause", "read", "score", "bias"}


@pytest.mark.parametrize(
    ("sentence", "phrase", "dateline"),
    [
        ("KHARTOUM, March 3 (Reuters) - Police shot at a crowd on Monday.", "March 3", True),
        ("Puerto Montt, 4 June (Agencia Sur) -- Salmon farm workers downed tools.", "4 June", True),
        ("TIRANA, Oct. 9 /ATA/ - Students marched to the ministry.", "Oct. 9", True),
        ("LAGOS, May 2, 2024 (NAN) — Dockers went back to work.", "May 2, 2024", True),
        ("KHARTOUM, March 3 (Reuters) - Police shot at a crowd on Monday.", "Monday", False),
        ("On Monday, March 3, dockers - some of them women - walked out.", "March 3", False),
        ("In Lubeni, on 3 March, police shot at a crowd.", "3 March", False),
        ("TARAM (Upper Bazar), Sept 3 (UNB) - Guards shot at a crowd.", "Sept 3", True),
        ("The strike began in Lubeni, 3 May – a public holiday.", "3 May", False),
        ("Nine people were killed, 3 May (official figures) - and more later.", "3 May", False),
    ],
)
def test_the_date_of_a_dateline_is_no_happenings_date(sentence, phrase, dateline):
    at = sentence.index(phrase)
    assert is_dateline(sentence, Span(0, len(sentence)), Span(at, at + len(phrase))) is dateline


@given(st.text(max_size=200), st.integers(0, 200), st.integers(1, 30))
def test_no_sentence_breaks_it(text, start, length):
    if start + length > len(text):
        return
    phrases = {p: v for p in find_times(text) if (v := resolve_time(text[p.start : p.end], published=PUBLISHED))}
    happening = Happening(Span(start, start + length), "PROTEST", "occurred")
    for _, chance in chances(text, Span(0, len(text)), [happening], phrases, {}):
        assert 0.0 <= chance <= 1.0


@pytest.mark.parametrize(
    ("sentence", "trigger", "phrase", "first", "last"),
    [
        ("Talks have been frozen since 9 May, when a guard was killed at the gate.", "killed", "9 May", "9", "9"),
        (
            "Talks have been frozen since 9 May, when a guard was killed at the gate.",
            "frozen",
            "since 9 May",
            "9",
            None,
        ),
        ("They held the mill until Sunday, when police removed them.", "removed", "Sunday", "12", "12"),
        ("They held the mill until Sunday, when police removed them.", "held", "until Sunday", None, "12"),
        (
            "Police have killed nine since the siege began on 9 May.",
            "killed",
            "since the siege began on 9 May",
            "9",
            None,
        ),
        ("Nurses struck on Friday when pay was cut.", "cut", "Friday", "10", "10"),
    ],
)
def test_each_happening_reads_a_phrase_in_its_own_way(sentence, trigger, phrase, first, last):
    (found,) = [p for p in find_times(sentence) if phrase.endswith(sentence[p.start : p.end].split()[-1])]
    at = sentence.index(trigger)
    happening = Happening(Span(at, at + len(trigger)), "COERCE", "occurred")
    document = Document(id="d", text=sentence, published=PUBLISHED)
    read = resolve_time(sentence[found.start : found.end], published=PUBLISHED, tense="past")
    span, interval = as_told(document, Span(0, len(sentence)), happening, found, read)
    days = [str(day.day) if day else None for day in (interval.earliest, interval.latest)]
    assert (document.quote(span).removeprefix("on "), *days) == (phrase, first, last)
