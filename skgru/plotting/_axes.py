"""Axes, titles, legends and time axes that the displays share. Only these functions import
matplotlib.
"""

from __future__ import annotations

import textwrap
from typing import Any, Self

import numpy as np

from skgru._validation import optional

# Inches of text of size 10: a character, and the height and the line of an entry of a legend.
CHARACTER, LEGEND_ROW, LEGEND_LINE = 0.078, 0.21, 0.5

# Inches below which axes have small text and few dates: six are the fewest for which matplotlib
# finds steps.
NARROW, FEW_DATES = 4.5, {"minticks": 3, "maxticks": 6}


class Display:
    """What displays have in common: `plot`, and the axes that it has drawn on."""

    ax_: Any
    figure_: Any

    def plot(self, ax: Any = None) -> Self:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target or other part of the display. None: new ones.

        Returns
        -------
        display
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the number of axes is another one, or the data of the display differ in length.
        """
        return self._keep(self._drawn(ax))

    def _drawn(self, ax: Any) -> np.ndarray:
        """Draw on axes or new ones, and return them, (n,)."""
        raise NotImplementedError

    def _keep(self, axes: np.ndarray) -> Self:
        self.ax_ = axes[0] if len(axes) == 1 else axes
        self.figure_ = axes[0].figure
        return self


def axes_for(
    display: Any, ax: Any, n: int, *, size: tuple[float, float] | None = None, each: str = "target"
) -> np.ndarray:
    """n axes below each other on one x axis, by default new ones: (n,) of Axes. size : of a new
    figure in inches; each : what each of the axes shows.
    """
    plt = optional("matplotlib.pyplot", f"{type(display).__name__}.plot()", "matplotlib")
    if ax is None:
        size = size or (9, 1.3 + 2.2 * n)
        _, axes = plt.subplots(n, sharex=True, squeeze=False, figsize=size, layout="constrained")
        return axes[:, 0]
    axes = np.ravel(np.asarray(ax, dtype=object))
    if wrong := [one for one in axes if not hasattr(one, "plot")]:
        raise TypeError(
            f"ax={wrong[0]!r} must be matplotlib Axes, an array of them or None. Give the axes, "
            "such as plt.subplots()[1]."
        )
    if len(axes) != n:
        raise ValueError(
            f"ax has {len(axes)} axes, but each of the {n} {each}s needs one. Give an array of {n} "
            f"axes, such as plt.subplots({n})[1], or ax=None."
        )
    return axes


def check_result(result: Any) -> None:
    """Raise TypeError unless a result is one of backtest."""
    if not hasattr(result, "summary"):
        raise TypeError(
            f"result is a {type(result).__name__}, but must be the result of one backtest. Give "
            "result=skgru.model_selection.backtest(forecaster, X, initial=...)."
        )


def size_of(ax: Any) -> tuple[float, float]:
    """Width and height of axes in inches, before the layout of labels."""
    box, figure = ax.get_position(), ax.figure
    return box.width * figure.get_figwidth(), box.height * figure.get_figheight()


def set_title(ax: Any, title: str) -> None:
    """A title that is broken into the lines that the axes have room for."""
    width = size_of(ax)[0]
    size = 10 if width < NARROW else 12
    n_characters = max(12, int(width / (CHARACTER * size / 10)))
    lines = [textwrap.fill(line, n_characters) for line in title.split("\n")]
    ax.set_title("\n".join(lines), fontsize=size)


def add_legend(ax: Any) -> None:
    """A legend at the top, in as many columns as fit, and room for it above the lines: no corner is
    free in every series.
    """
    labels = [label for label in ax.get_legend_handles_labels()[1] if not label.startswith("_")]
    width, height = size_of(ax)
    size = 8 if width < NARROW else 10
    widest = max(map(len, labels)) * CHARACTER + LEGEND_LINE
    n_columns = int(np.clip(width / (widest * size / 10), 1, 4))
    n_rows = -(-len(labels) // n_columns)
    share = min(0.6, (n_rows * LEGEND_ROW * size / 10 + 0.2) / height)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + share / (1 - share) * (high - low))
    ax.legend(loc="upper left", ncols=n_columns, fontsize=size)


def places_of(index: Any) -> np.ndarray:
    """Positions of rows on the time axis: (n,) of dates or numbers."""
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()  # the start of a period
    if getattr(index, "tz", None) is not None:
        index = index.tz_localize(None)  # local time
    return np.asarray(index)


def set_concise_dates(ax: Any) -> None:
    """Dates below axes, short and few enough not to overlap."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(**(FEW_DATES if size_of(ax)[0] < NARROW else {}))
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def finish(
    axes: np.ndarray, places: np.ndarray, names: list[str], xlabel: Any, titles: str | list[str]
) -> None:
    """Add labels, title, legend and readable dates. titles : of the first axes, or of each of them,
    which then have legends too.
    """
    for ax, name in zip(axes, names, strict=True):
        ax.set_ylabel(name)
    bottom = axes[-1]
    is_dated = places.dtype.kind == "M"
    bottom.set_xlabel(xlabel or ("date" if is_dated else "row"))
    if is_dated:
        set_concise_dates(bottom)
    axes[0].figure.align_ylabels(list(axes))
    for ax, title in zip(axes, [titles] if isinstance(titles, str) else titles, strict=False):
        set_title(ax, title)
        add_legend(ax)
