"""Simple direct estimators by which planted truths are recovered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Floats = npt.NDArray[np.float64]

ERRORS = 4.5
"""Standard errors that an estimate may be off; by chance it is once in 150,000 times."""


def assert_near(values: Floats, expected: float, clusters: npt.NDArray[np.int64] | None = None) -> None:
    """The mean of `values` is `expected` within `ERRORS` standard errors (of cluster means where given)."""
    n = len(values)
    residual = values - values.mean()
    if clusters is not None:
        residual = np.bincount(clusters, weights=residual)
    error = np.sqrt((residual**2).sum()) / n
    assert n > 60
    assert abs(values.mean() - expected) < ERRORS * error, (values.mean(), expected, error, n)


def expected_repeats(r: float, alpha: float, a: float, b: float, weeks: Floats) -> Floats:
    """E[X(t)] of the BG/NBD model (Fader, Hardie and Lee 2005, equation 9)."""
    hyper = special.hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    repeats: Floats = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + weeks)) ** r * hyper)
    return repeats


def component(values: Floats, cluster: npt.NDArray[np.int64]) -> float:
    """The variance between clusters (Searle, Casella and McCulloch, Variance Components, 1992, 3.6)."""
    sizes = np.bincount(cluster)
    means = np.bincount(cluster, weights=values) / sizes
    between = (sizes * (means - values.mean()) ** 2).sum() / (len(sizes) - 1)
    within = ((values - means[cluster]) ** 2).sum() / (len(values) - len(sizes))
    typical = (len(values) - (sizes**2).sum() / len(values)) / (len(sizes) - 1)
    return float((between - within) / typical)


def logit(x: Floats, y: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """(coefficients, standard errors) of a logistic regression with an intercept in the first place."""
    design = np.column_stack([np.ones(len(y)), x])

    def loss(beta: Floats) -> tuple[float, Floats]:
        linear = design @ beta
        gradient = design.T @ (special.expit(linear) - y)
        return float(np.logaddexp(0, linear).sum() - linear[y].sum()), gradient

    beta = optimize.minimize(loss, np.zeros(design.shape[1]), jac=True, method="BFGS").x
    p = special.expit(design @ beta)
    return beta, np.sqrt(np.diag(np.linalg.inv((design.T * (p * (1 - p))) @ design)))
