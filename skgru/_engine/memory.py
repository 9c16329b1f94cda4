"""Memory that a training needs, checked before TensorFlow ends the process for lack of it."""

from __future__ import annotations

import numpy as np

from skgru._engine.forward_and_gradients import scratch_shapes
from skgru._specs import NetworkSpec, TrainingSpec
from skgru._validation import bytes_available


def bytes_of_batch(network: NetworkSpec, batch_size: int) -> int:
    """Bytes that an optimiser step needs at least: its windows, and what the layers keep of each
    step of the window for the gradients.
    """
    shapes = [
        (batch_size, network.window_length, network.n_channels),
        *scratch_shapes(network, batch_size),
    ]
    return 4 * sum(int(np.prod(shape, dtype=np.float64)) for shape in shapes)


def check_memory(network: NetworkSpec, training: TrainingSpec) -> None:
    """Raise MemoryError if an optimiser step needs more memory than there is."""
    needed, available = bytes_of_batch(network, training.batch_size), bytes_available()
    if available is None or needed <= available:
        return
    remedy = "Use a smaller batch_size"
    if bytes_of_batch(network, 1) > available:
        remedy = "Use shorter windows or fewer units"
    raise MemoryError(
        f"batch_size={training.batch_size} needs at least {needed:,} bytes for windows of "
        f"{network.window_length} steps and units={network.units}, but this process has "
        f"{available:,} bytes. {remedy}."
    )
