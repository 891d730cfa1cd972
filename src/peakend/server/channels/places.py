"""The registry of places where a survey lies open (LSN-01)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors
from peakend.server.channels.models import Place
from peakend.server.channels.policies import EDIT_PLACES
from peakend.server.channels.waves import refuse
from peakend.server.company.models import Site

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Team, Touchpoint
    from peakend.server.surveys.models import Survey

KINDS: dict[str, Text] = {
    "qr": Text("QR poster", "二维码海报"),
    "kiosk": Text("Kiosk", "自助评价终端"),
    "link": Text("Link", "链接"),
    "embed": Text("Part of a web page", "网页嵌入"),
}
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,180}(:[0-9]{1,5})?")


@service(EDIT_PLACES)
def open_place(
    *,
    actor: Actor,
    survey: Survey,
    kind: str,
    name: str,
    site: Site | None = None,
    team: Team | None = None,
    touchpoint: Touchpoint | None = None,
    silent_after_days: int = 7,
    allowed_origin: str = "",
) -> Place:
    """Let `survey` lie open at a new place."""
    selectors.get_survey(actor, survey.key)
    place = Place(survey=survey, kind=kind)
    _fill(actor, place, name, site, team, touchpoint, silent_after_days, allowed_origin)
    place.save()
    audit(actor, "channels.place_opened", place, survey=survey.key, kind=kind)
    return place


@service(EDIT_PLACES)
def edit_place(
    *,
    actor: Actor,
    key: str,
    name: str,
    site: Site | None = None,
    team: Team | None = None,
    touchpoint: Touchpoint | None = None,
    silent_after_days: int = 7,
    allowed_origin: str = "",
) -> Place:
    """Change a place; its address, survey and kind stay, as posters with it hang on walls."""
    place = selectors.get_place(actor, key)
    _fill(actor, place, name, site, team, touchpoint, silent_after_days, allowed_origin)
    place.save(update_fields=["name", "site", "team", "touchpoint", "silent_after_days", "allowed_origin"])
    audit(actor, "channels.place_changed", place)
    return place


@service(EDIT_PLACES)
def set_active(*, actor: Actor, key: str, active: bool) -> Place:
    """Close a place, or open it again. Its answers stay."""
    place = selectors.get_place(actor, key)
    now = clock.now()
    if active and place.closed_at is not None:
        place.closed_days += (now - place.closed_at) / timedelta(days=1)
        place.reopened_at, place.closed_at = now, None
    elif not active:
        place.closed_at = place.closed_at or now
    place.active, place.silent_told_at = active, None
    place.save(update_fields=["active", "closed_at", "reopened_at", "closed_days", "silent_told_at"])
    audit(actor, "channels.place_reopened" if active else "channels.place_closed", place)
    return place


@service(EDIT_PLACES)
def open_everywhere(
    *, actor: Actor, survey: Survey, kind: str, touchpoint: Touchpoint | None = None
) -> list[Place]:
    """A place at every active site in reach that has none of this survey, kind and touchpoint yet."""
    selectors.get_survey(actor, survey.key)
    if kind not in KINDS or kind == "embed":
        raise InvalidError(Text("There is no such kind of place.", "没有此类投放点。"))
    sites = reachable_sites(actor)
    have = Place.objects.filter(survey=survey, kind=kind, touchpoint=touchpoint, active=True)
    taken = set(have.values_list("site_id", flat=True))
    made = [
        Place.objects.create(survey=survey, kind=kind, name=site.name, site=site, touchpoint=touchpoint)
        for site in sites
        if site.pk not in taken
    ]
    audit(actor, "channels.places_opened", survey, kind=kind, places=len(made))
    return made


def reachable_sites(actor: Actor) -> list[Site]:
    """Active sites whose places `actor` may open."""
    rows = Site.objects.filter(active=True)
    return list(rows if actor.reach.everything else rows.filter(pk__in=actor.reach.sites))


def _fill(
    actor: Actor,
    place: Place,
    name: str,
    site: Site | None,
    team: Team | None,
    touchpoint: Touchpoint | None,
    silent_after_days: int,
    allowed_origin: str,
) -> None:
    wrong = []
    if place.kind not in KINDS:
        wrong.append(("kind", Text("There is no such kind of place.", "没有此类投放点。")))
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong.append(("name", Text("A name has 1 to 200 characters.", "名称须为 1 至 200 个字符。")))
    if not actor.reach.everything and (site is None or site.pk not in actor.reach.sites):
        wrong.append(("site", Text("Choose one of your own sites.", "请选择您负责的网点。")))
    if team is not None and (site is None or team.site_id != site.pk):
        wrong.append(("team", Text("The team belongs to another site.", "该班组属于其他网点。")))
    if not 1 <= silent_after_days <= 365:
        wrong.append(("silent_after_days", Text("Between 1 and 365 days.", "须在 1 至 365 天之间。")))
    origin = allowed_origin.strip().rstrip("/")
    if place.kind == "embed" and not _ORIGIN.fullmatch(origin):
        wrong.append(
            (
                "allowed_origin",
                Text(
                    "The address of the page's site: https://www.example.com",
                    "请填写网页所在网站，如 https://www.example.com",
                ),
            )
        )
    refuse(wrong)
    place.name, place.site, place.team, place.touchpoint = name.strip(), site, team, touchpoint
    place.silent_after_days = silent_after_days
    place.allowed_origin = origin if place.kind == "embed" else ""
