"""The result tables of experience and money: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text
from peakend.value.experience.behind import customers_feeling, customers_in_focus


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


_HIDDEN = _column("hidden", "flag", "Too few customers to publish", "客户过少，不予公布")
_CURRENCY = _column("currency", "string", "Currency (ISO 4217)", "币种")

PROMOTERS_WORTH = ResultTable(
    "promoters_worth",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "measure",
            "string",
            "lifetime_value, profit, referral, spent_after (180 days after the answer), spent_after_alike "
            "(the same among customers alike in what they spent before)",
            "指标：lifetime_value 终身价值、profit 利润、referral 推荐价值、spent_after 应答后 180 天消费、"
            "spent_after_alike 在此前消费相近的客户中比较",
        ),
        _column(
            "feeling",
            "string",
            "promoter, passive or detractor",
            "promoter 推荐者、passive 中立者、detractor 贬损者",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("mean", "number", "Mean a customer", "人均值"),
        _column("low", "number", "Lower end of the interval of the mean", "均值的置信区间下限"),
        _column("high", "number", "Upper end of the interval of the mean", "均值的置信区间上限"),
        _column("ratio", "number", "How many times a detractor's", "为贬损者的倍数", "ratio"),
        _column(
            "ratio_low", "number", "Lower end of the interval of that ratio", "倍数的置信区间下限", "ratio"
        ),
        _column(
            "ratio_high", "number", "Upper end of the interval of that ratio", "倍数的置信区间上限", "ratio"
        ),
        _column(
            "p",
            "number",
            "Of equal means, after Holm over all rows",
            "均值相等的 p 值（经 Holm 校正）",
            "probability",
        ),
        _column(
            "verdict",
            "string",
            "more, less or cannot_tell, against detractors",
            "与贬损者相比：more 更高、less 更低、cannot_tell 不能断定",
        ),
        _column(
            "band",
            "string",
            "Promoters against the published 6 to 14 times: inside, below, above, cannot_tell",
            "推荐者倍数与文献 6–14 倍区间相比：inside、below、above、cannot_tell",
        ),
        _HIDDEN,
        _CURRENCY,
    ),
    ("measure", "feeling"),
    Text(
        "What promoters, passives and detractors are worth, and how sure that is.",
        "推荐者、中立者、贬损者各值多少，以及把握有多大。",
    ),
    behind=customers_feeling,
)

SATISFACTION_RETURN = ResultTable(
    "satisfaction_return",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "customers_are",
            "string",
            "all, high_value (the quarter of the buyers who had spent most before they answered) or others",
            "all 全体、high_value 应答前消费最高的四分之一买家、others 其余",
        ),
        _column(
            "comparison",
            "string",
            "naive, or alike (customers who had spent alike before)",
            "naive 直接比较；alike 在此前消费相近的客户中比较",
        ),
        _column(
            "customers",
            "integer",
            "Customers who answered and were followed",
            "已应答且可追踪的客户数",
            "customers",
        ),
        _column(
            "value",
            "number",
            "Money in the 180 days after, for one point more of 0 to 10",
            "评分（0–10）每高 1 分，其后 180 天的金额差",
        ),
        _column("low", "number", "Lower end of the interval", "置信区间下限"),
        _column("high", "number", "Upper end of the interval", "置信区间上限"),
        _column(
            "p",
            "number",
            "Of no difference, after Holm over all rows",
            "无差异的 p 值（经 Holm 校正）",
            "probability",
        ),
        _column(
            "verdict", "string", "more, less or cannot_tell", "more 更多、less 更少、cannot_tell 不能断定"
        ),
        _HIDDEN,
        _CURRENCY,
    ),
    ("customers_are", "comparison"),
    Text("What a point of satisfaction goes with in later money.", "满意度每高一分，与后续金额的关系。"),
)

VALUE_FOCUS = ResultTable(
    "value_focus",
    (
        _column("position", "integer", "Order of the steps", "步骤次序"),
        _column(
            "step",
            "string",
            "all, value (they bring profit), high_value (highest fifth), key_factors (of these, who rated a "
            "key factor at or below the middle)",
            "all 全部、value 价值客户（有利润）、high_value 高价值客户（前五分之一）、"
            "key_factors 其中对关键因素评分不过半者",
        ),
        _column("customers", "integer", "Customers", "客户数", "customers"),
        _column("worth", "money", "Profit, or value of purchases so far", "利润；无利润数据时为迄今购买价值"),
        _column("worth_share", "number", "Share of the worth of all", "占全部的比例", "share"),
        _column("answered", "integer", "Customers who answered", "已应答客户数", "customers"),
        _column("satisfaction", "number", "Mean recommendation score", "平均推荐分（0–10）", "score"),
        _column("low", "number", "Lower end of the interval", "置信区间下限", "score"),
        _column("high", "number", "Upper end of the interval", "置信区间上限", "score"),
        _column(
            "return_per_point",
            "number",
            "Later money a customer for one point more, alike before",
            "每高一分的后续人均金额（此前消费相近者）",
        ),
        _column("return_low", "number", "Lower end of that interval", "其置信区间下限"),
        _column("return_high", "number", "Upper end of that interval", "其置信区间上限"),
        _column(
            "spread_over_aimed",
            "number",
            "Return of a budget spread on all over the same aimed at this step",
            "预算平均投放相对瞄准此步骤的回报比",
            "ratio",
        ),
        _column("spread_low", "number", "Lower end of that interval", "其置信区间下限", "ratio"),
        _column("spread_high", "number", "Upper end of that interval", "其置信区间上限", "ratio"),
        _HIDDEN,
        _CURRENCY,
    ),
    ("step",),
    Text(
        "From all customers to the key factors of the most valuable: who is inside, what they feel, what "
        "it returns.",
        "从全部客户到高价值客户的关键因素：各步人数、感受与回报。",
    ),
    behind=customers_in_focus,
)

KEY_FACTORS = ResultTable(
    "key_factors",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column("touchpoint_id", "string", "Touchpoint", "接触点"),
        _column(
            "customers",
            "integer",
            "High-value customers who rated it and the whole",
            "对其与总体均有评分的高价值客户数",
            "customers",
        ),
        _column(
            "correlation",
            "number",
            "Correlation of its rating with the whole among them",
            "其评分与总体的相关系数（高价值客户）",
            "correlation",
        ),
        _column("low", "number", "Lower end of the interval", "置信区间下限", "correlation"),
        _column("high", "number", "Upper end of the interval", "置信区间上限", "correlation"),
        _column(
            "p",
            "number",
            "Of no correlation, after Holm over touchpoints",
            "无相关的 p 值（经 Holm 校正）",
            "probability",
        ),
        _column(
            "others", "number", "The same among all other customers", "其余客户中的相关系数", "correlation"
        ),
        _column(
            "rating",
            "number",
            "Mean rating by high-value customers, 0 to 1",
            "高价值客户的平均评分（0–1）",
            "share of scale",
        ),
        _column(
            "key",
            "flag",
            "A key factor: correlated beyond chance, one of the three strongest",
            "关键因素：相关显著且居前三",
        ),
        _HIDDEN,
    ),
    ("touchpoint_id",),
    Text(
        "Which touchpoints go with the satisfaction of the most valuable customers.",
        "哪些接触点与高价值客户的满意度相关。",
    ),
)
