"""Rotations of loadings towards a simple structure: varimax, promax, oblimin."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.expectation.errors import NotConvergedError
from peakend.language import Text

Numbers = NDArray[np.float64]
Rotation = Literal["oblimin", "promax", "varimax", "none"]

_MOST_STEPS = 2000
_HALVINGS = 40
# Squared length of the gradient at which the rotation rests.
_FLAT = 1e-15
_NEARLY_FLAT = 1e-9


def rotate(loadings: Numbers, rotation: Rotation) -> tuple[Numbers, Numbers]:
    """The rotated pattern (p × k) and the correlations of the factors (k × k). `NotConvergedError`."""
    if loadings.shape[1] < 2 or rotation == "none":
        return loadings, np.eye(loadings.shape[1])
    if rotation == "varimax":
        return varimax(loadings)[0], np.eye(loadings.shape[1])
    return promax(loadings) if rotation == "promax" else oblimin(loadings)


def varimax(loadings: Numbers, normalise: bool = True) -> tuple[Numbers, Numbers]:
    """Varimax with Kaiser's normalisation: the rotated loadings and the rotation.

    Source: Kaiser (1958), Psychometrika 23(3), pp. 187–200.
    """
    length = np.sqrt((loadings**2).sum(axis=1)) if normalise else np.ones(len(loadings))
    length = np.where(length > 0, length, 1.0)
    scaled = loadings / length[:, None]
    rotation = np.eye(loadings.shape[1])
    before = 0.0
    for _ in range(_MOST_STEPS):
        turned = scaled @ rotation
        target = turned**3 - turned * (turned**2).mean(axis=0)
        left, values, right = np.linalg.svd(scaled.T @ target)
        rotation = left @ right
        if values.sum() < before * (1 + 1e-12):
            break
        before = float(values.sum())
    return (scaled @ rotation) * length[:, None], rotation


def promax(loadings: Numbers, power: float = 4) -> tuple[Numbers, Numbers]:
    """Promax: the varimax loadings, made oblique towards their own powers.

    Source: Hendrickson & White (1964), British Journal of Statistical Psychology 17(1), pp. 65–70.
    """
    start, _ = varimax(loadings)
    target = start * np.abs(start) ** (power - 1)
    turn = np.linalg.lstsq(start, target, rcond=None)[0]
    scale = np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    turn = turn * scale
    inverse = np.linalg.inv(turn)
    return start @ turn, _as_correlation(inverse @ inverse.T)


def oblimin(loadings: Numbers, gamma: float = 0.0) -> tuple[Numbers, Numbers]:
    """Direct oblimin (γ = 0: quartimin) by gradient projection, from varimax.

    Rows are not normalised. Raises `NotConvergedError`.
    Source: Jennrich (2002), Psychometrika 67(1), pp. 7–19; Bernaards & Jennrich (2005), Educational and
    Psychological Measurement 65(5), pp. 676–696.
    """
    _, turn = varimax(loadings)
    size = len(loadings)
    centre = np.eye(size) - gamma / size if gamma else None
    step = 1.0
    pattern, value, gradient = _oblimin_loss(loadings, turn, centre)
    for _ in range(_MOST_STEPS):
        slope = -(pattern.T @ gradient @ np.linalg.inv(turn)).T
        projected = slope - turn * (turn * slope).sum(axis=0)
        steepness = float((projected**2).sum())
        if steepness < _FLAT:
            return pattern, _as_correlation(turn.T @ turn)
        step *= 2
        for _ in range(_HALVINGS):
            moved = turn - step * projected
            moved = moved / np.sqrt((moved**2).sum(axis=0))
            tried = _oblimin_loss(loadings, moved, centre)
            if tried[1] <= value - 0.5 * steepness * step:
                turn, (pattern, value, gradient) = moved, tried
                break
            step /= 2
        else:
            # Nothing lower within rounding: flat enough, or stuck.
            if steepness < _NEARLY_FLAT:
                return pattern, _as_correlation(turn.T @ turn)
            break
    raise NotConvergedError(Text("The rotation did not settle.", "旋转未收敛。"))


def _oblimin_loss(loadings: Numbers, turn: Numbers, centre: Numbers | None) -> tuple[Numbers, float, Numbers]:
    """The pattern A·T⁻ᵀ, Σ of products of squared loadings of different factors, and its gradient."""
    pattern = loadings @ np.linalg.inv(turn).T
    others = pattern**2 @ (1 - np.eye(turn.shape[0]))
    if centre is not None:
        others = centre @ others
    return pattern, float((pattern**2 * others).sum()) / 4, pattern * others


def _as_correlation(matrix: Numbers) -> Numbers:
    scale = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(scale, scale))
