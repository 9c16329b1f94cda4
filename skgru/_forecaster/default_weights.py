"""Weights of Theta and of the pretrained network in a forecast, before `Mixture` adapts them to the
series.
"""

from __future__ import annotations

from skgru._forecaster.default_windows import LONGEST_SEASON
from skgru._forecaster.spec import ForecastSpec


def auto_theta_weight(spec: ForecastSpec, pretrained: str | None) -> float:
    """Weight of the Theta forecast. Long seasons it has too little data for. Means of the
    pretrained network vary much, so that they need Theta beside them.

    pretrained : "auto" if the pretrained network takes part beside regressors, "only" or None.
    """
    if pretrained == "only":
        if spec.point == "median" or _sees_longer_season(spec):
            return 0.0
        return 0.75 if spec.level == "window" else 0.5
    if pretrained and _sees_season_alone(spec) and spec.season_of_pretrained > spec.season_length:
        return 0.0
    if spec.point == "mean" and spec.level == "window":
        return 0.6  # demand that dies out: networks learn it from few series, smoothing at once
    if spec.season_length > LONGEST_SEASON or (pretrained and spec.point == "median"):
        return 0.2
    return 0.4 if spec.is_global else 0.5


def auto_pretrained_share(spec: ForecastSpec) -> float:
    """Share of the pretrained network in what Theta leaves. None of means, which are the middle of
    few quantiles, but where it alone sees a longer season.
    """
    if _sees_season_alone(spec):
        return 0.97 if _sees_longer_season(spec) else 0.9
    if spec.point == "mean":
        return 0.0
    return 0.5 if spec.is_global else 0.6


def _sees_season_alone(spec: ForecastSpec) -> bool:
    """Whether the pretrained network has a season that the trained ones do not see, in the windows,
    by the baseline or as values a season ago: that of one series of about two seasons or less.
    """
    if spec.lags or max(spec.windows) >= spec.season_of_pretrained:
        return False
    is_short = spec.baseline == "last" and not (spec.is_global or spec.past or spec.known)
    return (is_short and spec.point == "median") or _sees_longer_season(spec)


def _sees_longer_season(spec: ForecastSpec) -> bool:
    """Whether its season is one that is longer than that of level and baseline: the week of few
    weeks of hours, or the year of few years of days. Means of intermittent demand are not its kind.
    """
    if spec.point == "mean" and spec.level == "window":  # intermittent
        return False
    return min(spec.season_of_pretrained, max(spec.seasons)) > spec.season_length
