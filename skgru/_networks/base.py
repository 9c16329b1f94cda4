"""Base class of GRURegressor and GRUClassifier: fitting, validation split, scaling and prediction.

The class checks inputs and stores results. The functions above the class, `where_to_predict` and
`_engine` compute, and `_engine` is imported when a network is first trained, because it imports
TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from numbers import Integral
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from skgru._all_or_nothing import reads_once, snapshot
from skgru._callbacks import FitTask, TakesCallbacks, has_callbacks
from skgru._dataset import TrainingRun, WindowDataset
from skgru._networks.checkpoint import Checkpoint, digest_of, found_at, parameters_of
from skgru._networks.checks import (
    check_callbacks,
    check_like,
    check_metrics,
    check_units,
    check_windows,
    in_validation_data,
    is_overlapping,
    remember_columns,
)
from skgru._networks.epoch_tasks import EpochTasks
from skgru._networks.labels import Labels
from skgru._networks.nested_parameters import check_flat
from skgru._networks.scaling import channel_statistics, fill_missing, no_longer_constant
from skgru._networks.split import _extended, last_rows, stratified_rows
from skgru._networks.where_to_predict import inference_for
from skgru._progress import console
from skgru._specs import NetworkSpec, NetworkState, Snapshot, TargetScaling, TrainingSpec
from skgru._tensorflow import load_engine
from skgru._validation import Instance, Number, ParameterNames, at_least, real_between
from skgru._warnings import warn_user

# learning_rate="auto" in `partial_fit`. The number of calls is unknown, so the rate cannot fall
# towards an end, and with a smaller rate the network could not follow a change of the data.
RATE_OF_PARTS = 1e-3


# highway="auto" needs this many windows for each value of a window.
WINDOWS_FOR_HIGHWAY = 4


def auto_batch_size(n_windows: int) -> int:
    """n / 16, at least 2 and at most 32, or n / 4096 if that is larger, rounded down to a power of
    two.

    Short series then get enough optimiser steps, and most cross-validation folds the same batch
    size. The loss of a batch is a weighted mean, so the weight of a single window has no effect.
    """
    wanted = max(2, min(32, n_windows // 16), n_windows // 4096)
    return min(1 << (wanted.bit_length() - 1), at_most_one_batch(n_windows))


def at_most_one_batch(n_windows: int) -> int:
    """The smallest power of two that is at least n_windows. A larger batch would only be padded.
    With powers of two, folds of different sizes share a compiled program.
    """
    return 1 << max(0, n_windows - 1).bit_length()


@dataclass(frozen=True)
class Task:
    """Training data of a fit, checked and usable, and what the estimator adds to it.

    X : argument of fit, for its column names; shape : fields of NetworkSpec that depend on the
    targets; scaling_of : training rows -> TargetScaling; learned : further attributes to store;
    reach : rows that a target extends beyond its window; split : choice of the validation rows,
    "last", "random" or "stratified"; labels : labels of the rows, for stratification and for a
    warning if training has no row of a class; validation : `validation_data`, which replaces the
    held-out rows; shown : what callbacks see, X, y and metadata.
    """

    X: Any
    dataset: WindowDataset
    shape: Mapping[str, Any]
    scaling_of: Callable[[WindowDataset], TargetScaling]
    learned: Mapping[str, Any]
    reach: int = 1
    split: str = "last"
    labels: Labels | None = None
    validation: WindowDataset | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """Length of a fit. continues : the fitted network is trained further; is_part : the fit is one
    call of partial_fit, and one epoch of a learning rate schedule of `epochs` calls; checkpoint :
    the file of the unfinished fit.
    """

    epochs: int
    early_stopping: bool = False
    continues: bool = False
    is_part: bool = False
    checkpoint: Path | None = None


class RecurrentEstimator(ParameterNames, TakesCallbacks, BaseEstimator):
    """A recurrent network as an estimator of windows. Subclasses define the targets.

    The trained network is stored as plain arrays, so that a pickle is small and loads without
    TensorFlow.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "units": "no_validation",  # by check_units
        "cell": [StrOptions({"gru", "lstm", "rnn"})],
        "bidirectional": ["boolean"],
        "dropout": [real_between(0, 1, closed="left")],
        "recurrent_dropout": [real_between(0, 1, closed="left")],
        "return_sequences": [StrOptions({"auto"}), "boolean"],
        "highway": ["boolean"],
        "output_initializer": [StrOptions({"glorot_uniform", "zeros"})],
        "optimizer": [str, Instance(["get_config", "apply_gradients"])],
        "learning_rate": [
            real_between(0, None, closed="neither"),
            StrOptions({"auto", "cosine"}),
            Instance(["get_config", "__call__"], "a Keras LearningRateSchedule (not a class)"),
        ],
        "alpha": [real_between(0, None, closed="left")],
        "clipnorm": [None, real_between(0, None, closed="neither")],
        "epochs": [at_least(1)],
        "batch_size": [StrOptions({"auto"}), at_least(1)],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [real_between(0, 1, closed="neither")],
        "validation_split": [StrOptions({"auto", "last", "random", "stratified"})],
        "n_iter_no_change": [at_least(1)],
        "tol": [real_between(0, None, closed="left")],
        "warm_start": ["boolean"],
        "jit_compile": ["boolean"],
        "metrics": [None, str, list, tuple, Instance(["__call__"])],
        "normalize_X": ["boolean"],
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

    history_: dict[str, list[float]]
    n_iter_: int
    n_outputs_: int
    n_features_in_: int
    n_channels_in_: int
    feature_names_in_: np.ndarray
    _is_self_target: bool

    # Positions of the columns of a table, oldest step first. None: the columns are in order.
    _column_order: np.ndarray | None = None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_weights")

    def _validate_params(self) -> None:
        """Raise ValueError if a parameter is out of range, whatever X is."""
        super()._validate_params()
        check_units(self.units)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator.

        Parameters
        ----------
        **params : dict
            Names and values of parameters.

        Returns
        -------
        self : estimator
            Itself.

        Raises
        ------
        ValueError
            If a parameter does not exist, or belongs to an object that is not an estimator, such as
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
    @reads_once
    def model_(self) -> Any:
        """The trained network as a new keras.Model, for windows in the units of X."""
        check_is_fitted(self)
        load_engine()
        from skgru._engine.keras_export import fitted_model

        return fitted_model(self._network, self._fitted_training, self._state, self._inputs)

    @property
    @reads_once
    def summary_(self) -> str:
        """Layers of the network, one line each, with output shapes and parameter counts."""
        check_is_fitted(self)
        load_engine()
        from skgru._engine.keras_model import summary

        return summary(self._network)

    @property
    def n_parameters_(self) -> int:
        """Number of trained weights."""
        check_is_fitted(self)
        return sum(weight.size for weight in self._weights)

    @property
    def _network(self) -> NetworkSpec:
        return NetworkSpec(**self._architecture)

    @property
    def _fitted_training(self) -> TrainingSpec:
        # The parameters of the fit, even if set_params has changed them since.
        training = self._training_spec(self._network, self._batch_size, self._seed)
        return replace(training, **self._trained_with)

    @property
    def _state(self) -> NetworkState:
        return NetworkState(self._weights, self._slots, self._slots_of, self.n_iter_)

    @property
    def _masks(self) -> bool:
        """Whether the fitted network skips missing steps, even if set_params has changed
        `missing` since.
        """
        return self._architecture["masks"]

    @property
    def _scaling(self) -> TargetScaling:
        return TargetScaling(self._target_mean, self._target_scale, self._target_shape)

    def _check_new_windows(self, X: Any) -> np.ndarray:
        """X of predict, score or a continued fit as windows. Raises ValueError if columns, steps or
        channels differ from those of the first fit.
        """
        windows, _ = check_windows(X, self, is_fitted=True)
        fitted = (self._architecture["window_length"], self._architecture["n_channels"])
        if windows.shape[1:] != fitted:
            raise ValueError(
                f"X has windows of {windows.shape[1]} steps and {windows.shape[2]} channels, but "
                f"{type(self).__name__} was fitted on windows of {fitted[0]} steps and "
                f"{fitted[1]} channels. Make the windows in the same way as for fit"
                + (
                    f", for example with as_windows(sequences, window_length={fitted[0]})."
                    if self._masks
                    else "."
                )
            )
        return windows

    def _check_same_target(self, y: Any) -> None:
        """Raise ValueError if a continued fit has y and the first one had none, or the reverse."""
        if (y is None) != self._is_self_target:
            before = "without" if self._is_self_target else "with"
            raise ValueError(
                f"{type(self).__name__} was fitted {before} y and can only be continued {before} "
                "y. Use fit with warm_start=False to train a new network."
            )

    def _check_several_steps(self, windows: np.ndarray) -> None:
        """Raise ValueError for windows of one step if y is None: no later row is in the next
        window.
        """
        if windows.shape[1] == 1:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and X "
                "has one column. Without y, X must hold overlapping windows of at least two steps. "
                "Give y, or make the windows with SequenceWindower."
            )

    def _validation_windows(
        self, X_val: Any, X: Any, windows: np.ndarray, continues: bool
    ) -> np.ndarray:
        """X_val of `validation_data` as windows with the columns, steps and channels of X."""
        with in_validation_data():
            held_out, _ = check_windows(X_val, self, is_fitted=continues, like=X)
        return check_like(held_out, windows)

    def _fit_network(self, task: Task, course: Course) -> None:
        """Train the network, and store the results at the end, so that a failed fit changes
        nothing.
        """
        load_engine()
        from skgru._engine.trainer import train

        continues, dataset, validation = course.continues, task.dataset, task.validation
        if course.early_stopping and validation is None:
            dataset, validation = self._split(task)
        scaling = self._scaling if continues else task.scaling_of(dataset)
        if continues and not scaling.scale.all():
            scaling = no_longer_constant(scaling, task.scaling_of(dataset))
        network = self._network_spec(task, continues)
        if continues:
            self._check_continues(network)
            inputs, means = self._inputs, self._channel_means
        elif network.embedding_dim:
            inputs, means = None, np.zeros(1)
        else:
            statistics = channel_statistics(dataset)
            inputs, means = statistics if self.normalize_X else None, statistics.mean
        dataset = dataset.scaled(inputs)
        if validation is not None:
            validation = validation.scaled(inputs)
        seed = self._seed if continues else self._draw_seed()
        found = None if course.checkpoint is None else found_at(course.checkpoint)
        if found is not None and self.random_state is None and not continues:
            seed = found.identity["seed"]
        earlier = self.n_iter_ if continues else 0
        training = replace(
            self._training_spec(network, self._batch_size_for(len(dataset)), seed),
            early_stopping=course.early_stopping,
            learning_rate=self._learning_rate(course),
            schedule=(0, int(self.epochs)) if course.is_part else (earlier, course.epochs),
            masks_targets=dataset.masks_targets,
            has_missing=network.masks and dataset.has_missing(),
        )
        state = self._state if continues else None
        run = TrainingRun(network, training, dataset, validation, scaling, course.epochs, state)
        checkpoint = None
        if course.checkpoint is not None:
            checkpoint = self._checkpoint(run, course.checkpoint)
            if found is not None:
                found.check(checkpoint)
                run = replace(run, resumed=found.snapshot)
            run = replace(run, after_epoch=checkpoint.after_epoch)
        learned = {**task.learned, "_inputs": inputs, "_channel_means": means}

        def store(into: Self, state: NetworkState, history: dict[str, list[float]]) -> None:
            if continues:
                history = _extended(self.history_, history)
            into._store(network, training, state, scaling, history, learned)
            remember_columns(into, task.X, dataset.shape[1], continues)

        tasks = self._epoch_tasks(task, course, run, store)
        if tasks is not None:
            run = tasks.in_run(run)
        trained = train(run)
        store(self, trained.state, trained.history)
        if checkpoint is not None:
            checkpoint.remove()
        if tasks is not None:
            tasks.fit.end(dict)

    def _epoch_tasks(
        self, task: Task, course: Course, run: TrainingRun, store: Callable[..., None]
    ) -> EpochTasks | None:
        """The epochs as tasks of callbacks, or None without callbacks. store : (estimator, state,
        history), makes an estimator a fitted one.
        """
        shows = self.verbose == 1 and not course.is_part and console() is not None
        if course.is_part or not (shows or has_callbacks(self)):
            return None

        def fitted(found: Snapshot) -> dict[str, Any]:
            copied = snapshot(self)
            store(copied, found.best or found.state, found.history)
            return copied.__dict__

        n_epochs = run.last_epoch - run.first_epoch
        return EpochTasks(FitTask.begun(self, n_epochs, **task.shown), fitted)

    def _checkpoint(self, run: TrainingRun, path: Path) -> Checkpoint:
        """The file of a fit, bound to the parameters and the data of the fit."""
        scaling = run.scaling
        data = digest_of([run.dataset, run.validation], run.earlier, scaling.mean, scaling.scale)
        parameters = parameters_of(run.network, run.training, run.epochs)
        return Checkpoint(path, parameters, data, run.training.seed)

    def _check_continues(self, network: NetworkSpec) -> None:
        """Raise ValueError if parameters or data need another network than the fitted one."""
        before, now = asdict(self._network), asdict(network)
        changed = [name for name in now if now[name] != before[name]]
        changed = [name for name in changed if name != "output_initializer"]
        pairs = {name: (now[name], before[name]) for name in changed}
        if "masks" in pairs:  # under the name of the parameter
            now_masks, _ = pairs.pop("masks")
            pairs["missing"] = ("mask", "skip") if now_masks else ("skip", "mask")
        normalises = self._inputs is not None
        if bool(self.normalize_X) != normalises and not network.embedding_dim:
            pairs["normalize_X"] = (bool(self.normalize_X), normalises)
        if not pairs:
            return
        what = ", ".join(
            f"{name}={one!r} (it was {other!r})" for name, (one, other) in pairs.items()
        )
        raise ValueError(
            f"{type(self).__name__} cannot continue the fitted network, because parameters or data "
            f"have changed: {what}. Use the earlier values, or fit with warm_start=False to train "
            "a new network."
        )

    def _store(
        self,
        network: NetworkSpec,
        training: TrainingSpec,
        state: NetworkState,
        scaling: TargetScaling,
        history: dict[str, list[float]],
        learned: Mapping[str, Any],
    ) -> None:
        """Store a trained network as plain data. learned : further attributes."""
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
                for name in ("loss", "optimizer", "learning_rate", "clipnorm", "metrics", "alpha")
            },
            _target_mean=scaling.mean,
            _target_scale=scaling.scale,
            _target_shape=scaling.shape,
        )

    def _split(self, task: Task) -> tuple[WindowDataset, WindowDataset]:
        """Rows to train on, and rows for validation."""
        dataset = task.dataset
        n = len(dataset)
        n_validation = max(1, int(np.ceil(self.validation_fraction * n)))
        if task.split == "last":
            training, validation = last_rows(dataset.rows, n_validation, task.reach)
        else:
            rng = np.random.default_rng([self._split_seed(), n])
            strata = np.zeros(n, int)
            if task.split == "stratified" and task.labels is not None:
                strata = task.labels.values
            training, validation = stratified_rows(strata, n_validation, rng)
        if not len(validation) and task.split == "stratified":
            raise ValueError(
                f"validation_split={self.validation_split!r} leaves no window for early_stopping: "
                f"each of the {n} usable windows of X has a different class. Set "
                "early_stopping=False, or give validation_data."
            )
        if not len(training) or not len(validation):
            with_one = np.arange(n - 1)
            if task.split == "last":
                with_one, _ = last_rows(dataset.rows, 1, task.reach)
            can_be_smaller = n_validation > 1 and len(with_one)
            windows = "1 usable window" if n == 1 else f"{n} usable windows"
            raise ValueError(
                f"early_stopping=True with validation_fraction={self.validation_fraction} leaves "
                f"no window to train on: X has {windows}. "
                + ("Use a smaller validation_fraction, or s" if can_be_smaller else "S")
                + "et early_stopping=False."
            )
        if task.labels is not None:
            self._warn_of_lost(task.labels, training)
        return dataset.take(training), dataset.take(validation)

    def _warn_of_lost(self, labels: Labels, training: np.ndarray) -> None:
        """Warn if training has no row of a class."""
        missing = np.setdiff1d(labels.present(), labels.at(training).present())
        if not len(missing):
            return
        noun, nouns = ("label", "labels") if labels.kind == "labels" else ("class", "classes")
        remedy = 'Use validation_split="random", or shuffle X and y.'
        if labels.kind == "class":
            remedy = 'Use validation_split="stratified", or shuffle X and y.'
        elif self.validation_split == "random":
            remedy = "Use a smaller validation_fraction, or give validation_data."
        warn_user(
            f"validation_split={self.validation_split!r} with validation_fraction="
            f"{self.validation_fraction} holds out all windows of {noun} {missing.tolist()[0]!r} "
            f"({len(missing)} such {nouns}), and the network is not trained on them. {remedy}"
        )

    def _split_kind(
        self, windows: Any, in_time: bool, course: Course, classes: bool = False
    ) -> str:
        """Choice of the validation rows: "last", "random" or "stratified".

        in_time : the targets are later rows of X; classes : each row has one class.
        """
        wanted = self.validation_split
        if wanted == "stratified" and not classes:
            raise ValueError(
                'validation_split="stratified" needs one class for each row of y. Use '
                'validation_split="random" or validation_split="last".'
            )
        if wanted != "auto" or not course.early_stopping:
            return wanted
        # Overlap is undefined for windows of one step.
        if in_time or (windows.shape[1] > 1 and is_overlapping(windows)):
            return "last"
        return "stratified" if classes else "random"

    def _split_seed(self) -> int:
        """Seed of the split, the same for equal fits. A RandomState is not changed."""
        state = self.random_state
        return int(state) if isinstance(state, Integral) else 0

    def _network_spec(self, task: Task, continues: bool = False) -> NetworkSpec:
        _, window_length, n_channels = task.dataset.shape
        return NetworkSpec(
            cell=self.cell,
            units=check_units(self.units),
            bidirectional=bool(self.bidirectional),
            dropout=float(self.dropout),
            recurrent_dropout=float(self.recurrent_dropout),
            window_length=window_length,
            n_channels=n_channels,
            highway=self._has_highway(task, continues),
            output_initializer=self.output_initializer,
            masks=self.missing == "mask",
            **task.shape,
        )

    def _has_highway(self, task: Task, continues: bool) -> bool:
        """Whether the network has a linear path. With "auto", a continued network keeps it, and a
        new one has it if there are enough windows.
        """
        if not isinstance(self.highway, str):
            return bool(self.highway)
        if continues:
            return self._network.highway
        n_windows, window_length, n_channels = task.dataset.shape
        is_large = n_windows >= WINDOWS_FOR_HIGHWAY * window_length * n_channels
        return is_large and not task.shape.get("each_step", False)

    def _training_spec(self, network: NetworkSpec, batch_size: int, seed: int) -> TrainingSpec:
        return TrainingSpec(
            loss=self._trained_loss(network),
            optimizer=self.optimizer,
            learning_rate=self._learning_rate(Course(1)),
            clipnorm=self.clipnorm,
            batch_size=batch_size,
            shuffle=bool(self.shuffle),
            early_stopping=False,
            n_iter_no_change=self.n_iter_no_change,
            tol=self.tol,
            monitor=getattr(self, "monitor", "loss"),
            callbacks=check_callbacks(self.callbacks),
            seed=seed,
            jit_compile=bool(self.jit_compile),
            verbose=int(self.verbose),
            metrics=check_metrics(self.metrics),
            alpha=float(self.alpha),
        )

    def _learning_rate(self, course: Course) -> Any:
        if not isinstance(self.optimizer, str):
            return None  # a Keras optimiser has its own
        is_auto = isinstance(self.learning_rate, str) and self.learning_rate == "auto"
        return RATE_OF_PARTS if is_auto and course.is_part else self.learning_rate

    def _trained_loss(self, network: NetworkSpec) -> Any:
        return self.loss

    def _batch_size_for(self, n_windows: int) -> int:
        if self.batch_size == "auto":
            return auto_batch_size(n_windows)
        return min(int(self.batch_size), at_most_one_batch(n_windows))

    def _draw_seed(self) -> int:
        if self.random_state is None:
            # From the operating system, because numpy's global state must not change.
            return int(np.random.SeedSequence().generate_state(1)[0])
        if isinstance(self.random_state, np.random.RandomState):
            return int(check_random_state(self.random_state).randint(2**31 - 1))
        return int(self.random_state)

    def _dataset(self, windows: np.ndarray, rows: np.ndarray | None = None) -> WindowDataset:
        """Windows as the fitted network takes them; all, or some rows."""
        rows = np.arange(len(windows)) if rows is None else rows
        return WindowDataset(windows, rows, scaling=self._inputs)

    def _filled(self, windows: np.ndarray) -> np.ndarray:
        """float32 windows with missing steps filled, in place, unless the network skips them."""
        if self._masks:
            return windows
        means = self._channel_means
        return fill_missing(windows, means if self._inputs is None else np.zeros_like(means))

    def _outputs(self, dataset: WindowDataset) -> np.ndarray:
        """float32 (n, n_values) of the network."""
        inference = inference_for(self._network, len(dataset))
        outputs = np.concatenate(
            [
                inference.predict(
                    self._network,
                    self._weights,
                    self._filled(dataset.gather(piece)),
                    bool(self.jit_compile),
                )
                for piece in dataset.pieces()
            ]
        )
        if not np.isfinite(outputs).all():
            row = int(np.flatnonzero(~np.isfinite(outputs).all(axis=1))[0])
            raise ValueError(
                f"X[{dataset.rows[row]}] has no finite prediction of {type(self).__name__}: its "
                "values are too far from those of fit. Correct or scale X."
            )
        return outputs
