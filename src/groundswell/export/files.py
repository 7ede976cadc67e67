"""Tables as files, row by row: CSV, or Parquet in batches. A file appears under its name when it is whole."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundswell.errors import UsageError
from groundswell.export.delimited import guard
from groundswell.export.tables import kind_of

BATCH = 2000  # rows of a Parquet row group


class TableFile:
    """One table at ``path``, whose suffix says what it is. The first row says which columns there are."""

    def __init__(self, path: Path, *, raw: bool = False) -> None:
        self.path, self._raw, self._rows = path, raw, 0
        self._unfinished = path.with_name(path.name + ".part")
        self._held: list[Mapping[str, Any]] = []
        self._writer: Any = None
        self._file = None if path.suffix == ".parquet" else self._unfinished.open("w", encoding="utf-8", newline="")

    def add(self, row: Mapping[str, Any]) -> None:
        self._rows += 1
        if self._file is None:
            self._held.append(row)
            if len(self._held) >= BATCH:
                self._flush()
            return
        if self._writer is None:
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow(row.keys())
        self._writer.writerow([guard(cell, raw=self._raw) for cell in row.values()])

    def close(self) -> int:
        """Finish the file and give it its name; returns the number of rows."""
        if self._file is None:
            self._flush()
            self._writer.close()
        else:
            self._file.close()
        self._unfinished.replace(self.path)
        return self._rows

    def _flush(self) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UsageError("Parquet needs pyarrow. Run: pip install 'groundswell[tables]'") from None
        arrow = {
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "boolean": pyarrow.bool_(),
            "string": pyarrow.string(),
        }
        if self._writer is None:
            names = list(self._held[0]) if self._held else []
            schema = pyarrow.schema([(name, arrow[kind_of(name)]) for name in names])
            self._writer = pyarrow.parquet.ParquetWriter(self._unfinished, schema)
        if self._held:
            try:
                self._writer.write_table(pyarrow.Table.from_pylist(self._held, schema=self._writer.schema))
            except (OverflowError, pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
                self._writer.close()
                self._unfinished.unlink()
                raise UsageError(f"{self._unfit(pyarrow, error)} Correct it, or export CSV.") from error
        self._held = []

    def _unfit(self, pyarrow: Any, error: Exception) -> str:
        """Which cell a Parquet column cannot hold: a count of 2**63 or more, or a word where a number belongs."""
        for field in self._writer.schema:
            for row in self._held:
                try:
                    pyarrow.scalar(row[field.name], field.type)
                except (OverflowError, pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):
                    where = next(iter(row.values()))
                    return f"Column {field.name} of {self.path.name} cannot hold {row[field.name]!r} (row {where})."
        return f"{self.path.name} cannot be written as Parquet ({error})."
