"""Weights of rows in training: from the form that X has to an array for each series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import _num_samples, has_fit_parameter

from skgru._containers.long import keys_of, parts_of, positions_of
from skgru._containers.numbers import as_numbers
from skgru._containers.panel import Panel
from skgru._containers.table import Table
from skgru._containers.text_dates import with_dates
from skgru._containers.value_kinds import names_times
from skgru._forecaster.dataset import Joined, Pairs
from skgru._forecaster.regressors import EnsembleMember, given_regressor
from skgru._forecaster.short_series import steps_taught
from skgru._networks.regressor import GRURegressor
from skgru._warnings import warn_user


def weights_of_rows(
    given: Any, X: Any, tables: list[Table], panel: Panel | None
) -> list[np.ndarray] | None:
    """The weight of each row of each series, (n_rows,); None without weights.

    given : `sample_weight` of fit.

    Raises ValueError for weights of another length than X, negative weights, NaN and zeros alone.
    """
    if given is None:
        return None
    if panel is not None and panel.kind == "list":
        weights = weights_of_list(given, X, panel.ids)
    else:
        whole = weights_of_one(given, X)
        weights = [whole] * len(tables)
        if panel is not None and panel.kind == "long":
            keys = keys_of(X, panel.group) or []
            weights = [whole[rows] for rows in positions_of(X, keys, panel.group)]
    if not any(one.any() for one in weights):
        raise ValueError(
            "sample_weight has only zeros, but rows of weight 0 train nothing. Give a positive "
            "weight to the rows that count."
        )
    # Series of a wide frame begin with their first value.
    return [one[len(one) - len(table) :] for one, table in zip(weights, tables, strict=True)]


def weights_of_new(
    given: Any, X: Any, panel: Panel | None, n_new: Sequence[int]
) -> list[np.ndarray] | None:
    """The weight of each new row of each series of fit, (n_new,); None without weights.

    given : `sample_weight` of update, for all rows of X; panel : that of fit; n_new : how many of
    the last rows of each series of X are new.
    """
    if given is None:
        return None
    if panel is None or panel.kind == "wide":
        weights = [weights_of_one(given, X)] * len(n_new)
    elif panel.kind == "list":
        weights = weights_of_list(given, X, panel.ids)
    else:
        whole, keys = weights_of_one(given, X), keys_of(X, panel.group) or []
        ids = parts_of(X, keys, panel.group)[0]
        rows = dict(zip(ids, positions_of(X, keys, panel.group), strict=True))
        weights = [whole[rows[one]] if one in rows else whole[:0] for one in panel.ids]
    return [one[len(one) - n :] for one, n in zip(weights, n_new, strict=True)]


def extended_weights(
    kept: Sequence[np.ndarray] | None,
    n_kept: Sequence[int],
    new: Sequence[np.ndarray] | None,
    n_new: Sequence[int],
) -> list[np.ndarray] | None:
    """The weights of the rows that are kept of each series, and of the new rows after them. Rows
    without weights have the weight 1; None if no row has a weight.
    """
    if kept is None and new is None:
        return None
    kept = list(map(np.ones, n_kept)) if kept is None else kept
    new = list(map(np.ones, n_new)) if new is None else new
    return [np.concatenate(both) for both in zip(kept, new, strict=True)]


def weights_of_one(given: Any, X: Any) -> np.ndarray:
    """The weight of each row of one series or frame, (n_rows,)."""
    weights = _weights(given, _num_samples(X), "X has", "sample_weight")
    _check_index(given, X)
    return weights


def weights_of_list(given: Any, X: list[Any], ids: Sequence[Any]) -> list[np.ndarray]:
    """The weight of each row of each series of a list, (n_rows,)."""
    is_list = isinstance(given, list | tuple) and not any(np.ndim(one) == 0 for one in given)
    if not is_list or len(given) != len(X):
        what = f"a list of {len(given)} arrays" if is_list else f"a {type(given).__name__}"
        raise ValueError(
            f"sample_weight is {what}, but X is a list of {len(X)} series. Give a list of "
            f"{len(X)} arrays, with a weight for each row of a series."
        )
    return [
        _weights(one, len(series), f"series {name!r} of X has", f"sample_weight of series {name!r}")
        for name, one, series in zip(ids, given, X, strict=True)
    ]


def _weights(given: Any, n_rows: int, whose: str, name: str) -> np.ndarray:
    """Weights as an array, (n_rows,), after all checks."""
    weights = np.asarray(as_numbers(given, "sample_weight"))
    if weights.shape == (n_rows, 1):  # a frame of one column
        weights = weights[:, 0]
    if weights.shape != (n_rows,):
        raise ValueError(
            f"{name} has shape {weights.shape}, but {whose} {n_rows} rows. Give an array of shape "
            f"({n_rows},), with a weight for each row."
        )
    try:
        weights = weights.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers. Give a weight for each row.") from error
    for is_wrong, what in ((~np.isfinite(weights), "NaN or infinity"), (weights < 0, "a negative")):
        if is_wrong.any():
            at = int(is_wrong.argmax())
            what = f"{what} weight" if what == "a negative" else what
            raise ValueError(
                f"{name} has {what} in row {at}, {weights[at]:g}, but weights are numbers of at "
                "least 0. Give 0 to rows that the regressors must not be trained to forecast."
            )
    return weights


def _check_index(given: Any, X: Any) -> None:
    """Raise if weights of pandas have other dates than X, or the labels of X in another order.
    Otherwise they are taken in order.
    """
    one, other = _index_of(given), _index_of(X)
    if not hasattr(one, "equals") or one.equals(other):
        return
    if hasattr(other, "equals"):
        is_moved = (names_times(one) and names_times(other)) or one.isin(other).all()
        if is_moved:
            raise ValueError(
                "sample_weight has an index of other dates than X, or in another order. Give the "
                "dates of X, sample_weight.reindex(X.index), or an array in the order of X."
            )
    if not one.is_monotonic_increasing and one.isin(range(len(one))).all():
        raise ValueError(
            "sample_weight has an index of row numbers that are not in order, and X has other "
            "labels. Sort the weights, sample_weight.sort_index(), or give an array in the order "
            "of X."
        )


def _index_of(X: Any) -> Any:
    """The index of a pandas object, with dates of pyarrow as those of pandas; None without one."""
    is_pandas = type(X).__module__.split(".")[0] == "pandas" and hasattr(X, "index")
    return with_dates(X).index if is_pandas else getattr(X, "index", None)


def check_takes_weights(members: Sequence[EnsembleMember]) -> None:
    """Raise if a regressor cannot weight rows. Warn if there is no regressor."""
    if not members:
        warn_user(
            "sample_weight has no effect with pretrained='only', which trains nothing. Leave "
            "sample_weight None, or use pretrained='auto'."
        )
    for member in members:
        one = given_regressor(member.regressor)
        if type(one) is not GRURegressor and not has_fit_parameter(one, "sample_weight"):
            raise ValueError(
                f"sample_weight was given, but fit of regressor={type(one).__name__} takes no "
                "sample_weight. Leave it None, or give a regressor that takes it, such as Ridge()."
            )


def weights_of_windows(pairs: Pairs, origins: np.ndarray) -> np.ndarray | None:
    """The weight of each window, (n,): the mean weight of its known targets. None without weights
    of rows.
    """
    joined = pairs.joined
    if joined.weight is None:
        return None
    total, n_known = np.zeros(len(origins)), np.zeros(len(origins))
    for step in range(1, pairs.spec.steps_of_call + 1):
        is_known = np.isfinite(pairs.targets[origins + step]).any(axis=1)
        total += np.where(is_known, joined.weight[origins + step], 0)
        n_known += is_known
    return total / np.maximum(n_known, 1)


def check_weighted(
    members: Sequence[EnsembleMember], pairs: Pairs, origins: np.ndarray, is_complete: np.ndarray
) -> None:
    """Raise if weights of 0 take all targets of a step from a regressor, which it has without
    weights.
    """
    spec, joined = pairs.spec, pairs.joined
    if joined.weight is None or not members or is_complete.any():
        return
    unweighted = Pairs(spec, replace(joined, weight=None))
    every, are_complete = unweighted.usable()
    is_network = all(type(each.regressor) is GRURegressor for each in members)
    if is_network and len(origins) and steps_taught(pairs, origins) == spec.steps_of_call:
        return
    if is_network and len(every) and steps_taught(unweighted, every) < spec.steps_of_call:
        return  # whatever the weights are
    if (is_network and len(every)) or are_complete.any():
        what = "a row" if spec.steps_of_call == 1 else f"{spec.steps_of_call} rows in a row"
        raise ValueError(
            f"sample_weight leaves no window of horizon={spec.horizon} whose targets all have a "
            f"positive weight. Give positive weights to {what} after the first "
            f"{spec.least_history} rows of X."
        )


def with_weights(joined: Joined, weights: list[np.ndarray] | None) -> Joined:
    """Joined series with the weights of their rows. Rows between series have the weight 0."""
    if weights is None:
        return joined
    weight = np.zeros(len(joined.z))
    for start, one in zip(joined.first, weights, strict=True):
        weight[start : start + len(one)] = one
    return replace(joined, weight=weight)
