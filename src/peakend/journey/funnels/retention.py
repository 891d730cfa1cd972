"""Retention of cohorts: of those who began in a period, how many came back in the periods after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile
from peakend.journey.funnels.funnel import touchpoints_of
from peakend.journey.funnels.steps import require_known
from peakend.journey.interactions import Interactions, relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from peakend.engine import Relation

Period = Literal["month", "week", "quarter"]
Kind = Literal["classic", "rolling"]

_A_MONDAY = date(1970, 1, 5)


class RetentionError(PeakendError):
    """A period or kind that is none, or no events to follow. `data` has argument and value."""

    code: ClassVar[str] = "journey.retention"


@dataclass(frozen=True, slots=True)
class Followed:
    """Who came back when. periods: one row a customer and period (classic), or his last one (rolling):
    customer_id, cohort_on, period_on (first days of both periods). until: last day with data."""

    periods: Relation
    until: date
    period: Period
    kind: Kind

    @property
    def beyond(self) -> int:
        """Number of the first period that is not over at the end of `until`."""
        return number_of(self.until + timedelta(days=1), self.period)


def retention(
    events: Interactions,
    period: Period = "month",
    *,
    first: str | Collection[str] | None = None,
    returning: str | Collection[str] | None = None,
    kind: Kind = "classic",
    until: date | None = None,
    confidence: float = 0.95,
) -> Relation:
    """One row a cohort and period: cohort_on (first day of the period they began in), period (0, 1, …),
    state, size (customers), returned (customers), share with Wilson's interval (share_low, share_high).

    events: interactions or transactions: relation or frame with customer_id and at, and touchpoint_id where
    `first` or `returning` (a touchpoint, or several) is given. period: calendar month, week (from Monday) or
    quarter, in UTC. A customer's cohort is the period of the first event (at `first`); period 0 is that
    period and holds the whole cohort. kind: "classic": came back (at `returning`) in exactly this period;
    "rolling": in this period or later.

    Right-censored cells are null, not zero. state: "observed"; "incomplete": the data end within this period
    (its last day is after `until`); "future": it has not begun. until: the last day with data (by default the
    day of the latest event). Rolling shares of late periods can only rise when more data come. Whoever came
    before the data begin is in no earlier cohort, so the first cohorts are not all new customers.
    Raises `RetentionError`, `UnknownTouchpointError`, `InteractionsError`.
    Source: cohort tables as in Fader & Hardie (2009), Journal of Interactive Marketing 23(1); Wilson (1927),
    JASA 22(158).
    """
    found = followed(events, period, first=first, returning=returning, kind=kind, until=until)
    return retention_cells(found, confidence)


def followed(
    events: Interactions,
    period: Period = "month",
    *,
    first: str | Collection[str] | None = None,
    returning: str | Collection[str] | None = None,
    kind: Kind = "classic",
    until: date | None = None,
) -> Followed:
    """The rows that `retention` counts; `returned_in` picks those of a cell. Arguments and errors as of
    `retention`."""
    _require_one_of("period", period, ("month", "week", "quarter"))
    _require_one_of("kind", kind, ("classic", "rolling"))
    places = {name: _texts(name, given) for name, given in (("first", first), ("returning", returning))}
    needed = ["customer_id", "at", *(["touchpoint_id"] if any(places.values()) else [])]
    relation = relation_of(events, needed)
    if any(places.values()):
        require_known([name for names in places.values() for name in names], touchpoints_of(relation))
    first_is, first_params = _is_at("first", places["first"])
    return_is, return_params = _is_at("returning", places["returning"])
    periods = relation.query(
        _came_back(period, first_is, return_is), {**first_params, **return_params}, name="i"
    )
    found = Followed(periods, _last_day(relation) if until is None else until, period, "classic")
    return rolled(found) if kind == "rolling" else found


def rolled(found: Followed) -> Followed:
    """The same, with the last period of every customer alone: all that "or later" asks."""
    last = found.periods.query("journey/funnels/retention_last", name="periods")
    return replace(found, periods=last, kind="rolling")


def _is_at(name: str, touchpoints: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Whether an event is at one of `touchpoints`, and the values; nothing where every event is."""
    params = {f"{name}_{place}": one for place, one in enumerate(touchpoints)}
    listed = ", ".join(f"${key}" for key in params)
    return f"i.touchpoint_id in ({listed})" if params else "", params


