"""What the demonstration's company changed: the topics, first of all the lounge, and what was told of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.server.cases.models import Case
from peakend.server.demonstration import aims, heard, keeping, lounge, meetings, programme, visiting
from peakend.server.demonstration.cast import Cast, both
from peakend.server.improvement.models import Receipt
from peakend.server.improvement.services.broadcasts import confirm_read, send_broadcast
from peakend.server.improvement.services.outer_loop import (
    add_evidence,
    ask_change,
    decide_change,
    edit_topic,
    finish_stage,
    move_topic,
    open_cycle,
    raise_topic,
)

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.demonstration.source import Trip
    from peakend.server.improvement.models import Broadcast, Topic

_READ = 0.7
MOST_EVIDENCE = 12
_STAGES = (
    (
        22,
        "listen",
        both("旅程之后的答卷、工单与一线记录。", "Answers, cases and what the front line heard."),
    ),
    (
        18,
        "select",
        both("休息室与登机：最有价值的客户最在意。", "Lounge and boarding: the best customers mind."),
    ),
    (15, "allocate", both("先修复休息室，预算已批。", "The lounge first; its budget is approved.")),
)


def go_on(trips: list[Trip], now: datetime) -> None:
    """Everything that came of the answers."""
    cast = Cast(now)
    cycle = _cycle(cast)
    meetings.hold(cast, lambda point: _lounge(cast, trips, point, cycle))
    _boarding(cast, cycle)
    _baggage(cast)
    heard.listen(cast)
    visiting.visit(cast)
    aims.set_all(cast)
    # Before the trigger is kept, which would ask everybody these tell of.
    programme.set_up(cast)
    keeping.keep(cast)


def _cycle(cast: Cast) -> str:
    with cast.ago(30):
        cycle = open_cycle(actor=cast.manager, name=both("本季度：旅程之后", "This quarter: after the trip"))
    for days, stage, evidence in _STAGES:
        with cast.ago(days):
            finish_stage(actor=cast.manager, cycle=cycle.key, stage=stage, evidence=evidence)
    return cycle.key


def _lounge(cast: Cast, trips: list[Trip], topic: Topic, cycle: str) -> None:
    """Cause, owner, cost, fix and verdict of the story that is planted into the answers."""
    with cast.ago(lounge.RAISED - 1):
        edit_topic(
            actor=cast.manager,
            topic=topic.key,
            theme="quality",
            touchpoint="lounge",
            owner=cast.supervisor_user.key,
            cycle=cycle,
            department=both("采购部", "Procurement"),
            description=both(
                "休息室各环节（人员、座位、餐食）评分如常，整体评分却在金卡与白金卡会员中下降；"
                "原话提到健怡可乐被换成柠檬可乐。",
                "Staff, seats and food in the lounge are rated as before, yet the lounge as a whole fell "
                "among gold and platinum members; their words name the diet cola swapped for lemon cola.",
            ),
            whys=[
                both("最有价值的会员对休息室不满意。", "The best members are not content with the lounge."),
                both("他们喝惯的饮品没有了。", "The drink they come for is gone."),
                both("采购把健怡可乐换成了柠檬可乐。", "Procurement swapped diet cola for lemon cola."),
                both(
                    "供应商给了折扣，没有人问过客户。",
                    "The supplier gave a discount; nobody asked customers.",
                ),
            ],
            cause=both("未问客户就更换饮品", "A drink was swapped without asking customers"),
            planned_change=both(
                "恢复健怡可乐；今后更换休息室物品须先看会员的反馈。",
                "Bring the diet cola back; from now on a swap in the lounge waits for members' feedback.",
            ),
            resources=both("每年 68,000 元（放弃折扣）", "CNY 68,000 a year (the discount given up)"),
        )
        move_topic(actor=cast.manager, topic=topic.key, status="accepted")
    _cost(cast, topic)
    with cast.ago(lounge.BEGUN):
        move_topic(actor=cast.manager, topic=topic.key, status="doing")
    found = Case.objects.filter(touchpoint__code="lounge", customer__tier__in=lounge.TIERS)
    found = found.filter(opened_at__gte=cast.now - timedelta(days=lounge.SWAPPED)).order_by("-opened_at")
    with cast.ago(lounge.BEGUN - 0.1):
        add_evidence(
            actor=cast.manager,
            topic=topic.key,
            cases=list(found.values_list("key", flat=True)[:MOST_EVIDENCE]),
        )
    with cast.ago(lounge.MENDED) as mended:
        review_on = (mended + timedelta(days=lounge.MENDED)).date()
        move_topic(actor=cast.manager, topic=topic.key, status="done", review_on=review_on)
    with cast.ago(lounge.MENDED - 1):
        _read(cast, _told_of_lounge(cast, topic))
    with cast.ago(0.05):
        _verdict(cast, trips, topic)


def _cost(cast: Cast, topic: Topic) -> None:
    with cast.ago(lounge.BEGUN + 2):
        change = ask_change(
            actor=cast.supervisor,
            title=both("休息室恢复健怡可乐", "Bring the diet cola back to the lounges"),
            topic=topic.key,
            site=cast.site.code,
            touchpoint="lounge",
            company_benefit=both(
                "留住最有价值的会员，远高于折扣。", "Keeps the best members; worth more than the discount."
            ),
            company_effect=1,
            customer_benefit=both(
                "会员喝到惯常的饮品，感到被重视。", "Members find the drink they come for, and feel valued."
            ),
            customer_effect=1,
            cost=Decimal(68_000),
        )
    with cast.ago(lounge.BEGUN + 1):
        decide_change(
            actor=cast.manager,
            change=change.key,
            approve=True,
            note=both("双赢，立即执行。", "Win-win; begin at once."),
        )


def _verdict(cast: Cast, trips: list[Trip], topic: Topic) -> None:
    """What the review found is counted from the answers, and as cautious as few answers ask for."""
    during = lounge.level(trips, cast.now, lounge.SWAPPED, lounge.MENDED)
    after = lounge.level(trips, cast.now, lounge.MENDED, 0)
    move_topic(
        actor=cast.manager,
        topic=topic.key,
        status="checked",
        review_verdict="partly",
        review_result=both(
            f"金卡与白金卡会员的休息室评分：换饮品期间 {during.mean:.1f}（n = {during.n}），"
            f"恢复之后 {after.mean:.1f}（n = {after.n}）。答卷尚少，四周后再看。",
            f"The lounge among gold and platinum members: {during.mean:.1f} (n = {during.n}) while it was "
            f"swapped, {after.mean:.1f} (n = {after.n}) since it is back. Few answers yet: look again "
            "in four weeks.",
        ),
    )


def _told_of_lounge(cast: Cast, topic: Topic) -> Broadcast:
    return send_broadcast(
        actor=cast.manager,
        topic=topic.key,
        title_en="The diet cola is back in the lounges",
        title_zh="休息室的健怡可乐回来了",
        said_en="“Everything in the lounge is fine but the diet cola I come for is gone.”",
        said_zh="“其他都好，请把健怡可乐换回来。”",
        did_en="Every lounge has it again. What members use every day is not swapped without asking them.",
        did_zh="各休息室均已恢复供应。会员每天使用的物品，今后不再未经询问就更换。",
        public=True,
    )


def _read(cast: Cast, broadcast: Broadcast) -> None:
    """Most have read it: the supervisor by the page, the others as rows, since each is the same."""
    confirm_read(actor=cast.supervisor, broadcast=broadcast.key)
    waiting = list(Receipt.objects.filter(broadcast=broadcast, read_at=None).order_by("pk"))
    for n, receipt in enumerate(waiting[: int(len(waiting) * _READ)]):
        sent = broadcast.sent_at or cast.now
        receipt.read_at, receipt.remind_at = sent + timedelta(hours=1 + n % 20), None
    Receipt.objects.bulk_update(waiting, ["read_at", "remind_at"])


def _boarding(cast: Cast, cycle: str) -> None:
    """A topic under way: its cause is known, its change is being made."""
    with cast.ago(12):
        topic = raise_topic(
            actor=cast.supervisor,
            title=both("登机口变更通知太晚", "Gate changes are told too late"),
            theme="information",
            site=cast.site.code,
            touchpoint="boarding",
        )
    with cast.ago(11):
        edit_topic(
            actor=cast.manager,
            topic=topic.key,
            owner=cast.supervisor_user.key,
            cycle=cycle,
            department=both("地面服务部", "Ground services"),
            whys=[
                both("旅客跑到了错的登机口。", "Passengers ran to the wrong gate."),
                both(
                    "短信在变更后二十分钟才发出。", "The text message left twenty minutes after the change."
                ),
            ],
            cause=both("通知依赖人工发送", "The message is sent by hand"),
            planned_change=both("登机口变更后自动发送短信。", "A gate change sends the message by itself."),
        )
        move_topic(actor=cast.manager, topic=topic.key, status="accepted")
    with cast.ago(9):
        move_topic(actor=cast.manager, topic=topic.key, status="doing")
    with cast.ago(2):
        broadcast = send_broadcast(
            actor=cast.manager,
            topic=topic.key,
            title_en="Gate changes will be told by themselves",
            title_zh="登机口变更将自动通知",
            said_en="“I ran to the old gate; nobody had told me.”",
            said_zh="“我跑到了原来的登机口，没有人告诉我。”",
            did_en="The first flights send the message at once. Until all do, please announce it twice.",
            did_zh="首批航班已在变更时自动发送短信；全部上线之前，请广播两次。",
            sites=[cast.site.code],
        )
        _read(cast, broadcast)


def _baggage(cast: Cast) -> None:
    """Two topics at the beginning, and a change that waits for its decision."""
    with cast.ago(3):
        raise_topic(
            actor=cast.supervisor,
            title=both("晚高峰行李等候过久", "Long waits at the belt in the evening"),
            theme="waiting",
            site=cast.site.code,
            touchpoint="baggage",
        )
        ask_change(
            actor=cast.supervisor,
            title=both("晚高峰增开一条行李转盘", "One more belt in the evening"),
            site=cast.site.code,
            touchpoint="baggage",
            company_benefit=both("每晚多一班人手。", "One more crew every evening."),
            company_effect=-1,
            customer_benefit=both("少等约八分钟。", "About eight minutes less to wait."),
            customer_effect=1,
            cost=Decimal(240_000),
        )
    with cast.ago(25):
        declined = raise_topic(
            actor=cast.supervisor,
            title=both("安检允许带饮料", "Let drinks through security"),
            theme="process",
            site=cast.site.code,
            touchpoint="security",
        )
    with cast.ago(24):
        reason = both("法规所限，改为在值机处提示。", "The law forbids it; check-in tells people instead.")
        move_topic(actor=cast.manager, topic=declined.key, status="declined", reason=reason)
