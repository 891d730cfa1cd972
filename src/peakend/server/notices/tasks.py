"""What the worker does for the outbox."""

from __future__ import annotations

from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import stopping, sweep
from peakend.server.notices import delivering, digests, mailing


@sweep("notices.spread", every=2)
def spread(actor: Actor) -> int:
    """Make deliveries of events, a few thousand at most: other sweeps wait behind it."""
    settled = 0
    while settled < 2000 and not stopping():
        done = delivering.spread()
        settled += done
        if not done:
            break
    return settled


@sweep("notices.deliver", every=2)
def deliver(actor: Actor) -> int:
    """Send what is due to webhooks."""
    return delivering.deliver(stop=stopping)


@sweep("notices.mail", every=5)
def send_mails(actor: Actor) -> int:
    """Send e-mails that are due."""
    return mailing.send_due(stop=stopping)


@sweep("notices.digest", every=300)
def send_digests(actor: Actor) -> int:
    """Tell people by e-mail what is new on their page."""
    return digests.prepare() + digests.send_digests()
