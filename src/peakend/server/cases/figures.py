"""How the inner loop runs.

Latency of routing, times, close rate, what customers say of the recovery, load.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Min, Q

from peakend.feedback.intervals import mean_interval, normal_quantile, wilson
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.cases.models import OPEN, UNFINISHED
from peakend.server.cases.selectors import cases, staff
from peakend.server.notices.models import Mail
from peakend.server.web.say import say, told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.people.models import User

DAYS = 90
LEAST = 10  # fewer are not shown: a figure of a handful is a person


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval and base; `value` is None where the base is too small to show."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Loop:
    """The inner loop of the last 90 days within an actor's reach.

    Times in minutes by the clock, shares 0 to 1.

    `routed`, `mailed`: 95th percentile from the answer to the line on the page, and to the e-mail that left.
    `recovered`: mean of the score of the recovery less that of the answer, both brought to 0 to 100.
    """

    days: int
    routed: Figure
    mailed: Figure
    contact: Figure
    solved: Figure
    closed: Figure
    late: Figure
    recovered: Figure


@dataclass(frozen=True)
class Load:
    """What somebody has on the table."""

    user: User
    open: int
    overdue: int
    waiting: int
    resolved: int


def loop(actor: Actor) -> Loop:
    """The figures of the inner loop."""
    since = clock.now() - timedelta(days=DAYS)
    rows = cases(actor).filter(opened_at__gte=since).exclude(kind="repeat")
    routed = rows.filter(answered_at__isnull=False, notified_at__isnull=False, response__isnull=False)
    told = list(routed.values_list("key", "answered_at", "notified_at"))
    contact = rows.filter(contacted_at__isnull=False).values_list("opened_at", "contacted_at")
    solved = rows.filter(resolved_at__isnull=False).values_list("opened_at", "resolved_at")
    done = rows.aggregate(n=Count("pk"), closed=Count("pk", filter=Q(status="closed")))
    return Loop(
        DAYS,
        quantile([_minutes(a, b) for _, a, b in told], 0.95),
        quantile(_mailed({key: at for key, at, _ in told}), 0.95),
        quantile([_minutes(a, b) for a, b in contact], 0.5),
        quantile([_minutes(a, b) for a, b in solved], 0.5),
        share(done["closed"], done["n"]),
        late_share(actor),
        _recovered(
            list(
                rows.filter(recovery_score__isnull=False, details__has_key="score").values_list(
                    "details", "recovery_score"
                )
            )
        ),
    )


def _mailed(answered: dict[str, object]) -> list[float]:
    """Minutes from the answer to the first e-mail about its case that left."""
    found: list[float] = []
    keys = list(answered)
    for begin in range(0, len(keys), 500):
        part = {f"case.opened:{key}": answered[key] for key in keys[begin : begin + 500]}
        sent = Mail.objects.filter(reference__in=list(part), sent_at__isnull=False)
        for reference, at in (
            sent.values("reference").annotate(at=Min("sent_at")).values_list("reference", "at")
        ):
            found.append(_minutes(part[reference], at))
    return found


def _minutes(since: object, until: object) -> float:
    return max((until - since) / timedelta(minutes=1), 0.0)  # type: ignore[operator]


def quantile(values: Sequence[float], q: float) -> Figure:
    """The q-quantile with the order statistics that bound it at 95 %.

    An open end where n does not reach so far.

    Source: the binomial bounds on ranks in their normal approximation (Conover, 1999, section 3.2).
    """
    n = len(values)
    if n < LEAST:
        return Figure(n)
    ordered = sorted(values)
    half = normal_quantile(0.95) * math.sqrt(n * q * (1 - q))
    low, high = math.floor(n * q - half) - 1, math.ceil(n * q + half)
    return Figure(
        n,
        ordered[min(max(math.ceil(n * q) - 1, 0), n - 1)],
        ordered[low] if low >= 0 else None,
        ordered[high] if high < n else None,
    )


def share(part: int, n: int) -> Figure:
    """A share with Wilson's interval."""
    if n < LEAST:
        return Figure(n)
    low, high = wilson(part / n, n)
    return Figure(n, part / n, float(low), float(high))


def _recovered(rows: list[tuple[dict[str, object], float]]) -> Figure:
    gains = []
    for details, score in rows:
        scale, after = details.get("scale"), details.get("recovery_scale", [1, 5])
        if isinstance(scale, list) and isinstance(after, list):
            before = _to_hundred(float(str(details["score"])), scale)
            gains.append(_to_hundred(score, after) - before)
    n = len(gains)
    if n < LEAST:
        return Figure(n)
    mean = sum(gains) / n
    se = math.sqrt(sum((one - mean) ** 2 for one in gains) / (n - 1) / n)
    low, high = mean_interval(mean, se, n - 1, scale=(-100, 100))
    return Figure(n, mean, None if math.isnan(low) else float(low), None if math.isnan(high) else float(high))


