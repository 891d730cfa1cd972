"""How reliably items measure one thing: Cronbach's α with its interval, item by item, and McDonald's ω.

>>> round(cronbach_alpha([[1, 2, 1], [2, 2, 3], [4, 3, 4], [5, 5, 4]]).value, 3)
0.947
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import fdtri, stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.expectation.errors import (
    ItemsError,
    NotConvergedError,
    NothingVariesError,
    TooFewItemsError,
    TooFewRespondentsError,
)
from peakend.feedback.expectation.items import Codes, Items, Numbers, check_varies, matrix, read_items
from peakend.feedback.intervals import t_quantile
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.expectation.items import Labels

IntervalMethod = Literal["feldt", "distribution_free"]


@dataclass(frozen=True, slots=True)
class ItemReliability:
    """One item among the others.

    total_correlation: with the sum of the other items. alpha_without: α of the others, None with two items.
    lowers: whether α is higher without it by more than chance (Holm over the items, one-sided); adjusted_p
    is None where only a covariance matrix was given.
    """

    name: str
    mean: float | None
    total_correlation: float | None
    alpha_without: float | None
    adjusted_p: float | None
    lowers: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's α of `items` items from `n` respondents who answered all of them.

    low, high: interval by `method`; None where it has none. average_correlation: mean over pairs of items.
    omega: McDonald's ω_total of a one-factor model, None where that model has no proper solution (with two
    items, or `heywood`: an item would have no variance of its own).
    """

    value: float
    n: int
    low: float | None
    high: float | None
    se: float | None
    method: IntervalMethod
    average_correlation: float
    omega: float | None
    heywood: bool
    items: tuple[ItemReliability, ...]


def cronbach_alpha(
    items: object = None,
    *,
    covariance: object = None,
    n: int | None = None,
    names: Sequence[str] | None = None,
    weights: object = None,
    clusters: Labels | None = None,
    confidence: float = 0.95,
    method: IntervalMethod | None = None,
    alpha: float = 0.05,
) -> Reliability:
    """Cronbach's α: p/(p−1) · (1 − Σ variances of items ÷ variance of their sum).

    items: n × p answers, of whom those count who answered every item; or `covariance` (p × p) with `n`.
    method "feldt": 1 − (1 − α)·F with n−1 and (n−1)(p−1) degrees of freedom, exact for normal answers to
    parallel items. "distribution_free": α ± t·SE from the influence of each respondent (Maydeu-Olivares,
    Coffman & Hartmann 2007), for rating scales; the default, and the only one, where there are weights or
    clusters. Else Feldt's is the default. Raises `TooFewItemsError`, `TooFewRespondentsError`,
    `NothingVariesError`, `ItemsError`.
    Source: Cronbach (1951), Psychometrika 16(3), pp. 297–334; Feldt (1965), Psychometrika 30(3),
    pp. 357–370; Maydeu-Olivares et al. (2007), Psychological Methods 12(2), pp. 157–176; McDonald (1999),
    Test Theory, chapter 6.
    """
    if (items is None) == (covariance is None):
        raise ItemsError(
            Text("Give either items or their covariance.", "请给出题目答案或其协方差，二者择一。")
        )
    if items is None:
        return _of_covariance(matrix(covariance), n, names, confidence, method)
    read = read_items(items, names, weights, clusters)
    _check_items(len(read.names))
    complete = read.answered.all(axis=1) & (read.weight > 0)
    used = Items(
        read.names, read.scores[complete], read.weight[complete], read.cluster[complete], read.design
    )
    if len(used.scores) < 3:
        check_varies(read)
        raise _too_few_respondents(len(used.scores), 3)
    check_varies(used)
    chosen = method or ("distribution_free" if used.design else "feldt")
    if used.design and chosen == "feldt":
        raise ItemsError(
            Text(
                "Feldt's interval knows no weights and no clusters.",
                "Feldt 区间不适用于加权或整群抽样的答案。",
            ),
            Text('Use method="distribution_free".', '请用 method="distribution_free"。'),
        )
    return _of_answers(used, confidence, chosen, alpha)


