"""The analyses of delivered value, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.delivered import columns


def _delivered(inputs: Inputs) -> Results:
    from peakend.value.delivered.delivered_tables import delivered_tables

    return delivered_tables(inputs)


def _mutual(inputs: Inputs) -> Results:
    from peakend.value.delivered.mutual_tables import mutual_tables

    return mutual_tables(inputs)


_OF_CUSTOMERS = tuple(
    f"value/delivered/{name}"
    for name in (
        "costs_of_customers", "customer_delivered_value", "factors_of_customers", "relationship_events",
        "units", "worth_of_factors",
    )
)  # fmt: skip

DELIVERED = Analysis(
    name="delivered_value",
    version=1,
    chapter="worth",
    title=Text("What customers get for what it costs them", "客户所得与所费"),
    meaning=Text(
        "Customer delivered value: four factors of value less four of cost, in money, of an order; how "
        "much of it is known, and by which route it changed.",
        "客户让渡价值：每单四项价值减四项成本，折合金额；说明已知程度，以及变化来自价值路径还是成本路径。",
    ),
    needs=("transactions", "value_factors", "answers", "questions", "responses"),
    uses=("customers", "interactions", "memberships", "segment_members", "touchpoints"),
    gives=(
        columns.CUSTOMER_DELIVERED_VALUE,
        columns.DELIVERED_FACTORS,
        columns.DELIVERED_COVERAGE,
        columns.DELIVERED_CHANGE,
    ),
    compute=_delivered,
    sql=(
        *_OF_CUSTOMERS,
        "value/delivered/changes",
        "value/delivered/coverage_counts",
        "value/delivered/factor_sums",
        "value/revenue_lines",
    ),
    chart="delivered_value",
    sources=("Kotler 1997, Marketing Management, 9th edition, chapter 2",),
)

MUTUAL = Analysis(
    name="mutual_value",
    version=1,
    chapter="worth",
    title=Text("Do both sides gain?", "双方是否都得益"),
    meaning=Text(
        "What customers get of a relationship against what the company does: win-win, subsidy, exploitation, "
        "exit; and who moved.",
        "客户从关系中所得与公司所得的对照：双赢、补贴、透支、双输，以及客户在其间的移动。",
    ),
    needs=("customer_delivered_value", "transactions"),
    uses=(
        "answers", "cost_entries", "customer_profit", "interactions", "lifetime_values", "memberships",
        "questions", "responses", "segment_members", "touchpoints", "value_factors",
    ),
    gives=(columns.MUTUAL_VALUE, columns.MUTUAL_MOVES),
    compute=_mutual,
    sql=(
        *_OF_CUSTOMERS,
        "value/delivered/quadrant_list",
        "value/delivered/quadrant_moves",
        "value/delivered/quadrant_sums",
        "value/delivered/quadrants",
        "value/delivered/worth_in_window",
        "value/delivered/worth_of_customers",
        "value/revenue_lines",
    ),
    chart="mutual_value",
)  # fmt: skip

ANALYSES: tuple[Analysis, ...] = (DELIVERED, MUTUAL)
