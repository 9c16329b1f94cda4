"""Windows of a series, with numpy and scikit-learn only.

The windows of one series are strided views of one block of memory, and are never copied here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import (
    _check_feature_names_in,
    _get_feature_names,
    check_array,
    check_is_fitted,
    validate_data,
)

from skgru._all_or_nothing import reads_once, stores_at_once
from skgru._callbacks import FitTask, TakesCallbacks, has_callbacks
from skgru._containers.numbers import (
    as_numbers,
    check_has_rows,
    check_unique_columns,
    series_as_column,
)
from skgru._containers.row_order import end_of, warn_of_order, warn_of_past
from skgru._validation import (
    at_least,
    check_target,
    checks_parameters,
    exists_if,
    remember_features,
    with_remedy_for_infinity,
)

# Rows that are compared at once, so that a long series needs no memory.
ROWS_AT_ONCE = 1 << 16

FLOATS = {"dtype": [np.float64, np.float32], "ensure_all_finite": "allow-nan"}


def sliding_view(block: np.ndarray, window_length: int) -> np.ndarray:
    """(n, n_channels) -> read-only view (n - window_length + 1, window_length, n_channels)."""
    view = np.lib.stride_tricks.sliding_window_view(block, window_length, axis=0)
    return view.transpose(0, 2, 1)  # (n_windows, n_channels, window_length) -> time before channels


def n_identifying(series: np.ndarray, n_compared: int) -> int:
    """Least number of first rows of a series (n_rows, n_columns) that occur nowhere else in it, so
    that rows that begin with them are this series. All rows, if that is none of 1 to n_compared.
    """
    n_compared, most = min(n_compared, len(series)), 0
    for first in range(1, len(series), ROWS_AT_ONCE):
        starts = np.arange(first, min(first + ROWS_AT_ONCE, len(series)))
        n_same = 0
        while len(starts) and n_same < n_compared:
            starts = starts[starts < len(series) - n_same]
            row, others = series[n_same], series[starts + n_same]
            is_same = (others == row) | (np.isnan(others) & np.isnan(row))
            starts = starts[is_same.all(axis=1)]
            n_same += len(starts) > 0
        if n_same == n_compared:
            return len(series)
        most = max(most, n_same)
    return most + 1


def following_rows(values: np.ndarray, horizon: int) -> np.ndarray:
    """The rows t+1 .. t+horizon after each row t: (n, k) -> view (n - horizon, horizon * k).

    Each row of the result is time-major: all columns one row ahead, then two rows ahead, and so on.
    """
    n, k = values.shape
    values = np.ascontiguousarray(values[1:])
    return np.lib.stride_tricks.as_strided(
        values,
        (max(0, n - horizon), horizon * k),
        (values.strides[0], values.itemsize),
        writeable=False,
    )


def block_with_past(
    X: np.ndarray, past: np.ndarray, window_length: int, padding: str
) -> np.ndarray:
    """X with the window_length - 1 earlier rows that its first windows need: (n + window_length -
    1, n_features).

    Rows that `past` lacks are NaN, or the earliest row repeated.
    """
    n_past = len(past)
    block = empty((window_length - 1 + len(X), X.shape[1]), X.dtype, window_length)
    n_unknown = window_length - 1 - n_past
    block[n_unknown : window_length - 1] = past
    block[window_length - 1 :] = X
    block[:n_unknown] = np.nan if padding == "nan" else block[n_unknown]
    return block


def empty(shape: tuple[int, ...], dtype: Any, window_length: int) -> np.ndarray:
    """numpy's `empty` for an array whose size depends on `window_length`."""
    try:
        return np.empty(shape, dtype)
    except (MemoryError, ValueError) as error:  # ValueError: more bytes than there are addresses
        raise MemoryError(
            f"window_length={window_length} needs an array of shape {shape}, for which there is no "
            "memory. Use a smaller window_length."
        ) from error


def _is_flat(windower: SequenceWindower) -> bool:
    # Windows of three dimensions have no column names, and fit into no data frame.
    return windower.flatten


