"""Columns of text that are numbers, and code for messages that converts them. Each way is tried on
the column before it is advised.

"1.234" is a bit more than one in some countries, and more than a thousand in others. A message
shows the code of both readings, where the texts do not decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

# Share of wrong values up to which a column is one of numbers, or of dates, with mistakes.
MOST_WRONG = 0.1

# What stands for an unknown value, in lower case.
MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?", "."))

SPACES = " \u00a0\u202f'\u2019"
SYMBOLS = "%$\u20ac\u00a3\u00a5"
MINUS = "\u2212"

# What is replaced, and by what, in order.
Steps = tuple[tuple[str, str], ...]


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = rf"(?:\d+|[1-9]\d{{0,2}}([{re.escape(thousands)}{SPACES}])\d{{3}}(?:\1\d{{3}})*)"
    point = re.escape(decimal)
    return re.compile(rf"[+\-{MINUS}]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")


# Text of one unit before or after a number: "EUR 12", "12 kg", "30 km/h".
UNIT = re.compile(r"^([A-Z]{3}\s*)?[^A-Za-z]*?\d[^A-Za-z\u00b5\u00b0]*?(\s*\u00b0?[^\W\d_]\D*)?$")

# By decimal mark.
PATTERNS = {".": _pattern(".", ","), ",": _pattern(",", ".")}


def is_missing(text: str) -> bool:
    return text.strip().casefold() in MISSING


def bare(text: str) -> str:
    """A text without currencies, percent signs, and the parentheses of a negative amount."""
    text = text.strip()
    found = re.fullmatch(rf"\(([^()\-{MINUS}]+)\)", text)
    text = f"-{found[1]}" if found else text
    return text.translate(dict.fromkeys(map(ord, SYMBOLS))).strip()


def is_number(text: str, decimal: str) -> bool:
    return PATTERNS[decimal].fullmatch(bare(text)) is not None


@dataclass(frozen=True)
class Reading:
    """How texts are read as numbers. steps : replacements that leave text which float reads;
    example : a text, the first one that needs them; wrong : the first text that is no number, None
    if all are; is_safe : whether the replacements make no number of a wrong text, as of "1,5" where
    the comma is a mark of thousands.
    """

    steps: Steps
    example: str
    wrong: str | None
    is_safe: bool = True

    def number(self, text: str) -> float | None:
        """None for a text that is no number after the replacements."""
        try:
            return float(_after(text, self.steps))
        except ValueError:
            return None


def readings_of(texts: Iterable[str], takes_units: bool = False) -> list[Reading]:
    """The ways to read texts as numbers: none if too many of them are no numbers, and two if the
    decimal mark is unclear, the more likely one first. takes_units : whether all numbers may have
    the same unit, as "12 EUR".
    """
    counts = Counter(texts)
    known = [one for one in counts if not is_missing(one)]
    units = _units(counts) if takes_units else ()
    without = {one: _after(one, units) for one in known}
    if units:  # a number without the unit is a mistake, but 0 needs none
        without |= {one: "" for one in known if without[one] == one and one.strip("0., ")}
    fitting = {mark: [one for one in known if is_number(without[one], mark)] for mark in PATTERNS}
    n_right = {mark: sum(counts[one] for one in fits) for mark, fits in fitting.items()}
    most, n_known = max(n_right.values()), sum(counts[one] for one in known)
    marks = [mark for mark in PATTERNS if n_right[mark] == most]
    right = set(fitting[marks[0]])
    if not most or n_known - most > MOST_WRONG * n_known or right != set(fitting[marks[-1]]):
        return []
    wrong = [one for one in counts if one not in right]
    found = []
    for mark in marks:
        steps = units + _steps([without[one] for one in fitting[mark]], mark)
        example = next((one for one in fitting[mark] if _replaced(one, steps)), fitting[mark][0])
        one = Reading(steps, example, wrong[0] if wrong else None)
        is_safe = not any(np.isfinite(one.number(text) or np.nan) for text in wrong)
        found.append(replace(one, is_safe=is_safe))
    if len(found) == 1:
        return found
    marked = [one for one in fitting["."] if found[0].number(one) != found[1].number(one)]
    if not marked:
        return found[:1]
    found = [replace(one, example=marked[0]) for one in found]
    if "." in marked[0] and len(marked) < len(right):
        found.reverse()  # 999 beside 1.001: numbers with three decimals would all have them
    return found


def _replaced(text: str, steps: Steps) -> bool:
    return any(old in text for old, _ in steps)


def _after(text: str, steps: Steps) -> str:
    for old, new in steps:
        text = text.replace(old, new)
    return text


def _units(counts: Counter[str]) -> Steps:
    """What takes the unit out of texts: none without one, or if texts have different ones. counts :
    of each text.
    """
    found: Counter[str] = Counter()
    for text, n in counts.items():
        if not is_missing(text) and (match := UNIT.match(text.strip())):
            found.update({part: n for part in match.groups() if part})
    names = Counter[str]()
    for part, n in found.items():
        names[part.strip()] += n
    if len(names) != 1:
        return ()
    return tuple((one, "") for one in sorted(found, key=len, reverse=True))


def _steps(texts: list[str], decimal: str) -> Steps:
    """The replacements that texts need, all of them numbers with this decimal mark."""
    found = [(one, "") for one in SYMBOLS if any(one in text for text in texts)]
    if any("(" in text for text in texts):
        found += [("(", "-"), (")", "")]
    if any(MINUS in text for text in texts):
        found.append((MINUS, "-"))
    found += [(one, "") for one in SPACES if any(one in text.strip() for text in texts)]
    thousands = "," if decimal == "." else "."
    if any(thousands in text for text in texts):
        found.append((thousands, ""))
    if decimal == "," and any("," in text for text in texts):
        found.append((",", "."))
    return tuple(found)


def pandas_remedy(column: Any, code: str) -> tuple[str, str]:
    """What makes numbers of a pandas Series of text or categories, and an example of its texts; ""
    for both if they are no numbers. code : the code of the column.
    """
    import pandas as pd

    known = column.dropna().astype(object)
    readings = readings_of(known.astype(str), True) if len(known) else []

    def run(one: Reading, as_str: bool, coerces: bool) -> Any:
        values = column.astype(str) if as_str else column
        for old, new in one.steps:
            values = values.str.replace(old, new)
        return pd.to_numeric(values, errors="coerce") if coerces else values.astype(float)

    def ways(one: Reading) -> list[tuple[str, Callable[[], Any]]]:
        calls = "".join(f".str.replace({old!r}, {new!r})" for old, new in one.steps)
        found: list[tuple[str, Callable[[], Any]]] = []
        if not calls and column.dtype.name != "category":
            found.append((f"pd.to_numeric({code})", partial(pd.to_numeric, column)))
        for as_str in (False, True):
            texts = f"{code}.astype(str){calls}" if as_str else f"{code}{calls}"
            found += [
                (f"{texts}.astype(float)", partial(run, one, as_str, False)),
                (f"pd.to_numeric({texts}, errors='coerce')", partial(run, one, as_str, True)),
            ]
        return found

    def keeps(one: Reading, result: Any) -> bool:
        """Whether each text that is a number in this reading has become this number."""
        wanted = [one.number(text) for text in known.astype(str)]
        return _agree(result[column.notna().to_numpy()], wanted)

    return _remedy(readings, ways, keeps)


def polars_remedy(column: Any, code: str) -> tuple[str, str]:
    """The same for a polars Series."""
    import polars as pl

    known = column.drop_nulls().cast(pl.String)
    readings = readings_of(known.to_list(), True) if len(known) else []

    def ways(one: Reading) -> list[tuple[str, Callable[[], Any]]]:
        is_text = column.dtype == pl.String
        base = code if is_text else f"{code}.cast(pl.String)"
        texts = column.cast(pl.String)
        calls = ""
        if any(text != text.strip() for text in known.to_list()):
            texts, calls = texts.str.strip_chars(), ".str.strip_chars()"
        for old, new in one.steps:
            texts = texts.str.replace_all(old, new, literal=True)
            calls += f".str.replace_all({old!r}, {new!r}, literal=True)"
        return [
            (f"{base}{calls}.cast(pl.Float64)", lambda: texts.cast(pl.Float64)),
            (
                f"{base}{calls}.cast(pl.Float64, strict=False)",
                lambda: texts.cast(pl.Float64, strict=False),
            ),
        ]

    def keeps(one: Reading, result: Any) -> bool:
        wanted = [one.number(text) for text in known.to_list()]
        return _agree(result.filter(column.is_not_null()).to_numpy(), wanted)

    return _remedy(readings, ways, keeps)


def array_remedy(array: np.ndarray, code: str) -> tuple[str, str]:
    """The same for an array of text."""
    texts = [str(one, "utf-8", "replace") if isinstance(one, bytes) else str(one)
             for one in array.ravel().tolist()]  # fmt: skip
    readings = readings_of(texts, True) if texts else []

    def ways(one: Reading) -> list[tuple[str, Callable[[], Any]]]:
        import pandas as pd

        values, base = array, code
        if one.steps:
            values, base = array.astype(str), f"{code}.astype(str)"
        for old, new in one.steps:
            values = np.char.replace(values, old, new)
            base = f"np.char.replace({base}, {old!r}, {new!r})"
        return [
            (f"{base}.astype(float)", lambda: values.astype(float)),
            (
                f"pd.DataFrame({base}).apply(pd.to_numeric, errors='coerce').to_numpy()",
                lambda: pd.DataFrame(values).apply(pd.to_numeric, errors="coerce").to_numpy(),
            ),
        ]

    def keeps(one: Reading, result: Any) -> bool:
        return _agree(result.ravel(), [one.number(text) for text in texts])

    return _remedy(readings, ways, keeps)


def _agree(result: Any, wanted: list[float | None]) -> bool:
    numbers = np.asarray(result, dtype=np.float64)
    right = np.array([np.nan if one is None else one for one in wanted])
    return len(numbers) == len(right) and np.allclose(numbers, right, equal_nan=True)


def _remedy(
    readings: list[Reading],
    ways: Callable[[Reading], list[tuple[str, Callable[[], Any]]]],
    keeps: Callable[[Reading, Any], bool],
) -> tuple[str, str]:
    found = []
    if not all(one.is_safe for one in readings):
        return "Correct this value first", str(readings[0].wrong)
    for one in readings:
        for code, run in ways(one):
            try:
                is_right = keeps(one, run())
            except Exception:  # polars and pyarrow have errors of their own
                continue
            if is_right:
                found.append((one, code))
                break
    if not found:
        return "", ""
    one, code = found[0]
    if len(found) == 1:
        wrong = one.wrong
        unknown = f", which makes NaN of {wrong!r}" if wrong is not None else ""
        return f"Convert them: {code}{unknown}", one.example if wrong is None else wrong
    both = [f"{code} if {one.example!r} is {one.number(one.example):.12g}" for one, code in found]
    return f"Convert them: {', or '.join(both)}", one.example
