"""`save` and `load`: files of estimators that run no code when they are read."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skgru._files.checked_archive import (
    FORMAT,
    Damaged,
    Newer,
    archive_of_arrays,
    pack,
    plain_arrays,
    unpack,
)
from skgru._files.whole_file import REMEDIES_OF_SYSTEM, as_path, cannot_write, write_whole


def save(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Save an estimator to a file that runs no code when it is loaded.

    Estimators of skgru and scikit-learn can be saved, fitted or not: also pipelines, searches and
    ensembles, and the results of `backtest`. Needs skops (``pip install "skgru[files]"``).

    Parameters
    ----------
    estimator : estimator, BacktestResult or BacktestResults
        What to save. It holds numbers, text, dates, and classes of skgru, scikit-learn and numpy.
        Functions and classes of your own, and objects of Keras, cannot be saved, because a file
        holds no code.

    path : str or PathLike
        The file, with any ending. An earlier file is replaced as soon as the new one is complete.

    Returns
    -------
    None
        The estimator is in the file.

    Raises
    ------
    TypeError
        If `estimator` is neither an estimator nor a result of `backtest`.
    ValueError
        If `estimator` holds something that cannot be saved. The message names the parameter.
    OSError
        If the file cannot be written. An earlier file is then unchanged.
    ImportError
        If skops is not installed.

    See Also
    --------
    load : Load such a file.

    Notes
    -----
    Estimators of other packages within an estimator of skgru cannot be saved. Nor can a few
    estimators of scikit-learn that skops refuses, such as SplineTransformer.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skgru
    >>> from skgru.datasets import load_airline_passengers
    >>> forecaster = skgru.SequenceForecaster(
    ...     horizon=3, season_length=12, pretrained="only"
    ... )
    >>> forecaster = forecaster.fit(load_airline_passengers())
    >>> path = Path(tempfile.mkdtemp()) / "passengers.skgru"
    >>> skgru.save(forecaster, path)
    >>> loaded = skgru.load(path)
    >>> (loaded.forecast() == forecaster.forecast()).all()
    np.True_
    """
    path = as_path(path)
    try:
        data = _bytes_of(estimator)
        write_whole(path, data)
    except OSError as error:
        raise cannot_write(f"path={str(path)!r}", error) from error


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save` has saved, without running code of the file.

    Predictions and forecasts are bitwise those of the saved estimator, in the same versions on the
    same machine. Loading needs no TensorFlow. Needs skops (``pip install "skgru[files]"``).

    Parameters
    ----------
    path : str or PathLike
        The file.

    Returns
    -------
    estimator, BacktestResult or BacktestResults
        What was saved.

    Raises
    ------
    ValueError
        If the file is damaged, is no file of `save`, holds other types than those that `save`
        writes, or has a format of a later version of skgru. The message names the file.
    OSError
        If the file cannot be read.
    ImportError
        If skops is not installed, or pandas or polars for an estimator that was fitted with them.

    See Also
    --------
    save : Save an estimator.

    Notes
    -----
    A checksum of the whole file finds damage, such as a changed or missing byte. It is no
    signature: someone who changes a file on purpose can write its checksum too. Such a file cannot
    run code, but it can hold another model.
    """
    _check_skops("load")
    from skgru._files.objects_as_json import Decoder
    from skgru._files.registry import PUBLIC, TRUSTED

    path = as_path(path)
    if path.exists() and not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(f"path={str(path)!r} must be a file, but is a device or a pipe.")
    data = path.read_bytes()
    try:
        document, archive = unpack(data)
        objects = plain_arrays(archive)
        is_plain = objects is not None
        if objects is None:
            objects = _import_skops("load").loads(archive, trusted=TRUSTED)
        value = Decoder(document, objects).value
        if not is_plain:
            from skgru._files.tree_checks import check_trees

            check_trees(value)
        if not isinstance(value, (BaseEstimator, *PUBLIC)):
            raise Damaged("it holds no estimator")
    except Newer as error:
        raise ValueError(
            f"path={str(path)!r} has {error}, but this skgru reads formats up to {FORMAT}. Install "
            "that version of skgru or a later one."
        ) from error
    except ModuleNotFoundError as error:
        raise ImportError(
            f"path={str(path)!r} needs the package {error.name}, which is not installed. Install "
            f"it with 'pip install {error.name}'."
        ) from error
    except Warning:  # where warnings are errors
        raise
    except Exception as error:
        if getattr(error, "errno", None) in REMEDIES_OF_SYSTEM:  # nothing about the file
            raise
        raise ValueError(_refused(path, error)) from error
    return value


def _bytes_of(estimator: Any) -> bytes:
    """The file of an estimator."""
    _check_skops("save")
    from skgru._files.objects_as_json import Encoder, Unsupported
    from skgru._files.registry import PUBLIC

    if isinstance(estimator, type) or not isinstance(estimator, (BaseEstimator, *PUBLIC)):
        raise TypeError(
            f"estimator={estimator!r} must be an estimator or a result of backtest. Give an "
            "instance, for example skgru.SequenceForecaster()."
        )
    try:
        encoder = Encoder(estimator)
        is_plain = all(type(one) is np.ndarray and one.dtype.kind != "O" for one in encoder.objects)
        if is_plain:
            version = importlib.metadata.version("skops")
            archive = archive_of_arrays(encoder.objects, version)
        else:
            archive = _archive_of(encoder, _import_skops("save"))
    except Unsupported as error:
        raise ValueError(_unsupported(error)) from error
    try:
        if not is_plain:
            from skgru._files.tree_checks import check_trees

            check_trees(estimator)
    except ValueError as error:
        raise ValueError(
            f"estimator={estimator!r} cannot be saved: {error}. Save it with joblib."
        ) from error
    document = {"versions": _versions(), **encoder.document}
    return pack(document, archive)


def _check_skops(name: str) -> None:
    """Raise ImportError without skops. Its import takes half a second, and is left to its use."""
    if "skops" in sys.modules:
        is_there = sys.modules["skops"] is not None
    else:
        is_there = importlib.util.find_spec("skops") is not None
    if not is_there:
        raise ImportError(
            f"skgru.{name} needs the package skops, which is not installed. Install it with "
            "'pip install \"skgru[files]\"', or use pickle or joblib."
        )


def _import_skops(name: str) -> Any:
    _check_skops(name)
    import skops.io

    return skops.io


def _versions() -> dict[str, str]:
    import skgru

    names = ("keras", "numpy", "scikit-learn", "skops")
    return {"skgru": skgru.__version__, **{one: importlib.metadata.version(one) for one in names}}


def _archive_of(encoder: Any, skops_io: Any) -> bytes:
    """What skops makes of the objects, read once to see whether it can be read."""
    from skgru._files.objects_as_json import Unsupported
    from skgru._files.registry import TRUSTED

    try:
        archive = skops_io.dumps(encoder.objects)
        skops_io.loads(archive, trusted=TRUSTED)
        return archive
    except Exception:
        for one, source in zip(encoder.objects, encoder.sources, strict=True):
            try:
                skops_io.loads(skops_io.dumps([one]), trusted=TRUSTED)
            except Exception as error:
                raise Unsupported(*source) from error
        raise


# What to do about a parameter that holds a function or an object.
_REMEDIES = {
    "callbacks": "Remove them with set_params(callbacks=None)",
    "loss": "Train with the name of a loss",
    "metrics": "Train with names of metrics",
    "optimizer": "Train with the name of an optimizer",
    "learning_rate": "Train with a number or a name",
}


def _unsupported(error: Any) -> str:
    import skgru
    from skgru._files.registry import CLASSES

    is_public = [owner not in CLASSES or owner in skgru.__all__ for owner, _ in error.where]
    known = [one for one, is_known in zip(error.where, is_public, strict=True) if is_known]
    owner, name = known[-1] if known else ("", "estimator")
    what = f"{name}={error.value!r} of {owner}" if owner else f"estimator={error.value!r}"
    if name.startswith("_"):
        what = f"{error.value!r} in {owner}"
    reason = "a file holds no code, but numbers, text and known classes"
    if (names := _untrusted(error.__cause__)) is not None:
        reason = f"it holds {names}, and a file has known classes only"
    remedy = _REMEDIES.get(name, "Use another class or function of scikit-learn")
    return f"{what} cannot be saved: {reason}. {remedy}, or save with joblib."


def _untrusted(error: BaseException | None) -> str | None:
    """The types that skops refuses, as text."""
    if "skops.io" not in sys.modules:
        return None
    from skops.io.exceptions import UntrustedTypesFoundException

    if not isinstance(error, UntrustedTypesFoundException):
        return None
    return str(error).partition("[")[2].partition("]")[0].replace("'", "")


def _refused(path: Path, error: Exception) -> str:
    """The message of a file that is damaged, or that was made by something else."""
    if (names := _untrusted(error)) is not None:
        return (
            f"path={str(path)!r} holds {names}, which skgru.save never writes. It was not loaded. "
            "Use a file from a source that you trust."
        )
    reason = str(error) if isinstance(error, Damaged) else f"{type(error).__name__}: {error}"
    return (
        f"path={str(path)!r} is damaged, or is no file of skgru.save: {reason[:200]}. Copy the "
        "file again, or save the estimator again."
    )
