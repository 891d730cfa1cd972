"""Who is behind a number of this room."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def events_of_a_place(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The events that one service level, or one point of a control chart, counts."""
    from peakend.journey.consistency.cells import now

    starts, ends = None, None
    if row.get("period_start") is not None:
        starts = datetime.combine(row["period_start"], time.min)
        ends = starts + timedelta(days=7)
        if row["period_kind"] == "month":
            ends = (starts.replace(day=1) + timedelta(days=32)).replace(day=1)
    return inputs.engine.query(
        "journey/consistency/events_behind",
        {
            "touchpoint": row["touchpoint_id"],
            "cut": row["cut"],
            "place": row["place"] or "",
            "measure": row["measure"],
            "now": now(),
            "starts": starts or datetime(1970, 1, 1),
            "ends": ends or datetime(9999, 1, 1),
        },
        interactions=inputs["interactions"],
        touchpoints=inputs["touchpoints"],
    )


def customers_of_a_defect(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The defects that one density counts, with the customers who met them."""
    return inputs.engine.query(
        "journey/consistency/defects_behind",
        {"touchpoint": row["touchpoint_id"], "cut": row["cut"], "place": row["place"] or ""},
        defects=inputs["defects"],
    )


def visits_of_a_measure(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The visits (of first_time_fix: the cases) that one number counts, each with its value."""
    if row["measure"] == "first_time_fix":
        return inputs.query(
            """
            select c.customer_id, c.case_id, c.value
            from fixed c
            where c.touchpoint_id = $touchpoint and ($site = '' or c.site_id = $site)
            order by c.customer_id, c.case_id
            """,
            {"touchpoint": row["touchpoint_id"], "site": row["site_id"] or ""},
            fixed=inputs.query("journey/consistency/cases_fixed"),
        )
    return inputs.query(
        """
        select v.customer_id, v.check_id, v.value
        from visits v
        where v.touchpoint_id = $touchpoint and v.measure = $measure and ($site = '' or v.site_id = $site)
        order by v.customer_id, v.check_id
        """,
        {"touchpoint": row["touchpoint_id"], "site": row["site_id"] or "", "measure": row["measure"]},
        visits=inputs.query("journey/consistency/visit_values"),
    )
