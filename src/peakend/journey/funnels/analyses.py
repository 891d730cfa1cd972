"""The analyses of this room: funnels, flows by step, retention of cohorts."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.funnels.columns import (
    FLOW_STEPS,
    FUNNEL_LOSSES,
    FUNNEL_STEPS,
    PURCHASE_COHORTS,
    PURCHASE_CURVES,
    RETENTION_COHORTS,
    RETENTION_CURVES,
)
from peakend.language import Text


def _funnels(inputs: Inputs) -> Results:
    from peakend.journey.funnels.funnel_tables import funnel_tables

    return funnel_tables(inputs)


def _flows(inputs: Inputs) -> Results:
    from peakend.journey.funnels.flow_tables import flow_tables

    return flow_tables(inputs)


def _retention(inputs: Inputs) -> Results:
    from peakend.journey.funnels.retention_tables import retention_tables

    return retention_tables(inputs)


_WILSON = "Wilson 1927, JASA 22(158)"
_CAME = (
    "journey/funnels/retention_cells",
    "journey/funnels/retention_customers",
    "journey/funnels/retention_last",
    "journey/funnels/retention_segments",
)
_COHORTS = ("Fader & Hardie 2009, Journal of Interactive Marketing 23(1)", _WILSON)

FUNNELS = Analysis(
    name="funnels",
    version=1,
    chapter="journey",
    title=Text("How far customers get", "客户走到哪一步"),
    meaning=Text(
        "Of those who begin, how many reach each moment of truth, each stage and each step of a designed "
        "journey, how long it takes them, and where they are lost; everybody, and segments compared.",
        "在开始的客户中，有多少到达每个关键时刻、每个阶段及设计旅程的每一步，用时多久，在何处流失；按全体列示并比较各分群。",
    ),
    needs=("journey_steps",),
    uses=("touchpoints", "design_steps", "segment_members"),
    gives=(FUNNEL_STEPS, FUNNEL_LOSSES),
    compute=_funnels,
    sql=("journey/funnels/funnel_segments", "journey/funnels/funnel_customers"),
    chart="funnels",
    sources=(
        _WILSON,
        "Newcombe 1998, Statistics in Medicine 17(8)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)
FLOWS = Analysis(
    name="flows",
    version=1,
    chapter="journey",
    title=Text("What people do step by step", "客户一步步怎么走"),
    meaning=Text(
        "Where journeys begin, what follows at each of the first steps, and where they end.",
        "旅程从何处开始、前几步各去向何处、在何处结束。",
    ),
    needs=("journey_steps",),
    uses=("touchpoints",),
    gives=(FLOW_STEPS,),
    compute=_flows,
    sql=("journey/funnels/flow_moves", "journey/funnels/flow_counts", "journey/funnels/flow_journeys"),
    chart="flows",
    sources=(_WILSON, "Korn & Graubard 1998, Survey Methodology 24(2)"),
)
RETENTION = Analysis(
    name="retention",
    version=1,
    chapter="journey",
    title=Text("Who comes back", "谁会再来"),
    meaning=Text(
        "Of the customers who first met the company in a month (or week), how many are in touch again in the "
        "periods after it; periods that are not over are left open.",
        "某月（或某周）首次接触的客户，其后各周期有多少再次互动；尚未结束的周期留空。",
    ),
    needs=("journey_steps",),
    uses=("segment_members",),
    gives=(RETENTION_COHORTS, RETENTION_CURVES),
    compute=_retention,
    sql=_CAME,
    chart="retention",
    sources=_COHORTS,
)
PURCHASE_RETENTION = Analysis(
    name="purchase_retention",
    version=1,
    chapter="loyalty",
    title=Text("Who buys again", "谁会再买"),
    meaning=Text(
        "Of the customers who first bought in a month (or week), how many buy again in the periods after it; "
        "periods that are not over are left open.",
        "某月（或某周）首次购买的客户，其后各周期有多少再次购买；尚未结束的周期留空。",
    ),
    needs=("transactions",),
    uses=("segment_members",),
    gives=(PURCHASE_COHORTS, PURCHASE_CURVES),
    compute=_retention,
    sql=_CAME,
    chart="purchase_retention",
    sources=_COHORTS,
)

ANALYSES: tuple[Analysis, ...] = (FUNNELS, FLOWS, RETENTION, PURCHASE_RETENTION)
