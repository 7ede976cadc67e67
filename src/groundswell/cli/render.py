"""Rich tables and panels for people. Takes public JSON objects, returns renderables; prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from groundswell.api import ReadDocument

TYPE_STYLE = {
    "PROTEST": "bold magenta", "ASSAULT": "bold red", "COERCE": "bold yellow", "MOBILIZE": "bold yellow",
    "SANCTION": "yellow", "THREATEN": "red", "REQUEST": "cyan", "ACCUSE": "cyan", "REJECT": "cyan", "RETREAT": "green",
    "CONCEDE": "green", "AID": "green", "COOPERATE": "green", "SUPPORT": "green", "AGREE": "green", "CONSULT": "blue",
}  # fmt: skip
MARK = {
    "trigger": "bold reverse", "actor": "green", "target": "yellow", "place": "blue", "time": "magenta", "figure": "cyan",
}  # fmt: skip
# Controls that can reorder or hide text in a terminal are shown by their code point.
_UNSAFE = {c: f"⟨U+{c:04X}⟩" for c in [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010), 0xFEFF]}
_UNSAFE |= {c: f"⟨U+{c:04X}⟩" for c in [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0)]}


def console(*, stderr: bool = False) -> Console:
    # No markup, no emoji codes: "[/x]" and ":smile:" in an article are its words, not instructions to this program.
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def safe(words: str | None) -> str:
    """Text that may be printed: bidi and terminal controls made visible."""
    return (words or "").translate(_UNSAFE)


def document_panel(record: Mapping[str, Any]) -> Panel:
    """Everything one document reports."""
    document = record["document"]
    parts: list[Any] = [_document_line(document)]
    parts += [Text(f"! {safe(p['message'])}", style="yellow") for p in document["problems"]]
    if not record["events"]:
        parts.append(Text("No happening found in this document.", style="dim"))
    for event in record["events"]:
        parts += [Text(), event_block(event)]
    if record["figures"]:
        parts += [Text("\nFigures of no one event", style="bold"), *(_figure(f) for f in record["figures"])]
    if record["statements"]:
        parts += [Text("\nStatements", style="bold"), *(_statement(s) for s in record["statements"])]
    return Panel(
        Group(*parts), title=Text(safe(document["title"] or document["source_id"]), style="bold"), title_align="left"
    )


def _document_line(document: Mapping[str, Any]) -> Text:
    when = document["published"] or "date unknown"
    basis = f" ({document['published_basis']})" if document["published"] else ""
    known = [document["publisher"], document["author"], f"{when}{basis}", document["language"], document["outcome"]]
    return Text(" · ".join(safe(part) for part in known if part), style="dim")


def event_block(event: Mapping[str, Any]) -> Group:
    """One event: a headline, its values, its sentence with the words marked."""
    head = Text()
    mode = f"/{event['mode']}" if event.get("mode") else ""
    head.append(f"{event['type']}{mode}", style=TYPE_STYLE[event["type"]])
    head.append(f"  {event['status']}", style="italic")
    head.append(f"  {event['confidence']:.2f}  {event['id']}", style="dim")
    lines = [head]
    for label, key in (("who", "actors"), ("called by", "called_by"), ("whom", "targets")):
        if event.get(key):
            lines.append(_line(label, ", ".join(_named(a) for a in event[key])))
    if event.get("places"):
        lines.append(_line("where", ", ".join(_where(p) for p in event["places"])))
    if event.get("time"):
        lines.append(_line("when", when_words(event["time"])))
    lines += [_line("how many", _figure(f).plain) for f in event.get("figures") or ()]
    for label, key in (("about", "issue"), ("says", "attribution")):
        if event.get(key):
            lines.append(_line(label, safe(event[key]["text"])))
    return Group(*lines, marked_sentence(event))


def _line(label: str, words: str) -> Text:
    return Text(f"  {label:<10}", style="dim") + Text(words, style="default not dim")


def _named(actor: Mapping[str, Any]) -> str:
    name = actor.get("name")
    return safe(actor["text"]) if not name or name == actor["text"] else f"{safe(actor['text'])} ({safe(name)})"


def _where(place: Mapping[str, Any]) -> str:
    known = [place.get("admin1"), place.get("country")]
    return f"{safe(place['text'])} [{', '.join(safe(k) for k in known if k) or 'unresolved'}; {place.get('precision') or '?'}]"


def when_words(time: Mapping[str, Any]) -> str:
    """The words of a time and the days (ISO 8601) they mean, both ends included; "…" is an end that is not known."""
    earliest, latest = time.get("earliest"), time.get("latest")
    if not earliest and not latest:
        return f"{safe(time['text'])} (no date claimed)"
    span = earliest if earliest == latest else f"{earliest or '…'} to {latest or '…'}"
    return f"{safe(time['text'])} = {span}"


def range_words(figure: Mapping[str, Any]) -> str:
    """What is known of a number, in words: a side that the text leaves open is not written."""
    low, best, high = figure.get("low"), figure.get("best"), figure.get("high")
    if low is not None and high is not None:
        sides = f"{low:,}" if low == high else f"{low:,}–{high:,}"
    else:
        sides = f"at least {low:,}" if low is not None else f"at most {high:,}" if high is not None else ""
    about = f"about {best:,}" if best is not None and best not in (low, high) else ""
    return ", ".join(part for part in (sides, about) if part) or "no number"


def _figure(figure: Mapping[str, Any]) -> Text:
    who = figure.get("attribution")
    said = f", according to {safe(who['text'])}" if who else ""
    return Text(f"{figure['of']}: “{safe(figure['text'])}” = {range_words(figure)}{said}")


def _statement(statement: Mapping[str, Any]) -> Text:
    speaker = statement.get("speaker")
    line = Text("  ")
    line.append(safe(speaker["text"]) if speaker else "unnamed source", style="green")
    if speaker and speaker["name"] != speaker["text"]:
        line.append(f" ({safe(speaker['name'])})", style="green")
    cue = statement.get("cue")
    line.append(f" {safe(cue['text']) if cue else ''}: ", style="dim")
    words = safe(statement["content"]["text"])
    return line.append(f"“{words}”" if statement["direct"] else words)


def marked_sentence(event: Mapping[str, Any]) -> Text:
    """The evidence sentence with every word that a value was read from marked in its colour."""
    evidence = event["evidence"]
    base = evidence["start"]
    line = Text(evidence["text"])

    def mark(item: Mapping[str, Any] | None, style: str) -> None:
        if item and base <= item["start"] and item["end"] <= evidence["end"]:
            line.stylize(style, item["start"] - base, item["end"] - base)

    for key, style in (
        ("actors", "actor"),
        ("called_by", "actor"),
        ("targets", "target"),
        ("places", "place"),
        ("figures", "figure"),
    ):
        for item in event.get(key) or ():
            mark(item, MARK[style])
    mark(event.get("time"), MARK["time"])
    mark(event["trigger"], MARK["trigger"])
    for item in event.get("also") or ():
        mark(item, "underline")
    shown = Text("  » ", style="dim") + line
    # Offsets are counted before controls are made visible, so replace them at the very end.
    if any(ord(c) in _UNSAFE for c in shown.plain):
        return Text("  » " + safe(evidence["text"]))
    return shown


def outcome_line(item: ReadDocument) -> Text:
    """One line for an input that gave no record."""
    said = " ".join(problem["message"] for problem in item.problems)
    of = f" of {item.duplicate_of}" if item.duplicate_of else ""
    style = "red" if item.outcome == "rejected" else "yellow"
    return Text(f"{safe(item.source_id)}: ") + Text(f"{item.outcome}{safe(of)}", style=style) + Text(f"  {safe(said)}")


def outcomes_table(counts: Mapping[str, int], ledger: str) -> Table:
    """Every input under exactly one outcome; the last row is their sum."""
    table = Table(title=f"Outcomes · {ledger}", title_justify="left")
    table.add_column("outcome")
    table.add_column("inputs", justify="right")
    meaning = {
        "read": "read whole", "partial": "read in part, reasons kept", "irrelevant": "read, reports no happening",
        "duplicate": "same content as another", "rejected": "could not be read, reasons kept",
    }  # fmt: skip
    table.add_column("meaning", style="dim")
    for name, words in meaning.items():
        table.add_row(name, str(counts.get(name, 0)), words)
    table.add_section()
    table.add_row("all inputs", str(sum(counts.values())), "")
    return table


def events_table(rows: Sequence[Mapping[str, Any]], *, title: str) -> Table:
    """One row an event, short enough for 80 columns; ``show`` has the rest."""
    table = Table(title=title, title_justify="left", padding=(0, 1), box=SIMPLE)
    table.add_column("event", no_wrap=True, style="dim")
    table.add_column("what")
    table.add_column("when", no_wrap=True)
    for name in ("where", "who", "how many"):
        table.add_column(name, overflow="fold")
    table.add_column("n", justify="right")
    for row in rows:
        what = Text(row["type"], style=TYPE_STYLE.get(str(row["type"]), ""))
        detail = " ".join(
            part for part in (row.get("mode"), row["status"] if row["status"] != "occurred" else None) if part
        )
        what.append(f"\n{detail}" if detail else "", style="not bold dim")
        ranges = row.get("figure_ranges") or {}
        table.add_row(
            str(row["id"])[:8],
            what,
            _days(row.get("time") or {}),
            _short_place(row.get("place") or {}),
            ", ".join(safe(a["name"]) for a in (row.get("actors") or [])[:2]),
            "\n".join(f"{_claims(claims)} {of}" for of, claims in list(ranges.items())[:3]),
            str(row.get("report_count", 1)),
        )
    return table


def _days(time: Mapping[str, Any]) -> str:
    earliest, latest = time.get("earliest"), time.get("latest")
    if earliest == latest:
        return earliest or ""
    return f"{earliest or '…'}\n– {latest or '…'}"


def _short_place(place: Mapping[str, Any]) -> str:
    if place.get("precision") == "country":
        return safe(place.get("name"))
    return ", ".join(safe(part) for part in (place.get("name") or place.get("text"), place.get("country")) if part)


def _claims(claims: Mapping[str, Any]) -> str:
    """From the least to the most that any source of an event gives; "20+" where one gives no upper end."""
    low, high = claims.get("low"), claims.get("high")
    if claims.get("open"):
        return f"{low:,}+" if low is not None else "?"
    return f"{low:,}" if low == high else f"{low:,}–{high:,}" if low is not None else f"up to {high:,}"


def problems_table(rows: Iterable[tuple[str, str, str]], *, title: str) -> Table:
    """Three columns: what was looked at, how it stands, what to do."""
    table = Table(title=title, title_justify="left")
    for name in ("what", "state", "note"):
        table.add_column(name, overflow="fold")
    for what, state, note in rows:
        style = {"ok": "green", "missing": "yellow"}.get(state, "red" if state not in ("ok", "info") else "")
        table.add_row(what, Text(state, style=style), note)
    return table
