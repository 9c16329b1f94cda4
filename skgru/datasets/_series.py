"""Series, oldest row first: one is computed, the others are shipped with the package."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

from ._read import import_pandas, read_csv

if TYPE_CHECKING:
    import pandas as pd


def make_sine(n_samples: int = 1000, *, stop: float = 100.0) -> NDArray[np.float64]:
    """Make a sine series.

    The series is the sine of evenly spaced angles. By default it has about 16 periods of 63 rows
    each.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows. At least 1.
    stop : float, default=100.0
        Angle of the last row, in radians. The angle of the first row is 0.

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
    load_airline_passengers : A real series with trend and season.
    load_seattle_weather : A real series of several columns.

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
            f"n_samples={n_samples!r} must be an int of at least 1, the number of rows. Use "
            "n_samples=1000, for example."
        )
    return np.sin(np.linspace(0.0, stop, n_samples)).reshape(-1, 1)


@overload
def load_sunspots(*, as_frame: Literal[False] = False) -> NDArray[np.float64]: ...


@overload
def load_sunspots(*, as_frame: Literal[True]) -> pd.DataFrame: ...


def load_sunspots(*, as_frame: bool = False) -> NDArray[np.float64] | pd.DataFrame:
    """Load the yearly number of sunspots from 1700 to 2008.

    The series has a cycle of about 11 years. The height and the length of the cycles vary.

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
    make_sine : A series without noise.
    load_airline_passengers : A series with trend and season.
    load_seattle_weather : A series of several columns.

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
    years, values = read_csv("sunspots.csv")
    if not as_frame:
        return values
    pd = import_pandas("load_sunspots")
    index = pd.PeriodIndex(years, freq="Y", name="year")
    return pd.DataFrame(values, columns=["sunspots"], index=index)


@overload
def load_airline_passengers(*, as_frame: Literal[False] = False) -> NDArray[np.float64]: ...


@overload
def load_airline_passengers(*, as_frame: Literal[True]) -> pd.DataFrame: ...


def load_airline_passengers(*, as_frame: bool = False) -> NDArray[np.float64] | pd.DataFrame:
    """Load the monthly number of airline passengers from 1949 to 1960.

    This is series G of Box and Jenkins. Its level grows, and the amplitude of its yearly season of
    12 rows grows with the level, so that logarithms make the season constant.

    Parameters
    ----------
    as_frame : bool, default=False
        Return a pandas DataFrame with the months as its index instead of an array.

    Returns
    -------
    ndarray of shape (144, 1) or pandas.DataFrame of that shape
        Passengers of international flights in each month, in thousands, as float64, oldest row
        first. The column is named "passengers", and the index is a monthly PeriodIndex named
        "month".

    Raises
    ------
    ImportError
        If as_frame=True and pandas is not installed.

    See Also
    --------
    load_sunspots : A series with a cycle, without a fixed season.
    load_seattle_weather : A daily series of several columns.

    References
    ----------
    Box, G. E. P. and Jenkins, G. M. (1970). Time Series Analysis: Forecasting and Control.
    Holden-Day. Series G.

    Examples
    --------
    >>> from skgru.datasets import load_airline_passengers
    >>> series = load_airline_passengers()
    >>> series.shape
    (144, 1)
    >>> series[:3, 0].tolist()
    [112.0, 118.0, 132.0]
    """
    months, values = read_csv("airline_passengers.csv")
    if not as_frame:
        return values
    pd = import_pandas("load_airline_passengers")
    index = pd.PeriodIndex(months, freq="M", name="month")
    return pd.DataFrame(values, columns=["passengers"], index=index)


@overload
def load_seattle_weather(*, as_frame: Literal[False] = False) -> NDArray[np.float64]: ...


@overload
def load_seattle_weather(*, as_frame: Literal[True]) -> pd.DataFrame: ...


def load_seattle_weather(*, as_frame: bool = False) -> NDArray[np.float64] | pd.DataFrame:
    """Load the daily weather of Seattle from 2012 to 2015, with the day of the year as an angle.

    Four columns are measurements. The other two follow from the date, and serve as future
    covariates.

    Parameters
    ----------
    as_frame : bool, default=False
        Return a pandas DataFrame with the days as its index instead of an array.

    Returns
    -------
    ndarray of shape (1461, 6) or pandas.DataFrame of that shape
        One row for each day as float64, oldest row first, without gaps. The index is a
        DatetimeIndex of frequency "D" named "date". The columns, in this order:

        - 0, "precipitation": rain and melted snow, in mm.
        - 1, "temp_max": highest temperature, in degrees Celsius.
        - 2, "temp_min": lowest temperature, in degrees Celsius.
        - 3, "wind": mean wind speed, in m/s.
        - 4, "year_sin": sine of the day of the year as an angle.
        - 5, "year_cos": cosine of the same angle.

    Raises
    ------
    ImportError
        If as_frame=True and pandas is not installed.

    See Also
    --------
    load_airline_passengers : A monthly series of a single column.

    Notes
    -----
    The angle is 2 * pi * day / 365.25, where day is 1 on the first of January. The angles of future
    days with a DatetimeIndex are ``2 * np.pi * index.day_of_year / 365.25``.

    References
    ----------
    National Climatic Data Center (NCDC/NOAA), as shipped in ``vega_datasets``
    (seattle-weather.csv); public domain.

    Examples
    --------
    >>> from skgru.datasets import load_seattle_weather
    >>> series = load_seattle_weather()
    >>> series.shape
    (1461, 6)
    >>> series[0].round(3).tolist()
    [0.0, 12.8, 5.0, 4.7, 0.017, 1.0]
    """
    dates, values = read_csv("seattle_weather.csv")
    days = dates.astype("datetime64[D]")
    day_of_year = (days - days.astype("datetime64[Y]")).astype(np.int64) + 1
    angle = 2.0 * np.pi * day_of_year / 365.25
    values = np.column_stack([values, np.sin(angle), np.cos(angle)])
    if not as_frame:
        return values
    pd = import_pandas("load_seattle_weather")
    columns = ["precipitation", "temp_max", "temp_min", "wind", "year_sin", "year_cos"]
    return pd.DataFrame(
        values, columns=columns, index=pd.DatetimeIndex(dates, freq="D", name="date")
    )


@overload
def load_aapl(*, as_frame: Literal[False] = False) -> NDArray[np.float64]: ...


@overload
def load_aapl(*, as_frame: Literal[True]) -> pd.DataFrame: ...


def load_aapl(*, as_frame: bool = False) -> NDArray[np.float64] | pd.DataFrame:
    """Load the daily price of Apple's shares from March 2000 to March 2013.

    The series is close to a random walk, and few forecasts are more accurate than its last value.

    Parameters
    ----------
    as_frame : bool, default=False
        Return a pandas DataFrame with the days as its index instead of an array.

    Returns
    -------
    ndarray of shape (3270, 1) or pandas.DataFrame of that shape
        Closing price of each trading day, adjusted for splits and dividends, in US dollars, as
        float64 with four decimals, oldest row first. The column is named "adj_close", and the
        index is a DatetimeIndex named "date". It has no frequency, because days without trading are
        left out.

    Raises
    ------
    ImportError
        If as_frame=True and pandas is not installed.

    See Also
    --------
    load_sunspots : A series with a cycle.
    load_seattle_weather : A daily series with a season.

    Notes
    -----
    The first day is 2000-03-01 and the last is 2013-03-01. The prices are also adjusted for splits
    after 2013.

    References
    ----------
    Quandl WIKI Prices, ticker AAPL, as shipped in ``bokeh_sampledata`` (stocks.csv.gz); public
    domain.

    Examples
    --------
    >>> from skgru.datasets import load_aapl
    >>> series = load_aapl()
    >>> series.shape
    (3270, 1)
    >>> series[[0, -1], 0].tolist()
    [4.1867, 56.1374]
    """
    dates, values = read_csv("aapl.csv")
    if not as_frame:
        return values
    pd = import_pandas("load_aapl")
    index = pd.DatetimeIndex(dates, name="date")
    return pd.DataFrame(values, columns=["adj_close"], index=index)
