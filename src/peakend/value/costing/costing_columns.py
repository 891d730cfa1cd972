"""The result tables of costing: pools, activities, customers, and what was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _of_activity(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.costing.costing_tables import customers_of_activity

    return customers_of_activity(inputs, row)


CURRENCY = column("currency", "string", "Currency (ISO 4217)", "币种")
CUSTOMERS_HIDDEN = column(
    "hidden",
    "flag",
    "True: too few customers to publish figures about them",
    "客户太少，关于客户的数值不予公布",
)
_POOL = (
    column("pool", "string", "Resource pool", "资源池"),
    column("period_on", "day", "First day of the period", "期间首日"),
    column("last_on", "day", "Last day of the period", "期间末日"),
)

POOL_COSTS = ResultTable(
    "pool_costs",
    (
        *_POOL,
        column(
            "state",
            "string",
            "costed, overused (more minutes needed than there are) or not_costed (no rate can be had)",
            "状态：costed 已计、overused 超用（所需分钟数超过产能）、not_costed 未计（无法得出费率）",
        ),
        column("cost", "money", "Cost of the pool in the period", "该期间资源池成本"),
        column("capacity_minutes", "number", "Practical capacity", "实际产能", "minutes"),
        column("used_minutes", "number", "Minutes that the counted work took", "已计工作所用时间", "minutes"),
        column(
            "unused_minutes",
            "number",
            "Capacity not used; below zero where overused",
            "未使用产能；超用时为负",
            "minutes",
        ),
        column("utilisation", "number", "Used minutes / capacity", "产能利用率（已用／产能）", SHARE),
        column("rate", "number", "Cost / practical capacity, a minute", "费率：成本／实际产能（每分钟）"),
        column("customers_cost", "money", "Borne by identified customers", "由已识别客户承担"),
        column(
            "unidentified_cost",
            "money",
            "Of work for customers who are not identified",
            "未识别客户的工作成本",
        ),
        column(
            "unused_cost",
            "money",
            "Cost of capacity not used, never spread over customers; below zero where overused",
            "未使用产能的成本，绝不摊给客户；超用时为负",
        ),
        column(
            "not_costed",
            "money",
            "Cost of a pool without a rate; customers + unidentified + unused + this = cost",
            "无费率资源池的成本；客户＋未识别＋未使用＋本列＝成本",
        ),
        column(
            "standard_rate",
            "number",
            "Budgeted cost / budgeted capacity, a minute (empty: no budget)",
            "标准费率：预算成本／预算产能（每分钟；空为无预算）",
        ),
        column(
            "applied_cost",
            "money",
            "Standard cost of the work done: volume × standard minutes × standard rate",
            "已完成工作的标准成本：数量×标准耗时×标准费率",
        ),
        column("total_variance", "money", "Cost − applied_cost", "总差异：成本－标准成本"),
        column(
            "rate_variance",
            "money",
            "Cost − capacity × standard rate: capacity was dearer (+) or cheaper",
            "费率差异：成本－产能×标准费率，正为更贵",
        ),
        column(
            "volume_variance",
            "money",
            "(Capacity − used minutes) × standard rate: capacity that was not used",
            "产量差异：（产能－已用分钟）×标准费率，即未使用产能",
        ),
        column(
            "efficiency_variance",
            "money",
            "(Used − standard minutes) × standard rate: work was slower (+); the three make the total",
            "效率差异：（已用－标准分钟）×标准费率，正为更耗时；三项之和为总差异",
        ),
        CURRENCY,
    ),
    ("pool", "period_on"),
    Text(
        "What every resource pool cost, how much of its capacity was used, and what stayed unused.",
        "各资源池的成本、已用产能与未使用产能。",
    ),
)
ACTIVITY_COSTS = ResultTable(
    "activity_costs",
    (
        column("activity_id", "string", "Activity", "作业"),
        *_POOL,
        column("name", "string", "Name of the activity", "作业名称"),
        column("driver", "string", "What is counted", "动因"),
        column(
            "volume",
            "number",
            "Units of the driver (of interaction_minutes: minutes)",
            "动因数量（interaction_minutes 为分钟数）",
        ),
        column("unidentified_volume", "number", "Of these, of nobody known", "其中客户未识别的数量"),
        column("unit_minutes", "number", "Minutes a unit takes", "单位耗时", "minutes"),
        column("minutes", "number", "Minutes of all units", "总耗时", "minutes"),
        column("unit_cost", "number", "Cost of one unit: rate × unit minutes", "单位成本：费率×单位耗时"),
        column("cost", "money", "Cost of all units (empty: not costed)", "总成本（空为未计）"),
        column("customers_cost", "money", "Borne by identified customers", "由已识别客户承担"),
        column("unidentified_cost", "money", "Of work for nobody known", "客户未识别的工作成本"),
        column("customers", "integer", "Customers it was done for", "涉及的客户数", "customers"),
        column("cost_per_customer", "number", "Mean cost of these customers", "这些客户的平均成本"),
        *interval_ends("cost_per_customer"),
        column(
            "traditional_unit_cost",
            "number",
            "Cost of one unit by the traditional method: unused capacity is hidden in it",
            "传统方法的单位成本：未使用产能隐含其中",
        ),
        column(
            "traditional_cost",
            "money",
            "Pool cost × the share of time that staff say they spend (empty: not surveyed)",
            "资源池成本×员工自报时间占比（空为未调查）",
        ),
        CURRENCY,
        CUSTOMERS_HIDDEN,
    ),
    ("activity_id", "period_on"),
    Text(
        "What every activity cost in every period: by unit, by customer, and in all.",
        "各作业各期间的成本：单位、每位客户与合计。",
    ),
    _of_activity,
)
CUSTOMER_SERVICE_COST = ResultTable(
    "customer_service_cost",
    (
        column("customer_id", "string", "Customer", "客户"),
        column(
            "cost_to_serve",
            "money",
            "What the customer's units cost over all activities and periods, from the pools alone: posted "
            "entries of kind service come on top",
            "该客户在全部作业与期间的服务成本，仅来自资源池；服务类成本分录另计",
        ),
        column("minutes", "number", "Minutes of work it took", "所耗工作时间", "minutes"),
        CURRENCY,
    ),
    ("customer_id",),
    Text(
        "What serving every identified customer costs; adds up to the customers' cost of the pools exactly.",
        "每位已识别客户的服务成本；合计与资源池中由客户承担的成本分毫不差。",
    ),
)
COSTING_PROBLEMS = ResultTable(
    "costing_problems",
    (
        column("position", "integer", "Order of the rows", "行次"),
        column("problem", "string", "What is wrong, in a word", "问题代码"),
        column("meaning_en", "string", "What is wrong, in English", "问题说明（英文）"),
        column("meaning_zh", "string", "What is wrong, in Chinese", "问题说明（中文）"),
        column("pool", "string", "Resource pool (empty: not of one)", "资源池（空为不涉及）"),
        column("activity_id", "string", "Activity (empty: not of one)", "作业（空为不涉及）"),
        column("period_on", "day", "First day of the period (empty: of all)", "期间首日（空为全部期间）"),
        column("n", "integer", "How many it concerns", "涉及数量"),
        column(
            "unit",
            "string",
            "What n counts: rows of activities, units of the driver, events or months",
            "n 的单位：rows 作业行、units 动因数量、events 互动、months 月份",
        ),
        column(
            "amount",
            "money",
            "Money it is about: the pool's cost, what was assigned beyond it, or the ledger less what was "
            "counted",
            "涉及金额：资源池成本、超额分配额，或总账减去已计金额",
        ),
        column("minutes", "number", "Minutes beyond the capacity", "超出产能的分钟数", "minutes"),
        CURRENCY,
    ),
    ("position",),
    Text(
        "What is wrong with the numbers of costing: named, counted and left out, never absorbed.",
        "成本数据中的问题：逐一列明并计数、不予计入，绝不暗中消化。",
    ),
)
