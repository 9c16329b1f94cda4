"""Values that are neither numbers, text nor arrays, as fields from which they are built again:
dates, indexes and steps of pandas, types of polars, tuples and sets.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from importlib import import_module
from types import FunctionType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import scipy.stats
from scipy.stats._distn_infrastructure import rv_generic
from sklearn.utils import Bunch


@dataclass(frozen=True)
class Codec:
    """A kind of value. fields : value -> its fields; build : the fields -> the value. is_checked :
    whether the value that is built must be equal, since fields might not hold all of it.
    """

    is_kind: Callable[[Any], bool]
    fields: Callable[[Any], Sequence[Any]]
    build: Callable[..., Any]
    is_checked: bool = False


def _of(*kinds: type) -> Callable[[Any], bool]:
    """Whether a value is of exactly one of these types: a subclass may hold more."""
    return lambda value: type(value) in kinds


def _pandas(*names: str) -> Callable[[Any], bool]:
    """Whether a value is of these classes of pandas, which need not be installed."""

    def is_kind(value: Any) -> bool:
        pd = sys.modules.get("pandas")
        return pd is not None and type(value) in [getattr(pd, name) for name in names]

    return is_kind


# Python and numpy


def _array_fields(value: np.ndarray) -> Sequence[Any]:
    return list(value.shape), value.ravel().tolist()


def _build_array(shape: list[int], items: list[Any]) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):  # an assignment of all would unpack items that are lists
        array[i] = item
    return array.reshape(shape)


def _masked_fields(value: np.ma.MaskedArray) -> Sequence[Any]:
    return np.asarray(value.data), np.ma.getmaskarray(value), value.fill_value


def _build_masked(data: np.ndarray, mask: np.ndarray, fill: Any) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(data, mask=mask, fill_value=fill)


# Modules whose public functions a scorer or a selector may hold. They are imported when they are
# needed, because a forecaster holds none of them, and its file is to load quickly.
_MODULES = ("sklearn.metrics", "sklearn.feature_selection", "skgru.metrics")


def _module_of(function: Any) -> str | None:
    if not isinstance(function, FunctionType):
        return None
    for name in _MODULES:
        module = import_module(name)
        if function.__name__ in module.__all__ and vars(module)[function.__name__] is function:
            return name
    return None


def _build_function(module: str, name: str) -> Any:
    if module not in _MODULES:
        raise ValueError(f"{module} is no module of functions")
    function = vars(import_module(module))[name]
    if _module_of(function) is None:
        raise ValueError(f"{name} is no function of {module}")
    return function


def _neighbours_fields(value: Any) -> Sequence[Any]:
    """A search tree is built again from its points: from numbers of nodes in a file, scikit-learn
    would read outside of the tree.
    """
    points, *_, metric, weight = value.__getstate__()
    leaf_size = value.__getstate__()[4]
    fields = type(value).__name__, np.asarray(points), leaf_size
    built = _build_neighbours(*fields)
    is_known = weight is None and type(metric) is type(built.__getstate__()[-2])
    if not is_known or not np.array_equal(value.get_arrays()[1], built.get_arrays()[1]):
        raise ValueError("the tree has another metric")
    return fields


def _build_neighbours(name: str, points: np.ndarray, leaf_size: int) -> Any:
    from sklearn.neighbors import BallTree, KDTree

    return {"KDTree": KDTree, "BallTree": BallTree}[name](points, leaf_size=leaf_size)


def is_neighbours(value: Any) -> bool:
    """Whether a value is a search tree. Without an import of their module there are none."""
    module = sys.modules.get("sklearn.neighbors")
    return module is not None and type(value) in (module.KDTree, module.BallTree)


def _is_distribution(value: Any) -> bool:
    """Whether a value is a distribution of scipy with its parameters, as a random search has it."""
    return isinstance(getattr(value, "dist", None), rv_generic) and hasattr(value, "kwds")


def _build_distribution(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    distribution = vars(scipy.stats)[name]
    if not isinstance(distribution, rv_generic):
        raise ValueError(f"{name} is no distribution of scipy")
    return distribution(*arguments, **named)


# Dates


def _zone_text(zone: tzinfo | None) -> str | None:
    return None if zone is None else str(zone)


def _zone(text: str | None) -> Any:
    """A time zone of pandas by its text."""
    import pandas as pd

    return None if text is None else pd.Timestamp(0, tz="UTC").tz_convert(text).tz


def _instants(values: np.ndarray, unit: str, zone: str | None) -> Any:
    import pandas as pd

    dates = pd.DatetimeIndex(values.view(f"M8[{unit}]"))
    return dates if zone is None else dates.tz_localize("UTC").tz_convert(zone)


def _dates_fields(value: Any) -> Sequence[Any]:
    return value.asi8, value.unit, _zone_text(value.tz), value.freq, value.name


def _build_dates(values: np.ndarray, unit: str, zone: str | None, freq: Any, name: Any) -> Any:
    dates = _instants(values, unit, zone).rename(name)
    if freq is not None:
        dates.freq = freq
    return dates


def _build_stamp(value: int, unit: str, zone: str | None) -> Any:
    return _instants(np.array([value]), unit, zone)[0]


def _build_differences(values: np.ndarray, unit: str, freq: Any, name: Any) -> Any:
    import pandas as pd

    differences = pd.TimedeltaIndex(values.view(f"m8[{unit}]"), name=name)
    if freq is not None:
        differences.freq = freq
    return differences


def _build_periods(ordinals: np.ndarray, freq: Any, name: Any) -> Any:
    import pandas as pd

    return pd.PeriodIndex.from_ordinals(ordinals, freq=freq, name=name)


# Steps of pandas

MOST_STEPS = 10_000


def _is_offset(value: Any) -> bool:
    pd = sys.modules.get("pandas")
    return pd is not None and getattr(pd.offsets, type(value).__name__, None) is type(value)


def _offset_fields(value: Any) -> Sequence[Any]:
    arguments = dict(value.kwds)
    if "holidays" in arguments:
        arguments["holidays"] = [str(day) for day in arguments["holidays"]]
    calendar = arguments.pop("calendar", None)
    if isinstance(calendar, np.busdaycalendar) and len(calendar.holidays) and not value.holidays:
        arguments["calendar"] = calendar.weekmask.tolist(), [str(day) for day in calendar.holidays]
    return type(value).__name__, value.n, value.normalize, arguments


def _build_offset(name: str, n: int, normalize: bool, arguments: dict[str, Any]) -> Any:
    import pandas as pd

    kind = getattr(pd.offsets, name)
    if not issubclass(kind, pd.offsets.BaseOffset):
        raise ValueError(f"{name} is no step of pandas")
    if not issubclass(kind, pd.offsets.Tick) and abs(n) > MOST_STEPS:
        raise ValueError(f"{n} steps of {name} are too many: pandas counts them one by one")
    if "calendar" in arguments:
        arguments = {**arguments, "calendar": np.busdaycalendar(*arguments["calendar"])}
    return kind(n, normalize=normalize, **arguments)


# Indexes and types of pandas


def _is_index(value: Any) -> bool:
    return _pandas("Index")(value)


def _index_fields(value: Any) -> Sequence[Any]:
    is_numeric = isinstance(value.dtype, np.dtype) and value.dtype != object
    values = value.to_numpy() if is_numeric else value.tolist()
    return value.dtype, values, value.name


def _build_index(dtype: Any, values: Any, name: Any) -> Any:
    import pandas as pd

    return pd.Index(values, dtype=dtype, name=name, tupleize_cols=False)


def _build_multi(levels: list[Any], codes: list[np.ndarray], names: list[Any]) -> Any:
    import pandas as pd

    return pd.MultiIndex(levels, codes, names=names)


def _build_categories(codes: np.ndarray, dtype: Any, name: Any) -> Any:
    import pandas as pd

    return pd.CategoricalIndex(pd.Categorical.from_codes(codes, dtype=dtype), name=name)


def _is_text_dtype(value: Any) -> bool:
    pd = sys.modules.get("pandas")
    if pd is None or not isinstance(value, pd.api.extensions.ExtensionDtype):
        return False
    return not isinstance(value, pd.CategoricalDtype)


def _build_dtype(text: str) -> Any:
    import pandas as pd

    return pd.api.types.pandas_dtype(text)


# Types of polars


def _is_polars_type(value: Any) -> bool:
    polars = sys.modules.get("polars")
    if polars is None:
        return False
    kind = value if isinstance(value, type) else type(value)
    return issubclass(kind, polars.DataType) and getattr(polars, kind.__name__, None) is kind


_ARGUMENTS = {
    "Datetime": ("time_unit", "time_zone"),
    "Duration": ("time_unit",),
    "Decimal": ("precision", "scale"),
    "Enum": ("categories",),
    "List": ("inner",),
}


def _polars_fields(value: Any) -> Sequence[Any]:
    if isinstance(value, type):
        return value.__name__, None
    name = type(value).__name__
    given = [getattr(value, one) for one in _ARGUMENTS.get(name, ())]
    return name, [one.to_list() if hasattr(one, "to_list") else one for one in given]


def _build_polars_type(name: str, arguments: list[Any] | None) -> Any:
    import polars

    kind = getattr(polars, name)
    if not issubclass(kind, polars.DataType):
        raise ValueError(f"{name} is no type of polars")
    return kind if arguments is None else kind(*arguments)


def _pandas_class(name: str) -> Callable[..., Any]:
    def build(*fields: Any) -> Any:
        import pandas as pd

        return getattr(pd, name)(*fields)

    return build


CODECS: dict[str, Codec] = {
    "tuple": Codec(_of(tuple), list, lambda *items: items),
    "set": Codec(_of(set), list, lambda *items: set(items)),
    "frozenset": Codec(_of(frozenset), list, lambda *items: frozenset(items)),
    "items": Codec(
        _of(dict), lambda value: [list(pair) for pair in value.items()], lambda *p: dict(p)
    ),
    "bunch": Codec(_of(Bunch), lambda value: [dict(value)], lambda items: Bunch(**items)),
    "range": Codec(_of(range), lambda value: (value.start, value.stop, value.step), range),
    "array": Codec(
        lambda value: type(value) is np.ndarray and value.dtype == object,
        _array_fields,
        _build_array,
    ),
    "masked": Codec(_of(np.ma.MaskedArray), _masked_fields, _build_masked),
    "scalar": Codec(
        lambda value: isinstance(value, np.generic) and not isinstance(value, np.void),
        lambda value: [np.asarray(value)],
        lambda array: array[()],
    ),
    "numpy_dtype": Codec(
        lambda value: isinstance(value, np.dtype), lambda value: [value.str], np.dtype, True
    ),
    "function": Codec(
        lambda value: _module_of(value) is not None,
        lambda value: (_module_of(value), value.__name__),
        _build_function,
    ),
    "neighbours": Codec(is_neighbours, _neighbours_fields, _build_neighbours),
    "distribution": Codec(
        _is_distribution,
        lambda value: (value.dist.name, value.args, value.kwds),
        _build_distribution,
    ),
    "date": Codec(_of(date), lambda value: [value.isoformat()], date.fromisoformat),
    "time": Codec(_of(time), lambda value: [value.isoformat()], time.fromisoformat, True),
    "datetime": Codec(
        _of(datetime),
        lambda value: (value.replace(tzinfo=None).isoformat(), value.tzinfo),
        lambda text, zone: datetime.fromisoformat(text).replace(tzinfo=zone),
        True,
    ),
    "difference": Codec(
        _of(timedelta), lambda value: (value.days, value.seconds, value.microseconds), timedelta
    ),
    "offset_zone": Codec(_of(timezone), lambda value: [value.utcoffset(None)], timezone, True),
    "zone": Codec(_of(ZoneInfo), lambda value: [value.key], ZoneInfo, True),
    "decimal": Codec(_of(Decimal), lambda value: [str(value)], Decimal),
    "uuid": Codec(_of(UUID), lambda value: [str(value)], UUID),
    "Timestamp": Codec(
        _pandas("Timestamp"),
        lambda value: (int(value.asm8.view("i8")), value.unit, _zone_text(value.tz)),
        _build_stamp,
        True,
    ),
    "Timedelta": Codec(
        _pandas("Timedelta"),
        lambda value: (int(value.asm8.view("i8")), value.unit),
        lambda value, unit: _build_differences(np.array([value]), unit, None, None)[0],
        True,
    ),
    "Period": Codec(
        _pandas("Period"),
        lambda value: (value.ordinal, value.freq),
        lambda ordinal, freq: _build_periods(np.array([ordinal]), freq, None)[0],
        True,
    ),
    "Interval": Codec(
        _pandas("Interval"),
        lambda value: (value.left, value.right, value.closed),
        _pandas_class("Interval"),
    ),
    "offset": Codec(_is_offset, _offset_fields, _build_offset, True),
    "RangeIndex": Codec(
        _pandas("RangeIndex"),
        lambda value: (value.start, value.stop, value.step, value.name),
        lambda *fields: _pandas_class("RangeIndex")(*fields[:3]).rename(fields[3]),
    ),
    "DatetimeIndex": Codec(_pandas("DatetimeIndex"), _dates_fields, _build_dates, True),
    "TimedeltaIndex": Codec(
        _pandas("TimedeltaIndex"),
        lambda value: (value.asi8, value.unit, value.freq, value.name),
        _build_differences,
        True,
    ),
    "PeriodIndex": Codec(
        _pandas("PeriodIndex"),
        lambda value: (value.asi8, value.freq, value.name),
        _build_periods,
        True,
    ),
    "MultiIndex": Codec(
        _pandas("MultiIndex"),
        lambda value: (
            list(value.levels),
            [np.asarray(one) for one in value.codes],
            [*value.names],
        ),
        _build_multi,
        True,
    ),
    "CategoricalIndex": Codec(
        _pandas("CategoricalIndex"),
        lambda value: (value.codes, value.dtype, value.name),
        _build_categories,
        True,
    ),
    "Index": Codec(_is_index, _index_fields, _build_index, True),
    "CategoricalDtype": Codec(
        _pandas("CategoricalDtype"),
        lambda value: (value.categories, value.ordered),
        _pandas_class("CategoricalDtype"),
    ),
    "dtype": Codec(_is_text_dtype, lambda value: [str(value)], _build_dtype, True),
    "polars": Codec(_is_polars_type, _polars_fields, _build_polars_type, True),
}


def is_missing(value: Any) -> str | None:
    """ "NaT" or "NA" of pandas, each of which there is one."""
    pd = sys.modules.get("pandas")
    if pd is None:
        return None
    return "NaT" if value is pd.NaT else "NA" if value is pd.NA else None


def missing(name: str) -> Any:
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[name]


def is_same(one: Any, other: Any) -> bool:
    """Whether a value that was built again is the same."""
    if hasattr(one, "identical"):  # indexes
        freqs = [getattr(each, "freq", None) for each in (one, other)]
        return bool(one.identical(other)) and freqs[0] == freqs[1]
    if type(one) is not type(other):
        return False
    zones = [getattr(each, "tzinfo", None) for each in (one, other)]
    return bool(one == other) and str(zones[0]) == str(zones[1])
