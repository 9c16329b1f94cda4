"""Memory that a training needs, checked before TensorFlow ends the process for lack of it."""

from __future__ import annotations

import os

import numpy as np

from skgru._engine.layers import scratch_shapes
from skgru._specs import NetworkSpec, TrainingSpec


def bytes_of_batch(network: NetworkSpec, batch_size: int) -> int:
    """Bytes that an optimiser step needs at least: its windows, and what the layers keep of each
    step of the window for the gradients.
    """
    shapes = [
        (batch_size, network.window_length, network.n_channels),
        *scratch_shapes(network, batch_size),
    ]
    return 4 * sum(int(np.prod(shape, dtype=np.float64)) for shape in shapes)


def bytes_available() -> int | None:
    """The memory of the machine, or what ulimit -v leaves to this process, in bytes; None if
    unknown.
    """
    try:
        import resource

        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm") as file:
                used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            available = min(available, max(0, limit - used))
    except (ImportError, OSError, ValueError):  # not on Linux
        return None
    return available


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
