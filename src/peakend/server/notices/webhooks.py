"""Looking after webhooks: add, change, renew the secret, test, replay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.notices import selectors
from peakend.server.notices.events import is_pattern
from peakend.server.notices.models import Delivery, Event, Webhook
from peakend.server.notices.policies import WEBHOOKS
from peakend.server.notices.reaching import check_url, target_of
from peakend.server.notices.signing import new_secret
from peakend.server.people.sealing import seal
from peakend.server.web.say import told

MOST = 100
OVERLAP = timedelta(hours=24)


@service(WEBHOOKS)
def create_webhook(*, actor: Actor, name: str, url: str, events: Sequence[str]) -> tuple[Webhook, str]:
    """A webhook and its secret, which nobody can read again. `events`: names, `case.*` or `*`.

    `UnreachableError` for an address that is not public, `InvalidError` for an unknown event or no name.
    """
    if not actor.reach.everything:
        raise NotAllowedError(WEBHOOKS)
    if Webhook.objects.count() >= MOST:
        raise ConflictError(
            Text(f"There are {MOST} webhooks already.", f"已有 {MOST} 个 Webhook。"),
            Text("Remove one that is not needed.", "请先删除不再需要的。"),
        )
    secret = new_secret()
    found = Webhook(
        name=_checked_name(name),
        url=_checked_url(url),
        events=_checked_events(events),
        secret=seal(secret),
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    found.save(force_insert=True)
    audit(actor, "notices.webhook_created", found, name=found.name, url=found.url, events=found.events)
    return found, secret


@service(WEBHOOKS)
def change_webhook(
    *,
    actor: Actor,
    key: str,
    name: str | None = None,
    url: str | None = None,
    events: Sequence[str] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Change what is given; raises as `create_webhook` does. Another address or switching on begins to
    try anew."""
    found = selectors.get_webhook(actor, key)
    if name is not None:
        found.name = _checked_name(name)
    if events is not None:
        found.events = _checked_events(events)
    if url is not None and url != found.url:
        found.url, found.failures, found.retry_at = _checked_url(url), 0, None
    if active is not None:
        if active and not found.active:
            found.failures, found.retry_at, found.told_at = 0, None, None
        found.active = active
    found.save()
    audit(
        actor,
        "notices.webhook_changed",
        found,
        name=found.name,
        url=found.url,
        events=found.events,
        active=found.active,
    )
    return found


@service(WEBHOOKS)
def renew_secret(*, actor: Actor, key: str) -> tuple[Webhook, str]:
    """Another secret, which nobody can read again. For a day both sign, so that no event is refused while the
    other side changes over; of secrets renewed before only the last one signs beside the new one."""
    found = selectors.get_webhook(actor, key)
    secret, until = new_secret(), clock.now() + OVERLAP
    found.old_secret, found.old_secret_until, found.secret = found.secret, until, seal(secret)
    found.save(update_fields=["secret", "old_secret", "old_secret_until"])
    audit(actor, "notices.webhook_secret_renewed", found, old_secret_until=until.isoformat())
    return found, secret


@service(WEBHOOKS)
def end_old_secret(*, actor: Actor, key: str) -> Webhook:
    """The secret before the last renewal signs nothing any more: for one that others have got hold of."""
    found = selectors.get_webhook(actor, key)
    if found.old_secret_until is None:
        raise ConflictError(
            Text("No old secret is in use.", "没有仍在使用的旧密钥。"),
            Text("Renew the secret first.", "请先更换密钥。"),
        )
    found.old_secret, found.old_secret_until = "", None
    found.save(update_fields=["old_secret", "old_secret_until"])
    audit(actor, "notices.webhook_old_secret_ended", found)
    return found


@service(WEBHOOKS)
def remove_webhook(*, actor: Actor, key: str) -> None:
    """Remove a webhook with its log."""
    found = selectors.get_webhook(actor, key)
    audit(actor, "notices.webhook_removed", found, name=found.name, url=found.url)
    found.delete()


@service(WEBHOOKS)
def test_webhook(*, actor: Actor, key: str) -> Delivery:
    """Queue an event `webhook.test` for this webhook alone."""
    found = selectors.get_webhook(actor, key)
    if not found.active:
        raise ConflictError(
            Text("This webhook is switched off.", "该 Webhook 已停用。"),
            Text("Switch it on first.", "请先启用。"),
        )
    now = clock.now()
    # Spread already: nobody else hears of it.
    event = Event.objects.create(name="webhook.test", subject=found.key, payload={}, at=now, spread=True)
    made = Delivery.objects.create(webhook=found, event=event, created_at=now, since=now, due_at=now)
    # Somebody waits for the result: the pause after failures does not hold for a test.
    Webhook.objects.filter(pk=found.pk).update(retry_at=None)
    audit(actor, "notices.webhook_tested", found, delivery=made.key)
    return made


# pytest takes a function called test_… for a test wherever it is imported.
test_webhook.__test__ = False  # type: ignore[attr-defined]


@service(WEBHOOKS)
def replay(*, actor: Actor, webhook: str, key: str) -> Delivery:
    """Send a delivery again, with the id it had; also one that arrived."""
    found = selectors.get_delivery(actor, webhook, key)
    _again([found])
    audit(actor, "notices.delivery_replayed", found, event=found.event.key)
    return found


@service(WEBHOOKS)
def replay_parked(*, actor: Actor, webhook: str) -> int:
    """Send everything again that was given up; how many."""
    found = selectors.get_webhook(actor, webhook)
    rows = list(selectors.deliveries(actor, found, "parked")[:10_000])
    _again(rows)
    Webhook.objects.filter(pk=found.pk).update(failures=0, retry_at=None, told_at=None)
    audit(actor, "notices.parked_replayed", found, deliveries=len(rows))
    return len(rows)


def _again(rows: Sequence[Delivery]) -> None:
    now = clock.now()
    with transaction.atomic():
        for start in range(0, len(rows), 500):
            Delivery.objects.filter(pk__in=[one.pk for one in rows[start : start + 500]]).update(
                due_at=now,
                since=now,
                attempts=0,
                delivered_at=None,
                parked_at=None,
                tried_at=None,
                failure="",
            )
    for one in rows:
        one.due_at, one.delivered_at, one.parked_at, one.attempts = now, None, None, 0


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > 200 or "\x00" in name:
        raise _invalid(
            "name", Text("A name of 1 to 200 characters is needed.", "请填写 1 至 200 个字符的名称。")
        )
    return name.strip()


def _checked_url(url: str) -> str:
    check_url(url)
    target_of(url)
    return url


def _checked_events(events: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(events))
    if not wanted:
        raise _invalid("events", Text("Choose at least one event.", "请至少选择一个事件。"))
    for one in wanted:
        if not is_pattern(one):
            raise _invalid("events", Text(f"There is no event {one[:80]}.", f"没有事件 {one[:80]}。"))
    return ["*"] if "*" in wanted else wanted


def _invalid(field: str, sentence: Text) -> InvalidError:
    return InvalidError(
        sentence,
        Text("Mend it and send it again.", "请更正后重新提交。"),
        fields=[{"field": field, "message": told(sentence)}],
    )
