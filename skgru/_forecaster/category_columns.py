"""Which columns of X are covariates that hold text or categories. `_containers/one_hot.py` makes
numbers of them.
"""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import Any

from skgru._containers.advice_on_doubled_dates import check_ids, check_is_one_series
from skgru._containers.long import Key, keys_of
from skgru._containers.numbers_of_frames import to_numbers
from skgru._containers.one_hot import Categories, holds_categories, is_frame, learn_categories
from skgru._containers.table import Table
from skgru._containers.value_kinds import example_of, holds_labels, is_time, names_times
from skgru._forecaster.spec import ForecastSpec


def categories_of(X: Any, parameters: Any) -> Categories:
    """The categories of the covariates of X. parameters : the forecaster.

    Raises ValueError for a column of text that would be a target.
    """
    frames = X if isinstance(X, list) else [X]
    if not frames or not is_frame(frames[0]) or not len(frames[0]):
        return Categories()
    first, group = frames[0], parameters.group
    keys = None if group is None else keys_of(first, group)
    if group is not None and keys is None:  # a wide frame
        return Categories()
    if any(key.level is not None for key in keys or []) and first.index.nlevels == 1:
        return Categories()  # an error
    ids = [key.name for key in keys or [] if key.level is None]
    columns = [name for name in first.columns if name not in ids]
    labels = [name for name in columns if holds_labels(first[name])]
    if not labels or not all(
        is_frame(one) and list(one.columns) == list(first.columns) for one in frames
    ):
        return Categories()
    times = [name for name in columns if is_time(first[name].dtype)]
    is_dated = len(times) == 1 or _has_dated_index(first)
    if len(times) == 1 and not _has_dated_index(first):
        columns.remove(times[0])
    found = [name for name in labels if holds_categories(first[name], is_dated)]
    if not found or (not is_dated and set(labels) - set(found)):  # dates as text come first
        return Categories()
    if group is None and not isinstance(X, list):
        check_is_one_series(X)
    if ids and len(ids) == len(keys or []):
        if len(times) == 1:
            check_ids(first, group, ids, first[times[0]], found)
        elif is_dated and first.index.nlevels == 1:
            check_ids(first, group, ids, first.index, found)
    known, targets = (_named(one, columns) for one in (parameters.known, parameters.target))
    if parameters.target is None:
        known = [*known, *_static_of(frames, keys, found)]
    is_target = [
        one in targets or (parameters.target is None and one not in known) for one in found
    ]
    if any(is_target):
        name = found[is_target.index(True)]
        others = [one for one in columns if one not in [*labels, *known]]
        numbers = [one for one in others if "bool" not in str(first[one].dtype).lower()]
        others = numbers or others
        if not others and parameters.target is None:
            return Categories()
        owner = "X[0]" if isinstance(X, list) else "X"
        code, example = to_numbers(first[name], f"{owner}[{name!r}]")
        left = [one for one in targets if one in others]
        remedy = _remedy(parameters.target, name, left, others, code)
        ids_too = " If it identifies the series too, name it in group." if keys else ""
        raise ValueError(
            f"Column {name!r} of X holds text such as {example or example_of(first[name])!r}, but "
            f"columns to forecast must hold numbers. {remedy}.{ids_too}"
        )
    return learn_categories(frames, found)


def _remedy(given: Any, name: Any, left: list[Any], others: list[Any], code: str) -> str:
    """What is done about text in a column to forecast. given : the parameter `target`; left : the
    other targets, which hold numbers; others : all columns that can be forecast; code : what makes
    numbers of the text, empty if there is none.
    """
    is_covariate = f"{name!r} is then a covariate"
    if given is None:
        choice = f"ame the columns to forecast in target, for example target={others[:1]!r}: "
        return f"{code}, or n{choice}{is_covariate}" if code else f"N{choice}{is_covariate}"
    if code:
        return code
    if left:
        return f"Leave it out of target, as in target={left!r}: {is_covariate}"
    classes = "predict classes by GRUClassifier"
    if not others:
        return f"Give numbers, or {classes}"
    choice = f"Forecast a column of numbers, for example target={others[:1]!r}: {is_covariate}"
    return f"{choice}. Or {classes}"


def _static_of(frames: list[Any], keys: list[Key] | None, found: list[Any]) -> list[Any]:
    """Those of the columns that have one value within each of several series, and differ between
    series. keys : what identifies the series of a long frame; None for a list of frames.
    """
    if keys is None:
        ids: list[list[Any]] = [[i] * len(frame) for i, frame in enumerate(frames)]
    else:
        ids = [list(zip(*(_values_of(frames[0], key) for key in keys), strict=True))]
    static = []
    for name in found:
        of_each: dict[Any, set[str]] = {}
        for frame, own in zip(frames, ids, strict=True):
            for one, text in zip(own, frame[name].to_list(), strict=True):
                of_each.setdefault(one, set()).add(str(text))
        is_static = all(len(texts) == 1 for texts in of_each.values())
        if is_static and len(set().union(*of_each.values())) > 1:
            static.append(name)
    return static


def _values_of(frame: Any, key: Key) -> list[Any]:
    column = frame[key.name] if key.level is None else frame.index.get_level_values(key.level)
    return list(column.to_list())


def with_categories(spec: ForecastSpec, categories: Categories, table: Table) -> ForecastSpec:
    """The specification with the number of categories of each covariate that holds them."""
    n_values = {name: len(values) for name, values in categories.values().items()}
    found = [(i, n_values[name]) for i, name in enumerate(table.columns) if name in n_values]
    return replace(spec, categories=tuple(found))


def _named(given: Any, columns: list[Any]) -> list[Any]:
    """Names of the columns that a parameter gives by name or position."""
    if given is None or isinstance(given, set | frozenset | dict):
        return []
    is_one = isinstance(given, str | Integral) or (isinstance(given, tuple) and given in columns)
    return [
        columns[int(one)]
        if isinstance(one, Integral) and one not in columns and 0 <= int(one) < len(columns)
        else one
        for one in ([given] if is_one else list(given))
    ]


def _has_dated_index(frame: Any) -> bool:
    index = getattr(frame, "index", None)
    return index is not None and any(
        names_times(index.get_level_values(i)) for i in range(index.nlevels)
    )
