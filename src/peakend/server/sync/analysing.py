"""Running the analyses on the site's warehouse, and writing the report that pages show.

They take minutes, so that the worker starts them as a process of their own and goes on sending and
escalating.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connections, transaction

from peakend.errors import PeakendError
from peakend.language import Language, Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.company.models import Site
from peakend.server.sync import snapshots
from peakend.server.sync.models import AnalysisRun
from peakend.server.sync.opening import WarehouseBusyError, opened
from peakend.server.sync.policies import RUN

if TYPE_CHECKING:
    from peakend.analyses import RunReport
    from peakend.engine import Engine

AT = "PEAKEND_ANALYSE_AT"
_DEAD = timedelta(minutes=5)
_log = logging.getLogger("peakend.analyses")
_running: list[subprocess.Popen[bytes]] = []
_LANGUAGES: tuple[Language, ...] = ("en", "zh")


@service(RUN)
def run_analyses(*, actor: Actor) -> AnalysisRun:
    """Have every analysis that is out of date run soon; the run that waits or is under way where there is
    one."""
    found = AnalysisRun.objects.filter(status__in=("waiting", "running")).first()
    if found is None:
        found = AnalysisRun.objects.create(asked_at=clock.now(), asked_by_id=actor.user_id)
    audit(actor, "sync.analyses_asked", found)
    return found


def ask_for_tonight() -> int:
    """Ask for the run of the day once it is the hour (`PEAKEND_ANALYSE_AT`, 02:00 of most sites;
    `never`); 0 or 1."""
    hour, _, minute = os.environ.get(AT, "02:00").partition(":")
    if not hour.isdigit() or not (minute or "0").isdigit():
        return 0
    local = clock.now().astimezone(ZoneInfo(_zone()))
    if (local.hour, local.minute) < (int(hour), int(minute or 0)):
        return 0
    return _ask_for(local.date())


def _ask_for(day: date) -> int:
    if AnalysisRun.objects.filter(day=day).exists():
        return 0
    try:
        with transaction.atomic():
            AnalysisRun.objects.create(asked_at=clock.now(), day=day)
    except IntegrityError:  # another worker was quicker
        return 0
    return 1


def _zone() -> str:
    zones = Counter(Site.objects.filter(active=True).values_list("timezone", flat=True))
    return zones.most_common(1)[0][0] if zones else "UTC"


def begin_waiting(*, here: bool = False) -> int:
    """Start the run that waits, as a process of its own (or `here`); 1 where something moved.

    A run whose process died is written down as failed.
    """
    _running[:] = [process for process in _running if process.poll() is None]
    moved = _bury()
    waiting = AnalysisRun.objects.filter(status="waiting").order_by("pk").first()
    if waiting is None or _running or AnalysisRun.objects.filter(status="running").exists():
        return moved
    if here:
        return moved + carry_out(waiting.key)
    environment = {**os.environ, "PEAKEND_HOME": str(settings.HOME.folder)}
    command = [sys.executable, "-m", "peakend.server.analyse", waiting.key]
    if not _running:
        atexit.register(_end_running)
    # In the background: customers who answer come first.
    _running.append(subprocess.Popen(command, env=environment, preexec_fn=lambda: os.nice(10)))
    return moved + 1


def _end_running() -> None:
    """A worker that ends takes its run along: finished analyses are saved, the next run goes on."""
    for process in _running:
        if process.poll() is None:
            process.terminate()


def _bury() -> int:
    now = clock.now()
    dead = AnalysisRun.objects.filter(status="running", beat_at__lt=now - _DEAD)
    return int(
        dead.update(
            status="failed",
            ended_at=now,
            failure_en="The process ended before it was done. The next run goes on from there.",
            failure_zh="进程中途结束，下次运行将从中断处继续。",
        )
    )


def carry_out(key: str) -> int:
    """Do the run `key`: analyses, then the report in both languages. 1, or 0 where the warehouse is busy.

    What goes wrong is written down in words; nothing is raised.
    """
    now = clock.now()
    rows = AnalysisRun.objects.filter(key=key)
    if not rows.filter(status="waiting").update(status="running", started_at=now, beat_at=now):
        return 0
    try:
        with opened() as engine:
            report = _analysed(engine, key)
            _report(engine)
    except WarehouseBusyError:
        rows.update(status="waiting", started_at=None, beat_at=None)
        return 0
    except Exception as error:  # noqa: BLE001 - written down for whoever reads the page
        _log.exception("analyses failed")
        words = _words(error)
        rows.update(
            status="failed", ended_at=clock.now(), failure_en=words.en[:400], failure_zh=words.zh[:400]
        )
    else:
        failed = [
            {"name": one.name, "en": (words := _words(one.error)).en[:300], "zh": words.zh[:300]}
            for one in report.with_status("failed")
        ]
        rows.update(
            status="done",
            ended_at=clock.now(),
            done=len(report.with_status("done")),
            unchanged=len(report.with_status("unchanged")),
            failed=failed,
        )
    return 1


def _analysed(engine: Engine, key: str) -> RunReport:
    from peakend.analyses import run

    return run(engine, progress=lambda _: _beat(key))


def _beat(key: str) -> None:
    AnalysisRun.objects.filter(key=key).update(beat_at=clock.now())


def report_path(language: Language) -> Path:
    """Where the report in `language` lies."""
    folder: Path = settings.HOME.folder
    return folder / f"report-{language}.html"


def _report(engine: Engine) -> None:
    from peakend.report import write_report

    for language in _LANGUAGES:
        part = report_path(language).with_suffix(f".{os.getpid()}.part.html")
        try:
            try:
                write_report(engine, part, language=language)
            except PeakendError as error:
                if error.code != "report.incomplete":
                    raise
                # The page says what it lacks; the log says why.
                _log.exception("a report lacks exhibits")
            part.chmod(0o600)
            part.replace(report_path(language))
        except PeakendError as error:
            # An empty warehouse has nothing to report; what there was stays.
            if error.code != "report.nothing":
                raise
            return
        finally:
            part.unlink(missing_ok=True)


def _words(error: BaseException | None) -> Text:
    if isinstance(error, PeakendError):
        return error.what
    said = " ".join(str(error).replace("\x00", "").split())[:200]
    return Text(f"{type(error).__name__}: {said}", f"{type(error).__name__}：{said}")


def main(key: str) -> None:
    """The process of one run; Django is set up."""
    over = threading.Event()

    def beating() -> None:
        # One analysis may take longer than a run may stand still.
        while not over.wait(30):
            try:
                _beat(key)
            finally:
                connections.close_all()

    threading.Thread(target=beating, daemon=True).start()
    carry_out(key)
    over.set()
    snapshots.publish(force=True)
