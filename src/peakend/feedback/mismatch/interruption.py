"""Which change coincides: weekly series before and after each logged change, and breaks that nobody logged.

A change is judged on the place it touched against the rest of the company in the same weeks, so that what
happened to everybody is not blamed on it. To coincide is not to cause: the log says what else happened that
week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from peakend.errors import PeakendError
from peakend.feedback.comparison import holm
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from peakend.feedback.mismatch.reading import Codes, Flags, Numbers

FEWEST_WEEKS = 12
FEWEST_BESIDE = 4
"""Weeks with answers that a series needs in all, and on each side of a change."""
TRIM = 0.15
DRAWS = 1_999


class SeriesError(PeakendError):
    """A series is not what it must be: values, bases and times of different length or none."""

    code: ClassVar[str] = "mismatch.series"


@dataclass(frozen=True, slots=True)
class Series:
    """One place's mean by week: week (0, 1, …, gaps left out), value, and how much it rests on (answers)."""

    week: Codes
    value: Numbers
    base: Numbers


@dataclass(frozen=True, slots=True)
class Interruption:
    """A level change at a known week: effect with its interval, two-sided p; weeks before and after.

    effect: None with `reason` ("too_short": fewer weeks than needed on a side) where nothing can be said.
    """

    effect: float | None
    low: float | None
    high: float | None
    p: float | None
    before: int
    after: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Break:
    """The likeliest break of a series: the first week after it, with its interval; effect; statistic (sup
    F); p."""

    week: int
    earliest: int
    latest: int
    effect: float
    statistic: float
    p: float


def weekly(week: ArrayLike, value: ArrayLike, base: ArrayLike | None = None) -> Series:
    """The mean of `value` by week; NaN values and negative weeks are left out. Raises `SeriesError`."""
    when, what = np.asarray(week, dtype=np.int64), np.asarray(value, dtype=float)
    amount = np.ones(len(what)) if base is None else np.asarray(base, dtype=float)
    if not len(when) == len(what) == len(amount):
        raise SeriesError(
            Text(
                f"There are {len(when)} weeks, {len(what)} values and {len(amount)} bases.",
                f"周有 {len(when)} 个，数值有 {len(what)} 个，基数有 {len(amount)} 个。",
            ),
            Text("Give one of each for every answer.", "请为每份答案各给一个。"),
        )
    used = (when >= 0) & np.isfinite(what) & (amount > 0)
    weeks, code = np.unique(when[used], return_inverse=True)
    total = np.bincount(code, amount[used], len(weeks)).astype(float)
    return Series(
        weeks, np.bincount(code, (amount * what)[used], len(weeks)) / np.maximum(total, 1e-300), total
    )


def against(touched: Series, rest: Series) -> Series:
    """Touched minus rest in the weeks both have; its base is that of a difference of two means."""
    weeks, here, there = np.intersect1d(touched.week, rest.week, return_indices=True)
    a, b = touched.base[here], rest.base[there]
    return Series(weeks, touched.value[here] - rest.value[there], a * b / (a + b))


def interrupted(
    series: Series, week: int, confidence: float = 0.95, draws: int = DRAWS, seed: int = 1
) -> Interruption:
    """Did the level change in `week`: value = α + β·week + δ·[week ≥ `week`] + error, weeks weighing by
    their base.

    Errors follow a first-order autoregression and are taken apart accordingly (Prais & Winsten 1954). What
    δ's t is
    compared with comes from `draws` series of the same weeks and bases, without a change, with the memory
    found
    and each with its own memory found anew: with a trend, a step and the memory to be estimated from few
    weeks,
    Student's t would raise too many alarms.
    Source: Wagner et al. (2002), Journal of Clinical Pharmacy and Therapeutics 27(4), segmented regression;
    Prais & Winsten (1954), Cowles Commission Discussion Paper 383.
    """
    after = series.week >= week
    before_n, after_n = int((~after).sum()), int(after.sum())
    if min(before_n, after_n) < FEWEST_BESIDE or len(after) < FEWEST_WEEKS:
        return Interruption(None, None, None, None, before_n, after_n, "too_short")
    time = (series.week - series.week.mean()) / max(float(np.ptp(series.week)), 1.0)
    root = np.sqrt(series.base / series.base.mean())
    design = np.column_stack([np.ones(len(time)), time, after.astype(float)]) * root[:, None]
    values = (series.value * root)[None]
    shocks = np.random.default_rng(seed).standard_normal((draws, len(time)))
    known = _Memory.learnt(shocks, lambda paths: _left(paths, design))
    memory = known.of(_left(values, design))
    effect, error = (float(found[0]) for found in _steps(values, design, memory))
    if error < 1e-12:
        # Without any scatter an exact step is certain, and an exact line has none.
        return Interruption(effect, effect, effect, float(abs(effect) < 1e-9), before_n, after_n, None)
    paths = _paths(shocks, float(memory[0]))
    moved, errors = _steps(paths, design, known.of(_left(paths, design)))
    reference = np.sort(np.abs(moved) / np.maximum(errors, 1e-300))
    p = (1 + int((reference >= abs(effect) / error).sum())) / (1 + draws)
    half = float(reference[min(int(np.ceil(confidence * (draws + 1))) - 1, draws - 1)]) * error
    return Interruption(effect, effect - half, effect + half, p, before_n, after_n, None)


