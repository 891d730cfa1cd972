"""Changing sites, teams and touchpoints. Nothing is deleted: what is over is set inactive."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.company import selectors
from peakend.server.company.models import Company, Site, Team, Touchpoint
from peakend.server.company.policies import MANAGE, TOUCHPOINTS
from peakend.server.web.say import told

STAGES = ("pre", "purchase", "use", "service")
SITE_FIELDS = ("name", "name_zh", "kind", "region", "timezone", "calendar", "active")
TEAM_FIELDS = ("name", "name_zh", "active")
TOUCHPOINT_FIELDS = ("name", "name_zh", "position", "stage", "channel", "owner", "active")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@service(MANAGE)
def name_company(*, actor: Actor, name: str) -> Company:
    """Give the company the name that is shown where people sign in."""
    if not actor.reach.everything:
        raise NotAllowedError(MANAGE)
    company, _ = Company.objects.get_or_create(only=1)
    company.name = name.strip()[:200]
    company.save()
    audit(actor, "company.named", company, name=company.name)
    return company


@service(MANAGE)
def create_site(*, actor: Actor, code: str, name: str, **fields: object) -> Site:
    """A new site. `ConflictError` where the code is taken, `InvalidError` for a code that is none."""
    if not actor.reach.everything:
        raise NotAllowedError(MANAGE)
    site = Site(code=_checked_code(code))
    _set(site, {"name": name, **fields}, SITE_FIELDS)
    _insert(site)
    audit(actor, "company.site_created", site, code=site.code)
    return site


@service(MANAGE)
def change_site(*, actor: Actor, code: str, **fields: object) -> Site:
    """Change the fields given (`SITE_FIELDS`); the code stays for ever, as the warehouse knows it."""
    site = selectors.get_site(actor, code)
    changed = _set(site, fields, SITE_FIELDS)
    site.save()
    audit(actor, "company.site_changed", site, code=site.code, changed=changed)
    return site


@service(MANAGE)
def create_team(*, actor: Actor, site: str, code: str, name: str, **fields: object) -> Team:
    """A new team of the site with the code `site`."""
    team = Team(site=selectors.get_site(actor, site), code=_checked_code(code))
    _set(team, {"name": name, **fields}, TEAM_FIELDS)
    _insert(team)
    audit(actor, "company.team_created", team, site=site, code=team.code)
    return team


@service(MANAGE)
def change_team(*, actor: Actor, site: str, code: str, **fields: object) -> Team:
    """Change the fields given (`TEAM_FIELDS`)."""
    team = selectors.get_team(actor, site, code)
    changed = _set(team, fields, TEAM_FIELDS)
    team.save()
    audit(actor, "company.team_changed", team, site=site, code=code, changed=changed)
    return team


@service(TOUCHPOINTS)
def create_touchpoint(*, actor: Actor, code: str, name: str, **fields: object) -> Touchpoint:
    """A new touchpoint at the end of the journey unless `position` says otherwise."""
    touchpoint = Touchpoint(code=_checked_code(code), position=_end())
    _set(touchpoint, {"name": name, **fields}, TOUCHPOINT_FIELDS)
    _insert(touchpoint)
    audit(actor, "company.touchpoint_created", touchpoint, code=code)
    return touchpoint


@service(TOUCHPOINTS)
def change_touchpoint(*, actor: Actor, code: str, **fields: object) -> Touchpoint:
    """Change the fields given (`TOUCHPOINT_FIELDS`)."""
    touchpoint = selectors.get_touchpoint(actor, code)
    changed = _set(touchpoint, fields, TOUCHPOINT_FIELDS)
    touchpoint.save()
    audit(actor, "company.touchpoint_changed", touchpoint, code=code, changed=changed)
    return touchpoint


@service(TOUCHPOINTS)
def import_touchpoints(*, actor: Actor, template: str, language: str = "en") -> int:
    """Take over the touchpoints of a template of the journey's registry; how many were new.

    Those whose code is there already stay as they are, so that a second click does no harm.
    """
    from peakend.journey.registry.templates import find_template

    found = find_template(template)
    known = set(Touchpoint.objects.values_list("code", flat=True))
    end = _end() if known else 0
    fresh = [
        Touchpoint(
            code=row["touchpoint_id"],
            name=row["name"],
            name_zh=row["name_zh"],
            position=end + place,
            stage=row["stage"] or "",
            channel=row["channel"] or "",
            owner=row["owner"] or "",
        )
        for place, row in enumerate(found.touchpoints("zh" if language == "zh" else "en").to_pylist())
        if row["touchpoint_id"] not in known
    ]
    made = Touchpoint.objects.bulk_create(fresh, ignore_conflicts=True)
    audit(actor, "company.touchpoints_imported", None, template=template, new=len(made))
    return len(made)


def _end() -> int:
    highest = Touchpoint.objects.aggregate(highest=models.Max("position"))["highest"]
    return 0 if highest is None else highest + 1


def _checked_code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise invalid(
            "code",
            Text(
                "A code has 1 to 60 Latin letters, digits, dots, hyphens and underscores, "
                "and begins with a letter or digit.",
                "编码为 1 至 60 个拉丁字母、数字、点、连字符或下划线，并以字母或数字开头。",
            ),
        )
    return code


def _set(row: models.Model, values: Mapping[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Put `values` on the row after checking them; the names of what changed."""
    changed = []
    for name, value in values.items():
        if name not in allowed:
            raise TypeError(f"{name} cannot be set")
        _check(name, value)
        if isinstance(value, str):
            value = _fitting(row, name, value)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def _fitting(row: models.Model, name: str, value: str) -> str:
    """`value` without blanks around it, if the column can hold it."""
    most = row._meta.get_field(name).max_length
    if len(value) > most or "\x00" in value:
        raise invalid(name, Text("At most {most} characters.", "最多 {most} 个字符。").format(most=most))
    return value.strip()


def _check(name: str, value: Any) -> None:  # noqa: ANN401 - whatever the field holds
    if name == "name" and not str(value).strip():
        raise invalid("name", Text("A name is needed.", "请填写名称。"))
    if name == "timezone" and value not in zoneinfo.available_timezones():
        raise invalid(
            "timezone",
            Text(
                "There is no such time zone; Asia/Shanghai is one.",
                "没有这个时区；正确的写法如 Asia/Shanghai。",
            ),
        )
    if name == "stage" and value and value not in STAGES:
        raise invalid(
            "stage",
            Text("A stage is pre, purchase, use or service.", "阶段为 pre、purchase、use 或 service。"),
        )
    if name == "position" and not 0 <= int(value) <= 100_000:
        raise invalid("position", Text("The order goes from 0 to 100,000.", "顺序为 0 至 100,000。"))


def _insert(row: models.Model) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError(
            Text("This code is in use.", "该编码已被使用。"),
            Text("Choose another code, or change what has it.", "请换一个编码，或修改已有的记录。"),
        ) from error


def invalid(field: str, sentence: Text) -> InvalidError:
    """The error of one wrong field."""
    return InvalidError(
        sentence,
        Text("Mend it and send it again.", "请更正后重新提交。"),
        fields=[{"field": field, "message": told(sentence)}],
    )
