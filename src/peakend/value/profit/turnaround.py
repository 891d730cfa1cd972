"""The analysis `turnaround`: which levers would turn how many of the unprofitable customers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from peakend.value.profit.cut_columns import TURNAROUND
from peakend.value.profit.levers import Assumptions, LeverSet, lever_sets, levers_table
from peakend.value.profit.whale import YOUNG_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

NOT_FEASIBLE = "none"


def turnaround_tables(inputs: Inputs, assumed: Assumptions | None = None) -> Results:
    """The table: a simulated statement of the customers with profit below zero, for every set of levers.

    profit after = (revenue × price + discounts × part no longer given) × volume − product cost × volume −
    cost to serve × factor + everything else as it was; turned: profit after ≥ 0. Negative net revenue (and
    cost) is left as it is. A simulation under the assumptions, no forecast: nothing here says that customers
    would react so. `smallest_for`: customers for whom no set with fewer levers (or earlier in the order of
    levers) is enough; with the row `none` they make all unprofitable customers.
    """
    assumptions = assumed or Assumptions()
    sets = lever_sets(assumptions)
    found = _outcomes(inputs, sets).query("value/profit/turnaround", name="lever_outcomes")
    counted = {row["lever_set"]: row for row in found.to_arrow().to_pylist()}
    if not counted:
        return {TURNAROUND.name: TURNAROUND.schema().empty_table()}
    currency, day = _known(inputs)
    told = {"currency": currency, "as_of_on": day}
    words = assumptions.words()
    told |= {"assumptions_en": words.en, "assumptions_zh": words.zh}
    rows = [{**_row(one, counted[one.code]), **told} for one in sets]
    rows.append({**_none(counted[sets[-1].code], len(sets)), **told})
    return {TURNAROUND.name: TURNAROUND.of(rows)}


def customers_of(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers whom the row's levers turn (of `none`: whom no levers turn): customer_id, profit_before,
    profit_after, smallest_set (the fewest levers that are enough)."""
    sets = lever_sets(Assumptions())
    feasible = row["lever_set"] != NOT_FEASIBLE
    return _outcomes(inputs, sets).query(
        "value/profit/turnaround_customers",
        {"feasible": int(feasible), "lever_set": row["lever_set"] if feasible else sets[-1].code},
        name="lever_outcomes",
    )


def _outcomes(inputs: Inputs, sets: Sequence[LeverSet]) -> Relation:
    currency, day = _known(inputs)
    return inputs.query(
        "value/profit/lever_outcomes",
        {"currency": currency, "as_of": day, "young_days": YOUNG_DAYS},
        levers=inputs.engine.from_arrow(levers_table(tuple(sets))),
    )


def _known(inputs: Inputs) -> tuple[Any, Any]:
    found = inputs.query(
        "select max(p.currency) as currency, max(p.as_of_on) as as_of_on from customer_profit p"
    ).to_arrow()
    return found["currency"][0].as_py(), found["as_of_on"][0].as_py()


def _row(one: LeverSet, found: Mapping[str, Any]) -> dict[str, Any]:
    money = {name: Decimal(found[name]) for name in _MONEY}
    return {
        "lever_set": one.code,
        "label_en": one.name.en,
        "label_zh": one.name.zh,
        "levers": len(one.levers),
        "position": one.place,
        "customers": found["customers"],
        "turned": found["turned"],
        "turned_share": found["turned"] / found["customers"],
        "young": found["young_turned"],
        "smallest_for": found["smallest_for"],
        "smallest_gain": money["smallest_after"] - money["smallest_before"],
        "profit_before": money["turned_before"],
        "profit_after": money["turned_after"],
        "all_before": money["profit_before"],
        "all_after": money["profit_after"],
        "gain": money["profit_after"] - money["profit_before"],
        "feasible": found["turned"] > 0,
    }


_MONEY = (
    *("profit_before", "profit_after", "turned_before", "turned_after"),
    *("smallest_before", "smallest_after"),
)


def _none(found: Mapping[str, Any], sets: int) -> dict[str, Any]:
    before = Decimal(found["not_feasible_before"])
    return {
        "lever_set": NOT_FEASIBLE,
        "label_en": "no set of levers",
        "label_zh": "任何手段组合均无法扭亏",
        "levers": 0,
        "position": sets + 1,
        "customers": found["customers"],
        "turned": 0,
        "turned_share": 0.0,
        "young": found["young_not_feasible"],
        "smallest_for": found["not_feasible"],
        "smallest_gain": Decimal(0),
        "profit_before": before,
        "profit_after": before,
        "all_before": Decimal(found["profit_before"]),
        "all_after": Decimal(found["profit_before"]),
        "gain": Decimal(0),
        "feasible": False,
    }
