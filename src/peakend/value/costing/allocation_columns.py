"""The result table of how much a ranking of customers hangs on the key that spreads cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text
from peakend.value.costing.costing_columns import CURRENCY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _movers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.value.costing.allocation_tables import customers_moved

    return customers_moved(inputs, row)


ALLOCATION_SENSITIVITY = ResultTable(
    "allocation_sensitivity",
    (
        column(
            "ranking",
            "string",
            "What customers are ranked by: cost (to serve) or profit (margin less cost to serve)",
            "排名依据：cost 服务成本、profit 利润（毛利减服务成本）",
        ),
        column(
            "allocation_key",
            "string",
            "Key that spreads the same cost instead of minutes: orders, revenue or customers (equal for all)",
            "替代工时的分摊依据：orders 订单、revenue 收入、customers 按人头均摊",
        ),
        column("n", "integer", "Customers ranked", "参与排名的客户", "customers"),
        column("allocated", "money", "Cost that is spread", "被分摊的成本"),
        column(
            "spearman",
            "number",
            "Spearman's rank correlation with the ranking by minutes (empty: all alike)",
            "与按工时排名的斯皮尔曼等级相关（空为全部相同）",
            "correlation",
        ),
        *interval_ends("spearman", "correlation"),
        column(
            "kendall",
            "number",
            "Kendall's τ_b of the percentiles of both rankings",
            "两种排名百分位的肯德尔 τ_b",
            "correlation",
        ),
        column(
            "moved",
            "integer",
            "Customers in another tenth than by minutes",
            "所属十分位改变的客户",
            "customers",
        ),
        column("moved_share", "number", "Their share", "其占比", SHARE),
        *interval_ends("moved_share", SHARE),
        column(
            "far_up",
            "integer",
            "Of these, three tenths or more higher",
            "其中上移三个十分位及以上",
            "customers",
        ),
        column(
            "far_down",
            "integer",
            "Of these, three tenths or more lower",
            "其中下移三个十分位及以上",
            "customers",
        ),
        column(
            "to_loss",
            "integer",
            "Profitable by minutes, a loss by this key",
            "按工时盈利、按此依据亏损",
            "customers",
        ),
        column(
            "to_profit",
            "integer",
            "A loss by minutes, profitable by this key",
            "按工时亏损、按此依据盈利",
            "customers",
        ),
        column("sign_share", "number", "Share of customers whose sign changes", "盈亏改变的客户占比", SHARE),
        *interval_ends("sign_share", SHARE),
        column(
            "warning",
            "flag",
            "True: more than 5 % change sign, or the rank correlation is below 0.9, beyond chance",
            "盈亏改变者超过 5%，或等级相关低于 0.9，且非偶然",
        ),
        CURRENCY,
        column("hidden", "flag", "True: too few customers to publish", "客户太少不予公布"),
    ),
    ("ranking", "allocation_key"),
    Text(
        "How much the ranking of customers hangs on the key by which cost is spread over them.",
        "客户排名在多大程度上取决于成本的分摊依据。",
    ),
    _movers,
)