def _to_hundred(score: float, scale: list[float]) -> float:
    return 100 * (score - scale[0]) / (scale[1] - scale[0])


def loads(actor: Actor) -> list[Load]:
    """Everybody with unfinished cases within reach, and everybody who may get some; the most loaded first."""
    now = clock.now()
    found = (
        cases(actor)
        .filter(UNFINISHED, owner__isnull=False)
        .order_by()
        .values("owner")
        .annotate(
            open=Count("pk", filter=Q(status__in=OPEN)),
            overdue=Count("pk", filter=Q(next_due_at__lte=now)),
            waiting=Count("pk", filter=Q(status="waiting")),
            resolved=Count("pk", filter=Q(status="resolved")),
        )
    )
    by_owner = {row.pop("owner"): row for row in found}
    people = [one for one in staff(actor) if one.is_active or one.pk in by_owner]
    none = {"open": 0, "overdue": 0, "waiting": 0, "resolved": 0}
    return sorted(
        (Load(one, **by_owner.get(one.pk, none)) for one in people),
        key=lambda one: (-one.overdue, -one.open, one.user.name),
    )


def late_share(actor: Actor) -> Figure:
    """The share of cases solved in the last 90 days that were solved too late."""
    since = clock.now() - timedelta(days=DAYS)
    rows = cases(actor).filter(resolved_at__gte=since, due_at__isnull=False)
    done = rows.aggregate(n=Count("pk"), late=Count("pk", filter=Q(resolved_at__gt=F("due_at"))))
    return share(done["late"], done["n"])


def length(minutes: float | None) -> Text:
    """Minutes by the clock in words."""
    if minutes is None:
        return Text("–", "—")
    if minutes < 1:
        seconds = math.ceil(minutes * 60)
        return Text(f"{seconds} s", f"{seconds} 秒")
    if minutes < 90:
        return Text(f"{minutes:.0f} min", f"{minutes:.0f} 分钟")
    if minutes < 48 * 60:
        return Text(f"{minutes / 60:.1f} h", f"{minutes / 60:.1f} 小时")
    return Text(f"{minutes / 1440:.1f} days", f"{minutes / 1440:.1f} 天")


@dataclass(frozen=True)
class Row:
    """A figure in words: its label, its value, its interval and base."""

    label: str
    value: str
    base: str


def rows(found: Loop) -> list[Row]:
    """The loop's figures as a page shows them, in its language."""
    too_few = say("too few to show", "样本不足，不公布")

    def times(label: str, one: Figure) -> Row:
        if one.value is None:
            return Row(label, "–", f"n = {one.n} · {too_few}")
        low, high = told(length(one.low)), told(length(one.high))
        if one.high is None:
            # So few that no answer bounds the percentile from above.
            between = say("95 % at least {low}", "95% 区间 不低于 {low}", low=low)
        elif one.low is None:
            between = say("95 % at most {high}", "95% 区间 不高于 {high}", high=high)
        else:
            between = say("95 % {low} to {high}", "95% 区间 {low} 至 {high}", low=low, high=high)
        return Row(label, told(length(one.value)), f"{between} · n = {one.n}")

    def shares(label: str, one: Figure) -> Row:
        if one.value is None or one.low is None or one.high is None:
            return Row(label, "–", f"n = {one.n} · {too_few}")
        between = say(
            "95 % {low:.0%} to {high:.0%}", "95% 区间 {low:.0%} 至 {high:.0%}", low=one.low, high=one.high
        )
        return Row(label, f"{one.value:.0%}", f"{between} · n = {one.n}")

    gain = found.recovered
    label = say("Recovery against the answer, 0–100", "补救评分与原评分之差（0—100）")
    if gain.value is None or gain.low is None or gain.high is None:
        recovered = Row(label, "–", f"n = {gain.n} · {too_few}")
    else:
        between = say(
            "95 % {low:+.0f} to {high:+.0f}",
            "95% 区间 {low:+.0f} 至 {high:+.0f}",
            low=gain.low,
            high=gain.high,
        )
        recovered = Row(label, f"{gain.value:+.0f}", f"{between} · n = {gain.n}")
    return [
        times(say("Answer to owner, 95 of 100 within", "从答卷到负责人（95 分位）"), found.routed),
        times(say("Answer to e-mail, 95 of 100 within", "从答卷到邮件（95 分位）"), found.mailed),
        times(say("First contact, half within", "首次联系用时（中位）"), found.contact),
        times(say("Solution, half within", "解决用时（中位）"), found.solved),
        shares(say("Closed", "办结率"), found.closed),
        shares(say("Solved too late", "超时解决占比"), found.late),
        recovered,
    ]
