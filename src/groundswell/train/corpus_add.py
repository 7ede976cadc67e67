"""Adds new raw codings to a corpus that stands: offsets, mends, licence and the fixed split, the other rows untouched.

Rows already in the corpus are never changed: it is the source of truth. A row that does not resolve is refused whole.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from groundswell.train.corpus import ROW_ORDER, CorpusError, Row, finish, load_corpus, to_offsets
from groundswell.train.corpus_check import check_rows
from groundswell.train.corpus_documents import held_back, join, split_of
from groundswell.train.corpus_mend import mend
from groundswell.train.corpus_notation import parse


@dataclass(frozen=True, slots=True)
class AddReport:
    """What adding the files would do, or did.

    Attributes:
        rows: new rows by the corpus file they go to, in order.
        there: ids already in the corpus, left as they are.
        refused: a line for each row or file left out, with the reason and what to do.
        mends: what the rules of ``corpus_mend`` changed in the new rows, with counts.
    """

    rows: dict[str, list[Row]]
    there: tuple[str, ...]
    refused: tuple[str, ...]
    mends: dict[str, int] = field(default_factory=dict)

    @property
    def new(self) -> list[Row]:
        return [row for rows in self.rows.values() for row in rows]

    def __str__(self) -> str:
        splits = Counter(str(row["split"]) for row in self.new)
        events = sum(len(row["events"]) for row in self.new)
        lines = [f"refused: {line}" for line in self.refused]
        lines += [f"{name}: {len(rows)} rows" for name, rows in self.rows.items()]
        lines += [f"mended: {what} {count}" for what, count in sorted(self.mends.items(), key=lambda x: -x[1])]
        parts = ", ".join(f"{name} {count}" for name, count in sorted(splits.items()))
        lines.append(
            f"{len(self.new)} new rows ({parts or 'none'}) with {events} events; {len(self.there)} already there; "
            f"{len(self.refused)} refused"
        )
        return "\n".join(lines)


def read_raws(files: Iterable[Path]) -> tuple[list[tuple[str, Row]], list[str]]:
    """Raw codings of the files with the name of the corpus file each goes to, and a line for each one that cannot be read.

    ``.txt`` is hand notation (``corpus_notation``), ``.jsonl`` one raw coding a line.
    """
    found: list[tuple[str, Row]] = []
    refused: list[str] = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        home = f"{file.stem}.jsonl"
        if file.suffix == ".txt":
            rows, problems = parse(text, file.stem)
            refused += problems
            found += [(home, row) for row in rows] if not problems else []
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                refused.append(f"{file.name}:{number}: no JSON ({error}); write one raw coding a line")
                continue
            if not isinstance(row, dict) or not {"id", "source", "text"} <= set(row):
                refused.append(f"{file.name}:{number}: a raw coding needs at least id, source and text")
                continue
            found.append((home, row))
    return found, refused


def plan(files: Iterable[Path], corpus: Path, *, coder: str | None = None, held: Path | None = None) -> AddReport:
    """What adding the files to the corpus folder would do. Writes nothing.

    Args:
        files: hand notation (.txt) or raw codings (.jsonl).
        corpus: the corpus folder.
        coder: set as the coder of rows that name none.
        held: folder of held-back documents; as in ``corpus_check.main_check`` where left out.
    """
    old = list(load_corpus(corpus))
    known = {str(row["id"]): row for row in old}
    raws, refused = read_raws(files)
    there: list[str] = []
    homes: dict[str, str] = {}
    fresh: list[Row] = []
    for home, raw in raws:
        name = str(raw["id"])
        if name in known:
            same = known[name]["text"] == raw["text"]
            (there if same else refused).append(name if same else f"{name}: this id carries another text; rename it")
            continue
        if coder:
            raw.setdefault("coder", coder)
        try:
            to_offsets(raw)
        except (CorpusError, KeyError, TypeError) as error:
            refused.append(str(error) if isinstance(error, CorpusError) else f"{name}: not a raw coding ({error!r})")
            continue
        homes[name] = home
        fresh.append(raw)
    folder = held or corpus.resolve().parent.parent / "shared" / "gold-dev"
    forbidden = held_back(folder) if folder.exists() else set()
    rows, dropped = finish(fresh, forbidden)
    _settle(old, rows)
    mends = mend(rows, known=old)
    good, bad = _sound(old, rows, forbidden)
    by_file: dict[str, list[Row]] = defaultdict(list)
    for row in good:
        by_file[homes[str(row["id"])]].append(row)
    return AddReport(dict(by_file), tuple(there), (*refused, *dropped, *bad), dict(mends))


def _settle(old: Sequence[Row], new: Sequence[Row]) -> None:
    """A new row that shares a run of eight words with a document of the corpus takes that document's name and split."""
    copies = [{"doc": row["doc"], "text": row["text"]} for row in (*old, *new)]
    join(copies)
    for row, copy in zip(new, copies[len(old) :], strict=True):
        row["doc"] = copy["doc"]
        row["split"] = split_of(str(row["doc"]))


def _sound(old: Sequence[Row], new: list[Row], forbidden: set[tuple[str, ...]]) -> tuple[list[Row], list[str]]:
    """New rows without a problem, and a line for each problem of the others."""
    before = {str(problem) for problem in check_rows(list(old), forbidden)}
    refused: list[str] = []
    while True:
        problems = [p for p in check_rows([*old, *new], forbidden) if str(p) not in before]
        named = {str(row["id"]) for row in new if any(_names(p.message, str(row["id"])) for p in problems)}
        if not named:
            return new, refused
        refused += [f"{p.code}: {p.message}" for p in problems]
        new = [row for row in new if str(row["id"]) not in named]


def _names(message: str, identifier: str) -> bool:
    return message.startswith((f"{identifier}:", f"{identifier} and ")) or f" and {identifier} share " in message


def add(files: Iterable[Path], corpus: Path, *, coder: str | None = None, held: Path | None = None) -> AddReport:
    """As ``plan``, and writes the new rows to the end of their corpus files."""
    report = plan(files, corpus, coder=coder, held=held)
    for name, rows in report.rows.items():
        path = corpus / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + "".join(row_line(row) for row in rows), encoding="utf-8")
    return report


def row_line(row: Row) -> str:
    """A row as a line of a corpus file, its keys in the fixed order."""
    return json.dumps({key: row[key] for key in ROW_ORDER if key in row}, ensure_ascii=False) + "\n"