class SequenceWindower(TakesCallbacks, TransformerMixin, BaseEstimator):
    """Turn a series into one window of history for each of its rows.

    Window t holds the rows t - window_length + 1 to t. A series of n rows gives n windows, so that
    targets, weights and cross-validation splits stay aligned with them.

    Parameters
    ----------
    window_length : int, default=10
        Rows of history in a window: 24 is one day of hourly data. At least 1.

    padding : {"nan", "edge"}, default="nan"
        Value of the steps before the first row of the series.

        - "nan": NaN.
        - "edge": the values of the first row. Use it before a regressor that does not take NaN.

    context : {"fit"} or None, default=None
        Rows that stand before the first row of X in `transform`.

        - None: there are none. The missing steps are padded.
        - "fit": the last rows of `fit`, so that the first windows of a test fold are complete.
          If X starts with the first rows of `fit`, it is read as the training data and has no
          context. These rows count only if they occur once in the training data: X that starts
          with a single 0 does not begin a series of many zeros. `fit_transform` has no context.
          X has to begin right after the rows of `fit`: `TimeSeriesSplit` needs `gap=0`.

    flatten : bool, default=False
        Whether each window becomes one row of `window_length * n_features` columns, oldest step
        first, which any scikit-learn estimator accepts. Columns are then named `{name}_lag{k}`,
        where lag 0 is the row itself, and `set_output` works.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of X in `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X in `fit`. Defined only if all names are strings.

    See Also
    --------
    make_windows : Complete windows and their targets, without a pipeline.
    GRURegressor : Recurrent network for these windows.

    Notes
    -----
    The first windows start before the series. With `padding="nan"`, their unknown steps are NaN,
    and `GRURegressor` leaves these windows out of `fit` and fills them in `predict`.

    A window needs consecutive rows, so there is a warning if the index of a pandas X is out of
    order or has gaps. For an array there is no such warning, because it has no index.

    The result is a read-only view of one block of n + window_length - 1 rows, so it needs little
    more memory than the series. float32 and float64 are kept, and integers become float64.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import SequenceWindower
    >>> series = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> SequenceWindower(window_length=2).fit_transform(series)[:, :, 0]
    array([[nan,  1.],
           [ 1.,  2.],
           [ 2.,  3.],
           [ 3.,  4.]])
    >>> windower = SequenceWindower(window_length=2, context="fit").fit(series)
    >>> windower.transform([[5.0], [6.0]])[:, :, 0]
    array([[4., 5.],
           [5., 6.]])
    >>> SequenceWindower(window_length=2, padding="edge", flatten=True).fit_transform(series)
    array([[1., 1.],
           [1., 2.],
           [2., 3.],
           [3., 4.]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "window_length": [at_least(1)],
        "padding": [StrOptions({"nan", "edge"})],
        "context": [None, StrOptions({"fit"})],
        "flatten": ["boolean"],
    }

    n_features_in_: int
    feature_names_in_: np.ndarray

    # Of files of earlier versions, which do not hold it.
    _n_identifying: int = 1

    def __init__(
        self,
        window_length: int = 10,
        *,
        padding: str = "nan",
        context: str | None = None,
        flatten: bool = False,
    ):
        self.window_length = window_length
        self.padding = padding
        self.context = context
        self.flatten = flatten

    @stores_at_once
    def fit(self, X: Any, y: None = None) -> Self:
        """Store the names of the columns, and the last rows for `context="fit"`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or a pandas or polars Series
            The series, oldest row first. NaN is allowed.

        y : None
            Ignored.

        Returns
        -------
        SequenceWindower
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, or X is empty, not 2-D, or contains infinity, strings or
            complex numbers.
        TypeError
            If X is sparse.
        """
        self._learn(X)
        return self

    @stores_at_once
    def fit_transform(self, X: Any, y: None = None) -> Any:
        """Fit to X, and return its windows without context.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or a pandas or polars Series
            The series, oldest row first.

        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_samples, window_length, n_features)
            Or (n_samples, window_length * n_features) with `flatten=True`. Read-only.
        """
        X = self._learn(X)
        return self._windows(X, past=X[:0])

    @reads_once
    def transform(self, X: Any) -> Any:
        """Return one window for each row of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or a pandas or polars Series
            The series, oldest row first.

        Returns
        -------
        ndarray of shape (n_samples, window_length, n_features)
            Or (n_samples, window_length * n_features) with `flatten=True`. Read-only.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other columns than in `fit`, or for the reasons listed in `fit`.
        """
        check_is_fitted(self)
        check_has_rows(X)
        check_unique_columns(X)
        with with_remedy_for_infinity():
            values = validate_data(self, series_as_column(as_numbers(X)), reset=False, **FLOATS)
        past = self._past_of(values)
        if not warn_of_order(X) and len(past):
            warn_of_past(X, self._end)
        return self._windows(values, past)

    @exists_if(_is_flat)
    @reads_once
    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> np.ndarray:
        """Names of the columns that `transform` returns with `flatten=True`.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of X. None: `feature_names_in_`, or x0, x1, ... without them.

        Returns
        -------
        ndarray of str objects of shape (window_length * n_features,)
            `{name}_lag{k}`, oldest step first.
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        lags = range(self._window_length - 1, -1, -1)
        return np.asarray([f"{name}_lag{lag}" for lag in lags for name in names], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        assert tags.transformer_tags is not None
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _learn(self, X: Any) -> np.ndarray:
        self._validate_params()
        task = FitTask.begun(self, 0, X=X) if has_callbacks(self) else None
        check_has_rows(X)
        check_unique_columns(X)
        given = X
        X = series_as_column(as_numbers(X))
        names = _get_feature_names(X)
        with with_remedy_for_infinity():
            X = check_array(X, estimator=self, input_name="X", **FLOATS)
        warn_of_order(given)
        # Everything is checked before anything is stored, so that a failed fit changes nothing.
        remember_features(self, names, X.shape[1])
        self._window_length = int(self.window_length)
        self._padding, self._context, self._flatten = self.padding, self.context, self.flatten
        self._end = end_of(given)
        self._first_rows = X[: self._window_length].copy()
        self._n_identifying = 1
        if self._context is not None:
            self._n_identifying = n_identifying(X, self._window_length)
        self._last_rows = X[max(0, len(X) - self._window_length + 1) :].copy()
        if task is not None:
            task.end(dict)
        return X

    def _past_of(self, X: np.ndarray) -> np.ndarray:
        n_compared = min(len(X), len(self._first_rows))
        is_in_sample = len(X) >= self._n_identifying and np.array_equal(
            X[:n_compared], self._first_rows[:n_compared], equal_nan=True
        )
        return X[:0] if self._context is None or is_in_sample else self._last_rows

    def _windows(self, X: np.ndarray, past: np.ndarray) -> np.ndarray:
        block = block_with_past(X, past, self._window_length, self._padding)
        if not self._flatten:
            return sliding_view(block, self._window_length)
        return np.lib.stride_tricks.as_strided(
            block,
            (len(X), self._window_length * X.shape[1]),
            (block.strides[0], block.itemsize),
            writeable=False,
        )


@checks_parameters(
    {
        "X": "no_validation",
        "window_length": [at_least(1)],
        "horizon": [at_least(1)],
        "target": "no_validation",  # by check_target
    }
)
def make_windows(
    X: Any, window_length: int, horizon: int = 1, *, target: int | Sequence[int] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Pair each complete window of a series with the rows that follow it.

    A series of n rows gives n - window_length - horizon + 1 pairs of a window and its target, for
    training without a pipeline.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_channels), or a pandas or polars Series
        The series, oldest row first. NaN is allowed.

    window_length : int
        Rows of history in a window. At least 1.

    horizon : int, default=1
        Rows after a window that form its target. At least 1.

    target : int, sequence of int or None, default=None
        Positions of the channels in the targets. None: all channels.

    Returns
    -------
    windows : ndarray of shape (n_pairs, window_length, n_channels)
        Read-only view.

    targets : ndarray of shape (n_pairs,), or (n_pairs, horizon * n_targets)
        The rows after each window, time-major: all targets one row ahead, then two rows ahead, and
        so on. One-dimensional for a single output. Read-only.

    Raises
    ------
    ValueError
        If X has fewer than window_length + horizon rows, a parameter is out of range, or X is
        empty, not 2-D, or contains infinity, strings or complex numbers.
    TypeError
        If X is sparse.

    See Also
    --------
    SequenceWindower : Transformer for pipelines, which returns a window for every row.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import make_windows
    >>> windows, targets = make_windows(np.arange(6.0).reshape(-1, 1), window_length=3)
    >>> windows[:, :, 0]
    array([[0., 1., 2.],
           [1., 2., 3.],
           [2., 3., 4.]])
    >>> targets
    array([3., 4., 5.])
    """
    check_has_rows(X)
    check_unique_columns(X)
    warn_of_order(X)
    with with_remedy_for_infinity():
        X = check_array(
            series_as_column(as_numbers(X)), estimator="make_windows", input_name="X", **FLOATS
        )
    channels = check_target(target, X.shape[1])
    if len(X) < window_length + horizon:
        raise ValueError(
            f"window_length={window_length} with horizon={horizon} needs at least "
            f"{window_length + horizon} rows, but X has {len(X)}. Use a shorter window or a "
            "longer series."
        )
    windows = sliding_view(X[:-horizon], window_length)
    targets = following_rows(
        X[window_length - 1 :, channels], horizon
    )  # (n_pairs, horizon * n_targets)
    return windows, targets[:, 0] if targets.shape[1] == 1 else targets
