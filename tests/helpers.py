"""What several test files share."""

import contextlib
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest


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


def run_python(code, *arguments, **options):
    """Run code in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
