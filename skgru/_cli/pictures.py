"""The picture of a forecast: a small axis for each series and target."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from skgru._cli.errors import Refused, note
from skgru._cli.roles_of_columns import Roles

MOST_AXES = 12


def draw(frame: Any, answer: Any, roles: Roles, given: Namespace) -> None:
    """Save a picture of the last rows and the forecast. frame : the last rows, or more."""
    import matplotlib.pyplot as plt

    series = [(None, frame, answer)]
    if roles.group:
        ahead = dict(list(answer.groupby(list(roles.group), sort=False)))
        parts = frame.groupby(list(roles.group), sort=False)
        series = [(key, part, ahead[key]) for key, part in parts if key in ahead]
    answers = [(key, part, of, name) for key, part, of in series for name in roles.targets]
    if len(answers) > MOST_AXES:
        note(f"--plot shows the first {MOST_AXES} of {len(answers)} series")
    answers = answers[:MOST_AXES]
    figure, axes = plt.subplots(
        len(answers), 1, figsize=(8, 1 + 2.6 * len(answers)), squeeze=False, layout="constrained"
    )
    for ax, (key, part, of, name) in zip(axes[:, 0], answers, strict=True):
        _draw_one(ax, part[name], of, name, given.interval)
        title = ", ".join([name, *map(str, key or ())])
        ax.set_title(title, loc="left", fontsize="medium")
    above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 3}  # no line lies there
    axes[0, 0].legend(frameon=False, fontsize="small", **above)
    try:
        figure.savefig(given.plot, dpi=150)
    except OSError as error:
        raise Refused(f"--plot {given.plot} cannot be written: {error.strerror}.") from error
    finally:
        plt.close(figure)


def _draw_one(ax: Any, past: Any, ahead: Any, name: str, coverage: float | None) -> None:
    import pandas as pd

    past = past.iloc[-max(30, 4 * len(ahead)) :]
    values = ahead if isinstance(ahead, pd.Series) else ahead[name]
    x_past, x_ahead = (_places(one.index) for one in (past, values))
    ax.plot(x_past, past.to_numpy(), color="#333333", linewidth=1.2, label="data")
    if coverage is not None:
        bounds = (ahead[f"{name}_lower"].to_numpy(), ahead[f"{name}_upper"].to_numpy())
        label = f"{coverage:.0%} interval"
        ax.fill_between(x_ahead, *bounds, color="#0072b2", alpha=0.2, linewidth=0, label=label)
    style = {"color": "#0072b2", "linewidth": 1.6, "label": "forecast"}
    ax.plot(x_ahead, values.to_numpy(), marker="." if len(values) < 20 else None, **style)
    ax.spines[["top", "right"]].set_visible(False)
    if isinstance(past.index, pd.DatetimeIndex | pd.PeriodIndex):
        from skgru.plotting._axes import set_concise_dates

        set_concise_dates(ax)


def _places(index: Any) -> Any:
    import pandas as pd

    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
