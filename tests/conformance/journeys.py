"""Journeys of the conformance company: cases, seams, small errors, visits checked, an end-gesture experiment.

Drawn with a generator of their own and added to the company's tables, so that every analysis of journeys has
something to compute, and engines something to disagree on: equal times, clock changes, events without
customer, before 1970 and in 2099, touchpoints that nobody registered.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from conformance.journey_registry import DIMENSIONS, FIRST_DAY, SITES, STEPS, lists
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.journey_registry import Rows

JOURNEYS = 1_200
CUSTOMERS = 400
VISITORS = 120
# Clocks changed in Europe that night, in the middle of these journeys.
_CLOCK_CHANGES = (datetime(2024, 3, 30, 23, 30), datetime(2024, 10, 26, 23, 30))
_GESTURE_FROM = datetime(2024, 6, 1)
_LEVEL = {
    "j-search": 0.1,
    "j-book": 0.2,
    "j-checkin": -0.25,
    "j-lounge": 0.5,
    "j-flight": 0.15,
    "j-baggage": -0.3,
    "j-complaint": -0.6,
    "j-未登记": 0.0,
}
_CHANNELS = {
    "j-search": ("web", "app"),
    "j-book": ("web", "app", "phone"),
    "j-checkin": ("counter", "app"),
    "j-lounge": ("lounge",),
    "j-flight": ("cabin",),
    "j-baggage": ("belt",),
    "j-complaint": ("phone", "app"),
}
_MINUTES = {"j-checkin": 8, "j-lounge": 40, "j-flight": 110, "j-baggage": 18}


def with_journeys(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """`tables` with the rows of journeys behind their own."""
    random = np.random.default_rng(23)
    events = _journeys(random)
    more = lists()
    more["treatments"] = _treatments()
    more["interactions"] = [*events, *_visitors(random), *_odd_times()]
    more["identities"] = _identities()
    for name, rows in (
        *_asked(random, events).items(),
        ("handoffs", _handoffs(random, events)),
        ("defects", _defects(random, events)),
        ("service_checks", _checks(random, events)),
        ("cases", _complaints(random, events)),
        ("transactions", _bought(random, events)),
    ):
        more[name] = [*more.get(name, []), *rows]
    return {**tables, **{name: _added(tables.get(name), name, rows) for name, rows in more.items()}}


def _added(own: pa.Table | None, name: str, rows: Rows) -> pa.Table:
    schema = canonical_table(name).schema()
    new = pa.Table.from_pylist([{"source": "旅程", **row} for row in rows], schema=schema)
    return new if own is None else pa.concat_tables([own, new])


def _arm(number: int) -> str:
    """Drawn once a customer, by chance: the arms of the end-gesture experiment."""
    return "gesture" if np.random.default_rng([29, number]).random() < 0.5 else "control"


def _walk(random: np.random.Generator) -> list[str]:
    """A lived journey: as designed but for steps skipped, repeated, out of order, or not registered."""
    way = [step for step in STEPS if random.random() > (0.5 if step == "j-lounge" else 0.06)]
    if random.random() < 0.15:
        way.insert(int(random.integers(0, len(way))), str(random.choice(way)))
    if random.random() < 0.1:
        place = int(random.integers(0, max(len(way) - 1, 1)))
        way[place : place + 2] = way[place : place + 2][::-1]
    if random.random() < 0.08:
        way.append("j-complaint")
    if random.random() < 0.05:
        way.insert(0, "j-未登记")
    return (way * 3)[: max(len(way), 3)][:8]


def _journeys(random: np.random.Generator) -> Rows:
    rows: Rows = []
    for journey in range(JOURNEYS):
        number = int(random.integers(0, CUSTOMERS))
        start = FIRST_DAY + timedelta(
            days=int(random.integers(0, 720)), minutes=30 * int(random.integers(0, 48))
        )
        if journey < 2 * len(_CLOCK_CHANGES):
            start = _CLOCK_CHANGES[journey % 2]
        rows += _steps(random, journey, number, start)
    return rows


def _steps(random: np.random.Generator, journey: int, number: int, at: datetime) -> Rows:
    site = int(random.choice(3, p=[0.5, 0.3, 0.2]))
    mood = random.normal(0, 0.2)
    rows: Rows = []
    for place, touchpoint in enumerate(_walk(random)):
        if place and random.random() > 0.15:
            at += timedelta(minutes=30 * int(random.integers(1, 9)))
        feeling = _LEVEL[touchpoint] + mood + random.normal(0, 0.3)
        if touchpoint == "j-baggage" and at >= _GESTURE_FROM and _arm(number) == "gesture":
            feeling += 0.4
        served = touchpoint in _MINUTES
        rows.append(
            {
                "event_id": f"j{journey:04d}-{(place * 7) % 10}",
                "customer_id": f"c{number:05d}" if random.random() > 0.02 else None,
                "case_id": f"旅程{journey:04d}",
                "at": at,
                "touchpoint_id": touchpoint,
                "kind": "service" if served else "application",
                "channel": str(random.choice(_CHANNELS.get(touchpoint, ("web",)))),
                "site_id": SITES[site] if served else None,
                "employee_id": f"e{int(random.integers(0, 9))}" if served else None,
                "duration_s": None
                if random.random() < 0.05
                else round(60.0 * _MINUTES.get(touchpoint, 5) * float(random.lognormal(0, 0.3)), 1),
                "outcome": str(random.choice(["resolved", "unresolved"], p=[0.9, 0.1])) if served else None,
                "emotion": round(float(np.clip(feeling, -1, 1)), 2) if random.random() < 0.85 else None,
            }
        )
    return rows


def _visitors(random: np.random.Generator) -> Rows:
    """Anonymous searches, each with a device; for most of them `identities` tell later who it was."""
    return [
        {
            "event_id": f"v{visitor:04d}-{place}",
            "visitor_id": f"device-{visitor:04d}",
            "at": FIRST_DAY + timedelta(days=5 * visitor, hours=int(random.integers(0, 20)) + place),
            "touchpoint_id": "j-search" if place else "j-ad",
            "kind": "application",
            "channel": "web",
        }
        for visitor in range(VISITORS)
        for place in range(int(random.integers(1, 4)))
    ]


def _identities() -> Rows:
    """Two thirds of the devices turn out to be a customer's; one belongs to two people in turn."""
    rows = [
        {
            "identity_id": f"id-{visitor:04d}",
            "customer_id": f"c{visitor % CUSTOMERS:05d}",
            "kind": "device" if visitor % 2 else "cookie",
            "value": f"device-{visitor:04d}",
            "valid_from": FIRST_DAY + timedelta(days=5 * visitor + 1),
        }
        for visitor in range(VISITORS)
        if visitor % 3
    ]
    shared = {"identity_id": "id-shared", "customer_id": "c00399", "kind": "device", "value": "device-0001"}
    return [*rows, {**shared, "valid_from": datetime(2025, 1, 1)}]