def _left(values: Numbers, design: Numbers) -> Numbers:
    return values - values @ design @ np.linalg.pinv(design.T @ design) @ design.T


def _steps(values: Numbers, design: Numbers, memory: Numbers) -> tuple[Numbers, Numbers]:
    """The last coefficient of each row's regression, and its error, given the memory of each row (a few
    values)."""
    effect, error = np.empty(len(values)), np.empty(len(values))
    for one in np.unique(memory):
        rows = memory == one
        x, y = _whitened(design.T, one).T, _whitened(values[rows], one)
        inverse = np.linalg.pinv(x.T @ x)
        beta = y @ x @ inverse
        variance = ((y - beta @ x.T) ** 2).sum(axis=1) / (len(x) - x.shape[1])
        effect[rows], error[rows] = beta[:, -1], np.sqrt(variance * inverse[-1, -1])
    return effect, error


def _whitened(rows: Numbers, memory: float) -> Numbers:
    found = rows.copy()
    found[:, 1:] -= memory * rows[:, :-1]
    found[:, 0] *= np.sqrt(1 - memory**2)
    return found


def _paths(shocks: Numbers, memory: float) -> Numbers:
    """First-order autoregressions of variance one."""
    paths = np.empty_like(shocks)
    paths[:, 0] = shocks[:, 0]
    for step in range(1, shocks.shape[1]):
        paths[:, step] = memory * paths[:, step - 1] + np.sqrt(1 - memory**2) * shocks[:, step]
    return paths


@dataclass(frozen=True, slots=True)
class _Memory:
    """From the autocorrelation of what a fit leaves over to that of the errors.

    A fit takes some of it away; how much is learnt from series with none and with .5 of it, of which the
    same fit
    is made (indirect inference, Smith 1993, Journal of Applied Econometrics 8(S1)).
    """

    none: float
    half: float

    @classmethod
    def learnt(cls, shocks: Numbers, fitted: Callable[[Numbers], Numbers]) -> _Memory:
        none, half = (float(_raw(fitted(_paths(shocks[:200], memory))).mean()) for memory in (0.0, 0.5))
        return cls(none, max(half, none + 1e-6))

    def of(self, left: Numbers) -> Numbers:
        """Of each row, between 0 and .8, in steps of a twentieth."""
        found: Numbers = np.clip(0.5 * (_raw(left) - self.none) / (self.half - self.none), 0.0, 0.8)
        return np.rint(found * 20) / 20


def _raw(rows: Numbers) -> Numbers:
    found: Numbers = (rows[:, 1:] * rows[:, :-1]).sum(axis=1) / np.maximum((rows**2).sum(axis=1), 1e-300)
    return found


def coincidences(found: Sequence[Interruption], alpha: float = 0.05) -> tuple[list[float | None], list[bool]]:
    """Holm's adjusted p of each (None: not tested), and whether it is at most alpha."""
    if not found:
        return [], []
    p = np.array([np.nan if one.p is None else one.p for one in found])
    adjusted, _ = holm(p)
    listed = [None if np.isnan(value) else float(value) for value in adjusted]
    return listed, [value is not None and value <= alpha for value in listed]


