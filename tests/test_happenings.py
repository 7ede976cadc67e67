"""Which tellings are one happening: by what their sentences share, never across types or days that lie apart."""

from __future__ import annotations

from datetime import date

import pytest

from groundswell import happenings
from groundswell.analyse.sentences import sentences
from groundswell.assemble import View, _report, _time, tellings
from groundswell.happenings import REACH, Side, group, joined, sentence_trees, shared, weights
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.time import times
from groundswell.values import Interval, Mention, Ref, Role, Statement, Trigger

PUBLISHED = date(2024, 5, 15)


def told(text, *triggers, title=None):
    """Tellings of a text: (word, type, mode, status, time words or None) each."""
    document = Document(
        id="d", text=text, source_id="s", title=title, body_start=len(title) + 1 if title else 0, published=PUBLISHED
    )
    found, at = [], 0
    for word, kind, mode, status, when in triggers:
        start = text.index(word, at)
        at = start + len(word)
        found.append(Finding(Trigger(kind, mode, status), (Span(start, at),), "test"))
        if when:
            begins = text.index(when, max(0, text.rfind(".", 0, start)))
            span = Span(begins, begins + len(when))
            found.append(Finding(Role("time", Ref(start, at)), (span,), "test", 0.95))
            found.append(Finding(Mention("time"), (span,), "test"))
    (read,) = Pipeline([sentences], by="test").run([Record(document)])
    record = read.add(tuple(found))
    record = record.add(tuple(times.function(record)))
    return document, tellings(View(record))


def words(document, groups):
    return [[document.quote(member.span) for member in members] for members in groups]


def test_a_headline_and_its_story_are_one():
    title = "Dock workers strike in Varna"
    text = (
        f"{title}\nDock workers in Varna went on strike on Monday over pay. The strike closed two of three terminals."
    )
    document, found = told(
        text,
        ("strike", "PROTEST", "strike", "occurred", None),
        ("strike", "PROTEST", "strike", "occurred", "Monday"),
        ("strike", "PROTEST", "strike", "occurred", None),
        title=title,
    )
    assert words(document, group(document, found)) == [["strike", "strike", "strike"]]


def test_another_type_is_another_happening():
    text = "Police arrested nine people at the march on Monday. The march went on."
    document, found = told(
        text, ("arrested", "COERCE", "arrest", "occurred", None), ("march", "PROTEST", "demo", "occurred", None)
    )
    assert len(group(document, found)) == 2


def test_days_that_lie_apart_are_never_joined():
    text = "Nurses marched in Plovdiv on 2 May. Nurses marched in Plovdiv on 9 May."
    document, found = told(
        text, ("marched", "PROTEST", "demo", "occurred", "2 May"), ("marched", "PROTEST", "demo", "occurred", "9 May")
    )
    assert [len(members) for members in group(document, found)] == [1, 1]


def test_happenings_side_by_side_in_one_sentence_stay_apart():
    text = "Gunmen shot a teacher in Kandal and bombed a bridge near the border."
    document, found = told(
        text,
        ("shot", "ASSAULT", "firearms", "occurred", None),
        ("bombed", "ASSAULT", "explosives", "occurred", None),
    )
    assert len(group(document, found)) == 2


def test_a_word_taken_up_is_likelier_the_same_than_another_word():
    text = "Farmers blockaded the road to Agram. The blockade lasted two days. Students occupied a hall in Zadar."
    document, found = told(
        text,
        ("blockaded", "PROTEST", "obstruct", "occurred", None),
        ("blockade", "PROTEST", "obstruct", "occurred", None),
        ("occupied", "PROTEST", "obstruct", "occurred", None),
    )
    first, again, other = (Side(document, telling) for telling in found)
    assert joined(first, again) > joined(first, other)


@pytest.mark.parametrize("sentence", ["Workers in town {} marched.", "The workers of Varna marched on."])
def test_every_telling_is_in_one_group_and_distance_bounds_the_work(monkeypatch, sentence):
    many = 3 * REACH
    text = " ".join(sentence.format(n) for n in range(many))
    document, found = told(text, *[("marched", "PROTEST", "demo", "occurred", None)] * many)
    asked = []
    original = happenings.joined
    monkeypatch.setattr(happenings, "joined", lambda a, b: asked.append((a, b)) or original(a, b))
    groups = group(document, found)
    assert sorted(id(t) for members in groups for t in members) == sorted(id(t) for t in found)
    assert all(b.telling.index - a.telling.index <= REACH for a, b in asked)
    assert len(asked) <= many * REACH


