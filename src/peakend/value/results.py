"""The result tables of the value analyses: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


REVENUE_CONCENTRATION = ResultTable(
    "revenue_concentration",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "measure",
            "string",
            "top_1 … top_50, gini, biggest_customer, large_customers, effective_customers, customers_for_80; "
            "then the lines that make revenue add up",
            "指标：top_1 … top_50、gini、biggest_customer、large_customers、effective_customers、"
            "customers_for_80；其后为使收入合计相符的项目",
        ),
        _column(
            "kind",
            "string",
            "pareto, inequality, dependency or reconciliation",
            "类型：pareto 头部占比、inequality 不均衡、dependency 依赖、reconciliation 对账",
        ),
        _column("label_en", "string", "Name in English", "英文名称"),
        _column("label_zh", "string", "Name in Chinese", "中文名称"),
        _column(
            "customers",
            "integer",
            "Customers the row is about (empty: not known)",
            "涉及的客户数（空为未知）",
            "customers",
        ),
        _column("revenue", "money", "Their net revenue", "其净收入"),
        _column("value", "number", "The measure, in its unit", "指标值"),
        _column(
            "unit", "string", "share, index or customers", "单位：share 占比、index 指数、customers 客户数"
        ),
        _column("low", "number", "Lower end of the interval (Gini only)", "置信区间下限（仅基尼系数）"),
        _column("high", "number", "Upper end of the interval (Gini only)", "置信区间上限（仅基尼系数）"),
        _column(
            "warning",
            "flag",
            "True: the company depends on few customers by this measure",
            "按此指标公司依赖少数客户",
        ),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("measure",),
    Text(
        "How much of the revenue comes from how few customers, and whether that is a risk.",
        "多少收入来自多少客户，是否构成依赖风险。",
    ),
)

REVENUE_LORENZ = ResultTable(
    "revenue_lorenz",
    (
        _column("percentile", "integer", "Point of the curve, 0 to 100", "曲线上的点，0 至 100"),
        _column(
            "customers",
            "integer",
            "Customers up to here, smallest first",
            "累计客户数（自小到大）",
            "customers",
        ),
        _column("customer_share", "number", "Their share of the customers", "累计客户占比", "share"),
        _column("revenue", "money", "Their net revenue", "累计净收入"),
        _column(
            "revenue_share",
            "number",
            "Their share of the net revenue of all customers above zero",
            "占全部净收入为正客户的收入比例",
            "share",
        ),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("percentile",),
    Text(
        "The Lorenz curve: cumulative revenue against cumulative customers, smallest first.",
        "洛伦兹曲线：客户自小到大累计，对应的累计收入占比。",
    ),
)
