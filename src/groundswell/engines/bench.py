"""The benchmark: how fast sources are read on this machine, where the time goes, and how far from what is possible.

Ratios are taken in the same run, block by block and in processor time, so that they hold on a busy machine too; documents
per second are wall time and mean something only on an idle one. Measures speed, never accuracy.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from groundswell import __version__
from groundswell.engines.local import BATCH, cores, read_local
from groundswell.engines.processes import Peak, all_seconds, children_seconds
from groundswell.errors import ModelError

if TYPE_CHECKING:
    from groundswell.api import ReadDocument
    from groundswell.pipeline import Pipeline
    from groundswell.records import Record

_ADD = 32


@dataclass(slots=True)
class Stages:
    """Processor seconds by stage, and what went through."""

    seconds: dict[str, float] = field(default_factory=dict)
    documents: int = 0
    sentences: int = 0
    characters: int = 0

    def add(self, name: str, seconds: float) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


class Capture:
    """Stands before the network: hands everything on, and keeps what it was given so that it can be run again alone."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.given: list[dict[str, Any]] = []

    def run(self, names: Any, arrays: dict[str, Any]) -> Any:
        self.given.append(arrays)
        return self._session.run(names, arrays)

    def again(self) -> float:
        """Processor seconds of the network alone on all it was given since the last call."""
        begin = process_time()
        for arrays in self.given:
            self._session.run(None, arrays)
        self.given = []
        return process_time() - begin


