"""Respondents who give the same score to everything: how many, and how many more than would anyway.

A pleased customer may truly find everything "very good". So the share of straight lines is set beside what
attentive people of these opinions would produce (`agreement`), and only what exceeds it is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from peakend.errors import PeakendError
from peakend.feedback.intervals import t_quantile, wilson
from peakend.feedback.words.agreement import ItemCounts, item_counts, loadings, straight_chances
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Fewer answered items than this make no line.
LEAST_ITEMS = 5
LEAST_RESPONDENTS = 100
MOST_LEVELS = 11
_GROUPS = 12
# Rounds end when the excess moves by less than this many respondents.
_MOST_ROUNDS, _SETTLED = 300, 0.02
# Leaps come in the first rounds only: where they do not help they could keep it from settling.
_LAST_LEAP = 30


class NoLinesError(PeakendError):
    """Straight lines cannot be looked for. `data`: items, respondents, levels, and why: few_questions,
    few_respondents, one_score, many_scores or not_converged."""

    code: ClassVar[str] = "feedback.no_lines"


@dataclass(frozen=True, slots=True)
class Claim:
    """A number with its interval; low and high are None where none can be given, p where nothing is tested.

    p: chance of a value as far from 0 if there were none (two-sided).
    """

    value: float
    low: float | None
    high: float | None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class StraightLiners:
    """What was found among the n respondents with enough answered items.

    counted: who they are (flags over all rows given). straight: one score for every item answered.
    careless: the probability that a straight line was drawn without reading; 0 for everybody else.
    share: of straight lines. chance: the share attentive respondents would draw. excess: the share of
    respondents who are neither attentive nor by chance in line, (share − chance) / (1 − chance); its interval
    may reach below 0, and then nothing is claimed.
    """

    n: int
    counted: Flags
    straight: Flags
    careless: Numbers
    share: Claim
    chance: float
    excess: Claim
    replicates: tuple[tuple[Flags, Numbers], ...]

    @property
    def found(self) -> bool:
        """Whether more draw straight lines than chance explains: wrong at most once in 20 where none does
        (nominally 2.5 %; 3 to 5 % with 5 to 8 questions and 250 to 300 respondents)."""
        return self.excess.low is not None and self.excess.low > 0

    def effect(self, score: ArrayLike, confidence: float = 0.95) -> tuple[float, float, Claim]:
        """The mean of `score` over those counted, the same with each weighted by 1 − `careless`, and the
        difference (second minus first) with its interval. NaN scores are left out; NaN when none is left."""
        values = np.asarray(score, dtype=float)
        plain, careful = _means(values, self.counted, self.careless)
        gaps = np.array([_gap(values, *one) for one in self.replicates])
        return plain, careful, _jackknifed(careful - plain, gaps[~np.isnan(gaps)], confidence)


def straight_liners(
    scores: ArrayLike,
    clusters: Sequence[object] | None = None,
    *,
    least: int = LEAST_ITEMS,
    confidence: float = 0.95,
) -> StraightLiners:
    """Find straight lines in `scores`: respondents × items on one scale, NaN for no answer.

    clusters: who was sampled together; they stay together when the interval is made. Respondents with fewer
    than `least` answers are not counted. The interval is that of a delete-a-group jackknife (12 groups, t on
    11 degrees of freedom). Raises `NoLinesError` with fewer than `least` items or 100 respondents, with one
    level or more than 11, or where everybody gives the same to everything.
    Source: longstring analysis, Curran (2016), Journal of Experimental Social Psychology 66, pp. 4–19; Meade
    & Craig (2012), Psychological Methods 17(3); jackknife: Kott (2001), Journal of Official Statistics 17(4).
    """
    values = np.asarray(scores, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"scores are respondents × items, not {values.ndim} dimensions")
    codes = _codes(clusters, len(values))
    answered = ~np.isnan(values)
    counted = answered.sum(axis=1) >= least
    points = np.unique(values[counted][answered[counted]])
    _check(int(counted.sum()), values.shape[1], len(points), least)
    levels = np.where(answered, np.searchsorted(points, np.where(answered, values, points[0])), -1)[counted]
    lines = _Lines(levels, len(points), _grouped(codes[counted]))
    whole = lines.fit(None, None)
    parts = [lines.fit(group, whole) for group in range(_GROUPS)]
    if not (whole.settled and all(part.settled for part in parts)):
        raise _not_settled(int(counted.sum()), values.shape[1], len(points))
    return _result(lines, whole, parts, counted, confidence)


@dataclass(frozen=True, slots=True)
class _Fitted:
    share: float
    chance: float
    excess: float
    careless: Numbers
    state: _State
    settled: bool


@dataclass(frozen=True, slots=True)
class _State:
    """Where the rounds are: how often a straight line of each level is counted, loadings, excess."""

    keep: Numbers
    loading: Numbers | None
    excess: float

    def leapt(self, before: _State, ratio: float) -> _State:
        if self.loading is None or before.loading is None:
            return self
        far = ratio / (1 - ratio)
        loading = np.clip(self.loading + far * (self.loading - before.loading), 0.02, 0.98)
        return _State(np.maximum(self.keep + far * (self.keep - before.keep), 0), loading, self.excess)


class _Lines:
    """Counts of the respondents by group, straight and not, so that leaving a group out is a subtraction."""

    def __init__(self, levels: Codes, size: int, group: Codes) -> None:
        self.group, self.size = group, size
        highest = levels.max(axis=1)
        lowest = np.where(levels < 0, size, levels).min(axis=1)
        self.straight = highest == lowest
        self.level = np.where(self.straight, highest, -1)
        patterns, pattern = np.unique(np.packbits(levels >= 0, axis=1), axis=0, return_inverse=True)
        self.pattern = pattern.reshape(-1)
        self.patterns = np.unpackbits(patterns, axis=1, count=levels.shape[1]).astype(bool)
        self.counts = [
            [item_counts(levels[(self.level == level) & (group == g)], size) for g in range(_GROUPS)]
            for level in range(-1, size)
        ]

    def fit(self, left_out: int | None, start: _Fitted | None) -> _Fitted:
        """The excess of straight lines without one group.

        Straight lines at each level are counted as often as attentive people draw them, and the model is
        fitted again, until both agree; so careless lines do not pass as agreement between items.
        """
        inside = np.ones(len(self.group), dtype=bool) if left_out is None else self.group != left_out
        counts = [self._sum(of_level, left_out) for of_level in self.counts]
        drawn = np.bincount(self.level[inside & self.straight], minlength=self.size) / inside.sum()
        size = np.bincount(self.pattern[inside], minlength=len(self.patterns)) / inside.sum()
        now = _State(np.ones(self.size), None, 0.0) if start is None else start.state
        before, settled, ratio = now, False, 0.0
        for turn in range(_MOST_ROUNDS):
            new, chances = self._round(counts, drawn, size, now)
            settled = abs(new.excess - now.excess) * inside.sum() < _SETTLED
            if settled:
                break
            if abs(now.excess - before.excess) > 0:
                ratio = (new.excess - now.excess) / (now.excess - before.excess)
            # Every third round leaps to where a geometric series would end (Aitken).
            before, now = (
                now,
                new.leapt(now, ratio) if turn % 3 == 2 and turn < _LAST_LEAP and 0 < ratio < 0.9 else new,
            )
        chance = float(size @ chances.sum(axis=1))
        careless = self._careless(drawn, (1 - new.excess) * chances, size)
        return _Fitted(float(drawn.sum()), chance, new.excess, careless, new, settled)

    def _round(
        self, counts: Sequence[ItemCounts], drawn: Numbers, size: Numbers, now: _State
    ) -> tuple[_State, Numbers]:
        """One step of the loadings, the chances of each pattern, and what then exceeds them."""
        total = counts[0]
        for factor, one, some in zip(now.keep.tolist(), counts[1:], drawn.tolist(), strict=True):
            if some > 0:
                total = total + one.times(factor)
        loading, given = loadings(total, now.loading, 40 if now.loading is None else 1)
        chances = straight_chances(given, self.patterns)
        by_level = size @ chances
        excess = float((drawn.sum() - by_level.sum()) / (1 - by_level.sum()))
        keep = np.where(drawn > 0, (1 - excess) * by_level / np.where(drawn > 0, drawn, 1), 1.0)
        return _State(keep, loading, excess), chances

    def _careless(self, drawn: Numbers, attentive: Numbers, size: Numbers) -> Numbers:
        """By Bayes' rule, for each straight line: what exceeds at its level over that and its own chance."""
        found = np.zeros(len(self.group))
        extra = np.maximum(drawn - size @ attentive, 0)
        mine = np.flatnonzero(self.straight)
        beyond = extra[self.level[mine]]
        whole = beyond + attentive[self.pattern[mine], self.level[mine]]
        found[mine] = np.where(whole > 0, beyond / np.where(whole > 0, whole, 1), 0)
        return found

    def _sum(self, counts: Sequence[ItemCounts], left_out: int | None) -> ItemCounts:
        kept = [one for group, one in enumerate(counts) if group != left_out]
        total = kept[0]
        for one in kept[1:]:
            total = total + one
        return total


