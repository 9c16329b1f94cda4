"""Private names of other packages that skgru uses. Where one is gone, the message says in which
file of skgru it is used.
"""

import ast
import importlib
import importlib.util
import re
from pathlib import Path

import keras
import pytest
import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer
from scikeras.wrappers import KerasRegressor
from tensorflow.python.eager import context

import skgru

ROOT = Path(skgru.__file__).parent
HAS_CALLBACKS = importlib.util.find_spec("sklearn.callback") is not None
SOURCES = {path.relative_to(ROOT.parent): path.read_text() for path in ROOT.rglob("*.py")}
ENGINE = {
    path: text
    for path, text in SOURCES.items()
    if path.parent.name == "_engine" or path.name == "_tensorflow.py"
}

# Attributes, and an object that has them.
ATTRIBUTES = {
    "_fn": keras.metrics.MeanAbsoluteError(),
    "_fn_kwargs": keras.metrics.MeanAbsoluteError(),
    "_learning_rate": keras.optimizers.SGD(),
    "_clip_gradients": keras.optimizers.SGD(),
    "_variables": keras.optimizers.SGD(),
    "_backend_update_step": BaseOptimizer,
    "_backend_apply_gradients": BaseOptimizer,
    "_apply_weight_decay": BaseOptimizer,
    "_var_key": keras.optimizers.SGD(),
    "_dtype_policy": keras.losses.MeanSquaredError(),
    "_dtype": keras.losses.MeanSquaredError(),
    "_aggregate_additional_loss": keras.Model,
    "_make_callable_from_options": tf.compat.v1.Session,
    "_context": context,
    "_context_handle": context.context(),
    "_user_params": KerasRegressor(lambda: None, alpha=1.0),
    "_validate_data": KerasRegressor,
    "_validate_sample_weight": KerasRegressor,
    "_fit_keras_model": KerasRegressor,
}


def files_with(name, sources=ENGINE):
    return [str(path) for path, text in sources.items() if re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_private_attribute_exists(name):
    owner = ATTRIBUTES[name]
    kind = owner.__name__ if hasattr(owner, "__name__") else type(owner).__name__
    files = files_with(name)
    assert files, f"skgru no longer uses {name}: remove it from ATTRIBUTES"
    assert hasattr(owner, name), f"{kind} has no attribute {name}. It is used in {files}."


def private_imports():
    """(module, name) of each import of something private, in all of skgru."""
    found = set()
    for text in SOURCES.values():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
                continue
            package, *inner = node.module.split(".")
            if package not in ("keras", "scikeras", "sklearn", "tensorflow"):
                continue
            if package == "sklearn" and inner[:1] == ["callback"] and not HAS_CALLBACKS:
                continue  # before scikit-learn 1.9
            hidden = any(one.startswith("_") or one in ("src", "python", "core") for one in inner)
            names = [alias.name for alias in node.names]
            found |= {(node.module, name) for name in names if hidden or name.startswith("_")}
    return sorted(found)


@pytest.mark.parametrize(("module", "name"), private_imports())
def test_a_private_import_exists(module, name):
    files = files_with(name, SOURCES)
    try:
        exists = hasattr(importlib.import_module(module), name)
        if not exists:
            importlib.import_module(f"{module}.{name}")
    except ImportError as error:
        pytest.fail(f"{module} has no {name} ({error}). It is used in {files}.")


def test_each_private_attribute_is_listed():
    """Attributes with an underscore of other objects than skgru's own."""
    own = set()
    for text in SOURCES.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                own.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if isinstance(node.value, ast.Name) and node.value.id == "self":
                    own.add(node.attr)
    used = {
        (node.attr, str(path))
        for path, text in ENGINE.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr)
    }
    unlisted = {one for one in used if one[0] not in own and one[0] not in ATTRIBUTES}
    assert not unlisted, f"add these to ATTRIBUTES: {sorted(unlisted)}"
    # One that skgru overrides is a method of the other package, too.
    listed = [name for name in ("_validate_data", "_fit_keras_model") if name in own]
    assert len(listed) == 2
