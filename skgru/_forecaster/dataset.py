"""Windows of one or many series and what follows them, gathered a batch at a time.

The windows of 100,000 series of 100 rows are a hundred times their rows: only the rows are held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skgru._dataset import WindowDataset
from skgru._forecaster.baselines import baseline_of, level_of
from skgru._forecaster.spec import ForecastSpec
from skgru._windows import sliding_view

# Values of histories that are worked on at once.
VALUES_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Part:
    """One series on the scale of the network: targets (n_rows, n_targets), columns seen in the past
    (n_rows, n_past), and columns known in advance (n_rows + n_more, n_known). log_factor : what a
    change of the logarithm is multiplied by; NaN where a change is no share of the level.
    """

    z: np.ndarray
    past: np.ndarray
    known: np.ndarray
    log_factor: float = np.nan
    filled: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.z)

    def in_logarithms(self) -> Part:
        """The series on a scale where a change of 1 % is 0.01."""
        filled = None if self.filled is None else self.filled / self.log_factor
        return Part(self.z / self.log_factor, self.past, self.known, 1.0, filled)

    @property
    def history(self) -> np.ndarray:
        """The targets with gaps filled, from which forecasts are made."""
        return self.z if self.filled is None else self.filled


@dataclass(frozen=True)
class Joined:
    """Series one after another with NaN between, so that nothing reaches from one into another.

    z, past, known : (n_rows, k); history : z with gaps filled; first, n_rows : where each series
    begins, and its rows.
    """

    z: np.ndarray
    past: np.ndarray
    known: np.ndarray
    first: np.ndarray
    n_rows: np.ndarray
    history: np.ndarray

    @property
    def last(self) -> np.ndarray:
        return self.first + self.n_rows - 1

    def series_of(self, rows: np.ndarray) -> np.ndarray:
        """Which series each of these rows, in increasing order, belongs to."""
        n = np.diff(np.searchsorted(rows, [*self.first, len(self.z)]))
        return np.repeat(np.arange(len(n), dtype=np.int32), n)


def join_series(parts: Sequence[Part], before: int, after: int) -> Joined:
    """Parts with at least this many rows of NaN before and after each; what is known in advance
    takes the place of the latter.
    """
    n_rows = np.array([len(part) for part in parts])
    first = before + np.concatenate([[0], np.cumsum(n_rows[:-1] + before + after)])
    n = int(first[-1] + n_rows[-1] + after)
    one = parts[0]
    z, past, known = (np.full((n, a.shape[1]), np.nan) for a in (one.z, one.past, one.known))
    for start, part in zip(first, parts, strict=True):
        z[start : start + len(part)] = part.z
        past[start : start + len(part)] = part.past
        known[start : start + min(len(part.known), len(part) + after)] = part.known[
            : len(part) + after
        ]
    history = z
    if any(part.filled is not None for part in parts):
        history = z.copy()
        for start, part in zip(first, parts, strict=True):
            history[start : start + len(part)] = part.history
    return Joined(z, past, known, first, n_rows, history)


def inputs(
    spec: ForecastSpec,
    histories: np.ndarray,
    windows: np.ndarray,
    joined: Joined | None,
    origins: np.ndarray,
    ahead: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of all channels `ahead` rows after the origins, levels and baselines.

    histories : (n, history_length, n_targets), of which the last row is `ahead` of the origin;
    windows : the end of them, filled before their series begins, where it is; joined : where
    covariates are read, and not needed without them.
    """
    length = spec.window_length
    level = level_of(windows, spec.level, spec.season_length)
    channels = [windows - level]
    if joined is not None:
        first = origins + ahead - length + 1
        if spec.past:
            channels.append(sliding_view(joined.past, length)[first])
        if spec.known:
            moved = sliding_view(joined.known, length)
            channels += [moved[first + offset] for offset in spec.offsets]
    return np.concatenate(channels, axis=2), level, baseline_of(histories, level, spec)


class Pairs:
    """What a regressor learns from: windows, and how what follows differs from the baseline."""

    def __init__(self, spec: ForecastSpec, joined: Joined):
        self.spec = spec
        self.joined = joined
        # Targets are unknown after the end of each of several series, and where gaps were filled.
        self.masks_targets = spec.is_global or joined.history is not joined.z
        self._histories = sliding_view(joined.history, spec.history_length)
        self._following = sliding_view(joined.z, spec.steps_of_call)

    def at(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, window_length, n_channels) and (n, steps_of_call * n_targets), NaN where a step of
        the latter is not known.
        """
        spec = self.spec
        histories = self._histories[origins - spec.history_length + 1].copy()
        windows = histories[:, -spec.window_length :]
        if spec.is_global:
            windows = filled_at_start(windows, spec.least_history)
        X, _, baseline = inputs(spec, histories, windows, self.joined, origins, 0)
        y = self._following[origins + 1] - baseline
        return X, y.reshape(len(origins), -1)

    def usable(self) -> tuple[np.ndarray, np.ndarray]:
        """Origins with complete windows and a known step after them, and whether all steps are
        known.
        """
        joined = self.joined
        has_next = np.zeros(len(joined.z), bool)
        for first, last in zip(joined.first, joined.last, strict=True):
            has_next[first:last] = True
        # Half the memory of what numpy finds: origins are the largest array there is.
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

    def pieces(self, origins: np.ndarray) -> list[np.ndarray]:
        step = max(1, VALUES_AT_ONCE // (self.spec.history_length * self.joined.z.shape[1]))
        return [origins[start : start + step] for start in range(0, len(origins), step)]


def filled_at_start(windows: np.ndarray, least: int) -> np.ndarray:
    """Windows of which only the last rows are known, at least `least` of them, filled with the
    first one that is: (n, window_length, n_targets).
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
            sample_weight = (sample_weight / sample_weight.max()).astype(np.float32)
        super().__init__(pairs.joined.z, rows, None, sample_weight)
        self.pairs, self.origins, self.length = pairs, origins, length
        self.masks_targets = pairs.masks_targets

    @property
    def shape(self) -> tuple[int, int, int]:
        spec = self.pairs.spec
        n_channels = len(spec.targets) + len(spec.past) + len(spec.known) * len(spec.offsets)
        return (len(self.origins), self.length, n_channels)

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
        return _joined([targets for _, targets in self._pieces(picked)])

    def values(self, picked: Any = slice(None)) -> np.ndarray:
        return _joined([windows for windows, _ in self._pieces(picked)])

    def series(self) -> None:
        """None: each window has a level of its own, so that they are no view of one series."""

    def has_missing(self) -> bool:
        return False  # windows with NaN have no origin

    def _pieces(self, picked: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for piece in self.pairs.pieces(self.origins[picked]):
            windows, targets = self.pairs.at(piece)
            yield windows[:, -self.length :], targets


def _joined(pieces: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
