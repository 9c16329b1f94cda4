"""AutoScaler, the scaler of scaler="auto", and functions that apply a scaler."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

# Share of the typical value below which the lowest value begins to count as a zero.
NEARLY_ZERO = 0.02

# Share of the typical value up to which the lowest value is a zero with noise.
NOISE_SHARE = 1e-3

# Least share of other values beside zeros with noise. Fewer ones are outliers of a small series.
LEAST_DEMAND = 0.1

# Least number of rows in a row that decide what is typical there.
ROWS_AT_ONCE = 12

# Share of zeros from which a row of the season counts as closed.
ALWAYS = 0.9

# Share of zeros, without those of a season, from which a series is intermittent.
INTERMITTENT_FROM = 0.2

# Scaled distance below the lowest value of a logarithm up to which bounds are moved on its scale.
BELOW_KNEE = 3.0

# Share of the spread that a scaler may lose, 1 / 10, and of the values, by rounding.
MOST_LOST, ROUNDING = 10, 1e-6

# In-sample error on the scale of the network below which a series is magnified: smaller changes
# would be lost in the noise of the network itself.
LEAST_ERROR = 0.03


def _as_floats(X: Any) -> np.ndarray:
    """X as float64 (n_samples, n_features), with NaN allowed."""
    # A forecast asks for a few rows at a time: rows that are ready skip the checks.
    is_ready = type(X) is np.ndarray and X.dtype == np.float64 and X.ndim == 2 and X.size
    if is_ready and not np.isinf(X).any():
        return X
    return check_array(X, dtype=np.float64, ensure_all_finite="allow-nan")


def is_intermittent(values: np.ndarray, season_length: int, has_longer: bool = False) -> bool:
    """Whether a series (n_rows,) is zero, but for noise, at many times, other than at the same rows
    of each season (closed days, nights). has_longer : whether the series has a longer season too,
    so that whole seasons of zeros are such rows (weekends of hours).
    """
    known = np.isfinite(values)
    if not known.any() or np.nanmin(values) < 0 or not np.nanmax(values):
        return False
    limit = 0.0
    if np.nanmin(values) > 0:
        if not has_noisy_zeros(values[known], season_length):
            return False
        limit = zero_to(values[known])
    phase, is_zero = np.arange(len(values)) % season_length, values <= limit
    if has_longer:
        season = (np.arange(len(values)) - len(values)) // season_length  # the last one is whole
        has_sale = np.isin(season, np.unique(season[known & ~is_zero]))
        phase, is_zero, known = phase[has_sale], is_zero[has_sale], known[has_sale]
    n_zeros = np.bincount(phase[known], is_zero[known], season_length)
    n_known = np.bincount(phase[known], minlength=season_length)
    is_open = n_zeros < ALWAYS * n_known
    return bool(n_zeros[is_open].sum() >= INTERMITTENT_FROM * n_known[is_open].sum())


def lowest_share(known: np.ndarray, season_length: int) -> float:
    """The least share of a value in the typical value around it: where a series has grown or shrunk
    a hundredfold, its low values are no zeros. known : (n_rows,), not negative, not all zero.
    """
    share = float(known.min() / np.median(known[known > 0]))
    return _share_around(known, season_length, np.median) if 0 < share < NEARLY_ZERO else share


def _share_around(known: np.ndarray, season_length: int, typical: Any) -> float:
    """As `lowest_share`. typical : function of the values of some rows in a row."""
    n_parts = max(1, len(known) // max(ROWS_AT_ONCE, season_length))
    parts = np.array_split(known, n_parts)
    levels = np.array([typical(part) for part in parts])
    before, after = np.maximum.accumulate(levels), np.maximum.accumulate(levels[::-1])[::-1]
    # The largest levels of earlier and of later parts: a zero has usual values on both sides.
    around = np.minimum([before[0], *before[:-1]], [*after[1:], after[-1]])
    return float(np.min([part.min() for part in parts] / around))


def zero_to(known: np.ndarray) -> float:
    """Size up to which a positive value is a zero with noise."""
    return NOISE_SHARE * float(known.mean())


def below_is_zero(values: np.ndarray, share: float) -> np.ndarray:
    """Half of the smallest value beside zeros of each column (n_rows, n_columns), -inf where there
    are negative values, or no larger share of zeros.
    """
    is_zero, known = values == 0, np.isfinite(values)
    n_known = np.maximum(known.sum(axis=0), 1)
    smallest = np.where(known & ~is_zero, values, np.inf).min(axis=0, initial=np.inf)
    applies = (is_zero.sum(axis=0) > share * n_known) & (smallest > 0)
    return np.where(applies, smallest / 2, -np.inf)


def has_noisy_zeros(known: np.ndarray, season_length: int) -> bool:
    """Whether some of these positive values are zeros with noise. The logarithms of such values
    make quantiles that are larger than all values of the series by factors.
    """
    is_low = known < zero_to(known)
    if not is_low.any() or is_low.mean() > 1 - LEAST_DEMAND:
        return False
    return _share_around(known, season_length, np.mean) < NOISE_SHARE


def _statistics(
    known: np.ndarray, season_length: int, is_linear: bool = False
) -> tuple[str, float, float, float]:
    """Kind, shift, knee (NaN without a logarithm) and unit of a column with these values."""
    lowest, highest = known.min(initial=np.inf), known.max(initial=-np.inf)
    if lowest >= 0 and highest > 0 and not is_linear:
        typical = float(np.median(known[known > 0]))
        is_zero = np.clip(1 - lowest_share(known, season_length) / NEARLY_ZERO, 0, 1)
        shift = typical * float(is_zero)
        # A series that has shrunk by some factor may shrink by this factor again.
        half = (len(known) + 1) // 2
        shrunk = (np.median(known[:half]) + shift) / (np.median(known[-half:]) + shift)
        knee = (lowest + shift) / max(1.0, shrunk)
        return "log" if shift == 0 else "log1p", shift, knee, typical
    if not len(known):
        return "standard", 0.0, np.nan, 1.0
    largest = np.abs(known).max()
    spread = largest * (known / largest).std() if largest else 0.0  # squares may overflow
    is_constant = not spread > 10 * np.finfo(float).eps * largest
    return "standard", -known.mean(), np.nan, 1.0 if is_constant else spread


def in_sample_error(z: np.ndarray, season_length: int) -> float:
    """Mean absolute error of the better one of last value and seasonal naive, NaN without any."""
    errors = []
    for lag in {1, season_length}:
        changes = np.abs(z[lag:] - z[:-lag])
        known = changes[np.isfinite(changes)]
        if len(known):
            errors.append(float(known.mean()))
    return min(errors, default=np.nan)


class AutoScaler(TransformerMixin, BaseEstimator):
    """Logarithm for positive columns, log(c + x / typical value) with zeros or low values, else
    standardisation.

    The typical value is the median of the positive ones, so that units play no part. Columns whose
    changes are small beside their level are magnified. Below the lowest value in `fit`, or less for
    a series that shrinks, the logarithm continues as a straight line, so that a later zero or
    negative value is a large change, and neither an error nor minus infinity.

    Parameters
    ----------
    season_length : int, default=1
        Rows in a season, for the in-sample error that decides how much a column is magnified.

    has_longer : bool, default=False
        Whether the columns have a longer season too. Whole seasons of zeros are then closed days.

    Attributes
    ----------
    kinds_ : list of {"log", "log1p", "standard"}
        The transformation of each column.
    """

    has_longer = False  # of files of earlier versions, which do not hold it

    def __init__(self, season_length: int = 1, has_longer: bool = False):
        self.season_length = season_length
        self.has_longer = has_longer

    def fit(self, X: Any, y: None = None) -> AutoScaler:
        """X : (n_samples, n_features). NaN is ignored."""
        X = _as_floats(X)
        columns = [
            _statistics(
                column[np.isfinite(column)],
                self.season_length,
                is_intermittent(column, self.season_length, self.has_longer),
            )
            for column in X.T
        ]
        self.kinds_ = [kind for kind, *_ in columns]
        known = np.where(np.isfinite(X), X, np.inf)
        self._lowest = np.where(known.min(axis=0, initial=np.inf) >= 0, 0.0, -np.inf)
        self._shift, knee, self._unit = np.array([numbers for _, *numbers in columns]).T
        self._is_log = ~np.isnan(knee)
        self._knee = np.where(self._is_log, knee / self._unit, 1.0)
        self._log_knee = np.log(self._knee)
        self._center, self._magnified = np.zeros(X.shape[1]), np.ones(X.shape[1])
        z = self.transform(X)
        errors = np.array([in_sample_error(column, self.season_length) for column in z.T])
        moves = np.isfinite(errors) & (errors > 1e-12) & (errors < LEAST_ERROR)
        if moves.any():
            self._magnified[moves] = LEAST_ERROR / errors[moves]
            self._center[moves] = np.nanmean(z[:, moves], axis=0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """(n_samples, n_features) -> float64 of that shape."""
        check_is_fitted(self)
        X, knee = _as_floats(X), self._knee
        moved = (X + self._shift) / self._unit
        # Each part is computed where the other one applies, too, and clipped against overflow.
        line = self._log_knee + np.minimum(moved, knee) / knee - 1
        logarithm = np.where(moved >= knee, np.log(np.maximum(moved, knee)), line)
        return (np.where(self._is_log, logarithm, moved) - self._center) * self._magnified

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Inverse of `transform`."""
        check_is_fitted(self)
        z, log_knee = _as_floats(X) / self._magnified + self._center, self._log_knee
        line = self._knee * (1 + z - log_knee)
        with np.errstate(over="ignore"):  # of columns that are no logarithms
            moved = np.where(z >= log_knee, np.exp(np.maximum(z, log_knee)), line)
        return np.where(self._is_log, moved, z) * self._unit - self._shift


