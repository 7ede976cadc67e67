"""The annotated corpus: raw codings to rows with offsets, fixed splits, sentence rows from whole documents.

Reads and writes ``corpus/*.jsonl``. Never guesses a span: a phrase that is not in its text is an error. What makes
a row right is checked in ``corpus_check``; what the rows mean stands in ``corpus/DATASHEET.md``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from groundswell.analyse.sentences import split as split_sentences
from groundswell.errors import GroundswellError
from groundswell.train.corpus_documents import cnc_documents, grams, join, licence_of, split_of

Row = dict[str, Any]
Span = dict[str, Any]

CODEBOOK = "1.1"
FORMS = ("sentence", "paragraph", "document")
ENTITY_KINDS = ("person", "organisation", "place")
SINGLE_ROLES = ("time", "issue", "attribution")
LIST_ROLES = ("actors", "called_by", "targets", "places")
_NTH = re.compile(r"(.*)#(\d)$", re.S)


class CorpusError(GroundswellError):
    """A coding that cannot be turned into a row: says which text and which phrase."""


def load_corpus(path: Path | str, split: str | None = None) -> Iterator[Row]:
    """Rows of every ``*.jsonl`` file in the folder (or of one file), in file order; only one split where given.

    Raises ``CorpusError`` where the path holds no corpus file.
    """
    base = Path(path)
    files = sorted(base.glob("*.jsonl")) if base.is_dir() else [base]
    if not files or not files[0].exists():
        raise CorpusError(f"no corpus files (*.jsonl) at {base}: give the folder that holds them, e.g. corpus/")
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row: Row = json.loads(line)
                if split is None or row.get("split") == split:
                    yield row


def load_sentences(path: Path | str, split: str | None = None) -> Iterator[Row]:
    """As ``load_corpus``, with each document row replaced by its sentence rows."""
    for row in load_corpus(path, split):
        if row.get("sentences"):
            yield from sentence_rows(row)
        else:
            yield row


# What parts sentences, roughly: enough to prefer the phrase in the anchor's own sentence.
_BREAK = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])|\n")


# -- spans ------------------------------------------------------------------------------------------------------------


def find_span(text: str, phrase: str) -> Span | None:
    """The phrase as a span of the text, or None. ``walk#2`` is the second occurrence; whole words come first."""
    match = _NTH.match(phrase)
    nth = 1
    if match:
        phrase, nth = match.group(1), int(match.group(2))
    if not phrase:
        return None
    found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)]
    found = found or [m.start() for m in re.finditer(re.escape(phrase), text)]
    if len(found) < nth:
        return None
    start = found[nth - 1]
    return {"text": phrase, "start": start, "end": start + len(phrase)}


def find_near(text: str, phrase: str, anchor: Span) -> Span | None:
    """The phrase where it stands nearest to an anchor: coders write words, and in a document the same words come again.

    ``walk#2`` stays the second occurrence. Between two that are as near, the one in front.
    """
    if _NTH.match(phrase):
        return find_span(text, phrase)
    starts = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)] if phrase else []
    if not starts:
        return find_span(text, phrase)

    def distance(start: int) -> tuple[bool, int]:
        low, high = sorted((start, anchor["start"]))
        return (
            bool(_BREAK.search(text, low, high)),
            max(anchor["start"] - start - len(phrase), start - anchor["end"], 0),
        )

    start = min(starts, key=distance)
    return {"text": phrase, "start": start, "end": start + len(phrase)}


def find_all(text: str, phrase: str) -> list[Span]:
    """Every whole-word occurrence of a phrase; of one that stands in no whole words, the first."""
    starts = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)]
    if not starts:
        first = find_span(text, phrase)
        return [first] if first else []
    return [{"text": phrase, "start": start, "end": start + len(phrase)} for start in starts]


def _resolve(text: str, value: Any, where: str, near: Span | None = None) -> Span:
    if isinstance(value, dict) and "start" in value:
        return value
    phrase = value.get("text") if isinstance(value, dict) else value
    span = None
    if isinstance(phrase, str):
        span = find_near(text, phrase, near) if near else find_span(text, phrase)
    if span is None:
        raise CorpusError(f"{where}: {phrase!r} is not in the text {text[:80]!r}; quote it exactly as it stands")
    return span


def _figures(text: str, figures: Iterable[Row], where: str, near: Span | None = None) -> list[Row]:
    out = []
    for figure in figures:
        span = _resolve(text, figure, where, near)
        row = {**span, "of": figure["of"]}
        if figure.get("attribution"):
            row["attribution"] = _resolve(text, figure["attribution"], where, span)
        out.append(row)
    return out


