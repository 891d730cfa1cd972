"""What the demonstration is made of: a simulated airline, its last answers moved to the last weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from peakend.demo import simulate
from peakend.demo.simulator.calendar import FIRST_DAY
from peakend.engine import connect

if TYPE_CHECKING:
    from peakend.engine import Engine

CUSTOMERS = 3000
ANSWERS = 600
WEEKS = 9
PARTS = ("checkin", "security", "lounge", "boarding", "cabin", "meals", "baggage")


_TABLES = (
    "answers",
    "customers",
    "employees",
    "identities",
    "interactions",
    "responses",
    "segment_members",
    "sites",
    "touchpoints",
)


@dataclass(frozen=True, slots=True)
class Trip:
    """An answer after a trip: who, where, served by whom, the scores (None: not used), in their words."""

    key: str
    customer_id: str
    language: str
    at: datetime
    site: str
    employee_id: str
    touchpoint: str
    scores: dict[str, int | None]
    why: str
    tier: str = ""
    lounge_by: str = ""  # who served in the lounge


@dataclass(frozen=True, slots=True)
class Source:
    """The airline: rows of its tables as mappings, and its last trips in order of time."""

    sites: list[dict[str, Any]]
    employees: list[dict[str, Any]]
    touchpoints: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    trips: list[Trip]


def made(warehouse: str, now: datetime) -> Source:
    """Simulate the airline up to the last whole month into `warehouse` and read what the site needs of it."""
    months = (now.year - FIRST_DAY.year) * 12 + now.month - FIRST_DAY.month
    with connect(warehouse) as engine:
        simulate(
            "airline", customers=CUSTOMERS, seed=7, into=engine, months=min(max(months, 6), 60), replace=True
        )
        customers = _rows(engine, "server/demonstration/people")
        return Source(
            sites=_rows(engine, "select * from sites order by site_id"),
            employees=_rows(engine, "select * from employees where left_on is null order by employee_id"),
            touchpoints=_rows(engine, "select * from touchpoints order by position, touchpoint_id"),
            customers=customers,
            trips=_trips(engine, now, customers),
        )


def _rows(engine: Engine, sql: str) -> list[dict[str, Any]]:
    tables = {name: engine.table(name) for name in _TABLES}
    rows: list[dict[str, Any]] = engine.query(sql, {}, analysis=None, **tables).to_arrow().to_pylist()
    return rows


def _trips(engine: Engine, now: datetime, customers: list[dict[str, Any]]) -> list[Trip]:
    served = {
        (row["journey_id"], row["touchpoint_id"]): row["served_by"]
        for row in _rows(engine, "server/demonstration/served")
    }
    visits = _rows(engine, "server/demonstration/visits")[-ANSWERS:]
    # What the simulator let happen meanwhile is spread over the weeks: one story at a time.
    Random(9).shuffle(visits)
    tiers = {row["customer_id"]: row["tier"] or "" for row in customers}
    step = timedelta(weeks=WEEKS) / max(len(visits), 1)
    begin = now.astimezone(UTC) - timedelta(weeks=WEEKS) + step / 2
    return [
        _trip(visit, begin + n * step, served, tiers.get(visit["customer_id"], ""))
        for n, visit in enumerate(visits)
    ]


def _trip(visit: dict[str, Any], at: datetime, served: dict[tuple[str, str], str], tier: str) -> Trip:
    scores = {part: None if visit[part] is None else int(visit[part]) for part in (*PARTS, "satisfied")}
    met = {part: score for part, score in scores.items() if score is not None and part in PARTS}
    # What was worst is what the answer is about; somebody there served the customer.
    worst = min(met, key=lambda part: (met[part], part)) if met else "cabin"
    return Trip(
        key=visit["response_id"],
        customer_id=visit["customer_id"],
        language=visit["language"] or "zh",
        at=at,
        site=str(visit["cluster"]).partition("/")[0],
        employee_id=served.get((visit["journey_id"], worst), ""),
        touchpoint=worst,
        scores={"recommend": int(visit["recommend"]), **scores},
        why=visit["why"] or "",
        tier=tier,
        lounge_by=served.get((visit["journey_id"], "lounge"), ""),
    )
