"""ECB+ at document-event level, from its gold mentions: how well linking finds the same event across documents.

Definition. Topics 1 to 35 (the development part), sentences listed in ECBplus_coreference_sentences.csv. A report is one action
instance in one document: all mentions of the instance there, at the one whose sentence holds most participants, places and
times. Reporting actions (``ACTION_REPORTING``) are left out: they are our statements. An action without a cross-document
instance is a happening of its own. Participants, place and time words come from the gold mentions of the trigger's sentence;
places have no coordinates and times no dates, since ECB+ gives none, and there are no types and no publication dates. Only
pairs of different documents can be found: two instances in one document are two happenings by definition.
The pairs are scored over all topics put into one ledger; subtopics (ecb, ecbplus) are near misses by design.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # the corpus is a trusted local copy

import numpy as np
from numpy.typing import NDArray

from groundswell.evaluate.link_sets import Labelled, LinkScores, pairs_of, score
from groundswell.link import cluster, model
from groundswell.link.columns import Columns
from groundswell.link.compare import features
from groundswell.link.model import PairModel, fit

FOLDS = 5
THRESHOLDS = (0.3, 0.5)


def measure(folder: Path) -> dict[str, LinkScores]:
    """Scores of the shipped model, of one fitted on the other topics (five folds), and of taking equal triggers for equal events.

    The fitted model's threshold is the better of two on the topics it was fitted on.
    """
    labelled = read(folder)
    table, pairs, same = pairs_of(labelled)
    compared = features(table, pairs[:, 0], pairs[:, 1])
    topic_of = {event: each.record["document"]["source_id"].split("/")[0] for each in labelled for event in each.gold}
    topics = sorted(set(topic_of.values()), key=int)
    fold_of = np.array([topics.index(topic_of[identity]) % FOLDS for identity in table.ids])
    truth = {report: happening for each in labelled for report, happening in each.gold.items()}
    found: dict[str, str] = {}
    for fold in range(FOLDS):
        inside = fold_of[pairs] == fold
        rest, own = ~inside.any(axis=1), inside.all(axis=1)
        fitted = fit(compared[rest], same[rest], name="ecb", data="other folds")
        known = {identity: truth[identity] for identity, home in zip(table.ids, fold_of, strict=True) if home != fold}
        tried = [replace(fitted, join=join, hold=join) for join in THRESHOLDS]
        best = max(
            tried,
            key=lambda one: score(known, _groups(table, pairs[rest], compared[rest], one), dict.fromkeys(known, "")).f1,
        )
        mine = _groups(table, pairs[own], compared[own], best)
        found |= {report: f"{fold}:{mine[report]}" for report in truth if report not in known}
    types = dict.fromkeys(truth, "")
    return {
        "shipped": score(truth, _groups(table, pairs, compared, model.load()), types),
        "fitted on other topics": score(truth, found, types),
        "same trigger word and topic": score(truth, _same_words(labelled), types),
    }


def _groups(
    table: Columns, pairs: NDArray[np.int64], compared: NDArray[np.float32], pair_model: PairModel
) -> dict[str, str]:
    """Scoring and clustering as ``link`` does them, from pairs already compared."""
    values = pair_model.scores(compared)
    scores = {
        (int(a), int(b)): float(value) for (a, b), value in zip(pairs.tolist(), values, strict=True) if value >= 0.05
    }
    every = cluster.clusters(range(len(table)), scores, table, join=pair_model.join, hold=pair_model.hold)
    return {table.ids[row]: str(number) for number, group in enumerate(every) for row in group}


def read(folder: Path, topics: Iterable[int] = range(1, 36)) -> list[Labelled]:
    """The corpus as documents with gold happenings."""
    listed: dict[str, set[int]] = defaultdict(set)
    with (folder / "ECBplus_coreference_sentences.csv").open(encoding="utf-8") as lines:
        for topic, file, sentence in list(csv.reader(lines))[1:]:
            listed[f"{topic}_{file}"].add(int(sentence))
    found = []
    for topic_number in topics:
        for path in sorted((folder / str(topic_number)).glob("*.xml")):
            if path.stem in listed:
                found.append(_document(path, listed[path.stem]))
    return [each for each in found if each.gold]


def _document(path: Path, sentences: set[int]) -> Labelled:
    root = ElementTree.parse(path).getroot()
    text, spans, sentence_of = _text(root)
    mentions: dict[str, tuple[str, int, int, int]] = {}
    markables = root.find("Markables")
    for mark in markables if markables is not None else ():
        tokens = [anchor.get("t_id", "") for anchor in mark.findall("token_anchor")]
        if tokens and sentence_of[tokens[0]] in sentences:
            start, end = spans[tokens[0]][0], spans[tokens[-1]][1]
            mentions[mark.get("m_id", "")] = (mark.tag, start, end, sentence_of[tokens[0]])
    instance = {
        source.get("m_id", ""): relation.get("note", "")
        for relation in root.iter("CROSS_DOC_COREF")
        for source in relation.findall("source")
    }
    chains: dict[str, list[tuple[str, int, int, int]]] = defaultdict(list)
    for identity, mention in mentions.items():
        if "ACTION" in mention[0] and "REPORTING" not in mention[0]:
            chains[instance.get(identity) or f"{path.stem}/{identity}"].append(mention)
    events, gold = [], {}
    for happening, chain in sorted(chains.items()):
        event = _event(path.stem, text, chain, list(mentions.values()))
        events.append(event)
        gold[event["id"]] = happening
    document = {
        "id": path.stem, "source_id": f"{path.parent.name}/{path.stem}", "text": text, "published": None, "outcome": "read",
    }  # fmt: skip
    return Labelled({"document": document, "events": events}, gold)


def _text(root: ElementTree.Element) -> tuple[str, dict[str, tuple[int, int]], dict[str, int]]:
    """The tokens joined by spaces, with each token's offsets and sentence."""
    parts: list[str] = []
    spans: dict[str, tuple[int, int]] = {}
    sentences: dict[str, int] = {}
    at = 0
    for token in root.iter("token"):
        words, identity = token.text or "", token.get("t_id", "")
        spans[identity] = (at, at + len(words))
        sentences[identity] = int(token.get("sentence", "0"))
        parts.append(words)
        at += len(words) + 1
    return " ".join(parts), spans, sentences


