"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.costing.costing_columns import (
    ACTIVITY_COSTS,
    COSTING_PROBLEMS,
    CUSTOMER_SERVICE_COST,
    POOL_COSTS,
)


def _costing(inputs: Inputs) -> Results:
    from peakend.value.costing.costing_tables import costing_tables

    return costing_tables(inputs)


_FACTS = ("transactions", "interactions", "touchpoints", "cases")
_COUNTED = tuple(
    f"value/costing/{name}"
    for name in (
        "described_activities",
        "driver_units",
        "driver_cells",
        "activity_cells",
        "facts_outside",
        "activity_units",
    )
)
_KAPLAN = "Kaplan & Anderson 2004, Harvard Business Review 82(11)"

SERVICE_COSTING = Analysis(
    name="service_costing",
    version=1,
    chapter="worth",
    title=Text("What serving customers costs", "服务客户的成本"),
    meaning=Text(
        "Time-driven activity-based costing: what resource pools cost, which activities and customers used "
        "them, and what stayed unused, to the cent.",
        "时间驱动作业成本法：资源池的成本由哪些作业与客户耗用、多少产能未被使用，精确到分。",
    ),
    needs=("activities",),
    uses=(*_FACTS, "cost_entries", "ledger_totals"),
    gives=(POOL_COSTS, ACTIVITY_COSTS, CUSTOMER_SERVICE_COST, COSTING_PROBLEMS),
    compute=_costing,
    sql=(
        *_COUNTED,
        "value/costing/customer_quantities",
        "value/costing/quantity_counts",
        "value/costing/customer_service_cost",
        "value/costing/activity_customers",
        "value/costing/service_entries",
        "value/costing/ledger_months",
    ),
    sources=(
        _KAPLAN,
        "Horngren, Datar & Rajan 2015, Cost Accounting, ch. 7–8",
        "Balinski & Young 1982, Fair Representation",
    ),
)

ANALYSES: tuple[Analysis, ...] = (SERVICE_COSTING,)