def transformed(scaler: Any, values: np.ndarray, what: str) -> np.ndarray:
    """Transform values. Raises ValueError if a finite value does not stay finite."""
    with np.errstate(divide="ignore", invalid="ignore"):  # the error below replaces the warning
        scaled = np.asarray(scaler.transform(values))
    is_lost = np.isfinite(values) & ~np.isfinite(scaled)
    if is_lost.any():
        raise ValueError(
            f"scaler={scaler!r} transforms {values[is_lost][0]:.6g} among the {what} to no finite "
            "number. Use scaler=StandardScaler() or scaler='auto'."
        )
    return scaled


def check_inverse(scaler: Any, targets: np.ndarray) -> None:
    """Raise for a fitted scaler whose inverse does not give back the targets (n_rows, n_targets):
    forecasts would have other units.
    """
    if isinstance(scaler, AutoScaler):
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns without a value
        z = np.asarray(scaler.transform(targets))
        if z.shape != targets.shape:
            raise ValueError(
                f"scaler={scaler!r} makes {z.shape[-1]} columns of {targets.shape[1]}, but needs "
                "to keep the columns. Use another scaler, for example StandardScaler()."
            )
        error = np.abs(np.asarray(scaler.inverse_transform(z)) - targets)
        spread = np.abs(targets - np.nanmean(targets, axis=0))
        largest = np.nanmax(np.abs(targets), axis=0, initial=0)
        allowed = np.nanmean(spread, axis=0) / MOST_LOST + ROUNDING * largest
        is_wrong = np.nanmean(error, axis=0) > allowed
    if is_wrong.any():
        row = int(np.nanargmax(error[:, is_wrong.argmax()]))
        value = targets[row, is_wrong.argmax()]
        raise ValueError(
            f"scaler={scaler!r} does not transform the target {value:g} back to itself, so that "
            "forecasts would have other units. Give it an inverse, for example "
            "FunctionTransformer(np.log1p, np.expm1), or use another scaler."
        )


