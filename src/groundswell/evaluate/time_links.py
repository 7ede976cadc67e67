"""Measures whose date it is on real news: happenings that the reader finds, against the event-time links of TimeBank and AQUAINT.

Run: python -m groundswell.evaluate.time_links [FOLDER]  (FOLDER holds TimeML files; measure only, nothing is fitted on them).

A link that includes, equals or begins an event joins it to a time. Annotators linked only some of what stands in a sentence, so
only events with a link count; those whose times are durations or sets, which name no day, are left out. MEANTIME has 13 links
of our kinds (companies and shares) and, added to the training rows, cost recall: docs/decisions/0025.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundswell import assemble
from groundswell.analyse.sentences import sentences
from groundswell.evaluate import timeml
from groundswell.happenings import Telling
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Record, Span
from groundswell.resolve.time import times

_JOINS = frozenset(
    {"IS_INCLUDED", "SIMULTANEOUS", "DURING", "IDENTITY", "MEASURE", "BEGUN_BY", "ENDED_BY", "DURING_INV"}
)
_JOINS_BACK = frozenset({"INCLUDES", "SIMULTANEOUS", "DURING", "IDENTITY", "BEGINS", "ENDS", "DURING_INV"})


@dataclass(frozen=True, slots=True)
class Linked:
    """A document with its events, its times, and for each event the times that are its own and those that are not.

    Attributes:
        events: place of each EVENT by its ``eid``; times: of each TIMEX3 by its ``tid``.
        own: for each event with links the times it is joined to, by ``tid``; others: those it is linked to and not joined.
    """

    document: Document
    events: Mapping[str, Span]
    times: Mapping[str, Span]
    own: Mapping[str, frozenset[str]]
    others: Mapping[str, frozenset[str]]


def read(path: Path) -> Linked | None:
    """One TimeML file; None where it has no text. The document's own date is a time without words. Raises as ``timeml.read``."""
    found = timeml.read(path)
    if found is None:
        return None
    events = {node.get("eid", ""): span for node, span in found.marked if node.tag == "EVENT"}
    phrases = {node.get("tid", ""): span for node, span in found.marked if node.tag == "TIMEX3"}
    own: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    event_of = {instance.get("eiid"): instance.get("eventID", "") for instance in found.root.iter("MAKEINSTANCE")}
    for link in found.root.iter("TLINK"):
        back = link.get("timeID") is not None
        time = link.get("timeID") or link.get("relatedToTime")
        event = event_of.get(link.get("relatedToEventInstance") if back else link.get("eventInstanceID"))
        if time and event:
            joined = link.get("relType") in (_JOINS_BACK if back else _JOINS)
            (own if joined else others).setdefault(event, set()).add(time)
    frozen = [{event: frozenset(linked) for event, linked in links.items()} for links in (own, others)]
    return Linked(Document(id=path.name, text=found.text, published=found.published), events, phrases, *frozen)


def measure(linked: Linked, record: Record) -> Iterator[tuple[str, str]]:
    """For each event that is a telling of ours: where its time stands, and what was done.

    Where: "same sentence", "elsewhere", "not this" (a time of the sentence is linked to it and not joined), "no time in the
    sentence". Done: for the same sentence "right", "wrong" or "none", for all others "claimed" or "none".
    """
    view = assemble.View(record)
    told = assemble.tellings(view)
    for event, span in linked.events.items():
        telling = next((t for t in told if t.span.overlaps(span)), None)
        if telling is not None:
            yield from _judged(linked, view, telling, event)


def _judged(linked: Linked, view: assemble.View, telling: Telling, event: str) -> Iterator[tuple[str, str]]:
    here = {t for t, at in linked.times.items() if telling.sentence.start <= at.start < telling.sentence.end}
    own, others = linked.own.get(event, frozenset()), linked.others.get(event, frozenset())
    claimed = next(iter(telling.times), None)
    if own & here:
        good = [linked.times[time] for time in own & here]
        if any(phrase.overlaps(at) for phrase in view.times for at in good):
            yield "same sentence", _done(claimed, good)
    elif own:
        yield "elsewhere", "claimed" if claimed else "none"
    elif others & here:
        wrong = claimed is not None and any(claimed.overlaps(linked.times[time]) for time in others & here)
        yield "not this", "claimed" if wrong else "none"
    elif not here:
        yield "no time in the sentence", "claimed" if claimed else "none"


def _done(claimed: Span | None, good: list[Span]) -> str:
    if claimed is None:
        return "none"
    return "right" if any(claimed.overlaps(at) for at in good) else "wrong"


def main(folder: Path) -> None:
    """Print the counts, the recall within the sentence, and how often nothing is claimed where nothing is to be."""
    from groundswell.analyse.pronouns import pronouns
    from groundswell.analyse.reader import Reader

    found = [linked for path in sorted(folder.rglob("*.tml")) if (linked := read(path)) is not None]
    pipeline = Pipeline([sentences, Reader(), pronouns, times], by="evaluate.time_links")
    records = pipeline.run([Record(linked.document) for linked in found])
    counts: Counter[tuple[str, str]] = Counter()
    for linked, record in zip(found, records, strict=True):
        counts.update(measure(linked, record))
    for (where, done), number in sorted(counts.items()):
        print(f"{where}, {done}: {number}")
    same = sum(number for (where, _), number in counts.items() if where == "same sentence")
    free = {
        done: sum(n for (w, d), n in counts.items() if w != "same sentence" and d == done)
        for done in ("none", "claimed")
    }
    right = counts["same sentence", "right"]
    print(f"same sentence: {right}/{same} = {right / max(1, same):.3f} have their time")
    print(f"others: {free['none']}/{sum(free.values())} = {free['none'] / max(1, sum(free.values())):.3f} have none")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/time/timebank-dev"))
