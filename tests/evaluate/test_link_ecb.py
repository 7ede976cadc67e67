from __future__ import annotations

from groundswell.evaluate import link_ecb

WORDS = ["Miners", "struck", "in", "Lima", "on", "Monday", ".", "Police", "said", "so", "."]


def page(name, instance):
    tokens = "".join(
        f'<token t_id="{n + 1}" sentence="{0 if n < 7 else 1}" number="{n}">{word}</token>'
        for n, word in enumerate(WORDS)
    )
    marks = {
        "HUMAN_PART_PER": (1, 1),
        "ACTION_OCCURRENCE": (2, 2),
        "LOC_GEO": (3, 4),
        "TIME_DATE": (5, 6),
        "ACTION_REPORTING": (3, 9),
    }
    found = "".join(
        f'<{tag} m_id="{number}"><token_anchor t_id="{token}"/></{tag}>' for tag, (number, token) in marks.items()
    )
    relation = f'<CROSS_DOC_COREF r_id="9" note="{instance}"><source m_id="2"/><target m_id="40"/></CROSS_DOC_COREF>'
    return f'<Document doc_name="{name}">{tokens}<Markables>{found}</Markables><Relations>{relation}</Relations></Document>'


def corpus(folder):
    lines = ["Topic,File,Sentence Number"]
    for topic, file, instance in ((1, "1ecb", "ACT1"), (1, "2ecb", "ACT1"), (1, "1ecbplus", "ACT2")):
        (folder / str(topic)).mkdir(exist_ok=True)
        (folder / str(topic) / f"{topic}_{file}.xml").write_text(page(f"{topic}_{file}", instance), encoding="utf-8")
        lines.append(f"{topic},{file},0")
    (folder / "ECBplus_coreference_sentences.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_documents_become_reports_with_their_sentence_and_arguments(tmp_path):
    labelled = link_ecb.read(corpus(tmp_path))
    assert [list(each.gold.values()) for each in labelled] == [["ACT1"], ["ACT2"], ["ACT1"]]
    event = labelled[0].record["events"][0]
    text = labelled[0].record["document"]["text"]
    assert (event["trigger"]["text"], event["places"][0]["text"], event["time"]["text"]) == ("struck", "Lima", "Monday")
    assert [actor["name"] for actor in event["actors"]] == ["Miners"]
    for quote in (event["trigger"], event["evidence"], *event["places"]):
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_reporting_actions_and_unlisted_sentences_are_left_out(tmp_path):
    folder = corpus(tmp_path)
    assert all(len(each.record["events"]) == 1 for each in link_ecb.read(folder))
    (folder / "ECBplus_coreference_sentences.csv").write_text("Topic,File,Sentence Number\n1,1ecb,1", encoding="utf-8")
    assert link_ecb.read(folder) == []


def read_at(labelled, start, end, also=()):
    """What a reader would give for one event of a document, with its trigger there."""
    text = labelled.record["document"]["text"]
    event = labelled.record["events"][0]
    quotes = [{"text": text[a:b], "start": a, "end": b} for a, b in ((start, end), *also)]
    return {
        "document": labelled.record["document"],
        "events": [{**event, "id": "R", "trigger": quotes[0], "also": quotes[1:]}],
    }


def test_read_events_are_paired_with_the_actions_they_name(tmp_path):
    labelled = link_ecb.read(corpus(tmp_path))
    first, second, third = labelled
    trigger = first.record["events"][0]["trigger"]
    found = {
        first.record["document"]["id"]: read_at(first, trigger["start"], trigger["end"]),
        second.record["document"]["id"]: read_at(second, 0, 1),  # another word: not this action
        third.record["document"]["id"]: read_at(third, 0, 1, also=[(trigger["start"], trigger["end"])]),
    }
    read, annotated = link_ecb.read_and_gold(labelled, found)
    assert [list(each.gold.values()) for each in read] == [["ACT1"], [], ["ACT1"]]
    assert [list(each.gold.values()) for each in annotated] == [["ACT1"], [], ["ACT1"]]
    assert [event["id"] for event in read[0].record["events"]] == ["R"]


def test_a_document_with_another_text_is_left_out_of_both(tmp_path):
    labelled = link_ecb.read(corpus(tmp_path))
    other = {"document": {"text": "Something else."}, "events": []}
    name = labelled[0].record["document"]["id"]
    assert link_ecb.read_and_gold(labelled, {name: other}) == ([], [])
