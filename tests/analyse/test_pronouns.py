"""Who a pronoun before a trigger is: only where a noun near by can be meant."""

from __future__ import annotations

import pytest

from groundswell.analyse.pronouns import pronouns
from groundswell.analyse.sentences import sentences
from groundswell.records import Document, Finding, Record, Span
from groundswell.values import Mention, Ref, Role, Statement, Trigger


def roles_of(document: Document, *found: Finding[object]) -> list[Finding[Role]]:
    """What the stage gives for a document in which this was found."""
    record = Record(document)
    record = record.add(tuple(sentences.batch([record])[0])).add(found)
    return list(pronouns.function(record))


def actor(text: str, trigger: str, people: tuple[str, ...] = (), bodies: tuple[str, ...] = (), said: tuple[str, str] | None = None) -> str | None:  # fmt: skip
    """The actor given to the last ``trigger`` of a text whose people, acting bodies and one statement are marked."""

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    at = text.rindex(trigger)
    mark = Span(at, at + len(trigger))
    found: list[Finding[object]] = [Finding(Trigger("REQUEST", None, "occurred"), (mark,), "t", 0.9)]
    found += [Finding(Mention("person"), (span(words),), "t", 0.9) for words in people]
    found += [Finding(Role("actor", Ref(0, 1)), (span(words),), "t", 0.9) for words in bodies]
    if said:
        speaker = span(said[0])
        found.append(Finding(Statement(True, Ref(speaker.start, speaker.end)), (span(said[1]),), "t", 0.9))
    given = roles_of(Document("d", text), *found)
    assert all(f.value.kind == "actor" and f.value.trigger == Ref(mark.start, mark.end) for f in given)
    return text[given[0].span.start : given[0].span.end] if given else None


def test_the_subject_of_the_sentence_before() -> None:
    text = "Ama Sarpong met Kofi Badu on Monday. She has repeatedly urged the court to sit."
    assert actor(text, "urged", people=("Ama Sarpong", "Kofi Badu")) == "Ama Sarpong"


def test_it_is_a_body_and_no_person() -> None:
    text = "The Transport Guild struck on Monday, Kofi Badu said. It demanded talks."
    assert actor(text, "demanded", people=("Kofi Badu",), bodies=("Transport Guild",)) == "Transport Guild"
    assert actor(text, "demanded", people=("Kofi Badu",)) is None


@pytest.mark.parametrize(
    "sentence", ["They urged calm.", "She was urged to go.", "She said the guild urged calm.", "Her son urged calm."]
)
def test_other_subjects_stay_unknown(sentence: str) -> None:
    assert actor(f"Ama Sarpong spoke on Monday. {sentence}", "urged", people=("Ama Sarpong",)) is None


def test_too_far_away_is_unknown() -> None:
    text = "Ama Sarpong spoke. Rain fell. It snowed. Wind rose. She urged calm."
    assert actor(text, "urged", people=("Ama Sarpong",)) is None


def test_a_first_person_is_the_speaker() -> None:
    text = '"We demand his release," said the Transport Guild.'
    assert actor(text, "demand", said=("Transport Guild", "We demand his release")) == "Transport Guild"
    assert actor(text, "demand") is None


def test_a_trigger_with_an_actor_gets_no_second_one() -> None:
    text = "Ama Sarpong spoke. She urged calm."
    mark, name = Span(23, 28), Span(0, 11)
    assert text[23:28] == "urged"
    trigger = Finding(Trigger("REQUEST", None, "occurred"), (mark,), "t", 0.9)
    person = Finding(Mention("person"), (name,), "t", 0.9)
    assert len(roles_of(Document("d", text), trigger, person)) == 1
    assert not roles_of(
        Document("d", text), trigger, person, Finding(Role("actor", Ref(23, 28)), (Span(19, 22),), "t", 0.9)
    )


def first_person(title: str, body: str, role: str, bodies: tuple[str, ...], quoted: str = "") -> list[tuple[str, str]]:
    """Kinds and words of the roles given where "We" has ``role`` in the text of a titled document."""
    text = f"{title}\n\n{body}"

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    mark = span("march")
    found: list[Finding[object]] = [Finding(Trigger("PROTEST", "demo", "called_for"), (mark,), "t", 0.9)]
    found += [Finding(Mention("organisation"), (span(words),), "t", 0.9) for words in bodies]
    found.append(Finding(Role(role, Ref(mark.start, mark.end)), (span("We"),), "t", 0.9))  # type: ignore[arg-type]
    if quoted:
        found.append(Finding(Statement(True, None), (span(quoted),), "t", 0.9))
    given = roles_of(Document("d", text, title=title, body_start=len(title) + 2), *found)
    return [(f.value.kind, text[f.span.start : f.span.end]) for f in given]


def test_we_of_a_statement_is_the_body_that_its_title_names() -> None:
    title, body = "Statement of the Dockers' League on the lockout", "We call on all members to march on Friday."
    assert first_person(title, body, "called_by", ("Dockers' League",)) == [("called_by", "Dockers' League")]
    assert first_person("Dockers' League: why we go", body, "called_by", ("Dockers' League",)) == [
        ("called_by", "Dockers' League")
    ]


def test_we_is_the_body_of_the_letterhead_under_a_title_that_names_nobody() -> None:
    body = "Dockers' League\nVarna, 3 May\n\nWe call on all members to march on Friday."
    assert first_person("COMMUNIQUE No. 7", body, "called_by", ("Dockers' League",)) == [
        ("called_by", "Dockers' League")
    ]
    assert first_person("Dockers locked out", body, "called_by", ("Dockers' League",)) == []


def test_we_stays_unknown_where_no_title_says_whose_statement_it_is_or_somebody_unnamed_is_quoted() -> None:
    body = "We call on all members to march on Friday."
    assert first_person("Dockers' League locked out", body, "called_by", ("Dockers' League",)) == []
    title = "Statement of the Dockers' League on the lockout"
    assert first_person(title, body, "called_by", ("Dockers' League",), quoted=body[:-1]) == []


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("Ama Sarpong spoke. She called on the army to march.", [("called_by", "Ama Sarpong")]),
        ("Ama Sarpong spoke. She was asked to march.", []),
        ("We have again asked the army to march.", [("called_by", "We")]),
        ("She asked the army to march.", []),
    ],
)
def test_who_asks_by_a_pronoun(body: str, given: list[tuple[str, str]]) -> None:
    at = body.index("march")
    found: list[Finding[object]] = [Finding(Trigger("PROTEST", "demo", "called_for"), (Span(at, at + 5),), "t", 0.9)]
    if "Ama" in body:
        found.append(Finding(Mention("person"), (Span(0, len("Ama Sarpong")),), "t", 0.9))
    read = roles_of(Document("d", body), *found)
    assert [(f.value.kind, body[f.span.start : f.span.end]) for f in read] == given
