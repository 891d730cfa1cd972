"""The analysis `flows`: what follows what from the start of a journey, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.feedback.intervals import normal_quantile
from peakend.feedback.suppression import suppress
from peakend.journey.funnels.columns import FLOW_STEPS
from peakend.journey.funnels.flows import END, OTHER, flow_moves
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

DEPTH = 5
_KEPT = 8
_NAMES = {END: Text("end", "结束"), OTHER: Text("others", "其他")}
_NUMBERS = ("n", "moved", "customers", "share", "share_low", "share_high")


def flow_tables(inputs: Inputs) -> Results:
    """`flow_steps`: journeys of all customers, with intervals by customer."""
    z = {"z": normal_quantile(inputs.settings.confidence)}
    found = inputs.engine.query("journey/funnels/flow_counts", z, moves=_moves(inputs)).to_arrow().to_pylist()
    names = _NAMES | _names(inputs)
    found.sort(key=lambda row: (row["step"], row["from_touchpoint"], row["to_touchpoint"]))
    bases = {(row["step"], row["from_touchpoint"]): row["n"] for row in found}
    steps = sorted({step for step, _ in bases})
    hidden: dict[tuple[int, str], bool] = {}
    if bases:
        totals = [sum(n for (step, _), n in bases.items() if step == one) for one in steps]
        small = suppress(
            list(bases.values()),
            [steps.index(step) for step, _ in bases],
            totals,
            inputs.settings.minimum_base,
        )
        hidden = dict(zip(bases, (small.hidden | small.withheld).tolist(), strict=True))
    rows = []
    for row in found:
        out = hidden[row["step"], row["from_touchpoint"]]
        start, to = (names.get(row[name]) for name in ("from_touchpoint", "to_touchpoint"))
        start = start or Text(row["from_touchpoint"], row["from_touchpoint"])
        to = to or Text(row["to_touchpoint"], row["to_touchpoint"])
        named = {"from_en": start.en, "from_zh": start.zh, "to_en": to.en, "to_zh": to.zh, "hidden": out}
        rows.append(row | named | (dict.fromkeys(_NUMBERS) if out else {}))
    return {"flow_steps": pa.Table.from_pylist(rows, FLOW_STEPS.schema())}


def journeys_that_moved(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The journeys behind a row of `flow_steps`: customer_id, journey_id."""
    return inputs.engine.query(
        "journey/funnels/flow_journeys",
        {"step": int(row["step"]), "from": row["from_touchpoint"], "to": row["to_touchpoint"]},
        moves=_moves(inputs),
    )


def _moves(inputs: Inputs) -> Relation:
    return flow_moves(inputs["journey_steps"], depth=DEPTH, kept=_KEPT, by="journey_id")


def _names(inputs: Inputs) -> dict[str, Text]:
    found = {}
    for row in inputs["touchpoints"].to_arrow().to_pylist():
        english = row["name"] or row["name_zh"] or row["touchpoint_id"]
        found[row["touchpoint_id"]] = Text(english, row["name_zh"] or english)
    return found
