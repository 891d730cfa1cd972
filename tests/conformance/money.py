"""Money of the conformance company: buying histories, costs, contracts, wallets, choices, delivered value.

Drawn with a generator of its own and added to the company's tables, so that every analysis of worth has
something to compute, and engines something to disagree on: ties, nulls, Chinese, refunds without purchase,
free goods, several purchases on one day, days in the future of others, entries that nobody approved, a few
in another currency, a pool without capacity, and a ledger that does not agree in every month. Transactions
keep to one currency.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from conformance.money_lists import CATEGORIES, CHANNELS, FACTORS, PRODUCTS, REGIONS, lists
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.journey_registry import Rows

BUYERS = 500
FIRST_DAY = datetime(2024, 1, 1, 10)
LAST_DAY = datetime(2025, 12, 31)
_STATUSES = ("posted", "posted", "posted", None, "pending", "rejected")
_ODD = ("v-只退货", "v-free", "v-minus", "v-once", "v-same-day", 'v-"quoted" o\'clock')


def with_money(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """`tables` with what customers bring, cost and get behind their own rows."""
    random = np.random.default_rng(31)
    customers = _customers(random)
    bought = [*_bought(random), *_odd_purchases()]
    events = _served(random)
    more: dict[str, Rows] = {
        **lists(),
        "customers": customers,
        "segment_members": _members(random),
        "transactions": bought,
        "interactions": events,
        "cases": _cases(random, events),
        "value_entries": _value_entries(random, bought),
        "cost_entries": _cost_entries(random, bought, events),
        "contributions": _contributions(random),
        "holdings": _holdings(random),
        "wallets": _wallets(random),
        "choice_options": _choices(random),
        "relationships": _referrals(random),
        **_asked(random, events, bought),
    }
    found = {**tables, **{name: _added(tables.get(name), name, rows) for name, rows in more.items()}}
    return {**found, "ledger_totals": _added(None, "ledger_totals", _ledger(found))}


def _added(own: pa.Table | None, name: str, rows: Rows) -> pa.Table:
    schema = canonical_table(name).schema()
    new = pa.Table.from_pylist([{"source": "账", **row} for row in rows], schema=schema)
    return new if own is None else pa.concat_tables([own, new])


def _buyer(random: np.random.Generator, unknown: float = 0.0) -> str | None:
    return None if random.random() < unknown else f"v{int(random.integers(0, BUYERS)):04d}"


def _amount(random: np.random.Generator, middle: float) -> Decimal:
    return Decimal(int(random.gamma(2, middle / 2) * 10_000)) / 10_000


def _moment(random: np.random.Generator) -> datetime:
    return FIRST_DAY + timedelta(minutes=30 * int(random.integers(0, 35_000)))


def _customers(random: np.random.Generator) -> Rows:
    return [
        {
            "customer_id": customer,
            "kind": "organisation" if place % 11 == 0 else "person",
            "region": REGIONS[int(random.integers(0, len(REGIONS)))],
            "joined_on": None if place % 29 == 0 else date(2024, 1, 1) + timedelta(days=place % 400),
        }
        for place, customer in enumerate([*(f"v{number:04d}" for number in range(BUYERS)), *_ODD])
    ]


def _members(random: np.random.Generator) -> Rows:
    return [
        {
            "segmentation": "等级",
            "segment": str(random.choice(["新客", "老客", "VIP", "vip"])),
            "subject": "customer",
            "subject_id": f"v{number:04d}",
        }
        for number in range(BUYERS)
        if random.random() < 0.9
    ]


def _bought(random: np.random.Generator) -> Rows:
    """Histories of BG/NBD: a pace and a chance to leave a customer; spend a customer's own."""
    rows: Rows = []
    for number in range(BUYERS):
        pace, leaving = random.gamma(1.2, 1 / 45), random.beta(1.0, 3.0)
        spend, product = random.gamma(6, 20), int(random.integers(0, len(PRODUCTS)))
        at = FIRST_DAY + timedelta(days=number % 400)
        while at < LAST_DAY:
            rows += _order(random, f"v{number:04d}", at, spend, product)
            if random.random() < leaving:
                break
            at += timedelta(days=float(random.exponential(1 / pace)))
            product = product if random.random() < 0.6 else int(random.integers(0, len(PRODUCTS)))
    return rows


