"""The training of benchmarks/pretrain.py in JAX, for a machine with an accelerator.

The loss, the batches and the optimiser are those of `pretrain.train`, and the arrays have the same
names and shapes. Several data sets are trained at once, a network each.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from skgru._forecaster.zero_shot import QUANTILES
from skgru._forecaster.zero_shot_inputs import N_EXPERTS, WINDOW

LENGTHS = (12, 20, WINDOW)  # rows that a batch reads
STEPS_AT_ONCE = 250


def loss(w, batch):
    """Weighted pinball loss of a batch, as `pretrain.loss_and_gradients`."""
    u, e, half = w["recurrent"].shape[0], N_EXPERTS, len(QUANTILES) // 2
    of_input = batch["context"] @ w["gates"]
    of_input += (batch["statistics"] @ w["static_gates"] + w["gates_bias"])[:, None]

    def step(state, row):
        a, mask = row
        inner = state @ w["recurrent"]
        both = jax.nn.sigmoid(a[:, : 2 * u] + inner[:, : 2 * u])
        update, reset = both[:, :u], both[:, u:]
        new = jnp.tanh(a[:, 2 * u :] + reset * (inner[:, 2 * u :] + w["inner_bias"]))
        return state + (1 - update) * mask[:, None] * (new - state), None

    first = jnp.zeros((len(of_input), u), of_input.dtype)
    rows = of_input.transpose(1, 0, 2), batch["mask"].T
    state, _ = jax.lax.scan(step, first, rows, unroll=4)
    of_series = jnp.concatenate([state, batch["statistics"]], 1) @ w["head_series"]
    of_step = jnp.concatenate([jnp.arcsinh(batch["experts"]), batch["steps"]], 2) @ w["head_step"]
    hidden = jax.nn.silu((of_series + w["head_bias"])[:, None] + of_step)
    hidden = jax.nn.silu(hidden @ w["hidden"] + w["hidden_bias"])
    out = hidden @ w["out"] + w["out_bias"]
    middle = (jax.nn.softmax(out[..., :e]) * batch["experts"]).sum(-1) + out[..., e]
    middle = middle[..., None]
    gaps = jnp.exp(jnp.clip(out[..., e + 1 :], -12, 5))
    below = middle - jnp.cumsum(gaps[..., half - 1 :: -1], -1)[..., ::-1]
    above = middle + jnp.cumsum(gaps[..., half:], -1)
    error = batch["target"][:, :, None] - jnp.concatenate([below, middle, above], -1)
    taus = jnp.asarray(QUANTILES, jnp.float32)
    pinball = jnp.maximum(taus * error, (taus - 1) * error)
    return (2 * batch["weight"][:, None, None] * pinball).mean()


def read(data, rows, length):
    batch = {name: values[rows].astype(jnp.float32) for name, values in data.items()}
    return batch | {name: batch[name][:, -length:] for name in ("context", "mask")}


def first_state(w):
    zeros = jax.tree.map(jnp.zeros_like, w)
    return {"w": w, "m1": zeros, "m2": zeros, "average": w}


def updated(state, data, rows, kind, i, n_steps, rate):
    """The state after step i, and the loss before it. Adam, as `pretrain.train`."""
    branches = [
        partial(lambda n, w, r: jax.value_and_grad(loss)(w, read(data, r, n)), length)
        for length in LENGTHS
    ]
    value, g = jax.lax.switch(kind, branches, state["w"], rows)
    norm = jnp.sqrt(sum((v**2).sum() for v in g.values()))
    left = 1 - i / n_steps  # the last half of the steps are ever smaller
    rate = rate * jnp.minimum(jnp.minimum(1, (i + 1) / 100), jnp.maximum(2 * left, 0.02))
    keep = jnp.minimum(0.998, (i + 1) / (i + 10))
    new = {name: {} for name in state}
    for name, w in state["w"].items():
        gradient = g[name] * jnp.minimum(1.0, 1.0 / (norm + 1e-9))
        m1 = state["m1"][name] + 0.1 * (gradient - state["m1"][name])
        m2 = state["m2"][name] + 0.01 * (gradient**2 - state["m2"][name])
        w = w - rate * m1 / (1 - 0.9 ** (i + 1)) / (jnp.sqrt(m2 / (1 - 0.99 ** (i + 1))) + 1e-8)
        if w.ndim > 1:
            w = w * (1 - 0.003 * rate)
        average = state["average"][name]
        new["w"][name], new["m1"][name], new["m2"][name] = w, m1, m2
        new["average"][name] = average + (1 - keep) * (w - average)
    return new, value


@jax.jit
def many_steps(state, data, rows, kinds, first, n_steps, rate):
    def one(state, now):
        i, kind, own = now
        # Each network reads its own rows. The kind is shared, so that one branch is computed.
        step = jax.vmap(updated, in_axes=(0, 0, 0, None, None, None, None))
        return step(state, data, own, kind, i, n_steps, rate)

    numbers = first + jnp.arange(len(kinds), dtype=jnp.float32)
    return jax.lax.scan(one, state, (numbers, kinds, rows))


def train(sets, first_weights, options, store):
    """Train a network for each data set, all of as many rows.

    first_weights : a dict of arrays for each set; store : called with the number of a set and its
    averaged weights.
    """
    rng, n_sets = np.random.default_rng(options.seed), len(sets)
    n = len(sets[0]["weight"])
    n_test = min(4096, n // 10)
    queues = []
    for data in sets:
        of_class = np.searchsorted(LENGTHS, data["mask"].sum(1).astype(int))
        pools = [n_test + np.flatnonzero(of_class[n_test:] == c) for c in range(len(LENGTHS))]
        queues.append([[pool, np.array([], int)] for pool in pools])
    shares = np.array([len(pool) for pool, _ in queues[0]]) / (n - n_test)

    def drawn(queue):
        if len(queue[1]) < options.batch:
            queue[1] = np.concatenate([queue[1], rng.permutation(queue[0])])
        rows, queue[1] = queue[1][: options.batch], queue[1][options.batch :]
        return rows

    data = {name: jnp.stack([jnp.asarray(one[name]) for one in sets]) for name in sets[0]}
    state = jax.vmap(first_state)(
        {name: jnp.stack([w[name] for w in first_weights]) for name in first_weights[0]}
    )
    test_loss = jax.jit(jax.vmap(lambda w, d: loss(w, read(d, jnp.arange(n_test), WINDOW))))
    print(f"on {jax.devices()[0].device_kind}", flush=True)
    began = time.perf_counter()
    for first in range(0, options.steps, STEPS_AT_ONCE):
        kinds = rng.choice(len(LENGTHS), STEPS_AT_ONCE, p=shares)
        rows = np.array([[drawn(queue[c]) for queue in queues] for c in kinds], np.int32)
        state, losses = many_steps(
            state, data, rows, kinds.astype(np.int32), float(first), options.steps, options.rate
        )
        done = first + STEPS_AT_ONCE
        if done % options.every == 0 or done >= options.steps:
            held_out = np.asarray(test_loss(state["average"], data))
            print(
                f"step {done}: loss {np.round(np.asarray(losses).mean(0), 4)}, "
                f"held out {np.round(held_out, 4)}, {time.perf_counter() - began:.0f} s",
                flush=True,
            )
            for k in range(n_sets):
                store(k, {a: np.asarray(v[k]) for a, v in state["average"].items()})
