"""The result tables of the segment analyses: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.language import Text


def _column(name: str, kind: str, en: str, zh: str, unit: str | None = None) -> ResultColumn:
    return ResultColumn(name, kind, Text(en, zh), unit)


RFM_CUSTOMERS = ResultTable(
    "rfm_customers",
    (
        _column("customer_id", "string", "Customer", "客户"),
        _column("segment", "string", "Segment (a row of rfm_segments)", "分群（对应 rfm_segments 的一行）"),
        _column(
            "recency_days",
            "integer",
            "Days from the last purchase to as_of_on (empty: no purchase)",
            "最近一次购买距基准日的天数（空为无购买）",
            "days",
        ),
        _column(
            "frequency",
            "integer",
            "Orders that brought money, net of what was refunded on the same order",
            "净收入为正的订单数（同一订单内已扣退款）",
            "orders",
        ),
        _column(
            "monetary",
            "money",
            "Net revenue: sales less refunds, without fees and adjustments",
            "净收入：销售减退款，不含收费与调整",
        ),
        _column(
            "purchase_days", "integer", "Different days with such an order", "有上述订单的不同日数", "days"
        ),
        _column("first_on", "day", "Day of the first such order", "首次购买日"),
        _column("last_on", "day", "Day of the last such order", "最近购买日"),
        _column("refunds", "money", "Refunds included in monetary (negative)", "monetary 中所含退款（负数）"),
        _column(
            "recency_score",
            "integer",
            "1 (longest ago) to 5; equal values have equal scores (empty: not scored)",
            "近度得分 1（最久）至 5；数值相同得分相同（空为未评分）",
        ),
        _column("frequency_score", "integer", "1 (fewest) to 5", "频度得分 1（最少）至 5"),
        _column("monetary_score", "integer", "1 (least) to 5", "额度得分 1（最低）至 5"),
        _column("as_of_on", "day", "Day the recency is counted to", "近度基准日"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("customer_id",),
    Text(
        "Every customer's recency, frequency and monetary value, with quintile scores and a named segment.",
        "每位客户的近度、频度、额度及其五分位得分与分群名称。",
    ),
)

RFM_SEGMENTS = ResultTable(
    "rfm_segments",
    (
        _column("position", "integer", "Order of the rows", "行次"),
        _column(
            "segment",
            "string",
            "Segment, or a line that makes the revenue add up",
            "分群，或使收入合计相符的项目",
        ),
        _column(
            "kind",
            "string",
            "segment (scored), unscored, other (revenue outside RFM) or total",
            "类型：segment 已评分、unscored 未评分、other 不参与评分的收入、total 合计",
        ),
        _column("label_en", "string", "Name in English", "英文名称"),
        _column("label_zh", "string", "Name in Chinese", "中文名称"),
        _column("customers", "integer", "Customers (empty: not known)", "客户数（空为未知）", "customers"),
        _column(
            "customer_share",
            "number",
            "Share of all customers with purchases or refunds",
            "占全部有购买或退款客户的比例",
            "share",
        ),
        _column(
            "revenue",
            "money",
            "Net revenue; segments, unscored and other add up to the total",
            "净收入；各分群、未评分与其他之和等于合计",
        ),
        _column("revenue_share", "number", "Share of the total", "占合计的比例", "share"),
        _column("recency_days", "number", "Mean recency", "平均近度", "days"),
        _column("frequency", "number", "Mean number of orders", "平均订单数", "orders"),
        _column("monetary", "number", "Mean net revenue a customer", "客均净收入", "money"),
        _column("as_of_on", "day", "Day the recency is counted to", "近度基准日"),
        _column("currency", "string", "Currency (ISO 4217)", "币种"),
    ),
    ("segment",),
    Text(
        "Customers and revenue by RFM segment; with unidentified and excluded revenue they make the total.",
        "各 RFM 分群的客户数与收入；连同未识别与不计入的收入，各行之和等于总收入。",
    ),
)
