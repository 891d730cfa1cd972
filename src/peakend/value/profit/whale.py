"""The analysis `profit_whale`: the whale curve, deciles with a policy for each, and who is valuable."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from scipy.special import ndtri

from peakend.declaration import ARROW_TYPES
from peakend.feedback.intervals import wilson
from peakend.language import Text
from peakend.value.profit.tiers import tier_of
from peakend.value.profit.whale_columns import PROFIT_DECILES, PROFIT_FIGURES, PROFIT_WHALE
from peakend.value.revenue import reconcile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

THRESHOLDS = (
    *(("customers", share) for share in (0.05, 0.1, 0.2, 0.3)),
    *(("profit", share) for share in (0.5, 0.8)),
)
# Somebody who came this recently has hardly had time to pay for being won.
YOUNG_DAYS = 90

_NAMES: Mapping[str, Text] = {
    "customers": Text("Customers", "客户"),
    "profitable": Text("Value customers (profit above zero)", "价值客户（利润大于零）"),
    "break_even": Text("Customers with a profit of zero", "利润为零的客户"),
    "unprofitable": Text("Unprofitable customers", "亏损客户"),
    "peak": Text("Peak of the whale curve", "鲸鱼曲线的峰值"),
}


def whale_tables(inputs: Inputs) -> Results:
    """The three tables. Σ deciles = Σ percentiles = total profit exactly, or `ReconciliationError`.

    The curve goes from the most to the least profitable customer: cumulative profit over total profit
    against the share of customers. Its peak is Σ max(profit, 0) / Σ profit, at the share of customers with
    profit above zero. Without a total above zero there is no percentage of it, and the columns are empty.
    Source: Kaplan & Narayanan (2001), Measuring and managing customer profitability, Journal of Cost
    Management 15(5), pp. 5–15.
    """
    found = inputs.query("value/profit/whale_percentiles").to_arrow().to_pylist()
    found.sort(key=lambda row: row["percentile"])
    if not found:
        tables = (PROFIT_WHALE, PROFIT_DECILES, PROFIT_FIGURES)
        return {table.name: table.schema().empty_table() for table in tables}
    told = inputs.query(
        "select max(p.currency) as currency, max(p.as_of_on) as as_of_on from customer_profit p"
    ).to_arrow()
    known = {"currency": told["currency"][0].as_py(), "as_of_on": told["as_of_on"][0].as_py()}
    total = sum((Decimal(row["profit"]) for row in found), Decimal(0))
    deciles = _deciles(inputs, total)
    reconcile(total, {str(row["decile"]): row["profit"] for row in deciles})
    figures = _figures(inputs, found, total)
    return {
        PROFIT_WHALE.name: PROFIT_WHALE.of([{**row, **known} for row in _curve(found, total)]),
        PROFIT_DECILES.name: PROFIT_DECILES.of([{**row, **known} for row in deciles]),
        PROFIT_FIGURES.name: PROFIT_FIGURES.of(
            [{"position": place, **row, **known} for place, row in enumerate(figures, start=1)]
        ),
    }


def customers_of(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers behind a row of any of the three tables: customer_id, profit, revenue, cost to serve."""
    params: dict[str, Any] = {"what": "everybody", "number": 0, "share": 0.0}
    if "percentile" in row:
        params |= {"what": "percentile", "number": int(row["percentile"])}
    elif "decile" in row:
        params |= {"what": "decile", "number": int(row["decile"])}
    elif row["kind"] == "threshold":
        by, _, share = str(row["measure"]).rpartition("_")
        params |= {"what": by.removeprefix("high_value_"), "share": int(share) / 100}
    elif row["measure"] == "peak":
        params["what"] = "profitable"
    elif row["measure"] in ("profitable", "unprofitable", "break_even"):
        params["what"] = row["measure"]
    return inputs.query("value/profit/whale_customers", params)


def _curve(found: Sequence[Mapping[str, Any]], total: Decimal) -> list[dict[str, Any]]:
    everybody = sum(row["customers"] for row in found)
    count, running = 0, Decimal(0)
    rows = [_point(0, 0, everybody, running, total, Decimal(0))]
    for row in found:
        count, running = count + row["customers"], running + Decimal(row["profit"])
        rows.append(_point(row["percentile"], count, everybody, running, total, Decimal(row["profit"])))
    return rows


def _point(
    percentile: int, count: int, everybody: int, running: Decimal, total: Decimal, own: Decimal
) -> dict[str, Any]:
    return {
        "percentile": percentile,
        "customers": count,
        "customer_share": count / everybody,
        "own_profit": own,
        "profit": running,
        "profit_share": float(running / total) if total > 0 else None,
    }


def _deciles(inputs: Inputs, total: Decimal) -> list[dict[str, Any]]:
    valued = inputs.relations.get("lifetime_values") or inputs.engine.from_arrow(_UNVALUED)
    rows = inputs.query(
        "value/profit/profit_deciles", {"young_days": YOUNG_DAYS}, lifetime_values=valued
    ).to_arrow()
    found = sorted(rows.to_pylist(), key=lambda row: row["decile"])
    for row in found:
        for name in ("revenue", "margin", "other_value", "cost_to_serve", "acquisition", "retention"):
            row[name] = Decimal(row[name])
        row["profit"] = Decimal(row["profit"])
        row["profit_share"] = float(row["profit"] / total) if total > 0 else None
        row["mean_profit"] = float(row["profit"]) / row["customers"]
        tier = tier_of(row["decile"], row["profit"])
        row |= {"tier": tier.code, "tier_en": tier.name.en, "tier_zh": tier.name.zh}
        row |= {"policy_en": tier.policy.en, "policy_zh": tier.policy.zh}
        caution = _caution(row, inputs.settings.minimum_base)
        row |= {"caution_en": caution.en, "caution_zh": caution.zh} if caution else {}
    return found


