"""The analyses of this room, declared once."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.value.purchases.columns import PURCHASE_PROBLEMS, PURCHASE_SUMMARY


def _purchases(inputs: Inputs) -> Results:
    from peakend.value.purchases.tables import purchase_tables

    return purchase_tables(inputs)


PURCHASES = Analysis(
    name="purchase_summary",
    version=1,
    chapter="worth",
    title=Text("Purchases of every customer", "每位客户的购买"),
    meaning=Text(
        "How often, until when and for how much every customer bought, net of refunds; every line that is "
        "not used is named and counted.",
        "每位客户扣除退款后的购买次数、近度与金额；未采用的每一行均列明原因并计数。",
    ),
    needs=("transactions",),
    uses=("customers",),
    gives=(PURCHASE_SUMMARY, PURCHASE_PROBLEMS),
    compute=_purchases,
    sql=(
        "value/purchases/booked_refunds",
        "value/purchases/census",
        "value/purchases/customer_purchases",
        "value/purchases/histories",
        "value/purchases/kept",
        "value/purchases/loose_lines",
        "value/purchases/net_purchase_days",
        "value/purchases/netted_customers",
        "value/purchases/open_quantities",
        "value/purchases/outside_customers",
        "value/purchases/problem_counts",
        "value/purchases/purchase_days",
        "value/purchases/refund_pairs",
        "value/purchases/refunded_orders",
        "value/purchases/refunds",
        "value/purchases/still_open",
    ),
    chart="purchases",
    sources=(
        "Fader, Hardie & Lee 2005, Marketing Science 24(2)",
        "Fader & Hardie 2013, brucehardie.com/notes/025",
    ),
)

ANALYSES: tuple[Analysis, ...] = (PURCHASES,)
