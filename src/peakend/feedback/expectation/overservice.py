"""Too little and too much service: where perception falls short, and where more than expected earns nothing.

A surplus is over-service only when it is shown to add nothing worth having: that no effect was *found* is not
enough. So an item is called over-serviced when both tests hold at once, and they are corrected together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.drivers.regression import CollinearDriversError, clustered, least_squares
from peakend.feedback.drivers.skipped import filled
from peakend.feedback.expectation.errors import ItemsError
from peakend.feedback.expectation.items import Codes, Flags, Numbers, matrix, on_unit_scale, read_items
from peakend.feedback.expectation.means import sums_of_means
from peakend.feedback.intervals import t_quantile
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.feedback.expectation.items import Labels
    from peakend.feedback.scales import Scale

Service = Literal["under_serviced", "over_serviced", "surplus_pays", "surplus_unclear", "cannot_tell"]
Reason = Literal["no_overall", "too_few", "collinear", "no_surplus"]

WORTH_HAVING = 1.0
"""Points of the overall (0–100) that 10 points of surplus must bring to be worth having."""
_LEAST = 30


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One item: is it under- or over-serviced?

    gap, low, high: performance minus expectation (or importance) in points of 0–100. worth: points of the
    overall that go with 10 points of surplus (perception above expectation), the rest of the item and the
    other items held equal, with its interval. p_over: of the claim "above expectation *and* worth less than
    the margin"; adjusted_p: Holm over the items, of the claim made. saving: what the surplus costs, with its
    interval, where a unit cost was given and the item is over-serviced. reason: why the worth is not known.
    """

    name: str
    n: int
    gap: float | None
    low: float | None
    high: float | None
    worth: float | None
    worth_low: float | None
    worth_high: float | None
    p_over: float | None
    adjusted_p: float | None
    service: Service
    reason: Reason | None
    saving: float | None = None
    saving_low: float | None = None
    saving_high: float | None = None


@dataclass(frozen=True, slots=True)
class _Worth:
    """Slopes of the surplus of each item (per point), NaN where unknown, with why."""

    slope: Numbers
    se: Numbers
    df: float
    reasons: tuple[Reason | None, ...]


