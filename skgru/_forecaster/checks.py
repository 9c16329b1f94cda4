"""Warnings and errors of a forecaster about its data: short series, NaN, and likely mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.seasons_of_steps import is_other_step
from skgru._containers.table import Table
from skgru._containers.text_dates import are_years, form_of_numbers, unit_of_numbers
from skgru._containers.time_index import TimeIndex
from skgru._forecaster.covariate_gaps import check_has_values, warn_of_covariate_gaps
from skgru._forecaster.season_warnings import warn_of_few_seasons, warn_of_repeats, warn_of_season
from skgru._forecaster.seasons import rows_for_season
from skgru._forecaster.short_series import warn_of_short
from skgru._forecaster.spec import ForecastSpec, is_constant
from skgru._forecaster.unusual_values import warn_of_codes, warn_of_last_values, warn_of_units
from skgru._warnings import warn_user

# Years from one row to the next, up to which whole numbers are years.
MOST_YEARS = 10

# Day of the week, 0 for Monday.
FRIDAY = 4

# How the warnings of NaN at the end of series begin.
ENDS_IN_GAPS = r"X ends in \d+ rows? of NaN|\d+ series of X end in NaN"


def check_series(
    parameters: Any, X: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> None:
    """Errors and warnings about the series of fit. parameters : the forecaster."""
    check_numbers([table.values for table in tables], panel, spec)
    check_has_values(X, tables, spec)
    warn_of_covariate_gaps(X, tables, panel, [*spec.past, *spec.known], is_fit=True)
    warn_of_counters(tables, panel, spec, parameters.target)
    if panel is not None:
        warn_of_constant(parameters.target, tables, panel, spec)
        if spec.is_global and parameters.pretrained != "only":
            warn_of_short(list(map(len, tables)), panel, spec)
    warn_of_ends(tables, panel, spec)
    warn_of_codes(tables, panel, spec)
    warn_of_units(tables, panel, spec)
    warn_of_last_values(tables, panel, spec)
    warn_of_limits(parameters.lower, parameters.upper, tables, spec)
    named = max(tables, key=len).rows.season_length
    n_wanted = rows_for_season(parameters, tables, named)
    warn_of_season(parameters, tables, spec, n_wanted)
    warn_of_few_seasons(parameters, tables, spec)
    warn_of_repeats(parameters.season_length, tables, spec)


def check_numbers(series: list[np.ndarray], panel: Panel | None, spec: ForecastSpec) -> None:
    """Raise if a target column of a series has only NaN."""
    for i, values in enumerate(series):
        if not np.isnan(values[:, spec.targets]).all(axis=0).any():
            continue
        if panel is None:
            raise ValueError(
                "X has only NaN in a column to forecast. Give another series, or name other "
                "columns in target."
            )
        raise ValueError(
            f"Series {panel.ids[i]!r} of X has only NaN in a column to forecast. Leave this series "
            "out."
        )


def check_step(rows: TimeIndex, usual: Any) -> None:
    """Raise if the dates of X have another step than those of the series in fit."""
    if is_other_step(rows.freq, usual):
        step, wanted = rows.freq.freqstr, usual.freqstr
        raise ValueError(
            f"X has the step {step!r}, but the series of fit has the step {wanted!r}. Resample X "
            f"to the step {wanted!r}, or fit on a series with the step {step!r}."
        )


def warn_of_unknown(table: Table, spec: ForecastSpec) -> None:
    """Warn if a column to forecast has only NaN in X."""
    if np.isnan(table.values[:, spec.targets]).all(axis=0).any():
        warn_user(
            "X has only NaN in a column to forecast, so that its forecasts do not depend on X. "
            "Give a series with values."
        )


def check_limits(lower: float | None, upper: float | None) -> None:
    """Raise unless the lower limit of forecasts is below the upper one."""
    if lower is not None and upper is not None and lower >= upper:
        raise ValueError(
            f"lower={lower} must be less than upper={upper}. Give the smallest possible value of "
            "the series as lower and the largest as upper, or None for no limit."
        )


def warn_of_limits(
    lower: float | None, upper: float | None, tables: list[Table], spec: ForecastSpec
) -> None:
    """Warn of values to forecast that are outside the limits of forecasts."""
    for name, limit, side, sign in (("lower", lower, "below", -1), ("upper", upper, "above", 1)):
        if limit is None:
            continue
        excess = [sign * (table.values[:, spec.targets] - limit) for table in tables]
        n_outside = sum(int((each > 0).sum()) for each in excess)
        if n_outside:
            furthest = limit + sign * max(float(np.nanmax(each)) for each in excess)
            warn_user(
                f"{name}={limit}, but X has {n_outside} value{'s' * (n_outside > 1)} {side} it, "
                f"the furthest {furthest:.6g}. Forecasts are never {side} the limit. Correct these "
                f"values, or set {name}=None."
            )


def warn_of_ends(tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of series that end in NaN: the forecast starts after these rows."""
    ended = []
    for one, table in zip([None] if panel is None else panel.ids, tables, strict=True):
        is_known = np.isfinite(table.values[:, spec.targets]).any(axis=1)
        n_after = int(is_known[::-1].argmax()) if is_known.any() else len(table)
        if n_after:
            rows = f"{n_after} row{'s' * (n_after > 1)}"
            ended.append(rows if panel is None else f"{one!r} (by {rows})")
    if ended and panel is None:
        warn_user(
            f"X ends in {ended[0]} of NaN. They are filled like other gaps, and forecasts "
            "start after them. Cut these rows off to forecast from the last value."
        )
    elif ended:
        warn_user(
            f"{len(ended)} series of X end in NaN, for example {ended[0]}. These rows are filled "
            "like other gaps, and forecasts start after them. Cut these rows off, in a list or "
            "a long frame, to forecast from the last value."
        )


