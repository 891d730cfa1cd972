"""What is wrong with the numbers of a costing: named, counted, and left out of it, never absorbed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

PROBLEMS: Mapping[str, Text] = {
    "no_cost": Text("The pool has no cost: nothing of it is assigned", "资源池没有成本：未作任何分配"),
    "zero_capacity": Text(
        "The pool has a cost and no practical capacity (or less than a second): there is no rate, and "
        "none of it is assigned",
        "资源池有成本而没有实际产能（或不足一秒）：无法得出费率，成本未作任何分配",
    ),
    "negative": Text(
        "A cost, a capacity or a time is below zero: left out", "成本、产能或耗时为负数：未计入"
    ),
    "rows_disagree": Text(
        "Activities of one pool name different costs, capacities or currencies for the period: none of it is "
        "assigned",
        "同一资源池的各作业在该期间给出的成本、产能或币种不一致：未作任何分配",
    ),
    "other_currency": Text(
        "The pool is in another currency than the report: left out",
        "资源池币种与报告币种不同：未计入",
    ),
    "no_currency": Text(
        "The pool names no currency: taken as that of the report",
        "资源池未注明币种：按报告币种处理",
    ),
    "no_unit_minutes": Text(
        "The activity has no unit time: its work is not costed and counts as unused capacity",
        "作业没有单位耗时：其工作未计成本，被计入未使用产能",
    ),
    "no_driver": Text(
        "The activity has no driver: its work cannot be counted and shows as unused capacity",
        "作业没有动因：工作量无法计数，显示为未使用产能",
    ),
    "no_volume": Text(
        "The driver was not met once in the period: no cost is assigned",
        "该期间动因数量为零：未分配成本",
    ),
    "period_without_facts": Text(
        "No activity of the pool was met in the whole period: its cost is all unused capacity",
        "该期间资源池的作业均无任何记录：成本全部为未使用产能",
    ),
    "overused": Text(
        "More minutes were needed than the practical capacity: more is assigned than the pool cost; unit "
        "times or capacity are wrong, or people worked more",
        "所需分钟数超过实际产能：分配额高于资源池成本；单位耗时或产能有误，或员工超时工作",
    ),
    "facts_outside_periods": Text(
        "Facts of the driver lie outside every period of the activity: they bear no cost",
        "动因对应的记录不在该作业的任何期间之内：未承担成本",
    ),
    "no_duration": Text(
        "Interactions without a duration: their minutes are not known and not costed",
        "互动没有时长：分钟数未知，未计成本",
    ),
    "negative_volume": Text("A volume is below zero: left out", "动因数量为负数：未计入"),
    "unknown_activity": Text(
        "A volume belongs to an activity that nobody described: left out",
        "动因数量所属的作业无人描述：未计入",
    ),
    "surveyed_shares": Text(
        "The surveyed shares of the pool do not add up to 1: the traditional method is not shown",
        "资源池各作业的自报时间占比之和不为 1：不列示传统方法",
    ),
    "zero_standard_capacity": Text(
        "The budgeted capacity is zero: there is no standard rate", "预算产能为零：没有标准费率"
    ),
    "ledger_differs": Text(
        "Pools and entries for service do not make what the ledger books as service in the same months",
        "资源池与服务成本分录之和，与总账同月份的服务成本不符",
    ),
    "ledger_without_pools": Text(
        "The ledger books service in months that no pool covers",
        "总账有服务成本入账，而该月没有任何资源池",
    ),
}
"""What each problem means, by its name."""


@dataclass(frozen=True, slots=True)
class CostingProblem:
    """One thing wrong: `problem` is a key of `PROBLEMS`; n counts what it concerns, `unit` says what that is.

    amount: money it is about (the pool's cost, what the ledger has more); minutes: beyond the capacity.
    """

    problem: str
    pool: str | None = None
    activity_id: str | None = None
    period_on: date | None = None
    n: int = 1
    unit: str = "rows"
    amount: Decimal | None = None
    minutes: float | None = None
    currency: str | None = None

    @property
    def meaning(self) -> Text:
        return PROBLEMS[self.problem]
