"""The result tables of delivered value: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text
from peakend.value.delivered.behind import customers_of_quadrant


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


_CURRENCY = _column("currency", "string", "Currency (ISO 4217)", "币种")
_FACTOR = _column(
    "item",
    "string",
    "product, service, personnel, image (value); money, time, energy, psychic (cost); total_value, "
    "total_cost, delivered_value",
    "product 产品、service 服务、personnel 人员、image 形象（价值）；money 货币、time 时间、energy 精力、"
    "psychic 感官与心理（成本）；total_value 总价值、total_cost 总成本、delivered_value 让渡价值",
)

CUSTOMER_DELIVERED_VALUE = ResultTable(
    "customer_delivered_value",
    (
        _column("customer_id", "string", "Customer", "客户"),
        _column("product", "money", "Product value of an order", "每单产品价值"),
        _column("service", "money", "Service value", "服务价值"),
        _column("personnel", "money", "Personnel value", "人员价值"),
        _column("image", "money", "Image value", "形象价值"),
        _column("money", "money", "Price paid", "货币成本（实付价格）"),
        _column(
            "time_spent",
            "money",
            "Time cost: minutes by what a minute is worth",
            "时间成本（用时 × 每分钟折合金额）",
        ),
        _column("energy", "money", "Energy cost", "精力成本"),
        _column("psychic", "money", "Sensory and psychic cost", "感官与心理成本"),
        _column(
            "total_value", "money", "The four values (empty: one is unknown)", "四项价值之和（空为有未知项）"
        ),
        _column(
            "total_cost", "money", "The four costs (empty: one is unknown)", "四项成本之和（空为有未知项）"
        ),
        _column("delivered_value", "money", "Total value less total cost", "让渡价值：总价值减总成本"),
        _column(
            "relationship_component",
            "money",
            "Personnel and image value of those with a membership or service contacts, else zero",
            "有会籍或服务接触者的人员与形象价值，其余为零",
        ),
        _column("factors_known", "integer", "How many of the eight factors are known", "八项因素中已知项数"),
        _column("from_on", "day", "First day", "起始日"),
        _column("until_on", "day", "Last day", "截止日"),
        _CURRENCY,
    ),
    ("customer_id",),
    Text(
        "What one order gave every customer, and what it cost them, over the last year.",
        "最近一年每位客户每单所得与所费。",
    ),
)

DELIVERED_FACTORS = ResultTable(
    "delivered_factors",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _FACTOR,
        _column("route", "string", "value, cost or both", "value 价值、cost 成本、both 合计"),
        _column(
            "customers",
            "integer",
            "Customers all of whose factors are known",
            "八项因素齐全的客户数",
            "customers",
        ),
        _column("total", "money", "Sum over them", "合计"),
        _column("mean", "number", "Mean of an order", "每单均值"),
        _column("low", "number", "Lower end of the interval", "置信区间下限"),
        _column("high", "number", "Upper end of the interval", "置信区间上限"),
        _column("hidden", "flag", "Too few customers to publish", "客户过少，不予公布"),
        _CURRENCY,
    ),
    ("item",),
    Text(
        "Delivered value by factor, of customers about whom all eight are known.",
        "让渡价值的构成（八项因素齐全的客户）。",
    ),
)

DELIVERED_COVERAGE = ResultTable(
    "delivered_coverage",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "kind",
            "string",
            "known (how many factors), factor (which one), all",
            "known 已知项数、factor 各因素、all 全体",
        ),
        _column("item", "string", "0 to 8, or the factor", "0–8 或因素名"),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("share", "number", "Share of all customers", "占全部客户的比例", "share"),
    ),
    ("kind", "item"),
    Text("How many of the eight factors are known of how many customers.", "有多少客户的八项因素已知。"),
)

DELIVERED_CHANGE = ResultTable(
    "delivered_change",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _FACTOR,
        _column("route", "string", "value, cost or both", "value 价值、cost 成本、both 合计"),
        _column(
            "customers",
            "integer",
            "The same customers at both times",
            "两期均齐全的同一批客户数",
            "customers",
        ),
        _column(
            "total_change",
            "money",
            "Sum of their changes: value less cost makes the last row exactly",
            "变化合计：价值减成本恰等于末行",
        ),
        _column("change", "number", "Mean change of an order", "每单平均变化"),
        _column("low", "number", "Lower end of the interval", "置信区间下限"),
        _column("high", "number", "Upper end of the interval", "置信区间上限"),
        _column(
            "p",
            "number",
            "Of no change, after Holm over all rows",
            "无变化的 p 值（经 Holm 校正）",
            "probability",
        ),
        _column(
            "verdict",
            "string",
            "better, worse or cannot_tell, for the customer",
            "对客户而言：better 变好、worse 变差、cannot_tell 不能断定",
        ),
        _column("hidden", "flag", "Too few customers to publish", "客户过少，不予公布"),
        _column("before_from_on", "day", "First day of the earlier year", "前一年起始日"),
        _column("from_on", "day", "First day of the later year", "后一年起始日"),
        _CURRENCY,
    ),
    ("item",),
    Text(
        "How delivered value changed between two years, by the value route and the cost route.",
        "两年之间让渡价值的变化，分价值路径与成本路径。",
    ),
)

MUTUAL_VALUE = ResultTable(
    "mutual_value",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "quadrant",
            "string",
            "win_win, subsidy (the customer gains, the company loses), exploitation (the reverse), exit "
            "(neither gains), unknown",
            "win_win 双赢、subsidy 补贴（客户得益、公司亏损）、exploitation 透支（反之）、exit 双输、"
            "unknown 未知",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column(
            "share",
            "number",
            "Share of those of whom both sides are known",
            "占双方均已知客户的比例",
            "share",
        ),
        _column("low", "number", "Lower end of the interval", "置信区间下限", "share"),
        _column("high", "number", "Upper end of the interval", "置信区间上限", "share"),
        _column(
            "delivered_value", "money", "What they get: sum of an order each", "客户所得合计（每人一单）"
        ),
        _column("worth", "money", "What they bring", "客户带来的价值合计"),
        _CURRENCY,
    ),
    ("quadrant",),
    Text("Whether both sides gain from a relationship.", "关系中双方是否都得益。"),
    behind=customers_of_quadrant,
)

MUTUAL_MOVES = ResultTable(
    "mutual_moves",
    (
        _column("from_quadrant", "string", "Quadrant in the earlier year", "前一年所处象限"),
        _column("to_quadrant", "string", "Quadrant in the later year", "后一年所处象限"),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("share", "number", "Share of those of the first quadrant", "占原象限客户的比例", "share"),
        _column("low", "number", "Lower end of the interval", "置信区间下限", "share"),
        _column("high", "number", "Upper end of the interval", "置信区间上限", "share"),
        _column("before_from_on", "day", "First day of the earlier year", "前一年起始日"),
        _column("from_on", "day", "First day of the later year", "后一年起始日"),
    ),
    ("from_quadrant", "to_quadrant"),
    Text(
        "Who moved between the quadrants; worth is what they brought in each year.",
        "客户在象限间的移动；价值按各年所带来的计。",
    ),
)
