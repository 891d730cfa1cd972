"""Relative perceived quality and relative price: where our offer stands beside each competitor's.

Source: Gale (1994), Managing Customer Value, chapters 2 and 8.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.value.offers.offer_columns import RELATIVE_VALUE, RIVAL_PROBLEMS
from peakend.value.offers.rivals import OwnRating, own_ratings, rival_cells, together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from peakend.declaration import Inputs, Results, Settings

    Row = dict[str, Any]

ALL = "(all)"
QUARTERS = 4
"""The latest quarters that count."""

LEAST_CELLS = 4
"""Prices (product × quarter) that a category needs for a row of its own."""

SAME_PRICE = 0.01
"""Prices no further apart than this share are the same price."""


def relative_tables(inputs: Inputs) -> Results:
    """`relative_value` and `rival_problems`."""
    cells, problems, currency = rival_cells(inputs)
    rows = compared(cells, own_ratings(inputs), inputs.settings)
    return {
        RELATIVE_VALUE.name: RELATIVE_VALUE.of([row | {"currency": currency} for row in rows]),
        RIVAL_PROBLEMS.name: RIVAL_PROBLEMS.of(problems),
    }


def compared(cells: Sequence[Row], ratings: dict[date, OwnRating], settings: Settings) -> list[Row]:
    """A row a competitor, all products together and by category.

    The last four quarters in which both a competitor's price and our rating are known. Relative quality q =
    our mean rating ÷ theirs (mean of product × quarter); relative price p = geometric mean of our price ÷
    theirs for the same product and quarter; head to head = q ÷ p: 1 for an identical competitor. Intervals
    and tests are those of our rating (Student, one value a response), Holm's correction over all rows.
    """
    quarters = sorted({cell["quarter_on"] for cell in cells} & set(ratings))[-QUARTERS:]
    if not quarters:
        return []
    own = together([ratings[quarter] for quarter in quarters])
    kept = [cell for cell in cells if cell["quarter_on"] in quarters]
    span = {"from_on": quarters[0], "to_on": quarters[-1]}
    found = []
    for rival in sorted({cell["competitor_id"] for cell in kept}):
        theirs = [cell for cell in kept if cell["competitor_id"] == rival]
        groups = {ALL: theirs}
        named = sorted({cell["category"] for cell in theirs})
        if len(named) > 1:
            groups |= {name: [cell for cell in theirs if cell["category"] == name] for name in named}
        for category, group in groups.items():
            if category == ALL or len(group) >= LEAST_CELLS:
                row = {"competitor_id": rival, "category": category, **span}
                found.append(row | _compared(group, own, settings))
    _judge(found, settings)
    return found


def position(relative_quality: float, relative_price: float, differs: bool) -> str:
    """What an offer is beside another: better_value, premium, economy, worse_value or cannot_tell.

    differs: whether quality is shown to differ. Prices within 1 % are the same price.
    """
    if not differs:
        return "cannot_tell"
    if relative_quality > 1:
        return "premium" if relative_price > 1 + SAME_PRICE else "better_value"
    return "economy" if relative_price < 1 - SAME_PRICE else "worse_value"


def _compared(group: Sequence[Row], own: OwnRating, settings: Settings) -> Row:
    counts: Row = {
        "products": len({cell["product_id"] for cell in group}),
        "prices": len(group),
        "sold_prices": sum(int(cell["from_sales"]) for cell in group),
    }
    if own.responses < settings.minimum_base:
        return counts | {"hidden": True}
    rival = math.fsum(cell["rating"] for cell in group) / len(group)
    logs = [math.log(cell["own_price"] / cell["price"]) for cell in group]
    price = math.exp(math.fsum(logs) / len(logs))
    quality = own.mean / rival
    row: Row = counts | {
        "responses": own.responses, "own_rating": own.mean, "rival_rating": rival,
        "relative_quality": quality, "relative_price": price, "head_to_head": quality / price,
        "hidden": False,
    }  # fmt: skip
    se = own.standard_error
    if se is None:
        return row
    half = float(t_quantile(settings.confidence, own.responses - 1)) * se
    for end, rating in (("low", max(own.mean - half, 1.0)), ("high", min(own.mean + half, 5.0))):
        row[f"own_rating_{end}"] = rating
        row[f"relative_quality_{end}"] = rating / rival
        row[f"head_to_head_{end}"] = rating / rival / price
    row["p_value"] = 2 * float(stdtr(own.responses - 1, -abs(own.mean - rival) / se))
    return row


def _judge(rows: list[Row], settings: Settings) -> None:
    adjusted, _ = holm(np.array([row.get("p_value", math.nan) for row in rows], np.float64))
    for row, p in zip(rows, adjusted.tolist(), strict=True):
        if row["hidden"]:
            continue
        row["adjusted_p"] = None if math.isnan(p) else p
        differs = not math.isnan(p) and p <= settings.alpha
        row["position"] = position(row["relative_quality"], row["relative_price"], differs)
