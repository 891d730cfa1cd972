"""Which model of memory describes these customers: fitted on earlier journeys, judged on later ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peakend.feedback.comparison import holm
from peakend.journey.remembered.cross_products import Periods, resampled
from peakend.journey.remembered.models import (
    BY_NAME,
    MODELS,
    NAMES,
    OVERALL,
    fitted,
    peak_weight,
    squared_errors,
    weights_of,
)

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reason = Literal["", "runner_up", "unrelated", "alike", "too_few", "no_variance"]

FEWEST_CUSTOMERS = 50
"""Customers with a remembered score, in each of the two periods; fewer say nothing."""
DRAWS = 2000
_SEED = 20_080_815
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference of mean squared errors with its bootstrap interval; above 0: the best errs less.

    p: two-sided, normal with the spread of the draws; adjusted_p: after Holm over all models compared.
    """

    value: float
    low: float
    high: float
    p: float
    adjusted_p: float


@dataclass(frozen=True, slots=True)
class ModelFit:
    """One model: fitted on the earlier journeys, judged on the later ones.

    slope: of the feature, or of peak and end together; error: mean squared error on the later journeys
    (scale −1 to 1), r_squared = 1 − error ÷ error of `nothing`, with bootstrap intervals by customer.
    akaike_weight: on the earlier journeys, secondary. correlation: of its predictions with the best's.
    standing: best; worse (than the best, shown); cannot_tell; no_better_than_simpler (it contains a model
    that does not do worse); same (it says the same as `same_as` here).
    """

    name: str
    intercept: float
    slope: float
    error: float
    error_low: float
    error_high: float
    r_squared: float
    r_squared_low: float
    r_squared_high: float
    akaike_weight: float
    correlation: float
    behind_best: Gap | None
    standing: str
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class MemoryFit:
    """verdict: told, or cannot_tell for `reason`: runner_up (its interval against the best covers 0),
    unrelated (none is shown to be better than nothing), alike (all say the same here: every moment of a
    journey felt alike), too_few, no_variance.

    best, runner_up: by error on the later journeys; ahead: of the runner-up; ahead_of_mean: of the mean.
    peak_weight: w of w·peak + (1 − w)·end with its interval. models in the order of `MODELS`; empty when too
    few or without variance.
    """

    verdict: Literal["told", "cannot_tell"]
    reason: Reason
    earlier_journeys: int
    earlier_customers: int
    later_journeys: int
    later_customers: int
    best: str | None = None
    runner_up: str | None = None
    ahead: Gap | None = None
    ahead_of_mean: Gap | None = None
    peak_weight: tuple[float, float, float] | None = None
    models: tuple[ModelFit, ...] = field(default=())

    @property
    def p(self) -> float:
        """The largest p, after Holm, of the comparisons that the verdict rests on; NaN without any."""
        gaps = [model.behind_best.adjusted_p for model in self.models if model.behind_best is not None]
        return max(gaps, default=float("nan"))

    def model(self, name: str) -> ModelFit:
        """The model `name`; KeyError when there is none."""
        return {model.name: model for model in self.models}[name]


@dataclass(frozen=True, slots=True)
class _Errors:
    """Mean squared errors on the later journeys: as found, and of every draw (draws, models)."""

    found: Numbers
    drawn: Numbers

    def gap(self, other: int, best: int, confidence: float) -> Gap:
        """How much more `other` errs than `best`."""
        value = float(self.found[other] - self.found[best])
        drawn = self.drawn[:, other] - self.drawn[:, best]
        low, high = _ends(drawn, confidence)
        p = normal_p(value, drawn)
        return Gap(value, low, high, p, p)


