"""What the demonstration's manager has set up: saved views, a panel, a wave, a trigger, a quota."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.server.acting.actors import Role
from peakend.server.boards.subjects import get_board
from peakend.server.boards.views import save_view
from peakend.server.channels.quotas import save_quota
from peakend.server.channels.sampling import Sampling
from peakend.server.channels.triggers import save_trigger
from peakend.server.channels.waves import make_panel, plan_wave
from peakend.server.company.models import Touchpoint
from peakend.server.customers.models import Customer
from peakend.server.demonstration.cast import Cast, both
from peakend.server.demonstration.lounge import TIERS
from peakend.server.people.models import User
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping

_PANEL = 40


def keep(cast: Cast) -> None:
    """Set it all up."""
    visit = Survey.objects.get(programme="visit")
    with cast.ago(10):
        _views(cast, visit.key)
        _rounds(cast, visit)
    # They have been here before: without it everybody would seem to be invited only.
    User.objects.filter(last_login=None).update(last_login=cast.now - timedelta(days=1))


def _views(cast: Cast, board: str) -> None:
    lounge = next(one.key for one in get_board(cast.manager, board).items if one.item.question.id == "lounge")
    shown: tuple[tuple[str, Mapping[str, str], str], ...] = (
        (both("休息室 · 金卡会员", "Lounge, gold members"), {"item": lounge, "tier": "Gold"}, "everybody"),
        (both("休息室", "Lounge"), {"item": lounge}, "everybody"),
        (
            both(cast.site.name_zh or cast.site.name, cast.site.name),
            {"site": cast.site.code},
            str(Role.SUPERVISOR),
        ),
    )
    for name, filters, role in shown:
        save_view(actor=cast.manager, name=name, board=board, filters=filters, role=role)


def _rounds(cast: Cast, visit: Survey) -> None:
    members = Customer.objects.filter(tier__in=TIERS).order_by("customer_id")
    panel = make_panel(
        actor=cast.manager,
        name=both("金卡与白金卡会员", "Gold and platinum members"),
        customer_ids=list(members.values_list("customer_id", flat=True)[:_PANEL]),
    )
    begins = (cast.now + timedelta(days=21)).date()
    plan_wave(
        actor=cast.manager,
        survey=visit,
        label=both("休息室复查", "Lounge, second look"),
        starts_on=begins,
        ends_on=begins + timedelta(days=14),
        sampling=Sampling(),
        panel=panel,
    )
    save_trigger(
        actor=cast.manager,
        survey=visit,
        name=both("休息室使用之后", "After the lounge"),
        touchpoint=Touchpoint.objects.get(code="lounge"),
        share=0.5,
    )
    counter = Survey.objects.get(programme="counter")
    name = both("每月柜台答卷", "Answers at the counters")
    save_quota(actor=cast.manager, survey=counter, name=name, target=500)
