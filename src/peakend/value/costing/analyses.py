"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.costing.allocation_columns import ALLOCATION_SENSITIVITY
from peakend.value.costing.channel_columns import (
    CHANNEL_COSTS,
    CHANNEL_MIGRATIONS,
    SELLING_COSTS,
    SELLING_TRENDS,
)
from peakend.value.costing.costing_columns import (
    ACTIVITY_COSTS,
    COSTING_PROBLEMS,
    CUSTOMER_SERVICE_COST,
    POOL_COSTS,
)


def _costing(inputs: Inputs) -> Results:
    from peakend.value.costing.costing_tables import costing_tables

    return costing_tables(inputs)


def _channels(inputs: Inputs) -> Results:
    from peakend.value.costing.channel_tables import channel_tables

    return channel_tables(inputs)


def _selling(inputs: Inputs) -> Results:
    from peakend.value.costing.selling_tables import selling_tables

    return selling_tables(inputs)


def _allocation(inputs: Inputs) -> Results:
    from peakend.value.costing.allocation_tables import allocation_tables

    return allocation_tables(inputs)


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
_HOLM = "Holm 1979, Scandinavian Journal of Statistics 6(2)"
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
    chart="service_costing",
    sources=(
        _KAPLAN,
        "Horngren, Datar & Rajan 2015, Cost Accounting, ch. 7–8",
        "Balinski & Young 1982, Fair Representation",
    ),
)
CHANNELS = Analysis(
    name="channel_costs",
    version=1,
    chapter="worth",
    title=Text("What each channel costs", "各渠道的成本"),
    meaning=Text(
        "Cost to serve by channel, order and customer; what moving contacts to a cheaper channel would free, "
        "and whether customers there are as well served.",
        "按渠道、订单与客户列示服务成本；将互动迁往较省渠道可释放多少成本，以及那里的体验是否不差。",
    ),
    needs=("activities",),
    uses=(*_FACTS, "answers", "questions", "responses"),
    gives=(CHANNEL_COSTS, CHANNEL_MIGRATIONS),
    compute=_channels,
    sql=(
        *_COUNTED,
        *(
            f"value/costing/{name}"
            for name in (
                "channel_customers",
                "channel_orders",
                "contact_channels",
                "customers_of_channel",
                "felt",
                "felt_persons",
                "felt_sums",
                "felt_pairs",
                "registry_of_touchpoints",
            )
        ),
    ),
    chart="channel_costs",
    sources=(
        _KAPLAN,
        "Cochran 1977, Sampling Techniques, ch. 6",
        "Piaggio et al. 2012, JAMA 308(24)",
        _HOLM,
    ),
)
SELLING = Analysis(
    name="selling_costs",
    version=1,
    chapter="worth",
    title=Text("What selling costs", "销售的成本"),
    meaning=Text(
        "What selling an order costs before and during the purchase, how many steps it takes, and whether "
        "both fall.",
        "每笔订单在售前与购买阶段的成本与步骤数，以及二者是否下降。",
    ),
    needs=("activities",),
    uses=_FACTS,
    gives=(SELLING_COSTS, SELLING_TRENDS),
    compute=_selling,
    sql=(
        *_COUNTED,
        "value/costing/month_orders",
        "value/costing/selling_contacts",
        "value/costing/registry_of_touchpoints",
    ),
    chart="selling_costs",
    sources=(_KAPLAN, _HOLM),
)
ALLOCATION = Analysis(
    name="allocation_sensitivity",
    version=1,
    chapter="worth",
    title=Text("Does the ranking hang on the allocation key?", "排名是否取决于分摊依据"),
    meaning=Text(
        "The same cost to serve spread by minutes, orders, revenue or heads: how far customers' ranking and "
        "their profit or loss depend on the choice.",
        "把同一笔服务成本按工时、订单、收入或人头分摊：客户排名与盈亏在多大程度上取决于这一选择。",
    ),
    needs=("customer_service_cost", "transactions"),
    gives=(ALLOCATION_SENSITIVITY,),
    compute=_allocation,
    sql=tuple(
        f"value/costing/allocation_{name}"
        for name in ("customers", "keys", "pairs", "sums", "percentiles", "movers")
    ),
    chart="allocation_sensitivity",
    sources=(
        "Bonett & Wright 2000, Psychometrika 65(1)",
        "Kendall 1945, Biometrika 33(3)",
        "Wilson 1927, JASA 22(158)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (SERVICE_COSTING, CHANNELS, SELLING, ALLOCATION)
