"""From counts to scores: value, interval, base and the verdict against the period before, all groups at once.

The formulas are those of the analyses (`peakend.feedback`): adjusted Wald for NPS, Wilson for shares, t for
means,
Holm's correction within a question.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import compare, holm, verdicts
from peakend.feedback.measures import METRICS, Metric
from peakend.feedback.moments import Counts, Estimates, UnitSums, estimates, moments_of_counts
from peakend.language import Language, Text
from peakend.report.numbers import interval, number, percent, share_interval
from peakend.report.standing import VERDICT_WORDS
from peakend.server.boards.counting import Item, score_of

MINIMUM = 10
_METRICS: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
Numbers = NDArray[np.float64]
# Score → answers.
Tally = dict[float, int]

METRIC_NAMES: Mapping[str, Text] = {
    "nps": Text("NPS", "净推荐值"),
    "csat": Text("Satisfied", "满意率"),
    "ces": Text("Ease", "省力度"),
    "rating": Text("Rating", "评分"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """One group's score. Points for NPS, a share (0 to 1) for CSAT, scale points for the rest.

    None where the base is under `MINIMUM`, or there is no interval. `verdict`: better, worse, cannot_tell,
    no_previous_period; `p` is adjusted within the question, `raw_p` is not.
    """

    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    before_n: int
    before: float | None
    difference: float | None
    p: float | None
    raw_p: float | None
    verdict: str
    tally: Tally

    @property
    def hidden(self) -> bool:
        """Whether the base is too small to show more."""
        return self.value is None

    def told(self, language: Language) -> str:
        """The value: 31, 57 % or 4.06."""
        return written(self.metric, self.value, language)

    def base(self, language: Language) -> str:
        """Interval and base, as they stand under the value."""
        if self.hidden:
            return Text(f"fewer than {MINIMUM} answers", f"不足 {MINIMUM} 份答案").in_(language)
        if self.low is None or self.high is None:
            return Text(f"n = {number(self.n)}", f"n = {number(self.n)}").in_(language)
        if self.metric == "csat":
            between = share_interval(self.low, self.high, language, 0)
        else:
            between = interval(self.low, self.high, language, 0 if self.metric == "nps" else 2)
        return Text(
            f"95 % {between} · n = {number(self.n)}", f"95% 区间 {between} · n = {number(self.n)}"
        ).in_(language)

    def change(self, language: Language) -> str:
        """The verdict in words, with the value before."""
        if self.hidden or self.verdict == "no_previous_period" or self.before is None:
            return Text("no earlier period to compare with", "无可比较的上一期").in_(language)
        was = written(self.metric, self.before, language)
        words = VERDICT_WORDS[self.verdict].in_(language)
        return Text(
            f"{words}: was {was}, n = {number(self.before_n)}",
            f"{words}：上一期 {was}，n = {number(self.before_n)}",
        ).in_(language)

    @property
    def tone(self) -> str:
        """act, good or nothing; always beside a word."""
        return {"worse": "act", "better": "good"}.get(self.verdict, "")


def written(metric: str, value: float | None, language: Language) -> str:
    """A value of `metric` as a person reads it."""
    if metric == "csat":
        return percent(value, language, 0) if value is not None else number(None)
    return number(value, 0 if metric == "nps" else 2)


def tally(item: Item, rows: Mapping[tuple[str, ...], Sequence[int]]) -> Tally:
    """Score → answers from counts by (option,)."""
    found: Tally = {}
    for (option, *_), counts in rows.items():
        for column, count in enumerate(counts):
            score = score_of(item, option, column) if count else None
            if score is not None:
                found[score] = found.get(score, 0) + count
    return found


def scores(
    item: Item, now: Sequence[Tally], before: Sequence[Tally], hide: Sequence[bool] | None = None
) -> list[Score]:
    """The score of every group of answers to `item`, compared with the same group a period earlier.

    One family of comparisons for Holm's correction. Groups under `MINIMUM`, and those `hide` names, keep
    no value.
    """
    if not now:
        return []
    metric = _METRICS[item.metric]
    here, there = _estimates(item, metric, now), _estimates(item, metric, before)
    low, high = item.scale
    found = compare(here, there, metric.first.kind, reach=float(high - low))
    shown = (here.n >= MINIMUM) & ~np.array(hide if hide is not None else [False] * len(now))
    possible = shown & (there.n >= MINIMUM)
    adjusted, _ = holm(np.where(possible, found.p, np.nan))
    said = np.where(possible, verdicts(found.value, adjusted), "no_previous_period")
    return [
        Score(
            metric=metric.name,
            n=int(here.n[i]),
            value=_or_none(here.value[i]) if shown[i] else None,
            low=_or_none(here.low[i]) if shown[i] else None,
            high=_or_none(here.high[i]) if shown[i] else None,
            before_n=int(there.n[i]),
            before=_or_none(there.value[i]) if possible[i] else None,
            difference=_or_none(found.value[i]) if possible[i] else None,
            p=_or_none(adjusted[i]),
            raw_p=_or_none(found.p[i]) if possible[i] else None,
            verdict=str(said[i]),
            tally=now[i] if shown[i] else {},
        )
        for i in range(len(now))
    ]


def judged(found: Sequence[Score]) -> list[Score]:
    """`found` with the verdicts of one family: Holm over all of them, whatever question each is of."""
    return judged_with(found, ())[0]


def judged_with(found: Sequence[Score], beside: Sequence[float]) -> tuple[list[Score], list[float]]:
    """The same where other tests, with the p `beside`, belong to the family; their adjusted p too."""
    gaps = [one.difference if one.difference is not None else math.nan for one in found]
    raw = [math.nan if one.raw_p is None else one.raw_p for one in found]
    every, _ = holm(np.array([*raw, *beside], dtype=float))
    adjusted = every[: len(raw)]
    said = verdicts(np.array(gaps, dtype=float), adjusted)
    return [
        one
        if one.verdict == "no_previous_period"
        else replace(one, p=_or_none(adjusted[place]), verdict=str(said[place]))
        for place, one in enumerate(found)
    ], every[len(raw) :].tolist()


def points(item: Item, group: Tally) -> tuple[int, float]:
    """How many answers, and the sum of what the item's metric averages."""
    if not group:
        return 0, 0.0
    low, high = item.scale
    y = _METRICS[item.metric].first.number(np.array(list(group), dtype=float), (float(low), float(high)))
    n = np.array(list(group.values()), dtype=float)
    return int(n.sum()), float((y * n).sum())


def _estimates(item: Item, metric: Metric, groups: Sequence[Tally]) -> Estimates:
    cells, values, counts = [], [], []
    for place, group in enumerate(groups):
        for score, count in group.items():
            cells.append(place)
            values.append(score)
            counts.append(count)
    n = np.array(counts, dtype=float)
    scale = (float(item.scale[0]), float(item.scale[1]))
    none = np.zeros(len(cells), dtype=bool)
    y = metric.first.number(np.array(values, dtype=float), scale)
    found = moments_of_counts(
        Counts(np.array(cells, dtype=np.int64), y, n, n, n, n, none, none), _no_units(), len(groups)
    )
    limits = (np.full(len(groups), scale[0]), np.full(len(groups), scale[1]))
    return estimates(found, metric.first.kind, scale=limits)


def _no_units() -> UnitSums:
    empty = np.zeros(0)
    return UnitSums(np.zeros(0, dtype=np.int64), empty, empty, empty, empty)


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
