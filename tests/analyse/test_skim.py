"""Documents in which no event is expected: named, not read on; the others come out the same to the byte."""

import json

from groundswell.analyse import reader
from groundswell.api import read_documents
from groundswell.ingest import text_document
from groundswell.presets import preset

EVENTFUL = "Hundreds of nurses marched in Leeds on Monday over pay. Police arrested two of them near the station. "
DULL = [
    "The soup needs an hour on a low flame before the leeks go in.",
    "A little salt brings out the sweetness of the carrots.",
    "Cream may be stirred in at the end, though many prefer it without.",
    "The bowl should be warm and the bread thickly cut.",
    "Leeks grow well in heavy soil and stand the frost.",
    "A sharp knife makes the work easier and safer.",
    "Onions can take their place where the taste is to be milder.",
    "The colour turns to a pale green as the pot cools.",
    "It keeps for three days on a cold shelf.",
    "Pepper is best ground fresh over each plate.",
    "Potatoes thicken the broth without any flour.",
    "The smell fills the kitchen long before supper.",
    "A spoon of butter rounds it off nicely.",
    "Children tend to like it with small pasta.",
]


def read(name):
    texts = [EVENTFUL + " ".join(DULL), " ".join(DULL), " ".join(DULL[:2]), EVENTFUL]
    return [found.json for found in read_documents([text_document(t, title=None) for t in texts], preset(name))]


def test_relevant_and_short_documents_are_read_the_same_and_dull_ones_named(monkeypatch):
    monkeypatch.setattr(reader, "SHORT", 2)  # the gate shuts for most sentences about soup
    whole, skimmed = read("english"), read("english-stream")
    for n in (0, 2, 3):
        assert json.dumps(skimmed[n]) == json.dumps(whole[n])
    assert skimmed[0]["events"]
    document = skimmed[1]["document"]
    assert document["outcome"] == "irrelevant"
    assert [problem["code"] for problem in document["problems"]] == ["no_event_expected"]
    assert "gate score" in document["problems"][0]["message"]
    assert whole[1]["document"]["problems"] == []
    assert skimmed[1]["events"] == skimmed[1]["places"] == skimmed[1]["statements"] == []
