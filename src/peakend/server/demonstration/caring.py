"""How the demonstration's company cares: standards, goals by class, audits, the calendar, suggestions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.server.care.models import CareTask
from peakend.server.care.services.audits import Measure, Scored, record_audit
from peakend.server.care.services.calendar import apply_rule, set_rule, settle_task
from peakend.server.care.services.programme import add_step, set_class_goal, set_item, settle_step
from peakend.server.care.services.suggestions import set_suggestion
from peakend.server.company.models import Site
from peakend.server.customers.models import Customer
from peakend.server.customers.rows import InteractionRow
from peakend.server.customers.services import record_interactions
from peakend.server.demonstration.cast import both
from peakend.server.demonstration.company import FILLING

if TYPE_CHECKING:
    from peakend.server.demonstration.cast import Cast

# Stage, scope, name, metric or measure (`<`: at most), threshold, touchpoint. Nobody thought of after-sales
# while designing: the gap that the grid shows.
_GRID: tuple[tuple[str, str, str, str, str, float, str], ...] = (
    (
        "design",
        "customer_service",
        "Members try a new service first",
        "新服务先请会员试用",
        both("试用会员数", "Members in a trial"),
        20,
        "",
    ),
    ("design", "product_quality", "A seat one can sleep in", "座椅可安睡", "rating", 4.0, "cabin"),
    (
        "design",
        "service_quality",
        "Every page speaks both languages",
        "页面全部双语",
        both("双语页面 %", "Bilingual pages, %"),
        95,
        "",
    ),
    (
        "packaging",
        "customer_service",
        "The ticket says what is included",
        "机票写明包含内容",
        "<" + both("每周咨询数", "Calls a week"),
        40,
        "",
    ),
    ("packaging", "product_quality", "Meals look fresh", "餐食卖相新鲜", "rating", 3.9, "meals"),
    (
        "packaging",
        "service_quality",
        "The boarding pass reads at once",
        "登机牌一扫即过",
        both("一次扫描 %", "At first try, %"),
        97,
        "boarding",
    ),
    (
        "packaging",
        "after_sales",
        "The receipt comes within a day",
        "一天内开具发票",
        "<" + both("开票小时数", "Hours it takes"),
        24,
        "",
    ),
    ("delivery", "customer_service", "Check-in without a wait", "值机无须久候", "rating", 4.0, "checkin"),
    ("delivery", "product_quality", "Baggage soon and whole", "行李快速完好", "rating", 3.8, "baggage"),
    ("delivery", "service_quality", "Boarding is calm", "登机从容有序", "rating", 4.0, "boarding"),
    ("delivery", "after_sales", "Late baggage as agreed", "延误行李按约送达", "on_time", 0.9, "baggage"),
    ("service", "customer_service", "Members feel welcome", "会员宾至如归", "rating", 4.2, "lounge"),
    (
        "service",
        "product_quality",
        "What members use is there",
        "会员常用物品不断货",
        both("每周无缺货天数", "Days a week"),
        6,
        "lounge",
    ),
    ("service", "service_quality", "Four of five are satisfied", "五位旅客四位满意", "csat", 0.8, ""),
    ("service", "after_sales", "Nothing of the visit is left out", "上门步骤无遗漏", "checklist", 0.9, ""),
)
_METRICS = frozenset({"rating", "csat", "on_time", "checklist"})
# No goal for Basic: the page asks for it.
_GOALS = (("Platinum", "nps", 30.0), ("Gold", "nps", 20.0), ("Silver", "csat", 0.65))
_MET = 4


def care(cast: Cast) -> None:
    """Set all of it up."""
    with cast.ago(55):
        _standards(cast)
    _goals(cast)
    _audits(cast)
    _calendar(cast)
    _suggestions(cast)


def _standards(cast: Cast) -> None:
    for stage, scope, en, zh, measured, threshold, touchpoint in _GRID:
        metric = measured if measured in _METRICS else ""
        set_item(
            actor=cast.manager,
            stage=stage,
            scope=scope,
            name_en=en,
            name_zh=zh,
            metric=metric,
            measure="" if metric else measured.lstrip("<"),
            at_least=not measured.startswith("<"),
            threshold_=threshold,
            owner=(cast.supervisor_user if stage in ("delivery", "service") else cast.manager_user).key,
            touchpoint=touchpoint or None,
        )


def _goals(cast: Cast) -> None:
    with cast.ago(45) as then:
        goals = {
            tier: set_class_goal(
                actor=cast.manager,
                tier=tier,
                metric=metric,
                target=target,
                starts_on=then.date(),
                until=then.date() + timedelta(days=120),
                owner=cast.manager_user.key,
            )
            for tier, metric, target in _GOALS
        }
    with cast.ago(14) as then:
        back = add_step(
            actor=cast.manager,
            goal=goals["Gold"].key,
            what=both("休息室恢复健怡可乐", "Bring the diet cola back to the lounges"),
            owner=cast.supervisor_user.key,
            until=then.date() + timedelta(days=10),
        )
        add_step(
            actor=cast.manager,
            goal=goals["Platinum"].key,
            what=both("登机口变更时由专人致电", "Call in person when a gate changes"),
            owner=cast.supervisor_user.key,
            until=then.date() + timedelta(days=45),
        )
    with cast.ago(6):
        settle_step(actor=cast.supervisor, step=back.key)


def _factors(scores: tuple[float, float, float, float]) -> dict[str, Scored]:
    said = {
        "marketing": both(
            "价格、渠道与服务一并检视。", "Price, channel and service were looked at together."
        ),
        "capability": both("与六位员工面谈。", "Talks with six of the staff."),
        "consistency": both("三个班次各观察一小时。", "An hour with each of the three shifts."),
        "identification": both("会员能叫出员工的名字。", "Members know the staff by name."),
    }
    return {
        code: {"score": score, "evidence": said[code]} for (code, score) in zip(said, scores, strict=True)
    }


def _audits(cast: Cast) -> None:
    """One site that does well, and one where much is done and nobody smiles."""
    other = Site.objects.exclude(pk=cast.site.pk).order_by("code")[0]
    with cast.ago(24) as then:
        held: Measure = {
            "what": both("倾听客户：半天工作坊", "Listening to customers: half a day together"),
            "held_on": (then - timedelta(days=5)).date(),
            "invited": 24,
            "attended": 21,
        }
        planned: Measure = {
            "what": both("表扬墙", "A wall of praise"),
            "held_on": None,
            "invited": 24,
            "attended": 0,
        }
        record_audit(
            actor=cast.manager,
            site=cast.site.code,
            on=then.date(),
            hard=8,
            soft=8.5,
            factors=_factors((7, 8, 7.5, 8)),
            environment=_environment((9, 8, 7, 9, 6, 8)),
            measures=[held, planned],
            note=both("队伍稳定，彼此补位。", "A steady team that covers for each other."),
        )
    with cast.ago(9) as then:
        record_audit(
            actor=cast.manager,
            site=other.code,
            on=then.date(),
            hard=9,
            soft=4.5,
            factors=_factors((7, 6, 4, 4.5)),
            environment=_environment((9, 9, 8, 9, 7, 9)),
            measures=[{**planned, "what": both("微笑与问候培训", "Training: greeting people")}],
            note=both("设施一流，问候却很少。", "Everything is there, but hardly anybody says hello."),
        )


def _environment(scores: tuple[float, ...]) -> dict[str, Scored]:
    codes = ("clean", "signs", "waiting", "equipment", "privacy", "access")
    return {code: {"score": score, "evidence": ""} for code, score in zip(codes, scores, strict=True)}


def _calendar(cast: Cast) -> None:
    """Three narrow rules: a care calendar is no flood."""
    with cast.ago(30):
        rules = [
            set_rule(
                actor=cast.manager,
                stage="before",
                trigger="before_visit",
                days=2,
                touchpoint="baggage",
                name_en="Call before the baggage comes home",
                name_zh="行李送达前致电",
                purpose="service",
                channel="phone",
                text_en="Say when we come, and ask where to ring.",
                text_zh="告知送达时间，并确认联系方式。",
            ),
            set_rule(
                actor=cast.manager,
                stage="during",
                trigger="after_interaction",
                days=0,
                touchpoint="lounge",
                site=cast.site.code,
                tier="Gold",
                name_en="Greet gold members in the lounge",
                name_zh="休息室问候金卡会员",
                purpose="service",
                channel="in_person",
                text_en="Greet them by name and bring the drink they like.",
                text_zh="称呼姓名致意，奉上惯常饮品。",
            ),
            set_rule(
                actor=cast.manager,
                stage="after",
                trigger="case_closed",
                days=2,
                touchpoint="lounge",
                tier="Gold",
                name_en="Ask two days after a case in the lounge",
                name_zh="休息室工单办结两天后回访",
                purpose="service",
                channel="phone",
                text_en="Ask whether it is as it should be now.",
                text_zh="询问问题是否已真正解决。",
            ),
        ]
    members = Customer.objects.filter(tier="Gold").order_by("customer_id")[:_MET]
    rows = [
        InteractionRow(
            event_id=f"demo-lounge-{n}",
            at=cast.now - timedelta(hours=4 + 9 * n),
            customer_id=one.customer_id,
            touchpoint="lounge",
            kind="visit",
            site=cast.site.code,
        )
        for n, one in enumerate(members)
    ]
    record_interactions(actor=FILLING, rows=rows)
    with cast.ago(0.1):
        for rule in rules:
            apply_rule(actor=cast.manager, rule=rule.key)
    greeted = CareTask.objects.filter(rule=rules[1]).order_by("at").first()
    if greeted is not None:
        with cast.ago(0.05):
            note = both("已问候，很高兴。", "Greeted; was pleased.")
            settle_task(actor=cast.supervisor, task=greeted.key, status="done", note=note)


def _suggestions(cast: Cast) -> None:
    with cast.ago(28):
        set_suggestion(
            actor=cast.manager,
            name_en="Gold member, all in order",
            name_zh="金卡会员，一切正常",
            conditions=[
                {"fact": "tier", "op": "is", "value": "Gold"},
                {"fact": "open_cases", "op": "at_most", "value": 0},
            ],
            text_en="Offer the seat by the window and the drink they like, before they ask.",
            text_zh="主动安排靠窗座位，奉上惯常饮品。",
        )
        set_suggestion(
            actor=cast.manager,
            name_en="Gold member who was disappointed",
            name_zh="金卡会员，上次不满意",
            conditions=[
                {"fact": "tier", "op": "is", "value": "Gold"},
                {"fact": "last_score", "op": "at_most", "value": 6},
            ],
            text_en="Say that we heard it, and what has changed since. No sales talk.",
            text_zh="说明已听到意见及后续改进，不作推销。",
        )
