"""Time phrases to intervals: the corpus, anchors, tenses, the stage, and what must hold for any text."""

from __future__ import annotations

import locale
import os
import time as clock
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.analyse.sentences import sentences
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.time import find_times, resolve_time, sentence_tense, times
from groundswell.values import Interval, Mention, Ref, Role, Trigger

CORPUS = tomllib.loads((Path(__file__).parents[1] / "corpus" / "en" / "time.toml").read_text(encoding="utf-8"))
PUBLISHED = CORPUS["published"]
CASES = [(wording, value) for value in CORPUS["value"] for wording in value["wordings"]]


def resolve(wording, value, published=PUBLISHED):
    return resolve_time(wording, published=published, tense=value.get("tense", "past"), anchor=value.get("anchor"))


def words_of(text):
    return [text[span.start : span.end] for span in find_times(text)]


@pytest.mark.parametrize(("wording", "value"), CASES, ids=[f"{w}={v.get('earliest')}" for w, v in CASES])
def test_wording_has_its_value(wording, value):
    found = resolve(wording, value)
    assert found is not None
    assert (found.earliest, found.latest, found.precision) == (
        value.get("earliest"),
        value.get("latest"),
        value["precision"],
    )
    if "basis" in value:
        assert found.basis == value["basis"]


@pytest.mark.parametrize("wording", CORPUS["nothing"])
def test_nothing_is_claimed(wording):
    if wording in ("may",):  # alone and given as a time it is the month; in a sentence it is a verb
        assert find_times(f"They {wording} strike.") == []
        return
    assert resolve_time(wording, published=PUBLISHED, tense="past") is None
    assert resolve_time(wording, published=PUBLISHED, tense="future") is None


def test_corpus_is_large_enough():
    assert len(CASES) + len(CORPUS["nothing"]) >= 250


@pytest.mark.parametrize(("wording", "value"), CASES, ids=[w for w, _ in CASES])
def test_without_publication_only_stated_dates_resolve(wording, value):
    found = resolve(wording, value, published=None)
    assert found is None or found.basis in ("stated", "relative to text")
    if value.get("basis") == "stated":
        assert found is not None


def test_month_turns_and_leap_years():
    assert resolve_time("yesterday", published=date(2024, 3, 1), tense="past").earliest == date(2024, 2, 29)
    assert resolve_time("29 February", published=date(2025, 3, 1), tense="past").earliest == date(2024, 2, 29)
    assert resolve_time("last month", published=date(2024, 1, 15)).earliest == date(2023, 12, 1)
    assert resolve_time("last week", published=date(2024, 1, 3)).latest == date(2023, 12, 31)
    assert resolve_time("tomorrow", published=date(9999, 12, 31)) is None
    assert resolve_time("last year", published=date(1, 1, 1)) is None


@pytest.mark.parametrize("days", range(7))
def test_a_weekday_is_on_or_before_publication_in_the_past_and_after_it_in_the_future(days):
    published = date(2023, 11, 6) + timedelta(days=days)
    for name, number in (("Monday", 0), ("Thursday", 3), ("Sunday", 6)):
        past = resolve_time(name, published=published, tense="past").earliest
        future = resolve_time(name, published=published, tense="future").earliest
        assert past.weekday() == future.weekday() == number
        assert 0 <= (published - past).days <= 6
        assert 1 <= (future - published).days <= 7


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Tokyo"])
def test_time_zone_and_locale_change_nothing(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    before = locale.setlocale(locale.LC_ALL)
    if hasattr(clock, "tzset"):
        clock.tzset()
    for name in ("tr_TR.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
    assert resolve_time("overnight", published=PUBLISHED) == Interval(
        date(2023, 11, 8), date(2023, 11, 9), "range", "relative to published"
    )
    assert resolve_time("FRIDAY", published=PUBLISHED, tense="past").earliest == date(2023, 11, 3)
    locale.setlocale(locale.LC_ALL, before)
    os.environ.pop("TZ", None)
    if hasattr(clock, "tzset"):
        clock.tzset()


# -- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Police said on Monday that the march of 3 May 2023 was banned.", ["Monday", "3 May 2023"]),
        ("Dockers walked out on Tuesday, November 7, after talks failed.", ["Tuesday, November 7"]),
        ("It began in the night of 3 to 4 May and lasted until Friday.", ["the night of 3 to 4 May", "until Friday"]),
        ("Nurses will strike from Monday to Wednesday next week.", ["from Monday to Wednesday next week"]),
        ("Since Friday, 200 people have been held.", ["Since Friday"]),
        ("Theresa May may march in March.", ["March"]),
        ("The Sun and the Star reported it. Sat down, they waited.", []),
        ("They paid $2004 for 1850 people, or 2004 people in all.", []),
        ("He fell. Prices fall in the fall of 2008.", ["the fall of 2008"]),
        ("The protest on the 9th floor began on the 9th.", ["the 9th"]),
        ("Talks in Geneva on Sept. 11, 2021. Later they failed.", ["Sept. 11, 2021"]),
        ("The strike ended on Monday. Tuesday was calm.", ["Monday", "Tuesday"]),
        ("A bomb went off at 2 p.m. on Wednesday in a market.", ["2 p.m. on Wednesday"]),
        ("Last week\n\nOn Monday they met.", ["Last week", "Monday"]),
        ("Opposition leaders called a rally for Saturday, 11 November 2023.", ["Saturday, 11 November 2023"]),
        ("the 2004 tsunami, the 1992 protests", ["2004", "1992"]),
        ("It houses nearly 2000 inmates; it opened around 2004 in town.", ["around 2004"]),
        ("'01st July 2010' was printed there.", ["01st July 2010"]),
        ("No time is told here at all.", []),
    ],
)
def test_finds_the_longest_sensible_phrase(text, phrases):
    assert words_of(text) == phrases


