"""What of every journey memory may keep: its peak, its worst moment, its end, and averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.errors import PeakendError
from peakend.journey.interactions import relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Relation

FEWEST_MOMENTS = 3
"""With fewer scores the peak, the end and the mean of a journey are nearly one and the same."""
HALF_LIFE = 2.0
"""Moments after which a moment counts half, in the mean that forgets."""

NEEDED = ("journey_id", "customer_id", "event_id", "at", "touchpoint_id", "duration_s", "score")


class MomentsError(PeakendError):
    """A setting of `peak_end` is outside its range. `data` has setting and value."""

    code = "journey.moments"


def peak_end(moments: Any, *, fewest: int = FEWEST_MOMENTS, half_life: float = HALF_LIFE) -> Relation:  # noqa: ANN401
    """One row a journey with at least `fewest` momentary scores.

    moments: a relation or a frame with journey_id, customer_id, event_id (unique), at, touchpoint_id,
    duration_s (seconds, may be null) and score (−1 worst, 0 neutral, 1 best; rows without one do not count).
    `peak_end_moments` makes it of a warehouse's tables.

    peak: the score farthest from neutral, sign kept; of equals the later, then the higher event_id. best,
    worst, first_score, end_score; touchpoint and event of peak, worst and end (of equally bad moments the
    later). mean; duration_mean: weighted by duration, an unknown one counting as the average of its journey
    (without any it is the mean; duration_known: share that is known); recency_mean: weights ½^(k ÷ half_life)
    for the k-th moment before the last; trend: least-squares slope of the score a moment.
    Raises `MomentsError`, `InteractionsError`.
    Source: Kahneman, Fredrickson, Schreiber & Redelmeier (1993), Psychological Science 4(6); Redelmeier &
    Kahneman (1996), Pain 66(1).
    """
    if isinstance(fewest, bool) or not isinstance(fewest, int) or fewest < 2:
        raise _outside("fewest", fewest, Text("two or more", "不小于 2"))
    if not half_life > 0:
        raise _outside("half_life", half_life, Text("above 0", "大于 0"))
    relation = relation_of(moments, NEEDED)
    query = relation.engine.query
    placed = query("journey/remembered/placed_moments", moments=relation)
    return query(
        "journey/remembered/peak_end",
        {"fewest": fewest, "half_life": float(half_life)},
        placed_moments=placed,
    )


def worst_and_last(worst: float, last: float) -> float:
    """The remembered badness of an episode, (worst + last) ÷ 2, in the unit of the two.

    >>> worst_and_last(8, 7), worst_and_last(8, 1)
    (7.5, 4.5)

    Duration does not enter. Source: Redelmeier & Kahneman (1996), Pain 66(1), 154 patients.
    """
    return (worst + last) / 2


def _outside(setting: str, value: object, range_: Text) -> MomentsError:
    return MomentsError(
        Text(f"{setting} is {range_.en}, not {value!r}.", f"{setting} 应{range_.zh}，而不是 {value!r}。"),
        setting=setting,
        value=value,
    )
