"""Filters of the area's templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template

from peakend.server.acting import clock
from peakend.server.acting.actors import Role, role_name
from peakend.server.improvement import words as all_words
from peakend.server.web.say import say, spoken, told

register = template.Library()


@register.filter
def local(moment: datetime | None, site: Any = None) -> str:  # noqa: ANN401 - a Site or None
    """`{{ visit.window_from|local:visit.site }}`: day and time at the site."""
    if moment is None:
        return "–"
    here = moment.astimezone(ZoneInfo(getattr(site, "timezone", None) or "Asia/Shanghai"))
    return f"{here:%Y-%m-%d %H:%M}"


@register.filter
def local_day(moment: datetime | None, site: Any = None) -> str:  # noqa: ANN401 - a Site or None
    """Only the day."""
    return local(moment, site)[:10]


@register.filter
def word(code: object, table: str) -> str:
    """`{{ topic.status|word:"TOPIC_STATUSES" }}`: a code in the page's language; an unknown one as it is."""
    known = getattr(all_words, table)
    found = known.get(str(code))
    return told(found) if found else str(code if code is not None else "")


@register.filter
def theme(code: str) -> str:
    """A theme in the page's language."""
    return told(all_words.theme_name(code))


@register.filter
def named(row: Any) -> str:  # noqa: ANN401 - whatever has a name
    """The name of a site, team, touchpoint, checklist, standard… in the page's language; a dash for none."""
    if row is None:
        return "–"
    if hasattr(row, "name_en"):
        return str(row.name_zh if spoken() == "zh" else row.name_en)
    in_chinese = getattr(row, "name_zh", "") if spoken() == "zh" else ""
    return str(in_chinese or row.name)


@register.filter
def tongue(row: Any, stem: str) -> str:  # noqa: ANN401 - whatever has both
    """`{{ broadcast|tongue:"said" }}`: `said_en` or `said_zh`."""
    return str(getattr(row, f"{stem}_{spoken()}"))


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, in days or hours."""
    if moment is None:
        return "–"
    hours = int((clock.now() - moment).total_seconds() // 3600)
    if hours < 48:
        return say("{n} h", "{n} 小时", n=max(hours, 0))
    return say("{n} days", "{n} 天", n=hours // 24)


@register.filter
def percent(value: float | None) -> str:
    """A share as per cent; a dash for none."""
    return "–" if value is None else f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


@register.filter
def amount(value: float, metric: str) -> str:
    """A threshold in its metric's unit."""
    if metric in all_words.SHARES:
        return f"{100 * value:.0f} %"
    return f"{value:g}".replace("-", "−")


@register.filter
def dictkey(table: dict[str, Any], key: str) -> str:
    """`{{ names|dictkey:code }}`: the `Text` under `key` in the page's language, or nothing."""
    found = table.get(key)
    return told(found) if found else ""


@register.filter
def role(code: str) -> str:
    """A role in the page's language."""
    return told(role_name(Role(code)))
