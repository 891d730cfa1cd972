"""Before, after and elsewhere: the answers an initiative is judged by, and the judgement."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peakend.evidence import (
    Counted,
    Judged,
    Sample,
    effect_on_means,
    effect_on_proportions,
    judged,
    sample,
)
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.improvement.figures import SMALLEST, Versions, completed, score_of
from peakend.server.initiatives.models import Initiative
from peakend.server.surveys.questionnaire import SCALES, Question

ZONE = "Asia/Shanghai"
# Answers of the last day may still be on their way.
LATE = timedelta(days=1)
Cell = tuple[int, int | None, int | None, str]


def due_on(initiative: Initiative) -> datetime:
    """When everything is there that the judgement needs."""
    return _midnight(initiative.after_to + timedelta(days=1), _zone(initiative)) + LATE


def judge(initiative: Initiative) -> dict[str, Any]:
    """The judgement as it is kept: verdict, difference with interval, bases, and how many more it takes.

    `few` where a period of a place has fewer than ten answers; figures of those are not kept either.
    """
    controls = list(initiative.control_sites.values_list("pk", flat=True))
    own = [initiative.site_id] if initiative.site_id is not None else None
    spans = {
        "after": (initiative.after_from, initiative.after_to),
        "before": (initiative.before_from, initiative.before_to),
    }
    cells = {name: scores(initiative, span, own) for name, span in spans.items()}
    if controls:
        cells |= {f"control_{name}": scores(initiative, span, controls) for name, span in spans.items()}
    bases = {name: len(values) if len(values) >= SMALLEST else None for name, values in cells.items()}
    if None in bases.values():
        return {"verdict": "few", "n": bases}
    found = _judged(initiative, cells)
    effect = found.effect
    return {
        "verdict": found.verdict,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "detectable": effect.detectable,
        "more": found.more,
        "n": bases,
        "values": {name: _centre(initiative.metric, values) for name, values in cells.items()},
    }


def scores(initiative: Initiative, span: tuple[date, date], sites: list[int] | None) -> list[float]:
    """The scores of the metric given in `span` (both days included) at `sites` (None: everywhere).

    Answers of anonymous surveys count only over whole months, and only where ten or more of one survey, site,
    touchpoint and month were given: no two figures differ by fewer. Robots are left out.
    """
    zone = _zone(initiative)
    rows = completed(_midnight(span[0], zone), _midnight(span[1] + timedelta(days=1), zone))
    if sites is not None:
        rows = rows.filter(site__in=sites)
    whole = _whole_months(*span)
    if not whole:
        rows = rows.filter(survey__anonymous=False)
    versions, touchpoint = Versions(), initiative.touchpoint.code if initiative.touchpoint else ""
    open_: list[float] = []
    secret: dict[Cell, list[float | None]] = defaultdict(list)
    for one in rows.select_related("survey", "touchpoint").iterator(chunk_size=2000):
        if "robot" in one.flags:
            continue
        score = _score(versions, one, initiative.metric, touchpoint)
        if one.survey.anonymous:
            month = f"{one.completed_at.astimezone(zone):%Y-%m}"
            secret[one.survey_id, one.site_id, one.touchpoint_id, month].append(score)
        elif score is not None:
            open_.append(score)
    for given in secret.values():
        said = [score for score in given if score is not None]
        if len(said) >= SMALLEST:
            open_ += said
    return open_


def _score(versions: Versions, one: Response, metric: str, touchpoint: str) -> float | None:
    questions: list[Question] = versions.questions(one.version_id)
    if touchpoint and (one.touchpoint is None or one.touchpoint.code != touchpoint):
        questions = [question for question in questions if question.touchpoint == touchpoint]
    return score_of(questions, one.answers, metric, touchpoint)


def _judged(initiative: Initiative, cells: dict[str, list[float]]) -> Judged:
    margin = initiative.smallest
    if initiative.metric == "csat":
        counted = {name: Counted(_satisfied(values), len(values)) for name, values in cells.items()}
        if "control_after" not in counted:
            return judged(effect_on_proportions(counted["after"], counted["before"]), margin)
        return judged(
            effect_on_proportions(
                counted["after"], counted["control_after"], (counted["before"], counted["control_before"])
            ),
            margin,
        )
    means = {name: _sample(initiative.metric, values) for name, values in cells.items()}
    if "control_after" not in means:
        return judged(effect_on_means(means["after"], means["before"]), margin)
    return judged(
        effect_on_means(means["after"], means["control_after"], (means["before"], means["control_before"])),
        margin,
    )


def _sample(metric: str, values: list[float]) -> Sample:
    return sample(_points(values) if metric == "nps" else values)


def _points(values: list[float]) -> list[float]:
    """A promoter is worth 100, a detractor −100: their mean is the net promoter score."""
    return [100.0 if value >= 9 else -100.0 if value <= 6 else 0.0 for value in values]


def _satisfied(values: list[float]) -> int:
    low, high = SCALES["csat"]
    return sum(value >= low + 0.75 * (high - low) for value in values)


def _centre(metric: str, values: list[float]) -> float:
    if metric == "csat":
        return _satisfied(values) / len(values)
    used = _points(values) if metric == "nps" else values
    return sum(used) / len(used)


def _zone(initiative: Initiative) -> ZoneInfo:
    return ZoneInfo(initiative.site.timezone if initiative.site else ZONE)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _whole_months(first: date, last: date) -> bool:
    return first.day == 1 and last.day == monthrange(last.year, last.month)[1]


def is_due(initiative: Initiative) -> bool:
    """Whether it can be judged now, and was not."""
    return initiative.judged_at is None and clock.now() >= due_on(initiative)
