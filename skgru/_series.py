"""Series as people hold them (pandas, polars, arrays) -> numbers, and forecasts back into the same
form with the index continued. Knows nothing of forecasting.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import _get_feature_names, check_array

from skgru._windowing import as_table

# Rows in a season, by what an index's frequency begins with.
SEASONS = {
    **{"Y": 1, "A": 1, "BY": 1, "Q": 4, "BQ": 4, "M": 12, "BM": 12, "SM": 24, "W": 52},
    **{"D": 7, "B": 5, "C": 5, "h": 24, "H": 24, "bh": 8, "min": 60, "T": 60, "s": 60, "S": 60},
}


def is_list_of_series(X: Any) -> bool:
    """Whether X is several series. A list of lists of numbers is one array."""
    return isinstance(X, list) and bool(X) and all(hasattr(one, "__array__") for one in X)


def check_list(X: Any) -> None:
    """Raises ValueError where a list is neither series nor numbers."""
    if not isinstance(X, list) or is_list_of_series(X):
        return
    if not X:
        raise ValueError("X is an empty list. Give at least one series.")
    ragged = all(isinstance(one, list | tuple) for one in X) and len({len(one) for one in X}) > 1
    wrong = [one for one in X if one is None or isinstance(one, dict | str)]
    if wrong or ragged or any(hasattr(one, "__array__") for one in X if not np.isscalar(one)):
        what = sorted({type(one).__name__ for one in wrong or X})
        raise ValueError(
            f"X is a list with {', '.join(what)} in it, but series in a list must be pandas or "
            "polars Series or data frames, or arrays. Make them of what is something else, as "
            "np.array(values), and leave out what is empty."
        )


@dataclass(frozen=True)
class Rows:
    """How the rows of a series are named.

    index : a pandas index, or None where rows have no names; freq : its step, an int or a pandas
    offset, None where a single row does not tell; time, dtype : name and type of polars' time
    column.
    """

    library: str = "numpy"
    index: Any = None
    freq: Any = None
    time: str | None = None
    dtype: Any = None

    @property
    def season_length(self) -> int:
        """Rows in the usual season of this frequency; 1 where it says nothing."""
        if self.freq is None or isinstance(self.freq, int):
            return 1
        name = self.freq.freqstr.split("-")[0]  # "QS-JAN" is quarters that start in January
        for ending in ("", "S", "E"):  # month start, month end
            if name.endswith(ending) and name[: len(name) - len(ending)] in SEASONS:
                return SEASONS[name[: len(name) - len(ending)]]
        return 1

    def following(self, n: int) -> Any:
        """The index of the n rows after the last; None where rows have no names."""
        if self.index is None:
            return None
        # Offsets are added one by one in Python, so what was made for one forecast is kept for the
        # next. An index can't be changed, and a slice has a name of its own.
        kept = self.__dict__.get("_following")
        if kept is None or len(kept) < n:
            kept = self._continued(n)
            object.__setattr__(self, "_following", kept)
        return kept[:n]

    def _continued(self, n: int) -> Any:
        import pandas as pd

        last = self.index[-1]
        if isinstance(self.freq, int):
            last = int(last)  # a small integer type would overflow
            stop = last + self.freq * (n + 1)
            following = pd.RangeIndex(last + self.freq, stop, self.freq)
        elif self.freq is None:
            raise ValueError(
                f"X has {len(self.index)} rows, from which the step of its index can't be told, so "
                "that no row can follow. Give the index a freq: X.asfreq('D'), for example."
            )
        elif isinstance(self.index, pd.PeriodIndex):
            following = pd.period_range(last, periods=n + 1, freq=self.freq)[1:]
        else:
            following = pd.date_range(last, periods=n + 1, freq=self.freq)[1:]
        return following.rename(self.index.name)

    def is_followed_by(self, other: Rows) -> bool:
        """Whether the other rows begin right after these, by their index."""
        if self.index is None or other.index is None:
            return False
        return bool(self.following(1)[0] == other.index[0])

    def frame(self, values: np.ndarray, names: list[str], index: Any, is_single: bool) -> Any:
        """(n, n_columns) in the form of these rows; is_single: one column as a Series."""
        if self.library == "numpy":
            return values[:, 0] if is_single else values
        if self.library == "pandas":
            import pandas as pd

            if is_single:
                name = None if names[0] == "" else names[0]
                return pd.Series(values[:, 0], index=index, name=name)
            return pd.DataFrame(values, index=index, columns=names)
        import polars as pl

        if is_single and index is None:
            return pl.Series(names[0], values[:, 0])
        columns: dict[str, Any] = dict(zip(names, list(values.T), strict=True))
        if index is None:
            return pl.DataFrame(columns)
        if index.tz is not None:
            index = index.tz_convert("UTC").tz_localize(None)  # as polars stores them
        instants = index.as_unit(getattr(self.dtype, "time_unit", "us")).to_numpy()
        time = pl.Series(self.time, instants).cast(self.dtype)
        return pl.DataFrame({str(self.time): time, **columns})


@dataclass(frozen=True)
class Table:
    """One series: float64 values (n_rows, n_columns), column names or None, and its rows' names.

    is_single : whether it was a Series, and forecasts of it are to be one; labels : names of pandas
    columns that are no strings, which scikit-learn does not take for names.
    """

    values: np.ndarray
    names: list[str] | None
    rows: Rows
    is_single: bool = False
    labels: list[Any] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def columns(self) -> list[Any]:
        """Names, made up as scikit-learn does where there are none."""
        return self.names or self.labels or [f"x{i}" for i in range(self.values.shape[1])]


def as_series(X: Any, estimator: Any, usual: Any = None) -> Table:
    """A series in any form as a Table.

    usual : step of the index of the training series, which goes for the index of X where it fits: a
    few rows do not tell months from days.

    Raises ValueError if it is not 2-D or a Series, or its index has no regular step.
    """
    library = type(X).__module__.split(".")[0]
    if library == "polars":
        return _from_polars(X, estimator, usual)
    check_list(X)
    table = as_table(X)
    rows, labels = Rows(), None
    if library == "pandas" and hasattr(table, "columns"):
        if not table.columns.is_unique:
            twice = list(table.columns[table.columns.duplicated()].unique())
            raise ValueError(
                f"X has several columns of the same name: {twice}. Rename them, or keep the first "
                "of each: X.loc[:, ~X.columns.duplicated()]."
            )
        dates = [
            name
            for name, dtype in table.dtypes.items()
            if dtype.kind in "Mm" or hasattr(dtype, "freq")
        ]
        if dates:
            has_times = X.index.dtype.kind == "M" or hasattr(X.index.dtype, "freq")
            remedy = f"Drop them: X.drop(columns={dates!r})."
            if not has_times:
                remedy = f"Name the rows by {'them' if len(dates) == 1 else 'one of them'}: "
                remedy += f"X.set_index({dates[0]!r})"
                remedy += "." if len(dates) == 1 else f", and drop {dates[1:]}."
            raise ValueError(
                f"Columns {dates} of X hold dates or times, which are no numbers. {remedy}"
            )
    if library == "pandas":
        rows = Rows("pandas", X.index, _step_of(X.index, usual))
        labels = list(table.columns) if hasattr(table, "columns") else None
    names = None if library == "numpy" else _get_feature_names(table)
    names = None if names is None else list(names)
    is_single = X is not table or getattr(X, "ndim", 2) == 1
    return Table(_numbers(table, estimator), names, rows, is_single, labels)


def _from_polars(X: Any, estimator: Any, usual: Any) -> Table:
    import polars as pl

    if not hasattr(X, "columns"):  # a Series
        names = [X.name] if X.name else None
        return Table(_numbers(X.to_numpy().reshape(-1, 1), estimator), names, Rows("polars"), True)
    times = [name for name, dtype in X.schema.items() if dtype in (pl.Date, pl.Datetime)]
    if len(times) > 1:
        raise ValueError(
            f"X has {len(times)} columns of dates or times ({', '.join(times)}), but one at most "
            "can name its rows. Drop the others, or turn them into numbers."
        )
    rows = Rows("polars")
    if times:
        import pandas as pd

        dtype = X.schema[times[0]]
        index = pd.DatetimeIndex(X[times[0]].to_numpy())
        if zone := getattr(dtype, "time_zone", None):
            index = index.tz_localize("UTC").tz_convert(zone)
        rows = Rows("polars", index, _step_of(index, usual), times[0], dtype)
    columns = X.drop(times)
    return Table(_numbers(columns, estimator), list(columns.columns), rows)


def _numbers(table: Any, estimator: Any) -> np.ndarray:
    # For 100,000 series the checks take half a minute: what is as it should be needs none.
    is_ready = type(table) is np.ndarray and table.dtype == np.float64 and table.ndim == 2
    if is_ready and table.size and not np.isinf(table).any():
        return table
    try:
        return check_array(
            table,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            estimator=estimator,
            input_name="X",
        )
    except ValueError as error:
        if "could not convert string" not in str(error) or not hasattr(table, "columns"):
            raise
        texts = [
            name
            for name in table.columns
            if str(table[name].dtype).lower() in ("object", "str", "string", "category")
        ]
        raise ValueError(
            f"Columns {texts} of X hold text ({error}). Make numbers of it, or drop them."
        ) from error


def _goes_by(index: Any, step: Any) -> bool:
    """Whether the rows of a pandas index lie this step apart."""
    import pandas as pd

    if isinstance(step, int):
        if not pd.api.types.is_integer_dtype(index.dtype):
            return False
        return bool((np.diff(index.to_numpy().astype(np.int64)) == step).all())
    if not isinstance(index, pd.DatetimeIndex) or index.hasnans:
        return False
    if index.freq is not None and index.freq == step:
        return True  # pandas has looked already
    regular = pd.date_range(index[0], periods=len(index), freq=step)
    return bool((regular == index).all())


def _step_of(index: Any, usual: Any = None) -> Any:
    """The step of a pandas index; None where one row or two dates don't tell."""
    import pandas as pd

    if usual is not None and len(index) and _goes_by(index, usual):
        return usual
    if isinstance(index, pd.PeriodIndex):
        if len(index) > 1 and not (np.diff(index.asi8) == index.freq.n).all():
            raise ValueError(_irregular(index, f"X.resample({index.freqstr!r}).mean()"))
        return index.freq
    if isinstance(index, pd.DatetimeIndex):
        if index.hasnans:
            raise ValueError(
                f"X has {index.isna().sum()} rows whose date is missing (NaT), so that nothing "
                "says where they belong. Fill the dates in, or drop those rows."
            )
        if index.freq is not None and index.freq.n > 0:
            return index.freq
        if len(index) == 1:
            return None
        if len(index) == 2 and index[0] < index[1]:
            return pd.tseries.frequencies.to_offset(index[1] - index[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas 3 announces that it will return an offset
            freq = pd.infer_freq(index) if len(index) > 2 else None
        if freq is None or not index.is_monotonic_increasing:
            usual_step = likely_freq(index)
            remedy = f"X.asfreq({usual_step!r}) or X.resample({usual_step!r}).mean()"
            if usual_step == "B":  # holidays are missing: the price of the day before still holds
                remedy = "X.asfreq('B').ffill()"
            if period := _one_in_each(index):  # the 15th of each month is a month, and no gap
                remedy = f"X.to_period({period!r})"
            raise ValueError(_irregular(index, remedy))
        return pd.tseries.frequencies.to_offset(freq)
    if _are_date_strings(index):
        raise ValueError(
            f"X has an index of strings from {index[0]!r} to {index[-1]!r}, which have no next "
            "row. Make dates of them, which tell the season too: X.index = pd.to_datetime(X.index)."
        )
    if not pd.api.types.is_integer_dtype(index.dtype):
        raise ValueError(
            f"X has an index of {index.dtype}, which has no next row. Use dates, periods or whole "
            "numbers: X.set_index(...), or X.reset_index(drop=True)."
        )
    steps = np.unique(np.diff(index.to_numpy().astype(np.int64)))
    if len(steps) > 1 or (len(steps) and steps[0] < 1):
        raise ValueError(_irregular(index, "X.reset_index(drop=True)"))
    return int(steps[0]) if len(steps) else max(1, getattr(index, "step", 1))


def _one_in_each(index: Any) -> str | None:
    """The calendar period of which each has one of these dates, "M", "Q" or "Y"; None without."""
    counts = {"M": 12 * index.year + index.month, "Q": 4 * index.year + index.quarter}
    for period, count in {**counts, "Y": index.year}.items():
        if (np.diff(count) == 1).all():
            return period
    return None


def _are_date_strings(index: Any) -> bool:
    """Whether a pandas index holds dates as strings, a year of four digits in each."""
    import pandas as pd

    if index.inferred_type != "string" or not index.str.contains(r"\d{4}").all():
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of formats that differ, which is not the question
        return bool(pd.to_datetime(index, errors="coerce").notna().all())


def likely_freq(index: Any) -> str:
    """The frequency that dates with gaps were probably meant to have, by the median gap."""
    days = float(np.median(np.diff(index.to_numpy()) / np.timedelta64(1, "D")))
    if days == 1 and len(index) > 7 and (index.day_of_week < 5).all():
        return "B"
    for freq, shortest in (("YS", 360), ("QS", 85), ("MS", 27), ("W", 6.9), ("D", 0.9)):
        if days >= shortest:
            return freq
    return "h" if days >= 1 / 25 else "min"


def _irregular(index: Any, remedy: str) -> str:
    doubled = index[index.duplicated()]
    if len(doubled):
        return (
            f"X's index has {doubled[0]} more than once. Rows of one series have different times: "
            "drop or add up the doubled ones; if X holds several series, "
            "SequenceForecaster(group=...) names what tells them apart."
        )
    remedy = remedy if index.is_monotonic_increasing else "X.sort_index()"
    return (
        f"X's index has no regular step between {index[0]} and {index[-1]}: rows are missing"
        f"{_widest_gap(index)} or out of order. A network counts rows, so make them regular "
        f"first: {remedy}."
    )


def _widest_gap(index: Any) -> str:
    """Where the widest gap is; nothing where all are about as wide."""
    if not index.is_monotonic_increasing or len(index) < 3:
        return ""
    gaps = np.diff(index.asi8 if hasattr(index, "asi8") else index.to_numpy())
    longest = int(gaps.argmax())
    if gaps[longest] < 1.5 * np.median(gaps):  # months differ too
        return ""
    return f" (the widest gap is after {index[longest]})"
