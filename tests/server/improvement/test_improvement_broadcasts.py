"""Everybody meant is told once, reading is counted, and customers see only what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.improvement.models import Broadcast, Receipt
from peakend.server.improvement.selectors.broadcasts import get_broadcast, read_rate
from peakend.server.improvement.services import broadcasts as services
from peakend.server.improvement.services.outer_loop import raise_topic
from peakend.server.notices.models import Notification
from peakend.server.people.models import User

WORDS = {
    "title_en": "Second belt",
    "title_zh": "第二条传送带",
    "said_en": "Bags come late",
    "said_zh": "行李来得晚",
    "did_en": "A second belt runs",
    "did_zh": "已启用第二条传送带",
}


def send(company: Any, **more: Any) -> Broadcast:
    return services.send_broadcast(actor=company.actor("cx_manager"), **{**WORDS, **more})


def told(broadcast: Broadcast) -> set[str]:
    return set(broadcast.receipts.values_list("user__email", flat=True))


def test_it_reaches_those_meant_and_nobody_else(company: Any) -> None:
    assert len(told(send(company))) == 7
    assert told(send(company, sites=["north"])) == {
        "front_line.north@example.com",
        "supervisor.north@example.com",
    }
    assert told(send(company, teams=["south/desk"])) == {
        "front_line.south@example.com",
        "supervisor.south@example.com",
    }
    assert told(send(company, sites=["north"], roles=["front_line"])) == {"front_line.north@example.com"}
    company.users["north.front_line"].is_active = False
    company.users["north.front_line"].save()
    assert told(send(company, sites=["north"], roles=["front_line"])) == set()


def test_both_languages_are_needed_and_something_done(company: Any) -> None:
    with pytest.raises(InvalidError):
        send(company, did_zh=" ")
    topic = raise_topic(actor=company.actor("cx_manager"), title="Queue")
    with pytest.raises(ConflictError):
        send(company, topic=topic.key)
    with pytest.raises(NotAllowedError):
        services.send_broadcast(actor=company.actor("north.supervisor"), **WORDS)


def test_a_manager_of_one_site_cannot_tell_the_other(company: Any) -> None:
    company.users["cx_manager"].sites.add(company.sites["north"])
    for more in ({}, {"sites": ["south"]}):
        with pytest.raises(InvalidError):
            send(company, **more)
    assert told(send(company, sites=["north"]))


def test_reading_is_counted_once_and_the_rate_waits_for_ten(company: Any) -> None:
    one = send(company)
    actor = company.actor("north.front_line")
    first = services.confirm_read(actor=actor, broadcast=one.key)
    with clock.at(clock.now() + timedelta(days=1)):
        again = services.confirm_read(actor=actor, broadcast=one.key)
    assert first is not None
    assert again is not None
    assert first.read_at == again.read_at
    assert (read_rate(one).n, read_rate(one).value) == (7, None)
    for n in range(3):
        user = User.objects.create_user(f"{n}@example.com", str(n), "front_line")
        Receipt.objects.create(broadcast=one, user=user)
    assert (read_rate(one).n, read_rate(one).value) == (10, 0.1)


def test_who_has_not_read_is_reminded_once(company: Any) -> None:
    one = send(company, remind_after_days=3)
    services.confirm_read(actor=company.actor("north.front_line"), broadcast=one.key)
    before = Notification.objects.count()
    assert services.remind_unread(actor=system("sweep")) == 0
    with clock.at(clock.now() + timedelta(days=4)):
        assert services.remind_unread(actor=system("sweep")) == 6
        assert services.remind_unread(actor=system("sweep")) == 0
    assert Notification.objects.count() == before + 6


def test_the_public_sees_only_what_was_chosen(company: Any, client: Client) -> None:
    one = send(company, did_en="<img src=x onerror=alert(1)>")
    assert "Second belt" not in client.get("/said-and-done/").content.decode()
    services.show_in_public(actor=company.actor("cx_manager"), broadcast=one.key, public=True)
    text = client.get("/said-and-done/").content.decode()
    assert "Second belt" in text
    assert "<img src=x" not in text
    assert (
        "第二条传送带" in client.get("/said-and-done/", headers={"accept-language": "zh-CN"}).content.decode()
    )


def test_one_was_told_or_one_sees_nothing(company: Any, client_of: Callable[..., Client]) -> None:
    one = send(company, sites=["north"])
    with pytest.raises(NotFoundError):
        get_broadcast(company.actor("south.front_line"), one.key)
    client = client_of("north.front_line")
    assert "I have read this" in client.get(f"/broadcasts/{one.key}/").content.decode()
    client.post(f"/broadcasts/{one.key}/read/")
    assert "You read this on" in client.get(f"/broadcasts/{one.key}/").content.decode()
