"""Numbers in, Keras objects out: networks, losses and optimisers, each from a specification."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from numbers import Real
from typing import Any

import keras
import numpy as np

from skgru._engine.progress import PEAK_RATE, is_cosine
from skgru._specs import CROSS_ENTROPY, PINBALL, NetworkSpec, NetworkState, TrainingSpec

N_GATES = {"gru": 3, "lstm": 4, "rnn": 1}
CELLS = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "rnn": keras.layers.SimpleRNN}
# A weighted mean over the batch: weight 2 then means the row twice, which Keras' default reduction
# does not give.
REDUCTION = "mean_with_sample_weight"
# Stands for a missing step in what a Keras model gets; no window that passed the checks has it.
MASKED = np.finfo(np.float32).min
# What keras.losses and keras.optimizers hold besides what a name alone can make.
_NO_NAMES = {
    *("Loss", "LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap"),
    *("deserialize", "get", "legacy", "schedules", "serialize"),
}


def summary(spec: NetworkSpec) -> str:
    """A line for each layer: its name, the shape that it gives for n windows, its parameters."""
    model = build_network(spec)
    lines = [("layer", "output", "parameters")]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        shape = ", ".join("n" if size is None else str(size) for size in layer.output.shape)
        lines.append((type(layer).__name__, f"({shape})", f"{layer.count_params():,}"))
    lines.append(("total", "", f"{model.count_params():,}"))
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}"
        for name, shape, count in lines
    )


def _recurrent(spec: NetworkSpec, layer: int, go_backwards: bool = False) -> keras.Layer:
    # The weights come from `initial_weights`. Seeds are given all the same: without one, Keras
    # draws it from Python's global `random`.
    return CELLS[spec.cell](
        spec.units[layer],
        return_sequences=layer < len(spec.units) - 1,
        go_backwards=go_backwards,
        kernel_initializer=keras.initializers.GlorotUniform(seed=0),
        recurrent_initializer=keras.initializers.Orthogonal(seed=0),
        seed=0,
        dtype="float32",
    )


class DenseEmbedding(keras.layers.Embedding):
    """An embedding whose gradient is one number for each weight.

    Keras' own gives Adam a gradient for each occurrence of a token, and Adam squares them one by
    one before they are added up: frequent tokens then take larger steps than they should.
    """

    def call(self, inputs):
        return keras.ops.take(self.embeddings * 1.0, inputs, axis=0)


def build_network(spec: NetworkSpec, embedding: type = keras.layers.Embedding) -> keras.Model:
    """A Keras model of stock layers: what `model_input` gives -> (n, n_values)."""
    layers: list[Any] = _first_layers(spec, embedding)
    for layer in range(len(spec.units)):
        recurrent = _recurrent(spec, layer)
        if spec.bidirectional:
            backward = _recurrent(spec, layer, go_backwards=True)
            recurrent = keras.layers.Bidirectional(
                recurrent, backward_layer=backward, dtype="float32"
            )
        layers.append(recurrent)
        if spec.dropout:
            layers.append(keras.layers.Dropout(spec.dropout, seed=0, dtype="float32"))
    is_zero = spec.output_initializer == "zeros"
    initializer = "zeros" if is_zero else keras.initializers.GlorotUniform(seed=0)
    layers.append(
        keras.layers.Dense(spec.n_values, kernel_initializer=initializer, dtype="float32")
    )
    return _with_highway(spec, layers) if spec.highway else keras.Sequential(layers)


def _first_layers(spec: NetworkSpec, embedding: type) -> list[Any]:
    """The input, and what makes of it the numbers that a recurrent layer takes."""
    if spec.embedding_dim:
        table = embedding(
            spec.n_tokens + 1, spec.embedding_dim, mask_zero=spec.masks, dtype="float32"
        )
        return [keras.Input((spec.window_length,), dtype="int32"), table]
    window = keras.Input((spec.window_length, spec.n_channels), dtype="float32")
    return [window, keras.layers.Masking(MASKED, dtype="float32")] if spec.masks else [window]


def model_input(spec: NetworkSpec, windows: np.ndarray) -> np.ndarray:
    """float32 windows as the Keras model takes them: a missing step is `MASKED` in all channels; a
    token is its id plus 1, int32 (n, window_length), and 0 is none.
    """
    if spec.embedding_dim:
        return np.nan_to_num(windows[:, :, 0] + 1).astype(np.int32)
    if not spec.masks:
        return windows
    return np.where(np.isnan(windows).any(axis=2, keepdims=True), MASKED, windows)


def _with_highway(spec: NetworkSpec, layers: list[Any]) -> keras.Model:
    window, *path = layers
    values = window
    for layer in path[: int(spec.masks)]:  # a missing step counts as zero there
        values = layer(values)
    known = values
    for layer in path[int(spec.masks) :]:
        values = layer(values)
    flatten = keras.layers.Flatten(dtype="float32")
    # Keras would warn that the mask ends here. It must: a missing step is zero in the linear path.
    flatten.supports_masking, flatten.compute_mask = True, lambda inputs, mask=None: None
    flat = flatten(known)
    linear = keras.layers.Dense(
        spec.n_values, use_bias=False, kernel_initializer="zeros", dtype="float32", name="highway"
    )
    # In this order: Keras lists the weights of what it meets first, first.
    return keras.Model(window, keras.layers.Add(dtype="float32")([values, linear(flat)]))


def compiled_network(network: NetworkSpec, training: TrainingSpec) -> keras.Model:
    """A network with its first weights, ready for `Model.fit`."""
    model = build_network(network, DenseEmbedding)
    model.set_weights(initial_weights(network, training.seed))
    model.compile(optimizer=optimizer_maker(training)(), loss=training_loss(network, training))
    return model


def initial_weights(spec: NetworkSpec, seed: int) -> list[np.ndarray]:
    """Keras' default initialisation, in the order of `Model.get_weights`, from a seed of our own.

    Kernels are Glorot uniform, recurrent kernels orthogonal, biases 0, but 1 for an LSTM's forget
    gate. The highway starts at 0, and so does the output kernel where the specification says so.
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
    kernel = _glorot_uniform(rng, width, spec.n_values)
    if spec.output_initializer == "zeros":
        kernel = np.zeros_like(kernel)
    weights += [kernel, np.zeros(spec.n_values)]
    if spec.highway:
        weights.append(np.zeros((spec.window_length * spec.n_channels, spec.n_values)))
    return [np.asarray(weight, dtype=np.float32) for weight in weights]


