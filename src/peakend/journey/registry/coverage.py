"""Does a touchpoint stand behind every stage and every step of a designed journey?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import mean_interval
from peakend.feedback.weighting import linearised_variance
from peakend.journey.registry.coverage_columns import COVERAGE
from peakend.journey.registry.record import is_registered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

Row = dict[str, Any]

STAGES = ("pre", "purchase", "use", "service")
LAYERS = ("action", "question", "barrier", "emotion")


def coverage_tables(inputs: Inputs) -> Results:
    """One row a stage or step and touchpoint that supports it; a stage or step without one is a row too."""
    listed = inputs["touchpoints"].to_arrow().to_pylist()
    registered = {row["touchpoint_id"]: row for row in listed if is_registered(row)}
    felt = {row["touchpoint_id"]: row for row in _felt(inputs).to_arrow().to_pylist()}
    steps = inputs["design_steps"].to_arrow().to_pylist()
    steps.sort(key=lambda row: (row["design_id"], row["version"], row["position"] or 0, row["step_id"]))
    rows = [*_stage_rows(registered), *_step_rows(steps, registered)]
    for row in rows:
        row |= _evidence(
            felt.get(row["touchpoint_id"]), inputs.settings.minimum_base, inputs.settings.confidence
        )
        row["cell"] = _cell(row["touchpoint_id"], registered, felt)
    _judge(rows)
    return {COVERAGE.name: COVERAGE.of(rows)}


def visitors_of(inputs: Inputs, touchpoint: str) -> Relation:
    """The identified customers whose journeys met `touchpoint`, with their events there."""
    return inputs.engine.query(
        "select f.customer_id, f.events from felt_at f "
        "where f.touchpoint_id = $touchpoint and f.customer_id is not null",
        {"touchpoint": touchpoint},
        felt_at=inputs.query("journey/registry/felt_at"),
    )


def _felt(inputs: Inputs) -> Relation:
    return inputs.engine.query("journey/registry/felt", felt_at=inputs.query("journey/registry/felt_at"))


def _stage_rows(registered: Mapping[str, Row]) -> list[Row]:
    rows: list[Row] = []
    for place, stage in enumerate(STAGES, start=1):
        own = [row for row in registered.values() if row["stage"] == stage]
        own.sort(key=lambda row: (row["position"] or 0, row["touchpoint_id"]))
        supporting: list[Row | None] = [*own] if own else [None]
        for touchpoint in supporting:
            rows.append(
                {"kind": "stage", "design_id": "", "version": "", "step_id": stage, "position": place}
                | _named(touchpoint)
            )
    return rows


def _step_rows(steps: Sequence[Row], registered: Mapping[str, Row]) -> list[Row]:
    """A step is supported by its touchpoint and by that touchpoint's parts."""
    rows: list[Row] = []
    for step in steps:
        wanted = step["touchpoint_id"]
        parts = [row for row in registered.values() if row["parent_id"] == wanted]
        own = registered.get(wanted, {"touchpoint_id": wanted, "name": None, "name_zh": None})
        for touchpoint in (own, *sorted(parts, key=lambda row: str(row["touchpoint_id"]))):
            rows.append(
                {
                    "kind": "step",
                    **{name: step[name] for name in ("design_id", "version", "step_id", "position")},
                    "step_en": step["name"],
                    "step_zh": step["name_zh"] or step["name"],
                    **{layer: step[layer] for layer in LAYERS},
                }
                | _named(touchpoint)
            )
    return rows


def _named(touchpoint: Row | None) -> Row:
    if touchpoint is None:
        return {"touchpoint_id": "", "touchpoint_en": None, "touchpoint_zh": None}
    key = touchpoint["touchpoint_id"]
    return {
        "touchpoint_id": key,
        "touchpoint_en": touchpoint["name"] or key,
        "touchpoint_zh": touchpoint["name_zh"] or touchpoint["name"] or key,
    }


def _cell(touchpoint: str, registered: Mapping[str, Row], felt: Mapping[str, Row]) -> str:
    if not touchpoint:
        return "no_touchpoint"
    if touchpoint not in registered:
        return "not_registered"
    return "covered" if touchpoint in felt else "never_met"


def _judge(rows: Sequence[Row]) -> None:
    """A stage or step is covered where one touchpoint of it is; else the reason is its best cell's."""
    order = ("covered", "never_met", "not_registered", "no_touchpoint")
    best: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = row["kind"], row["design_id"], row["version"], row["step_id"]
        best[key] = min(best.get(key, len(order)), order.index(row["cell"]))
    for row in rows:
        found = order[best[row["kind"], row["design_id"], row["version"], row["step_id"]]]
        row |= {"covered": found == "covered", "reason": None if found == "covered" else found}


def _evidence(felt: Row | None, minimum: int, confidence: float) -> Row:
    """Events, customers and the mean feeling with its interval, a customer's events taken together."""
    if felt is None:
        return {"events": 0, "customers": 0, "felt": 0}
    found: Row = {name: int(felt[name]) for name in ("events", "customers", "felt")}
    n = found["felt"]
    if n >= minimum:
        people = float(felt["people"])
        sizes, products, squares = (float(felt[name]) for name in ("sizes", "products", "squares"))
        mean = float(felt["emotion"]) / n
        variance = linearised_variance(mean, n, people, sizes, products, squares)
        low, high = mean_interval(mean, np.sqrt(variance), people - 1, confidence, (-1.0, 1.0))
        found["feeling"] = mean
        if not np.isnan(low):
            found |= {"feeling_low": float(low), "feeling_high": float(high)}
    return found