def _result(
    lines: _Lines, whole: _Fitted, parts: Sequence[_Fitted], counted: Flags, confidence: float
) -> StraightLiners:
    n = len(lines.group)
    low, high = wilson(whole.share, n, confidence)
    straight, careless = np.zeros(len(counted), dtype=bool), np.zeros(len(counted))
    straight[counted], careless[counted] = lines.straight, whole.careless
    replicates = []
    for group, part in enumerate(parts):
        kept, weight = counted.copy(), np.zeros(len(counted))
        kept[counted] = lines.group != group
        weight[counted] = part.careless
        replicates.append((kept, weight))
    return StraightLiners(
        n=n,
        counted=counted,
        straight=straight,
        careless=careless,
        share=Claim(whole.share, float(low), float(high)),
        chance=whole.chance,
        excess=_jackknifed(whole.excess, np.array([part.excess for part in parts]), confidence),
        replicates=tuple(replicates),
    )


def _jackknifed(value: float, without: Numbers, confidence: float) -> Claim:
    """v = (G − 1) / G · Σ(value without group g − value)²."""
    groups = len(without)
    if groups < 2 or np.isnan(value):
        return Claim(value, None, None)
    error = float(np.sqrt((groups - 1) / groups * ((without - value) ** 2).sum()))
    half = float(t_quantile(confidence, groups - 1)) * error
    p = float(2 * stdtr(groups - 1, -abs(value) / error)) if error > 0 else None
    return Claim(value, value - half, value + half, p)


