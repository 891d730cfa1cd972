"""Figures of the worker, the outbox and the sync for Prometheus and for readiness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.notices.selectors import outbox
from peakend.server.sync.selectors import lag
from peakend.server.web.health import add_fact
from peakend.server.web.metrics import STATE
from peakend.server.work.models import SweepRun
from peakend.server.work.selectors import standing_for_machines, workers


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (clock.now() - since).total_seconds())


class Watching:
    """Read from the database when somebody asks: the same figures whichever process answers."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        yield GaugeMetricFamily("peakend_workers", "Worker processes alive", value=workers().count())
        failures = GaugeMetricFamily(
            "peakend_sweep_failures", "Failures of a sweep in a row", labels=["sweep"]
        )
        age = GaugeMetricFamily("peakend_sweep_age_seconds", "Since a sweep ran last", labels=["sweep"])
        for run in SweepRun.objects.all():
            failures.add_metric([run.name], run.failures)
            age.add_metric([run.name], _age(run.ran_at))
        yield failures
        yield age
        box = outbox()
        due = GaugeMetricFamily(
            "peakend_outbox_oldest_due_seconds", "Age of the oldest due row", labels=["kind"]
        )
        due.add_metric(["mail"], _age(box.mail_due_since))
        due.add_metric(["event"], _age(box.event_since))
        due.add_metric(["delivery"], _age(box.delivery_due_since))
        yield due
        waiting = GaugeMetricFamily("peakend_outbox_waiting", "Rows that wait", labels=["kind"])
        waiting.add_metric(["mail"], box.mails_waiting)
        waiting.add_metric(["event"], box.events_to_spread)
        waiting.add_metric(["delivery"], box.deliveries_waiting)
        yield waiting
        stuck = GaugeMetricFamily("peakend_outbox_given_up", "Rows that were given up", labels=["kind"])
        stuck.add_metric(["mail"], box.mails_failed)
        stuck.add_metric(["delivery"], box.deliveries_parked)
        yield stuck
        yield GaugeMetricFamily(
            "peakend_sync_lag_seconds", "Age of the oldest answer not in the warehouse", value=lag()
        )
        fold = Response.objects.filter(folded=False, state="completed").order_by("pk")
        since = fold.values_list("completed_at", flat=True).first()
        yield GaugeMetricFamily(
            "peakend_fold_lag_seconds", "Age of the oldest answer not in the figures", value=_age(since)
        )


def watch() -> None:
    """Begin; called once a process."""
    STATE.register(Watching())
    add_fact("worker", standing_for_machines)
