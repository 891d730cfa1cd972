"""From the keys and codes that calls name to the rows they mean, within the caller's reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.web.say import told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor


def site_called(actor: Actor, code: str | None) -> Site | None:
    """The site within reach; None where none is named."""
    if not code:
        return None
    found = Site.objects.filter(code=_plain(code)).first()
    reach = actor.reach
    if found is None or not (
        reach.everything or found.pk in reach.sites or found.teams.filter(pk__in=reach.teams).exists()
    ):
        raise _unknown("site", Text("There is no such site in your reach.", "您的范围内没有此网点。"))
    return found


def team_called(site: Site | None, code: str | None) -> Team | None:
    """The team of the site; None where none is named."""
    if not code:
        return None
    found = Team.objects.filter(site=site, code=_plain(code)).first()
    if found is None:
        raise _unknown("team", Text("The site has no such team.", "该网点没有此班组。"))
    return found


def touchpoint_called(code: str | None) -> Touchpoint | None:
    """The touchpoint; None where none is named."""
    if not code:
        return None
    found = Touchpoint.objects.filter(code=_plain(code)).first()
    if found is None:
        raise _unknown("touchpoint", Text("There is no such touchpoint.", "没有此接触点。"))
    return found


def _unknown(field: str, message: Text) -> InvalidError:
    return InvalidError(
        message,
        Text("Look at the list of codes.", "请核对编码列表。"),
        fields=[{"field": field, "message": told(message)}],
    )


def _plain(value: str) -> str:
    return value.replace("\x00", "\ufffd")
