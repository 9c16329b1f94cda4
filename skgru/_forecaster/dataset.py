"""Windows and targets of one or many series, gathered one batch at a time.

Memory holds only the rows of the series: all windows together would be larger by the window length.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skgru._dataset import WindowDataset
from skgru._forecaster.baselines import baseline_of, level_of
from skgru._forecaster.spec import ForecastSpec
from skgru._windows import sliding_view

# Number of values of histories that are processed at once.
HISTORY_VALUES_AT_ONCE = 1 << 18

# Number of values of baselines up to which they are kept: each epoch of a training needs them.
BASELINE_VALUES_KEPT = 1 << 20

# Rows of joined series that no memory holds.
MOST_ROWS = 1 << 40


@dataclass(frozen=True)
class Part:
    """One series on the scale of the network: targets (n_rows, n_targets), columns seen in the past
    (n_rows, n_past), and columns known in advance (n_rows + n_more, n_known). filled : targets
    without gaps, None if there are none; values : targets in their own units, for the pretrained
    network; scaler : what scaled them; effect : of the covariates, which z and values are without,
    (n_rows + n_more, n_targets), None without one.
    """

    z: np.ndarray
    past: np.ndarray
    known: np.ndarray
    filled: np.ndarray | None = None
    values: Any = None
    scaler: Any = None
    effect: Any = None

    def __len__(self) -> int:
        return len(self.z)

    @property
    def history(self) -> np.ndarray:
        """The targets with gaps filled, from which forecasts are made."""
        return self.z if self.filled is None else self.filled


@dataclass(frozen=True)
class Joined:
    """Series one after another, with NaN between them so that no window crosses two series.

    z, past, known : (n_rows, k); history : z with gaps filled; first, n_rows : where each series
    begins, and its rows; weight : of each row as a target, (n_rows,), None if all weigh the same.
    """

    z: np.ndarray
    past: np.ndarray
    known: np.ndarray
    first: np.ndarray
    n_rows: np.ndarray
    history: np.ndarray
    weight: np.ndarray | None = None

    @property
    def last(self) -> np.ndarray:
        return self.first + self.n_rows - 1

    def each_z(self) -> Iterator[np.ndarray]:
        """The targets of each series, (n_rows, n_targets), as views."""
        for first, last in zip(self.first, self.last, strict=True):
            yield self.z[first : last + 1]

    def series_of(self, rows: np.ndarray) -> np.ndarray:
        """Position of the series of each row. rows : in increasing order."""
        n = np.diff(np.searchsorted(rows, [*self.first, len(self.z)]))
        return np.repeat(np.arange(len(n), dtype=np.int32), n)


def join_series(parts: Sequence[Part], before: int, after: int) -> Joined:
    """Join series, with at least `before` and `after` rows of NaN around each of them. Future
    covariates replace the NaN after a series. Before it, they are those of its first row, as
    targets are in windows that start before a series.
    """
    return join_each(parts, [len(part) for part in parts], before, after)


def join_each(parts: Iterable[Part], lengths: Sequence[int], before: int, after: int) -> Joined:
    """As `join_series`, for parts that are made one by one, so that many of them need no memory
    beside the result. lengths : their numbers of rows.
    """
    total = sum(lengths) + len(lengths) * (before + after)
    if total > MOST_ROWS:
        raise MemoryError(
            f"Windows and forecasts need {before} rows before and {after} rows after each series, "
            "for which there is no memory. Use a smaller window_length, horizon or number of steps."
        )
    n_rows = np.array(lengths)
    first = before + np.concatenate([[0], np.cumsum(n_rows[:-1] + before + after)])
    n = int(first[-1] + n_rows[-1] + after)
    parts = iter(parts)
    one = next(parts)
    z, past, known = (np.full((n, a.shape[1]), np.nan) for a in (one.z, one.past, one.known))
    history = z
    for start, part in zip(first, itertools.chain([one], parts), strict=True):
        if part.filled is not None and history is z:
            history = z.copy()
        z[start : start + len(part)] = part.z
        history[start : start + len(part)] = part.history
        past[start : start + len(part)] = part.past
        known[start - before : start] = part.known[:1]
        known[start : start + min(len(part.known), len(part) + after)] = part.known[
            : len(part) + after
        ]
    return Joined(z, past, known, first, n_rows, history)


def ends_of(history: np.ndarray, origins: Any, n_rows: int) -> np.ndarray:
    """The last rows up to each origin, with NaN before the series: (n_origins, n_rows,
    n_targets).
    """
    n_before = max(0, n_rows - 1 - int(np.min(origins)))
    if n_before:
        history = np.pad(history, ((n_before, 0), (0, 0)), constant_values=np.nan)
    return sliding_view(history, n_rows)[np.asarray(origins) + n_before - n_rows + 1]


def values_after(values: np.ndarray, origins: np.ndarray, steps: int) -> np.ndarray:
    """Rows of values (n_rows, k) after the origins, (n_origins, steps, k), NaN after the last."""
    more = np.pad(values, ((0, steps), (0, 0)), constant_values=np.nan)
    return more[np.add.outer(origins + 1, np.arange(steps))]


def inputs(
    spec: ForecastSpec,
    histories: np.ndarray,
    windows: np.ndarray,
    joined: Joined | None,
    origins: np.ndarray,
    ahead: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Windows of all channels `ahead` rows after the origins, and their levels.

    histories : (n, history_length, n_targets), with the last row `ahead` rows after the origin;
    windows : the last window_length rows of the histories, filled before the start of their series;
    joined : the series with their covariates, not needed without covariates.
    """
    length = spec.window_length
    level = level_of(windows, spec.level, spec.season_length)
    channels = [windows - level]
    for lag in spec.lags:
        channels += lagged_windows(histories, lag, spec)
    if joined is not None:
        first = origins + ahead - length + 1
        if spec.past:
            channels.append(sliding_view(joined.past, length)[first])
        if spec.known:
            moved = sliding_view(joined.known, length)
            channels += [moved[first + offset] for offset in spec.offsets]
    return np.concatenate(channels, axis=2), level