def warn_of_counters(
    tables: list[Table], panel: Panel | None, spec: ForecastSpec, given: Any
) -> None:
    """Warn of a target column of row numbers or of parts of the dates, which is probably a mistake:
    in a long frame, or beside other columns if `target` is None. Raise for dates such as 202612 if
    `target` is None. given : the parameter `target`.
    """
    is_long = panel is not None and panel.kind == "long"
    is_frame = panel is None and given is None and len(spec.targets) > 1 and tables[0].is_named
    if not is_long and not is_frame:
        return
    longest = max(tables, key=len)
    for column in spec.targets:
        values, name = longest.values[:, column], longest.columns[column]
        if given is None and (part := part_of_dates(longest.rows.index, values)):
            warn_user(
                f"Column {name!r} of X holds the {part} of the dates, but it is a column to "
                "forecast. Drop it, with calendar=True in its place, or name the columns to "
                "forecast in target."
            )
            continue
        steps = np.diff(values)
        if len(longest) < 3 or not (steps > 0).all() or (values % 1).any():
            continue
        form = form_of_numbers(values)
        # Other whole numbers of this size, such as amounts, have unequal steps.
        unit = unit_of_numbers(values) if not (steps % steps.min()).any() else None
        if (form or unit) and given is None:
            raise ValueError(
                f"Column {name!r} of X holds dates such as {values[0]:.0f}, but would be a column "
                f"to forecast. {_with_dates(longest, is_long, name, form, unit)}, or "
                "name the columns to forecast in target."
            )
        has_years = are_years(values) and steps.max() <= MOST_YEARS
        if (steps == 1).all() or has_years:
            what = "years" if has_years else "row numbers"
            warn_user(
                f"Column {name!r} of X seems to hold {what}, but it is a column to forecast. "
                "Drop it (rows are taken in order), convert it to dates, or name the columns to "
                "forecast in target."
            )


