"""The short hand form in which documents are written and coded, read into raw codings for ``corpus.to_offsets``.

Never guesses: whatever is not in the text or not in the codebook is a problem that names file, line and what to do.

One document is a block of lines, blank lines part documents::

    >Title line
    >First paragraph
    +TYPE[/mode] STATUS TRIGGER|a actor; actor|b called by|t target|p place|w time|f figure=K|i issue|s attribution|l also
    "speaker|cue|content|d
    =figure=K
    @P person; person|O organisation|L place

Types, statuses and figure kinds have one to three letters (``TYPES``, ``STATUS``, ``FIGURE``). Every phrase is the exact
text; ``word#2`` is its second occurrence; ``first words .. last words`` is the stretch from the one to the other.
"""

from __future__ import annotations

import re

from groundswell.train.corpus import Row, find_span
from groundswell.values import MODES

TYPES = {
    "PRO": "PROTEST", "ASS": "ASSAULT", "COE": "COERCE", "MOB": "MOBILIZE", "SAN": "SANCTION", "THR": "THREATEN",
    "REQ": "REQUEST", "ACC": "ACCUSE", "REJ": "REJECT", "RET": "RETREAT", "CON": "CONCEDE", "AID": "AID",
    "COO": "COOPERATE", "SUP": "SUPPORT", "AGR": "AGREE", "CNS": "CONSULT",
}  # fmt: skip
STATUS = {
    "o": "occurred", "g": "ongoing", "a": "announced", "c": "called_for", "t": "threatened", "h": "hypothetical",
    "d": "denied", "x": "cancelled",
}  # fmt: skip
FIGURE = {
    "p": "participants", "d": "deaths", "i": "injured", "a": "arrested", "D": "displaced", "b": "abducted",
    "f": "affected", "x": "destroyed", "w": "weapons", "o": "other",
}  # fmt: skip
KIND = {"P": "person", "O": "organisation", "L": "place"}
LISTS = {"a": "actors", "b": "called_by", "t": "targets", "p": "places", "l": "also"}
SINGLES = {"w": "time", "i": "issue", "s": "attribution"}
SOURCE = "written for this corpus"
_LEAD = re.compile(r"(on|in|at) (the )?", re.I)


class _Block:
    """One document while its lines are read; ``problems`` holds those of the line just read."""

    def __init__(self, identifier: str, text: str) -> None:
        self.text = text
        self.problems: list[str] = []
        self.say = self.problems.append
        self.row: Row = {"id": identifier, "doc": identifier, "source": SOURCE, "text": text}

    def phrase(self, words: str) -> str | None:
        """The phrase as it stands in the text, or None with a problem said."""
        words = words.strip()
        first, dots, last = words.partition(" .. ")
        if dots:
            start = self.text.find(first)
            end = self.text.find(last, start + len(first)) if start >= 0 else -1
            if end < 0:
                self.say(f"no stretch from {first!r} to {last!r} in the text; quote its first and last words exactly")
                return None
            return self.text[start : end + len(last)]
        if find_span(self.text, words) is None:
            self.say(f"{words!r} is not in the text; quote it exactly as it stands (word#2 for its second occurrence)")
            return None
        return words

    def phrases(self, words: str) -> list[str]:
        found = [self.phrase(each) for each in words.split(";") if each.strip()]
        return [each for each in found if each]

    def figures(self, words: str) -> list[Row]:
        out = []
        for each in (part for part in words.split(";") if part.strip()):
            number, sign, kind = each.rpartition("=")
            if not sign or kind.strip() not in FIGURE:
                self.say(f"figure {each.strip()!r}: write number=K with K one of {' '.join(FIGURE)}")
                continue
            text = self.phrase(number)
            if text:
                out.append({"text": text, "of": FIGURE[kind.strip()]})
        return out

    def event(self, parts: list[str]) -> None:
        head = parts[0].split(" ", 2)
        short, _, mode = head[0].partition("/")
        if len(head) < 3 or short not in TYPES or head[1] not in STATUS:
            self.say(f"event {parts[0]!r}: write TYPE[/mode] STATUS TRIGGER, e.g. PRO/demo o marched")
            return
        event: Row = {"type": TYPES[short], "status": STATUS[head[1]]}
        if mode:
            if mode not in MODES[TYPES[short]]:
                self.say(
                    f"{mode!r} is no mode of {TYPES[short]}; use one of {', '.join(MODES[TYPES[short]]) or 'none'}"
                )
                return
            event["mode"] = mode
        trigger = self.phrase(head[2])
        if not trigger:
            return
        event["trigger"] = trigger
        for part in parts[1:]:
            self._role(event, part[:1], part[2:])
        self.row.setdefault("events", []).append(event)

    def _role(self, event: Row, key: str, words: str) -> None:
        found: object = None
        name = LISTS.get(key) or SINGLES.get(key) or ""
        if key == "f":
            name, found = "figures", self.figures(words)
        elif key in LISTS:
            found = self.phrases(words)
        elif key in SINGLES:
            found = self.phrase(_LEAD.sub("", words, count=1) if key == "w" and _LEAD.match(words) else words)
        else:
            self.say(f"no attribute {key!r}; use one of {' '.join([*LISTS, *SINGLES, 'f'])}")
        if found:
            event[name] = found

    def statement(self, parts: list[str]) -> None:
        if len(parts) < 3:
            self.say('a statement is "speaker|cue|content or "speaker|cue|content|d; leave empty what is not there')
            return
        content = self.phrase(parts[2])
        if not content:
            return
        said: Row = {"content": content, "direct": parts[3:4] == ["d"]}
        for name, words in zip(("speaker", "cue"), parts[:2], strict=True):
            found = self.phrase(words) if words else None
            if found:
                said[name] = found
        self.row.setdefault("statements", []).append(said)

    def names(self, parts: list[str]) -> None:
        for part in parts:
            if part[:1] not in KIND:
                self.say(f"names {part!r}: begin each list with P (persons), O (organisations) or L (places)")
                continue
            found = [{"text": name, "kind": KIND[part[0]]} for name in self.phrases(part[2:])]
            self.row.setdefault("entities", []).extend(found)

    def line(self, line: str) -> None:
        parts = re.split(r"\s*\|\s*", line[1:].strip())
        if line[0] == "+":
            self.event(parts)
        elif line[0] == "=":
            self.row.setdefault("figures", []).extend(self.figures(line[1:].strip()))
        elif line[0] == '"':
            self.statement(parts)
        elif line[0] == "@":
            self.names(parts)
        else:
            self.say(f'a line begins with > + = " or @, this one with {line[0]!r}')


def parse(text: str, name: str) -> tuple[list[Row], list[str]]:
    """Raw codings of a text in hand notation, and its problems (``name:line: what, and what to do``).

    Rows are numbered ``name-001`` in order; ``name`` is the file's name without its ending.
    """
    rows: list[Row] = []
    problems: list[str] = []
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append((number, line.rstrip()))
        elif block:
            rows.append(_document(block, f"{name}-{len(rows) + 1:03d}", name, problems))
            block = []
    return rows, problems


def _document(block: list[tuple[int, str]], identifier: str, name: str, problems: list[str]) -> Row:
    text = "\n\n".join(line[1:].strip() for _, line in block if line[0] == ">")
    made = _Block(identifier, text)
    if not text:
        problems.append(f"{name}:{block[0][0]}: no text; begin each line of the document's text with >")
    for number, line in block:
        if line[0] != ">":
            made.line(line)
            problems += [f"{name}:{number}: {problem}" for problem in made.problems]
            made.problems.clear()
    return made.row
