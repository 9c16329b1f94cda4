"""Keras models from the specification of a network, and their weights as arrays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from skgru._engine.losses import public_loss, training_loss
from skgru._engine.metrics import network_metrics, probabilities
from skgru._engine.names import constant_names
from skgru._engine.optimizers import optimizer_maker, slots_of
from skgru._specs import N_GATES, InputScaling, NetworkSpec, NetworkState, TrainingSpec

KERAS_CELLS = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "rnn": keras.layers.SimpleRNN}


# Value of a missing step in the input of a Keras model. Checks exclude it from windows.
MASKED = np.finfo(np.float32).min


# Layers that remove the mask from the input of the linear path, and do not change its values.
UNMASKING = ("zeros", "unmasked")


def summary(spec: NetworkSpec) -> str:
    """A line for each layer: its name, its output shape for n windows, its parameter count."""
    model = build_network(spec)
    lines = [("layer", "output", "parameters")]
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.InputLayer) or layer.name in UNMASKING:
            continue
        shape = ", ".join("n" if size is None else str(size) for size in layer.output.shape)
        lines.append((type(layer).__name__, f"({shape})", f"{layer.count_params():,}"))
    lines.append(("total", "", f"{model.count_params():,}"))
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}"
        for name, shape, count in lines
    )


def _penalty(alpha: float) -> keras.regularizers.Regularizer | None:
    """alpha / 2 times the sum of the squares, as in scikit-learn's MLPRegressor."""
    return keras.regularizers.L2(alpha / 2) if alpha else None


def _recurrent(
    spec: NetworkSpec, layer: int, alpha: float, go_backwards: bool = False
) -> keras.Layer:
    # `initial_weights` replaces the weights. Without a seed, Keras would draw one from Python's
    # global `random`.
    return KERAS_CELLS[spec.cell](
        spec.units[layer],
        return_sequences=spec.each_step or layer < len(spec.units) - 1,
        go_backwards=go_backwards,
        kernel_initializer=keras.initializers.GlorotUniform(seed=0),
        recurrent_initializer=keras.initializers.Orthogonal(seed=0),
        kernel_regularizer=_penalty(alpha),
        recurrent_regularizer=_penalty(alpha),
        recurrent_dropout=spec.recurrent_dropout,
        seed=0,
        dtype="float32",
    )


class DenseEmbedding(keras.layers.Embedding):
    """An embedding with a dense gradient, which is the sum over all occurrences of a token.

    The embedding of Keras has one gradient for each occurrence. Adam squares each of them before
    adding them, so that frequent tokens take too large steps.
    """

    def call(self, inputs):
        return keras.ops.take(self.embeddings * 1.0, inputs, axis=0)


def build_network(
    spec: NetworkSpec,
    scaling: InputScaling | None = None,
    as_probabilities: bool = False,
    alpha: float = 0.0,
    embedding: type = keras.layers.Embedding,
) -> keras.Model:
    """A Keras model of stock layers, from inputs of `model_input` to outputs (n, values_of_step) or
    (n, window_length, values_of_step).

    scaling : first layers that scale windows in the units of X; None: the windows are scaled
    already. as_probabilities : a last layer that turns logits into probabilities.
    """
    with constant_names():
        first = _first_layers(spec, scaling, embedding)
        path: list[Any] = []
        for layer in range(len(spec.units)):
            recurrent = _recurrent(spec, layer, alpha)
            if spec.bidirectional:
                backward = _recurrent(spec, layer, alpha, go_backwards=True)
                recurrent = keras.layers.Bidirectional(
                    recurrent, backward_layer=backward, dtype="float32"
                )
            path.append(recurrent)
            if spec.dropout:
                path.append(keras.layers.Dropout(spec.dropout, seed=0, dtype="float32"))
        is_zero = spec.output_initializer == "zeros"
        path.append(
            keras.layers.Dense(
                spec.values_of_step,
                kernel_initializer="zeros" if is_zero else keras.initializers.GlorotUniform(seed=0),
                kernel_regularizer=_penalty(alpha),
                dtype="float32",
            )
        )
        last: list[Any] = []
        if as_probabilities and spec.is_multilabel:
            last = [keras.layers.Activation("sigmoid", dtype="float32")]
        elif as_probabilities and spec.n_classes:
            # Not the layer Softmax, which fails for outputs of each step with a mask.
            last = [keras.layers.Activation("softmax", dtype="float32")]
        if spec.highway:
            return _with_highway(spec, first, path, last, alpha)
        return keras.Sequential([*first, *path, *last])


