"""Series for examples and tests: one made from a formula, one shipped with the package.

Where the shipped data come from, and under which licence, is in SOURCES.md in this folder. Nothing
here imports TensorFlow.
"""

from __future__ import annotations

from importlib import resources
from numbers import Integral
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_sunspots", "make_sine"]


def make_sine(n_samples: int = 1000, *, stop: float = 100.0) -> NDArray[np.float64]:
    """Make the sine series of the reference job.

    The series is the sine of evenly spaced angles. With the defaults it has about 16 periods of
    63 rows each.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows. At least 1.
    stop : float, default=100.0
        Angle of the last row, in radians; the first row is at 0.

    Returns
    -------
    ndarray of shape (n_samples, 1)
        ``sin(linspace(0, stop, n_samples))`` as one float64 column, oldest row first.

    Raises
    ------
    ValueError
        If n_samples is not an integer of at least 1.

    See Also
    --------
    load_sunspots : A real series.

    Examples
    --------
    >>> from skgru.datasets import make_sine
    >>> series = make_sine()
    >>> series.shape
    (1000, 1)
    >>> series[:3, 0].round(3).tolist()
    [0.0, 0.1, 0.199]
    """
    if not isinstance(n_samples, Integral) or isinstance(n_samples, bool) or n_samples < 1:
        raise ValueError(
            f"n_samples={n_samples!r} is not a number of rows: give an integer of at least 1."
        )
    return np.sin(np.linspace(0.0, stop, n_samples)).reshape(-1, 1)


@overload
def load_sunspots(*, as_frame: Literal[False] = False) -> NDArray[np.float64]: ...


@overload
def load_sunspots(*, as_frame: Literal[True]) -> pd.DataFrame: ...


def load_sunspots(*, as_frame: bool = False) -> NDArray[np.float64] | pd.DataFrame:
    """Load the yearly number of sunspots from 1700 to 2008.

    The series has a cycle of about 11 years whose height changes from one cycle to the next, which
    makes it a small but honest test of a forecast.

    Parameters
    ----------
    as_frame : bool, default=False
        Return a pandas DataFrame with the years as its index instead of an array.

    Returns
    -------
    ndarray of shape (309, 1) or pandas.DataFrame of that shape
        Mean number of sunspots of each year as float64, oldest row first. The column is named
        "sunspots", and the index is a yearly PeriodIndex named "year".

    Raises
    ------
    ImportError
        If as_frame=True and pandas is not installed.

    See Also
    --------
    make_sine : The series of the reference job.

    References
    ----------
    National Geophysical Data Center (NGDC/NOAA), as shipped in ``statsmodels.datasets.sunspots``;
    public domain.

    Examples
    --------
    >>> from skgru.datasets import load_sunspots
    >>> series = load_sunspots()
    >>> series.shape
    (309, 1)
    >>> series[:3, 0].tolist()
    [5.0, 11.0, 16.0]
    """
    csv = resources.files(__package__).joinpath("sunspots.csv")
    with csv.open(encoding="utf-8") as lines:
        table = np.loadtxt(lines, delimiter=",", skiprows=1)  # (309, 2): year, sunspots
    if not as_frame:
        return table[:, 1:].copy()
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "load_sunspots(as_frame=True) needs pandas, which is not installed. Install it with "
            "'pip install pandas', or use as_frame=False for an array."
        ) from error
    years = pd.PeriodIndex(table[:, 0].astype(int).astype(str), freq="Y", name="year")
    return pd.DataFrame({"sunspots": table[:, 1]}, index=years)