def feldt_interval(value: float, n: int, items: int, confidence: float = 0.95) -> tuple[float, float]:
    """Feldt's interval of α = `value` from `n` respondents and `items` items.

    (1 − α) ÷ (1 − α̂) is distributed as 1/F with n−1 and (n−1)(p−1) degrees of freedom.
    Source: Feldt (1965); Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11(1), (6), (7).
    """
    tail = (1 - confidence) / 2
    upper, lower = (float(fdtri(n - 1, (n - 1) * (items - 1), level)) for level in (1 - tail, tail))
    return 1 - (1 - value) * upper, 1 - (1 - value) * lower


def _of_covariance(
    covariance: Numbers,
    n: int | None,
    names: Sequence[str] | None,
    confidence: float,
    method: IntervalMethod | None,
) -> Reliability:
    size = len(covariance)
    _check_items(size)
    known = covariance.shape == (size, size) and np.allclose(covariance, covariance.T, atol=1e-8)
    if not known or not np.isfinite(covariance).all():
        raise ItemsError(Text("A covariance matrix is square and symmetric.", "协方差矩阵应为对称方阵。"))
    if (np.diag(covariance) <= 0).any() or covariance.sum() <= 0:
        raise NothingVariesError(
            Text("Some items, or their sum, have no variance.", "部分题目或题目之和没有方差。")
        )
    if method == "distribution_free":
        raise ItemsError(
            Text(
                "A distribution-free interval needs the answers, not their covariance.",
                "无分布假设的区间需要逐条答案，仅有协方差不够。",
            )
        )
    value = _alpha(covariance)
    ends: tuple[float | None, float | None] = (None, None)
    if n is not None:
        if n < 3:
            raise _too_few_respondents(n, 3)
        ends = feldt_interval(value, n, size, confidence)
    labels = tuple(names) if names is not None else tuple(f"item {i + 1}" for i in range(size))
    without = _alphas_without(covariance)
    found = tuple(
        ItemReliability(
            name,
            None,
            _known(_total_correlation(covariance)[i]),
            _known(without[i]),
            None,
            False,
        )
        for i, name in enumerate(labels)
    )
    omega, heywood = _omega(covariance)
    return Reliability(value, n or 0, *ends, None, "feldt", _average(covariance), omega, heywood, found)


def _of_answers(used: Items, confidence: float, method: IntervalMethod, alpha: float) -> Reliability:
    size, n = len(used.names), len(used.scores)
    weight = used.weight / used.weight.sum()
    mean = weight @ used.scores
    centred = used.scores - mean
    # Divided by n − 1 without weights, as usual; α does not depend on the divisor.
    covariance = centred.T @ (centred * weight[:, None]) * (n / (n - 1))
    if covariance.sum() <= 1e-12 * np.trace(covariance):
        raise NothingVariesError(
            Text("The items cancel each other: their sum never differs.", "各题相互抵消，其和没有差异。"),
            Text("Reverse the items that are worded the other way.", "请先将反向题反转计分。"),
        )
    value = _alpha(covariance)
    influence = _influence(centred, covariance) * weight[:, None]
    se, df = _error(influence, used.cluster)
    if method == "feldt":
        low, high = feldt_interval(value, n, size, confidence)
    else:
        half = float(t_quantile(confidence, df)) * float(se[0])
        low, high = value - half, min(value + half, 1.0)
    omega, heywood = _omega(covariance)
    return Reliability(
        value=value,
        n=n,
        low=_known(low),
        high=_known(high),
        se=_known(se[0]),
        method=method,
        average_correlation=_average(covariance),
        omega=omega,
        heywood=heywood,
        items=_items(used, centred, covariance, weight, alpha),
    )