def _order(
    random: np.random.Generator, customer: str, at: datetime, spend: float, product: int, kind: str = "sale"
) -> Rows:
    """One line or two of a receipt; one in twelve is given back later, whole or in part."""
    rows: Rows = []
    order = f"om-{customer}-{at:%Y%m%d%H%M%S}"
    for line in range(1 + int(random.random() < 0.3)):
        chosen = PRODUCTS[(product + line) % len(PRODUCTS)]
        revenue = _amount(random, spend)
        row: dict[str, Any] = {
            "transaction_id": f"{order}-{line}",
            "order_id": order if random.random() > 0.03 else None,
            "customer_id": customer if random.random() > 0.02 else None,
            "product_id": chosen if random.random() > 0.03 else None,
            "at": at.replace(microsecond=0),
            "kind": kind,
            "quantity": float(random.integers(1, 4)),
            "revenue": revenue,
            "discount": (revenue / 10).quantize(Decimal("0.0001")) if random.random() < 0.2 else None,
            "cost": (revenue * 6 / 10).quantize(Decimal("0.0001")) if random.random() > 0.1 else None,
            "currency": "CNY",
            "channel": str(random.choice(CHANNELS)),
        }
        rows.append(row)
        if random.random() < 1 / 12:
            part = random.choice([1, 2])
            back = {"kind": "refund", "at": row["at"] + timedelta(days=int(random.integers(0, 30)))}
            amounts = {"revenue": -(revenue / part).quantize(Decimal("0.0001")), "quantity": -1.0}
            rows.append({**row, **back, **amounts, "transaction_id": f"{order}-{line}-back", "cost": None})
    return rows


def _odd_purchases() -> Rows:
    """Returned but never bought; free; a negative sale; once; four on one day; fees and adjustments."""
    at = datetime(2025, 3, 8, 12)
    named: list[tuple[str, str, str, datetime]] = [
        ("v-只退货", "refund", "-80", at),
        ("v-只退货", "refund", "-20.5", at + timedelta(days=2)),
        ("v-free", "sale", "0", at),
        ("v-free", "sale", "0", at + timedelta(days=40)),
        ("v-minus", "sale", "-15", at),
        ("v-once", "sale", "99.99", at),
        *(("v-same-day", "sale", "10.0001", at + timedelta(hours=hour)) for hour in (0, 0, 5, 9)),
        ('v-"quoted" o\'clock', "sale", "0.0001", at),
        ('v-"quoted" o\'clock', "fee", "3.3333", at),
        ('v-"quoted" o\'clock', "adjustment", "-1.1111", at),
    ]
    return [
        {
            "transaction_id": f"odd-{place:02d}",
            "order_id": None if place % 3 else f"odd-order-{place}",
            "customer_id": customer,
            "product_id": PRODUCTS[place % len(PRODUCTS)],
            "at": when,
            "kind": kind,
            "quantity": 0.0 if place == 2 else 1.0,
            "revenue": Decimal(revenue),
            "cost": Decimal("5") if place % 2 else None,
            "currency": "CNY",
            "channel": "门店",
        }
        for place, (customer, kind, revenue, when) in enumerate(named)
    ]


def _served(random: np.random.Generator) -> Rows:
    """Calls and visits; a tenth of the customers call very often."""
    rows: Rows = []
    for number in range(1_800):
        heavy = random.random() < 0.5
        customer = f"v{int(random.integers(0, BUYERS // 10)) * 10:04d}" if heavy else _buyer(random, 0.04)
        call = random.random() < 0.6
        rows.append(
            {
                "event_id": f"money-{number:05d}",
                "customer_id": customer,
                "case_id": f"服务{number // 3:04d}",
                "at": _moment(random),
                "touchpoint_id": "v-hotline" if call else "v-柜台",
                "kind": "service",
                "channel": "phone" if call else "门店",
                "duration_s": None if random.random() < 0.06 else float(random.integers(0, 2_400)),
                "outcome": str(random.choice(["resolved", "unresolved"])),
                "emotion": None if random.random() < 0.3 else float(np.round(random.uniform(-1, 1), 2)),
            }
        )
    return rows


def _cases(random: np.random.Generator, events: Rows) -> Rows:
    return [
        {
            "case_id": f"money-case-{place:04d}",
            "customer_id": event["customer_id"],
            "touchpoint_id": event["touchpoint_id"],
            "kind": "complaint" if place % 4 else "repair",
            "severity": "medium",
            "status": "closed" if place % 5 else "open",
            "opened_at": event["at"],
            "closed_at": event["at"] + timedelta(days=int(random.integers(0, 15))) if place % 5 else None,
        }
        for place, event in enumerate(event for event in events if random.random() < 0.15)
    ]