def _first_layers(spec: NetworkSpec, scaling: InputScaling | None, embedding: type) -> list[Any]:
    """The input layer, and the layers for tokens, scaling and missing steps."""
    if spec.embedding_dim:
        table = embedding(
            spec.n_tokens + 1, spec.embedding_dim, mask_zero=spec.masks, dtype="float32"
        )
        return [keras.Input((spec.window_length,), dtype="int32"), table]
    layers = [keras.Input((spec.window_length, spec.n_channels), dtype="float32")]
    if scaling is not None:
        # The mean is subtracted first: this is exact in float32 at a high level, and `MASKED` minus
        # a mean is `MASKED`. Keras' Normalization has no standard deviation below 1e-7.
        offset = (-scaling.mean).tolist()
        layers.append(keras.layers.Rescaling(1.0, offset, dtype="float32", name="center"))
    if spec.masks:
        layers.append(keras.layers.Masking(MASKED, dtype="float32"))
    if scaling is not None:
        factor = (1 / scaling.scale).tolist()
        layers.append(keras.layers.Rescaling(factor, dtype="float32", name="scale"))
    return layers


def model_input(spec: NetworkSpec, windows: np.ndarray) -> np.ndarray:
    """Input of the Keras model for float32 windows. A missing step is `MASKED` in all channels.
    Tokens are their id plus 1, as int32 (n, window_length), where 0 is no token.
    """
    if spec.embedding_dim:
        return np.nan_to_num(windows[:, :, 0] + 1).astype(np.int32)
    if not spec.masks:
        return windows
    return np.where(np.isnan(windows).any(axis=2, keepdims=True), MASKED, windows)


def _with_highway(
    spec: NetworkSpec, first: list[Any], path: list[Any], last: list[Any], alpha: float
) -> keras.Model:
    window, *before = first
    known = window
    for layer in before:  # a missing step counts as zero in the linear path
        known = layer(known)
    if spec.masks:
        # An inner model computes the masks, because the h5 format cannot store their operations.
        values = keras.Sequential([*first, *path], name="masked")(window)
        # The sum with an unmasked array has no mask, and the linear path must have none.
        zeros, unmasked = UNMASKING
        nothing = keras.layers.Rescaling(0.0, dtype="float32", name=zeros)(window)
        known = keras.layers.Add(dtype="float32", name=unmasked)([known, nothing])
    else:
        values = known
        for layer in path:
            values = layer(values)
    flat = keras.layers.Flatten(dtype="float32")(known)
    linear = keras.layers.Dense(
        spec.n_values,
        use_bias=False,
        kernel_initializer="zeros",
        kernel_regularizer=_penalty(alpha),
        dtype="float32",
        name="highway",
    )
    # The order of the arguments is the order of the weights.
    outputs = keras.layers.Add(dtype="float32")([values, linear(flat)])
    for layer in last:
        outputs = layer(outputs)
    return keras.Model(window, outputs)


def layers_of(model: keras.Model) -> list[keras.Layer]:
    """The distinct layers of a model, including those of inner models."""
    layers: list[keras.Layer] = []
    for layer in model.layers:
        layers += layers_of(layer) if isinstance(layer, keras.Model) else [layer]
    return list(dict.fromkeys(layers))


class TrainedNetwork(keras.Model):
    """The model that stock `Model.fit` trains, as in compiled training: its loss uses logits, its
    metrics use probabilities, and outputs of each step have one row for each step.
    """

    spec: NetworkSpec

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, *self._by_step(y, y_pred, sample_weight), training)

    def _aggregate_additional_loss(self, loss):
        # The penalty of `alpha`. Keras adds it to a loss of the dtype of set_floatx.
        return keras.ops.cast(super()._aggregate_additional_loss(loss), keras.config.floatx())

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        y, y_pred, sample_weight = self._by_step(y, y_pred, sample_weight)
        return super().compute_metrics(x, y, probabilities(self.spec, y_pred), sample_weight)

    def _by_step(self, y, y_pred, sample_weight):
        if not self.spec.each_step:
            return y, y_pred, sample_weight
        y = keras.ops.reshape(y, (-1, self.spec.n_outputs))
        # reshape also drops the mask of Keras, which would not fit the new rows.
        y_pred = keras.ops.reshape(y_pred, (-1, self.spec.values_of_step))
        if sample_weight is not None:
            sample_weight = keras.ops.reshape(sample_weight, (-1,))
        return y, y_pred, sample_weight


def compiled_network(network: NetworkSpec, training: TrainingSpec) -> keras.Model:
    """A compiled model with initial weights, for `Model.fit` on inputs of `model_input` from scaled
    windows.
    """
    built = build_network(network, alpha=training.alpha, embedding=DenseEmbedding)
    model = TrainedNetwork(built.inputs, built.outputs)
    model.spec = network
    model.set_weights(initial_weights(network, training.seed))
    loss = training_loss(network, training)
    compile_model(model, training, loss, network_metrics(network, training))
    return model


