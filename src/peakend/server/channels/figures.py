"""How places do: answers, response rate with its interval, when the last answer came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncDate
from scipy.special import gammaincinv

from peakend.feedback.intervals import wilson
from peakend.server.acting import clock
from peakend.server.channels.models import Place, PlaceDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST = 10  # smaller bases are not shown as rates


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """One place. `rate` is a share of views (0 to 1), at a kiosk answers a day; None below a base of 10."""

    place: Place
    answers: int
    views: int
    days_open: float
    rate: float | None
    low: float | None
    high: float | None
    last_answer_at: datetime | None
    silent: bool

    @property
    def per_day(self) -> bool:
        """Whether the rate is answers a day: a kiosk is looked at by everybody who passes."""
        return self.place.kind == "kiosk"

    @property
    def percent(self) -> tuple[int, int, int] | None:
        """The rate and its ends in whole per cent; None for a kiosk and for small bases."""
        if self.per_day or self.rate is None or self.low is None or self.high is None:
            return None
        return round(100 * self.rate), round(100 * self.low), round(100 * self.high)


def figures(places: Iterable[Place]) -> list[PlaceFigures]:
    """The figures of `places`, each with its answers until now."""
    rows = list(places)
    counted = dict(
        PlaceDay.objects.filter(place__in=rows).order_by().values_list("place").annotate(n=Sum("answers"))
    )
    recent, last = recent_answers(rows)
    return [
        _figures(
            one,
            counted.get(one.pk, 0) + sum(recent.get(one.pk, {}).values()),
            max(filter(None, (one.last_answer_at, last.get(one.pk))), default=None),
        )
        for one in rows
    ]


def recent_answers(places: Sequence[Place]) -> tuple[dict[int, dict[date, int]], dict[int, datetime]]:
    """Completed answers of `places` by day (UTC) since their tally, and when the last came.

    Read along the index of survey and time: a million older answers cost nothing.
    """
    days: dict[int, dict[date, int]] = defaultdict(dict)
    last: dict[int, datetime] = {}
    since: dict[tuple[int, date | None], list[int]] = defaultdict(list)
    for one in places:
        since[one.survey_id, one.tallied_until].append(one.pk)
    responses = apps.get_model("answering", "Response").objects
    for (survey, day), keys in since.items():
        rows = responses.filter(survey=survey, place__in=keys, state="completed", completed_at__isnull=False)
        if day is not None:
            rows = rows.filter(completed_at__gte=datetime.combine(day, time(), UTC))
        by_day = rows.order_by().values("place", on=TruncDate("completed_at", tzinfo=UTC))
        for found in by_day.annotate(n=Count("pk"), latest=Max("completed_at")):
            days[found["place"]][found["on"]] = found["n"]
            last[found["place"]] = max(found["latest"], last.get(found["place"], found["latest"]))
    return days, last


def poisson_interval(count: int, exposure: float) -> tuple[float, float]:
    """Exact 95 % interval of `count` events in `exposure` days, per day. Garwood (1936), Biometrika 28."""
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low / exposure, float(gammaincinv(count + 1, 0.975)) / exposure


def _figures(place: Place, answers: int, last: datetime | None) -> PlaceFigures:
    now = clock.now()
    open_ = ((place.closed_at or now) - place.opened_at) / timedelta(days=1)
    days = max(open_ - place.closed_days, 0.0)
    rate = low = high = None
    if place.kind == "kiosk":
        if answers >= LEAST and days >= 1:
            rate = answers / days
            low, high = poisson_interval(answers, days)
    elif place.views >= LEAST:
        # Somebody who comes back to finish may be counted in the answers and no longer in the views.
        base = max(place.views, answers)
        rate = answers / base
        low, high = (float(end) for end in wilson(rate, base))
    return PlaceFigures(place, answers, place.views, days, rate, low, high, last, is_silent(place, last, now))


def is_silent(place: Place, last: datetime | None, now: datetime) -> bool:
    """Whether an open place had no answer in its days of patience."""
    heard = max(filter(None, (last, place.opened_at, place.reopened_at)))
    return place.active and now - heard >= timedelta(days=place.silent_after_days)


def response_figures(sent: int, completed: int) -> dict[str, Any]:
    """Response rate of invitations with its interval, in whole per cent; None below 10 sent."""
    if sent < LEAST:
        return {"n": sent, "rate": None, "low": None, "high": None}
    low, high = wilson(completed / sent, sent)
    return {
        "n": sent,
        "rate": round(100 * completed / sent),
        "low": round(100 * float(low)),
        "high": round(100 * float(high)),
    }
