from __future__ import annotations

from groundswell.train import corpus, corpus_mend


def mended(text: str, **annotation: object) -> tuple[dict, dict[str, int]]:
    raw = {"id": "own-1", "source": "written for this corpus", "text": text, **annotation}
    (row,), _ = corpus.finish([raw])
    done = corpus_mend.mend([row])
    return row, dict(done)


def event(kind: str, trigger: str, **roles: object) -> dict:
    return {"type": kind, "status": "occurred", "trigger": trigger, **roles}


def test_time_loses_its_preposition_and_keeps_its_offsets():
    text = "They marched on Friday in Lusaka."
    row, _ = mended(text, events=[event("PROTEST", "marched", time="on Friday", places=["Lusaka"])])
    assert row["events"][0]["time"] == {"text": "Friday", "start": 16, "end": 22}
    kept, _ = mended("They have marched since Friday.", events=[event("PROTEST", "marched", time="since Friday")])
    assert kept["events"][0]["time"]["text"] == "since Friday"


def test_unnamed_settings_are_no_places_and_named_ones_become_entities():
    row, _ = mended(
        "They marched on the campus in Lusaka.", events=[event("PROTEST", "marched", places=["campus", "Lusaka"])]
    )
    assert [place["text"] for place in row["events"][0]["places"]] == ["Lusaka"]
    assert [(e["text"], e["kind"]) for e in row["entities"]] == [("Lusaka", "place")]


def test_person_nouns_and_conditionless_accusations_are_dropped():
    text = "Protesters criticised the plan."
    row, done = mended(text, events=[event("PROTEST", "Protesters"), event("ACCUSE", "criticised", mode="disapprove")])
    assert row["events"] == []
    assert set(done) == {"bare person noun is no event", "condemnation without a condemner dropped"}


def test_siege_stones_and_generic_protest_get_their_mode():
    text = "Under siege, they pelted stones in an agitation."
    given = [event("COERCE", "siege"), event("ASSAULT", "pelted stones"), event("PROTEST", "agitation")]
    row, _ = mended(text, events=given)
    assert [(e["type"], e["mode"]) for e in row["events"]] == [
        ("COERCE", "restrict"),
        ("PROTEST", "riot"),
        ("PROTEST", "demo"),
    ]


def test_pronoun_goes_only_beside_its_noun():
    both, _ = mended("The miners, they walked out.", events=[event("PROTEST", "walked out", actors=["miners", "they"])])
    assert [actor["text"] for actor in both["events"][0]["actors"]] == ["miners"]
    alone, _ = mended("They walked out.", events=[event("PROTEST", "walked out", actors=["They"])])
    assert [actor["text"] for actor in alone["events"][0]["actors"]] == ["They"]


def test_figures_of_freed_people_and_vague_amounts():
    text = "Rebels freed nine soldiers and several drivers."
    figures = [{"text": "nine", "of": "other"}, {"text": "several", "of": "other"}]
    row, _ = mended(text, events=[event("RETREAT", "freed", mode="release", figures=figures)])
    assert [(f["text"], f["of"]) for f in row["events"][0]["figures"]] == [("nine", "affected")]


def test_statement_loses_its_marks_but_not_an_abbreviation():
    text = '"We go." He left the U.S. "Now," she said.'
    statements = [{"content": '"We go."', "direct": True}, {"content": "He left the U.S.", "direct": False}]
    row, _ = mended(text, statements=statements)
    assert [s["content"]["text"] for s in row["statements"]] == ["We go", "He left the U.S."]


def test_country_that_acts_is_an_organisation_and_every_mention_is_marked():
    text = "Kenya recalled its envoy. Nairobi is hot, and Nairobi is far."
    entities = [{"text": "Kenya", "kind": "place"}, {"text": "Nairobi", "kind": "place"}]
    row, _ = mended(text, events=[event("SANCTION", "recalled", actors=["Kenya"])], entities=entities)
    assert [(e["text"], e["kind"]) for e in row["entities"]] == [
        ("Kenya", "organisation"),
        ("Nairobi", "place"),
        ("Nairobi", "place"),
    ]


def test_mending_twice_changes_nothing_more():
    text = "They marched on Friday, police said."
    given = [event("PROTEST", "marched", time="on Friday", attribution="police said")]
    row, first = mended(text, events=given)
    assert first
    assert row["events"][0]["attribution"]["text"] == "police"
    assert not corpus_mend.mend([row])


def test_evictions_restrict():
    row, _ = mended("Bailiffs evicted them.", events=[event("COERCE", "evicted", mode="deport")])
    assert row["events"][0]["mode"] == "restrict"