def judged(periods: Periods, confidence: float = 0.95, alpha: float = 0.05, draws: int = DRAWS) -> MemoryFit:
    """The verdict on `periods`.

    The best model is the one with the smallest error on the later journeys; a model that contains a simpler
    one takes part only if it is shown to err less than that one. It is told if it errs less than every other
    (p after Holm ≤ alpha, interval of the runner-up above 0) and than knowing nothing.
    """
    counts = (
        periods.earlier.journeys,
        periods.earlier.size,
        periods.later.journeys,
        periods.later.size,
    )
    if min(counts[1], counts[3]) < FEWEST_CUSTOMERS:
        return MemoryFit("cannot_tell", "too_few", *counts)
    if min(_spread(p.total) for p in (periods.earlier, periods.later)) < _FLAT:
        return MemoryFit("cannot_tell", "no_variance", *counts)
    coefficients = np.array([fitted(model, periods.earlier.total) for model in MODELS])
    same = _same(periods)
    errors = _errors(periods, coefficients, draws)
    simpler = _no_better_than_simpler(errors, confidence)
    nothing = NAMES.index("nothing")
    out = simpler | np.array([name in same for name in NAMES])
    racing = [place for place in range(len(MODELS)) if not out[place] and place != nothing]
    order = sorted(racing, key=lambda place: (errors.found[place], place))
    best, runner_up = order[0], order[1] if len(order) > 1 else None
    gaps = _gaps(errors, best, [*racing, nothing], confidence)
    verdict, reason = _told(gaps, runner_up, nothing, alpha)
    return MemoryFit(
        verdict,
        reason,
        *counts,
        best=NAMES[best],
        runner_up=None if runner_up is None else NAMES[runner_up],
        ahead=None if runner_up is None else gaps[runner_up],
        ahead_of_mean=gaps.get(NAMES.index("mean")),
        peak_weight=_weight(periods, confidence, draws),
        models=_models(periods, coefficients, errors, gaps, best, simpler, same, confidence, alpha),
    )


def _spread(total: Numbers) -> float:
    return float(total[OVERALL, OVERALL] / total[0, 0] - (total[0, OVERALL] / total[0, 0]) ** 2)


def _same(periods: Periods) -> dict[str, str]:
    """Models of one feature that is the same as an earlier one's for every journey (no durations known)."""
    total = periods.both.total
    found: dict[str, str] = {}
    single = [model for model in MODELS if len(model.features) == 1]
    for place, model in enumerate(single):
        for before in single[:place]:
            apart = weights_of(model.features[0]) - weights_of(before.features[0])
            if before.name not in found and apart @ total @ apart <= 1e-12 * total[0, 0]:
                found[model.name] = before.name
                break
    return found


def _errors(periods: Periods, coefficients: Numbers, draws: int) -> _Errors:
    later = periods.later
    sums = np.stack([squared_errors(each, later.products) for each in coefficients], axis=1)
    journeys = later.products[:, 0, 0]
    weights = resampled(later, draws, _SEED)
    drawn = (weights @ sums) / np.maximum(weights @ journeys, 1.0)[:, None]
    return _Errors(sums.sum(axis=0) / journeys.sum(), drawn)


def _no_better_than_simpler(errors: _Errors, confidence: float) -> Flags:
    found = np.zeros(len(MODELS), dtype=bool)
    for place, model in enumerate(MODELS):
        for name in model.contains:
            gap = errors.gap(NAMES.index(name), place, confidence)
            found[place] |= not gap.low > 0
    return found


def _gaps(errors: _Errors, best: int, places: list[int], confidence: float) -> dict[int, Gap]:
    others = [place for place in places if place != best]
    gaps = [errors.gap(place, best, confidence) for place in others]
    adjusted, _ = holm([gap.p for gap in gaps])
    return {
        place: Gap(gap.value, gap.low, gap.high, gap.p, float(p))
        for place, gap, p in zip(others, gaps, adjusted, strict=True)
    }


def _told(
    gaps: dict[int, Gap], runner_up: int | None, nothing: int, alpha: float
) -> tuple[Literal["told", "cannot_tell"], Reason]:
    if not _shown(gaps[nothing], alpha):
        return "cannot_tell", "unrelated"
    if runner_up is None:
        return "cannot_tell", "alike"
    if not _shown(gaps[runner_up], alpha) or not all(_shown(gap, alpha) for gap in gaps.values()):
        return "cannot_tell", "runner_up"
    return "told", ""


