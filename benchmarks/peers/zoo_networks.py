"""Networks of neuralforecast as peers of zoo.py: one model for all series of a set.

METHODS: name -> function (set, training series) -> forecasts. Gaps are interpolated first.

Both have the settings of neuralforecast, 1,000 steps among them, and read two horizons or two
seasons, whichever is longer, but at most half of a series. Each series is standardised. Windows in
a step are 256, not 1,024, so that a set takes minutes.
"""

import logging
from functools import partial

import numpy as np
import pandas as pd
import torch
from neuralforecast import NeuralForecast
from neuralforecast.models import NHITS, DeepAR
from peers.zoo_peers import filled

logging.disable(logging.WARNING)
torch.set_num_threads(1)

TRAINER = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


def network(model, one, train):
    n_rows = [len(series) for series in train]
    frame = pd.concat(
        pd.DataFrame({"unique_id": number, "ds": series.index, "y": filled(series).to_numpy()})
        for number, series in enumerate(train)
    )
    longest = max(2 * one.horizon, 2 * one.season_length)
    forecaster = NeuralForecast(
        [
            model(
                h=one.horizon,
                input_size=max(2, min(longest, int(np.median(n_rows)) // 2)),
                max_steps=1000,
                windows_batch_size=256,
                start_padding_enabled=True,
                random_seed=0,
                **TRAINER,
            )
        ],
        freq=one.step,
        local_scaler_type="standard",
    )
    forecaster.fit(frame)
    answer = forecaster.predict().reset_index().sort_values(["unique_id", "ds"], kind="stable")
    return list(answer[model.__name__].to_numpy().reshape(len(train), one.horizon))


METHODS = {"NHITS": partial(network, NHITS), "DeepAR": partial(network, DeepAR)}
