"""GRURegressor: numeric targets of windows, such as the rows that follow them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from skgru._all_or_nothing import reads_once, stores_at_once
from skgru._dataset import WindowDataset
from skgru._networks.base import Course, RecurrentEstimator, Task
from skgru._networks.checkpoint import checked_path
from skgru._networks.checks import (
    check_quantiles,
    check_targets,
    check_validation_data,
    check_weights,
    check_windows,
    in_validation_data,
    is_overlapping,
    nothing_usable,
)
from skgru._networks.epoch_tasks import data_of
from skgru._networks.scaling import standardisation
from skgru._networks.split import usable_rows, weight_of_steps, without_zero_weights
from skgru._networks.units_of_targets import check_loss, warn_of_level
from skgru._networks.where_to_predict import inference_for
from skgru._r_squared import r_squared
from skgru._specs import TargetScaling
from skgru._tensorflow import load_engine
from skgru._validation import (
    Function,
    Instance,
    at_least,
    check_memory_for,
    check_representable,
    check_target,
    exists_if,
)
from skgru._warnings import warn_user
from skgru._windows import following_rows

# Windows of training whose predictions are compared with the targets.
MOST_COMPARED = 1000


def _has_quantiles(estimator: Any) -> bool:
    # set_params may have changed the parameter of a fitted estimator.
    if estimator.__sklearn_is_fitted__():
        return bool(estimator._network.quantiles)
    return estimator.quantiles is not None


def _accepts_windows_first(forecast: Function) -> Function:
    """forecast(steps, X) that also accepts forecast(X, steps), with a FutureWarning."""

    @wraps(forecast)
    def either_order(self, *args, **kwargs):
        if args and _is_array(args[0]):
            warn_user(
                "forecast(X, steps) has the order of an earlier version, which is an error from "
                "version 0.3 on. Use forecast(steps, X), as in SequenceForecaster.",
                FutureWarning,
            )
            return forecast(self, *args[1:], X=args[0], **kwargs)
        return forecast(self, *args, **kwargs)

    return either_order  # type: ignore[return-value]


def _is_array(value: Any) -> bool:
    # An array without dimensions has __len__, too, but is a number.
    is_sequence = hasattr(value, "__len__") and not isinstance(value, str)
    return is_sequence and getattr(value, "ndim", 1) > 0


class GRURegressor(RegressorMixin, RecurrentEstimator):
    """Recurrent network that predicts numbers from windows of history.

    The network has GRU, LSTM or simple recurrent layers and a linear output layer, and is trained
    by a compiled program that gives the results of stock Keras. Without y, it forecasts: the
    targets are the rows that follow each window.

    Parameters
    ----------
    units : int or sequence of int, default=50
        Width of the recurrent layer, which is the size of its state. A sequence of widths makes
        several layers on top of each other. At least 1.

    cell : {"gru", "lstm", "rnn"}, default="gru"
        Type of the recurrent layers: gated recurrent unit [1]_, long short-term memory or
        simple recurrent network.

    bidirectional : bool, default=False
        Whether each layer also reads the window backwards, with `units` more units. The outputs of
        both directions are joined.

    dropout : float, default=0.0
        Share of the outputs of each recurrent layer that training sets to zero, in [0, 1). Dropout
        reduces overfitting.

    recurrent_dropout : float, default=0.0
        Share of the state of each recurrent layer that training sets to zero before the next step
        reads it, in [0, 1). The same units are dropped at all steps of a window, as in Keras.

    highway : bool or "auto", default="auto"
        Whether a linear path from the whole window is added to the outputs. The path has no bias,
        and its weights start at zero. "auto" adds it under two conditions:

        - `fit` has at least 4 * window_length * n_channels windows. With fewer, it may overfit.
        - The outputs are those of a window, and not of each step.

    output_initializer : {"glorot_uniform", "zeros"}, default="glorot_uniform"
        Initial weights of the output layer. With "zeros", the untrained network predicts the mean
        of the targets, or zero with `normalize_y=False`.

    horizon : int, default=1
        Number of rows after each window that are predicted if y is None. At least 1.

    target : int, sequence of int or None, default=None
        Positions of the channels that are predicted if y is None. None: all channels.

    return_sequences : bool or "auto", default="auto"
        Whether the network has outputs for each step of a window (True) or for the window as a
        whole (False). "auto" depends on the shape of y:

        - (n_samples, window_length, n_outputs): for each step.
        - (n_samples, window_length): for the window if the windows of X overlap. y then holds the
          rows that follow each window. If they do not overlap, for each step, with a warning.
        - any other shape, or no y: for the window.

    loss : str, callable or keras.losses.Loss, default="mean_squared_error"
        Loss that training minimises: a Keras name, function or object, or "pinball" to predict
        `quantiles`. The loss of a batch is sum(w * loss) / sum(w), where w are the sample weights.

    quantiles : sequence of float or None, default=None
        Quantiles of each output that `loss="pinball"` predicts: in (0, 1), increasing, 0.5 among
        them. `predict` returns the median, and `predict_quantiles` returns all of them.

    optimizer : str or keras.optimizers.Optimizer, default="adam"
        Name of a Keras optimizer, or an object. An object keeps its own learning rate and gradient
        clipping: `learning_rate` and `clipnorm` are then ignored.

    learning_rate : float, "auto", "cosine" or Keras LearningRateSchedule, default="auto"
        Step size of a named optimizer. A float is a constant rate, greater than 0.

        - "auto": in `fit`, the rate rises to 0.005 over the first 5 % of the steps, and then falls
          to 1 % of that along half a cosine. In `partial_fit`, where the number of steps is
          unknown, the rate is constant at 0.001.
        - "cosine": as "auto", with a highest rate of 0.01. In `partial_fit`, the schedule extends
          over the first `epochs` calls, and later calls have its last rate.

    clipnorm : float or None, default=None
        Largest norm of the gradient of each weight array, for a named optimizer. Longer gradients
        are scaled down to it. Greater than 0. None: no clipping.

    alpha : float, default=0.0
        Strength of the L2 penalty: alpha / 2 times the sum of the squares of all kernels is added
        to the loss of each batch. Biases and embeddings are not penalised. In Keras, the kernel and
        recurrent regularizers are L2(alpha / 2). At least 0.

    epochs : int, default=25
        Passes over the training windows. At least 1.

    batch_size : int or "auto", default="auto"
        Number of windows in each optimizer step. At least 1. "auto" is n_windows / 16, rounded down
        to a power of two, at least 2 and at most 32. For 262,144 windows or more, it is
        n_windows / 4096, rounded down to a power of two.

    shuffle : bool, default=True
        Whether each epoch has a new random order of the windows.

    early_stopping : bool, default=False
        Whether a part of the windows is held out for validation. Training then stops when the
        validation loss no longer falls, and the weights of the best epoch are kept.

    validation_fraction : float, default=0.1
        Share of the windows that `early_stopping` holds out, in (0, 1).

    validation_split : {"auto", "last", "random"}, default="auto"
        Windows that `early_stopping` holds out.

        - "last": the last windows. No row is a target both in training and in validation.
        - "random": random windows.
        - "auto": "last" if windows overlap or y is None, because the windows then belong to one
          series. Otherwise "random".

    n_iter_no_change : int, default=10
        Number of epochs without an improvement by more than `tol` after which `early_stopping`
        stops. At least 1.

    tol : float, default=1e-4
        Smallest decrease of the validation loss that is an improvement, in units of the loss on
        normalised targets. At least 0. Use a smaller value for data with little noise, whose loss
        may be below 1e-4, and a larger value to stop earlier.

    normalize_X : bool, default=True
        Whether each channel is standardised with its mean and standard deviation over the training
        windows. All methods, and `model_`, take windows in their original units.

    normalize_y : bool, default=True
        Whether the targets are standardised for training. Predictions always have the units of y.

    warm_start : bool, default=False
        Whether `fit` continues to train the fitted network, with its optimizer state and target
        scaling. Use it if the network needs more epochs, or if new windows resemble the earlier
        ones.

    jit_compile : bool, default=True
        Whether training and prediction run in compiled programs, which are faster. The results are
        those of stock `Model.fit`, except that dropout draws different random numbers. With an
        optimizer that cannot be compiled, or a callback that is called for each batch, stock
        `Model.fit` trains the network, with a warning. False: stock `Model.fit` always trains the
        network.

    metrics : str, callable, keras.metrics.Metric, list of them or None, default=None
        Keras metrics, besides the loss, that `history_` reports for each epoch and that callbacks
        can monitor. They are weighted as the loss is, and use normalised targets if
        `normalize_y=True`.

    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Keras callbacks. `fit` uses shallow copies of them. Their attribute `model` is a model like
        `model_`.

    missing : {"skip", "mask"}, default="skip"
        Treatment of windows that contain NaN.

        - "skip": they are left out of `fit` and `score`, and filled in `predict` (see Notes).
        - "mask": steps at which a channel is NaN are ignored in `fit` and `predict`. The state of
          the recurrent layers does not change at such a step.

    n_channels : int or None, default=None
        Number of channels of an X of two dimensions. Its columns are then the channels of the
        oldest step, followed by those of the next step, and so on, as
        `SequenceWindower(flatten=True)` returns them. An X of three dimensions must have as many
        channels. At least 1. None: one channel, or, for columns that are named as lags of several
        series, one channel for each series.

    random_state : int, RandomState instance or None, default=None
        Seed of the initial weights, the order of the windows and dropout. With an int, the network
        is bitwise the same in every run, process and thread. None: a seed from the operating
        system. Global random states are never changed.

    verbose : int, default=0
        0 shows nothing. 1 shows the epochs that are done and the time left: as a bar in a terminal
        or a notebook, else as a line for each epoch. 2 prints lines everywhere.

    Attributes
    ----------
    history_ : dict of str to list of float
        Loss and metrics of each epoch, on normalised targets. With `early_stopping` or
        `validation_data`, also those of the validation windows, such as "val_loss".

    loss_curve_ : list of float
        Training loss of each epoch.

    n_iter_ : int
        Number of epochs of training, including those of earlier fits that were continued.

    n_outputs_ : int
        Number of outputs for each window, or for each step of a window.

    n_features_in_ : int
        X.shape[1] in `fit`. It is the window length for X of three dimensions, and the window
        length times the number of channels for X of two dimensions.

    n_channels_in_ : int
        Number of channels of a window.

    n_parameters_ : int
        Number of trained weights.

    summary_ : str
        Layers of the network, one line each, with output shapes and parameter counts.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X in `fit`. Defined only if X is a data frame and all its names are
        strings.

    model_ : keras.Model
        The trained network as an ordinary Keras model, which each access builds anew.

        - Inputs: windows in the units of X, as float32. With `missing="mask"`, a missing step is
          -3.4028235e38 (`numpy.finfo("float32").min`) in all channels.
        - Outputs: targets on the scale of training, which are standardised with `normalize_y=True`.
          `keras_estimator_` predicts in the units of y. With `quantiles`, those of the first output
          come first, then those of the second, and so on.
        - Loss: that of the network. With `quantiles` there is none, because Keras has no pinball
          loss.

    keras_estimator_ : scikeras.wrappers.KerasRegressor
        The trained network as a scikeras estimator, which each access builds anew. It takes
        complete windows, and predicts in the units of y.

    See Also
    --------
    SequenceWindower : Transformer that makes the windows, for the preceding step of a Pipeline.

    Notes
    -----
    With `missing="skip"`, windows that contain NaN are left out of `fit` and `score`, but `predict`
    returns a finite prediction for every window. NaN is replaced by the last value before it in the
    window. Without such a value, it is replaced by the first value after it. If a channel of a
    window holds only NaN, the mean of the channel in training is used. So the result of a scorer
    that calls `predict` may differ from `score`.

    An X of two dimensions is read as windows of `n_channels` channels. Columns of a data frame that
    are named as lags, such as "lag1", "lag_1", "y_lag_1" or "y_target_lag-1", are sorted, the
    largest lag first, and the lags of several series become channels. The columns of an array are
    read in the order of `fit`.

    A window of weight 2 counts as two windows of weight 1. Windows of weight 0 are dropped.

    The pinball loss of a quantile q is max(q e, (q - 1) e), where e = y - prediction [2]_. Training
    minimises its mean over the quantiles. If the predicted quantiles of a window are not in
    increasing order, they are sorted [3]_. The linear path of `highway` is that of LSTNet [4]_,
    over all channels.

    References
    ----------
    .. [1] Cho, K. et al. (2014). Learning Phrase Representations using RNN Encoder-Decoder for
       Statistical Machine Translation. EMNLP. https://doi.org/10.3115/v1/D14-1179

    .. [2] Koenker, R., Bassett, G. (1978). Regression Quantiles. Econometrica 46(1).
       https://doi.org/10.2307/1913643

    .. [3] Chernozhukov, V., Fernandez-Val, I., Galichon, A. (2010). Quantile and Probability Curves
       Without Crossing. Econometrica 78(3). https://doi.org/10.3982/ECTA7880

    .. [4] Lai, G. et al. (2018). Modeling Long- and Short-Term Temporal Patterns with Deep Neural
       Networks. SIGIR. https://doi.org/10.1145/3209978.3210006

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import Pipeline
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> from skgru import GRURegressor, SequenceWindower
    >>> series = np.sin(np.linspace(0, 20, 200)).reshape(-1, 1)
    >>> pipe = Pipeline([
    ...     ("scale", MinMaxScaler()),
    ...     ("window", SequenceWindower(window_length=10)),
    ...     ("gru", GRURegressor(units=8, epochs=30, learning_rate=0.01, random_state=0)),
    ... ])
    >>> pipe.fit(series).predict(series).shape  # the last row forecasts the next, scaled value
    (200,)
    >>> pipe.score(series) > 0.9
    True
    >>> pipe.set_params(gru__warm_start=True, gru__epochs=5).fit(series)["gru"].n_iter_
    35
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **RecurrentEstimator._parameter_constraints,
        "loss": [str, Instance(["__call__"])],
        "horizon": [at_least(1)],
        "target": "no_validation",  # by check_target, which needs X
        "quantiles": "no_validation",  # by check_quantiles
        "normalize_y": ["boolean"],
        "highway": [StrOptions({"auto"}), "boolean"],
        "validation_split": [StrOptions({"auto", "last", "random"})],
    }

    # More than 60 lines, because scikit-learn reads the parameters from the signature.
    def __init__(
        self,
        units: int | Sequence[int] = 50,
        *,
        cell: str = "gru",
        bidirectional: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        highway: bool | str = "auto",
        output_initializer: str = "glorot_uniform",
        horizon: int = 1,
        target: int | Sequence[int] | None = None,
        return_sequences: bool | str = "auto",
        loss: str | Callable[..., Any] = "mean_squared_error",
        quantiles: Sequence[float] | np.ndarray | None = None,
        optimizer: str | Any = "adam",
        learning_rate: float | str | Any = "auto",
        clipnorm: float | None = None,
        alpha: float = 0.0,
        epochs: int = 25,
        batch_size: int | str = "auto",
        shuffle: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        validation_split: str = "auto",
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        normalize_X: bool = True,
        normalize_y: bool = True,
        warm_start: bool = False,
        jit_compile: bool = True,
        metrics: str | Callable[..., Any] | Sequence[Any] | None = None,
        callbacks: Any | Sequence[Any] | None = None,
        missing: str = "skip",
        n_channels: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ):
        self.units = units
        self.cell = cell
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.highway = highway
        self.output_initializer = output_initializer
        self.horizon = horizon
        self.target = target
        self.return_sequences = return_sequences
        self.loss = loss
        self.quantiles = quantiles
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.clipnorm = clipnorm
        self.alpha = alpha
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.validation_split = validation_split
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.normalize_X = normalize_X
        self.normalize_y = normalize_y
        self.warm_start = warm_start
        self.jit_compile = jit_compile
        self.metrics = metrics
        self.callbacks = callbacks
        self.missing = missing
        self.n_channels = n_channels
        self.random_state = random_state
        self.verbose = verbose

    @stores_at_once
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        validation_data: Any | None = None,
        checkpoint: str | PathLike[str] | None = None,
    ) -> Self:
        """Train a new network, or continue the fitted one with `warm_start=True`.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, with the oldest step first. Windows of one series are in time order.

        y : array-like, default=None
            Targets.

            - (n_samples,) or (n_samples, n_outputs): one row for each window.
            - (n_samples, window_length, n_outputs): one row for each step of each window.
            - None: the `horizon` rows after each window. They are taken from later windows, so each
              window must be the previous one shifted by one row.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        validation_data : tuple (X_val, y_val[, sample_weight_val]) or X_val, default=None
            Windows for validation. `history_` holds their loss and metrics of each epoch, such as
            "val_loss". With `early_stopping=True`, they replace the held-out windows, and training
            uses all windows of X. Give X_val alone if y is None.

        checkpoint : str, PathLike or None, default=None
            A file for the unfinished fit. It is written after epochs, once a second at most, and
            removed at the end. If it exists, the fit goes on from it: after a crash, run the same
            code again, and the network is that of a fit without a crash. None: no file.

        Returns
        -------
        GRURegressor
            Itself.

        Raises
        ------
        ValueError
            If

            - a parameter is out of range,
            - X or y contains infinity, or y contains NaN,
            - y has another length than X,
            - no window can be used, for example because each contains NaN,
            - y is None and the windows do not overlap,
            - training diverges in its first epoch,
            - `checkpoint` holds another fit, or is given with `callbacks`.
        TypeError
            If X is sparse.
        """
        self._validate_params()
        continues = self.warm_start and self.__sklearn_is_fitted__()
        path = checked_path(checkpoint, self.callbacks)
        course = Course(self.epochs, self.early_stopping, continues, checkpoint=path)
        return self._fit(X, y, sample_weight, validation_data, course)

    def _validate_params(self) -> None:
        super()._validate_params()
        check_quantiles(self.quantiles, self.loss)

    @stores_at_once
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Train for one epoch on the given windows. The first call creates the network.

        Early stopping has no effect. All calls scale windows and targets with the statistics of
        the first call. A target that was constant until then is scaled by the first call in which
        it changes.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, as in `fit`.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets, as in `fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        GRURegressor
            Itself.

        Raises
        ------
        ValueError
            As `fit` does.
        """
        self._validate_params()
        course = Course(1, continues=self.__sklearn_is_fitted__(), is_part=True)
        return self._fit(X, y, sample_weight, None, course)

    @reads_once
    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict the targets of each window.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows. Missing steps are filled, or ignored with `missing="mask"` (see Notes of the
            class).

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples[, window_length], n_outputs)
            Predictions as float64, or the medians with `quantiles`.

            - After a fit with y, they have the shape and the units of y.
            - After a fit without y, they have the units of X. The outputs of a window are
              time-major: all targets one row ahead, then all targets two rows ahead, and so on.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other steps or channels than in `fit`, or for the reasons listed in `fit`.
        """
        check_is_fitted(self)
        windows = self._check_new_windows(X)
        return self._predicted(self._dataset(windows))

    @exists_if(_has_quantiles)
    @reads_once
    def predict_quantiles(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict the `quantiles` of the targets of each window, in increasing order.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, as in `predict`.

        Returns
        -------
        ndarray of shape (n_samples, n_quantiles) or (n_samples, n_outputs, n_quantiles)
            Quantiles as float64, in the units of y. The result has two dimensions for a single
            output. After a fit with targets for each step, its shape is that of y with a last axis
            of quantiles.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            As `predict` does.
        """
        check_is_fitted(self)
        windows = self._check_new_windows(X)
        values = self._network.rearranged(self._outputs(self._dataset(windows)))
        scale, mean = self._target_scale[:, np.newaxis], self._target_mean[:, np.newaxis]
        restored = values.astype(np.float64) * scale + mean  # (n, n_targets, n_quantiles)
        shape = self._target_shape
        if not self._network.each_step:
            shape = () if self.n_outputs_ == 1 else (self.n_outputs_,)
        return restored.reshape(len(restored), *shape, restored.shape[2])

    @reads_once
    def score(
        self, X: ArrayLike, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Coefficient of determination R², averaged over outputs.

        Windows that contain NaN are left out, or windows of NaN alone with `missing="mask"`. With
        `quantiles`, the medians are scored.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            True targets. None, only after a fit without y: the rows that follow each window.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        float
            At most 1, for perfect predictions. The mean of the targets scores 0.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If no window of X can be scored, or y is None after a fit with y.
        """
        check_is_fitted(self)
        if y is None and not self._is_self_target:
            raise ValueError(
                f"score needs y, because this {type(self).__name__} was fitted with y. Use "
                "score(X, y)."
            )
        windows = self._check_new_windows(X)
        known = None
        if y is None:
            channels = np.asarray(self._channels)
            rows, targets = self._own_targets(windows, self._horizon, channels, self._masks, False)
        else:
            each_step = self._network.each_step
            rows, targets, _, known = check_targets(
                windows, y, self, self._masks, each_step, is_fit=False
            )
            if targets.shape[1] != self._network.n_targets:
                raise ValueError(
                    f"y has {targets.shape[1]} outputs, but {type(self).__name__} predicts "
                    f"{self._network.n_targets} for each window. Give y in the shape that predict "
                    "returns."
                )
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, windows)[rows]
        predicted = self._predicted(self._dataset(windows, rows)).reshape(targets.shape)
        if known is not None:  # a row for each step that is known
            targets, predicted = (
                values.reshape(*known.shape, -1)[known] for values in (targets, predicted)
            )
            if sample_weight is not None:
                sample_weight = np.repeat(sample_weight, known.sum(axis=1))
        return r_squared(targets, predicted, sample_weight)

    @reads_once
    @_accepts_windows_first
    def forecast(self, steps: int, X: ArrayLike) -> NDArray[np.float64]:
        """Forecast any number of rows after the last window of X.

        The network forecasts `horizon` rows at a time, and its forecasts become history for the
        next ones. With `quantiles`, the medians become history. The estimator must be fitted
        without y and with `target=None`.

        Parameters
        ----------
        steps : int
            Number of rows to forecast. At least 1.

        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows. Only the last one is used.

        Returns
        -------
        ndarray of shape (steps, n_channels)
            Forecasts as float64, in the units of X. The first `horizon` rows equal `predict`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If the estimator was fitted with y, or with a `target` that leaves out a channel, or if
            `steps` is less than 1.

        Warns
        -----
        FutureWarning
            If the arguments have the order of an earlier version, `forecast(X, steps)`.
        """
        check_is_fitted(self)
        if not self._is_self_target or list(self._channels) != list(range(self.n_channels_in_)):
            raise ValueError(
                f"forecast needs a {type(self).__name__} fitted without y and with target=None, "
                "because the forecasts of all channels become history. Fit it without y and with "
                "target=None, or use predict."
            )
        if not at_least(1).is_satisfied_by(steps):
            raise ValueError(
                f"steps={steps!r} must be an int of at least 1, the rows to forecast. Use steps=1, "
                "for example."
            )
        check_memory_for(steps, 8 * self.n_channels_in_)
        windows = self._check_new_windows(X)
        last = self._dataset(windows, np.array([len(windows) - 1])).gather()
        history = self._filled(last)[0]
        inputs = self._inputs
        if inputs is None:
            return self._check_finite(
                self._roll_on(history, int(steps), self._target_mean, self._target_scale)
            )
        # History and fed-back outputs stay in normalised units: at a high level, float32 would lose
        # the changes of the original units.
        mean, scale = (np.tile(of, self._horizon) for of in (inputs.mean, inputs.scale))
        rolled = self._roll_on(
            history, int(steps), (self._target_mean - mean) / scale, self._target_scale / scale
        )
        return self._check_finite(rolled * inputs.scale + inputs.mean)

    def _roll_on(
        self, history: np.ndarray, steps: int, mean: np.ndarray, scale: np.ndarray, **naive: Any
    ) -> np.ndarray:
        """float64 (steps, n_forecast) after a history without NaN, except for masked steps; mean,
        scale : what turns outputs into rows of the history; naive : `level`, `baseline`, `known`
        and `inputs` of `numpy_inference.roll_on`.
        """
        network, compiles = self._network, bool(self.jit_compile)
        n_calls = -(-steps * history.shape[1] // network.n_outputs)
        rolled = inference_for(network, 1, n_calls).roll_on(
            network, self._weights, history, mean, scale, steps, compiles, **naive
        )
        return rolled.astype(np.float64)

    def _check_finite(self, forecasts: np.ndarray) -> np.ndarray:
        """Raise ValueError if a forecast (steps, n_channels) is not finite."""
        is_finite = np.isfinite(forecasts).all(axis=1)
        if not is_finite.all():
            raise ValueError(
                f"{type(self).__name__} has no finite forecast of step "
                f"{int(is_finite.argmin()) + 1}: the values of X are too far from those of fit, or "
                "the forecasts grow with each step. Correct or scale X, or use fewer steps."
            )
        return forecasts

    @property
    @reads_once
    def keras_estimator_(self) -> Any:
        """The trained network as a new scikeras KerasRegressor, in the units of y."""
        check_is_fitted(self)
        load_engine()
        from skgru._engine.keras_export import fitted_wrapper

        return fitted_wrapper(
            self._network,
            self._fitted_training,
            self._scaling,
            self._state,
            self._inputs,
            self.history_,
        )

    def _predicted(self, dataset: WindowDataset) -> np.ndarray:
        return self._scaling.restore(self._network.central(self._outputs(dataset)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.required = False  # RegressorMixin, which comes first, says True
        return tags

    def _fit(self, X, y, sample_weight, validation_data, course):
        check_loss(self.loss, self.normalize_y)
        continues = course.continues
        if continues:
            self._check_new_windows(X)
        windows, n_dimensions = check_windows(X, self, is_fitted=continues)
        if y is None:
            if n_dimensions == 2:
                self._check_several_steps(windows)
            self._check_follows()
        channels = check_target(self.target, windows.shape[2])
        like = self._network.each_step if continues else None
        dataset, shape, each_step = self._supervised(windows, y, sample_weight, channels, like)
        if continues:
            self._check_same_target(y)
        asked = (channels.tolist(), int(self.horizon))
        if continues and y is None and asked != (self._channels, self._horizon):
            raise ValueError(
                f"target={self.target!r} and horizon={self.horizon} differ from those of the "
                f"fitted {type(self).__name__}, target channels {self._channels} and "
                f"horizon={self._horizon}. Use the fitted values, or fit with warm_start=False to "
                "train a new network."
            )
        validation = None
        if validation_data is not None:
            X_val, y_val, weight = check_validation_data(validation_data, y is None)
            held_out = self._validation_windows(X_val, X, windows, continues)
            with in_validation_data():
                validation, _, _ = self._supervised(held_out, y_val, weight, channels, each_step)
            if validation.n_targets != dataset.n_targets:
                raise ValueError(
                    f"y_val in validation_data has {validation.n_targets} outputs, but y "
                    f"has {dataset.n_targets}. Give y_val as many outputs as y."
                )
        n_steps = windows.shape[1] if each_step else 1

        def scaling_of(dataset: WindowDataset) -> TargetScaling:
            if self.normalize_y:
                return standardisation(dataset, shape, n_steps)
            check_representable(dataset.targets(), "y")
            return TargetScaling.identity(dataset.n_targets, shape)

        self._fit_network(
            Task(
                X,
                dataset,
                shape=self._output_shape(dataset.n_targets // n_steps, each_step),
                scaling_of=scaling_of,
                learned={"_is_self_target": y is None, "_channels": asked[0], "_horizon": asked[1]},
                reach=self.horizon if y is None else n_steps,
                split=self._split_kind(windows, y is None, course),
                validation=validation,
                shown=data_of(X, y, sample_weight, dataset),
            ),
            course,
        )
        # A loss of one's own may read other outputs than predictions, such as logarithms.
        if isinstance(self.loss, str) and not (self.normalize_y or course.is_part):
            self._warn_of_level(dataset)
        return self

    def _supervised(
        self,
        windows: np.ndarray,
        y: Any,
        sample_weight: Any,
        channels: np.ndarray,
        like: bool | None,
    ) -> tuple[WindowDataset, tuple[int, ...], bool]:
        """Usable windows with their targets, the shape of a row of y, and whether it has targets
        for each step. like : whether other rows have them; None: it is read off y.
        """
        masks, known = self.missing == "mask", None
        if y is None:
            rows, targets = self._own_targets(windows, self.horizon, channels, masks, True)
            shape: tuple[int, ...] = () if targets.shape[1] == 1 else (targets.shape[1],)
        else:
            rows, targets, shape, known = check_targets(windows, y, self, masks, like)
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, windows)[rows]
        weight = weight_of_steps(sample_weight, known)
        if weight is not None:
            rows, targets, weight = without_zero_weights(rows, targets, weight)
        return WindowDataset(windows, rows, targets, weight), shape, known is not None

    def _output_shape(self, n_outputs: int, each_step: bool = False) -> dict[str, Any]:
        return {
            "n_outputs": n_outputs,
            "each_step": each_step,
            "quantiles": check_quantiles(self.quantiles, self.loss),
        }

    def _warn_of_level(self, dataset: WindowDataset) -> None:
        """Warn if the network has not come near the targets, which are not standardised."""
        some = dataset.take(slice(None, None, -(-len(dataset) // MOST_COMPARED)))
        targets = some.targets().reshape(len(some), -1).astype(np.float64)
        predicted = self._predicted(some.scaled(self._inputs)).reshape(targets.shape)
        warn_of_level(targets, predicted)

    def _check_follows(self) -> None:
        """Raise ValueError for return_sequences=True without y: the rows after a window are no
        targets of its steps.
        """
        if self.return_sequences is True:
            raise ValueError(
                "return_sequences=True needs a target for each step of a window, but y is None and "
                'the targets are the rows after a window. Set return_sequences="auto", or give y '
                "with a target for each step."
            )

    def _own_targets(
        self, windows: np.ndarray, horizon: int, channels: np.ndarray, masks: bool, is_fit: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the windows whose next `horizon` rows are known, (n_rows,), and these rows,
        time-major, (n_rows, n_outputs).
        """
        if not is_overlapping(windows):
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and the "
                "windows of X do not overlap. Without y, window t + 1 must be window t shifted by "
                "one row. Give y, or the windows of a SequenceWindower in their order."
            )
        last_rows = windows[:, -1, channels].astype(np.float64)
        targets = following_rows(last_rows, horizon)
        rows = usable_rows(windows[: len(targets)], masks)
        rows = rows[np.isfinite(targets[rows]).all(axis=1)]
        if not len(rows):
            raise ValueError(nothing_usable(windows, horizon, masks, is_fit))
        return rows, targets[rows]
