"""The decimal mark of a file, point or comma.

"1.234" is a bit more than one in some countries, and more than a thousand in others. A file has one
of both conventions. Where its values do not show which, it is refused, or a note says how they are
read.
"""

from __future__ import annotations

from collections.abc import Iterable

from skgru._cli.errors import Refused, note
from skgru._containers.text_numbers import PATTERNS, is_missing

# Values that do not all end in 0 by chance.
LEAST_ROUND = 3


def decimal_of(
    columns: dict[str, list[str]],
    separator: str | None,
    name: str,
    others: Iterable[list[str]] = (),
) -> str:
    """The decimal mark of a file, from the columns that are read as numbers. others : further
    columns of numbers, which decide in a file with commas where these do not. In other files they
    do not count: 12.30 may be a time.
    """
    votes: dict[str, str] = {}  # mark -> a value that fits no other
    unclear: list[str] = []
    n_known = 0
    for column in columns.values():
        known = [value for value in column if not is_missing(value)]
        marked = [value for value in known if "." in value or "," in value]
        if not marked:
            continue
        fits = _fits(known)
        if fits["."] != fits[","]:
            mark = "." if fits["."] else ","
            votes[mark] = _only(marked, mark)
        elif fits["."]:
            unclear += marked
            # 999 beside 1.001: numbers with three decimals would all have them.
            n_known += len(known)
    if len(votes) == 2:
        raise Refused(
            f"{name} has decimal points ({votes['.']}) and decimal commas ({votes[',']}). Say "
            "which is the decimal mark with --decimal . or --decimal ,"
        )
    if not votes and unclear and separator == ",":
        votes = dict.fromkeys(_marks_of(others), "")
    if len(votes) == 1:
        return next(iter(votes))
    if unclear:
        _check_places(unclear, len(unclear) < n_known, separator, name)
    return "."


def _fits(known: list[str]) -> dict[str, bool]:
    return {mark: all(one.fullmatch(value) for value in known) for mark, one in PATTERNS.items()}


def _only(values: list[str], mark: str) -> str:
    """The first value that has no other decimal mark than this."""
    other = PATTERNS["," if mark == "." else "."]
    return next(value for value in values if not other.fullmatch(value))


def _marks_of(columns: Iterable[list[str]]) -> set[str]:
    """The decimal marks of columns in which only one of the two is possible."""
    found = set()
    for column in columns:
        fits = _fits([value for value in column if not is_missing(value)])
        if fits["."] != fits[","]:
            found.add("." if fits["."] else ",")
    return found


def _check_places(values: list[str], is_mixed: bool, separator: str | None, name: str) -> None:
    """Raise for values that are numbers in both conventions, or tell that their point is decimal:
    exports with a fixed number of places have three digits after it. Numbers that all end in 0 may
    as well be thousands.
    """
    value = values[0]
    small, large = value.replace(",", "."), value.replace(",", "").replace(".", "")
    are_round = all(one.endswith("00") for one in values) or (
        len(values) >= LEAST_ROUND and all(one.endswith("0") for one in values)
    )
    if is_mixed or are_round or separator != "," or any("," in one for one in values):
        raise Refused(
            f"{name}: {value} may be {small} or {large}. Say which is the decimal mark with "
            "--decimal . or --decimal ,"
        )
    note(
        f"numbers of {name} such as {value} are read with a decimal point. Give --decimal , if "
        f"{value} is {large}."
    )
