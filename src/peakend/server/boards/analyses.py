"""What was analysed last: the runs of the newest snapshot, and the report the worker wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from peakend.language import Language, Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.acting.policies import require
from peakend.server.boards import snapshots
from peakend.server.boards.policies import ANALYSES


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of one analysis; `rows` it gave. `status` is that of `analysis_runs`: ok, failed, …"""

    name: str
    title: Text
    status: str
    at: datetime
    seconds: float
    rows: int
    error: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """`as_of` is None while there is no snapshot."""

    as_of: datetime | None
    runs: tuple[Run, ...]
    reports: tuple[Language, ...]


@cache
def _titles() -> dict[str, Text]:
    from peakend.analyses.catalogue import catalogue

    return {one.name: one.title for one in catalogue()}


def analysed(actor: Actor) -> Analysed:
    """What there is to read. Analyses are of the whole company: who sees a part of it sees none."""
    require(actor, ANALYSES)
    _whole_company(actor)
    reports: tuple[Language, ...] = tuple(one for one in ("en", "zh") if _report(one).is_file())
    with snapshots.opened() as found:
        if found is None:
            return Analysed(None, (), reports)
        from peakend.analyses.records import latest_records

        engine, made = found
        records = latest_records(engine)
    titles = _titles()
    runs = [
        Run(
            name=one.analysis,
            title=titles.get(one.analysis, Text(one.analysis, one.analysis)),
            status=one.status,
            at=one.started_at.replace(tzinfo=UTC),
            seconds=one.seconds,
            rows=sum(one.rows.values()),
            error=one.error or "",
        )
        for one in records.values()
    ]
    order = {name: place for place, name in enumerate(titles)}
    return Analysed(made, tuple(sorted(runs, key=lambda run: order.get(run.name, len(order)))), reports)


def report(actor: Actor, language: Language) -> Path:
    """The file of the report in `language`; `NotFoundError` while there is none."""
    require(actor, ANALYSES)
    _whole_company(actor)
    path = _report(language)
    if not path.is_file():
        raise NotFoundError(Text("report", "报告"))
    return path


def _report(language: Language) -> Path:
    return Path(settings.HOME.folder) / f"report-{language}.html"


def _whole_company(actor: Actor) -> None:
    if not actor.reach.everything:
        raise NotFoundError(Text("analyses", "分析"))
