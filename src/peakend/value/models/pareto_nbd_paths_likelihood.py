"""Likelihood of the Pareto/NBD model with covariates that change in time, with exact derivatives.

With U(t) = ∫ exp(γ₁'z) and V(t) = ∫ exp(γ₂'z) from a customer's first purchase on, the clocks of buying and
of lapsing, a customer who bought x times again, last at t_x, observed until T, has the likelihood

    Γ(r+x)/Γ(r) α^r β^s e^(γ₁'Σz) · { (α+U(T))^−(r+x) (β+V(T))^−s
                                    + ∫ from t_x to T of s V'(y) (α+U(y))^−(r+x) (β+V(y))^−(s+1) dy }

where Σz sums the covariates at the x purchases. Between changes of a covariate U and V are linear, so that
the integral is a sum of those of `lapse_integral`. Source: Bachmann, Meierer & Näf (2021), Marketing Science
40(4), pp. 783–809; derived here from the two clocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, polygamma, psi

from peakend.value.models.covariate_clock import Clock, Moments, Reading, Stretches
from peakend.value.models.lapse_integral import log_integral, log_integral_with_derivatives
from peakend.value.models.time_units import days_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from peakend.value.models.covariate_paths import CovariatePaths

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """What of the customers the likelihood needs, unique; and the cells in which they may have lapsed.

    row: of each customer. frequency, customers: of each row. begin, end: moments of a row's first purchase
    and of the end of observation. owner: the row of each cell; at: the moment it begins; length: of time.
    bought: sum over all customers of the purchase covariates at their repeat purchases.
    """

    row: Integers
    frequency: Floats
    customers: Floats
    begin: Moments
    end: Moments
    owner: Integers
    at: Moments
    length: Floats
    bought: Floats
    buying: Stretches
    lapsing: Stretches

    @classmethod
    def of(cls, paths: CovariatePaths, purchase: Sequence[str], dropout: Sequence[str]) -> Cells:
        """The cells of `paths` where these covariates matter to buying and to lapsing."""
        days = days_in(paths.time_unit)
        key = np.stack([paths.course, paths.first, paths.last, paths.frequency])
        unique, row = np.unique(key, axis=1, return_inverse=True)
        row = np.ravel(row)
        course, first, last, frequency = unique
        stretches = paths.stretches
        until = paths.until / days
        owner, stretch = np.nonzero(
            (stretches.start[course] + stretches.length[course] > (last / days)[:, None])
            & (stretches.start[course] < until)
            & (stretches.length[course] > 0)
        )
        start = stretches.start[course[owner], stretch]
        begins = np.maximum(start, last[owner] / days)
        ends = np.minimum(start + stretches.length[course[owner], stretch], until)
        columns = paths.columns(purchase)
        return cls(
            row=row,
            frequency=frequency.astype(np.float64),
            customers=np.bincount(row, paths.weights, len(course)).astype(np.float64),
            begin=stretches.place(course, first / days),
            end=stretches.place(course, np.full(len(course), until)),
            owner=owner,
            at=Moments(course[owner], stretch, begins - start),
            length=ends - begins,
            bought=paths.weights @ paths.bought[:, columns],
            buying=stretches.covariates(columns),
            lapsing=stretches.covariates(paths.columns(dropout)),
        )


@dataclass(frozen=True, slots=True)
class _Logged:
    """log(scale + clock), its slopes (1 + k, n) by log scale and γ, and what its curvature is made of."""

    value: Floats
    slopes: Floats
    share: Floats
    bent: Floats

    @classmethod
    def of(cls, scale: float, reading: Reading) -> _Logged:
        whole = scale + reading.value
        share = scale / whole
        slopes = np.concatenate([share[None], (reading.gradient / whole[:, None]).T])
        return cls(np.log(whole), slopes, share, reading.hessian / whole[:, None, None])

    def curvature(self, weights: Floats) -> Floats:
        """Sum of weights (n) times the Hessian (1 + k × 1 + k)."""
        summed = -(self.slopes * weights) @ self.slopes.T
        summed[0, 0] += weights @ self.share
        summed[1:, 1:] += np.tensordot(weights, self.bent, axes=1)
        return np.asarray(summed)


def branches(cells: Cells, vector: Floats) -> tuple[Floats, Floats]:
    """log of the two parts of each row's likelihood, as `pareto_nbd_likelihood.branches` gives them."""
    r, alpha, s, beta = vector[:4]
    k = cells.buying.values.shape[2]
    buying, lapsing = Clock(cells.buying, vector[4 : 4 + k]), Clock(cells.lapsing, vector[4 + k :])
    x = cells.frequency
    bought_u, lapsed_v = buying.at(cells.begin), lapsing.at(cells.begin)
    staying = -(r + x) * np.log(alpha + (buying.at(cells.end) - bought_u).value) - s * np.log(
        beta + (lapsing.at(cells.end) - lapsed_v).value
    )
    place = (cells.at.course, cells.at.stretch)
    quick, slow = buying.log_rate[place], lapsing.log_rate[place]
    power = r + x[cells.owner]
    a = (alpha + (buying.at(cells.at) - bought_u[cells.owner]).value) * np.exp(-quick)
    b = (beta + (lapsing.at(cells.at) - lapsed_v[cells.owner]).value) * np.exp(-slow)
    integral = log_integral(power, np.full(len(a), s + 1.0), a, b, cells.length)
    lapsed = np.log(s) - power * quick - s * slow + integral
    return staying, _log_sums(lapsed, cells.owner, len(x))