def _items(
    used: Items, centred: Numbers, covariance: Numbers, weight: Numbers, alpha: float
) -> tuple[ItemReliability, ...]:
    """Each item among the others, with a one-sided test that α is higher without it."""
    size = len(used.names)
    correlation, without = _total_correlation(covariance), _alphas_without(covariance)
    p = np.full(size, np.nan)
    if size > 2:
        whole = _influence(centred, covariance)
        parts = [
            _influence(centred[:, rest], covariance[np.ix_(rest, rest)])
            for rest in (np.delete(np.arange(size), i) for i in range(size))
        ]
        influence = (np.column_stack(parts) - whole) * weight[:, None]
        se, df = _error(influence, used.cluster)
        with np.errstate(invalid="ignore", divide="ignore"):
            p = stdtr(df, -(without - _alpha(covariance)) / se)
    adjusted, _ = holm(p)
    means = weight @ used.scores
    return tuple(
        ItemReliability(
            name,
            float(means[i]),
            _known(correlation[i]),
            _known(without[i]),
            _known(adjusted[i]),
            bool(adjusted[i] <= alpha),
        )
        for i, name in enumerate(used.names)
    )


def _alpha(covariance: Numbers) -> float:
    size = len(covariance)
    return float(size / (size - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _alphas_without(covariance: Numbers) -> Numbers:
    """α of the other items, for each; NaN with two items, or where the others' sum never differs."""
    size = len(covariance)
    if size < 3:
        return np.full(size, np.nan)
    variance = np.diag(covariance)
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + variance
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (size - 1) / (size - 2) * (1 - (variance.sum() - variance) / rest)
    return np.where(rest > 1e-12 * variance.sum(), found, np.nan)


def _total_correlation(covariance: Numbers) -> Numbers:
    """The correlation of each item with the sum of the others."""
    variance = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - variance
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + variance
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rest > 1e-12 * variance.sum(), with_rest / np.sqrt(variance * rest), np.nan)


def _influence(centred: Numbers, covariance: Numbers) -> Numbers:
    """The influence of each respondent on α, n × 1 (Maydeu-Olivares et al. 2007, through the delta method).

    With T the sum of the items' variances and V that of their sum, α = k(1 − T/V) moves by
    k(−dT/V + T·dV/V²).
    """
    size = centred.shape[1]
    total, whole = float(np.trace(covariance)), float(covariance.sum())
    items = (centred**2).sum(axis=1) - total
    together = centred.sum(axis=1) ** 2 - whole
    found = size / (size - 1) * (-items / whole + total * together / whole**2)
    return np.asarray(found[:, None])


def _error(influence: Numbers, cluster: Codes) -> tuple[Numbers, float]:
    """Standard errors from influences (already divided by the sum of weights), and degrees of freedom."""
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0])
    sums = np.add.reduceat(influence[order], starts, axis=0)
    units = len(starts)
    if units < 2:
        return np.full(influence.shape[1], np.nan), math.nan
    return np.sqrt(units / (units - 1) * (sums**2).sum(axis=0)), units - 1.0


def _average(covariance: Numbers) -> float:
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    size = len(correlation)
    return float((correlation.sum() - size) / (size * (size - 1)))


def _omega(covariance: Numbers) -> tuple[float | None, bool]:
    """ω_total = (Σλ)² ÷ ((Σλ)² + Σψ) of one factor on the covariances, and whether it is a Heywood case."""
    from peakend.feedback.expectation.factors import extract

    if len(covariance) < 3:
        return None, False
    spread = np.sqrt(np.diag(covariance))
    try:
        found = extract(covariance / np.outer(spread, spread), 1)
    except NotConvergedError:
        return None, False
    if found.heywood:
        return None, True
    common = float((found.loadings[:, 0] * spread).sum()) ** 2
    return common / (common + float((found.uniqueness * spread**2).sum())), False


def _check_items(size: int) -> None:
    if size < 2:
        raise TooFewItemsError(
            Text(
                "One item has no reliability of its own: α compares items with each other.",
                "单个题目谈不上内部一致性：α 是题目之间的比较。",
            ),
            Text("Give two items or more of the same dimension.", "请给出同一维度的两个或更多题目。"),
            items=size,
            needed=2,
        )


def _too_few_respondents(found: int, needed: int) -> TooFewRespondentsError:
    return TooFewRespondentsError(
        Text(
            f"Only {found} respondents answered every item; {needed} are the least.",
            f"只有 {found} 位应答者答完全部题目，至少需要 {needed} 位。",
        ),
        Text(
            "Leave out items that few could answer, or wait for more answers.",
            "请剔除多数人无法回答的题目，或等待更多答案。",
        ),
        n=found,
        needed=needed,
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
