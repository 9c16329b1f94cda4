"""What every estimator of the family shares: which windows are used, how missing steps are filled,
and the network.

Estimators check, call and store. The numbers are computed in the functions above the class and in
`_engine`, which is imported when a network is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from numbers import Integral
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from skgru._nested import check_flat
from skgru._specs import Examples, NetworkSpec, NetworkState, Rows, TargetScaling, TrainingSpec
from skgru._validation import (
    VALUES_AT_ONCE,
    Instance,
    Number,
    at_least,
    check_callbacks,
    check_units,
    check_windows,
    is_usable,
    n_missing_steps,
    real_between,
    remember_columns,
)


def auto_batch_size(n_windows: int) -> int:
    """n / 16 rounded down to a power of two, at most 32; n / 4096 where that is more.

    Short series get enough optimiser steps, and cross-validation folds of different sizes the same
    batch size.
    """
    wanted = max(1, min(32, n_windows // 16), n_windows // 4096)
    return 1 << (wanted.bit_length() - 1)


def fill_missing(windows: np.ndarray, channel_means: np.ndarray) -> np.ndarray:
    """Replace NaN along each window, in place: the last value carried forward, then the first one
    backward.

    windows : (n, window_length, n_channels); channel_means : (n_channels,), for channels with no
    value at all.
    """
    missing = np.isnan(windows)
    if not missing.any():
        return windows
    window_length = windows.shape[1]
    steps = np.arange(window_length)[np.newaxis, :, np.newaxis]
    last_known = np.maximum.accumulate(
        np.where(missing, -1, steps), axis=1
    )  # -1 before the first value
    first_known = np.argmin(missing, axis=1, keepdims=True)  # 0 where nothing is known
    source = np.where(last_known < 0, first_known, last_known)
    windows[:] = np.take_along_axis(windows, source, axis=1)
    return np.where(np.isnan(windows), channel_means.astype(windows.dtype), windows)


def channel_means(windows: Rows, sample_weight: np.ndarray | None) -> np.ndarray:
    """Weighted mean of each channel over complete windows, (n_channels,) float64."""
    weight = np.ones(len(windows)) if sample_weight is None else sample_weight
    total = np.zeros(windows.shape[2])
    for piece in pieces_of(windows):
        total += weight[piece] @ windows.gather(piece).mean(axis=1, dtype=np.float64)
    return total / weight.sum(dtype=np.float64)


def pieces_of(windows: Rows) -> list[slice]:
    """Slices of the windows, some megabytes each."""
    n, window_length, n_channels = windows.shape
    step = max(1, VALUES_AT_ONCE // (window_length * n_channels))
    return [slice(start, start + step) for start in range(0, n, step)]


class RecurrentEstimator(BaseEstimator):
    """Windows in, one trained network held as plain arrays. Subclasses say what the targets are."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "units": [at_least(1), "array-like"],
        "cell": [StrOptions({"gru", "lstm", "rnn"})],
        "bidirectional": ["boolean"],
        "dropout": [real_between(0, 1, closed="left")],
        "highway": ["boolean"],
        "output_initializer": [StrOptions({"glorot_uniform", "zeros"})],
        "optimizer": [str, Instance(["get_config", "apply_gradients"])],
        "learning_rate": [
            real_between(0, None, closed="neither"),
            StrOptions({"cosine"}),
            Instance(["get_config", "__call__"], "a Keras LearningRateSchedule (not a class)"),
        ],
        "clipnorm": [None, real_between(0, None, closed="neither")],
        "epochs": [at_least(1)],
        "batch_size": [StrOptions({"auto"}), at_least(1)],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [real_between(0, 1, closed="neither")],
        "n_iter_no_change": [at_least(1)],
        "tol": [real_between(0, None, closed="left")],
        "warm_start": ["boolean"],
        "jit_compile": ["boolean"],
        "callbacks": [None, list, tuple, Instance(["set_model", "on_epoch_end"])],
        "missing": [StrOptions({"skip", "mask"})],
        "n_channels": [None, at_least(1)],
        "random_state": [
            Number(Integral, 0, 2**32 - 1, closed="both"),
            np.random.RandomState,
            None,
        ],
        "verbose": ["verbose"],
    }

    # Positions of a table's columns, oldest step first, where their names are those of lags.
    _column_order: np.ndarray | None = None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_weights")

    def set_params(self, **params):
        """Set parameters of this estimator.

        Parameters
        ----------
        **params : dict
            Names and values, as in every scikit-learn estimator.

        Returns
        -------
        self : estimator
            Itself.

        Raises
        ------
        ValueError
            If there is no such parameter, or one of an object within is given, as in
            `optimizer__learning_rate`.
        """
        check_flat(self, params)
        return super().set_params(**params)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss of each epoch."""
        check_is_fitted(self)
        return self.history_["loss"]

    @property
    def model_(self) -> Any:
        """The trained network as a new, ordinary keras.Model, in normalised units."""
        check_is_fitted(self)
        from skgru._engine.wrapper import fitted_model

        return fitted_model(self._network, self._fitted_training, self._state)

    @property
    def summary_(self) -> str:
        """Layers, shapes and parameter counts of the network, one line each."""
        check_is_fitted(self)
        from skgru._engine.network import summary

        return summary(self._network)

    @property
    def n_parameters_(self) -> int:
        """Numbers that training adjusts."""
        check_is_fitted(self)
        return sum(weight.size for weight in self._weights)

    # Fitted state is arrays and plain values, so that a pickle is small and needs no TensorFlow to
    # open.

    @property
    def _network(self) -> NetworkSpec:
        return NetworkSpec(**self._architecture)

    @property
    def _fitted_training(self) -> TrainingSpec:
        # What the network was trained with, whatever set_params has said since.
        training = self._training_spec(self._batch_size, self._seed)
        return replace(training, **self._trained_with)

    @property
    def _state(self) -> NetworkState:
        return NetworkState(self._weights, self._slots, self._slots_of, self.n_iter_)

    @property
    def _masks(self) -> bool:
        """Whether the fitted network passes over missing steps, whatever set_params says since."""
        return self._architecture["masks"]

    @property
    def _scaling(self) -> TargetScaling:
        return TargetScaling(self._target_mean, self._target_scale, self._target_ndim)

    def _check_new_windows(self, X: Any) -> np.ndarray:
        """X of predict, score or a continued fit: the same columns, steps and channels as in the
        first fit.
        """
        windows, _ = check_windows(X, self, is_fitted=True)
        fitted = (self._architecture["window_length"], self._architecture["n_channels"])
        if windows.shape[1:] != fitted:
            raise ValueError(
                f"X has windows of {windows.shape[1]} steps and {windows.shape[2]} channels, but "
                f"{type(self).__name__} was fitted on windows of {fitted[0]} steps and "
                f"{fitted[1]} channels. Make the windows as they were made for fit."
                + (
                    f" as_windows(sequences, window_length={fitted[0]}) makes sequences as long."
                    if self._masks
                    else ""
                )
            )
        return windows

    def _fit_network(
        self,
        X: Any,
        windows: Rows,
        targets: Any,
        sample_weight: np.ndarray | None,
        *,
        epochs: int,
        early_stopping: bool,
        reach: int,
        scaling_of: Any,
        continues: bool,
        learned: dict[str, Any],
        is_part: bool = False,
        masks_targets: bool = False,
        shape: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Train on windows, and only then store what was learned: a failed fit changes nothing.

        X : what fit was given, for the names of its columns; targets : float64 (n_windows,
        n_outputs), or what Examples takes for it; reach : rows that a target extends beyond its
        window, for the split; scaling_of : (targets, sample_weight) -> TargetScaling; is_part : one
        of the epochs that make a cosine, as partial_fit runs them; masks_targets : as in
        TrainingSpec; shape : further fields of the network; learned : further attributes to store.
        """
        from skgru._engine.training import train

        n_training, n_dropped = len(windows), 0
        if early_stopping:
            n_training, n_dropped = self._split(windows.rows, reach)
        parts = [slice(0, n_training), slice(n_training + n_dropped, None)]
        examples, validation = (
            Examples(
                windows[part],
                _part(targets, part),
                None if sample_weight is None else sample_weight[part],
            )
            for part in parts
        )
        scaling = (
            self._scaling if continues else scaling_of(examples.targets, examples.sample_weight)
        )
        network = replace(self._network_spec(windows, targets), **shape)
        if continues and network != self._network:
            raise ValueError(
                f"{type(self).__name__} would continue a fitted network of {self._architecture}, "
                f"but its parameters or targets now ask for {asdict(network)}. Use fit with "
                "warm_start=False to start afresh."
            )
        seed = self._seed if continues else self._draw_seed()
        earlier = self.n_iter_ if continues else 0
        training = replace(
            self._training_spec(self._batch_size_for(n_training), seed),
            schedule=(0, int(self.epochs)) if is_part else (earlier, epochs),
            masks_targets=masks_targets,
            has_missing=network.masks
            and bool(n_missing_steps(windows.windows)[windows.rows].any()),
        )
        trained = train(
            network,
            training,
            examples,
            validation if early_stopping else None,
            scaling,
            epochs,
            self._state if continues else None,
        )
        history = trained.history
        if continues:
            history = _extended(self.history_, history)
        if not continues:
            # A network that passes over missing steps has nothing to fill.
            means = (
                None if network.masks else channel_means(examples.windows, examples.sample_weight)
            )
            learned = learned | {"_channel_means": means}
        self._store(network, training, trained.state, scaling, history, learned)
        remember_columns(self, X, windows.shape[1], continues)

    def _store(
        self,
        network: NetworkSpec,
        training: TrainingSpec,
        state: NetworkState,
        scaling: TargetScaling,
        history: dict[str, list[float]],
        learned: dict[str, Any],
    ) -> None:
        """Keep a trained network as plain data. learned : further attributes."""
        self.__dict__.update(
            learned,
            history_=history,
            n_iter_=len(history["loss"]),
            n_outputs_=network.n_outputs,
            n_channels_in_=network.n_channels,
            _architecture=asdict(network),
            _weights=state.weights,
            _slots=state.slots,
            _slots_of=state.optimizer,
            _seed=training.seed,
            _batch_size=training.batch_size,
            _trained_with={
                name: getattr(training, name)
                for name in ("loss", "optimizer", "learning_rate", "clipnorm")
            },
            _target_mean=scaling.mean,
            _target_scale=scaling.scale,
            _target_ndim=scaling.ndim,
        )

    def _split(self, rows: np.ndarray, reach: int) -> tuple[int, int]:
        """How many rows to train on, and how many after them to drop: their targets lie in the
        validation part.
        """
        n_validation = max(1, int(np.ceil(self.validation_fraction * len(rows))))
        first = len(rows) - n_validation
        n_training = int(np.searchsorted(rows, rows[first] - reach, side="right"))
        if n_training < 1 or first < 1:
            raise ValueError(
                f"early_stopping=True with validation_fraction={self.validation_fraction} leaves "
                f"no window to train on: X has {len(rows)} usable windows. Use a smaller "
                "validation_fraction or a longer series."
            )
        return n_training, first - n_training

    def _network_spec(self, windows: Rows, targets: Any) -> NetworkSpec:
        return NetworkSpec(
            cell=self.cell,
            units=check_units(self.units),
            bidirectional=bool(self.bidirectional),
            dropout=float(self.dropout),
            window_length=windows.shape[1],
            n_channels=windows.shape[2],
            n_outputs=targets.shape[1],
            highway=bool(self.highway),
            output_initializer=self.output_initializer,
            masks=self.missing == "mask",
        )

    def _training_spec(self, batch_size: int, seed: int) -> TrainingSpec:
        return TrainingSpec(
            loss=self._trained_loss(),
            optimizer=self.optimizer,
            # A Keras optimiser has its own.
            learning_rate=self.learning_rate if isinstance(self.optimizer, str) else None,
            clipnorm=self.clipnorm,
            batch_size=batch_size,
            shuffle=bool(self.shuffle),
            n_iter_no_change=self.n_iter_no_change,
            tol=self.tol,
            monitor=getattr(self, "monitor", "loss"),
            callbacks=check_callbacks(self.callbacks),
            seed=seed,
            jit_compile=bool(self.jit_compile),
            verbose=int(self.verbose),
        )

    def _trained_loss(self) -> Any:
        return self.loss

    def _batch_size_for(self, n_windows: int) -> int:
        return auto_batch_size(n_windows) if self.batch_size == "auto" else int(self.batch_size)

    def _draw_seed(self) -> int:
        if self.random_state is None:
            # From the operating system: numpy's global state is not ours to move.
            return int(np.random.SeedSequence().generate_state(1)[0])
        if isinstance(self.random_state, np.random.RandomState):
            return int(check_random_state(self.random_state).randint(2**31 - 1))
        return int(self.random_state)

    def _filled(self, windows: np.ndarray) -> np.ndarray:
        """float32 windows as the network takes them: it passes over missing steps, or they are
        filled, in place.
        """
        return windows if self._masks else fill_missing(windows, self._channel_means)

    def _outputs(self, windows: Rows) -> np.ndarray:
        """float32 (n, n_values) of the network."""
        from skgru._engine.inference import predict

        outputs = [
            predict(
                self._network,
                self._weights,
                self._filled(windows.gather(piece)),
                bool(self.jit_compile),
            )
            for piece in pieces_of(windows)
        ]
        return np.concatenate(outputs)