def break_of(series: Series, draws: int = DRAWS, seed: int = 1) -> Break | None:
    """The likeliest single break of the mean at an unknown week; None for fewer than 12 weeks or no variance.

    The statistic is sup F over the middle 70 % of the weeks. Its p comes from `draws` series of the same
    bases
    whose errors follow the autocorrelation found beside the break: with few weeks and dependent errors the
    asymptotic table is too generous. The interval of the week is Bai's, 95 %.
    Source: Andrews (1993), Econometrica 61(4), with critical value 8.85 at 5 % (table I, π₀ = .15, one
    parameter; corrected table: Econometrica 71(1), 2003); Bai (1997), Review of Economics and Statistics
    79(4).
    """
    size = len(series.value)
    if size < FEWEST_WEEKS or float(np.ptp(series.value)) < 1e-12:
        return None
    statistic, place = _sup_f(series.value[None], series.base)
    at = int(place[0])
    weight = series.base
    root = np.sqrt(weight / weight.mean())
    before, after = (
        float(np.average(series.value[part], weights=weight[part]))
        for part in (slice(0, at), slice(at, None))
    )
    left = (series.value - np.where(np.arange(size) < at, before, after)) * root
    shocks = np.random.default_rng(seed).standard_normal((draws, size))
    known = _Memory.learnt(shocks, lambda paths: _after_break(paths / root, weight) * root)
    memory = float(known.of(left[None])[0])
    errors = _paths(shocks, memory)
    reference, _ = _sup_f(errors / root, weight)
    p = (1 + int((reference >= statistic[0]).sum())) / (1 + draws)
    variance = float(left @ left) / (size - 2) * (1 + memory) / (1 - memory)
    half = int(11.0 * variance / max((after - before) ** 2, 1e-12)) + 1
    week = series.week
    return Break(
        int(week[at]),
        int(week[max(at - half, 0)]),
        int(week[min(at + half, size - 1)]),
        after - before,
        float(statistic[0]),
        p,
    )


def _sup_f(values: Numbers, base: Numbers) -> tuple[Numbers, Codes]:
    """The largest F of a mean shift in each row, and the place of the first week after it."""
    size = values.shape[1]
    first, last = max(int(np.ceil(TRIM * size)), 2), min(int(np.floor((1 - TRIM) * size)), size - 2)
    places = np.arange(first, last + 1)
    mass, sums = np.cumsum(base), np.cumsum(values * base, axis=1)
    squares = (values**2 * base).sum(axis=1)
    left, right = mass[places - 1], mass[-1] - mass[places - 1]
    before, after = sums[:, places - 1], sums[:, -1:] - sums[:, places - 1]
    explained = before**2 / left + after**2 / right
    whole = sums[:, -1:] ** 2 / mass[-1]
    f = (explained - whole) / np.maximum((squares[:, None] - explained) / (size - 2), 1e-300)
    best = np.argmax(f, axis=1)
    return f[np.arange(len(f)), best], places[best]


def _after_break(values: Numbers, base: Numbers) -> Numbers:
    """Each row less the means before and after its likeliest break."""
    _, places = _sup_f(values, base)
    early = np.arange(values.shape[1])[None, :] < places[:, None]
    means = [
        (np.where(side, values * base, 0.0).sum(axis=1) / np.where(side, base, 0.0).sum(axis=1))[:, None]
        for side in (early, ~early)
    ]
    found: Numbers = values - np.where(early, means[0], means[1])
    return found


def weeks_of(days: NDArray[np.datetime64]) -> tuple[Codes, np.datetime64]:
    """The week (0, 1, …; −1: no day) each day is in, and the Monday that week 0 begins on."""
    known = ~np.isnat(days)
    if not known.any():
        return np.full(len(days), -1, dtype=np.int64), np.datetime64("NaT")
    # 1969-12-29 was a Monday.
    number = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    start = int(number[known].min())
    weeks: Codes = np.where(known, number - start, -1)
    return weeks, np.datetime64(start * 7 - 3, "D")


def touched_by(place: Sequence[str | None], wanted: str | None) -> Flags:
    """Which responses a change touches: those at its place; all where it names none."""
    if wanted is None:
        return np.ones(len(place), dtype=bool)
    return np.array([one == wanted for one in place], dtype=bool)