def _means(values: Numbers, kept: Flags, careless: Numbers) -> tuple[float, float]:
    scored = kept & ~np.isnan(values)
    weight = 1 - careless[scored]
    if not scored.any() or weight.sum() <= 0:
        return float("nan"), float("nan")
    return float(values[scored].mean()), float((weight * values[scored]).sum() / weight.sum())


def _gap(values: Numbers, kept: Flags, careless: Numbers) -> float:
    plain, careful = _means(values, kept, careless)
    return careful - plain


def _grouped(codes: Codes) -> Codes:
    """A group for each respondent, clusters dealt out in turn as they come."""
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    turn = np.empty(len(first), dtype=np.int64)
    turn[np.argsort(first)] = np.arange(len(first))
    return turn[place] % _GROUPS


def _codes(clusters: Sequence[object] | None, size: int) -> Codes:
    if clusters is None:
        return np.arange(size)
    if len(clusters) != size:
        raise ValueError(f"{size} respondents, but {len(clusters)} clusters")
    known: dict[object, int] = {}
    return np.array(
        [
            known.setdefault((place,) if name is None else name, len(known))
            for place, name in enumerate(clusters)
        ]
    )


def _check(respondents: int, items: int, levels: int, least: int) -> None:
    if respondents >= LEAST_RESPONDENTS and items >= least and 1 < levels <= MOST_LEVELS:
        return
    why = (
        "few_respondents" if respondents < LEAST_RESPONDENTS else "one_score" if levels < 2 else "many_scores"
    )
    raise NoLinesError(
        Text(
            f"Straight lines cannot be looked for among {respondents} respondents who answered at least "
            f"{least} of {items} questions with {levels} different scores.",
            f"无法检验直线作答：{items} 道题中至少作答 {least} 题者有 {respondents} 人，"
            f"不同分值 {levels} 个。",
        ),
        Text(
            f"It takes {LEAST_RESPONDENTS} respondents, {least} questions on one scale, and 2 to "
            f"{MOST_LEVELS} different scores.",
            f"至少需要 {LEAST_RESPONDENTS} 人、同一量表的 {least} 道题，以及 2 至 {MOST_LEVELS} 个不同分值。",
        ),
        items=items,
        respondents=respondents,
        levels=levels,
        why="few_questions" if items < least else why,
    )


def _not_settled(respondents: int, items: int, levels: int) -> NoLinesError:
    return NoLinesError(
        Text(
            "The model of what attentive people would answer did not converge.",
            "认真作答者的回答模型未收敛。",
        ),
        Text("Look for questions that hardly vary, and leave them out.", "请检查并剔除几乎没有差异的题目。"),
        items=items,
        respondents=respondents,
        levels=levels,
        why="not_converged",
    )
