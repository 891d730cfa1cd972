"""The integral over the unknown time at which a customer lapsed, with its derivatives.

J(p, q, a, b, span) = ∫₀^span (a+h)^−p (b+h)^−q dh is all that the Pareto/NBD likelihood has besides
elementary functions: p = r + x, q = s + 1, a = α + t_x, b = β + t_x and span = T − t_x make it the chance to
have lapsed since the last purchase (Fader & Hardie 2005, A Note on Deriving the Pareto/NBD Model and Related
Expressions, where it is written as the difference of two Gaussian hypergeometric functions, which overflow).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_FALL = 40.0
"""The integral ends where its integrand has fallen to e^-40 of its first value."""

_NODES = (6, 8, 12, 16, 20, 24, 32, 48, 64)
"""Numbers of Gauss–Legendre nodes that there are; a row takes the smallest that is exact to 1e-12."""

_BLOCK = 4_096
"""Rows at a time: what is in between stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class LogIntegral:
    """log J of n rows; gradient (4 × n) and Hessian (4 × 4 × n) by p, log a, q, log b.

    Where the span is 0 the value is −∞ and the derivatives are those of its limit.
    """

    value: Floats
    gradient: Floats
    hessian: Floats


def log_integral(p: Floats, q: Floats, a: Floats, b: Floats, span: Floats) -> Floats:
    """log J of n rows. p, q, a, b > 0, span ≥ 0: arrays (n)."""
    return _computed(p, q, a, b, span, derivatives=False).value


def log_integral_with_derivatives(p: Floats, q: Floats, a: Floats, b: Floats, span: Floats) -> LogIntegral:
    """log J of n rows with exact first and second derivatives. p, q, a, b > 0, span ≥ 0: arrays (n).

    Gauss–Legendre quadrature in w = log(1 + h / min(a, b)): there the integrand is analytic within a strip of
    half-width π about the real line, however far a and b are apart, and falls like an exponential (Trefethen
    2008, SIAM Review 50(1), theorem 4.5, on how fast the quadrature then converges).
    """
    return _computed(p, q, a, b, span, derivatives=True)


def _computed(p: Floats, q: Floats, a: Floats, b: Floats, span: Floats, *, derivatives: bool) -> LogIntegral:
    # "near" is the smaller of a and b, "far" the larger: the kernel is the same in both.
    swapped = b < a
    near_power, far_power = np.where(swapped, q, p), np.where(swapped, p, q)
    near, far = np.minimum(a, b), np.maximum(a, b)
    ratio = near / far
    width, fall = _range(near_power, far_power, ratio, np.log1p(span / near))
    rows = len(width)
    value = np.empty(rows)
    first = np.empty((4, rows))
    second = np.empty((10, rows))
    levels = _level(width, fall)
    for level in np.unique(levels):
        chosen = np.flatnonzero(levels == level)
        for begin in range(0, len(chosen), _BLOCK):
            place = chosen[begin : begin + _BLOCK]
            found = _moments(
                near_power[place],
                far_power[place],
                ratio[place],
                width[place],
                _NODES[level],
                derivatives=derivatives,
            )
            value[place] = found[0]
            if derivatives:
                first[:, place], second[:, place] = found[1], found[2]
    with np.errstate(divide="ignore"):
        value += np.log(width) + np.log(near) * (1 - near_power) - far_power * np.log(far)
    if not derivatives:
        return LogIntegral(value, np.empty((4, 0)), np.empty((4, 4, 0)))
    gradient, hessian = _derivatives(near_power, far_power, np.log(near), np.log(far), first, second)
    if swapped.any():
        other = np.array([2, 3, 0, 1])
        gradient = np.where(swapped, gradient[other], gradient)
        hessian = np.where(swapped, hessian[other][:, other], hessian)
    return LogIntegral(value, gradient, hessian)


