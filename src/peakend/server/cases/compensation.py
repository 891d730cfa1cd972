"""Saying sorry with something in the hand: caps by role, a supervisor's yes over them, nobody's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.errors import ConflictError, NotAllowedError, NotFoundError
from peakend.server.acting.services import audit, service
from peakend.server.cases import presets
from peakend.server.cases.deadlines import clock_of
from peakend.server.cases.models import Case, Compensation, CompensationCap
from peakend.server.cases.refusals import NotNowError, wrong
from peakend.server.cases.routing import tell
from peakend.server.cases.selectors import get_case, locked
from peakend.server.cases.timeline import happened
from peakend.server.customers.models import Customer
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

MOST = Decimal("99999999.99")
OVER: dict[str, Text] = {
    "case": Text("more than you may give in one case", "超过您的单张工单限额"),
    "customer": Text("more than this customer may get from you in a year", "超过您对同一客户的年度限额"),
    "employee": Text("more than you may give in a month", "超过您的月度限额"),
}


@dataclass(frozen=True)
class Cap:
    """What a role may give without asking, in one currency."""

    per_case: Decimal
    per_customer_year: Decimal
    per_employee_month: Decimal


def caps() -> dict[tuple[str, str], Cap]:
    """The caps in force, by role and currency.

    CX managers and administrators without one have none to mind.
    """
    found = {key: Cap(*amounts) for key, amounts in presets.CAPS.items()}
    for row in CompensationCap.objects.all():
        found[row.role, row.currency] = Cap(row.per_case, row.per_customer_year, row.per_employee_month)
    return found


def money(amount: str | Decimal) -> Decimal:
    """The amount, above 0, in cents; `InvalidError` for anything else."""
    try:
        found = Decimal(str(amount).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 < found <= MOST or found != found.quantize(Decimal("0.01")):
        raise wrong(
            "amount",
            Text("An amount above 0, with two digits at most.", "请填写大于 0 的金额，最多两位小数。"),
        )
    return found.quantize(Decimal("0.01"))


@service("cases.work")
def compensate(
    *, actor: Actor, key: str, kind: str, amount: str | Decimal = "0", currency: str = "CNY", reason: str
) -> Compensation:
    """Give the customer something. Within the caps it is granted; over one it waits for a supervisor's yes.

    An apology costs nothing and needs nobody's yes.
    """
    case = locked(actor, key)
    if case.status == "closed":
        raise NotNowError(case, Text("compensated", "补偿"))
    if kind not in presets.COMPENSATIONS:
        raise wrong("kind", Text("Choose what to give.", "请选择补偿方式。"))
    if not reason.strip():
        raise wrong("reason", Text("Say what for.", "请填写理由。"))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise wrong("currency", Text("A currency has three letters.", "币种为三位字母代码。"))
    giver = User.objects.select_for_update().filter(pk=actor.user_id).first()
    if giver is None:
        raise NotAllowedError("cases.work")
    # Two grants at the same moment must see each other: both hold the customer's row.
    if case.customer_id:
        Customer.objects.select_for_update().filter(pk=case.customer_id).first()
    value = Decimal(0) if kind == "apology" else money(amount)
    over = exceeded(case, giver, value, currency) if value else []
    made = Compensation.objects.create(
        case=case,
        customer=case.customer,
        kind=kind,
        amount=value,
        currency=currency,
        reason=reason.strip()[:400],
        by=giver,
        at=clock.now(),
        status="asked" if over else "granted",
        over=over,
    )
    said: dict[str, Any] = {"what": kind, "amount": str(value), "currency": currency}
    happened(case, "asked" if over else "compensated", actor, made.reason, **said)
    if over:
        _ask(case, giver)
    audit(actor, "cases.compensate", case, kind=kind, amount=str(value), currency=currency, over=over)
    case.save()
    return made


def exceeded(case: Case, giver: User, value: Decimal, currency: str) -> list[str]:
    """Which caps of the giver's role `value` would go over: case, customer, employee."""
    cap = caps().get((giver.role, currency))
    if cap is None:
        return [] if giver.role in (Role.CX_MANAGER, Role.ADMINISTRATOR) else ["case"]
    given = Compensation.objects.filter(currency=currency, status="granted")
    now = clock.now()
    spent = {
        "case": (given.filter(case=case), cap.per_case),
        "employee": (given.filter(by=giver, at__gte=_month_began(case, now)), cap.per_employee_month),
    }
    if case.customer_id:
        year = given.filter(customer=case.customer, at__gt=now - timedelta(days=presets.YEAR_DAYS))
        spent["customer"] = (year, cap.per_customer_year)
    return sorted(
        name
        for name, (rows, most) in spent.items()
        if (rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) + value > most
    )


def _month_began(case: Case, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(clock_of(case).zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _ask(case: Case, giver: User) -> None:
    asked = case.supervisor if case.supervisor and case.supervisor != giver else None
    people = [asked] if asked else list(User.objects.filter(role=Role.CX_MANAGER, is_active=True))
    tell(
        people,
        case,
        Text(
            f"{giver.name} asks for your approval in case {case.number}",
            f"{giver.name}请您审批工单 {case.number} 的补偿",
        ),
        mark="case.approval",
    )


@service("cases.approve")
def decide(*, actor: Actor, key: str, approve: bool, note: str = "") -> Compensation:
    """Say yes or no to compensation `key` that waits.

    Not one's own, and not more than one's own cap for a case.
    """
    found = Compensation.objects.filter(key=key).select_related("case").first()
    if found is None:
        raise NotFoundError(Text("compensation", "补偿"))
    case = locked(actor, get_case(actor, found.case.key).key)
    asked = Compensation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if asked.status != "asked":
        raise ConflictError(Text("This was decided already.", "此申请已有审批结果。"))
    if asked.by_id == actor.user_id:
        raise ConflictError(
            Text("Nobody approves their own compensation.", "不能审批自己提出的补偿。"),
            Text("Ask another supervisor or a CX manager.", "请由其他主管或客户体验经理审批。"),
        )
    if approve:
        _within_own(case, asked, actor)
    asked.status = "granted" if approve else "refused"
    asked.decided_by_id, asked.decided_at = actor.user_id, clock.now()
    asked.save()
    said: dict[str, Any] = {"what": asked.kind, "amount": str(asked.amount), "currency": asked.currency}
    happened(case, "approved" if approve else "refused", actor, note.strip()[:400], **said)
    tell(
        [asked.by],
        case,
        Text(f"Compensation approved in case {case.number}", f"工单 {case.number} 的补偿已批准")
        if approve
        else Text(f"Compensation refused in case {case.number}", f"工单 {case.number} 的补偿未获批准"),
        mark="case.decided",
    )
    audit(actor, "cases.decide", case, compensation=asked.key, approve=approve)
    case.save()
    return asked


def _within_own(case: Case, asked: Compensation, actor: Actor) -> None:
    """`ConflictError` where the one who approves might not give as much in one case themselves."""
    role = actor.role.value if actor.role else ""
    cap = caps().get((role, asked.currency))
    if cap is None:
        if role in (Role.CX_MANAGER, Role.ADMINISTRATOR):
            return
        most = Decimal(0)
    else:
        most = cap.per_case
    given = case.compensations.filter(status="granted", currency=asked.currency)
    if (given.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) + asked.amount > most:
        raise ConflictError(
            Text("This is more than you may give yourself.", "超过您本人的限额。"),
            Text("Ask a CX manager to decide.", "请由客户体验经理审批。"),
        )
