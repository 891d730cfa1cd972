"""The plainest model of renewal: the same share renews every time. What others have to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.value.models.renewal_model import RenewalModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class ConstantRetentionModel(RenewalModel):
    """Everyone leaves at each renewal with one probability, odds / (1 + odds): S(t) = (1 + odds)^(−t)."""

    names = ("odds",)
    with_covariates = ("odds",)

    def _cells(
        self, logs: Floats, age: Integers, at_risk: Integers, lost: Integers
    ) -> tuple[Floats, Floats, Floats]:
        odds = np.exp(logs[:, 0])
        share = odds / (1 + odds)
        value = lost * logs[:, 0] - at_risk * np.log1p(odds)
        curve = -at_risk * share * (1 - share)
        return value, (lost - at_risk * share)[:, None], curve[:, None, None]

    def _log_survival(self, parameters: Floats, t: Floats) -> Floats:
        return np.asarray(-t * np.log1p(parameters[0]), np.float64)

    def _first_guesses(self, share_lost: float) -> Sequence[Floats]:
        return [np.array([share_lost / (1 - share_lost)])]

    def _endless(self, parameters: Floats, first: int, discount_rate: float) -> float | None:
        """S(first) / S(first − 1) / (1 − r / (1 + d)): with margin m, m·r / (1 + d − r) after the first."""
        kept = 1 / (1 + float(parameters[0]))
        return (kept if first else 1.0) / (1 - kept / (1 + discount_rate))
