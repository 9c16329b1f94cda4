"""Names of columns that show what a column holds, in several languages."""

from __future__ import annotations

import re
import unicodedata

# Parts of dates -> a pattern of the names of their columns.
PARTS = {
    "year": r"year|jahr|\byr\b|^ano$|anio|annee|^anno$|^jaar$",
    "quarter": "quarter|quartal|qtr|trimest|kwartaal|^kvartal$",
    "month": "month|monat|^mes$|mois|^mese$|maand|^manad$|^maned$",
    "week": r"week(?!day)|woche|semaine|semana|settimana|(?:^|[_ ])(?:kw|wk|cw)",
    "day": "day|tag|dia|jour|giorno",
    "time": "time|hour|zeit|uhr|stunde|hora|heure|^ora$|^he$",
}
# Whole names of columns of whole numbers that are dates, such as years.
_TIMES = frozenset(
    "date datum dates day ds fecha jahr monat month period periode quarter time timestamp week "
    "year yr annee ano anno jaar mois mes mese maand quartal trimestre tag jour dia giorno kw "
    "woche kalenderwoche semaine semana settimana zeit zeitpunkt zeitstempel periodo".split()
)
_IDENTIFIER = re.compile(r"(?:^|[_\W])(?:id|index|key|nr|number|row)$")
_OF_TIME = re.compile("date|datum|fecha|" + "|".join(PARTS.values()))


def plain(name: str) -> str:
    """A name in small letters without accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))


def is_of(kind: str, name: str) -> bool:
    """Whether a name is that of a part of dates, such as year. Names of further words count."""
    return re.search(PARTS[kind], plain(name)) is not None


def is_of_time(name: str) -> bool:
    """Whether a name has a word for dates or times in it."""
    return _OF_TIME.search(plain(name)) is not None


def is_time(name: str) -> bool:
    """Whether a name is a word for dates or times, and nothing else."""
    return plain(name) in _TIMES


def is_identifier(name: str) -> bool:
    """Whether a name is that of numbers that identify a series or a row."""
    return _IDENTIFIER.search(plain(name)) is not None