def _part(targets: Any, part: slice) -> Any:
    """Some of the targets, not gathered where they can wait."""
    return targets.part(part) if hasattr(targets, "part") else targets[part]


def usable_rows(windows: np.ndarray, masks: bool) -> np.ndarray:
    """Positions of the windows without NaN, or, with `masks`, of those with a step without NaN."""
    return np.flatnonzero(is_usable(windows, masks))


def without_zero_weights(
    rows: np.ndarray, targets: np.ndarray, sample_weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows that count, their targets and weights."""
    if not sample_weight.any():
        raise ValueError(
            "sample_weight is zero for every usable window. Sample weights must contain at least "
            "one non-zero number where X has a complete window with a target."
        )
    # Only ratios count: as shares of the largest, none overflows float32 and not all underflow.
    sample_weight = (sample_weight / sample_weight.max()).astype(np.float32)
    counts = sample_weight > 0
    return rows[counts], targets[counts], sample_weight[counts]


def _extended(
    history: dict[str, list[float]], more: dict[str, list[float]]
) -> dict[str, list[float]]:
    """Two histories one after the other, NaN where a metric was not watched, so that epochs stay
    aligned.
    """
    n_before, n_after = len(history["loss"]), len(more["loss"])
    nothing_before, nothing_after = [np.nan] * n_before, [np.nan] * n_after
    names = [*history, *(name for name in more if name not in history)]
    return {
        name: history.get(name, nothing_before) + more.get(name, nothing_after) for name in names
    }