def test_trees_and_weights_name_what_exists():
    text = "Farmers blockaded the road. The blockade lasted two days."
    document, found = told(
        text,
        ("blockaded", "PROTEST", "obstruct", "occurred", None),
        ("blockade", "PROTEST", "obstruct", "occurred", None),
    )
    named = set(shared(*(Side(document, telling) for telling in found)))
    known = {name for name in sentence_trees().names if not name.startswith("type ")}
    assert known <= named
    assert set(weights()) == {"trees", "same status", "statuses apart", "same mode", "modes apart", "bias"}


@pytest.mark.parametrize("words", ["killings", "killed", "killing"])
def test_stem(words):
    assert happenings.stem(words) == "kill"


def test_a_date_from_another_telling_must_be_sure():
    document = Document(id="d", text="Dockers marched. The march on Monday ended.", source_id="s", published=PUBLISHED)
    sentence, other = Span(0, 16), Span(17, 43)

    def telling(span, home, *roles):
        made = happenings.Telling(
            Finding(Trigger("PROTEST", "demo", "occurred"), (span,), "t"), home, 0, False, 0 if home == sentence else 1
        )
        made.roles = {"time": list(roles)}
        made.times = {role.span: Interval(date(2024, 5, 13), date(2024, 5, 13), "day", "stated") for role in roles}
        return made

    def dated(chance):
        role = Finding(Role("time", Ref(21, 26)), (Span(30, 36),), "t", chance)
        return [telling(Span(8, 15), sentence), telling(Span(21, 26), other, role)]

    view = View(Record(document))
    assert _time(view, dated(0.6)) is None
    assert _time(view, dated(0.9)).interval.earliest == date(2024, 5, 13)
    assert _time(view, list(reversed(dated(0.6)))).interval.earliest == date(2024, 5, 13)


@pytest.mark.parametrize(
    ("text", "trigger", "when", "status"),
    [
        ("Police shot two men at Kasserine on May 17.", "shot", "May 17", "occurred"),
        ("Nine students were arrested in Kasserine on May 17.", "arrested", "May 17", "occurred"),
        ("A march in Kasserine on May 17 drew thousands.", "march", "May 17", "announced"),
        ("Schools are closed in Kasserine on May 17.", "closed", "May 17", "announced"),
        ("Nine students will be arrested in Kasserine on May 17.", "arrested", "May 17", "announced"),
        ("Police shot two men at Kasserine on May 13.", "shot", "May 13", "occurred"),
        ("Police shot two men at Kasserine in August 2024.", "shot", "August 2024", "occurred"),
        ("The killing of August 2024 divided Kasserine.", "killing", "August 2024", "announced"),
    ],
)
def test_what_is_dated_just_ahead_has_not_happened_yet_unless_its_own_verb_says_so(text, trigger, when, status):
    """Published on 15 May; where the verb is past, the day of publication is likelier wrong than the text."""
    document, found = told(text, (trigger, "COERCE", None, "occurred", when))
    report = _report(View(Record(document)), found, ()).value
    assert report.status == status
    assert document.quote(Span(*report.time.ref)).endswith(when)


def test_a_number_that_only_says_who_speaks_counts_nobody():
    text = "Police held nine men in Sake, said one woman."
    at = {
        word: Span(text.index(word), text.index(word) + len(word))
        for word in ("held", "nine", "one", "one woman", "said")
    }
    trigger = Ref(at["held"].start, at["held"].end)
    content = Span(0, text.index(", said"))
    found = (
        Finding(Trigger("COERCE", "arrest", "occurred"), (at["held"],), "test"),
        *(Finding(Role("figure", trigger, "arrested"), (at[word],), "test", 0.9) for word in ("nine", "one")),
        Finding(Statement(False, Ref(at["one woman"].start, at["one woman"].end), None), (content,), "test"),
    )
    record = Record(Document(id="d", text=text, source_id="s")).add(found)
    roles = [role for held in View(record).roles.values() for role in held]
    assert [role.span for role in roles] == [at["nine"]]
