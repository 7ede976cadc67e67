"""Measures the figure rules alone: gold spans and gold triggers of an annotated corpus, no model.

``python -m groundswell.evaluate.figure_sets CORPUS.jsonl [even|odd] [--misses]``. The half named ``even`` (hash of the id)
is for development; figures to report come from ``odd``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundswell.analyse.sentences import split
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve.figure import Reading, figures, find_in, read_sentence
from groundswell.resolve.quantity import resolve_quantity
from groundswell.values import FigureSource, LooseFigure, Quantity, Ref, Role, Sentence, Trigger

# The codebook (v1.1) counts no vague quantifiers; earlier codings have some. They are counted apart, never as misses.
_NO_NUMBER = (
    "several",
    "many",
    "a few",
    "few",
    "some",
    "most",
    "both",
    "a number",
    "all",
    "other",
    "another",
    "multiple",
    "various",
)


@dataclass
class Tally:
    """Counts of one run; shares are computed when shown."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def share(self, hit: str, of: str) -> str:
        n, total = self.counts[hit], self.counts[of]
        return f"{n / total:.3f} ({n}/{total})" if total else "no cases"


def rows(path: Path, half: str | None) -> Iterator[dict[str, Any]]:
    """The texts of one half ("even", "odd") or all of them."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            even = int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2 == 0
            if half is None or (half == "even") == even:
                yield row


def gold_figures(row: dict[str, Any]) -> dict[tuple[int, int], list[tuple[str, tuple[int, int] | None, str | None]]]:
    """Figures by span: kind, trigger (None: of no one event), attribution."""
    gold: dict[tuple[int, int], list[tuple[str, tuple[int, int] | None, str | None]]] = {}
    for event in row.get("events", []):
        at = (event["trigger"]["start"], event["trigger"]["end"])
        for entry in event.get("figures", []):
            _put(gold, {"attribution": event.get("attribution"), **entry}, at)
    for entry in row.get("figures", []):
        _put(gold, entry, None)
    return gold


def _put(
    gold: dict[tuple[int, int], list[tuple[str, tuple[int, int] | None, str | None]]],
    entry: dict[str, Any],
    at: tuple[int, int] | None,
) -> None:
    source = entry.get("attribution")
    if source and source["text"].lower().endswith("ly"):
        source = None  # "allegedly", "reportedly" name nobody
    gold.setdefault((entry["start"], entry["end"]), []).append((entry["of"], at, source["text"] if source else None))


def record_of(row: dict[str, Any]) -> Record:
    """A record with the row's gold triggers and one sentence."""
    text = row["text"]
    found: list[Finding[object]] = [Finding(Sentence(n, 0), (span,), by="gold") for n, span in enumerate(split(text))]
    for event in row.get("events", []):
        where = Span(event["trigger"]["start"], event["trigger"]["end"])
        found.append(Finding(Trigger(event["type"], event.get("mode"), event["status"]), (where,), by="gold"))
    return Record(Document(row["id"], text), tuple(found))


def measure(corpus: Sequence[dict[str, Any]]) -> Tally:
    """Everything ``main`` prints."""
    tally = Tally()
    for row in corpus:
        record = record_of(row)
        gold = gold_figures(row)
        _spans(row, gold, tally)
        _kinds(record, gold, tally)
        _end_to_end(record, gold, tally)
    return tally


def _spans(row: dict[str, Any], gold: dict[tuple[int, int], Any], tally: Tally) -> None:
    """(a) how many annotated phrases the finder has."""
    text = row["text"]
    numbers = [span for _, found in find_in(text, [Span(0, len(text))]) for span, _ in found]
    for start, end in gold:
        words = text[start:end].lower()
        if words.startswith(_NO_NUMBER):
            tally.counts["vague phrases without a number (not counted)"] += 1
            continue
        tally.counts["phrases"] += 1
        tally.counts["exact"] += Span(start, end) in numbers
        overlap = any(span.overlaps(Span(start, end)) for span in numbers)
        tally.counts["overlapping"] += overlap
        if not overlap:
            tally.misses.append(f"SPAN {text[start:end]!r} in {text[max(0, start - 60) : end + 60]!r}")


