"""The demonstration's work at customers' doors: late baggage brought home, one with its photograph."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from peakend.server.cases.models import Case
from peakend.server.customers.models import Customer
from peakend.server.demonstration.cast import Cast, both
from peakend.server.improvement.services.photos import add_photo
from peakend.server.improvement.services.visits import (
    ItemWords,
    arrive,
    check_item,
    finish_visit,
    plan_visit,
    save_checklist,
)
from peakend.server.people.acting import actor_of_user

if TYPE_CHECKING:
    from peakend.server.improvement.models import Visit
    from peakend.server.people.models import User

CHECKLIST = "baggage-delivery"
_PHOTO = "handed-over"


def _item(
    code: str, en: str, zh: str, aspect: str, weight: float, *, photo: bool = False, required: bool = True
) -> ItemWords:
    return {
        "code": code,
        "text_en": en,
        "text_zh": zh,
        "aspect": aspect,
        "weight": weight,
        "required": required,
        "photo": photo,
    }


ITEMS: list[ItemWords] = [
    _item("on-time", "Arrived within the time agreed", "在约定时间内到达", "timeliness", 0.7),
    _item("called", "Called half an hour ahead", "提前半小时致电", "timeliness", 0.3, required=False),
    _item("sorry", "Apologised and said why it was late", "致歉并说明延误原因", "conduct", 0.6),
    _item("identity", "Identity checked", "核对收件人身份", "conduct", 0.4),
    _item(_PHOTO, "Baggage whole and handed over", "行李完好并当面交付", "quality", 1.0, photo=True),
]


def visit(cast: Cast) -> None:
    """Make the checklist and three visits: one done, one that fell short, one planned for tomorrow."""
    with cast.ago(60):
        save_checklist(
            actor=cast.manager,
            code=CHECKLIST,
            name_en="Bringing late baggage home",
            name_zh="延误行李送达",
            items=ITEMS,
            reopen_days=7,
        )
    first, second = cast.line[0], cast.line[1]
    task = both("送达延误行李一件", "Bring one piece of late baggage")
    _done(_planned(cast, first, 6, task), cast, first, 6)
    _done(_planned(cast, second, 3, task), cast, second, 3, but="sorry")
    _planned(cast, first, -1, task)


def _planned(cast: Cast, who: User, days: float, task: str) -> Visit:
    begins = cast.now - timedelta(days=days)
    case = Case.objects.filter(touchpoint__code="baggage", site=cast.site, customer__isnull=False)
    case = case.filter(opened_at__lt=begins - timedelta(days=0.5)).select_related("customer")
    found = case.order_by("-opened_at").first()
    customer = found.customer if found else Customer.objects.order_by("pk").first()
    with cast.ago(days + 0.3 if days > 0 else 0.1):
        return plan_visit(
            actor=cast.supervisor,
            checklist=CHECKLIST,
            site=cast.site.code,
            task=task,
            window_from=begins,
            window_to=begins + timedelta(hours=2),
            employee=who.key,
            team=cast.team_key(who),
            customer_id=customer.customer_id if customer else None,
            touchpoint="baggage",
            case=found.key if found else None,
        )


def _done(planned: Visit, cast: Cast, who: User, days: float, but: str = "") -> None:
    actor = actor_of_user(who)
    with cast.ago(days - 0.03):
        arrive(actor=actor, visit=planned.key)
        for item in ITEMS:
            check_item(actor=actor, visit=planned.key, item=item["code"], done=item["code"] != but)
        add_photo(actor=actor, visit=planned.key, item=_PHOTO, sent=picture())
    with cast.ago(days - 0.05):
        finish_visit(actor=actor, visit=planned.key)


def picture() -> bytes:
    """A suitcase at a door, drawn: a demonstration has no camera."""
    image = Image.new("RGB", (900, 1200), "#d9d2c5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 900, 900, 1200), fill="#8f7f6b")
    draw.rectangle((180, 120, 560, 900), fill="#5f6f63", outline="#46524a", width=10)
    draw.ellipse((500, 500, 530, 530), fill="#d8b45a")
    draw.rounded_rectangle((540, 640, 800, 1040), 28, fill="#2c4a7c", outline="#20375c", width=8)
    for x in (600, 670, 740):
        draw.line((x, 670, x, 1010), fill="#3d5f98", width=8)
    draw.line((620, 640, 620, 560, 720, 560, 720, 640), fill="#20375c", width=12)
    draw.ellipse((570, 1030, 610, 1070), fill="#222222")
    draw.ellipse((730, 1030, 770, 1070), fill="#222222")
    draw.rectangle((640, 700, 700, 780), fill="#f3efe6")
    sent = io.BytesIO()
    image.save(sent, "JPEG", quality=85)
    return sent.getvalue()
