"""Train the pretrained network on simulated series, and store its weights.

python benchmarks/pretrain.py [--contexts N] [--steps N] [--batch N] [--units N] [--seed SEED]
    [--processes N] [--jax] [--path FILE] [--data FILE]

Histories of simulated series of many kinds and season lengths are prepared as in a forecast. The
loss is the pinball loss of all quantiles on the scale of the series. Training is plain numpy:
outputs depend on the simple forecasts of each step ahead, which `GRURegressor` cannot read, and XLA
takes several times as long on one core. Weights are averaged over the last steps. With --jax the
same training runs in JAX, on an accelerator if the machine has one.
"""

import argparse
import time
from functools import partial
from itertools import count
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from _simulated_series import contexts, draw_season_length

import skgru
from skgru._forecaster.zero_shot import QUANTILES, READ, combined, sigmoid
from skgru._forecaster.zero_shot_inputs import (
    N_EXPERTS,
    WINDOW,
    prefers_logarithm,
    prepare,
    second_season,
)


def examples(rng, n_series, cuts=5):
    """Prepared histories of simulated series of one season length, with their targets."""
    m = draw_season_length(rng)
    if m > 60:
        n_series //= 2
    histories, steps, values = contexts(rng, n_series, m, cuts)
    parts = []
    for start in range(0, len(histories), 96):
        x, step, value = (a[start : start + 96] for a in (histories, steps, values))
        logarithm = prefers_logarithm(x, m)
        # Now and then the other scale, and no second season, so that neither choice is essential.
        is_positive = np.nanmin(x, 1) > 0
        logarithm = np.where(is_positive & (rng.random(len(x)) < 0.1), ~logarithm, logarithm)
        second = second_season(m) if rng.random() < 0.8 else None
        inputs = prepare(x, m, step, logarithm, second)
        with np.errstate(all="ignore"):
            z = np.where(inputs["logarithm"][:, None], np.log(value), value)
        target = (z - inputs["level"][:, None]) / inputs["scale"][:, None]
        good = np.isfinite(target).all(1) & ~inputs["flat"]
        good &= np.all([np.isfinite(inputs[a]).reshape(len(x), -1).all(1) for a in READ], 0)
        inputs["target"] = np.clip(target, -100, 100)
        spread = np.abs(inputs["experts"] - inputs["experts"][..., 5:6]).mean((1, 2))
        inputs["weight"] = 1 / (
            1 + 0.5 * spread
        )  # of the history alone: large moves do not dominate
        parts.append({a: inputs[a][good].astype(np.float16) for a in (*READ, "target", "weight")})
    return parts


def block(seed, number):
    """Examples of one season length: the same in any number of processes."""
    parts = examples(np.random.default_rng([seed, number]), 100)
    return {a: np.concatenate([part[a] for part in parts]) for a in parts[0]}


def simulated(n_contexts, seed, n_processes=1):
    """n_contexts prepared histories and their targets, {name: array}."""
    data, n, start = {}, 0, time.perf_counter()
    with Pool(n_processes) as pool:
        for part in pool.imap(partial(block, seed), count(), chunksize=4):
            for a, values in part.items():
                if a not in data:
                    data[a] = np.empty((n_contexts, *values.shape[1:]), np.float16)
                data[a][n : n + len(values)] = values[: n_contexts - n]
            n += len(part["weight"])
            if n >= n_contexts:
                pool.terminate()
                break
    print(f"{n_contexts} contexts, {time.perf_counter() - start:.0f} s", flush=True)
    return data


def first_weights(rng, shapes, units, width):
    def glorot(rows, columns):
        return (rng.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)

    n_channels, n_statistics, n_step = shapes
    recurrent = np.concatenate(
        [np.linalg.qr(rng.standard_normal((units, units)))[0] for _ in range(3)], 1
    )

    def zeros(size):
        return np.zeros(size, np.float32)

    return {
        "gates": glorot(n_channels, 3 * units),
        "static_gates": glorot(n_statistics, 3 * units) * 0.3,
        "gates_bias": zeros(3 * units),
        "recurrent": recurrent.astype(np.float32),
        "inner_bias": zeros(units),
        "head_series": glorot(units + n_statistics, width),
        "head_step": glorot(n_step + N_EXPERTS, width),
        "head_bias": zeros(width),
        "hidden": glorot(width, width),
        "hidden_bias": zeros(width),
        "out": glorot(width, N_EXPERTS + len(QUANTILES)) * 0.1,
        "out_bias": np.concatenate([zeros(N_EXPERTS + 1), zeros(len(QUANTILES) - 1) - 0.7]),
    }


