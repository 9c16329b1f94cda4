"""neuralforecast's GRU. Its steps draw 32 windows each; their number is that of 50 epochs.

It reads its forecast from the encoder's last `horizon` states, one a step ahead, through one layer
shared by them (`decoder_layers=1`); variant "default" keeps its decoder of two layers, 128 wide.
"""

import logging

import pandas as pd
import torch
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MSE
from neuralforecast.models import GRU
from protocol import n_steps, run

logging.disable(logging.WARNING)
# Two threads wait for each other on a machine that is shared: 40 s and more for a fit of 1.4 s.
torch.set_num_threads(1)


def fit(train, seed, job):
    decoder = {} if job["variant"] == "default" else {"decoder_layers": 1}
    model = GRU(
        h=job["horizon"],
        input_size=job["window_length"],
        encoder_n_layers=1,
        encoder_hidden_size=job["units"],
        loss=MSE(),
        max_steps=n_steps(len(train), job),
        learning_rate=0.001,
        batch_size=1,
        windows_batch_size=job["batch_size"],
        scaler_type="identity",
        random_seed=seed,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **decoder,
    )
    is_dated = isinstance(train.index, pd.DatetimeIndex)
    forecaster = NeuralForecast([model], train.index.freqstr if is_dated else 1, "standard")
    forecaster.fit(pd.DataFrame({"unique_id": "a", "ds": train.index, "y": train.to_numpy()}))
    return forecaster


def forecast(forecaster):
    return forecaster.predict()["GRU"]


run(fit, forecast, ["neuralforecast", "pytorch-lightning", "torch"])
