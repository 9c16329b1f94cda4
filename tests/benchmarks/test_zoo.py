"""The harness of benchmarks/zoo.py: forecast origins and errors. Its data need the extra `zoo`."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skgru.metrics import mean_absolute_scaled_error, symmetric_mean_absolute_percentage_error

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from _zoo_series import SeriesSet, is_usable, make_set, parts
from zoo import naive_forecasts, origins, score, seasonal_naive


def a_series(n_rows=60, seed=0):
    values = np.random.default_rng(seed).normal(10, 2, n_rows)
    return pd.Series(values, pd.date_range("2020-01-01", periods=n_rows, freq="MS"), name=f"{seed}")


def a_set(*series):
    return SeriesSet("a set", "MS", (12,), 6, list(series), "made", "none")


def test_three_origins_meet_and_no_training_row_is_later_than_them():
    one = a_set(a_series(), a_series(50, 1))
    for back, origin in enumerate(origins(one), start=1):
        for series, train, test in zip(one.series, origin.train, origin.test, strict=True):
            assert len(test) == 6 and len(train) == len(series) - 6 * back
            pd.testing.assert_series_equal(
                pd.concat([train, test]), series.iloc[: len(train) + 6], check_freq=False
            )


def test_score_agrees_with_skgru_metrics_and_seasonal_naive_has_relative_mase_1():
    one = a_set(a_series(), a_series(50, 1))
    naive = score(one, [naive_forecasts(one, origin.train) for origin in origins(one)])
    np.testing.assert_allclose(naive["relative_mase"], 1)

    scores = score(one, [[np.full(6, 9.0)] * 2] * 3)
    for number, origin in enumerate(origins(one)):
        pairs = list(zip(origin.train, origin.test, strict=True))
        mase = np.mean(
            [
                mean_absolute_scaled_error(
                    test.to_numpy(), np.full(6, 9.0), y_train=train.to_numpy(), season_length=12
                )
                for train, test in pairs
            ]
        )
        smape = np.mean(
            [
                symmetric_mean_absolute_percentage_error(test.to_numpy(), np.full(6, 9.0))
                for _, test in pairs
            ]
        )
        row = scores.iloc[number]
        np.testing.assert_allclose([row["mase"], row["smape"]], [mase, smape])


def test_score_leaves_out_series_without_seasonal_naive_error_and_rows_without_value():
    constant, gappy = a_series() * 0 + 5, a_series(60, 1)
    gappy.iloc[-2] = np.nan
    forecasts = [[np.full(6, 9.0)] * 2] * 3
    both = score(a_set(constant, gappy), forecasts)
    assert both["n_series"].tolist() == [1, 1, 1]
    assert np.isfinite(both.to_numpy()).all()
    with pytest.raises(ValueError, match=r"shape \(5,\).*horizon 6"):
        score(a_set(gappy), [[np.ones(5)]] * 3)


def test_seasonal_naive_goes_one_more_season_back_for_a_gap():
    history = np.array([1.0, 2, 3, 4, 5, np.nan, 7, 8])
    np.testing.assert_array_equal(seasonal_naive(history, 4, 6), [5, 2, 7, 8, 5, 2])


def test_a_set_has_regular_series_with_gaps_and_drops_those_without_change():
    series = a_series(80)
    with_gap = series.drop(series.index[[20, 21]])
    one = make_set("a set", "MS", (12,), 6, [with_gap, series * 0], "made", "none")
    assert len(one.series) == 1
    assert one.series[0].index.freqstr == "MS" and one.series[0].isna().sum() == 2
    assert not is_usable(series.iloc[:30], 12, 6)


def test_parts_do_not_overlap_and_end_with_the_series():
    series = a_series(70)
    found = list(parts([series], 30))
    assert [len(part) for part in found] == [30, 30]
    assert found[0].index[-1] == series.index[-1]
    assert found[1].index[-1] < found[0].index[0]