def _further(text: str, phrases: Iterable[Any], trigger: Span, where: str) -> list[Span]:
    """Other mentions of the happening; the same words as the trigger mean their next occurrence in the text."""
    taken = [trigger]
    for phrase in phrases:
        span = _resolve(text, phrase, where)
        nth = 1
        while any(span["start"] < t["end"] and t["start"] < span["end"] for t in taken):
            nth += 1
            further = find_span(text, f"{span['text']}#{nth}") if nth < 10 else None
            if further is None:
                raise CorpusError(f"{where}: {span['text']!r} does not stand once more in the text; drop it from also")
            span = further
        taken.append(span)
    return taken[1:]


def _event(text: str, event: Row, where: str) -> Row:
    trigger = _resolve(text, event["trigger"], where)
    where = f"{where} {trigger['text']!r}"
    out: Row = {"type": event["type"], "mode": event.get("mode"), "status": event["status"], "trigger": trigger}
    if not out["mode"]:
        del out["mode"]
    if event.get("also"):
        out["also"] = _further(text, event["also"], trigger, where)
    for role in LIST_ROLES:
        if event.get(role):
            out[role] = [_resolve(text, value, where, trigger) for value in event[role]]
    for role in SINGLE_ROLES:
        if event.get(role):
            out[role] = _resolve(text, event[role], where, trigger)
    if event.get("figures"):
        out["figures"] = _figures(text, event["figures"], where, trigger)
    return out


def to_offsets(raw: Row) -> Row:
    """A raw coding (phrases without offsets; ``text#2`` for the second occurrence) as a row with spans.

    Values that already carry offsets are kept. Raises ``CorpusError`` for a phrase that is not in the text.
    """
    text, where = raw["text"], str(raw.get("id"))
    row: Row = {key: raw[key] for key in raw if key not in ("events", "figures", "statements", "entities")}
    row["events"] = [_event(text, event, where) for event in raw.get("events") or []]
    if raw.get("figures"):
        row["figures"] = _figures(text, raw["figures"], where)
    statements = []
    for said in raw.get("statements") or []:
        content = _resolve(text, said["content"], where)
        spans = {key: _resolve(text, said[key], where, content) for key in ("speaker", "cue") if said.get(key)}
        spans["content"] = content
        statements.append({**spans, "direct": bool(said.get("direct"))})
    row["statements"] = statements
    row["entities"] = _entities(text, raw.get("entities") or [], where)
    return row


def _entities(text: str, entities: Iterable[Row], where: str) -> list[Row]:
    """Names as spans. One listed by its words alone is marked wherever it stands, but not inside a longer name: coders list
    each wording once, and an unmarked second mention would teach a reader that it is no name."""
    placed = [dict(entity) for entity in entities if "start" in entity]
    worded = [entity for entity in entities if "start" not in entity]
    for entity in sorted(worded, key=lambda e: -len(e["text"])):
        if _NTH.match(entity["text"]):
            found = [_resolve(text, entity["text"], where)]
        else:
            found = find_all(text, entity["text"]) or [_resolve(text, entity["text"], where)]
        for span in found:
            if not any(span["start"] < other["end"] and other["start"] < span["end"] for other in placed):
                placed.append({**span, "kind": entity["kind"]})
    return sorted(placed, key=lambda entity: int(entity["start"]))


# -- sentences of a document ------------------------------------------------------------------------------------------


def _shift(span: Span, start: int, end: int) -> Span | None:
    """The span counted from ``start``, or None where it does not lie within the sentence."""
    if span["start"] < start or span["end"] > end:
        return None
    return {**span, "start": span["start"] - start, "end": span["end"] - start}


def _cut_event(event: Row, trigger: Span, start: int, end: int, also: bool) -> Row:
    out: Row = {key: event[key] for key in ("type", "mode", "status") if key in event}
    out["trigger"] = _shift(trigger, start, end)
    for role in LIST_ROLES:
        kept = [s for s in (_shift(v, start, end) for v in event.get(role, ())) if s]
        if kept:
            out[role] = kept
    for role in SINGLE_ROLES:
        cut = _shift(event[role], start, end) if event.get(role) else None
        if cut:
            out[role] = cut
    figures = []
    for figure in event.get("figures", ()):
        cut = _shift(figure, start, end)
        if cut:
            source = _shift(figure["attribution"], start, end) if figure.get("attribution") else None
            cut.pop("attribution", None)
            figures.append({**cut, "attribution": source} if source else cut)
    if figures:
        out["figures"] = figures
    if also:
        out["again"] = True
    return out


