"""Who calls for what the points of a list call for: whom the line before the list names."""

from __future__ import annotations

import pytest

from groundswell.analyse.listed import lead_of, listed
from groundswell.analyse.sentences import sentences
from groundswell.records import Document, Finding, Record, Span
from groundswell.values import Mention, Ref, Role, Trigger

TITLE = "Statement of the Dockers' League on the lockout"


def called_by(body: str, names: tuple[str, ...] = (), *, read: bool = False) -> list[str]:
    """Who is given as calling for the release that the text tells of."""
    text = f"{TITLE}\n\n{body}"

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    mark = span("release")
    at = Ref(mark.start, mark.end)
    found: list[Finding[object]] = [Finding(Trigger("RETREAT", "release", "called_for"), (mark,), "t", 0.9)]
    found += [Finding(Mention("organisation"), (span(words),), "t", 0.9) for words in ("Dockers' League", *names)]
    if read:
        found.append(Finding(Role("called_by", at), (span(names[0]),), "t", 0.9))
    record = Record(Document("d", text, title=TITLE, body_start=len(TITLE) + 2))
    record = record.add(tuple(sentences.batch([record])[0])).add(tuple(found))
    given = list(listed.function(record))
    assert all((f.value.kind, f.value.trigger) == ("called_by", at) for f in given)
    return [text[f.span.start : f.span.end] for f in given]


def test_the_name_before_the_verb_of_asking() -> None:
    body = "In May the Port Board met. The Rights Watch asked the Port Board:\n- to pay,\n- to release the two men."
    assert called_by(body, ("Rights Watch", "Port Board")) == ["Rights Watch"]


def test_a_verb_in_e_asks_too() -> None:
    body = "The Rights Watch urged the Port Board:\n- to pay,\n- to release the two men."
    assert called_by(body, ("Rights Watch", "Port Board")) == ["Rights Watch"]


def test_who_was_asked_does_not_ask() -> None:
    body = "The Port Board was urged by the Rights Watch to:\n- release the two men."
    assert called_by(body, ("Rights Watch", "Port Board")) == ["Rights Watch"]


def test_we_before_a_list_is_who_issued_the_statement() -> None:
    assert called_by("We demand:\n\n1. higher pay;\n2. the release of Ama.") == ["Dockers' League"]
    assert called_by("They came at dawn. We demand\n- that they release Ama.") == ["Dockers' League"]


@pytest.mark.parametrize(
    "body",
    [
        "We demand the release of Ama.",  # no list
        "The talks failed.\n- the release of Ama",  # no colon opens it
        "The demands are:\n- the release of Ama",  # nobody is named
    ],
)
def test_nobody_is_guessed(body: str) -> None:
    assert called_by(body) == []


def test_what_was_read_stands() -> None:
    assert called_by("We demand:\n- release, the Port Board said", ("Port Board",), read=True) == []


def test_the_lead_is_the_line_before_the_first_point() -> None:
    text = "A.\nWe ask:\n- one;\n\n- two."
    lead = lead_of(text, text.index("two"))
    assert lead is not None
    assert text[lead.start : lead.end] == "We ask:"
