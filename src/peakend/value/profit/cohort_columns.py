"""The result tables of cohorts: cumulative profit, break-even, and what winning and keeping costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, column, interval_ends
from peakend.language import Text
from peakend.value.profit.profit_columns import CURRENCY, CUSTOMERS, MONEY, money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind_cohort(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.profit.cohorts import customers_of

    return customers_of(inputs, row)


_COHORT = (
    column("kind", "string", "all, or cohort", "all 全体，或 cohort 某批"),
    column(
        "cohort_on",
        "day",
        "Month in which they first bought or joined (empty: all)",
        "首次购买或加入的月份（空为全体）",
    ),
)
_CUMULATIVE = (
    column(
        "cumulative_per_customer",
        "number",
        "Profit a customer since the beginning, cost of winning them included",
        "自开始以来的人均累计利润（含获客成本）",
        MONEY,
    ),
    *interval_ends("cumulative_per_customer", MONEY),
)

PROFIT_COHORTS = ResultTable(
    "profit_cohorts",
    (
        *_COHORT,
        column("month", "integer", "Months since then", "此后第几个月", "months"),
        column(
            "state",
            "string",
            "observed, or incomplete (the month is not over)",
            "observed 已观测、incomplete 该月尚未结束",
        ),
        column("customers", "integer", "Customers observed that long", "观测至此的客户数", CUSTOMERS),
        money("cumulative", "Their profit since the beginning", "其累计利润"),
        *_CUMULATIVE,
        *HIDDEN,
        CURRENCY,
    ),
    ("kind", "cohort_on", "month"),
    Text(
        "What customers have brought by so many months after they began, less what they cost.",
        "客户在开始后若干个月内的累计利润，已减去获取与服务成本。",
    ),
    _behind_cohort,
)

PROFIT_BREAK_EVEN = ResultTable(
    "profit_break_even",
    (
        *_COHORT,
        column("customers", "integer", "Customers", "客户数", CUSTOMERS),
        column("months_observed", "integer", "Months that are over", "已结束的月数", "months"),
        column(
            "acquisition_per_customer",
            "number",
            "What winning one of them cost, campaigns of their month included",
            "人均获客成本（含当月营销活动）",
            MONEY,
        ),
        column(
            "break_even_month",
            "integer",
            "First month in which the mean is zero or above (empty: not yet)",
            "均值首次不小于零的月份（空为尚未）",
            "months",
        ),
        column(
            "earliest",
            "integer",
            "First month in which the upper end of the interval is",
            "区间上限首次不小于零的月份",
            "months",
        ),
        column(
            "latest",
            "integer",
            "First month in which the lower end is (empty: not yet shown)",
            "区间下限首次不小于零的月份（空为尚未证实）",
            "months",
        ),
        column(
            "state",
            "string",
            "reached, not_shown (the interval still reaches below zero) or not_yet",
            "reached 已回本、not_shown 尚未证实、not_yet 尚未回本",
        ),
        *_CUMULATIVE,
        *HIDDEN,
        CURRENCY,
    ),
    ("kind", "cohort_on"),
    Text(
        "In which month customers have paid back what they cost, or not yet.",
        "客户在第几个月回本，或尚未回本。",
    ),
    _behind_cohort,
)

ACQUISITION_COSTS = ResultTable(
    "acquisition_costs",
    (
        column(
            "cut",
            "string",
            "all, entry_product or entry_channel",
            "all 全体、entry_product 首购产品、entry_channel 首购渠道",
        ),
        column(
            "cell",
            "string",
            "Product or channel they came in by ('': not stated)",
            "首购产品或渠道（空串为未说明）",
        ),
        money(
            "spend",
            "Spent on winning customers; adds up to all in every cut",
            "获客支出；各划分内合计均等于总支出",
        ),
        money("spend_on_customers", "Of this, booked on customers", "其中记入客户"),
        money("spend_on_campaigns", "Of this, on campaigns", "其中营销活动"),
        column(
            "new_customers",
            "integer",
            "Customers who first bought in the data",
            "首次购买的新客户",
            CUSTOMERS,
        ),
        column("cac", "number", "Spend / new customers", "获客成本：支出／新客户", MONEY),
        column(
            "payback_months",
            "integer",
            "Months until they have brought that much (empty: not yet)",
            "回收期（空为尚未）",
            "months",
        ),
        column("months_observed", "integer", "Months that are over for somebody", "已结束的月数", "months"),
        column(
            "brought_per_customer",
            "number",
            "Brought so far, before the cost of winning them",
            "迄今人均贡献（未减获客成本）",
            MONEY,
        ),
        column(
            "state",
            "string",
            "paid_back, not_yet, nobody (no new customer) or not_stated",
            "paid_back 已回收、not_yet 尚未、nobody 无新客户、not_stated 未说明",
        ),
        *HIDDEN,
        CURRENCY,
    ),
    ("cut", "cell"),
    Text(
        "What winning a customer costs by the product and channel they came in by, and when it is paid back.",
        "按首购产品与渠道的获客成本与回收期。",
    ),
    _behind_cohort,
)

KEEPING_COSTS = ResultTable(
    "keeping_costs",
    (
        column("year", "integer", "Calendar year", "年度"),
        money("acquisition", "Spent on winning customers", "获客支出"),
        column(
            "new_customers",
            "integer",
            "Customers who first bought in the year",
            "当年首次购买的客户",
            CUSTOMERS,
        ),
        column("cost_to_win", "number", "acquisition / new_customers", "人均获客成本", MONEY),
        money("retention", "Spent on keeping customers", "维系支出"),
        column(
            "kept_customers",
            "integer",
            "Bought in the year and began before it",
            "此前已开始且当年购买的客户",
            CUSTOMERS,
        ),
        column("cost_to_keep", "number", "retention / kept_customers", "人均维系成本", MONEY),
        column(
            "ratio",
            "number",
            "cost_to_keep / cost_to_win: below 1, keeping is cheaper (empty: not known)",
            "维系与获取成本之比；小于 1 表示维系更省（空为未知）",
        ),
        CURRENCY,
    ),
    ("year",),
    Text(
        "What keeping a customer costs against winning one, by year.",
        "逐年比较维系一位客户与获取一位客户的成本。",
    ),
)
