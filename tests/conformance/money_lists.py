"""What the conformance company keeps lists of for its money: products, pools, policies, factors, rivals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.journey_registry import Rows

PRODUCTS = ("p-tea", "p-咖啡", "p-cake", 'p-"gift"', "p-travel")
CATEGORIES = ("餐饮", "retail & more")
CHANNELS = ("门店", "web", "phone", "小程序")
REGIONS = ("东部", "西部", "Zürich", None)
FACTORS = ("product_value", "service_value", "personnel_value", "image_value", "energy_cost", "psychic_cost")
_CONTRACTS = ("p-保单", "p-account", "p-lease")
_YEARS = (2024, 2025)


def lists() -> dict[str, Rows]:
    """Rows of the tables that hold no facts."""
    return {
        "products": _products(),
        "touchpoints": [
            {"touchpoint_id": "v-hotline", "name": "Hotline", "name_zh": "热线", "position": 120},
            {"touchpoint_id": "v-柜台", "name": "Counter", "name_zh": "柜台", "position": 121},
        ],
        "activities": _activities(),
        "conversion_policies": _policies(),
        "competitors": _competitors(),
        "value_factors": _factors(),
        "surveys": [
            {
                "survey_id": f"delivered-{year}",
                "programme": "delivered",
                "wave": str(year),
                "name": f"Delivered value {year}",
                "name_zh": f"让渡价值 {year}",
                "anonymous": False,
            }
            for year in _YEARS
        ],
        "questions": _questions(),
    }


def _products() -> Rows:
    return [
        {
            "product_id": product,
            "name": product[2:],
            "category": None if product == "p-cake" else CATEGORIES[place % 2],
            "brand": "自有",
            "kind": "service" if product in (*_CONTRACTS, "p-travel") else "good",
            "own": True,
            "list_price": Decimal(100 + 25 * place),
            "unit_cost": None if product == "p-travel" else Decimal(60 + 10 * place) + Decimal("0.0001"),
            "currency": "CNY",
        }
        for place, product in enumerate((*PRODUCTS, *_CONTRACTS))
    ]


def _activities() -> Rows:
    """Every month three pools that work; beside them a pool without capacity, an activity without unit time,
    a driver that nobody caused and one that has none."""
    rows: Rows = []
    for year in _YEARS:
        for month in range(1, 13):
            hotline = {"pool": "热线", "pool_cost": Decimal("4321.0700"), "capacity_minutes": 3_000.0}
            counter = {"pool": "counter", "pool_cost": Decimal(2_500), "capacity_minutes": 2_000.0}
            stock = {"pool": "仓库", "pool_cost": Decimal("999.9900"), "capacity_minutes": 2_400.0}
            budget = {"standard_cost": Decimal(4_000), "standard_capacity_minutes": 3_200.0}
            calls = {"driver": "interaction_minutes", "driver_touchpoint_id": "v-hotline", **budget}
            listed: list[dict[str, Any]] = [
                {"activity_id": "hotline-call", "name": "接听", "unit_minutes": 1.0, **calls, **hotline},
                {
                    "activity_id": "hotline-case",
                    "unit_minutes": 25.0,
                    "driver": "cases",
                    "driver_kind": "complaint",
                    **budget,
                    **hotline,
                },
                {
                    "activity_id": "counter-visit",
                    "unit_minutes": 6.5,
                    "driver": "interactions",
                    "driver_channel": "门店",
                    **counter,
                },
                {"activity_id": "take-order", "unit_minutes": 2.0, "driver": "orders", **counter},
                {"activity_id": "pick-line", "unit_minutes": 1.3, "driver": "order_lines", **stock},
                {"activity_id": "take-back", "unit_minutes": 7.0, "driver": "refunds", **stock},
                *_booking(),
            ]
            if month % 4 == 0:
                listed += [
                    {"activity_id": "untimed", "driver": "orders", **stock},
                    {"activity_id": "undriven", "unit_minutes": 3.0, **stock},
                    {
                        "activity_id": "no-volume",
                        "unit_minutes": 3.0,
                        "driver": "cases",
                        "driver_kind": "无",
                        **stock,
                    },
                    {
                        "activity_id": "idle",
                        "unit_minutes": 1.0,
                        "driver": "orders",
                        "pool": "idle pool",
                        "pool_cost": Decimal(50),
                        "capacity_minutes": 0.0,
                    },
                ]
            rows += [{"period_on": date(year, month, 1), "currency": "CNY", **one} for one in listed]
    return rows


def _booking() -> Rows:
    """A time equation of a touchpoint with several channels, with a budget and surveyed shares."""
    desk = {
        "pool": "订座台",
        "pool_cost": Decimal("777.7700"),
        "capacity_minutes": 700.0,
        "driver": "interactions",
        "driver_touchpoint_id": "j-book",
        "standard_cost": Decimal(700),
    }
    return [
        {
            "activity_id": "book-any",
            "unit_minutes": 4.0,
            "standard_unit_minutes": 3.7,
            "surveyed_share": 0.3,
            **desk,
        },
        {
            "activity_id": "book-phone",
            "unit_minutes": 6.3,
            "driver_channel": "phone",
            "surveyed_share": 0.7,
            **desk,
        },
    ]


def _policies() -> Rows:
    worth = [
        ("referral", date(2024, 1, 1), "referral", "20"),
        ("referral", date(2025, 1, 1), "referral", "25.5"),
        ("idea", date(2024, 1, 1), "information", "8"),
        ("review", date(2024, 7, 1), "information", "3.3333"),
        ("reference", date(2024, 1, 1), "reference", "100"),
    ]
    return [
        {
            "kind": kind,
            "from_on": day,
            "books_as": books_as,
            "amount": Decimal(amount),
            "currency": "CNY",
            "approved_by": "董事会",
        }
        for kind, day, books_as, amount in worth
    ]


def _competitors() -> Rows:
    """Two rivals of four products every half-year; one has no price, another no rating."""
    return [
        {
            "competitor_id": rival,
            "product_id": product,
            "as_of_on": day,
            "price": None if place == 3 and rival == "rival" else Decimal(90 + 20 * place + 5 * half),
            "rating": None if place == 2 and half == 1 else 3.0 + 0.25 * place + 0.1 * half,
            "currency": "CNY",
        }
        for half, day in enumerate((date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1), date(2026, 6, 1)))
        for rival in ("rival", "对手")
        for place, product in enumerate(PRODUCTS[:4])
    ]


def _factors() -> Rows:
    worth = {"product": 120, "service": 80, "personnel": 40, "image": 30, "energy": 50, "psychic": 25}
    rows: Rows = [
        {"factor": factor, "segment": "*", "amount_per_unit": Decimal(amount), "unit": "scale"}
        for factor, amount in worth.items()
    ]
    rows += [
        {"factor": "money", "segment": "*", "amount_per_unit": Decimal(1), "unit": "money"},
        {"factor": "time", "segment": "*", "amount_per_unit": Decimal("0.5"), "unit": "minute"},
        {
            "factor": "time",
            "segment": "VIP",
            "segmentation": "等级",
            "amount_per_unit": Decimal("2.2"),
            "unit": "minute",
        },
    ]
    return [{"currency": "CNY", **row} for row in rows]


def _questions() -> Rows:
    said: dict[str, Any] = {"question_id": "v-说明", "metric": "text", "label_en": "Why", "label_zh": "说明"}
    return [
        *(
            {
                "question_id": f"v-{factor}",
                "metric": "rating",
                "dimension": factor,
                "scale_low": 1.0,
                "scale_high": 5.0,
                "label_en": factor.replace("_", " "),
                "label_zh": f"因素{place}",
            }
            for place, factor in enumerate(FACTORS)
        ),
        said,
    ]