def _range(near_power: Floats, far_power: Floats, ratio: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """How far w is to go, and by how much the logarithm of the integrand falls until there.

    The fall is a convex function of w, so that Newton's steps from beyond stay beyond.
    """
    slope = near_power - 1 + far_power * ratio
    width = np.where(slope * whole > _FALL, _FALL / np.maximum(slope, 1e-300), whole)
    grown = ratio * np.expm1(width)
    fall = (near_power - 1) * width + far_power * np.log1p(grown)
    for _ in range(6):
        far_off = np.flatnonzero(fall > _FALL * 1.02)
        if not len(far_off):
            break
        n, f, c, w, g = (v[far_off] for v in (near_power, far_power, ratio, width, grown))
        w = np.minimum(w, w - (fall[far_off] - _FALL) / (n - 1 + f * (c + g) / (1 + g)))
        g = c * np.expm1(w)
        width[far_off], grown[far_off] = w, g
        fall[far_off] = (n - 1) * w + f * np.log1p(g)
    return width, fall


def _level(width: Floats, fall: Floats) -> Integers:
    """Which of `_NODES` a row needs: the smallest linear rule that left none of 200,000 random rows short."""
    need = 4.7 + 2.3 * np.sqrt(np.maximum(fall, 0.0)) + 2.45 * width
    return np.minimum(np.searchsorted(_NODES, need), len(_NODES) - 1).astype(np.int64)


@cache
def _legendre(nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss–Legendre quadrature on 0…1."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weights / 2


def _moments(
    near_power: Floats, far_power: Floats, ratio: Floats, width: Floats, nodes: int, *, derivatives: bool
) -> tuple[Floats, Floats | None, Floats | None]:
    """log of the mean integrand, and the means of what the derivatives are made of under its density.

    Means of A1 = log(1 + h/near), A2 = 1/(1 + h/near), B1 and B2 the same of far; and of their products
    A1², A1A2, A1B1, A1B2, A2², A2B1, A2B2, B1², B1B2, B2².
    """
    at, weights = _legendre(nodes)
    w = width[:, None] * at
    grown = np.expm1(w)
    stretched = 1 + ratio[:, None] * grown
    b1 = np.log1p(ratio[:, None] * grown)
    density = weights * np.exp((1 - near_power)[:, None] * w - far_power[:, None] * b1)
    total = density.sum(axis=1)
    if not derivatives:
        return np.log(total), None, None
    density /= total[:, None]
    parts = (w, 1 / (1 + grown), b1, 1 / stretched)
    first, second = np.empty((4, len(width))), np.empty((10, len(width)))
    place = 0
    for i, part in enumerate(parts):
        weighted = density * part
        first[i] = weighted.sum(axis=1)
        for other in parts[i:]:
            second[place] = np.einsum("ij,ij->i", weighted, other)
            place += 1
    return np.log(total), first, second


_PLACES = ((0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3))


def _derivatives(
    near_power: Floats,
    far_power: Floats,
    log_near: Floats,
    log_far: Floats,
    first: Floats,
    second: Floats,
) -> tuple[Floats, Floats]:
    """Gradient and Hessian by near power, log near, far power, log far, from the moments.

    The logarithm of the integrand has the derivatives −log near − A1, −near power · A2, and so on.
    """
    one = np.ones_like(near_power)
    scale = np.stack([-one, -near_power, -one, -far_power])
    gradient = scale * first
    gradient[0] -= log_near
    gradient[2] -= log_far
    hessian = np.empty((4, 4, len(near_power)))
    for (i, j), product in zip(_PLACES, second, strict=True):
        hessian[i, j] = hessian[j, i] = scale[i] * scale[j] * (product - first[i] * first[j])
    for power, place in ((near_power, 1), (far_power, 3)):
        squared = second[4 if place == 1 else 9]
        hessian[place, place] -= power * (first[place] - squared)
        hessian[place - 1, place] -= first[place]
        hessian[place, place - 1] -= first[place]
    return gradient, hessian
