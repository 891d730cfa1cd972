"""Staff read the clock of their own site, else of most of the company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from peakend.server.acting.models import AuditEntry
from peakend.server.company.models import Site
from peakend.server.notices.models import Mail, Notification
from peakend.server.people.models import User
from peakend.server.people.zones import zone_of_actor

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 20, 30, 15, tzinfo=UTC)


@pytest.fixture
def zones(company: Company) -> None:
    Site.objects.filter(code="south").update(timezone="Europe/Berlin")
    Site.objects.create(code="east", name="East", timezone="Asia/Shanghai")
    User.objects.update(last_login=AT)


def test_the_clock_is_that_of_ones_site_else_of_most_sites(company: Company, zones: None) -> None:
    found = {name: zone_of_actor(company.actor(name)) for name in company.users}
    assert found.pop("south.supervisor") == found.pop("south.front_line") == "Europe/Berlin"
    assert set(found.values()) == {"Asia/Shanghai"}
    Site.objects.all().update(active=False)
    assert zone_of_actor(company.actor("administrator")) == "Asia/Shanghai"


def test_pages_show_the_time_of_who_looks(
    company: Company, zones: None, client_of: Callable[[str], Client]
) -> None:
    key = company.users["south.front_line"].key
    for who, shown in (("administrator", "2026-03-02 04:30"), ("south.supervisor", "2026-03-01 21:30")):
        page = client_of(who).get(f"/people/{key}/").content.decode()
        assert f">{shown}</time>" in page
        assert "UTC" not in page


def test_mails_notifications_and_the_audit_do_too(
    company: Company, zones: None, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("administrator")
    Mail.objects.create(to="x@example.com", subject="x", text="x", due_at=None, sent_at=AT)
    Notification.objects.create(
        user=company.users["administrator"], title_en="x", title_zh="x", url="/", at=AT
    )
    AuditEntry.objects.update(at=AT)
    for path in ("/mails/?state=sent", "/notifications/"):
        page = browser.get(path).content.decode()
        assert ">2026-03-02 04:30</time>" in page, path
        assert "UTC" not in page, path
    AuditEntry.objects.create(
        at=AT, actor_kind="system", actor_name="x", action="x.y", data={}, previous="", digest="d"
    )
    page = browser.get("/audit/").content.decode()
    assert "When (Asia/Shanghai)" in page
    assert ">2026-03-02 04:30:15</time>" in page


def test_days_of_the_audit_are_days_of_who_looks(
    company: Company, zones: None, client_of: Callable[[str], Client]
) -> None:
    AuditEntry.objects.create(
        at=AT, actor_kind="system", actor_name="x", action="x.findable", data={}, previous="", digest="d"
    )
    browser = client_of("administrator")

    def found(**days: str) -> tuple[bool, bool]:
        page = browser.get("/audit/", {**days, "what": "x."}).content
        file = b"".join(browser.get("/audit/file.csv", {**days, "what": "x."}).streaming_content)
        return b"<code>x.findable" in page, b"x.findable" in file

    assert found(**{"from": "2026-03-02", "to": "2026-03-02"}) == (True, True)
    assert found(to="2026-03-01") == (False, False)
    assert browser.get("/audit/", {"from": "0001-01-01", "to": "9999-12-31"}).status_code == 200
