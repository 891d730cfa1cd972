"""How fresh the warehouse is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peakend.server.acting import clock
from peakend.server.sync.models import AnalysisRun, ErasureInWarehouse, Watermark
from peakend.server.sync.snapshots import newest_made_at
from peakend.server.sync.syncing import responses_waiting


@dataclass(frozen=True, slots=True)
class Freshness:
    """`synced_at`: everything before it is in the warehouse; `snapshot_at`: what web pages read;
    `analysed_at`: the end of the last run of analyses that went through; `waiting`: completed answers that
    are not in the warehouse; `analysing`: whether a run waits or is under way. None: never."""

    synced_at: datetime | None
    snapshot_at: datetime | None
    analysed_at: datetime | None
    waiting: int
    analysing: bool
    last_run: AnalysisRun | None
    erasures_waiting: int


def freshness() -> Freshness:
    """How fresh what one reads is."""
    runs = AnalysisRun.objects.all()
    return Freshness(
        synced_at=Watermark.objects.filter(name="sync").values_list("at", flat=True).first(),
        snapshot_at=newest_made_at(),
        analysed_at=runs.filter(status="done").values_list("ended_at", flat=True).first(),
        waiting=responses_waiting().count(),
        analysing=runs.filter(status__in=("waiting", "running")).exists(),
        last_run=runs.filter(status__in=("done", "failed")).first(),
        erasures_waiting=ErasureInWarehouse.objects.filter(done_at=None).count(),
    )


def lag() -> float:
    """Seconds since the oldest completed answer that is not in the warehouse; 0 where there is none."""
    since = responses_waiting().order_by("pk").values_list("completed_at", flat=True).first()
    return 0.0 if since is None else max(0.0, (clock.now() - since).total_seconds())