def _glorot_uniform(rng: np.random.Generator, n_in: int, n_out: int) -> np.ndarray:
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


def _orthogonal(rng: np.random.Generator, n_rows: int, n_columns: int) -> np.ndarray:
    """Orthonormal rows, n_rows <= n_columns, uniformly distributed."""
    q, r = np.linalg.qr(rng.standard_normal((n_columns, n_rows)))
    return (q * np.sign(np.diag(r))).T


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Make the dropout of an epoch depend on nothing but the seed and the epoch, so that training
    can be resumed.
    """
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for position, layer in enumerate(dropouts):
        layer.seed_generator.state.assign(
            np.random.SeedSequence([seed, epoch, position]).generate_state(2)
        )


class _PerRow(keras.losses.Loss):
    """A loss function of Keras, (n, n_outputs) twice -> (n,), as an object with our reduction."""

    def __init__(self, function: Callable):
        # The name opens a scope in TensorFlow, which refuses "<lambda>".
        super().__init__(name="loss", reduction=REDUCTION, dtype="float32")
        self.function = function

    def call(self, y_true, y_pred):
        return self.function(y_true, y_pred)


class Pinball(keras.losses.Loss):
    """max(q e, (q - 1) e), averaged over outputs and quantiles, where e is how far y lies above.

    y_true : (n, n_outputs); y_pred : (n, n_outputs * n_quantiles). The value is (n,).
    """

    def __init__(self, quantiles, name=PINBALL, reduction=REDUCTION, dtype="float32"):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.quantiles = tuple(quantiles)

    def call(self, y_true, y_pred):
        n_quantiles = len(self.quantiles)
        y_pred = keras.ops.reshape(y_pred, (-1, y_pred.shape[-1] // n_quantiles, n_quantiles))
        error = keras.ops.expand_dims(y_true, -1) - y_pred
        level = keras.ops.convert_to_tensor(self.quantiles, dtype=error.dtype)
        return keras.ops.mean(keras.ops.maximum(level * error, (level - 1) * error), axis=(-2, -1))

    def get_config(self):
        return {**super().get_config(), "quantiles": list(self.quantiles)}


class Known(keras.losses.Loss):
    """A loss in which outputs whose target is NaN, as they are not known, count as met.

    The mean over the outputs of a row thus weighs each known target alike.
    """

    def __init__(self, loss, name="known", reduction=REDUCTION, dtype="float32"):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.loss = loss

    def call(self, y_true, y_pred):
        is_known = keras.ops.isfinite(y_true)
        n_quantiles = y_pred.shape[-1] // y_true.shape[-1]
        is_wanted = (
            keras.ops.repeat(is_known, n_quantiles, axis=-1) if n_quantiles > 1 else is_known
        )
        zeros = keras.ops.zeros_like
        return self.loss.call(
            keras.ops.where(is_known, y_true, zeros(y_true)),
            keras.ops.where(is_wanted, y_pred, zeros(y_pred)),
        )


def training_loss(network: NetworkSpec, training: TrainingSpec) -> keras.losses.Loss:
    """What training makes smaller."""
    loss = make_loss(training.loss, network.quantiles)
    return Known(loss) if training.masks_targets else loss


def make_loss(loss: Any, quantiles: tuple[float, ...] = ()) -> keras.losses.Loss:
    """A Keras name, function or Loss, or one of ours, as a new Loss: its value is the weighted
    mean over the rows of a batch.
    """
    if isinstance(loss, str) and loss == PINBALL:
        return Pinball(quantiles)
    if isinstance(loss, str) and loss == CROSS_ENTROPY:
        return keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction=REDUCTION, dtype="float32"
        )
    if isinstance(loss, str):
        loss = _named(keras.losses, "loss", loss)
    if not isinstance(loss, keras.losses.Loss):
        return _PerRow(loss)
    # Not by its configuration: many users' own losses can't be rebuilt from it.
    rebuilt = object.__new__(type(loss))
    rebuilt.__dict__.update(vars(loss), reduction=REDUCTION)
    return rebuilt


def optimizer_maker(training: TrainingSpec) -> Callable[[], keras.optimizers.Optimizer]:
    """What makes new optimisers: of the given name, or with the configuration of the given one."""
    if isinstance(training.optimizer, str):
        kind = type(_named(keras.optimizers, "optimizer", training.optimizer))
        rate = first_rate(training.learning_rate)
        return lambda: kind(learning_rate=rate, clipnorm=training.clipnorm)
    kind, config = type(training.optimizer), training.optimizer.get_config()
    return lambda: kind.from_config(config)


def _named(room: Any, parameter: str, name: str) -> Any:
    try:
        if name not in _NO_NAMES:
            return room.get(name)
    except (ValueError, TypeError):
        pass
    known = {
        known.lower(): known for known in dir(room) if known[0] != "_" and known not in _NO_NAMES
    }
    close = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"Did you mean {known[close[0]]!r}? " if close else ""
    raise ValueError(
        f"{parameter}={name!r} is no name that Keras knows. {hint}Give a name listed in "
        f"{room.__name__} or a Keras {parameter} object."
    )


def set_state(model: keras.Model, state: NetworkState) -> None:
    """Put trained weights into a model, and the optimiser's slots if it is compiled with the same
    kind of optimiser.
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
    """The arrays that continue a model's training after `epoch` epochs."""
    slots = [
        np.concatenate([np.ravel(variable) for variable in variables])
        for variables in slots_of(model.optimizer)
    ]
    return NetworkState(model.get_weights(), slots, type(model.optimizer).__name__, epoch)


