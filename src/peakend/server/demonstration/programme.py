"""What the demonstration's company promises, how it cares, and what became of the money it spent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.server.demonstration import caring, spending, winning
from peakend.server.demonstration.cast import both
from peakend.server.people.acting import actor_of_user
from peakend.server.people.models import User
from peakend.server.promises.services.launching import launch, record_use
from peakend.server.promises.services.writing import Item, Written, write_promise

if TYPE_CHECKING:
    from peakend.server.demonstration.cast import Cast

_USES = 32
_DENIED = {9: "not_known", 23: "no_capacity"}
# A promise that costs what it says, and whose terms say what it says.
_ENTRY: Written = {
    "claim_en": "Gold members and one guest enter our lounges free of charge, as often as they fly.",
    "claim_zh": "金卡会员携一位同伴免费使用休息室，次次乘机次次享用。",
    "channels": [both("会员手册", "Members' guide"), both("应用程序", "App")],
    "eligible": both("金卡会员", "Gold members"),
    "tiers": ["Gold"],
    "eligible_customers": 5_200,
    "unit_cost": Decimal(85),
    "budget_year": Decimal(2_600_000),
    "capacity_month": 3_000,
    "share_low": 0.5,
    "share_likely": 0.6,
    "share_high": 0.7,
    "uses_low": 4,
    "uses_likely": 6,
    "uses_high": 8,
}
# One that can only be paid because its terms take back what it says.
_VIP: Written = {
    "claim_en": "Free airport VIP lounge, unlimited, for every holder of our credit card.",
    "claim_zh": "持联名信用卡，机场贵宾厅免费畅享，不限次数。",
    "channels": [both("机场广告", "Airport posters"), both("合作银行", "Partner bank")],
    "eligible": both("联名卡持卡人", "Holders of the card"),
    "eligible_customers": 40_000,
    "unit_cost": Decimal(160),
    "budget_year": Decimal(3_000_000),
    "capacity_month": 4_000,
    "share_low": 0.2,
    "share_likely": 0.3,
    "share_high": 0.4,
    "uses_low": 3,
    "uses_likely": 5,
    "uses_high": 8,
}


def set_up(cast: Cast) -> None:
    """Everything of it, as it was set up over the last months."""
    _promises(cast)
    caring.care(cast)
    spending.spend(cast)
    winning.win_back(cast)


def _promises(cast: Cast) -> None:
    with cast.ago(60):
        entry = write_promise(
            actor=cast.manager,
            code="gold-lounge",
            name_en="Lounge entry for gold members with a guest",
            name_zh="金卡会员携伴免费使用休息室",
            owner=cast.supervisor_user.key,
            touchpoint="lounge",
            version=_ENTRY,
            items=[
                _uses(claimed="unlimited", terms="unlimited"),
                _guests(claimed="1", terms="1"),
                _second_card(claimed="no", terms="no"),
            ],
        )
        launch(actor=cast.manager, promise=entry.key)
    _record(cast, entry.key)
    with cast.ago(4):
        write_promise(
            actor=cast.manager,
            code="card-vip-lounge",
            name_en="Free airport VIP lounge",
            name_zh="免费机场贵宾厅",
            touchpoint="lounge",
            version=_VIP,
            items=[
                _uses(claimed="unlimited", terms="1"),
                _guests(claimed="1", terms="0"),
                _second_card(claimed="", terms="yes"),
            ],
        )


def _record(cast: Cast, promise: str) -> None:
    """Members who asked for it, at every site in turn."""
    chiefs = [(user, site) for user in User.objects.filter(role="supervisor") for site in user.sites.all()]
    for n in range(_USES):
        user, site = chiefs[n % len(chiefs)]
        reason = _DENIED.get(n, "")
        with cast.ago(58 - n * 1.8):
            record_use(
                actor=actor_of_user(user), promise=promise, kept=not reason, site=site.code, reason=reason
            )


def _uses(*, claimed: str, terms: str) -> Item:
    return {
        "name_en": "Entries a year",
        "name_zh": "每年可用次数",
        "kind": "number",
        "unit_en": "a year",
        "unit_zh": "次",
        "claimed": claimed,
        "terms": terms,
        "caps_uses": True,
    }


def _guests(*, claimed: str, terms: str) -> Item:
    return {
        "name_en": "Guests",
        "name_zh": "可携同伴",
        "kind": "number",
        "unit_en": "at a time",
        "unit_zh": "人",
        "claimed": claimed,
        "terms": terms,
    }


def _second_card(*, claimed: str, terms: str) -> Item:
    return {
        "name_en": "A second card is asked for",
        "name_zh": "须另行出示副卡",
        "kind": "yes_no",
        "better": "less",
        "claimed": claimed,
        "terms": terms,
    }
