"""The decimal mark of a file, point or comma.

"1.234" is a bit more than one in some countries, and more than a thousand in others. A file has one
of both conventions. Where its values do not show which, it is refused.
"""

from __future__ import annotations

from skgru._cli.errors import Refused
from skgru._containers.text_numbers import PATTERNS, is_missing


def decimal_of(columns: dict[str, list[str]], separator: str | None, name: str) -> str:
    """The decimal mark of a file, from the columns that are read as numbers."""
    votes: dict[str, str] = {}  # mark -> a value that fits no other
    unclear, is_mixed = "", False
    for column in columns.values():
        known = [value for value in column if not is_missing(value)]
        fits = {
            mark: all(one.fullmatch(value) for value in known) for mark, one in PATTERNS.items()
        }
        marked = [value for value in known if "." in value or "," in value]
        if not marked:
            continue
        if fits["."] != fits[","]:
            mark = "." if fits["."] else ","
            only = [
                one for one in marked if not PATTERNS["," if mark == "." else "."].fullmatch(one)
            ]
            votes[mark] = only[0]
        elif fits["."]:
            unclear = unclear or marked[0]
            # 999 beside 1.001: numbers with three decimals would all have them.
            is_mixed |= len(marked) < len(known)
    if len(votes) == 2:
        raise Refused(
            f"{name} has decimal points ({votes['.']}) and decimal commas ({votes[',']}). Say "
            "which is the decimal mark with --decimal . or --decimal ,"
        )
    if votes:
        return next(iter(votes))
    if unclear and ("," in unclear or separator != "," or is_mixed):
        other = unclear.replace(",", "").replace(".", "")
        raise Refused(
            f"{name}: {unclear} may be {unclear.replace(',', '.')} or {other}. Say which is the "
            "decimal mark with --decimal . or --decimal ,"
        )
    return "."
