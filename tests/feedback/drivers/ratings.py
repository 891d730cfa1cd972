"""Ratings as surveys have them: 1 to 5, more at the top, going together through a common mood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_CUTS = np.array([-1.5, -0.8, 0.0, 0.9])


def ratings(
    random: np.random.Generator, rows: int, drivers: int, *, common: float = 0.4, skipped: float = 0.0
) -> Numbers:
    """`rows` × `drivers` scores; `common`: correlation of what lies behind; `skipped`: share of NaN."""
    mood = random.standard_normal((rows, 1))
    behind = np.sqrt(common) * mood + np.sqrt(1 - common) * random.standard_normal((rows, drivers))
    scores = 1 + (behind[:, :, None] > _CUTS).sum(axis=2).astype(float)
    return without(scores, random, skipped)


def without(scores: Numbers, random: np.random.Generator, skipped: float) -> Numbers:
    """`scores` with a share of them skipped by chance."""
    return np.where(random.random(scores.shape) < skipped, np.nan, scores)
