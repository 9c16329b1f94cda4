"""Trees of scikit-learn from a file: whether the numbers in their nodes are within them.

scikit-learn follows the numbers of children and columns without a check.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.tree._tree import Tree


def check_trees(objects: Any) -> None:
    """Raise ValueError for a tree that scikit-learn would leave, or that reads columns that X does
    not have.
    """
    seen: dict[int, Any] = {}
    waiting = [objects]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if isinstance(one, Tree):
            check_nodes(one.children_left, one.children_right, one.children_left == -1)
            if not ((one.children_left == -1) == (one.children_right == -1)).all():
                raise ValueError("a tree has nodes with one child")
        elif isinstance(one, list | tuple | set):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, np.ndarray):
            if one.dtype == object:
                waiting.extend(one.ravel().tolist())
        elif hasattr(one, "__dict__") and _root_of(one) in ("sklearn", "skgru"):
            if isinstance(one, TreePredictor):
                nodes = one.nodes
                check_nodes(nodes["left"], nodes["right"], nodes["is_leaf"].astype(bool))
                if nodes["is_categorical"].any():
                    raise ValueError("a tree has nodes of categories")
            _check_columns(vars(one))
            waiting.extend(vars(one).values())


def _root_of(value: Any) -> str:
    return type(value).__module__.split(".")[0]


def check_nodes(left: np.ndarray, right: np.ndarray, is_leaf: np.ndarray) -> None:
    """Children are in the tree, and later than their parent, so that there is no circle."""
    place, inner = np.arange(len(left)), ~is_leaf
    is_right = len(left) > 0
    for child in (left[inner], right[inner]):
        is_right = is_right and bool(((child > place[inner]) & (child < len(left))).all())
    if not is_right:
        raise ValueError("a tree has nodes that do not belong to it")


def _check_columns(state: dict[str, Any]) -> None:
    """X is checked against `n_features_in_` alone, of a tree or of the ensemble that holds it."""
    columns = [_columns_of(state["tree_"])] if "tree_" in state else []
    for name in ("estimators_", "_predictors"):
        for one in np.ravel(np.asarray(state.get(name, []), dtype=object)):
            if isinstance(one, TreePredictor):
                columns.append(_columns_of(one))
            elif "tree_" in getattr(one, "__dict__", {}):
                columns.append(_columns_of(vars(one)["tree_"]))
    n_columns = state.get("n_features_in_", 0)
    if any((one < 0).any() or (one >= n_columns).any() for one in columns):
        raise ValueError("a tree reads columns that its estimator does not have")


def _columns_of(tree: Any) -> np.ndarray:
    """Columns that the nodes of a tree compare."""
    if isinstance(tree, TreePredictor):
        return tree.nodes["feature_idx"][~tree.nodes["is_leaf"].astype(bool)]
    return tree.feature[tree.children_left != -1]
