"""GRUClassifier: the class of a window, or the token that follows it."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags, column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    _check_y,
    check_consistent_length,
    check_is_fitted,
)

from skgru._recurrent import RecurrentEstimator, usable_rows, without_zero_weights
from skgru._specs import CROSS_ENTROPY, Rows, TargetScaling
from skgru._validation import (
    at_least,
    check_labels,
    check_tokens,
    check_usable,
    check_windows,
    is_overlapping,
    nothing_usable,
    real_between,
)

# Targets are codes of classes: there is nothing to scale.
CODES = TargetScaling(np.zeros(1), np.ones(1), 1)


class GRUClassifier(ClassifierMixin, RecurrentEstimator):
    """Recurrent network that tells the class of a sequence, or the token that follows it.

    A GRU, LSTM or simple recurrent network with a softmax output layer, trained on the
    cross-entropy by the compiled engine of `GRURegressor`. Sequences may differ in length, and may
    hold tokens instead of numbers. Without y, overlapping windows of tokens are their own targets:
    the network learns the token that follows each window.

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
        after each of them.

    highway : bool, default=False
        Add a linear path from the whole window to the outputs, without bias and starting at zero,
        to what the recurrent layers give. It reads X as it is, a missing
        step as zeros, and not tokens.

    output_initializer : {"glorot_uniform", "zeros"}, default="glorot_uniform"
        How the weights of the output layer start. With "zeros" the untrained network gives all
        classes the same probability.

    embedding_dim : int or None, default=None
        None: X holds numbers. An int: X holds one channel of token ids, whole numbers from 0, of
        which the network learns a vector of this length each. As many as the largest id in `fit`
        plus one. At least 1.

    class_weight : dict, "balanced" or None, default=None
        Weight of each class, multiplied with `sample_weight`. "balanced" is n_samples / (n_classes
        * n_samples of the class).

    optimizer : str or keras.optimizers.Optimizer, default="adam"
        A Keras name or object. An object brings its own learning rate and clipping.

    learning_rate : float, "cosine" or Keras LearningRateSchedule, default=0.001
        Step size of a named optimizer. Greater than 0. "cosine": in the first 5 % of the steps of a
        fit up to 0.01, then down along half a cosine to 1 % of that; `epochs` calls of
        `partial_fit` make one such course, after which it stays at its last rate.

    clipnorm : float or None, default=None
        Longest gradient of a weight array that a named optimizer lets through. Greater than 0.

    epochs : int, default=50
        Passes over the training windows. At least 1.

    batch_size : int or "auto", default="auto"
        Windows in an optimiser step. "auto" is a sixteenth of the windows rounded down to a power
        of two, at most 32, and more for hundreds of thousands of windows.

    shuffle : bool, default=True
        Draw a new order of the windows in each epoch.

    early_stopping : bool, default=False
        Keep the last `validation_fraction` of the windows out, stop when `monitor` no longer gets
        better on them, and keep the weights of the best epoch. The last windows, not a stratified
        sample: shuffle sequences that have no order in time before `fit`.

    validation_fraction : float, default=0.1
        Share of the windows kept out by `early_stopping`, in (0, 1).

    monitor : {"loss", "accuracy"}, default="loss"
        What `early_stopping` watches.

    n_iter_no_change : int, default=10
        Epochs without an improvement by more than `tol` after which `early_stopping` stops. At
        least 1.

    tol : float, default=1e-4
        Least improvement of what is monitored. At least 0.

    warm_start : bool, default=False
        Let `fit` continue the network and optimiser state of the fit before.

    jit_compile : bool, default=True
        Train and predict in compiled programs, which changes nothing but the speed. What can't be
        compiled (callbacks with batch hooks, some optimizers) is trained by stock `Model.fit`, with
        a message; False chooses that for all.

    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Keras callbacks. Shallow copies of them are used, so that fit leaves its parameters as they
        are.

    missing : {"skip", "mask"}, default="mask"
        What becomes of windows with NaN. "mask" passes over steps at which a channel is NaN: the
        state is carried on from the step before, in `fit` and in `predict`, so that a sequence
        gives the same whatever NaN surrounds it (not the path of `highway`, to which a missing step
        is zero at its place). "skip" leaves such windows out of `fit` and
        `score` and fills them in `predict`, as in `GRURegressor`.

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
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted. Tokens that follow, where y was None.

    history_ : dict of str to list of float
        Loss of each epoch, and validation loss and accuracy with `early_stopping`.

    loss_curve_ : list of float
        Training loss of each epoch.

    n_iter_ : int
        Epochs that the network was trained for, in all.

    n_outputs_ : int
        1.

    n_features_in_ : int
        X.shape[1] in `fit`: the length of a window, times its channels where X has two dimensions.

    n_channels_in_ : int
        Channels of a window.

    n_parameters_ : int
        Numbers that training adjusts.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, where X was a data frame with string names.

    summary_ : str
        Layers, shapes and parameter counts of the network, one line each.

    model_ : keras.Model
        The trained network as an ordinary Keras model that gives probabilities. Built anew at each
        access. It takes missing steps as -3.4028235e38 (`numpy.finfo("float32").min`) in all
        channels, and tokens as their id plus 1, int32 (n, window_length), where 0 is no token.

    keras_estimator_ : scikeras.wrappers.KerasClassifier
        The trained network as scikeras holds it, for windows without NaN. Built anew at each
        access.

    See Also
    --------
    GRURegressor : The same for numbers.
    as_windows : Puts sequences of different lengths into one array.

    Notes
    -----
    A 2-D X is read as windows of `n_channels` channels. Columns of a data frame that are named as
    lags, such as "lag1", "lag_1", "y_lag_1" or "y_target_lag-1", are put in order, the largest lag
    first, and lags of several series become channels. An array has no names: its columns are read
    in fit's order. Sequences need no order: only where y is None are
    windows read as those of one series.

    All classes have a softmax output, also where there are two. Of two windows with weight 2 and 1,
    the first counts as if it were there twice.

    A window of which every step is missing is left out of `fit`; `predict` gives what the network
    says of an empty sequence.

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

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **RecurrentEstimator._parameter_constraints,
        "embedding_dim": [None, at_least(1)],
        "class_weight": [None, dict, StrOptions({"balanced"})],
        "monitor": [StrOptions({"loss", "accuracy"})],
    }

    def __init__(
        self,
        units=50,
        *,
        cell="gru",
        bidirectional=False,
        dropout=0.0,
        highway=False,
        output_initializer="glorot_uniform",
        embedding_dim=None,
        class_weight=None,
        optimizer="adam",
        learning_rate=0.001,
        clipnorm=None,
        epochs=50,
        batch_size="auto",
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        monitor="loss",
        n_iter_no_change=10,
        tol=1e-4,
        warm_start=False,
        jit_compile=True,
        callbacks=None,
        missing="mask",
        n_channels=None,
        random_state=None,
        verbose=0,
    ):
        self.units = units
        self.cell = cell
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.highway = highway
        self.output_initializer = output_initializer
        self.embedding_dim = embedding_dim
        self.class_weight = class_weight
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.clipnorm = clipnorm
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.jit_compile = jit_compile
        self.callbacks = callbacks
        self.missing = missing
        self.n_channels = n_channels
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None, sample_weight=None):
        """Train the network from scratch, or further with `warm_start=True`.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences, oldest step first. NaN is a missing step.

        y : array-like of shape (n_samples,), default=None
            Classes: numbers or strings. None, with `embedding_dim`: the token that follows each
            window, read off the later windows, which must overlap.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        GRUClassifier
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, X contains infinity or what is no token, y contains NaN,
            None, one class or numbers that are no classes, or has another length than X, no usable
            window is left to train on, windows don't overlap where y is None, or training diverges.
        TypeError
            If X is sparse.
        """
        self._validate_params()
        continues = self.warm_start and self.__sklearn_is_fitted__()
        classes = self.classes_ if continues else None
        return self._fit(X, y, sample_weight, classes, self.epochs, self.early_stopping, continues)

    def partial_fit(self, X, y=None, classes=None, sample_weight=None):
        """Train for one more epoch on all windows given, starting a network where there is none.

        Early stopping plays no part.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences, as in `fit`.

        y : array-like of shape (n_samples,), default=None
            Classes, as in `fit`.

        classes : array-like of shape (n_classes,), default=None
            All classes that there will ever be. Needed in the first call, but for where y is None:
            the classes then are all tokens up to the largest.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        GRUClassifier
            Itself.

        Raises
        ------
        ValueError
            As `fit` does, if `classes` is missing in the first call or differs in a later one, or
            `class_weight` is "balanced", which one part of the data can't tell.
        """
        self._validate_params()
        continues = self.__sklearn_is_fitted__()
        if self.class_weight == "balanced":
            raise ValueError(
                'class_weight="balanced" is not supported for partial_fit, which does not see all '
                "of y. Compute the weights with sklearn.utils.class_weight.compute_class_weight "
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
                    f"classes={classes.tolist()} names one class, but a classifier needs at least "
                    "2 to tell apart. Name all classes that later calls will bring."
                )
        elif y is not None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit: all classes that later "
                "calls will bring, such as classes=np.unique(y_of_everything)."
            )
        return self._fit(X, y, sample_weight, classes, 1, False, continues, is_part=True)

    def predict(self, X):
        """Predict the class of each sequence: the one of the highest probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of shape (n_samples,)
            Members of `classes_`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other steps or channels than in `fit`, or is what `fit` refuses.
        """
        best = self._logits(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            float64, in the order of `classes_`. Each row sums to 1, and does not depend on the
            other rows of X.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            As `predict` does.
        """
        return softmax(self._logits(X), axis=1)

    def predict_log_proba(self, X):
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            float64, in the order of `classes_`. Finite where the probability rounds to zero.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            As `predict` does.
        """
        return log_softmax(self._logits(X), axis=1)

    def score(self, X, y=None, sample_weight=None):
        """Share of sequences whose class is predicted.

        Without y, windows that no known token follows are not scored: a token that is NaN, because
        it was not seen in `fit`, is no error.

        Parameters
        ----------
        X : array-like of shape (n_samples, window_length, n_channels) or (n_samples, window_length)
            Sequences. With `missing="skip"` only those without NaN are scored.

        y : array-like of shape (n_samples,), default=None
            True classes. None, after a fit without y: the tokens that follow.

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
                f"{type(self).__name__} was fitted with y, so score(X) needs y too: only a "
                "network fitted without y knows that the token after a window is its class. "
                "Use score(X, y)."
            )
        windows = self._check_new_windows(X)
        if y is None:
            rows, y = self._next_tokens(windows, self._masks)
        else:
            y = column_or_1d(y, warn=True)
            check_consistent_length(windows, y)
            rows = usable_rows(windows, False) if not self._masks else np.arange(len(windows))
            if not len(rows):
                raise ValueError(nothing_usable(windows, 0, self._masks))
            y = y[rows]
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, windows, dtype=np.float64, ensure_non_negative=True
            )[rows]
        predicted = self.classes_[self._outputs(Rows(windows, rows)).argmax(axis=1)]
        return accuracy_score(y, predicted, sample_weight=sample_weight)

    @property
    def keras_estimator_(self) -> Any:
        """The trained network as a new scikeras KerasClassifier."""
        check_is_fitted(self)
        from skgru._engine.wrapper import fitted_classifier

        return fitted_classifier(
            self._network, self._fitted_training, self._state, self.history_, self.classes_
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False  # ClassifierMixin, which comes first, says True
        return tags

    def _trained_loss(self) -> str:
        return CROSS_ENTROPY

    def _logits(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        windows = self._check_new_windows(X)
        return self._outputs(Rows(windows, np.arange(len(windows)))).astype(np.float64)

    def _check_new_windows(self, X: Any) -> np.ndarray:
        windows = super()._check_new_windows(X)
        if self._architecture["embedding_dim"]:
            check_tokens(windows, self._architecture["n_tokens"])
        return windows

    def _fit(self, X, y, sample_weight, classes, epochs, early_stopping, continues, is_part=False):
        if continues:
            self._check_new_windows(X)
        windows, _ = check_windows(X, self, is_fitted=continues)
        masks = self.missing == "mask"
        if self.embedding_dim is None and y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None. Only of "
                "tokens (embedding_dim) can the class be read off X: it is the token that follows "
                "a window. Give y."
            )
        if y is None and windows.shape[1] == 1:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and X "
                "has one column: windows of one step can't show that they overlap. Give y, or put "
                "a SequenceWindower before."
            )
        n_tokens = self._n_tokens(windows, continues)
        if continues and (y is None) != self._is_self_target:
            raise ValueError(
                f"{type(self).__name__} was fitted "
                f"{'without' if self._is_self_target else 'with'} y and can only be continued so. "
                "Use fit with warm_start=False to start afresh."
            )
        if y is None:
            rows, labels = self._next_tokens(windows, masks)
            if classes is None:
                # A token that follows nothing here may do so in the next call of partial_fit.
                classes = np.arange(n_tokens) if is_part else np.unique(labels)
        else:
            check_labels(y, self)
            y = _check_y(y, estimator=self)
            if y.dtype.kind == "O" and (missing := [i for i, one in enumerate(y) if one is None]):
                raise ValueError(
                    f"y[{missing[0]}] is None ({len(missing)} of {len(y)} labels are). Leave such "
                    "sequences out, or give them a label of their own."
                )
            check_classification_targets(y)
            check_consistent_length(windows, y)
            classes = np.unique(y) if classes is None else classes
            rows = check_usable(windows, masks)
            if 2 * len(rows) < len(windows):
                warnings.warn(
                    f"{len(windows) - len(rows)} of {len(windows)} windows are left out of fit, "
                    f"because they contain NaN and missing={self.missing!r}. "
                    + ("Each of their steps does." if masks else 'missing="mask" keeps them.'),
                    UserWarning,
                    stacklevel=3,
                )
            labels = y[rows]
        codes = _codes(labels, classes)
        if self.class_weight is not None or sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, windows, dtype=np.float64, ensure_non_negative=True
            )[rows]
            sample_weight = sample_weight * self._class_weights(labels, classes)
            rows, codes, sample_weight = without_zero_weights(rows, codes, sample_weight)
        self._fit_network(
            X,
            Rows(windows, rows),
            codes,
            sample_weight,
            is_part=is_part,
            epochs=epochs,
            early_stopping=early_stopping,
            reach=1,
            scaling_of=lambda targets, weight: CODES,
            continues=continues,
            shape={
                "n_classes": len(classes),
                "n_tokens": n_tokens,
                "embedding_dim": self.embedding_dim or 0,
            },
            learned={"classes_": classes, "_is_self_target": y is None},
        )
        return self

    def _n_tokens(self, windows: np.ndarray, continues: bool) -> int:
        """How many tokens there are, 0 where X holds numbers."""
        if self.embedding_dim is None:
            return 0
        if self.highway:
            raise ValueError(
                f"highway=True adds a linear path from numbers, but embedding_dim="
                f"{self.embedding_dim} says that X holds tokens. Set highway=False."
            )
        return check_tokens(windows, self._architecture["n_tokens"] if continues else None)

    def _class_weights(self, labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Weight of each label by its class."""
        if not isinstance(self.class_weight, dict):
            present, codes = np.unique(labels, return_inverse=True)
            return compute_class_weight(self.class_weight, classes=present, y=labels)[codes]
        for name, weight in self.class_weight.items():
            if not real_between(0, None, closed="left").is_satisfied_by(weight):
                raise ValueError(
                    f"class_weight={self.class_weight!r} gives class {name!r} the weight "
                    f"{weight!r}, but weights must be finite numbers of at least 0."
                )
        weights = compute_class_weight(self.class_weight, classes=classes, y=labels)
        return weights[np.searchsorted(classes, labels)]

    def _next_tokens(self, windows: np.ndarray, masks: bool) -> tuple[np.ndarray, np.ndarray]:
        """Windows that a token follows, and those tokens: (n_rows,), (n_rows,) int."""
        if not is_overlapping(windows):
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None and the "
                "windows of X do not overlap: the token after a window can only be read off the "
                "next window if that is this one moved on by one row. Give y, or the windows of a "
                "SequenceWindower, in order."
            )
        following = windows[1:, -1, 0]
        rows = usable_rows(windows[:-1], masks)
        rows = rows[np.isfinite(following[rows])]
        if not len(rows):
            raise ValueError(nothing_usable(windows, 1, masks))
        return rows, following[rows].astype(np.int64)


def _codes(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Positions of labels among the classes, as float64 (n_rows, 1)."""
    if len(classes) < 2:
        raise ValueError(
            f"y has one class, {classes.tolist()[0]!r}, but a classifier needs at least 2 classes "
            "to tell apart."
        )
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"y contains labels {unknown.tolist()} that are not among the classes of the first "
            f"fit, {classes.tolist()}. Name all classes in the first call of partial_fit, or use "
            "fit with warm_start=False."
        )
    return np.searchsorted(classes, labels).astype(np.float64)[:, np.newaxis]