def slots_of(optimizer: keras.optimizers.Optimizer) -> list[list[Any]]:
    """The optimiser's variables, those of one kind together: first what there is once, as the
    number of steps, then each list that has a variable for every weight.

    The learning rate is not among them: it is a parameter and not something learnt.
    """
    slots = [v for v in optimizer.variables if v.path.split("/")[-1] != "learning_rate"]
    known = {id(variable) for variable in slots}
    lists = [
        v for name, v in vars(optimizer).items() if isinstance(v, list) and name != "_variables"
    ]
    kinds = [each for each in lists if each and all(id(variable) in known for variable in each)]
    of_weights = {id(variable) for each in kinds for variable in each}
    return [*([slot] for slot in slots if id(slot) not in of_weights), *kinds]


def has_schedule(optimizer: keras.optimizers.Optimizer) -> bool:
    """Whether the learning rate follows a schedule of its own, by the number of steps."""
    return not hasattr(optimizer._learning_rate, "assign")


def first_rate(learning_rate: Any) -> Any:
    """The rate of a named optimiser: a number, of a cosine the highest, or a Keras schedule."""
    if is_cosine(learning_rate):
        return PEAK_RATE
    if isinstance(learning_rate, Real) or is_schedule(learning_rate):
        return learning_rate
    raise ValueError(
        f"learning_rate={learning_rate!r} is neither a number nor a schedule. Give a number above "
        '0, "cosine", or a keras.optimizers.schedules.LearningRateSchedule.'
    )


def is_schedule(learning_rate: Any) -> bool:
    return isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule)
