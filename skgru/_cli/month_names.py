"""Names of months in several languages, and dates with such names in English."""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name

# English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian.
# Other languages have months of the same name that are others, such as listopad.
_NAMES = (
    "january february march april may june july august september october november december",
    "januar/jänner februar/feber märz/maerz april mai juni juli august september oktober november "
    "dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre "
    "diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november desember",
)
# Abbreviations that do not begin a name.
_SHORT = {"mrz": 3, "mrt": 3, "sept": 9}
LEAST_LETTERS = 3

_WORD = re.compile(r"[^\W\d_]+\.?")
# "de" of "5 de enero de 2024", the point of "5. März", and "er" of "1er mars".
_BETWEEN = re.compile(r"\b(?:de|del|di)\b|(?<=\b1)er(?= )|(?<=\d)\.(?= )", re.I)


def _plain(text: str) -> str:
    """Small letters without accents and points."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if one.isalpha())


def _beginnings() -> dict[str, int]:
    """Each beginning of a name that belongs to one month alone, and this month."""
    found: dict[str, set[int]] = {}
    for names in _NAMES:
        for at, forms in enumerate(names.split(), 1):
            for name in map(_plain, forms.split("/")):
                for end in range(LEAST_LETTERS, len(name) + 1):
                    found.setdefault(name[:end], set()).add(at)
    return {name: min(months) for name, months in found.items() if len(months) == 1} | _SHORT


_MONTHS = _beginnings()


def month_of(text: str) -> int | None:
    """The number of the month of a name or an abbreviation; None for other texts."""
    return _MONTHS.get(_plain(text)) if _WORD.fullmatch(text) else None


def in_english(text: str, is_short: bool = True) -> str:
    """A date with the English name of its month. Texts without a month are returned as they are.
    is_short : whether the name is abbreviated.
    """
    months = [one for one in _WORD.findall(text) if month_of(one) is not None]
    if len(months) != 1:
        return text
    name = month_name[month_of(months[0]) or 0]
    text = text.replace(months[0], name[:3] if is_short else name, 1)
    return " ".join(_BETWEEN.sub("", text).split())
