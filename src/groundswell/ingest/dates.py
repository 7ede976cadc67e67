"""Publication dates written in a text: a line that is a date, or a dateline with a year.

Only a date that can be read one way is returned: 02/03/2024 is left open and reported. Dates inside sentences are
about what happened and are none of this module's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "enero", "ene", "janvier", "janv", "januar", "jänner", "janeiro", "gennaio", "januari"),
    ("february", "feb", "febrero", "février", "févr", "februar", "fevereiro", "fev", "febbraio", "februari"),
    ("march", "mar", "marzo", "mars", "märz", "março", "maart"),
    ("april", "apr", "abril", "abr", "avril", "avr", "aprile"),
    ("may", "mayo", "mai", "maio", "maggio", "mei"),
    ("june", "jun", "junio", "juin", "juni", "junho", "giugno"),
    ("july", "jul", "julio", "juillet", "juil", "juli", "julho", "luglio"),
    ("august", "aug", "agosto", "ago", "août", "augustus"),
    ("september", "sept", "sep", "septiembre", "setiembre", "septembre", "setembro", "set", "settembre"),
    ("october", "oct", "octubre", "octobre", "oktober", "okt", "outubro", "out", "ottobre"),
    ("november", "nov", "noviembre", "novembre", "novembro"),
    ("december", "dec", "diciembre", "dic", "décembre", "déc", "dezember", "dez", "dezembro", "dicembre"),
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = (
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|lunes|martes|miércoles|jueves|viernes|"
    r"sábado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonntag|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira)\.?,?\s+"
)
_DATE = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?(?P<m1>{_MONTH}),?\s+(?:de\s+|del\s+)?(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    r"|(?P<y3>\d{4})[-/.](?P<n3>\d{1,2})[-/.](?P<d3>\d{1,2})"
    r"|(?P<a4>\d{1,2})[-/.](?P<b4>\d{1,2})[-/.](?P<y4>\d{4}))"
)
_LABEL = (
    r"(?:(?:first\s+|originally\s+)?(?:published|posted|issued|released|date|dated|publicado|publié|veröffentlicht|"
    r"(?:last\s+)?(?:updated|modified))(?:\s+(?:on|at|el|le|am|em))?\s*:?\s*)"
)
_CLOCK = r"(?:[,|·•–—T-]?\s*(?:at\s+)?\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:\(?[A-Z]{2,5}\)?(?:[+-]\d{1,4})?)?)"
_LINE = re.compile(
    rf"^[\s(\[|·•–—-]*(?P<label>{_LABEL})?(?P<place>[^\W\d_][^\W\d_.'’ -]{{1,30}},\s+(?:le|el|den|on|em)?\s*)?(?:{_WEEKDAY})?{_DATE}{_CLOCK}?[\s)\]|·•.–—-]*"
    rf"(?:\(?(?:updated|last updated)\b.*)?$",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"^(?:[^\W\d_][\w.'’ -]{{1,40}}(?:,\s*[^\W\d_][\w.'’ -]{{1,30}})?\s*[,(–—-]\s*)(?:{_WEEKDAY})?{_DATE}\)?\s*"
    r"(?:\([^)]{2,60}\)|/[^/\n]{2,60}/)?\s*(?:--|[–—:-])\s",
    re.IGNORECASE,
)
_INSIDE = re.compile(rf"(?:(?<!\w){_WEEKDAY})?(?<!\w){_DATE}(?!\w)", re.IGNORECASE)
_EARLIEST_YEAR = 1600


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written. ``value`` is None where the digits can be read two ways. ``updated``: of a revision."""

    words: str
    value: date | None
    updated: bool = False


def date_line(line: str) -> WrittenDate | None:
    """The date of a line that is nothing but a date (with label, weekday or time of day); None for other lines."""
    if len(line) > 120 or not any(each.isdigit() for each in line):
        return None
    found = _LINE.match(line.strip())
    if found is None:
        return None
    label = (found["label"] or "").lower()
    return _written(found, line.strip(), updated="updated" in label or "modified" in label)


def dateline(paragraph: str) -> WrittenDate | None:
    """The date of a dateline that states its year: "KHARTOUM, March 3, 2024 (Reuters) - ..."."""
    found = _DATELINE.match(paragraph[:240])
    return _written(found, found.group().strip(), updated=False) if found else None


def without_date(words: str) -> str:
    """A running head without the date of the issue."""
    return _INSIDE.sub(" ", words[:200])


def _written(found: re.Match[str], words: str, *, updated: bool) -> WrittenDate | None:
    if found["y1"]:
        return _named(int(found["y1"]), found["m1"], int(found["d1"]), words, updated)
    if found["y2"]:
        return _named(int(found["y2"]), found["m2"], int(found["d2"]), words, updated)
    if found["y3"]:
        value = _date(int(found["y3"]), int(found["n3"]), int(found["d3"]))
        return WrittenDate(words, value, updated) if value else None
    first, second, year = int(found["a4"]), int(found["b4"]), int(found["y4"])
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    if day_first and month_first and day_first != month_first:
        return WrittenDate(words, None, updated)
    value = day_first or month_first
    return WrittenDate(words, value, updated) if value else None


def _named(year: int, month: str, day: int, words: str, updated: bool) -> WrittenDate | None:
    value = _date(year, MONTHS[month.lower().rstrip(".")], day)
    return WrittenDate(words, value, updated) if value else None


def _date(year: int, month: int, day: int) -> date | None:
    if year < _EARLIEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def from_metadata(value: object) -> date | None:
    """An ISO date or date-time, a written date, or Unix seconds, from a column or tag; None where it can be read two ways."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    text = str(value or "").strip()
    iso = re.match(r"^(\d{4})-(\d{2})-(\d{2})(?!\d)", text) or re.match(
        r"^(\d{4})(\d{2})(\d{2})(?:T\d+Z?|\d{6})?$", text
    )
    if iso:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    written = date_line(text)
    return written.value if written else None
