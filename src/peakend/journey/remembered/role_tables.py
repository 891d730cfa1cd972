"""The result table `memory_roles`, and the customers behind its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.journey.remembered.journey_memory import HALF_LIFE
from peakend.journey.remembered.roles import carried, roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation
    from peakend.journey.remembered.roles import Role, Share
    from peakend.journey.remembered.verdict import MemoryFit

Row = dict[str, Any]


def role_rows(inputs: Inputs, fit: MemoryFit) -> list[Row]:
    """One row a touchpoint with a momentary score in a journey that has a memory.

    Weights follow the best model of `fit`; there are none where no model is shown to be better than nothing.
    Whether a low point is remembered is told only where the model is.
    """
    model = None if fit.reason in ("unrelated", "alike") else fit.best
    settled = fit.verdict == "told"
    w = fit.peak_weight[0] if fit.peak_weight is not None else None
    moments = touchpoint_moments(inputs)
    sums = inputs.query("journey/remembered/touchpoint_roles", touchpoint_moments=moments).to_arrow()
    registered = {row["touchpoint_id"]: row for row in _registry(inputs)}
    settings = inputs.settings
    rows = []
    for role in roles(sums, carried(model, w), settings.confidence, settings.alpha):
        known = registered.get(role.touchpoint_id, {})
        row: Row = {
            "touchpoint_id": role.touchpoint_id,
            "touchpoint_en": known.get("name"),
            "touchpoint_zh": known.get("name_zh"),
            "touchpoint_position": known.get("position"),
            "designed_role": known.get("role"),
            "hidden": role.customers < settings.minimum_base,
        }
        if not row["hidden"]:
            row |= _figures(role) | {"model": model, "settled": settled}
            if model is None:
                row |= dict.fromkeys(("memory_weight", "memory_weight_low", "memory_weight_high"))
            if row["valley"] and not settled:
                row["valley"] = "cannot_tell"
            designed = row["designed_role"]
            row["as_designed"] = None if designed is None else designed == role.role
        rows.append(row)
    return rows


def customers_of_touchpoint(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers whose journeys a row of `memory_roles` counts."""
    return touchpoint_moments(inputs).query(
        """
        select distinct t.customer_id
        from t
        where t.touchpoint_id = $touchpoint and t.customer_id is not null
        """,
        {"touchpoint": row["touchpoint_id"]},
    )


def touchpoint_moments(inputs: Inputs) -> Relation:
    """One row a moment of a journey that has a memory."""
    return inputs.query("journey/remembered/touchpoint_moments", {"half_life": HALF_LIFE})


def _registry(inputs: Inputs) -> list[Row]:
    found: list[Row] = (
        inputs["touchpoints"]
        .query("select t.touchpoint_id, t.name, t.name_zh, t.position, t.role from t")
        .to_arrow()
        .to_pylist()
    )
    return found


def _figures(role: Role) -> Row:
    return {
        "n": role.n,
        "customers": role.customers,
        "score": role.score,
        "score_low": None if role.score_low != role.score_low else role.score_low,
        "score_high": None if role.score_high != role.score_high else role.score_high,
        **_share("peak_share", role.peak),
        "height": role.height,
        "bad_peaks": role.bad_peaks,
        **_share("end_share", role.end),
        **_share("worst_share", role.worst),
        "depth": role.depth,
        **_share("memory_weight", role.weight),
        "even_weight": role.even,
        "role": role.role or None,
        "valley": role.valley or None,
    }


def _share(name: str, share: Share) -> Row:
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
