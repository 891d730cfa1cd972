"""Events to webhooks: spread them over subscribers, try every delivery until it arrives or days have passed.

At least once, with the same id on every try. One delivery of a webhook is under way at a time and they go
in the
order of their events, but one that fails does not hold up the next for good.
"""

from __future__ import annotations

import http.client
import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.notices import reaching, signing
from peakend.server.notices.events import wants
from peakend.server.notices.models import Delivery, Event, Webhook
from peakend.server.notices.outbox import notify
from peakend.server.people.models import User
from peakend.server.people.sealing import unseal

GIVE_UP = timedelta(days=3)
LEASE = timedelta(seconds=90)
AT_ONCE = 16
_FIRST, _LONGEST, _LONGEST_PAUSE = 5.0, 12 * 3600.0, 3600.0
_log = logging.getLogger("peakend.webhooks")


def spread(size: int = 200) -> int:
    """Make the deliveries of the next `size` events; how many events were spread."""
    with transaction.atomic():
        events = list(
            Event.objects.filter(spread=False).order_by("pk").select_for_update(skip_locked=True)[:size]
        )
        if not events:
            return 0
        now, hooks = clock.now(), list(Webhook.objects.filter(active=True))
        Delivery.objects.bulk_create(
            (
                Delivery(webhook=hook, event=event, created_at=now, since=now, due_at=now)
                for event in events
                for hook in hooks
                if wants(hook.events, event.name)
            ),
            ignore_conflicts=True,
        )
        Event.objects.filter(pk__in=[event.pk for event in events]).update(spread=True)
    return len(events)


def body_of(event: Event) -> bytes:
    """What is sent, the same bytes on every try."""
    whole = {
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "data": {"subject": event.subject, **event.payload},
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Tried:
    """One try and what came of it; `status` None: no answer."""

    delivery: Delivery
    lease: object
    status: int | None
    failure: str
    seconds: float

    @property
    def arrived(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def of_the_address(self) -> bool:
        """Whether the next event would fail too: nobody there, overloaded, broken; not: this event is not
        liked."""
        return self.status is None or self.status >= 500 or self.status == 429


def deliver(seconds: float = 10.0, stop: Callable[[], bool] = lambda: False) -> int:
    """Try what is due, for about so many seconds or until `stop` says so; how many tries were made."""
    ends, tries = time.monotonic() + seconds, 0
    _forget_old_secrets()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < ends and not stop():
            claimed = _claim()
            if not claimed:
                break
            # The threads only talk to the network; the database is this thread's.
            for tried in pool.map(_try, claimed):
                _settle(tried)
            tries += len(claimed)
    return tries


def _claim() -> list[tuple[Delivery, object, list[str]]]:
    """The oldest due delivery of every webhook that is not paused, leased so that nobody else sends it
    meanwhile."""
    now = clock.now()
    waiting = Delivery.objects.filter(due_at__lte=now).values("webhook")
    hooks = Webhook.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), active=True, pk__in=waiting)
    claimed: list[tuple[Delivery, object, list[str]]] = []
    for hook in hooks.order_by(F("retry_at").asc(nulls_first=True), "pk"):
        rows = Delivery.objects.filter(webhook=hook, due_at__isnull=False)
        # A lease that holds has neither status nor failure: another worker is sending.
        if rows.filter(due_at__gt=now, tried_at__isnull=False, status=None, failure="").exists():
            continue
        found = rows.filter(due_at__lte=now).select_related("event").order_by("pk").first()
        if found is None:
            continue
        lease = now + LEASE
        if Delivery.objects.filter(pk=found.pk, due_at=found.due_at).update(
            due_at=lease, attempts=F("attempts") + 1, tried_at=now, status=None, failure=""
        ):
            found.attempts, found.webhook = found.attempts + 1, hook
            claimed.append((found, lease, _secrets(hook, now)))
        if len(claimed) == AT_ONCE:
            break
    return claimed