def _shown(gap: Gap, alpha: float) -> bool:
    return gap.low > 0 and gap.adjusted_p <= alpha


def _weight(periods: Periods, confidence: float, draws: int) -> tuple[float, float, float] | None:
    """w of the peak from the earlier journeys, with its interval; None where neither counts."""
    earlier = periods.earlier
    shape = earlier.products.shape
    weights = resampled(earlier, draws, _SEED + 1)
    drawn = (weights @ earlier.products.reshape(shape[0], -1)).reshape(draws, *shape[1:])
    model = BY_NAME["peak_end"]
    value = float(peak_weight(fitted(model, earlier.total)))
    spread = peak_weight(fitted(model, drawn))
    known = spread[~np.isnan(spread)]
    if np.isnan(value) or len(known) < draws / 2:
        return None
    return (value, *_ends(known, confidence))


def _models(
    periods: Periods,
    coefficients: Numbers,
    errors: _Errors,
    gaps: dict[int, Gap],
    best: int,
    simpler: Flags,
    same: dict[str, str],
    confidence: float,
    alpha: float,
) -> tuple[ModelFit, ...]:
    akaike = _akaike(periods, coefficients, same)
    nothing = NAMES.index("nothing")
    correlations = _correlations(periods.later.total, coefficients, best)
    shares = 1 - errors.drawn / errors.drawn[:, [nothing]]
    fits = []
    for place, name in enumerate(NAMES):
        gap = gaps.get(place)
        fits.append(
            ModelFit(
                name,
                float(coefficients[place][0]),
                float(coefficients[place][1:].sum()),
                float(errors.found[place]),
                *_ends(errors.drawn[:, place], confidence),
                float(1 - errors.found[place] / errors.found[nothing]),
                *_ends(shares[:, place], confidence),
                float(akaike[place]),
                float(correlations[place]),
                gap,
                _standing(place, best, simpler, name in same, gap, alpha),
                same.get(name, ""),
            )
        )
    return tuple(fits)


def _standing(place: int, best: int, simpler: Flags, same: bool, gap: Gap | None, alpha: float) -> str:
    if place == best:
        return "best"
    if same:
        return "same"
    if simpler[place]:
        return "no_better_than_simpler"
    return "worse" if gap is not None and _shown(gap, alpha) else "cannot_tell"


def _akaike(periods: Periods, coefficients: Numbers, same: dict[str, str]) -> Numbers:
    """Weights of Akaike's criterion on the earlier journeys, taken as independent; NaN for repeated models.

    Source: Burnham & Anderson (2002), Model Selection and Multimodel Inference, section 2.9.
    """
    total = periods.earlier.total
    n = total[0, 0]
    error = np.array([float(squared_errors(each, total)) for each in coefficients]) / n
    size = np.array([len(model.features) + 2 for model in MODELS])
    criterion = n * np.log(np.maximum(error, 1e-15)) + 2 * size
    left = np.array([name in same for name in NAMES])
    criterion[left] = np.nan
    weights = np.exp(-(criterion - np.nanmin(criterion)) / 2)
    found: Numbers = weights / np.nansum(weights)
    return found


def _correlations(total: Numbers, coefficients: Numbers, best: int) -> Numbers:
    """Of each model's predictions with those of the best; NaN for one that always says the same."""
    mean = total[0] / total[0, 0]
    spread = total / total[0, 0] - np.outer(mean, mean)
    joint = coefficients @ spread @ coefficients.T
    sizes = np.sqrt(np.maximum(np.diagonal(joint), 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Numbers = np.where(
            (sizes > 1e-9) & (sizes[best] > 1e-9), joint[best] / (sizes * sizes[best]), np.nan
        )
    return np.clip(found, -1, 1)


def normal_p(value: float, drawn: Numbers) -> float:
    """Two-sided p of no difference, normal with the spread of the draws; fine enough for Holm."""
    spread = float(np.std(drawn))
    if spread <= 1e-15:
        return 1.0 if abs(value) <= 1e-15 else 0.0
    return float(2 * ndtr(-abs(value) / spread))


def _ends(drawn: Numbers, confidence: float) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
