"""What the conformance company keeps lists of for its journeys: touchpoints, designs, facts, entitlements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

Rows = list[dict[str, Any]]

STEPS = ("j-search", "j-book", "j-checkin", "j-lounge", "j-flight", "j-baggage")
"""The touchpoints of the designed journey, in its order."""

SITES = ("s-东", "s-west", "s-西")
FIRST_DAY = datetime(2024, 1, 3)
DIMENSIONS = (
    *("body", "emotion", "mind", "comfort", "appreciation", "admiration", "aftertaste"),
    *("sight", "hearing", "smell", "taste", "touch"),
)
_NAMES = {
    "j-search": ("Search", "查询", "pre", "sales", "web", "application"),
    "j-book": ("Booking", "预订", "purchase", "sales", "web", "purchase"),
    "j-checkin": ("Check-in", "值机", "use", "地面", "counter", "service"),
    "j-lounge": ("Lounge", "休息室", "use", "地面", "lounge", "service"),
    "j-flight": ("Flight", "飞行", "use", "空中", "cabin", "use"),
    "j-baggage": ("Baggage", "行李", "service", "地面", "belt", "service"),
    "j-complaint": ("Complaint", "投诉", "service", "care", "phone", "service"),
    "j-unseen": ("Nobody comes here", "无人到访", "pre", "sales", "radio", "application"),
}


def touchpoints() -> Rows:
    """Registered touchpoints; the last has no events, and events name one that is not here."""
    parent = {
        "touchpoint_id": "j-ground",
        "name": "On the ground",
        "name_zh": "地面",
        "position": 100,
        "stage": "use",
        "ownership": "owned",
    }
    return [
        parent,
        *(
            {
                "touchpoint_id": key,
                "name": name,
                "name_zh": name_zh,
                "position": 101 + place,
                "stage": stage,
                "link": link,
                "channel": channel,
                "experience_type": kind,
                "owner": ["ops", "数字部", None][place % 3],
                "moment_of_truth": place in (1, 4, 5),
                "ownership": "partner"
                if key in ("j-baggage",)
                else "earned"
                if key == "j-unseen"
                else "owned",
                "parent_id": "j-ground" if link == "地面" else None,
                "role": {"j-lounge": "peak", "j-baggage": "end"}.get(key),
                "thread": "product" if kind == "use" else "contact",
                "purpose": ["risk", "word_of_mouth", "marketing", "design"][place % 4],
                "importance": [3.0, 6.5, 8.0, 5.0, 9.5, 7.0, None, 1.0][place],
                "target": [70.0, 75.0, 80.0, None, 85.0, 60.0, 50.0, 50.0][place],
                "service_level_s": [None, 900.0, 600.0, 3600.0, None, 1500.0, 1800.0, None][place],
                "standard_en": "Greet within a minute" if place % 2 else None,
                "standard_zh": "一分钟内问候" if place % 2 else None,
                "script_en": "Good morning" if place == 2 else None,
                "script_zh": "您好" if place == 2 else None,
                "indicator": "minutes in the queue" if place in (2, 5) else None,
            }
            for place, (key, (name, name_zh, stage, link, channel, kind)) in enumerate(_NAMES.items())
        ),
    ]


def designs() -> dict[str, Rows]:
    """Two versions of a design: with a way back (rebooking), and the lounge may be left out."""
    steps, flows = [], []
    for version, since in (("1", date(2024, 1, 1)), ("2", date(2025, 1, 1))):
        steps += [
            {
                "design_id": "trip",
                "version": version,
                "step_id": touchpoint[2:],
                "touchpoint_id": touchpoint,
                "position": place,
                "name": _NAMES[touchpoint][0],
                "name_zh": _NAMES[touchpoint][1],
                "optional": touchpoint == "j-lounge",
                "repeatable": touchpoint == "j-search",
                "channel": "counter" if touchpoint == "j-checkin" else None,
                "valid_from": since,
                "action": "Shows the passport" if place == 3 else None,
                "question": "Which gate?" if place == 3 else None,
                "barrier": "排队" if place == 3 else None,
                "emotion": "calm",
            }
            for place, touchpoint in enumerate(STEPS, start=1)
        ]
        ways = [("start", "search"), *pairwise([s[2:] for s in STEPS]), ("baggage", "end")]
        ways += [("checkin", "flight"), ("search", "search")]
        # Until 2025 a booking could be changed at check-in.
        ways += [("checkin", "book")] if version == "1" else []
        flows += [
            {
                "design_id": "trip",
                "version": version,
                "from_step": before,
                "to_step": after,
                "within_s": 7200.0 if (before, after) == ("flight", "baggage") else None,
                "handoff": (before, after) == ("book", "checkin"),
            }
            for before, after in ways
        ]
    return {"design_steps": steps, "design_flows": flows}


def facts() -> Rows:
    """Prices, hours and phone numbers by channel: one price and one number are told differently."""
    told = []
    for number, (subject, attribute, value, other) in enumerate(
        (
            ("fare-basic", "price", "780", "820"),
            ("fare-flex", "price", "1450", None),
            ("help desk", "phone", "400-000-0001", "400-000-0007"),
            ("行李", "policy", "20 kg", None),
            ("lounge", "hours", "06:00-22:00", None),
        )
    ):
        for place, (touchpoint, channel) in enumerate(
            (("j-search", "web"), ("j-search", "app"), ("j-book", "phone"), ("j-checkin", "counter"))
        ):
            told.append(
                {
                    "fact_id": f"f{number}-{place}",
                    "subject": subject,
                    "attribute": attribute,
                    "value": other if other and place == 3 else value,
                    "touchpoint_id": touchpoint,
                    "channel": channel,
                    "site_id": SITES[0] if channel == "counter" else None,
                    "seen_at": datetime(2025, 3, 1, 9 + place),
                }
            )
    return told


def entitlements() -> Rows:
    """Which segment may use which touchpoint in which channel."""
    return [
        {
            "segmentation": "等级",
            "segment": segment,
            "touchpoint_id": touchpoint,
            "channel": channel,
            "entitled": segment == "VIP" or touchpoint != "j-lounge",
            "service_level_s": 300.0 if segment == "VIP" else 900.0,
        }
        for segment in ("新客", "老客", "VIP")
        for touchpoint, channel in (("j-lounge", "lounge"), ("j-checkin", "counter"), ("j-book", "web"))
    ]


def lists() -> dict[str, Rows]:
    """Every registry by table."""
    questions = [
        {
            "question_id": f"j-{dimension}",
            "metric": "rating",
            "dimension": dimension,
            "touchpoint_id": STEPS[place % len(STEPS)],
            "scale_low": 1.0,
            "scale_high": 5.0,
            "label_en": dimension.title(),
            "label_zh": dimension,
        }
        for place, dimension in enumerate(DIMENSIONS)
    ]
    questions += [
        {
            "question_id": f"j-at-{touchpoint[2:]}",
            "metric": "rating",
            "touchpoint_id": touchpoint,
            "scale_low": 1.0,
            "scale_high": 5.0,
        }
        for touchpoint in STEPS
    ]
    return {
        "touchpoints": touchpoints(),
        **designs(),
        "published_facts": facts(),
        "entitlements": entitlements(),
        "questions": questions,
        "surveys": [
            {"survey_id": "trip", "programme": "trip", "name": "After the trip", "kind": "transactional"}
        ],
        "sites": [
            {"site_id": site, "name": site, "kind": "站", "opened_on": date(2020, 1, 1)} for site in SITES
        ],
        "employees": [
            {"employee_id": f"e{number}", "role": "agent", "site_id": SITES[number % len(SITES)]}
            for number in range(9)
        ],
        "promises": [
            {
                "promise_id": "gesture",
                "touchpoint_id": "j-baggage",
                "claim": "A note of thanks",
                "unit_cost": Decimal("1.5"),
                "currency": "CNY",
                "starts_on": date(2024, 1, 1),
            }
        ],
        "initiatives": [
            {
                "initiative_id": "gesture",
                "name": "A note of thanks at the belt",
                "touchpoint_id": "j-baggage",
                "level": "operational",
                "starts_on": date(2024, 6, 1),
                "budget": Decimal(900),
                "currency": "CNY",
            },
            {
                "initiative_id": "counter",
                "name": "值机提速",
                "touchpoint_id": "j-checkin",
                "level": "strategic",
            },
        ],
    }
