"""Identifiers of series that are those of fit in another form: "1" and 1, "a " and "a", "7" and
"007". Messages show the identifier of fit, and code that was tried on the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from skgru._containers.long import LongForm
from skgru._warnings import warn_user


def near_ids(unknown: Iterable[Any], known: Collection[Any]) -> dict[Any, Any]:
    """The identifier of fit that each unknown one probably stands for; without those that are like
    none or several of them.
    """
    unknown = list(unknown)
    if not unknown:
        return {}
    forms: dict[Any, list[Any]] = {}
    for one in known:
        forms.setdefault(_plain(one), []).append(one)
    found = {one: forms.get(_plain(one), []) for one in unknown}
    return {one: alike[0] for one, alike in found.items() if len(alike) == 1}


def _plain(one: Any) -> Any:
    """An identifier without its type, spaces around it, case, and zeros before a number."""
    if isinstance(one, tuple):
        return tuple(map(_plain, one))
    text = str(one).strip().casefold()
    try:
        return str(int(text))
    except ValueError:
        return text.removesuffix(".0")


def advice_on_ids(near: dict[Any, Any], form: LongForm | None, X: Any, name: str = "X") -> str:
    """What makes the identifiers of X those of fit, with code if it is known. form : that of a long
    frame; None for a wide frame.
    """
    code = None
    if form is None and hasattr(X, "iloc") and len(near) <= 5:
        code = f"{name}.rename(columns={near!r})"
    elif form is not None and form.is_one and form.keys[0].level is None and hasattr(X, "iloc"):
        key = form.keys[0].name
        column = f"{name}[{key!r}]"
        converted = next((way for way, run in _ways(near).items() if _leads(near, run)), None)
        if converted is not None:
            code = f"{name}.assign(**{{{key!r}: {column}{converted}}})"
    return f"Give the identifiers of fit{'' if code is None else f': {code}'}"


def _ways(near: dict[Any, Any]) -> dict[str, Callable[[Any], Any]]:
    width = max(len(str(one)) for one in near.values())
    return {
        ".str.strip()": lambda one: one.strip(),
        ".astype(int)": int,
        ".astype(str)": str,
        ".str.lower()": lambda one: one.lower(),
        ".str.upper()": lambda one: one.upper(),
        f".str.zfill({width})": lambda one: one.zfill(width),
        f".astype(str).str.zfill({width})": lambda one: str(one).zfill(width),
    }


def _leads(near: dict[Any, Any], run: Callable[[Any], Any]) -> bool:
    """Whether a way leads from each identifier to that of fit, of the same type."""
    try:
        found = [run(one) for one in near]
    except (TypeError, ValueError, AttributeError):
        return False
    return all(
        one == wanted and isinstance(one, str) == isinstance(wanted, str)
        for one, wanted in zip(found, near.values(), strict=True)
    )


def warn_of_near_ids(X: Any, panel: Any, of_fit: Any) -> set[Any]:
    """Warn of identifiers that are those of fit in another form, such as "1" and 1. Returns them.
    panel, of_fit : the Panel of X and that of fit.
    """
    if panel.kind == "list":
        return set()
    ids = set(of_fit.ids)
    near = near_ids((one for one in panel.ids if one not in ids), of_fit.ids)
    for one, other in list(near.items())[:1]:
        more = f" and {len(near) - 1} more" if len(near) > 1 else ""
        warn_user(
            f"Series {one!r} of X{more} was not part of fit, but {other!r} was. Its forecast "
            "does not continue the series of fit. If they are the same, give the "
            f"{advice_on_ids(near, panel.form, X).removeprefix('Give the ')}."
        )
    return set(near)