def _odd_times() -> Rows:
    """Before 1970, in 2099, without anybody, all at one instant, one event only."""
    rows: Rows = [
        {"event_id": "odd-1899", "customer_id": "c00001", "at": datetime(1899, 12, 31, 23, 59)},
        {"event_id": "odd-1969", "customer_id": "c00001", "at": datetime(1969, 12, 31, 23, 59, 59, 999999)},
        {"event_id": "odd-2099", "customer_id": "c00002", "at": datetime(2099, 1, 1), "case_id": "旅程0001"},
        {"event_id": "odd-nobody", "at": datetime(2024, 5, 1)},
        {"event_id": "odd-alone", "customer_id": "lonely", "at": datetime(2024, 5, 1)},
    ]
    at_once = datetime(2024, 10, 27, 1, 30)
    rows += [
        {"event_id": f"odd-at-once-{n}", "customer_id": "c00003", "at": at_once, "case_id": "at once"}
        for n in range(6)
    ]
    names = ["j-search", "j-book", "j-checkin"]
    return [{**row, "touchpoint_id": names[place % 3], "emotion": 0.5} for place, row in enumerate(rows)]


def _by_journey(events: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for event in events:
        found.setdefault(event["case_id"], []).append(event)
    return {case: sorted(rows, key=lambda r: (r["at"], r["event_id"])) for case, rows in found.items()}


def _asked(random: np.random.Generator, events: Rows) -> dict[str, Rows]:
    """Of 6 journeys in 10: the whole (remembered by peak and end), touchpoints, dimensions."""
    responses: Rows = []
    answers: Rows = []
    for case, rows in _by_journey(events).items():
        felt = [row["emotion"] for row in rows if row["emotion"] is not None]
        last = rows[-1]
        if not felt or random.random() > 0.6:
            continue
        whole = 0.6 * max(felt, key=abs) + 0.4 * felt[-1] + random.normal(0, 0.2)
        key = f"{case}-答"
        responses.append(
            {
                "response_id": key,
                "survey_id": "trip",
                "customer_id": last["customer_id"],
                "event_id": last["event_id"],
                "answered_at": last["at"] + timedelta(days=1),
                "channel": "app",
                "language": "zh",
            }
        )
        given = {"q00000": _score(whole, 0, 10), "q00001": _score(whole, 1, 5)}
        given |= {
            f"j-at-{row['touchpoint_id'][2:]}": _score(row["emotion"] or 0.0, 1, 5)
            for row in rows
            if row["touchpoint_id"] in STEPS and random.random() < 0.8
        }
        given |= {
            f"j-{dimension}": _score(whole + random.normal(0, 0.4), 1, 5)
            for dimension in DIMENSIONS
            if random.random() < 0.5
        }
        answers += [
            {"response_id": key, "question_id": question, "state": "answered", "score": score}
            for question, score in given.items()
        ]
    return {"responses": responses, "answers": answers}


def _score(felt: float, low: int, high: int) -> float:
    """A feeling of −1 to 1 on a scale."""
    return float(np.clip(np.rint(low + (high - low) * (felt + 1) / 2), low, high))


def _handoffs(random: np.random.Generator, events: Rows) -> Rows:
    """From booking to check-in, where a journey has both: some missing, some never taken over."""
    rows: Rows = []
    for case, steps in _by_journey(events).items():
        places = {row["touchpoint_id"]: row for row in steps}
        if not {"j-book", "j-checkin"} <= set(places) or random.random() < 0.25:
            continue
        before, after = places["j-book"], places["j-checkin"]
        rows.append(
            {
                "handoff_id": f"h-{case}",
                "at": before["at"] + timedelta(minutes=5),
                "customer_id": before["customer_id"],
                "case_id": case,
                "from_touchpoint_id": "j-book",
                "to_touchpoint_id": "j-checkin",
                "from_channel": before["channel"],
                "to_channel": after["channel"],
                "accepted_at": None if random.random() < 0.1 else before["at"] + timedelta(minutes=20),
            }
        )
    return rows


def _defects(random: np.random.Generator, events: Rows) -> Rows:
    """Met at events, most often at check-in; and some that an audit found, without event."""
    met = [e for e in events if random.random() < (0.12 if e["touchpoint_id"] == "j-checkin" else 0.03)]
    rows: Rows = [
        {
            "defect_id": f"d{number:04d}",
            "at": event["at"],
            "touchpoint_id": event["touchpoint_id"],
            "channel": event["channel"],
            "site_id": event["site_id"],
            "customer_id": event["customer_id"],
            "event_id": event["event_id"],
            "kind": str(random.choice(["typing error", "指示不清", "long form"])),
            "severity": str(random.choice(["minor", "major", "critical"], p=[0.8, 0.17, 0.03])),
            "found_by": str(random.choice(["customer", "staff"])),
            "fixed_at": event["at"] + timedelta(days=3) if random.random() < 0.5 else None,
        }
        for number, event in enumerate(met)
    ]
    audit = {"at": datetime(2025, 2, 3), "touchpoint_id": "j-search", "channel": "web", "found_by": "audit"}
    return [*rows, {"defect_id": "d-audit", "kind": "broken link", "severity": "minor", **audit}]


_ITEMS = (
    ("On time", "准时", "timeliness", True),
    ("Badge worn", "佩戴工牌", "conduct", False),
    ("Greeting", "敲门问候", "conduct", True),
    ("Area cleaned up", "清理现场", "quality", True),
    ("Polite", "礼貌", "manner", False),
    ("By the book", "按规程", "procedure", False),
    ("Quick", "快捷", "efficiency", False),
    *((sense, sense, sense, False) for sense in ("sight", "hearing", "smell", "taste", "touch")),
)


def _checks(random: np.random.Generator, events: Rows) -> Rows:
    """A checklist of every fourth staffed event; one site forgets to greet."""
    staffed = [e for e in events if e["employee_id"] and random.random() < 0.25]
    rows: Rows = []
    for number, event in enumerate(staffed):
        for item, item_zh, aspect, required in _ITEMS:
            forgets = 0.4 if item == "Greeting" and event["site_id"] == SITES[2] else 0.08
            done = float(random.random() > forgets)
            rows.append(
                {
                    "check_id": f"k{number:04d}",
                    "item": item,
                    "item_zh": item_zh,
                    "aspect": aspect,
                    "required": required,
                    "weight": 2.0 if required else 1.0,
                    "score": None if random.random() < 0.05 else done * (0.5 if random.random() < 0.1 else 1),
                    "at": event["at"],
                    "due_at": event["at"],
                    "arrived_at": event["at"] + timedelta(minutes=int(random.normal(2, 6))),
                    **{
                        name: event[name]
                        for name in ("touchpoint_id", "event_id", "customer_id", "employee_id", "site_id")
                    },
                }
            )
    return rows


def _treatments() -> Rows:
    by_customer: Rows = [
        {
            "initiative_id": "gesture",
            "unit_kind": "customer",
            "unit_id": f"c{number:05d}",
            "arm": _arm(number),
            "assigned_at": _GESTURE_FROM,
            "randomised": True,
        }
        for number in range(CUSTOMERS)
    ]
    by_site: Rows = [
        {
            "initiative_id": "counter",
            "unit_kind": "site",
            "unit_id": site,
            "arm": "treatment" if place else "control",
            "assigned_at": datetime(2025, 1, 1),
            "randomised": False,
        }
        for place, site in enumerate(SITES)
    ]
    return by_customer + by_site


def _complaints(random: np.random.Generator, events: Rows) -> Rows:
    return [
        {
            "case_id": f"complaint-{event['event_id']}",
            "customer_id": event["customer_id"],
            "touchpoint_id": "j-complaint",
            "kind": "complaint",
            "severity": "high",
            "status": "closed",
            "opened_at": event["at"],
            "closed_at": event["at"] + timedelta(days=int(random.integers(1, 20))),
        }
        for event in events
        if event["touchpoint_id"] == "j-complaint"
    ]


def _bought(random: np.random.Generator, events: Rows) -> Rows:
    """Something bought again within weeks after half of the journeys, more often after the lounge."""
    rows: Rows = []
    for number, steps in enumerate(_by_journey(events).values()):
        last = steps[-1]
        likely = 0.6 if any(step["touchpoint_id"] == "j-lounge" for step in steps) else 0.35
        if last["customer_id"] is None or random.random() > likely:
            continue
        at = last["at"] + timedelta(days=int(random.integers(1, 80)))
        rows.append(
            {
                "transaction_id": f"tj{number:05d}",
                "order_id": f"oj{number:05d}",
                "customer_id": last["customer_id"],
                "at": at,
                "kind": "sale",
                "quantity": 1.0,
                "revenue": Decimal(int(random.integers(50, 900))),
                "currency": "CNY",
            }
        )
    return [row for row in rows if row["at"].date() < date(2026, 3, 1)]
