"""The time index of a series: its step, and its continuation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.advice_on_index import irregular
from skgru._containers.clocks import dates_after, goes_by, open_days, regular_step
from skgru._containers.polars_dates import dates_of_polars
from skgru._containers.seasons_of_steps import months_of, season_lengths_of
from skgru._containers.text_dates import not_dates


@dataclass(frozen=True)
class TimeIndex:
    """The index of the rows of a series.

    index : a pandas index, or None without one; freq : its step, an int or a pandas offset, None
    if unknown (a single row); time, dtype : name and type of the time column of a polars frame.
    """

    library: str = "numpy"
    index: Any = None
    freq: Any = None
    time: str | None = None
    dtype: Any = None

    @property
    def is_of_months(self) -> bool:
        """Whether the step is a number of months."""
        return not isinstance(self.freq, int | None) and months_of(self.freq) > 0

    @property
    def season_lengths(self) -> tuple[int, ...]:
        """Rows of the seasons that this step may have, the shortest first."""
        return season_lengths_of(self.freq)

    @property
    def season_length(self) -> int:
        """Rows of the shortest season that this step may have; 1 without any."""
        return min(self.season_lengths, default=1)

    def following(self, n: int) -> Any:
        """The index of the n rows after the last row; None without an index."""
        if self.index is None:
            return None
        # pandas adds offsets one by one in Python, which is slow, so the result is cached. Sharing
        # it is safe: an index is immutable, and a slice is a new object with its own name.
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
            remedy = "Give the index a freq, for example by X.asfreq('D')"
            if self.library == "polars":
                remedy = "Give at least two rows"
            raise ValueError(
                f"X has n_samples={len(self.index)}, from which the step of its index cannot be "
                f"inferred. {remedy}."
            )
        elif isinstance(self.index, pd.PeriodIndex):
            following = pd.period_range(last, periods=n + 1, freq=self.freq)[1:]
        else:
            following = dates_after(self.index, n, self.freq)
        return following.rename(self.index.name)

    def is_followed_by(self, other: TimeIndex) -> bool:
        """Whether the index of `other` starts right after this one."""
        if self.index is None or other.index is None:
            return False
        return bool(self.following(1)[0] == other.index[0])

    def frame(
        self, values: np.ndarray, names: list[Any], index: Any, is_single: bool, header: Any = None
    ) -> Any:
        """(n, n_columns) in the container of these rows.

        is_single : one column as a Series; header : the columns of the pandas frame from which the
        names are.
        """
        if self.library == "numpy":
            return values[:, 0] if is_single else values
        if self.library == "pandas":
            import pandas as pd

            if is_single:
                name = None if names[0] == "" else names[0]
                return pd.Series(values[:, 0], index=index, name=name)
            return pd.DataFrame(values, index=index, columns=columns_like(header, names))
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


def columns_like(header: Any, names: list[Any]) -> Any:
    """A pandas index of column names, with the levels, their names and the types of `header`."""
    import pandas as pd

    if header is None:
        return pd.Index(names, tupleize_cols=False)
    positions = {name: i for i, name in enumerate(header)}
    if all(name in positions for name in names):
        return header[[positions[name] for name in names]]
    if header.nlevels > 1:
        return pd.MultiIndex.from_tuples(names, names=header.names)
    return pd.Index(names, name=header.name, tupleize_cols=False)


def with_ending(name: Any, ending: str) -> Any:
    """A column name with an ending such as "_lower". With levels, the last level gets it."""
    if not ending:
        return name
    if isinstance(name, tuple) and name:
        return (*name[:-1], f"{name[-1]}{ending}")
    return f"{name}{ending}"


def _goes_by(index: Any, step: Any) -> bool:
    """Whether a pandas index is regular with this step."""
    import pandas as pd

    if isinstance(step, int):
        if not pd.api.types.is_integer_dtype(index.dtype):
            return False
        return bool((np.diff(index.to_numpy().astype(np.int64)) == step).all())
    if not isinstance(index, pd.DatetimeIndex) or index.hasnans:
        return False
    return goes_by(index, step)


def _step_of(index: Any, usual: Any = None, frame: Any = None) -> Any:
    """The step of a pandas index; None if it cannot be inferred from a single row.

    frame : the column of the dates of a polars frame, as a frame; None for pandas.
    """
    import pandas as pd

    if not len(index):
        return None
    if usual is not None and _goes_by(index, usual):
        return usual
    if isinstance(index, pd.PeriodIndex):
        if len(index) > 1 and not (np.diff(index.asi8) == index.freq.n).all():
            raise ValueError(irregular(index))
        return index.freq
    if isinstance(index, pd.DatetimeIndex):
        if index.hasnans:
            known = "X[X.index.notna()]" if frame is None else f"X.drop_nulls({frame.columns[0]!r})"
            raise ValueError(
                f"X has {index.isna().sum()} rows without a date (NaT), but each row needs one. "
                f"Fill in the dates, or drop these rows: {known}."
            )
        if index.freq is not None and index.freq.n > 0 and goes_by(index, index.freq):
            return index.freq
        if len(index) == 1:
            return None
        step = regular_step(index) or open_days(index)
        if step is None:
            raise ValueError(irregular(index, frame))
        return step
    if message := not_dates(index):
        raise ValueError(message)
    steps = np.unique(np.diff(index.to_numpy().astype(np.int64)))
    if len(steps) > 1 or (len(steps) and steps[0] < 1):
        raise ValueError(irregular(index))
    return int(steps[0]) if len(steps) else max(1, getattr(index, "step", 1))


def index_of_polars(X: Any, usual: Any = None) -> TimeIndex:
    """The index of a polars frame: its one column of dates or times, if it has one."""
    index, time = dates_of_polars(X)
    if time is None:
        return TimeIndex("polars")
    return TimeIndex("polars", index, _step_of(index, usual, X.select(time)), time, X.schema[time])
