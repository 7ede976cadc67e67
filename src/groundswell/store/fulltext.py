"""The words of documents and of issues, indexed for search: kept in step here and nowhere else."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from groundswell.errors import UsageError
from groundswell.store import postgres

DOCUMENTS = "SELECT rowid FROM text_index WHERE text_index MATCH ?"
"""Numbers of the documents that hold all words of an ``fts_query``."""
ISSUES = "SELECT rowid FROM issue_index WHERE issue_index MATCH ?"
"""Numbers of the reports whose issue holds them."""


def put_document(connection: sqlite3.Connection, n: int, title: str, text: str) -> None:
    if postgres.is_postgres(connection):
        postgres.put_words(connection, "text", n, f"{title}\n{text}")
        return
    connection.execute("INSERT INTO text_index(rowid, title, text) VALUES(?, ?, ?)", (n, title, text))


def drop_document(connection: sqlite3.Connection, n: int, title: str, text: str) -> None:
    """``title`` and ``text`` as they were put: the index keeps words only and cannot tell them itself."""
    if postgres.is_postgres(connection):
        postgres.drop_words(connection, "text", n)
        return
    connection.execute(
        "INSERT INTO text_index(text_index, rowid, title, text) VALUES('delete', ?, ?, ?)", (n, title, text)
    )


def renew_documents(connection: sqlite3.Connection, texts: Iterable[tuple[int, str, str]]) -> None:
    """Make the whole index anew from (number, title, text), so that no old word stays in it."""
    if not postgres.is_postgres(connection):
        connection.execute("INSERT INTO text_index(text_index) VALUES('delete-all')")
    for n, title, text in texts:
        put_document(connection, n, title, text)


def put_issue(connection: sqlite3.Connection, report: int, text: str | None) -> None:
    """The issue of a report, in the place of an earlier one; None and "" for none."""
    known = connection.execute("SELECT text FROM report_issue WHERE report = ?", (report,)).fetchone()
    if known is not None:
        if known[0] == text:
            return
        if postgres.is_postgres(connection):
            postgres.drop_words(connection, "issue", report)
        else:
            connection.execute(
                "INSERT INTO issue_index(issue_index, rowid, text) VALUES('delete', ?, ?)", (report, known[0])
            )
        connection.execute("DELETE FROM report_issue WHERE report = ?", (report,))
    if text:
        connection.execute("INSERT INTO report_issue(report, text) VALUES(?, ?)", (report, text))
        if postgres.is_postgres(connection):
            postgres.put_words(connection, "issue", report, text)
        else:
            connection.execute("INSERT INTO issue_index(rowid, text) VALUES(?, ?)", (report, text))


def renew_issues(connection: sqlite3.Connection) -> None:
    """Make the index of issues anew from table ``report_issue``, so that no old word stays in it."""
    if postgres.is_postgres(connection):
        connection.execute("DELETE FROM issue_index WHERE report NOT IN (SELECT report FROM report_issue)")
    else:
        connection.execute("INSERT INTO issue_index(issue_index) VALUES('rebuild')")


def fts_query(words: str) -> str:
    """The reader's words as an FTS5 query: all must occur; every word is quoted, so that no FTS operator can be smuggled in."""
    terms = re.findall(r'"[^"]+"|\S+', words)
    quoted = []
    for term in terms:
        prefix = term.endswith("*") and len(term) > 1
        bare = term.strip('"').rstrip("*").replace('"', " ").replace("\x00", " ").strip()
        if any(letter.isalnum() for letter in bare):
            quoted.append(f'"{bare}"' + (" *" if prefix else ""))
    if not quoted:
        raise UsageError(f"No word to search for in {words!r}. Give at least one word.")
    return " ".join(quoted)
