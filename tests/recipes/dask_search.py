"""A search over the workers of dask, one task for each candidate."""

from dask.distributed import Client
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, cross_val_score


def search(client: Client, forecaster, grid, X, cv):
    """The best parameters, and the mean score of each candidate."""

    def score_of(parameters):
        candidate = clone(forecaster).set_params(**parameters)
        return cross_val_score(candidate, X, cv=cv).mean()

    candidates = list(ParameterGrid(grid))
    scores = client.gather(client.map(score_of, candidates, pure=False))
    return candidates[scores.index(max(scores))], scores
