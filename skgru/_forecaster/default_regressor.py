"""The default network of a forecaster as an object whose parameters can be changed and tuned."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import Any

from sklearn.base import clone

from skgru._networks.regressor import GRURegressor

# Parameters that depend on the series, and those that differ from the defaults of GRURegressor.
BY_SERIES = ("units", "highway", "loss", "learning_rate", "epochs", "batch_size")
OF_FORECASTS = {
    "output_initializer": "zeros",
    "clipnorm": 1.0,
    "normalize_X": False,
    "normalize_y": False,
}


class DefaultRegressor(GRURegressor):
    """What `default_regressor` returns. Its parameters are those of GRURegressor, but "auto" is the
    choice of the forecaster, which trains a GRURegressor in place of this object.
    """

    def __init__(self, units: Any = "auto", **parameters: Any) -> None:
        given = {"units": units, **parameters}
        every = signature(type(self)).parameters
        if unknown := [name for name in parameters if name not in every]:
            raise TypeError(
                f"{unknown[0]} is no parameter of default_regressor. Give parameters of "
                "GRURegressor."
            )
        for name, parameter in every.items():
            setattr(self, name, given.get(name, parameter.default))

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        validation_data: Any = None,
        checkpoint: Any = None,
    ) -> Any:
        """Raise: a forecaster chooses the parameters."""
        raise ValueError(
            "default_regressor() has parameters that a SequenceForecaster chooses, so that it "
            "cannot be fitted alone. Use SequenceForecaster(default_regressor()) or GRURegressor()."
        )

    def resolved(self, network: GRURegressor) -> GRURegressor:
        """A default network of the forecaster with the parameters that were changed."""
        given = {
            name: value
            for name, value in self.get_params(deep=False).items()
            if not (name in BY_SERIES and isinstance(value, str) and value == "auto")
        }
        return clone(network).set_params(**given)


def _signature_of_default() -> Any:
    """The signature of GRURegressor with the defaults of a forecaster, as scikit-learn reads it."""
    own = signature(GRURegressor.__init__)
    defaults = dict.fromkeys(BY_SERIES, "auto") | OF_FORECASTS
    return own.replace(
        parameters=[
            one.replace(default=defaults.get(name, one.default), annotation=Parameter.empty)
            for name, one in own.parameters.items()
        ]
    )


DefaultRegressor.__init__.__signature__ = _signature_of_default()  # type: ignore[attr-defined]


def is_default(regressor: Any) -> bool:
    """Whether `regressor` stands for the default networks, changed or not."""
    return regressor is None or isinstance(regressor, DefaultRegressor)


def takes_pretrained(parameters: Any) -> bool:
    """Whether the pretrained network takes part. parameters : the forecaster."""
    is_usual = parameters.pretrained == "auto" and is_default(parameters.regressor)
    return is_usual or parameters.pretrained == "only"


def default_regressor(units: int | str = "auto", **parameters: Any) -> GRURegressor:
    """The default network of SequenceForecaster, as an object to change.

    `SequenceForecaster(default_regressor())` is the same as `SequenceForecaster()`: Theta and the
    pretrained network take part in the forecast. Its parameters can be changed and tuned, as in
    `GridSearchCV(forecaster, {"regressor__units": [8, 16, 32]})`.

    Parameters
    ----------
    units : int, list of int or "auto", default="auto"
        Number of units of the recurrent layer, as in `GRURegressor`. "auto": 16 for one series, and
        64 for several.

    parameters : dict
        Other parameters of `GRURegressor`. "auto" is the choice of the forecaster for `highway`,
        `loss`, `learning_rate`, `epochs` and `batch_size`, which depend on the series. It is the
        default of these. `output_initializer="zeros"`, `clipnorm=1.0`, `normalize_X=False` and
        `normalize_y=False` are also other defaults than those of `GRURegressor`.

    Returns
    -------
    estimator
        A regressor for `SequenceForecaster(regressor)`. It cannot be fitted alone. The fitted
        networks are in `regressors_`.

    Raises
    ------
    TypeError
        If GRURegressor has no such parameter.

    See Also
    --------
    SequenceForecaster : Its parameter `regressor` takes this object.
    GRURegressor : The network alone. A forecaster with it has neither Theta nor the pretrained
        network.

    Examples
    --------
    >>> from skgru import SequenceForecaster, default_regressor
    >>> from skgru.datasets import load_airline_passengers
    >>> network = default_regressor(units=8, random_state=0)
    >>> forecaster = SequenceForecaster(network, horizon=12, season_length=12)
    >>> forecaster.fit(load_airline_passengers()).regressors_[0].units
    8
    >>> list(forecaster.ensemble_)
    ['regressors', 'pretrained', 'theta']
    """
    return DefaultRegressor(units, **parameters)
