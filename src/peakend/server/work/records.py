"""What is written down of the worker. Not every run: a sweep that finds nothing every two seconds says so
now and then."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models import F, Q

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.acting.sweeps import Sweep
from peakend.server.notices.outbox import notify
from peakend.server.people.models import User
from peakend.server.work.models import SweepRun, Worker

_NOW_AND_THEN = 15.0
_TELL_AFTER = 5
_KEEP_WORKERS = timedelta(days=2)
_written: dict[str, float] = {}


class Beat:
    """The heartbeat of this process."""

    def __init__(self, host: str, pid: int) -> None:
        self.host, self.pid, self.doing = host[:120], pid, ""
        self.row: int | None = None

    def move(self) -> None:
        """I live."""
        now = clock.now()
        if self.row is None or not Worker.objects.filter(pk=self.row).update(beat_at=now, doing=self.doing):
            made = Worker.objects.create(host=self.host, pid=self.pid, started_at=now, beat_at=now)
            self.row = made.pk
            Worker.objects.filter(beat_at__lt=now - _KEEP_WORKERS).delete()

    def end(self) -> None:
        """I end."""
        if self.row is not None:
            now = clock.now()
            Worker.objects.filter(pk=self.row).update(beat_at=now, ended_at=now, doing="")


def succeeded(sweep: Sweep, seconds: float, rows: int) -> None:
    """The sweep ran through."""
    moment = time.monotonic()
    if not rows and moment - _written.get(sweep.name, -_NOW_AND_THEN) < _NOW_AND_THEN:
        return
    now = clock.now()
    facts = {"every": sweep.every, "ran_at": now, "seconds": seconds, "failures": 0, "told_at": None}
    if rows:
        facts |= {"rows": rows, "busy_at": now, "total": F("total") + rows}
    _write(sweep, facts)
    _written[sweep.name] = moment


def failed(sweep: Sweep, seconds: float, error: Exception) -> None:
    """The sweep raised. Administrators are told once where it keeps doing so."""
    # The next success is written at once.
    _written.pop(sweep.name, None)
    now, words = clock.now(), words_of(error)
    _write(
        sweep,
        {
            "every": sweep.every,
            "ran_at": now,
            "seconds": seconds,
            "failures": F("failures") + 1,
            "failed_at": now,
            "failure_en": words.en[:400],
            "failure_zh": words.zh[:400],
        },
    )
    lasting = SweepRun.objects.filter(name=sweep.name, failures__gte=_TELL_AFTER, told_at=None)
    if lasting.update(told_at=now):
        notify(
            User.objects.filter(Q(role=Role.ADMINISTRATOR), is_active=True),
            Text(f"{sweep.name} keeps failing: {words.en[:200]}", f"{sweep.name} 持续失败：{words.zh[:200]}"),
            "/worker/",
        )


def words_of(error: Exception) -> Text:
    """What happened, for a person."""
    if isinstance(error, PeakendError):
        do = error.do or Text("", "")
        return Text(f"{error.what.en} {do.en}".strip(), f"{error.what.zh}{do.zh}")
    said = " ".join(str(error).replace("\x00", "").split())[:200]
    return Text(f"{type(error).__name__}: {said}", f"{type(error).__name__}：{said}")


def _write(sweep: Sweep, facts: dict[str, object]) -> None:
    if not SweepRun.objects.filter(name=sweep.name).update(**facts):
        SweepRun.objects.get_or_create(name=sweep.name, defaults={"every": sweep.every})
        SweepRun.objects.filter(name=sweep.name).update(**facts)
