"""Phrases put right: whole names, no dangling words, one part for the same words."""

from groundswell.analyse.reader_found import FoundRole, FoundSpan, FoundStatement, FoundTrigger, Reading, Words
from groundswell.analyse.reader_phrases import tidy
from groundswell.analyse.reader_words import units
from groundswell.records import Span


def roles_of(text, trigger, roles, names=()):
    (unit,) = units(text, [(Span(0, len(text)), 0, False)])

    def words(phrase):
        start = text.index(phrase)
        inside = [n for n, (a, b) in enumerate(unit.words) if a < start + len(phrase) and start < b]
        return Words(inside[0], inside[-1] + 1)

    found = tuple(FoundRole(kind, words(phrase), score) for kind, phrase, score in roles)
    entities = tuple(FoundSpan("person", words(name), 0.9) for name in names)
    reading = Reading((FoundTrigger(words(trigger), "CONSULT", None, "occurred", 0.9, found),), (), entities, ())
    done = tidy(text, unit, reading).triggers[0].roles
    return [(r.kind, text[unit.words[r.words.first][0] : unit.words[r.words.stop - 1][1]]) for r in done]


def test_a_name_cut_short_is_made_whole():
    text = "Mayor Brita Hagi Hasan met envoys."
    assert roles_of(text, "met", [("actor", "Brita Hagi", 0.8)], ["Brita Hagi Hasan"]) == [
        ("actor", "Brita Hagi Hasan")
    ]


def test_what_it_is_about_ends_with_a_whole_name_or_without_a_dangling_word():
    text = "Nurses met envoys over the siege of Port Sudan and the closure of the"
    roles = [("issue", "siege of Port", 0.8)]
    assert roles_of(text, "met", roles, ["Port Sudan"]) == [("issue", "siege of Port Sudan")]
    assert roles_of(text, "met", [("issue", "closure of the", 0.8)]) == [("issue", "closure")]


def test_the_point_of_a_shortened_name_stays():
    text = "The U.S. and Sami L. met envoys of plan B."
    roles = [("actor", "U.S", 0.8), ("target", "Sami L", 0.7), ("called_by", "plan B", 0.6)]
    assert roles_of(text, "met", roles, ["Sami L."]) == [
        ("actor", "U.S."), ("called_by", "plan B"), ("target", "Sami L."),
    ]  # fmt: skip


def test_a_speakers_name_cut_short_is_made_whole():
    text = "Trade Union Congress leaders said no."
    (unit,) = units(text, [(Span(0, len(text)), 0, False)])
    said = FoundStatement(Words(5, 6), 0.9, Words(0, 1), Words(4, 5), 0.8)
    reading = Reading((), (said,), (FoundSpan("organisation", Words(0, 3), 0.9),), ())
    assert tidy(text, unit, reading).statements[0].speaker == Words(0, 3)


def test_title_and_name_that_touch_are_one_actor():
    text = "Prime Minister Ana Ruiz met envoys."
    roles = [("actor", "Prime Minister", 0.6), ("actor", "Ana Ruiz", 0.8), ("target", "envoys", 0.7)]
    assert roles_of(text, "met", roles) == [("actor", "Prime Minister Ana Ruiz"), ("target", "envoys")]


def test_dangling_words_go_and_brackets_close():
    text = "The families of the dead met the Peace Front (PF) there."
    roles = [("actor", "The families of", 0.6), ("target", "the Peace Front (PF", 0.7)]
    assert roles_of(text, "met", roles) == [("actor", "families"), ("target", "Peace Front (PF)")]


def test_the_same_words_are_not_both_actor_and_target():
    text = "The bishop met a crowd."
    assert roles_of(text, "met", [("actor", "bishop", 0.8), ("target", "bishop", 0.4)]) == [("actor", "bishop")]


def test_a_bare_preposition_is_no_time():
    text = "They met envoys by noon."
    assert roles_of(text, "met", [("time", "by", 0.5)]) == []
    assert roles_of(text, "met", [("time", "by noon", 0.5)]) == [("time", "by noon")]


def test_a_word_cut_at_its_hyphen_is_whole_and_a_dash_is_none():
    text = "A sub-inspector and vice-chancellor met the runner-up - a nurse - in Carrick-on-Suir."
    roles = [
        ("actor", "sub", 0.8),
        ("called_by", "vice-", 0.7),
        ("target", "runner-up -", 0.6),
        ("place", "Carrick", 0.6),
    ]
    assert roles_of(text, "met", roles) == [
        ("actor", "sub-inspector"), ("called_by", "vice-chancellor"), ("place", "Carrick-on-Suir"), ("target", "runner-up"),
    ]  # fmt: skip


def test_a_time_cut_at_its_number_is_made_whole():
    for text, cut, whole in (
        ("12:10 - They met envoys.", "12", "12:10"),
        ("They met envoys for a seven-day round.", "seven", "seven-day"),
        ("They met envoys for two days.", "two", "two days"),
        ("They met envoys at 5 a.m. (0300 GMT) on Monday.", "5 a.m. (0300 GMT", "5 a.m. (0300 GMT)"),
        ("They met envoys in 2019: ten came.", "2019", "2019"),
    ):
        assert roles_of(text, "met", [("time", cut, 0.5)]) == [("time", whole)]


def test_two_actors_apart_stay_two():
    text = "Nurses and doctors met envoys."
    assert roles_of(text, "met", [("actor", "Nurses", 0.8), ("actor", "doctors", 0.8)]) == [
        ("actor", "Nurses"), ("actor", "doctors"),
    ]  # fmt: skip