def public_network(
    network: NetworkSpec, training: TrainingSpec, scaling: InputScaling | None
) -> keras.Model:
    """The network as an ordinary Keras model, for windows in the units of X and, for classifiers,
    with probabilities as outputs. Its files open without skgru.

    It is compiled with the loss of the user, and classifiers with the accuracy. Keras has no
    pinball loss, so a model of quantiles has no loss, and can only predict.
    """
    model = build_network(network, scaling, as_probabilities=True, alpha=training.alpha)
    compile_model(model, training, public_loss(training.loss), network_metrics(network, training))
    return model


def compile_model(model: keras.Model, training: TrainingSpec, loss: Any, metrics: list) -> None:
    with constant_names():
        model.compile(
            optimizer=optimizer_maker(training)(),
            loss=loss,
            weighted_metrics=metrics or None,
            auto_scale_loss=False,  # networks are float32 even under a policy of mixed precision
        )


def initial_weights(spec: NetworkSpec, seed: int) -> list[np.ndarray]:
    """Initial weights, with the defaults of Keras, in the order of `Model.get_weights`.

    Kernels are Glorot uniform, recurrent kernels orthogonal, and biases 0, or 1 for the forget gate
    of an LSTM. The linear path starts at 0, and the output layer at `output_initializer`.
    """
    rng = np.random.default_rng(seed)
    n_gates = N_GATES[spec.cell]
    weights, width = [], spec.width
    if spec.embedding_dim:
        weights.append(rng.uniform(-0.05, 0.05, (spec.n_tokens + 1, spec.embedding_dim)))
    for units in spec.units:
        for _ in range(1 + spec.bidirectional):
            bias = np.zeros((2, n_gates * units) if spec.cell == "gru" else n_gates * units)
            if spec.cell == "lstm":
                bias[units : 2 * units] = 1.0
            kernel = _glorot_uniform(rng, width, n_gates * units)
            weights += [kernel, _orthogonal(rng, units, n_gates * units), bias]
        width = units * (1 + spec.bidirectional)
    kernel = _glorot_uniform(rng, width, spec.values_of_step)
    if spec.output_initializer == "zeros":
        kernel = np.zeros_like(kernel)
    weights += [kernel, np.zeros(spec.values_of_step)]
    if spec.highway:
        weights.append(np.zeros((spec.window_length * spec.n_channels, spec.n_values)))
    return [np.asarray(weight, dtype=np.float32) for weight in weights]


def is_kernel(spec: NetworkSpec) -> list[bool]:
    """Whether each weight array is a kernel, which `alpha` penalises, unlike the others."""
    recurrent = [True, True, False] * (1 + spec.bidirectional) * len(spec.units)
    return [
        *([False] if spec.embedding_dim else []),
        *recurrent,
        *(True, False),
        *([True] if spec.highway else []),
    ]


def _glorot_uniform(rng: np.random.Generator, n_in: int, n_out: int) -> np.ndarray:
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


def _orthogonal(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """A uniformly distributed matrix with orthonormal rows, where n_rows <= n_columns."""
    q, r = np.linalg.qr(rng.standard_normal((n_columns, n_rows)))
    return (q * np.sign(np.diag(r))).T


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Make the dropout of an epoch depend only on the seed and the epoch, so that training can be
    resumed.
    """
    generators = []
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.Dropout):
            generators.append(layer.seed_generator)
        elif isinstance(layer, keras.layers.Bidirectional):
            both = layer.forward_layer, layer.backward_layer
            generators += [each.cell.seed_generator for each in both]
        elif hasattr(layer, "cell"):
            generators.append(layer.cell.seed_generator)
    for position, generator in enumerate(generators):
        generator.state.assign(np.random.SeedSequence([seed, epoch, position]).generate_state(2))


def set_state(model: keras.Model, state: NetworkState) -> None:
    """Set the weights of a model, and the slots of its optimiser if the classes of the optimisers
    are the same.
    """
    model.set_weights(state.weights)
    if not getattr(model, "optimizer", None):
        return
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    if type(optimizer).__name__ == state.optimizer:
        for variables, value in zip(slots_of(optimizer), state.slots, strict=True):
            ends = np.cumsum([np.prod(variable.shape, dtype=int) for variable in variables])
            for variable, part in zip(variables, np.split(value, ends[:-1]), strict=True):
                variable.assign(part.reshape(variable.shape))


def get_state(model: keras.Model, epoch: int) -> NetworkState:
    """The state of a model after `epoch` epochs, from which training can continue."""
    slots = [
        np.concatenate([np.ravel(variable) for variable in variables])
        for variables in slots_of(model.optimizer)
    ]
    return NetworkState(model.get_weights(), slots, type(model.optimizer).__name__, epoch)