def _approval(random: np.random.Generator) -> dict[str, Any]:
    status = _STATUSES[int(random.integers(0, len(_STATUSES)))]
    approved = "财务" if status in ("posted", "rejected") else None
    return {"status": status, "entered_by": 'the "desk"', "approved_by": approved}


def _value_entries(random: np.random.Generator, bought: Rows) -> Rows:
    kinds = ("referral", "information", "reference", "margin", "other")
    rows: Rows = []
    for number in range(500):
        sale = bought[int(random.integers(0, len(bought)))] if random.random() < 0.3 else None
        rows.append(
            {
                "entry_id": f"ve{number:04d}",
                "customer_id": sale["customer_id"] if sale else _buyer(random, 0.05),
                "at": sale["at"] if sale else _moment(random),
                "kind": kinds[int(random.choice(5, p=[0.4, 0.25, 0.2, 0.05, 0.1]))],
                "amount": -_amount(random, 5) if number % 40 == 0 else _amount(random, 30),
                "currency": "USD" if number % 100 == 99 else "CNY",
                "transaction_id": sale["transaction_id"] if sale else None,
                "method": str(random.choice(["估算", "referred margin"])),
                **_approval(random),
            }
        )
    far = {"customer_id": "v0001", "kind": "reference", "amount": Decimal("12"), "currency": "CNY"}
    return [*rows, {**far, "entry_id": "ve-2099", "at": datetime(2099, 1, 1), "status": "posted"}]


def _cost_entries(random: np.random.Generator, bought: Rows, events: Rows) -> Rows:
    """Acquisition of everybody, service at events, freight, retention; campaigns without customer."""
    rows: Rows = []

    def book(number: int, kind: str, amount: Decimal, **more: Any) -> None:  # noqa: ANN401
        fixed = {"entry_id": f"ce-{kind}-{number:04d}", "kind": kind, "amount": amount, "currency": "CNY"}
        rows.append({**fixed, **_approval(random), **more})

    for number in range(BUYERS):
        at = FIRST_DAY + timedelta(days=number % 400)
        entered = {"channel": CHANNELS[number % len(CHANNELS)], "product_id": PRODUCTS[number % 4]}
        book(number, "acquisition", _amount(random, 40), customer_id=f"v{number:04d}", at=at, **entered)
    for number in range(60):
        spent = {"channel": CHANNELS[number % len(CHANNELS)] if number % 7 else None}
        spent |= {"product_id": PRODUCTS[number % len(PRODUCTS)] if number % 3 else None}
        book(BUYERS + number, "acquisition", _amount(random, 900), at=_moment(random), **spent)
    for number, event in enumerate(events[::6]):
        what = {name: event[name] for name in ("customer_id", "event_id", "at", "channel")}
        money = {"currency": "USD"} if number % 90 == 89 else {}
        book(number, "service", _amount(random, 20), activity_id="hotline-call", **what, **money)
    for number, sale in enumerate(bought[::9]):
        what = {name: sale[name] for name in ("customer_id", "transaction_id", "at", "product_id", "channel")}
        book(number, "product" if number % 5 == 0 else "other", _amount(random, 3), **what)
    for number in range(200):
        book(number, "retention", _amount(random, 15), customer_id=_buyer(random, 0.1), at=_moment(random))
    odd: list[dict[str, Any]] = [
        {"entry_id": "ce-zero", "amount": Decimal(0), "at": FIRST_DAY, "customer_id": "v0002"},
        {"entry_id": "ce-back", "amount": Decimal("-7.7777"), "at": FIRST_DAY, "customer_id": "v0003"},
        {"entry_id": "ce-2099", "amount": Decimal("5"), "at": datetime(2099, 1, 1), "customer_id": "v0004"},
        {"entry_id": "ce-nobody", "amount": Decimal("5"), "at": LAST_DAY, "customer_id": "never-bought"},
    ]
    return [*rows, *({"kind": "service", "currency": "CNY", **row} for row in odd)]


