"""What programs and files tell about customers: rows, and why one cannot be taken."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Field, Schema

from peakend.language import Text
from peakend.server.acting import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ROWS = 1_000
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{3,38}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
Status = Literal["created", "changed", "same", "refused"]
PURPOSES = ("survey", "service", "marketing", "research", "quote")
CONSENT_STATES = ("given", "withdrawn", "refused")


class CustomerRow(Schema):
    """A customer as told. What is left out stays as it was; an empty text empties it."""

    customer_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    tier: str | None = None
    site: str | None = Field(None, description="Code of the site that serves the customer")
    attributes: dict[str, str | int | float | bool | None] | None = None


class InteractionRow(Schema):
    """Something that happened. Told again with the same `event_id` it changes nothing."""

    event_id: str
    at: datetime
    customer_id: str = ""
    touchpoint: str = ""
    kind: str = ""
    channel: str = ""
    site: str = ""
    team: str = Field("", description="Code of a team of the site")
    employee_id: str = ""
    outcome: str = ""
    attributes: dict[str, str | int | float | bool | None] = Field(default_factory=dict)


class ConsentRow(Schema):
    """What a customer allows or no longer allows, for a purpose and a channel (empty: every channel)."""

    customer_id: str
    purpose: str
    status: str
    channel: str = ""
    source: str = ""
    at: datetime | None = Field(None, description="When it was said; now, where it is left out")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became, or would become, of row `row` (from 1); `reason` says why one was refused."""

    row: int
    id: str
    status: Status
    reason: Text | None = None


class RefusedRow(Exception):  # noqa: N818 - it is no fault of the program
    """A row that cannot be taken, and why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def check_customer(row: CustomerRow) -> None:
    """Raise `RefusedRow` unless the row can be a customer."""
    check_key(row.customer_id, Text("customer_id", "客户编号"))
    for name, value, most in (
        (Text("name", "姓名"), row.name, 200),
        (Text("tier", "等级"), row.tier, 60),
        (Text("site", "网点"), row.site, 60),
    ):
        check_text(name, value or "", most)
    if row.email:
        try:
            validate_email(row.email)
        except ValidationError:
            raise RefusedRow(Text("The e-mail address is not one.", "邮箱格式不正确。")) from None
        check_text(Text("e-mail", "邮箱"), row.email, 254)
    if row.phone and not _PHONE.fullmatch(row.phone):
        raise RefusedRow(Text("The phone number is not one.", "电话号码格式不正确。"))
    if row.language and not (len(row.language) <= 20 and _LANGUAGE.fullmatch(row.language)):
        raise RefusedRow(Text("The language is not a tag such as en or zh.", "语言须为 en、zh 等语言代码。"))
    check_attributes(row.attributes or {})


def check_interaction(row: InteractionRow) -> None:
    """Raise `RefusedRow` unless the row can be an interaction."""
    check_key(row.event_id, Text("event_id", "事件编号"))
    for name, value, most in (
        (Text("kind", "类型"), row.kind, 80),
        (Text("channel", "渠道"), row.channel, 40),
        (Text("employee_id", "员工编号"), row.employee_id, 80),
        (Text("outcome", "结果"), row.outcome, 80),
        (Text("customer_id", "客户编号"), row.customer_id, 120),
        (Text("touchpoint", "接触点"), row.touchpoint, 60),
        (Text("site", "网点"), row.site, 60),
        (Text("team", "班组"), row.team, 60),
    ):
        check_text(name, value, most)
    check_time(row.at)
    check_attributes(row.attributes)


def check_consent(row: ConsentRow) -> None:
    """Raise `RefusedRow` unless the row can be a consent."""
    check_key(row.customer_id, Text("customer_id", "客户编号"))
    if row.purpose not in PURPOSES:
        raise RefusedRow(
            Text(
                f"The purpose is not one of {', '.join(PURPOSES)}.", f"用途须为 {'、'.join(PURPOSES)} 之一。"
            )
        )
    if row.status not in CONSENT_STATES:
        raise RefusedRow(
            Text(
                f"The status is not one of {', '.join(CONSENT_STATES)}.",
                f"状态须为 {'、'.join(CONSENT_STATES)} 之一。",
            )
        )
    check_text(Text("channel", "渠道"), row.channel, 40)
    check_text(Text("source", "来源"), row.source, 120)
    if row.at is not None:
        check_time(row.at)


def check_key(value: str, name: Text) -> None:
    """An identifier: 1 to 120 characters, none of them a slash or a control character."""
    if not 0 < len(value.strip()) == len(value) <= 120 or "/" in value or _CONTROL.search(value):
        raise RefusedRow(
            Text(
                f"{name.en} must have 1 to 120 characters, no slash and no space at its ends.",
                f"{name.zh}须为 1 至 120 个字符，不含斜杠，首尾无空格。",
            )
        )


def check_text(name: Text, value: str, most: int) -> None:
    """A text of at most `most` characters that a database can hold."""
    if len(value) > most or _CONTROL.search(value):
        raise RefusedRow(
            Text(f"{name.en} is longer than {most} characters or holds control characters.",
                 f"{name.zh}超过 {most} 个字符或含有控制字符。")
        )  # fmt: skip


def check_time(at: datetime) -> None:
    """A moment with its zone that is not in the future, give or take a day of wrong clocks."""
    if at.tzinfo is None:
        raise RefusedRow(
            Text("The time has no zone: write 2026-05-01T09:30:00+08:00.",
                 "时间缺少时区：请写成 2026-05-01T09:30:00+08:00。")
        )  # fmt: skip
    if not 1970 <= at.year <= 9000 or at > clock.now() + timedelta(days=1):
        raise RefusedRow(Text("The time lies in the future.", "时间在未来。"))


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """At most 50 attributes with plain names and short values."""
    if len(attributes) > 50 or any(not _NAME.fullmatch(name) for name in attributes):
        raise RefusedRow(
            Text("Attributes are at most 50, with names of lower-case letters, digits and _.",
                 "自定义属性最多 50 个，名称只含小写字母、数字和下划线。")
        )  # fmt: skip
    for name, value in attributes.items():
        check_text(Text(name, name), str(value), 500)
        if value in (float("inf"), float("-inf")) or value != value:
            raise RefusedRow(Text(f"{name} is no number.", f"{name}不是数字。"))


def digest_of(row: InteractionRow) -> str:
    """SHA-256 of what was told; the same instant in another zone is the same."""
    told = row.model_dump(mode="json") | {"at": row.at.timestamp()}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
