"""Trees of scikit-learn from a file: whether the numbers in their nodes are within them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.tree._tree import Tree


def check_trees(objects: Any) -> None:
    """Raise ValueError for a tree that scikit-learn would leave, or that reads columns that X does
    not have. scikit-learn follows the numbers of children and features without a check.
    """
    seen: dict[int, Any] = {}
    waiting = [objects]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if isinstance(one, Tree):
            _check_nodes(one)
        elif isinstance(one, list | tuple | set):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, np.ndarray):
            if one.dtype == object:
                waiting.extend(one.ravel().tolist())
        elif hasattr(one, "__dict__") and not isinstance(one, type):
            _check_columns(vars(one))
            waiting.extend(vars(one).values())


def _check_nodes(tree: Any) -> None:
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    n, place = tree.node_count, np.arange(tree.node_count)
    is_leaf = left == -1
    inner = ~is_leaf
    is_right = n > 0 and (right[is_leaf] == -1).all()
    for child in (left[inner], right[inner]):  # later than the parent, so that there is no circle
        is_right = is_right and ((child > place[inner]) & (child < n)).all()
    is_right = is_right and ((feature[inner] >= 0) & (feature[inner] < tree.n_features)).all()
    if not is_right:
        raise ValueError("a tree has nodes that do not belong to it")


def _check_columns(state: dict[str, Any]) -> None:
    """X is checked against `n_features_in_` alone, of a tree or of the ensemble that holds it."""
    n_columns = state.get("n_features_in_", -1)
    trees = [state["tree_"]] if "tree_" in state else []
    for one in np.ravel(np.asarray(state.get("estimators_", []), dtype=object)):
        trees += [vars(one)["tree_"]] if "tree_" in getattr(one, "__dict__", {}) else []
    if any(tree.n_features > n_columns for tree in trees):
        raise ValueError("a tree reads more columns than its estimator has")
