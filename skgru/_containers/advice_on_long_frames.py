"""Code in messages about long frames: it changes the whole frame, and not only the series
that has the problem.
"""

from __future__ import annotations

import re
from numbers import Integral
from typing import Any

from skgru._containers.advice_on_doubled_dates import OTHER_COLUMNS, OTHER_GROUP
from skgru._containers.text_dates import way_to_dates

# Code that makes one series regular, in messages of `advice_on_index.irregular`.
OF_ONE = re.compile(r"(?:regular first|the duplicates): (X\..+?)\.(?= If | Set | \(Here)")
UPSAMPLED = re.compile(r"(?<=first: )X\.[^ ]*?upsample\(('[^']*'), every=('[^']*')\)")
MERGED = re.compile(r"X\.group_by\(('[^']*')\)\.mean\(\)\.sort\('[^']*'\)")
AS_INTEGERS = "X.index = X.index.astype(int)"
DATED = "X[X.index.notna()]"
IS_ALONE = " (Here, X is this series alone.)"


def check_other_dates(frame: Any) -> None:
    """Raise for dates as objects or categories in a column of a frame without other dates."""
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind != "O" or isinstance(next(iter(column.dropna()), None), str):
            continue
        if way := way_to_dates(column, f"X[{name!r}]"):
            _raise(f"Column {name!r}", column.dtype, _assigned(name, way.code))


def check_date_index(index: Any) -> None:
    """Raise for an index of dates of another type, such as strings, of a frame without other
    dates.
    """
    if (
        index.nlevels == 1
        and not hasattr(index, "step")
        and (way := way_to_dates(index.unique(), "X.index"))
    ):
        kind = "strings" if index.inferred_type == "string" else index.dtype
        _raise("The index", kind, f"X.set_index({way.code})")


def check_date_level(index: Any, level: int) -> None:
    """Raise for an index level of dates of another type, such as strings and whole numbers."""
    values = index.levels[level]
    if values.dtype.kind == "M":
        return
    code = f"X.index.levels[{level}]"
    way = None if hasattr(values.dtype, "freq") else way_to_dates(values, code)
    if way is not None:
        what = f"Level {index.names[level] or level!r} of the index"
        kind = "strings" if values.inferred_type == "string" else values.dtype
        _raise(what, kind, f"X.set_index(X.index.set_levels({way.code}, level={level}))")


def _assigned(name: Any, code: str) -> str:
    return f"X.assign(**{{{name!r}: {code}}})"


def _raise(what: str, dtype: Any, code: str) -> None:
    raise ValueError(
        f"{what} of X holds dates as {dtype}, which cannot be continued. Convert them: {code}."
    )


def of_all_series(text: str, form: Any, group: Any, columns: list[Any]) -> str:
    """The message about one series of a long frame, with code for the whole frame where there is
    some. form : the LongForm; columns : those of one series.
    """
    alone = "X.reset_index(drop=True)"
    if alone in text:
        code = _without_times(form)
        return text if code is None else text.replace(alone, code).removesuffix(IS_ALONE)
    if DATED in text and not form.levels:
        code = DATED if form.time is None else f"X.dropna(subset={[form.time]!r})"
        return text.replace(DATED, code).removesuffix(IS_ALONE)
    if AS_INTEGERS in text:
        if form.levels:
            at = form.levels.index(_time_level(form))
            code = f"X.index.set_levels(X.index.levels[{at}].astype(int), level={at})"
            text = text.replace(AS_INTEGERS, f"X.index = {code}")
        return text.removesuffix(IS_ALONE)
    found, source = OF_ONE.search(text), _one_by_one(form, group)
    if found is None or source is None:
        return text
    names = [key.name for key in form.keys]
    part = f"{source}[{columns!r}]"
    code = f"pd.concat({{one: {found[1]} for one, X in {part}}}, names={names!r})"
    text = text.replace(found[1], code).removesuffix(IS_ALONE)
    return text.replace(OTHER_GROUP, OTHER_COLUMNS)


def of_all_polars_series(text: str, form: Any) -> str:
    """The same for a long frame of polars."""
    names = [key.name for key in form.keys]
    if found := UPSAMPLED.search(text):
        time, every = found[1], found[2]
        code = found[0].replace("X.", f"X.sort([{str(names)[1:-1]}, {time}]).", 1)
        code = code.replace(f"every={every})", f"every={every}, group_by={names!r})")
        if _lacks_ids():
            code += f".with_columns(pl.col({names!r}).forward_fill())"
    elif found := MERGED.search(text):
        time = found[1]
        code = f"X.group_by([{str(names)[1:-1]}, {time}]).mean().sort({time})"
    else:
        return text
    text = text.replace(found[0], code).removesuffix(IS_ALONE)
    return text.replace(OTHER_GROUP, OTHER_COLUMNS)


def _lacks_ids() -> bool:
    """Whether rows that upsample adds have no ids, as in polars before 2."""
    import polars as pl

    rows = pl.DataFrame({"id": [0, 0], "time": [0, 2]}).set_sorted("time")
    return bool(rows.upsample("time", every="1i", group_by="id")["id"].null_count())


def _time_level(form: Any) -> Any:
    """The name of the index level of the times."""
    levels = {key.level for key in form.keys}
    return next(name for i, name in enumerate(form.levels) if i not in levels)


def _has_names(form: Any) -> bool:
    """Whether keys are levels of an index whose levels all have names."""
    return None not in form.levels and all(key.level is not None for key in form.keys)


def _without_times(form: Any) -> str | None:
    """Code that leaves the times out, so that rows are taken in order."""
    if form.time is not None:
        return f"X.sort_values({form.time!r}).drop(columns={[form.time]!r})"
    if not form.levels:
        return "X.sort_index().reset_index(drop=True)"
    if not _has_names(form):
        return None
    time = _time_level(form)
    return f"X.sort_index(level={time!r}).reset_index().drop(columns={[time]!r})"


def _one_by_one(form: Any, group: Any) -> str | None:
    """Code that groups the rows of each series, with the times as index."""
    given = group if isinstance(group, list) else [group]
    if any(isinstance(one, Integral) for one in given):  # another position in the answer
        return None
    names = [key.name for key in form.keys]
    by = repr(names if len(names) > 1 else names[0])
    if form.time is not None:
        return f"X.set_index({form.time!r}).sort_index().groupby({by})"
    if not form.levels:
        return f"X.sort_index().groupby({by})"
    if not _has_names(form):
        return None
    return f"X.reset_index({names!r}).sort_index().groupby({by})"
