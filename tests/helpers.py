"""What several test files share."""

import contextlib
import os
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

from skgru._forecaster.seasonal_profiles import seasonal_course


def in_order(text):
    """Sets of words sorted: scikit-learn prints them in an order that differs between processes."""
    return re.sub(r"\{('[^}]*)\}", lambda found: str(sorted(found[1].split(", "))), text)


def assert_holds(message, *parts):
    """Each part, a text or a tuple of texts, is in the message, in any order."""
    message = in_order(str(message))
    for part in parts:
        for text in [part] if isinstance(part, str) else part:
            assert in_order(text) in message, f"{text!r} is not in: {message}"


@contextlib.contextmanager
def raises(*parts, error=ValueError):
    """The block raises an error whose message holds the parts: parameter, value and remedy."""
    with pytest.raises(error) as caught:
        yield caught
    assert_holds(caught.value, *parts)


def fails(call, *parts, error=ValueError):
    """call raises an error whose message holds the parts: parameter, value and remedy."""
    with raises(*parts, error=error):
        call()


@contextlib.contextmanager
def warns(*parts, category=UserWarning):
    """The block warns once, with a message that holds the parts."""
    with pytest.warns(category) as caught:
        yield caught
    assert len(caught) == 1, [str(one.message) for one in caught]
    assert_holds(caught[0].message, *parts)


def copy_of(estimator):
    """As a pickle brings it back."""
    return pickle.loads(pickle.dumps(estimator))


def assert_same_weights(one, other, atol=0.0):
    """The weights of two fitted networks differ by atol at most."""
    for ours, theirs in zip(one._weights, other._weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


def assert_same_training(one, other, atol=1e-5, rtol=1e-5):
    """Weights differ by atol at most, and the losses and metrics of each epoch by rtol."""
    assert_same_weights(one, other, atol)
    assert list(one.history_) == list(other.history_)
    for name, values in one.history_.items():
        assert np.isfinite(values).all(), name
        np.testing.assert_allclose(values, other.history_[name], rtol=rtol, atol=1e-5)


def run_python(code, *arguments, environment=None, cwd=None, prefix=()):
    """Run code in a process of its own; return what it printed.

    prefix : a command that starts Python.
    """
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | (environment or {}),
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# Slow oracles of a forecaster: lists of rows in plain Python, of which the last is the origin


def row_at(rows, t):
    """Row t, of NaN outside."""
    return list(rows[t]) if 0 <= t < len(rows) else [np.nan] * len(rows[0])


def slow_level(window, level, season):
    """What is subtracted from a window: one number for each target."""
    each = range(len(window[0]))
    if level is None:
        return [0.0 for _ in each]
    if level == "last":
        return list(window[-1])
    rows = window[-season:] if 1 < season <= len(window) else window
    return [sum(row[i] for row in rows) / len(rows) for i in each]


def slow_baseline(z, window, baseline, level, season, steps):
    """The naive forecast from the rows z: steps rows, of NaN where seasons lack."""
    if baseline == "last":
        return [list(window[-1])] * steps
    if baseline is None:
        return [slow_level(window, level, season)] * steps
    if baseline == "seasonal":
        return [row_at(z, len(z) - season + k % season) for k in range(steps)]
    profiles = [slow_profile(z, i, season, steps) for i in range(len(z[0]))]
    return [list(row) for row in zip(*profiles, strict=True)]


def slow_profile(z, i, season, steps):
    """The course of up to three whole seasons, at the level of the last half season. The course has
    tests of its own.
    """
    values = np.array([row_at(z, t)[i] for t in range(len(z) - 3 * season, len(z))])
    if not np.isfinite(values[-season:]).all():
        return [np.nan] * steps
    course = seasonal_course(values[np.newaxis], season)[0][0].tolist()
    half = max(1, season // 2)
    last = values[-season:].tolist()
    level = sum(last[j] - course[j] for j in range(season - half, season)) / half
    return [level + course[k % season] for k in range(steps)]


def prices(seed, n, stay):
    """Values that stay for about `stay` rows, then jump by a tenth or so."""
    rng = np.random.default_rng([seed, n])
    return 100 * np.exp(np.cumsum(np.where(rng.random(n) < 1 / stay, 0.1 * rng.normal(size=n), 0)))