def _event(
    name: str, text: str, chain: list[tuple[str, int, int, int]], mentions: list[tuple[str, int, int, int]]
) -> dict[str, Any]:
    def arguments(sentence: int, *kinds: str) -> list[tuple[str, int, int, int]]:
        return [mention for mention in mentions if mention[3] == sentence and mention[0].startswith(kinds)]

    def quote(start: int, end: int) -> dict[str, Any]:
        return {"text": text[start:end], "start": start, "end": end}

    _, start, end, sentence = max(chain, key=lambda one: (len(arguments(one[3], "HUMAN", "LOC", "TIME")), -one[1]))
    inside = [mention for mention in mentions if mention[3] == sentence]
    first, last = min(one[1] for one in inside), max(one[2] for one in inside)
    actors = [
        {**quote(one[1], one[2]), "name": text[one[1] : one[2]], "kind": "group"}
        for one in arguments(sentence, "HUMAN", "NON_HUMAN")
    ]
    places = [{**quote(one[1], one[2]), "name": text[one[1] : one[2]]} for one in arguments(sentence, "LOC")]
    times = [quote(one[1], one[2]) for one in arguments(sentence, "TIME")]
    return {
        "id": f"{name}:{start}-{end}", "type": "OTHER", "mode": None, "status": "occurred", "trigger": quote(start, end),
        "also": [quote(one[1], one[2]) for one in chain if one[1] != start],
        "evidence": quote(first, last), "actors": actors, "called_by": [], "targets": [], "places": places,
        "time": times[0] if times else None, "figures": [], "issue": None, "attribution": None, "confidence": 1.0, "by": "gold",
    }  # fmt: skip


def read_and_gold(
    labelled: Sequence[Labelled], records: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Labelled], list[Labelled]]:
    """The happenings that a reader found, as it read them and as they are annotated: same gold happenings, so that the scores of
    the two differ by what reading loses. ``records``: the reader's public JSON by the document's id.

    A read event is the annotated action of which it names a mention; of two such the earlier. Others are left out of both.
    """
    as_read, as_annotated = [], []
    for each in labelled:
        document, record = each.record["document"], records.get(each.record["document"]["id"])
        if record is None or record["document"]["text"] != document["text"]:
            continue
        pairs = _matched(each.record["events"], record["events"])
        as_read.append(
            Labelled(
                {"document": document, "events": [found for _, found in pairs]},
                {found["id"]: each.gold[event["id"]] for event, found in pairs},
            )
        )
        as_annotated.append(
            Labelled(
                {"document": document, "events": [event for event, _ in pairs]},
                {event["id"]: each.gold[event["id"]] for event, _ in pairs},
            )
        )
    return as_read, as_annotated


def _matched(
    annotated: Sequence[Mapping[str, Any]], read: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    found: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    left = sorted(annotated, key=lambda event: int(event["trigger"]["start"]))
    for each in sorted(read, key=lambda event: int(event["trigger"]["start"])):
        spans = [each["trigger"], *(each.get("also") or ())]
        event = next((one for one in left if _names(spans, [one["trigger"], *(one.get("also") or ())])), None)
        if event is not None:
            left.remove(event)
            found.append((event, each))
    return found


def _names(spans: Sequence[Mapping[str, Any]], mentions: Sequence[Mapping[str, Any]]) -> bool:
    return any(a["start"] < b["end"] and b["start"] < a["end"] for a in spans for b in mentions)


def _same_words(labelled: Sequence[Labelled]) -> dict[str, str]:
    """The usual baseline: events of one topic with the same trigger stem are one."""
    from groundswell.link.words import stem

    return {
        event["id"]: f"{each.record['document']['source_id'].split('/')[0]} {stem(event['trigger']['text'])}"
        for each in labelled
        for event in each.record["events"]
    }
