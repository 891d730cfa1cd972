"""The analysis `end_gestures`: every initiative at a touchpoint, arm against control, effect per cost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import normal_quantile
from peakend.journey.endings.columns import END_GESTURES
from peakend.journey.endings.erosion_tables import all_weights
from peakend.journey.endings.gestures import Arm, Uplift, payback, per_cost, projected_uplift, uplift

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.declaration import Inputs, Settings
    from peakend.engine import Relation

Row = dict[str, Any]
CONTROL = "control"
WINDOW_DAYS = 90
# Half a step of a five-point scale: what a kind word may do.
LIFT = 0.25
_DAY_US = 86_400_000_000
_OUTCOMES = ("overall", "end", "bought", "revenue")


def gesture_customers(inputs: Inputs) -> Relation:
    """One row a customer of an experiment: arm and outcomes."""
    return inputs.query("journey/endings/gesture_customers", {"window_us": WINDOW_DAYS * _DAY_US})


def end_gestures(inputs: Inputs) -> dict[str, pa.Table]:
    """The table `end_gestures`, the most effect per cost first."""
    sums = inputs.query("journey/endings/gesture_sums", gestures=gesture_customers(inputs))
    arms: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in sums.to_arrow().to_pylist():
        arms[row["initiative_id"]][row["arm"]] = row
    margin, ends = _margin(inputs), _ends(inputs)
    rows: list[Row] = []
    for initiative in _initiatives(inputs):
        named = _named(initiative, ends)
        tried = arms.get(initiative["initiative_id"], {})
        if CONTROL in tried and len(tried) > 1:
            rows += _experiment(named, initiative, tried, margin, inputs.settings)
        elif not tried and (named["ends_there"] or initiative["role"] == "end"):
            rows += _projection(named, initiative, inputs)
    _judge(rows, inputs.settings)
    rows.sort(key=lambda row: (-(row.get("per_cost") or -np.inf), row["initiative_id"], row["arm"]))
    return {END_GESTURES.name: END_GESTURES.of(rows)}


def _initiatives(inputs: Inputs) -> list[Row]:
    found: list[Row] = (
        inputs.query(
            """
            select
              i.initiative_id,
              i.name,
              i.touchpoint_id,
              t.role,
              cast(i.budget as double) as budget,
              i.currency,
              cast(p.unit_cost as double) as unit_cost
            from initiatives i
            left join touchpoints t on t.touchpoint_id = i.touchpoint_id
            left join (
              select q.touchpoint_id, min(q.unit_cost) as unit_cost
              from promises q
              where q.unit_cost is not null
              group by q.touchpoint_id
              having count(*) = 1
            ) p on p.touchpoint_id = i.touchpoint_id
            where i.touchpoint_id is not null
            order by i.initiative_id
            """
        )
        .to_arrow()
        .to_pylist()
    )
    return found


def _ends(inputs: Inputs) -> dict[str, float]:
    """Share of journeys that end at each touchpoint."""
    found = inputs.query(
        """
        select end_touchpoint_id, cast(count(*) as bigint) as n
        from journey_memory
        group by end_touchpoint_id
        """
    ).to_arrow()
    total = sum(found["n"].to_pylist()) or 1
    pairs = zip(found["end_touchpoint_id"].to_pylist(), found["n"].to_pylist(), strict=True)
    return {touchpoint: n / total for touchpoint, n in pairs if touchpoint is not None}


def _margin(inputs: Inputs) -> float | None:
    row = inputs.query("journey/endings/margin").to_arrow().to_pylist()[0]
    return (row["revenue"] - row["cost"]) / row["revenue"] if row["revenue"] else None


def _named(initiative: Row, ends: dict[str, float]) -> Row:
    return {
        "initiative_id": initiative["initiative_id"],
        "name": initiative["name"],
        "touchpoint_id": initiative["touchpoint_id"],
        "ends_there": ends.get(initiative["touchpoint_id"], 0.0),
        "currency": initiative["currency"],
    }


def _experiment(
    named: Row, initiative: Row, tried: dict[str, Row], margin: float | None, settings: Settings
) -> list[Row]:
    treated = sum(row["customers"] for arm, row in tried.items() if arm != CONTROL)
    cost = initiative["budget"] / treated if initiative["budget"] else initiative["unit_cost"]
    rows: list[Row] = []
    for arm, row in sorted(tried.items()):
        if arm == CONTROL:
            continue
        made: Row = named | {
            "arm": arm,
            "basis": "experiment" if row["randomised"] and tried[CONTROL]["randomised"] else "comparison",
            "customers": row["customers"],
            "controls": tried[CONTROL]["customers"],
            "unit_cost": cost,
            "verdict": "cannot_tell",
            "hidden": min(row["customers"], tried[CONTROL]["customers"]) < settings.minimum_base,
        }
        if not made["hidden"]:
            _effects(made, row, tried[CONTROL], margin, settings)
        rows.append(made)
    return rows


def _effects(made: Row, row: Row, control: Row, margin: float | None, settings: Settings) -> None:
    found: dict[str, Uplift] = {}
    for outcome in _OUTCOMES:
        sides = [
            Arm(*(float(one[f"{outcome}_{part}"] or 0) for part in ("n", "sum", "squares")))
            for one in (row, control)
        ]
        if min(side.n for side in sides) < settings.minimum_base:
            continue
        found[outcome] = uplift(sides[0], sides[1], settings.confidence)
        made |= _ends_of(outcome, found[outcome])
    if "overall" in found:
        made["p"] = found["overall"].p
        made["judged"] = int(row["overall_n"] + control["overall_n"])
        if made["unit_cost"]:
            made |= _ends_of("per_cost", per_cost(found["overall"], made["unit_cost"]))
    if "revenue" in found and made["unit_cost"] and margin is not None:
        net, said = payback(found["revenue"], margin, made["unit_cost"])
        made |= _ends_of("net", net) | {"payback": said}


def _ends_of(name: str, found: Uplift) -> Row:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _projection(named: Row, initiative: Row, inputs: Inputs) -> list[Row]:
    weights = all_weights(inputs)
    if weights is None:
        return []
    z = normal_quantile(inputs.settings.confidence)
    found = projected_uplift(weights.end, float(np.sqrt(weights.covariance[2, 2])), LIFT, z)
    row: Row = named | {
        "arm": "",
        "basis": "projection",
        "unit_cost": initiative["unit_cost"],
        "verdict": "cannot_tell",
        "hidden": False,
    }
    row |= _ends_of("overall", found)
    if initiative["unit_cost"]:
        row |= _ends_of("per_cost", per_cost(found, initiative["unit_cost"]))
    return [row]


def _judge(rows: list[Row], settings: Settings) -> None:
    tested = [row for row in rows if "p" in row]
    if not tested:
        return
    adjusted, _ = holm(np.array([row["p"] for row in tested]))
    for row, p in zip(tested, adjusted, strict=True):
        row["p_adjusted"] = float(p)
        if p < settings.alpha:
            row["verdict"] = "lifts" if row["overall"] > 0 else "lowers"
