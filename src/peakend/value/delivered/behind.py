"""The customers behind a quadrant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def customers_of_quadrant(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.delivered.windows import quadrants

    worth = inputs.query("value/delivered/worth_of_customers")
    found = quadrants(inputs, inputs["customer_delivered_value"], worth)
    return inputs.query("value/delivered/quadrant_list", {"quadrant": row["quadrant"]}, quadrants=found)
