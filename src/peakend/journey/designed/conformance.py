"""The analysis `designed_journeys`: how many journeys go as designed, and where the others differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.intervals import mean_interval, wilson
from peakend.journey.designed.belonging import Versions, matched
from peakend.journey.designed.columns import DESIGN_CONFORMANCE, DESIGN_DEVIATIONS
from peakend.journey.designed.design import designs_of
from peakend.journey.traces import journey_variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation
    from peakend.journey.designed.design import Design

MOST_VARIANTS = 3_000
"""Distinct sequences that are aligned, the most frequent first; journeys of the others are not checked."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """Lived journeys beside their designs: one row a journey, and one row a difference of a journey."""

    versions: Versions
    judged: Relation
    deviating: Relation


def compared(inputs: Inputs) -> Compared:
    """Every journey with its design, and every difference, as relations that stay in the engine."""
    designs = designs_of(
        inputs["design_steps"].to_arrow().to_pylist(), inputs["design_flows"].to_arrow().to_pylist()
    )
    versions, engine = Versions.of(designs), inputs.engine
    lived = engine.query(
        "journey/designed/lived",
        journey_variants=journey_variants(inputs["journey_steps"], "journey_id"),
        journeys=inputs["journeys"],
        eras=engine.from_arrow(versions.eras()),
    )
    counted = engine.query("journey/designed/lived_counts", {"most": MOST_VARIANTS}, lived=lived).to_arrow()
    matches, differences = matched(versions, counted.to_pylist())
    judged = engine.query("journey/designed/judged", lived=lived, matches=engine.from_arrow(matches))
    late = engine.query(
        "journey/designed/late",
        journey_steps=inputs["journey_steps"],
        judged=judged,
        paces=engine.from_arrow(_paces(versions.designs)),
    )
    deviating = engine.query(
        "journey/designed/deviating", lived=lived, differences=engine.from_arrow(differences), late=late
    )
    return Compared(versions, judged, deviating)


def _paces(designs: Sequence[Design]) -> pa.Table:
    """The longest time into each step, by the touchpoint before it."""
    rows = []
    for design in designs:
        at = {step.step_id: step.touchpoint_id for step in design.steps}
        rows += [
            {"design_id": design.design_id, "version": design.version, "before_id": at[flow.before],
             "step_id": flow.after, "touchpoint_id": at[flow.after], "within_s": flow.within_s}
            for flow in design.flows
            if flow.within_s is not None and flow.before in at and flow.after in at
        ]  # fmt: skip
    names = ("design_id", "version", "before_id", "step_id", "touchpoint_id")
    shape = pa.schema([*((name, pa.string()) for name in names), ("within_s", pa.float64())])
    return pa.Table.from_pylist(rows, schema=shape)


def designed_tables(inputs: Inputs) -> Results:
    """`design_conformance` and `design_deviations`."""
    found = compared(inputs)
    counts = found.judged.query("journey/designed/conformance_counts", name="judged").to_arrow().to_pylist()
    conformance = _conformance(inputs, found.versions, {(r["design_id"], r["version"]): r for r in counts})
    told = found.deviating.query("journey/designed/deviation_counts", name="deviating").to_arrow().to_pylist()
    return {
        DESIGN_CONFORMANCE.name: DESIGN_CONFORMANCE.of(conformance),
        DESIGN_DEVIATIONS.name: DESIGN_DEVIATIONS.of(_deviations(inputs, found.versions, conformance, told)),
    }


def _conformance(inputs: Inputs, versions: Versions, counts: Mapping[tuple[str, str], Row]) -> list[Row]:
    rows: list[Row] = []
    kinds = {
        (d.design_id, d.version): state for d, state in zip(versions.designs, versions.states, strict=True)
    }
    since = {(d.design_id, d.version): d.valid_from for d in versions.designs}
    for key in sorted({*kinds, *counts}):
        row = counts.get(key, {"journeys": 0, "customers": 0, "checked": 0, "conforming": 0, "fitness": None})
        own: Row = {
            "design_id": key[0],
            "version": key[1],
            "state": kinds.get(key, "none"),
            "valid_from": since.get(key),
            **{name: row[name] for name in ("journeys", "customers", "checked")},
        }
        base = row["customers"] or row["journeys"]
        own["hidden"] = 0 < base < inputs.settings.minimum_base
        if own["hidden"]:
            own |= {"journeys": None, "customers": None, "checked": None}
        elif key in kinds and row["journeys"]:
            own |= _measured(row, inputs.settings.confidence)
        rows.append(own)
    return rows


def _measured(row: Row, confidence: float) -> Row:
    n = row["journeys"]
    low, high = wilson(row["conforming"] / n, n, confidence)
    spread = row["fitness_sd"] or 0.0
    ends = mean_interval(row["fitness"], spread / math.sqrt(n), n - 1, confidence, (0.0, 1.0))
    fit = [None if math.isnan(float(np.asarray(end))) else float(np.asarray(end)) for end in ends]
    return {
        "conforming": row["conforming"],
        "share": row["conforming"] / n,
        "share_low": float(low),
        "share_high": float(high),
        "fitness": row["fitness"],
        "fitness_low": fit[0],
        "fitness_high": fit[1],
    }


def _deviations(inputs: Inputs, versions: Versions, conformance: list[Row], told: list[Row]) -> list[Row]:
    totals = {(r["design_id"], r["version"]): r["journeys"] for r in conformance if not r["hidden"]}
    places = {
        (d.design_id, d.version, step.step_id): (place, step)
        for d in versions.designs
        for place, step in enumerate(d.steps, start=1)
    }
    rows: list[Row] = []
    for row in sorted(told, key=lambda r: tuple(r[name] for name in DESIGN_DEVIATIONS.key)):
        total = totals.get((row["design_id"], row["version"]))
        if total is None:
            continue
        place, step = places.get((row["design_id"], row["version"], row["step_id"]), (None, None))
        own = row | {
            "position": place,
            "name": step.name if step else None,
            "name_zh": step.name_zh if step else None,
            "of_journeys": total,
            "hidden": (row["customers"] or row["journeys"]) < inputs.settings.minimum_base,
        }
        if own["hidden"]:
            own |= dict.fromkeys(("journeys", "customers", "example_1", "example_2", "example_3"))
        else:
            low, high = wilson(row["journeys"] / total, total, inputs.settings.confidence)
            own |= {"share": row["journeys"] / total, "share_low": float(low), "share_high": float(high)}
        rows.append(own)
    return rows


def conformance_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers whose journeys belong to the design of `row`."""
    params = {name: row[name] for name in DESIGN_CONFORMANCE.key}
    return compared(inputs).judged.query("journey/designed/conformance_customers", params, name="judged")


def deviation_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers whose journeys differ as `row` says."""
    params = {name: row[name] for name in DESIGN_DEVIATIONS.key}
    return compared(inputs).deviating.query("journey/designed/deviation_customers", params, name="deviating")
