"""Time-driven costing of numbers at hand: a pool and its volumes, a table of activities, a data frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.costing.apportionment import apportion
from peakend.value.costing.pools import exact, pools_of, reporting_currency
from peakend.value.costing.problems import CostingProblem
from peakend.value.costing.rates import NOTHING, ActivityCost, Key, PoolCost, cost_pools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

Rows = list[dict[str, Any]]


class CostingError(PeakendError):
    """What was given cannot be read as activities or volumes. `data`: missing, given."""

    code = "value.costing"


@dataclass(frozen=True, slots=True)
class CustomerCost:
    """What one customer's units cost over all activities and periods; minutes of work they took."""

    customer_id: str
    cost: Decimal
    minutes: float


@dataclass(frozen=True, slots=True)
class ActivityCosts:
    """A costing: customers + unidentified + unused + not_costed = the cost of all pools, to the last digit.

    customers, unidentified: only where volumes name customers (unidentified: volume without one; all of the
    assigned cost where none is named). problems: what was wrong, and left out.
    """

    pools: tuple[PoolCost, ...]
    activities: tuple[ActivityCost, ...]
    customers: tuple[CustomerCost, ...]
    unidentified: Decimal
    problems: tuple[CostingProblem, ...]
    currency: str | None

    @property
    def cost(self) -> Decimal:
        return sum((pool.cost or NOTHING for pool in self.pools), NOTHING)

    @property
    def assigned(self) -> Decimal:
        return sum((pool.assigned for pool in self.pools), NOTHING)

    @property
    def unused(self) -> Decimal:
        return sum((pool.unused for pool in self.pools), NOTHING)

    @property
    def not_costed(self) -> Decimal:
        return sum((pool.not_costed for pool in self.pools), NOTHING)

    def activity(self, activity_id: str) -> ActivityCost:
        """The only period of `activity_id`; KeyError where there is none, or are several."""
        found = [one for one in self.activities if one.activity_id == activity_id]
        if len(found) != 1:
            raise KeyError(activity_id)
        return found[0]


def activity_costs(
    activities: Any,  # noqa: ANN401 - any data frame
    volumes: Any,  # noqa: ANN401 - any data frame
    *,
    pool_cost: Any = None,  # noqa: ANN401 - any number
    capacity_minutes: Any = None,  # noqa: ANN401 - any number
    currency: str | None = None,
) -> ActivityCosts:
    """Time-driven activity-based costing of numbers at hand.

    One pool: `pool_cost` (money) and `capacity_minutes` (practical capacity) for a period, `activities` as
    {activity: minutes a unit} and `volumes` as {activity: units}. Several pools or periods: `activities` as a
    data frame or rows with the columns of the canonical table (activity_id, pool, pool_cost,
    capacity_minutes, unit_minutes; where there are any, period_on, standard_cost, standard_capacity_minutes,
    standard_unit_minutes, surveyed_share, currency), `volumes` as a frame or rows with activity_id, volume
    and, where there are any, period_on and customer_id.

    rate = cost / practical capacity; unit cost = rate × unit minutes; what is not used is kept apart and
    never spread over customers. Numbers count as they are written (0.1 is a tenth); money is exact to four
    places. What is wrong with a number is in `problems`; `CostingError` where a column is missing.

    >>> found = activity_costs({"orders": 8}, {"orders": 49_000}, pool_cost=560_000, capacity_minutes=700_000)
    >>> found.activity("orders").unit_cost, found.unused
    (Decimal('6.4'), Decimal('246400.0000'))

    Source: Kaplan & Anderson (2004), Harvard Business Review 82(11), pp. 131–138.
    """
    described, counted = _described(activities, pool_cost, capacity_minutes), _counted(volumes)
    chosen = reporting_currency(described, currency)
    pools, known, problems = pools_of(described, chosen)
    known_keys: dict[Key, Fraction] = {(a.activity_id, a.period_on): Fraction(0) for a in known}
    by_customer: dict[Key, dict[str | None, Fraction]] = {}
    for row in counted:
        key: Key = (str(row["activity_id"]), row.get("period_on"))
        volume = exact(row["volume"])
        if volume < 0:
            problems.append(CostingProblem("negative_volume", None, key[0], key[1]))
        elif key not in known_keys:
            problems.append(CostingProblem("unknown_activity", None, key[0], key[1]))
        else:
            known_keys[key] += volume
            own = by_customer.setdefault(key, {})
            customer = None if row.get("customer_id") is None else str(row["customer_id"])
            own[customer] = own.get(customer, Fraction(0)) + volume
    pool_costs, costs, more = cost_pools(pools, known, known_keys)
    problems += more
    customers, unidentified = _by_customer(costs, by_customer)
    return ActivityCosts(
        tuple(pool_costs), tuple(costs), tuple(customers), unidentified, tuple(problems), chosen
    )