# -- tense ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "at", "tense"),
    [
        ("Nurses will walk out on Monday.", "Monday", "future"),
        ("Nurses walked out on Monday.", "Monday", "past"),
        ("Police shot two men on Monday.", "Monday", "past"),
        ("On Monday, farmers are to block the port.", "Monday", "future"),
        ("On Monday, farmers blocked the port.", "Monday", "past"),
        ("The union urged its members to strike on Friday.", "Friday", "future"),
        ("On Friday the union urged its members to strike.", "Friday", "past"),
        ("The hearing was postponed until Tuesday.", "until Tuesday", "future"),
        ("A march planned for Saturday was banned.", "Saturday", "future"),
        ("The minister refused to meet them on Friday.", "Friday", "past"),
        ("The index rose to twelve points on Friday.", "Friday", "past"),
        ("He said on Sunday that the army would leave.", "Sunday", "past"),
        ("May Hassan spoke in town on Sunday.", "Sunday", "past"),
        ("The talks are due to resume on Sunday.", "Sunday", "future"),
        ("Monday.", "Monday", None),
    ],
)
def test_tense_of_the_verb_that_governs(sentence, at, tense):
    assert sentence_tense(sentence, sentence.index(at)) == tense


def test_tense_of_a_whole_sentence():
    assert sentence_tense("The union said nurses will strike.") == "future"
    assert sentence_tense("") is None


# -- the stage --------------------------------------------------------------------------------------------------------


def read(text, *findings, published=PUBLISHED):
    record = Record(Document(id="d", text=text, published=published), findings)
    return Pipeline([sentences, times], by="test").read(record)


def span_of(text, words):
    return Span(text.index(words), text.index(words) + len(words))


def intervals(record):
    return {record.document.quote(f.span): f.value for f in record.of(Interval)}


def test_stage_finds_mentions_and_resolves_them_by_the_verb():
    text = "Nurses walked out on Monday. They will strike again on Monday."
    record = read(text)
    found = [f.value.earliest for f in record.of(Interval)]
    assert found == [date(2023, 11, 6), date(2023, 11, 13)]
    assert [f.value.kind for f in record.of(Mention)] == ["time", "time"]
    assert all(f.by == "resolve.time/weekday" for f in record.of(Interval))


def test_stage_does_not_repeat_the_readers_mentions():
    text = "Nurses walked out on Monday."
    given = Finding(Mention("time"), (span_of(text, "Monday"),), by="reader")
    record = read(text, given)
    assert [f.by for f in record.of(Mention)] == ["reader"]
    assert len(list(record.of(Interval))) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [("A curfew was imposed until Monday.", 13), ("Pickets were there in the rain until Monday.", 6)],
)
def test_the_end_of_what_was_imposed_lies_ahead_though_the_deed_is_done(text, day):
    trigger = span_of(text, "imposed" if "imposed" in text else "were there")
    role = Finding(Role("time", Ref(trigger.start, trigger.end)), (span_of(text, "until Monday"),), by="reader")
    event = Finding(Trigger("COERCE", "curfew", "occurred"), (trigger,), by="reader")
    interval = intervals(read(text, event, role))["until Monday"]
    assert (interval.earliest, interval.latest) == (None, date(2023, 11, day))


@pytest.mark.parametrize("text", ["Circular 48/2024", "file no. 1045-2022", "statement no. 103/2023"])
def test_the_year_of_a_file_number_is_no_time(text):
    assert find_times(text) == []


