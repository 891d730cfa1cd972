"""Exploratory factor analysis: which items go together, from their correlations.

Minimum residuals or maximum likelihood, rotated; items may be skipped (correlations of those who answered
both). How many factors there are is `parallel.parallel_analysis`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import chdtrc

from peakend.feedback.drivers.skipped import pairwise_moments
from peakend.feedback.expectation.errors import (
    CollinearItemsError,
    ItemsError,
    NotConvergedError,
    TooFewItemsError,
    TooFewRespondentsError,
)
from peakend.feedback.expectation.items import Items, check_varies, matrix, read_items
from peakend.feedback.expectation.rotation import Rotation, rotate
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Extraction = Literal["minres", "ml"]

# An item whose own variance is estimated at less than this share has run into the bound: a Heywood case.
HEYWOOD = 0.005
_COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True)
class Extracted:
    """Unrotated loadings (p × k), uniqueness (p), the least value of the method's discrepancy; heywood:
    places of items whose uniqueness ran into its lower bound."""

    loadings: Numbers
    uniqueness: Numbers
    discrepancy: float
    heywood: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """A factor solution.

    loadings: p × k pattern, largest factor first, each mostly positive. correlation: k × k between factors
    (identity for varimax). communality, uniqueness: p. explained: k, shares of all variance. heywood: names
    of items whose own variance is estimated at zero: such a solution is improper, take fewer factors. rmsr:
    root mean square of the residual correlations. statistic, df, p: Bartlett's test that k factors are
    enough, with maximum likelihood and n alone.
    """

    names: tuple[str, ...]
    n: int | None
    method: Extraction
    rotation: Rotation
    loadings: Numbers
    correlation: Numbers
    communality: Numbers
    uniqueness: Numbers
    explained: Numbers
    heywood: tuple[str, ...]
    rmsr: float
    statistic: float | None
    df: int
    p: float | None

    @property
    def factor(self) -> NDArray[np.int64]:
        """The factor (from 0) that each item loads on most."""
        return np.asarray(np.abs(self.loadings).argmax(axis=1), dtype=np.int64)


def factor_analysis(
    items: object = None,
    factors: int = 1,
    *,
    correlation: object = None,
    n: int | None = None,
    names: Sequence[str] | None = None,
    weights: object = None,
    method: Extraction = "minres",
    rotation: Rotation = "oblimin",
) -> Factors:
    """`factors` common factors of items (n × p, NaN: skipped) or of a `correlation` matrix with `n`.

    Skipped answers: each correlation is of those who answered both; where these fit no common table, small
    eigenvalues are lifted. rotation: oblimin (quartimin), promax, varimax or none; none is done for one
    factor. Raises `ItemsError`, `TooFewItemsError` (fewer than 3, or too many factors for them),
    `TooFewRespondentsError` (not more rows than items), `NothingVariesError`, `CollinearItemsError` (ML) and
    `NotConvergedError`.
    Source: Harman & Jones (1966), Psychometrika 31(3) (minres); Jöreskog (1967), Psychometrika 32(4) (ML);
    Bartlett (1951), Biometrika 38.
    """
    if (items is None) == (correlation is None):
        raise ItemsError(
            Text("Give either items or their correlation.", "请给出题目答案或其相关矩阵，二者择一。")
        )
    if items is not None:
        read = read_items(items, names, weights)
        r, n, labels = correlations(read), len(read.scores), read.names
    else:
        r = check_correlation(matrix(correlation))
        labels = tuple(names) if names is not None else tuple(f"item {i + 1}" for i in range(len(r)))
    found = extract(r, factors, method, labels)
    pattern, between = rotate(found.loadings, rotation if factors > 1 else "none")
    pattern, between = _in_order(pattern, between)
    df = _degrees(len(r), factors)
    statistic = None
    if method == "ml" and n is not None and df > 0 and not found.heywood:
        statistic = (n - 1 - (2 * len(r) + 5) / 6 - 2 * factors / 3) * found.discrepancy
    residual = (r - found.loadings @ found.loadings.T)[np.tril_indices(len(r), -1)]
    return Factors(
        names=labels,
        n=n,
        method=method,
        rotation=rotation if factors > 1 else "none",
        loadings=pattern,
        correlation=between,
        communality=1 - found.uniqueness,
        uniqueness=found.uniqueness,
        explained=np.einsum("ij,jk,ik->k", pattern, between, pattern) / len(r),
        heywood=tuple(labels[place] for place in found.heywood),
        rmsr=float(np.sqrt((residual**2).mean())),
        statistic=statistic,
        df=df,
        p=None if statistic is None else float(chdtrc(df, max(statistic, 0.0))),
    )


def correlations(items: Items) -> Numbers:
    """Correlations of items, each pair from those who answered both, made positive definite.

    Raises `TooFewItemsError`, `TooFewRespondentsError`, `NothingVariesError`, `ItemsError` (a pair that
    nobody answered together).
    """
    rows, size = items.scores.shape
    if size < 3:
        raise _too_few_items(size)
    check_varies(items)
    if int(items.answered.any(axis=1).sum()) <= size:
        raise TooFewRespondentsError(
            Text(
                f"{rows} respondents are too few for {size} items.", f"{size} 个题目，{rows} 位应答者太少。"
            ),
            Text("Use fewer items, or wait for more answers.", "请减少题目，或等待更多答案。"),
            n=rows,
            needed=size + 1,
        )
    together = items.answered.astype(float).T @ items.answered.astype(float)
    if together.min() < 3:
        one, other = np.unravel_index(int(together.argmin()), together.shape)
        raise ItemsError(
            Text(
                f"{items.names[one]} and {items.names[other]} were hardly ever answered by the same person.",
                f"几乎没有人同时回答 {items.names[one]} 与 {items.names[other]}。",
            ),
            Text("Leave one of them out.", "请剔除其中之一。"),
        )
    _, covariance = pairwise_moments(items.scores, items.weight)
    spread = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(spread, spread))


def check_correlation(r: Numbers) -> Numbers:
    """`r` if it can be a correlation matrix of three items or more; else `ItemsError`."""
    size = len(r)
    if size < 3:
        raise _too_few_items(size)
    square = r.shape == (size, size) and np.isfinite(r).all()
    if not square or not np.allclose(r, r.T, atol=1e-8) or not np.allclose(np.diag(r), 1, atol=1e-6):
        raise ItemsError(
            Text(
                "A correlation matrix is square and symmetric with ones.",
                "相关矩阵应为对角线为 1 的对称方阵。",
            )
        )
    if np.linalg.eigvalsh(r)[0] < -1e-6:
        raise ItemsError(
            Text(
                "These correlations contradict each other (a negative eigenvalue).",
                "这些相关系数互相矛盾（存在负特征值）。",
            )
        )
    return r


def extract(
    r: Numbers, factors: int, method: Extraction = "minres", names: Sequence[str] | None = None
) -> Extracted:
    """Unrotated loadings of `factors` factors from correlations `r`, by minimising over the uniquenesses.

    Signs make the sum of each column positive. The uniquenesses stay within 0.005 and 1.
    """
    size = len(r)
    if not 1 <= factors < size or _degrees(size, factors) < 0:
        raise TooFewItemsError(
            Text(
                f"{factors} factors cannot be found from {size} items.",
                f"{size} 个题目无法确定 {factors} 个因子。",
            ),
            Text("Use fewer factors.", "请减少因子数。"),
            items=size,
            needed=3,
        )
    values = np.linalg.eigvalsh(r)
    if method == "ml" and values[0] < _COLLINEAR:
        raise CollinearItemsError(
            Text("Some items follow exactly from others.", "部分题目可由其他题目精确推出。"),
            Text('Leave them out, or use method="minres".', '请将其剔除，或用 method="minres"。'),
            names=tuple(names or ()),
        )
    loss = _likelihood if method == "ml" else _residuals
    best = None
    for start in _starts(r, factors):
        found = minimize(
            loss,
            start,
            args=(r, factors),
            jac=True,
            method="L-BFGS-B",
            bounds=[(HEYWOOD, 1.0)] * size,
            options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9},
        )
        if best is None or found.fun < best.fun - 1e-10:
            best = found
    if best is None or not np.isfinite(best.fun):
        raise NotConvergedError(Text("The factors did not settle.", "因子求解未收敛。"))
    uniqueness = np.asarray(best.x, dtype=float)
    loadings = _loadings(uniqueness, r, factors, method)
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    heywood = tuple(int(place) for place in np.flatnonzero(uniqueness <= HEYWOOD * 1.0001))
    return Extracted(loadings, uniqueness, float(best.fun), heywood)


def _starts(r: Numbers, factors: int) -> list[Numbers]:
    """Starting uniquenesses: from squared multiple correlations (Jöreskog 1967), and flat."""
    lifted = r + np.eye(len(r)) * max(0.0, 1e-6 - float(np.linalg.eigvalsh(r)[0]))
    own = 1 / np.diag(np.linalg.inv(lifted))
    first = np.clip((1 - 0.5 * factors / len(r)) * own, 2 * HEYWOOD, 1.0)
    # With one factor a second start never found better (300 random tables); with several it may.
    return [first] if factors == 1 else [first, np.full(len(r), 0.5)]


def _likelihood(psi: Numbers, r: Numbers, factors: int) -> tuple[float, Numbers]:
    """Maximum likelihood discrepancy and its gradient (Jöreskog 1967; Lawley & Maxwell 1971, section 4.2)."""
    scale = 1 / np.sqrt(psi)
    values = np.linalg.eigvalsh(r * np.outer(scale, scale))
    rest = np.maximum(values[: len(psi) - factors], 1e-300)
    value = float((rest - np.log(rest) - 1).sum())
    loadings = _loadings(psi, r, factors, "ml")
    gradient = np.diag(loadings @ loadings.T + np.diag(psi) - r) / psi**2
    return value, gradient


def _residuals(psi: Numbers, r: Numbers, factors: int) -> tuple[float, Numbers]:
    """Half the sum of squared residual correlations with ψ free, and its gradient.

    The factors take the largest eigenvalues of R − Ψ; what is left is the sum of squares of the others.
    """
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    kept = np.zeros(len(psi))
    kept[len(psi) - factors :] = np.maximum(values[len(psi) - factors :], 0)
    rest = values - kept
    return 0.5 * float((rest**2).sum()), -np.asarray((vectors**2) @ rest)


def _loadings(psi: Numbers, r: Numbers, factors: int, method: Extraction) -> Numbers:
    if method == "ml":
        scale = np.sqrt(psi)
        values, vectors = np.linalg.eigh(r / np.outer(scale, scale))
        top = values[::-1][:factors], vectors[:, ::-1][:, :factors]
        return np.asarray(scale[:, None] * top[1] * np.sqrt(np.maximum(top[0] - 1, 0)))
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    return np.asarray(vectors[:, ::-1][:, :factors] * np.sqrt(np.maximum(values[::-1][:factors], 0)))


def _in_order(pattern: Numbers, between: Numbers) -> tuple[Numbers, Numbers]:
    """Factors by the variance they carry, largest first, each pointing where most of its items point."""
    carried = (pattern * (pattern @ between)).sum(axis=0)
    order = np.argsort(-carried, kind="stable")
    sign = np.where((pattern**3).sum(axis=0) < 0, -1.0, 1.0)
    signed = pattern * sign
    return signed[:, order], (between * np.outer(sign, sign))[np.ix_(order, order)]


def _degrees(size: int, factors: int) -> int:
    return ((size - factors) ** 2 - size - factors) // 2


def _too_few_items(size: int) -> TooFewItemsError:
    return TooFewItemsError(
        Text(f"{size} items are too few to find factors in.", f"{size} 个题目不足以寻找因子。"),
        Text("Give three or more.", "请给出三个或更多题目。"),
        items=size,
        needed=3,
    )
