"""What cases run by, for programs: rules, deadlines, calendars, causes, templates, caps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.cases import catalogue, editing, rules
from peakend.server.cases.compensation import caps
from peakend.server.cases.policies import READ, SETTINGS
from peakend.server.cases.schemas import (
    CalendarIn,
    CalendarOut,
    Calendars,
    CapIn,
    CapOut,
    Caps,
    Causes,
    EntryIn,
    EntryOut,
    RuleIn,
    RuleOut,
    Rules,
    SlaIn,
    SlaOut,
    Slas,
    TemplateIn,
    TemplateOut,
    Templates,
)
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.problems import gives

router = Router()
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


def _plain(one: Any) -> dict[str, Any]:  # noqa: ANN401
    found = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return {name: asdict(value) if isinstance(value, Text) else value for name, value in found.items()}


def _rule(one: rules.Rule) -> dict[str, Any]:
    found = _plain(one)
    return {**found, "conditions": one.conditions.model_dump(mode="json")}


def _one(listed: list[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(one for one in listed if one["code"] == code)


def _rules() -> list[dict[str, Any]]:
    return [_rule(one) for one in rules.rules(every=True)]


def _slas() -> list[dict[str, Any]]:
    return [_plain(one) for one in catalogue.slas(every=True)]


def _templates() -> list[dict[str, Any]]:
    return [_plain(one) for one in catalogue.templates(every=True)]


def _causes() -> list[dict[str, Any]]:
    used = catalogue.causes()
    return [
        {"code": code, "name": asdict(name), "active": code in used}
        for code, name in catalogue.causes(every=True).items()
    ]


def _caps() -> list[dict[str, Any]]:
    return [
        {"role": role, "currency": currency, **asdict(cap)}
        for (role, currency), cap in sorted(caps().items())
    ]


@router.get("/case-rules", response=gives(Rules), summary="Rules that open cases")
@acts(SETTINGS)
def list_rules(request: HttpRequest) -> dict[str, Any]:
    """Every rule by position."""
    return {"items": _rules()}


@router.put("/case-rules/{code}", response=gives(RuleOut), summary="Save a rule")
@acts(SETTINGS)
def put_rule(request: HttpRequest, code: Code, body: RuleIn) -> dict[str, Any]:
    """Add or replace a rule."""
    editing.save_rule(actor=actor_of(request), code=code, **body.dict())
    return _one(_rules(), code)


@router.get("/case-slas", response=gives(Slas), summary="Deadlines")
@acts(READ)
def list_slas(request: HttpRequest) -> dict[str, Any]:
    """Every policy by position, the legal presets too."""
    return {"items": _slas()}


@router.put("/case-slas/{code}", response=gives(SlaOut), summary="Save a deadline")
@acts(SETTINGS)
def put_sla(request: HttpRequest, code: Code, body: SlaIn) -> dict[str, Any]:
    """Add or replace a policy."""
    editing.save_sla(actor=actor_of(request), code=code, **body.dict())
    return _one(_slas(), code)


@router.get("/case-calendars", response=gives(Calendars), summary="Business calendars")
@acts(READ)
def list_calendars(request: HttpRequest) -> dict[str, Any]:
    """Every calendar."""
    return {"items": [catalogue.as_data(one) for one in catalogue.calendars().values()]}


@router.put("/case-calendars/{code}", response=gives(CalendarOut), summary="Save a calendar")
@acts(SETTINGS)
def put_calendar(request: HttpRequest, code: Code, body: CalendarIn) -> dict[str, Any]:
    """Add or replace a calendar."""
    row = editing.save_calendar(actor=actor_of(request), code=code, **body.dict())
    return {**catalogue.as_data(catalogue.calendar_of(row)), "active": row.active}


@router.get("/case-causes", response=gives(Causes), summary="Causes")
@acts(READ)
def list_causes(request: HttpRequest) -> dict[str, Any]:
    """Every cause."""
    return {"items": _causes()}


@router.put("/case-causes/{code}", response=gives(EntryOut), summary="Save a cause")
@acts(SETTINGS)
def put_cause(request: HttpRequest, code: Code, body: EntryIn) -> dict[str, Any]:
    """Add or rename a cause, or switch it off."""
    editing.save_cause(actor=actor_of(request), code=code, **body.dict())
    return _one(_causes(), code)


@router.get("/case-templates", response=gives(Templates), summary="Templates")
@acts(READ)
def list_templates(request: HttpRequest) -> dict[str, Any]:
    """Every template by position."""
    return {"items": _templates()}


@router.put("/case-templates/{code}", response=gives(TemplateOut), summary="Save a template")
@acts(SETTINGS)
def put_template(request: HttpRequest, code: Code, body: TemplateIn) -> dict[str, Any]:
    """Add or replace a template."""
    editing.save_template(actor=actor_of(request), code=code, **body.dict())
    return _one(_templates(), code)


@router.get("/compensation-caps", response=gives(Caps), summary="Caps of compensation")
@acts(READ)
def list_caps(request: HttpRequest) -> dict[str, Any]:
    """Every cap by role and currency."""
    return {"items": _caps()}


@router.put("/compensation-caps/{role}/{currency}", response=gives(CapOut), summary="Save a cap")
@acts(SETTINGS)
def put_cap(
    request: HttpRequest,
    role: Literal["front_line", "supervisor", "cx_manager", "administrator"],
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")],
    body: CapIn,
) -> dict[str, Any]:
    """Set how much a role may give without asking."""
    editing.save_cap(actor=actor_of(request), role=Role(role).value, currency=currency, **body.dict())
    return next(one for one in _caps() if (one["role"], one["currency"]) == (role, currency))
