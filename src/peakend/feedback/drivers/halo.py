"""The halo check: how much the drivers say the same, and whether their order means anything.

Someone pleased with the whole rates every part well. Then all parts go together, each seems as important as
the next, and a ranking would be invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError
from peakend.language import Text

Numbers = NDArray[np.float64]
Verdict = Literal["strong", "moderate", "weak"]

# A first factor of half of the variance, and of a third.
STRONG, MODERATE = 0.5, 1 / 3
# Condition indices from 30 and variance inflation from 10 harm estimates (Belsley, Kuh & Welsch 1980, pp.
# 105, 117; Marquardt 1970).
HARMFUL_CONDITION = 30.0
HARMFUL_INFLATION = 10.0


@dataclass(frozen=True, slots=True)
class Halo:
    """What the correlations of p drivers have in common.

    common: share of the drivers' variance along the first principal component, 1/p without any halo;
    mean_correlation: between pairs; loadings: correlation of each driver with that component; inflation:
    variance inflation factors, infinite where a driver follows from the others; condition: condition indices,
    rising. verdict: "strong" from `STRONG` on, "moderate" from `MODERATE` on, else "weak". collinear: some
    index or factor is harmful.
    """

    common: float
    mean_correlation: float
    loadings: Numbers
    inflation: Numbers
    condition: Numbers
    verdict: Verdict
    collinear: bool


def halo(correlation: object) -> Halo:
    """The halo check of a correlation matrix of drivers (p × p, p ≥ 2). Raises `DriverInputError`.

    Source: Thorndike (1920), Journal of Applied Psychology 4(1) (halo); Belsley, Kuh & Welsch (1980),
    Regression Diagnostics, chapter 3 (condition indices).
    """
    matrix = np.asarray(correlation, dtype=float)
    size = len(matrix)
    if matrix.shape != (size, size) or size < 2 or not np.isfinite(matrix).all():
        raise DriverInputError(
            Text(
                "The halo check needs the correlations of two drivers or more.",
                "光环检验需要两个以上驱动项的相关矩阵。",
            )
        )
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    values = np.maximum(values, 0.0)
    common = float(values[-1] / size)
    first = vectors[:, -1] * np.sqrt(values[-1])
    smallest = np.maximum(values, values[-1] * 1e-15)
    inverse = (vectors / smallest) @ vectors.T
    inflation = np.where(values[0] > 1e-10, np.diag(inverse), np.inf)
    if values[0] <= 1e-10:
        inflation = np.where((vectors[:, values <= 1e-10] ** 2).sum(axis=1) > 1e-8, np.inf, np.diag(inverse))
    condition = np.sort(np.sqrt(values[-1] / smallest))
    verdict: Verdict = "strong" if common >= STRONG else "moderate" if common >= MODERATE else "weak"
    return Halo(
        common,
        float((matrix.sum() - np.trace(matrix)) / (size * (size - 1))),
        first * (1.0 if first.sum() >= 0 else -1.0),
        inflation,
        condition,
        verdict,
        bool(condition[-1] >= HARMFUL_CONDITION or inflation.max() >= HARMFUL_INFLATION),
    )
