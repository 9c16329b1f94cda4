"""One training: compiled where that is possible, else by stock `Model.fit` through scikeras."""

from __future__ import annotations

from dataclasses import dataclass

from sklearn.exceptions import ConvergenceWarning

from skgru._dataset import TrainingRun
from skgru._engine.compiled_trainer import fit_compiled
from skgru._engine.keras_trainer import fit_stock
from skgru._engine.losses import check_weighs
from skgru._engine.memory import check_memory
from skgru._engine.optimizers import check_optimizer
from skgru._engine.program import eager_mode
from skgru._engine.progress import Progress
from skgru._engine.training_program import CannotCompile
from skgru._specs import NetworkState, TrainingSpec
from skgru._warnings import warn_user


@dataclass(frozen=True)
class Trained:
    """Result of a training: the state to store, and the history, one number for each metric and
    epoch.
    """

    state: NetworkState
    history: dict[str, list[float]]


def train(run: TrainingRun) -> Trained:
    """Train a new network, or an earlier one further, for its epochs or until the validation loss
    stops falling.

    Raises ValueError if a loss or weights are not finite after the first epoch. If they diverge
    later, the last finite epoch is kept, with a ConvergenceWarning.
    """
    training = run.training
    with eager_mode():
        check_optimizer(training.optimizer)
        check_memory(run.network, training)
        if run.dataset.sample_weight is not None:
            check_weighs(run.network, training)
        progress = Progress(training, run.resumed)
        if run.first_epoch == run.last_epoch or progress.has_stopped:
            pass  # it was interrupted after its last epoch
        elif not training.jit_compile:
            progress = fit_stock(run)
        else:
            try:
                progress = fit_compiled(run)
            except CannotCompile as reason:
                warn_user(
                    f"Training runs in stock Model.fit, which is slower: {reason}. The result is "
                    "the same. Set jit_compile=False to train without this warning."
                )
                progress = fit_stock(run)
    if progress.diverged_in is not None:
        _tell_of_divergence(progress, progress.diverged_in, training)
    assert progress.kept is not None
    return Trained(progress.kept, progress.history)


def _tell_of_divergence(progress: Progress, epoch: int, training: TrainingSpec) -> None:
    """Warn if an earlier epoch can be kept, else raise ValueError."""
    is_named = isinstance(training.optimizer, str)
    rate = (
        f"learning_rate (it is {training.learning_rate})"
        if is_named
        else "learning rate in the optimizer"
    )
    what = f"Training diverged in epoch {epoch + 1}: the loss or the weights are not finite."
    remedy = (
        f"Use a smaller {rate}, set clipnorm=1.0, or scale X and y. For a loss with logarithms, "
        "set normalize_y=False."
    )
    if progress.only_validation_diverged:
        what = f"Training diverged in epoch {epoch + 1}: the validation loss is not finite."
        remedy = (
            "Correct or leave out validation rows with values far outside of those in training, "
            f"or use a smaller {rate}."
        )
    if progress.kept is None:
        raise ValueError(f"{what} {remedy}")
    warn_user(f"{what} The network is that of epoch {epoch}. {remedy}", ConvergenceWarning)