def weights_at_start(rng, data, options):
    n_inputs = [data[a].shape[-1] for a in ("context", "statistics", "steps")]
    w = first_weights(rng, n_inputs, options.units, options.width)
    if options.start is not None:
        with np.load(options.start) as arrays:
            w = {name: arrays[name].astype(np.float32) for name in w}
    return w


def silu(x):
    s = sigmoid(x)
    return x * s, s * (1 + x * (1 - s))


def loss_and_gradients(w, batch):
    """Weighted pinball loss of a batch, and its gradient for each weight."""
    units, half, g = w["recurrent"].shape[0], len(QUANTILES) // 2, {}
    x = np.ascontiguousarray(batch["context"].transpose(1, 0, 2))  # (rows, n, channels)
    mask = np.ascontiguousarray(batch["mask"].T)[:, :, None]
    n_rows, n, _ = x.shape
    of_input = x @ w["gates"]
    of_input += batch["statistics"] @ w["static_gates"] + w["gates_bias"]
    u, u2 = units, 2 * units
    states = np.zeros((n_rows + 1, n, u), x.dtype)
    update, reset, new, share, candidate = np.empty((5, n_rows, n, u), x.dtype)
    inner, both = np.empty((n, 3 * u), x.dtype), np.empty((n, u2), x.dtype)
    for t in range(n_rows):
        state, a = states[t], of_input[t]
        np.matmul(state, w["recurrent"], out=inner)
        np.add(a[:, :u2], inner[:, :u2], out=both)
        both *= 0.5
        np.tanh(both, out=both)
        both += 1
        both *= 0.5
        update[t], reset[t] = both[:, :u], both[:, u:]
        np.add(inner[:, u2:], w["inner_bias"], out=candidate[t])
        np.multiply(candidate[t], reset[t], out=new[t])
        new[t] += a[:, u2:]
        np.tanh(new[t], out=new[t])
        np.subtract(1, update[t], out=share[t])
        share[t] *= mask[t]
        np.subtract(new[t], state, out=states[t + 1])
        states[t + 1] *= share[t]
        states[t + 1] += state
    of_series = np.concatenate([states[-1], batch["statistics"]], 1)
    step = np.concatenate([np.arcsinh(batch["experts"]), batch["steps"]], 2)
    v1, s1 = silu((of_series @ w["head_series"] + w["head_bias"])[:, None] + step @ w["head_step"])
    v2, s2 = silu(v1 @ w["hidden"] + w["hidden_bias"])
    out = v2 @ w["out"] + w["out_bias"]

    # The loss.
    e = N_EXPERTS
    shares = np.exp(out[..., :e] - out[..., :e].max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    quantiles = combined(out, batch["experts"])
    error = batch["target"][:, :, None] - quantiles
    taus = QUANTILES.astype(np.float32)
    factor = 2 * batch["weight"][:, None, None] / error.size
    loss = float((factor * np.maximum(taus * error, (taus - 1) * error)).sum())

    # And back.
    d = factor * ((error < 0) - taus)
    d_middle = d.sum(-1, keepdims=True)
    below = -np.cumsum(d[..., :half], -1)
    above = np.cumsum(d[..., :half:-1], -1)[..., ::-1]
    d_gaps = np.concatenate([below, above], -1) * np.exp(np.clip(out[..., e + 1 :], -12, 5))
    d_shares = d_middle * batch["experts"]
    d_logits = shares * (d_shares - (shares * d_shares).sum(-1, keepdims=True))
    d_out = np.concatenate([d_logits, d_middle, d_gaps], -1)

    def flat(values):
        return values.reshape(-1, values.shape[-1])

    g["out"], g["out_bias"] = flat(v2).T @ flat(d_out), d_out.sum((0, 1))
    d2 = (d_out @ w["out"].T) * s2
    g["hidden"], g["hidden_bias"] = flat(v1).T @ flat(d2), d2.sum((0, 1))
    d1 = (d2 @ w["hidden"].T) * s1
    g["head_step"] = flat(step).T @ flat(d1)
    d_series = d1.sum(1)
    g["head_series"], g["head_bias"] = of_series.T @ d_series, d_series.sum(0)
    d_state = d_series @ w["head_series"][:units].T
    # Factors that do not depend on the gradient, for all rows at once.
    slope_new = share * (1 - new * new)
    slope_update = (states[:-1] - new) * share * update  # share: mask * (1 - update)
    slope_reset = candidate * reset * (1 - reset)
    kept = 1 - share
    d_input, d_inner = np.empty_like(of_input), np.empty_like(of_input)
    backwards = np.ascontiguousarray(w["recurrent"].T)
    for t in range(n_rows - 1, -1, -1):
        own, d_new = d_input[t], d_input[t, :, u2:]
        np.multiply(d_state, slope_new[t], out=d_new)
        np.multiply(d_state, slope_update[t], out=own[:, :u])
        np.multiply(d_new, slope_reset[t], out=own[:, u:u2])
        d_inner[t, :, :u2] = own[:, :u2]
        np.multiply(d_new, reset[t], out=d_inner[t, :, u2:])
        d_state *= kept[t]
        d_state += d_inner[t] @ backwards
    g["recurrent"] = flat(states[:-1]).T @ flat(d_inner)
    g["inner_bias"] = d_inner[:, :, u2:].sum((0, 1))
    g["gates"] = flat(x).T @ flat(d_input)
    of_all = d_input.sum(0)
    g["static_gates"], g["gates_bias"] = batch["statistics"].T @ of_all, of_all.sum(0)
    return loss, g


def store(path, weights):
    temporary = path.with_suffix(".tmp.npz")
    np.savez_compressed(temporary, **{a: v.astype(np.float16) for a, v in weights.items()})
    temporary.replace(path)


def train(data, options):
    rng = np.random.default_rng(options.seed)
    n, n_test = len(data["weight"]), min(4096, len(data["weight"]) // 10)
    w = weights_at_start(rng, data, options)
    m1, m2 = ({name: np.zeros_like(v) for name, v in w.items()} for _ in range(2))
    average = {name: v.copy() for name, v in w.items()}
    print(f"{sum(v.size for v in w.values())} weights", flush=True)
    # Batches of histories of like length: short ones read few rows.
    used = data["mask"].sum(1).astype(int)
    classes = [12, 20, WINDOW]
    of_class = np.searchsorted(classes, used)
    pools = [n_test + np.flatnonzero(of_class[n_test:] == c) for c in range(3)]
    shares = np.array([len(pool) for pool in pools]) / (n - n_test)
    queues = [np.array([], int)] * 3

    def batch(rows, rows_read):
        out = {a: data[a][rows].astype(np.float32) for a in data}
        out["context"], out["mask"] = out["context"][:, -rows_read:], out["mask"][:, -rows_read:]
        return out

    began, losses = time.process_time(), []
    for i in range(options.steps):
        c = rng.choice(3, p=shares)
        if len(queues[c]) < options.batch:
            queues[c] = np.concatenate([queues[c], rng.permutation(pools[c])])
        rows, queues[c] = queues[c][: options.batch], queues[c][options.batch :]
        loss, g = loss_and_gradients(w, batch(rows, classes[c]))
        losses.append(loss)
        norm = np.sqrt(sum(float((v**2).sum()) for v in g.values()))
        shrink = min(1.0, 1.0 / (norm + 1e-9))
        left = 1 - i / options.steps  # the last half of the steps are ever smaller
        rate = options.rate * min(1, (i + 1) / 100, max(2 * left, 0.02))
        keep = min(0.998, (i + 1) / (i + 10))
        for name, v in w.items():
            gradient = g[name] * np.float32(shrink)
            m1[name] += 0.1 * (gradient - m1[name])
            m2[name] += 0.01 * (gradient**2 - m2[name])
            unbiased = m1[name] / (1 - 0.9 ** (i + 1))
            v -= rate * unbiased / (np.sqrt(m2[name] / (1 - 0.99 ** (i + 1))) + 1e-8)
            if v.ndim > 1:
                v *= np.float32(1 - 0.003 * rate)
            average[name] += np.float32(1 - keep) * (v - average[name])
        if (i + 1) % options.every == 0 or i + 1 == options.steps:
            held_out = np.mean(
                [
                    loss_and_gradients(average, batch(np.arange(j, j + 512), WINDOW))[0]
                    for j in range(0, n_test - 511, 512)
                ]
            )
            print(
                f"step {i + 1}: loss {np.mean(losses[-options.every :]):.4f}, held out "
                f"{held_out:.4f}, {time.process_time() - began:.0f} s",
                flush=True,
            )
            store(options.path, average)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contexts", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--units", type=int, default=96)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    inside = Path(skgru.__file__).parent / "_forecaster" / "pretrained_weights" / "any_season.npz"
    parser.add_argument("--path", type=Path, default=inside)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--data", type=Path, help="file that keeps the prepared histories")
    parser.add_argument("--processes", type=int, default=1, help="that simulate series")
    parser.add_argument("--jax", action="store_true", help="train in JAX")
    options = parser.parse_args()
    if options.data is not None and options.data.exists():
        with np.load(options.data) as arrays:
            data = {name: arrays[name] for name in arrays.files}
    else:
        data = simulated(options.contexts, options.seed, options.processes)
        if options.data is not None:
            np.savez(options.data, **data)
            print("stored", flush=True)
    if options.jax:
        import _pretrain_jax

        first = weights_at_start(np.random.default_rng(options.seed), data, options)
        _pretrain_jax.train([data], [first], options, lambda _, w: store(options.path, w))
    else:
        train(data, options)
