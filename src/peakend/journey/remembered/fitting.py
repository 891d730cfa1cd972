"""`fit_memory`: from a table of journeys to the verdict; only cross-products leave the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.journey.interactions import relation_of
from peakend.journey.remembered.cross_products import MEMBERS, Period, Periods, periods_by_segment
from peakend.journey.remembered.models import VARIABLES
from peakend.journey.remembered.verdict import judged

if TYPE_CHECKING:
    from peakend.journey.remembered.verdict import MemoryFit

NEEDED = ("journey_id", "customer_id", "ended_at", *VARIABLES[1:])
EVERYBODY = ("all", "all")
_COLUMNS = """
select
  t.journey_id, t.customer_id, t.ended_at, t.overall, t.mean, t.peak, t.end_score, t.best, t.worst,
  t.duration_mean, t.recency_mean, cast(null as varchar) as response_id
from t
"""


def fit_memory(journeys: Any, confidence: float = 0.95, alpha: float = 0.05) -> MemoryFit:  # noqa: ANN401
    """Which model of memory describes these customers.

    journeys: a relation or a frame, one row a journey, with journey_id, customer_id, ended_at, overall (the
    remembered score, −1 to 1; rows without one do not count) and the columns of `peak_end`: mean, peak,
    end_score, best, worst, duration_mean, recency_mean.

    Customers are put in order of their middle journey: the earlier half fits the weights, the later half,
    which nothing touched, judges. Intervals: 2,000 draws of whole customers (of a thousand blocks of whole
    customers where there are more). Raises `InteractionsError`.
    Source: Kahneman et al. (1993), Psychological Science 4(6) (peak and end); Redelmeier & Kahneman (1996),
    Pain 66(1) (worst and last; duration neglect); judging on later data: Diebold & Mariano (1995), Journal of
    Business & Economic Statistics 13(3); clusters drawn whole: Davison & Hinkley (1997), section 3.8.
    """
    relation = relation_of(journeys, NEEDED)
    members = relation.engine.from_arrow(MEMBERS.empty_table())
    found = periods_by_segment(relation.query(_COLUMNS), members)
    return judged(found.get(EVERYBODY, nobody()), confidence, alpha)


def nobody() -> Periods:
    """No journey at all."""
    size = len(VARIABLES)
    none = Period(np.zeros((0, size, size)), np.zeros(0, dtype=np.int64), 0)
    return Periods(none, none)
