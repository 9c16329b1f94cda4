"""What docstrings say of parameters equals the signatures."""

import ast
import importlib
import inspect
import re

import pytest

import skgru

MODULES = ["skgru", "skgru.datasets", "skgru.metrics", "skgru.model_selection", "skgru.plotting"]


def public_objects():
    for module in map(importlib.import_module, MODULES):
        for name in module.__all__:
            if not name.startswith("__"):
                yield f"{module.__name__}.{name}", getattr(module, name)


def public_callables():
    for name, thing in public_objects():
        yield name, thing
        if inspect.isclass(thing):
            for method in filter(is_ours, vars(thing)):
                if callable(getattr(thing, method)):
                    yield f"{name}.{method}", getattr(thing, method)


def is_ours(method):
    # scikit-learn's metadata routing adds methods such as set_fit_request, with docstrings.
    return not re.fullmatch(r"_.*|set_\w+_request", method)


def section(thing, title):
    """The lines of one section of a numpydoc docstring."""
    text = inspect.getdoc(thing)
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", text, re.M | re.S)
    return found[1] if found else ""


def documented_parameters(thing):
    """{name: type and default as written}"""
    return dict(re.findall(r"^(\w+) : (.+)$", section(thing, "Parameters"), re.M))


def signature(thing):
    parameters = dict(inspect.signature(thing).parameters)
    parameters.pop("self", None)
    return parameters


CALLABLES = dict(public_callables())
METHODS = [name for name in CALLABLES if inspect.isfunction(CALLABLES[name])]


def test_the_public_names_are_found():
    assert {"skgru.GRURegressor", "skgru.SequenceWindower.fit", "skgru.make_windows"} <= set(
        CALLABLES
    )
    assert set(dir(skgru)) >= set(skgru.__all__)


@pytest.mark.parametrize("name", CALLABLES)
def test_docstring_begins_with_one_sentence(name):
    first, *rest = inspect.getdoc(CALLABLES[name]).split("\n")
    assert first.endswith(".")
    assert not rest or rest[0] == ""


@pytest.mark.parametrize("name", [*CALLABLES, *METHODS])
def test_no_line_continues_within_a_docstring(name):
    thing = CALLABLES.get(name) or METHODS[name]
    for line in (thing.__doc__ or "").splitlines():
        # Rows of tables have gaps too.
        assert not re.search(r"(,|\bor|\band) {6,}\S", line)


@pytest.mark.parametrize("name", CALLABLES)
def test_parameters_are_documented_in_order(name):
    thing = CALLABLES[name]
    assert list(documented_parameters(thing)) == list(signature(thing))


@pytest.mark.parametrize("name", CALLABLES)
def test_documented_defaults_equal_the_signature(name):
    documented = documented_parameters(CALLABLES[name])
    for parameter, value in signature(CALLABLES[name]).items():
        written = documented[parameter]
        if written == "None":  # there for scikit-learn's signatures, and ignored
            assert value.default is None, parameter
        elif value.default is inspect.Parameter.empty:
            assert "default" not in written, parameter
        else:
            default = ast.literal_eval(written.partition("default=")[2])
            assert default == value.default, parameter
            assert type(default) is type(value.default), parameter


@pytest.mark.parametrize("name", METHODS)
def test_what_is_returned_is_documented(name):
    assert section(CALLABLES[name], "Returns").strip()


def test_fitted_attributes_are_documented(fitted):
    public = re.compile(r"[a-z]\w*_")
    for estimator in (fitted["window"], fitted["gru"]):
        learned = {name for name in vars(estimator) if public.fullmatch(name)}
        learned |= {
            name
            for name, thing in inspect.getmembers(type(estimator))
            if isinstance(thing, property) and public.fullmatch(name)
        }
        documented = re.findall(r"^(\w+) : .+$", section(type(estimator), "Attributes"), re.M)
        # A series without names leaves none to remember.
        assert learned == set(documented) - {"feature_names_in_"}
