"""The care calendar: rules, what they bring about, and settling tasks."""

from __future__ import annotations

from itertools import islice

from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, system
from peakend.server.acting.services import audit, service
from peakend.server.care import policies
from peakend.server.care.checks import names, place_of, texts, whole_company
from peakend.server.care.models import CareRule, CareTask
from peakend.server.care.occasions import Occasion, due
from peakend.server.care.selectors.calendar import get_rule, get_task
from peakend.server.care.words import ACTIONS, CHANNELS, PURPOSES, STAGES, TRIGGERS_OF
from peakend.server.channels.selectors import get_survey
from peakend.server.channels.services import invite
from peakend.server.customers.consents import allows
from peakend.server.customers.models import Customer
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import touchpoint_of
from peakend.server.notices.outbox import notify
from peakend.server.surveys.models import Survey

BATCH = 100
INVITING = ("email", "sms")


@service(policies.SET_RULE)
def set_rule(
    *,
    actor: Actor,
    stage: str,
    trigger: str,
    days: int,
    name_en: str,
    name_zh: str,
    purpose: str,
    channel: str,
    text_en: str,
    text_zh: str,
    action: str = "task",
    survey: str | None = None,
    attribute: str = "",
    touchpoint: str | None = None,
    site: str | None = None,
    tier: str = "",
) -> CareRule:
    """Put a rule into the calendar; it holds for what falls due from now on."""
    need_one_of(stage, STAGES, "stage")
    if trigger not in TRIGGERS_OF[stage]:
        raise invalid(
            "This trigger does not belong to this stage.", "该触发条件不适用于此阶段。", field="trigger"
        )
    need_one_of(purpose, PURPOSES, "purpose")
    need_one_of(channel, CHANNELS, "channel")
    need_one_of(action, ACTIONS, "action")
    if not 0 <= days <= 1000 or (trigger == "silence" and days < 1):
        raise invalid(
            "Between 0 and 1000 days; silence lasts at least one.",
            "天数须在 0 至 1000 之间，静默至少 1 天。",
            field="days",
        )
    if (trigger == "before_date") is not bool(attribute.strip()):
        raise invalid(
            "Name the date of the profile, for that trigger alone.",
            "仅“客户资料中某日期”需要且必须填写属性名称。",
            field="attribute",
        )
    made = CareRule.objects.create(
        stage=stage,
        trigger=trigger,
        days=days,
        attribute=attribute.strip()[:60],
        touchpoint=touchpoint_of(touchpoint),
        site=place_of(actor, site),
        tier=tier.strip()[:60],
        **names(name_en, name_zh),
        purpose=purpose,
        action=action,
        channel=channel,
        survey=_survey(actor, action, channel, survey),
        **texts(text_en, text_zh),
        made_at=clock.now(),
    )
    audit(actor, "care.rule_set", made, stage=stage, trigger=trigger, days=days)
    return made


@service(policies.SET_RULE)
def retire_rule(*, actor: Actor, rule: str) -> CareRule:
    """Take a rule out of the calendar; its tasks stay."""
    found = get_rule(actor, rule)
    if found.site_id is None:
        whole_company(actor)
    found.active = False
    found.save(update_fields=["active"])
    audit(actor, "care.rule_retired", found)
    return found


@service(policies.SET_RULE, audited=False)
def apply_rule(*, actor: Actor, rule: str, most: int = BATCH) -> int:
    """Make the tasks of occasions that are due and have none yet; how many. The worker does it by itself."""
    found = get_rule(actor, rule)
    if found.site_id is None:
        whole_company(actor)
    made = sum(islice((1 for each in due(found) if _care(found, each)), most))
    if made:  # the worker looks every quarter of an hour; nothing is written of nothing
        audit(actor, "care.rule_applied", found, made=made)
    return made


@service(policies.WORK_TASK)
def settle_task(*, actor: Actor, task: str, status: str, note: str = "") -> CareTask:
    """Say that a task was done, or that it is not to be done, with a word about it."""
    need_one_of(status, ("done", "dropped"), "status")
    found = get_task(actor, task)
    changed = CareTask.objects.filter(pk=found.pk, status="open").update(
        status=status,
        note=note.strip()[:400],
        settled_at=clock.now(),
        settled_by=actor.user_id,
    )
    if not changed:
        raise conflict("This task is settled already.", "该任务已处理完毕。")
    found.refresh_from_db()
    audit(actor, "care.task_settled", found, status=status)
    return found


def allowed(rule: CareRule, customer: Customer) -> bool:
    """Whether the customer is there and lets us write for the rule's purpose through its channel."""
    if customer.erased_at is not None or not allows(customer, rule.purpose, rule.channel):
        return False
    return rule.action == "task" or allows(customer, "survey", rule.channel)


def _care(rule: CareRule, occasion: Occasion) -> bool:
    """Make one task, unless somebody made it meanwhile or the customer does not want it."""
    customer = Customer.objects.select_for_update().get(pk=occasion.customer)
    if not allowed(rule, customer):
        return False
    try:
        with transaction.atomic():
            task = CareTask.objects.create(
                rule=rule,
                customer=customer,
                occasion=occasion.key,
                at=occasion.at,
                site_id=occasion.site or customer.site_id,
                team_id=occasion.team,
                owner=occasion.find_owner(customer),
                made_at=clock.now(),
            )
    except IntegrityError:
        return False
    if rule.action == "invitation":
        _invite(task, customer)
    else:
        _tell(task)
    return True


def _invite(task: CareTask, customer: Customer) -> None:
    """Through the channels' own service: its ledger decides, now or when the mail is due."""
    rule = task.rule
    if rule.survey is None:  # the rule's check sees to it
        return
    chinese = customer.language.startswith("zh")
    task.invitation = invite(
        actor=system("care calendar"),
        survey=rule.survey,
        customer=customer,
        channel=rule.channel,
        site=task.site,
        team=task.team,
        touchpoint=rule.touchpoint,
        embedded={"care": rule.text_zh if chinese else rule.text_en},
    )
    task.status = "spared" if task.invitation.status == "suppressed" else "invited"
    task.settled_at = clock.now()
    task.save(update_fields=["invitation", "status", "settled_at"])


def _tell(task: CareTask) -> None:
    if task.owner is not None:
        notify([task.owner], Text(task.rule.name_en, task.rule.name_zh), f"/care/tasks/#task-{task.key}")


def _survey(actor: Actor, action: str, channel: str, key: str | None) -> Survey | None:
    if action == "task":
        if key:
            raise invalid("A task needs no survey.", "员工任务无需选择调查。", field="survey")
        return None
    if channel not in INVITING:
        raise invalid("Invite by e-mail or text message.", "邀请须通过邮件或短信发送。", field="channel")
    if not key:
        raise invalid("Choose the survey.", "请选择调查。", field="survey")
    found: Survey = get_survey(actor, key)
    return found
