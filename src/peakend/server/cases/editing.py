"""Changing the catalogues: rules, deadlines, calendars, causes, templates, caps.

Each entry is saved whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.services import audit, service
from peakend.server.cases import catalogue, presets, rules
from peakend.server.cases.calendars import NeverOpenError, add_business
from peakend.server.cases.compensation import MOST
from peakend.server.cases.contacts import unknown_holes
from peakend.server.cases.models import (
    BusinessCalendar,
    CaseRule,
    Cause,
    CompensationCap,
    ContactTemplate,
    Setting,
    SlaPolicy,
)
from peakend.server.cases.refusals import wrong
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
UNITS = ("minutes", "workdays", "days")
# What every process keeps to open cases by.
KEPT: tuple[type[Setting], ...] = (CaseRule, SlaPolicy, BusinessCalendar)
CURRENCY = re.compile(r"[A-Z]{3}")


def _begin(code: str, name: Mapping[str, str]) -> dict[str, str]:
    """The name, tidied; InvalidError for a code or a name that cannot be."""
    if not CODE.fullmatch(code):
        raise wrong(
            "code",
            Text("A code has small letters, digits and hyphens.", "编码只能包含小写字母、数字和连字符。"),
        )
    tidy = {key: " ".join(str(name.get(key, "")).split())[:200].strip() for key in ("en", "zh")}
    if not any(tidy.values()):
        raise wrong("name", Text("Give it a name.", "请填写名称。"))
    return {key: value for key, value in tidy.items() if value}


def _one_of(field: str, value: str, known: Sequence[str] | Mapping[str, Any], empty: bool = False) -> str:
    if value in known or (empty and not value):
        return value
    raise wrong(field, Text("Choose one of the list.", "请从列表中选择。"))


def _saved(model: type[Setting], actor: Actor, code: str, **fields: Any) -> Any:  # noqa: ANN401
    row, _ = model.objects.update_or_create(code=code, defaults=fields)
    audit(actor, "cases.settings", row, what=model.__name__, code=code)
    if model in KEPT:
        rules.changed()
    return row


@service("cases.settings")
def save_rule(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str],
    conditions: Mapping[str, Any],
    kind: str = "complaint",
    severity: str = "normal",
    survey: str = "",
    position: int = 100,
    active: bool = True,
) -> CaseRule:
    """Add or replace a rule; `survey` is the key of the only survey it is for.

    In force for the next answer.
    """
    tidy = _begin(code, name)
    try:
        checked = rules.Conditions.model_validate(conditions)
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise wrong(
            "conditions", Text(f"The conditions cannot be read: {said}", f"条件无法识别：{said}")
        ) from error
    only = Survey.objects.filter(key=survey).first() if survey else None
    if survey and only is None:
        raise wrong("survey", Text("There is no such survey.", "没有该问卷。"))
    row: CaseRule = _saved(
        CaseRule,
        actor,
        code,
        name=tidy,
        conditions=checked.model_dump(mode="json"),
        kind=_one_of("kind", kind, [one for one in presets.KINDS if one != "repeat"]),
        severity=_one_of("severity", severity, presets.SEVERITIES),
        survey=only,
        position=position,
        active=active,
    )
    return row


@service("cases.settings")
def save_sla(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str],
    kind: str = "",
    severity: str = "",
    tier: str = "",
    contact_amount: int | None = None,
    contact_unit: str = "minutes",
    resolve_amount: int | None = None,
    resolve_unit: str = "minutes",
    extended_amount: int | None = None,
    regulation: str = "",
    position: int = 100,
    active: bool = True,
) -> SlaPolicy:
    """Add or replace a policy of deadlines; cases opened from now on run by it."""
    tidy = _begin(code, name)
    amounts = {
        "contact_amount": contact_amount,
        "resolve_amount": resolve_amount,
        "extended_amount": extended_amount,
    }
    for field, amount in amounts.items():
        if amount is not None and not 1 <= amount <= 1_000_000:
            raise wrong(field, Text("A whole number from 1.", "请填写不小于 1 的整数。"))
    if contact_amount is None and resolve_amount is None:
        raise wrong("resolve_amount", Text("Give at least one deadline.", "请至少填写一个时限。"))
    if extended_amount is not None and (resolve_amount is None or extended_amount <= resolve_amount):
        raise wrong("extended_amount", Text("The longer time must be longer.", "延长后的时限应更长。"))
    row: SlaPolicy = _saved(
        SlaPolicy,
        actor,
        code,
        name=tidy,
        kind=_one_of("kind", kind, presets.KINDS, empty=True),
        severity=_one_of("severity", severity, presets.SEVERITIES, empty=True),
        tier=" ".join(tier.split())[:60],
        contact_unit=_one_of("contact_unit", contact_unit, UNITS),
        resolve_unit=_one_of("resolve_unit", resolve_unit, UNITS),
        regulation=" ".join(regulation.split())[:300].strip(),
        position=position,
        active=active,
        **amounts,
    )
    return row


@service("cases.settings")
def save_calendar(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str],
    week: Sequence[Sequence[Sequence[str]]],
    holidays: str = "",
    closed: Sequence[str] = (),
    opened: Mapping[str, Sequence[Sequence[str]]] | None = None,
    active: bool = True,
) -> BusinessCalendar:
    """Add or replace a business calendar; deadlines set from now on run by it."""
    tidy = _begin(code, name)
    try:
        given: dict[str, Any] = {
            "week": [[[str(clock) for clock in span] for span in day] for day in week],
            "closed": sorted({date.fromisoformat(str(day)).isoformat() for day in closed}),
            "opened": {
                date.fromisoformat(day).isoformat(): [[str(clock) for clock in span] for span in spans]
                for day, spans in (opened or {}).items()
            },
            "holidays": _one_of("holidays", holidays, ("CN", "US"), empty=True),
        }
        found = catalogue.calendar_of(BusinessCalendar(code=code, name=tidy, **given))
        # A place that is never open could never be late.
        from peakend.server.acting import clock as now_clock

        add_business(now_clock.now(), 1, found, "UTC")
    except NeverOpenError as error:
        raise wrong("week", Text("It is never open.", "该日历没有任何工作时间。")) from error
    except (ValueError, TypeError) as error:
        raise wrong(
            "week",
            Text(
                "Hours look like 09:00-12:00, days like 2026-10-01.",
                "时间格式如 09:00-12:00，日期格式如 2026-10-01。",
            ),
        ) from error
    # As read back: 9:00 and 09:00 are one.
    fields = {name: catalogue.as_data(found)[name] for name in given}
    row: BusinessCalendar = _saved(BusinessCalendar, actor, code, name=tidy, active=active, **fields)
    return row


@service("cases.settings")
def save_cause(
    *, actor: Actor, code: str, name: Mapping[str, str], position: int = 100, active: bool = True
) -> Cause:
    """Add or rename a cause, or switch it off; cases that have it keep it."""
    row: Cause = _saved(Cause, actor, code, name=_begin(code, name), position=position, active=active)
    return row


@service("cases.settings")
def save_template(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str],
    channel: str,
    body: Mapping[str, str],
    subject: Mapping[str, str] | None = None,
    position: int = 100,
    active: bool = True,
) -> ContactTemplate:
    """Add or replace a template; what it fills in must be known."""
    tidy = _begin(code, name)
    subjects = {
        key: " ".join(text.split())[:300].strip() for key, text in (subject or {}).items() if text.strip()
    }
    bodies = {key: _lines(text)[:20_000].strip() for key, text in body.items() if text.strip()}
    if not bodies:
        raise wrong("body", Text("A template needs words.", "请填写模板内容。"))
    if channel == "email" and not subjects:
        raise wrong("subject", Text("An e-mail needs a subject.", "请填写邮件主题。"))
    unknown = sorted(unknown_holes(bodies) | unknown_holes(subjects))
    if unknown:
        named, known = ", ".join(unknown), ", ".join(sorted(presets.PLACEHOLDERS))
        raise wrong(
            "body",
            Text(f"Nothing fills in {named}. Known: {known}.", f"无法填充：{named}。可用：{known}。"),
        )
    row: ContactTemplate = _saved(
        ContactTemplate,
        actor,
        code,
        name=tidy,
        channel=_one_of("channel", channel, presets.CHANNELS),
        subject=subjects,
        body=bodies,
        position=position,
        active=active,
    )
    return row


def _lines(text: str) -> str:
    """The text with the ends of its lines written in one way, however they came."""
    return re.sub(r"\r\n?", "\n", text).strip()


@service("cases.settings")
def save_cap(
    *,
    actor: Actor,
    role: str,
    currency: str,
    per_case: Decimal,
    per_customer_year: Decimal,
    per_employee_month: Decimal,
) -> CompensationCap:
    """Set how much a role may give without asking, in one currency."""
    _one_of("role", role, [one.value for one in Role if one is not Role.ANALYST])
    if not CURRENCY.fullmatch(currency):
        raise wrong("currency", Text("A currency has three letters.", "币种为三位字母代码。"))
    amounts = {
        "per_case": per_case,
        "per_customer_year": per_customer_year,
        "per_employee_month": per_employee_month,
    }
    for field, amount in amounts.items():
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise wrong(field, Text("An amount of 0 or more.", "请填写不小于 0 的金额。"))
    row, _ = CompensationCap.objects.update_or_create(role=role, currency=currency, defaults=amounts)
    audit(actor, "cases.settings", row, what="CompensationCap", role=role, currency=currency)
    return row


@service("cases.settings")
def turn(*, actor: Actor, what: str, code: str, active: bool) -> Setting:
    """Switch an entry on or off; a built-in one becomes the company's own by it."""
    models: dict[str, type[Setting]] = {
        "rules": CaseRule,
        "sla": SlaPolicy,
        "calendars": BusinessCalendar,
        "causes": Cause,
        "templates": ContactTemplate,
    }
    if what not in models:
        raise NotFoundError
    row = models[what].objects.filter(code=code).first() or _own(what, code)
    if row is None:
        raise NotFoundError
    row.active = active
    row.save()
    audit(actor, "cases.settings", row, what=what, code=code, active=active)
    if models[what] in KEPT:
        rules.changed()
    return row


def _own(what: str, code: str) -> Setting | None:
    """The built-in entry as a row of the company's own, not yet saved."""
    if what == "causes":
        for at, (known, en, zh) in enumerate(presets.CAUSES):
            if known == code:
                return Cause(code=code, name={"en": en, "zh": zh}, position=at)
        return None
    if what == "calendars":
        return None
    listed = {"rules": presets.RULES, "sla": presets.SLAS, "templates": presets.TEMPLATES}[what]
    models: dict[str, type[Setting]] = {"rules": CaseRule, "sla": SlaPolicy, "templates": ContactTemplate}
    found = next((one for one in listed if one["code"] == code), None)
    return models[what](**found) if found is not None else None
