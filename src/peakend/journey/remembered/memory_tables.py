"""The analyses `moments` and `peak_end` as result tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.comparison import holm
from peakend.feedback.suppression import suppress
from peakend.journey.remembered.columns import DISTANCES, MODELS, ROLES, VERDICT
from peakend.journey.remembered.cross_products import memory_rows, periods_by_segment
from peakend.journey.remembered.distances import distances
from peakend.journey.remembered.fitting import EVERYBODY, nobody
from peakend.journey.remembered.gathering import journey_moments
from peakend.journey.remembered.journey_memory import peak_end
from peakend.journey.remembered.role_tables import role_rows
from peakend.journey.remembered.verdict import MemoryFit, judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from peakend.declaration import Inputs, Results, ResultTable
    from peakend.engine import Relation
    from peakend.journey.remembered.cross_products import Periods
    from peakend.journey.remembered.verdict import Gap, ModelFit

Row = dict[str, Any]
Cut = tuple[str, str]

DAYS_AFTER = 30
"""A customer's response that names no event is about the journey that ended at most so many days before."""


def moment_tables(inputs: Inputs) -> Results:
    """`journey_moments`, `journey_memory` and `moment_sources`, as relations that never leave the engine."""
    moments = journey_moments(inputs)
    felt = peak_end(moments)
    remembered = inputs.query("journey/remembered/remembered", {"days": DAYS_AFTER}, journeys_felt=felt)
    memory = inputs.query(
        "journey/remembered/journey_memory",
        journey_moments=moments,
        journeys_felt=felt,
        remembered=remembered,
    )
    return {
        "journey_moments": moments,
        "journey_memory": memory,
        "moment_sources": inputs.query("journey/remembered/moment_sources", journey_moments=moments),
    }


def memory_tables(inputs: Inputs) -> Results:
    """Models, verdict, distances and roles."""
    settings = inputs.settings
    found = periods_by_segment(inputs["journey_memory"], inputs["segment_members"])
    whole = found.pop(EVERYBODY, nobody())
    fit = judged(whole, settings.confidence, settings.alpha)
    cuts = {EVERYBODY: (whole, fit, whole.both.size < settings.minimum_base)}
    cuts |= _segments(found, whole, inputs)
    models, verdicts = [], []
    near = distances(whole, settings.confidence, settings.alpha)
    for cut, (periods, each, hidden) in cuts.items():
        verdicts.append(_verdict(cut, periods, each, hidden))
        models += [_model(cut, each, model) for model in each.models if not hidden]
    if near:
        verdicts[0] |= {
            "nearest": near[0].name,
            "nearest_told": all(one.standing == "farther" for one in near[1:]),
        }
    verdicts[0] |= inputs.query("journey/remembered/coverage").to_arrow().to_pylist()[0]
    return {
        "memory_models": _table(MODELS, models),
        "memory_verdict": _table(VERDICT, verdicts),
        "memory_distances": _table(DISTANCES, _distances(near, whole)),
        "memory_roles": _table(ROLES, role_rows(inputs, fit)),
    }


def customers_of_segment(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers whose journeys a row of `memory_verdict` counts."""
    return memory_rows(inputs["journey_memory"], inputs["segment_members"]).query(
        """
        select distinct t.customer_id
        from t
        where t.segmentation = $segmentation and t.segment = $segment and t.customer_id is not null
        """,
        {"segmentation": row["segmentation"], "segment": row["segment"]},
    )


def _segments(
    found: Mapping[Cut, Periods], whole: Periods, inputs: Inputs
) -> dict[Cut, tuple[Periods, MemoryFit, bool]]:
    """Every segment that may be published, with its verdict after Holm within its segmentation."""
    settings, cuts = inputs.settings, sorted(found)
    names = sorted({segmentation for segmentation, _ in cuts})
    family = [names.index(segmentation) for segmentation, _ in cuts]
    sizes = [found[cut].both.size for cut in cuts]
    hiding = suppress(sizes, family, [whole.both.size] * len(names), settings.minimum_base)
    fits = [judged(found[cut], settings.confidence, settings.alpha) for cut in cuts]
    p = [np.nan if hidden else fit.p for fit, hidden in zip(fits, hiding.hidden, strict=True)]
    adjusted: Iterable[float] = holm(p, family)[0] if cuts else []
    return {
        cut: (found[cut], _after_holm(fit, float(each), settings.alpha), bool(hidden))
        for cut, fit, each, hidden, withheld in zip(
            cuts, fits, adjusted, hiding.hidden, hiding.withheld, strict=True
        )
        if not withheld
    }


def _after_holm(fit: MemoryFit, p: float, alpha: float) -> MemoryFit:
    if fit.verdict == "told" and not p <= alpha:
        return replace(fit, verdict="cannot_tell", reason="runner_up")
    return fit


def _verdict(cut: Cut, periods: Periods, fit: MemoryFit, hidden: bool) -> Row:
    row: Row = {"segmentation": cut[0], "segment": cut[1], "hidden": hidden}
    if hidden:
        return row
    row |= {
        "verdict": fit.verdict,
        "reason": fit.reason or None,
        "model": fit.best,
        "runner_up": fit.runner_up,
        "n": fit.earlier_journeys + fit.later_journeys,
        "customers": periods.both.customers,
        "earlier_journeys": fit.earlier_journeys,
        "later_journeys": fit.later_journeys,
        **_gap("ahead", fit.ahead),
        "adjusted_p": fit.ahead.adjusted_p if fit.ahead else None,
        **_gap("ahead_of_mean", fit.ahead_of_mean),
    }
    if fit.peak_weight is not None:
        names = ("peak_weight", "peak_weight_low", "peak_weight_high")
        row |= dict(zip(names, fit.peak_weight, strict=True))
    return row


def _gap(name: str, gap: Gap | None) -> Row:
    return {name: gap.value, f"{name}_low": gap.low, f"{name}_high": gap.high} if gap else {}


def _model(cut: Cut, fit: MemoryFit, model: ModelFit) -> Row:
    gap = model.behind_best
    return {
        "segmentation": cut[0],
        "segment": cut[1],
        "model": model.name,
        "n": fit.later_journeys,
        "intercept": model.intercept,
        "slope": model.slope,
        "error": model.error,
        "error_low": model.error_low,
        "error_high": model.error_high,
        "r_squared": model.r_squared,
        "r_squared_low": model.r_squared_low,
        "r_squared_high": model.r_squared_high,
        **_gap("behind_best", gap),
        "p_value": gap.p if gap else None,
        "adjusted_p": gap.adjusted_p if gap else None,
        "akaike_weight": _number(model.akaike_weight),
        "correlation": _number(model.correlation),
        "standing": model.standing,
        "same_as": model.same_as or None,
        "hidden": False,
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _distances(found: tuple[Any, ...], whole: Periods) -> list[Row]:
    rows = []
    for place, each in enumerate(found, start=1):
        farther = each.farther or (None, None, None)
        rows.append(
            {
                "candidate": each.name,
                "place": place,
                "n": whole.both.journeys,
                "distance": each.value,
                "distance_low": each.low,
                "distance_high": each.high,
                "farther": farther[0],
                "farther_low": farther[1],
                "farther_high": farther[2],
                "adjusted_p": each.adjusted_p,
                "standing": each.standing,
            }
        )
    return rows


def _table(declared: ResultTable, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=declared.schema())
