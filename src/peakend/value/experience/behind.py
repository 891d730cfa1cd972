"""The customers behind a feeling, and behind a step of the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation

VALUED = {"lifetime_value": "lifetime_values", "profit": "customer_profit", "referral": "customer_profit"}


def customers_feeling(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Those whose mean the row tells, by their last answer."""
    from peakend.value.experience.answers import followed, latest

    if row["measure"] in VALUED:
        answered = latest(inputs)
        known = inputs[VALUED[row["measure"]]]
        return inputs.query(
            "value/experience/worth_list", {"feeling": row["feeling"]}, latest=answered, known=known
        )
    found = followed(inputs)
    if found is None:
        return inputs.query(
            "value/experience/worth_list",
            {"feeling": row["feeling"]},
            latest=latest(inputs),
            known=inputs["customer_profit"],
        )
    return inputs.query(
        "value/experience/followed_list", {"feeling": row["feeling"]}, stratified=found.stratified
    )


def customers_in_focus(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """Those of the step."""
    from peakend.value.experience.focus import focus_of

    return inputs.query(
        "value/experience/focus_list", {"step": row["step"]}, focus=focus_of(inputs).customers
    )
