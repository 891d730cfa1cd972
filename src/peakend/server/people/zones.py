"""Whose clock somebody reads: that of their site, else the one most sites of the company have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Q

from peakend.server.company.models import Site
from peakend.server.web.templatetags.site import HOUSE_ZONE

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


def zone_of_actor(actor: Actor) -> str:
    """The name of the time zone in which `actor` is shown times."""
    theirs = Q(pk__in=actor.reach.sites) | Q(teams__in=actor.reach.teams)
    sites = Site.objects.all() if actor.reach.everything else Site.objects.filter(theirs).distinct()
    zones = Counter(sites.filter(active=True).order_by("pk").values_list("timezone", flat=True))
    return zones.most_common(1)[0][0] if zones else HOUSE_ZONE