def _contributions(random: np.random.Generator) -> Rows:
    kinds = ("referral", "idea", "review", "reference", "patience")
    rows: Rows = [
        {
            "contribution_id": f"co{number:04d}",
            "customer_id": _buyer(random, 0.03),
            "at": _moment(random),
            "kind": kinds[int(random.integers(0, 5))],
            "quantity": None if number % 6 == 0 else float(number % 4),
            "evidence": str(random.choice(["点评网站", "a call", ""])),
        }
        for number in range(420)
    ]
    before = {"customer_id": "v0005", "kind": "idea", "at": datetime(2023, 6, 1)}
    return [*rows, {**before, "contribution_id": "co-before-any-policy", "quantity": 2.0}]


def _holdings(random: np.random.Generator) -> Rows:
    """Yearly contracts of three products; churn differs between customers, and one product loses more."""
    rows: Rows = []
    for number in range(900):
        product, region = number % 3, REGIONS[number % len(REGIONS)]
        churn = random.beta(0.8 + 0.5 * (product == 2), 2.5) * (1.3 if region == "西部" else 1.0)
        opened = date(2017 + int(random.integers(0, 8)), int(random.integers(1, 13)), 1 + number % 28)
        years = int(random.geometric(min(max(churn, 0.02), 0.98)))
        closed = opened.replace(year=opened.year + years)
        over = closed <= LAST_DAY.date()
        rows.append(
            {
                "holding_id": f"hm{number:04d}",
                "customer_id": _buyer(random) or "v0000",
                "product_id": ("p-保单", "p-account", "p-lease")[product],
                "opened_on": opened,
                "closed_on": closed if over else None,
                "close_reason": str(random.choice(["price", "搬家", "service"])) if over else None,
                "balance": None if random.random() < 0.2 else _amount(random, 5_000),
                "currency": "CNY",
            }
        )
    odd = {"customer_id": "v0006", "product_id": "p-account", "currency": "CNY"}
    rows += [
        {**odd, "holding_id": "hm-same-day", "opened_on": date(2024, 5, 1), "closed_on": date(2024, 5, 1)},
        {**odd, "holding_id": "hm-backwards", "opened_on": date(2024, 5, 1), "closed_on": date(2023, 5, 1)},
        {**odd, "holding_id": "hm-future", "opened_on": date(2030, 1, 1)},
        {**odd, "holding_id": "hm-leap", "opened_on": date(2020, 2, 29), "closed_on": date(2023, 2, 28)},
    ]
    return rows


def _wallets(random: np.random.Generator) -> Rows:
    """Stated twice by most; ranks tie; some name no rank; one spends more with us than with everybody."""
    rows: Rows = []
    for number in range(300):
        for category in CATEGORIES[: 1 + number % 2]:
            brands = int(random.integers(1, 6))
            rank = float(random.integers(1, brands + 1)) + (0.5 if brands > 2 and number % 5 == 0 else 0)
            total = _amount(random, 800)
            own = (total / brands * Decimal("1.2")).quantize(Decimal("0.01"))
            for as_of in (date(2024, 12, 31), date(2025, 12, 31))[: 1 + number % 3]:
                rows.append(
                    {
                        "customer_id": f"v{number:04d}",
                        "category": category,
                        "as_of_on": as_of,
                        "total_spend": None if number % 37 == 0 else total,
                        "own_spend": min(own, total) if number % 41 else total + 5,
                        "brands_used": brands,
                        "own_rank": None if number % 23 == 0 else min(rank, float(brands)),
                        "currency": "CNY",
                    }
                )
    nothing = {"category": CATEGORIES[0], "as_of_on": date(2025, 12, 31), "currency": "CNY"}
    zeros = {"total_spend": Decimal(0), "own_spend": Decimal(0), "brands_used": 1, "own_rank": 1.0}
    return [*rows, {"customer_id": "v0499", **nothing, **zeros}]


def _choices(random: np.random.Generator) -> Rows:
    """Options with their value and cost, chosen by logit; some chose nothing, one chose twice."""
    rows: Rows = []
    for choice in range(400):
        options = ("own", "rival", "对手")[: 2 + choice % 2]
        value = [_amount(random, 300) for _ in options]
        cost = [_amount(random, 200) for _ in options]
        utility = np.array([float(v - c) for v, c in zip(value, cost, strict=True)]) / 100
        chances = np.exp(utility - utility.max())
        chosen = -1 if choice % 50 == 49 else int(random.choice(len(options), p=chances / chances.sum()))
        customer, at = _buyer(random, 0.05), _moment(random)
        rows += [
            {
                "choice_id": f"ch{choice:04d}",
                "option_id": option,
                "customer_id": customer,
                "product_id": PRODUCTS[choice % 2],
                "at": at,
                "value": None if choice % 61 == 0 and place == 1 else value[place],
                "cost": cost[place],
                "chosen": place == chosen or choice == 7,
                "currency": "CNY",
            }
            for place, option in enumerate(options)
        ]
    return rows


