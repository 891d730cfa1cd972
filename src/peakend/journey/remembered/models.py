"""How memory may make one score of many moments: the models, and their fit to cross-products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Numbers = NDArray[np.float64]

VARIABLES = (
    "one", "overall", "mean", "peak", "end_score", "best", "worst", "duration_mean", "recency_mean",
)  # fmt: skip
"""Rows and columns of a matrix of cross-products; "one" holds sums and counts."""
OVERALL = VARIABLES.index("overall")


@dataclass(frozen=True, slots=True)
class Model:
    """overall = intercept + Σ slope · feature, slopes ≥ 0: no memory gets better as moments get worse.

    features: each a weighted sum of `VARIABLES`. contains: models that are this one with a slope at 0.
    """

    name: str
    features: tuple[Mapping[str, float], ...]
    contains: tuple[str, ...] = ()


MODELS: tuple[Model, ...] = (
    Model("peak_end", ({"peak": 1.0}, {"end_score": 1.0}), ("peak", "end")),
    Model("worst_last", ({"worst": 0.5, "end_score": 0.5},)),
    Model("end", ({"end_score": 1.0},)),
    Model("peak", ({"peak": 1.0},)),
    Model("mean", ({"mean": 1.0},)),
    Model("duration", ({"duration_mean": 1.0},)),
    Model("recency", ({"recency_mean": 1.0},)),
    Model("nothing", ()),
)
"""The last says the same for every journey: a model that does not do better knows nothing."""
BY_NAME: Mapping[str, Model] = {model.name: model for model in MODELS}
NAMES = tuple(BY_NAME)


def weights_of(feature: Mapping[str, float]) -> Numbers:
    """The feature as weights of `VARIABLES`."""
    return np.array([feature.get(name, 0.0) for name in VARIABLES])


def fitted(model: Model, products: Numbers) -> Numbers:
    """Weights of `VARIABLES` whose sum is the prediction, by least squares with slopes ≥ 0.

    products: (…, v, v) sums of products; the result is (…, v). A feature without spread gets no slope.
    """
    n = np.where(products[..., 0, 0] > 0, products[..., 0, 0], np.nan)
    mean = products[..., 0, :] / n[..., None]
    spread = products / n[..., None, None] - mean[..., :, None] * mean[..., None, :]
    found = np.zeros(mean.shape)
    features = [weights_of(feature) for feature in model.features]
    for slope, feature in zip(_slopes(features, spread), features, strict=True):
        found = found + slope[..., None] * feature
    found[..., 0] = mean[..., OVERALL] - (found * mean).sum(axis=-1)
    return found


def _slopes(features: list[Numbers], spread: Numbers) -> list[Numbers]:
    """Non-negative slopes of one or two features: both if both are above 0, else the better one alone."""
    if not features:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        size = [feature @ spread @ feature for feature in features]
        along = [spread[..., OVERALL, :] @ feature for feature in features]
        alone = [np.where(s > 1e-12, np.maximum(a / s, 0), 0.0) for a, s in zip(along, size, strict=True)]
        if len(features) == 1:
            return alone
        across = features[0] @ spread @ features[1]
        det = size[0] * size[1] - across**2
        both = [
            (along[0] * size[1] - along[1] * across) / det,
            (along[1] * size[0] - along[0] * across) / det,
        ]
        inside = (det > 1e-12 * size[0] * size[1]) & (det > 0) & (both[0] > 0) & (both[1] > 0)
        gains = [slope * a for slope, a in zip(alone, along, strict=True)]
    first = gains[0] > gains[1]
    slopes: list[Numbers] = [
        np.where(inside, both[0], np.where(first, alone[0], 0.0)),
        np.where(inside, both[1], np.where(first, 0.0, alone[1])),
    ]
    return slopes


def squared_errors(coefficients: Numbers, products: Numbers) -> Numbers:
    """Σ (overall − prediction)² of each matrix of `products` (…, v, v)."""
    residual = -coefficients
    residual[OVERALL] += 1.0
    errors: Numbers = np.maximum(np.einsum("...ij,i,j->...", products, residual, residual), 0.0)
    return errors


def peak_weight(coefficients: Numbers) -> Numbers:
    """w of w·peak + (1 − w)·end; NaN where neither counts."""
    peak = coefficients[..., VARIABLES.index("peak")]
    total = peak + coefficients[..., VARIABLES.index("end_score")]
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Numbers = np.where(total > 0, peak / total, np.nan)
    return share
