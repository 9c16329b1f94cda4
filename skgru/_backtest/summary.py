"""Measures of backtests as pandas DataFrames, beside those of a naive forecast.

Tables have one row for each step or series. Their columns have two levels: the measure, and
"forecast", "naive" or "ratio".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from skgru._forecaster.baselines import naive_scale
from skgru._validation import at_least, optional

if TYPE_CHECKING:
    from skgru._backtest.result import BacktestResult

# Measures of which a ratio of forecast and naive forecast says which of them is better.
ERRORS = ["MAE", "RMSE", "MASE"]


def pandas_for(method: str) -> Any:
    """pandas, which only some methods of a result need."""
    instead = ", or use the arrays actual, forecast, lower and upper"
    return optional("pandas", f"{method} of a backtest", "pandas", instead)


def summary_of(result: BacktestResult, baseline: Any, season_length: Any, by: Any) -> Any:
    """The summary of one series."""
    _check(baseline, season_length, by, [None, "step"])
    table = _measures(result, baseline, season_length, by == "step")
    return _finished(table, by, baseline)


def summary_of_many(
    results: Mapping[Any, BacktestResult], baseline: Any, season_length: Any, by: Any
) -> Any:
    """The summary of several series."""
    _check(baseline, season_length, by, [None, "step", "series"])
    pd = pandas_for("summary()")
    tables = [_measures(one, baseline, season_length, by == "step") for one in results.values()]
    if by == "series":
        table = pd.concat(tables)
        table.index = pd.Index(list(results), name="series", tupleize_cols=False)
    else:  # NaN is left out, each series counts the same
        table = pd.concat(tables).groupby(level=0).mean()
    return _finished(table, by, baseline)


def _check(baseline: Any, season_length: Any, by: Any, choices: list[Any]) -> None:
    if not (baseline is None or (isinstance(baseline, str) and baseline in ("seasonal", "last"))):
        raise ValueError(
            f"baseline={baseline!r} must be 'seasonal', 'last' or None: the naive forecast to "
            "compare with. Use baseline='seasonal', for example."
        )
    if season_length is not None and not at_least(1).is_satisfied_by(season_length):
        raise ValueError(
            f"season_length={season_length!r} must be an int of at least 1, the rows in a season, "
            "or None. Use season_length=12 for months with a yearly season, for example."
        )
    if not (by is None or (isinstance(by, str) and by in choices)):
        only = " (by='series' needs a backtest of several series)" if by == "series" else ""
        raise ValueError(
            f"by={by!r} must be one of {choices}{only}: what the rows of the table stand for. Use "
            "by='step', for example."
        )


def _measures(result: BacktestResult, baseline: Any, season_length: Any, by_step: bool) -> Any:
    """Measures of one series: one row for each step, or a single row."""
    pd = pandas_for("summary()")
    season_length = result.season_length if season_length is None else season_length
    scale = naive_scale(result.y_train, season_length)
    actual, forecasts = result.actual, {"forecast": result.forecast}
    is_known = ~np.isnan(actual).any(axis=2)  # (n_origins, horizon)
    if baseline is not None:
        forecasts["naive"] = _naive(result, baseline, season_length)
        is_known &= ~np.isnan(forecasts["naive"]).any(axis=2)
    if not is_known.any():
        raise ValueError(
            "No forecast can be measured: all actual values or naive forecasts are missing (NaN). "
            "Use more forecast origins (a smaller step or initial), or baseline=None."
        )
    if n_missing := int(np.isnan(result.forecast[is_known]).sum()):
        raise ValueError(
            f"forecast is missing (NaN) in {n_missing} of {result.forecast.size} values. Give a "
            "forecast for each origin, step and target."
        )
    rows = []
    for at in [slice(k, k + 1) for k in range(len(result.steps))] if by_step else [slice(None)]:
        row: dict[tuple[str, str], float] = {}
        chosen = is_known[:, at]
        for kind, forecast in forecasts.items():
            errors = (forecast - actual)[:, at][chosen]  # (n, n_targets)
            row |= {(name, kind): value for name, value in _errors(errors, scale).items()}
        if result.lower is not None and result.upper is not None:
            lower, upper = (bound[:, at][chosen] for bound in (result.lower, result.upper))
            inside = (lower <= actual[:, at][chosen]) & (actual[:, at][chosen] <= upper)
            row[("coverage", "forecast")] = _mean(inside)
            row[("width", "forecast")] = _mean(upper - lower)
        rows.append(row)
    steps = result.steps if by_step else [0]
    columns = pd.MultiIndex.from_tuples(rows[0], names=["measure", None])
    values = [list(row.values()) for row in rows]
    return pd.DataFrame(values, index=pd.Index(steps, name="step"), columns=columns)


def _errors(errors: np.ndarray, scale: np.ndarray) -> dict[str, float]:
    """Measures of errors (n, n_targets), averaged over the targets. NaN without errors."""
    if not len(errors):
        return dict.fromkeys([*ERRORS, "bias"], np.nan)
    sizes = np.abs(errors).mean(axis=0)
    return {
        "MAE": float(sizes.mean()),
        "RMSE": float(np.sqrt((errors**2).mean(axis=0)).mean()),
        "MASE": _mean((sizes / scale)[~np.isnan(scale)]),
        "bias": float(errors.mean()),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else np.nan


def _naive(result: BacktestResult, baseline: str, season_length: int) -> np.ndarray:
    """The naive forecast from each origin, (n_origins, horizon, n_targets)."""
    filled = pandas_for("summary()").DataFrame(result.series).ffill().to_numpy()
    last = np.broadcast_to(result.origins[:, np.newaxis], (len(result.origins), len(result.steps)))
    if baseline == "last":
        return filled[last]
    season_ago = last + 1 - season_length + (result.steps - 1) % season_length
    return filled[np.where(season_ago < 0, last, season_ago)]


def _finished(table: Any, by: Any, baseline: Any) -> Any:
    """A table of measures with their ratios, in the form that the user asked for."""
    if baseline is not None:
        for name in ERRORS:
            naive = table[(name, "naive")]
            table[(name, "ratio")] = table[(name, "forecast")] / naive.where(naive > 0)
    measures = [one for one in (*ERRORS, "bias", "coverage", "width") if one in table.columns]
    kinds = ["forecast"] if baseline is None else ["forecast", "naive", "ratio"]
    columns = [(one, kind) for one in measures for kind in kinds if (one, kind) in table.columns]
    table = table[columns]
    if by is None:
        row = table.iloc[0].to_dict()
        values = {kind: [row.get((one, kind), np.nan) for one in measures] for kind in kinds}
        return pandas_for("summary()").DataFrame(values, index=measures)
    from skgru._backtest.table import MeasuresTable  # needs pandas

    return MeasuresTable(table if baseline is not None else table.droplevel(1, axis=1))
