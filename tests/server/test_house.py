"""The house stands: tables are made, the door opens, strangers are told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from peakend.server.acting.actors import system
from peakend.server.acting.audit import verify
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.services import audit

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_door_is_open_to_strangers_in_both_languages(company: object, client: Client) -> None:
    assert "Sign in" in client.get("/sign-in/").content.decode()
    assert "登录" in client.get("/sign-in/", headers={"accept-language": "zh-CN"}).content.decode()


def test_health_says_alive(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}


def test_a_changed_audit_entry_is_found(company: object) -> None:
    for n in range(3):
        audit(system("test"), "test.done", None, n=n)
    assert verify().broken_at is None
    second = AuditEntry.objects.order_by("id")[1]
    AuditEntry.objects.filter(pk=second.pk).update(data={"n": 7})
    assert verify().broken_at == second.pk


def test_company_has_everybody(client_of: Callable[[str], Client]) -> None:
    assert client_of("cx_manager").get("/sign-in/").status_code == 200