def _kinds(record: Record, gold: dict[tuple[int, int], Any], tally: Tally) -> None:
    """(b), (c): kind and trigger with the gold span given."""
    text = record.document.text
    sentences = [finding.span for finding in record.of(Sentence)]
    triggers = [(finding.span, finding.value) for finding in record.of(Trigger)]
    numbers = [
        (Span(*where), resolve_quantity(text[where[0] : where[1]]) or Quantity(None, 2, None))
        for where in sorted(gold)
        if not text[where[0] : where[1]].lower().startswith(_NO_NUMBER)
    ]
    readings: dict[Span, Reading] = {}
    last: Reading | None = None
    for sentence in sentences:
        inside = [item for item in numbers if sentence.contains(item[0])]
        for each in read_sentence(text, sentence, inside, triggers, sentences, last):
            readings[each.number] = last = each
    for span, _ in numbers:
        entries = gold[(span.start, span.end)]
        kinds = {of for of, _, _ in entries}
        tied = {at for _, at, _ in entries if at is not None}
        reading = readings.get(span)
        tally.counts["gold spans"] += 1
        right = reading is not None and reading.of in kinds
        loosely = reading is not None and ("affected" if reading.of == "other" else reading.of) in {
            "affected" if of == "other" else of for of in kinds
        }
        tally.counts["kind right"] += right
        tally.counts["kind right (other = affected)"] += loosely
        if tied:
            tally.counts["tied gold spans"] += 1
            tally.counts["tied, kind right"] += right
            tally.counts["tied, kind right (other = affected)"] += loosely
        if not right:
            got = f"{reading.of} by {reading.rule}" if reading else "nothing"
            tally.misses.append(
                f"KIND {text[span.start : span.end]!r} is {kinds}{'' if tied else ' LOOSE'}, read {got}: {_around(text, span)}"
            )
        if reading is not None and tied:
            tally.counts["attached"] += 1
            where = reading.trigger
            hit = where is not None and (where.start, where.end) in tied
            tally.counts["attached right"] += hit
            if not hit:
                words = text[where.start : where.end] if where else None
                tally.misses.append(
                    f"TRIGGER {text[span.start : span.end]!r} to {words!r}, gold {[text[a:b] for a, b in tied]}: {_around(text, span)}"
                )


def _around(text: str, span: Span) -> str:
    return f"{text[max(0, span.start - 110) : span.start]}<<{text[span.start : span.end]}>>{text[span.end : span.end + 130]}"


def _end_to_end(record: Record, gold: dict[tuple[int, int], Any], tally: Tally) -> None:
    """(d) precision and recall of the stage on whole texts with gold triggers, and of its sources."""
    text = record.document.text
    read = record.add(tuple(figures.function(record)))
    found: dict[Span, str] = {}
    for role in read.of(Role):
        if role.value.of is not None:
            found[role.span] = role.value.of
    for loose in read.of(LooseFigure):
        found[loose.span] = loose.value.of
    spans = {Span(*where): {of for of, _, _ in entries} for where, entries in gold.items()}
    wanted = {span: of for span, of in spans.items() if not text[span.start : span.end].lower().startswith(_NO_NUMBER)}
    tally.counts["figures found"] += len(found)
    tally.counts["figures wanted"] += len(wanted)
    for span, of in found.items():
        hit = next((kinds for other, kinds in spans.items() if other.overlaps(span)), None)
        tally.counts["found in gold"] += hit is not None
        tally.counts["found, kind right"] += hit is not None and of in hit
        if hit is None:
            tally.misses.append(f"FALSE {text[span.start : span.end]!r} as {of}: {_around(text, span)}")
    for span, kinds in wanted.items():
        tally.counts["wanted, kind right"] += any(other.overlaps(span) and of in kinds for other, of in found.items())
    _source_counts(read, gold, tally)


def _source_counts(read: Record, gold: dict[tuple[int, int], Any], tally: Tally) -> None:
    text = read.document.text
    sources = {
        Ref(*finding.value.number): text[finding.span.start : finding.span.end] for finding in read.of(FigureSource)
    }
    for (start, end), entries in gold.items():
        said = {source for _, _, source in entries if source}
        got = next((name for ref, name in sources.items() if ref.start < end and start < ref.end), None)
        tally.counts["gold sources"] += bool(said)
        if said:
            hit = got is not None and any(got.lower() in name.lower() or name.lower() in got.lower() for name in said)
            tally.counts["gold sources found"] += hit
            if not hit:
                tally.misses.append(
                    f"SOURCE {text[start:end]!r} gold {said}, read {got!r}: {_around(text, Span(start, end))}"
                )


def main(arguments: Sequence[str]) -> str:
    """The report as text; ``arguments`` as on the command line."""
    names = [word for word in arguments if not word.startswith("--")]
    half = names[1] if len(names) > 1 else None
    tally = measure(list(rows(Path(names[0]), half)))
    count = tally.counts
    precision = count["found, kind right"] / max(1, count["figures found"])
    recall = count["wanted, kind right"] / max(1, count["figures wanted"])
    lines = [
        f"half {half or 'all'}: {count['phrases']} number phrases, {count['vague phrases without a number (not counted)']} vague ones not counted",
        f"(a) found with the exact span      {tally.share('exact', 'phrases')}",
        f"    found, overlapping             {tally.share('overlapping', 'phrases')}",
        f"(b) kind, gold span and triggers   {tally.share('kind right', 'gold spans')}",
        f"    other and affected as one      {tally.share('kind right (other = affected)', 'gold spans')}",
        f"    of those tied to an event      {tally.share('tied, kind right', 'tied gold spans')}",
        f"    the same, other = affected     {tally.share('tied, kind right (other = affected)', 'tied gold spans')}",
        f"(c) attached to the right trigger  {tally.share('attached right', 'attached')}",
        f"(d) precision on whole texts       {precision:.3f} ({count['found, kind right']}/{count['figures found']}), in gold at all {tally.share('found in gold', 'figures found')}",
        f"    recall                         {recall:.3f} ({count['wanted, kind right']}/{count['figures wanted']})",
        f"(e) source of the figure's event      {tally.share('gold sources found', 'gold sources')}",
    ]
    if "--misses" in arguments:
        lines += tally.misses
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
