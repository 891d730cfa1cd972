"""Who acts in the demonstration, and when."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.people.acting import actor_of_user
from peakend.server.people.models import User

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from peakend.server.acting.actors import Actor


class Cast:
    """The manager, the supervisor and the front line of the busiest site. `now` is today's moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.manager_user = User.objects.get(role=Role.CX_MANAGER)
        self.manager: Actor = actor_of_user(self.manager_user)
        # The front line signs in at the busiest sites alone; the first of them by its code is the stage.
        first = User.objects.filter(role=Role.FRONT_LINE).order_by("employee_id").first()
        assert first is not None
        self.site = first.teams.get().site
        self.supervisor_user = User.objects.get(role=Role.SUPERVISOR, sites=self.site)
        self.supervisor: Actor = actor_of_user(self.supervisor_user)
        line = User.objects.filter(role=Role.FRONT_LINE, teams__site=self.site)
        self.line = list(line.order_by("employee_id").prefetch_related("teams__site"))

    def team_key(self, user: User) -> str:
        """The team of somebody of the front line, as `site/team`."""
        team = user.teams.all()[0]
        return f"{team.site.code}/{team.code}"

    @contextmanager
    def ago(self, days: float) -> Iterator[datetime]:
        """Inside, it is so many days ago."""
        moment = self.now - timedelta(days=days)
        with clock.at(moment):
            yield moment


def both(zh: str, en: str) -> str:
    """Words that stand once and are read in either language."""
    return f"{zh} / {en}"