def _referrals(random: np.random.Generator) -> Rows:
    """Who brought whom: some without a day, one herself, two one another, one the same again."""
    rows: Rows = [
        {
            "relationship_id": f"rf{number:04d}",
            "from_customer_id": f"v{int(random.integers(0, BUYERS)):04d}",
            "to_customer_id": f"v{number * 2 % BUYERS:04d}",
            "kind": "referral",
            "since_on": None if number % 17 == 0 else date(2024, 1, 1) + timedelta(days=number * 2 % 400),
            "evidence": str(random.choice(["推荐码", "said so"])),
        }
        for number in range(220)
    ]
    pairs = [("v0010", "v0010"), ("v0012", "v0013"), ("v0013", "v0012"), ("v0012", "v0013")]
    odd = {"kind": "referral", "since_on": date(2024, 6, 1)}
    rows += [
        {**odd, "relationship_id": f"rf-odd-{place}", "from_customer_id": one, "to_customer_id": other}
        for place, (one, other) in enumerate(pairs)
    ]
    return rows


def _asked(random: np.random.Generator, events: Rows, bought: Rows) -> dict[str, Rows]:
    """Six factors of delivered value and how likely to recommend; buyers of more are gladder."""
    spent: dict[str, Decimal] = {}
    for row in bought:
        if row["customer_id"]:
            spent[row["customer_id"]] = spent.get(row["customer_id"], Decimal(0)) + row["revenue"]
    responses: Rows = []
    answers: Rows = []
    for place, event in enumerate(event for event in events if event["customer_id"]):
        if place % 3 == 0:
            continue
        key = f"值{place:05d}"
        mood = np.log1p(max(float(spent.get(event["customer_id"], 0)), 0.0)) / 8 - 0.6 + random.normal(0, 0.3)
        responses.append(
            {
                "response_id": key,
                "survey_id": f"delivered-{event['at'].year}",
                "customer_id": event["customer_id"],
                "event_id": event["event_id"] if place % 5 else None,
                "answered_at": event["at"] + timedelta(hours=2),
                "language": "zh",
            }
        )
        given = {"q00000": float(np.clip(np.rint(7 + 4 * mood), 0, 10))}
        for factor in FACTORS:
            if random.random() < 0.85:
                given[f"v-{factor}"] = float(np.clip(np.rint(3 + 2 * mood + random.normal(0, 0.7)), 1, 5))
        answers += [
            {"response_id": key, "question_id": question, "state": "answered", "score": score}
            for question, score in given.items()
        ]
    answers.append({"response_id": "值00001", "question_id": "v-说明", "state": "no_answer"})
    return {"responses": responses, "answers": answers}


def _ledger(tables: Mapping[str, pa.Table]) -> Rows:
    """What was booked a month; one cent too much now and then, and a month that nobody closed."""
    totals: dict[tuple[date, str], Decimal] = {}

    def add(day: date, kind: str, amount: Decimal | None) -> None:
        month = day.replace(day=1)
        totals[month, kind] = totals.get((month, kind), Decimal(0)) + (amount or Decimal(0))

    for row in tables["transactions"].to_pylist():
        add(row["at"].date(), "revenue", row["revenue"])
        add(row["at"].date(), "product", row["cost"])
    names = {"margin": "other_value", "other": "other_value"}
    costs = {"other": "other_cost"}
    for table, renamed in (("value_entries", names), ("cost_entries", costs)):
        for row in tables[table].to_pylist():
            if row["status"] in (None, "posted") and row["currency"] == "CNY":
                add(row["at"].date(), renamed.get(row["kind"], row["kind"]), row["amount"])
    for row in tables["activities"].to_pylist():
        if row["activity_id"] in ("hotline-call", "counter-visit", "pick-line", "idle", "book-any"):
            add(row["period_on"], "service", row["pool_cost"])
    return [
        {
            "period_on": month,
            "account": f"科目 {kind}",
            "kind": kind,
            "amount": amount + (Decimal("0.01") if place % 13 == 5 else 0),
            "currency": "CNY",
        }
        for place, ((month, kind), amount) in enumerate(sorted(totals.items()))
        if month != date(2025, 2, 1)
    ]