def lagged_windows(histories: np.ndarray, lag: int, spec: ForecastSpec) -> list[np.ndarray]:
    """Windows `lag` rows ago and after that, up to `lag` rows before the last step of a call:
    (n, window_length, n_targets) each. They are minus the level of the first one, so that they are
    what followed a season ago. Where the series had not begun they are 0 among several series, and
    NaN in a single one, whose training starts later.
    """
    length, end = spec.window_length, histories.shape[1] - lag
    level = level_of(histories[:, end - length : end], spec.level, spec.season_length)
    windows = [histories[:, end + k - length : end + k] - level for k in spec.offsets]
    return [np.nan_to_num(each) for each in windows] if spec.is_global else windows


class Pairs:
    """Training pairs of a regressor: windows, and the errors of the baseline after them."""

    def __init__(self, spec: ForecastSpec, joined: Joined):
        self.spec = spec
        self.joined = joined
        self.targets = joined.z
        if joined.weight is not None and not joined.weight.all():
            # A row of weight 0 is an unknown target. In a window it is history as any other row.
            self.targets = np.where(joined.weight[:, np.newaxis] > 0, joined.z, np.nan)
        # Targets are unknown after the end of each of several series, where gaps were filled, and
        # in rows of weight 0.
        self.masks_targets = spec.is_global or joined.history is not self.targets
        self._histories = sliding_view(joined.history, spec.history_length)
        self._following = sliding_view(self.targets, spec.steps_of_call)
        shape = len(joined.z), spec.steps_of_call, len(spec.targets)
        self._keeps = spec.baseline == "profile" and np.prod(shape) <= BASELINE_VALUES_KEPT
        self._kept = np.empty(shape if self._keeps else 0)
        self._is_kept = np.zeros(len(self._kept), bool)

    def at(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Windows, (n, window_length, n_channels), and targets, (n, steps_of_call * n_targets).
        Unknown targets are NaN.
        """
        histories, windows = self._histories_at(origins)
        X, level = inputs(self.spec, histories, windows, self.joined, origins, 0)
        y = self.following(origins) - self._baseline(origins, histories, level)
        return X, y.reshape(len(origins), -1)

    def targets_at(self, origins: np.ndarray) -> np.ndarray:
        """The targets of `at`, without their windows."""
        spec = self.spec
        histories, windows = self._histories_at(origins)
        level = level_of(windows, spec.level, spec.season_length)
        y = self.following(origins) - self._baseline(origins, histories, level)
        return y.reshape(len(origins), -1)

    def _baseline(
        self, origins: np.ndarray, histories: np.ndarray, level: np.ndarray
    ) -> np.ndarray:
        """The baselines of some origins, (n, steps_of_call, n_targets)."""
        if not self._keeps:
            return baseline_of(histories, level, self.spec)
        new = ~self._is_kept[origins]
        if new.any():
            self._kept[origins[new]] = baseline_of(histories[new], level[new], self.spec)
            self._is_kept[origins] = True
        return self._kept[origins]

    def _histories_at(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Histories, (n, history_length, n_targets), and the windows at their end, filled before
        the start of their series.
        """
        spec = self.spec
        histories = self._histories[origins - spec.history_length + 1].copy()
        windows = histories[:, -spec.window_length :]
        if spec.is_global:
            windows = filled_at_start(windows, spec.least_history)
        return histories, windows

    def following(self, origins: np.ndarray) -> np.ndarray:
        """Scaled values after the origins, (n, steps_of_call, n_targets)."""
        return self._following[origins + 1]

    def usable(self) -> tuple[np.ndarray, np.ndarray]:
        """Origins with a complete window and at least one known target, and whether all targets of
        each are known. A single series needs all of them.
        """
        joined = self.joined
        has_next = np.zeros(len(joined.z), bool)
        for first, last in zip(joined.first, joined.last, strict=True):
            has_next[first:last] = True
        # int32 halves the memory of numpy's int64, and origins are the largest array.
        origins = np.flatnonzero(has_next).astype(np.int32 if len(has_next) < 1 << 31 else np.int64)
        keeps, completes = [np.zeros(0, bool)], [np.zeros(0, bool)]
        for piece in self.pieces(origins):
            X, y = self.at(piece)
            is_known = np.isfinite(y)
            keeps.append(np.isfinite(X).all(axis=(1, 2)) & is_known.any(axis=1))
            completes.append(is_known.all(axis=1))
        keep, complete = np.concatenate(keeps), np.concatenate(completes)
        keep &= complete | self.masks_targets
        return origins[keep], complete[keep]

    def window_limits(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest value of each channel in windows, (n_channels,) each. Covariates have
        none: they are clipped by limits of their own.
        """
        spec = self.spec
        n_own = len(spec.targets) * (1 + len(spec.lags) * len(spec.offsets))
        low, high = np.full(spec.n_channels, -np.inf), np.full(spec.n_channels, np.inf)
        sides = []  # a piece at a time: all windows together may not fit into memory
        for piece in self.pieces(origins):
            X, _ = self.at(piece)
            sides.append((X.min(axis=(0, 1))[:n_own], X.max(axis=(0, 1))[:n_own]))
        low[:n_own] = np.min([side for side, _ in sides], axis=0)
        high[:n_own] = np.max([side for _, side in sides], axis=0)
        return low, high

    def pieces(self, origins: np.ndarray) -> list[np.ndarray]:
        step = max(1, HISTORY_VALUES_AT_ONCE // (self.spec.history_length * self.joined.z.shape[1]))
        return [origins[start : start + step] for start in range(0, len(origins), step)]


def filled_at_start(windows: np.ndarray, least: int) -> np.ndarray:
    """Fill windows that start before their series with its first row: (n, window_length,
    n_targets). This needs at least `least` known rows at the end of a window.
    """
    fills = np.isnan(windows[:, 0]).any(axis=1) & np.isfinite(windows[:, -least:]).all(axis=(1, 2))
    if not fills.any():
        return windows
    early = windows[fills]
    first = np.isfinite(early).all(axis=2).argmax(axis=1)
    before = np.arange(windows.shape[1]) < first[:, np.newaxis]
    start = early[np.arange(len(early)), first]
    windows = windows.copy()
    windows[fills] = np.where(before[:, :, np.newaxis], start[:, np.newaxis], early)
    return windows


class PairDataset(WindowDataset):
    """Windows and targets of Pairs, computed together when a batch is gathered.

    origins : (n,) positions of the forecast origins; length : steps of the windows; rows : (n,)
    increasing positions in time, which decide what early stopping holds out.
    """

    def __init__(
        self,
        pairs: Pairs,
        origins: np.ndarray,
        rows: np.ndarray,
        length: int,
        sample_weight: np.ndarray | None = None,
    ):
        if sample_weight is not None:
            sample_weight = (sample_weight / sample_weight.max()).astype(np.float32, copy=False)
        super().__init__(pairs.joined.z, rows, None, sample_weight)
        self.pairs, self.origins, self.length = pairs, origins, length
        self.masks_targets = pairs.masks_targets

    @property
    def shape(self) -> tuple[int, int, int]:
        return (len(self.origins), self.length, self.pairs.spec.n_channels)

    @property
    def n_targets(self) -> int:
        spec = self.pairs.spec
        return spec.steps_of_call * len(spec.targets)

    def take(self, picked: Any) -> Self:
        other = super().take(picked)
        other.origins = self.origins[picked]
        return other

    def batch(self, picked: Any = slice(None)) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        windows, targets = zip(*self._pieces(picked), strict=True)
        weight = None if self.sample_weight is None else self.sample_weight[picked]
        return _joined(list(map(self._as_inputs, windows))), _joined(targets), weight

    def gather(self, picked: Any = slice(None)) -> np.ndarray:
        return _joined([self._as_inputs(windows) for windows, _ in self._pieces(picked)])

    def targets(self, picked: Any = slice(None)) -> np.ndarray:
        pieces = self.pairs.pieces(self.origins[picked])
        return _joined([self.pairs.targets_at(piece) for piece in pieces])

    def target_pieces(self) -> list[slice]:
        return self.pieces()

    def values(self, picked: Any = slice(None)) -> np.ndarray:
        return _joined([windows for windows, _ in self._pieces(picked)])

    def series(self) -> None:
        """None: each window has its own level, so that the windows are no view of one series."""

    def has_missing(self) -> bool:
        return False  # windows with NaN have no origin

    def _pieces(self, picked: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for piece in self.pairs.pieces(self.origins[picked]):
            windows, targets = self.pairs.at(piece)
            yield windows[:, -self.length :], targets


def _joined(pieces: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
