"""What the automatic choices of a forecaster are, as a dict that prints as a short table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skgru._forecaster.scaling import AutoScaler

SCALINGS = {
    "log": "logarithm",
    "log1p": "log(c + x / typical value)",
    "standard": "standardisation",
}


class Summary(dict):
    """A dict whose repr has a line for each choice."""

    def __repr__(self) -> str:
        n, rows = self["n_series"], self["n_rows"]
        what = f"1 series of {rows} rows" if n == 1 else f"{n} series of {rows} rows in all"
        steps = self["horizon"]
        percents = percentages(self["ensemble"])
        shares = [f"{percents[name]} % {name}" for name in self["ensemble"]]
        seasons = [length for length in self["season_lengths"] if length > 1]
        lines = {
            "season": _rows(seasons) if seasons else "none",
            "window": _rows(self["window_length"]) if self["window_length"] else "none",
            "scaling": _listed(self["scaling"]) or "none",
            "level": self["level"] or "none",
            "baseline": self["baseline"] or "none",
            "static": _listed(self["static"]),
            "calendar": _listed(self["calendar"]) or "none",
            "point": self["point"],
            "ensemble": ", ".join(shares),
        }
        head = f"{what}, forecast {steps} row{'s' * (steps > 1)} ahead"
        shown = [f"  {name:<9} {text}" for name, text in lines.items() if text]
        return "\n".join([head, *shown])


def percentages(weights: Mapping[str, float]) -> dict[str, int]:
    """Weights as whole percentages with the sum of the weights: of those with the largest
    remainders, as many are rounded up as the sum needs.
    """
    exact = 100 * np.array(list(weights.values()), dtype=np.float64)
    # Without rounding errors, which would make 29 of 0.29.
    whole = np.floor(np.round(exact, 9)).astype(int)
    n_more = round(float(exact.sum())) - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:n_more]] += 1
    return dict(zip(weights, whole.tolist(), strict=True))


def summary_of(forecaster: Any) -> Summary:
    """The summary of a fitted SequenceForecaster."""
    spec, is_alone = forecaster._spec, forecaster._model.is_zero_shot  # alone, without windows
    n_ended = 0  # rows after the last value of a series of a wide frame
    if forecaster._panel is not None and forecaster._panel.kind == "wide":
        for table in forecaster._tails:
            n_ended += int(np.isfinite(table.values[::-1, 0]).argmax())
    return Summary(
        n_series=len(forecaster._tails),
        n_rows=sum(forecaster._n_rows) - n_ended,
        horizon=spec.horizon,
        season_lengths=list(spec.seasons),
        window_length=[] if is_alone else sorted(set(spec.windows), reverse=True),
        scaling=scalings_of(forecaster.scaler_),
        level=None if is_alone else spec.level,
        baseline=None if is_alone else spec.baseline,
        static=[forecaster._tails[0].columns[i] for i in forecaster._given.static],
        calendar=list(forecaster.calendar_),
        point=spec.point,
        ensemble=dict(forecaster.ensemble_),
    )


def scalings_of(scaler: Any) -> list[str]:
    """Names of the scalings in use, each once. scaler : a fitted scaler, a list of them or None."""
    scalers = scaler if isinstance(scaler, list) else [scaler]
    names: list[str] = []
    for one in scalers:
        if isinstance(one, AutoScaler):
            names += [SCALINGS[kind] for kind in one.kinds_]
        elif one is not None:
            names.append(type(one).__name__)
    return list(dict.fromkeys(names))


def _rows(lengths: Sequence[int]) -> str:
    return f"{_listed(lengths)} row{'' if list(lengths) == [1] else 's'}"


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))