def _caution(row: Mapping[str, Any], base: int) -> Text | None:
    """What past profit alone would get wrong here; None where nothing is known to be."""
    said: list[Text] = []
    if row["customers"] < base:
        said.append(Text(f"Only {row['customers']} customers.", f"仅 {row['customers']} 位客户。"))
    if row["young_unprofitable"]:
        n = row["young_unprofitable"]
        said.append(
            Text(
                f"{n} of those without profit first bought in the last {YOUNG_DAYS} days.",
                f"未盈利者中有 {n} 位在近 {YOUNG_DAYS} 天内首次购买。",
            )
        )
    if row["would_pay_back"]:
        n = row["would_pay_back"]
        said.append(
            Text(
                f"{n} of those without profit are expected to bring more than they have cost.",
                f"未盈利者中有 {n} 位预期带来的价值高于其已亏损额。",
            )
        )
    if 2 * row["bought_once"] > row["customers"]:
        n = row["bought_once"]
        said.append(
            Text(
                f"{n} of {row['customers']} bought on one day only: a ranking of single orders.",
                f"{row['customers']} 位中有 {n} 位只在一天内购买过：此排名实为单笔订单的排名。",
            )
        )
    if not said:
        return None
    return Text(" ".join(one.en for one in said), "".join(one.zh for one in said))


def _figures(inputs: Inputs, found: Sequence[Mapping[str, Any]], total: Decimal) -> list[dict[str, Any]]:
    n = sum(row["customers"] for row in found)
    above, below = (sum(row[name] for row in found) for name in ("profitable", "unprofitable"))
    gained = sum((Decimal(row["gained"]) for row in found), Decimal(0))
    lost = sum((Decimal(row["lost"]) for row in found), Decimal(0))
    reconcile(total, {"gained": gained, "lost": lost})
    confidence = inputs.settings.confidence
    rows = [{**_named("customers"), "customers": n, "profit": total, "value": 1.0, "unit": "share"}]
    parts = (
        ("profitable", above, gained),
        ("break_even", n - above - below, Decimal(0)),
        ("unprofitable", below, lost),
    )
    for name, count, money in parts:
        low, high = wilson([count / n], [n], confidence)
        share = {
            "value": count / n,
            "value_low": float(low[0]),
            "value_high": float(high[0]),
            "unit": "share",
        }
        rows.append({**_named(name), "customers": count, "profit": money, **share})
    rows.append(
        {**_named("peak"), "customers": above, "profit": gained, **_peak(found, n, gained, total, confidence)}
    )
    return [*rows, *_high_values(inputs, n, total)]


def _peak(
    found: Sequence[Mapping[str, Any]], n: int, gained: Decimal, total: Decimal, confidence: float
) -> dict[str, Any]:
    """Peak as a multiple of total profit, with a linearised interval: a ratio of means, z_k = (a − r b)/b̄,
    a = max(profit, 0), b = profit; var r = Σ z²/(n (n − 1)). Customers count as a sample of those the company
    might have had. Source: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 5.6."""
    if total <= 0:
        return {"unit": "share"}
    ratio = float(gained / total)
    if n < 2:
        return {"value": ratio, "unit": "share"}
    squares, positive = (sum(row[name] for row in found) for name in ("squares", "gained_squares"))
    spread = max(positive * (1 - 2 * ratio) + ratio**2 * squares, 0.0)
    half = float(ndtri(0.5 + confidence / 2)) * math.sqrt(spread * n / (n - 1)) / float(total)
    return {"value": ratio, "value_low": max(ratio - half, 1.0), "value_high": ratio + half, "unit": "share"}


def _high_values(inputs: Inputs, n: int, total: Decimal) -> list[dict[str, Any]]:
    by, share = zip(*THRESHOLDS, strict=True)
    asked = pa.table({"threshold_by": pa.array(by), "share": pa.array(share, pa.float64())})
    counted = inputs.query("value/profit/value_thresholds", thresholds=inputs.engine.from_arrow(asked))
    told = {(row["threshold_by"], row["share"]): row for row in counted.to_arrow().to_pylist()}
    rows = []
    for threshold_by, part in THRESHOLDS:
        row = told.get((threshold_by, part), {"customers": 0, "profit": Decimal(0)})
        percent = round(100 * part)
        label = {
            "customers": Text(f"Most profitable {percent} % of customers", f"利润最高的 {percent}% 客户"),
            "profit": Text(f"Fewest that make {percent} % of all gains", f"贡献 {percent}% 盈利的最少客户"),
        }[threshold_by]
        rows.append(
            {
                "measure": f"high_value_{threshold_by}_{percent}",
                "kind": "threshold",
                "label_en": label.en,
                "label_zh": label.zh,
                "customers": row["customers"],
                "profit": Decimal(row["profit"]),
                "value": float(Decimal(row["profit"]) / total) if total > 0 else None,
                "unit": "share",
                "customer_share": row["customers"] / n,
            }
        )
    return rows


def _named(measure: str) -> dict[str, Any]:
    name = _NAMES[measure]
    return {"measure": measure, "kind": "curve", "label_en": name.en, "label_zh": name.zh}


_UNVALUED = pa.table(
    {
        "customer_id": pa.array([], pa.string()),
        "lifetime_value": pa.array([], ARROW_TYPES["money"]),
    }
)
