"""What became of every line of the transactions: used, or left out and why; nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.value.purchases.columns import PURCHASE_PROBLEMS
from peakend.value.revenue import ReconciliationError, reconcile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from peakend.engine import Relation
    from peakend.value.purchases.purchases import Purchases

USED, READ, LEFT_OUT, NOTED = "used", "read", "left_out", "noted"


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why lines are left out (or, noted, what to know of lines that are used)."""

    code: str
    kind: str
    name: Text


PROBLEMS = (
    Problem("used", USED, Text("Used", "已采用")),
    Problem("other_currency", LEFT_OUT, Text("Another currency", "其他币种")),
    Problem("fee", LEFT_OUT, Text("Fees", "收费")),
    Problem("adjustment", LEFT_OUT, Text("Adjustments", "调整")),
    Problem("other_kind", LEFT_OUT, Text("Neither sale nor refund", "既非销售也非退款")),
    Problem("missing_time", LEFT_OUT, Text("No time", "缺少时间")),
    Problem("missing_customer", LEFT_OUT, Text("No customer", "缺少客户")),
    Problem("missing_amount", LEFT_OUT, Text("No amount", "缺少金额")),
    Problem(
        "born_after_end", LEFT_OUT, Text("Customers who first bought after the end", "期末之后才首购的客户")
    ),
    Problem("after_end", LEFT_OUT, Text("After the end, or in the future", "期末之后或未来日期")),
    Problem("positive_refund", LEFT_OUT, Text("Refunds above zero", "金额为正的退款")),
    Problem("refund_without_purchase", LEFT_OUT, Text("Refunds without a purchase", "找不到对应购买的退款")),
    Problem("cancelled", LEFT_OUT, Text("Purchases refunded in full", "已全额退款的购买")),
    Problem("no_spend", LEFT_OUT, Text("Purchases of zero or less", "金额为零或负的购买")),
    Problem("left_truncated", LEFT_OUT, Text("Joined before the data begin", "数据起点之前已加入")),
    Problem("read", READ, Text("Lines read", "读取的行")),
    Problem("one_purchase", NOTED, Text("Bought once only", "仅购买一次")),
    Problem("joined_before", NOTED, Text("Joined before the data begin, kept", "数据起点之前已加入（保留）")),
)
_BY_CODE = {problem.code: problem for problem in PROBLEMS}


def problems_of(purchases: Purchases) -> pa.Table:
    """The result `purchase_problems`. Raises `ReconciliationError` where a line is lost or counted twice."""
    outside = _counts(_outside(purchases))
    inside = [*_counts(_netted(purchases)), *_kept(purchases)]
    left_out_or_used = [row for row in inside if _BY_CODE[row["problem"]].kind != NOTED]
    _reconcile([row for row in outside if row["problem"] == "in_question"], left_out_or_used)
    rows = [*(row for row in outside if row["problem"] != "in_question"), *inside, *_read(outside)]
    order = {problem.code: place for place, problem in enumerate(PROBLEMS)}
    rows.sort(key=lambda row: (order[row["problem"]], row["currency"]))
    return PURCHASE_PROBLEMS.of(
        [
            row
            | {
                "position": place,
                "kind": _BY_CODE[row["problem"]].kind,
                "label_en": _BY_CODE[row["problem"]].name.en,
                "label_zh": _BY_CODE[row["problem"]].name.zh,
            }
            for place, row in enumerate(rows, start=1)
        ]
    )


def customers_behind(purchases: Purchases, row: Mapping[str, Any]) -> Relation:
    """The customers of a row of `purchase_problems`: customer_id, and their lines and revenue of that
    kind."""
    kind, code = row["kind"], row["problem"]
    if kind == LEFT_OUT and code != "left_truncated":
        netted = code in ("refund_without_purchase", "cancelled", "no_spend")
        found = _netted(purchases) if netted else _outside(purchases)
        return found.query(
            "select p.customer_id, p.lines, p.revenue from p "
            "where p.customer_id is not null and p.problem = $problem and p.currency = $currency",
            {"problem": code, "currency": row["currency"]},
            name="p",
        )
    if kind == READ:
        return purchases.transactions.query(
            "select t.customer_id, count(*) as lines, "
            "cast(sum(t.revenue) as decimal(18, 4)) as revenue from t "
            "where t.customer_id is not null and t.currency = $currency group by t.customer_id",
            {"currency": row["currency"]},
        )
    truncated = code in ("left_truncated", "joined_before")
    wanted = "h.left_truncated" if truncated else "h.frequency = 0" if code == "one_purchase" else "1 = 1"
    kept = replace(purchases, left_truncated="keep") if truncated else purchases
    return kept.histories().query(
        "select h.customer_id, h.frequency, h.total_value as revenue from h "  # noqa: S608
        f"where {wanted}",
        name="h",
    )


def _outside(purchases: Purchases) -> Relation:
    return purchases.engine.query(
        "value/purchases/outside_customers",
        purchases.asked(),
        transactions=purchases.transactions,
    )


def _netted(purchases: Purchases) -> Relation:
    return purchases.engine.query(
        "value/purchases/netted_customers",
        {"currency": purchases.currency, "free": int(purchases.free)},
        days=purchases.days(),
        booked_refunds=purchases.booked_refunds(),
    )


def _counts(found: Relation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = found.query(
        "value/purchases/problem_counts", name="problem_customers"
    ).to_arrow().to_pylist()  # fmt: skip
    return [row | {"revenue": Decimal(row["revenue"])} for row in rows]


def _kept(purchases: Purchases) -> list[dict[str, Any]]:
    """Rows of lines that are used, of customers who joined too early, and of what to know of the others."""
    table = purchases.engine.query(
        "value/purchases/kept",
        {"begins_on": purchases.begins_on},
        purchases=purchases.customers_bought(),
        customers=purchases.customers,
    ).to_arrow()
    found = table.to_pylist()
    drop = purchases.left_truncated == "drop"
    used = [row for row in found if not (drop and row["truncated"])]
    parts = (
        ("used", used),
        ("left_truncated", [row for row in found if drop and row["truncated"]]),
        ("one_purchase", [row for row in used if row["one_purchase"]]),
        ("joined_before", [row for row in used if row["truncated"]]),
    )
    return [
        {
            "problem": code,
            "currency": purchases.currency,
            "lines": sum(row["lines"] for row in rows),
            "customers": sum(row["customers"] for row in rows),
            "revenue": sum((Decimal(row["revenue"]) for row in rows), Decimal(0)),
        }
        for code, rows in parts
        if rows
    ]


def _read(outside: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All lines, by currency."""
    totals: dict[str, dict[str, Any]] = {}
    for row in outside:
        total = totals.setdefault(
            row["currency"],
            {"problem": "read", "currency": row["currency"], "lines": 0, "revenue": Decimal(0)},
        )
        total["lines"] += row["lines"]
        total["revenue"] += row["revenue"]
    return list(totals.values())


def _reconcile(asked: Iterable[Mapping[str, Any]], netted: Iterable[Mapping[str, Any]]) -> None:
    """Every line in question was used or left out, once."""
    rows = list(netted)
    total = sum((row["revenue"] for row in asked), Decimal(0))
    reconcile(total, {str(row["problem"]): row["revenue"] for row in rows})
    lines, found = sum(row["lines"] for row in asked), sum(row["lines"] for row in rows)
    if lines != found:
        raise ReconciliationError(
            Text(
                f"{lines} lines were read, but {found} are accounted for.",
                f"读取了 {lines} 行，但只有 {found} 行有去向。",
            ),
            total=lines,
            parts={str(row["problem"]): row["lines"] for row in rows},
        )
