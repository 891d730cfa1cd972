"""Events reach webhooks signed, at least once, with the same id on every try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError, NotAllowedError
from peakend.server.acting.models import AuditEntry
from peakend.server.notices import delivering, signing, webhooks
from peakend.server.notices.models import Delivery, Event, Notification, Webhook
from peakend.server.notices.outbox import announce
from peakend.server.notices.reaching import UnreachableError

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def hooked(company: Any, receiver: Any) -> tuple[Webhook, str]:
    """A webhook for cases at the receiver, and its secret."""
    return webhooks.create_webhook(
        actor=company.actor("administrator"), name="CRM", url=receiver.url, events=["case.*"]
    )


def later(**time: float) -> Any:
    """Inside, it is so much later."""
    return clock.at(clock.now() + timedelta(**time))


def test_an_event_arrives_signed_as_standard_webhooks_has_it(hooked: Any, receiver: Any) -> None:
    event = announce("case.opened", "K1", {"severity": "high", "name": "林"})
    announce("survey.published", "S1", {})
    assert delivering.spread() == 2
    assert delivering.deliver() == 1
    ((headers, body),) = receiver.calls
    assert headers["webhook-id"] == event.key
    signed = f"{event.key}.{headers['webhook-timestamp']}.".encode() + body
    shared = base64.b64decode(hooked[1].removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(shared, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    told = json.loads(body)
    assert (told["type"], told["data"]) == (
        "case.opened",
        {"subject": "K1", "severity": "high", "name": "林"},
    )
    assert Delivery.objects.get().state == "delivered"
    assert delivering.spread() == delivering.deliver() == 0


def test_the_secret_lies_sealed(hooked: Any) -> None:
    assert hooked[1] not in json.dumps(list(Webhook.objects.values("secret")))


def test_a_failure_is_tried_again_with_the_same_id_and_the_same_words(hooked: Any, receiver: Any) -> None:
    receiver.answers = [500, 503, 200]
    announce("case.opened", "K1", {})
    delivering.spread()
    for wait in (0, 1, 1):
        with later(hours=wait):
            delivering.deliver()
            delivering.deliver()  # its turn has not come: nothing
            if wait == 0:
                assert Webhook.objects.get().failures == 1
    assert len(receiver.calls) == 2
    with later(hours=3):
        delivering.deliver()
    assert len(set(receiver.ids)) == 1
    assert len({body for _, body in receiver.calls}) == 1
    assert Delivery.objects.get().state == "delivered"
    assert Webhook.objects.get().failures == 0


def test_events_come_in_their_order(hooked: Any, receiver: Any) -> None:
    keys = [announce("case.opened", f"K{n}", {}).key for n in range(12)]
    delivering.spread()
    assert delivering.deliver() == 12
    assert receiver.ids == keys


def test_one_event_that_is_not_liked_holds_nobody_up(hooked: Any, receiver: Any) -> None:
    receiver.answers = [422, 200]
    keys = [announce("case.opened", f"K{n}", {}).key for n in range(3)]
    delivering.spread()
    delivering.deliver()
    assert set(receiver.ids) == set(keys)
    assert Delivery.objects.exclude(delivered_at=None).count() == 2


def test_a_dead_address_is_not_hammered(hooked: Any, receiver: Any) -> None:
    receiver.answers = [503]
    for n in range(50):
        announce("case.opened", f"K{n}", {})
    delivering.spread()
    assert delivering.deliver() == 1
    assert delivering.deliver() == 0


def test_after_days_it_is_parked_told_once_and_replayed(company: Any, hooked: Any, receiver: Any) -> None:
    receiver.answers = [500]
    keys = {announce("case.opened", f"K{n}", {}).key for n in range(2)}
    delivering.spread()
    for days in (0, 1, 4, 5, 6):
        with later(days=days):
            delivering.deliver()
    assert [one.state for one in Delivery.objects.all()] == ["parked", "parked"]
    told = Notification.objects.filter(user=company.users["administrator"])
    assert [row.url for row in told] == [f"/webhooks/{hooked[0].key}/"]
    receiver.answers, before = [200], len(receiver.calls)
    assert webhooks.replay_parked(actor=company.actor("administrator"), webhook=hooked[0].key) == 2
    delivering.deliver()
    assert set(receiver.ids[before:]) == keys


def test_gone_switches_it_off(hooked: Any, receiver: Any) -> None:
    receiver.answers = [410]
    announce("case.opened", "K1", {})
    delivering.spread()
    delivering.deliver()
    assert not Webhook.objects.get().active
    announce("case.opened", "K2", {})
    delivering.spread()
    assert Delivery.objects.count() == 1


def test_a_redirect_is_a_failure_and_is_not_followed(hooked: Any, receiver: Any) -> None:
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    announce("case.opened", "K1", {})
    delivering.spread()
    delivering.deliver()
    assert len(receiver.calls) == 1
    assert Delivery.objects.get().failure == "HTTP 302"


def test_two_workers_do_not_send_one_delivery_at_once(hooked: Any, receiver: Any) -> None:
    announce("case.opened", "K1", {})
    announce("case.opened", "K2", {})
    delivering.spread()
    mine = delivering._claim()
    assert len(mine) == 1
    assert delivering._claim() == []  # nor the next one of the same webhook: the order holds
    with later(minutes=3):  # the first one died
        again = delivering._claim()
    assert [one[0].pk for one in again] == [one[0].pk for one in mine]


def test_a_test_reaches_this_webhook_alone(company: Any, hooked: Any, receiver: Any) -> None:
    actor = company.actor("administrator")
    webhooks.create_webhook(actor=actor, name="other", url=receiver.url, events=["*"])
    webhooks.test_webhook(actor=actor, key=hooked[0].key)
    delivering.spread()
    delivering.deliver()
    assert [json.loads(body)["type"] for _, body in receiver.calls] == ["webhook.test"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"url": "http://169.254.169.254/latest/"}, UnreachableError),
        ({"url": "http://localhost:8000/"}, UnreachableError),
        ({"events": ["no.such"]}, InvalidError),
        ({"events": []}, InvalidError),
        ({"name": "  "}, InvalidError),
    ],
)
def test_bad_webhooks_are_refused(company: Any, receiver: Any, given: Any, error: Any) -> None:
    good = {"name": "x", "url": receiver.url, "events": ["*"]}
    with pytest.raises(error):
        webhooks.create_webhook(actor=company.actor("administrator"), **{**good, **given})
    assert not Webhook.objects.exists()


def test_others_may_not(company: Any, receiver: Any) -> None:
    for name in ("cx_manager", "analyst", "north.supervisor", "north.front_line"):
        with pytest.raises(NotAllowedError):
            webhooks.create_webhook(actor=company.actor(name), name="x", url=receiver.url, events=["*"])


def test_the_page_shows_the_secret_once(client_of: Callable[[str], Client], receiver: Any) -> None:
    client = client_of("administrator")
    form = {"name": "<i>CRM</i>", "url": receiver.url, "events": ["case.opened"]}
    first = client.post("/webhooks/new/", form, follow=True).content.decode()
    assert "whsec_" in first
    assert "&lt;i&gt;CRM" in first
    key = Webhook.objects.get().key
    assert "whsec_" not in client.get(f"/webhooks/{key}/").content.decode()
    refused = client.post("/webhooks/new/", {**form, "url": "http://10.0.0.1/"})
    assert refused.status_code == 422


def test_the_api_does_what_the_pages_do(
    client: Client, token_of: Callable[..., dict[str, str]], receiver: Any
) -> None:
    headers = token_of("administrator", "notices.*")

    def call(method: str, path: str, body: Any = None) -> Any:
        return client.generic(
            method, f"/api/v1{path}", json.dumps(body or {}), "application/json", headers=headers
        )

    made = call("POST", "/webhooks", {"name": "CRM", "url": receiver.url, "events": ["*"]})
    assert made.status_code == 201
    key = made.json()["key"]
    assert made.json()["secret"].startswith("whsec_")
    assert "secret" not in client.get(f"/api/v1/webhooks/{key}", headers=headers).json()
    assert call("POST", f"/webhooks/{key}/test").status_code == 202
    delivering.deliver()
    (line,) = client.get(f"/api/v1/webhooks/{key}/deliveries", headers=headers).json()["items"]
    assert (line["state"], line["name"]) == ("delivered", "webhook.test")
    assert call("POST", f"/webhooks/{key}/deliveries/{line['key']}/replay").status_code == 202
    delivering.deliver()
    assert len(receiver.calls) == 2
    assert len(set(receiver.ids)) == 1
    renewed = call("POST", f"/webhooks/{key}/secret").json()["secret"]
    assert renewed != made.json()["secret"]
    assert call("PATCH", f"/webhooks/{key}", {"active": False}).json()["active"] is False
    assert call("POST", f"/webhooks/{key}/test").status_code == 409
    assert call("DELETE", f"/webhooks/{key}").status_code == 204
    assert client.get(f"/api/v1/webhooks/{key}", headers=headers).status_code == 404
    assert (
        call("POST", "/webhooks", {"name": "x", "url": "http://[::1]/", "events": ["*"]}).status_code == 422
    )


def test_a_spread_that_dies_leaves_the_event_to_the_next(
    hooked: Any, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce("case.opened", "K1", {})
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "wants", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            delivering.spread()
    assert Event.objects.filter(spread=False).count() == 1
    assert delivering.spread() == 1
    assert Delivery.objects.count() == 1


# Another secret
# ------------------------------------------------------------------------------------------------------


def signed_with(secret: str, call: tuple[dict[str, str], bytes]) -> bool:
    """As a receiver checks it: one signature that fits is enough."""
    headers, body = call
    made = signing.signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    return made in headers["webhook-signature"].split(" ")


def next_call(receiver: Any) -> Any:
    """What the next event brings to the receiver."""
    announce("case.opened", "K1", {})
    delivering.spread()
    delivering.deliver()
    return receiver.calls[-1]


def test_for_a_day_both_secrets_sign_and_then_only_the_new_one(
    company: Any, hooked: Any, receiver: Any
) -> None:
    hook, old = hooked
    assert len(next_call(receiver)[0]["webhook-signature"].split(" ")) == 1
    renewed, new = webhooks.renew_secret(actor=company.actor("administrator"), key=hook.key)
    assert renewed.old_secret_until is not None
    call = next_call(receiver)
    assert signed_with(new, call)
    assert signed_with(old, call)
    assert call[0]["webhook-signature"].startswith("v1,")
    with later(hours=23, minutes=59):
        assert signed_with(old, next_call(receiver))
    with later(hours=24, seconds=1):
        call = next_call(receiver)
        assert signed_with(new, call)
        assert not signed_with(old, call)
        assert " " not in call[0]["webhook-signature"]
    row = Webhook.objects.get()
    assert (row.old_secret, row.old_secret_until) == ("", None)
    entry = AuditEntry.objects.get(action="notices.webhook_secret_renewed")
    assert entry.data["old_secret_until"] == renewed.old_secret_until.isoformat()


def test_of_two_renewals_in_a_day_the_last_two_secrets_sign(company: Any, hooked: Any, receiver: Any) -> None:
    hook, first = hooked
    actor = company.actor("administrator")
    _, second = webhooks.renew_secret(actor=actor, key=hook.key)
    _, third = webhooks.renew_secret(actor=actor, key=hook.key)
    call = next_call(receiver)
    assert [signed_with(one, call) for one in (first, second, third)] == [False, True, True]


def test_a_secret_that_others_got_hold_of_ends_at_once(
    company: Any, hooked: Any, receiver: Any, token_of: Callable[..., dict[str, str]], client: Client
) -> None:
    hook, old = hooked
    token = token_of("administrator")
    address = f"/api/v1/webhooks/{hook.key}"
    assert client.delete(f"{address}/old-secret", headers=token).status_code == 409
    renewed = client.post(f"{address}/secret", headers=token).json()
    assert renewed["old_secret_until"] == client.get(address, headers=token).json()["old_secret_until"]
    ended = client.delete(f"{address}/old-secret", headers=token)
    assert (ended.status_code, ended.json()["old_secret_until"]) == (200, None)
    call = next_call(receiver)
    assert signed_with(renewed["secret"], call)
    assert not signed_with(old, call)
    assert AuditEntry.objects.filter(action="notices.webhook_old_secret_ended").count() == 1


def test_the_page_says_until_when_the_old_secret_signs(
    hooked: Any, client_of: Callable[[str], Client]
) -> None:
    browser, address = client_of("administrator"), f"/webhooks/{hooked[0].key}/"
    assert "old secret until" not in browser.get(address).content.decode()
    page = browser.post(f"{address}secret/", follow=True).content.decode()
    until = Webhook.objects.get().old_secret_until
    assert until is not None
    local = until.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{local:%Y-%m-%d %H:%M}</time>" in page.partition("old secret until")[2]
    page = browser.post(f"{address}secret/end-old/", follow=True).content.decode()
    assert "Only the new secret signs now." in page
    assert "old secret until" not in page
