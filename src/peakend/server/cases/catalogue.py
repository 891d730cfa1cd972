"""The catalogues in force: what is built in, with what the company changed or added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peakend.language import Text
from peakend.server.cases import presets
from peakend.server.cases.calendars import BUILT_IN, Calendar
from peakend.server.cases.models import BusinessCalendar, Cause, ContactTemplate, SlaPolicy

DEFAULT_CALENDAR = "china-office"
DEFAULT_ZONE = "Asia/Shanghai"


def words(name: Mapping[str, str], code: str) -> Text:
    """A company's name of something as a `Text`; the code where it has none."""
    en = name.get("en") or name.get("zh") or code
    return Text(en, name.get("zh") or en)


@dataclass(frozen=True)
class Sla:
    """A policy in force: see `SlaPolicy`."""

    code: str
    name: Text
    position: int
    active: bool = True
    kind: str = ""
    severity: str = ""
    tier: str = ""
    contact_amount: int | None = None
    contact_unit: str = "minutes"
    resolve_amount: int | None = None
    resolve_unit: str = "minutes"
    extended_amount: int | None = None
    regulation: str = ""
    built_in: bool = False


@dataclass(frozen=True)
class Template:
    """A template in force: see `ContactTemplate`."""

    code: str
    name: Text
    channel: str
    position: int = 100
    subject: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)
    active: bool = True
    built_in: bool = False


def causes(*, every: bool = False) -> dict[str, Text]:
    """Causes by code, in order; also those switched off where `every`."""
    rows = {row.code: row for row in Cause.objects.all()}
    found = {code: (at, Text(en, zh)) for at, (code, en, zh) in enumerate(presets.CAUSES) if code not in rows}
    found |= {
        code: (row.position, words(row.name, code)) for code, row in rows.items() if row.active or every
    }
    return {code: name for code, (_, name) in sorted(found.items(), key=lambda one: (one[1][0], one[0]))}


def slas(*, every: bool = False) -> list[Sla]:
    """The policies by position; also those switched off where `every`."""
    fields = [name for name in Sla.__dataclass_fields__ if name not in ("name", "built_in")]
    found = {
        row.code: Sla(
            **{name: getattr(row, name) for name in fields},
            name=words(row.name, row.code),
        )
        for row in SlaPolicy.objects.all()
    }
    for preset in presets.SLAS:
        found.setdefault(
            preset["code"], Sla(**{**preset, "name": words(preset["name"], preset["code"])}, built_in=True)
        )
    return sorted((one for one in found.values() if one.active or every), key=lambda one: one.position)


def templates(*, every: bool = False) -> list[Template]:
    """The templates by position; also those switched off where `every`."""
    found = {
        row.code: Template(
            code=row.code,
            name=words(row.name, row.code),
            channel=row.channel,
            position=row.position,
            subject=row.subject,
            body=row.body,
            active=row.active,
        )
        for row in ContactTemplate.objects.all()
    }
    for preset in presets.TEMPLATES:
        found.setdefault(
            preset["code"],
            Template(**{**preset, "name": words(preset["name"], preset["code"])}, built_in=True),
        )
    return sorted((one for one in found.values() if one.active or every), key=lambda one: one.position)


def calendars() -> dict[str, Calendar]:
    """Every calendar by code."""
    return {
        **BUILT_IN,
        **{row.code: calendar_of(row) for row in BusinessCalendar.objects.filter(active=True)},
    }


def calendar(code: str) -> Calendar:
    """The calendar of a site; the office's where there is none of that code."""
    row = BusinessCalendar.objects.filter(code=code, active=True).first()
    if row is not None:
        return calendar_of(row)
    return BUILT_IN.get(code, BUILT_IN[DEFAULT_CALENDAR])


def calendar_of(row: BusinessCalendar) -> Calendar:
    """The stored calendar; ValueError where its hours are not hours."""
    return Calendar(
        code=row.code,
        name=words(row.name, row.code),
        week=tuple(_spans(day) for day in row.week),
        holidays=row.holidays,
        closed=frozenset(date.fromisoformat(day) for day in row.closed),
        opened={date.fromisoformat(day): _spans(spans) for day, spans in row.opened.items()},
    )


def _spans(spans: list[list[str]]) -> tuple[tuple[int, int], ...]:
    return tuple((_minute(start), _minute(stop)) for start, stop in spans)


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    found = int(hour) * 60 + int(minute)
    if not (0 <= int(minute) < 60 and 0 <= found <= 1440):
        raise ValueError(f"{clock} is no time of the day")
    return found


def clock_time(minute: int) -> str:
    """Minutes of the day as 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_of(found: Calendar) -> list[list[list[str]]]:
    """The hours of Monday to Sunday as they are stored and sent."""
    return [[[clock_time(a), clock_time(b)] for a, b in day] for day in found.week]


def as_data(found: Calendar) -> dict[str, Any]:
    """A calendar as the API sends it."""
    return {
        "code": found.code,
        "name": {"en": found.name.en, "zh": found.name.zh},
        "week": week_of(found),
        "holidays": found.holidays,
        "closed": sorted(day.isoformat() for day in found.closed),
        "opened": {
            day.isoformat(): [[clock_time(a), clock_time(b)] for a, b in spans]
            for day, spans in sorted(found.opened.items())
        },
    }
