"""GRURegressor: what follows a window, in the units of its targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
)

from skgru._dataset import WindowDataset
from skgru._networks.base import Course, RecurrentEstimator, Task
from skgru._networks.checks import (
    check_like,
    check_quantiles,
    check_targets,
    check_validation_data,
    check_windows,
    in_validation_data,
    is_overlapping,
    nothing_usable,
)
from skgru._networks.scaling import standardisation
from skgru._networks.split import usable_rows, weight_of_steps, without_zero_weights
from skgru._specs import TargetScaling
from skgru._validation import (
    Instance,
    at_least,
    check_representable,
    check_target,
)
from skgru._windows import following_rows

# Losses that take logarithms or shares of the targets, by their names in lower case without "_".
NEEDS_OWN_UNITS = {
    *("poisson", "meansquaredlogarithmicerror", "msle", "meanabsolutepercentageerror", "mape"),
    *("kldivergence", "kld", "binarycrossentropy", "bce", "binaryfocalcrossentropy"),
}


def _has_quantiles(estimator: Any) -> bool:
    # Once there is a network, it is what was fitted that counts.
    if estimator.__sklearn_is_fitted__():
        return bool(estimator._network.quantiles)
    return estimator.quantiles is not None


class GRURegressor(RegressorMixin, RecurrentEstimator):
    """Recurrent network that predicts what follows a window of history.

    A GRU, LSTM or simple recurrent network with a linear output layer. Training is compiled, and
    gives what stock Keras gives, driven by scikeras. Without y, a series is its own target: the
    network learns the rows that follow each window, which it reads off the later windows.

    Parameters
    ----------
    units : int or sequence of int, default=50
        Width of the recurrent layer, or of each of several stacked layers. At least 1.

    cell : {"gru", "lstm", "rnn"}, default="gru"
        Kind of recurrent layer.

    bidirectional : bool, default=False
        Read each window forwards and backwards, with `units` for each direction.

    dropout : float, default=0.0
        Share of a recurrent layer's outputs set to zero in training, in [0, 1). One dropout layer
        follows each recurrent layer.

    recurrent_dropout : float, default=0.0
        Share of a recurrent layer's state set to zero in training where the next step reads it, in
        [0, 1). The same units are dropped at all steps of a window, as in Keras.

    highway : bool or "auto", default="auto"
        Add a linear path from the whole window to the outputs, without bias and starting at zero,
        to what the recurrent layers give. "auto" adds it if n_windows >= 4 * window_length *
        n_channels in `fit`, and the outputs are those of a window and not of each step.

    output_initializer : {"glorot_uniform", "zeros"}, default="glorot_uniform"
        How the weights of the output layer start. With "zeros" the untrained network predicts the
        mean of the targets (zero where they are not normalised).

    horizon : int, default=1
        Rows ahead that are predicted when y is None. At least 1.

    target : int, sequence of int or None, default=None
        Positions of the channels that are predicted when y is None; None means all.

    return_sequences : bool or "auto", default="auto"
        Whether the network gives outputs for each step of a window (True) or for the window as a
        whole (False).

        - "auto" with y of shape (n_samples, window_length, n_outputs): for each step.
        - "auto" with y of shape (n_samples, window_length): for the window where the windows of X
          overlap, so that y can hold the rows to come; else for each step, with a warning.
        - "auto" with any other y, or without y: for the window.

    loss : str, callable or keras.losses.Loss, default="mean_squared_error"
        A Keras name, function or object, or "pinball" to learn `quantiles`. In a batch it is
        sum(w * loss) / sum(w).

    quantiles : sequence of float or None, default=None
        Quantiles of each output that are learned with `loss="pinball"`: in (0, 1), increasing, 0.5
        among them. `predict` returns the median, `predict_quantiles` all of them.

    optimizer : str or keras.optimizers.Optimizer, default="adam"
        A Keras name or object. An object brings its own learning rate and clipping.

    learning_rate : float, "auto", "cosine" or Keras LearningRateSchedule, default="auto"
        Step size of a named optimizer. Greater than 0.

        - "auto": in `fit` the rate rises to 0.005 in the first 5 % of the steps, and then falls
          along half a cosine to 1 % of that. In `partial_fit`, which has no last step, it is 0.001.
        - "cosine": the same course with a highest rate of 0.01. `epochs` calls of `partial_fit`
          make one course, after which the rate stays at its last value.

    clipnorm : float or None, default=None
        Longest gradient of a weight array that a named optimizer lets through. Greater than 0.

    alpha : float, default=0.0
        Strength of the L2 penalty: alpha / 2 times the sum of the squares of all kernels is added
        to the loss of each batch. Biases and embeddings are not penalised. In Keras, the kernel and
        recurrent regularizers are L2(alpha / 2). At least 0.

    epochs : int, default=25
        Passes over the training windows. At least 1.

    batch_size : int or "auto", default="auto"
        Windows in an optimiser step. "auto" is a sixteenth of the windows rounded down to a power
        of two, at least 2 and at most 32, and more for hundreds of thousands of windows.

    shuffle : bool, default=True
        Draw a new order of the windows in each epoch.

    early_stopping : bool, default=False
        Hold out a part of the windows for validation, stop when their loss no longer falls, and
        keep the weights of the best epoch.

    validation_fraction : float, default=0.1
        Share of the windows that `early_stopping` holds out, in (0, 1).

    validation_split : {"auto", "last", "random"}, default="auto"
        Which windows `early_stopping` holds out. "last": the last ones; no row is then a target
        both in training and in validation. "random": a random part. "auto" takes the last windows
        where windows overlap or y is None, as they belong to one series, else random ones.

    n_iter_no_change : int, default=10
        Epochs without an improvement by more than `tol` after which `early_stopping` stops. At
        least 1.

    tol : float, default=1e-4
        Least improvement of the validation loss, in the units of the loss on normalised targets. At
        least 0.

    normalize_X : bool, default=True
        Standardise each channel with its mean and standard deviation over the training windows.
        Windows are given to all methods, and to `model_`, in their own units.

    normalize_y : bool, default=True
        Standardise the targets for training. Predictions come back in y's units either way.

    warm_start : bool, default=False
        Let `fit` continue the network, optimiser state and target scaling of the fit before.

    jit_compile : bool, default=True
        Train and predict in compiled programs, which changes nothing but the speed, and which units
        are dropped by dropout. Callbacks with batch hooks and some optimizers cannot be compiled:
        stock `Model.fit` then trains the network, and a warning says so. False always trains with
        stock `Model.fit`.

    metrics : str, callable, keras.metrics.Metric, list of them or None, default=None
        Keras metrics that `history_` reports for each epoch and that callbacks can monitor, besides
        the loss. They are weighted as the loss is. They see
        normalised targets where `normalize_y=True`.

    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Keras callbacks. `fit` uses shallow copies of them, and their `model` is what `model_` is.

    missing : {"skip", "mask"}, default="skip"
        How windows with NaN are used. "skip" leaves them out of `fit` and `score` and fills them in
        `predict`. "mask" ignores steps at which a channel is NaN, in `fit` and in `predict`: the
        state of the step before is kept.

    n_channels : int or None, default=None
        Channels of each step in the rows of an X of two dimensions, whose columns are then the
        channels of the oldest step, those of the next step, and so on, as
        `SequenceWindower(flatten=True)` gives them. None: one channel, but columns that are named
        as lags of several series have a channel for each. An X of three dimensions must have as
        many channels. At least 1.

    random_state : int, RandomState instance or None, default=None
        Seed of weights, order and dropout. An int gives bitwise the same network in every run,
        process and thread; None draws from the operating system. Global random states are never
        touched.

    verbose : int, default=0
        1 prints a line each epoch.

    Attributes
    ----------
    history_ : dict of str to list of float
        Loss and metrics of each epoch, on normalised targets; with `early_stopping` or
        `validation_data` also those of the validation windows, such as "val_loss".

    loss_curve_ : list of float
        Training loss of each epoch.

    n_iter_ : int
        Epochs that the network was trained for, in all.

    n_outputs_ : int
        Numbers predicted for each window, or for each step of it.

    n_features_in_ : int
        X.shape[1] in `fit`: the length of a window, times its channels where X has two dimensions.

    n_channels_in_ : int
        Channels of a window.

    n_parameters_ : int
        Numbers that training adjusts.

    summary_ : str
        Layers, shapes and parameter counts of the network, one line each.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, where X was a data frame with string names.

    model_ : keras.Model
        The trained network as an ordinary Keras model. Built anew at each access. It takes windows
        in the units of X, as float32, and gives standardised targets: y is what it gives times the
        weighted standard deviation of the targets trained on, plus their weighted mean. With
        `quantiles` it gives those of the first output, then of the second, and is compiled without
        a loss, as Keras has no pinball loss. With `missing="mask"` it takes missing steps as
        -3.4028235e38 (`numpy.finfo("float32").min`) in all channels.

    keras_estimator_ : scikeras.wrappers.KerasRegressor
        The trained network as scikeras holds it, in y's units on complete windows. Built anew at
        each access.

    See Also
    --------
    SequenceWindower : Makes the windows, as the step before this one in a Pipeline.

    Notes
    -----
    With `missing="skip"`, windows that contain NaN are left out of `fit` and `score`. In `predict`
    the last value is carried forward along the window, then the first one backward, and a channel
    without any value gets its training mean; so `predict` gives n finite rows for n rows, and a
    scorer applied to `predict` may differ from `score`.

    A 2-D X is read as windows of `n_channels` channels. Columns of a data frame that are named as
    lags, such as "lag1", "lag_1", "y_lag_1" or "y_target_lag-1", are put in order, the largest lag
    first, and lags of several series become channels. An array has no names: its columns are read
    in fit's order.

    Of two windows with weight 2 and 1, the first counts as if it were there twice. Windows of
    weight 0 are dropped.

    The pinball loss of a quantile q is max(q e, (q - 1) e), where e = y - prediction [2]_; the mean
    over the quantiles is learned. Quantiles of one window that cross are put in order [3]_. The
    linear path of `highway` is that of LSTNet [4]_, over all channels.

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
    >>> pipe.fit(series).predict(series).shape  # the last one is the value after the series, scaled
    (200,)
    >>> pipe.score(series) > 0.9
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RecurrentEstimator._parameter_constraints,
        "loss": [str, Instance(["__call__"])],
        "horizon": [at_least(1)],
        "target": [None, at_least(0), "array-like"],
        "quantiles": [None, "array-like"],
        "normalize_y": ["boolean"],
        "highway": [StrOptions({"auto"}), "boolean"],
        "validation_split": [StrOptions({"auto", "last", "random"})],
    }

    def __init__(
        self,
        units=50,
        *,
        cell="gru",
        bidirectional=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        highway="auto",
        output_initializer="glorot_uniform",
        horizon=1,
        target=None,
        return_sequences="auto",
        loss="mean_squared_error",
        quantiles=None,
        optimizer="adam",
        learning_rate="auto",
        clipnorm=None,
        alpha=0.0,
        epochs=25,
        batch_size="auto",
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        validation_split="auto",
        n_iter_no_change=10,
        tol=1e-4,
        normalize_X=True,
        normalize_y=True,
        warm_start=False,
        jit_compile=True,
        metrics=None,
        callbacks=None,
        missing="skip",
        n_channels=None,
        random_state=None,
        verbose=0,
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

    def fit(self, X, y=None, sample_weight=None, validation_data=None):
        """Train the network from scratch, or further with `warm_start=True`.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, oldest first and oldest step first. Windows that contain NaN are left out.

        y : array-like, default=None
            Targets: (n_samples,) or (n_samples, n_outputs), one row for each window, or
            (n_samples, window_length, n_outputs), one for each step of each window. None: the
            `horizon` rows that follow each window, read off the later windows, which must overlap.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        validation_data : tuple (X_val, y_val) or (X_val, y_val, sample_weight_val), or X_val, \
                default=None
            Windows whose loss and metrics `history_` reports for each epoch, as "val_loss" and so
            on. With `early_stopping=True` they decide when to stop, and all windows of X are
            trained on. X_val alone, where y is None: a series that is its own target.

        Returns
        -------
        GRURegressor
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, X or y contains infinity, y contains NaN or has another
            length than X, no complete window is left to train on, windows don't overlap where y is
            None, or training diverges.
        TypeError
            If X is sparse.
        """
        self._validate_params()
        continues = self.warm_start and self.__sklearn_is_fitted__()
        course = Course(self.epochs, self.early_stopping, continues)
        return self._fit(X, y, sample_weight, validation_data, course)

    def partial_fit(self, X, y=None, sample_weight=None):
        """Train for one more epoch on all windows given, starting a network where there is none.

        Early stopping plays no part. Target scaling stays that of the first fit.

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

    def predict(self, X):
        """Predict what follows each window.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows. Missing steps are filled as the class's notes say.

        Returns
        -------
        ndarray of shape (n_samples,), (n_samples, n_outputs) or (n_samples, window_length, \
                n_outputs)
            float64, in y's units and the shape of y in `fit`, or in the units of X where y was
            None; then time-major: all targets one row ahead, then two. The medians where quantiles
            were learned.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other steps or channels than in `fit`, or is what `fit` refuses.
        """
        check_is_fitted(self)
        windows = self._check_new_windows(X)
        return self._predicted(self._dataset(windows))

    @available_if(_has_quantiles)
    def predict_quantiles(self, X):
        """Predict the `quantiles` of what follows each window, in increasing order.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, as in `predict`.

        Returns
        -------
        ndarray of shape (n_samples, n_quantiles) or (n_samples, n_outputs, n_quantiles)
            float64, in y's units. Two dimensions where there is one output. Where y had targets
            for each step, its shape and an axis of quantiles.

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

    def score(self, X, y=None, sample_weight=None):
        """Coefficient of determination R² on the complete windows of X, averaged over outputs.

        With `quantiles` it is that of the medians.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            True targets. None, after a fit without y: the rows that follow each window.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        float
            1 is perfect, 0 as good as the mean of the targets.

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
                f"{type(self).__name__} was fitted with y, so score(X) needs y too: only a "
                "network fitted without y knows that the rows after a window are its targets. "
                "Use score(X, y)."
            )
        windows = self._check_new_windows(X)
        known = None
        if y is None:
            channels = np.asarray(self._channels)
            rows, targets = self._own_targets(windows, self._horizon, channels, self._masks)
        else:
            each_step = self._network.each_step
            rows, targets, _, known = check_targets(windows, y, self, self._masks, each_step)
            if targets.shape[1] != self._network.n_targets:
                raise ValueError(
                    f"y has {targets.shape[1]} outputs, but {type(self).__name__} predicts "
                    f"{self._network.n_targets} for each window. Give y as predict returns it."
                )
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, windows, dtype=np.float64, ensure_non_negative=True
            )[rows]
        predicted = self._predicted(self._dataset(windows, rows)).reshape(targets.shape)
        if known is not None:  # a row for each step that is known
            targets, predicted = (
                values.reshape(*known.shape, -1)[known] for values in (targets, predicted)
            )
            if sample_weight is not None:
                sample_weight = np.repeat(sample_weight, known.sum(axis=1))
        return r2_score(targets, predicted, sample_weight=sample_weight)

    def forecast(self, X, steps):
        """Forecast the rows after the last window of X, feeding forecasts back as history.

        Needs a fit without y on all channels. Each call of the network gives `horizon` rows, so
        that the first `horizon` of them are those of `predict`: of quantiles, medians are fed back.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Windows, of which the last is rolled on.

        steps : int
            Rows to forecast. At least 1.

        Returns
        -------
        ndarray of shape (steps, n_channels)
            float64, in the units of X.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If the fit had y or a `target` that leaves channels out, so that nothing is known of the
            next window, or `steps` is less than 1.
        """
        check_is_fitted(self)
        if not self._is_self_target or list(self._channels) != list(range(self.n_channels_in_)):
            raise ValueError(
                f"forecast needs a {type(self).__name__} fitted without y and with target=None: "
                "it feeds forecasts of all channels back as history. Fit it so, or use predict."
            )
        if not at_least(1).is_satisfied_by(steps):
            raise ValueError(f"steps={steps!r} must be an int of at least 1: the rows to forecast.")
        windows = self._check_new_windows(X)
        last = self._dataset(windows, np.array([len(windows) - 1])).gather()
        history = self._filled(last)[0]
        inputs = self._inputs
        if inputs is None:
            return self._roll_on(history, int(steps), self._target_mean, self._target_scale)
        # The history stays as the network takes it, and so do the outputs that are fed back: at a
        # high level float32 would lose the changes.
        mean, scale = (np.tile(of, self._horizon) for of in (inputs.mean, inputs.scale))
        rolled = self._roll_on(
            history, int(steps), (self._target_mean - mean) / scale, self._target_scale / scale
        )
        return rolled * inputs.scale + inputs.mean

    def _roll_on(
        self, history: np.ndarray, steps: int, mean: np.ndarray, scale: np.ndarray, **naive: Any
    ) -> np.ndarray:
        """float64 (steps, n_forecast) after a history without NaN, except for masked steps; mean,
        scale : what turns outputs into rows of the history; naive : `level`, `baseline`, `known`
        and `inputs` of `inference.roll_on`.
        """
        from skgru._engine.inference import roll_on

        network, compiles = self._network, bool(self.jit_compile)
        rolled = roll_on(network, self._weights, history, mean, scale, steps, compiles, **naive)
        return rolled.astype(np.float64)

    @property
    def keras_estimator_(self) -> Any:
        """The trained network as a new scikeras KerasRegressor, in y's units."""
        check_is_fitted(self)
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
        self._check_loss()
        continues = course.continues
        if continues:
            self._check_new_windows(X)
        windows, n_dimensions = check_windows(X, self, is_fitted=continues)
        if y is None and n_dimensions == 2 and windows.shape[1] == 1:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and X "
                "has one column: windows of one step can't show that they overlap. Give y, or put "
                "a SequenceWindower before."
            )
        if y is None:
            self._check_follows()
        channels = check_target(self.target, windows.shape[2])
        like = self._network.each_step if continues else None
        dataset, shape, each_step = self._supervised(windows, y, sample_weight, channels, like)
        if continues and (y is None) != self._is_self_target:
            raise ValueError(
                f"{type(self).__name__} was fitted "
                f"{'without' if self._is_self_target else 'with'} y and can only be continued so. "
                "Use fit with warm_start=False to start afresh."
            )
        asked = (channels.tolist(), int(self.horizon))
        if continues and y is None and asked != (self._channels, self._horizon):
            raise ValueError(
                f"{type(self).__name__} was fitted on target channels {self._channels} with "
                f"horizon={self._horizon}, but target={self.target!r} and horizon={self.horizon} "
                "now ask for others. Use fit with warm_start=False to start afresh."
            )
        validation = None
        if validation_data is not None:
            X_val, y_val, weight = check_validation_data(validation_data, y is None)
            with in_validation_data():
                held_out, _ = check_windows(X_val, self, is_fitted=continues, like=X)
            check_like(held_out, windows)
            with in_validation_data():
                validation, _, _ = self._supervised(held_out, y_val, weight, channels, each_step)
            if validation.n_targets != dataset.n_targets:
                raise ValueError(
                    f"y_val in validation_data has {validation.n_targets} outputs, but y "
                    f"has {dataset.n_targets}. Give y_val as y."
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
                learned={
                    "_is_self_target": y is None,
                    "_channels": asked[0],
                    "_horizon": asked[1],
                },
                reach=self.horizon if y is None else n_steps,
                split=self._split_kind(windows, y is None, course),
                validation=validation,
            ),
            course,
        )
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
            rows, targets = self._own_targets(windows, self.horizon, channels, masks)
            shape: tuple[int, ...] = () if targets.shape[1] == 1 else (targets.shape[1],)
        else:
            rows, targets, shape, known = check_targets(windows, y, self, masks, like)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, windows, dtype=np.float64, ensure_non_negative=True
            )[rows]
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

    def _check_loss(self) -> None:
        """Refuse a loss that cannot be computed of normalised targets."""
        loss = self.loss
        name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
        if self.normalize_y and name.lower().replace("_", "") in NEEDS_OWN_UNITS:
            raise ValueError(
                f"loss={self.loss!r} needs targets in their own, positive units, but "
                "normalize_y=True subtracts their mean. Set normalize_y=False, or use another loss."
            )

    def _check_follows(self) -> None:
        """What follows a window is no target of its steps."""
        if self.return_sequences is True:
            raise ValueError(
                "return_sequences=True gives an output for each step of a window, but the targets "
                'are the rows that follow it, as y is None. Set return_sequences="auto", or give y '
                "with a target for each step."
            )

    def _own_targets(
        self, windows: np.ndarray, horizon: int, channels: np.ndarray, masks: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Windows whose next `horizon` rows are known, and those rows, time-major: (n_rows,),
        (n_rows, n_outputs).
        """
        if not is_overlapping(windows):
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and the "
                "windows of X do not overlap: the rows after a window can only be read off the "
                "later windows if window t + 1 is window t moved on by one row. Give y, or the "
                "windows of a SequenceWindower, in order."
            )
        last_rows = windows[:, -1, channels].astype(np.float64)
        targets = following_rows(last_rows, horizon)
        rows = usable_rows(windows[: len(targets)], masks)
        rows = rows[np.isfinite(targets[rows]).all(axis=1)]
        if not len(rows):
            raise ValueError(nothing_usable(windows, horizon, masks))
        return rows, targets[rows]