def bench(
    sources: Sequence[str | Path],
    *,
    jobs: int | None = None,
    preset: str = "english",
    sample: int = 240,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Measure reading of sources; plain numbers by name, ready for JSON.

    Args:
        jobs: reading processes of the throughput run (default: one a core).
        sample: documents for the stage times and ratios, which need several passes.
        tell: is told a line as each part begins.

    Raises:
        SourceError, ModelError: nothing to read, or no reader.
    """
    jobs = cores() if jobs is None else jobs
    found: dict[str, Any] = {"machine": _machine(), "preset": preset}
    tell("start-up")
    found["start_up_seconds"] = round(_start_up(preset), 2)
    tell(f"stages and ratios on {sample} documents, one process")
    found |= _ratios(sources, preset, sample)
    for count in sorted({0, jobs}):
        tell(f"end to end, {count or 'no'} reading processes")
        found[f"end_to_end_jobs_{count}"] = throughput(sources, preset, count)
    one, many = found["end_to_end_jobs_0"], found[f"end_to_end_jobs_{jobs}"]
    if jobs:
        found["speed_up"] = round(many["documents_per_second"] / one["documents_per_second"], 2)
    found["load_average_after"] = round(os.getloadavg()[0], 2)
    return found


def _machine() -> dict[str, Any]:
    import onnxruntime

    return {
        "processor": _processor(),
        "cores": cores(),
        "python": platform.python_version(),
        "groundswell": __version__,
        "onnxruntime": onnxruntime.__version__,
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _start_up(preset: str) -> float:
    """Wall seconds from nothing to the first text read, in a fresh interpreter."""
    code = "import sys, groundswell as gs; gs.read_text('Nurses marched in Leeds.', preset=sys.argv[1])"
    begin = perf_counter()
    subprocess.run([sys.executable, "-c", code, preset], check=True)
    return perf_counter() - begin


# -- stages and ratios --------------------------------------------------------------------------------------------------


def _ratios(sources: Sequence[str | Path], preset: str, sample: int) -> dict[str, Any]:
    """Our own stages, the network alone, spaCy and the word lexicon over the same documents, block after block."""
    from groundswell.engines.worker import steady, warm
    from groundswell.ingest import read_sources
    from groundswell.presets import preset as make
    from groundswell.store import Ledger

    pipeline = make(preset)
    warm(pipeline)
    _start_parser()
    steady()
    capture = _captured(pipeline)
    spacy = _spacy()
    ours, rivals = Stages(), Stages()
    readings = islice((r for r in read_sources(sources) if r.document is not None), sample)
    with tempfile.TemporaryDirectory() as folder:
        book = Ledger.open(Path(folder) / "bench.db")
        run = book.start_run("bench", {})
        while block := _timed_ingest(readings, ours):
            records = _timed_read(block, pipeline, ours)
            _timed_store(records, book, run, ours)
            if capture is not None:
                rivals.add("encoder", capture.again())
                _give_every_sentence(records, pipeline)
                rivals.add("encoder on every sentence", capture.again())
            _time_rivals(records, spacy, rivals)
        book.close()
    out = _told(ours)
    out["ratios"] = _ratio_rows(ours, rivals)
    return out


def _start_parser() -> None:
    """Have the parsing child come up before its time is taken: 0.3 s once are 5 ms an article on a sample of 64."""
    from groundswell.ingest import read_sources

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text("<html><body><p>Nurses marched in Leeds on Monday.</p></body></html>", encoding="utf-8")
        list(read_sources([page]))


def _captured(pipeline: Pipeline) -> Capture | None:
    for each in pipeline.stages:
        session = each.session() if hasattr(each, "session") else None
        if session is not None:
            capture = Capture(session._session)
            session._session = capture
            return capture
    return None


def _give_every_sentence(records: Sequence[Record], pipeline: Pipeline) -> None:
    """Have the captured network read all sentences, those too that the gate spares it: what a design without gate costs."""
    from groundswell.analyse.reader_words import units
    from groundswell.values import Sentence

    session = next(each.session() for each in pipeline.stages if hasattr(each, "session"))
    texts, found = [], []
    for record in records:
        sentences = [(f.span, f.value.paragraph, f.value.heading) for f in record.of(Sentence)]
        made = units(record.document.text, sentences, pack=session.pack)
        found += made
        texts += [record.document.text] * len(made)
    session.read(texts, found)


def _timed_ingest(readings: Iterator[Any], ours: Stages) -> list[Record]:
    """The next block of documents; the parsing child's time counts too (Linux: elsewhere it cannot be seen)."""
    from groundswell.records import Record

    begin, child = process_time(), children_seconds()
    block = [Record(reading.document) for reading in islice(readings, BATCH)]
    ours.add("ingest", process_time() - begin)
    ours.add("ingest, parsing child", max(0.0, children_seconds() - child))
    ours.documents += len(block)
    ours.characters += sum(len(record.document.text) for record in block)
    return block


def _timed_read(block: list[Record], pipeline: Pipeline, ours: Stages) -> list[Record]:
    from groundswell.pipeline import Pipeline as Single
    from groundswell.values import Sentence

    records = block
    for each in pipeline.stages:
        only = _single(Single, each)
        begin = process_time()
        records = list(only.run(records, batch_size=len(records)))
        ours.add(each.name, process_time() - begin)
    ours.sentences += sum(1 for record in records for _ in record.of(Sentence))
    return records


def _single(kind: type[Pipeline], each: Any) -> Pipeline:
    """One stage as a pipeline of its own: what it needs is there already."""
    single = kind([], by="bench")
    single.stages = (each,)
    return single


def _timed_store(records: list[Record], book: Any, run: str, ours: Stages) -> None:
    from groundswell.public_json import record_json
    from groundswell.store import Stored

    begin = process_time()
    made = [record_json(record) for record in records]
    ours.add("public JSON", process_time() - begin)
    begin = process_time()
    book.add([Stored(each["document"]["source_id"], each["document"]["outcome"], each) for each in made], run)
    ours.add("ledger", process_time() - begin)


def _time_rivals(records: list[Record], spacy: Any, rivals: Stages) -> None:
    from groundswell.analyse.rules import status_rules, trigger_rules
    from groundswell.values import Sentence

    sentences = [r.document.quote(f.span) for r in records for f in r.of(Sentence)]
    rules, statuses = trigger_rules(), status_rules()
    begin = process_time()
    for sentence in sentences:
        for rule in rules:
            for start, _ in rule.find(sentence):
                any(status.find(sentence[:start]) for status in statuses)
    rivals.add("word lexicon", process_time() - begin)
    if spacy is not None:
        begin = process_time()
        for _ in spacy.pipe(sentences, batch_size=128):
            pass
        rivals.add("spaCy small", process_time() - begin)


def _spacy() -> Any:
    """The complete small English pipeline; None where it is not installed."""
    from groundswell.analyse.baseline import load_spacy

    try:
        return load_spacy(complete=True)
    except ModelError:
        return None


def _told(ours: Stages) -> dict[str, Any]:
    from groundswell.errors import SourceError

    if not ours.documents:
        raise SourceError("The sources hold no document that can be read: nothing to measure.")
    return {
        "sample": {
            "documents": ours.documents,
            "sentences_per_document": round(ours.sentences / ours.documents, 1),
            "characters_per_document": round(ours.characters / ours.documents),
            "cpu_ms_per_document": round(1000 * ours.total / ours.documents, 1),
            "sentences_per_cpu_second": round(ours.sentences / ours.total, 1),
        },
        "stages_ms_per_document": {name: round(1000 * s / ours.documents, 2) for name, s in ours.seconds.items()},
        "stages_share": {name: round(s / ours.total, 3) for name, s in ours.seconds.items()},
    }


def _ratio_rows(ours: Stages, rivals: Stages) -> dict[str, float | None]:
    """Times ours over times theirs: 1.35 means that we take 1.35 times as long. None: not installed.

    The encoder alone reads the sentences that the reader gave it; on every sentence, those too that the gate spared it.
    """

    def over(name: str) -> float | None:
        theirs = rivals.seconds.get(name)
        return round(ours.total / theirs, 3) if theirs else None

    return {
        "ours_to_encoder_alone": over("encoder"),
        "ours_to_encoder_on_every_sentence": over("encoder on every sentence"),
        "encoder_alone_ms_per_document": round(1000 * rivals.seconds.get("encoder", 0.0) / ours.documents, 1) or None,
        "encoder_on_every_sentence_ms_per_document": round(
            1000 * rivals.seconds.get("encoder on every sentence", 0.0) / ours.documents, 1
        )
        or None,
        "ours_to_spacy_small": over("spaCy small"),
        "ours_to_word_lexicon": over("word lexicon"),
    }


# -- end to end ---------------------------------------------------------------------------------------------------------


def throughput(sources: Sequence[str | Path], preset: str, jobs: int) -> dict[str, Any]:
    """Read sources into a fresh ledger; wall time from the first document asked for to the last one stored."""
    from groundswell.ingest import read_sources
    from groundswell.public_json import DISMISSED
    from groundswell.store import Ledger

    with tempfile.TemporaryDirectory() as folder:
        book = Ledger.open(Path(folder) / "bench.db")
        run = book.start_run("bench", {})
        begin, cpu = perf_counter(), all_seconds()
        first: float | None = None
        documents = characters = relevant = dismissed = 0
        peak = Peak()
        for item in _stored(read_local(read_sources(sources), preset=preset, jobs=jobs), book, run):
            first = first or perf_counter() - begin
            documents += 1
            characters += len(item.json["document"]["text"]) if item.json else 0
            relevant += item.outcome in ("read", "partial")
            dismissed += any(problem["code"] == DISMISSED for problem in item.problems)
            if documents % 50 == 0:
                peak.look()
        wall, cpu = perf_counter() - begin, all_seconds() - cpu
        peak.look()
        book.close()
    return {
        "documents": documents,
        "with_events": relevant,
        "dismissed": dismissed,
        "wall_seconds": round(wall, 2),
        "documents_per_second": round(documents / wall, 2),
        "cpu_ms_per_document": round(1000 * cpu / max(1, documents), 1),
        "megabytes_per_second": round(characters / wall / 1e6, 4),
        "first_document_seconds": round(first or 0.0, 2),
        "peak_megabytes_parent": peak.parent,
        "peak_megabytes_children": peak.children,
    }


def _stored(found: Iterable[ReadDocument], book: Any, run: str) -> Iterator[ReadDocument]:
    from groundswell.store import Stored

    waiting: list[Any] = []
    for item in found:
        waiting.append(Stored(item.source_id, item.outcome, item.json, item.problems, item.duplicate_of))
        if len(waiting) >= _ADD:
            book.add(waiting, run)
            waiting = []
        yield item
    if waiting:
        book.add(waiting, run)
