"""Lines of a series and of its forecasts, bands of intervals, and the colours of all displays."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._validation import at_least

# Okabe and Ito's blue and vermilion: distinct for colour-blind readers, and in grey.
ACTUAL, FORECAST, OTHER = "0.25", "#0072B2", "#D55E00"


def check_n_history(n_history: Any, horizon: int) -> int:
    """Number of rows to draw before the first forecast."""
    if n_history is None:
        return max(4 * horizon, 30)
    if not at_least(1).is_satisfied_by(n_history):
        raise ValueError(
            f"n_history={n_history!r} must be an int of at least 1, the number of rows to draw "
            "before the first forecast, or None."
        )
    return int(n_history)


def draw_forecast(
    ax: Any,
    places: np.ndarray,
    values: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray] | None,
    start: tuple[Any, float] | None,
    labels: tuple[str | None, str | None],
    **line: Any,
) -> None:
    """Draw a line and the band of its interval. Both begin at `start`, the last actual value."""
    if start is not None:
        places = np.concatenate([[start[0]], places])
        values, *sides = (np.concatenate([[start[1]], side]) for side in (values, *(bounds or ())))
    else:
        sides = list(bounds or ())
    color = line.setdefault("color", FORECAST)
    ax.plot(places, values, label=labels[0], **line)
    if sides:
        ax.fill_between(places, *sides, color=color, alpha=0.2, linewidth=0, label=labels[1])


def last_actual(places: np.ndarray, values: np.ndarray) -> tuple[Any, float] | None:
    """Position and value of the last row that is not NaN; None if all are NaN."""
    known = np.flatnonzero(np.isfinite(values))
    return (places[known[-1]], values[known[-1]]) if len(known) else None


def interval_label(coverage: float | None) -> str:
    return "interval" if coverage is None else f"{100 * coverage:g} % interval"