def _by_customer(
    costs: Iterable[ActivityCost], volumes: Mapping[Key, Mapping[str | None, Fraction]]
) -> tuple[list[CustomerCost], Decimal]:
    """Every activity's cost by its volume; of equal remainders the first customers by id get more."""
    money: dict[str | None, Decimal] = {}
    minutes: dict[str | None, Fraction] = {}
    for cost in costs:
        own = volumes.get((cost.activity_id, cost.period_on), {})
        total = sum(own.values(), Fraction(0))
        if not cost.cost or not total or cost.minutes is None:
            continue
        order = sorted(own, key=lambda customer: (customer is None, customer or ""))
        for customer, part in zip(order, apportion(cost.cost, [own[c] for c in order]), strict=True):
            money[customer] = money.get(customer, NOTHING) + part
            taken = Fraction(cost.minutes) * own[customer] / total
            minutes[customer] = minutes.get(customer, Fraction(0)) + taken
    named = sorted(customer for customer in money if customer is not None)
    return [CustomerCost(c, money[c], float(minutes[c])) for c in named], money.get(None, NOTHING)


def _described(activities: Any, cost: Any, capacity: Any) -> Rows:  # noqa: ANN401 - any data frame, numbers
    if cost is None and capacity is None:
        rows = _rows(activities)
        _require(rows, ("activity_id", "pool", "pool_cost", "capacity_minutes", "unit_minutes"))
        return rows
    if not isinstance(activities, Mapping) or cost is None or capacity is None:
        raise CostingError(
            Text(
                "For one pool give pool_cost, capacity_minutes and the minutes of each activity.",
                "计算单个资源池时，请同时给出 `pool_cost`、`capacity_minutes` 及各作业的单位耗时。",
            ),
            Text(
                'For example activity_costs({"orders": 8}, {"orders": 49000}, pool_cost=560000, '
                "capacity_minutes=700000).",
                '例如 `activity_costs({"orders": 8}, {"orders": 49000}, pool_cost=560000, '
                "capacity_minutes=700000)`。",
            ),
        )
    return [
        {
            "activity_id": name,
            "pool": "pool",
            "pool_cost": cost,
            "capacity_minutes": capacity,
            "unit_minutes": unit,
        }
        for name, unit in activities.items()
    ]


def _counted(volumes: Any) -> Rows:  # noqa: ANN401 - any data frame
    if isinstance(volumes, Mapping):
        return [{"activity_id": name, "volume": volume} for name, volume in volumes.items()]
    rows = _rows(volumes)
    _require(rows, ("activity_id", "volume"))
    return rows


def _rows(frame: Any) -> Rows:  # noqa: ANN401 - any data frame
    """Rows of pandas, Polars, Arrow, a relation, or a list of mappings; what is missing is None."""
    import pyarrow as pa

    if isinstance(frame, (list, tuple)):
        rows = [dict(row) for row in frame]
    else:
        try:
            rows = (frame if isinstance(frame, pa.Table) else pa.table(frame)).to_pylist()
        except (TypeError, ValueError, pa.ArrowException) as cause:
            given = type(frame).__name__
            raise CostingError(
                Text(
                    f"Activities and volumes come as a data frame, rows or a dictionary, not as {given}.",
                    f"作业与数量应为数据框、行的列表或字典，而不是 {given}。",
                ),
                given=given,
            ) from cause
    return [{name: _known(value) for name, value in row.items() if name != "driver"} for row in rows]


def _known(value: Any) -> Any:  # noqa: ANN401 - a value of a cell
    return None if isinstance(value, float) and math.isnan(value) else value


def _require(rows: Rows, columns: Iterable[str]) -> None:
    missing = sorted(set(_missing(rows, columns)))
    if missing:
        listed = ", ".join(missing)
        raise CostingError(
            Text(f"Rows lack {listed}.", f"数据缺少列：{listed}。"),
            Text(
                "Name the columns as the canonical table does: activity_id, pool, pool_cost, "
                "capacity_minutes, unit_minutes; of volumes activity_id and volume.",
                "请按标准表命名各列：`activity_id`、`pool`、`pool_cost`、`capacity_minutes`、`unit_minutes`；"
                "数量表为 `activity_id` 与 `volume`。",
            ),
            missing=missing,
        )


def _missing(rows: Rows, columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        if any(column not in row for row in rows):
            yield column
