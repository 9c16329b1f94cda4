"""The numbers of a pandas or polars Series or data frame, and the messages about other values."""

from __future__ import annotations

from typing import Any

from skgru._containers.text_dates import way_to_dates
from skgru._containers.text_numbers import pandas_remedy, polars_remedy
from skgru._containers.value_kinds import example_of, is_plain, pandas_kind, polars_kind

# What a column holds instead of numbers, and the code that converts it. {x} is the column.
PANDAS_REMEDIES = {
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "complex numbers": "Use their real part: {x}.map(lambda z: z.real), or drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}

POLARS_REMEDIES = {
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "dates or times": "Drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}


def of_pandas_series(X: Any, name: str, leaves_sequences: bool) -> Any:
    kind, values = pandas_kind(X, name)
    if kind == "sequences" and leaves_sequences:
        return X
    if kind:
        remedies = PANDAS_REMEDIES | {"dates or times": "Give numbers, with the dates as index"}
        remedy = remedies.get(kind, "Give numbers")
        if kind in ("text", "categories"):
            code, example = to_numbers(X, name)
            remedy, values = code or remedy, example or values
        remedy = remedy.replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy == "Convert or drop them" else remedy
        raise ValueError(message_of(f"{name} holds", kind, values, remedy))
    return values


def of_pandas_frame(X: Any, name: str, leaves_sequences: bool) -> Any:
    if all(map(is_plain, X.dtypes)):
        return X
    found = [pandas_kind(X.iloc[:, i], name) for i in range(X.shape[1])]
    kinds = [kind for kind, _ in found]
    if kind := next(filter(None, kinds), ""):
        if leaves_sequences and "sequences" in kinds:
            return X
        columns = [column for column, other in zip(X.columns, kinds, strict=True) if other == kind]
        example = found[kinds.index(kind)][1]
        has_dates = X.index.dtype.kind == "M" or hasattr(X.index.dtype, "freq")
        if kind in ("text", "categories"):
            columns, remedy, example = _frame_remedy(X, columns, name, not has_dates)
        elif kind != "dates or times":
            remedy = PANDAS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        elif name != "X" or has_dates:
            remedy = f"Drop them: {name}.drop(columns={columns!r})"
        else:
            remedy = f"Use {'them' if len(columns) == 1 else 'one of them'} as the index: "
            remedy += f"{name}.set_index({columns[0]!r})"
            remedy += "" if len(columns) == 1 else f", and drop {columns[1:]}"
        remedy = _for(name, remedy, X.shape[1] == 1)
        raise ValueError(message_of(f"Columns {columns} of {name} hold", kind, example, remedy))
    frame = X.__class__({i: values for i, (_, values) in enumerate(found)}, index=X.index)
    frame.columns = X.columns
    return frame


def of_polars_series(X: Any, name: str) -> Any:
    import polars as pl

    if kind := polars_kind(X):
        code, example = to_numbers(X, name) if kind in ("text", "categories") else ("", "")
        remedy = code or POLARS_REMEDIES.get(kind, "Give numbers")
        remedy = remedy.replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy in ("Drop them", "Convert or drop them") else remedy
        example = example or example_of(X)
        raise ValueError(message_of(f"{name} holds", kind, example, remedy))
    return X if X.dtype.is_float() else X.cast(pl.Float64)


def of_polars_frame(X: Any, name: str) -> Any:
    import polars as pl

    if all(dtype.is_float() for dtype in X.schema.values()):
        return X
    kinds = {column: polars_kind(X[column]) for column in X.columns}
    if kind := next(filter(None, kinds.values()), ""):
        columns = [column for column, other in kinds.items() if other == kind]
        example = example_of(X[columns[0]])
        if kind in ("text", "categories"):
            columns, remedy, example = _frame_remedy(X, columns, name, False)
        else:
            remedy = POLARS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        if kind == "objects that are no numbers" and len(X):
            values = pl.Series(columns[0], X[columns[0]].to_list(), strict=False)
            if values.dtype != pl.Object:
                one = columns[0]
                remedy = f"Convert them: {name}.with_columns(pl.Series({one!r}, {name}[{one!r}]"
                remedy += ".to_list()))"
        if kind == "dates or times":
            remedy = f"Drop them: {name}.drop({columns!r})"
        remedy = _for(name, remedy, X.shape[1] == 1)
        raise ValueError(message_of(f"Columns {columns} of {name} hold", kind, example, remedy))
    others = [column for column, dtype in X.schema.items() if not dtype.is_float()]
    return X.with_columns(pl.col(others).cast(pl.Float64)) if others else X


def to_numbers(column: Any, code: str) -> tuple[str, str]:
    """What makes numbers of text or categories of pandas or polars, and an example of the texts;
    empty if they are no numbers. code : the code of the column.
    """
    is_polars = type(column).__module__.split(".")[0] == "polars"
    return (polars_remedy if is_polars else pandas_remedy)(column, code)


def _frame_remedy(
    X: Any, columns: list[Any], name: str, is_undated: bool
) -> tuple[list[Any], str, Any]:
    """The columns of text or categories with the problem of the first one, what is done about
    them, and an example of the texts.
    """
    remedies = {one: to_numbers(X[one], f"{name}[{one!r}]") for one in columns}
    first = remedies[columns[0]]
    if first[0]:
        code = first[0].replace(f"{name}[{columns[0]!r}]", "{}")
        alike = [
            one for one in columns if remedies[one][0].replace(f"{name}[{one!r}]", "{}") == code
        ]
        return alike, f"{first[0]}, or drop them", first[1]
    is_polars = not hasattr(X, "iloc")
    for one in columns if is_undated and name == "X" and not is_polars else []:
        if way := way_to_dates(X[one], f"X[{one!r}]"):
            code = f"X.set_index({way.code}).drop(columns={[one]!r})"
            return [one], f"Use them as the index: {code}", example_of(X[one])
    if is_polars and name == "X" and (code := _polars_dates(X, columns[0])):
        return columns, f"Convert them to dates: {code}", example_of(X[columns[0]])
    rest = [one for one in columns if not remedies[one][0]]
    encoded = f"X.to_dummies({rest!r})" if is_polars else f"pd.get_dummies(X, columns={rest!r})"
    return rest, f"Encode them: {encoded}, or drop them", example_of(X[rest[0]])


def text_remedy(X: Any, columns: list[Any]) -> str:
    """What is done about text in columns of a long frame of pandas or polars."""
    first = columns[0]
    if hasattr(X, "iloc") and (way := way_to_dates(X[first], f"X[{first!r}]")):
        return f"Convert them to dates: X.assign(**{{{first!r}: {way.code}}})"
    return _frame_remedy(X, columns, "X", False)[1]


def _polars_dates(X: Any, name: str) -> str:
    """Code that makes dates of a column of text; empty if there is none."""
    import polars as pl

    if X.schema[name] != pl.String:
        return ""
    for method in ("to_date", "to_datetime"):
        try:
            getattr(X[name].str, method)()
        except pl.exceptions.PolarsError:
            continue
        return f"X.with_columns(pl.col({name!r}).str.{method}())"
    return ""


def _for(name: str, remedy: str, is_only: bool) -> str:
    """The remedy, without dropping or encoding columns of `future`: those of fit are needed.
    is_only : whether the frame has one column, which is not dropped either.
    """
    if name != "future":
        return remedy.replace(", or drop them", "") if is_only else remedy
    remedy = remedy.replace(", or drop them", "")
    is_other = remedy.startswith(("Drop", "Encode", "Convert or drop"))
    return "Give the numbers that these columns have in fit" if is_other else remedy


def message_of(subject: str, kind: str, example: Any, remedy: str) -> str:
    such = f" such as {str(example)!r}" if kind == "text" and example is not None else ""
    if kind == "complex numbers":  # the words that scikit-learn's checks look for
        return f"Complex data not supported: {subject} {kind}, but must hold numbers. {remedy}."
    return f"{subject} {kind}{such}, but must hold numbers. {remedy}."