def negative_log_likelihood(cells: Cells, theta: Floats) -> tuple[float, Floats, Floats]:
    """−log L with gradient and Hessian by theta = (log r, log α, log s, log β, γ₁, γ₂)."""
    r, alpha, s, beta = np.exp(theta[:4])
    k = cells.buying.values.shape[2]
    size = len(theta)
    ours, theirs = np.array([1, *range(4, 4 + k)]), np.array([3, *range(4 + k, size)])
    buying, lapsing = Clock(cells.buying, theta[4 : 4 + k]), Clock(cells.lapsing, theta[4 + k :])
    x, weights = cells.frequency, cells.customers
    begun_u, begun_v = buying.at(cells.begin), lapsing.at(cells.begin)

    # Still a customer: −(r+x) log(α+U(T)) − s log(β+V(T)).
    u = _Logged.of(alpha, buying.at(cells.end) - begun_u)
    v = _Logged.of(beta, lapsing.at(cells.end) - begun_v)
    staying = -(r + x) * u.value - s * v.value
    stays = np.zeros((size, len(x)))
    stays[0] = -r * u.value
    stays[ours] = -(r + x) * u.slopes
    stays[2] = -s * v.value
    stays[theirs] = -s * v.slopes

    # Lapsed within a cell:
    # log s − (r+x) γ₁'z − s γ₂'z + log J(r+x, s+1, (α+U)e^(−γ₁'z), (β+V)e^(−γ₂'z), length).
    owner = cells.owner
    place = (cells.at.course, cells.at.stretch)
    quick, slow = buying.log_rate[place], lapsing.log_rate[place]
    z_u, z_v = cells.buying.values[place].T, cells.lapsing.values[place].T
    cell_u = _Logged.of(alpha, buying.at(cells.at) - begun_u[owner])
    cell_v = _Logged.of(beta, lapsing.at(cells.at) - begun_v[owner])
    power = r + x[owner]
    integral = log_integral_with_derivatives(
        power,
        np.full(len(owner), s + 1.0),
        np.exp(cell_u.value - quick),
        np.exp(cell_v.value - slow),
        cells.length,
    )
    lapsed = np.log(s) - power * quick - s * slow + integral.value
    inner = np.zeros((4, size, len(owner)))
    inner[0, 0] = r
    inner[1, ours] = cell_u.slopes
    inner[1, 4 : 4 + k] -= z_u
    inner[2, 2] = s
    inner[3, theirs] = cell_v.slopes
    inner[3, 4 + k :] -= z_v
    lapses = np.einsum("an,akn->kn", integral.gradient, inner)
    lapses[0] -= r * quick
    lapses[4 : 4 + k] -= power * z_u
    lapses[2] += 1 - s * slow
    lapses[4 + k :] -= s * z_v

    total = np.logaddexp(staying, _log_sums(lapsed, owner, len(x)))
    stay_share = np.exp(staying - total)
    cell_share = np.exp(lapsed - total[owner])
    mean = stays * stay_share
    for number in range(size):
        mean[number] += np.bincount(owner, weights=lapses[number] * cell_share, minlength=len(x))
    stay_weight, cell_weight = weights * stay_share, weights[owner] * cell_share

    hessian = (stays * stay_weight) @ stays.T + (lapses * cell_weight) @ lapses.T - (mean * weights) @ mean.T
    # Second derivatives of the part still a customer …
    _add(hessian, ours, ours, u.curvature(-stay_weight * (r + x)))
    _add(hessian, theirs, theirs, v.curvature(-stay_weight * s))
    hessian[0, 0] -= r * (stay_weight @ u.value)
    hessian[2, 2] -= s * (stay_weight @ v.value)
    _add_both(hessian, 0, ours, -r * (u.slopes @ stay_weight))
    _add_both(hessian, 2, theirs, -s * (v.slopes @ stay_weight))
    # … and of the cells: of log J through its four arguments, and of what stands before it.
    for i in range(4):
        for j in range(4):
            hessian += (inner[i] * (cell_weight * integral.hessian[i, j])) @ inner[j].T
    weighted = integral.gradient * cell_weight
    _add(hessian, ours, ours, cell_u.curvature(weighted[1]))
    _add(hessian, theirs, theirs, cell_v.curvature(weighted[3]))
    hessian[0, 0] += r * (weighted[0].sum() - cell_weight @ quick)
    hessian[2, 2] += s * (weighted[2].sum() - cell_weight @ slow)
    _add_both(hessian, 0, ours[1:], -r * (z_u @ cell_weight))
    _add_both(hessian, 2, theirs[1:], -s * (z_v @ cell_weight))

    gradient = mean @ weights
    value = float(total @ weights) + float(cells.bought @ theta[4 : 4 + k])
    gradient[4 : 4 + k] += cells.bought
    n = float(weights.sum())
    value += float(weights @ (gammaln(r + x) - gammaln(r))) + n * (r * theta[1] + s * theta[3])
    slope = r * (float(weights @ (psi(r + x) - psi(r))) + n * theta[1])
    gradient[:4] += [slope, n * r, n * s * theta[3], n * s]
    hessian[0, 0] += slope + r * r * float(weights @ (polygamma(1, r + x) - polygamma(1, r)))
    hessian[2, 2] += n * s * theta[3]
    hessian[[0, 1, 2, 3], [1, 0, 3, 2]] += [n * r, n * r, n * s, n * s]
    return -value, -gradient, -hessian


def _log_sums(logs: Floats, owner: Integers, rows: int) -> Floats:
    """log Σ exp of the cells of each row; −∞ for a row without."""
    highest = np.full(rows, -np.inf)
    np.maximum.at(highest, owner, logs)
    base = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.log(np.bincount(owner, weights=np.exp(logs - base[owner]), minlength=rows)) + base
        )


def _add(matrix: Floats, rows: Integers, columns: Integers, block: Floats) -> None:
    matrix[np.ix_(rows, columns)] += block


def _add_both(matrix: Floats, row: int, columns: Integers, values: Floats) -> None:
    matrix[row, columns] += values
    matrix[columns, row] += values
