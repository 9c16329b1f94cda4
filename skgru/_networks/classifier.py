"""GRUClassifier: classes of windows or of their steps, labels, and tokens that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_expit, log_softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags, column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import _check_y, check_consistent_length, check_is_fitted

from skgru._all_or_nothing import reads_once, stores_at_once
from skgru._dataset import WindowDataset
from skgru._networks.base import Course, RecurrentEstimator, Task
from skgru._networks.checkpoint import checked_path
from skgru._networks.checks import (
    check_tokens,
    check_usable,
    check_validation_data,
    check_weights,
    check_windows,
    in_validation_data,
    is_overlapping,
    nothing_usable,
)
from skgru._networks.epoch_tasks import data_of
from skgru._networks.labels import Labels, labels_of
from skgru._networks.split import usable_rows, weight_of_steps, without_zero_weights
from skgru._specs import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, NetworkSpec, TargetScaling
from skgru._tensorflow import load_engine
from skgru._validation import at_least, real_between
from skgru._warnings import warn_user


class GRUClassifier(ClassifierMixin, RecurrentEstimator):
    """Recurrent network that classifies sequences of numbers or of tokens.

    The network has GRU, LSTM or simple recurrent layers and a softmax output layer, and training
    minimises the cross-entropy. y holds a class for each sequence, a class for each step, or
    several labels for each sequence. Without y, the classes are the tokens that follow each window.

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

    highway : bool, default=False
        Whether a linear path from the whole window is added to the outputs. The path has no bias,
        and its weights start at zero. It reads a missing step as the mean of its channel. It is not
        available for tokens, nor for classes of each step.

    output_initializer : {"glorot_uniform", "zeros"}, default="glorot_uniform"
        Initial weights of the output layer. With "zeros", the untrained network gives all classes
        the same probability.

    embedding_dim : int or None, default=None
        Length of the vector that the network learns for each token.

        - None: X holds numbers.
        - an int of at least 1: X holds one channel of token ids, which are whole numbers from 0 to
          the largest id in `fit`.

    return_sequences : bool or "auto", default="auto"
        Whether the network predicts a class for each step (True) or for the sequence as a whole
        (False). "auto" depends on the shape of y:

        - (n_samples,) or (n_samples, 1): a class for each sequence.
        - (n_samples, window_length): a class for each step. If y holds only 0 and 1, a warning says
          that they could also be labels of a sequence.
        - (n_samples, n_labels) of 0 and 1: several labels for each sequence.

    class_weight : dict, "balanced" or None, default=None
        Weight of each class, which is multiplied by `sample_weight`. "balanced" is
        n_samples / (n_classes * n_samples_of_class). None: all classes have weight 1.

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

    epochs : int, default=20
        Passes over the training windows. At least 1.

    batch_size : int or "auto", default="auto"
        Number of windows in each optimizer step. At least 1. "auto" is n_windows / 16, rounded down
        to a power of two, at least 2 and at most 32. For 262,144 windows or more, it is
        n_windows / 4096, rounded down to a power of two.

    shuffle : bool, default=True
        Whether each epoch has a new random order of the windows.

    early_stopping : bool, default=False
        Whether a part of the sequences is held out for validation. Training then stops when
        `monitor` no longer improves on them, and the weights of the best epoch are kept.

    validation_fraction : float, default=0.1
        Share of the sequences that `early_stopping` holds out, in (0, 1).

    validation_split : {"auto", "last", "random", "stratified"}, default="auto"
        Sequences that `early_stopping` holds out.

        - "last": the last sequences.
        - "random": random sequences.
        - "stratified": random sequences, the same share of each class.
        - "auto": "last" if windows overlap or y is None, because the windows then belong to one
          series. Otherwise "stratified" if each sequence has one class, and "random" if it has
          several labels or a class for each step.

    monitor : {"loss", "accuracy"}, default="loss"
        Metric of the validation sequences that `early_stopping` uses.

    n_iter_no_change : int, default=10
        Number of epochs without an improvement by more than `tol` after which `early_stopping`
        stops. At least 1.

    tol : float, default=1e-4
        Smallest change of `monitor` that is an improvement. At least 0. Use a smaller value if the
        loss is small, and a larger value to stop earlier.

    normalize_X : bool, default=True
        Whether each channel is standardised with its mean and standard deviation over the training
        windows. All methods, and `model_`, take windows in their original units. Tokens are not
        changed.

    warm_start : bool, default=False
        Whether `fit` continues to train the fitted network, with its optimizer state. Use it if the
        network needs more epochs, or if new sequences resemble the earlier ones.

    jit_compile : bool, default=True
        Whether training and prediction run in compiled programs, which are faster. The results are
        those of stock `Model.fit`, except that dropout draws different random numbers. With an
        optimizer that cannot be compiled, or a callback that is called for each batch, stock
        `Model.fit` trains the network, with a warning. False: stock `Model.fit` always trains the
        network.

    metrics : str, callable, keras.metrics.Metric, list of them or None, default=None
        Keras metrics, besides the loss and the accuracy, that `history_` reports for each epoch and
        that callbacks can monitor. They are weighted as the loss is.

    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Keras callbacks. `fit` uses shallow copies of them. Their attribute `model` is a model like
        `model_`.

    missing : {"skip", "mask"}, default="mask"
        Treatment of windows that contain NaN.

        - "mask": steps at which a channel is NaN are ignored in `fit` and `predict`. The state of
          the recurrent layers does not change at such a step, so that NaN around a sequence has no
          effect. The exception is `highway`, which reads each step at its position.
        - "skip": they are left out of `fit` and `score`, and filled in `predict`, as in
          `GRURegressor`.

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
    classes_ : ndarray of shape (n_classes,)
        The sorted classes. If y is None, the tokens that follow a window. With several labels for
        each sequence, the positions of the labels, 0 to n_labels - 1.

    history_ : dict of str to list of float
        Loss, accuracy and metrics of each epoch. With `early_stopping` or `validation_data`, also
        those of the validation sequences, such as "val_accuracy".

    loss_curve_ : list of float
        Training loss of each epoch.

    n_iter_ : int
        Number of epochs of training, including those of earlier fits that were continued.

    n_outputs_ : int
        1, or the number of labels.

    n_features_in_ : int
        X.shape[1] in `fit`. It is the window length for X of three dimensions, and the window
        length times the number of channels for X of two dimensions.

    n_channels_in_ : int
        Number of channels of a window.

    n_parameters_ : int
        Number of trained weights.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X in `fit`. Defined only if X is a data frame and all its names are
        strings.

    summary_ : str
        Layers of the network, one line each, with output shapes and parameter counts.

    model_ : keras.Model
        The trained network as an ordinary Keras model, which each access builds anew.

        - Inputs: windows in the units of X, as float32. A missing step is -3.4028235e38
          (`numpy.finfo("float32").min`) in all channels. Tokens are their id plus 1, as int32 of
          shape (n, window_length), where 0 is no token.
        - Outputs: probabilities.

    keras_estimator_ : scikeras.wrappers.KerasClassifier
        The trained network as a scikeras estimator, which each access builds anew. It takes windows
        without NaN.

    See Also
    --------
    GRURegressor : Recurrent network for numeric targets.
    as_windows : Puts sequences of different lengths into one array.

    Notes
    -----
    An X of two dimensions is read as windows of `n_channels` channels. Columns of a data frame that
    are named as lags, such as "lag1", "lag_1", "y_lag_1" or "y_target_lag-1", are sorted, the
    largest lag first, and the lags of several series become channels. The columns of an array are
    read in the order of `fit`.

    The sequences may have any order. If y is None, they must be consecutive windows of one series.

    The output layer has a softmax over the classes, also if there are two. With several labels,
    each label has a sigmoid output, and training minimises the binary cross-entropy. A window of
    weight 2 counts as two windows of weight 1.

    Windows of NaN alone are left out of `fit`. In `predict`, the network reads such a window as an
    empty sequence.

    References
    ----------
    .. [1] Cho, K. et al. (2014). Learning Phrase Representations using RNN Encoder-Decoder for
       Statistical Machine Translation. EMNLP. https://doi.org/10.3115/v1/D14-1179

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import GRUClassifier, as_windows
    >>> rng = np.random.default_rng(0)
    >>> walks = [rng.normal(drift, 1, rng.integers(5, 15)) for drift in [-1, 1] * 50]
    >>> X, y = as_windows(walks), np.array(["down", "up"] * 50)
    >>> classifier = GRUClassifier(8, epochs=20, learning_rate=0.02, random_state=0).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    >>> classifier.predict(as_windows([[1.2, 0.7, 2.0]], window_length=14))
    array(['up'], dtype='<U4')
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **RecurrentEstimator._parameter_constraints,
        "embedding_dim": [None, at_least(1)],
        "class_weight": [None, dict, StrOptions({"balanced"})],
        "monitor": [StrOptions({"loss", "accuracy"})],
    }

    classes_: np.ndarray

    # More than 60 lines, because scikit-learn reads the parameters from the signature.
    def __init__(
        self,
        units: int | Sequence[int] = 50,
        *,
        cell: str = "gru",
        bidirectional: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        highway: bool = False,
        output_initializer: str = "glorot_uniform",
        embedding_dim: int | None = None,
        return_sequences: bool | str = "auto",
        class_weight: Mapping[Any, float] | str | None = None,
        optimizer: str | Any = "adam",
        learning_rate: float | str | Any = "auto",
        clipnorm: float | None = None,
        alpha: float = 0.0,
        epochs: int = 20,
        batch_size: int | str = "auto",
        shuffle: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        validation_split: str = "auto",
        monitor: str = "loss",
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        normalize_X: bool = True,
        warm_start: bool = False,
        jit_compile: bool = True,
        metrics: str | Callable[..., Any] | Sequence[Any] | None = None,
        callbacks: Any | Sequence[Any] | None = None,
        missing: str = "mask",
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
        self.embedding_dim = embedding_dim
        self.return_sequences = return_sequences
        self.class_weight = class_weight
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
        self.monitor = monitor
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.normalize_X = normalize_X
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
        y: Any | None = None,
        sample_weight: ArrayLike | None = None,
        validation_data: Any | None = None,
        checkpoint: str | PathLike[str] | None = None,
    ) -> Self:
        """Train a new network, or continue the fitted one with `warm_start=True`.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences, oldest step first. NaN is a missing step.

        y : array-like, default=None
            Classes, as numbers or strings.

            - (n_samples,): a class for each sequence.
            - (n_samples, window_length): a class for each step.
            - (n_samples, n_labels) of 0 and 1: the labels of each sequence.
            - None, only with `embedding_dim`: the token after each window. It is taken from the
              next window, so each window must be the previous one shifted by one row.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        validation_data : tuple (X_val, y_val[, sample_weight_val]) or X_val, default=None
            Sequences for validation. `history_` holds their loss and metrics of each epoch, such as
            "val_accuracy". With `early_stopping=True`, they replace the held-out sequences, and
            training uses all sequences of X. Give X_val alone if y is None.

        checkpoint : str, PathLike or None, default=None
            A file for the unfinished fit. It is written after epochs, once a second at most, and
            removed at the end. If it exists, the fit goes on from it: after a crash, run the same
            code again, and the network is that of a fit without a crash. None: no file.

        Returns
        -------
        GRUClassifier
            Itself.

        Raises
        ------
        ValueError
            If

            - a parameter is out of range,
            - X contains infinity, or values that are not tokens,
            - y contains NaN, None, a single class or continuous numbers,
            - y has another length than X,
            - no window can be used,
            - y is None and the windows do not overlap,
            - training diverges in its first epoch,
            - `checkpoint` holds another fit, or is given with `callbacks`.
        TypeError
            If X is sparse.
        """
        self._validate_params()
        continues = self.warm_start and self.__sklearn_is_fitted__()
        classes = self.classes_ if continues else None
        path = checked_path(checkpoint, self.callbacks)
        course = Course(self.epochs, self.early_stopping, continues, checkpoint=path)
        return self._fit(X, y, sample_weight, validation_data, classes, course)

    @stores_at_once
    def partial_fit(
        self,
        X: ArrayLike,
        y: Any | None = None,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch on the given windows. The first call creates the network.

        Early stopping has no effect.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences, as in `fit`.

        y : array-like of shape (n_samples,), default=None
            Classes, as in `fit`.

        classes : array-like of shape (n_classes,), default=None
            The classes of all calls. Required in the first call. If y is None, the classes are all
            tokens up to the largest token of the first call.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        GRUClassifier
            Itself.

        Raises
        ------
        ValueError
            As `fit` does. Also if `classes` is missing in the first call or differs in a later one,
            and with `class_weight="balanced"`, which needs the classes of all calls.
        """
        self._validate_params()
        continues = self.__sklearn_is_fitted__()
        if self.class_weight == "balanced":
            raise ValueError(
                'class_weight="balanced" is not supported for partial_fit, because it needs all of '
                "y. Compute the weights with sklearn.utils.class_weight.compute_class_weight "
                "and give them as a dict."
            )
        if continues:
            if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                raise ValueError(
                    f"classes={classes!r} is not the same as on the last call to partial_fit, "
                    f"which was {self.classes_!r}. Leave classes out."
                )
            classes = self.classes_
        elif classes is not None:
            classes = np.unique(_check_y(classes, estimator=self))
            if len(classes) < 2:
                raise ValueError(
                    f"classes={classes.tolist()} has one class, but a classifier needs at least 2. "
                    "Include all classes of later calls."
                )
        elif y is not None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit, including all classes of "
                "later calls. Use classes=np.unique(y_of_all_calls), for example."
            )
        course = Course(1, continues=continues, is_part=True)
        return self._fit(X, y, sample_weight, None, classes, course)

    @reads_once
    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the most probable class of each sequence or step.

        A label is predicted if its probability is above 0.5.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of shape (n_samples,), (n_samples, window_length) or (n_samples, n_labels)
            The class of each sequence or step, or 0 and 1 for each label, as y in `fit`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other steps or channels than in `fit`, or for the reasons listed in `fit`.
        """
        return self._predicted(self._outputs(self._checked_rows(X)))

    @reads_once
    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of shape (n_samples[, window_length], n_classes) or (n_samples, n_labels)
            Probabilities as float64, in the order of `classes_`. Those of classes sum to 1, and
            those of labels are independent of each other. A row does not depend on the other rows
            of X.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            As `predict` does.
        """
        outputs = self._outputs(self._checked_rows(X))
        return self._network.probabilities(outputs)

    @reads_once
    def predict_log_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of the shape of `predict_proba`
            Logarithms as float64, in the order of `classes_`. They are finite even if the
            probability rounds to zero.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            As `predict` does.
        """
        outputs = self._outputs(self._checked_rows(X)).astype(np.float64)
        network = self._network
        if network.is_multilabel:
            return log_expit(outputs)
        steps = (network.window_length,) if network.each_step else ()
        return log_softmax(outputs.reshape(len(outputs), *steps, network.n_classes), axis=-1)

    @reads_once
    def score(
        self, X: ArrayLike, y: Any | None = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Accuracy: share of sequences or steps whose class is predicted.

        With several labels, all labels of a sequence must be predicted. Without y, windows are left
        out if the next token is NaN, which stands for a token that was not in `fit`.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences. With `missing="skip"` only those without NaN are scored.

        y : array-like of shape (n_samples,), default=None
            True classes. None, only after a fit without y: the tokens that follow each window.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        float
            Accuracy, in [0, 1].

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
        network, known = self._network, None
        if y is None:
            rows, y = self._next_tokens(windows, self._masks, is_fit=False)
        else:
            rows = usable_rows(windows, False) if not self._masks else np.arange(len(windows))
            if not len(rows):
                raise ValueError(nothing_usable(windows, 0, self._masks, is_fit=False))
            if network.each_step or network.is_multilabel:
                labels = labels_of(windows, rows, y, self, self._kind_of_labels)
                y, known = labels.values, labels.known
                if labels.kind == "labels" and y.shape[1] != network.n_outputs:
                    raise ValueError(
                        f"y has {y.shape[1]} labels, but {type(self).__name__} predicts "
                        f"{network.n_outputs} for each sequence. Give y in the shape that predict "
                        "returns."
                    )
            else:
                y = column_or_1d(y, warn=True)
                check_consistent_length(windows, y)
                y = y[rows]
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, windows)[rows]
        predicted = self._predicted(self._outputs(self._dataset(windows, rows)))
        if known is not None:
            y, predicted = y[known], predicted[known]
            if sample_weight is not None:
                sample_weight = np.repeat(sample_weight, known.sum(axis=1))
        from sklearn.metrics import accuracy_score

        return accuracy_score(y, predicted, sample_weight=sample_weight)

    @property
    @reads_once
    def keras_estimator_(self) -> Any:
        """The trained network as a new scikeras KerasClassifier."""
        check_is_fitted(self)
        if self._network.each_step:
            raise ValueError(
                "keras_estimator_ is a scikeras KerasClassifier, which does not support classes of "
                "each step. Use model_, which returns their probabilities."
            )
        load_engine()
        from skgru._engine.keras_export import fitted_classifier

        return fitted_classifier(
            self._network,
            self._fitted_training,
            self._state,
            self._inputs,
            self.history_,
            self.classes_,
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False  # ClassifierMixin, which comes first, says True
        tags.classifier_tags.multi_label = True
        return tags

    def _trained_loss(self, network: NetworkSpec) -> str:
        return BINARY_CROSS_ENTROPY if network.is_multilabel else CROSS_ENTROPY

    def _checked_rows(self, X: Any) -> WindowDataset:
        check_is_fitted(self)
        return self._dataset(self._check_new_windows(X))

    def _predicted(self, outputs: np.ndarray) -> np.ndarray:
        """The result of `predict` for logits (n, n_values)."""
        network = self._network
        if network.is_multilabel:
            return (outputs > 0).astype(self._label_dtype)
        steps = (network.window_length,) if network.each_step else ()
        logits = outputs.reshape(len(outputs), *steps, network.n_classes)
        return self.classes_[logits.argmax(axis=-1)]

    def _check_new_windows(self, X: Any) -> np.ndarray:
        windows = super()._check_new_windows(X)
        if self._architecture["embedding_dim"]:
            check_tokens(windows, self._architecture["n_tokens"])
        return windows

    def _fit(self, X, y, sample_weight, validation_data, classes, course):
        continues = course.continues
        if continues:
            self._check_new_windows(X)
        windows, _ = check_windows(X, self, is_fitted=continues)
        if y is None:
            self._check_next_tokens(windows)
        n_tokens = self._n_tokens(windows, continues)
        if continues:
            self._check_same_target(y)
        if y is None and classes is None and course.is_part:
            # Any token may follow a window in a later call of partial_fit.
            classes = np.arange(n_tokens)
        rows, labels = self._labelled(windows, y, self._kind_of_labels if continues else None)
        if classes is None:
            classes = labels.classes()
        class_weights = self._class_weights(labels, classes)
        dataset, rows_kept = self._supervised(
            windows, rows, labels, classes, class_weights, sample_weight
        )
        validation = None
        if validation_data is not None:
            X_val, y_val, weight = check_validation_data(validation_data, y is None)
            held_out = self._validation_windows(X_val, X, windows, continues)
            with in_validation_data():
                if n_tokens:
                    check_tokens(held_out, n_tokens)
                rows_val, labels_val = self._labelled(held_out, y_val, labels.kind)
                if labels.kind != "labels":
                    self._check_known_classes(labels_val, classes)
                validation, _ = self._supervised(
                    held_out, rows_val, labels_val, classes, class_weights, weight
                )
        has_class = labels.kind == "class"
        identity = TargetScaling.identity(dataset.n_targets, ())  # codes of classes are not scaled
        self._fit_network(
            Task(
                X,
                dataset,
                shape=self._output_shape(labels, len(classes), n_tokens),
                scaling_of=lambda dataset: identity,
                learned={
                    "classes_": classes,
                    "_is_self_target": y is None,
                    "_label_dtype": labels.values.dtype,
                },
                reach=windows.shape[1] if labels.kind == "steps" else 1,
                split=self._split_kind(windows, y is None, course, has_class and y is not None),
                # No warning if a token is only found in the last windows of a series.
                labels=None if y is None else labels.at(rows_kept),
                validation=validation,
                shown=data_of(X, y, sample_weight, dataset),
            ),
            course,
        )
        return self

    def _check_next_tokens(self, windows: np.ndarray) -> None:
        """Raise ValueError if the windows cannot give the classes, which are the next tokens."""
        if self.embedding_dim is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None. Without "
                "y, the classes are the tokens that follow each window of X. Give y, or set "
                "embedding_dim if X holds tokens."
            )
        self._check_several_steps(windows)
        if self.return_sequences is True:
            raise ValueError(
                "return_sequences=True needs a class for each step of a window, but y is None and "
                'the classes are the tokens after a window. Set return_sequences="auto", or give y '
                "with a class for each step."
            )

    def _check_known_classes(self, labels: Labels, classes: np.ndarray) -> None:
        """Raise ValueError if y_val has classes that y has not."""
        unknown = np.setdiff1d(labels.present(), classes)
        if len(unknown):
            raise ValueError(
                f"y_val contains labels {unknown.tolist()} that are not among the classes of y, "
                f"{classes.tolist()}. Leave such sequences out."
            )

    def _output_shape(self, labels: Labels, n_classes: int, n_tokens: int) -> dict[str, Any]:
        """Fields of NetworkSpec that depend on the labels and on the tokens."""
        is_multilabel = labels.kind == "labels"
        return {
            "n_outputs": labels.values.shape[1] if is_multilabel else 1,
            "n_classes": 0 if is_multilabel else n_classes,
            "is_multilabel": is_multilabel,
            "each_step": labels.kind == "steps",
            "n_tokens": n_tokens,
            "embedding_dim": self.embedding_dim or 0,
        }

    @property
    def _kind_of_labels(self) -> str:
        """Kind of the labels in `fit`, as in `Labels.kind`."""
        network = self._network
        return "steps" if network.each_step else "labels" if network.is_multilabel else "class"

    def _labelled(self, windows: np.ndarray, y: Any, kind: str | None) -> tuple[np.ndarray, Labels]:
        """Positions of the usable windows, and their labels. kind : required kind of the labels;
        None: y decides.
        """
        masks = self.missing == "mask"
        if y is None:
            rows, tokens = self._next_tokens(windows, masks, is_fit=True)
            return rows, Labels("class", tokens)
        rows = check_usable(windows, masks, is_fit=True)
        labels = labels_of(windows, rows, y, self, kind)
        if 2 * len(rows) < len(windows):
            warn_user(
                f"{len(windows) - len(rows)} of {len(windows)} windows are left out of fit, "
                f"because missing={self.missing!r} and "
                + (
                    "all their steps are NaN. Drop these windows to fit without this warning."
                    if masks
                    else 'they contain NaN. Use missing="mask" to keep them.'
                )
            )
        return rows, labels

    def _supervised(
        self,
        windows: np.ndarray,
        rows: np.ndarray,
        labels: Labels,
        classes: np.ndarray,
        class_weights: np.ndarray | None,
        sample_weight: Any,
    ) -> tuple[WindowDataset, np.ndarray]:
        """Windows, targets and weights, and which of the labels they belong to."""
        targets = labels.targets(classes)
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, windows)[rows]
        weight = weight_of_steps(sample_weight, labels.known)
        if class_weights is not None:
            # (n_rows, 1) or (n_rows, window_length)
            by_class = class_weights[targets.astype(int)]
            if labels.known is not None:
                by_class = by_class * labels.known
            weight = by_class if weight is None else by_class * weight.reshape(len(rows), -1)
            weight = weight if labels.kind == "steps" else weight.ravel()
        picked = np.arange(len(rows))
        if weight is not None:
            picked, targets, weight = without_zero_weights(picked, targets, weight)
        return WindowDataset(windows, rows[picked], targets, weight), picked

    def _n_tokens(self, windows: np.ndarray, continues: bool) -> int:
        """Number of tokens, 0 if X holds numbers."""
        if self.embedding_dim is None:
            return 0
        if self.highway:
            raise ValueError(
                f"highway=True needs an X of numbers, but embedding_dim={self.embedding_dim} is "
                "for tokens. Set highway=False."
            )
        return check_tokens(windows, self._architecture["n_tokens"] if continues else None)

    def _class_weights(self, labels: Labels, classes: np.ndarray) -> np.ndarray | None:
        """Weight of each class, (n_classes,), or None if all classes have the same weight."""
        if self.class_weight is None:
            return None
        if labels.kind == "labels":
            raise ValueError(
                f"class_weight={self.class_weight!r} needs classes, but y holds several labels for "
                "each sequence. Set class_weight=None, or give sample_weight."
            )
        y = labels.flat()
        if isinstance(self.class_weight, dict):
            for name, weight in self.class_weight.items():
                if not real_between(0, None, closed="left").is_satisfied_by(weight):
                    raise ValueError(
                        f"class_weight={self.class_weight!r} has the weight {weight!r} for class "
                        f"{name!r}, but weights must be finite numbers of at least 0. Use 0 to "
                        "ignore a class."
                    )
            try:
                return compute_class_weight(self.class_weight, classes=classes, y=y)
            except ValueError as error:  # keys that are no classes
                known = classes.tolist()
                odd = next(key for key in self.class_weight if key not in known)
                raise ValueError(
                    f"class_weight={self.class_weight!r} has the key {odd!r}, which is no class of "
                    f"y. Use the classes as keys: {known!r}."
                ) from error
        weights, present = np.ones(len(classes)), labels.classes()
        is_present = np.isin(classes, present)
        weights[is_present] = compute_class_weight(self.class_weight, classes=present, y=y)
        return weights

    def _next_tokens(
        self, windows: np.ndarray, masks: bool, is_fit: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the windows with a known next token, (n_rows,), and these tokens, (n_rows,)
        int.
        """
        if not is_overlapping(windows):
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and the "
                "windows of X do not overlap. Without y, window t + 1 must be window t shifted by "
                "one row. Give y, or the windows of a SequenceWindower in their order."
            )
        following = windows[1:, -1, 0]
        rows = usable_rows(windows[:-1], masks)
        rows = rows[np.isfinite(following[rows])]
        if not len(rows):
            raise ValueError(nothing_usable(windows, 1, masks, is_fit))
        return rows, following[rows].astype(np.int64)
