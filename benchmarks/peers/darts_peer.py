"""darts' BlockRNNModel(model="GRU").

It reads its forecast from the last `horizon` states, one a step ahead, through one shared layer.
"""

import logging

import numpy as np
import torch
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import BlockRNNModel
from protocol import run
from sklearn.preprocessing import StandardScaler

logging.disable(logging.WARNING)
# Two threads wait for each other on a machine that is shared: 40 s and more for a fit of 1.4 s.
torch.set_num_threads(1)


def fit(train, seed, job):
    scaler = Scaler(StandardScaler())
    scaled = scaler.fit_transform(TimeSeries.from_series(train)).astype(np.float32)
    model = BlockRNNModel(
        model="GRU",
        input_chunk_length=job["window_length"],
        output_chunk_length=job["horizon"],
        hidden_dim=job["units"],
        batch_size=job["batch_size"],
        n_epochs=job["epochs"],
        optimizer_kwargs={"lr": 0.001},
        random_state=seed,
        pl_trainer_kwargs={
            "accelerator": "cpu",
            "logger": False,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
        },
    )
    return model.fit(scaled), scaler, job["horizon"]


def forecast(fitted):
    model, scaler, horizon = fitted
    return scaler.inverse_transform(model.predict(horizon, verbose=False)).values()


run(fit, forecast, ["u8darts", "pytorch-lightning", "torch"])
