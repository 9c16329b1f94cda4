"""Checkpoints: an unfinished fit in a file, from which the same fit goes on.

The order of the rows and the dropout of an epoch depend on the seed and the epoch alone. So the
weights, the slots of the optimiser, the history and the state of early stopping are all that a fit
needs to go on.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from skgru._dataset import WindowDataset
from skgru._files.whole_file import cannot_write, write_whole
from skgru._specs import NetworkSpec, NetworkState, Snapshot, TrainingSpec

FORMAT = 1

# A checkpoint is written after an epoch, but no more often than this.
SECONDS_BETWEEN = 1.0

# These have no influence on the result.
_IRRELEVANT = {"callbacks", "verbose", "seed"}


class Checkpoint:
    """The checkpoint of one fit.

    parameters : what the fit depends on beside the data, by name, as text; data : digest of the
    data, and of the network that is trained further; seed : of the training.
    """

    def __init__(self, path: Path, parameters: Mapping[str, str], data: str, seed: int) -> None:
        self.path = path
        self.identity: dict[str, Any] = {"parameters": dict(parameters), "data": data, "seed": seed}
        self._written = -np.inf

    def after_epoch(self, snapshot: Snapshot) -> bool:
        """Write the fit as it is after an epoch, unless a moment ago. Returns False, as it never
        stops the fit.
        """
        if time.monotonic() - self._written < SECONDS_BETWEEN:
            return False
        arrays: dict[str, np.ndarray] = {
            "identity": np.array(json.dumps({"format": FORMAT, **self.identity})),
            "course": np.array(
                json.dumps(
                    {
                        "history": snapshot.history,
                        "lowest": snapshot.lowest,
                        "n_without_improvement": snapshot.n_without_improvement,
                    }
                )
            ),
        }
        for name, state in (("last", snapshot.state), ("best", snapshot.best)):
            if state is not None:
                arrays[name] = np.array(json.dumps([state.optimizer, state.epoch]))
                for part in ("weights", "slots"):
                    for i, array in enumerate(getattr(state, part)):
                        arrays[f"{name}_{part}_{i}"] = np.asarray(array)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]
        try:
            write_whole(self.path, buffer.getvalue())
        except OSError as error:
            raise cannot_write(f"checkpoint={str(self.path)!r}", error) from error
        self._written = time.monotonic()
        return False

    def remove(self) -> None:
        """The fit has ended."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Found:
    """What a file holds. identity : as in `Checkpoint`."""

    identity: dict[str, Any]
    snapshot: Snapshot

    def check(self, checkpoint: Checkpoint) -> None:
        """Raise ValueError if the file is the checkpoint of another fit."""
        before, now = self.identity, checkpoint.identity
        changed = [
            f"{name}={one} (it was {before['parameters'].get(name)})"
            for name, one in now["parameters"].items()
            if one != before["parameters"].get(name)
        ]
        if before["seed"] != now["seed"]:
            changed.append("another random_state")
        if before["data"] != now["data"]:
            changed.append("other data")
        if changed:
            raise ValueError(
                f"checkpoint={str(checkpoint.path)!r} belongs to another fit: this one has "
                f"{', '.join(changed)}. Use the parameters and data of that fit, or another path."
            )


def found_at(path: Path) -> Found | None:
    """The fit that a file holds, None without a file. Raises ValueError for another file."""
    if not path.exists():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            identity, course = json.loads(str(file["identity"])), json.loads(str(file["course"]))
            if identity.pop("format") != FORMAT:
                raise ValueError("it has another format")
            last = _state_in(file, "last")
            assert last is not None
            return Found(identity, Snapshot(last, _state_in(file, "best"), **course))
    except OSError:
        raise
    except Exception as error:
        raise ValueError(
            f"checkpoint={str(path)!r} is damaged, or is no checkpoint of this skgru. Delete it, "
            "or give another path."
        ) from error


def _state_in(file: Any, name: str) -> NetworkState | None:
    if name not in file:
        return None
    optimizer, epoch = json.loads(str(file[name]))

    def arrays(part: str) -> list[np.ndarray]:
        n = sum(key.startswith(f"{name}_{part}_") for key in file)
        return [file[f"{name}_{part}_{i}"] for i in range(n)]

    return NetworkState(arrays("weights"), arrays("slots"), optimizer, epoch)


def checked_path(checkpoint: Any, callbacks: Any) -> Path | None:
    """The path of a parameter `checkpoint`. Raises for what is no path, and for callbacks."""
    if checkpoint is None:
        return None
    if not isinstance(checkpoint, str | os.PathLike):
        raise TypeError(
            f"checkpoint={checkpoint!r} must be a str, a PathLike or None. Give the name of a file."
        )
    if callbacks:
        raise ValueError(
            f"checkpoint={str(checkpoint)!r} cannot be used with callbacks, because it does not "
            "hold their state. Set callbacks=None, or leave checkpoint out."
        )
    return Path(checkpoint)


def parameters_of(network: NetworkSpec, training: TrainingSpec, epochs: int) -> dict[str, str]:
    """What a fit depends on beside its data, by name, as text."""
    values = {one.name: getattr(training, one.name) for one in fields(training)}
    values |= asdict(network) | {"epochs": epochs}
    return {name: _text(one) for name, one in values.items() if name not in _IRRELEVANT}


def _text(value: Any) -> str:
    """A parameter as text, the same in each process."""
    if isinstance(value, str | int | float | None):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_text, value))})"
    if hasattr(value, "get_config"):
        return f"{type(value).__name__}({json.dumps(value.get_config(), default=_text)})"
    return str(getattr(value, "__qualname__", type(value).__qualname__))


def digest_of(
    datasets: list[WindowDataset | None], earlier: NetworkState | None, *arrays: np.ndarray
) -> str:
    """Digest of the data of a fit, and of the network that is trained further."""
    digest = hashlib.sha256()

    def add(array: np.ndarray | None) -> None:
        array = np.zeros(0) if array is None else np.ascontiguousarray(array)
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.view(np.uint8).data if array.size else b"")

    for dataset in datasets:
        if dataset is None:
            add(None)
            continue
        for piece in dataset.pieces():
            for array in dataset.batch(piece):
                add(array)
    for array in [*(earlier.weights + earlier.slots if earlier else []), *arrays]:
        add(array)
    return digest.hexdigest()
