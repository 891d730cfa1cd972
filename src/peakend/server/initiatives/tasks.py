"""What the worker does again and again for the area."""

from __future__ import annotations

from datetime import timedelta

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import stopping, sweep
from peakend.server.initiatives.models import Initiative
from peakend.server.initiatives.services.contacting import contact_one, end_late, to_contact
from peakend.server.initiatives.services.initiatives import judge_one
from peakend.server.initiatives.services.outcomes import settle_some, to_settle


@sweep("initiatives.contact", every=60)
def contact(actor: Actor) -> int:
    """Contact who was drawn to get the offer, each in a transaction of their own."""
    done = 0
    for one in to_contact():
        if stopping():
            return done
        done += contact_one(actor=actor, assignment=one)
    return done + end_late()


@sweep("initiatives.outcomes", every=900)
def outcomes(actor: Actor) -> int:
    """Who came back, of campaigns whose window is over."""
    done = 0
    for campaign in to_settle():
        while not stopping() and (some := settle_some(actor=actor, campaign=campaign.pk)):
            done += some
    return done


@sweep("initiatives.judge", every=3600)
def judge(actor: Actor) -> int:
    """Initiatives whose time is over."""
    over = Initiative.objects.filter(judged_at=None, after_to__lt=(clock.now() + timedelta(days=1)).date())
    return sum(judge_one(actor=actor, initiative=one) for one in over.values_list("pk", flat=True)[:100])
