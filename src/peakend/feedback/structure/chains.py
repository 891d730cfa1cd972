"""Coefficients along a chain x → m₁ → … → y with their tests, from covariances: many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Kind = Literal["indirect_only", "complementary", "competitive", "direct_only", "no_effect"]


@dataclass(frozen=True, slots=True)
class ChainEffects:
    """Coefficients of a stack of B covariances: links (B, m + 1), and (B) direct, total, indirect, chain."""

    links: Numbers
    direct: Numbers
    total: Numbers

    @property
    def indirect(self) -> Numbers:
        return np.asarray(self.total - self.direct)

    @property
    def chain(self) -> Numbers:
        return np.asarray(self.links.prod(axis=1))


def chain_effects(covariances: Numbers, mediators: int, covariates: int = 0) -> ChainEffects:
    """Coefficients from covariances (B, k, k) in the order x, mediators, y, covariates."""
    last = mediators + 1
    beside = list(range(last + 1, last + 1 + covariates))
    links = []
    for outcome in range(1, last + 1):
        given = [*range(outcome), *beside]
        slopes = _slopes(covariances, given, outcome)
        links.append(slopes[:, outcome - 1])
    direct = slopes[:, 0]
    total = _slopes(covariances, [0, *beside], last)[:, 0]
    return ChainEffects(np.column_stack(links), direct, total)


@dataclass(frozen=True, slots=True)
class Errors:
    """Standard errors of a stack of `ChainEffects` with degrees of freedom (infinite: normal)."""

    links: Numbers
    direct: Numbers
    total: Numbers
    links_df: Numbers
    total_df: float


def standard_errors(covariances: Numbers, n: int, mediators: int, covariates: int = 0) -> Errors:
    """Least-squares standard errors (covariances with divisor n), t on residual degrees of freedom."""
    last = mediators + 1
    beside = list(range(last + 1, last + 1 + covariates))
    links = [_error(covariances, n, [*range(v), *beside], v, v - 1) for v in range(1, last + 1)]
    direct = _error(covariances, n, [*range(last), *beside], last, 0)
    total = _error(covariances, n, [0, *beside], last, 0)
    df = [n - v - covariates - 1.0 for v in range(1, last + 1)]
    return Errors(np.column_stack(links), direct, total, np.array(df), n - 2.0 - covariates)


def spread_of(drawn: ChainEffects) -> Errors:
    """Standard errors from bootstrap draws, for one set of effects."""
    normal = np.full(drawn.links.shape[1], np.inf)
    return Errors(
        drawn.links.std(axis=0, ddof=1)[None],
        drawn.direct.std(ddof=1, keepdims=True),
        drawn.total.std(ddof=1, keepdims=True),
        normal,
        np.inf,
    )


def p_values(effects: ChainEffects, errors: Errors) -> tuple[Numbers, Numbers]:
    """Two-sided p of links (B, m + 1) and of direct effects (B)."""
    links = two_sided(effects.links / errors.links, errors.links_df)
    return links, two_sided(effects.direct / errors.direct, errors.links_df[-1])


def kinds(effects: ChainEffects, p_links: Numbers, p_direct: Numbers, alpha: float) -> list[Kind]:
    """The class of each: whether all links are significant, and the direct effect."""
    mediated, direct = p_links.max(axis=1) <= alpha, p_direct <= alpha
    same = effects.chain * effects.direct > 0
    return [kind_of(*flags) for flags in zip(mediated.tolist(), direct.tolist(), same.tolist(), strict=True)]


def kind_of(mediated: bool, direct: bool, same_sign: bool) -> Kind:
    """The class from which parts are significant. Source: Zhao, Lynch & Chen (2010), figure 2."""
    if mediated and direct:
        return "complementary" if same_sign else "competitive"
    if mediated:
        return "indirect_only"
    return "direct_only" if direct else "no_effect"


def interval_of(
    value: float, drawn: Numbers, jackknife: Numbers | None, confidence: float
) -> tuple[float, float]:
    """Percentile interval of `drawn`; bias-corrected and accelerated with a `jackknife`."""
    from scipy.special import ndtr, ndtri

    shares = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    if jackknife is not None:
        below = np.clip((drawn < value).mean(), 1 / (len(drawn) + 1), len(drawn) / (len(drawn) + 1))
        bias, off = ndtri(below), jackknife.mean() - jackknife
        size = (off**2).sum()
        skew = (off**3).sum() / (6 * size**1.5) if size > 0 else 0.0
        z = bias + ndtri(shares)
        shares = ndtr(bias + z / (1 - skew * z))
    low, high = np.quantile(drawn, shares)
    return float(low), float(high)


def _slopes(covariances: Numbers, given: list[int], outcome: int) -> Numbers:
    inner = covariances[:, given][:, :, given]
    return np.asarray(np.linalg.solve(inner, covariances[:, given, outcome][:, :, None])[:, :, 0])


def _error(covariances: Numbers, n: int, given: list[int], outcome: int, place: int) -> Numbers:
    """Standard error of the coefficient of `given[place]`."""
    inner = covariances[:, given][:, :, given]
    right = covariances[:, given, outcome]
    residual = covariances[:, outcome, outcome] - (_slopes(covariances, given, outcome) * right).sum(axis=1)
    df = n - len(given) - 1
    inverse = np.linalg.inv(inner)[:, place, place]
    return np.asarray(np.sqrt(np.maximum(residual, 0) * inverse / df))


def two_sided(t: Numbers, df: Numbers | float) -> Numbers:
    from scipy.special import ndtr, stdtr

    degrees = np.broadcast_to(np.asarray(df, dtype=float), t.shape)
    normal = np.isinf(degrees)
    return np.asarray(
        2 * np.where(normal, ndtr(-np.abs(t)), stdtr(np.where(normal, 1.0, degrees), -np.abs(t)))
    )