def _secrets(hook: Webhook, now: datetime) -> list[str]:
    """What signs now, the newest first; nothing where the newest cannot be read any more."""
    try:
        found = [unseal(hook.secret)]
        if hook.old_secret_until is not None and now < hook.old_secret_until:
            found.append(unseal(hook.old_secret))
    except ValueError:
        return []
    return found


def _forget_old_secrets() -> None:
    over = Webhook.objects.filter(old_secret_until__lte=clock.now())
    if over.exists():
        over.update(old_secret="", old_secret_until=None)


def _try(claim: tuple[Delivery, object, list[str]]) -> Tried:
    delivery, lease, signing_with = claim
    if not signing_with:
        said = "the site's secret key changed: renew this webhook's secret"
        return Tried(delivery, lease, None, said, 0.0)
    body = body_of(delivery.event)
    headers = signing.headers_of(signing_with, delivery.event.key, int(time.time()), body)
    began = time.monotonic()
    try:
        answer = reaching.post(delivery.webhook.url, body, headers)
    except PeakendError as error:
        return Tried(delivery, lease, None, error.what.en, time.monotonic() - began)
    except (OSError, http.client.HTTPException) as error:
        said = f"{type(error).__name__}: {error}"
        return Tried(delivery, lease, None, said, time.monotonic() - began)
    failure = "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    return Tried(delivery, lease, answer.status, failure, answer.seconds)


def _settle(tried: Tried) -> None:
    """Write down what came of a try; where the lease ran out meanwhile only a success counts."""
    now, delivery = clock.now(), tried.delivery
    facts = {
        "status": tried.status,
        "seconds": round(tried.seconds, 3),
        "failure": tried.failure[:400].replace("\x00", ""),
    }
    with transaction.atomic():
        rows = Delivery.objects.filter(pk=delivery.pk)
        if tried.arrived:
            rows.update(due_at=None, delivered_at=now, parked_at=None, **facts)
            Webhook.objects.filter(pk=delivery.webhook_id).exclude(failures=0, told_at=None).update(
                failures=0, retry_at=None, told_at=None
            )
            return
        gone = tried.status == 410
        if gone or now - delivery.since > GIVE_UP:
            changed = rows.filter(due_at=tried.lease).update(due_at=None, parked_at=now, **facts)
        else:
            due = now + _after(delivery.attempts, _LONGEST)
            changed = rows.filter(due_at=tried.lease).update(due_at=due, **facts)
        if changed:
            _failed(delivery.webhook, tried, parked=gone or now - delivery.since > GIVE_UP)
    _log.info(
        "webhook failed",
        extra={"webhook": delivery.webhook.key, "event": delivery.event.key, "failure": facts["failure"]},
    )


def _after(attempts: int, longest: float) -> timedelta:
    """Five seconds, then four times as long after every failure; never in step with others."""
    return timedelta(seconds=min(longest, _FIRST * 4.0 ** min(attempts - 1, 20)) * random.uniform(0.75, 1.25))


def _failed(hook: Webhook, tried: Tried, *, parked: bool) -> None:
    now = clock.now()
    if tried.status == 410:
        Webhook.objects.filter(pk=hook.pk).update(active=False)
    elif tried.of_the_address:
        failures = hook.failures + 1
        Webhook.objects.filter(pk=hook.pk).update(
            failures=failures, retry_at=now + _after(failures, _LONGEST_PAUSE)
        )
    # Once an outage: the first delivery given up speaks for those after it.
    if parked and Webhook.objects.filter(pk=hook.pk, told_at=None).update(told_at=now):
        notify(
            _responsible(hook),
            Text(
                f"The webhook {hook.name} does not take events: {tried.failure[:120]}",
                f"Webhook“{hook.name}”未能接收事件：{tried.failure[:120]}",
            ),
            f"/webhooks/{hook.key}/",
        )


def _responsible(hook: Webhook) -> Sequence[User]:
    people = User.objects.filter(is_active=True)
    return list(people.filter(Q(role=Role.ADMINISTRATOR) | Q(pk=hook.created_by_id)))
