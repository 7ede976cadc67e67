"""Measures the time resolver on MEANTIME, TimeBank with AQUAINT, and the English DateTime specs of Recognizers-Text.

Run: python -m groundswell.evaluate.time_sets [FOLDER]  (FOLDER holds meantime-en, timebank-dev and recognizers).

How TIMEX3 is scored: type DATE, and TIME by its day; DURATION and SET are left out. A value is right when our interval is
the gold value's days. Values with open digits (1998-10-XX, 1989-WXX) and phrases whose gold carries a mod (early, late) are
right when our interval lies within. PAST_REF, PRESENT_REF and FUTURE_REF name no date: resolving to nothing is right; they
are printed apart, and left out of the end-to-end figure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

from groundswell.analyse.sentences import sentences
from groundswell.evaluate import timeml
from groundswell.evaluate.time_specs import measure_specs
from groundswell.pipeline import Pipeline
from groundswell.records import Document, Finding, Record, Span
from groundswell.resolve import time_calendar as cal
from groundswell.resolve.time import times
from groundswell.values import Interval, Mention

# MEANTIME's annotators read the title and the first five sentences of each article.
LAST_SENTENCE = 5


@dataclass(frozen=True, slots=True)
class Gold:
    """One TIMEX3: its words, its type, its value, whether it carries a mod."""

    span: Span
    type: str
    value: str
    mod: bool


@dataclass(frozen=True, slots=True)
class TimexDocument:
    """A document with its gold times."""

    name: str
    text: str
    published: date | None
    golds: tuple[Gold, ...]


@dataclass(slots=True)
class Counts:
    """Tallies of one corpus. ``misses`` holds what went wrong, for reading."""

    right: int = 0
    total: int = 0
    right_ref: int = 0
    total_ref: int = 0
    found: int = 0
    matched: int = 0
    wanted: int = 0
    misses: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        return (self.right + self.right_ref) / max(1, self.total + self.total_ref)

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(1, self.found + self.wanted)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_timebank(folder: Path) -> Iterator[TimexDocument]:
    """TimeML files below a folder; publication is the DCT."""
    for path in sorted(folder.rglob("*.tml")):
        found = timeml.read(path)
        if found is not None:
            golds = (_gold(node, span.start, span.end) for node, span in found.marked if node.tag == "TIMEX3")
            yield TimexDocument(path.name, found.text, found.published, tuple(golds))


def _gold(node: ElementTree.Element, start: int, end: int) -> Gold:
    return Gold(Span(start, end), node.get("type", ""), node.get("value", ""), bool(node.get("mod")))


def read_meantime(folder: Path) -> Iterator[TimexDocument]:
    """NAF-like XML of MEANTIME; tokens joined by blanks, sentences by blank lines."""
    for path in sorted((folder / "intra_cross-doc_annotation").rglob("*.xml")):
        root = ElementTree.parse(path).getroot()
        text, places, sentence = "", {}, "0"
        for token in root.iter("token"):
            if int(token.get("sentence", "0")) > LAST_SENTENCE:
                break
            glue = "" if not text else " " if token.get("sentence") == sentence else "\n\n"
            sentence = token.get("sentence", "")
            text += glue
            places[token.get("t_id")] = (len(text), len(text) + len(token.text or ""))
            text += token.text or ""
        published, golds = None, []
        for timex in root.iter("TIMEX3"):
            anchors = [places[a.get("t_id")] for a in timex.iter("token_anchor") if a.get("t_id") in places]
            if timex.get("functionInDocument") == "CREATION_TIME":
                published = timeml.day(timex.get("value", "")) or published
                if anchors:
                    dateline = Span(min(a[0] for a in anchors), max(a[1] for a in anchors))
                    golds.append(Gold(dateline, "DATELINE", timex.get("value", ""), False))
            elif anchors:
                golds.append(_gold(timex, min(a[0] for a in anchors), max(a[1] for a in anchors)))
        yield TimexDocument(path.name, text, published, tuple(golds))


# -- values -----------------------------------------------------------------------------------------------------------

_SEASONS = {"SP": "spring", "SU": "summer", "FA": "autumn", "WI": "winter"}


def value_period(value: str) -> tuple[cal.Period, bool] | None:
    """The days of a TIMEX3 value, and whether it left digits open. None for the REF values and what is no date."""
    value = value.split("T")[0]
    open_digits = "X" in value
    year = re.match(r"\d{4}(?!\d)", value)
    if not year:
        short = value.rstrip("X")
        if re.fullmatch(r"\d{3}", short):
            return cal.decade_of(int(short) * 10), False
        return (cal.century_of(int(short) + 1), False) if re.fullmatch(r"\d{2}", short) else None
    number, rest = int(year.group()), value[5:]
    try:
        return _within_year(number, rest, open_digits)
    except ValueError:
        return None


def _within_year(year: int, rest: str, open_digits: bool) -> tuple[cal.Period, bool]:
    if match := re.match(r"W(\d{1,2})(-WE)?", rest):
        monday = date.fromisocalendar(year, int(match.group(1)), 1)
        return cal.period_around(monday, "weekend" if match.group(2) else "week"), open_digits
    if match := re.match(r"Q(\d)", rest):
        return cal.quarter_of(year, int(match.group(1))), open_digits
    if match := re.match(r"H(\d)", rest):
        first = date(year, 1 if match.group(1) == "1" else 7, 1)
        return (first, cal.plus_days(cal.plus_months(first, 6), -1)), open_digits
    if rest[:2] in _SEASONS:
        return cal.season_of(year, _SEASONS[rest[:2]]), open_digits
    if match := re.match(r"(\d\d)-(\d\d)", rest):
        day = date(year, int(match.group(1)), int(match.group(2)))
        return (day, day), open_digits
    if match := re.match(r"(\d\d)", rest):
        return cal.month_of(year, int(match.group(1))), open_digits
    return (date(year, 1, 1), date(year, 12, 31)), open_digits


_MOD = re.compile(
    r"(?i)\b(early|late|mid|middle|end|beginning|start|earlier|later|half|around|about|nearly|almost)\b|-end"
)


def agrees(ours: Interval | None, gold: Gold, words: str) -> bool:
    """Whether an interval says what a TIMEX3 value says (see the head of this module)."""
    period = value_period(gold.value)
    if ours is None or period is None:
        return ours is None and period is None
    (first, last), open_digits = period
    if ours.precision == "open":
        one_day = timedelta(days=1)
        return (ours.earliest is None or ours.earliest in (first, last + one_day)) and (
            ours.latest is None or ours.latest in (last, first - one_day)
        )
    if (ours.earliest, ours.latest) == (first, last):
        return True
    within = ours.earliest is not None and ours.latest is not None and first <= ours.earliest and ours.latest <= last
    return within and (open_digits or gold.mod or bool(_MOD.search(words)))


# -- measuring --------------------------------------------------------------------------------------------------------


def measure_timex(documents: Iterator[TimexDocument]) -> Counts:
    """Value accuracy with gold spans, and end to end: F1 of (overlapping span, same value)."""
    pipeline = Pipeline([sentences, times], by="evaluate.time_sets")
    counts = Counts()
    for document in documents:
        plain = Document(id=document.name, text=document.text, published=document.published)
        mentions = tuple(Finding(Mention("time"), (g.span,), by="gold") for g in document.golds)
        given = _intervals(pipeline.read(Record(plain, mentions)))
        own = _intervals(pipeline.read(Record(plain)))
        dates = [g for g in document.golds if _counts(g, document.text[g.span.start : g.span.end])]
        for gold in dates:
            _score_given(counts, document, gold, given.get(gold.span))
        _score_found(counts, document, dates, own)
    return counts


_CLOCK = re.compile(
    r"(?i)(?:[\d:.+() ]|[ap]\.?m\b\.?|utc|gmt|e[sd]t|p[sd]t|o'clock|noon|midday|midnight|in the morning|local time)+"
)


def _counts(gold: Gold, words: str) -> bool:
    """DATE always; TIME where its words name more than an hour of the clock."""
    return gold.type == "DATE" or (gold.type == "TIME" and not _CLOCK.fullmatch(words))


def _intervals(record: Record) -> dict[Span, Interval]:
    return {finding.span: finding.value for finding in record.of(Interval)}


def _score_given(counts: Counts, document: TimexDocument, gold: Gold, ours: Interval | None) -> None:
    words = document.text[gold.span.start : gold.span.end]
    right = agrees(ours, gold, words)
    if value_period(gold.value) is None:
        counts.total_ref += 1
        counts.right_ref += right
    else:
        counts.total += 1
        counts.right += right
    if not right:
        shown = f"{ours.earliest}..{ours.latest}" if ours else "nothing"
        around = document.text[max(0, gold.span.start - 70) : gold.span.end + 30].replace("\n", " ")
        counts.misses.append((words.replace("\n", " "), gold.value, shown, f"[{document.published}] {around}"))


def _score_found(counts: Counts, document: TimexDocument, dates: list[Gold], own: dict[Span, Interval]) -> None:
    wanted = [g for g in dates if value_period(g.value) is not None]
    others = [g for g in document.golds if g not in dates]
    counts.wanted += len(wanted)
    taken: set[Gold] = set()
    for span, interval in own.items():
        near = [g for g in wanted if g.span.overlaps(span) and g not in taken]
        if not near and any(g.span.overlaps(span) for g in others):
            continue
        counts.found += 1
        words = document.text[span.start : span.end]
        hits = [g for g in near if agrees(interval, g, words)]
        if hits:
            taken.add(hits[0])
            counts.matched += 1
        else:
            golds = " ".join(g.value for g in near) or "-"
            around = document.text[max(0, span.start - 70) : span.end + 30].replace("\n", " ")
            counts.misses.append(
                ("FOUND " + words.replace("\n", " "), golds, f"{interval.earliest}..{interval.latest}", around)
            )
    for gold in wanted:
        if not any(gold.span.overlaps(span) for span in own):
            words = document.text[gold.span.start : gold.span.end]
            counts.misses.append(("UNFOUND " + words.replace("\n", " "), gold.value, "", ""))


def main(arguments: list[str]) -> None:
    """Print the figures; with ``--misses`` also what went wrong."""
    names = [a for a in arguments if not a.startswith("--")]
    folder = Path(names[0]) if names else Path("../shared/data/time")
    corpora = {"meantime": read_meantime(folder / "meantime-en"), "timebank": read_timebank(folder / "timebank-dev")}
    lines: list[str] = []
    for name, documents in corpora.items():
        counts = measure_timex(documents)
        lines.append(
            f"{name}: gold spans {counts.accuracy:.3f} ({counts.right + counts.right_ref}/{counts.total + counts.total_ref}; "
            f"dated {counts.right}/{counts.total}, REF {counts.right_ref}/{counts.total_ref}); end to end F1 {counts.f1:.3f} "
            f"(found {counts.found}, right {counts.matched}, gold {counts.wanted})"
        )
        if "--misses" in arguments:
            lines.extend("   " + " | ".join(miss) for miss in counts.misses)
    specs = measure_specs(folder / "recognizers" / "English" / "DateTimeModel.json")
    passed = specs.same + specs.convention
    lines.append(
        f"recognizers: {specs.specs} specs of date or daterange ({specs.left_out} left out); same {specs.same} ({specs.same / specs.specs:.3f}), with "
        f"conventions {passed} ({passed / specs.specs:.3f}); all phrases found in {specs.found}"
    )
    if "--misses" in arguments:
        lines.extend("   " + " | ".join(fail) for fail in specs.fails)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
