"""Needs skops."""

from skops.card import Card

from skgru import GRURegressor, make_windows
from skgru.datasets import load_sunspots

windows, targets = make_windows(load_sunspots(), window_length=22)
network = GRURegressor(8, epochs=20, random_state=0).fit(windows[:230], targets[:230])

card = Card(network)
card.add(
    **{
        "Model description": "Yearly sunspot numbers, one year ahead.",
        "Model description/Intended uses": "An example. It measures no solar activity.",
    }
)
card.add_metrics(
    title="Evaluation",
    section="Model description/Evaluation",
    r2=network.score(windows[230:], targets[230:]),
)
card.save("README.md")
