"""What of every journey memory may keep: its peak, its worst moment, its end, and averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.errors import PeakendError
from peakend.journey.interactions import InteractionsError, relation_of
from peakend.journey.stream.stepwise import episodes
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Relation

FEWEST_MOMENTS = 3
"""With fewer scores the peak, the end and the mean of a journey are nearly one and the same."""
HALF_LIFE = 2.0
"""Moments after which a moment counts half, in the mean that forgets."""

NEEDED = ("journey_id", "customer_id", "event_id", "at", "touchpoint_id", "duration_s", "score")
_FELT = """
select t.journey_id, t.customer_id, t.event_id, t."at", t.touchpoint_id, t.duration_s, t.emotion as score
from t
"""


class MomentsError(PeakendError):
    """A setting of `peak_end` is outside its range. `data` has setting and value."""

    code = "journey.moments"


def peak_end(moments: Any, *, fewest: int = FEWEST_MOMENTS, half_life: float = HALF_LIFE) -> Relation:  # noqa: ANN401
    """One row a journey with at least `fewest` momentary scores.

    moments: a relation or a frame with journey_id, customer_id, event_id (unique), at, touchpoint_id,
    duration_s (seconds, may be null) and score (−1 worst, 0 neutral, 1 best; rows without one do not count):
    the table `journey_moments`. Without score, emotion is taken (`journey_steps`); without journey_id it is
    interactions, which `episodes` cuts by case or a gap of 30 days.

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
    relation = _moments(moments)
    query = relation.engine.query
    placed = query("journey/remembered/placed_moments", moments=relation)
    return query(
        "journey/remembered/peak_end",
        {"fewest": fewest, "half_life": float(half_life)},
        placed_moments=placed,
    )


def _moments(given: Any) -> Relation:  # noqa: ANN401
    """`given` with the columns `NEEDED`."""
    relation = relation_of(given)
    names = _columns(relation)
    if "journey_id" not in names:
        relation = episodes(relation)
        names = _columns(relation)
    if "score" not in names and "emotion" in names:
        relation = relation.query(_FELT)
        names |= {"score"}
    if missing := [name for name in NEEDED if name not in names]:
        listed = ", ".join(missing)
        raise InteractionsError(
            Text(f"The moments lack {listed}.", f"时刻数据缺少列：{listed}。"), missing=missing
        )
    return relation


def _columns(relation: Relation) -> set[str]:
    return set(relation.query("select * from t limit 0").to_arrow().schema.names)


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
