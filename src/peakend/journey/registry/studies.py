"""What touchpoints are studied for, and where the moments of truth lie: two small tables over the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.intervals import wilson
from peakend.journey.registry.delivery import Aim, delivery
from peakend.journey.registry.meeting import customers_met

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from peakend.declaration import Inputs

Row = dict[str, Any]

PURPOSES = ("risk", "word_of_mouth", "marketing", "design")
THREADS = ("product", "contact")
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "pre": ("pre",),
    "during": ("purchase", "use"),
    "post": ("service",),
}
"""The three stages of the moments of truth in the four of the registry: an assumption (the source names
two threads and three stages and does not say what they hold)."""

_INDICATORS = {
    "risk": "open_cases",
    "word_of_mouth": "delivered",
    "marketing": "customer_share",
    "design": "score",
}


def moment_of(stage: str | None) -> str | None:
    """ "pre", "during" or "post" of a stage of the registry; None for none."""
    return next((moment for moment, stages in MOMENTS.items() if stage in stages), None)


def purpose_rows(inputs: Inputs, rows: Sequence[Row], customers: int) -> list[Row]:
    """One row a purpose that some touchpoint carries, with the number that answers to it.

    risk: share of cases still open. word_of_mouth: share of scores at or above target. marketing: share of
    customers who met one of them. design: mean score on 0–100.
    """
    settings = inputs.settings
    aims = [Aim(row["touchpoint_id"], row["target"], row["purpose"]) for row in rows if row["purpose"]]
    felt = delivery(inputs, aims).rows(settings.minimum_base, settings.alpha, settings.confidence)
    places = pa.table(
        {
            "touchpoint_id": pa.array([aim.touchpoint for aim in aims], pa.string()),
            "place": pa.array([aim.place for aim in aims], pa.string()),
        }
    )
    reached = inputs.engine.query(
        "journey/registry/reached",
        customers_met=customers_met(inputs),
        places=inputs.engine.from_arrow(places),
    )
    reach = {row["place"]: int(row["customers"]) for row in reached.to_arrow().to_pylist()}
    found = []
    for purpose in PURPOSES:
        own = [row for row in rows if row["purpose"] == purpose]
        if not own:
            continue
        score = felt.get(purpose, {})
        parts = {
            "risk": _share(
                sum(r["open_cases"] for r in own), sum(r["cases"] for r in own), settings.confidence
            ),
            "word_of_mouth": tuple(score.get(f"delivered{end}") for end in ("", "_low", "_high")),
            "marketing": _share(reach.get(purpose, 0), customers, settings.confidence),
            "design": tuple(score.get(f"score{end}") for end in ("", "_low", "_high")),
        }
        value, low, high = parts[purpose]
        found.append(
            {
                "purpose": purpose,
                **_counted(own),
                "answers": score.get("answers", 0),
                "indicator": _INDICATORS[purpose],
                "value": value,
                "value_low": low,
                "value_high": high,
            }
        )
    return found


def matrix_rows(inputs: Inputs, rows: Sequence[Row]) -> list[Row]:
    """The six cells of thread × moment; their deliveries are those of the moments of truth in them."""
    settings = inputs.settings
    cells = {
        row["touchpoint_id"]: f"{row['thread']}/{moment_of(row['stage'])}"
        for row in rows
        if row["thread"] and moment_of(row["stage"])
    }
    true = [row for row in rows if row["moment_of_truth"] and row["touchpoint_id"] in cells]
    aims = [Aim(row["touchpoint_id"], row["target"], cells[row["touchpoint_id"]]) for row in true]
    felt = delivery(inputs, aims).rows(settings.minimum_base, settings.alpha, settings.confidence)
    found = []
    for thread in THREADS:
        for moment in MOMENTS:
            own = [row for row in rows if cells.get(row["touchpoint_id"]) == f"{thread}/{moment}"]
            score = felt.get(f"{thread}/{moment}", {"answers": 0, "hidden": False})
            found.append(
                {
                    "thread": thread,
                    "moment": moment,
                    **_counted(own),
                    "met": sum(row["found"] for row in own),
                    **{name: score.get(name) for name in ("answers", "hidden")},
                    **{f"delivered{end}": score.get(f"delivered{end}") for end in ("", "_low", "_high")},
                    "assumption": True,
                }
            )
    return found


def _counted(rows: Iterable[Row]) -> Row:
    own = list(rows)
    return {
        "touchpoints": len(own),
        "moments_of_truth": sum(bool(row["moment_of_truth"]) for row in own),
        "events": sum(row["events"] for row in own),
    }


def _share(part: int, whole: int, confidence: float) -> tuple[float | None, float | None, float | None]:
    if not whole:
        return None, None, None
    low, high = wilson(np.array([part / whole]), np.array([float(whole)]), confidence)
    return part / whole, float(low[0]), float(high[0])
