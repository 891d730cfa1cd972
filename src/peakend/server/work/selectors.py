"""How the worker does: who lives, which sweep is late or fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import require
from peakend.server.acting.sweeps import sweeps
from peakend.server.work.models import SweepRun, Worker
from peakend.server.work.policies import READ

ALIVE = timedelta(minutes=2)


def workers() -> QuerySet[Any]:
    """Processes that live, as far as their heartbeat tells. A long sweep holds it up, so two minutes
    count."""
    return Worker.objects.filter(ended_at=None, beat_at__gte=clock.now() - ALIVE).order_by("pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """One sweep: its last run (None: never), and whether it is late. `late` also where it never ran."""

    name: str
    every: float
    run: SweepRun | None
    late: bool

    @property
    def failing(self) -> bool:
        """Whether its last run failed."""
        return self.run is not None and self.run.failures > 0


def standings(actor: Actor) -> list[Standing]:
    """Every sweep, those that fail first."""
    require(actor, READ)
    rows = {run.name: run for run in SweepRun.objects.all()}
    now = clock.now()
    found = [
        Standing(name, sweep.every, run := rows.get(name), _late(sweep.every, run, now))
        for name, sweep in sweeps().items()
    ]
    return sorted(found, key=lambda one: (not one.failing, not one.late, one.name))


def _late(every: float, run: SweepRun | None, now: datetime) -> bool:
    if run is None or run.ran_at is None:
        return True
    return bool(now - run.ran_at > timedelta(seconds=2 * every + 300))


def standing_for_machines() -> dict[str, Any]:
    """For readiness: whether a worker lives and how many sweeps fail."""
    alive = workers().count()
    return {
        "workers": alive,
        "sweeps_failing": SweepRun.objects.filter(failures__gt=0, name__in=list(sweeps())).count(),
    }