def service_levels(
    performance: object,
    expectation: object,
    overall: object = None,
    *,
    scale: Scale,
    expectation_scale: Scale | None = None,
    overall_scale: Scale | None = None,
    names: Sequence[str] | None = None,
    respondent_weights: object = None,
    clusters: Labels | None = None,
    margin: float = WORTH_HAVING,
    unit_cost: Sequence[float | None] | None = None,
    volume: float = 1.0,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> tuple[ServiceLevel, ...]:
    """Under- and over-service of each item (n × p; None, NaN: no answer).

    expectation may be importance asked on a scale of its own. overall: n scores; without it nothing is called
    over-serviced. An item is under-serviced when its gap is below 0; over-serviced when its gap is above 0
    and 10 points of surplus go with less than `margin` points of the overall (upper end, so a wide interval
    proves nothing); surplus_pays when they go with more than none. Each claim by a one-sided test at
    alpha ÷ 2, each kind of claim corrected by Holm over the items. unit_cost: money that one point (of 0–100)
    of the item costs a customer served; volume: customers served; saving = gap · unit cost · volume.
    Source: intersection–union tests, Berger (1982), Technometrics 24(4), pp. 295–300; equivalence margins,
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, pp. 657–680.
    """
    read = read_items(performance, names, respondent_weights, clusters)
    expected = matrix(expectation)
    if expected.shape != read.scores.shape:
        raise ItemsError(Text("Performance and expectation differ in shape.", "表现与期望的形状不同。"))
    perceived = on_unit_scale(read.scores, *scale)
    expected = on_unit_scale(expected, *(expectation_scale or scale))
    whole = None
    if overall is not None:
        whole = on_unit_scale(matrix(overall).reshape(-1), *(overall_scale or scale))
        if len(whole) != len(perceived):
            raise ItemsError(Text("The overall score differs in length.", "总体评分的长度不同。"))
    return levels_of(
        read.names,
        perceived,
        expected,
        whole,
        read.weight,
        read.cluster,
        margin=margin,
        unit_cost=unit_cost,
        volume=volume,
        confidence=confidence,
        alpha=alpha,
    )


def levels_of(
    names: Sequence[str],
    perceived: Numbers,
    expected: Numbers,
    overall: Numbers | None,
    weight: Numbers,
    cluster: Codes,
    *,
    margin: float = WORTH_HAVING,
    unit_cost: Sequence[float | None] | None = None,
    volume: float = 1.0,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> tuple[ServiceLevel, ...]:
    """As `service_levels`, from scores that are on 0–100 already."""
    gap = sums_of_means(
        perceived - expected, np.eye(len(names)), weight, cluster, confidence, (-100.0, 100.0)
    )
    worth = _worth(perceived, expected, overall, weight, cluster)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = stdtr(np.where(gap.df > 0, gap.df, np.nan), -gap.value / gap.se)
        little = stdtr(worth.df, (worth.slope - margin / 10) / worth.se)
        some = stdtr(worth.df, -worth.slope / worth.se)
    over, pays = np.maximum(above, little), np.maximum(above, some)
    adjusted = [holm(2 * p)[0] for p in (1 - above, over, pays, above)]
    half = t_quantile(confidence, worth.df) * worth.se
    found = []
    for place, name in enumerate(names):
        service, p = _service(*(float(each[place]) for each in adjusted), alpha=alpha)
        cost = unit_cost[place] if unit_cost is not None and service == "over_serviced" else None
        per_point = None if cost is None else cost * volume
        found.append(
            ServiceLevel(
                name=name,
                n=int(gap.n[place]),
                gap=_known(gap.value[place]),
                low=_known(gap.low[place]),
                high=_known(gap.high[place]),
                worth=_known(10 * worth.slope[place]),
                worth_low=_known(10 * (worth.slope[place] - half[place])),
                worth_high=_known(10 * (worth.slope[place] + half[place])),
                p_over=_known(over[place]),
                adjusted_p=p,
                service=service,
                reason=worth.reasons[place],
                saving=None if per_point is None else per_point * float(gap.value[place]),
                saving_low=None if per_point is None else per_point * max(float(gap.low[place]), 0.0),
                saving_high=None if per_point is None else per_point * float(gap.high[place]),
            )
        )
    return tuple(found)


def _service(
    below: float, over: float, pays: float, above: float, *, alpha: float
) -> tuple[Service, float | None]:
    """The claim that holds, with its adjusted p; NaN is no test."""
    claims: tuple[tuple[Service, float], ...] = (
        ("under_serviced", below),
        ("surplus_pays", pays),
        ("over_serviced", over),
        ("surplus_unclear", above),
    )
    for service, p in claims:
        if p <= alpha:
            return service, p
    tested = [p for p in (below, above) if not math.isnan(p)]
    return "cannot_tell", min(tested) if tested else None


def _worth(
    perceived: Numbers, expected: Numbers, overall: Numbers | None, weight: Numbers, cluster: Codes
) -> _Worth:
    """What surplus is worth, item by item.

    overall ~ min(P, E) + max(P − E, 0) + E of the item + mean perception of the others: the surplus is what
    goes beyond the expectation, at equal expectation and equal other service. Skipped answers of the other
    items are replaced by what the respondent's own answers lead one to expect.
    """
    size = perceived.shape[1]
    slope, se = np.full(size, np.nan), np.full(size, np.nan)
    reasons: list[Reason | None] = ["no_overall"] * size
    if overall is None:
        return _Worth(slope, se, math.nan, tuple(reasons))
    judged = ~np.isnan(overall) & (weight > 0) & (~np.isnan(perceived)).any(axis=1)
    guessed = _guessed(perceived, weight, judged)
    df = math.nan
    for place in range(size):
        used = judged & ~np.isnan(perceived[:, place]) & ~np.isnan(expected[:, place])
        p, e, y = perceived[used, place], expected[used, place], overall[used]
        surplus = np.maximum(p - e, 0.0)
        if len(y) < _LEAST or np.ptp(y) == 0:
            reasons[place] = "too_few"
            continue
        if (surplus > 0).sum() < _LEAST // 3:
            reasons[place] = "no_surplus"
            continue
        others = np.delete(guessed[used], place, axis=1)
        controls = [others.mean(axis=1)] if size > 1 else []
        design = np.column_stack([surplus, np.minimum(p, e), e, *controls])
        design = design[:, (np.ptp(design, axis=0) > 0)]
        try:
            fit = least_squares(design, y, weight[used])
        except CollinearDriversError:
            reasons[place] = "collinear"
            continue
        codes = np.unique(cluster[used], return_inverse=True)[1].astype(np.int64)
        slope[place] = fit.coefficients[0]
        se[place] = math.sqrt(float(clustered(fit.influence[:, :1], codes)[0, 0]))
        df = float(codes.max()) if math.isnan(df) else min(df, float(codes.max()))
        reasons[place] = None
    return _Worth(slope, np.where(se > 0, se, np.nan), df, tuple(reasons))


def _guessed(perceived: Numbers, weight: Numbers, judged: Flags) -> Numbers:
    """Perceptions without gaps; an item that nobody judged differently says nothing and is 0."""
    found = np.zeros_like(perceived)
    varied = np.array(
        [len(np.unique(column[judged & ~np.isnan(column)])) > 1 for column in perceived.T], dtype=bool
    )
    if judged.any() and varied.any():
        found[np.ix_(judged, varied)] = filled(perceived[np.ix_(judged, varied)], weight[judged])
    return found


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
