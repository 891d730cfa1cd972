"""From latent satisfaction to the score on a scale: ordinal thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.recipes import Shared
    from peakend.demo.simulator.world import World


def score(world: World, metric: str, latent: Array) -> Array:
    """Score of each latent value: the lowest of the scale plus the number of thresholds that it reaches."""
    low, _ = world.shared.scales[metric]
    return low + np.searchsorted(world.shared.thresholds[metric], latent, side="right")


def probabilities(described: Shared, metric: str, mean: float, spread: float) -> Array:
    """Probability of every score, lowest first, for a normal latent value with `mean` and `spread` (> 0).

    P(score ≤ k) = Φ((τ_k − mean) / spread): the ordered probit model (McKelvey and Zavoina, 1975).
    """
    below = special.ndtr((np.array(described.thresholds[metric]) - mean) / spread)
    shares: Array = np.diff(np.concatenate([[0.0], below, [1.0]]))
    return shares


def expected_score(described: Shared, metric: str, mean: float, spread: float) -> float:
    """Mean score when the latent value is normal with `mean` and `spread`."""
    low, high = described.scales[metric]
    return float(probabilities(described, metric, mean, spread) @ np.arange(low, high + 1))


def expected_nps(described: Shared, mean: float, spread: float) -> float:
    """Net promoter score (−100 to 100) when the latent value is normal with `mean` and `spread`."""
    shares = probabilities(described, "nps", mean, spread)
    return float(100 * (shares[9:].sum() - shares[:7].sum()))
