"""The segment analyses: whom to focus on."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.language import Text
from peakend.segments import results


def _rfm(inputs: Inputs) -> Results:
    from peakend.segments.rfm import rfm

    return rfm(inputs)


RFM = Analysis(
    name="rfm",
    version=1,
    chapter="worth",
    title=Text("Recency, frequency, monetary value", "RFM：近度、频度、额度"),
    meaning=Text(
        "How recently, how often and for how much customers buy, and the named segments that follow.",
        "客户最近何时购买、购买多频繁、金额多少，以及据此划分的分群。",
    ),
    needs=("transactions",),
    gives=(results.RFM_CUSTOMERS, results.RFM_SEGMENTS),
    compute=_rfm,
    sql=(
        "value/revenue_lines",
        "value/transactions_before",
        "segments/rfm_customers",
        "segments/rfm_segment_sums",
    ),
    chart="rfm",
    sources=("Hughes 1994, Strategic Database Marketing",),
)

ANALYSES: tuple[Analysis, ...] = (RFM,)
