"""Mediation: how much of what goes from experience to loyalty or revenue goes by way of satisfaction.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=500); m = .6 * x + rng.normal(size=500); y = .5 * m + rng.normal(size=500)
    >>> mediation(x, [m], y).verdict
    'full'

The verdict follows tests of coefficients. It says how an association divides, and causes only where nothing
unmeasured stands behind two of the things measured. A mediator measured with error leaves part of its share
in the direct effect, so that full mediation looks partial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.structure.chains import (
    ChainEffects,
    Errors,
    Kind,
    chain_effects,
    interval_of,
    kinds,
    p_values,
    spread_of,
    standard_errors,
    two_sided,
)
from peakend.feedback.structure.errors import MediationError
from peakend.feedback.structure.frames import columns_of, units_of, weights_of
from peakend.feedback.structure.moments import Sample
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.structure.frames import Column

Numbers = NDArray[np.float64]
Verdict = Literal["full", "partial", "competitive", "none"]
Interval = Literal["percentile", "bca"]

VERDICT_OF: dict[Kind, Verdict] = {
    "indirect_only": "full",
    "complementary": "partial",
    "competitive": "competitive",
    "direct_only": "none",
    "no_effect": "none",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """A coefficient with standard error, two-sided p and bootstrap interval; None: not known."""

    value: float
    se: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mediation:
    """What `mediation` found.

    links: along the chain x → m₁ → … → y, each with everything earlier held fixed. chain: their product.
    direct: x → y beside the mediators; total: without them; indirect: total − direct, by every way. joint_p:
    the largest p of the links. proportion: indirect ÷ total, None where the total is not significant or the
    two point in opposite directions. n: complete rows; left_out: incomplete ones.
    """

    links: tuple[Effect, ...]
    chain: Effect
    direct: Effect
    total: Effect
    indirect: Effect
    joint_p: float
    proportion: float | None
    kind: Kind
    verdict: Verdict
    n: int
    left_out: int


def mediation(
    x: Column,
    mediators: Sequence[Column],
    y: Column,
    *,
    covariates: Sequence[Column] = (),
    weights: Column | None = None,
    clusters: Column | None = None,
    bootstrap: int = 1000,
    interval: Interval = "percentile",
    alpha: float = 0.05,
    confidence: float = 0.95,
    seed: int = 0,
) -> Mediation:
    """Mediation of x → y by `mediators`, in the order in which one leads to the next (serial from two on).

    All arguments hold one number a row; rows with a gap are left out. weights, clusters: of the survey; with
    either, standard errors are those of the bootstrap (clusters drawn whole) and p is normal, else both are
    those of least squares. bootstrap: draws for intervals, percentile or bias-corrected and accelerated.
    alpha: of the tests behind the verdict. Raises `MediationError`, `PathDataError`.
    Source: joint significance of the links, MacKinnon, Lockwood, Hoffman, West & Sheets (2002), Psychological
    Methods 7(1); classes, Zhao, Lynch & Chen (2010), Journal of Consumer Research 37(2), figure 2; serial,
    Hayes (2013), Introduction to Mediation, model 6; BCa, Efron (1987), JASA 82(397).
    """
    between, beside = list(mediators), list(covariates)
    if not between:
        raise MediationError(
            Text("Mediation needs at least one mediator.", "中介分析至少需要一个中介变量。"),
            Text("Give it as a list of columns.", "请以列的列表给出。"),
        )
    names = ["x", *(f"m{i}" for i in range(len(between))), "y", *(f"c{i}" for i in range(len(beside)))]
    values = columns_of(dict(zip(names, [x, *between, y, *beside], strict=True)), names)
    w, units = weights_of(weights, len(values)), units_of(clusters, len(values))
    whole = ~np.isnan(values).any(axis=1) & (w > 0)
    sample = Sample(values[whole], w[whole], np.unique(units[whole], return_inverse=True)[1])
    _check(sample.scores)
    covariance = sample.moments().covariances
    point = chain_effects(covariance, len(between), len(beside))
    drawn = None
    if bootstrap:
        drawn = chain_effects(sample.drawn(bootstrap, seed).covariances, len(between), len(beside))
    if weights is None and clusters is None:
        errors = standard_errors(covariance, len(sample.scores), len(between), len(beside))
    elif drawn is None:
        raise MediationError(
            Text(
                "With weights or clusters the standard errors come from the bootstrap.",
                "有权重或抽样群时，标准误来自自助法。",
            ),
            Text("Ask for draws, for instance bootstrap=1000.", "请指定抽样次数，例如 bootstrap=1000。"),
        )
    else:
        errors = spread_of(drawn)
    acceleration = None
    if interval == "bca" and drawn is not None:
        acceleration = chain_effects(sample.left_out().covariances, len(between), len(beside))
    found = judged(point, errors, drawn, acceleration, alpha=alpha, confidence=confidence)
    return found.result(len(sample.scores), int(len(values) - len(sample.scores)))


@dataclass(frozen=True, slots=True)
class Judged:
    """Effects of one fit with their tests and intervals, and what follows from the tests."""

    links: tuple[Effect, ...]
    chain: Effect
    direct: Effect
    total: Effect
    indirect: Effect
    joint_p: float
    kind: Kind
    alpha: float

    def result(self, n: int, left_out: int) -> Mediation:
        together = self.indirect.value * self.total.value > 0
        sure = self.total.p is not None and self.total.p <= self.alpha
        return Mediation(
            links=self.links,
            chain=self.chain,
            direct=self.direct,
            total=self.total,
            indirect=self.indirect,
            joint_p=self.joint_p,
            proportion=self.indirect.value / self.total.value if together and sure else None,
            kind=self.kind,
            verdict=VERDICT_OF[self.kind],
            n=n,
            left_out=left_out,
        )


def judged(
    point: ChainEffects,
    errors: Errors,
    drawn: ChainEffects | None,
    jackknife: ChainEffects | None = None,
    *,
    alpha: float,
    confidence: float,
) -> Judged:
    """The first effects of `point` with tests from `errors` and intervals from `drawn`."""
    p_links, p_direct = p_values(point, errors)
    p_total = two_sided(point.total / errors.total, errors.total_df)

    def effect(
        name: str, value: float, se: float | None = None, p: float | None = None, at: int = -1
    ) -> Effect:
        if drawn is None:
            return Effect(value, se, p)
        column = [None if one is None else _column(one, name, at) for one in (drawn, jackknife)]
        assert column[0] is not None
        low, high = interval_of(value, column[0], column[1], confidence)
        return Effect(value, se, p, low, high)

    links = tuple(
        effect("links", float(point.links[0, i]), float(errors.links[0, i]), float(p_links[0, i]), i)
        for i in range(point.links.shape[1])
    )
    return Judged(
        links=links,
        chain=effect("chain", float(point.chain[0])),
        direct=effect("direct", float(point.direct[0]), float(errors.direct[0]), float(p_direct[0])),
        total=effect("total", float(point.total[0]), float(errors.total[0]), float(p_total[0])),
        indirect=effect("indirect", float(point.indirect[0])),
        joint_p=float(p_links[0].max()),
        kind=kinds(point, p_links, p_direct, alpha)[0],
        alpha=alpha,
    )


def _column(effects: ChainEffects, name: str, at: int) -> Numbers:
    found = getattr(effects, name)
    return np.asarray(found if at < 0 else found[:, at])


def _check(values: Numbers) -> None:
    rows, size = values.shape
    if rows <= size + 1:
        raise MediationError(
            Text(
                f"There are {rows} complete rows for {size} variables.",
                f"完整的数据行只有 {rows} 行，而变量有 {size} 个。",
            ),
            Text("Collect more complete rows.", "请收集更多完整的数据行。"),
            rows=rows,
        )
    if (np.ptp(values, axis=0) == 0).any():
        raise MediationError(
            Text("One of the variables has the same value in every row.", "有一个变量在各行中取值完全相同。"),
            Text("What does not vary cannot go with anything.", "没有变化的变量无法与其他变量相关联。"),
        )
    if np.linalg.cond(np.corrcoef(values.T)) > 1e10:
        raise MediationError(
            Text("One variable is determined by the others.", "有一个变量可由其他变量完全决定。"),
            Text(
                "Leave out what is measured twice: nothing is left between cause and mediator to divide.",
                "请去掉重复测量的变量，否则自变量与中介之间没有可划分的部分。",
            ),
        )
