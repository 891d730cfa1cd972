"""The lines of an order: products, quantities, prices, discounts and costs that add up to its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.demo.simulator.columns import canonical, constant, identifiers, money, numbers, picked, times
from peakend.demo.simulator.draws import Array, pick
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import order_customers, order_ids, transaction_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.company import Company

UNIT = 10_000
"""Money is counted in ten-thousandths of the currency unit, the precision of the warehouse."""

_BUCKETS = 400
_MOST_QUANTITY = 12
_LEAD_WEIGHT = 8.0
# How steeply products are avoided whose price would need a discount to fit, or many pieces.
_DISCOUNT_SCALE = 0.08
_QUANTITY_POWER = 0.7


def _step(block: Block) -> None:
    orders, company = block.orders, block.world.company
    how_many = 1 + pick(block.drawn_orders("lines.count")[0], np.array(company.buying.lines))
    order = np.repeat(np.arange(len(orders)), how_many)
    start = np.concatenate([[0], np.cumsum(how_many)[:-1]])
    line = np.arange(len(order)) - start[order]
    index, ordinal = orders["index"][order], orders["ordinal"][order]
    u = block.world.draws.uniforms("lines", index, ordinal, line)
    leads = (line == 0) & (company.buying.lead_category is not None)
    parts = (0.2 - np.log(u[0])) * np.where(leads, _LEAD_WEIGHT, 1.0)
    revenue = _split(orders["cents"], order, start, parts) * (UNIT // 100)
    product = _products(company, revenue, leads, u[1])
    price = np.array([round(p.price * UNIT) for p in company.products])[product]
    cost = np.array([round(p.cost * UNIT) for p in company.products])[product]
    quantity = np.maximum(-(-revenue // price), 1)
    block.lines = Frame(
        {
            "order": order,
            "index": index,
            "ordinal": ordinal,
            "line": line,
            "at": orders["at"][order],
            "product": product,
            "quantity": quantity,
            "price": price,
            "revenue": revenue,
            "discount": quantity * price - revenue,
            "cost": quantity * cost,
            "refund_of": np.full(len(order), -1),
            "late": np.zeros(len(order), np.int64),
        }
    )


def _split(cents: Array, order: Array, start: Array, parts: Array) -> Array:
    """Whole cents of every line in proportion to `parts`; the lines of an order add up to its value."""
    share = parts / np.add.reduceat(parts, start)[order]
    whole = np.floor(cents[order] * share).astype(np.int64)
    whole[start] += cents - np.add.reduceat(whole, start)
    return whole


def _products(company: Company, revenue: Array, leads: Array, u: Array) -> Array:
    """A product for each line: of the lead category where it leads an order, else of the others."""
    lead = np.array([p.category == company.buying.lead_category for p in company.products])
    if not lead.any():
        return _chosen(company, np.ones(len(lead), bool), revenue, u)
    return np.where(leads, _chosen(company, lead, revenue, u), _chosen(company, ~lead, revenue, u))


def _chosen(company: Company, among: Array, revenue: Array, u: Array) -> Array:
    """A product for each line, likely one of which few pieces cost just what the line is worth.

    Values are put into log-spaced buckets; each bucket has one cumulative distribution over the products.
    """
    prices = np.array([p.price for p in company.products])
    weights = np.array([p.weight for p in company.products]) * among
    edges = np.linspace(np.log(prices.min()) - 1, np.log(prices.max() * _MOST_QUANTITY), _BUCKETS)
    value = np.exp(edges)[:, None]
    pieces = np.maximum(np.ceil(value / prices), 1)
    discount = 1 - value / (pieces * prices)
    likely = weights * (np.exp(-discount / _DISCOUNT_SCALE) + 1e-9) / pieces**_QUANTITY_POWER
    cumulative = np.cumsum(likely, axis=1)
    cumulative /= cumulative[:, -1:]
    bucket = np.clip(np.searchsorted(edges, np.log(np.maximum(revenue, 1) / UNIT)), 0, _BUCKETS - 1)
    staircase = (cumulative + np.arange(_BUCKETS)[:, None]).ravel()
    place = np.searchsorted(staircase, bucket + u, side="right") - bucket * len(weights)
    chosen: Array = np.clip(place, 0, len(weights) - 1)
    return chosen


def _attributes(lines: Frame) -> pa.Array:
    """What a source would note beside a line: which line a refund takes back, how late it was recorded."""
    refunds = identifiers(
        '{"refund_of": "T',
        (lines["index"], 8),
        (lines["ordinal"], 4),
        (np.maximum(lines["refund_of"], 0), 2),
        '"}',
        where=lines["refund_of"] >= 0,
    )
    late = picked(
        [f'{{"recorded_days_late": {days}}}' for days in range(100)], lines["late"], where=lines["late"] > 0
    )
    return pc.coalesce(refunds, late)


def _rows(block: Block) -> Rows:
    lines, orders, company = block.lines, block.orders, block.world.company
    order = lines["order"]
    refund = lines["refund_of"] >= 0
    kinds = np.array([p.kind == "fee" for p in company.products])[lines["product"]].astype(np.int64)
    yield (
        "transactions",
        canonical(
            "transactions",
            block.world.source,
            {
                "transaction_id": transaction_ids(lines),
                "order_id": order_ids(lines["index"], lines["ordinal"]),
                "customer_id": order_customers(block, order),
                "product_id": picked([p.id for p in company.products], lines["product"]),
                "at": times(lines["at"]),
                "kind": picked(["sale", "fee", "refund"], np.where(refund, 2, kinds)),
                "quantity": numbers(lines["quantity"]),
                "unit_price": money(lines["price"]),
                "revenue": money(lines["revenue"]),
                "discount": money(lines["discount"]),
                "cost": money(lines["cost"]),
                "currency": constant(company.currency, len(lines)),
                "channel": picked(list(company.buying.channels), orders["channel"][order]),
                "site_id": picked(
                    [site.id for site in company.sites],
                    orders["place"][order],
                    where=orders["at_site"][order],
                ),
                "attributes": _attributes(lines),
            },
        ),
    )


MECHANISM = Mechanism(
    name="lines",
    meaning=Text(
        "Orders are made of lines whose revenue is quantity × price less discount.",
        "订单由若干行组成：收入 = 数量 × 单价 − 折扣。",
    ),
    after=("orders",),
    step=_step,
    rows=_rows,
)