def part_of_dates(index: Any, values: np.ndarray) -> str:
    """The part of the dates of a pandas index that a column holds, such as "month"; empty if it
    holds none, or one value alone.
    """
    if not hasattr(index, "day_of_year") or is_constant(values):
        return ""
    ways = {
        "year": lambda: index.year,
        "quarter": lambda: index.quarter,
        "month": lambda: index.month,
        "day of the month": lambda: index.day,
        "day of the year": lambda: index.day_of_year,
        "day of the week": lambda: index.day_of_week,
        "day of the week, from 1 on": lambda: index.day_of_week + 1,
        "weekend": lambda: index.day_of_week > FRIDAY,
        "hour": lambda: index.hour,
    }
    for name, part in ways.items():
        if np.array_equal(values, part()):  # not constant, as the values are not
            return name
    return ""


def _with_dates(table: Table, is_long: bool, name: Any, form: str | None, unit: str | None) -> str:
    """What is done about dates in a column of whole numbers. form : their format; unit : that of
    times since 1970.
    """
    rows = table.rows
    if rows.time is not None or getattr(rows.index, "inferred_type", "") in (
        "datetime64",
        "period",
    ):
        drop = f"X.drop([{name!r}])" if rows.library == "polars" else f"X.drop(columns=[{name!r}])"
        return f"Drop them: {drop}"
    if rows.library == "polars":
        if form is None:
            code = f"pl.from_epoch({name!r}, time_unit={unit!r})"
            return f"Convert them: X.with_columns({code})"
        text = f"pl.col({name!r}).cast(pl.String)"
        text = f"({text} + '01')" if form == "%Y%m" else text
        return f"Convert them: X.with_columns({text}.str.to_date('%Y%m%d'))"
    dates = f"pd.to_datetime(X[{name!r}].astype(str), format={form!r})"
    if form is None:
        dates = f"pd.to_datetime(X[{name!r}], unit={unit!r})"
    if is_long:
        return f"Convert them: X.assign(**{{{name!r}: {dates}}})"
    return f"Convert them: X.set_index({dates}).drop(columns=[{name!r}])"


def warn_of_constant(
    given: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> None:
    """Warn of a column to forecast with one value in all of several series, beside columns that
    vary, if `target` is None.
    """
    if given is not None or panel is None or panel.kind == "wide":
        return
    rows = [np.concatenate([table.values[:, i] for table in tables]) for i in spec.targets]
    are_constant = list(map(is_constant, rows))
    if not any(are_constant) or all(are_constant):
        return
    name = tables[0].columns[spec.targets[are_constant.index(True)]]
    warn_user(
        f"Column {name!r} of X has one value in all series, but it is a column to forecast. Drop "
        "it, or name the columns to forecast in target."
    )


def warn_of_y(y: Any, X: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of a y that is ignored and does not equal the target columns of X."""
    if y is None or y is X or _are_targets(y, X, tables, panel, spec):
        return
    shape = getattr(y, "shape", None)
    what = f"length {len(y)}" if shape is None and hasattr(y, "__len__") else f"shape {shape}"
    forecast = [tables[0].columns[i] for i in spec.targets]
    warn_user(
        f"y with {what} is ignored, because the targets are columns {forecast} of X. Leave y out, "
        "or make it a column of X and name it in target. Use scaler instead of "
        "TransformedTargetRegressor, n_estimators instead of an ensemble, and in a search a "
        "scoring function (forecaster, X) that compares forecast(len(X)) with X."
    )


def _are_targets(
    y: Any, X: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> bool:
    """Whether y equals the target columns of X."""
    if panel is not None and panel.kind == "list":
        return (
            isinstance(y, list | tuple)
            and len(y) == len(tables)
            and all(
                _are_equal(one, table.values[:, spec.targets])
                for one, table in zip(y, tables, strict=True)
            )
        )
    if panel is None:
        return _are_equal(y, tables[0].values[:, spec.targets])
    if panel.kind == "wide":
        return _are_equal(y, np.asarray(X))
    return _are_equal(y, np.asarray(X[[tables[0].columns[i] for i in spec.targets]]))


def _are_equal(y: Any, values: np.ndarray) -> bool:
    try:
        y, values = np.asarray(y, dtype=np.float64), np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):  # text, or lists of different lengths
        return False
    return y.size == values.size and np.array_equal(y.reshape(values.shape), values, equal_nan=True)