def sentence_rows(row: Row) -> Iterator[Row]:
    """The sentences of a document row as rows of their own, same ``doc`` and ``split``.

    Another mention of a happening (``also``) becomes an event with ``again`` true, holding what its own sentence
    says; roles in other sentences are left out. A statement's speaker in another sentence is left out too.
    """
    text = row["text"]
    head: Row = {key: row[key] for key in ("doc", "split", "codebook", "licence", "source", "coder") if key in row}
    for number, (start, end) in enumerate(row["sentences"]):
        events = []
        for event in row.get("events", ()):
            for trigger in (event["trigger"], *event.get("also", ())):
                if start <= trigger["start"] and trigger["end"] <= end:
                    events.append(_cut_event(event, trigger, start, end, trigger is not event["trigger"]))
        statements = []
        for said in row.get("statements", ()):
            content = _shift(said["content"], start, end)
            if content:
                spans = {k: _shift(said[k], start, end) for k in ("speaker", "cue") if said.get(k)}
                kept = {k: v for k, v in spans.items() if v}
                statements.append({**kept, "content": content, "direct": said["direct"]})
        loose = [c for c in (_shift(f, start, end) for f in row.get("figures", ())) if c]
        entities = [c for c in (_shift(e, start, end) for e in row.get("entities", ())) if c]
        out: Row = {"id": f"{row['id']}-s{number}", **head, "form": "sentence", "text": text[start:end]}
        out |= {"events": events, "statements": statements, "entities": entities}
        if loose:
            out["figures"] = loose
        yield out


# -- documents, splits, building --------------------------------------------------------------------------------------


def _doc_of(row: Row, cnc: dict[str, str]) -> str:
    identifier = str(row["id"])
    if row.get("doc"):
        return str(row["doc"])
    if identifier in cnc:
        return cnc[identifier]
    if identifier.startswith("gum-"):
        return identifier.rsplit("-", 1)[0]
    return identifier


def _shape(row: Row) -> None:
    """Form, title and sentence bounds of a row that does not give them: paragraphs apart make a document."""
    text = row["text"]
    bounds = [[span.start, span.end] for span in split_sentences(text)]
    if not row.get("form") and row["source"].startswith("written"):
        row["form"] = "document" if "\n\n" in text else "paragraph" if len(bounds) > 2 else "sentence"
        head = text.split("\n", 1)[0]
        if row["form"] == "document" and not head.rstrip().endswith((".", "!", "?", '"', "”")):
            row["title"] = head
    if row.setdefault("form", "sentence") != "sentence":
        row.setdefault("sentences", bounds)


def finish(raws: list[Row], forbidden: set[tuple[str, ...]] | None = None) -> tuple[list[Row], list[str]]:
    """Rows with offsets, document, split and licence; and a line for each row that was left out.

    A source document of which any row shares eight words in a row with ``forbidden`` is left out whole; of two rows
    with the same text the later is left out.
    """
    cnc = cnc_documents(r for r in raws if str(r["id"]).startswith("cnc-"))
    rows: list[Row] = []
    dropped: list[str] = []
    texts: dict[str, str] = {}
    for raw in raws:
        key = " ".join(raw["text"].split()).lower()
        if key in texts:
            dropped.append(f"{raw['id']}: same text as {texts[key]}")
            continue
        texts[key] = raw["id"]
        row = to_offsets(raw)
        doc = _doc_of(row, cnc)
        row |= {"doc": doc, "codebook": CODEBOOK, "licence": licence_of(row["source"])}
        _shape(row)
        rows.append(row)
    banned = {row["doc"] for row in rows if forbidden and grams(row["text"]) & forbidden}
    dropped += [f"{row['id']}: its document overlaps the held-back texts" for row in rows if row["doc"] in banned]
    rows = [row for row in rows if row["doc"] not in banned]
    join(rows)
    for row in rows:
        row["split"] = split_of(row["doc"])
    return rows, dropped


ROW_ORDER = (
    "id", "doc", "split", "form", "source", "licence", "codebook", "coder", "published", "title",
    "text", "sentences", "paragraphs", "events", "figures", "statements", "entities",
)  # fmt: skip


def build(
    folders: Iterable[Path],
    out: Path,
    forbidden: set[tuple[str, ...]] | None = None,
    mend: Callable[[list[Row]], object] | None = None,
) -> list[str]:
    """Write one corpus file for each raw ``*.jsonl`` file in the folders; give back a line for each row left out.

    ``mend`` may change the finished rows in place before they are written (see ``corpus_mend.mend``).
    """
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.jsonl"))]
    raws: list[Row] = []
    homes: list[str] = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                raws.append(json.loads(line))
                homes.append(file.name)
    home = {raw["id"]: name for raw, name in zip(raws, homes, strict=True)}
    rows, dropped = finish(raws, forbidden)
    if mend:
        mend(rows)
    out.mkdir(parents=True, exist_ok=True)
    by_file: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ordered = {key: row[key] for key in ROW_ORDER if key in row}
        by_file[home[row["id"]]].append(json.dumps(ordered, ensure_ascii=False))
    for name, lines in by_file.items():
        (out / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return dropped