def _came_back(period: Period, first: str, returning: str) -> str:
    """Customers with their cohort and the periods they came back in, the cohort's own first of all.

    Both are read from the events: a table that is read twice would be kept, for more than a scan costs.
    """
    known = 'i.customer_id is not null and i."at" is not null'
    in_period = f"cast(date_trunc('{period}', i.\"at\") as date)"
    again = f", max(case when {returning} then 1 else 0 end) as again" if returning else ""
    # Where every event is a first one and a return, all periods count and none is before the cohort's.
    later = "a.period_on > s.cohort_on" + (" and a.again = 1" if returning else "")
    where = f" where a.period_on = s.cohort_on or ({later})" if first or returning else ""
    return (
        f"with active as (select i.customer_id, {in_period} as period_on{again} from i where {known} "
        f"group by i.customer_id, {in_period}), "
        f"started as (select i.customer_id, cast(date_trunc('{period}', min(i.\"at\")) as date) as cohort_on "
        f"from i where {known}{first and f' and {first}'} group by i.customer_id) "
        "select s.customer_id, s.cohort_on, a.period_on "
        f"from active a join started s on s.customer_id = a.customer_id{where}"
    )


def retention_cells(found: Followed, confidence: float = 0.95) -> Relation:
    """The cells of `retention` from the rows behind them."""
    return found.periods.query(
        "journey/funnels/retention_cells",
        {
            "z": normal_quantile(confidence),
            "period": found.period,
            "rolling": int(found.kind == "rolling"),
            "latest": number_of(found.until, found.period),
            "beyond": found.beyond,
        },
        name="periods",
    )


def number_of(day: date, period: Period) -> int:
    """The number of the period `day` is in, as `retention_cells.sql` counts them."""
    if period == "month":
        return day.year * 12 + day.month
    if period == "quarter":
        return day.year * 4 + (day.month + 2) // 3
    return (day - _A_MONDAY).days // 7


def first_day(number: int, period: Period) -> date:
    """The first day of the period with this number."""
    if period == "month":
        return date((number - 1) // 12, (number - 1) % 12 + 1, 1)
    if period == "quarter":
        return date((number - 1) // 4, 3 * ((number - 1) % 4) + 1, 1)
    return _A_MONDAY + timedelta(days=7 * number)


def _last_day(relation: Relation) -> date:
    table = relation.query(
        'select max(i."at") as latest from i where i.customer_id is not null', name="i"
    ).to_arrow()
    latest = table["latest"][0].as_py()
    if latest is None:
        # Nothing to follow: an empty table, whatever the day.
        return datetime.now(UTC).date()
    return latest.date() if isinstance(latest, datetime) else latest


def _texts(name: str, given: str | Collection[str] | None) -> list[str]:
    if given is None:
        return []
    listed = [given] if isinstance(given, str) else list(given)
    if not listed or not all(isinstance(one, str) for one in listed):
        raise RetentionError(
            Text(
                f"{name} is a touchpoint or several, not {given!r}.",
                f"{name} 应为一个或若干接触点，而不是 {given!r}。",
            ),
            argument=name,
            value=given,
        )
    return listed


def _require_one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise RetentionError(
            Text(
                f"{name} is one of {', '.join(allowed)}, not {value!r}.",
                f"{name} 应为 {'、'.join(allowed)} 之一，而不是 {value!r}。",
            ),
            argument=name,
            value=value,
        )
