"""Ledgers of earlier schema versions, made from one of today by taking its rows into the tables of then."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from groundswell.store import chain, schema

TABLES = Path(__file__).with_name("schema_1.sql")


def version_1(new: Path, old: Path) -> None:
    """The ledger ``new`` as version 1 would have stored it."""
    connection = sqlite3.connect(old, isolation_level=None)
    for statement in TABLES.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id={schema.APPLICATION}")
    connection.execute("PRAGMA user_version=1")
    connection.execute("ATTACH ? AS new", (str(new),))
    names = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    for name in names:
        if name.startswith(("text_index", "sqlite_")) or name == "signature":
            continue
        columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({name})"))
        connection.execute(f"INSERT INTO main.{name}({columns}) SELECT {columns} FROM new.{name}")
    connection.execute(
        "INSERT INTO main.signature SELECT s.document, r.text_hash, s.body FROM new.signature s "
        "JOIN new.document d ON d.n = s.document JOIN new.reading r ON r.n = d.reading"
    )
    # The shadow tables hold the index whatever the version; a contentless one cannot be copied by its rows.
    for name in ("data", "idx", "docsize", "config"):
        connection.execute(f"DELETE FROM main.text_index_{name}")
        connection.execute(f"INSERT INTO main.text_index_{name} SELECT * FROM new.text_index_{name}")
    connection.execute("DETACH new")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    shutil.copy(chain.head_path(new), chain.head_path(old))


def rows_as_before_version_3(connection: Any) -> int:
    """Let rows of events whose type was corrected show the mode as it was read; returns how many of them do."""
    rows = """UPDATE event SET mode = 'demo' WHERE type IN ('COERCE', 'ASSAULT') AND n IN (
      SELECT event FROM report WHERE type = 'PROTEST' AND mode = 'demo')"""
    connection.execute(rows)
    return int(connection.execute("SELECT count(*) FROM event WHERE type <> 'PROTEST' AND mode = 'demo'").fetchone()[0])
