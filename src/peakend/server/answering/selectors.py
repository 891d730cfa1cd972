"""Reading answers one by one: of the actor's sites and teams, never those of an anonymous survey.

Rows of an anonymous survey, even without a name, would tell who answered to somebody who reads the list and
the invitations again and again. They are read as figures, on boards, which hide small bases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.policies import require, within
from peakend.server.answering.models import Response
from peakend.server.answering.policies import READ

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor


def responses(actor: Actor) -> QuerySet[Response]:
    """The responses the actor may read, with all that a row shows."""
    require(actor, READ)
    rows = Response.objects.filter(survey__anonymous=False).select_related(
        "survey", "version", "wave", "place", "invitation", "customer", "site", "team", "touchpoint"
    )
    return within(actor, rows)


def get_response(actor: Actor, key: str) -> Response:
    """The response; `NotFoundError` where there is none that the actor may read."""
    found = responses(actor).filter(key=key).first() if "\x00" not in key else None
    if found is None:
        raise NotFoundError(Text("response", "回答"))
    return found