def test_stage_takes_the_tense_from_the_status_of_the_event():
    text = "Strike Friday, dockers told."
    trigger = span_of(text, "Strike")
    role = Finding(Role("time", Ref(trigger.start, trigger.end)), (span_of(text, "Friday"),), by="reader")
    for status, day in (("announced", 10), ("occurred", 3)):
        event = Finding(Trigger("PROTEST", "strike", status), (trigger,), by="reader")
        assert intervals(read(text, event, role))["Friday"].earliest == date(2023, 11, day)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("November 10", date(2023, 11, 10)),
        ("17 November", date(2023, 11, 17)),
        ("November 28", date(2022, 11, 28)),
        ("since November 10", date(2022, 11, 10)),
        ("since the siege began on November 10", date(2022, 11, 10)),
        ("November", date(2023, 11, 1)),
        ("November 10-11", date(2023, 11, 10)),
        ("Thanksgiving", date(2022, 11, 24)),
    ],
)
def test_a_day_just_ahead_is_not_the_year_before_even_where_the_event_is_said_to_have_occurred(words, day):
    assert resolve_time(words, published=PUBLISHED, tense="past").earliest == day


def test_the_day_after_publication_of_what_goes_on_is_that_day():
    text = "Schools are closed until November 10. Nurses have walked out on November 10."
    trigger = span_of(text, "walked out")
    event = Finding(Trigger("PROTEST", "strike", "ongoing"), (trigger,), by="reader")
    role = Finding(Role("time", Ref(trigger.start, trigger.end)), (Span(len(text) - 12, len(text) - 1),), by="reader")
    record = read(text, event, role)
    assert {v.latest for v in intervals(record).values()} == {date(2023, 11, 10)}


def test_stage_hangs_phrases_on_dates_the_text_gave():
    text = "On 1 October 2023 crowds gathered. The next day police came. Two days later it ended. In 1998 it failed; the following year too."
    found = intervals(read(text, published=None))
    assert found["The next day"] == Interval(date(2023, 10, 2), date(2023, 10, 2), "day", "relative to text")
    assert found["Two days later"].earliest == date(2023, 10, 4)
    assert found["the following year"].earliest == date(1999, 1, 1)


def test_stage_claims_no_date_without_an_anchor():
    record = read("They met on Friday and the next day. It was 8 November.", published=None)
    assert not list(record.of(Interval))
    assert len(list(record.of(Mention))) == 3


# -- for any text -----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [w for wording, _ in CASES for w in wording.split()]
    + [
        "the",
        "of",
        "in",
        "on",
        "to",
        "and",
        "from",
        "between",
        "since",
        "until",
        "by",
        "-",
        ",",
        ".",
        "'s",
        "ago",
        "last",
        "next",
        "3",
        "31",
        "99",
        "2004",
        "12/13",
        "1st",
        "Feb.",
        "week",
        "day",
    ]
)
PHRASES = st.lists(PIECES, max_size=12).map(" ".join)
DAYS = st.dates() | st.none()
TENSES = st.sampled_from(["past", "present", "future", None])


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | PHRASES, DAYS, TENSES, DAYS)
def test_no_phrase_crashes_and_no_interval_is_inverted(phrase, published, tense, anchor):
    found = resolve_time(phrase, published=published, tense=tense, anchor=anchor)
    if found is not None:
        assert found.earliest is not None or found.latest is not None
        assert found.earliest is None or found.latest is None or found.earliest <= found.latest
        assert (found.precision == "open") == (found.earliest is None or found.latest is None)
        assert found.basis != "relative to published" or published is not None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.lists(PHRASES, max_size=4).map(" people ".join))
def test_found_spans_lie_within_the_text_in_order(text):
    last = 0
    for span in find_times(text):
        assert last <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        last = span.end


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80) | PHRASES, st.none() | st.integers(0, 80))
def test_tense_takes_any_sentence(sentence, at):
    assert sentence_tense(sentence, at) in ("past", "present", "future", None)


@pytest.mark.parametrize(
    "piece", ["1, 2, ", "Monday and ", "the the ", "3 to ", "early late ", "May ", "of the last week ", "9-", "a"]
)
def test_finding_is_linear(piece):
    def seconds(count):
        text = piece * count
        best = 9.0
        for _ in range(3):
            started = clock.process_time()
            find_times(text)
            best = min(best, clock.process_time() - started)
        return best

    seconds(20)
    assert seconds(400) < 3 * max(seconds(200), 0.002)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dockers walked out on 3 May. The strike went on.", ["3 May"]),
        ("It began in June.", ["June"]),
        ("It lasted from May. 3, 2023 to 4 July.", ["from May. 3, 2023 to 4 July"]),
        ("It began on 12 Oct. 2023.", ["12 Oct. 2023"]),
    ],
)
def test_the_full_stop_behind_a_month_is_the_sentences(text, found):
    assert [text[span.start : span.end] for span in find_times(text)] == found
