"""PyTorch's nn.GRU in a plain loop, or skorch: prints the seconds of an epoch. See training.py.

Runs by itself, in an interpreter that has torch: python torch_peer.py '{"peer": "loop", ...}'
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, n_channels, units):
        super().__init__()
        self.recurrent = nn.GRU(n_channels, units, batch_first=True)
        self.output = nn.Linear(units, 1)

    def forward(self, X):
        return self.output(self.recurrent(X)[0][:, -1])


def loop_epoch(network, optimizer, X, y, batch_size):
    order = torch.randperm(len(X))
    for start in range(0, len(X), batch_size):
        picked = order[start : start + batch_size]
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(network(X[picked]), y[picked])
        loss.backward()
        optimizer.step()


def seconds_of_epoch(peer, units, window_length, n_channels, n_windows, batch_size, repeats):
    rng = np.random.default_rng(0)
    X = rng.random((n_windows, window_length, n_channels), np.float32)
    y = rng.random((n_windows, 1), np.float32)
    network = Network(n_channels, units)
    if peer == "skorch":
        from skorch import NeuralNetRegressor

        regressor = NeuralNetRegressor(
            network,
            optimizer=torch.optim.Adam,
            lr=0.001,
            batch_size=batch_size,
            max_epochs=1,
            train_split=None,
            iterator_train__shuffle=True,
            verbose=0,
        ).initialize()

        def epoch():
            regressor.partial_fit(X, y)
    else:
        optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
        X, y = torch.from_numpy(X), torch.from_numpy(y)

        def epoch():
            loop_epoch(network, optimizer, X, y, batch_size)

    best = float("inf")
    for n_threads in {1, torch.get_num_threads()}:  # the better of both: small steps want one
        torch.set_num_threads(n_threads)
        epoch()
        for _ in range(repeats):
            started = time.perf_counter()
            epoch()
            best = min(best, time.perf_counter() - started)
    return best


if __name__ == "__main__":
    print(seconds_of_epoch(**json.loads(sys.argv[1])))
