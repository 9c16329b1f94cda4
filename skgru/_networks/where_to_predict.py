"""Where a network predicts: in numpy, or in the compiled programs of the engine."""

from __future__ import annotations

from typing import Any

from skgru._networks import numpy_inference
from skgru._specs import NetworkSpec
from skgru._tensorflow import has_tensorflow, load_engine, why_unusable

# A job of this many multiply-adds takes numpy 0.4 to 1.8 s. Loading TensorFlow and compiling a
# network takes 5 s.
LARGEST_JOB = 1 << 33
# Time of a step of a layer, which is about 15 calls of numpy, in multiply-adds.
OF_STEP = 1 << 16


def work_of(spec: NetworkSpec, n_rows: int, n_calls: int = 1) -> int:
    """Time of numpy for n_rows windows in each of n_calls calls, in multiply-adds."""
    n_blocks = -(-n_rows // numpy_inference.rows_at_once(spec))
    return n_calls * spec.work(n_rows, n_blocks, OF_STEP)


def inference_for(spec: NetworkSpec, n_rows: int, n_calls: int = 1) -> Any:
    """The module whose `predict` and `roll_on` compute a job: numpy for a small one as long as
    TensorFlow is not loaded, else the engine. A process that cannot use TensorFlow computes all in
    numpy.
    """
    if not has_tensorflow():
        cannot = why_unusable() is not None
        if cannot or work_of(spec, n_rows, n_calls) <= LARGEST_JOB:
            return numpy_inference
    load_engine()
    from skgru._engine import compiled_inference

    return compiled_inference
