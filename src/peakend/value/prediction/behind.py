"""The customers behind a tier, a move between tiers, and a band of potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def customers_of_tier(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    return inputs.query("value/prediction/customers_of_tier", {"tier": row["tier"]})


def customers_moved(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    asked = {"from_tier": row["from_tier"], "to_tier": row["to_tier"]}
    return inputs.query("value/prediction/customers_moved", asked)


def customers_of_band(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    bands = inputs.query("value/prediction/potential_bands")
    return inputs.query("value/prediction/customers_of_band", {"band": row["band"]}, bands=bands)