def scaled(scaler: Any, targets: np.ndarray) -> np.ndarray:
    """(n_rows, n_targets) in original units -> scaled."""
    return targets if scaler is None else transformed(scaler, targets, "targets")


def scaled_or_nan(scaler: Any, targets: np.ndarray) -> np.ndarray:
    """(n_rows, n_targets) in original units -> scaled. NaN where that is no finite number."""
    if scaler is None:
        return targets
    with np.errstate(all="ignore"):
        z = np.asarray(scaler.transform(targets), float)
    return np.where(np.isfinite(z), z, np.nan)


def steep_below(scaler: AutoScaler) -> np.ndarray:
    """Scaled values (n_targets,) below which the straight line of a logarithm is too steep for
    distances: a small negative value would be a large number.
    """
    lowest = np.where(scaler._is_log, scaler._log_knee - BELOW_KNEE, -np.inf)
    return (lowest - scaler._center) * scaler._magnified


def unclipped(scaler: AutoScaler, values: np.ndarray) -> np.ndarray:
    """(..., n_targets) scaled -> in original units, also below 0."""
    return scaler.inverse_transform(values.reshape(-1, values.shape[-1])).reshape(values.shape)


def restored(scaler: Any, values: np.ndarray) -> np.ndarray:
    """(..., n_targets) scaled -> in original units."""
    if scaler is None:
        return values
    flat = values.reshape(-1, values.shape[-1])
    if isinstance(scaler, AutoScaler):
        in_units = scaler.inverse_transform(flat).reshape(values.shape)
        in_units = np.maximum(in_units, scaler._lowest)  # no negative forecast without negatives
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the error below replaces them
            in_units = np.asarray(scaler.inverse_transform(flat)).reshape(values.shape)
    if np.isinf(in_units).any() or (np.isnan(in_units) & ~np.isnan(values)).any():
        largest = np.nanmax(np.abs(values))
        raise ValueError(
            f"scaler={scaler!r} transforms the forecast {largest:.3g} back to no finite number. "
            "The regressor probably extrapolates an outlier. Use scaler=StandardScaler(), a "
            "regularised regressor (Ridge), or a shorter horizon."
        )
    return in_units
