"""``groundswell why``: from an event back to the words, rules, models and decisions it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from groundswell.cli.render import range_words, safe, when_words

if TYPE_CHECKING:
    from groundswell.store import Ledger


def explanation(book: Ledger, kind: str, found: Mapping[str, Any]) -> Tree:
    """A tree: event, decisions and links, reports, values, words, who read them."""
    if kind == "document":
        tree = Tree(Text(f"document {found['document']['id'][:12]}  {safe(found['document']['title'])}", style="bold"))
        for event in found["events"]:
            _report(tree, event)
        return tree
    if kind == "report":
        tree = Tree(Text(f"report {found['id']}", style="bold"))
        _decisions(tree, book, found["id"])
        _report(tree, found)
        return tree
    tree = Tree(Text(f"event {found['id']}: {found['type']} ({found['status']})", style="bold"))
    _decisions(tree, book, found["id"])
    for link in found.get("links") or ():
        reason = link.get("reason") or ""
        score = f"{link['score']:.2f} " if link.get("score") is not None else ""
        tree.add(
            Text(
                f"link {str(link.get('left'))[:8]} = {str(link.get('right'))[:8]}: {score}{safe(reason)}", style="cyan"
            )
        )
    for report in found["reports"]:
        stored = book.report(report["id"] if isinstance(report, Mapping) else report)
        if stored is not None:
            _report(tree, stored)
    return tree


def _decisions(tree: Tree, book: Ledger, id: str) -> None:
    for step in book.history(id):
        gone = " (superseded)" if step.get("superseded_at") else ""
        words = f"{step.get('at')} {step.get('by')}: {step.get('kind')} {step.get('judgement') or ''} {step.get('reason') or ''}{gone}"
        tree.add(Text("decision " + safe(words), style="green"))


def _report(tree: Tree, report: Mapping[str, Any]) -> None:
    mode = f"/{report['mode']}" if report.get("mode") else ""
    label = Text(f"report {report['id'][:12]}  {report['type']}{mode} ({report['status']})", style="bold")
    document = report.get("document") or {}
    if document:
        label.append(f"  in {safe(document.get('title') or document.get('source_id'))}", style="dim")
    branch = tree.add(label)
    branch.add(
        Text(
            f"read by {report['by']}, confidence {report['confidence']:.2f} that a careful coder would agree",
            style="dim",
        )
    )
    branch.add(Text("» " + safe(report["evidence"]["text"])))
    _value(branch, "type, status", report["trigger"], f"{report['type']}{mode}, {report['status']}")
    for item in report.get("also") or ():
        _value(branch, "same happening", item, "")
    for key in ("actors", "called_by", "targets"):
        for item in report.get(key) or ():
            known = [item.get("name"), item.get("kind"), item.get("sector"), item.get("country")]
            _value(branch, key.rstrip("s").replace("_", " "), item, ", ".join(safe(str(k)) for k in known if k))
    for item in report.get("places") or ():
        known = [item.get("name"), item.get("admin1"), item.get("country"), item.get("precision")]
        gid = f", GeoNames {item['geonameid']}" if item.get("geonameid") else ""
        _value(branch, "place", item, (", ".join(safe(str(k)) for k in known if k) or "unresolved") + gid)
    if report.get("time"):
        basis = report["time"].get("basis")
        _value(branch, "time", report["time"], when_words(report["time"]) + (f", {basis}" if basis else ""))
    for item in report.get("figures") or ():
        said = (
            f", according to {safe(item['attribution']['text'])}"
            if item.get("attribution")
            else ", in the document's own voice"
        )
        table = f", words by table {item['mapping']}" if item.get("mapping") else ""
        _value(branch, "figure", item, f"{item['of']} {range_words(item)}{said}{table}")
    for key in ("issue", "attribution"):
        if report.get(key):
            _value(branch, key, report[key], "")


def _value(branch: Tree, label: str, quote: Mapping[str, Any], value: str) -> None:
    line = Text(f"{label}: ", style="dim")
    line.append(f"“{safe(quote['text'])}”", style="default not dim bold")
    line.append(f" [{quote['start']}:{quote['end']}]", style="dim")
    if value:
        line.append(f" → {value}", style="default not dim")
    branch.add(line)
